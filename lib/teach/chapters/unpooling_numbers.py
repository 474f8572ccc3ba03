"""Unpooling: exercises whose answer is found with paper and pencil, from numbers of one's own."""

from __future__ import annotations

import math

import numpy as np

from lib.ops import interpolate, max_pool2d, max_unpool2d, pool_output_size
from lib.teach.comparing import as_numbers
from lib.teach.exercise import ByHand, Find, Mistake, Numbers

Generator = np.random.Generator
Array = np.ndarray


# Where a switch points -----------------------------------------------------------------------------------------------


def draw_switch(rng: Generator) -> Numbers:
    """Draw a plane that is not square and a switch in it."""
    height, width = int(rng.integers(5, 9)), int(rng.integers(9, 14))
    return height, width, int(rng.integers(2 * width, height * width))


WHERE_A_SWITCH_LANDS = ByHand(
    name="where-a-switch-lands",
    draw=draw_switch,
    right=lambda height, width, switch: divmod(switch, width),
    mistakes=(
        Mistake(
            "It looks as if the switch was divided by the height. Cells are counted row by row, and a row has as many "
            "cells as the plane is wide.",
            lambda height, width, switch: divmod(switch, height),
        ),
        Mistake(
            "It looks as if the cells were counted column by column. The count goes along the first row, then on along "
            "the second.",
            lambda height, width, switch: divmod(switch, height)[::-1],
        ),
        Mistake(
            "It looks as if row and column were exchanged: the row comes first.",
            lambda height, width, switch: divmod(switch, width)[::-1],
        ),
        Mistake(
            "It looks as if rows and columns were counted from 1. They are counted from 0, and so are the cells.",
            lambda height, width, switch: (switch // width + 1, switch % width + 1),
        ),
        Mistake(
            "This is the cell before. The cells are counted from 0: the first cell of the first row has switch 0.",
            lambda height, width, switch: divmod(switch - 1, width),
        ),
    ),
)


# Pool and remember ---------------------------------------------------------------------------------------------------


def draw_plane(rng: Generator) -> Numbers:
    """Draw a 4 × 6 plane of few different values, so that windows have ties."""
    return (rng.integers(1, 7, (4, 6)),)


def switches_of(x: Array, turned: bool = False) -> Array:
    """Return the switches of 2 × 2 windows; of equal cells the first, or the last where the plane is turned."""
    indices = max_pool2d(x[::-1, ::-1] if turned else x, 2, return_indices=True)[1]
    return x.size - 1 - indices[::-1, ::-1] if turned else indices


def place_in_window(indices: Array, width: int) -> Array:
    """Return where in its 2 × 2 window each switch points, from 0 to 3."""
    return indices // width % 2 * 2 + indices % width % 2


POOL_BY_HAND = ByHand(
    name="pool-by-hand",
    draw=draw_plane,
    right=lambda x: (max_pool2d(x, 2), switches_of(x)),
    mistakes=(
        Mistake(
            "The values are right. The switches are places inside the windows; wanted are positions in the whole "
            "plane, counted row by row.",
            lambda x: (max_pool2d(x, 2), place_in_window(switches_of(x), x.shape[1])),
        ),
        Mistake(
            "Look at a window with a tie. Of several equal cells the first in row order is the switch, not the last.",
            lambda x: (max_pool2d(x, 2), switches_of(x, turned=True)),
        ),
        Mistake(
            "It looks as if the cells were counted from 1. The first cell of the plane has switch 0.",
            lambda x: (max_pool2d(x, 2), switches_of(x) + 1),
        ),
        Mistake(
            "It looks as if the cells were counted column by column. A switch counts along the rows.",
            lambda x: (max_pool2d(x, 2), switches_of(x) % x.shape[1] * x.shape[0] + switches_of(x) // x.shape[1]),
        ),
        Mistake(
            "It looks as if the windows moved by one cell. If no stride is given, it is the kernel size.",
            lambda x: max_pool2d(x, 2, 1, return_indices=True),
        ),
        Mistake(
            "These values are means of the windows. Max pooling keeps the largest cell.",
            lambda x: (x.reshape(2, 2, 3, 2).mean((1, 3)), switches_of(x)),
        ),
    ),
)


def draw_ceil(rng: Generator) -> Numbers:
    """Draw two input sizes and a pooling layer whose windows can begin in the padding after an input."""
    k, s, p = ((4, 3, 2), (5, 4, 2), (3, 4, 1), (4, 5, 2), (5, 6, 2), (6, 5, 3))[rng.integers(6)]
    return int(rng.integers(9, 50)), int(rng.integers(9, 50)), k, s, p


CEIL_MODE_SIZES = ByHand(
    name="ceil-mode-sizes",
    draw=draw_ceil,
    right=lambda i, j, k, s, p: tuple(pool_output_size(size, k, s, p, ceil_mode=True) for size in (i, j)),
    mistakes=(
        Mistake(
            "This rounds down. In ceil mode a rest too short for another step still makes a window.",
            lambda i, j, k, s, p: tuple(pool_output_size(size, k, s, p) for size in (i, j)),
        ),
        Mistake(
            "This rounds up without the second rule: a last window that would begin beyond the input, in the padding "
            "after it, is dropped.",
            lambda i, j, k, s, p: tuple(math.ceil((size + 2 * p - k) / s) + 1 for size in (i, j)),
        ),
        Mistake(
            "It looks as if the padding was left out.",
            lambda i, j, k, s, p: tuple(pool_output_size(size, k, s, 0, ceil_mode=True) for size in (i, j)),
        ),
        Mistake(
            "It looks as if the stride was taken to be the kernel size. That is the default; here a stride is given.",
            lambda i, j, k, s, p: tuple(pool_output_size(size, k, k, p, ceil_mode=True) for size in (i, j)),
        ),
    ),
)


# Put it back ---------------------------------------------------------------------------------------------------------


def draw_odd(rng: Generator) -> Numbers:
    """Draw four pooled values and their switches in a plane of 4 × 5."""
    values = rng.permutation(np.arange(2, 10))[:4].reshape(2, 2)
    rows, columns = 2 * np.indices((2, 2)) + rng.integers(0, 2, (2, 2, 2))
    return values, rows * 5 + columns


def corners(values: Array, width: int = 4) -> Array:
    """Return zeros with each value in the upper left cell of its window."""
    plane = np.zeros((4, width), values.dtype)
    plane[::2, :4:2] = values
    return plane


UNPOOL_BY_HAND = ByHand(
    name="unpool-by-hand",
    draw=draw_odd,
    right=lambda values, switches: max_unpool2d(values, switches, 2, output_size=(4, 5)),
    mistakes=(
        Mistake(
            "It looks as if output_size was left out: this is the smallest plane that fits, and at its width the "
            "switches name other cells.",
            lambda values, switches: max_unpool2d(values, switches % 16, 2),
        ),
        Mistake(
            "The plane has the right size, but the switches were read at width 4. At width 5 they name other cells.",
            lambda values, switches: np.pad(max_unpool2d(values, switches % 16, 2), ((0, 0), (0, 1))),
        ),
        Mistake(
            "It looks as if the switches were ignored: each value fills its window. That is copying; unpooling writes "
            "each value to one cell.",
            lambda values, switches: np.pad(interpolate(values, scale_factor=2), ((0, 0), (0, 1))),
        ),
        Mistake(
            "It looks as if the switches were ignored: each value stands in the upper left corner of its window.",
            lambda values, switches: corners(values, 5),
        ),
        Mistake(
            "These are the switches at their own places. Wanted are the values there.",
            lambda values, switches: max_unpool2d(switches, switches, 2, output_size=(4, 5)),
        ),
        Mistake(
            "It looks as if the cells were counted from 1. Switch 0 names the first cell.",
            lambda values, switches: max_unpool2d(values, switches - 1, 2, output_size=(4, 5)),
        ),
    ),
)


# Another plane with the same switches --------------------------------------------------------------------------------


def draw_pooled(rng: Generator) -> Numbers:
    """Draw four pooled values, large enough for others below them, and switches in a plane of 4 × 4."""
    values = rng.permutation(np.arange(4, 10))[:4].reshape(2, 2)
    rows, columns = 2 * np.indices((2, 2)) + rng.integers(0, 2, (2, 2, 2))
    return values, rows * 4 + columns


NOT_A_PLANE = "The answer should be 4 rows of 4 numbers."
ZEROS = "Unpooling leaves zeros, and here every cell should be larger than 0."
OTHER_VALUES = "Pooled, this gives other values."
OTHER_SWITCHES = (
    "Pooled, this gives the right values, and other switches. Where a window holds its largest value twice, the first "
    "in row order is the switch."
)
MISPLACED = "Each window holds its value, and not one stands where its switch points: are the cells counted from 0?"


def judge_plane(answer: object, values: Array, switches: Array) -> str | None:
    """Say what keeps an answer from being a plane of positive cells with these values and switches."""
    plane = as_numbers(answer)
    if plane is None or plane.shape != (4, 4) or not np.isfinite(plane).all():
        return NOT_A_PLANE
    if (plane <= 0).any():
        return ZEROS
    pooled, indices = max_pool2d(plane, 2, return_indices=True)
    if not np.array_equal(pooled, values):
        return OTHER_VALUES
    if np.array_equal(indices, switches):
        return None
    return OTHER_SWITCHES if np.array_equal(plane.ravel()[switches], values) else MISPLACED


def filled(values: Array, switches: Array) -> Array:
    """Return one plane of positive cells with these switches."""
    return np.maximum(max_unpool2d(values, switches, 2), 1)


PLANE_WITH_SWITCHES = Find(
    name="plane-with-switches",
    draw=draw_pooled,
    right=filled,
    judge=judge_plane,
    mistakes=(
        Mistake(ZEROS, lambda values, switches: max_unpool2d(values, switches, 2)),
        Mistake(OTHER_SWITCHES, lambda values, switches: interpolate(values, scale_factor=2)),
        Mistake(OTHER_VALUES, lambda values, switches: filled(values, switches) + 1),
        Mistake(
            MISPLACED,
            lambda values, switches: filled(values, switches).reshape(2, 2, 2, 2)[:, ::-1, :, ::-1].reshape(4, 4),
        ),
        Mistake(NOT_A_PLANE, lambda values, switches: values),
    ),
)

EXERCISES = (WHERE_A_SWITCH_LANDS, POOL_BY_HAND, CEIL_MODE_SIZES, UNPOOL_BY_HAND, PLANE_WITH_SWITCHES)
