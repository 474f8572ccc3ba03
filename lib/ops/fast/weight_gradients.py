"""The gradient of convolution's kernels: every window, weighted by the gradient of its output cell, summed.

That is a product of matrices, (C_out, pixels) with (pixels, kw C_in), for each kernel row: the gradient as it is,
and strips of the input with channels last, each pixel with its kw - 1 neighbours on the right. The strip is copied once
and serves all kh rows of the kernel, which read it some lines further down.
"""

from __future__ import annotations

import numpy as np

from lib.checks import Pair
from lib.ops.fast.strips import LANES, SMALL_PRODUCT, Zeros, aligned, even_part, padded, strip_numbers, windows_of
from lib.ops.windows import steps_taken

# Output channels and pixels of one product, which is added to the sum.
BLOCK, PIXELS = 32, 256


def weight_gradient(
    images: np.ndarray, grad: np.ndarray, taps: Pair, zeros: Zeros, step: Pair, spread: Pair, groups: int
) -> np.ndarray:
    """Return the kernels' gradient (C_out, C_in / groups, kh, kw), given images (N, C_in, H, W) and the outputs'."""
    step, spread = steps_taken(step, grad.shape[2:]), steps_taken(spread, taps)
    if groups > 1:
        return _grouped_weight_gradient(images, grad, taps, zeros, step, spread, groups)

    channels, (batch, out_channels, out_rows, out_columns) = images.shape[1], grad.shape
    line = out_columns * taps[1] * channels  # numbers of the strip that come from one input row
    halo = spread[0] * (taps[0] - 1)  # rows under the last output row
    numbers = strip_numbers(grad.dtype)
    rows = max(1, min(out_rows, (numbers // line - halo - 1) // step[0] + 1))
    number = max(1, min(batch, numbers // 2 // (line * (out_rows * step[0] + halo)))) if rows == out_rows else 1

    grads = np.ascontiguousarray(grad)
    total = np.zeros((taps[0], out_channels, taps[1] * channels), grad.dtype)

    # Lines that one kernel row reads lie a stride apart: they are sorted by their position modulo the stride.
    residues = sorted({tap * spread[0] % step[0] for tap in range(taps[0])})
    strip = aligned((number, step[0], rows + halo // step[0] + 1, out_columns, taps[1] * channels), grad.dtype)

    first = 0
    for stack in padded(images, zeros, channels_last=True, together=number):
        for top in range(0, out_rows, rows):
            some = grads[first : first + len(stack), :, top : top + rows]
            _copy_lines(stack[:, top * step[0] :], strip[: len(stack)], residues, taps[1], step, spread[1])
            for tap, part in enumerate(total):
                skipped, residue = divmod(tap * spread[0], step[0])
                _add_products(some, strip[: len(stack), residue, skipped : skipped + some.shape[2]], part)
        first += len(stack)

    by_channel = total.reshape(taps[0], out_channels, taps[1], channels).transpose(1, 3, 0, 2)
    return np.ascontiguousarray(by_channel)


def _copy_lines(stack: np.ndarray, strip: np.ndarray, residues: list[int], taps: int, step: Pair, spread: int) -> None:
    """Copy lines of images (n, H, W, C_in), as many as are left, each pixel with its neighbours in a window."""
    number, height, _, channels = stack.shape
    image, row, column, item = stack.strides

    for residue in residues:
        lines = min(strip.shape[2], len(range(residue, height, step[0])))
        target = strip[:, residue, :lines].reshape(number, lines, strip.shape[3], taps, channels)
        strides = (image, row * step[0], column * step[1], column * spread, item)
        view = np.lib.stride_tricks.as_strided(stack[:, residue:], target.shape, strides, writeable=False)
        target[...] = view


def _add_products(grads: np.ndarray, lines: np.ndarray, total: np.ndarray) -> None:
    """Add grads (n, C_out, rows, columns) times lines (n, rows, columns, kw C_in) to ``total`` (C_out, kw C_in)."""
    number, out_channels, rows, columns = grads.shape
    pixels, depth = rows * columns, lines.shape[-1]

    block = BLOCK if out_channels % BLOCK == 0 else out_channels
    most = min(PIXELS, SMALL_PRODUCT // (block * depth))  # pixels of a product that stays small
    few = -(-even_part(pixels, most) // LANES) * LANES
    few = few if LANES <= few <= most else pixels
    some = pixels // few * few

    left, right = grads.reshape(number, out_channels // block, block, pixels), lines.reshape(number, 1, pixels, depth)

    by_piece = left[..., :some].reshape(number, out_channels // block, block, some // few, few).swapaxes(2, 3)
    products = by_piece @ right[:, :, :some].reshape(number, 1, some // few, few, depth)
    total += products.sum((0, 2)).reshape(total.shape)

    if some < pixels:
        total += (left[..., some:] @ right[:, :, some:]).sum(0).reshape(total.shape)


def _grouped_weight_gradient(
    images: np.ndarray, grad: np.ndarray, taps: Pair, zeros: Zeros, step: Pair, spread: Pair, groups: int
) -> np.ndarray:
    depth, (out_rows, out_columns) = images.shape[1] // groups, grad.shape[2:]
    window = depth * taps[0] * taps[1]
    numbers = strip_numbers(grad.dtype) // 2
    rows = max(1, min(out_rows, numbers // (window * out_columns)))
    together = max(1, numbers // (window * rows * out_columns))

    grads = np.ascontiguousarray(grad).reshape(len(grad), groups, grad.shape[1] // groups, out_rows * out_columns)
    total = np.zeros((groups, grads.shape[2], window), grad.dtype)

    for (image,), image_grad in zip(padded(images, zeros), grads, strict=True):
        windows = windows_of(image[None], taps, step, spread, (out_rows, out_columns))[0].transpose(4, 2, 3, 0, 1)
        for first in range(0, groups, together):
            some = slice(first, first + together)
            for top in range(0, out_rows, rows):
                strip = windows[first * depth : (first + together) * depth, :, :, top : top + rows]
                columns = strip.reshape(len(total[some]), window, -1)
                pixels = slice(top * out_columns, (top + rows) * out_columns)
                total[some] += image_grad[some, :, pixels] @ columns.swapaxes(1, 2)
    return total.reshape(grad.shape[1], depth, *taps)
