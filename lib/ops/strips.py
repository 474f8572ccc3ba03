"""What the fast core of convolution is made of: padded images, views of their windows, and products cut to size."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lib.ops.checks import Pair

Zeros = tuple[Pair, Pair]  # ((above, below), (left, right)); a negative number crops

# Numbers copied at a time: the buffer stays in the second-level cache (half a megabyte of float32).
STRIP_NUMBERS = 1 << 17
# OpenBLAS multiplies matrices of up to this many multiplications without packing them first, at up to twice the speed.
SMALL_PRODUCT = 1_000_000
# Columns of a product that is cut to stay small.
PRODUCT_COLUMNS = 64


def padded(images: np.ndarray, zeros: Zeros, channels_last: bool = False) -> Iterator[np.ndarray]:
    """Yield each image, contiguous, with its border of zeros: one buffer serves the whole batch."""
    batch, channels, rows, columns = images.shape
    if not channels_last and zeros == ((0, 0), (0, 0)) and batch and images[0].flags.c_contiguous:
        yield from images
        return
    size = rows + sum(zeros[0]), columns + sum(zeros[1])
    buffer = np.zeros((*size, channels) if channels_last else (channels, *size), images.dtype)
    planes = buffer.transpose(2, 0, 1) if channels_last else buffer
    (to_rows, from_rows), (to_columns, from_columns) = (
        _overlap(before, cells, total) for (before, _), cells, total in zip(zeros, (rows, columns), size, strict=True)
    )
    inner, visible = planes[:, to_rows, to_columns], images[:, :, from_rows, from_columns]
    for image in visible:
        inner[...] = image
        yield buffer


def windows_of(
    buffer: np.ndarray,
    taps: Pair,
    step: Pair,
    spread: Pair,
    size: Pair,
    channels_last: bool,
    corner: Pair = (0, 0),
) -> np.ndarray:
    """Return every window of a contiguous image, from a corner on, as a view (C, oh, ow, kh, kw)."""
    # numpy.ndarray makes a strided view thirty times faster than sliding_window_view.
    channels = buffer.shape[2 if channels_last else 0]
    row, column, channel = buffer.strides if channels_last else (*buffer.strides[1:], buffer.strides[0])
    strides = (channel, row * step[0], column * step[1], row * spread[0], column * spread[1])
    offset = corner[0] * row + corner[1] * column
    return np.ndarray((channels, *size, *taps), buffer.dtype, buffer, offset, strides)


def even_part(total: int, most: int) -> int:
    """Return the size of the fewest even parts of at most ``most`` that make up ``total``."""
    return -(-total // -(-total // max(1, most)))


def small_product(rows: int, depth: int, columns: int) -> Pair:
    """Return into how many columns and rows to cut a product of (rows, depth) with (depth, columns)."""
    if rows * depth * columns <= SMALL_PRODUCT:
        return columns, rows
    width = even_part(columns, PRODUCT_COLUMNS)
    while rows * depth * width > SMALL_PRODUCT and rows % 2 == 0 and rows > 8:
        rows //= 2
    return width, rows


def _overlap(before: int, cells: int, total: int) -> tuple[slice, slice]:
    """Return where ``cells`` that begin at ``before`` lie in a line of ``total``, and which of them they are."""
    start, stop = max(before, 0), max(min(before + cells, total), max(before, 0))
    return slice(start, stop), slice(start - before, stop - before)


def multiply(left: np.ndarray, right: np.ndarray, out: np.ndarray) -> None:
    """Write a stack of products to an array of any strides."""
    if out.strides[-1] == out.itemsize:
        np.matmul(left, right, out=out)
    else:  # NumPy hands a product to BLAS only if its rows are contiguous
        out[...] = np.matmul(left, right)
