"""Plain loops that say what an operation means, one output value at a time.

They are slow and meant to be read: the fast code is tested against them.
"""

from __future__ import annotations

import math

import numpy as np

from lib.checks import Pair, working_dtype
from lib.ops.padding import pad
from lib.ops.sizes import conv_output_size, conv_transpose_output_size, pool_output_size, resolve_padding


def conv2d_by_loops(
    input: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray | None = None,
    stride: Pair = (1, 1),
    padding: Pair | str = (0, 0),
    dilation: Pair = (1, 1),
    groups: int = 1,
) -> np.ndarray:
    """Convolve (N, C_in, H, W) with (C_out, C_in / groups, kh, kw), as :func:`lib.conv2d` does, by seven loops.

    >>> x, w = np.arange(16.0).reshape(1, 1, 4, 4), np.ones((1, 1, 3, 3))
    >>> conv2d_by_loops(x, w)[0, 0]
    array([[45., 54.],
           [81., 90.]])
    """
    (above, below), (left, right) = resolve_padding(padding, weight.shape[2:], stride, dilation)
    dtype = working_dtype(input=input, weight=weight, bias=bias)
    padded, weight = pad(input.astype(dtype), (left, right, above, below)), weight.astype(dtype)
    out_rows, out_columns = conv_output_size(input.shape[2:], weight.shape[2:], stride, padding, dilation)
    out_channels, group_channels, kernel_rows, kernel_columns = weight.shape

    result = np.zeros((len(input), out_channels, out_rows, out_columns), dtype)

    for n, o, y, x in np.ndindex(*result.shape):
        first_channel = o // (out_channels // groups) * group_channels
        total = 0 if bias is None else bias[o]
        for c, i, j in np.ndindex(group_channels, kernel_rows, kernel_columns):
            row, column = y * stride[0] + i * dilation[0], x * stride[1] + j * dilation[1]
            total = total + padded[n, first_channel + c, row, column] * weight[o, c, i, j]
        result[n, o, y, x] = total
    return result


def conv_transpose2d_by_loops(
    input: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray | None = None,
    stride: Pair = (1, 1),
    padding: Pair = (0, 0),
    output_padding: Pair = (0, 0),
    groups: int = 1,
    dilation: Pair = (1, 1),
) -> np.ndarray:
    """Spread (N, C_in, H, W) with (C_in, C_out / groups, kh, kw), as :func:`lib.conv_transpose2d` does, by seven loops.

    >>> x, w = np.array([[[[1.0, 2.0], [3.0, 4.0]]]]), np.ones((1, 1, 2, 2))
    >>> conv_transpose2d_by_loops(x, w)[0, 0]
    array([[ 1.,  3.,  2.],
           [ 4., 10.,  6.],
           [ 3.,  7.,  4.]])
    """
    dtype = working_dtype(input=input, weight=weight, bias=bias)
    input, weight = input.astype(dtype), weight.astype(dtype)
    channels, group_outputs, kernel_rows, kernel_columns = weight.shape
    size = conv_transpose_output_size(input.shape[2:], weight.shape[2:], stride, padding, output_padding, dilation)

    result = np.zeros((len(input), group_outputs * groups, *size), dtype)
    if bias is not None:
        result += bias.astype(dtype)[:, None, None]

    for n, c, y, x in np.ndindex(*input.shape):
        first_output = c // (channels // groups) * group_outputs
        for o, i, j in np.ndindex(group_outputs, kernel_rows, kernel_columns):
            row = y * stride[0] + i * dilation[0] - padding[0]
            column = x * stride[1] + j * dilation[1] - padding[1]
            if 0 <= row < size[0] and 0 <= column < size[1]:
                result[n, first_output + o, row, column] += input[n, c, y, x] * weight[c, o, i, j]
    return result


def max_pool2d_by_loops(
    input: np.ndarray,
    kernel_size: Pair,
    stride: Pair,
    padding: Pair = (0, 0),
    dilation: Pair = (1, 1),
    ceil_mode: bool = False,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the largest cell of each window and its flat position, as :func:`lib.max_pool2d` does, by six loops.

    >>> max_pool2d_by_loops(np.array([[[[1, 5, 2, 0], [3, 4, 8, 8]]]]), (2, 2), (2, 2))
    (array([[[[5, 8]]]]), array([[[[1, 6]]]]))
    """
    rows, columns = input.shape[2:]
    out_size = pool_output_size((rows, columns), kernel_size, stride, padding, dilation, ceil_mode)
    pooled = np.zeros((*input.shape[:2], *out_size), input.dtype)
    indices = np.zeros(pooled.shape, np.int64)

    for n, c, y, x in np.ndindex(*pooled.shape):
        largest = position = None
        for i, j in np.ndindex(*kernel_size):
            row = y * stride[0] + i * dilation[0] - padding[0]
            column = x * stride[1] + j * dilation[1] - padding[1]
            if 0 <= row < rows and 0 <= column < columns:
                cell = input[n, c, row, column]
                # Of equal cells the first counts; no cell is larger than NaN, and of several NaN the last counts.
                if largest is None or cell > largest or np.isnan(cell):
                    largest, position = cell, row * columns + column
        pooled[n, c, y, x], indices[n, c, y, x] = largest, position
    return pooled, indices


def max_unpool2d_by_loops(input: np.ndarray, indices: np.ndarray, output_size: Pair) -> np.ndarray:
    """Write each value to its flat position in a plane of zeros, as :func:`lib.max_unpool2d` does, by four loops.

    >>> max_unpool2d_by_loops(np.array([[[[5, 8]]]]), np.array([[[[1, 6]]]]), (2, 4))
    array([[[[0, 5, 0, 0],
             [0, 0, 8, 0]]]])
    """
    result = np.zeros((*input.shape[:2], *output_size), input.dtype)

    for n, c, y, x in np.ndindex(*input.shape):
        row, column = divmod(indices[n, c, y, x], output_size[1])
        result[n, c, row, column] = input[n, c, y, x]  # a later value replaces an earlier one
    return result


def avg_pool2d_by_loops(
    input: np.ndarray,
    kernel_size: Pair,
    stride: Pair,
    padding: Pair = (0, 0),
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> np.ndarray:
    """Average the cells of each window, as :func:`lib.avg_pool2d` does, by six loops.

    >>> avg_pool2d_by_loops(np.array([[[[1, 5, 2, 0], [3, 4, 8, 8]]]]), (2, 2), (2, 2))
    array([[[[3.25, 4.5 ]]]])
    """
    rows, columns = input.shape[2:]
    out_size = pool_output_size((rows, columns), kernel_size, stride, padding, 1, ceil_mode)
    dtype = input.dtype if input.dtype.kind == "f" else np.dtype(np.float64)
    result = np.zeros((*input.shape[:2], *out_size), dtype)

    for n, c, y, x in np.ndindex(*result.shape):
        total, cells, cells_with_zeros = dtype.type(0), 0, 0
        for i, j in np.ndindex(*kernel_size):
            row, column = y * stride[0] + i - padding[0], x * stride[1] + j - padding[1]
            if row < rows + padding[0] and column < columns + padding[1]:
                cells_with_zeros += 1
            if 0 <= row < rows and 0 <= column < columns:
                cells += 1
                total += dtype.type(input[n, c, row, column])

        counted = cells_with_zeros if count_include_pad else cells
        result[n, c, y, x] = total / dtype.type(counted if divisor_override is None else divisor_override)
    return result


def pixel_shuffle_by_loops(input: np.ndarray, upscale_factor: int) -> np.ndarray:
    """Move each cell of (N, C_out r², H, W) to its place in (N, C_out, r H, r W), as :func:`lib.pixel_shuffle` does.

    >>> pixel_shuffle_by_loops(np.arange(8).reshape(1, 4, 1, 2), 2)[0, 0]
    array([[0, 2, 1, 3],
           [4, 6, 5, 7]])
    """
    r = upscale_factor
    batch, channels, rows, columns = input.shape
    result = np.zeros((batch, channels // r**2, rows * r, columns * r), input.dtype)

    for n, c, y, x in np.ndindex(*result.shape):
        result[n, c, y, x] = input[n, c * r**2 + y % r * r + x % r, y // r, x // r]
    return result


def pixel_unshuffle_by_loops(input: np.ndarray, downscale_factor: int) -> np.ndarray:
    """Move each cell of (N, C_in, r H, r W) to its place in (N, C_in r², H, W), as :func:`lib.pixel_unshuffle` does.

    >>> pixel_unshuffle_by_loops(np.arange(8).reshape(1, 1, 2, 4), 2)[0, :, 0]
    array([[0, 2],
           [1, 3],
           [4, 6],
           [5, 7]])
    """
    r = downscale_factor
    batch, channels, rows, columns = input.shape
    result = np.zeros((batch, channels * r**2, rows // r, columns // r), input.dtype)

    for n, c, y, x in np.ndindex(*input.shape):
        result[n, c * r**2 + y % r * r + x % r, y // r, x // r] = input[n, c, y, x]
    return result


def interpolate_by_loops(
    input: np.ndarray,
    size: Pair,
    mode: str = "nearest",
    align_corners: bool = False,
    antialias: bool = False,
    scales: tuple[float, float] | None = None,
) -> np.ndarray:
    """Resize (N, C_in, H, W) to ``size``, as :func:`lib.interpolate` does, by loops over output cells and neighbours.

    ``scales`` are input cells for each output cell along rows and columns, the ratio of the sizes unless given.

    >>> interpolate_by_loops(np.array([[[[0.0, 4.0]]]]), (1, 4), "bilinear")
    array([[[[0., 1., 3., 4.]]]])
    """
    rows, columns = input.shape[2:]
    row_scale, column_scale = scales or (None, None)
    result = np.zeros((*input.shape[:2], *size), input.dtype if mode.startswith("nearest") else np.float64)

    for n, c, y, x in np.ndindex(*result.shape):
        total = 0
        for i, row_weight in _neighbours(y, rows, size[0], row_scale, mode, align_corners, antialias):
            for j, column_weight in _neighbours(x, columns, size[1], column_scale, mode, align_corners, antialias):
                total = total + row_weight * column_weight * input[n, c, i, j]
        result[n, c, y, x] = total
    return result


def _neighbours(
    output: int, cells: int, outputs: int, scale: float | None, mode: str, align_corners: bool, antialias: bool
) -> list[tuple[int, float]]:
    """Return the input cells that an output cell reads along one axis, each with its weight."""
    if align_corners:
        scale = (cells - 1) / (outputs - 1) if outputs > 1 else 0
    elif scale is None:
        scale = cells / outputs

    if mode == "area":
        touched = range(math.floor(output * cells / outputs), math.ceil((output + 1) * cells / outputs))
        return [(cell, 1 / len(touched)) for cell in touched]
    if mode == "nearest":
        return [(min(math.floor(output * scale), cells - 1), 1)]
    if mode == "nearest-exact":
        return [(min(math.floor((output + 0.5) * scale), cells - 1), 1)]

    # PyTorch's antialias ignores align_corners where it measures positions.
    position = output * scale if align_corners and not antialias else (output + 0.5) * scale - 0.5
    if not antialias:
        return [
            (min(max(cell, 0), cells - 1), _kernel(cell - position, mode, -0.75))  # beyond the border: the last cell
            for cell in range(math.floor(position) - 1, math.floor(position) + 3)
        ]

    width = max(scale, 1)  # when shrinking, the kernel is as many times wider as the output is smaller
    weights = [_kernel((cell - position) / width, mode, -0.5) for cell in range(cells)]
    return [(cell, weight / sum(weights)) for cell, weight in enumerate(weights)]


def _kernel(distance: float, mode: str, a: float) -> float:
    d = abs(distance)
    if mode == "bilinear":
        return max(1 - d, 0)
    if d <= 1:
        return (a + 2) * d**3 - (a + 3) * d**2 + 1
    return a * d**3 - 5 * a * d**2 + 8 * a * d - 4 * a if d < 2 else 0
