"""The fast core of convolution: windows are copied strip by strip and multiplied with the kernels as matrices.

A matrix product runs near the speed of the processor if its operands lie in the cache. Copying every window of an
image (im2col) makes a matrix kh kw times the size of the image, too large for that, so each function below copies the
windows of a few output rows into one small buffer, multiplies, and uses the buffer again for the next rows:

- :func:`_correlate_by_rows` copies each row kw times, shifted. The kh rows below one another that a window needs then
  lie one after the other in memory, so the strip is read as overlapping matrices without copying them kh times.
- :func:`_correlate_by_pixels` copies whole windows from an image with its channels last, where kw C numbers of a window
  lie together. It moves more bytes, and makes one product large enough to be worth it.

Every function here takes arrays of one dtype in NCHW order and arguments that are already checked.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import gcd

import numpy as np

from lib.ops.checks import Pair

Zeros = tuple[Pair, Pair]  # ((above, below), (left, right)); a negative number crops

# Numbers copied at a time: the buffer stays in the second-level cache (half a megabyte of float32).
STRIP_NUMBERS = 1 << 17
# OpenBLAS multiplies matrices of up to this many multiplications without packing them first, at 1.5 times the speed.
SMALL_PRODUCT = 1_000_000
# Output rows of a one-channel product that share a banded matrix.
BAND_ROWS = 8


def correlate(
    images: np.ndarray, kernels: np.ndarray, zeros: Zeros, step: Pair, spread: Pair, groups: int, out: np.ndarray
) -> None:
    """Write the correlation of images (N, C, H, W) with kernels (O, C / groups, kh, kw) into ``out`` (N, O, oh, ow)."""
    taps = kernels.shape[2:]
    step, spread = _taken(step, out.shape[2:]), _taken(spread, taps)
    same_pixels = images.shape[2:] == out.shape[2:] and zeros == ((0, 0), (0, 0))
    if taps == (1, 1) and same_pixels and groups == 1 and out.flags.c_contiguous:
        pixels = out.shape[2] * out.shape[3]
        np.matmul(
            kernels[:, :, 0, 0], images.reshape(*images.shape[:2], pixels), out=out.reshape(*out.shape[:2], pixels)
        )
        return
    if spread[0] > 1 and step[0] == 1:
        _correlate_by_residue(images, kernels, zeros, step, spread, groups, out)
        return
    small = kernels.size // groups * out.shape[3] <= SMALL_PRODUCT
    if spread[0] == 1 and (groups > 1 or (small and step == (1, 1))):
        _correlate_by_rows(images, kernels, zeros, step, spread[1], groups, out)
        return
    depth, per_group = kernels.shape[1], len(kernels) // groups
    for group in range(groups):
        inputs, outputs = slice(group * depth, (group + 1) * depth), slice(group * per_group, (group + 1) * per_group)
        _correlate_by_pixels(images[:, inputs], kernels[outputs], zeros, step, spread, out[:, outputs])


def transpose_correlate(
    images: np.ndarray, kernels: np.ndarray, cut: Pair, step: Pair, spread: Pair, groups: int, out: np.ndarray
) -> None:
    """Write the transposed correlation of images (N, C, h, w) with kernels (C, O / groups, kh, kw) into ``out``.

    Output cells whose positions agree modulo the step (one phase) meet the same kernel taps, so each phase is a
    correlation of step 1 with a part of the kernel, flipped. Nothing is multiplied with inserted zeros, and nothing is
    added up in memory. ``cut`` is how many cells of the full result lie above and to the left of ``out``.
    """
    channels, per_group, _, _ = kernels.shape
    grouped = kernels.reshape(groups, channels // groups, per_group, *kernels.shape[2:]).swapaxes(1, 2)
    turned = grouped.reshape(groups * per_group, channels // groups, *kernels.shape[2:])[:, :, ::-1, ::-1]
    for top in range(min(step[0], out.shape[2])):
        row_taps, row_zeros = _phase(top, cut[0], step[0], spread[0], kernels.shape[2], images.shape[2], out.shape[2])
        for left in range(min(step[1], out.shape[3])):
            taps, zeros = _phase(left, cut[1], step[1], spread[1], kernels.shape[3], images.shape[3], out.shape[3])
            part = turned[:, :, row_taps, taps]
            phase = out[:, :, top :: step[0], left :: step[1]]
            if part.size == 0:
                phase[...] = 0
                continue
            inner = spread[0] // gcd(spread[0], step[0]), spread[1] // gcd(spread[1], step[1])
            correlate(images, np.ascontiguousarray(part), (row_zeros, zeros), (1, 1), inner, groups, phase)


def weight_gradient(
    images: np.ndarray, grad: np.ndarray, taps: Pair, zeros: Zeros, step: Pair, spread: Pair, groups: int
) -> np.ndarray:
    """Return the gradient of correlation's kernels: every window, weighted by the gradient of its output cell."""
    step, spread = _taken(step, grad.shape[2:]), _taken(spread, taps)
    if groups == 1:
        return _weight_gradient_by_pixels(images, grad, taps, zeros, step, spread)
    depth, (out_rows, out_columns) = images.shape[1] // groups, grad.shape[2:]
    window = depth * taps[0] * taps[1]
    rows = max(1, min(out_rows, STRIP_NUMBERS // (window * out_columns)))
    together = max(1, STRIP_NUMBERS // (window * rows * out_columns))
    grads = np.ascontiguousarray(grad).reshape(len(grad), groups, grad.shape[1] // groups, out_rows * out_columns)
    total = np.zeros((groups, grads.shape[2], window), grad.dtype)
    for image, image_grad in zip(_padded(images, zeros), grads, strict=True):
        windows = _windows(image, taps, step, spread, (out_rows, out_columns), False).transpose(0, 3, 4, 1, 2)
        for first in range(0, groups, together):
            some = slice(first, first + together)
            for top in range(0, out_rows, rows):
                strip = windows[first * depth : (first + together) * depth, :, :, top : top + rows]
                columns = strip.reshape(len(total[some]), window, -1)
                pixels = slice(top * out_columns, (top + rows) * out_columns)
                total[some] += image_grad[some, :, pixels] @ columns.swapaxes(1, 2)
    return total.reshape(grad.shape[1], depth, *taps)


def _weight_gradient_by_pixels(
    images: np.ndarray, grad: np.ndarray, taps: Pair, zeros: Zeros, step: Pair, spread: Pair
) -> np.ndarray:
    channels, (batch, out_channels, out_rows, out_columns) = images.shape[1], grad.shape
    depth = channels * taps[0] * taps[1]
    width = min(out_columns, max(1, STRIP_NUMBERS // depth))
    rows = max(1, min(out_rows, STRIP_NUMBERS // (depth * width)))
    strip = np.empty((rows * width, depth), grad.dtype)
    total = np.zeros((out_channels, depth), grad.dtype)
    grads = np.ascontiguousarray(grad).reshape(batch, out_channels, out_rows * out_columns)
    for image, image_grad in zip(_padded(images, zeros, channels_last=True), grads, strict=True):
        windows = _windows(image, taps, step, spread, (out_rows, out_columns), True).transpose(1, 2, 3, 4, 0)
        for top in range(0, out_rows, rows):
            for left in range(0, out_columns, width):  # narrower than a row only where the strip holds one row
                part = windows[top : top + rows, left : left + width]
                pixels = part.shape[0] * part.shape[1]
                strip[:pixels].reshape(part.shape)[...] = part
                first = top * out_columns + left
                total += image_grad[:, first : first + pixels] @ strip[:pixels]
    return np.ascontiguousarray(total.reshape(out_channels, *taps, channels).transpose(0, 3, 1, 2))


def _correlate_by_residue(
    images: np.ndarray, kernels: np.ndarray, zeros: Zeros, step: Pair, spread: Pair, groups: int, out: np.ndarray
) -> None:
    """Correlate with dilated rows: output rows y, y + d, y + 2 d, … meet only input rows y, y + d, …, undilated."""
    rows, out_rows = images.shape[2], out.shape[2]
    for first in range(min(spread[0], out_rows)):
        skipped = (first - zeros[0][0]) % spread[0]  # first input row of this residue class
        above = (skipped + zeros[0][0] - first) // spread[0]
        class_rows = len(range(first, out_rows, spread[0])) + kernels.shape[2] - 1
        below = class_rows - above - len(range(skipped, rows, spread[0]))
        inner, results = images[:, :, skipped :: spread[0]], out[:, :, first :: spread[0]]
        correlate(inner, kernels, ((above, below), zeros[1]), step, (1, spread[1]), groups, results)


def _correlate_by_rows(
    images: np.ndarray, kernels: np.ndarray, zeros: Zeros, step: Pair, spread: int, groups: int, out: np.ndarray
) -> None:
    taps = kernels.shape[2:]
    _, out_channels, out_rows, out_columns = out.shape
    per_group = out_channels // groups
    # With one output channel the product is a single row of a matrix, too thin to run fast: a band of output rows is
    # computed at once from the rows they span. Its matrix is banded, and its zeros would turn inf into NaN.
    band = min(BAND_ROWS, out_rows) if per_group == 1 else 1
    banded, plain = _band_matrix(kernels, groups, band, step[0]), None
    for image, result in zip(_padded(images, zeros), out, strict=True):
        matrix, height = banded, band
        if band > 1 and not np.isfinite(np.vdot(image, image)):
            plain = _band_matrix(kernels, groups, 1, step[0]) if plain is None else plain
            matrix, height = plain, 1
        planes = result.reshape(groups, per_group, out_rows, out_columns)
        _multiply_rows(image, matrix, height, taps, step, spread, planes)


def _multiply_rows(
    image: np.ndarray, matrix: np.ndarray, band: int, taps: Pair, step: Pair, spread: int, out: np.ndarray
) -> None:
    """Write ``matrix`` times the rows of a padded image (C, H, W) into ``out`` (groups, O / groups, oh, ow)."""
    groups, _, out_rows, out_columns = out.shape
    depth = len(image) // groups
    span = (band - 1) * step[0] + taps[0]  # input rows under one band
    plane, row, item = image.strides
    width = min(out_columns, max(16, STRIP_NUMBERS // (span * depth * taps[1])))
    together = max(1, min(groups, STRIP_NUMBERS // ((out_rows * step[0] + taps[0]) * depth * taps[1] * width)))
    room = STRIP_NUMBERS // (together * depth * taps[1] * width)  # input rows that fit into the strip
    bands = max(1, min(out_rows // band, (room - span) // (band * step[0]) + 1))
    strip = np.empty((together, (bands - 1) * band * step[0] + span, depth, taps[1], width), image.dtype)
    tops = [*range(0, out_rows - band + 1, bands * band)]
    if out_rows % band:
        tops.append(out_rows - band)  # the last band overlaps the one before it and computes the same numbers again
    for first in range(0, groups, together):
        some = min(together, groups - first)
        for left in range(0, out_columns, width):
            columns = min(width, out_columns - left)
            for top in tops:
                count = min(bands, (out_rows - top) // band)
                shape = (some, (count - 1) * band * step[0] + span, depth, taps[1], columns)
                offset = first * depth * plane + top * step[0] * row + left * step[1] * item
                strides = (depth * plane, row, plane, item * spread, item * step[1])
                lowered = strip[:some, : shape[1], :, :, :columns]
                lowered[...] = np.ndarray(shape, image.dtype, image, offset, strides)
                a, b, _, d, e = lowered.strides
                by_band = np.ndarray(
                    (some, count, span * depth * taps[1], columns), image.dtype, strip, 0, (a, band * step[0] * b, d, e)
                )
                target = out[first : first + some, :, top : top + count * band, left : left + columns]
                target = target[:, 0].reshape(some, count, band, columns) if band > 1 else target.swapaxes(1, 2)
                _multiply(matrix[first : first + some, None], by_band, target)


def _correlate_by_pixels(
    images: np.ndarray, kernels: np.ndarray, zeros: Zeros, step: Pair, spread: Pair, out: np.ndarray
) -> None:
    out_channels, channels, *taps = kernels.shape
    out_rows, out_columns = out.shape[2:]
    depth = channels * taps[0] * taps[1]
    matrix = np.ascontiguousarray(kernels.transpose(2, 3, 1, 0)).reshape(depth, out_channels)
    width = min(out_columns, max(1, STRIP_NUMBERS // depth))
    rows = max(1, min(out_rows, STRIP_NUMBERS // (depth * width)))
    strip = np.empty((rows * width, depth), out.dtype)
    product = np.empty((rows * width, out_channels), out.dtype)
    for image, result in zip(_padded(images, zeros, channels_last=True), out, strict=True):
        windows = _windows(image, taps, step, spread, (out_rows, out_columns), True).transpose(1, 2, 3, 4, 0)
        for top in range(0, out_rows, rows):
            for left in range(0, out_columns, width):
                part = windows[top : top + rows, left : left + width]
                pixels = part.shape[0] * part.shape[1]
                strip[:pixels].reshape(part.shape)[...] = part
                np.matmul(strip[:pixels], matrix, out=product[:pixels])
                by_channel = product[:pixels].reshape(*part.shape[:2], out_channels).transpose(2, 0, 1)
                result[:, top : top + rows, left : left + width] = by_channel


def _band_matrix(kernels: np.ndarray, groups: int, band: int, step: int) -> np.ndarray:
    """Return (groups, band O / groups, span C / groups kw): the kernels once for each row of a band, shifted."""
    out_channels, depth, rows, columns = kernels.shape
    by_row = kernels.reshape(groups, out_channels // groups, depth, rows, columns).swapaxes(2, 3)
    span = (band - 1) * step + rows
    matrix = np.zeros((groups, band, out_channels // groups, span, depth, columns), kernels.dtype)
    for number in range(band):
        matrix[:, number, :, number * step : number * step + rows] = by_row
    return matrix.reshape(groups, band * out_channels // groups, span * depth * columns)


def _multiply(left: np.ndarray, right: np.ndarray, out: np.ndarray) -> None:
    if out.strides[-1] == out.itemsize:
        np.matmul(left, right, out=out)
    else:  # NumPy hands a product to BLAS only if its rows are contiguous
        out[...] = np.matmul(left, right)


def _padded(images: np.ndarray, zeros: Zeros, channels_last: bool = False) -> Iterator[np.ndarray]:
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


def _taken(distances: Pair, counts: Pair) -> Pair:
    """Return distances between windows or taps; one that is never taken, because there is only one, is 1."""
    return tuple(1 if count == 1 else distance for distance, count in zip(distances, counts, strict=True))


def _overlap(before: int, cells: int, total: int) -> tuple[slice, slice]:
    """Return where ``cells`` that begin at ``before`` lie in a line of ``total``, and which of them they are."""
    start, stop = max(before, 0), max(min(before + cells, total), max(before, 0))
    return slice(start, stop), slice(start - before, stop - before)


def _windows(buffer: np.ndarray, taps: Pair, step: Pair, spread: Pair, size: Pair, channels_last: bool) -> np.ndarray:
    """Return every window of a contiguous image as a view (C, oh, ow, kh, kw)."""
    # numpy.ndarray makes a strided view thirty times faster than sliding_window_view.
    channels = buffer.shape[2 if channels_last else 0]
    row, column, channel = buffer.strides if channels_last else (*buffer.strides[1:], buffer.strides[0])
    strides = (channel, row * step[0], column * step[1], row * spread[0], column * spread[1])
    return np.ndarray((channels, *size, *taps), buffer.dtype, buffer, 0, strides)


def _phase(first: int, cut: int, step: int, spread: int, taps: int, cells: int, out_cells: int) -> tuple[slice, Pair]:
    """Return which taps the output cells first, first + s, … meet along one axis, and the zeros around the input.

    Cell y of the output is cell Y = y + cut of the full result, to which input cell h and tap i contribute where
    Y = s h + d i. Of the taps, every (s / gcd(s, d))-th fits one phase; they are flipped already.
    """
    shared = gcd(step, spread)
    apart = step // shared
    met = [tap for tap in range(min(taps, apart)) if (tap * spread - first - cut) % step == 0]
    if not met:
        return slice(0, 0), (0, 0)
    count = len(range(met[0], taps, apart))
    reach = (count - 1) * (spread // shared)
    before = reach - (first + cut - met[0] * spread) // step
    after = len(range(first, out_cells, step)) + reach - before - cells
    last = taps - 1 - met[0]  # position of the first tap in the flipped kernel
    return slice(last - (count - 1) * apart, last + 1, apart), (before, after)
