"""Regions of an image: the threshold that parts it in two, what is connected, and what lies away from an edge."""

from __future__ import annotations

import numpy as np

from lib.checks import as_int, as_numbers

Array = np.ndarray


def otsu_threshold(values: Array, bins: int = 256) -> float:
    """Return the threshold that parts numbers into two classes with the most variance between them.

    Parameters
    ----------
    values : array of any shape
        Brightness, in any unit; no NaN.
    bins : int
        Bins of the histogram, from the smallest value to the largest.

    Returns
    -------
    float
        The edge between two bins, in the unit of ``values``: ``values >= threshold`` is the upper class. If several
        thresholds do equally well, the lowest.

    Raises
    ------
    ValueError, TypeError
        If the values are none, all equal or not all finite, or ``bins`` is below 2.

    Notes
    -----
    Source: Otsu (1979), "A threshold selection method from gray-level histograms".

    Examples
    --------
    >>> dark, bright = [0.1, 0.2, 0.2, 0.3], [0.8, 0.9]
    >>> threshold = otsu_threshold(np.array(dark + bright))
    >>> 0.3 < threshold < 0.31, sum(value >= threshold for value in dark + bright)
    (True, 2)
    """
    numbers = as_numbers(values, "values", tuple(range(9))).astype(np.float64).ravel()
    bins = as_int(bins, "bins", 2)
    if numbers.size == 0 or not np.isfinite(numbers).all() or numbers.min() == numbers.max():
        raise ValueError("values must be finite and not all equal, so that a threshold can part them")

    counts, edges = np.histogram(numbers, bins)
    centres = (edges[:-1] + edges[1:]) / 2
    below = np.cumsum(counts)[:-1]  # how many values each threshold leaves in the lower class
    above = numbers.size - below
    sums = np.cumsum(counts * centres)

    mean_below, mean_above = sums[:-1] / below, (sums[-1] - sums[:-1]) / above
    return float(edges[1 + np.argmax(below * above * (mean_above - mean_below) ** 2)])


def connected_components(mask: Array, connectivity: int = 8) -> Array:
    """Return the number of the connected region that each cell of ``mask`` belongs to; 0 outside ``mask``.

    Parameters
    ----------
    mask : bool array of shape (..., H, W)
        Leading axes are separate images: no region reaches from one to the next.
    connectivity : 4 or 8
        Whether cells that share only a corner are connected (8) or not (4).

    Returns
    -------
    int64 array of the shape of ``mask``
        Regions are numbered from 1, in the order of their first cells, through all images.

    Raises
    ------
    ValueError, TypeError
        If ``mask`` is not boolean or has fewer than two axes, or ``connectivity`` is neither 4 nor 8.

    Notes
    -----
    Each cell points at a cell of its region, at first at itself. Neighbours that point at different cells let the
    higher one point at the lower, then chains of pointers are shortened, until no two neighbours disagree.

    Examples
    --------
    >>> mask = np.array([[1, 0, 1],
    ...                  [0, 1, 0],
    ...                  [0, 0, 0],
    ...                  [1, 1, 0]], dtype=bool)
    >>> connected_components(mask)
    array([[1, 0, 1],
           [0, 1, 0],
           [0, 0, 0],
           [2, 2, 0]])
    >>> int(connected_components(mask, connectivity=4).max())
    4
    """
    mask = _as_mask(mask)
    if connectivity not in (4, 8):
        raise ValueError(f"connectivity must be 4 or 8, got {connectivity!r}")

    one, other = _neighbours(mask, diagonal=connectivity == 8)

    positions = np.arange(mask.size)
    pointers = positions

    while one.size:
        pointers = pointers.copy()
        np.minimum.at(pointers, np.maximum(one, other), np.minimum(one, other))
        while not np.array_equal(shorter := pointers[pointers], pointers):
            pointers = shorter
        one, other = pointers[one], pointers[other]
        apart = one != other
        one, other = one[apart], other[apart]

    firsts = (pointers == positions) & mask.ravel()  # a region's cells all point at its first
    labels = np.cumsum(firsts, dtype=np.int64)[pointers].reshape(mask.shape)
    return np.where(mask, labels, 0)


def erode(mask: Array, radius: int = 1) -> Array:
    """Return the cells of ``mask`` whose whole square neighbourhood lies in ``mask``, and in the image.

    Parameters
    ----------
    mask : bool array of shape (..., H, W)
    radius : int
        The neighbourhood has ``2 * radius + 1`` rows and columns.

    Returns
    -------
    bool array of the shape of ``mask``

    Raises
    ------
    ValueError, TypeError
        If ``mask`` is not boolean or has fewer than two axes, or ``radius`` is negative.

    Examples
    --------
    >>> erode(np.ones((3, 4), dtype=bool)).astype(int)
    array([[0, 0, 0, 0],
           [0, 1, 1, 0],
           [0, 0, 0, 0]])
    """
    mask = _as_mask(mask)
    radius = as_int(radius, "radius", 0)

    for axis in (-2, -1):  # a square is a column of rows: first one, then the other
        margin = [(0, 0)] * mask.ndim
        margin[axis] = (radius, radius)
        padded = np.pad(mask, margin)
        mask = np.lib.stride_tricks.sliding_window_view(padded, 2 * radius + 1, axis).all(-1)
    return mask


def _neighbours(mask: Array, diagonal: bool) -> tuple[Array, Array]:
    """Return the flat positions of all pairs of neighbouring cells inside ``mask``."""
    positions = np.arange(mask.size).reshape(mask.shape)
    here = slice(None)
    rows, columns = (slice(None, -1), slice(1, None)), (slice(None, -1), slice(1, None))
    pairs = [((rows[0], here), (rows[1], here)), ((here, columns[0]), (here, columns[1]))]
    if diagonal:
        pairs += [((rows[0], columns[0]), (rows[1], columns[1])), ((rows[0], columns[1]), (rows[1], columns[0]))]

    ends: tuple[list[Array], list[Array]] = ([], [])
    for one, other in pairs:
        both = mask[..., *one] & mask[..., *other]
        ends[0].append(positions[..., *one][both])
        ends[1].append(positions[..., *other][both])
    return np.concatenate(ends[0]), np.concatenate(ends[1])


def _as_mask(mask: Array) -> Array:
    """Return ``mask`` if it is a boolean array of images."""
    mask = np.asarray(mask)
    if mask.dtype != bool:
        raise TypeError(f"mask must hold True and False, got dtype {mask.dtype}")
    if mask.ndim < 2:
        raise ValueError(f"mask must have at least 2 dimensions, got shape {mask.shape}")
    return mask
