"""Upsampling: exercises whose answer is found with paper and pencil, from numbers of one's own."""

from __future__ import annotations

import math

import numpy as np

from lib.ops import interpolate, interpolation_matrix
from lib.teach.exercise import ByHand, Mistake, Numbers

Generator = np.random.Generator
Array = np.ndarray


# Neighbours and weights ----------------------------------------------------------------------------------------------


def draw_axis(rng: Generator) -> Numbers:
    """Draw an axis that grows by no whole factor, and an output cell that has two neighbours."""
    n = int(rng.integers(5, 9))
    m = int(rng.integers(n + 2, 2 * n))
    return n, m, int(rng.integers(2, m - 2))


def between(position: float) -> tuple[int, float, float]:
    """Return the cell on the left of a position, its weight, and that of the cell on the right."""
    left = math.floor(position)
    return left, left + 1 - position, position - left


def neighbours(n: int, m: int, o: int, convention: str = "half-pixel") -> tuple[int, float, float]:
    """Return the left one of the two cells that output cell o is made from, and both weights."""
    weights = interpolation_matrix(n, m, "bilinear", convention)[o]
    return between(float(weights @ np.arange(n)))  # positions in the axis are what a ramp is interpolated to


def exchanged(n: int, m: int, o: int) -> tuple[int, float, float]:
    """Return the weights the other way round."""
    left, first, second = neighbours(n, m, o)
    return left, second, first


BILINEAR_WEIGHTS = ByHand(
    name="bilinear-weights",
    draw=draw_axis,
    right=neighbours,
    tolerance=0.006,
    mistakes=(
        Mistake(
            "These are the neighbours and weights of align_corners=True. Without it the outer edges of both axes meet, "
            "not the centres of their outer cells.",
            lambda n, m, o: neighbours(n, m, o, "align-corners"),
        ),
        Mistake(
            "It looks as if both halves were left out. The centre of cell o lies half a cell behind its edge, on both "
            "axes.",
            lambda n, m, o: neighbours(n, m, o, "asymmetric"),
        ),
        Mistake(
            "It looks as if the second half was forgotten: in the axis of the input, too, centres lie half a cell "
            "behind edges.",
            lambda n, m, o: between((o + 0.5) * n / m),
        ),
        Mistake(
            "The neighbours are right, and their weights are exchanged: the nearer cell has the larger weight.",
            exchanged,
        ),
        Mistake(
            "It looks as if the scale was turned over: an output cell is n/m input cells wide.",
            lambda n, m, o: between((o + 0.5) * m / n - 0.5),
        ),
    ),
)


# One value of an image -----------------------------------------------------------------------------------------------


def draw_image(rng: Generator) -> Numbers:
    """Draw an image of 3 × 4 pixels and a place inside of it at twice the size, off the diagonal."""
    row, column = ((1, 4), (2, 5), (3, 1), (4, 2), (1, 2), (3, 2))[rng.integers(6)]
    return 4 * rng.integers(1, 20, (3, 4)), row, column


def value(x: Array, row: int, column: int, mode: str = "bilinear", align_corners: bool | None = None) -> float:
    """Return one pixel of the image at twice its size."""
    return float(interpolate(x, scale_factor=2, mode=mode, align_corners=align_corners)[row, column])


def four(x: Array, row: int, column: int) -> Array:
    """Return the 2 × 2 pixels around a place."""
    top, left = (row - 1) // 2, (column - 1) // 2
    return x[top : top + 2, left : left + 2]


def far_first(x: Array, row: int, column: int) -> float:
    """Give the farther pixels the larger weights."""
    weights = [(0.75, 0.25) if place % 2 == 0 else (0.25, 0.75) for place in (row, column)]
    return float(np.array(weights[0]) @ four(x, row, column) @ np.array(weights[1]))


def asymmetric(x: Array, row: int, column: int) -> float:
    """Place the output cells at half their numbers."""
    first, second = (interpolation_matrix(n, 2 * n, convention="asymmetric") for n in x.shape)
    return float((first @ x @ second.T)[row, column])


BILINEAR_VALUE = ByHand(
    name="bilinear-value",
    draw=draw_image,
    right=value,
    tolerance=0.006,
    mistakes=(
        Mistake(
            "It looks as if align_corners was mixed up: this is the value for True.",
            lambda x, row, column: value(x, row, column, align_corners=True),
        ),
        Mistake(
            "This is the nearest pixel. Bilinear weighs the four around the place.",
            lambda x, row, column: value(x, row, column, "nearest"),
        ),
        Mistake(
            "This is the mean of the four pixels. They lie at different distances, so they have different weights.",
            lambda x, row, column: float(four(x, row, column).mean()),
        ),
        Mistake(
            "It looks as if the weights were exchanged: the nearer row and the nearer column weigh 0.75.",
            far_first,
        ),
        Mistake(
            "It looks as if output cell (row, column) was placed at (row/2, column/2). Centres lie half a cell behind "
            "edges, on both sides.",
            asymmetric,
        ),
        Mistake(
            "It looks as if row and column were exchanged: the first number counts downwards, the second to the right.",
            lambda x, row, column: value(x, column, row),
        ),
    ),
)


# Which cell is copied ------------------------------------------------------------------------------------------------


def draw_sizes(rng: Generator) -> Numbers:
    """Draw a size to shrink from and one to shrink to."""
    m = int(rng.integers(4, 7))
    return int(rng.integers(2 * m, 4 * m)), m


def copied(n: int, m: int, mode: str) -> list[int]:
    """Return the cell of n that each of m cells copies."""
    return interpolate(np.arange(n)[None], (1, m), mode=mode)[0].tolist()


def rounded(n: int, m: int, half: float) -> list[int]:
    """Return the places o n/m, moved by some part of a cell and rounded down."""
    return [min(n - 1, math.floor((o + half) * n / m + 0.5)) for o in range(m)]


WHICH_CELL = ByHand(
    name="which-cell-is-copied",
    draw=draw_sizes,
    right=lambda n, m: (copied(n, m, "nearest"), copied(n, m, "nearest-exact")),
    mistakes=(
        Mistake(
            "The two modes are exchanged: 'nearest' copies the cell where the output cell begins, 'nearest-exact' the "
            "one that holds its centre.",
            lambda n, m: (copied(n, m, "nearest-exact"), copied(n, m, "nearest")),
        ),
        Mistake(
            "These are the same cells twice, those where the output cells begin. 'nearest-exact' looks at centres.",
            lambda n, m: (copied(n, m, "nearest"),) * 2,
        ),
        Mistake(
            "These are the same cells twice, those that hold the centres. 'nearest' does not look at centres.",
            lambda n, m: (copied(n, m, "nearest-exact"),) * 2,
        ),
        Mistake(
            "It looks as if o · n/m was rounded to the nearest whole number. 'nearest' rounds it down.",
            lambda n, m: (rounded(n, m, 0), copied(n, m, "nearest-exact")),
        ),
        Mistake(
            "The first list is right. In the second, (o + 1/2) · n/m is rounded down, not to the nearest number: cell "
            "c reaches from c to c + 1.",
            lambda n, m: (copied(n, m, "nearest"), rounded(n, m, 0.5)),
        ),
        Mistake(
            "The cells are spread so that the first and the last are copied, as align_corners does. No nearest mode "
            "does that.",
            lambda n, m: ([round(o * (n - 1) / (m - 1)) for o in range(m)],) * 2,
        ),
    ),
)

EXERCISES = (BILINEAR_WEIGHTS, BILINEAR_VALUE, WHICH_CELL)
