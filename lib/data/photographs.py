"""The photographs of the course, loaded from files beside this module: nothing is fetched."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from lib.data.files import Source, read_pixels, read_sources

FOLDER = Path(__file__).with_name("photographs")


def photographs() -> dict[str, Source]:
    """Return the names of all photographs, each with its source and licence.

    >>> sorted(photographs())
    ['astronaut', 'camera', 'chelsea', 'coffee', 'rocket']
    >>> photographs()['camera'].licence
    'CC0-1.0'
    """
    return read_sources(FOLDER)


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
    pixels = read_pixels(FOLDER, name)
    if pixels.ndim == 2:
        return pixels
    if grey:
        return (pixels @ np.array([0.299, 0.587, 0.114], np.float32)).astype(np.float32)
    return np.ascontiguousarray(pixels.transpose(2, 0, 1))
