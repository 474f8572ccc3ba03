"""Unpooling: exercises whose answer is a function to write."""

from __future__ import annotations

import numpy as np

from lib.ops import interpolate, matrix_of, max_pool2d, max_unpool2d
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


# An unpooling with faults --------------------------------------------------------------------------------------------


def draw_maps(rng: Generator) -> Numbers:
    """Draw two pooled maps and their switches, at an odd width."""
    height, width = 5, int(rng.choice([5, 7, 9]))  # misread switches must stay inside the plane
    maps = rng.permutation(np.arange(1, 2 * height * width + 1)).reshape(2, height, width)
    return *max_pool2d(maps, 2, return_indices=True), height, width


def unpooled(values: Array, indices: Array, height: int, width: int) -> Array:
    """Return the unpooled maps."""
    return max_unpool2d(values, indices, 2, output_size=(height, width))


def faulty(values: Array, indices: Array, height: int, width: int, read_width: int, one_plane: bool) -> Array:
    """Read switches at some width, and write into one plane or into each."""
    maps = np.zeros((len(values), height, width), values.dtype)
    rows, columns = np.divmod(indices, read_width)
    plane = 0 if one_plane else np.arange(len(values))[:, None, None]
    maps.reshape(-1)[(plane * height + rows) * width + columns] = values
    return maps


def in_corners(values: Array, height: int, width: int) -> Array:
    """Write each value into the upper left cell of its window."""
    rows, columns = 2 * np.indices(values.shape[-2:])
    return unpooled(values, np.broadcast_to(rows * width + columns, values.shape), height, width)


MENDED_UNPOOL = Implement(
    name="mended-unpool",
    draw=draw_maps,
    right=unpooled,
    mistakes=(
        Mistake(
            "Both faults are still there. Try it on two channels and a plane of 4 × 5, with a single switch each.",
            lambda values, indices, height, width: faulty(
                values, indices, height, width, 2 * values.shape[2], one_plane=True
            ),
        ),
        Mistake(
            "The channels are right now. How wide is the plane whose cells the switches count? Pooling drops an odd "
            "column, and doubling does not bring it back.",
            lambda values, indices, height, width: faulty(
                values, indices, height, width, 2 * values.shape[2], one_plane=False
            ),
        ),
        Mistake(
            "The width is right now. All channels are still written into the first plane, where later ones replace "
            "earlier ones: switches are counted anew in each plane.",
            lambda values, indices, height, width: faulty(values, indices, height, width, width, one_plane=True),
        ),
        Mistake(
            "It looks as if the switches were ignored: each value stands in the upper left corner of its window.",
            lambda values, indices, height, width: in_corners(values, height, width),
        ),
        Mistake(
            "It looks as if the switches were ignored: each value was copied. Unpooling writes it to one cell.",
            lambda values, indices, height, width: interpolate(values, (height, width)),
        ),
    ),
)


# The adjoint, where windows overlap ----------------------------------------------------------------------------------


def draw_overlapping(rng: Generator) -> Numbers:
    """Draw the switches of overlapping windows and a gradient for each pooled cell."""
    x = rng.permutation(np.arange(30)).reshape(5, 6)
    _, indices = max_pool2d(x, 3, 1, return_indices=True)
    return rng.integers(1, 9, indices.shape), indices, 5, 6


def sent_back(gradient: Array, indices: Array, height: int, width: int) -> Array:
    """Return the product with the transpose of the matrix that picks the cells at the switches."""
    picking = matrix_of(lambda plane: plane.ravel()[indices], (height, width), dtype=int)
    return (picking.T @ gradient.ravel()).reshape(height, width)


def combined(gradient: Array, indices: Array, height: int, width: int, rule: np.ufunc) -> Array:
    """Return what a rule makes of all values for one cell."""
    plane = np.zeros(height * width, gradient.dtype)
    rule.at(plane, indices.ravel(), gradient.ravel())
    return plane.reshape(height, width)


def written(gradient: Array, indices: Array, height: int, width: int) -> Array:
    """Write each value, a later one over an earlier one."""
    plane = np.zeros(height * width, gradient.dtype)
    plane[indices.ravel()] = gradient.ravel()
    return plane.reshape(height, width)


SEND_BACK = Implement(
    name="send-back",
    draw=draw_overlapping,
    examples=(
        (np.array([[3, 4]]), np.array([[2, 7]]), 2, 4),
        (np.array([[1, 2], [3, 4]]), np.array([[4, 4], [4, 8]]), 3, 3),
    ),
    right=sent_back,
    mistakes=(
        Mistake(
            "Where several windows share a maximum, a later value replaced an earlier one. That is unpooling; the "
            "gradient adds up everything that flows into a cell.",
            written,
        ),
        Mistake(
            "Where several windows share a maximum, the first value was kept. The gradient adds them up.",
            lambda gradient, indices, height, width: written(
                gradient.ravel()[::-1], indices.ravel()[::-1], height, width
            ),
        ),
        Mistake(
            "Where several windows share a maximum, the largest value was kept. The gradient adds them up.",
            lambda gradient, indices, height, width: combined(gradient, indices, height, width, np.maximum),
        ),
        Mistake(
            "Where several windows share a maximum, their values were averaged. The gradient adds them up.",
            lambda gradient, indices, height, width: (
                sent_back(gradient, indices, height, width)
                / np.maximum(sent_back(np.ones_like(gradient), indices, height, width), 1)
            ),
        ),
        Mistake(
            "It looks as if the switches were ignored, and the values copied to the larger plane.",
            lambda gradient, indices, height, width: interpolate(gradient, (height, width)),
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

EXERCISES = (POOL, MENDED_UNPOOL, SEND_BACK, PLACES)
