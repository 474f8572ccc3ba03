"""Plain loops that say what an operation means, one output value at a time.

They are slow and meant to be read: the fast code is tested against them.
"""

from __future__ import annotations

import numpy as np

from lib.ops.checks import Pair, working_dtype
from lib.ops.padding import pad
from lib.ops.sizes import conv_output_size, resolve_padding


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
