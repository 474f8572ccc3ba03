"""Photographs and feature maps, side by side, as image files inside the figure."""

from __future__ import annotations

import base64
import io
from collections.abc import Collection, Mapping
from html import escape

import numpy as np

from lib.show.picture import Picture

LOSSLESS_BELOW = 64 * 64  # small planes are shown cell by cell: every pixel must be exact


def images(
    planes: Mapping[str, np.ndarray], caption: str, signed: Collection[str] = (), width: int | None = None
) -> Picture:
    """Show images side by side, each under its title.

    Parameters
    ----------
    planes : mapping of title to array of shape (H, W) or (3, H, W)
        Values from 0 (black) to 1 (white); what lies outside is shown as black or white.
    caption : str
        What to see, in words.
    signed : collection of titles
        The images whose values are responses around 0: zero is mid-grey, the largest magnitude black or white.
    width : int, optional
        Width of each image in pixels on the page; by default that of the array. Enlarged cells stay sharp squares.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If a plane has another shape, is not finite, or ``signed`` names an image that is not there.

    Examples
    --------
    >>> images({'ramp': np.linspace(0, 1, 16).reshape(4, 4)}, 'A ramp from black to white.', width=128)
    A ramp from black to white.
    """
    if not planes:
        raise ValueError("planes must hold at least one image, got none")
    if not set(signed) <= set(planes):
        raise ValueError(f"signed must name images of planes {sorted(planes)}, got {sorted(signed)}")
    return Picture("\n".join(_image(title, plane, title in signed, width) for title, plane in planes.items()), caption)


def _image(title: str, plane: np.ndarray, signed: bool, width: int | None) -> str:
    array = np.asarray(plane, np.float64)
    if array.ndim not in (2, 3) or (array.ndim == 3 and len(array) != 3):
        raise ValueError(f"planes[{title!r}] must have shape (H, W) or (3, H, W), got {array.shape}")
    if not np.isfinite(array).all():
        raise ValueError(f"planes[{title!r}] must hold finite numbers, got NaN or infinity")
    if signed:
        array = 0.5 + 0.5 * array / max(np.abs(array).max(), 1e-12)
    rows, columns = array.shape[-2:]
    shown_width = width or columns
    kind, encoded = _encode(np.clip(array, 0, 1))
    sharp = ' class="pixels"' if shown_width > columns else ""
    return (
        f'<figure><img{sharp} src="data:image/{kind};base64,{encoded}" alt="{escape(title)}" '
        f'width="{shown_width}" height="{round(shown_width * rows / columns)}">'
        f"<figcaption>{escape(title, quote=False)}</figcaption></figure>"
    )


def _encode(array: np.ndarray) -> tuple[str, str]:
    """Return the kind of file and its base64 text: PNG for small planes, WebP for photographs."""
    from matplotlib.image import imsave  # a third of a second that only images cost

    pixels = array.transpose(1, 2, 0) if array.ndim == 3 else np.repeat(array[..., None], 3, axis=2)
    eight_bit = np.round(pixels * 255).astype(np.uint8)
    file = io.BytesIO()
    if array.shape[-1] * array.shape[-2] <= LOSSLESS_BELOW:
        imsave(file, eight_bit, format="png", metadata={"Software": None})
        kind = "png"
    else:
        imsave(file, eight_bit, format="webp", pil_kwargs={"quality": 88})
        kind = "webp"
    return kind, base64.b64encode(file.getvalue()).decode("ascii")
