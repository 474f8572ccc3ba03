"""Plain loops that say what an operation means, one output value at a time.

They are slow and meant to be read: the fast code is tested against them.
"""

from __future__ import annotations

import numpy as np

from lib.ops.checks import Pair, working_dtype
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
    """Convolve (N, C, H, W) with (O, C / groups, kh, kw), as :func:`lib.conv2d` does, by seven loops.

    >>> x, w = np.arange(16.0).reshape(1, 1, 4, 4), np.ones((1, 1, 3, 3))
    >>> conv2d_by_loops(x, w)[0, 0]
    array([[45., 54.],
           [81., 90.]])
    """
    (above, below), (left, right) = resolve_padding(padding, weight.shape[2:], stride, dilation)
    dtype = working_dtype(input, weight, bias)
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
    """Spread (N, C, H, W) with (C, O / groups, kh, kw), as :func:`lib.conv_transpose2d` does, by seven loops.

    >>> x, w = np.array([[[[1.0, 2.0], [3.0, 4.0]]]]), np.ones((1, 1, 2, 2))
    >>> conv_transpose2d_by_loops(x, w)[0, 0]
    array([[ 1.,  3.,  2.],
           [ 4., 10.,  6.],
           [ 3.,  7.,  4.]])
    """
    dtype = working_dtype(input, weight, bias)
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
    """Move each cell of (N, C r², H, W) to its place in (N, C, r H, r W), as :func:`lib.pixel_shuffle` does.

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
    """Move each cell of (N, C, r H, r W) to its place in (N, C r², H, W), as :func:`lib.pixel_unshuffle` does.

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
