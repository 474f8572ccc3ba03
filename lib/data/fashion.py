"""A part of Fashion-MNIST: small grey pictures of clothes, shoes and bags, each with its class."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lib.checks import as_int
from lib.data.files import read_bytes, read_pixels
from lib.data.splits import part_of

FOLDER = Path(__file__).with_name("fashion")
SIDE, PER_ROW = 28, 80  # pixels of an item, and items in each row of the sheet they are stored on
ITEMS = {"train": slice(0, 3500), "validation": slice(3500, 4000), "test": slice(4000, 4800)}

FASHION_CLASSES = (
    "T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot",
)  # fmt: skip


@dataclass(frozen=True)
class Fashion:
    """Items of clothing and their classes."""

    images: np.ndarray  # float32, (N, 1, size, size), brightness from 0 (the background) to 1
    labels: np.ndarray  # int64, (N,), positions in FASHION_CLASSES


def fashion(split: str = "train", size: int = SIDE) -> Fashion:
    """Return items of clothing, bright on black, and their classes.

    Parameters
    ----------
    split : 'train', 'validation' or 'test'
        3500, 500 or 800 items. The first two are the first 4000 of the 60000 that Fashion-MNIST trains on; the last
        are the first 800 of the 10000 that it tests with.
    size : int
        Rows and columns of an image: 28, or more for a black margin on all sides.

    Returns
    -------
    Fashion
        ``images``, float32 of shape (N, 1, size, size), from 0 to 1; ``labels``, int64 of shape (N,), which count in
        ``FASHION_CLASSES``.

    Raises
    ------
    ValueError, TypeError
        If there is no such split, or ``size`` is below 28 or odd.

    Notes
    -----
    Source: Xiao, Rasul and Vollgraf (2017), "Fashion-MNIST: a novel image dataset for benchmarking machine learning
    algorithms".

    Examples
    --------
    >>> items = fashion('test', size=32)
    >>> items.images.shape, items.labels.shape
    ((800, 1, 32, 32), (800,))
    >>> FASHION_CLASSES[items.labels[0]]
    'ankle boot'
    """
    part = part_of(ITEMS, split)
    margin, odd = divmod(as_int(size, "size", SIDE) - SIDE, 2)
    if odd:
        raise ValueError(f"size must be even, so that all margins are equal, got {size}")
    sheet = read_pixels(FOLDER, "items")
    grid = sheet.reshape(-1, SIDE, PER_ROW, SIDE).transpose(0, 2, 1, 3)
    items = grid.reshape(-1, 1, SIDE, SIDE)[part]
    digits = read_bytes(FOLDER, "labels").split()
    labels = np.frombuffer(b"".join(digits), np.uint8)[part] - ord("0")
    return Fashion(np.pad(items, ((0, 0), (0, 0), (margin, margin), (margin, margin))), labels.astype(np.int64))
