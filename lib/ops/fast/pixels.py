"""Convolution from strips of whole windows, and the gradient of its kernels.

Both copy from an image with its channels last, where the kw C_in numbers of a window's row lie together.
"""

from __future__ import annotations

from itertools import product

import numpy as np

from lib.checks import Pair
from lib.ops.fast.strips import Zeros, aligned, padded, strip_numbers, windows_of


def correlate_by_pixels(
    images: np.ndarray, kernels: np.ndarray, zeros: Zeros, step: Pair, spread: Pair, groups: int, out: np.ndarray
) -> None:
    """Correlate images (N, C_in, H, W) with kernels (C_out, C_in / groups, kh, kw): every case, none fastest."""
    depth, per_group = kernels.shape[1], len(kernels) // groups
    for group in range(groups):
        inputs, outputs = slice(group * depth, (group + 1) * depth), slice(group * per_group, (group + 1) * per_group)
        some = kernels[outputs].transpose(2, 3, 1, 0)
        matrix = aligned((some[..., 0].size, per_group), kernels.dtype)
        matrix.reshape(some.shape)[...] = some

        for stack, result in zip(padded(images[:, inputs], zeros, channels_last=True), out[:, outputs], strict=True):
            _multiply_pixels(windows_of(stack, kernels.shape[2:], step, spread, out.shape[2:], True)[0], matrix, result)


def _multiply_pixels(windows: np.ndarray, matrix: np.ndarray, out: np.ndarray) -> None:
    """Write windows (oh, ow, kh, kw, C_in) times ``matrix`` (kh kw C_in, C_out) into ``out`` (C_out, oh, ow)."""
    depth, out_channels = matrix.shape
    out_rows, out_columns = out.shape[1:]
    numbers = strip_numbers(out.dtype) // 2
    width = min(out_columns, max(1, numbers // depth))
    rows = min(out_rows, max(1, numbers // (depth * width)))
    strip = aligned((rows * width, depth), out.dtype)

    for top, left in product(range(0, out_rows, rows), range(0, out_columns, width)):
        part = windows[top : top + rows, left : left + width]
        pixels = part.shape[0] * part.shape[1]
        strip[:pixels].reshape(part.shape)[...] = part
        by_channel = (strip[:pixels] @ matrix).reshape(*part.shape[:2], out_channels).transpose(2, 0, 1)
        out[:, top : top + rows, left : left + width] = by_channel
