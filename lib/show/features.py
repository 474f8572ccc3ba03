"""What features see: sheets of small patches, and the maps of a decoder layer by layer with their zeros in colour."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

from lib.show.palette import role_tones
from lib.show.picture import Picture
from lib.show.pixels import eight_bit, figure
from lib.words import named, say

LETTERS = "abcdefghijklmnopqrstuvwxyz"
ZERO = role_tones("zeros", "dark").fill  # in both themes: brightness is read against a dark ground


def patch_sheets(
    sheets: Mapping[str, np.ndarray], caption: str, signed: Collection[str] = (), columns: int = 3, width: int = 150
) -> Picture:
    """Show sheets of small images side by side, each under its title; the images of a sheet stand in rows.

    Parameters
    ----------
    sheets : mapping of title to array of shape (N, H, W)
        Values from 0 (black) to 1 (white); what lies outside is shown as black or white.
    caption : str
        What to see, in words.
    signed : collection of titles
        The sheets whose values are responses around 0. Each image is scaled for itself: zero is mid-grey, its largest
        magnitude black or white.
    columns : int
        How many images stand in a row.
    width : int
        Width of a sheet in pixels on the page.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If a sheet has another shape, holds nothing or is not finite, or ``signed`` names a sheet that is not there.

    Examples
    --------
    >>> patch_sheets({'noise': np.random.default_rng(0).random((9, 5, 5))}, 'Nine patches of noise.')
    Nine patches of noise.
    """
    if not sheets:
        raise ValueError("sheets must hold at least one sheet, got none")
    if not set(signed) <= set(sheets):
        raise ValueError(f"signed must name sheets {sorted(sheets)}, got {sorted(signed)}")
    if columns < 1:
        raise ValueError(f"columns must be at least 1, got {columns}")

    figures = []
    for title, patches in sheets.items():
        array = _finite(patches, f"sheets[{title!r}]", 3)
        if title in signed:
            largest = np.abs(array).max(axis=(1, 2), keepdims=True)
            array = 0.5 + 0.5 * array / np.maximum(largest, 1e-12)
        figures.append(figure(_in_rows(np.clip(array, 0, 1), columns), title, width, sharp=True))

    return Picture("\n".join(figures), caption)


def layer_by_layer(image: np.ndarray, maps: Mapping[str, np.ndarray], caption: str, width: int = 112) -> Picture:
    """Draw the way up through a decoder, panel by panel: (a) is the image, then come the maps in the order given.

    Each panel that makes a map larger stands above the panel that follows at the same size, as unpooling stands above
    the deconvolution that fills it. Cells that are exactly zero are purple, the colour of inserted zeros.

    Parameters
    ----------
    image : array of shape (H, W)
        Values from 0 (black) to 1 (white).
    maps : mapping of title to array of shape (h, w)
        No value is negative; the largest of each map is white. Its size, and the share of cells that are not zero, are
        written with its title.
    caption : str
        What to see, in words.
    width : int
        Width of a panel in pixels on the page.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If an array has another shape or is not finite, a map is negative somewhere, or there are more maps than
        letters.

    Examples
    --------
    >>> up = np.array([[0, 0], [0, 5.0]])
    >>> layer_by_layer(np.ones((4, 4)), {'deconvolution 1': np.ones((1, 1)), 'unpooling 1': up}, 'Up once.')
    Up once.
    """
    if not 0 < len(maps) < len(LETTERS):
        raise ValueError(f"maps must hold between 1 and {len(LETTERS) - 1} maps, got {len(maps)}")

    photograph = np.clip(_finite(image, "image", 2), 0, 1)
    panels = [figure(eight_bit(photograph), f"(a)\n{_size(photograph)}\n{say('image')}", width, sharp=True)]
    for letter, (title, values) in zip(LETTERS[1:], maps.items(), strict=False):
        plane = _finite(values, f"maps[{title!r}]", 2)
        if plane.min() < 0:
            raise ValueError(f"maps[{title!r}] must not be negative, got {plane.min():g}; apply the ReLU first")
        live = plane > 0
        words = f"({letter})\n{_size(plane)}, {live.mean():.0%}\n{named(title)}"
        pixels = eight_bit(plane / max(plane.max(), 1e-12))
        pixels[~live] = [int(ZERO[start : start + 2], 16) for start in (1, 3, 5)]
        panels.append(figure(pixels, words, width, sharp=True))

    pairs = [panels[start : start + 2] for start in range(0, len(panels), 2)]
    stacks = (f'<div class="stack" style="width:{width}px">\n' + "\n".join(pair) + "\n</div>" for pair in pairs)
    return Picture("\n".join(stacks), caption)


def _size(plane: np.ndarray) -> str:
    return f"{plane.shape[0]} × {plane.shape[1]}".replace(" ", "\N{NO-BREAK SPACE}")


def _finite(values: np.ndarray, name: str, dimensions: int) -> np.ndarray:
    array = np.asarray(values, np.float64)
    shape = "(N, H, W)" if dimensions == 3 else "(H, W)"
    if array.ndim != dimensions or not array.size:
        raise ValueError(f"{name} must have shape {shape} and hold something, got {array.shape}")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} must hold finite numbers, got NaN or infinity")
    return array


def _in_rows(patches: np.ndarray, columns: int) -> np.ndarray:
    """Return patches (N, H, W) as the pixels of one sheet, with transparent gaps of one pixel."""
    count, height, width = patches.shape
    across = min(columns, count)
    down = -(-count // across)
    pixels = np.zeros((down * (height + 1) - 1, across * (width + 1) - 1, 4), np.uint8)
    for number, patch in enumerate(patches):
        top, left = number // across * (height + 1), number % across * (width + 1)
        pixels[top : top + height, left : left + width, :3] = eight_bit(patch)
        pixels[top : top + height, left : left + width, 3] = 255
    return pixels
