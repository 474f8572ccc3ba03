"""The wiring of a figure: which numbers meet in which, asked of the library with exact integers.

Every operation of the course is bilinear, takes the largest of some numbers, or puts numbers somewhere. So a figure
whose numbers a reader changes needs no second implementation of the operations: it needs to know which numbers meet.
:class:`Numbers` finds that out. It may stand wherever an operation of :mod:`lib` takes an array; the operation hands
itself over (see :mod:`lib.ops.dispatch`), is called with integers that tell every cell from every other, and what it
answers is its wiring. That goes on a :class:`Tape`, which this module and ``live.js`` evaluate by the same few rules.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from lib.ops import matrix_of
from lib.show.explore.captions import Place, Term
from lib.words import say

BLANK = -1  # where a plane has no cell: the zeros of a convolution matrix


class Edge(NamedTuple):
    """Cells that light up together: a result, what it was made from, and the weight or the place that goes with it."""

    result: int
    source: int
    third: int
    is_place: bool = False  # a switch, not a weight


# ---- the tape -------------------------------------------------------------------------------------------------------


@dataclass
class Rule:
    """How some cells of the tape follow from earlier ones; ``data()`` is what ``live.js`` gets."""

    first: int  # the first of its cells

    def evaluate(self, values: list[float], step: int) -> list[float]:
        """Return the numbers of its cells, given all numbers before them."""
        raise NotImplementedError

    def edges(self, values: list[float], step: int) -> list[Edge]:  # noqa: ARG002
        """Return what lights up together, by default nothing."""
        return []

    def data(self) -> list[Any]:
        """Return the rule as plain data."""
        raise NotImplementedError


@dataclass
class Fixed(Rule):
    """Numbers that nothing changes, such as padding."""

    numbers: list[float]

    def evaluate(self, values: list[float], step: int) -> list[float]:  # noqa: ARG002
        """Return them."""
        return self.numbers

    def data(self) -> list[Any]:
        """Return numbers and how often they stand there: one that is the same everywhere is told once."""
        told = [None if number == -math.inf else number for number in self.numbers]  # JSON has no infinity
        return ["fixed", told[:1], len(told)] if len(set(told)) == 1 else ["fixed", told, 1]


@dataclass
class Pick(Rule):
    """Cells that show others, each step its own: ``at[step]`` names the cell that each shows."""

    at: list[list[int]]

    def evaluate(self, values: list[float], step: int) -> list[float]:
        """Return the numbers of the cells shown; a blank is 0."""
        return [0 if cell == BLANK else values[cell] for cell in self.at[step]]

    def data(self) -> list[Any]:
        """Return the cells of each step."""
        return ["pick", self.at]


@dataclass
class SoFar(Rule):
    """Cells that show others once the steps have come to them, and 0 before."""

    of: list[int]

    def evaluate(self, values: list[float], step: int) -> list[float]:
        """Return the numbers of the cells up to the step."""
        return [values[cell] if place <= step else 0 for place, cell in enumerate(self.of)]

    def data(self) -> list[Any]:
        """Return the cells shown."""
        return ["sofar", self.of]


@dataclass
class Sum(Rule):
    """Sums of products of two cells."""

    terms: list[list[Term]]

    def evaluate(self, values: list[float], step: int) -> list[float]:  # noqa: ARG002
        """Return the sums."""
        return [settled(sum(values[i] * values[k] for i, k in terms)) for terms in self.terms]

    def edges(self, values: list[float], step: int) -> list[Edge]:  # noqa: ARG002
        """Return one for each product."""
        return [Edge(self.first + place, i, k) for place, terms in enumerate(self.terms) for i, k in terms]

    def data(self) -> list[Any]:
        """Return the cells of each sum: first factor, second factor, first factor, …"""
        return ["sum", [[cell for term in terms for cell in term] for terms in self.terms]]


@dataclass
class Max(Rule):
    """The largest of some cells, and behind all of these where each stands: the first such place in its plane."""

    plane: int  # the first cell of the plane
    windows: list[list[int]]

    def evaluate(self, values: list[float], step: int) -> list[float]:  # noqa: ARG002
        """Return the largest numbers, then their places."""
        best = [max(window, key=lambda cell: values[cell]) for window in self.windows]  # the first of equals
        return [values[cell] for cell in best] + [cell - self.plane for cell in best]

    def edges(self, values: list[float], step: int) -> list[Edge]:  # noqa: ARG002
        """Return one for each cell of a window."""
        count = len(self.windows)
        return [
            Edge(self.first + place, cell, self.first + count + place, True)
            for place, window in enumerate(self.windows)
            for cell in window
        ]

    def data(self) -> list[Any]:
        """Return the plane and the windows."""
        return ["max", self.plane, self.windows]


@dataclass
class Put(Rule):
    """A plane of zeros with numbers put where other numbers say; of two at one place the later stays."""

    numbers: list[int]
    places: list[int]
    count: int
    so_far: bool = False  # whether each number waits for its step

    def evaluate(self, values: list[float], step: int) -> list[float]:
        """Return the plane."""
        plane = [0.0] * self.count
        for number, place in self._put(step):
            plane[int(values[place])] = values[number]
        return plane

    def edges(self, values: list[float], step: int) -> list[Edge]:
        """Return one for each number put."""
        return [Edge(self.first + int(values[place]), number, place, True) for number, place in self._put(step)]

    def data(self) -> list[Any]:
        """Return the numbers, their places, how large the plane is, and whether numbers wait."""
        return ["put", self.numbers, self.places, self.count, int(self.so_far)]

    def _put(self, step: int) -> list[tuple[int, int]]:
        pairs = list(zip(self.numbers, self.places, strict=True))
        return pairs[: step + 1] if self.so_far else pairs


class Tape:
    """All numbers of a figure in a row: those that may be edited first, then what follows from them, rule by rule."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.start: list[float] = []
        self.planes: dict[str, Numbers] = {}  # the editable ones, by name
        self.rules: list[Rule] = []
        self.size = 0

    def editable(self, name: str, array: np.ndarray) -> Numbers:
        """Put numbers on the tape that the reader may change."""
        if self.rules:
            raise ValueError(f"{name} must be on the tape before anything is computed")
        plane = Numbers(self, np.arange(self.size, self.size + np.size(array)).reshape(np.shape(array)))
        self.start += [float(value) for value in np.ravel(array)]
        self.size = len(self.start)
        self.planes[name] = plane
        return plane

    def fixed(self, array: np.ndarray) -> Numbers:
        """Put numbers on the tape that stay as they are."""
        numbers = [int(value) if float(value).is_integer() else float(value) for value in np.ravel(array).tolist()]
        return self.add(Fixed(self.size, numbers), np.shape(array))

    def add(self, rule: Rule, shape: tuple[int, ...], cells: int | None = None) -> Numbers:
        """Put a rule on the tape and return its cells in that shape; ``cells`` is how many it has, if more."""
        first, count = self.size, math.prod(shape)
        self.rules.append(rule)
        self.size += count if cells is None else cells
        return Numbers(self, np.arange(first, first + count).reshape(shape))

    def evaluate(self, step: int = 0, edits: dict[int, float] | None = None) -> list[float]:
        """Return every number on the tape."""
        values = list(self.start)
        for cell, value in (edits or {}).items():
            values[cell] = value
        for rule in self.rules:
            values += rule.evaluate(values, step)
        return values

    def roots(self, step: int) -> list[int]:
        """Return for each cell the one whose number it shows: itself, or where a pick leads."""
        found = list(range(self.size))
        for rule in self.rules:
            if isinstance(rule, (Pick, SoFar)):
                for place, cell in enumerate(rule.at[step] if isinstance(rule, Pick) else rule.of):
                    found[rule.first + place] = found[cell] if cell != BLANK else rule.first + place
        return found

    def terms_of(self, cell: int) -> list[Term]:
        """Return the products that make a cell, or the cells of its window, each paired with itself."""
        for rule in self.rules:
            if isinstance(rule, Sum) and 0 <= cell - rule.first < len(rule.terms):
                return rule.terms[cell - rule.first]
            if isinstance(rule, Max) and 0 <= cell - rule.first < len(rule.windows):
                return [(one, one) for one in rule.windows[cell - rule.first]]
        raise ValueError(f"cell {cell} is neither a sum nor a largest number")

    def edges(self, values: list[float], step: int) -> list[Edge]:
        """Return what lights up together, each cell as the one whose number it shows."""
        root = self.roots(step)
        return [
            Edge(root[one.result], root[one.source], root[one.third], one.is_place)
            for rule in self.rules
            for one in rule.edges(values, step)
        ]


def settled(value: float) -> float:
    """Return a sum without what rounding left: twelve figures, and nothing where next to nothing remains.

    Sums in another order end in other last digits, and would be shown as other numbers.

    >>> settled(0.1 + 0.2), settled(1e-16)
    (0.3, 0.0)
    """
    if not math.isfinite(value):
        return value
    return 0.0 if abs(value) < 1e-9 else float(f"{value:.12g}")


# ---- numbers that record --------------------------------------------------------------------------------------------


class Numbers:
    """An array whose cells lie on a tape: operations of the library that meet it record their wiring.

    Taking a part, turning, reshaping and padding make no new numbers: the result shows the same cells elsewhere.

    Examples
    --------
    >>> from lib import conv2d
    >>> x, w = wired(np.arange(9).reshape(3, 3), np.eye(2, dtype=int))
    >>> y = conv2d(x, w)
    >>> y.values(), y.shape
    (array([[ 4.,  6.],
           [10., 12.]]), (2, 2))
    >>> w[::-1].values()
    array([[0., 1.],
           [1., 0.]])
    """

    def __init__(self, tape: Tape, cells: np.ndarray, points_into: int | None = None) -> None:
        """Show cells of a tape, in the shape of ``cells``."""
        self.tape, self.cells = tape, cells
        self.points_into = points_into  # of switches: the width of the plane in which they say places

    @property
    def shape(self) -> tuple[int, ...]:
        """Sizes, as of an array."""
        return self.cells.shape

    @property
    def size(self) -> int:
        """How many cells."""
        return self.cells.size

    @property
    def ndim(self) -> int:
        """How many axes."""
        return self.cells.ndim

    @property
    def T(self) -> Numbers:
        """The transpose, with the same cells."""
        return Numbers(self.tape, self.cells.T)

    def __getitem__(self, key: Any) -> Numbers:
        return Numbers(self.tape, np.asarray(self.cells[key]))

    def reshape(self, *shape: int) -> Numbers:
        """Return the same cells in another shape."""
        return Numbers(self.tape, self.cells.reshape(*shape))

    def values(self, step: int = 0) -> np.ndarray:
        """Return the numbers as they are before the reader changes any."""
        values = np.array([*self.tape.evaluate(step), 0.0])  # the last is what a blank shows
        return values[self.cells]

    # What captions say of them, as holes that are filled for each step.

    @property
    def now(self) -> str:
        """The number of the step's cell."""
        return f"{{n{self.first()}}}"

    @property
    def value(self) -> str:
        """The number of a single cell, whatever the step."""
        return f"{{v{int(self.cells.reshape(()))}}}"

    @property
    def terms(self) -> str:
        """The products that make the step's cell, written out."""
        return f"{{t{self.first()}}}"

    @property
    def window(self) -> str:
        """The numbers whose largest the step's cell is."""
        return f"{{l{self.first()}|{say(', ')}}}"

    def often(self, once: str, several: str) -> str:
        """Return words that depend on how often the largest number is in its window; # stands for how often."""
        return f"{{o{self.first()}|{once}|{several}}}"

    @property
    def row(self) -> Place:
        """The row of the step's cell."""
        return Place("r", f"{self.first()}|{self.shape[-1]}")

    @property
    def column(self) -> Place:
        """The column of the step's cell."""
        return Place("c", f"{self.first()}|{self.shape[-1]}")

    @property
    def target_row(self) -> Place:
        """The row that the step's switch says."""
        return Place("R", f"{self.first()}|{self.points_into}")

    @property
    def target_column(self) -> Place:
        """The column that the step's switch says."""
        return Place("C", f"{self.first()}|{self.points_into}")

    def first(self) -> int:
        """Return the first cell of a plane whose cells follow each other."""
        first = int(self.cells.flat[0])
        if not np.array_equal(self.cells.ravel(), np.arange(first, first + self.size)):
            raise ValueError("the numbers must be a whole plane here, got a part or a turned one")
        return first

    def earlier(self, values: Numbers, words: str) -> str:
        """Return words only if an earlier switch says the same place as the step's; # stands for its value."""
        return f"{{e{self.first()}|{values.first()}|{words}}}"

    def into(self, shape: tuple[int, int]) -> Numbers:
        """Return switches that say places in a plane of that shape."""
        return Numbers(self.tape, self.cells, shape[-1])

    def through(self, function: Callable[[np.ndarray], np.ndarray]) -> Numbers:
        """Return what a function of one array makes of the numbers: one that moves cells, or is linear.

        >>> wired(np.array([1, 2, 3]))[0].through(lambda x: np.repeat(x, 2)).values()
        array([1., 1., 2., 2., 3., 3.])
        """
        return wire(function, {next(iter(inspect.signature(function).parameters)): self})

    def weighted(self, weights: np.ndarray) -> Numbers:
        """Return ``weights @ numbers``, sums even where a row merely takes one cell.

        >>> wired(np.array([1, 2, 3]))[0].weighted(np.array([[1, 0, 0], [0, 0.5, 0.5]])).values()
        array([1. , 2.5])
        """
        return _as_linear(self.tape, lambda plane: weights @ plane, self)

    def so_far(self) -> Numbers:
        """Return the numbers up to the step, and zeros after it."""
        return self.tape.add(SoFar(self.tape.size, self.cells.ravel().tolist()), self.shape)

    def at_step(self) -> Numbers:
        """Return one part of the first axis: that of the step."""
        rows = self.cells.reshape(len(self.cells), -1).tolist()
        return self.tape.add(Pick(self.tape.size, rows), self.shape[1:])

    def sum(self) -> Numbers:
        """Return the sum of all cells."""
        one = int(self.tape.fixed(np.ones(1)).cells[0])
        return self.tape.add(Sum(self.tape.size, [[(int(i), one) for i in self.cells.flat]]), ())

    def __add__(self, other: Numbers | float) -> Numbers:
        return self._plus(other, 1)

    def __sub__(self, other: Numbers | float) -> Numbers:
        return self._plus(other, -1)

    def __mul__(self, other: Numbers | float) -> Numbers:
        if not isinstance(other, Numbers):
            other = self.tape.fixed(np.asarray(other, float))
        first, second = np.broadcast_arrays(self.cells, other.cells)
        terms = [[(int(i), int(k))] for i, k in zip(first.flat, second.flat, strict=True)]
        return self.tape.add(Sum(self.tape.size, terms), first.shape)

    __rmul__, __radd__ = __mul__, __add__

    def _plus(self, other: Numbers | float, sign: int) -> Numbers:
        if not isinstance(other, Numbers):
            other = self.tape.fixed(np.asarray(other, float))
        signs = self.tape.fixed(np.array([1, sign])).cells.tolist()
        first, second = np.broadcast_arrays(self.cells, other.cells)
        pairs = zip(first.flat, second.flat, strict=True)
        terms = [[(int(i), signs[0]), (int(k), signs[1])] for i, k in pairs]
        return self.tape.add(Sum(self.tape.size, terms), first.shape)

    def __operation__(self, function: Callable, arguments: dict[str, Any]) -> Any:
        return wire(function, arguments)


def wired(*arrays: Numbers | np.ndarray) -> tuple[Numbers, ...]:
    """Return arrays as numbers on one tape: on that of those which lie on one already, or on a new one.

    >>> [plane.shape for plane in wired(np.ones((2, 3)), np.ones(4))]
    [(2, 3), (4,)]
    """
    tapes = [array.tape for array in arrays if isinstance(array, Numbers)] or [Tape()]
    if any(tape is not tapes[0] for tape in tapes):
        raise ValueError("arrays must be numbers of one figure, got numbers of several")
    return tuple(array if isinstance(array, Numbers) else tapes[0].fixed(np.asarray(array)) for array in arrays)


def matrix(output: Numbers, input: Numbers) -> Numbers:
    """Return the matrix of a linear map as the cells of its weights: what multiplies each input cell in each output.

    Parameters
    ----------
    output : Numbers
        What an operation made of ``input``, directly or through padding, zeros inserted or a part taken.
    input : Numbers

    Returns
    -------
    Numbers of shape (number of outputs, number of inputs)
        Blank where an input cell does not count.

    Examples
    --------
    >>> from lib import conv2d
    >>> x, w = wired(np.zeros((1, 3)), np.array([[5, 7]]))
    >>> matrix(conv2d(x, w), x).values()
    array([[5., 7., 0.],
           [0., 5., 7.]])
    """
    tape = output.tape
    found = np.full((output.size, input.size), BLANK)
    column = {cell: place for place, cell in enumerate(input.cells.ravel().tolist())}
    sums = (rule for rule in tape.rules if isinstance(rule, Sum))
    terms = {rule.first + place: some for rule in sums for place, some in enumerate(rule.terms)}
    for row, cell in enumerate(output.cells.ravel().tolist()):
        if cell not in terms:
            raise ValueError("output must be sums of products, got cells that are not")
        for i, k in terms[cell]:
            if i not in column:
                continue
            if found[row, column[i]] != BLANK:
                raise ValueError("output must take each input cell once, got one that it takes with two weights")
            found[row, column[i]] = k
    return Numbers(tape, found)


# ---- asking the library ---------------------------------------------------------------------------------------------


def wire(function: Callable, arguments: dict[str, Any]) -> Any:
    """Call an operation some of whose arguments are numbers on a tape; return its result as numbers on that tape.

    Raises
    ------
    ValueError
        If the operation neither moves, adds products of, compares nor puts the numbers it is given.
    """
    live = {name: value for name, value in arguments.items() if isinstance(value, Numbers)}
    tape = next(iter(live.values())).tape

    def call(*arrays: np.ndarray) -> Any:
        return function(**{**arguments, **dict(zip(live, arrays, strict=True))})

    planes = list(live.values())
    call(*(_as_they_are(plane) for plane in planes))  # what the operation refuses, it refuses in its own words
    if len(planes) == 1:
        ways: Iterable[Callable] = (_as_moves, _as_linear, _as_largest)
    else:
        ways = (_as_products, _as_put) if len(planes) == 2 else ()
    for way in ways:
        if (found := way(tape, call, *planes)) is not None:
            return found
    raise ValueError(f"{function.__name__} must move, multiply and add, compare or put its numbers to be wired")


def _as_they_are(plane: Numbers) -> np.ndarray:
    values = plane.values()
    return values.astype(int) if np.isfinite(values).all() and (values == np.round(values)).all() else values


def numbered(shape: tuple[int, ...]) -> np.ndarray:
    """Return 1, 2, 3, … in that shape: a cell's number survives whatever only moves cells; 0 means no cell.

    >>> numbered((2, 2)).tolist()
    [[1, 2], [3, 4]]
    """
    return np.arange(1, math.prod(shape) + 1).reshape(shape)


def tried(shape: tuple[int, ...], seed: int = 0) -> np.ndarray:
    """Return integers on which what was found out is tried: ties among them, and both signs."""
    return np.random.default_rng(seed).integers(-9, 10, shape)


def _as_moves(tape: Tape, call: Callable, plane: Numbers) -> Numbers | None:
    """Padding, cropping, inserting zeros, shuffling: every result is one cell, or a number of its own."""
    probes = numbered(plane.shape), np.zeros(plane.shape), tried(plane.shape)
    answers = [call(np.asarray(probe, float)) for probe in probes]
    if any(isinstance(answer, tuple) for answer in answers):
        return None
    places, ground, trial = map(np.asarray, answers)
    at = np.where(np.isfinite(ground), places, 0) - np.where(np.isfinite(ground), ground, 0)
    if not np.array_equal(at, np.round(at)) or at.size == 0 or at.min() < 0 or at.max() > plane.size:
        return None
    at = at.astype(int)
    if not np.array_equal(trial, np.where(at > 0, np.append(0, tried(plane.shape))[at], ground)):
        return None
    own = at == 0  # each gets a cell of its own, so that pointing at one lights no other
    cells = np.append(0, plane.cells.ravel())[at]
    if own.any():
        cells[own] = tape.fixed(ground[own]).cells
    return Numbers(tape, cells)


def _as_linear(tape: Tape, call: Callable, plane: Numbers) -> Numbers | None:
    """Interpolating, averaging, a kernel that is fixed: weighted sums, whose weights go on the tape."""
    if isinstance(call(np.zeros(plane.shape)), tuple):
        return None
    try:
        weights = matrix_of(call, plane.shape)
    except ValueError:  # not linear
        return None
    table = np.unique(weights[weights != 0])
    cells = tape.fixed(table).cells
    inputs = plane.cells.ravel()
    terms = [
        [(int(inputs[i]), int(cells[np.searchsorted(table, row[i])])) for i in np.flatnonzero(row)] for row in weights
    ]
    return tape.add(Sum(tape.size, terms), np.shape(call(np.zeros(plane.shape))))


def _as_largest(tape: Tape, call: Callable, plane: Numbers) -> Any:
    """Max pooling: raising one cell above the others shows in which windows it lies."""

    def parts(array: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        answer = call(array)
        return answer if isinstance(answer, tuple) else (answer, None)

    ground, _ = parts(np.zeros(plane.shape, int))
    windows: list[list[int]] = [[] for _ in ground.flat]
    for place in range(plane.size):
        raised = np.zeros(plane.shape, int)
        raised.flat[place] = 1
        for output in np.flatnonzero(parts(raised)[0]):
            windows[output].append(place)

    first = plane.first()
    for seed in range(3):
        flat = tried(plane.shape, seed).ravel()
        largest, places = parts(flat.reshape(plane.shape))
        best = [max(window, key=flat.__getitem__, default=0) for window in windows]
        if not np.array_equal(np.ravel(largest), flat[best]):
            return None
        if places is not None and not np.array_equal(np.ravel(places), best):
            return None

    count = len(windows)
    rule = Max(tape.size, first, [[first + place for place in window] for window in windows])
    pooled = tape.add(rule, ground.shape, 2 * count)
    if places is None:
        return pooled
    return pooled, Numbers(tape, pooled.cells + count, plane.shape[-1])


def _as_products(tape: Tape, call: Callable, plane: Numbers, weights: Numbers) -> Numbers | None:
    """Convolution and its transpose: one call for each weight tells which cell of the plane meets it where."""
    try:
        answer = np.asarray(call(tried(plane.shape), tried(weights.shape, 1)))
    except (ValueError, TypeError, IndexError):  # numbers that say places do not take just any value
        return None
    inputs, factors = plane.cells.ravel(), weights.cells.ravel()
    terms: list[list[Term]] = [[] for _ in answer.flat]
    for k in range(weights.size):
        one = np.zeros(weights.shape, int)
        one.flat[k] = 1
        for output, cell in zip(terms, np.ravel(call(numbered(plane.shape), one)).tolist(), strict=True):
            if cell != int(cell):
                return None
            if cell:
                output.append((int(cell) - 1, k))

    x, w = tried(plane.shape).ravel(), tried(weights.shape, 1).ravel()
    made = [sum(int(x[i]) * int(w[k]) for i, k in term) if _within(term, x.size) else None for term in terms]
    if made != np.ravel(answer).tolist():
        return None
    at = [[(int(inputs[i]), int(factors[k])) for i, k in sorted(term)] for term in terms]  # in the order of the input
    return tape.add(Sum(tape.size, at), answer.shape)


def _within(terms: list[Term], size: int) -> bool:
    """Return whether every cell found is one: two that meet one weight in one sum give the number of neither."""
    return all(0 <= i < size for i, _ in terms)


def _as_put(tape: Tape, call: Callable, plane: Numbers, places: Numbers) -> Numbers | None:
    """Unpooling: each number goes to the place that its switch says."""
    if plane.shape != places.shape:
        return None
    switches = places.values().astype(int)
    result = np.asarray(call(numbered(plane.shape), switches))
    expected = np.zeros(result.size, int)
    expected[switches.ravel()] = numbered(plane.shape).ravel()
    if not np.array_equal(result.ravel(), expected):
        return None
    numbers = plane.cells.ravel().tolist()
    waiting = [rule.of for rule in tape.rules if isinstance(rule, SoFar) and rule.first == numbers[0]]
    so_far = bool(waiting)  # a number that waits must not put its zero over another's: it is not put at all
    rule = Put(tape.size, *waiting or [numbers], places.cells.ravel().tolist(), result.size, so_far)
    return tape.add(rule, result.shape)
