"""Upsampling: exercises to answer with numbers found by hand, then functions to write."""

from __future__ import annotations

import math

import numpy as np

from lib.ops import interpolate, interpolation_matrix, pixel_shuffle, psnr
from lib.teach.exercise import ByHand, Implement, Mistake, Numbers

Generator = np.random.Generator
Array = np.ndarray

# What the functions of this chapter are to be written without.
WITHHELD = ("interpolate", "interpolation_matrix", "pixel_shuffle", "psnr", "bilinear_", "matrix_of")


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


def neighbours(n: int, m: int, q: int, convention: str = "half-pixel") -> tuple[int, float, float]:
    """Return the left one of the two cells that output cell q is made from, and both weights."""
    weights = interpolation_matrix(n, m, "bilinear", convention)[q]
    return between(float(weights @ np.arange(n)))  # positions in the axis are what a ramp is interpolated to


def exchanged(n: int, m: int, q: int) -> tuple[int, float, float]:
    """Return the weights the other way round."""
    left, first, second = neighbours(n, m, q)
    return left, second, first


BILINEAR_WEIGHTS = ByHand(
    name="bilinear-weights",
    parts=("left", "its weight", "weight of the right"),
    draw=draw_axis,
    right=neighbours,
    tolerance=0.006,
    mistakes=(
        Mistake(
            "These are the neighbours and weights of align_corners=True. Without it the outer edges of both axes meet, "
            "not the centres of their outer cells.",
            lambda n, m, q: neighbours(n, m, q, "align-corners"),
        ),
        Mistake(
            "It looks as if both halves were left out. The centre of cell q lies half a cell behind its edge, on both "
            "axes.",
            lambda n, m, q: neighbours(n, m, q, "asymmetric"),
        ),
        Mistake(
            "It looks as if the second half was forgotten: in the axis of the input, too, centres lie half a cell "
            "behind edges.",
            lambda n, m, q: between((q + 0.5) * n / m),
        ),
        Mistake(
            "The neighbours are right, and their weights are exchanged: the nearer cell has the larger weight.",
            exchanged,
        ),
        Mistake(
            "It looks as if the scale was turned over: an output cell is n/m input cells wide.",
            lambda n, m, q: between((q + 0.5) * m / n - 0.5),
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
    """Return the places q n/m, moved by some part of a cell and rounded down."""
    return [min(n - 1, math.floor((q + half) * n / m + 0.5)) for q in range(m)]


WHICH_CELL = ByHand(
    name="which-cell-is-copied",
    parts=("nearest", "nearest-exact"),
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
            "It looks as if q · n/m was rounded to the nearest whole number. 'nearest' rounds it down.",
            lambda n, m: (rounded(n, m, 0), copied(n, m, "nearest-exact")),
        ),
        Mistake(
            "The first list is right. In the second, (q + 1/2) · n/m is rounded down, not to the nearest number: cell "
            "c reaches from c to c + 1.",
            lambda n, m: (copied(n, m, "nearest"), rounded(n, m, 0.5)),
        ),
        Mistake(
            "The cells are spread so that the first and the last are copied, as align_corners does. No nearest mode "
            "does that.",
            lambda n, m: ([round(q * (n - 1) / (m - 1)) for q in range(m)],) * 2,
        ),
    ),
)


# Bilinear, along one axis --------------------------------------------------------------------------------------------


def draw_line(rng: Generator) -> Numbers:
    """Draw a line without small values, a larger size, and whether the corners align."""
    line = rng.integers(20, 99, int(rng.integers(4, 8))).astype(float)
    return line, int(rng.integers(9, 15)), bool(rng.integers(2))


def resized(line: Array, size: int, align_corners: bool, mode: str = "bilinear") -> Array:
    """Return the line at another size."""
    corners = align_corners if mode == "bilinear" else None
    return interpolate(line[None], (1, size), mode=mode, align_corners=corners)[0]


def positions(line: Array, size: int, align_corners: bool) -> Array:
    """Return where the output cells lie, also beyond the ends."""
    q, n = np.arange(size), len(line)
    return q * (n - 1) / max(size - 1, 1) if align_corners else (q + 0.5) * n / size - 0.5


def with_zeros(line: Array, size: int, align_corners: bool) -> Array:
    """Take cells beyond the ends to be zero."""
    return np.interp(positions(line, size, align_corners), np.arange(-1, len(line) + 1), np.pad(line, 1))


def continued(line: Array, size: int, align_corners: bool) -> Array:
    """Continue the first and the last slope beyond the ends."""
    ends = 2 * line[0] - line[1], 2 * line[-1] - line[-2]
    longer = np.array([ends[0], *line, ends[1]])
    return np.interp(positions(line, size, align_corners), np.arange(-1, len(line) + 1), longer)


LINEAR = Implement(
    name="linear",
    withheld=WITHHELD,
    parts=("edges meet", "corners align"),
    part_of=lambda line, size, align_corners: "corners align" if align_corners else "edges meet",
    draw=draw_line,
    draws=4,
    examples=(
        (np.array([10.0, 20, 60, 40]), 8, False),
        (np.array([10.0, 20, 60, 40]), 10, True),
        (np.array([8.0, 2, 4, 6, 1]), 1, True),
    ),
    right=resized,
    mistakes=(
        Mistake(
            "It looks as if align_corners was mixed up: True and False have each other's positions.",
            lambda line, size, align_corners: resized(line, size, not align_corners),
        ),
        Mistake(
            "It looks as if align_corners was ignored: this is the answer for False, always.",
            lambda line, size, align_corners: resized(line, size, False),
        ),
        Mistake(
            "It looks as if align_corners was ignored: this is the answer for True, always.",
            lambda line, size, align_corners: resized(line, size, True),
        ),
        Mistake(
            "It looks as if cells beyond the ends were taken to be 0. The first and the last cell are repeated there.",
            with_zeros,
        ),
        Mistake(
            "Beyond the first and the last centre the line is continued with its slope. There the outermost cell is "
            "repeated.",
            continued,
        ),
        Mistake(
            "Without align_corners, the halves are missing: output cell q was placed at q · n/m.",
            lambda line, size, align_corners: (
                resized(line, size, True)
                if align_corners
                else interpolation_matrix(len(line), size, convention="asymmetric") @ line
            ),
        ),
        Mistake(
            "Every value was copied from one cell. Between two cells both count, by their distance.",
            lambda line, size, align_corners: resized(line, size, align_corners, "nearest-exact"),
        ),
    ),
)


# Start from bilinear -------------------------------------------------------------------------------------------------


def draw_start(rng: Generator) -> Numbers:
    """Draw a number of channels and an even factor."""
    return int(rng.integers(2, 4)), int(rng.choice([2, 4, 6]))


def tent(s: int, middle: float | None = None) -> Array:
    """Return the weights along one axis, with a middle of one's own."""
    k = 2 * s - s % 2
    return np.maximum(1 - abs(np.arange(k) - ((k - 1) / 2 if middle is None else middle)) / s, 0)


def weight_of(channels: int, line: Array, everywhere: bool = False) -> Array:
    """Return the weight of a layer, with the kernel on the diagonal or everywhere."""
    pairs = np.ones((channels, channels)) if everywhere else np.eye(channels)
    return pairs[:, :, None, None] * np.outer(line, line)


MENDED_START = Implement(
    name="mended-start",
    withheld=WITHHELD,
    draw=draw_start,
    examples=((1, 2), (3, 3), (2, 4)),
    right=lambda channels, s: weight_of(channels, tent(s)),
    mistakes=(
        Mistake(
            "Both faults are still there. Upsample an image with a single 1 in its first channel, and look at the "
            "second; then look whether the blot lies in the middle.",
            lambda channels, s: weight_of(channels, tent(s, s - 1), everywhere=True),
        ),
        Mistake(
            "The channels are right now. For even s the kernel has no weight in its middle: it lies between two.",
            lambda channels, s: weight_of(channels, tent(s, s - 1)),
        ),
        Mistake(
            "The kernel is right now. It stands between every pair of channels, so each output channel is the sum of "
            "all inputs.",
            lambda channels, s: weight_of(channels, tent(s), everywhere=True),
        ),
        Mistake(
            "The kernel is shifted by one pixel: its peak belongs between the weights s − 1 and s, counted from 0.",
            lambda channels, s: weight_of(channels, np.roll(tent(s), 1)),
        ),
        Mistake(
            "These weights sum to 1. Each output cell meets only every s-th weight along an axis, and those should sum "
            "to 1.",
            lambda channels, s: weight_of(channels, tent(s) / s),
        ),
        Mistake(
            "This is the weight for groups=channels. The layer here has one group, so its weight has the shape "
            "(in, out, kh, kw).",
            lambda channels, s: np.repeat(np.outer(tent(s), tent(s))[None, None], channels, 0),
        ),
    ),
)


# Pixel shuffle -------------------------------------------------------------------------------------------------------


def draw_channels(rng: Generator) -> Numbers:
    """Draw maps for two output channels."""
    r = int(rng.integers(2, 4))
    return rng.permutation(2 * r * r * 12).reshape(2 * r * r, 3, 4), r


def by_order(x: Array, r: int, axes: str) -> Array:
    """Lay channels out whose numbers are made of c (channel), i (row) and j (column) in some order."""
    channels, height, width = x.shape
    lengths = {"c": channels // r**2, "i": r, "j": r}
    parts = x.reshape(*(lengths[axis] for axis in axes), height, width)
    order = [axes.index("c"), 3, axes.index("i"), 4, axes.index("j")]
    return parts.transpose(order).reshape(-1, r * height, r * width)


def tiles(x: Array, r: int) -> Array:
    """Lay whole maps side by side."""
    channels, height, width = x.shape
    parts = x.reshape(channels // r**2, r, r, height, width)
    return parts.transpose(0, 1, 3, 2, 4).reshape(-1, r * height, r * width)


SHUFFLE = Implement(
    name="shuffle",
    withheld=WITHHELD,
    draw=draw_channels,
    examples=((np.arange(8).reshape(4, 1, 2), 2), (np.arange(72).reshape(18, 2, 2), 3)),
    right=lambda x, r: pixel_shuffle(x, r),
    mistakes=(
        Mistake(
            "It looks as if i and j were exchanged: channel i·r + j goes to row i and column j of each block.",
            lambda x, r: by_order(x, r, "cji"),
        ),
        Mistake(
            "The channels are taken in the order of TensorFlow's depth_to_space, where the output channel varies "
            "fastest. Here the r² maps of one output channel stand together.",
            lambda x, r: by_order(x, r, "ijc"),
        ),
        Mistake(
            "The maps lie side by side. Their pixels should be interleaved: one pixel from each map makes a block.",
            tiles,
        ),
        Mistake(
            "The numbers were only read in another shape. Before the last reshape the axes have to change their order.",
            lambda x, r: x.reshape(-1, r * x.shape[1], r * x.shape[2]),
        ),
    ),
)


# A measure -----------------------------------------------------------------------------------------------------------


def draw_pair(rng: Generator) -> Numbers:
    """Draw two images that differ more along their border."""
    image = rng.random((9, 11)).round(2)
    other = image + 0.05 * rng.standard_normal(image.shape).round(2)
    other[[0, -1]] += 0.3
    return other, image, int(rng.integers(1, 3))


def inside(border: int, *images: Array) -> list[Array]:
    """Return images without their borders."""
    return [image[border : image.shape[0] - border, border : image.shape[1] - border] for image in images]


def mean_square(image: Array, reference: Array, border: int) -> float:
    """Return the mean squared difference inside."""
    one, other = inside(border, image, reference)
    return float(((one - other) ** 2).mean())


PSNR_INSIDE = Implement(
    name="psnr-inside",
    withheld=WITHHELD,
    draw=draw_pair,
    examples=((np.full((3, 4), 0.6), np.full((3, 4), 0.5), 0), (np.eye(5) / 2, np.zeros((5, 5)), 1)),
    right=lambda image, reference, border: psnr(*inside(border, image, reference)),
    mistakes=(
        Mistake(
            "It looks as if the border was not left out.",
            lambda image, reference, border: psnr(image, reference),
        ),
        Mistake(
            "This is the mean squared difference. PSNR is 10 times the decimal logarithm of 1 divided by it.",
            mean_square,
        ),
        Mistake(
            "It looks as if the natural logarithm was taken. Decibels use the decimal one.",
            lambda *pair: -10 * float(np.log(mean_square(*pair))),
        ),
        Mistake(
            "This is twice the PSNR: 20 belongs to the root of the mean squared difference, 10 to itself.",
            lambda *pair: -20 * float(np.log10(mean_square(*pair))),
        ),
        Mistake(
            "The sign is wrong: a smaller difference gives more decibels.",
            lambda *pair: 10 * float(np.log10(mean_square(*pair))),
        ),
    ),
)

EXERCISES = (BILINEAR_WEIGHTS, BILINEAR_VALUE, WHICH_CELL, LINEAR, MENDED_START, SHUFFLE, PSNR_INSIDE)
