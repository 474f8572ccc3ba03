"""Convolution from strips of rows, copied once for each column of the kernel.

A strip holds some rows of the input, each of them kw times, shifted by one tap. The kh rows below one another that a
window needs then lie one after the other in memory, so the windows of an output row are the columns of a matrix
(kh kw C_in, ow), and the matrices of neighbouring output rows overlap: they are read from the strip, not copied again.
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

    kernels: np.ndarray  # (C_out, C_in / groups, kh, kw)
    zeros: Zeros
    out: np.ndarray  # (N, C_out, oh, ow), of any strides


def correlate_by_rows(images: np.ndarray, parts: list[Part], step: Pair, spread: int, groups: int) -> None:
    """Write the correlation of images (N, C_in, H, W) with each part's kernels; only columns may be dilated."""
    edges = tuple(tuple(max(part.zeros[axis][side] for part in parts) for side in (0, 1)) for axis in (0, 1))
    number = _side_by_side(images, parts[0], edges, groups)
    products = [_product_of(part, edges, step, spread, groups, number) for part in parts]

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
    """The product of one part's kernels with strips of rows, for one output row after the other.

    A row of the result is (C_out / groups, kh kw C_in / groups) times (kh kw C_in / groups, ow). Where that is too
    large to stay in the cache, some output channels (a block) and some columns (a piece) are computed at a time.
    """

    def __init__(
        self, part: Part, edges: Zeros, step: Pair, spread: int, groups: int, number: int, band: int = 1
    ) -> None:
        """Cut the product to size, for ``number`` images side by side; ``band`` output rows come from one product."""
        self.part, self.step, self.spread, self.groups, self.band = part, step, spread, groups, band
        self.corner = edges[0][0] - part.zeros[0][0], edges[1][0] - part.zeros[1][0]
        _, self.channels, taps_down, self.taps = part.kernels.shape
        self.span = (band - 1) * step[0] + taps_down  # input rows under one product

        self.matrix = self.matrix_of_kernels()
        height, depth = self.matrix.shape[1:]
        width, self.block = self.small_part(height, depth)
        self.columns, widest = self._pieces(width, number)

        # NumPy hands a product to BLAS only if its rows are contiguous; other results are copied into their places.
        direct = number == 1 and part.out.strides[3] == part.out.itemsize
        room = strip_numbers(part.out.dtype)
        line = self.channels * self.taps * widest  # numbers of the strip that come from one input row
        self.count = self._products_in_a_strip(room // line)
        if not direct:
            self.count = max(1, min(self.count, room // 4 // (height * widest)))

        lines = (self.count - 1) * band * step[0] + self.span
        self.together = max(1, min(groups, room // (lines * line)))  # groups in a strip
        self.strip_shape = self.together, lines, self.taps, self.channels, widest
        self.products_shape = None if direct else (self.together, height // self.block, self.count, self.block, widest)

    def matrix_of_kernels(self) -> np.ndarray:
        """Return the kernels as matrices (groups, C_out / groups, kh kw C_in / groups)."""
        by_row = _by_row(self.part.kernels, self.groups)
        matrix = aligned(by_row.shape, by_row.dtype)
        matrix[...] = by_row
        return matrix.reshape(*matrix.shape[:2], -1)

    def small_part(self, height: int, depth: int) -> Pair:
        """Return how many columns and how many rows of the matrix a product has that stays small."""
        return small_product(height, depth)

    def row_ranges(self, rows: int) -> list[Pair]:
        """Return the first output row of each strip, and the one after its last."""
        return [(top, min(top + self.count, rows)) for top in range(0, rows, self.count)]

    def by_product(self, out: np.ndarray, parts: int) -> np.ndarray:
        """Return ``out`` (n, groups, C_out / groups, rows, columns) as (groups, parts, rows, block, n, columns)."""
        number, some, _, rows, width = out.shape
        return out.reshape(number, some, parts, self.block, rows, width).transpose(1, 2, 4, 3, 0, 5)

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
        """Write the result for some padded images (n, C_in, H, W) to ``out`` (n, C_out, oh, ow)."""
        blocks = self.matrix.reshape(self.groups, -1, 1, self.block, self.matrix.shape[2])
        grouped = out.reshape(len(out), self.groups, -1, *out.shape[2:])
        firsts = range(0, self.groups, self.together)

        for piece, first, (top, bottom) in product(self.columns, firsts, self.row_ranges(out.shape[2])):
            some = slice(first, first + self.together)
            target = grouped[:, some, :, top:bottom, piece]
            self._lower(stack, target.shape, first * self.channels, top * self.step[0], piece.start * self.step[1])
            self._multiply(blocks[some], target)

    def _pieces(self, width: int, number: int) -> tuple[list[slice], int]:
        """Return the columns that are computed at a time, and how many numbers a row of a product has at most."""
        out_columns = self.part.out.shape[3]
        if number > 1:  # short rows of several images make one row
            return [slice(0, out_columns)], -(-number * out_columns // LANES) * LANES

        depth = self.matrix.shape[2]
        columns = pieces(out_columns, min(width, max(LANES, strip_numbers(self.part.out.dtype) // depth)))
        return columns, max(piece.stop - piece.start for piece in columns)

    def _products_in_a_strip(self, lines: int) -> int:
        """Return how many products a strip of so many input rows serves; at least one."""
        further = (max(self.span, lines) - self.span) // (self.band * self.step[0])
        return min(self.part.out.shape[2] // self.band, further + 1)

    def _lower(self, stack: np.ndarray, shape: tuple[int, ...], channel: int, top: int, left: int) -> None:
        """Copy the input rows under some output rows into the strip, once for each tap of a row."""
        number, some, _, rows, width = shape
        lines = (rows - self.band) * self.step[0] + self.span
        from_shape = (some, lines, self.taps, self.channels, number, width)

        image, plane, row, item = stack.strides
        offset = channel * plane + (top + self.corner[0]) * row + (left + self.corner[1]) * item
        strides = (self.channels * plane, row, item * self.spread, plane, image, item * self.step[1])
        target = self.strip[:some, :lines, :, :, : number * width].reshape(from_shape)
        target[...] = np.ndarray(from_shape, stack.dtype, stack, offset, strides)

    def _multiply(self, blocks: np.ndarray, out: np.ndarray) -> None:
        """Write the product with the strip to ``out`` (n, groups, C_out / groups, rows, columns)."""
        (some, parts, _, _, depth), (number, _, _, rows, width) = blocks.shape, out.shape
        count, columns = rows // self.band, width if number == 1 else self.strip.shape[4]
        group, line, _, tap, item = self.strip.strides
        strides = (group, 0, self.band * self.step[0] * line, tap, item)
        windows = np.ndarray((some, 1, count, depth, columns), self.strip.dtype, self.strip, 0, strides)

        result = self.by_product(out, parts)
        if self.products is None:
            np.matmul(blocks, windows, out=result[..., 0, :])
            return

        products = self.products[:some, :, :count, :, :columns]
        np.matmul(blocks, windows, out=products)
        result[...] = products[..., : number * width].reshape(result.shape)


class _BandProduct(_RowProduct):
    """The same for one output channel in each group, where a row of the result is too thin to be computed fast.

    A band of output rows is computed at once, from the rows that they span: its matrix holds the kernel once for each
    of them, shifted, and zeros.
    """

    def __init__(self, part: Part, edges: Zeros, step: Pair, spread: int, groups: int, number: int) -> None:
        """Cut the product to size, for ``number`` images side by side."""
        super().__init__(part, edges, step, spread, groups, number, min(BAND_ROWS, part.out.shape[2]))

    def matrix_of_kernels(self) -> np.ndarray:
        """Return the kernels as banded matrices (groups, band, span kw C_in / groups)."""
        by_row = _by_row(self.part.kernels, self.groups)
        _, _, rows, columns, depth = by_row.shape
        matrix = aligned((self.groups, self.band, self.span, columns, depth), by_row.dtype)
        for number in range(self.band):
            top = number * self.step[0]
            matrix[:, number, top : top + rows] = by_row[:, 0]
        return matrix.reshape(self.groups, self.band, -1)

    def small_part(self, height: int, depth: int) -> Pair:
        """Return as many columns as keep a product small, and the whole band."""
        return small_product(height, depth)[0], height

    def row_ranges(self, rows: int) -> list[Pair]:
        """Return whole bands; the last one overlaps the one before it and computes the same again."""
        whole = rows - rows % self.band
        strip = self.count * self.band
        ranges = [(top, min(top + strip, whole)) for top in range(0, whole, strip)]
        return ranges if whole == rows else [*ranges, (rows - self.band, rows)]

    def by_product(self, out: np.ndarray, parts: int) -> np.ndarray:
        """Return ``out`` (n, groups, 1, rows, columns) as (groups, parts, bands, band, n, columns)."""
        number, some, _, rows, width = out.shape
        return out.reshape(number, some, parts, rows // self.band, self.band, width).transpose(1, 2, 3, 4, 0, 5)

    def write(self, stack: np.ndarray, out: np.ndarray) -> None:
        """Write the result for some padded images (n, C_in, H, W) to ``out`` (n, C_out, oh, ow)."""
        if np.isfinite(np.vdot(stack, stack)):
            super().write(stack, out)
            return

        # The zeros of a band would turn infinity into NaN.
        visible = stack[:, :, self.corner[0] :, self.corner[1] :]
        correlate_by_pixels(visible, self.part.kernels, NO_ZEROS, self.step, (1, self.spread), self.groups, out)


def _product_of(part: Part, edges: Zeros, step: Pair, spread: int, groups: int, number: int) -> _RowProduct:
    """Return the product by bands for one output channel in each group, else that by rows."""
    by_bands = len(part.kernels) == groups and part.out.shape[2] > 1
    return (_BandProduct if by_bands else _RowProduct)(part, edges, step, spread, groups, number)


def _by_row(kernels: np.ndarray, groups: int) -> np.ndarray:
    """Return kernels (C_out, C_in / groups, kh, kw) as (groups, C_out / groups, kh, kw, C_in / groups)."""
    out_channels, depth, rows, columns = kernels.shape
    return kernels.reshape(groups, out_channels // groups, depth, rows, columns).transpose(0, 1, 3, 4, 2)
