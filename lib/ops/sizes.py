"""The size arithmetic of convolution and of transposed convolution, in both directions.

One axis at a time: i input size, o output size, k kernel size, s stride, p padding on each side, d dilation,
op output padding. Every size in the code, the prose, the pictures and the checks comes from here.

Source: Dumoulin & Visin (2016), "A guide to convolution arithmetic for deep learning".
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from lib.checks import Pair, as_flag, as_int, as_pair

Sizes = int | Pair


def window_extent(kernel_size: int, dilation: int = 1) -> int:
    """Return how many input cells a dilated kernel spans along one axis: ``d (k - 1) + 1``.

    >>> window_extent(3), window_extent(3, dilation=2)
    (3, 5)
    """
    return dilation * (kernel_size - 1) + 1


def window_reach(windows: Pair, kernel_size: Pair, stride: Pair, dilation: Pair = (1, 1)) -> Pair:
    """Return how many rows and columns so many windows span together: ``s (o - 1) + d (k - 1) + 1``.

    >>> window_reach((2, 3), (3, 3), (2, 2))
    (5, 7)
    """
    axes = zip(windows, kernel_size, stride, dilation, strict=True)
    return tuple(s * (o - 1) + window_extent(k, d) for o, k, s, d in axes)


def same_padding(kernel_size: int, dilation: int = 1) -> Pair:
    """Return the zeros (before, after) along one axis that keep the size at stride 1.

    Together they number ``d (k - 1)``. Where that is odd, the extra zero goes after, as in PyTorch and TensorFlow.

    >>> same_padding(3), same_padding(4)
    ((1, 1), (1, 2))
    """
    total = window_extent(as_int(kernel_size, "kernel_size", 1), as_int(dilation, "dilation", 1)) - 1
    return total // 2, total - total // 2


def strided_same_padding(size: int, kernel_size: int, stride: int, dilation: int = 1) -> Pair:
    """Return the zeros (before, after) along one axis that make ``ceil(size / stride)`` cells of ``size``.

    TensorFlow calls it 'SAME'. Even sizes and odd kernels at stride 2 need an odd number of zeros: the extra one goes
    after, so that windows begin one cell later than with PyTorch's ``padding=(k - 1) // 2``.

    >>> strided_same_padding(256, 3, stride=2), strided_same_padding(255, 3, stride=2)
    ((0, 1), (1, 1))
    """
    cells, step = as_int(size, "size", 1), as_int(stride, "stride", 1)
    extent = window_extent(as_int(kernel_size, "kernel_size", 1), as_int(dilation, "dilation", 1))
    total = max(0, (-(-cells // step) - 1) * step + extent - cells)
    return total // 2, total - total // 2


def conv_output_size(
    input_size: Sizes, kernel_size: Sizes, stride: Sizes = 1, padding: Sizes | str = 0, dilation: Sizes = 1
) -> Sizes:
    """Return the output size of a convolution: ``floor((i + 2p - d (k - 1) - 1) / s) + 1``.

    Parameters
    ----------
    input_size, kernel_size, stride, dilation : int or pair of int
        Along one axis, or for (rows, columns).
    padding : int, pair of int, 'same' or 'valid'
        Zeros on each side; 'same' keeps the size and needs stride 1, 'valid' is 0.

    Returns
    -------
    int or pair of int
        A pair if any argument is a pair.

    Raises
    ------
    ValueError
        If the window does not fit into the padded input once, or an argument is out of range.

    Examples
    --------
    >>> conv_output_size(4, 3)
    2
    >>> conv_output_size(5, 3, stride=2), conv_output_size(6, 3, stride=2)
    (2, 2)
    >>> conv_output_size((28, 32), (3, 5), padding='same')
    (28, 32)
    """
    zeros = resolve_padding(padding, kernel_size, stride, dilation)
    axes = zip(
        as_pair(input_size, "input_size", 1),
        as_pair(kernel_size, "kernel_size", 1),
        as_pair(stride, "stride", 1),
        zeros,
        as_pair(dilation, "dilation", 1),
        strict=True,
    )

    sizes = tuple(_conv_size(i, k, s, sum(p), d) for i, k, s, p, d in axes)
    return sizes if _any_pair(input_size, kernel_size, stride, padding, dilation) else sizes[0]


def conv_transpose_output_size(
    input_size: Sizes,
    kernel_size: Sizes,
    stride: Sizes = 1,
    padding: Sizes = 0,
    output_padding: Sizes = 0,
    dilation: Sizes = 1,
) -> Sizes:
    """Return the output size of a transposed convolution: ``(i - 1) s - 2p + d (k - 1) + op + 1``.

    Parameters are those of :func:`conv_output_size`; ``output_padding`` picks one of the sizes that a convolution
    with the same arguments maps to ``input_size`` and must be smaller than stride or dilation.

    >>> conv_transpose_output_size(2, 3)
    4
    >>> [conv_transpose_output_size(2, 3, stride=2, output_padding=op) for op in (0, 1)]
    [5, 6]
    """
    axes = zip(
        as_pair(input_size, "input_size", 1),
        as_pair(kernel_size, "kernel_size", 1),
        as_pair(stride, "stride", 1),
        as_pair(padding, "padding", 0),
        as_pair(output_padding, "output_padding", 0),
        as_pair(dilation, "dilation", 1),
        strict=True,
    )

    sizes = tuple(_transpose_size(*axis) for axis in axes)
    return sizes if _any_pair(input_size, kernel_size, stride, padding, output_padding, dilation) else sizes[0]


def pool_output_size(
    input_size: Sizes,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
) -> Sizes:
    """Return the output size of pooling: that of a convolution, or rounded up if ``ceil_mode`` is set.

    Rounding up keeps a last window that begins inside the input or its upper padding and sticks out at the end. The
    stride is the kernel size unless given, and the padding at most half of it.

    >>> pool_output_size(5, 2), pool_output_size(5, 2, ceil_mode=True)
    (2, 3)
    """
    kernel = as_pair(kernel_size, "kernel_size", 1)
    axes = zip(
        as_pair(input_size, "input_size", 1),
        kernel,
        pooling_stride(stride, kernel),
        as_pair(padding, "padding", 0),
        as_pair(dilation, "dilation", 1),
        strict=True,
    )

    sizes = tuple(_pool_size(*axis, as_flag(ceil_mode, "ceil_mode")) for axis in axes)
    return sizes if _any_pair(input_size, kernel_size, stride, padding, dilation) else sizes[0]


def pooling_stride(stride: Sizes | None, kernel: Pair) -> Pair:
    """Return the stride of pooling: the size of the kernel unless given; ``()`` is not given, as in PyTorch.

    >>> pooling_stride(None, (2, 3)), pooling_stride(1, (2, 3))
    ((2, 3), (1, 1))
    """
    is_given = stride is not None and not (isinstance(stride, tuple) and not stride)
    return as_pair(stride, "stride", 1) if is_given else kernel


def conv_input_sizes(output_size: int, kernel_size: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> range:
    """Return every input size that a convolution with these arguments maps to ``output_size``, along one axis.

    With stride s there are up to s of them: the floor in the size formula forgets up to s - 1 cells. That is why
    transposed convolution takes ``output_padding``.

    >>> conv_input_sizes(2, kernel_size=3, stride=2)
    range(5, 7)
    >>> all(conv_output_size(i, 3, stride=2) == 2 for i in conv_input_sizes(2, 3, stride=2))
    True
    """
    output, kernel, step, side, spread = (
        as_int(output_size, "output_size", 1),
        as_int(kernel_size, "kernel_size", 1),
        as_int(stride, "stride", 1),
        as_int(padding, "padding", 0),
        as_int(dilation, "dilation", 1),
    )

    smallest = (output - 1) * step - 2 * side + window_extent(kernel, spread)
    if smallest + step <= 1:
        raise ValueError(
            f"padding {side} is too large: no input of size 1 or more gives output size {output} with kernel_size "
            f"{kernel}, stride {step} and dilation {spread}"
        )
    return range(max(smallest, 1), smallest + step)


def receptive_field(layers: Iterable[tuple[int, ...]]) -> int:
    """Return how many input cells the receptive field of one output cell spans, along one axis.

    From the first cell that the output depends on to the last. With dilation, or a stride larger than a kernel, there
    may be cells in between that it does not depend on.

    Parameters
    ----------
    layers : iterable of (kernel_size, stride) or (kernel_size, stride, dilation)
        From the input to the output.

    Returns
    -------
    int
        ``1 + sum over layers of d (k - 1) times the product of the strides before it``.

    Examples
    --------
    >>> receptive_field([(3, 1), (3, 1), (3, 1)])
    7
    >>> receptive_field([(3, 2), (3, 2), (3, 2)])
    15
    >>> receptive_field([(3, 1, 2)])  # cells 0, 2 and 4
    5
    """
    if not isinstance(layers, Iterable):
        raise TypeError(f"layers must be an iterable of (kernel_size, stride), got {layers!r}")

    field, jump = 1, 1
    for number, layer in enumerate(layers):
        if not isinstance(layer, (tuple, list)) or len(layer) not in (2, 3):
            raise ValueError(
                f"layers[{number}] must be (kernel_size, stride) or (kernel_size, stride, dilation), got {layer!r}"
            )

        names = ("kernel_size", "stride", "dilation")
        kernel, stride, dilation = (
            as_int(value, f"layers[{number}] {name}", 1) for value, name in zip((*layer, 1), names, strict=False)
        )
        field += (window_extent(kernel, dilation) - 1) * jump
        jump *= stride
    return field


def as_padding(padding: Sizes | str) -> Pair | str:
    """Return the ``padding`` argument of a convolution: a pair, 'same' or 'valid'."""
    if not isinstance(padding, str):
        return as_pair(padding, "padding", 0)
    if padding not in ("same", "valid"):
        raise ValueError(f"padding must be an integer, a pair, 'same' or 'valid', got {padding!r}")
    return padding


def resolve_padding(padding: Sizes | str, kernel_size: Sizes, stride: Sizes, dilation: Sizes) -> tuple[Pair, Pair]:
    """Return ((above, below), (left, right)) zeros for the ``padding`` argument of a convolution."""
    kernels, strides, dilations = (
        as_pair(kernel_size, "kernel_size", 1),
        as_pair(stride, "stride", 1),
        as_pair(dilation, "dilation", 1),
    )

    margin = as_padding(padding)
    if not isinstance(margin, str):
        return (margin[0], margin[0]), (margin[1], margin[1])
    if margin == "valid":
        return (0, 0), (0, 0)
    if strides != (1, 1):
        raise ValueError(f"padding 'same' needs stride 1, got stride {strides}; give the padding as a number instead")
    return same_padding(kernels[0], dilations[0]), same_padding(kernels[1], dilations[1])


def _conv_size(size: int, kernel: int, stride: int, total_padding: int, dilation: int) -> int:
    padded, extent = size + total_padding, window_extent(kernel, dilation)
    if extent > padded:
        raise ValueError(
            f"kernel_size {kernel} with dilation {dilation} spans {extent} cells, more than the padded input_size "
            f"{size} + {total_padding} = {padded}; use a smaller kernel or dilation, or more padding"
        )
    return (padded - extent) // stride + 1


def _pool_size(size: int, kernel: int, stride: int, padding: int, dilation: int, ceil_mode: bool) -> int:
    extent = window_extent(kernel, dilation)

    if 2 * padding > kernel:
        raise ValueError(
            f"padding must be at most half of kernel_size, got padding {padding} with kernel_size {kernel}"
        )

    if not ceil_mode:
        return _conv_size(size, kernel, stride, 2 * padding, dilation)

    windows = -(-(size + 2 * padding - extent) // stride) + 1
    if (windows - 1) * stride >= size + padding:
        windows -= 1  # the last window would begin in the lower padding

    if windows < 1:
        raise ValueError(
            f"kernel_size {kernel} with dilation {dilation} spans {extent} cells, more than stride {stride} beyond the "
            f"padded input_size {size} + {2 * padding} = {size + 2 * padding}; use a smaller kernel or dilation"
        )
    return windows


def _transpose_size(size: int, kernel: int, stride: int, padding: int, output_padding: int, dilation: int) -> int:
    if output_padding >= max(stride, dilation):
        raise ValueError(
            f"output_padding must be smaller than stride or dilation, got output_padding {output_padding} with "
            f"stride {stride} and dilation {dilation}"
        )

    result = (size - 1) * stride - 2 * padding + window_extent(kernel, dilation) + output_padding
    if result < 1:
        raise ValueError(
            f"padding {padding} crops the whole output: ({size} - 1) * {stride} - 2 * {padding} + "
            f"{dilation} * ({kernel} - 1) + {output_padding} + 1 = {result}; use less padding"
        )
    return result


def _any_pair(*values: Any) -> bool:
    return any(isinstance(value, (tuple, list)) or np.ndim(value) for value in values)
