"""Pixels as an image file inside the page."""

from __future__ import annotations

import base64
import io
from html import escape

import numpy as np

from lib.words import named


def figure(pixels: np.ndarray, title: str, width: int, sharp: bool, lossless: bool = True) -> str:
    """Return an image under its title, which may have several lines.

    Parameters
    ----------
    pixels : uint8 array of shape (H, W, 3), or (H, W, 4) with the opacity last
    title : str
        Said in the reader's language.
    width : int
        In pixels on the page.
    sharp : bool
        Whether enlarged cells stay squares, or are smoothed as photographs are.
    lossless : bool
        Whether every pixel must be exact (PNG) or the file small (WebP).
    """
    style = ' class="pixels"' if sharp else ""
    title = named(title.strip())  # a space at its end tells two images of one name apart
    height = max(1, round(width * pixels.shape[0] / pixels.shape[1]))
    spoken = ", ".join(title.splitlines())
    return (
        f'<figure><img{style} src="{address(pixels, lossless)}" '
        f'alt="{escape(spoken)}" width="{width}" height="{height}">'
        f"<figcaption>{escape(title, quote=False)}</figcaption></figure>"
    )


def address(pixels: np.ndarray, lossless: bool = True) -> str:
    """Return an image as an address that holds the file itself."""
    kind, file = ("png", _png(pixels)) if lossless else ("webp", _webp(pixels))
    return f"data:image/{kind};base64,{base64.b64encode(file).decode('ascii')}"


def eight_bit(brightness: np.ndarray) -> np.ndarray:
    """Return values from 0 to 1, of shape (H, W) or (H, W, 3), as pixels (H, W, 3).

    >>> eight_bit(np.array([[0.0, 0.5, 1.0]]))[..., 0]
    array([[  0, 128, 255]], dtype=uint8)
    """
    colours = brightness if brightness.ndim == 3 else np.repeat(brightness[..., None], 3, axis=2)
    return np.round(colours * 255).astype(np.uint8)


def _png(pixels: np.ndarray) -> bytes:
    is_opaque = pixels.shape[2] == 3 or (pixels[..., 3] == 255).all()
    return _saved(pixels[..., :3] if is_opaque else pixels, format="png", metadata={"Software": None})


def _webp(pixels: np.ndarray) -> bytes:
    # 33 to 36 dB from the course's photographs; a quality of 88 has 35 to 42 dB, in nearly twice the bytes.
    return _saved(pixels, format="webp", pil_kwargs={"quality": 75, "method": 6})


def _saved(pixels: np.ndarray, **options: object) -> bytes:
    from matplotlib.image import imsave  # a third of a second that only images cost

    file = io.BytesIO()
    imsave(file, pixels, **options)
    return file.getvalue()
