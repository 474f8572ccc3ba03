"""Convolution: exercises to answer with numbers found by hand, then functions to write."""

from __future__ import annotations

import math

import numpy as np

from lib.ops import conv2d, conv_input_sizes, conv_output_size, matrix_of, pad
from lib.teach.exercise import ByHand, Implement, Mistake, Numbers

Generator = np.random.Generator

# What the functions of this chapter are to be written without.
WITHHELD = ("conv2d", "conv_transpose2d", "unfold", "fold", "matrix_of")


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
            "The floor is missing: places are whole numbers, and a remainder too short for a step is left over.",
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
            "This is the smallest one alone. The floor forgets the remainder of a division by s: there are s of them.",
            lambda o, k, s, p: [smallest_size(o, k, s, p)],
        ),
        Mistake(
            "This is the smallest one alone, as a number. The floor forgets the remainder of a division by s, so there "
            "are more: return them all in a list.",
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


# Slide a window ------------------------------------------------------------------------------------------------------


def draw_sliding(rng: Generator) -> Numbers:
    """Draw an input and a kernel that are not square, a stride of 2 or 3 and a padding of 1 or 2."""
    x, kernel = rng.integers(-4, 5, (8, 11)), rng.integers(-3, 4, (3, 4))
    return x, kernel, int(rng.integers(2, 4)), int(rng.integers(1, 3))


def slide_with_borrowed_values(x: np.ndarray, kernel: np.ndarray, stride: int, padding: int) -> np.ndarray:
    """Convolve with the border repeated instead of zeros."""
    return conv2d(np.pad(x, padding, mode="edge"), kernel, stride=stride)


def slide_without_steps(x: np.ndarray, kernel: np.ndarray, stride: int, padding: int) -> np.ndarray:
    """Make as many outputs as the stride asks for, from windows that move by one."""
    rows, columns = conv2d(x, kernel, stride=stride, padding=padding).shape
    return conv2d(x, kernel, padding=padding)[:rows, :columns]


SLIDE = Implement(
    name="slide",
    withheld=WITHHELD,
    parts=("plain", "with stride and padding"),
    part_of=lambda x, kernel, stride, padding: "with stride and padding" if stride > 1 or padding else "plain",
    draw=draw_sliding,
    examples=(
        (np.arange(16).reshape(4, 4), np.array([[1, 0, -2], [0, 3, 0], [2, 0, 0]]), 1, 0),
        (np.arange(30).reshape(5, 6) % 7, np.array([[1, 2], [0, -1]]), 2, 1),
    ),
    right=lambda x, kernel, stride, padding: conv2d(x, kernel, stride=stride, padding=padding),
    mistakes=(
        Mistake(
            "It looks as if the kernel was turned by 180°. Networks lay it on the window as it is.",
            lambda x, kernel, stride, padding: conv2d(x, turned(kernel), stride=stride, padding=padding),
        ),
        Mistake(
            "It looks as if the stride was ignored: the window moved by one cell each time.",
            lambda x, kernel, stride, padding: conv2d(x, kernel, padding=padding),
        ),
        Mistake(
            "The size obeys the stride, but the window still moves by one cell: output (i, j) belongs to the window "
            "that begins at (i·stride, j·stride).",
            slide_without_steps,
        ),
        Mistake(
            "It looks as if the padding was ignored.",
            lambda x, kernel, stride, padding: conv2d(x, kernel, stride=stride),
        ),
        Mistake(
            "It looks as if zeros were added on the left and at the top only. Padding goes on all four sides.",
            lambda x, kernel, stride, padding: conv2d(pad(x, (padding, 0, padding, 0)), kernel, stride=stride),
        ),
        Mistake(
            "It looks as if zeros were added on the right and at the bottom only. Padding goes on all four sides.",
            lambda x, kernel, stride, padding: conv2d(pad(x, (0, padding, 0, padding)), kernel, stride=stride),
        ),
        Mistake("The padding should be zeros; here the border was repeated.", slide_with_borrowed_values),
        Mistake(
            "It looks as if rows and columns were exchanged: the result is that of the right one, transposed.",
            lambda x, kernel, stride, padding: conv2d(x, kernel, stride=stride, padding=padding).T,
        ),
        Mistake(
            "These are sums of windows: the weights were left out.",
            lambda x, kernel, stride, padding: conv2d(x, np.ones_like(kernel), stride=stride, padding=padding),
        ),
    ),
)


# The convolution matrix ----------------------------------------------------------------------------------------------


def draw_matrix(rng: Generator) -> Numbers:
    """Draw a kernel without zeros and an input size that is not square."""
    return rng.integers(1, 9, (2, 3)), 5, 7, 2


def strided_matrix(kernel: np.ndarray, height: int, width: int, stride: int) -> np.ndarray:
    """Return the convolution matrix."""
    return matrix_of(conv2d, (height, width), kernel, stride=stride, dtype=int)


def sliding_rows(kernel: np.ndarray, height: int, width: int, stride: int) -> np.ndarray:
    """Move the row by the stride for each output, and forget that a window starts anew on the next line."""
    right = strided_matrix(kernel, height, width, stride)
    return np.array([np.roll(right[0], stride * place) for place in range(len(right))])


def column_order(kernel: np.ndarray, height: int, width: int, stride: int) -> np.ndarray:
    """Flatten the input column by column."""
    right = strided_matrix(kernel, height, width, stride)
    return right.reshape(-1, height, width).transpose(0, 2, 1).reshape(len(right), -1)


MATRIX = Implement(
    name="strided-matrix",
    withheld=WITHHELD,
    draw=draw_matrix,
    examples=((np.arange(1, 10).reshape(3, 3), 4, 4, 1), (np.array([[1, 2], [3, 4]]), 4, 6, 2)),
    right=strided_matrix,
    mistakes=(
        Mistake(
            "This is the transpose: the matrix has a row for each output value and a column for each input value.",
            lambda *numbers: strided_matrix(*numbers).T,
        ),
        Mistake(
            "It looks as if the kernel was turned by 180° before it was written into the rows.",
            lambda kernel, *sizes: strided_matrix(turned(kernel), *sizes),
        ),
        Mistake(
            "It looks as if the stride was ignored: there is a row for every place of the window.",
            lambda kernel, height, width, stride: strided_matrix(kernel, height, width, 1),
        ),
        Mistake(
            "Each row is the one before, moved by the stride. At the end of a line of windows the next one begins "
            "stride rows further down, which is a longer move.",
            sliding_rows,
        ),
        Mistake(
            "It looks as if the input was flattened column by column. x.ravel() goes row by row.",
            column_order,
        ),
    ),
)


# A layer with faults -------------------------------------------------------------------------------------------------


def draw_layer(rng: Generator) -> Numbers:
    """Draw an image of three channels of bytes, weights and biases of whole numbers."""
    return rng.integers(100, 256, (3, 6, 7), np.uint8), rng.integers(-2, 4, (4, 3, 3, 3)), rng.integers(1, 90, 4)


def wrapped(values: np.ndarray) -> np.ndarray:
    """Return numbers as a byte holds them."""
    return values.astype(np.uint8)


def biased_each_time(x: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """Add the bias once for each channel."""
    return conv2d(x, weight, len(x) * bias)


LAYER = Implement(
    name="mended-layer",
    withheld=WITHHELD,
    draw=draw_layer,
    right=lambda x, weight, bias: conv2d(x, weight, bias),
    mistakes=(
        Mistake(
            "Both faults are still there. Try it on one pixel of value 200 in each channel, with weights 1 and bias 0, "
            "then with weights 0 and bias 1.",
            lambda *layer: wrapped(biased_each_time(*layer)),
        ),
        Mistake(
            "The large sums are right now. The bias is added once for each channel; it belongs to the feature map.",
            biased_each_time,
        ),
        Mistake(
            "The bias is right now. Bytes end at 255 and then begin again at 0: what dtype has the result?",
            lambda *layer: wrapped(conv2d(*layer)),
        ),
        Mistake(
            "The bias is missing.",
            lambda x, weight, bias: conv2d(x, weight),
        ),
        Mistake(
            "It looks as if the channels met the weights in the opposite order: plane c of the input belongs to plane "
            "c of the kernel.",
            lambda x, weight, bias: conv2d(x[::-1], weight, bias),
        ),
        Mistake(
            "It looks as if only the first channel was used. A feature map is the sum over all of them.",
            lambda x, weight, bias: conv2d(x[:1], weight[:, :1], bias),
        ),
    ),
)

# Find a pattern ------------------------------------------------------------------------------------------------------


def draw_pattern(rng: Generator) -> Numbers:
    """Draw a picture with a bright corner and a patch cut out of its other half."""
    photo = rng.integers(0, 20, (16, 20))
    photo[:6, :6] += 60
    row, column = int(rng.integers(7, 12)), int(rng.integers(1, 14))
    return photo, photo[row : row + 4, column : column + 5].copy()


def least_different(photo: np.ndarray, patch: np.ndarray) -> tuple[int, int]:
    """Return the place whose sum of squared differences from the patch is least."""
    return brightest(2 * conv2d(photo, patch) - conv2d(photo**2, np.ones_like(patch)))


FIND_PATCH = Implement(
    name="find-patch",
    draw=draw_pattern,
    right=least_different,
    mistakes=(
        Mistake(
            "This is where the product with the patch is largest, and that is the bright corner: any kernel of "
            "positive weights answers it strongly. Compare differences, or take out what brightness adds.",
            lambda photo, patch: brightest(conv2d(photo, patch)),
        ),
        Mistake(
            "It looks as if the patch was turned by 180° before it was compared. conv2d does not turn its kernel.",
            lambda photo, patch: least_different(photo, turned(patch)),
        ),
        Mistake(
            "It looks as if row and column were exchanged: the row comes first.",
            lambda photo, patch: least_different(photo, patch)[::-1],
        ),
        Mistake(
            "This is the middle of the place. Wanted is its upper left cell.",
            lambda photo, patch: tuple(np.add(least_different(photo, patch), (2, 2)).tolist()),
        ),
    ),
)

EXERCISES = (ONE_VALUE, OUTPUT_SIZE, INPUT_SIZES, WHERE_IT_GOES, SLIDE, MATRIX, LAYER, FIND_PATCH)
