"""Max pooling and its adjoint, unpooling.

Max pooling keeps the largest cell of each window and, as its *switch*, where that cell was. For given switches pooling
is a matrix that picks cells, and unpooling is its transpose: it writes each value back to where it came from and leaves
the rest zero.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from lib.checks import Pair, as_flag, as_numbers, as_pair, as_planes, check_memory
from lib.ops.dispatch import WithAdjoints, is_recorded, operation
from lib.ops.sizes import pool_output_size, pooling_stride, window_reach
from lib.ops.windows import planes_with_border, steps_taken, taps_along

# Planes are pooled some rows at a time, so that the windows, their maxima and their switches stay in the cache.
STRIP_CELLS = 1 << 16


@operation
def max_pool2d(
    input: np.ndarray,
    kernel_size: int | Pair,
    stride: int | Pair | None = None,
    padding: int | Pair = 0,
    dilation: int | Pair = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> WithAdjoints[np.ndarray | tuple[np.ndarray, np.ndarray]]:
    """Keep the largest cell of each window.

    Parameters
    ----------
    input : array of shape (N, C_in, H, W), (C_in, H, W) or (H, W)
    kernel_size : int or pair of int
    stride : int or pair of int, optional
        The kernel size unless given: windows side by side.
    padding : int or pair of int
        Cells of minus infinity on each side, at most half of the kernel size.
    dilation : int or pair of int
        Distance between neighbouring cells of a window.
    ceil_mode : bool
        Keep a last window that sticks out at the end, see :func:`pool_output_size`.
    return_indices : bool
        Return the switches too.

    Returns
    -------
    array of shape (N, C_in, oh, ow), (C_in, oh, ow) or (oh, ow)
        The dtype of ``input``. A window with a NaN gives NaN.
    indices, if ``return_indices``
        int64 of the same shape: the flat position, in its plane (H, W), of the largest cell; of several equal ones
        the first in row order.

    Raises
    ------
    ValueError, TypeError
        If the window does not fit, padding is more than half of the kernel size, a window would hold no cell of the
        input, or an argument is out of range.

    Notes
    -----
    Names, arguments and results follow ``torch.nn.functional.max_pool2d``.

    Examples
    --------
    >>> x = np.array([[1, 5, 2, 0], [3, 4, 8, 8]])
    >>> max_pool2d(x, 2)
    array([[5, 8]])
    >>> max_pool2d(x, 2, return_indices=True)[1]
    array([[1, 6]])
    """
    array = as_planes(input, "input", (2, 3, 4))
    kernel, spread = as_pair(kernel_size, "kernel_size", 1), as_pair(dilation, "dilation", 1)
    step, zeros = pooling_stride(stride, kernel), as_pair(padding, "padding", 0)
    with_indices = as_flag(return_indices, "return_indices")
    size = pool_output_size(array.shape[-2:], kernel, step, zeros, spread, ceil_mode)
    windows = _Windows(kernel, steps_taken(step, size), zeros, steps_taken(spread, kernel), array.shape[-2:], size)
    first_taps = windows.first_taps()

    lowest = -np.inf if array.dtype.kind == "f" else np.iinfo(array.dtype).min
    planes = planes_with_border(array, window_reach(size, kernel, windows.step, windows.spread), zeros, lowest)
    shape = (*array.shape[:-2], *size)
    if not (with_indices or is_recorded()):
        return _largest(planes, windows).reshape(shape), {}

    pooled, indices = (cells.reshape(shape) for cells in _largest_and_where(planes, windows, first_taps))
    # Where windows lie apart, no cell is the largest of two, and the adjoint is unpooling.
    apart = step[0] >= kernel[0] and step[1] >= kernel[1] and spread == (1, 1)
    back, plane = _write_at if apart and not ceil_mode else _add_at, array.shape[-2:]
    return (pooled, indices) if with_indices else pooled, {"input": lambda grad: back(grad, indices, plane)}


@operation
def max_unpool2d(
    input: np.ndarray,
    indices: np.ndarray,
    kernel_size: int | Pair,
    stride: int | Pair | None = None,
    padding: int | Pair = 0,
    output_size: tuple[int, ...] | None = None,
) -> WithAdjoints[np.ndarray]:
    """Write each value to where its switch points and leave the rest zero: the adjoint of max pooling.

    Parameters
    ----------
    input : array of shape (N, C_in, H, W), (C_in, H, W) or (H, W)
    indices : integer array of the shape of ``input``
        Switches as :func:`max_pool2d` returns them: flat positions in each output plane.
    kernel_size, stride, padding : int or pair of int
        As given to :func:`max_pool2d`.
    output_size : tuple of int, optional
        (H, W) of the output, or the whole shape with four axes, where pooling forgot some rows or columns. Each must
        be less than one stride away from ``(i - 1) s - 2p + k``.

    Returns
    -------
    array of shape (N, C_in, oh, ow), (C_in, oh, ow) or (oh, ow)
        The dtype of ``input``.

    Raises
    ------
    ValueError, TypeError
        If the shapes of input and indices differ, an index lies outside the output plane, or an argument is out of
        range.

    Notes
    -----
    Names, arguments and results follow ``torch.nn.functional.max_unpool2d``. Where two switches name the same cell, as
    overlapping windows make them, the later value stays; the gradient reads the cell for both, as in PyTorch.

    Source: Zeiler & Fergus (2014), "Visualizing and understanding convolutional networks".

    Examples
    --------
    >>> x = np.array([[1, 5, 2, 0], [3, 4, 8, 8]])
    >>> max_unpool2d(*max_pool2d(x, 2, return_indices=True), 2)
    array([[0, 5, 0, 0],
           [0, 0, 8, 0]])
    """
    array = as_planes(input, "input", (2, 3, 4))
    switches = as_numbers(indices, "indices", (array.ndim,))

    if switches.dtype.kind == "f":
        raise TypeError(f"indices must be integers, got dtype {switches.dtype}")
    if switches.shape != array.shape:
        raise ValueError(f"indices must have the shape of input, {array.shape}, got {switches.shape}")

    rows, columns = _unpooled_size(array.shape[-2:], kernel_size, stride, padding, output_size)
    # Seen as unsigned, a negative index is a huge one: one look at the largest finds both.
    if array.size and switches.astype(np.int64, copy=False).view(np.uint64).max() >= rows * columns:
        raise ValueError(
            f"indices must lie between 0 and {rows * columns - 1}, the cells of an output plane of {rows} rows and "
            f"{columns} columns, got {switches.min()} to {switches.max()}; give output_size if the plane is larger"
        )

    check_memory((*array.shape[:-2], rows, columns), array.dtype, f"output_size {output_size}")
    positions = switches.astype(np.int64, copy=False)
    return _write_at(array, positions, (rows, columns)), {"input": lambda grad: _read_at(grad, positions)}


def _unpooled_size(size: Pair, kernel_size: Any, stride: Any, padding: Any, output_size: Any) -> Pair:
    kernel = as_pair(kernel_size, "kernel_size", 1)
    step = pooling_stride(stride, kernel)
    zeros = as_pair(padding, "padding", 0)

    default = tuple((i - 1) * s - 2 * p + k for i, s, p, k in zip(size, step, zeros, kernel, strict=True))

    if output_size is None:
        if min(default) < 1:
            raise ValueError(f"padding {zeros} leaves nothing of the output: (i - 1) s - 2p + k = {default}")
        return default

    if not isinstance(output_size, (tuple, list)) or len(output_size) not in (2, 4):
        raise ValueError(f"output_size must be (H, W) or the whole shape (N, C_in, H, W), got {output_size!r}")
    wanted = as_pair(tuple(output_size[-2:]), "output_size", 1)

    if any(abs(w - d) >= s for w, d, s in zip(wanted, default, step, strict=True)):
        raise ValueError(
            f"output_size must be less than one stride {step} away from (i - 1) s - 2p + k = {default}, got {wanted}"
        )
    return wanted


def _write_at(values: np.ndarray, indices: np.ndarray, size: Pair) -> np.ndarray:
    """Write each value to the cell of a plane of zeros that its index names."""
    cells = values.shape[-2] * values.shape[-1]
    planes = np.empty((math.prod(values.shape[:-2]), size[0] * size[1]), values.dtype)

    for plane, here, what in zip(planes, indices.reshape(-1, cells), values.reshape(-1, cells), strict=True):
        plane.fill(0)  # one plane at a time stays in the cache
        plane[here] = what
    return planes.reshape(*values.shape[:-2], *size)


def _read_at(planes: np.ndarray, indices: np.ndarray) -> np.ndarray:
    """Read the cell that each index names: the transpose of writing there."""
    cells = indices.shape[-2] * indices.shape[-1]
    values = np.empty(indices.shape, planes.dtype)

    flat = planes.reshape(-1, planes.shape[-2] * planes.shape[-1])
    for plane, here, what in zip(flat, indices.reshape(-1, cells), values.reshape(-1, cells), strict=True):
        np.take(plane, here, out=what, mode="clip")  # no index is out of range: unpooling has looked
    return values


def _add_at(values: np.ndarray, indices: np.ndarray, size: Pair) -> np.ndarray:
    """Add each value to the cell that its index names, which other indices may name too."""
    planes = values.reshape(-1, values.shape[-2] * values.shape[-1])
    result = np.zeros((len(planes), size[0] * size[1]), values.dtype)
    starts = np.arange(len(planes))[:, None] * (size[0] * size[1])

    np.add.at(result.reshape(-1), (indices.reshape(planes.shape) + starts).reshape(-1), planes.reshape(-1))
    return result.reshape(*values.shape[:-2], *size)


class _Windows(NamedTuple):
    """How windows lie on a plane of ``plane`` cells with so many cells of padding: ``size`` of them, rows first."""

    kernel: Pair
    step: Pair
    zeros: Pair
    spread: Pair
    plane: Pair
    size: Pair

    def first_taps(self) -> np.ndarray:
        """Return, for each window, the number of its first tap that lies in the input; refuse a window without one."""
        rows, columns = (_first_taps(*axis) for axis in zip(*self, strict=True))
        return rows[:, None] * self.kernel[1] + columns

    def taps(self, planes: np.ndarray, rows: int) -> list[np.ndarray]:
        """Return, for each tap in row order, the cell that it meets in each of the first ``rows`` rows of windows."""
        columns = self.size[1]
        height = window_reach((rows, columns), self.kernel, self.step, self.spread)[0]
        starts = [j * self.spread[1] for j in range(self.kernel[1])]

        lanes = [planes[:, :height, taps_along(start, self.step[1], columns)] for start in starts]
        if self.step[1] > 1:  # every tap of a column reads the same cells: gather them once
            lanes = [np.ascontiguousarray(lane) for lane in lanes]
        return [lanes[j][:, taps_along(i * self.spread[0], self.step[0], rows)] for i, j in np.ndindex(*self.kernel)]

    def strips(self, planes: np.ndarray) -> Iterator[tuple[slice, slice]]:
        """Yield planes and rows of windows in parts that stay in the cache."""
        row = self.step[0] * planes.shape[2]
        rows = max(1, min(self.size[0], STRIP_CELLS // row))
        together = max(1, STRIP_CELLS // (rows * row))
        for first in range(0, len(planes), together):
            for top in range(0, self.size[0], rows):
                yield slice(first, first + together), slice(top, min(top + rows, self.size[0]))


def _first_taps(kernel: int, step: int, zeros: int, spread: int, cells: int, windows: int) -> np.ndarray:
    """Return, for each window along one axis, its first tap that lies in the input."""
    starts = np.arange(windows) * step - zeros
    taps = np.maximum(0, -(starts // spread))
    if np.any(taps >= kernel) or np.any(starts + taps * spread >= cells):
        raise ValueError(
            f"padding {zeros} with kernel_size {kernel}, stride {step} and dilation {spread} makes a window that holds "
            f"no cell of an input of {cells}; use less padding or dilation"
        )
    return taps


def _largest(planes: np.ndarray, windows: _Windows) -> np.ndarray:
    """Return the largest cell of each window, rows first: those are contiguous."""
    kernel, step, _, spread, _, size = windows
    result = np.empty((len(planes), *size), planes.dtype)

    for some, rows in windows.strips(planes):
        cells, count, out = planes[some, rows.start * step[0] :], rows.stop - rows.start, result[some, rows]
        tallest = cells[:, taps_along(0, step[0], count)]
        for i in range(1, kernel[0]):
            tallest = np.maximum(tallest, cells[:, taps_along(i * spread[0], step[0], count)])

        out[...] = tallest[:, :, taps_along(0, step[1], size[1])]
        for j in range(1, kernel[1]):
            np.maximum(out, tallest[:, :, taps_along(j * spread[1], step[1], size[1])], out=out)
    return result


def _largest_and_where(planes: np.ndarray, windows: _Windows, first_taps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the largest cell of each window, and its flat position in the plane without its border."""
    result = np.empty((len(planes), *windows.size), planes.dtype)
    positions = np.empty(result.shape, np.int64)

    for some, rows in windows.strips(planes):
        cells = planes[some, rows.start * windows.step[0] :]
        taps = windows.taps(cells, rows.stop - rows.start)
        where = _largest_tap(taps, first_taps[rows], result[some, rows])
        _flat_positions(where, windows, rows.start, positions[some, rows])
    return result, positions


def _largest_tap(taps: list[np.ndarray], start: np.ndarray, out: np.ndarray) -> np.ndarray:
    """Write the largest of the taps of each window and return its number; ``start`` numbers the first real tap."""
    where = np.empty(out.shape, np.min_scalar_type(len(taps) - 1))
    where[...] = start
    out[...] = taps[0]

    for number, tap in enumerate(taps[1:], 1):
        # Tap numbers grow, so "number where larger, else what was" is a maximum: no branch, and bytes are cheap.
        np.maximum(where, (tap > out).view(np.uint8) * where.dtype.type(number), out=where)
        np.maximum(out, tap, out=out)

    if out.dtype.kind == "f" and np.isnan(out).any():  # no comparison is true of NaN; the last one of a window counts
        for number, tap in enumerate(taps):
            np.copyto(where, where.dtype.type(number), where=np.isnan(tap))
    return where


def _flat_positions(where: np.ndarray, windows: _Windows, top: int, out: np.ndarray) -> None:
    """Turn numbers of taps into flat positions in the input plane."""
    kernel, step, zeros, spread, (_, width), _ = windows
    tap_rows, tap_columns = np.arange(kernel[0]) * spread[0] - zeros[0], np.arange(kernel[1]) * spread[1] - zeros[1]
    rows, columns = np.arange(top, top + out.shape[1]) * step[0], np.arange(out.shape[2]) * step[1]

    np.take((tap_rows[:, None] * width + tap_columns).reshape(-1), where, out=out, mode="clip")
    out += rows[:, None] * width + columns
