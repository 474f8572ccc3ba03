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

from itertools import product
from math import gcd

import numpy as np

from lib.ops.checks import Pair
from lib.ops.strips import SMALL_PRODUCT, STRIP_NUMBERS, Zeros, even_part, multiply, padded, small_product, windows_of
from lib.ops.windows import steps_taken

# An output of fewer columns is copied by pixels, and one whose windows hold fewer numbers at once.
NARROW, TINY = 24, 1 << 12
# Output rows of a one-channel product that share a banded matrix.
BAND_ROWS = 4


def correlate(
    images: np.ndarray, kernels: np.ndarray, zeros: Zeros, step: Pair, spread: Pair, groups: int, out: np.ndarray
) -> None:
    """Write the correlation of images (N, C, H, W) with kernels (O, C / groups, kh, kw) into ``out`` (N, O, oh, ow)."""
    taps = kernels.shape[2:]
    step, spread = steps_taken(step, out.shape[2:]), steps_taken(spread, taps)
    same_pixels = images.shape[2:] == out.shape[2:] and zeros == ((0, 0), (0, 0))
    if taps == (1, 1) and same_pixels and groups == 1 and out.flags.c_contiguous:
        pixels = out.shape[2] * out.shape[3]
        np.matmul(
            kernels[:, :, 0, 0], images.reshape(*images.shape[:2], pixels), out=out.reshape(*out.shape[:2], pixels)
        )
        return
    if groups == 1 and out.shape[2] * out.shape[3] * kernels.shape[1] * taps[0] * taps[1] <= TINY:
        _correlate_at_once(images, kernels, zeros, step, spread, out)
        return
    if spread[0] > 1 and step[0] == 1:
        _correlate_by_residue(images, kernels, zeros, step, spread, groups, out)
        return
    if spread[0] == 1 and (groups > 1 or out.shape[3] >= NARROW):
        _correlate_by_rows(images, kernels, zeros, step, spread[1], groups, out)
        return
    depth, per_group = kernels.shape[1], len(kernels) // groups
    for group in range(groups):
        inputs, outputs = slice(group * depth, (group + 1) * depth), slice(group * per_group, (group + 1) * per_group)
        _correlate_by_pixels(images[:, inputs], [(kernels[outputs], zeros, out[:, outputs])], step, spread)


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
    inner = spread[0] // gcd(spread[0], step[0]), spread[1] // gcd(spread[1], step[1])
    phases = []
    for top, left in np.ndindex(min(step[0], out.shape[2]), min(step[1], out.shape[3])):
        row_taps, row_zeros = _phase(top, cut[0], step[0], spread[0], kernels.shape[2], images.shape[2], out.shape[2])
        taps, zeros = _phase(left, cut[1], step[1], spread[1], kernels.shape[3], images.shape[3], out.shape[3])
        part, phase = turned[:, :, row_taps, taps], out[:, :, top :: step[0], left :: step[1]]
        if part.size:
            phases.append((np.ascontiguousarray(part), (row_zeros, zeros), phase))
        else:
            phase[...] = 0
    if groups == 1 and len(phases) > 1 and phases[0][2].shape[3] < NARROW:
        _correlate_by_pixels(images, phases, (1, 1), inner)
        return
    for part, zeros, phase in phases:
        correlate(images, part, zeros, (1, 1), inner, groups, phase)


def weight_gradient(
    images: np.ndarray, grad: np.ndarray, taps: Pair, zeros: Zeros, step: Pair, spread: Pair, groups: int
) -> np.ndarray:
    """Return the gradient of correlation's kernels: every window, weighted by the gradient of its output cell."""
    step, spread = steps_taken(step, grad.shape[2:]), steps_taken(spread, taps)
    if groups == 1:
        return _weight_gradient_by_pixels(images, grad, taps, zeros, step, spread)
    depth, (out_rows, out_columns) = images.shape[1] // groups, grad.shape[2:]
    window = depth * taps[0] * taps[1]
    rows = max(1, min(out_rows, STRIP_NUMBERS // (window * out_columns)))
    together = max(1, STRIP_NUMBERS // (window * rows * out_columns))
    grads = np.ascontiguousarray(grad).reshape(len(grad), groups, grad.shape[1] // groups, out_rows * out_columns)
    total = np.zeros((groups, grads.shape[2], window), grad.dtype)
    for image, image_grad in zip(padded(images, zeros), grads, strict=True):
        windows = windows_of(image, taps, step, spread, (out_rows, out_columns), False).transpose(0, 3, 4, 1, 2)
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
    for image, image_grad in zip(padded(images, zeros, channels_last=True), grads, strict=True):
        windows = windows_of(image, taps, step, spread, (out_rows, out_columns), True).transpose(1, 2, 3, 4, 0)
        for top in range(0, out_rows, rows):
            for left in range(0, out_columns, width):  # narrower than a row only where the strip holds one row
                part = windows[top : top + rows, left : left + width]
                pixels = part.shape[0] * part.shape[1]
                strip[:pixels].reshape(part.shape)[...] = part
                first = top * out_columns + left
                total += image_grad[:, first : first + pixels] @ strip[:pixels]
    return np.ascontiguousarray(total.reshape(out_channels, *taps, channels).transpose(0, 3, 1, 2))


def _correlate_at_once(
    images: np.ndarray, kernels: np.ndarray, zeros: Zeros, step: Pair, spread: Pair, out: np.ndarray
) -> None:
    """Copy all windows of an image: where they are few, the time goes into calls and not into memory."""
    pixels, flat = out.shape[2] * out.shape[3], kernels.reshape(len(kernels), -1)
    for image, result in zip(padded(images, zeros), out, strict=True):
        windows = windows_of(image, kernels.shape[2:], step, spread, out.shape[2:], False).transpose(0, 3, 4, 1, 2)
        result[...] = (flat @ windows.reshape(flat.shape[1], pixels)).reshape(result.shape)


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
    for image, result in zip(padded(images, zeros), out, strict=True):
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
    groups, per_group, out_rows, out_columns = out.shape
    depth = len(image) // groups * taps[1]  # numbers of a window in one row
    span = (band - 1) * step[0] + taps[0]  # input rows under one band
    plane, row, item = image.strides
    width, block = small_product(band * per_group, span * depth, out_columns)
    width = min(width, max(16, STRIP_NUMBERS // (span * depth)))
    together = max(1, min(groups, STRIP_NUMBERS // ((out_rows * step[0] + taps[0]) * depth * width)))
    room = STRIP_NUMBERS * (2 if band > 1 else 1) // (together * depth * width)  # input rows that fit into the strip
    bands = max(1, min(out_rows // band, (room - span) // (band * step[0]) + 1))
    strip = np.empty((together, (bands - 1) * band * step[0] + span, depth // taps[1], taps[1], width), image.dtype)
    blocks = matrix.reshape(groups, -1, 1, block, span * depth)
    tops = [*range(0, out_rows - band + 1, bands * band)]
    if out_rows % band:
        tops.append(out_rows - band)  # the last band overlaps the one before it and computes the same numbers again
    for first, left, top in product(range(0, groups, together), range(0, out_columns, width), tops):
        some, columns = min(together, groups - first), min(width, out_columns - left)
        count = min(bands, (out_rows - top) // band)
        lowered = strip[:some, : (count - 1) * band * step[0] + span, :, :, :columns]
        offset = first * depth // taps[1] * plane + top * step[0] * row + left * step[1] * item
        strides = (depth // taps[1] * plane, row, plane, item * spread, item * step[1])
        lowered[...] = np.ndarray(lowered.shape, image.dtype, image, offset, strides)
        group, line, _, tap, number = lowered.strides
        overlapping = (group, 0, band * step[0] * line, tap, number)
        shape = (some, 1, count, span * depth, columns)
        target = out[first : first + some, :, top : top + count * band, left : left + columns]
        if band > 1:
            target = target.reshape(some, 1, count, band, columns)
        else:
            target = target.reshape(some, -1, block, count, columns).swapaxes(2, 3)
        multiply(blocks[first : first + some], np.ndarray(shape, image.dtype, strip, 0, overlapping), target)


def _correlate_by_pixels(
    images: np.ndarray, parts: list[tuple[np.ndarray, Zeros, np.ndarray]], step: Pair, spread: Pair
) -> None:
    """Write the correlation with each part's kernels to its output: all of them read one padded image."""
    edges = [[max(part[1][axis][side] for part in parts) for side in (0, 1)] for axis in (0, 1)]
    matrices = [np.ascontiguousarray(part[0].transpose(2, 3, 1, 0)) for part in parts]
    for number, image in enumerate(padded(images, edges, channels_last=True)):
        for matrix, (_, zeros, out) in zip(matrices, parts, strict=True):
            corner = edges[0][0] - zeros[0][0], edges[1][0] - zeros[1][0]
            size = out.shape[2:]
            windows = windows_of(image, matrix.shape[:2], step, spread, size, channels_last=True, corner=corner)
            _multiply_pixels(windows.transpose(1, 2, 3, 4, 0), matrix.reshape(-1, matrix.shape[3]), out[number])


def _multiply_pixels(windows: np.ndarray, matrix: np.ndarray, out: np.ndarray) -> None:
    """Write windows (oh, ow, kh, kw, C) times ``matrix`` (kh kw C, O) into ``out`` (O, oh, ow)."""
    depth, out_channels = matrix.shape
    out_rows, out_columns = out.shape[1:]
    width = min(out_columns, max(1, STRIP_NUMBERS // depth))
    rows = even_part(out_rows, STRIP_NUMBERS // (depth * width))
    strip = np.empty((rows * width, depth), out.dtype)
    products = np.empty((rows * width, out_channels), out.dtype)
    together = SMALL_PRODUCT // matrix.size // 8 * 8  # windows of a product that stays small
    together = together if 64 <= together < rows * width else rows * width
    for top, left in product(range(0, out_rows, rows), range(0, out_columns, width)):
        part = windows[top : top + rows, left : left + width]
        pixels = part.shape[0] * part.shape[1]
        strip[:pixels].reshape(part.shape)[...] = part
        some = pixels // together * together
        stack = strip[:some].reshape(-1, together, depth)
        np.matmul(stack, matrix, out=products[:some].reshape(-1, together, out_channels))
        np.matmul(strip[some:pixels], matrix, out=products[some:pixels])
        by_channel = products[:pixels].reshape(*part.shape[:2], out_channels).transpose(2, 0, 1)
        out[:, top : top + rows, left : left + width] = by_channel


def _band_matrix(kernels: np.ndarray, groups: int, band: int, step: int) -> np.ndarray:
    """Return (groups, band O / groups, span C / groups kw): the kernels once for each row of a band, shifted."""
    out_channels, depth, rows, columns = kernels.shape
    by_row = kernels.reshape(groups, out_channels // groups, depth, rows, columns).swapaxes(2, 3)
    span = (band - 1) * step + rows
    matrix = np.zeros((groups, band, out_channels // groups, span, depth, columns), kernels.dtype)
    for number in range(band):
        matrix[:, number, :, number * step : number * step + rows] = by_row
    return matrix.reshape(groups, band * out_channels // groups, span * depth * columns)


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
