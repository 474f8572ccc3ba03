"""Questions on transposed convolution: the transpose and the inverse, stamps, sizes, checkerboards and gradients."""

from __future__ import annotations

import numpy as np

from lib.learn import ConvTranspose2d, Tensor
from lib.ops import conv2d, conv_output_size, conv_transpose2d, conv_transpose_output_size, matrix_of, pad
from lib.teach.exercise import Mistake, Numbers
from lib.teach.quiz.question import Claim, Question, which_holds

Generator = np.random.Generator
Array = np.ndarray

IMAGE = np.array([[3, 1, 4, 1, 5], [9, 2, 6, 5, 3], [5, 8, 9, 7, 9], [3, 2, 3, 8, 4], [6, 2, 6, 4, 3]])
KERNEL = np.array([[1, 2, 0], [0, 3, -1], [1, 0, 2]])


def turned(kernel: Array) -> Array:
    """Return a kernel turned by 180°."""
    return kernel[::-1, ::-1]


# Go back with the transpose ------------------------------------------------------------------------------------------


def there_and_back(x: Array) -> Array:
    """Return a convolution's output, put back by the transposed convolution with the same kernel."""
    return conv_transpose2d(conv2d(x, KERNEL), KERNEL)


WHAT_COMES_BACK = which_holds(
    name="what-comes-back",
    page="go-back-with-the-transpose",
    text=(
        "An image is convolved, and the output goes through a transposed convolution with the same kernel. What comes "
        "back?"
    ),
    why="The transpose of a matrix has the shape of its inverse and other entries.",
    claims=(
        Claim(
            "The size of the image, with other values.",
            lambda: there_and_back(IMAGE).shape == IMAGE.shape and not np.allclose(there_and_back(IMAGE), IMAGE),
        ),
        Claim(
            "The image.",
            lambda: np.allclose(there_and_back(IMAGE), IMAGE),
            "That would be an inverse, and a convolution that makes an image smaller has none.",
        ),
        Claim(
            "The image, each value times the same number.",
            lambda: np.allclose(there_and_back(IMAGE) / IMAGE, (there_and_back(IMAGE) / IMAGE)[0, 0]),
            "Dividing by a number does not mend it: each value is a sum over its neighbours.",
        ),
        Claim(
            "The image with a border of zeros.",
            lambda: np.allclose(there_and_back(IMAGE), pad(IMAGE[1:-1, 1:-1], (1, 1, 1, 1))),
            "The border is not empty: stamps reach it, only fewer of them.",
        ),
    ),
)


def draw_line(rng: Generator) -> Numbers:
    """Draw two inputs and three weights along a line."""
    return rng.permutation(np.arange(2, 6))[:2], rng.permutation(np.arange(1, 8))[:3]


def stamped(x: Array, w: Array, stride: int = 2) -> list[int]:
    """Return the transposed convolution of a line."""
    return conv_transpose2d(x[None], w[None], stride=(1, stride))[0].tolist()


def without_sum(x: Array, w: Array, first: bool) -> list[int]:
    """Let one of two stamps win where they overlap."""
    line = stamped(x, w)
    line[2] = int(x[0] * w[2] if first else x[1] * w[0])
    return line


STAMPS_ON_A_LINE = Question(
    name="stamps-on-a-line",
    page="go-back-with-the-transpose",
    draw=draw_line,
    text="A transposed convolution with kernel w and stride 2, no padding, is applied to x. What comes out?",
    choice=False,
    right=stamped,
    why=(
        "Each input lays its multiple of w down, two cells further each time. In the middle both meet: "
        "{first} + {second} = {both}."
    ),
    worked=lambda x, w: {"first": x[0] * w[2], "second": x[1] * w[0], "both": x[0] * w[2] + x[1] * w[0]},
    mistakes=(
        Mistake(
            "In the middle the later stamp replaced the earlier one. Where stamps overlap, they are added.",
            lambda x, w: without_sum(x, w, first=False),
        ),
        Mistake(
            "In the middle the first stamp was kept. Where stamps overlap, they are added.",
            lambda x, w: without_sum(x, w, first=True),
        ),
        Mistake(
            "It looks as if the kernel was turned round. A stamp is the kernel as it is.",
            lambda x, w: stamped(x, w[::-1]),
        ),
        Mistake(
            "It looks as if the stamps lay one cell apart. With stride 2 they are two cells apart.",
            lambda x, w: stamped(x, w, 1),
        ),
        Mistake(
            "The stamps stand one behind the other. They are two cells apart, and three cells long.",
            lambda x, w: stamped(x, w, 3),
        ),
    ),
)

STRETCHED_INPUT = Question(
    name="stretched-input",
    page="go-back-with-the-transpose",
    draw=lambda rng: (int(rng.integers(4, 10)), int(rng.integers(3, 6))),
    text=(
        "A transposed convolution with stride {s} can be computed by inserting zeros between its {i} input cells. How "
        "long is the input with these zeros, before any padding?"
    ),
    right=lambda i, s: conv_transpose_output_size(i, 1, s),
    why="{s} − 1 zeros stand in each of {i} − 1 gaps: {i} + {gaps}·{zeros} = {length}.",
    worked=lambda i, s: {"gaps": i - 1, "zeros": s - 1, "length": (i - 1) * s + 1},
    mistakes=(
        Mistake("No zeros follow the last cell: there are i − 1 gaps between i cells.", lambda i, s: i * s),
        Mistake("Each gap takes s − 1 zeros, not s.", lambda i, s: i + (i - 1) * s),
        Mistake("This counts one gap. There is one between every two neighbours.", lambda i, s: i + s - 1),
        Mistake("One is missing: i − 1 steps of s lead from the first cell to the last.", lambda i, s: (i - 1) * s),
    ),
)

WEIGHT_SHAPE = Question(
    name="weight-shape",
    page="predict-its-size",
    draw=lambda rng: (*(int(n) for n in rng.permutation(np.arange(6, 17))[:2]), int(rng.choice([3, 4, 5]))),
    text="What is the shape of the weight of `ConvTranspose2d({c}, {f}, {k})` in PyTorch: {c} channels in, {f} out?",
    right=lambda c, f, k: ConvTranspose2d(c, f, k).weight.shape,
    why=(
        "It is the weight of the convolution that it is the transpose of, and that one takes its output channels as "
        "inputs. So the channels that go in come first."
    ),
    mistakes=(
        Mistake("That is the order of `Conv2d`: channels out, then channels in.", lambda c, f, k: (f, c, k, k)),
        Mistake("That is the order of Keras, which puts the channels last.", lambda c, f, k: (k, k, f, c)),
        Mistake("A kernel has two axes, rows and columns.", lambda c, f, k: (c, f, k)),
        Mistake("There is a kernel for each pair of an input and an output channel.", lambda c, f, k: (f, k, k)),
    ),
)

# What an inverse would need ------------------------------------------------------------------------------------------


def matrix(n: int, k: int) -> Array:
    """Return the matrix of a convolution of n × n cells with k × k weights."""
    return matrix_of(conv2d, (n, n), np.arange(1, k * k + 1).reshape(k, k), dtype=int)


SHAPE_OF_THE_TRANSPOSE = Question(
    name="shape-of-the-transpose",
    page="go-back-with-the-transpose",
    draw=lambda rng: (int(rng.integers(5, 8)), int(rng.integers(2, 5))),
    text=(
        "C is the matrix of the convolution of a {n} × {n} input with a {k} × {k} kernel, no padding. Which shape has "
        "the matrix of the transposed convolution with the same kernel?"
    ),
    right=lambda n, k: matrix(n, k).T.shape,
    why="It leads from {side}² values to {n}² values: a row for each of the latter.",
    worked=lambda n, k: {"side": n - k + 1},
    mistakes=(
        Mistake("That is the shape of C itself.", lambda n, k: matrix(n, k).shape),
        Mistake(
            "It does not lead from the image to the image: it starts from C's outputs.", lambda n, k: (n * n, n * n)
        ),
        Mistake("Those are sizes along one axis. The planes are flattened.", lambda n, k: (n, n - k + 1)),
        Mistake("It looks as if there was a column for each weight of the kernel.", lambda n, k: (n * n, k * k)),
    ),
)

WHAT_IS_LOST = Question(
    name="what-is-lost",
    page="what-an-inverse-would-need",
    draw=lambda rng: (int(rng.integers(4, 7)), int(rng.integers(2, 4))),
    text=(
        "A {n} × {n} image is convolved with a {k} × {k} kernel, no padding. In how many independent ways can the "
        "image change so that the output stays the same?"
    ),
    right=lambda n, k: n * n - int(np.linalg.matrix_rank(matrix(n, k))),
    why="{unknowns} unknowns, and {equations} independent equations, one for each output.",
    worked=lambda n, k: {"unknowns": n * n, "equations": (n - k + 1) ** 2},
    mistakes=(
        Mistake(
            "That many outputs there are. They fix as many ways; the others are free.", lambda n, k: (n - k + 1) ** 2
        ),
        Mistake("The kernel would have to undo itself. There are fewer equations than unknowns.", lambda n, k: 0),
        Mistake("What is lost is not a matter of the number of weights.", lambda n, k: n * n - k * k),
        Mistake("That is the size along one axis. Pixels of both count.", lambda n, k: n),
    ),
)

# Predict its size ----------------------------------------------------------------------------------------------------

SIZE_BACK = Question(
    name="size-back",
    page="predict-its-size",
    draw=lambda rng: (
        int(rng.integers(5, 20)),
        int(rng.integers(3, 7)),
        int(rng.integers(2, 5)),
        int(rng.integers(1, 3)),
    ),
    text=(
        "A transposed convolution with a kernel of {k}, stride {s} and `padding={p}` is applied to {i} cells. How "
        "many cells come out?"
    ),
    choice=False,
    right=lambda i, k, s, p: conv_transpose_output_size(i, k, s, p),
    why="{steps} steps of {s}, one kernel of {k}, less {p} on each side.",
    worked=lambda i, k, s, p: {"steps": i - 1},
    mistakes=(
        Mistake("There are i − 1 steps between i stamps.", lambda i, k, s, p: i * s + k - 2 * p),
        Mistake(
            "It looks as if the padding was added. The padding of a transposed convolution is cut off.",
            lambda i, k, s, p: (i - 1) * s + k + 2 * p,
        ),
        Mistake("It looks as if the padding was cut off on one side only.", lambda i, k, s, p: (i - 1) * s + k - p),
        Mistake("The padding is missing: so many cells are cut off on each side.", lambda i, k, s, p: (i - 1) * s + k),
        Mistake("This is i times the stride. The size of the kernel counts, too.", lambda i, k, s, p: i * s),
    ),
)

CUT_OFF = which_holds(
    name="padding-cuts-off",
    page="predict-its-size",
    text="What does `padding=1` do to the output of a transposed convolution?",
    why="The convolution put zeros there; its transpose throws away what arrives there.",
    claims=(
        Claim(
            "It cuts off a row or column on each of the four sides.",
            lambda: np.array_equal(PADDED, FULL[1:-1, 1:-1]),
        ),
        Claim(
            "It puts zeros around it.",
            lambda: np.array_equal(PADDED, pad(FULL, (1, 1, 1, 1))),
            "That is what padding does before a convolution. Its transpose takes the same cells away.",
        ),
        Claim(
            "It puts zeros around the input, which makes the output larger.",
            lambda: PADDED.shape > FULL.shape,
            "The output becomes smaller. `padding` is that of the convolution whose transpose this is.",
        ),
        Claim(
            "It cuts off a row below and a column on the right.",
            lambda: np.array_equal(PADDED, FULL[:-1, :-1]),
            "All four sides lose a row or a column. What concerns only the end is `output_padding`.",
        ),
    ),
)

FULL = conv_transpose2d(IMAGE, KERNEL, stride=2)
PADDED = conv_transpose2d(IMAGE, KERNEL, stride=2, padding=1)
LONGER = conv_transpose2d(IMAGE, KERNEL, stride=2, padding=1, output_padding=1)

OUTPUT_PADDING = which_holds(
    name="output-padding",
    page="predict-its-size",
    text="What stands in the cells that `output_padding=1` adds, if `padding` is 1 as well?",
    why="It makes the cut at the end smaller. Only where no stamp reaches are zeros left.",
    claims=(
        Claim("What the stamps wrote there: less is cut off at the end.", lambda: np.array_equal(LONGER, FULL[1:, 1:])),
        Claim(
            "Zeros.",
            lambda: np.array_equal(LONGER, pad(PADDED, (0, 1, 0, 1))),
            "A common belief, and the name suggests it. It only moves the cut: look at the values.",
        ),
        Claim(
            "Copies of the last row and column.",
            lambda: np.array_equal(LONGER, np.pad(PADDED, ((0, 1), (0, 1)), mode="edge")),
            "Nothing is copied.",
        ),
        Claim(
            "What the stamps wrote there: less is cut off in front.",
            lambda: np.array_equal(LONGER, FULL[:-1, :-1]),
            "Less is cut off at the end, below and on the right. In front nothing changes.",
        ),
    ),
)

WHICH_OUTPUT_PADDING = Question(
    name="which-output-padding",
    page="predict-its-size",
    draw=lambda rng: (
        int(rng.integers(30, 70)),
        int(rng.choice([3, 5])),
        int(rng.integers(4, 7)),
        int(rng.integers(1, 3)),
    ),
    text=(
        "A convolution with a kernel of {k}, stride {s} and padding {p} made {o} cells of "
        "{n}. Which `output_padding` leads back to {n}?"
    ),
    choice=False,
    right=lambda n, k, s, p: n - conv_transpose_output_size(conv_output_size(n, k, s, p), k, s, p),
    why="Without it the way back ends at {back} cells.",
    worked=lambda n, k, s, p: {
        "o": conv_output_size(n, k, s, p),
        "back": conv_transpose_output_size(conv_output_size(n, k, s, p), k, s, p),
    },
    mistakes=(
        Mistake("Without output padding the way back ends before n.", lambda n, k, s, p: 0),
        Mistake("This is the remainder of n. The window has n + 2p − k cells to move.", lambda n, k, s, p: n % s),
        Mistake(
            "These are the cells missing to the next window. Wanted are those left over after the last one.",
            lambda n, k, s, p: s - (n + 2 * p - k) % s,
        ),
        Mistake("It looks as if the padding was left out.", lambda n, k, s, p: (n - k) % s),
    ),
)

# Checkerboards -------------------------------------------------------------------------------------------------------


def inside(kernel_size: int, stride: int) -> Array:
    """Return one period of what equal stamps of ones add up to, away from the border."""
    line = conv_transpose2d(np.ones((1, 20), int), np.ones((1, kernel_size), int), stride=(1, stride))[0]
    return line[8 * stride : 9 * stride]


EVEN_OVERLAP = Question(
    name="even-overlap",
    page="checkerboards",
    draw=lambda rng: (int(rng.integers(3, 7)),),
    text=(
        "A transposed convolution has stride {s} and a kernel whose weights are all equal. With which kernel size is "
        "the output of a flat input flat inside?"
    ),
    right=lambda s: next(k for k in (s + 1, 2 * s - 1, 2 * s, 2 * s + 1) if np.ptp(inside(k, s)) == 0),
    why="{s} divides {k}, so each cell lies under the same number of stamps.",
    worked=lambda s: {"k": 2 * s},
    mistakes=(
        Mistake("One cell of each stamp overlaps the next: it gets twice as much.", lambda s: s + 1),
        Mistake("An odd kernel has a middle, but one cell in each step gets a stamp less.", lambda s: 2 * s - 1),
        Mistake("An odd kernel has a middle, but one cell in each step gets a stamp more.", lambda s: 2 * s + 1),
    ),
)

STAMPS_OVER_A_CELL = Question(
    name="stamps-over-a-cell",
    page="checkerboards",
    draw=lambda rng: (int(rng.integers(7, 12)), int(rng.integers(2, 5))),
    text=(
        "Along one axis, a transposed convolution with a kernel of {k} and stride {s}: under how many stamps lies a "
        "cell inside the output at most?"
    ),
    right=lambda k, s: int(inside(k, s).max()),
    why="Stamps begin every {s} cells and are {k} long: at most ⌈{k}/{s}⌉ = {most} cover a cell.",
    worked=lambda k, s: {"most": -(-k // s)},
    mistakes=(
        Mistake("So many cover a cell at least.", lambda k, s: k // s),
        Mistake("Only with stride 1 does every weight reach every cell.", lambda k, s: k),
        Mistake("So many cells do two neighbouring stamps share.", lambda k, s: k - s),
        Mistake("Stamps that overlap are longer than their distance, so more than one covers a cell.", lambda k, s: 1),
    ),
)


def phase_sums(a: int, b: int, c: int, d: int) -> tuple[int, int]:
    """Return what a flat input of ones becomes inside, at even and at odd places."""
    line = conv_transpose2d(np.ones((1, 6), int), np.array([[a, b, c, d]]), stride=(1, 2))[0]
    return int(line[4]), int(line[5])


PHASE_SUMS = Question(
    name="phase-sums",
    page="checkerboards",
    draw=lambda rng: tuple(int(n) for n in rng.integers(1, 10, 4)),
    text=(
        "A line of ones goes through a transposed convolution with stride 2 and the kernel [{a}, {b}, {c}, {d}]. "
        "Which two values alternate inside, counted from 0?"
    ),
    choice=False,
    parts=("even places", "odd places"),
    right=phase_sums,
    why="Even places meet the first and the third weight, odd ones the others: {a} + {c}, {b} + {d}.",
    mistakes=(
        Mistake(
            "With stride 2 a place meets every second weight, not two neighbours.", lambda a, b, c, d: (a + b, c + d)
        ),
        Mistake("This is the sum of all weights. A place meets half of them.", lambda a, b, c, d: (a + b + c + d,) * 2),
        Mistake("Even and odd places are exchanged.", lambda a, b, c, d: (b + d, a + c)),
        Mistake("Inside, a second stamp lies over each place.", lambda a, b, c, d: (a, b)),
    ),
)

# It is the gradient --------------------------------------------------------------------------------------------------

GRADIENT_BACK = np.array([[1, -2, 0], [3, 1, 2], [0, 4, -1]])


def gradient_of_input() -> Array:
    """Return what comes back to the input of a convolution for a gradient at its output."""
    x = Tensor(IMAGE.astype(float), requires_grad=True)
    conv2d(x, KERNEL.astype(float)).backward(GRADIENT_BACK.astype(float))
    return x.grad


GRADIENT_IS = which_holds(
    name="gradient-is",
    page="it-is-the-gradient",
    text="y = `conv2d(x, w)`, and g is the gradient of a loss with respect to y. What is the gradient for x?",
    why="y = C x, so the chain rule multiplies by the transpose of C.",
    claims=(
        Claim(
            "`conv_transpose2d(g, w)`",
            lambda: np.allclose(gradient_of_input(), conv_transpose2d(GRADIENT_BACK, KERNEL)),
        ),
        Claim(
            "`conv_transpose2d(g, w)` with w turned by 180°",
            lambda: np.allclose(gradient_of_input(), conv_transpose2d(GRADIENT_BACK, turned(KERNEL))),
            "The turned kernel belongs to the window over the padded g. `conv_transpose2d` takes w as it is.",
        ),
        Claim(
            "`conv2d(g, w)` with padding",
            lambda: np.allclose(gradient_of_input(), conv2d(GRADIENT_BACK, KERNEL, padding=2)),
            "The shape is right. The window would have to hold the kernel turned by 180°.",
        ),
        Claim(
            "`conv2d(x, g)`",
            lambda: np.array_equal(gradient_of_input(), conv2d(IMAGE, GRADIENT_BACK)),
            "That is the gradient for w: its shape is the kernel's.",
        ),
    ),
)

QUESTIONS = (
    WHAT_COMES_BACK,
    STAMPS_ON_A_LINE,
    STRETCHED_INPUT,
    WEIGHT_SHAPE,
    SHAPE_OF_THE_TRANSPOSE,
    WHAT_IS_LOST,
    SIZE_BACK,
    CUT_OFF,
    OUTPUT_PADDING,
    WHICH_OUTPUT_PADDING,
    EVEN_OVERLAP,
    STAMPS_OVER_A_CELL,
    PHASE_SUMS,
    GRADIENT_IS,
)
