"""Transposed convolution: exercises whose answer is found with paper and pencil, from numbers of one's own."""

from __future__ import annotations

import numpy as np

from lib.ops import conv_output_size, conv_transpose2d, conv_transpose_output_size
from lib.teach.chapters.convolution_numbers import turned
from lib.teach.exercise import ByHand, Mistake, Numbers

Generator = np.random.Generator


# Sizes ---------------------------------------------------------------------------------------------------------------


def draw_sizes(rng: Generator) -> Numbers:
    """Draw i, k, s, p, op, d with every part of the size formula at work."""
    stride = int(rng.integers(3, 6))
    bounds = ((9, 20), (3, 6), (1, 4), (1, stride), (2, 5))
    i, k, p, op, d = (int(rng.integers(*bound)) for bound in bounds)
    return i, k, stride, p, op, d


SIZE_BACK = ByHand(
    name="transposed-size",
    draw=draw_sizes,
    right=lambda i, k, s, p, op, d: conv_transpose_output_size(i, k, s, p, op, d),
    mistakes=(
        Mistake(
            "It looks as if each of the i values was given a whole step. There are i − 1 steps between i stamps.",
            lambda i, k, s, p, op, d: conv_transpose_output_size(i + 1, k, s, p, op, d),
        ),
        Mistake(
            "It looks as if the padding was added. The padding of a transposed convolution is cut off.",
            lambda i, k, s, p, op, d: conv_transpose_output_size(i, k, s, 0, op, d) + 2 * p,
        ),
        Mistake(
            "It looks as if the padding was cut off on one side only. It counts twice.",
            lambda i, k, s, p, op, d: conv_transpose_output_size(i, k, s, p, op, d) + p,
        ),
        Mistake(
            "It looks as if the padding was left out.",
            lambda i, k, s, p, op, d: conv_transpose_output_size(i, k, s, 0, op, d),
        ),
        Mistake(
            "It looks as if the output padding was left out.",
            lambda i, k, s, p, op, d: conv_transpose_output_size(i, k, s, p, 0, d),
        ),
        Mistake(
            "It looks as if the output padding was added on both sides. It makes the output longer at its end only.",
            lambda i, k, s, p, op, d: conv_transpose_output_size(i, k, s, p, op, d) + op,
        ),
        Mistake(
            "It looks as if the dilation was left out: k weights at distance d span d(k − 1) + 1 cells.",
            lambda i, k, s, p, op, d: conv_transpose_output_size(i, k, s, p, op, 1),
        ),
        Mistake(
            "This is the size after a convolution. Here the size goes up.",
            lambda i, k, s, p, op, d: (i + 2 * p - d * (k - 1) - 1) // s + 1,
        ),
    ),
)


# One value of a sum of stamps ----------------------------------------------------------------------------------------


def draw_stamps(rng: Generator) -> Numbers:
    """Draw a 3 × 3 input, a 3 × 3 kernel, and an output cell of stride 2 under two stamps, off the diagonal."""
    row, column = ((2, 3), (3, 2), (2, 1), (1, 2), (4, 3), (3, 4))[rng.integers(6)]
    return rng.integers(1, 6, (3, 3)), rng.integers(-3, 5, (3, 3)), row, column


def stamp_value(x: np.ndarray, kernel: np.ndarray, row: int, column: int) -> int:
    """Return the output at a place."""
    return int(conv_transpose2d(x, kernel, stride=2)[row, column])


def one_stamp(x: np.ndarray, kernel: np.ndarray, row: int, column: int) -> int:
    """Return what the last stamp over a place writes there."""
    top, left = min(row // 2, 2), min(column // 2, 2)
    return int(x[top, left] * kernel[row - 2 * top, column - 2 * left])


STAMP_VALUE = ByHand(
    name="stamp-value",
    draw=draw_stamps,
    right=stamp_value,
    mistakes=(
        Mistake(
            "It looks as if the kernel was turned by 180° before it was stamped. A stamp is the kernel as it is; only "
            "the window over inserted zeros needs the turned one.",
            lambda x, kernel, row, column: stamp_value(x, turned(kernel), row, column),
        ),
        Mistake(
            "This is what one stamp writes there. At this place two stamps overlap, and what they write is added.",
            one_stamp,
        ),
        Mistake(
            "It looks as if the stamps lay one cell apart. With stride 2 they are two cells apart.",
            lambda x, kernel, row, column: int(conv_transpose2d(x, kernel)[row, column]),
        ),
        Mistake(
            "It looks as if row and column were exchanged: the first number counts downwards, the second to the right.",
            lambda x, kernel, row, column: stamp_value(x, kernel, column, row),
        ),
        Mistake(
            "This is the value one row down and one column to the right. Rows and columns are counted from 0.",
            lambda x, kernel, row, column: stamp_value(x, kernel, row + 1, column + 1),
        ),
    ),
)


# Which output_padding? -----------------------------------------------------------------------------------------------


def draw_round_trip(rng: Generator) -> Numbers:
    """Draw n, k, s, p of a convolution that leaves some cells over."""
    n, k, s, p = (int(rng.integers(*bound)) for bound in ((30, 70), (3, 8), (5, 9), (1, 4)))
    return n, k, s, p


def output_padding_back(n: int, k: int, s: int, p: int) -> int:
    """Return the output padding that leads back to n."""
    return n - conv_transpose_output_size(conv_output_size(n, k, s, p), k, s, p)


WHICH_OUTPUT_PADDING = ByHand(
    name="which-output-padding",
    draw=draw_round_trip,
    right=output_padding_back,
    mistakes=(
        Mistake(
            "Without output padding the way back ends before n: the last window of the convolution left cells over.",
            lambda n, k, s, p: 0,  # so no answer is 0, which a guess would find
        ),
        Mistake(
            "This is the remainder of n. The window does not begin at every s-th of n cells, but of n + 2p − k.",
            lambda n, k, s, p: n % s,
        ),
        Mistake(
            "It looks as if the padding was left out.",
            lambda n, k, s, p: (n - k) % s,
        ),
        Mistake(
            "It looks as if the padding was counted once. It is on both sides.",
            lambda n, k, s, p: (n + p - k) % s,
        ),
        Mistake(
            "These are the cells that are missing to the next window. Wanted are those left over after the last one.",
            lambda n, k, s, p: s - output_padding_back(n, k, s, p),
        ),
        Mistake(
            "This is the size of the way back without output padding. Wanted is what it falls short of n.",
            lambda n, k, s, p: n - output_padding_back(n, k, s, p),
        ),
    ),
)

EXERCISES = (SIZE_BACK, STAMP_VALUE, WHICH_OUTPUT_PADDING)
