"""Segmentations: images tinted with the class of each pixel, and where a prediction is mistaken."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape

import numpy as np

from lib.checks import as_numbers
from lib.ops.regions import erode
from lib.show.images import image_html
from lib.show.palette import CLASS_COLOURS, MISTAKES, rgb
from lib.show.picture import Picture
from lib.show.pixels import eight_bit, figure
from lib.words import say

TINT = 0.5  # how much of the colour of its class an inner pixel takes on

# Kinds of mistakes are told apart by a texture too, not by colour alone: solid where none is named here. A pixel of the
# map is drawn as so many rows and columns, and coloured where its texture says so; the rest stays black.
CELL = 4
TEXTURES: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "missed": lambda row, column: (row + column) % CELL < CELL // 2,
    "wrong class": lambda row, column: (row % CELL < CELL // 2) & (column % CELL < CELL // 2),
}


def segmentations(
    image: np.ndarray,
    maps: Mapping[str, np.ndarray],
    classes: Sequence[str],
    caption: str,
    truth: str | None = None,
    width: int | None = None,
) -> Picture:
    """Show an image, then tinted by each map of classes, and beside each map where it is mistaken.

    Parameters
    ----------
    image : array of shape (H, W)
        Values from 0 (black) to 1 (white).
    maps : mapping of title to integer array of shape (H, W)
        The class of each pixel; 0, the background, stays grey. The outermost pixels of a region have the full colour.
    classes : sequence of str
        Names of the classes 1, 2, ...; at most four.
    caption : str
        What to see, in words.
    truth : str, optional
        The title of the map that is right. Each other map then gets a second picture: its object pixels that are
        right, those found too much, missed, or given to the wrong class.
    width : int, optional
        Width of each image in pixels on the page; by default that of the array.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError, TypeError
        If a map has another shape than the image or holds something else than classes, or ``truth`` is none of them.

    Examples
    --------
    >>> truth = np.array([[0, 1], [1, 1]])
    >>> segmentations(np.eye(2), {'truth': truth}, ['nucleus'], 'Three pixels of a nucleus.', width=64)
    Three pixels of a nucleus.
    """
    grey = as_numbers(image, "image", (2,)).astype(np.float64)
    if not 1 <= len(classes) <= len(CLASS_COLOURS):
        raise ValueError(f"classes must name 1 to {len(CLASS_COLOURS)} classes, got {len(classes)}")
    if truth is not None and truth not in maps:
        raise ValueError(f"truth must be one of the maps {list(maps)}, got {truth!r}")

    labels = {title: _class_map(title, given, grey.shape, len(classes)) for title, given in maps.items()}
    shown = [image_html(say("image"), grey, width=width)]
    for title, given in labels.items():
        shown.append(image_html(title, tinted(grey, given), width=width))
        if truth is not None and title != truth:
            name = say("mistakes") if len(labels) == 2 else say("{title}: mistakes", title=say(title))
            pixels = eight_bit(mistakes(given, labels[truth]).transpose(1, 2, 0))
            shown.append(figure(pixels, name, width or grey.shape[1], sharp=True))

    lines = [*shown, _legend(dict(zip(classes, CLASS_COLOURS, strict=False)))]
    if len(shown) > 1 + len(labels):
        kinds = [kind for kind in MISTAKES if len(classes) > 1 or kind != "wrong class"]
        lines.append(_legend({kind: _swatch(kind) for kind in kinds}))
    return Picture("\n".join(lines), caption)


def tinted(image: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return a grey image of shape (H, W) as (3, H, W), each region tinted, its outermost pixels in full colour.

    Examples
    --------
    >>> tinted(np.zeros((1, 2)), np.array([[0, 1]]))[:, 0].round(2)
    array([[0.  , 0.9 ],
           [0.  , 0.62],
           [0.  , 0.  ]])
    """
    result = np.repeat(np.asarray(image, np.float64)[None], 3, axis=0)
    for index, colour in enumerate(CLASS_COLOURS, start=1):
        region = labels == index
        result[:, region] = (1 - TINT) * result[:, region] + TINT * rgb(colour)[:, None]
        result[:, region & ~erode(region)] = rgb(colour)[:, None]
    return result


def mistakes(predicted: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Return a map of shape (3, 4 H, 4 W) in the colours of ``MISTAKES`` and with ``TEXTURES``.

    Background that is right is black.

    Examples
    --------
    >>> mistakes(np.array([[0, 1, 0]]), np.array([[0, 0, 1]]))[2].round(1)
    array([[0. , 0. , 0. , 0. , 0. , 0. , 0. , 0. , 0.7, 0.7, 0. , 0. ],
           [0. , 0. , 0. , 0. , 0. , 0. , 0. , 0. , 0.7, 0. , 0. , 0.7],
           [0. , 0. , 0. , 0. , 0. , 0. , 0. , 0. , 0. , 0. , 0.7, 0.7],
           [0. , 0. , 0. , 0. , 0. , 0. , 0. , 0. , 0. , 0.7, 0.7, 0. ]])
    """
    kinds = {
        "right": (predicted == truth) & (truth > 0),
        "too much": (predicted > 0) & (truth == 0),
        "missed": (predicted == 0) & (truth > 0),
        "wrong class": (predicted > 0) & (truth > 0) & (predicted != truth),
    }
    result = np.zeros((3, *(CELL * side for side in truth.shape)))
    rows, columns = np.indices(result.shape[1:])

    for kind, where in kinds.items():
        drawn = where.repeat(CELL, axis=0).repeat(CELL, axis=1)
        if kind in TEXTURES:
            drawn &= TEXTURES[kind](rows, columns)
        result[:, drawn] = rgb(MISTAKES[kind])[:, None]
    return result


def _class_map(title: str, labels: np.ndarray, shape: tuple[int, ...], classes: int) -> np.ndarray:
    array = np.asarray(labels)
    if array.dtype.kind not in "iub":
        raise TypeError(f"maps[{title!r}] must hold integers, got dtype {array.dtype}")
    if array.shape != shape:
        raise ValueError(f"maps[{title!r}] must have the shape of the image, {shape}, got {array.shape}")
    if array.min() < 0 or array.max() > classes:
        raise ValueError(f"maps[{title!r}] must hold classes from 0 to {classes}, got {array.min()} to {array.max()}")
    return array.astype(np.int64)


def _swatch(kind: str) -> str:
    """Return CSS that fills the patch of a legend with the colour and the texture of a kind of mistake."""
    colour = MISTAKES[kind]
    textures = {
        "missed": f"repeating-linear-gradient(135deg,{colour} 0 2px,#000 2px 4px)",
        "wrong class": f"conic-gradient(#000 75%,{colour} 0) 0 0/4px 4px",
    }
    return textures.get(kind, colour)


def _legend(fills: Mapping[str, str]) -> str:
    entries = "".join(
        f'<span><span class="patch" style="background:{fill}"></span> {escape(say(name), quote=False)}</span>'
        for name, fill in fills.items()
    )
    return f'<div class="legend">{entries}</div>'
