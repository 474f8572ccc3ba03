"""Questions on unpooling: switches, what is put back where, and how it differs from copying."""

from __future__ import annotations

import math

import numpy as np

from lib.learn import Tensor
from lib.ops import conv2d, interpolate, max_pool2d, max_unpool2d, pool_output_size
from lib.teach.exercise import Mistake, Numbers
from lib.teach.quiz.question import Claim, Question, which_holds

Generator = np.random.Generator
Array = np.ndarray


# Pool and remember ---------------------------------------------------------------------------------------------------


def draw_rows(rng: Generator) -> Numbers:
    """Draw two rows of few different values, so that windows have ties."""
    return (rng.integers(1, 5, (2, 6)),)


def switches(x: Array, turned: bool = False) -> list[int]:
    """Return the switches of 2 × 2 windows; of equal cells the first, or the last where the plane is turned."""
    found = max_pool2d(x[::-1, ::-1] if turned else x, 2, return_indices=True)[1][0]
    return (x.size - 1 - found[::-1] if turned else found).tolist()


SWITCHES_OF_A_ROW = Question(
    name="switches-of-a-row",
    page="pool-and-remember",
    draw=draw_rows,
    text="x is pooled with windows of 2 × 2, the largest value of each. Which three switches are remembered?",
    choice=False,
    right=switches,
    why="Cells are counted along the rows of the whole plane, from 0; of equal cells the first is the switch.",
    mistakes=(
        Mistake("These are the largest values. A switch is the place of one.", lambda x: max_pool2d(x, 2)[0].tolist()),
        Mistake(
            "Look at a window with a tie: of equal cells the first is the switch.", lambda x: switches(x, turned=True)
        ),
        Mistake("It looks as if the cells were counted from 1.", lambda x: [n + 1 for n in switches(x)]),
        Mistake(
            "These are places inside the windows. Switches count the cells of the whole plane.",
            lambda x: [n // 6 * 2 + n % 6 % 2 for n in switches(x)],
        ),
        Mistake(
            "It looks as if the cells were counted column by column.",
            lambda x: [n % 6 * 2 + n // 6 for n in switches(x)],
        ),
    ),
)


def draw_tie(rng: Generator) -> Numbers:
    """Draw the width of a plane and the place of a window in it."""
    return 2 * int(rng.integers(4, 8)), int(rng.integers(1, 4)), int(rng.integers(1, 4))


def tie(width: int, row: int, column: int) -> int:
    """Return the switch of a window of equal values, by its row and column among the windows."""
    return int(max_pool2d(np.ones((8, width)), 2, return_indices=True)[1][row, column])


SWITCH_OF_A_TIE = Question(
    name="switch-of-a-tie",
    page="pool-and-remember",
    draw=draw_tie,
    text=(
        "A plane is {width} cells wide. In the 2 × 2 window at row {row}, column {column} of the pooled map, both "
        "counted from 0, all four cells are equal. What is its switch?"
    ),
    right=tie,
    why="The first cell wins, at row {top} and column {left} of the plane: {top}·{width} + {left}.",
    worked=lambda width, row, column: {"top": 2 * row, "left": 2 * column},
    mistakes=(
        Mistake("That is the last of the four. The first in row order wins.", lambda w, r, c: tie(w, r, c) + w + 1),
        Mistake(
            "It looks as if the rows of the pooled map were counted. Each of its rows is two rows of the plane.",
            lambda w, r, c: r * w + 2 * c,
        ),
        Mistake(
            "That is the place in the pooled map. Switches point into the plane before it.",
            lambda w, r, c: r * w // 2 + c,
        ),
        Mistake("It looks as if the cells were counted from 1.", lambda w, r, c: tie(w, r, c) + 1),
    ),
)

SIZE_IN_CEIL_MODE = Question(
    name="size-in-ceil-mode",
    page="pool-and-remember",
    draw=lambda rng: (int(rng.integers(10, 40)), 3, 2),
    text=(
        "{i} cells are pooled with windows of {k}, stride {s}, no padding, `ceil_mode=True`. How many values come out?"
    ),
    right=lambda i, k, s: pool_output_size(i, k, s, ceil_mode=True),
    why="The window moves ({i} − {k})/{s} = {steps:g} steps. The remainder makes one more window, sticking out.",
    worked=lambda i, k, s: {"steps": (i - k) / s},
    mistakes=(
        Mistake(
            "This rounds down, which is what happens without ceil mode.", lambda i, k, s: pool_output_size(i, k, s)
        ),
        Mistake("One too many: round up once.", lambda i, k, s: pool_output_size(i, k, s, ceil_mode=True) + 1),
        Mistake(
            "It looks as if the stride was taken to be the window. That is the default; here a stride is given.",
            lambda i, k, s: pool_output_size(i, k, k, ceil_mode=True),
        ),
        Mistake("It looks as if the stride was left out.", lambda i, k, s: i - k + 1),
    ),
)

BITS_TO_REMEMBER = Question(
    name="bits-to-remember",
    page="pool-and-remember",
    draw=lambda rng: (4 * int(rng.integers(2, 9)), 4 * int(rng.integers(2, 9))),
    text=(
        "A plane of {h} × {w} cells is pooled with windows of 2 × 2, side by side. How many bits are enough to "
        "remember all switches?"
    ),
    right=lambda h, w: max_pool2d(np.zeros((h, w)), 2).size * int(math.log2(4)),
    why="{windows} windows, and 2 bits name one of four cells.",
    worked=lambda h, w: {"windows": h * w // 4},
    mistakes=(
        Mistake("A bit tells two cells apart. A window has four.", lambda h, w: h * w // 4),
        Mistake("One bit for each cell is twice as much as needed: 2 bits name one of four.", lambda h, w: h * w),
        Mistake(
            "That is what flat indices of 64 bits take. The place within a window is enough.",
            lambda h, w: h * w // 4 * 64,
        ),
        Mistake("Those are two bits for each cell. There is one switch for each window.", lambda h, w: 2 * h * w),
    ),
)

PLANE = np.array([[1, 7, 2, 3], [4, 0, 9, 5], [6, 2, 8, 1], [3, 5, 0, 4]])
OTHER = PLANE[::-1] * 2 + 1


def at_switches(x: Array) -> Array:
    """Pick of any plane the cells at the switches of ``PLANE``."""
    return x.ravel()[max_pool2d(PLANE, 2, return_indices=True)[1]]


def is_linear(operation: object) -> bool:
    """Say whether an operation keeps sums."""
    return np.array_equal(operation(PLANE + OTHER), operation(PLANE) + operation(OTHER))


LINEAR_ONCE_FIXED = which_holds(
    name="linear-once-fixed",
    page="pool-and-remember",
    text="When is max pooling a product with a matrix?",
    why="Then each output is a copy of a given cell: a row of the matrix with a single 1.",
    claims=(
        Claim(
            "While its switches are held fixed.",
            lambda: is_linear(at_switches) and not is_linear(lambda x: max_pool2d(x, 2)),
        ),
        Claim(
            "Always.",
            lambda: is_linear(lambda x: max_pool2d(x, 2)),
            "The largest of a sum is not the sum of the largest, if they stand in different cells.",
        ),
        Claim(
            "While windows do not overlap.",
            lambda: is_linear(lambda x: max_pool2d(x, 2, 2)) and not is_linear(lambda x: max_pool2d(x, 2, 1)),
            "Windows side by side choose as well, and it is the choosing that no matrix does.",
        ),
        Claim(
            "Never.",
            lambda: not is_linear(at_switches),
            "Picking cells that are known beforehand keeps sums.",
        ),
    ),
)

# Put it back ---------------------------------------------------------------------------------------------------------


def draw_switch(rng: Generator) -> Numbers:
    """Draw the width of a plane and a switch in it, off the diagonal."""
    width = int(rng.integers(7, 12))
    return width, int(rng.integers(2 * width, 6 * width))


def place(width: int, switch: int) -> tuple[int, int]:
    """Return where a value is put."""
    planes = max_unpool2d(np.ones((3, width // 2)), np.full((3, width // 2), switch), 2, output_size=(6, width))
    row, column = np.argwhere(planes)[0]
    return int(row), int(column)


PLACE_OF_A_SWITCH = Question(
    name="place-of-a-switch",
    page="put-it-back",
    draw=draw_switch,
    text="A plane is {width} cells wide. To which row and column does the switch {switch} point?",
    choice=False,
    parts=("row", "column"),
    right=place,
    why="{switch} = {row}·{width} + {column}.",
    worked=lambda width, switch: {"row": switch // width, "column": switch % width},
    mistakes=(
        Mistake("Row and column are exchanged: the row is the quotient.", lambda w, switch: divmod(switch, w)[::-1]),
        Mistake("It looks as if both were counted from 1.", lambda w, switch: (switch // w + 1, switch % w + 1)),
        Mistake("It looks as if the plane was one cell narrower.", lambda w, switch: divmod(switch, w - 1)),
        Mistake("This is the cell before. The first cell has switch 0.", lambda w, switch: divmod(switch - 1, w)),
    ),
)

OTHER_WIDTH = Question(
    name="other-width",
    page="put-it-back",
    draw=lambda rng: (2 * int(rng.integers(4, 7)), int(rng.integers(2, 5)), int(rng.integers(1, 4))),
    text=(
        "A switch was made in a plane {w} cells wide, for the cell at row {r}, column {c}. Unpooling reads it in a "
        "plane {wider} cells wide. At which row and column does the value land?"
    ),
    right=lambda w, r, c: tuple(int(n) for n in np.unravel_index(np.ravel_multi_index((r, c), (6, w)), (6, w + 1))),
    why="The switch is {switch} in both; in the wider plane that is row {row}.",
    worked=lambda w, r, c: {"wider": w + 1, "switch": r * w + c, "row": (r * w + c) // (w + 1)},
    mistakes=(
        Mistake("A switch is a single number. At another width it names another cell.", lambda w, r, c: (r, c)),
        Mistake("It moves backwards: rows became longer, so fewer of them are full.", lambda w, r, c: (r, c + r)),
        Mistake("Not the row alone changes.", lambda w, r, c: (r - 1, c)),
        Mistake("Row and column are exchanged.", lambda w, r, c: divmod(r * w + c, w + 1)[::-1]),
    ),
)


def unpooled_zeros(h: int, w: int) -> int:
    """Return how many cells of an unpooled plane are zero, if no value is."""
    x = np.arange(1, h * w + 1).reshape(h, w)
    return int((max_unpool2d(*max_pool2d(x, 2, return_indices=True), 2) == 0).sum())


ZEROS_LEFT = Question(
    name="zeros-left",
    page="put-it-back",
    draw=lambda rng: (2 * int(rng.integers(2, 8)), 2 * int(rng.integers(2, 8))),
    text=(
        "A plane of {h} × {w} positive values is pooled with windows of 2 × 2, side by side, and unpooled. How many "
        "of its cells are zero now?"
    ),
    right=unpooled_zeros,
    why="One of the four cells of each of the {windows} windows has its value back.",
    worked=lambda h, w: {"windows": h * w // 4},
    mistakes=(
        Mistake("So many cells hold a value. The others are zero.", lambda h, w: h * w // 4),
        Mistake("One in two would be windows of two cells.", lambda h, w: h * w // 2),
        Mistake("Copying fills each window. Unpooling writes to one cell of it.", lambda h, w: 0),
        Mistake("The values are put back, so not every cell is zero.", lambda h, w: h * w),
    ),
)

SIZE_LEFT_OUT = Question(
    name="size-left-out",
    page="put-it-back",
    draw=lambda rng: (2 * int(rng.integers(3, 20)) + 1,),
    text=(
        "{n} × {n} cells are pooled with windows of 2 × 2 and unpooled without `output_size`. How many rows has the "
        "result?"
    ),
    right=lambda n: len(max_unpool2d(np.zeros((n // 2, n // 2)), np.zeros((n // 2, n // 2), int), 2)),
    why="⌊{n}/2⌋ = {windows} windows, and each becomes two rows. The odd row is lost unless it is asked for.",
    worked=lambda n: {"windows": n // 2},
    mistakes=(
        Mistake("Unpooling does not know the size before. It has to be told by `output_size`.", lambda n: n),
        Mistake("Pooling rounds down: the odd row has no window.", lambda n: n + 1),
        Mistake("That is the pooled map.", lambda n: n // 2),
    ),
)

POOLED_AGAIN = which_holds(
    name="pooled-again",
    page="put-it-back",
    text="All values are negative. They are max pooled, unpooled, and max pooled again. What comes out?",
    why="Unpooling fills up with zeros, and among negative values a zero is the largest.",
    claims=(
        Claim("Zeros.", lambda: not max_pool2d(NEGATIVE_BACK, 2).any()),
        Claim(
            "The pooled values.",
            lambda: np.array_equal(max_pool2d(NEGATIVE_BACK, 2), max_pool2d(-PLANE - 1, 2)),
            "So it is for positive values. Here the zeros around a value win.",
        ),
        Claim(
            "The smallest value of each window.",
            lambda: np.array_equal(max_pool2d(NEGATIVE_BACK, 2), -max_pool2d(PLANE + 1, 2)),
            "Pooling took the largest of each window; the smallest is forgotten.",
        ),
        Claim(
            "The plane before pooling.",
            lambda: np.array_equal(max_pool2d(NEGATIVE_BACK, 2), -PLANE - 1),
            "A pooled map is smaller than the plane, and three values of each window are forgotten.",
        ),
    ),
)

NEGATIVE_BACK = max_unpool2d(*max_pool2d(-PLANE - 1, 2, return_indices=True), 2)


def draw_two(rng: Generator) -> Numbers:
    """Draw two values, the first larger and of the same parity."""
    second = int(rng.integers(1, 6))
    return second + 2 * int(rng.integers(1, 4)), second


def written_twice(a: int, b: int) -> int:
    """Return what unpooling leaves in a cell that two switches name."""
    return int(max_unpool2d(np.array([[a, b]]), np.array([[1, 1]]), 2, 1, output_size=(2, 3)).max())


WRITTEN_TWICE = Question(
    name="written-twice",
    page="put-it-back",
    draw=draw_two,
    text=(
        "Pooling windows overlapped, so two switches name the same cell. A convolution changed the pooled map: it now "
        "holds {a} and, later, {b} for them. What does unpooling leave in that cell?"
    ),
    right=written_twice,
    why="Unpooling writes, and what is written later stays. The gradient of pooling would add both up.",
    mistakes=(
        Mistake("The gradient of max pooling adds. Unpooling writes.", lambda a, b: a + b),
        Mistake("The value that is written first is written over.", lambda a, b: a),
        Mistake("Nothing is averaged.", lambda a, b: (a + b) // 2),
        Mistake("No cell is left empty because two values want it.", lambda a, b: 0),
    ),
)


def gradient_of_pooling() -> Array:
    """Return what comes back through max pooling with windows side by side, for the pooled map as gradient."""
    x = Tensor(PLANE.astype(float), requires_grad=True)
    y = max_pool2d(x, 2)
    y.backward(max_pool2d(PLANE, 2).astype(float))
    return x.grad


GRADIENT_AND_UNPOOLING = which_holds(
    name="gradient-and-unpooling",
    page="put-it-back",
    text="Windows stand side by side. How is the gradient of max pooling related to unpooling?",
    why="Both apply the transpose of the matrix that picks the cells at the switches.",
    claims=(
        Claim(
            "It is unpooling, applied to the gradient of the output.",
            lambda: np.array_equal(gradient_of_pooling(), max_unpool2d(*max_pool2d(PLANE, 2, return_indices=True), 2)),
        ),
        Claim(
            "It is copying, applied to the gradient of the output.",
            lambda: np.array_equal(gradient_of_pooling(), interpolate(max_pool2d(PLANE, 2), scale_factor=2)),
            "Only the largest cell of a window has changed the output, so only it gets a gradient.",
        ),
        Claim(
            "It is copying, divided by the number of cells in a window.",
            lambda: np.array_equal(gradient_of_pooling(), interpolate(max_pool2d(PLANE, 2) / 4, scale_factor=2)),
            "That is the gradient of average pooling.",
        ),
        Claim(
            "There is none: the largest of several values cannot be differentiated.",
            lambda: gradient_of_pooling() is None,
            "Where one cell is largest, it still is after a small change; so the slope is 1 there and 0 elsewhere.",
        ),
    ),
)

# Unpooling beside upsampling -----------------------------------------------------------------------------------------


def draw_peak(rng: Generator) -> Numbers:
    """Draw the place of a single bright pixel, off the corners of 2 × 2 windows and off the diagonal."""
    row, column = 2 * rng.integers(1, 4, 2) + rng.integers(0, 2, 2)
    return int(row), int(column)


def back(row: int, column: int) -> tuple[int, int]:
    """Return where a bright pixel is after pooling and unpooling."""
    plane = np.zeros((8, 8), int)
    plane[row, column] = 1
    found = np.argwhere(max_unpool2d(*max_pool2d(plane, 2, return_indices=True), 2))[0]
    return int(found[0]), int(found[1])


WHERE_A_PEAK_RETURNS = Question(
    name="where-a-peak-returns",
    page="unpooling-beside-upsampling",
    draw=draw_peak,
    text=(
        "A dark plane of 8 × 8 has one bright pixel, at row {row}, column {column}. It is max pooled by 2 and "
        "unpooled with its switches. Where is the bright pixel now?"
    ),
    right=back,
    why="The switch remembers the place exactly.",
    mistakes=(
        Mistake(
            "That is the corner of its window. Unpooling does not put values there, but where the switch points.",
            lambda r, c: (r // 2 * 2, c // 2 * 2),
        ),
        Mistake("That is its place in the pooled map.", lambda r, c: (r // 2, c // 2)),
        Mistake("Row and column are exchanged.", lambda r, c: (c, r)),
        Mistake("Places are counted from 0, before and after.", lambda r, c: (r + 1, c)),
    ),
)

COPY_OR_PUT = which_holds(
    name="copy-or-put",
    page="unpooling-beside-upsampling",
    text="A max pooled map is brought back to twice its size by copying. What has it in common with unpooling?",
    why="Copying writes the value to the cell at the switch as well, and to the three others of the window.",
    claims=(
        Claim(
            "At the switches both hold the same values.",
            lambda: np.array_equal(at_switches(COPIED), at_switches(PUT_BACK)) and not np.array_equal(COPIED, PUT_BACK),
        ),
        Claim(
            "Both hold the same values everywhere.",
            lambda: np.array_equal(COPIED, PUT_BACK),
            "Unpooling leaves three of the four cells of a window zero.",
        ),
        Claim(
            "Both have the same sum.",
            lambda: COPIED.sum() == PUT_BACK.sum(),
            "Copying writes each value four times.",
        ),
        Claim(
            "Both need the switches.",
            lambda: not np.array_equal(COPIED, interpolate(at_switches(PLANE), scale_factor=2)),
            "Copying needs the pooled map alone.",
        ),
    ),
)

COPIED = interpolate(max_pool2d(PLANE, 2), scale_factor=2)
PUT_BACK = max_unpool2d(*max_pool2d(PLANE, 2, return_indices=True), 2)


def reached(n: int) -> int:
    """Return how many cells of a plane are not zero after convolutions of a single unpooled value."""
    plane = np.zeros((21, 21), int)
    plane[10, 10] = 1
    for _ in range(n):
        plane = conv2d(plane, np.ones((3, 3), int), padding=1)
    return int(np.count_nonzero(plane))


MADE_DENSE = Question(
    name="made-dense",
    page="unpooling-beside-upsampling",
    draw=lambda rng: (int(rng.integers(2, 6)),),
    text=(
        "Unpooling left a single value in a large plane of zeros. {n} convolutions of 3 × 3 with positive weights "
        "follow. How many cells are not zero then?"
    ),
    right=reached,
    why="Each convolution widens it by one cell on every side: (2·{n} + 1)².",
    mistakes=(
        Mistake("That is one convolution. The next ones spread what it made.", lambda n: 9),
        Mistake("It grows by adding a border, not by nine each time.", lambda n: 9 * n),
        Mistake("That is the side. The square counts.", lambda n: 2 * n + 1),
        Mistake("Windows overlap: nine times as many each time would be without overlap.", lambda n: 9**n),
    ),
)

QUESTIONS = (
    SWITCHES_OF_A_ROW,
    SWITCH_OF_A_TIE,
    SIZE_IN_CEIL_MODE,
    BITS_TO_REMEMBER,
    LINEAR_ONCE_FIXED,
    PLACE_OF_A_SWITCH,
    OTHER_WIDTH,
    ZEROS_LEFT,
    SIZE_LEFT_OUT,
    POOLED_AGAIN,
    WRITTEN_TWICE,
    GRADIENT_AND_UNPOOLING,
    WHERE_A_PEAK_RETURNS,
    COPY_OR_PUT,
    MADE_DENSE,
)
