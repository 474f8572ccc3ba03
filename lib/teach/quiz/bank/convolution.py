"""Questions on convolution: how a window slides, what size comes out, and the matrix behind it."""

from __future__ import annotations

import math

import numpy as np

from lib.learn import Conv2d
from lib.ops import conv2d, conv_input_sizes, conv_output_size, matrix_of, pad, receptive_field
from lib.teach.exercise import Mistake, Numbers
from lib.teach.quiz.question import Claim, Question, which_holds

Generator = np.random.Generator
Array = np.ndarray


def turned(kernel: Array) -> Array:
    """Return a kernel turned by 180°."""
    return kernel[::-1, ::-1]


# Slide a window ------------------------------------------------------------------------------------------------------


def draw_window(rng: Generator) -> Numbers:
    """Draw a window and a kernel with a few zeros."""
    return rng.integers(0, 6, (3, 3)), rng.integers(-2, 3, (3, 3))


WINDOW_VALUE = Question(
    name="window-value",
    page="slide-a-window",
    draw=draw_window,
    text="The kernel lies on this window x of the input. Which output value does it make there?",
    choice=False,
    right=lambda x, kernel: int(conv2d(x, kernel)[0, 0]),
    why="Each value is multiplied by the weight on top of it, and the nine products are added up.",
    mistakes=(
        Mistake(
            "It looks as if the kernel was turned by 180° first. Networks lay it down as it is.",
            lambda x, kernel: int(conv2d(x, turned(kernel))[0, 0]),
        ),
        Mistake(
            "It looks as if rows and columns of the kernel were exchanged.",
            lambda x, kernel: int(conv2d(x, kernel.T)[0, 0]),
        ),
        Mistake("This is the sum of the window. The weights are missing.", lambda x, kernel: int(x.sum())),
        Mistake(
            "This is the product of the two middles. All nine products are added up.",
            lambda x, kernel: int(x[1, 1] * kernel[1, 1]),
        ),
        Mistake(
            "This is the product of two sums. Multiply cell by cell first, then add up.",
            lambda x, kernel: int(x.sum() * kernel.sum()),
        ),
    ),
)


PATCH = np.array([[1, 2, 0], [0, 3, 1], [4, 0, 2]])
UNEVEN = np.array([[1, 2, 3], [4, 5, 6], [7, 8, 10]])

KERNEL_AS_IT_IS = which_holds(
    name="kernel-as-it-is",
    page="slide-a-window",
    text="What does `conv2d` do with its kernel before it multiplies?",
    why="Mathematics calls this cross-correlation. A network learns its weights, so either way would do.",
    claims=(
        Claim(
            "Nothing: it lies on the window as it is.", lambda: conv2d(PATCH, UNEVEN)[0, 0] == (PATCH * UNEVEN).sum()
        ),
        Claim(
            "It is turned by 180°.",
            lambda: conv2d(PATCH, UNEVEN)[0, 0] == (PATCH * turned(UNEVEN)).sum(),
            "That is the convolution of mathematics. What networks call convolution leaves the kernel as it is.",
        ),
        Claim(
            "Its rows and columns are exchanged.",
            lambda: conv2d(PATCH, UNEVEN)[0, 0] == (PATCH * UNEVEN.T).sum(),
            "Row lies on row: nothing is transposed. The transpose in the name of the transposed convolution is that "
            "of the matrix.",
        ),
        Claim(
            "Its weights are divided by their sum.",
            lambda: conv2d(PATCH, UNEVEN)[0, 0] == (PATCH * UNEVEN).sum() / UNEVEN.sum(),
            "Only a kernel that is made to average has weights of sum 1. conv2d divides by nothing.",
        ),
    ),
)


WAYS = {
    (0, 1): "One cell to the right.",
    (0, -1): "One cell to the left.",
    (1, 0): "One cell downwards.",
    (-1, 0): "One cell upwards.",
}
NOWHERE = "Nowhere."


def draw_one_weight(rng: Generator) -> Numbers:
    """Draw a kernel with one weight beside its middle."""
    kernel = np.zeros((3, 3), int)
    kernel[((1, 2), (1, 0), (2, 1), (0, 1))[rng.integers(4)]] = 1
    return (kernel,)


def way(kernel: Array) -> str:
    """Say where a pixel goes."""
    x = np.zeros((5, 5), int)
    x[2, 2] = 1
    row, column = np.argwhere(conv2d(x, kernel, padding=1))[0] - 2
    return WAYS[int(row), int(column)]


WHERE_A_PIXEL_GOES = Question(
    name="where-a-pixel-goes",
    page="slide-a-window",
    draw=draw_one_weight,
    text="An image is convolved with this kernel, stride 1, padding 1. Where does the picture move?",
    right=way,
    answers=(*WAYS.values(), NOWHERE),
    why=(
        "Each output cell copies the input cell under the 1. What lies on one side of a cell is copied into it, so the "
        "picture moves to the other side."
    ),
    mistakes=(
        Mistake(
            "It moves the other way. The output copies what lies under the 1, so the picture comes from there.",
            lambda kernel: way(turned(kernel)),
        ),
        Mistake("It does move: the 1 is not in the middle of the kernel.", lambda kernel: NOWHERE),
        Mistake(
            "It looks as if rows and columns were exchanged: the first index counts downwards.",
            lambda kernel: way(kernel.T),
        ),
        Mistake(
            "Rows and columns are exchanged, and the way is turned over as well.", lambda kernel: way(turned(kernel.T))
        ),
    ),
)


STRIDE_SKIPS = which_holds(
    name="stride-skips",
    page="slide-a-window",
    text="How are the values of a convolution with stride 2 related to those with stride 1?",
    why="The window is the same at each place; a stride only leaves places out.",
    claims=(
        Claim(
            "They are every second value of every second row.",
            lambda: np.array_equal(conv2d(RAMP, SMALL, stride=2), conv2d(RAMP, SMALL)[::2, ::2]),
        ),
        Claim(
            "They are means of 2 × 2 neighbours.",
            lambda: np.allclose(conv2d(RAMP, SMALL, stride=2), blocks(conv2d(RAMP, SMALL)).mean((1, 3))),
            "Nothing is averaged: places in between are left out. Averaging would be a pooling layer after it.",
        ),
        Claim(
            "They are the largest of 2 × 2 neighbours.",
            lambda: np.allclose(conv2d(RAMP, SMALL, stride=2), blocks(conv2d(RAMP, SMALL)).max((1, 3))),
            "That is max pooling after the convolution. A stride chooses places, whatever their values.",
        ),
        Claim(
            "They are those of the input with every second pixel left out.",
            lambda: np.array_equal(conv2d(RAMP, SMALL, stride=2), conv2d(RAMP[::2, ::2], SMALL)[:2, :2]),
            "Outputs are left out, not inputs: each window still covers neighbouring pixels.",
        ),
    ),
)

RAMP = np.arange(25).reshape(5, 5) ** 2
SMALL = np.array([[1, 2], [0, 3]])


def blocks(x: Array) -> Array:
    """Return a plane as rows of 2 × 2 blocks."""
    return x.reshape(x.shape[0] // 2, 2, x.shape[1] // 2, 2)


def draw_layer(rng: Generator) -> Numbers:
    """Draw channels before and after, and a kernel size."""
    return int(rng.integers(2, 9)), int(rng.integers(2, 9)), int(rng.choice([3, 5]))


LAYER_WEIGHTS = Question(
    name="layer-weights",
    page="slide-a-window",
    draw=draw_layer,
    text=(
        "A convolution layer with bias takes {c} channels to {f} feature maps, with kernels of {k} × {k}. How many "
        "numbers does it learn?"
    ),
    choice=False,
    right=lambda c, f, k: Conv2d(c, f, k).parameter_count,
    why="Each of the {f} maps has {c} kernels of {weights} weights and one bias: {f} · ({c}·{weights} + 1).",
    worked=lambda c, f, k: {"weights": k * k},
    mistakes=(
        Mistake("The biases are missing: one for each feature map.", lambda c, f, k: c * f * k * k),
        Mistake(
            "It looks as if each feature map had one kernel. It has one for each input channel.",
            lambda c, f, k: f * (k * k + 1),
        ),
        Mistake(
            "It looks as if a kernel was counted by its side: k × k weights, not k.", lambda c, f, k: f * (c * k + 1)
        ),
        Mistake("A bias belongs to a feature map, not to each of its kernels.", lambda c, f, k: c * f * (k * k + 1)),
    ),
)

# Predict the size ----------------------------------------------------------------------------------------------------

OUTPUT_SIZE = Question(
    name="output-size",
    page="predict-the-size",
    draw=lambda rng: (int(rng.integers(20, 60)), int(rng.choice([3, 5, 7])), int(rng.integers(2, 5))),
    text=(
        "An input has {i} cells along one axis. A kernel of {k} slides over it with stride {s}, without padding. "
        "How many cells has the output along this axis?"
    ),
    choice=False,
    right=lambda i, k, s: conv_output_size(i, k, s),
    why=(
        "The window can move {i} − {k} = {free} cells. Steps of {s} fit ⌊{free}/{s}⌋ = {steps} times, and "
        "the first place needs no step."
    ),
    worked=lambda i, k, s: {"free": i - k, "steps": (i - k) // s},
    mistakes=(
        Mistake(
            "One is missing: the first place is free, and each further one takes a step.", lambda i, k, s: (i - k) // s
        ),
        Mistake(
            "The floor is missing: a remainder too short for another step is left over.",
            lambda i, k, s: (i - k) / s + 1,
        ),
        Mistake(
            "This rounds up. A last window that sticks out of the input is not counted.",
            lambda i, k, s: math.ceil((i - k) / s) + 1,
        ),
        Mistake("It looks as if the stride was left out.", lambda i, k, s: conv_output_size(i, k)),
        Mistake("It looks as if only the stride was counted. The window has to fit, too.", lambda i, k, s: i // s),
    ),
)

PADDING_ON_BOTH_SIDES = Question(
    name="padding-on-both-sides",
    page="predict-the-size",
    draw=lambda rng: (int(rng.integers(24, 40)), int(rng.choice([3, 5])), int(rng.integers(2, 4))),
    text=(
        "An input of {i} cells is padded with `padding={p}` and convolved with a kernel of {k}, stride 1. "
        "How many cells has the output?"
    ),
    right=lambda i, k, p: conv_output_size(i, k, 1, p),
    why="Padding goes on both sides: {i} + 2·{p} − {k} + 1 = {size}.",
    worked=lambda i, k, p: {"size": i + 2 * p - k + 1},
    mistakes=(
        Mistake("This is the size without padding.", lambda i, k, p: conv_output_size(i, k)),
        Mistake(
            "It looks as if the padding was added once. It is added on each side, so it counts twice.",
            lambda i, k, p: i + p - k + 1,
        ),
        Mistake("This is the padded input. The window takes k − 1 cells off it.", lambda i, k, p: i + 2 * p),
        Mistake("One is missing: i + 2p − k steps make one place more.", lambda i, k, p: i + 2 * p - k),
    ),
)

DILATED_SPAN = Question(
    name="dilated-span",
    page="predict-the-size",
    draw=lambda rng: (int(rng.integers(3, 6)), int(rng.integers(2, 5))),
    text="How many input cells does a kernel of {k} weights span with `dilation={d}`, from end to end?",
    right=lambda k, d: 100 - conv_output_size(100, k, dilation=d) + 1,
    why="Between {k} weights there are {steps} steps of {d} cells: {d}·{steps} + 1 = {span}.",
    worked=lambda k, d: {"steps": k - 1, "span": d * (k - 1) + 1},
    mistakes=(
        Mistake("There are k − 1 steps between k weights, not k.", lambda k, d: d * k),
        Mistake("This is the span without dilation.", lambda k, d: k),
        Mistake(
            "The first cell is missing: k − 1 steps lead from the first cell to the last.", lambda k, d: d * (k - 1)
        ),
        Mistake(
            "It looks as if each gap had d cells. Weights at distance d have d − 1 cells between them.",
            lambda k, d: k + d * (k - 1),
        ),
    ),
)

KEEP_THE_SIZE = Question(
    name="keep-the-size",
    page="predict-the-size",
    draw=lambda rng: (int(rng.choice([5, 7, 9, 11])),),
    text="Which `padding` keeps the size, for a kernel of {k} and stride 1?",
    right=lambda k: next(p for p in range(k) if conv_output_size(50, k, padding=p) == 50),
    why="The window takes {k} − 1 cells off, half of them on each side.",
    mistakes=(
        Mistake("This is what both sides need together.", lambda k: k - 1),
        Mistake("Without padding the output is smaller by k − 1 cells.", lambda k: 0),
        Mistake("Half of k rounded up is one too many: the middle cell needs no padding.", lambda k: k // 2 + 1),
        Mistake("So much padding makes the output larger than the input.", lambda k: k),
    ),
)

SIZES_THAT_SHARE = Question(
    name="sizes-that-share-an-output",
    page="predict-the-size",
    draw=lambda rng: (int(rng.integers(8, 20)), int(rng.choice([3, 5, 7])), int(rng.integers(2, 6))),
    text=(
        "A convolution with a kernel of {k} and stride {s}, without padding, gave {o} cells. How many input sizes "
        "lead to this?"
    ),
    right=lambda o, k, s: len(conv_input_sizes(o, k, s)),
    why="The floor forgets the remainder of a division by {s}, and there are {s} remainders.",
    mistakes=(
        Mistake(
            "Only with stride 1. The floor forgets a remainder, so several sizes give the same output.",
            lambda o, k, s: 1,
        ),
        Mistake(
            "The kernel size does not matter here: what is forgotten is the remainder of a division by s.",
            lambda o, k, s: k,
        ),
        Mistake("One too many: with s more cells another window fits.", lambda o, k, s: s + 1),
        Mistake("One is missing: the remainder 0 counts as well.", lambda o, k, s: s - 1 if s > 2 else None),
    ),
)

RECEPTIVE_FIELD = Question(
    name="receptive-field",
    page="predict-the-size",
    draw=lambda rng: (int(rng.integers(3, 6)), int(rng.choice([3, 5]))),
    text=(
        "{n} layers of {k} × {k} convolutions follow each other, stride 1, no dilation. How many input cells does one "
        "output cell depend on, along one axis?"
    ),
    right=lambda n, k: receptive_field([(k, 1)] * n),
    why="The first cell, and {k} − 1 more for each layer: 1 + {n}·{more}.",
    worked=lambda n, k: {"more": k - 1},
    mistakes=(
        Mistake("The windows overlap: each layer adds k − 1 cells, not k.", lambda n, k: n * k),
        Mistake("That is one layer. Each window covers outputs that saw windows of their own.", lambda n, k: k),
        Mistake("It grows by adding, not by multiplying, as long as the stride is 1.", lambda n, k: k**n),
        Mistake("One is missing: the cell in the middle counts as well.", lambda n, k: n * (k - 1)),
    ),
)

# See it as a matrix --------------------------------------------------------------------------------------------------


def matrix(n: int, k: int) -> Array:
    """Return the matrix of a convolution of n × n cells with k × k weights, none of which is zero."""
    return matrix_of(conv2d, (n, n), np.arange(1, k * k + 1).reshape(k, k), dtype=int)


MATRIX_SHAPE = Question(
    name="matrix-shape",
    page="see-it-as-a-matrix",
    draw=lambda rng: (int(rng.integers(5, 8)), int(rng.integers(2, 4))),
    text=(
        "A {n} × {n} input, a {k} × {k} kernel, stride 1, no padding. How many rows and how many columns has the "
        "convolution matrix C?"
    ),
    choice=False,
    parts=("rows", "columns"),
    right=lambda n, k: matrix(n, k).shape,
    why="A row for each of the {side}² outputs, a column for each of the {n}² inputs.",
    worked=lambda n, k: {"side": n - k + 1},
    mistakes=(
        Mistake("This is the transpose: each row of C makes one output value.", lambda n, k: matrix(n, k).shape[::-1]),
        Mistake(
            "These are sizes along one axis. Both planes are flattened before C is applied.",
            lambda n, k: (n - k + 1, n),
        ),
        Mistake(
            "It looks as if there was a row for each weight. There is one for each place of the window.",
            lambda n, k: (k * k, n * n),
        ),
        Mistake("A square matrix would give as many outputs as inputs.", lambda n, k: (n * n, n * n)),
    ),
)

WEIGHTS_IN_A_ROW = Question(
    name="weights-in-a-row",
    page="see-it-as-a-matrix",
    draw=lambda rng: (int(rng.integers(5, 9)), int(rng.integers(2, 5))),
    text=(
        "A {n} × {n} input is convolved with a {k} × {k} kernel without zeros. How many entries of one row of the "
        "convolution matrix are not zero?"
    ),
    right=lambda n, k: int(np.count_nonzero(matrix(n, k)[0])),
    why="One output depends on the {k}² = {weights} inputs under the window, whatever their number.",
    worked=lambda n, k: {"weights": k * k},
    mistakes=(
        Mistake("That many inputs there are. An output sees those under its window alone.", lambda n, k: n * n),
        Mistake("That many outputs there are: it is the number of rows.", lambda n, k: (n - k + 1) ** 2),
        Mistake("That is one row of the kernel. All its rows lie on the window.", lambda n, k: k),
        Mistake("It looks as if the window was a whole row of the input wide.", lambda n, k: k * n),
    ),
)


def is_linear(operation: object) -> bool:
    """Say whether an operation keeps sums."""
    one, other = RAMP, RAMP.T + 1
    return np.array_equal(operation(one + other), operation(one) + operation(other))


NOT_A_MATRIX = which_holds(
    name="not-a-matrix",
    page="see-it-as-a-matrix",
    text="Which of these is no product of a matrix with its input?",
    why="A matrix takes zeros to zeros, and keeps sums. A bias that is not zero does neither.",
    claims=(
        Claim("A convolution with a bias", lambda: not is_linear(lambda x: conv2d(x[None], SMALL[None, None], [3.0]))),
        Claim(
            "A convolution with stride 2",
            lambda: not is_linear(lambda x: conv2d(x, SMALL, stride=2)),
            "A stride leaves rows of the matrix out. What is left is a matrix.",
        ),
        Claim(
            "Padding with zeros",
            lambda: not is_linear(lambda x: pad(x, (1, 1, 1, 1))),
            "Padding copies each cell to one place and writes zeros elsewhere: a matrix of ones and zeros.",
        ),
        Claim(
            "A convolution with negative weights",
            lambda: not is_linear(lambda x: conv2d(x, -SMALL)),
            "The entries of a matrix may be negative.",
        ),
    ),
)

QUESTIONS = (
    WINDOW_VALUE,
    KERNEL_AS_IT_IS,
    WHERE_A_PIXEL_GOES,
    STRIDE_SKIPS,
    LAYER_WEIGHTS,
    OUTPUT_SIZE,
    PADDING_ON_BOTH_SIDES,
    DILATED_SPAN,
    KEEP_THE_SIZE,
    SIZES_THAT_SHARE,
    RECEPTIVE_FIELD,
    MATRIX_SHAPE,
    WEIGHTS_IN_A_ROW,
    NOT_A_MATRIX,
)
