"""Gathering windows and scattering them back: ``unfold`` and its adjoint ``fold``.

``unfold`` copies every position of a sliding window into a column; ``fold`` adds every column back to where it came
from. A cell that lies in several windows is copied several times, so ``fold(unfold(x))`` multiplies it by their
number: the adjoint is not the inverse.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lib.checks import Pair, as_numbers, as_pair, as_planes, check_memory, working_dtype
from lib.ops.dispatch import WithAdjoints, operation
from lib.ops.padding import pad
from lib.ops.sizes import conv_output_size


def window_view(padded: np.ndarray, kernel: Pair, stride: Pair = (1, 1), dilation: Pair = (1, 1)) -> np.ndarray:
    """Return every window of the last two axes as a read-only view: nothing is copied.

    Parameters
    ----------
    padded : array of shape (..., H, W)
    kernel, stride, dilation : pairs of int

    Returns
    -------
    view of shape (..., oh, ow, kh, kw)
        Element ``[..., y, x, i, j]`` is ``padded[..., y sh + i dh, x sw + j dw]``.

    Examples
    --------
    >>> window_view(np.arange(16).reshape(4, 4), (3, 3))[0, 1]
    array([[ 1,  2,  3],
           [ 5,  6,  7],
           [ 9, 10, 11]])
    """
    out_rows, out_columns = conv_output_size(padded.shape[-2:], kernel, stride, 0, dilation)
    row_bytes, column_bytes = padded.strides[-2:]

    # A step beyond the plane is never taken (there is one window, or one tap); as a byte offset it could overflow.
    stride, dilation = (
        [min(pair) for pair in zip(steps, padded.shape[-2:], strict=True)] for steps in (stride, dilation)
    )

    # A window position moves by the stride, a tap inside the window by the dilation: both are byte offsets.
    return np.lib.stride_tricks.as_strided(
        padded,
        shape=(*padded.shape[:-2], out_rows, out_columns, *kernel),
        strides=(
            *padded.strides[:-2],
            row_bytes * stride[0],
            column_bytes * stride[1],
            row_bytes * dilation[0],
            column_bytes * dilation[1],
        ),
        writeable=False,
    )


def taps_along(first: int, step: int, count: int) -> slice:
    """Return the slice of the cells that one tap of a window meets along an axis, for every position of the window."""
    return slice(first, first + step * (count - 1) + 1, step)


def steps_taken(distances: Pair, counts: Pair) -> Pair:
    """Return distances between windows or taps; one that is never taken, because there is only one, is 1."""
    if 1 not in counts:
        return distances
    return tuple(1 if count == 1 else distance for distance, count in zip(distances, counts, strict=True))


def planes_with_border(array: np.ndarray, reach: Pair, zeros: Pair, value: float) -> np.ndarray:
    """Return ``array`` as planes (planes, H, W), bordered with ``value`` wherever windows reach outside.

    ``zeros`` are the cells before, ``reach`` the rows and columns that the windows span together, padding included.
    """
    rows, columns = array.shape[-2:]
    planes = array.reshape(int(np.prod(array.shape[:-2])), rows, columns)

    if zeros == (0, 0) and reach[0] <= rows and reach[1] <= columns:
        return planes

    whole = max(reach[0], zeros[0] + rows), max(reach[1], zeros[1] + columns)
    check_memory((len(planes), *whole), array.dtype, f"a kernel_size that reaches over {reach} with padding {zeros}")
    bordered = np.full((len(planes), *whole), value, array.dtype)
    bordered[:, zeros[0] : zeros[0] + rows, zeros[1] : zeros[1] + columns] = planes
    return bordered


@operation
def unfold(
    input: np.ndarray,
    kernel_size: int | Pair,
    dilation: int | Pair = 1,
    padding: int | Pair = 0,
    stride: int | Pair = 1,
) -> WithAdjoints[np.ndarray]:
    """Copy every position of a sliding window into a column (im2col).

    Parameters
    ----------
    input : array of shape (N, C_in, H, W), (C_in, H, W) or (H, W)
    kernel_size, dilation, padding, stride : int or pair of int

    Returns
    -------
    array of shape (N, C_in kh kw, windows), or (C_in kh kw, windows) without a batch axis
        windows = oh ow, in row order; each column lists its window channel by channel, row by row. The dtype of
        ``input``.

    Raises
    ------
    ValueError, TypeError
        If the window does not fit into the padded input, or an argument is out of range.

    Notes
    -----
    Argument order and result follow ``torch.nn.functional.unfold``.

    Examples
    --------
    >>> unfold(np.arange(16).reshape(4, 4), 3).shape
    (9, 4)
    >>> unfold(np.arange(9).reshape(3, 3), 2)
    array([[0, 1, 3, 4],
           [1, 2, 4, 5],
           [3, 4, 6, 7],
           [4, 5, 7, 8]])
    """
    array = as_planes(input, "input", (2, 3, 4))
    window = _as_window(kernel_size, dilation, padding, stride)
    kernel, spread, zeros, step = window
    out_rows, out_columns = conv_output_size(array.shape[-2:], kernel, step, zeros, spread)
    planes = array.reshape((1,) * (4 - array.ndim) + array.shape)
    shape = (len(planes), planes.shape[1] * kernel[0] * kernel[1], out_rows * out_columns)
    check_memory(shape, array.dtype, f"unfold with kernel_size {kernel} and padding {zeros}")

    windows = window_view(pad(planes, (zeros[1], zeros[1], zeros[0], zeros[0])), kernel, step, spread)
    columns = windows.transpose(0, 1, 4, 5, 2, 3).copy().reshape(shape)
    size = array.shape
    adjoints = {"input": lambda grad: fold(grad, size[-2:], *window).reshape(size)}
    return columns if array.ndim == 4 else columns[0], adjoints


@operation
def fold(
    input: np.ndarray,
    output_size: int | Pair,
    kernel_size: int | Pair,
    dilation: int | Pair = 1,
    padding: int | Pair = 0,
    stride: int | Pair = 1,
) -> WithAdjoints[np.ndarray]:
    """Add every column back to the window it belongs to (col2im): the adjoint of :func:`unfold`.

    Parameters
    ----------
    input : array of shape (N, C_in kh kw, windows) or (C_in kh kw, windows)
        Columns as :func:`unfold` makes them.
    output_size : int or pair of int
        (H, W) of the planes to build.
    kernel_size, dilation, padding, stride : int or pair of int
        As given to :func:`unfold`.

    Returns
    -------
    array of shape (N, C_in, H, W) or (C_in, H, W)
        Each cell is the sum of the column entries that :func:`unfold` would read from it. Floating-point dtypes are
        kept; integers give exact int64.

    Raises
    ------
    ValueError, TypeError
        If the number of rows is not a positive multiple of kh kw, the number of columns is not the number of window
        positions of ``output_size``, or an argument is out of range.

    Examples
    --------
    >>> columns = unfold(np.ones((3, 3)), 2)
    >>> fold(columns, (3, 3), 2)[0]
    array([[1., 2., 1.],
           [2., 4., 2.],
           [1., 2., 1.]])
    """
    array = as_numbers(input, "input", (2, 3))
    size = as_pair(output_size, "output_size", 1)
    window = _as_window(kernel_size, dilation, padding, stride)
    kernel, spread, zeros, step = window
    positions = conv_output_size(size, kernel, step, zeros, spread)
    _check_columns(array.shape, kernel, positions, size)

    columns = array.reshape(-1, array.shape[-2] // (kernel[0] * kernel[1]), *kernel, *positions)
    padded_shape = (*columns.shape[:2], size[0] + 2 * zeros[0], size[1] + 2 * zeros[1])
    check_memory(padded_shape, array.dtype, f"output_size {size} with padding {zeros}")
    padded = np.zeros(padded_shape, working_dtype(input=array))
    for i, j in np.ndindex(*kernel):
        rows = taps_along(i * spread[0], step[0], positions[0])
        across = taps_along(j * spread[1], step[1], positions[1])
        padded[:, :, rows, across] += columns[:, :, i, j]

    planes = padded[:, :, zeros[0] : zeros[0] + size[0], zeros[1] : zeros[1] + size[1]]
    result = np.ascontiguousarray(planes if array.ndim == 3 else planes[0])
    return result, {"input": lambda grad: unfold(grad, *window)}


def _check_columns(shape: tuple[int, ...], kernel: Pair, positions: Pair, size: Pair) -> None:
    """Refuse columns that are not those of windows at these positions."""
    taps, windows = kernel[0] * kernel[1], positions[0] * positions[1]
    if shape[-2] % taps or not shape[-2]:
        raise ValueError(
            f"input must have a positive multiple of kh * kw = {kernel[0]} * {kernel[1]} = {taps} rows, got {shape[-2]}"
        )
    if shape[-1] != windows:
        raise ValueError(
            f"input must have one column for each of the {positions[0]} * {positions[1]} = {windows} window positions "
            f"of output_size {size}, got {shape[-1]}"
        )


def _as_window(kernel_size: Any, dilation: Any, padding: Any, stride: Any) -> tuple[Pair, Pair, Pair, Pair]:
    return (
        as_pair(kernel_size, "kernel_size", 1),
        as_pair(dilation, "dilation", 1),
        as_pair(padding, "padding", 0),
        as_pair(stride, "stride", 1),
    )
