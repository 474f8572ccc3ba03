"""Unpooling: exercises whose answer is a function that puts values back."""

from __future__ import annotations

import numpy as np

from lib.ops import interpolate, matrix_of, max_pool2d, max_unpool2d
from lib.teach.exercise import Implement, Mistake, Numbers

Generator = np.random.Generator
Array = np.ndarray


# Unpooling, and one with faults --------------------------------------------------------------------------------------


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


SWITCHES_IGNORED = (
    Mistake(
        "It looks as if the switches were ignored: each value stands in the upper left corner of its window.",
        lambda values, indices, height, width: in_corners(values, height, width),
    ),
    Mistake(
        "It looks as if the switches were ignored: each value was copied. Unpooling writes it to one cell.",
        lambda values, indices, height, width: interpolate(values, (height, width)),
    ),
)


def draw_plane(rng: Generator) -> Numbers:
    """Draw one pooled map and its switches."""
    values, indices, height, width = draw_maps(rng)
    return values[0], indices[0], height, width


UNPOOL = Implement(
    name="unpool",
    draw=draw_plane,
    examples=((np.array([[4, 2]]), np.array([[5, 3]]), 2, 5),),
    right=unpooled,
    mistakes=(
        Mistake(
            "It looks as if the plane was taken to be twice as wide as the map. Pooling dropped an odd column, and the "
            "switches count it: a row holds width cells.",
            lambda values, indices, height, width: faulty(
                values[None], indices[None], height, width, 2 * values.shape[1], one_plane=True
            )[0],
        ),
        *SWITCHES_IGNORED,
    ),
)


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
        *SWITCHES_IGNORED,
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

EXERCISES = (UNPOOL, MENDED_UNPOOL, SEND_BACK)
