"""Unpooling: exercises whose answer is a function that pools, or reads switches."""

from __future__ import annotations

import numpy as np

from lib.ops import max_pool2d
from lib.teach.exercise import Implement, Mistake, Numbers

Generator = np.random.Generator
Array = np.ndarray


# Max pooling with indices --------------------------------------------------------------------------------------------


def draw_pooling(rng: Generator) -> Numbers:
    """Draw a plane of few, mostly negative values, not square, and a padded window that overlaps or leaves gaps."""
    return rng.integers(-5, 1, (7, 9)), 3, int(rng.choice([2, 4])), 1


def pooled(x: Array, kernel_size: int, stride: int, padding: int) -> tuple[Array, Array]:
    """Return values and switches."""
    return max_pool2d(x, kernel_size, stride, padding, return_indices=True)


def with_zeros(x: Array, kernel_size: int, stride: int, padding: int) -> tuple[Array, Array]:
    """Let zeros around the input take part; where one wins, count as if it belonged to the input."""
    values, indices = pooled(np.pad(x, padding), kernel_size, stride, 0)
    rows, columns = np.divmod(indices, x.shape[1] + 2 * padding)
    return values, (rows - padding) * x.shape[1] + columns - padding


def in_padded_plane(x: Array, kernel_size: int, stride: int, padding: int) -> tuple[Array, Array]:
    """Count the cells of the padding too."""
    values, indices = pooled(x, kernel_size, stride, padding)
    rows, columns = np.divmod(indices, x.shape[1])
    return values, (rows + padding) * (x.shape[1] + 2 * padding) + columns + padding


def in_window(x: Array, kernel_size: int, stride: int, padding: int) -> tuple[Array, Array]:
    """Return where in its window each maximum is."""
    values, indices = pooled(x, kernel_size, stride, padding)
    rows, columns = np.divmod(indices, x.shape[1])
    top, left = np.indices(values.shape) * stride - padding
    return values, (rows - top) * kernel_size + columns - left


def last_of_equals(x: Array, kernel_size: int, stride: int, padding: int) -> tuple[Array, Array]:
    """Settle ties for the last cell in row order."""
    order = np.arange(x.size).reshape(x.shape) / x.size  # less than the distance between different values
    values, indices = pooled(x + order, kernel_size, stride, padding)
    return np.floor(values).astype(x.dtype), indices


POOL = Implement(
    name="pool-with-indices",
    draw=draw_pooling,
    examples=(
        (np.array([[3, 5, 5, 1], [2, 5, 0, 1], [7, 1, 4, 4], [7, 0, 4, 4]]), 2, 2, 0),
        (-np.arange(1, 21).reshape(4, 5) % 7 - 7, 2, 2, 1),
    ),
    right=pooled,
    mistakes=(
        Mistake(
            "Zeros around the input take part, and win over negative values. The cells of the padding should lose "
            "against everything: they are minus infinity.",
            with_zeros,
        ),
        Mistake(
            "The values are right. The indices count the cells of the padded plane; wanted are positions in x itself.",
            in_padded_plane,
        ),
        Mistake(
            "The values are right. The indices are places inside the windows; wanted are positions in x, row by row.",
            in_window,
        ),
        Mistake(
            "Look at a window with a tie: of equal cells the first in row order is the switch, not the last.",
            last_of_equals,
        ),
        Mistake(
            "The values are right. It looks as if a row was multiplied by the height: rows above a cell hold width "
            "cells each.",
            lambda x, kernel_size, stride, padding: (
                pooled(x, kernel_size, stride, padding)[0],
                np.dot(np.divmod(pooled(x, kernel_size, stride, padding)[1], x.shape[1])[0], x.shape[0])
                + pooled(x, kernel_size, stride, padding)[1] % x.shape[1],
            ),
        ),
        Mistake(
            "It looks as if the stride was ignored, and the windows stand side by side.",
            lambda x, kernel_size, stride, padding: pooled(x, kernel_size, kernel_size, padding),
        ),
        Mistake(
            "It looks as if the padding was ignored.",
            lambda x, kernel_size, stride, padding: pooled(x, kernel_size, stride, 0),
        ),
    ),
)


# Switches without waste ----------------------------------------------------------------------------------------------


def draw_packing(rng: Generator) -> Numbers:
    """Draw the switches of windows side by side, and the width of their plane."""
    k = int(rng.integers(2, 4))
    x = rng.permutation(np.arange(36 * 7)).reshape(12, 21)[:, : int(rng.integers(15, 21))]
    return max_pool2d(x, k, return_indices=True)[1], x.shape[1], k


PLACES = Implement(
    name="places",
    draw=draw_packing,
    examples=((np.array([[0, 3], [9, 14]]), 5, 2), (np.array([[8, 5]]), 6, 3)),
    right=lambda indices, width, k: indices // width % k * k + indices % width % k,
    mistakes=(
        Mistake(
            "This is the remainder of the flat index. Row and column need one each: first divide by the width.",
            lambda indices, width, k: indices % (k * k),
        ),
        Mistake(
            "It looks as if row and column were exchanged: places are counted along the rows of the window.",
            lambda indices, width, k: indices % width % k * k + indices // width % k,
        ),
        Mistake(
            "It looks as if the row was multiplied by 2, which fits windows of 2 × 2 alone.",
            lambda indices, width, k: indices // width % k * 2 + indices % width % k,
        ),
        Mistake(
            "It looks as if the width was taken to be that of the windows together. Where k does not divide the width, "
            "a rest of columns is counted by the switches too.",
            lambda indices, width, k: indices // (width // k * k) % k * k + indices % (width // k * k) % k,
        ),
    ),
)

EXERCISES = (POOL, PLACES)
