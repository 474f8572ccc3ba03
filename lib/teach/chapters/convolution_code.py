"""Convolution: exercises whose answer is a function to write."""

from __future__ import annotations

import numpy as np

from lib.ops import conv2d, matrix_of, pad
from lib.teach.chapters.convolution_numbers import brightest, turned
from lib.teach.exercise import Implement, Mistake, Numbers

Generator = np.random.Generator


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

EXERCISES = (SLIDE, MATRIX, LAYER, FIND_PATCH)
