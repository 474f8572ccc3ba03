"""Transposed convolution: exercises to answer with numbers found by hand, then functions to write."""

from __future__ import annotations

import numpy as np

from lib.ops import conv2d, conv_output_size, conv_transpose2d, conv_transpose_output_size, crop, pad
from lib.teach.chapters.convolution import turned
from lib.teach.exercise import ByHand, Implement, Mistake, Numbers

Generator = np.random.Generator

# What the functions of this chapter are to be written without.
WITHHELD = ("conv_transpose2d", "fold", "matrix_of")


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


# Stamp ---------------------------------------------------------------------------------------------------------------


def draw_scatter(rng: Generator) -> Numbers:
    """Draw an input and a kernel that are not square and leave cells in the padding, with an output padding."""
    x, kernel = rng.integers(1, 6, (3, 4)), rng.integers(1, 8, (4, 5))
    stride = int(rng.integers(2, 4))
    return x, kernel, stride, 1, int(rng.integers(1, stride))


def scattered(x: np.ndarray, kernel: np.ndarray, stride: int, padding: int, output_padding: int) -> np.ndarray:
    """Return the transposed convolution."""
    return conv_transpose2d(x, kernel, None, stride, padding, output_padding)


def zeros_for_output_padding(
    x: np.ndarray, kernel: np.ndarray, stride: int, padding: int, output_padding: int
) -> np.ndarray:
    """Append zeros instead of cropping less."""
    return pad(scattered(x, kernel, stride, padding, 0), (0, output_padding, 0, output_padding))


def overwritten(x: np.ndarray, kernel: np.ndarray, stride: int, padding: int, output_padding: int) -> np.ndarray:
    """Let a later stamp replace an earlier one."""
    full = np.zeros_like(conv_transpose2d(x, kernel, stride=stride))
    for row, column in np.ndindex(*x.shape):
        top, left = stride * row, stride * column
        full[top : top + kernel.shape[0], left : left + kernel.shape[1]] = x[row, column] * kernel
    wanted = scattered(x, kernel, stride, padding, output_padding).shape
    full = pad(full, (0, output_padding, 0, output_padding))
    return full[padding : padding + wanted[0], padding : padding + wanted[1]]


SCATTER = Implement(
    name="scatter",
    withheld=WITHHELD,
    draw=draw_scatter,
    examples=(
        (np.array([[1, 2], [3, 4]]), np.array([[1, 2, 3], [4, 5, 6], [7, 8, 9]]), 1, 0, 0),
        (np.array([[1, 2], [3, 4]]), np.array([[1, 2, 3], [4, 5, 6], [7, 8, 9]]), 2, 1, 1),
    ),
    right=scattered,
    mistakes=(
        Mistake(
            "It looks as if the kernel was turned by 180° before it was stamped. The stamp is the kernel as it is.",
            lambda x, kernel, *options: scattered(x, turned(kernel), *options),
        ),
        Mistake(
            "It looks as if a later stamp replaced an earlier one. Where stamps overlap their values are added.",
            overwritten,
        ),
        Mistake(
            "It looks as if the padding was ignored: that many cells are cut off on each side.",
            lambda x, kernel, stride, padding, output_padding: scattered(x, kernel, stride, 0, output_padding),
        ),
        Mistake(
            "It looks as if zeros were added for the padding. The padding of a transposed convolution is cut off.",
            lambda x, kernel, stride, padding, output_padding: pad(
                scattered(x, kernel, stride, 0, output_padding), (padding,) * 4
            ),
        ),
        Mistake(
            "It looks as if the padding was cut off above and on the left only. It is cut off on all four sides.",
            lambda x, kernel, stride, padding, output_padding: crop(
                scattered(x, kernel, stride, 0, output_padding), (padding, 0, padding, 0)
            ),
        ),
        Mistake(
            "It looks as if zeros were appended for the output padding. It cuts off less at the end, so what the "
            "stamps wrote there appears; zeros are left only where no stamp reaches.",
            zeros_for_output_padding,
        ),
        Mistake(
            "It looks as if the output padding was ignored.",
            lambda x, kernel, stride, padding, output_padding: scattered(x, kernel, stride, padding, 0),
        ),
        Mistake(
            "It looks as if the stride was ignored: the stamps lie one cell apart.",
            lambda x, kernel, stride, padding, output_padding: scattered(x, kernel, 1, padding, 0),
        ),
    ),
)


# Phases --------------------------------------------------------------------------------------------------------------


def draw_phase(rng: Generator) -> Numbers:
    """Draw an input, a kernel whose sides no stride divides, and a phase off the diagonal."""
    stride = int(rng.integers(2, 4))
    row, column = ((0, 1), (1, 0))[rng.integers(2)]
    return rng.integers(-4, 5, (4, 6)), rng.integers(1, 9, (5, 7)), stride, row, column


def phase(x: np.ndarray, kernel: np.ndarray, stride: int, row: int, column: int) -> np.ndarray:
    """Return every stride-th cell of the transposed convolution, from a place on."""
    return conv_transpose2d(x, kernel, stride=stride)[row::stride, column::stride]


PHASE = Implement(
    name="one-phase",
    withheld=WITHHELD,
    draw=draw_phase,
    examples=(
        (np.array([[1, 2], [3, 5]]), np.arange(1, 17).reshape(4, 4), 2, 0, 1),
        (np.array([[1, 2, 4]]), np.array([[1, 2, 3]]), 2, 0, 0),
    ),
    right=phase,
    mistakes=(
        Mistake(
            "It looks as if the part of the kernel was not turned. A stamp is written as it is, so a window that "
            "collects the same values meets them in the opposite order.",
            lambda x, kernel, stride, row, column: conv2d(
                pad(x, edges(kernel[row::stride, column::stride])), kernel[row::stride, column::stride]
            ),
        ),
        Mistake(
            "It looks as if row and column of the phase were exchanged.",
            lambda x, kernel, stride, row, column: phase(x, kernel, stride, column, row),
        ),
        Mistake(
            "The values are right, but those at the border are missing. Stamps stick out beyond the input, so a window "
            "that collects them needs zeros around it.",
            lambda x, kernel, stride, row, column: conv2d(x, turned(kernel[row::stride, column::stride])),
        ),
        Mistake(
            "It looks as if the whole kernel was used. An output cell of this phase meets every stride-th weight only.",
            lambda x, kernel, stride, row, column: conv_transpose2d(x, kernel),
        ),
        Mistake(
            "It looks as if each phase took the first weights of the kernel. The phase that begins at (row, column) "
            "takes those that begin there.",
            lambda x, kernel, stride, row, column: phase(x, kernel, stride, 0, 0),
        ),
    ),
)


def edges(part: np.ndarray) -> tuple[int, int, int, int]:
    """Return the zeros that let a window of this shape reach every cell from everywhere."""
    rows, columns = part.shape
    return columns - 1, columns - 1, rows - 1, rows - 1


# A layer with faults -------------------------------------------------------------------------------------------------


def draw_layer(rng: Generator) -> Numbers:
    """Draw an image of three channels and a weight (3, 3, k, k), which fits in either order."""
    return rng.integers(-4, 5, (3, 3, 4)), rng.integers(1, 9, (3, 3, 3, 3))


def layer(x: np.ndarray, weight: np.ndarray, unturned: bool = False, unswapped: bool = False) -> np.ndarray:
    """Return the layer by inserted zeros, as it should be or with a fault."""
    kernels = weight if unturned else turned(weight)
    return conv_transpose2d(x, turned(kernels.swapaxes(0, 1) if unswapped else kernels), stride=2)


MENDED_UP = Implement(
    name="mended-up",
    withheld=WITHHELD,
    draw=draw_layer,
    right=lambda x, weight: conv_transpose2d(x, weight, stride=2),
    mistakes=(
        Mistake(
            "Both faults are still there. Try it on a single 1 in channel 0, with a weight of shape (2, 3, 3, 3).",
            lambda x, weight: layer(x, weight, unturned=True, unswapped=True),
        ),
        Mistake(
            "The channels are right now. The kernel is still laid down as it is: where does a single 1 write its "
            "stamp?",
            lambda x, weight: layer(x, weight, unturned=True),
        ),
        Mistake(
            "The kernel is turned now. The channels are still mixed up: a transposed convolution's weight is "
            "(in, out, kh, kw), that of conv2d is (out, in, kh, kw).",
            lambda x, weight: layer(x, weight, unswapped=True),
        ),
        Mistake(
            "It looks as if only the first input channel was used.",
            lambda x, weight: conv_transpose2d(x[:1], weight[:1], stride=2),
        ),
    ),
)


# Overlap -------------------------------------------------------------------------------------------------------------


def draw_overlap(rng: Generator) -> Numbers:
    """Draw a number of stamps, their width and their distance."""
    return int(rng.integers(4, 8)), int(rng.integers(4, 8)), int(rng.integers(2, 4))


def overlap(number: int, kernel_size: int, stride: int) -> np.ndarray:
    """Return how many stamps lie on each cell."""
    return conv_transpose2d(np.ones((1, number), int), np.ones((1, kernel_size), int), stride=(1, stride))[0]


def without_borders(number: int, kernel_size: int, stride: int) -> np.ndarray:
    """Return the counts of the middle, repeated to the ends."""
    length = len(overlap(number, kernel_size, stride))
    many = overlap(number + 2 * kernel_size, kernel_size, stride)
    return many[stride * kernel_size : stride * kernel_size + length]


OVERLAP = Implement(
    name="overlap",
    draw=draw_overlap,
    examples=((3, 3, 2), (4, 4, 2), (3, 2, 3), (1, 3, 1)),
    right=overlap,
    mistakes=(
        Mistake(
            "The middle is right. At both ends fewer stamps overlap, since there is no stamp before the first and none "
            "after the last.",
            without_borders,
        ),
        Mistake(
            "This is the mean number of stamps on a cell of the middle, everywhere. Count them cell by cell.",
            lambda number, kernel_size, stride: np.full(
                len(overlap(number, kernel_size, stride)), kernel_size // stride
            ),
        ),
        Mistake(
            "It looks as if stride and kernel size were exchanged.",
            lambda number, kernel_size, stride: overlap(number, stride, kernel_size),
        ),
        Mistake(
            "It looks as if the stride was ignored: the stamps lie one cell apart.",
            lambda number, kernel_size, stride: overlap(number, kernel_size, 1),
        ),
    ),
)

EXERCISES = (SIZE_BACK, STAMP_VALUE, WHICH_OUTPUT_PADDING, SCATTER, PHASE, MENDED_UP, OVERLAP)
