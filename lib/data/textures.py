"""Photographs of surfaces without objects, parted into strips for training, choosing and testing."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from lib.data.files import Source, read_pixels, read_sources
from lib.data.splits import part_of

FOLDER = Path(__file__).with_name("textures")
COLUMNS = {"train": slice(0, 128), "validation": slice(128, 192), "test": slice(192, 256)}


def textures() -> dict[str, Source]:
    """Return the names of all textures, each with its source and licence.

    >>> sorted(textures())
    ['brick', 'grass', 'gravel']
    """
    return read_sources(FOLDER)


def texture(name: str, split: str | None = None) -> np.ndarray:
    """Return a texture as brightness from 0 (black) to 1 (white).

    Parameters
    ----------
    name : str
        One of :func:`textures`.
    split : 'train', 'validation', 'test' or None
        The strip of columns to return: 0 to 127, 128 to 191 or 192 to 255; None for all.

    Returns
    -------
    float32 array of shape (256, 256), (256, 128) or (256, 64)

    Raises
    ------
    ValueError, TypeError
        If there is no texture of that name or no such split.

    Examples
    --------
    >>> texture('grass').shape, texture('grass', 'train').shape, texture('grass', 'test').shape
    ((256, 256), (256, 128), (256, 64))
    """
    if name not in textures():
        raise ValueError(f"name must be one of {sorted(textures())}, got {name!r}")
    columns = slice(None) if split is None else part_of(COLUMNS, split)
    return read_pixels(FOLDER, name)[:, columns].copy()
