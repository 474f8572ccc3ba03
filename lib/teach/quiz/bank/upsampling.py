"""Questions on upsampling: interpolation, where pixels lie, fixed kernels, pixel shuffle, and measuring results."""

from __future__ import annotations

import math

import numpy as np

from lib.ops import (
    conv_transpose2d,
    interpolate,
    interpolation_matrix,
    matrix_of,
    pixel_shuffle,
    pixel_unshuffle,
    psnr,
)
from lib.teach.exercise import Mistake, Numbers
from lib.teach.quiz.question import Claim, Question, which_holds

Generator = np.random.Generator
Array = np.ndarray

# Interpolate ---------------------------------------------------------------------------------------------------------


def resized(x: Array, mode: str, factor: int = 2) -> Array:
    """Return a line at a multiple of its length."""
    return interpolate(x[None].astype(float), (1, factor * x.size), mode=mode)[0]


def with_zeros(x: Array) -> list[int]:
    """Return a line with a zero behind each value."""
    return np.stack([x, 0 * x], 1).ravel().tolist()


NEAREST_LINE = Question(
    name="nearest-line",
    page="interpolate",
    draw=lambda rng: (4 * rng.permutation(np.arange(1, 15))[:3],),
    text="The line x is brought to twice its length with `mode='nearest'`. What comes out?",
    choice=False,
    right=lambda x: resized(x, "nearest").astype(int).tolist(),
    why="Each value is copied to the two cells that lie in its place.",
    mistakes=(
        Mistake("That is insertion of zeros. Nearest copies.", with_zeros),
        Mistake("These values lie between two others. Nearest copies one.", lambda x: resized(x, "bilinear").tolist()),
        Mistake("The copies of a value stand side by side.", lambda x: np.tile(x, 2).tolist()),
        Mistake("The last value is copied as often as the others.", lambda x: np.repeat(x, 2)[:-1].tolist()),
    ),
)

BILINEAR_CELL = Question(
    name="bilinear-cell",
    page="interpolate",
    draw=lambda rng: (4 * int(rng.integers(1, 9)), 4 * int(rng.integers(10, 20))),
    text=(
        "Two neighbouring pixels hold {a} and {b}. The line is doubled with `mode='bilinear'`. Two output cells lie "
        "between their centres. What holds the one nearer to {a}?"
    ),
    choice=False,
    right=lambda a, b: float(resized(np.array([a, b]), "bilinear")[1]),
    why="It lies a quarter of the way from one centre to the other: 0.75·{a} + 0.25·{b}.",
    mistakes=(
        Mistake("That is the other one: the nearer pixel has the larger weight.", lambda a, b: 0.25 * a + 0.75 * b),
        Mistake("That is the middle. Neither of the two cells lies there.", lambda a, b: (a + b) / 2),
        Mistake("That is a copy of the nearer pixel, as nearest makes it.", lambda a, b: a),
        Mistake(
            "That is the value for `align_corners=True`, where three equal steps lead from centre to centre.",
            lambda a, b: (2 * a + b) / 3,
        ),
    ),
)


def overshoots(mode: str) -> bool:
    """Say whether an edge from 0 to 1 gets values beyond both."""
    edge = resized(np.array([0, 0, 0, 1, 1, 1]), mode, 4)
    return bool(edge.max() > 1.001)


OVERSHOOT = which_holds(
    name="overshoot",
    page="interpolate",
    text="An edge from 0 to 1 is enlarged. Which mode makes values above 1?",
    why="Its kernel has negative weights, so a result can lie outside of the values it is made from.",
    claims=(
        Claim("`bicubic`", lambda: overshoots("bicubic")),
        Claim(
            "`bilinear`",
            lambda: overshoots("bilinear"),
            "Its weights are positive and sum to 1: the result is a mean, and lies between its values.",
        ),
        Claim("`nearest`", lambda: overshoots("nearest"), "It copies, and makes no value that was not there."),
        Claim(
            "`nearest-exact`",
            lambda: overshoots("nearest-exact"),
            "It chooses another cell than `nearest` at times, and copies it.",
        ),
    ),
)

CUBIC_MIDDLE = Question(
    name="cubic-middle",
    page="interpolate",
    draw=lambda rng: (8 * int(rng.integers(1, 9)),),
    text=(
        "One pixel of a line is {v}, all others are 0. With cubic interpolation and a = −0.75, as in PyTorch, which "
        "value lies half-way between this pixel and the next?"
    ),
    choice=False,
    tolerance=0.006,
    right=lambda v: v * float(interpolation_matrix(9, 17, "bicubic", "align-corners", cubic_a=-0.75)[9, 4]),
    why="The kernel at ½ is (a + 2)/8 − (a + 3)/4 + 1 = 0.59375: times {v}.",
    mistakes=(
        Mistake("That is bilinear interpolation.", lambda v: v / 2),
        Mistake("That is a = −0.5, which Pillow takes.", lambda v: 0.5625 * v),
        Mistake("That is the next place, one and a half pixels away.", lambda v: -0.09375 * v),
        Mistake("That is the pixel itself. Half-way its weight is smaller.", lambda v: v),
    ),
)

BLOCK = np.arange(16.0).reshape(4, 4) ** 2


def adjoint_of_doubling() -> Array:
    """Return the transpose of nearest doubling, applied to a plane."""
    matrix = matrix_of(lambda x: interpolate(x, scale_factor=2), (2, 2))
    return (matrix.T @ BLOCK.ravel()).reshape(2, 2)


def blocks() -> Array:
    """Return the plane as blocks of 2 × 2."""
    return BLOCK.reshape(2, 2, 2, 2)


ADJOINT_OF_COPYING = which_holds(
    name="adjoint-of-copying",
    page="interpolate",
    text="Nearest doubling is a matrix. What does its transpose do?",
    why="Whatever a value was copied to flows back to it and is added up.",
    claims=(
        Claim("It adds up each block of 2 × 2.", lambda: np.array_equal(adjoint_of_doubling(), blocks().sum((1, 3)))),
        Claim(
            "It averages each block of 2 × 2.",
            lambda: np.array_equal(adjoint_of_doubling(), blocks().mean((1, 3))),
            "The entries of the matrix are ones, and so are those of its transpose: nothing is divided by 4.",
        ),
        Claim(
            "It keeps the upper left of each block.",
            lambda: np.array_equal(adjoint_of_doubling(), BLOCK[::2, ::2]),
            "All four copies belong to the value; none is left out.",
        ),
        Claim(
            "It keeps the largest of each block.",
            lambda: np.array_equal(adjoint_of_doubling(), blocks().max((1, 3))),
            "A matrix does not choose by value.",
        ),
    ),
)

# Where is a pixel ----------------------------------------------------------------------------------------------------


def position(n: int, m: int, q: int, convention: str = "half-pixel") -> float:
    """Return where an output cell lies among the input's: a ramp is interpolated to its position."""
    return float(interpolation_matrix(n, m, "bilinear", convention)[q] @ np.arange(n))


def draw_axis(rng: Generator) -> Numbers:
    """Draw an axis that grows, and an output cell away from the ends."""
    n = int(rng.integers(5, 9))
    m = 2 * n + 2 * int(rng.integers(0, 4))
    return n, m, int(rng.integers(3, m - 3))


PLACE_OF_A_CELL = Question(
    name="place-of-a-cell",
    page="where-is-a-pixel",
    draw=draw_axis,
    text=(
        "{n} cells are resized to {m}, with half-pixel centres (`align_corners=False`). At which position of the "
        "input, where cell 0 has its centre at 0, lies the centre of output cell {q}? Two decimals are enough."
    ),
    choice=False,
    tolerance=0.006,
    right=position,
    why="({q} + ½) · {n}/{m} − ½.",
    mistakes=(
        Mistake("Both halves are missing: centres lie half a cell behind edges.", lambda n, m, q: q * n / m),
        Mistake("The second half is missing: input cells have centres, too.", lambda n, m, q: (q + 0.5) * n / m),
        Mistake("That is `align_corners=True`.", lambda n, m, q: q * (n - 1) / (m - 1)),
        Mistake(
            "The scale is turned over: an output cell is n/m input cells wide.", lambda n, m, q: (q + 0.5) * m / n - 0.5
        ),
    ),
)

STEP_WITH_CORNERS = Question(
    name="step-with-corners",
    page="where-is-a-pixel",
    draw=lambda rng: (int(rng.integers(4, 9)), int(rng.integers(10, 20))),
    text=(
        "{n} cells are resized to {m} with `align_corners=True`. How far apart are neighbouring output cells, in "
        "input cells? Three decimals are enough."
    ),
    choice=False,
    tolerance=0.0006,
    right=lambda n, m: position(n, m, 1, "align-corners") - position(n, m, 0, "align-corners"),
    why="The outer centres meet, so {steps} steps span {cells} cells.",
    worked=lambda n, m: {"steps": m - 1, "cells": n - 1},
    mistakes=(
        Mistake("That is the step with half-pixel centres, where the edges meet.", lambda n, m: n / m),
        Mistake("It is turned over: when an image grows, its cells become smaller.", lambda n, m: (m - 1) / (n - 1)),
        Mistake("Between m cells there are m − 1 steps.", lambda n, m: (n - 1) / m),
        Mistake("From the first centre to the last, n cells span n − 1 steps.", lambda n, m: n / (m - 1)),
    ),
)

UNTOUCHED = Question(
    name="untouched-without-antialias",
    page="where-is-a-pixel",
    draw=lambda rng: (int(rng.integers(3, 9)), int(rng.choice([4, 6, 8]))),
    text=(
        "A line of {n} pixels is shrunk to {m} with `mode='bilinear'`, without antialiasing. How many of its "
        "pixels have no influence on the result?"
    ),
    right=lambda m, f: int((interpolation_matrix(m * f, m, "bilinear") == 0).all(0).sum()),
    why="Each of the {m} results is made from two pixels; {n} − 2·{m} are left out.",
    worked=lambda m, f: {"n": m * f},
    mistakes=(
        Mistake("That is so with antialiasing, which widens the kernel to the step.", lambda m, f: 0),
        Mistake("Each result is made from two pixels, not from one.", lambda m, f: m * f - m),
        Mistake("So many are used.", lambda m, f: 2 * m),
        Mistake("Not every second: two of each step are used, whatever its length.", lambda m, f: m * f // 2),
    ),
)


def copied(n: int, m: int, mode: str) -> list[int]:
    """Return which cell each output cell copies."""
    return interpolate(np.arange(n)[None], (1, m), mode=mode)[0].tolist()


NEAREST_SHRINKS = Question(
    name="nearest-shrinks",
    page="where-is-a-pixel",
    draw=lambda rng: (2 * int(rng.integers(2, 4)) * 3, 3),
    text="{n} cells are shrunk to {m} with `mode='nearest'`. Which cells are copied, counted from 0?",
    right=lambda n, m: copied(n, m, "nearest"),
    why="Output cell q copies the cell in which it begins, ⌊q · {n}/{m}⌋.",
    mistakes=(
        Mistake(
            "That is `nearest-exact`, which copies where the centre lies.", lambda n, m: copied(n, m, "nearest-exact")
        ),
        Mistake(
            "No nearest mode spreads them so that the first and the last are copied.",
            lambda n, m: [round(q * (n - 1) / (m - 1)) for q in range(m)],
        ),
        Mistake("Those are the last cells of each step.", lambda n, m: [(q + 1) * n // m - 1 for q in range(m)]),
        Mistake("It looks as if the cells were counted from 1.", lambda n, m: [c + 1 for c in copied(n, m, "nearest")]),
    ),
)

# A fixed transposed convolution --------------------------------------------------------------------------------------

TENT = np.array([0.25, 0.75, 0.75, 0.25])


def bilinear_layer(value: float) -> Array:
    """Return a flat image through the transposed convolution that doubles bilinearly."""
    return conv_transpose2d(np.full((4, 4), value), np.outer(TENT, TENT), stride=2, padding=1)


DARK_CORNER = Question(
    name="dark-corner",
    page="a-fixed-transposed-convolution",
    draw=lambda rng: (16 * int(rng.integers(1, 13)),),
    text=(
        "An image is {v} everywhere. A transposed convolution with the bilinear kernel of 4 × 4, stride 2, padding 1, "
        "doubles it. What does a corner pixel of the result hold?"
    ),
    right=lambda v: float(bilinear_layer(v)[0, 0]),
    why="Along each axis a stamp is missing at the border: 0.75 · 0.75 · {v}.",
    mistakes=(
        Mistake("So it is inside. At the border stamps are missing.", lambda v: float(bilinear_layer(v)[3, 3])),
        Mistake("So it is along an edge. In a corner both axes lose.", lambda v: float(bilinear_layer(v)[0, 3])),
        Mistake("That is one stamp of the four weights of 0.25.", lambda v: v / 16),
        Mistake("Interpolation repeats the border; a transposed convolution has zeros there.", lambda v: v / 2),
    ),
)


def least_kernel(s: int) -> int:
    """Return the length of the tent for a factor, from the matrix that interpolates: what one cell reaches."""
    return int(np.count_nonzero(interpolation_matrix(9, 9 * s)[:, 4]))


BILINEAR_KERNEL_SIZE = Question(
    name="bilinear-kernel-size",
    page="a-fixed-transposed-convolution",
    draw=lambda rng: (int(rng.integers(2, 9)),),
    text="Bilinear upsampling by {s} as a transposed convolution: how many cells wide is its kernel?",
    right=least_kernel,
    why="A value reaches less than {s} cells to each side: 2·{s}, or one less where {s} is odd.",
    mistakes=(
        Mistake("Kernels of neighbours have to overlap, or nothing is blended.", lambda s: s),
        Mistake("Then the outermost weights are 0.", lambda s: 2 * s - s % 2 + 2),
        Mistake(
            "That is one neighbour on one side. A value reaches to both sides.", lambda s: s + 1 if s > 2 else None
        ),
        Mistake("That is an area. Asked is the width.", lambda s: s * s),
    ),
)

SHUFFLE_CHANNELS = Question(
    name="shuffle-channels",
    page="a-fixed-transposed-convolution",
    draw=lambda rng: (int(rng.integers(2, 7)), int(rng.integers(3, 6))),
    text="`pixel_shuffle` with factor {r} is to make {c} channels. How many channels has its input?",
    right=lambda c, r: len(pixel_unshuffle(np.zeros((c, r, r)), r)),
    why="Each output channel needs {r}² = {maps} maps, one for each place in a block.",
    worked=lambda c, r: {"maps": r * r},
    mistakes=(
        Mistake("A block has r rows and r columns.", lambda c, r: c * r),
        Mistake("That is enough for one output channel.", lambda c, r: r * r),
        Mistake("The factor counts along both axes; it is not added.", lambda c, r: c + r * r),
        Mistake("`pixel_shuffle` makes channels fewer and the image larger.", lambda c, r: c),
    ),
)


def filling(r: int, i: int, j: int) -> int:
    """Return which channel fills a place of each block."""
    return int(pixel_shuffle(np.arange(r * r).reshape(r * r, 1, 1), r)[0, i, j])


def draw_place(rng: Generator) -> Numbers:
    """Draw a factor and a place in a block, off the diagonal."""
    r = int(rng.integers(3, 6))
    i, j = rng.permutation(np.arange(r))[:2]
    return r, int(i), int(j)


SHUFFLE_PLACE = Question(
    name="shuffle-place",
    page="a-fixed-transposed-convolution",
    draw=draw_place,
    text=(
        "`pixel_shuffle` with factor {r} makes one channel of {channels}. Which of them, counted from 0, fills "
        "row {i}, column {j} of each block?"
    ),
    right=filling,
    why="Channels fill a block row by row: {i}·{r} + {j}.",
    worked=lambda r, i, j: {"channels": r * r},
    mistakes=(
        Mistake("Row and column are exchanged.", lambda r, i, j: filling(r, j, i)),
        Mistake("It looks as if channels were counted from 1.", lambda r, i, j: filling(r, i, j) + 1),
        Mistake("The rows above are full: each takes r channels.", lambda r, i, j: i + j),
    ),
)

EQUAL_DIFFERENCE = Question(
    name="psnr-of-a-difference",
    page="interpolate",
    draw=lambda rng: (float(rng.choice([0.01, 0.02, 0.05, 0.1, 0.2])),),
    text=(
        "Every pixel of an image differs by {d:g} from its reference; the range is 1. What is the PSNR in dB? One "
        "decimal is enough."
    ),
    choice=False,
    tolerance=0.06,
    right=lambda d: psnr(np.full((4, 4), 0.5 + d), np.full((4, 4), 0.5)),
    why="The mean squared difference is {square:g}, and PSNR is −10 · log₁₀ of it.",
    worked=lambda d: {"square": d * d},
    mistakes=(
        Mistake(
            "The difference has to be squared before 10 times its logarithm is taken.", lambda d: -10 * math.log10(d)
        ),
        Mistake("Decibels use the decimal logarithm.", lambda d: -20 * math.log(d)),
        Mistake("The sign is wrong: a smaller difference gives more decibels.", lambda d: 20 * math.log10(d)),
        Mistake("That is the mean squared difference.", lambda d: d * d),
    ),
)

QUESTIONS = (
    NEAREST_LINE,
    BILINEAR_CELL,
    OVERSHOOT,
    CUBIC_MIDDLE,
    ADJOINT_OF_COPYING,
    EQUAL_DIFFERENCE,
    PLACE_OF_A_CELL,
    STEP_WITH_CORNERS,
    UNTOUCHED,
    NEAREST_SHRINKS,
    DARK_CORNER,
    BILINEAR_KERNEL_SIZE,
    SHUFFLE_CHANNELS,
    SHUFFLE_PLACE,
)
