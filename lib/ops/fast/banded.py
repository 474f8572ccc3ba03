"""Products with banded matrices: how every smooth resampling runs at the speed of matrix multiplication.

A matrix of interpolation weights is almost empty: a row holds a few weights beside one another, one cell further along
in the next row. Summing those few neighbours needs one pass over the image for each of them. A block of some rows
instead spans few columns, so it is a small dense matrix whose product with a strip of the image runs in the cache at
full speed; the zeros that it multiplies cost less than the passes. The transpose is banded too and runs the same way.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from lib.ops.fast.strips import SMALL_PRODUCT  # larger products take threads too, which stall on a busy machine

# Rows of a banded matrix that are multiplied as one dense block, from the left and from the right of the image.
LEFT_ROWS, RIGHT_ROWS = 16, 32
# Numbers of a strip: with the block it stays in the second-level cache (half a megabyte of float32).
STRIP_NUMBERS = 1 << 17


class Entries(NamedTuple):
    """A sparse matrix: ``weights[e]`` is added at ``rows[e]``, ``columns[e]``; rows are in rising order."""

    rows: np.ndarray
    columns: np.ndarray
    weights: np.ndarray
    shape: tuple[int, int]

    def transposed(self) -> Entries:
        """Return the entries of the transpose."""
        order = np.argsort(self.columns, kind="stable")
        return Entries(self.columns[order], self.rows[order], self.weights[order], self.shape[::-1])

    def dense(self) -> np.ndarray:
        """Return the matrix with its zeros."""
        matrix = np.zeros(self.shape)
        np.add.at(matrix, (self.rows, self.columns), self.weights)
        return matrix


class Block(NamedTuple):
    """Some rows of a banded matrix, and the columns that they span."""

    rows: slice
    columns: slice
    matrix: np.ndarray
    transpose: np.ndarray  # contiguous, for products from the right


def blocks_of(entries: Entries, rows: int, dtype: np.dtype) -> list[Block]:
    """Cut a sparse matrix into blocks of some rows, each with the columns from its first entry to its last.

    >>> identity = Entries(np.arange(5), np.arange(5), np.ones(5), (5, 5))
    >>> [(block.rows, block.columns) for block in blocks_of(identity, 3, np.dtype(float))]
    [(slice(0, 3, None), slice(0, 3, None)), (slice(3, 5, None), slice(3, 5, None))]
    """
    blocks = []
    for top in range(0, entries.shape[0], rows):
        bottom = min(top + rows, entries.shape[0])
        some = slice(*np.searchsorted(entries.rows, (top, bottom)))
        columns = entries.columns[some]
        left, right = (int(columns.min()), int(columns.max()) + 1) if columns.size else (0, 0)
        part = Entries(entries.rows[some] - top, columns - left, entries.weights[some], (bottom - top, right - left))

        matrix = part.dense().astype(dtype)
        blocks.append(Block(slice(top, bottom), slice(left, right), matrix, np.ascontiguousarray(matrix.T)))
    return blocks


def multiply_both_sides(left: list[Block], planes: np.ndarray, right: list[Block], out: np.ndarray) -> None:
    """Write ``left @ plane @ right.T`` for each plane, strip by strip; all of one dtype, the planes contiguous."""
    height, width = out.shape[1], planes.shape[2]
    left_span, right_span = (max(1, *(block.matrix.shape[1] for block in blocks)) for blocks in (left, right))
    piece = max(RIGHT_ROWS, SMALL_PRODUCT // (LEFT_ROWS * left_span))  # columns multiplied at a time
    rows = min(STRIP_NUMBERS // width, SMALL_PRODUCT // (RIGHT_ROWS * right_span))
    blocks = max(1, min(len(left), rows // LEFT_ROWS))
    together = max(1, min(len(planes), STRIP_NUMBERS // (blocks * LEFT_ROWS * width)))
    buffer = np.empty((together, min(height, blocks * LEFT_ROWS), width), planes.dtype)

    for first in range(0, len(planes), together):
        some, results = planes[first : first + together], out[first : first + together]
        for number in range(0, len(left), blocks):
            these = left[number : number + blocks]
            top, bottom = these[0].rows.start, these[-1].rows.stop
            strip = buffer[: len(some), : bottom - top]
            _multiply_left(these, some, piece, strip)
            for block in right:
                np.matmul(strip[:, :, block.columns], block.transpose, out=results[:, top:bottom, block.rows])


def _multiply_left(blocks: list[Block], planes: np.ndarray, piece: int, out: np.ndarray) -> None:
    """Write ``block @ plane``, one block below the other and ``piece`` columns at a time."""
    top = blocks[0].rows.start
    for block in blocks:
        target = out[:, block.rows.start - top : block.rows.stop - top]
        for start in range(0, planes.shape[2], piece):
            columns = slice(start, start + piece)
            np.matmul(block.matrix, planes[:, block.columns, columns], out=target[:, :, columns])


def multiply_by_entries(left: Entries, planes: np.ndarray, right: Entries, out: np.ndarray) -> None:
    """Write the same as :func:`multiply_both_sides` for planes with NaN or infinity.

    A block multiplies them by its zeros too, which gives NaN far away from them. Here every output cell sums its own
    entries.
    """
    with np.errstate(invalid="ignore", over="ignore"):
        between = _sum_rows(left, planes)
        out[...] = _sum_rows(right, between.swapaxes(1, 2)).swapaxes(1, 2)


def _sum_rows(entries: Entries, planes: np.ndarray) -> np.ndarray:
    result = np.zeros((len(planes), entries.shape[0], planes.shape[2]), planes.dtype)
    weights = entries.weights.astype(planes.dtype)
    bounds = np.searchsorted(entries.rows, np.arange(entries.shape[0] + 1))

    for row, (start, stop) in enumerate(pairwise(bounds)):
        terms = planes[:, entries.columns[start:stop]] * weights[start:stop, None]
        terms.sum(axis=1, out=result[:, row])
    return result
