"""Segmentations: images tinted with the class of each pixel, and where a prediction is mistaken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import numpy as np

from lib.checks import as_numbers
from lib.ops.regions import erode
from lib.show.images import images
from lib.show.palette import CLASS_COLOURS, MISTAKES, rgb
from lib.show.picture import Picture

TINT = 0.5  # how much of the colour of its class an inner pixel takes on


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
    planes = {"image": grey}
    for title, given in labels.items():
        planes[title] = tinted(grey, given)
        if truth is not None and title != truth:
            planes["mistakes" if len(labels) == 2 else f"{title}: mistakes"] = mistakes(given, labels[truth])

    lines = [images(planes, caption, width=width).markup, _legend(dict(zip(classes, CLASS_COLOURS, strict=False)))]
    if len(planes) > 1 + len(labels):
        kinds = [kind for kind in MISTAKES if len(classes) > 1 or kind != "wrong class"]
        lines.append(_legend({kind: MISTAKES[kind] for kind in kinds}))
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
    """Return a map of shape (3, H, W) in the colours of ``MISTAKES``; background that is right is black.

    Examples
    --------
    >>> mistakes(np.array([[0, 1, 1]]), np.array([[0, 0, 1]])).round(1)
    array([[[0. , 0.8, 0.9]],
           [[0. , 0.4, 0.9]],
           [[0. , 0. , 0.9]]])
    """
    kinds = {
        "right": (predicted == truth) & (truth > 0),
        "too much": (predicted > 0) & (truth == 0),
        "missed": (predicted == 0) & (truth > 0),
        "wrong class": (predicted > 0) & (truth > 0) & (predicted != truth),
    }
    result = np.zeros((3, *truth.shape))
    for kind, where in kinds.items():
        result[:, where] = rgb(MISTAKES[kind])[:, None]
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


def _legend(colours: Mapping[str, str]) -> str:
    entries = "".join(
        f'<span><span class="patch" style="background:{colour}"></span> {escape(name, quote=False)}</span>'
        for name, colour in colours.items()
    )
    return f'<div class="legend">{entries}</div>'
