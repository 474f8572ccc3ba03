"""Convolution: exercises whose answer is found with paper and pencil, from numbers of one's own."""

from __future__ import annotations

import math

import numpy as np

from lib.ops import conv2d, conv_input_sizes, conv_output_size
from lib.teach.exercise import ByHand, Mistake, Numbers

Generator = np.random.Generator


def turned(kernel: np.ndarray) -> np.ndarray:
    """Return a kernel turned by 180°."""
    return kernel[..., ::-1, ::-1]


# One output value ----------------------------------------------------------------------------------------------------


def draw_place(rng: Generator) -> Numbers:
    """Draw a 5 × 5 input, a 3 × 3 kernel, and an output cell off the diagonal and off the first row and column."""
    row, column = (1, 2) if rng.integers(2) else (2, 1)
    return rng.integers(-2, 4, (5, 5)), rng.integers(-2, 3, (3, 3)), row, column


ONE_VALUE = ByHand(
    name="one-output-value",
    draw=draw_place,
    right=lambda x, kernel, row, column: int(conv2d(x, kernel)[row, column]),
    mistakes=(
        Mistake(
            "It looks as if the kernel was turned by 180° before it was laid on the input. That is the convolution of "
            "mathematics; networks lay the kernel down as it is.",
            lambda x, kernel, row, column: int(conv2d(x, turned(kernel))[row, column]),
        ),
        Mistake(
            "This is the value of the window one row up and one column to the left. Rows and columns are counted from "
            "0, and the window of output (row, column) has its first cell there, not its middle.",
            lambda x, kernel, row, column: int(conv2d(x, kernel)[row - 1, column - 1]),
        ),
        Mistake(
            "It looks as if row and column were exchanged: the first number counts downwards, the second to the right.",
            lambda x, kernel, row, column: int(conv2d(x, kernel)[column, row]),
        ),
        Mistake(
            "This is the sum of the window. Each value is multiplied by the weight on top of it first.",
            lambda x, kernel, row, column: int(x[row : row + 3, column : column + 3].sum()),
        ),
        Mistake(
            "It looks as if the window was multiplied by the kernel with rows and columns exchanged.",
            lambda x, kernel, row, column: int(conv2d(x, kernel.T)[row, column]),
        ),
        Mistake(
            "This is the product of the window's middle with the kernel's middle. All nine products are added up.",
            lambda x, kernel, row, column: int(x[row + 1, column + 1] * kernel[1, 1]),
        ),
    ),
)


# Sizes ---------------------------------------------------------------------------------------------------------------


def draw_sizes(rng: Generator) -> Numbers:
    """Draw i, k, s, p, d with every part of the size formula at work."""
    bounds = ((40, 80), (3, 6), (2, 4), (2, 7), (3, 7))
    return tuple(int(rng.integers(*bound)) for bound in bounds)


OUTPUT_SIZE = ByHand(
    name="output-size",
    draw=draw_sizes,
    right=lambda i, k, s, p, d: conv_output_size(i, k, s, p, d),
    mistakes=(
        Mistake(
            "The floor is missing: a number of places is whole, and a rest too short for another step is left over.",
            lambda i, k, s, p, d: (i + 2 * p - d * (k - 1) - 1) / s + 1,
        ),
        Mistake(
            "This rounds up. A last window that sticks out of the padded input is not counted: round down.",
            lambda i, k, s, p, d: math.ceil((i + 2 * p - d * (k - 1) - 1) / s) + 1,
        ),
        Mistake("It looks as if the padding was left out.", lambda i, k, s, p, d: conv_output_size(i, k, s, 0, d)),
        Mistake(
            "It looks as if the padding was added once. It is added on each side, so it counts twice.",
            lambda i, k, s, p, d: (i + p - d * (k - 1) - 1) // s + 1,
        ),
        Mistake(
            "It looks as if the dilation was left out: k weights at distance d span d(k − 1) + 1 cells.",
            lambda i, k, s, p, d: conv_output_size(i, k, s, p, 1),
        ),
        Mistake(
            "It looks as if a dilated kernel was taken to span d·k cells. There are k − 1 gaps between k weights, so "
            "it spans d(k − 1) + 1.",
            lambda i, k, s, p, d: (i + 2 * p - d * k) // s + 1,
        ),
        Mistake("It looks as if the stride was left out.", lambda i, k, s, p, d: conv_output_size(i, k, 1, p, d)),
        Mistake(
            "One is missing: the first place is free, and each further one takes a step.",
            lambda i, k, s, p, d: conv_output_size(i, k, s, p, d) - 1,
        ),
    ),
)


def draw_backwards(rng: Generator) -> Numbers:
    """Draw o, k, s, p with more than two sizes to find."""
    bounds = ((6, 15), (3, 6), (3, 5), (1, 3))
    return tuple(int(rng.integers(*bound)) for bound in bounds)


def smallest_size(o: int, k: int, s: int, p: int) -> int:
    """Return the smallest input size."""
    return conv_input_sizes(o, k, s, p)[0]


INPUT_SIZES = ByHand(
    name="input-sizes",
    draw=draw_backwards,
    right=lambda o, k, s, p: list(conv_input_sizes(o, k, s, p)),
    mistakes=(
        Mistake(
            "This is the smallest one alone. The floor forgets the rest of a division by s, and there are s rests.",
            lambda o, k, s, p: [smallest_size(o, k, s, p)],
        ),
        Mistake(
            "This is the smallest one alone, as a number. The floor forgets the rest of a division by s, so there are "
            "more: return them all in a list.",
            smallest_size,
        ),
        Mistake(
            "One too many: with the last of these sizes another window fits.",
            lambda o, k, s, p: [smallest_size(o, k, s, p) + n for n in range(s + 1)],
        ),
        Mistake(
            "It looks as if the padding was added. Padding makes the input larger by itself, so a smaller one is "
            "enough: going backwards it is taken off.",
            lambda o, k, s, p: [smallest_size(o, k, s, p) + 4 * p + n for n in range(s)],
        ),
        Mistake(
            "It looks as if the padding was left out.",
            lambda o, k, s, p: list(conv_input_sizes(o, k, s, 0)),
        ),
    ),
)


# Where a pixel goes --------------------------------------------------------------------------------------------------


def draw_pixel(rng: Generator) -> Numbers:
    """Draw a kernel that is 1 in one cell and 0 elsewhere, and a pixel well inside a 9 × 9 input."""
    kernel = np.zeros((3, 3), int)
    kernel[tuple(rng.choice([0, 2], 2))] = 1
    x = np.zeros((9, 9), int)
    x[tuple(rng.integers(2, 7, 2))] = 1
    return x, kernel


def brightest(x: np.ndarray) -> tuple[int, int]:
    """Return the row and the column of the largest value."""
    row, column = np.unravel_index(int(np.argmax(x)), x.shape)
    return int(row), int(column)


def moved(x: np.ndarray, kernel: np.ndarray, **options: int) -> tuple[int, int]:
    """Return where the pixel is after a convolution."""
    return brightest(conv2d(x, kernel, **options))


WHERE_IT_GOES = ByHand(
    name="where-it-goes",
    draw=draw_pixel,
    right=lambda x, kernel: moved(x, kernel, padding=1),
    mistakes=(
        Mistake(
            "The pixel moves the other way. An output cell copies the input cell under the 1: if the 1 is to the right "
            "of the middle, the copy comes from the right, so the pixel moves to the left.",
            lambda x, kernel: moved(x, turned(kernel), padding=1),
        ),
        Mistake(
            "It looks as if the padding was left out: padding 1 moves every output one row down and one column to the "
            "right, and the size stays 9 × 9.",
            lambda x, kernel: moved(x, kernel),
        ),
        Mistake("The pixel does move: the 1 is not in the middle of the kernel.", lambda x, kernel: brightest(x)),
        Mistake(
            "It looks as if row and column were exchanged: the row comes first.",
            lambda x, kernel: moved(x, kernel, padding=1)[::-1],
        ),
    ),
)

EXERCISES = (ONE_VALUE, OUTPUT_SIZE, INPUT_SIZES, WHERE_IT_GOES)
