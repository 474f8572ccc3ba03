"""Convolution as vision networks compute it, and its adjoint, transposed convolution.

A window slides over the input and many cells become one; transposed, every cell is spread over a window. In
mathematics the first map is called cross-correlation: the kernel is not flipped. Every framework calls it convolution,
and so do we.

Both maps are linear in the input and in the weight, so the gradient of each is the other one: the input gradient of
:func:`conv2d` is :func:`conv_transpose2d`, and the reverse.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from lib.checks import Pair, as_int, as_numbers, as_pair, as_planes, check_memory, working_dtype
from lib.ops.dispatch import Pull, operation
from lib.ops.fast.correlation import correlate, transpose_correlate
from lib.ops.fast.strips import Zeros
from lib.ops.fast.weight_gradients import weight_gradient
from lib.ops.sizes import conv_output_size, conv_transpose_output_size, resolve_padding, window_extent


def _record_conv2d(
    input: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray | None = None,
    stride: int | Pair = 1,
    padding: int | Pair | str = 0,
    dilation: int | Pair = 1,
    groups: int = 1,
) -> tuple[np.ndarray, dict[str, Pull]]:
    kernel, step, spread = np.shape(weight)[-2:], as_pair(stride, "stride", 1), as_pair(dilation, "dilation", 1)
    size = np.shape(input)[-2:]

    def input_gradient(grad: np.ndarray) -> np.ndarray:
        cut = tuple(before for before, _ in resolve_padding(padding, kernel, step, spread))
        # Where stride > 1, the last cells of the input may lie in no window: that is what output_padding restores.
        missing = tuple(
            max(0, cells + 2 * p - window_extent(k, d) - s * (o - 1))
            for cells, p, k, d, s, o in zip(size, cut, kernel, spread, step, grad.shape[-2:], strict=True)
        )
        full = conv_transpose2d(grad, weight, None, step, cut, missing, groups, spread)
        return full[..., : size[0], : size[1]]  # 'same' may put one zero more below and on the right

    def kernel_gradient(grad: np.ndarray) -> np.ndarray:
        zeros = resolve_padding(padding, kernel, step, spread)
        grads = _as_batch(grad)
        return weight_gradient(_as_batch(input), grads, kernel, zeros, step, spread, groups).reshape(np.shape(weight))

    pulls = {"input": input_gradient, "weight": kernel_gradient, "bias": lambda grad: _bias_gradient(grad, bias)}
    return conv2d(input, weight, bias, stride, padding, dilation, groups), pulls


@operation(_record_conv2d)
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
        Sizes as in :func:`conv_output_size`. Floating-point dtypes are kept; integers take on the dtype of
        floating-point numbers beside them, and give exact int64 alone.

    Raises
    ------
    ValueError, TypeError
        If the channels of input, weight, bias and groups or their floating-point dtypes do not agree, the window does
        not fit into the padded input, or an argument is out of range.

    Notes
    -----
    Names, arguments and results follow ``torch.nn.functional.conv2d``, which refuses integers beside floating-point
    numbers, too. Memory beyond input and output: one padded
    image and one strip of windows. The plain loops are in :func:`lib.ops.by_loops.conv2d_by_loops`.

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
    margin = padding if isinstance(padding, str) else as_pair(padding, "padding", 0)
    dtype = working_dtype(input=images, weight=kernels, bias=offsets)
    zeros, shape = _conv_plan(images.shape, kernels.shape, step, margin, spread, dtype)
    result = np.empty(shape, _summed_in(dtype))
    correlate(_prepared(images, dtype), _prepared(kernels, dtype), zeros, step, spread, groups, result)
    return _finish(result, offsets, dtype, np.ndim(input))


def _record_conv_transpose2d(
    input: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray | None = None,
    stride: int | Pair = 1,
    padding: int | Pair = 0,
    output_padding: int | Pair = 0,
    groups: int = 1,
    dilation: int | Pair = 1,
) -> tuple[np.ndarray, dict[str, Pull]]:
    kernel, step, spread = np.shape(weight)[-2:], as_pair(stride, "stride", 1), as_pair(dilation, "dilation", 1)
    zeros, size = as_pair(padding, "padding", 0), np.shape(input)[-2:]

    def input_gradient(grad: np.ndarray) -> np.ndarray:
        return conv2d(grad, weight, None, step, zeros, spread, groups)[..., : size[0], : size[1]]

    def kernel_gradient(grad: np.ndarray) -> np.ndarray:
        around = (zeros[0], zeros[0]), (zeros[1], zeros[1])
        images, grads = _as_batch(grad), _as_batch(input)  # the two change places
        return weight_gradient(images, grads, kernel, around, step, spread, groups).reshape(np.shape(weight))

    pulls = {"input": input_gradient, "weight": kernel_gradient, "bias": lambda grad: _bias_gradient(grad, bias)}
    return conv_transpose2d(input, weight, bias, stride, padding, output_padding, groups, dilation), pulls


@operation(_record_conv_transpose2d)
def conv_transpose2d(
    input: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray | None = None,
    stride: int | Pair = 1,
    padding: int | Pair = 0,
    output_padding: int | Pair = 0,
    groups: int = 1,
    dilation: int | Pair = 1,
) -> np.ndarray:
    """Spread every input cell over a window, weighted by the kernel, and add up: the adjoint of :func:`conv2d`.

    Parameters
    ----------
    input : array of shape (N, C, H, W), (C, H, W) or (H, W)
    weight : array of shape (C, O / groups, kh, kw), or (kh, kw) for an input (H, W)
        The weight of the convolution it transposes, unchanged: there C is the number of output channels.
    bias : array of shape (O,), optional
        One number added to each output channel; for an input (H, W), shape (1,) or ().
    stride : int or pair of int
        How far the window moves on the output from one input cell to the next.
    padding : int or pair of int
        Cells cut off each side of the result: the zeros that the convolution adds.
    output_padding : int or pair of int
        Cells that the result is longer, at its end. A convolution of stride s maps s sizes to one, and this picks
        one of them; it must be smaller than stride or dilation.
    groups : int
        Number of groups that input and output channels are split into.
    dilation : int or pair of int
        Distance between neighbouring kernel taps on the output.

    Returns
    -------
    array of shape (N, O, oh, ow), (O, oh, ow) or (oh, ow)
        Sizes as in :func:`conv_transpose_output_size`. Floating-point dtypes are kept; integers take on the dtype of
        floating-point numbers beside them, and give exact int64 alone.

    Raises
    ------
    ValueError, TypeError
        If the channels of input, weight, bias and groups or their floating-point dtypes do not agree, output_padding is
        not smaller than stride or dilation, padding cuts off the whole result, or an argument is out of range.

    Notes
    -----
    Names, arguments and results follow ``torch.nn.functional.conv_transpose2d``. It restores the size of the
    convolution's input, not its values. The plain loops are in
    :func:`lib.ops.by_loops.conv_transpose2d_by_loops`.

    Source: Zeiler et al. (2010), "Deconvolutional networks"; Dumoulin & Visin (2016).

    Examples
    --------
    >>> conv_transpose2d(np.array([[1, 2], [3, 4]]), np.ones((2, 2), int))
    array([[ 1,  3,  2],
           [ 4, 10,  6],
           [ 3,  7,  4]])
    >>> conv_transpose2d(np.array([[1, 2], [3, 4]]), np.ones((2, 2), int), stride=2)
    array([[1, 1, 2, 2],
           [1, 1, 2, 2],
           [3, 3, 4, 4],
           [3, 3, 4, 4]])
    """
    images, kernels, offsets = _conv_operands(input, weight, bias, groups, transposed=True)
    step, spread = as_pair(stride, "stride", 1), as_pair(dilation, "dilation", 1)
    cut, more = as_pair(padding, "padding", 0), as_pair(output_padding, "output_padding", 0)
    dtype = working_dtype(input=images, weight=kernels, bias=offsets)
    shape = _transposed_shape(images.shape, kernels.shape, groups, (step, cut, more, spread), dtype)
    result = np.empty(shape, _summed_in(dtype))
    transpose_correlate(_prepared(images, dtype), _prepared(kernels, dtype), cut, step, spread, groups, result)
    return _finish(result, offsets, dtype, np.ndim(input))


@functools.lru_cache(maxsize=1024)  # a network makes the same calls again and again; small ones consist of this
def _conv_plan(
    images: tuple[int, ...], kernels: tuple[int, ...], step: Pair, padding: Pair | str, spread: Pair, dtype: np.dtype
) -> tuple[Zeros, tuple[int, ...]]:
    """Return the zeros around an image and the shape of the result."""
    zeros = resolve_padding(padding, kernels[2:], step, spread)
    out_size = conv_output_size(images[2:], kernels[2:], step, padding, spread)
    padded = [cells + sum(around) for cells, around in zip(images[2:], zeros, strict=True)]
    shape = (images[0], kernels[0], *out_size)
    given = padding[0] if len(set(padding)) == 1 else padding
    check_memory((images[1], *padded), dtype, f"padding {given!r}")
    check_memory(shape, dtype, f"padding {given!r} with stride {step}")
    return zeros, shape


@functools.lru_cache(maxsize=1024)
def _transposed_shape(
    images: tuple[int, ...], kernels: tuple[int, ...], groups: int, window: tuple[Pair, ...], dtype: np.dtype
) -> tuple[int, ...]:
    step, _, _, spread = window
    out_size = conv_transpose_output_size(images[2:], kernels[2:], *window)
    shape = (images[0], kernels[1] * groups, *out_size)
    check_memory(shape, dtype, f"stride {step} with dilation {spread}")
    return shape


def _conv_operands(
    input: Any, weight: Any, bias: Any, groups: int, transposed: bool = False
) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Return input as (N, C, H, W), weight with four axes and bias as (O,), checked against each other."""
    array = as_planes(input, "input", (2, 3, 4))
    kernels = _as_batch(as_numbers(weight, "weight", (2,) if array.ndim == 2 else (4,)))
    images = _as_batch(array)
    number, channels = as_int(groups, "groups", 1), images.shape[1]
    if 0 in kernels.shape:
        raise ValueError(f"weight must not be empty, got shape {kernels.shape}")
    expected = len(kernels) if transposed else kernels.shape[1] * number
    if len(kernels) % number or channels != expected:
        layout, first = ("(C, O / groups, kh, kw)", "C") if transposed else ("(O, C / groups, kh, kw)", "O")
        needed = str(expected) if transposed else f"{kernels.shape[1]} * {number} = {expected}"
        raise ValueError(
            f"weight of shape {layout} = {kernels.shape} with groups {number} needs {first} divisible by groups and an "
            f"input of {needed} channels, got {channels} channels"
        )
    if bias is None:
        return images, kernels, None
    offsets = as_numbers(bias, "bias", (0, 1) if array.ndim == 2 else (1,)).reshape(-1)
    out_channels = kernels.shape[1] * number if transposed else len(kernels)
    if len(offsets) != out_channels:
        raise ValueError(
            f"bias must have one number for each of the {out_channels} output channels, got {len(offsets)}"
        )
    return images, kernels, offsets


def _as_batch(array: np.ndarray) -> np.ndarray:
    array = np.asarray(array)
    return array if array.ndim == 4 else array[(None,) * (4 - array.ndim)]


def _prepared(array: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """Return ``array`` in the dtype that is computed in: sums of half precision are kept in single."""
    return array if array.dtype == dtype != np.float16 else array.astype(_summed_in(dtype))


def _summed_in(dtype: np.dtype) -> np.dtype:
    return np.dtype(np.float32) if dtype == np.float16 else dtype


def _finish(result: np.ndarray, offsets: np.ndarray | None, dtype: np.dtype, dimensions: int) -> np.ndarray:
    if offsets is not None:
        result += offsets.astype(result.dtype)[:, None, None]
    result = result if result.dtype == dtype else result.astype(dtype)
    return result if dimensions == 4 else result.reshape(result.shape[4 - dimensions :])


def _bias_gradient(grad: np.ndarray, bias: np.ndarray) -> np.ndarray:
    return np.einsum("nohw->o", _as_batch(grad)).reshape(np.shape(bias))
