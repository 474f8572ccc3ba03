"""The fast core of convolution: windows are copied strip by strip and multiplied with the kernels as matrices.

A matrix product runs near the speed of the processor if its operands lie in the cache. Copying every window of an
image (im2col) makes a matrix kh kw times the size of the image, too large for that. So the functions of
:mod:`lib.ops.fast.rows`, :mod:`lib.ops.fast.pixels` and :mod:`lib.ops.fast.weight_gradients` copy what a few output
rows need into one small buffer, multiply, and use the buffer again for the next rows. Here is what reduces every case
to theirs: of dilation, of a stride that is transposed, and of windows so few that copying them at once costs least.

Every function here takes arrays of one dtype in NCHW order and arguments that are already checked.
"""

from __future__ import annotations

from math import gcd

import numpy as np

from lib.checks import Pair
from lib.ops.fast.pixels import correlate_by_pixels
from lib.ops.fast.rows import Part, correlate_by_rows
from lib.ops.fast.strips import STRIP_BYTES, Zeros, padded
from lib.ops.windows import steps_taken

# Windows that hold no more numbers than this are copied all at once.
TINY = 1 << 12
# Images copied together then, times the bytes of a number: a quarter of a strip.
TINY_STACK = STRIP_BYTES // 4 // TINY


def correlate(
    images: np.ndarray, kernels: np.ndarray, zeros: Zeros, step: Pair, spread: Pair, groups: int, out: np.ndarray
) -> None:
    """Correlate images (N, C_in, H, W) with kernels (C_out, C_in / groups, kh, kw) into ``out`` (N, C_out, oh, ow)."""
    taps, size = kernels.shape[2:], out.shape[2:]
    step, spread = steps_taken(step, size), steps_taken(spread, taps)
    if groups == 1 and size[0] * size[1] * kernels.size <= TINY * len(kernels):
        _correlate_at_once(images, kernels, zeros, step, spread, out)
        return

    same_pixels = images.shape[2:] == size and zeros == ((0, 0), (0, 0))
    if taps == (1, 1) and same_pixels and groups == 1 and out.flags.c_contiguous:
        flat = images.reshape(*images.shape[:2], size[0] * size[1])
        np.matmul(kernels[:, :, 0, 0], flat, out=out.reshape(*out.shape[:2], size[0] * size[1]))
    elif spread[0] == 1:
        correlate_by_rows(images, [Part(kernels, zeros, out)], step, spread[1], groups)
    elif step[0] == 1:
        _correlate_by_residue(images, kernels, zeros, step, spread, groups, out)
    else:
        correlate_by_pixels(images, kernels, zeros, step, spread, groups, out)


def transpose_correlate(
    images: np.ndarray, kernels: np.ndarray, cut: Pair, step: Pair, spread: Pair, groups: int, out: np.ndarray
) -> None:
    """Write to ``out`` the transposed correlation of images (N, C_in, h, w), kernels (C_in, C_out / groups, kh, kw).

    Output cells whose positions agree modulo the step (one phase) meet the same kernel taps, so each phase is a
    correlation of step 1 with a part of the kernel, flipped. Nothing is multiplied with inserted zeros, and nothing is
    added up in memory. ``cut`` is how many cells of the full result lie above and to the left of ``out``.
    """
    turned = _transposed_kernels(kernels, groups)
    inner = spread[0] // gcd(spread[0], step[0]), spread[1] // gcd(spread[1], step[1])

    phases = []
    for top, left in np.ndindex(min(step[0], out.shape[2]), min(step[1], out.shape[3])):
        row_taps, row_zeros = _phase(top, cut[0], step[0], spread[0], kernels.shape[2], images.shape[2], out.shape[2])
        taps, zeros = _phase(left, cut[1], step[1], spread[1], kernels.shape[3], images.shape[3], out.shape[3])
        part, phase = turned[:, :, row_taps, taps], out[:, :, top :: step[0], left :: step[1]]
        if part.size:
            phases.append(Part(part, (row_zeros, zeros), phase))
        else:
            phase[...] = 0

    small = all(phase.out.shape[2] * phase.out.shape[3] * phase.kernels[0].size <= TINY for phase in phases)
    if len(phases) > 1 and inner[0] == 1 and not small:
        correlate_by_rows(images, phases, (1, 1), inner[1], groups)
        return
    for part, zeros, phase in phases:
        correlate(images, part, zeros, (1, 1), inner, groups, phase)


def _transposed_kernels(kernels: np.ndarray, groups: int) -> np.ndarray:
    """Flip kernels (C_in, C_out / groups, kh, kw) for the correlation back: (C_out, C_in / groups, kh, kw)."""
    channels, per_group, *taps = kernels.shape
    grouped = kernels.reshape(groups, channels // groups, per_group, *taps).swapaxes(1, 2)
    return grouped.reshape(groups * per_group, channels // groups, *taps)[:, :, ::-1, ::-1]


def _correlate_at_once(
    images: np.ndarray, kernels: np.ndarray, zeros: Zeros, step: Pair, spread: Pair, out: np.ndarray
) -> None:
    """Copy all windows of some images: where they are few, the time goes into calls and not into memory."""
    (_, channels, *taps), (_, _, *size) = kernels.shape, out.shape
    flat, first = kernels.reshape(len(kernels), -1), 0

    for stack in padded(images, zeros, together=TINY_STACK // out.itemsize):
        image, plane, row, item = stack.strides
        strides = image, plane, row * spread[0], item * spread[1], row * step[0], item * step[1]
        windows = np.ndarray((len(stack), channels, *taps, *size), stack.dtype, stack, 0, strides)
        results = out[first : first + len(stack)]
        columns = windows.reshape(len(stack), flat.shape[1], -1)

        # A stack of one is a plain product, which NumPy begins sooner.
        results[...] = (flat.dot(columns[0]) if len(stack) == 1 else flat @ columns).reshape(results.shape)
        first += len(stack)


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
