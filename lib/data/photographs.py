"""The photographs of the course, loaded from files beside this module: nothing is fetched."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.image import imread

FOLDER = Path(__file__).with_name("photographs")


@dataclass(frozen=True)
class Source:
    """Where a photograph comes from and what one may do with it."""

    file: str
    title: str
    credit: str
    licence: str
    sha256: str


def photographs() -> dict[str, Source]:
    """Return the names of all photographs, each with its source and licence.

    >>> sorted(photographs())
    ['astronaut', 'camera', 'chelsea', 'coffee', 'rocket']
    >>> photographs()['camera'].licence
    'CC0-1.0'
    """
    entries = json.loads((FOLDER / "sources.json").read_text(encoding="utf-8"))
    return {name: Source(**entry) for name, entry in entries.items()}


def photograph(name: str, grey: bool = False) -> np.ndarray:
    """Return a photograph as numbers from 0 (black) to 1 (white).

    Parameters
    ----------
    name : str
        One of :func:`photographs`.
    grey : bool
        Return one plane of brightness instead of three colour channels.

    Returns
    -------
    float32 array of shape (3, H, W), or (H, W) if ``grey`` or if the photograph has no colour
        Brightness is 0.299 red + 0.587 green + 0.114 blue (ITU-R BT.601).

    Raises
    ------
    ValueError
        If no photograph has that name, or its file is not the one that was published.

    Examples
    --------
    >>> photograph('coffee').shape, photograph('coffee', grey=True).shape
    ((3, 200, 300), (200, 300))
    >>> photograph('camera').shape, photograph('camera').dtype
    ((256, 256), dtype('float32'))
    """
    if name not in photographs():
        raise ValueError(f"name must be one of {sorted(photographs())}, got {name!r}")
    source = photographs()[name]
    path = FOLDER / source.file
    if hashlib.sha256(path.read_bytes()).hexdigest() != source.sha256:
        raise ValueError(f"name {name!r}: the file {source.file} has changed since it was published")
    pixels = imread(path)  # PNG: float32 in [0, 1], (H, W) or (H, W, 3)
    if pixels.ndim == 2:
        return pixels
    if grey:
        return (pixels @ np.array([0.299, 0.587, 0.114], np.float32)).astype(np.float32)
    return np.ascontiguousarray(pixels.transpose(2, 0, 1))
