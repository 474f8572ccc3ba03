"""Photographs and feature maps, side by side, as image files inside the figure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from html import escape

import numpy as np

from lib.show.picture import Picture
from lib.show.pixels import eight_bit, figure
from lib.words import named, say

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
    shown = (image_html(title, plane, title in signed, width) for title, plane in planes.items())
    return Picture("\n".join(shown), named(caption))


def wipe(planes: Mapping[str, np.ndarray], caption: str, width: int | None = None) -> Picture:
    """Lay two images over each other, with a line between them that the reader moves.

    Parameters
    ----------
    planes : mapping of title to array of shape (H, W) or (3, H, W)
        The one to the left of the line, then the one to its right; both of one size.
    caption : str
    width : int, optional
        As for :func:`images`.

    Examples
    --------
    >>> wipe({'before': np.zeros((4, 4)), 'after': np.ones((4, 4))}, 'Black becomes white.', width=128)
    Black becomes white.
    """
    if len(planes) != 2 or len({np.shape(plane) for plane in planes.values()}) != 1:
        raise ValueError(f"planes must be two of one shape, got {[np.shape(plane) for plane in planes.values()]}")
    shown = "".join(image_html(title, plane, False, width) for title, plane in planes.items())
    left, right = map(say, planes)
    name = escape(say("Line between {left} and {right}", left=left, right=right))
    move = "this.parentNode.style.setProperty('--at', this.value + '%')"
    slider = f'<input type="range" value="50" aria-label="{name}" autocomplete="off" oninput="{move}">'
    return Picture(f'<div class="wipe">{shown}{slider}</div>', caption)


def image_html(title: str, plane: np.ndarray, signed: bool = False, width: int | None = None) -> str:
    """Return one image with its title below it."""
    array = np.asarray(plane, np.float64)
    if array.ndim not in (2, 3) or (array.ndim == 3 and len(array) != 3):
        raise ValueError(f"planes[{title!r}] must have shape (H, W) or (3, H, W), got {array.shape}")
    if not np.isfinite(array).all():
        raise ValueError(f"planes[{title!r}] must hold finite numbers, got NaN or infinity")
    if signed:
        array = 0.5 + 0.5 * array / max(np.abs(array).max(), 1e-12)

    rows, columns = array.shape[-2:]
    brightness = np.clip(array, 0, 1)
    pixels = eight_bit(brightness.transpose(1, 2, 0) if array.ndim == 3 else brightness)
    shown_width = width or columns
    return figure(pixels, title, shown_width, sharp=shown_width > columns, lossless=rows * columns <= LOSSLESS_BELOW)
