"""What the fast core of convolution is made of: padded images, views of their windows, and products cut to size."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from lib.checks import Pair

Zeros = tuple[Pair, Pair]  # ((above, below), (left, right)); a negative number crops

# Bytes copied at a time: half of the second-level cache of a processor of today, so that the rest fits beside them.
STRIP_BYTES = 1 << 20
# OpenBLAS multiplies matrices of up to this many multiplications without packing them first, at up to twice the speed.
SMALL_PRODUCT = 1_000_000
# Numbers that the processor multiplies at once, and the columns of a product that is cut to stay small.
LANES, HALF_WIDE, WIDE = 16, 32, 64
# Bytes that the processor reads from memory at once.
CACHE_LINE = 64


def strip_numbers(dtype: np.dtype) -> int:
    """Return how many numbers are copied at a time."""
    return STRIP_BYTES // np.dtype(dtype).itemsize


def aligned(shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """Return zeros that begin at a cache line: products with them run up to a fifth faster."""
    itemsize = np.dtype(dtype).itemsize
    room = np.zeros(math.prod(shape) + CACHE_LINE // itemsize, dtype)
    start = -room.__array_interface__["data"][0] % CACHE_LINE
    return np.ndarray(shape, dtype, room, start)


def padded(images: np.ndarray, zeros: Zeros, channels_last: bool = False, together: int = 1) -> Iterator[np.ndarray]:
    """Yield the images, contiguous, with their borders of zeros: one buffer serves the whole batch.

    They come as stacks of up to ``together`` images, (n, C_in, H, W) or, if ``channels_last``, (n, H, W, C_in).
    """
    batch, channels, rows, columns = images.shape
    firsts = range(0, batch, together)

    if not channels_last and zeros == ((0, 0), (0, 0)) and images.flags.c_contiguous:
        for first in firsts:
            yield images[first : first + together]
        return

    size = rows + sum(zeros[0]), columns + sum(zeros[1])
    together = min(together, batch)
    buffer = np.empty((together, *size, channels) if channels_last else (together, channels, *size), images.dtype)
    planes = buffer.transpose(0, 3, 1, 2) if channels_last else buffer

    (to_rows, from_rows), (to_columns, from_columns) = (
        _overlap(before, cells, total) for (before, _), cells, total in zip(zeros, (rows, columns), size, strict=True)
    )

    for margin in (slice(0, to_rows.start), slice(to_rows.stop, None)):
        planes[:, :, margin] = 0
    for margin in (slice(0, to_columns.start), slice(to_columns.stop, None)):
        planes[:, :, to_rows, margin] = 0

    inner, visible = planes[:, :, to_rows, to_columns], images[:, :, from_rows, from_columns]
    for first in firsts:
        some = visible[first : first + together]
        inner[: len(some)] = some
        yield buffer[: len(some)]


def windows_of(
    stack: np.ndarray, taps: Pair, step: Pair, spread: Pair, size: Pair, channels_last: bool = False
) -> np.ndarray:
    """Return every window of a contiguous stack of images as a view (n, oh, ow, kh, kw, C_in)."""
    # numpy.ndarray makes a strided view thirty times faster than sliding_window_view.
    channels = stack.shape[3 if channels_last else 1]
    image, row, column, channel = stack.strides if channels_last else (stack.strides[i] for i in (0, 2, 3, 1))
    strides = (image, row * step[0], column * step[1], row * spread[0], column * spread[1], channel)
    return np.ndarray((len(stack), *size, *taps, channels), stack.dtype, stack, 0, strides)


def even_part(total: int, most: int) -> int:
    """Return the size of the fewest even parts of at most ``most`` that make up ``total``."""
    return -(-total // -(-total // max(1, most)))


def small_product(rows: int, depth: int) -> Pair:
    """Return how many columns, and how many rows, a product with a matrix (rows, depth) may have to stay small."""
    for width in (WIDE, HALF_WIDE):
        if rows * depth * width <= SMALL_PRODUCT:
            return width, rows

    few = rows
    while few * depth * HALF_WIDE > SMALL_PRODUCT and few % 2 == 0 and few > 16:
        few //= 2
    if few * depth * HALF_WIDE <= SMALL_PRODUCT:
        return HALF_WIDE, few
    return WIDE, rows  # too deep to stay small: better one large product than many


def pieces(total: int, most: int) -> list[slice]:
    """Cut ``total`` columns into pieces of ``most``; a last one of a few columns joins the piece before it."""
    starts = [*range(0, total, most)]
    if len(starts) > 1 and total - starts[-1] < most // 4:
        starts.pop()
    return [slice(start, stop) for start, stop in zip(starts, [*starts[1:], total], strict=True)]


def _overlap(before: int, cells: int, total: int) -> tuple[slice, slice]:
    """Return where ``cells`` that begin at ``before`` lie in a line of ``total``, and which of them they are."""
    start, stop = max(before, 0), max(min(before + cells, total), max(before, 0))
    return slice(start, stop), slice(start - before, stop - before)
