"""Convolution as vision networks compute it: a window slides over the input, many cells become one.

In mathematics this map is called cross-correlation: the kernel is not flipped. Every framework calls it convolution,
and so do we.
"""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np

from lib.ops.checks import Pair, as_int, as_numbers, as_pair, as_planes, check_memory, working_dtype
from lib.ops.sizes import conv_output_size, resolve_padding
from lib.ops.windows import window_view

# Windows are copied strip by strip into one buffer of this many bytes: small enough to stay in the processor's
# cache until the matrix product reads it, large enough that the product runs at full speed. Their products are held
# to the same size.
STRIP_BYTES = 1 << 20


def conv2d(
    input: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray | None = None,
    stride: int | Pair = 1,
    padding: int | Pair | str = 0,
    dilation: int | Pair = 1,
    groups: int = 1,
) -> np.ndarray:
    """Slide a kernel over the input; at each position multiply cell by cell and sum.

    Parameters
    ----------
    input : array of shape (N, C, H, W), (C, H, W) or (H, W)
    weight : array of shape (O, C / groups, kh, kw), or (kh, kw) for an input (H, W)
    bias : array of shape (O,), optional
        One number added to each output channel; for an input (H, W), shape (1,) or ().
    stride : int or pair of int
        How far the window moves from one output cell to the next.
    padding : int, pair of int, 'same' or 'valid'
        Zeros on each side. 'same' keeps the size (stride 1 only); where it needs an odd number of zeros, the extra one
        goes after, as in PyTorch and TensorFlow.
    dilation : int or pair of int
        Distance between neighbouring kernel taps on the input.
    groups : int
        Number of groups that input and output channels are split into; group g sees only its own channels.

    Returns
    -------
    array of shape (N, O, oh, ow), (O, oh, ow) or (oh, ow)
        Sizes as in :func:`conv_output_size`. Floating-point dtypes are kept; integers give exact int64.

    Raises
    ------
    ValueError, TypeError
        If the channels of input, weight, bias and groups do not agree, the window does not fit into the padded input,
        or an argument is out of range.

    Notes
    -----
    Names, arguments and results follow ``torch.nn.functional.conv2d``. Memory beyond input and output: one padded
    image and one strip of windows with its products, at most 1 MiB each unless one window alone is larger.

    Examples
    --------
    >>> conv2d(np.arange(16).reshape(4, 4), np.ones((3, 3), int))
    array([[45, 54],
           [81, 90]])
    >>> photo, kernels = np.zeros((1, 3, 32, 32), np.float32), np.zeros((8, 3, 3, 3), np.float32)
    >>> result = conv2d(photo, kernels, stride=2, padding=1)
    >>> result.shape, result.dtype
    ((1, 8, 16, 16), dtype('float32'))
    """
    images, kernels, offsets = _conv_operands(input, weight, bias, groups)
    step, spread = as_pair(stride, "stride", 1), as_pair(dilation, "dilation", 1)
    zeros = resolve_padding(padding, kernels.shape[2:], step, spread)
    out_size = conv_output_size(images.shape[2:], kernels.shape[2:], step, padding, spread)

    dtype = working_dtype(images, kernels, offsets)
    (above, below), (left, right) = zeros
    channels, rows, columns = images.shape[1:]
    padded_shape, out_shape = (
        (channels, above + rows + below, left + columns + right),
        (len(images), len(kernels), *out_size),
    )
    check_memory(padded_shape, dtype, f"padding {padding!r}")
    check_memory(out_shape, dtype, f"padding {padding!r} with stride {step}")
    padded, result = np.zeros(padded_shape, dtype), np.empty(out_shape, dtype)
    inner = padded[:, above : above + rows, left : left + columns]
    windows = window_view(padded, kernels.shape[2:], step, spread)
    kernel_groups = np.split(kernels.astype(dtype, copy=False), groups)
    for image, out in zip(images, result, strict=True):
        inner[...] = image  # the border stays zero, so one padded image serves the whole batch
        for parts in zip(np.split(windows, groups), kernel_groups, np.split(out, groups), strict=True):
            _correlate(*parts)
    if offsets is not None:
        result += offsets.astype(dtype)[:, None, None]
    return result.reshape(result.shape[4 - np.ndim(input) :])


def _correlate(windows: np.ndarray, kernels: np.ndarray, out: np.ndarray) -> None:
    """Write kernels (O, C, kh, kw) times windows (C, oh, ow, kh, kw) into ``out`` (O, oh, ow), strip by strip."""
    channels, out_rows, out_columns, kernel_rows, kernel_columns = windows.shape
    taps = channels * kernel_rows * kernel_columns
    flat_kernels = kernels.reshape(len(kernels), taps)
    positions = max(1, STRIP_BYTES // (max(taps, len(kernels)) * windows.itemsize))
    strip_rows, strip_columns = max(1, positions // out_columns), min(positions, out_columns)
    by_tap = windows.transpose(0, 3, 4, 1, 2)
    for top, left in product(range(0, out_rows, strip_rows), range(0, out_columns, strip_columns)):
        strip = (..., slice(top, top + strip_rows), slice(left, left + strip_columns))
        columns = by_tap[strip].reshape(taps, -1)  # im2col of a few output rows, or of a part of a wide one
        out[strip] = (flat_kernels @ columns).reshape(out[strip].shape)


def _conv_operands(input: Any, weight: Any, bias: Any, groups: int) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Return input as (N, C, H, W), weight as (O, C / groups, kh, kw) and bias as (O,), checked against each other."""
    array = as_planes(input, "input", (2, 3, 4))
    kernels = as_numbers(weight, "weight", (2,) if array.ndim == 2 else (4,))
    images = array.reshape((1,) * (4 - array.ndim) + array.shape)
    kernels = kernels.reshape((1,) * (4 - kernels.ndim) + kernels.shape)
    number = as_int(groups, "groups", 1)
    if len(kernels) % number or images.shape[1] != kernels.shape[1] * number:
        raise ValueError(
            f"weight of shape (O, C / groups, kh, kw) = {kernels.shape} with groups {number} needs O divisible by "
            f"groups and an input of {kernels.shape[1]} * {number} = {kernels.shape[1] * number} channels, got "
            f"{images.shape[1]} channels"
        )
    if 0 in kernels.shape:
        raise ValueError(f"weight must not be empty, got shape {kernels.shape}")
    if bias is None:
        return images, kernels, None
    offsets = as_numbers(bias, "bias", (0, 1) if array.ndim == 2 else (1,)).reshape(-1)
    if len(offsets) != len(kernels):
        raise ValueError(
            f"bias must have one number for each of the {len(kernels)} output channels, got {len(offsets)}"
        )
    return images, kernels, offsets
