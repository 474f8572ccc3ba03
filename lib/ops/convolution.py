"""Convolution as vision networks compute it, and its adjoint, transposed convolution.

A window slides over the input and many cells become one; transposed, every cell is spread over a window. In
mathematics the first map is called cross-correlation: the kernel is not flipped. Every framework calls it convolution,
and so do we.

Both maps are linear in the input and in the weight, so the gradient of each is the other one: the input gradient of
:func:`conv2d` is :func:`conv_transpose2d`, and the reverse.
"""

from __future__ import annotations

import functools
from typing import Any, NamedTuple

import numpy as np

from lib.checks import Pair, as_int, as_numbers, as_pair, as_planes, check_memory, summing_dtype, working_dtype
from lib.ops.dispatch import WithAdjoints, operation
from lib.ops.fast.correlation import correlate, transpose_correlate
from lib.ops.fast.strips import Zeros
from lib.ops.fast.weight_gradients import weight_gradient
from lib.ops.sizes import as_padding, conv_output_size, conv_transpose_output_size, resolve_padding


@operation
def conv2d(
    input: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray | None = None,
    stride: int | Pair = 1,
    padding: int | Pair | str = 0,
    dilation: int | Pair = 1,
    groups: int = 1,
) -> WithAdjoints[np.ndarray]:
    """Slide a kernel over the input; at each position multiply cell by cell and sum.

    Parameters
    ----------
    input : array of shape (N, C_in, H, W), (C_in, H, W) or (H, W)
    weight : array of shape (C_out, C_in / groups, kh, kw), or (kh, kw) for an input (H, W)
    bias : array of shape (C_out,), optional
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
    array of shape (N, C_out, oh, ow), (C_out, oh, ow) or (oh, ow)
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
    images, kernels, offsets, dtype = _operands(input, weight, bias)
    step, spread, parts = as_pair(stride, "stride", 1), as_pair(dilation, "dilation", 1), as_int(groups, "groups", 1)
    margin = as_padding(padding)
    window, shape = _conv_plan(images.shape, kernels.shape, _length(offsets), step, margin, spread, parts, dtype)

    result = _with_bias(_gather(images, kernels, window, shape), offsets)

    def input_gradient(grad: np.ndarray) -> np.ndarray:
        gradient = _scatter(_ready(grad, kernels.dtype), kernels, window, images.shape)
        return _as_given(gradient, grad.dtype, grad.ndim)

    def kernel_gradient(grad: np.ndarray) -> np.ndarray:
        gradient = weight_gradient(images, _ready(grad, kernels.dtype), kernels.shape[2:], *window)
        return _as_given(gradient, grad.dtype, np.ndim(weight))

    adjoints = {"input": input_gradient, "weight": kernel_gradient, "bias": lambda grad: _bias_gradient(grad, bias)}
    return _as_given(result, dtype, np.ndim(input)), adjoints


@operation
def conv_transpose2d(
    input: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray | None = None,
    stride: int | Pair = 1,
    padding: int | Pair = 0,
    output_padding: int | Pair = 0,
    groups: int = 1,
    dilation: int | Pair = 1,
) -> WithAdjoints[np.ndarray]:
    """Spread every input cell over a window, weighted by the kernel, and add up: the adjoint of :func:`conv2d`.

    Parameters
    ----------
    input : array of shape (N, C_in, H, W), (C_in, H, W) or (H, W)
    weight : array of shape (C_in, C_out / groups, kh, kw), or (kh, kw) for an input (H, W)
        The weight of the convolution it transposes, unchanged: C_in counts the channels that come in here, those
        that came out there.
    bias : array of shape (C_out,), optional
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
    array of shape (N, C_out, oh, ow), (C_out, oh, ow) or (oh, ow)
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
    images, kernels, offsets, dtype = _operands(input, weight, bias)
    step, spread, parts = as_pair(stride, "stride", 1), as_pair(dilation, "dilation", 1), as_int(groups, "groups", 1)
    cut, more = as_pair(padding, "padding", 0), as_pair(output_padding, "output_padding", 0)
    window, shape = _transposed_plan(
        images.shape, kernels.shape, _length(offsets), step, cut, more, spread, parts, dtype
    )

    result = _with_bias(_scatter(images, kernels, window, shape), offsets)

    def input_gradient(grad: np.ndarray) -> np.ndarray:
        gradient = _gather(_ready(grad, kernels.dtype), kernels, window, images.shape)
        return _as_given(gradient, grad.dtype, grad.ndim)

    def kernel_gradient(grad: np.ndarray) -> np.ndarray:  # that of conv2d, where input and grad change places
        gradient = weight_gradient(_ready(grad, kernels.dtype), images, kernels.shape[2:], *window)
        return _as_given(gradient, grad.dtype, np.ndim(weight))

    adjoints = {"input": input_gradient, "weight": kernel_gradient, "bias": lambda grad: _bias_gradient(grad, bias)}
    return _as_given(result, dtype, np.ndim(input)), adjoints


class _Window(NamedTuple):
    """How a kernel slides over an image: the zeros around it, the distances of windows and of taps, the groups."""

    zeros: Zeros
    step: Pair
    spread: Pair
    groups: int


def _gather(images: np.ndarray, kernels: np.ndarray, window: _Window, shape: tuple[int, ...]) -> np.ndarray:
    """Sum every window of images (N, C_in, H, W), weighted by kernels (C_out, C_in / groups, kh, kw)."""
    result = np.empty(shape, kernels.dtype)
    correlate(images, kernels, *window, result)
    return result


def _scatter(images: np.ndarray, kernels: np.ndarray, window: _Window, shape: tuple[int, ...]) -> np.ndarray:
    """Spread cells of images (N, C_out, h, w) over windows, weighted by kernels (C_out, C_in / groups, kh, kw)."""
    zeros, *others = window
    result = np.empty(shape, kernels.dtype)
    transpose_correlate(images, kernels, (zeros[0][0], zeros[1][0]), *others, result)
    return result


def _operands(input: Any, weight: Any, bias: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray | None, np.dtype]:
    """Return input as (N, C_in, H, W), weight with four axes, bias as (C_out,), and the dtype of the result.

    Input and weight have the dtype that sums are kept in.
    """
    array = as_planes(input, "input", (2, 3, 4))
    is_plane = array.ndim == 2
    kernels = as_numbers(weight, "weight", (2,) if is_plane else (4,))
    offsets = None if bias is None else as_numbers(bias, "bias", (0, 1) if is_plane else (1,)).reshape(-1)

    dtype = working_dtype(input=array, weight=kernels, bias=offsets)
    summed = summing_dtype(dtype)
    return _ready(array, summed), _ready(kernels, summed), offsets, dtype


def _ready(array: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """Return ``array`` with four axes, in the dtype that sums are kept in."""
    batch = _as_batch(array)
    return batch if batch.dtype == dtype else batch.astype(dtype)


def _as_batch(array: np.ndarray) -> np.ndarray:
    return array if array.ndim == 4 else array[(None,) * (4 - array.ndim)]


def _as_given(array: np.ndarray, dtype: np.dtype, dimensions: int) -> np.ndarray:
    """Return ``array``, which has four axes, in the dtype and with the number of axes that came in."""
    given = array if array.dtype == dtype else array.astype(dtype)
    return given if dimensions == 4 else given.reshape(given.shape[4 - dimensions :])


def _with_bias(result: np.ndarray, offsets: np.ndarray | None) -> np.ndarray:
    if offsets is not None:
        result += offsets.astype(result.dtype)[:, None, None]
    return result


def _bias_gradient(grad: np.ndarray, bias: Any) -> np.ndarray:
    return np.einsum("nohw->o", _as_batch(grad)).reshape(np.shape(bias))


@functools.lru_cache(maxsize=1024)  # a network makes the same calls again and again; small ones consist of this
def _conv_plan(
    images: tuple[int, ...],
    kernels: tuple[int, ...],
    offsets: int | None,
    step: Pair,
    padding: Pair | str,
    spread: Pair,
    groups: int,
    dtype: np.dtype,
) -> tuple[_Window, tuple[int, ...]]:
    """Check the shapes against each other; return how the window slides and the shape of the result."""
    _check_channels(images, kernels, offsets, groups, transposed=False)
    zeros = resolve_padding(padding, kernels[2:], step, spread)
    shape = (images[0], kernels[0], *conv_output_size(images[2:], kernels[2:], step, padding, spread))

    padded = [cells + sum(around) for cells, around in zip(images[2:], zeros, strict=True)]
    given = padding[0] if len(set(padding)) == 1 else padding
    check_memory((images[1], *padded), dtype, f"padding {given!r}")
    check_memory(shape, dtype, f"padding {given!r} with stride {step}")
    return _Window(zeros, step, spread, groups), shape


@functools.lru_cache(maxsize=1024)
def _transposed_plan(
    images: tuple[int, ...],
    kernels: tuple[int, ...],
    offsets: int | None,
    step: Pair,
    cut: Pair,
    more: Pair,
    spread: Pair,
    groups: int,
    dtype: np.dtype,
) -> tuple[_Window, tuple[int, ...]]:
    """Check the shapes against each other; return how the window slides and the shape of the result."""
    _check_channels(images, kernels, offsets, groups, transposed=True)
    size = conv_transpose_output_size(images[2:], kernels[2:], step, cut, more, spread)
    shape = (images[0], kernels[1] * groups, *size)
    check_memory(shape, dtype, f"stride {step} with dilation {spread}")
    return _Window(((cut[0], cut[0]), (cut[1], cut[1])), step, spread, groups), shape


def _check_channels(
    images: tuple[int, ...], kernels: tuple[int, ...], offsets: int | None, groups: int, transposed: bool
) -> None:
    """Refuse channels of input, weight, bias and groups that do not agree."""
    if 0 in kernels:
        raise ValueError(f"weight must not be empty, got shape {kernels}")

    outer, inner = kernels[0], kernels[1] * groups  # the channels on the side of the images, and on the other side
    first, second = ("C_in", "C_out") if transposed else ("C_out", "C_in")
    layout = f"({first}, {second} / groups, kh, kw)"
    taken, made = (outer, inner) if transposed else (inner, outer)
    if outer % groups or images[1] != taken:
        needed = str(taken) if transposed else f"{kernels[1]} * {groups} = {taken}"
        raise ValueError(
            f"weight of shape {layout} = {kernels} with groups {groups} needs {first} divisible by groups and an "
            f"input of {needed} channels, got {images[1]} channels"
        )
    if offsets is not None and offsets != made:
        raise ValueError(f"bias must have one number for each of the {made} output channels, got {offsets}")


def _length(offsets: np.ndarray | None) -> int | None:
    return None if offsets is None else len(offsets)
