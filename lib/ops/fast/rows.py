"""Convolution from strips of rows, copied once for each column of the kernel.

A strip holds some rows of the input, each of them kw times, shifted by one tap. The kh rows below one another that a
window needs then lie one after the other in memory, so the windows of an output row are the columns of a matrix
(kh kw C, ow), and the matrices of neighbouring output rows overlap: they are read from the strip, not copied again.
Images too narrow for a fast product lie side by side in the strip.

Source: Cho & Brand (2017), "MEC: memory-efficient convolution for deep neural network".
"""

from __future__ import annotations

import math
from itertools import product
from typing import NamedTuple

import numpy as np

from lib.checks import Pair
from lib.ops.fast.pixels import correlate_by_pixels
from lib.ops.fast.strips import HALF_WIDE, LANES, Zeros, aligned, padded, pieces, small_product, strip_numbers

# Output rows of a one-channel product that share a banded matrix.
BAND_ROWS = 4
NO_ZEROS = ((0, 0), (0, 0))


class Part(NamedTuple):
    """One correlation of several that read the same images."""

    kernels: np.ndarray  # (O, C / groups, kh, kw)
    zeros: Zeros
    out: np.ndarray  # (N, O, oh, ow), of any strides


def correlate_by_rows(images: np.ndarray, parts: list[Part], step: Pair, spread: int, groups: int) -> None:
    """Write the correlation of images (N, C, H, W) with each part's kernels; only columns may be dilated."""
    edges = tuple(tuple(max(part.zeros[axis][side] for part in parts) for side in (0, 1)) for axis in (0, 1))
    number = _side_by_side(images, parts[0], edges, groups)
    products = [_RowProduct(part, edges, step, spread, groups, number) for part in parts]
    strip, room = (
        aligned((max(sizes),), images.dtype) for sizes in zip(*(one.numbers for one in products), strict=True)
    )
    for one in products:
        one.share(strip, room)
    first = 0
    for stack in padded(images, edges, together=number):
        for one in products:
            one.write(stack, one.part.out[first : first + len(stack)])
        first += len(stack)


def _side_by_side(images: np.ndarray, part: Part, edges: Zeros, groups: int) -> int:
    """Return how many images share a strip: one, unless their rows are short."""
    columns = part.out.shape[3]
    if columns >= HALF_WIDE:
        return 1
    width, _ = small_product(len(part.kernels) // groups, part.kernels[0].size)
    cells = (images.shape[2] + sum(edges[0])) * (images.shape[3] + sum(edges[1])) * images.shape[1]
    return max(1, min(len(images), width // columns, strip_numbers(images.dtype) // cells))


class _RowProduct:
    """The product of one part's kernels with strips of rows: its sizes, and its place in the buffers."""

    def __init__(self, part: Part, edges: Zeros, step: Pair, spread: int, groups: int, number: int) -> None:
        self.part, self.step, self.spread, self.groups = part, step, spread, groups
        self.corner = edges[0][0] - part.zeros[0][0], edges[1][0] - part.zeros[1][0]
        # With one output channel the product is a single row of a matrix, too thin to run fast: a band of output rows
        # is computed at once from the rows they span.
        self.band = min(BAND_ROWS, part.out.shape[2]) if len(part.kernels) == groups else 1
        self.matrix = _band_matrix(part.kernels, groups, self.band, step[0])
        _, self.channels, taps_down, self.taps = part.kernels.shape
        self.span = (self.band - 1) * step[0] + taps_down  # input rows under one band
        out_rows, out_columns = part.out.shape[2:]
        height, depth = self.matrix.shape[1:]
        width, self.block = small_product(height, depth)
        self.block = height if self.band > 1 else self.block
        numbers = strip_numbers(part.out.dtype)
        width = min(width, max(LANES, numbers // depth))
        self.columns = pieces(out_columns, width) if number == 1 else [slice(0, out_columns)]
        widest = max(piece.stop - piece.start for piece in self.columns)
        widest = widest if number == 1 else -(-number * widest // LANES) * LANES
        # NumPy hands a product to BLAS only if its rows are contiguous; other results are copied into their places.
        direct = number == 1 and part.out.strides[3] == part.out.itemsize
        line = self.channels * self.taps * widest  # numbers of the strip that come from one input row
        fitting = max(self.span, numbers // line)  # input rows in a strip
        self.count = min(out_rows // self.band, (fitting - self.span) // (self.band * step[0]) + 1)  # bands in a strip
        if not direct:
            self.count = max(1, min(self.count, numbers // 4 // (height * widest)))
        lines = (self.count - 1) * self.band * step[0] + self.span
        self.together = max(1, min(groups, numbers // (lines * line)))  # groups in a strip
        self.strip_shape = self.together, lines, self.taps, self.channels, widest
        self.products_shape = None if direct else (self.together, height // self.block, self.count, self.block, widest)

    @property
    def numbers(self) -> Pair:
        """How many numbers the two buffers hold, the strip and its products."""
        return math.prod(self.strip_shape), math.prod(self.products_shape or (0,))

    def share(self, strip: np.ndarray, products: np.ndarray) -> None:
        """Use the beginnings of two buffers, as the other parts do."""
        self.strip, self.products = strip[: self.numbers[0]].reshape(self.strip_shape), None
        if self.products_shape:
            self.products = products[: self.numbers[1]].reshape(self.products_shape)

    def write(self, stack: np.ndarray, out: np.ndarray) -> None:
        """Write the result for some padded images (n, C, H, W) to ``out`` (n, O, oh, ow)."""
        if self.band > 1 and not np.isfinite(np.vdot(stack, stack)):  # the zeros of a band would turn inf into NaN
            visible = stack[:, :, self.corner[0] :, self.corner[1] :]
            correlate_by_pixels(visible, self.part.kernels, NO_ZEROS, self.step, (1, self.spread), self.groups, out)
            return
        blocks = self.matrix.reshape(self.groups, -1, 1, self.block, self.matrix.shape[2])
        grouped = out.reshape(len(out), self.groups, -1, *out.shape[2:])
        rows = out.shape[2]
        tops = [*range(0, rows - self.band + 1, self.count * self.band)]
        if rows % self.band:
            tops.append(rows - self.band)  # the last band overlaps the one before it and computes the same again
        for piece, first, top in product(self.columns, range(0, self.groups, self.together), tops):
            some = slice(first, first + self.together)
            bottom = top + min(self.count, (rows - top) // self.band) * self.band
            target = grouped[:, some, :, top:bottom, piece]
            self._lower(stack, target.shape, first * self.channels, top * self.step[0], piece.start * self.step[1])
            self._multiply(blocks[some], target)

    def _lower(self, stack: np.ndarray, shape: tuple[int, ...], channel: int, top: int, left: int) -> None:
        """Copy the input rows under some output rows into the strip, once for each tap of a row."""
        number, some, _, rows, width = shape
        image, plane, row, item = stack.strides
        offset = channel * plane + (top + self.corner[0]) * row + (left + self.corner[1]) * item
        lines = (rows - self.band) * self.step[0] + self.span
        from_shape = (some, lines, self.taps, self.channels, number, width)
        strides = (self.channels * plane, row, item * self.spread, plane, image, item * self.step[1])
        target = self.strip[:some, :lines, :, :, : number * width].reshape(from_shape)
        target[...] = np.ndarray(from_shape, stack.dtype, stack, offset, strides)

    def _multiply(self, blocks: np.ndarray, out: np.ndarray) -> None:
        """Write the product with the strip to ``out`` (n, groups, O / groups, rows, columns)."""
        (some, parts, _, block, depth), (number, _, _, rows, width) = blocks.shape, out.shape
        group, line, _, tap, item = self.strip.strides
        count, columns = rows // self.band, width if number == 1 else self.strip.shape[4]
        strides = (group, 0, self.band * self.step[0] * line, tap, item)
        windows = np.ndarray((some, 1, count, depth, columns), self.strip.dtype, self.strip, 0, strides)
        if self.band > 1:  # a block is a band of rows of one channel, otherwise it is some channels of one row
            result = out.reshape(number, some, 1, count, block, width).transpose(1, 2, 3, 4, 0, 5)
        else:
            result = out.reshape(number, some, parts, block, count, width).transpose(1, 2, 4, 3, 0, 5)
        if self.products is None:
            np.matmul(blocks, windows, out=result[..., 0, :])
            return
        products = self.products[:some, :, :count, :, :columns]
        np.matmul(blocks, windows, out=products)
        result[...] = products[..., : number * width].reshape(result.shape)


def _band_matrix(kernels: np.ndarray, groups: int, band: int, step: int) -> np.ndarray:
    """Return (groups, band O / groups, span kw C / groups): the kernels once for each row of a band, shifted."""
    out_channels, depth, rows, columns = kernels.shape
    by_row = kernels.reshape(groups, out_channels // groups, depth, rows, columns).transpose(0, 1, 3, 4, 2)
    span = (band - 1) * step + rows
    shape = (groups, band, out_channels // groups, span, columns, depth)
    matrix = aligned(shape, kernels.dtype)
    for number in range(band):
        matrix[:, number, :, number * step : number * step + rows] = by_row
    return matrix.reshape(groups, band * out_channels // groups, span * columns * depth)
