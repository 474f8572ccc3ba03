"""Unpooling: exercises to answer with numbers found by hand, then functions to write."""

from __future__ import annotations

import math

import numpy as np

from lib.ops import interpolate, matrix_of, max_pool2d, max_unpool2d, pool_output_size
from lib.teach.comparing import as_numbers
from lib.teach.exercise import ByHand, Find, Implement, Mistake, Numbers

Generator = np.random.Generator
Array = np.ndarray

# What the functions of this chapter are to be written without.
WITHHELD = ("max_pool2d", "max_unpool2d", "unfold", "fold", "matrix_of")


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
    parts=("values", "switches"),
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
    parts=("i", "j"),
    draw=draw_ceil,
    right=lambda i, j, k, s, p: tuple(pool_output_size(size, k, s, p, ceil_mode=True) for size in (i, j)),
    mistakes=(
        Mistake(
            "This rounds down. In ceil mode a remainder too short for another step still makes a window.",
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
    parts=("values", "indices"),
    withheld=WITHHELD,
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
    withheld=WITHHELD,
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
            "a remainder of columns is counted by the switches too.",
            lambda indices, width, k: indices // (width // k * k) % k * k + indices % (width // k * k) % k,
        ),
    ),
)


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


def draw_pooled_plane(rng: Generator) -> Numbers:
    """Draw one pooled map and its switches."""
    values, indices, height, width = draw_maps(rng)
    return values[0], indices[0], height, width


UNPOOL = Implement(
    name="unpool",
    withheld=WITHHELD,
    draw=draw_pooled_plane,
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
    withheld=WITHHELD,
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
    withheld=WITHHELD,
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

EXERCISES = (
    WHERE_A_SWITCH_LANDS,
    POOL_BY_HAND,
    CEIL_MODE_SIZES,
    UNPOOL_BY_HAND,
    PLANE_WITH_SWITCHES,
    POOL,
    PLACES,
    UNPOOL,
    MENDED_UNPOOL,
    SEND_BACK,
)
