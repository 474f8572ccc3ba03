"""Average pooling and its adjoint, which copies: every cell of a window gets its share of the window's average."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lib.checks import Pair, as_flag, as_int, as_pair, as_planes, averaging_dtype, summing_dtype
from lib.ops.dispatch import WithAdjoints, operation
from lib.ops.sizes import pool_output_size, pooling_stride, window_reach
from lib.ops.windows import planes_with_border, steps_taken, taps_along

# Planes are pooled some rows at a time, so that the sums over the rows of a window stay in the cache.
STRIP_CELLS = 1 << 15


@operation
def avg_pool2d(
    input: np.ndarray,
    kernel_size: int | Pair,
    stride: int | Pair | None = None,
    padding: int | Pair = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> WithAdjoints[np.ndarray]:
    """Average the cells of each window.

    Parameters
    ----------
    input : array of shape (N, C_in, H, W), (C_in, H, W) or (H, W)
    kernel_size : int or pair of int
    stride : int or pair of int, optional
        The kernel size unless given: windows side by side.
    padding : int or pair of int
        Zeros on each side, at most half of the kernel size.
    ceil_mode : bool
        Keep a last window that sticks out at the end, see :func:`pool_output_size`. Cells beyond the padding do not
        count.
    count_include_pad : bool
        Whether the zeros of the padding count as cells.
    divisor_override : int, optional
        Divide every sum by this number, which is not 0, instead of the number of cells.

    Returns
    -------
    array of shape (N, C_in, oh, ow), (C_in, oh, ow) or (oh, ow)
        Floating-point dtypes are kept; integers give float64.

    Raises
    ------
    ValueError, TypeError
        If the window does not fit, padding is more than half of the kernel size, or an argument is out of range.

    Notes
    -----
    Names, arguments and results follow ``torch.nn.functional.avg_pool2d``.

    Examples
    --------
    >>> avg_pool2d(np.array([[1, 5, 2, 0], [3, 4, 8, 8]]), 2)
    array([[3.25, 4.5 ]])
    >>> avg_pool2d(np.ones((2, 2)), 2, padding=1)
    array([[0.25, 0.25],
           [0.25, 0.25]])
    """
    array = as_planes(input, "input", (2, 3, 4))
    kernel, zeros = as_pair(kernel_size, "kernel_size", 1), as_pair(padding, "padding", 0)
    step = pooling_stride(stride, kernel)
    size = pool_output_size(array.shape[-2:], kernel, step, zeros, 1, ceil_mode)
    divisors = _divisors(array.shape[-2:], kernel, step, zeros, size, count_include_pad, divisor_override)

    dtype, shape = averaging_dtype(array), array.shape
    numbers = array.astype(summing_dtype(dtype), copy=False)
    planes = planes_with_border(numbers, window_reach(size, kernel, step), zeros, 0)
    pooled = _average_windows(planes, kernel, step, divisors.astype(numbers.dtype), size)
    result = pooled.astype(dtype, copy=False).reshape(*shape[:-2], *size)

    def input_gradient(grad: np.ndarray) -> np.ndarray:
        return _spread_over_windows(grad / divisors.astype(grad.dtype), shape, kernel, step, zeros)

    return result, {"input": input_gradient}


def _average_windows(planes: np.ndarray, kernel: Pair, step: Pair, divisors: np.ndarray, size: Pair) -> np.ndarray:
    """Return the sum of each window of planes (n, H, W), divided, strip by strip."""
    result = np.empty((len(planes), *size), planes.dtype)
    rows = max(1, min(size[0], STRIP_CELLS // (step[0] * planes.shape[2])))
    together = max(1, min(len(planes), STRIP_CELLS // (rows * step[0] * planes.shape[2])))
    buffer = np.empty((together, rows, planes.shape[2]), planes.dtype)

    for first in range(0, len(planes), together):
        for top in range(0, size[0], rows):
            strip = result[first : first + together, top : top + rows]
            _sum_windows(planes[first : first + together, top * step[0] :], kernel, step, buffer, strip)
            strip /= divisors[top : top + rows] if divisors.ndim else divisors
    return result


def _sum_windows(planes: np.ndarray, kernel: Pair, step: Pair, buffer: np.ndarray, out: np.ndarray) -> None:
    """Write the sum of each window, rows first: those are contiguous."""
    rows, columns = out.shape[1:]
    sums = planes[:, taps_along(0, step[0], rows)]
    for i in range(1, kernel[0]):
        sums = np.add(sums, planes[:, taps_along(i, step[0], rows)], out=buffer[: len(out), :rows])

    lanes = [sums[:, :, taps_along(j, step[1], columns)] for j in range(kernel[1])]
    if len(lanes) == 1:
        out[...] = lanes[0]
        return
    np.add(lanes[0], lanes[1], out=out)
    for lane in lanes[2:]:
        out += lane


def _spread_over_windows(
    shares: np.ndarray, shape: tuple[int, ...], kernel: Pair, step: Pair, zeros: Pair
) -> np.ndarray:
    """Add each share to every cell of its window: the transpose of summing windows, columns first."""
    rows, columns = shares.shape[-2:]
    planes = shares.reshape(-1, rows, columns)
    reach = window_reach((rows, columns), kernel, step)
    whole = tuple(max(i + p, r) for i, p, r in zip(shape[-2:], zeros, reach, strict=True))

    wide = np.zeros((len(planes), rows, whole[1]), shares.dtype)
    for j in range(kernel[1]):
        wide[:, :, taps_along(j, step[1], columns)] += planes

    full = np.zeros((len(planes), *whole), shares.dtype)
    for i in range(kernel[0]):
        full[:, taps_along(i, step[0], rows)] += wide

    return full[:, zeros[0] : zeros[0] + shape[-2], zeros[1] : zeros[1] + shape[-1]].reshape(shape)


def _divisors(
    input_size: Pair, kernel: Pair, step: Pair, zeros: Pair, size: Pair, count_include_pad: Any, divisor_override: Any
) -> np.ndarray:
    """Return what each window sum is divided by: one number, or one for each window where they differ."""
    with_zeros = as_flag(count_include_pad, "count_include_pad")
    divisor = as_divisor(divisor_override)
    if divisor is not None:
        return np.asarray(divisor)

    counts = []
    for cells, k, s, p, windows in zip(input_size, kernel, steps_taken(step, size), zeros, size, strict=True):
        starts = np.arange(windows) * s - p
        ends = np.minimum(starts + k, cells + p)  # what sticks out of the padding never counts
        counts.append(ends - starts if with_zeros else np.minimum(ends, cells) - np.maximum(starts, 0))

    table = counts[0][:, None] * counts[1]
    return table[0, 0] if np.all(table == table[0, 0]) else table


def as_divisor(divisor_override: Any) -> int | None:
    """Return ``divisor_override`` if it is an integer but 0, or None."""
    if divisor_override is None:
        return None
    divisor = as_int(divisor_override, "divisor_override", -math.inf)
    if divisor == 0:
        raise ValueError("divisor_override must not be 0, got 0; leave it out to divide by the number of cells")
    return divisor
