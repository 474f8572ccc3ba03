"""Padding and cropping: each is the other's adjoint.

``pad`` writes a plane into a larger plane of zeros; ``crop`` reads it back out. As matrices, one is the transpose
of the other.
"""

from __future__ import annotations

import numpy as np

from lib.checks import as_cell, as_int, as_numbers, check_memory
from lib.ops.dispatch import Pull, operation

Margins = tuple[int, int, int, int]


def _record_pad(input: np.ndarray, pad: Margins, value: float = 0) -> tuple[np.ndarray, dict[str, Pull]]:
    return _surround(input, pad, value), {"input": lambda grad: crop(grad, pad)}


@operation(_record_pad)
def pad(input: np.ndarray, pad: Margins, value: float = 0) -> np.ndarray:
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
    array, (left, right, top, bottom) = _plane_and_margins(input, pad, "pad")
    cell = as_cell(value, "value", array.dtype)
    rows, columns = array.shape[-2:]
    shape = (*array.shape[:-2], top + rows + bottom, left + columns + right)
    check_memory(shape, array.dtype, f"pad (left, right, top, bottom) = {left, right, top, bottom}")
    result = np.full(shape, cell, array.dtype)
    result[..., top : top + rows, left : left + columns] = array
    return result


def _record_crop(input: np.ndarray, pad: Margins) -> tuple[np.ndarray, dict[str, Pull]]:
    return crop(input, pad), {"input": lambda grad: _surround(grad, pad)}


@operation(_record_crop)
def crop(input: np.ndarray, pad: Margins) -> np.ndarray:
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
    array, (left, right, top, bottom) = _plane_and_margins(input, pad, "pad")
    rows, columns = array.shape[-2:]
    if top + bottom >= rows or left + right >= columns:
        raise ValueError(
            f"pad (left, right, top, bottom) = {left, right, top, bottom} leaves nothing of a plane of {rows} rows "
            f"and {columns} columns"
        )
    return array[..., top : rows - bottom, left : columns - right].copy()


def _plane_and_margins(input: np.ndarray, margins: Margins, name: str) -> tuple[np.ndarray, Margins]:
    array = as_numbers(input, "input", tuple(range(2, 65)))
    if not isinstance(margins, (tuple, list)) or len(margins) != 4:
        raise ValueError(f"{name} must be (left, right, top, bottom), got {margins!r}")
    sides = ("left", "right", "top", "bottom")
    left, right, top, bottom = (as_int(cells, f"{name} {side}", 0) for cells, side in zip(margins, sides, strict=True))
    return array, (left, right, top, bottom)


def _surround(input: np.ndarray, margins: Margins, value: float = 0) -> np.ndarray:
    return pad(input, margins, value)  # where the name ``pad`` is an argument's
