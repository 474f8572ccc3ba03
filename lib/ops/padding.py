"""Padding and cropping: each is the other's adjoint.

``pad`` writes a plane into a larger plane of zeros; ``crop`` reads it back out. As matrices, one is the transpose
of the other.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lib.checks import as_cell, as_int, as_numbers, check_memory
from lib.ops.dispatch import WithAdjoints, operation

Margins = tuple[int, int, int, int]

DIMENSIONS = tuple(range(2, 65))  # from a plane to the most axes an array can have


@operation
def pad(input: np.ndarray, pad: Margins, value: float = 0) -> WithAdjoints[np.ndarray]:
    """Surround the last two axes with cells that hold ``value``.

    Parameters
    ----------
    input : array of shape (..., H, W)
    pad : (left, right, top, bottom)
        Numbers of cells, in the order of ``torch.nn.functional.pad``.
    value : float
        What the new cells hold.

    Returns
    -------
    array of shape (..., top + H + bottom, left + W + right)
        A new array of the dtype of ``input``.

    Raises
    ------
    ValueError, TypeError
        If ``pad`` is not four integers of at least 0 (to remove cells, use :func:`crop`), ``input`` has fewer than
        two axes, or its dtype cannot hold ``value``.

    Examples
    --------
    >>> pad(np.array([[1, 2], [3, 4]]), (1, 0, 0, 1))
    array([[0, 1, 2],
           [0, 3, 4],
           [0, 0, 0]])
    """
    array, margins = as_numbers(input, "input", DIMENSIONS), _as_margins(pad)
    cell = as_cell(value, "value", array.dtype)
    return _surround(array, margins, cell), {"input": lambda grad: _cut(grad, margins)}


@operation
def crop(input: np.ndarray, pad: Margins) -> WithAdjoints[np.ndarray]:
    """Remove the margins that :func:`pad` adds: its adjoint, and its inverse on the cells that were there.

    Parameters
    ----------
    input : array of shape (..., H, W)
    pad : (left, right, top, bottom)
        Numbers of cells to remove.

    Returns
    -------
    array of shape (..., H - top - bottom, W - left - right)
        A new array.

    Raises
    ------
    ValueError, TypeError
        If ``pad`` is not four integers of at least 0, or the margins leave nothing.

    Examples
    --------
    >>> crop(pad(np.array([[1, 2], [3, 4]]), (1, 0, 0, 1)), (1, 0, 0, 1))
    array([[1, 2],
           [3, 4]])
    """
    array, margins = as_numbers(input, "input", DIMENSIONS), _as_margins(pad)
    return _cut(array, margins), {"input": lambda grad: _surround(grad, margins, 0)}


def _surround(array: np.ndarray, margins: Margins, value: float) -> np.ndarray:
    left, right, top, bottom = margins
    rows, columns = array.shape[-2:]
    shape = (*array.shape[:-2], top + rows + bottom, left + columns + right)
    check_memory(shape, array.dtype, f"pad (left, right, top, bottom) = {margins}")

    result = np.full(shape, value, array.dtype)
    result[..., top : top + rows, left : left + columns] = array
    return result


def _cut(array: np.ndarray, margins: Margins) -> np.ndarray:
    left, right, top, bottom = margins
    rows, columns = array.shape[-2:]
    if top + bottom >= rows or left + right >= columns:
        raise ValueError(
            f"pad (left, right, top, bottom) = {margins} leaves nothing of a plane of {rows} rows and {columns} columns"
        )
    return array[..., top : rows - bottom, left : columns - right].copy()


def _as_margins(pad: Any) -> Margins:
    """Return ``pad`` if it is four integers of at least 0."""
    if not isinstance(pad, (tuple, list)) or len(pad) != 4:
        raise ValueError(f"pad must be (left, right, top, bottom), got {pad!r}")
    sides = ("left", "right", "top", "bottom")
    return tuple(as_int(cells, f"pad {side}", 0) for cells, side in zip(pad, sides, strict=True))
