"""Nuclei of cells under a fluorescence microscope, each outlined by hand."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lib.checks import as_int, as_numbers
from lib.data.files import read_pixels
from lib.data.splits import part_of

FOLDER = Path(__file__).with_name("nuclei")
COLUMNS = {"train": slice(0, 320), "validation": slice(320, 384), "test": slice(384, 512)}


@dataclass(frozen=True)
class Nuclei:
    """Pictures of nuclei and the nucleus that each pixel belongs to."""

    images: np.ndarray  # float32, (N, 1, H, W), brightness from 0 to 1
    instances: np.ndarray  # int64, (N, H, W), the number of a nucleus, 0 for the background


def nuclei(split: str = "train") -> Nuclei:
    """Return one picture of nuclei, a vertical strip of a micrograph of 512 × 512 pixels.

    Parameters
    ----------
    split : 'train', 'validation' or 'test'
        Columns 0 to 319, 320 to 383 or 384 to 511. A nucleus that a cut passes through has pixels on both sides.

    Returns
    -------
    Nuclei
        ``images``, float32 of shape (1, 1, 512, W): brightness, in 255ths of its range; ``instances``, int64 of shape
        (1, 512, W): which of the 125 nuclei a pixel belongs to, 0 for none. Numbers are those of the whole
        micrograph, so that in a part of it not all occur.

    Raises
    ------
    ValueError, TypeError
        If there is no such split.

    Notes
    -----
    Source: image set BBBC038v1 of the Broad Bioimage Benchmark Collection; Caicedo et al. (2019), "Nucleus
    segmentation across imaging experiments: the 2018 Data Science Bowl".

    Examples
    --------
    >>> part = nuclei('test')
    >>> part.images.shape, part.instances.shape
    ((1, 1, 512, 128), (1, 512, 128))
    """
    columns = part_of(COLUMNS, split)
    image, outlines = (read_pixels(FOLDER, name)[:, columns] for name in ("nuclei", "instances"))
    instances = np.rint(255 * outlines).astype(np.int64)  # stored as grey levels
    return Nuclei(image[None, None].copy(), instances[None])


def nuclei_tiles(split: str = "train", count: int | None = None, size: int = 64, seed: int = 0) -> Nuclei:
    """Return square pieces of a picture of nuclei: side by side, or from random places.

    Parameters
    ----------
    split : 'train', 'validation' or 'test'
    count : int or None
        How many pieces to take from random places, turned by quarter turns and mirrored at random. None: every piece
        of a grid, from the top left, without overlap; what does not fill a piece is left out.
    size : int
        Rows and columns of a piece, at most those of the part.
    seed : int
        Chooses the random places. Piece number i depends on ``seed``, ``split`` and i alone.

    Returns
    -------
    Nuclei
        ``images`` of shape (N, 1, size, size) and ``instances`` of shape (N, size, size), as in :func:`nuclei`.

    Raises
    ------
    ValueError, TypeError
        If there is no such split, or a number is out of range.

    Examples
    --------
    >>> nuclei_tiles('validation').images.shape, nuclei_tiles('train', count=5, size=48).images.shape
    ((8, 1, 64, 64), (5, 1, 48, 48))
    """
    whole = nuclei(split)
    height, width = whole.instances.shape[1:]
    size, seed = as_int(size, "size", 1), as_int(seed, "seed", 0)
    if size > min(height, width):
        raise ValueError(f"size must be at most {min(height, width)} for split={split!r}, got {size}")

    if count is None:
        places = [(r, c) for r in range(0, height - size + 1, size) for c in range(0, width - size + 1, size)]
        pieces = [_piece(whole, row, column, size) for row, column in places]
    else:
        pieces = [_random_piece(whole, size, seed, split, index) for index in range(as_int(count, "count", 1))]

    images, instances = zip(*pieces, strict=True)
    return Nuclei(np.stack(images)[:, None], np.stack(instances))


def log_brightness(images: np.ndarray) -> np.ndarray:
    """Return brightness on a logarithmic scale from 0 to 1, on which dim nuclei are seen beside bright ones.

    Parameters
    ----------
    images : float array of any shape, from 0 to 1

    Returns
    -------
    array of the same shape and dtype
        ``log(1 + 255 x) / log(256)``.

    Examples
    --------
    >>> log_brightness(np.array([0.0, 15 / 255, 1.0]))
    array([0. , 0.5, 1. ])
    """
    images = as_numbers(images, "images", tuple(range(9)))
    return np.log1p(255 * images) / np.log(256).astype(images.dtype)


def separate_touching(instances: np.ndarray, radius: int = 2) -> np.ndarray:
    """Return which pixels belong to an object and lie away from every other: touching objects get a gap.

    Parameters
    ----------
    instances : integer array of shape (..., H, W)
        The number of the object that a pixel belongs to, 0 for none.
    radius : int
        A pixel is left out if a pixel of another object is at most that many rows and columns away.

    Returns
    -------
    int64 array of the same shape
        1 for what is left of the objects, 0 elsewhere.

    Raises
    ------
    ValueError, TypeError
        If the instances are no integers, or ``radius`` is negative.

    Notes
    -----
    Ronneberger, Fischer and Brox (2015), "U-Net", part touching cells by background in this way.

    Examples
    --------
    >>> separate_touching(np.array([[1, 1, 1, 1, 2, 2, 2, 0]]), radius=1)
    array([[1, 1, 1, 0, 0, 1, 1, 0]])
    """
    labels = as_numbers(instances, "instances", (2, 3, 4)).astype(np.int64)
    side = 2 * as_int(radius, "radius", 0) + 1
    margin = [(0, 0)] * (labels.ndim - 2) + [(side // 2, side // 2)] * 2
    others = np.where(labels > 0, labels, np.iinfo(np.int64).max)  # the background must not count as the lowest
    highest, lowest = np.pad(labels, margin), np.pad(others, margin, constant_values=np.iinfo(np.int64).max)
    for axis in (-2, -1):
        highest = np.lib.stride_tricks.sliding_window_view(highest, side, axis).max(-1)
        lowest = np.lib.stride_tricks.sliding_window_view(lowest, side, axis).min(-1)
    return ((labels > 0) & (highest == lowest)).astype(np.int64)


def _piece(whole: Nuclei, row: int, column: int, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the image and the instances of a square."""
    rows, columns = slice(row, row + size), slice(column, column + size)
    return whole.images[0, 0, rows, columns], whole.instances[0, rows, columns]


def _random_piece(whole: Nuclei, size: int, seed: int, split: str, index: int) -> tuple[np.ndarray, np.ndarray]:
    """Return a square from a random place, turned and mirrored at random."""
    height, width = whole.instances.shape[1:]
    generator = np.random.default_rng([seed, list(COLUMNS).index(split), index])
    row, column = generator.integers(height - size + 1), generator.integers(width - size + 1)
    turns, mirrored = generator.integers(4), generator.integers(2)
    turned = [np.rot90(array, turns) for array in _piece(whole, row, column, size)]
    return tuple(array[:, ::-1] if mirrored else array for array in turned)
