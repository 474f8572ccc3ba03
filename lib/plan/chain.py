"""A chain of layers down and up, with skips: the shape, the reach and the cost of every map in it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from lib.checks import Pair
from lib.plan.layers import Join, Kept, Layer, Mismatch, Shape, Unpooling
from lib.plan.notation import read_notation, words_of, write_notation

BYTES = 4  # of a number, in float32
NORMALISATIONS = ("norm", "groupnorm", "instancenorm")  # one product a cell, once their numbers are fixed


@dataclass(frozen=True)
class Row:
    """One map of a chain, and the layer that made it.

    ``words`` are the layer's, ``shape`` what comes out of it, None behind a layer that cannot work. ``problem`` says
    what is wrong here; ``arriving`` and ``skip`` are the sizes that a join was given. ``field`` is the receptive field:
    how many rows and columns of the input a cell depends on, at most, from the first to the last of them. Cell j lies
    over ``offset + step j`` on the axis of the input's cells.
    """

    words: str
    shape: Shape | None
    field: Pair | None = None
    step: tuple[float, float] = (1.0, 1.0)
    offset: tuple[float, float] = (0.0, 0.0)
    weights: int = 0
    multiplications: int = 0
    bytes: int = 0
    problem: str | None = None
    arriving: Pair | None = None
    skip: Pair | None = None

    @property
    def parts(self) -> bool:
        """Whether two maps of different sizes meet here."""
        return self.problem is not None and self.arriving is not None


@dataclass(frozen=True)
class Chain:
    """A chain of layers over an input of some shape; :meth:`parse` makes one from text.

    Examples
    --------
    >>> chain = Chain.parse('1x61x61 =a; max k2; conv 4 k3 p1; up x2; cat a')
    >>> for row in chain.rows:
    ...     print(row.words, tuple(row.shape), row.field, row.problem or '')
    input (1, 61, 61) (1, 1)
    max k2 (1, 30, 30) (2, 2)
    conv 4 k3 p1 (4, 30, 30) (6, 6)
    up x2 (4, 60, 60) (6, 6)
    cat a (5, 61, 61) (6, 6) sizes must match: 60 arrive, but a has 61
    >>> chain.weights, chain.multiplications
    (40, 32400)
    """

    shape: Shape
    layers: tuple[Layer, ...]
    keep: str | None = None

    @classmethod
    def parse(cls, text: str) -> Chain:
        """Return the chain that a line of text says (see :mod:`lib.plan.notation`); ValueError says what it does not.

        >>> Chain.parse('3x61x61; conv 16 k3 p1 +relu; max k2')
        Chain.parse('3x61x61; conv 16 k3 p1 +relu; max k2')
        """
        shape, keep, layers = read_notation(text)
        return cls(shape, layers, keep)

    def __str__(self) -> str:
        return write_notation(self.shape, self.keep, self.layers)

    def __repr__(self) -> str:
        return f"Chain.parse({str(self)!r})"

    def with_size(self, rows: int, columns: int) -> Chain:
        """Return the same chain over an input of another size.

        >>> str(Chain.parse('3x61x61; max k2').with_size(64, 96))
        '3x64x96; max k2'
        """
        return replace(self, shape=Shape(self.shape.channels, rows, columns))

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The input and every layer, each with what comes out of it.

        Where the sizes of a join differ, the chain goes on with the skip's; a layer that cannot work ends it.
        """
        shapes = [self.shape]
        rows = [Row("input", self.shape, (1, 1), bytes=BYTES * math.prod(self.shape))]
        kept = {self.keep: Kept(self.shape, None, self.shape)} if self.keep else {}
        for layer in self.layers:
            if rows[-1].shape is None:
                rows.append(Row(words_of(layer), None))
                continue
            rows.append(self._row(layer, shapes, rows, kept))
            if rows[-1].shape is not None:
                shapes.append(rows[-1].shape)
                if layer.keep:
                    kept[layer.keep] = Kept(rows[-1].shape, layer, shapes[-2])
        return tuple(rows)

    @property
    def output(self) -> Shape | None:
        """The shape that comes out at the end, or None if a layer cannot work."""
        return self.rows[-1].shape

    @property
    def fits(self) -> bool:
        """Whether every layer works and all sizes match."""
        return all(row.problem is None for row in self.rows) and self.output is not None

    @property
    def weights(self) -> int:
        """How many numbers the layers learn."""
        return sum(row.weights for row in self.rows)

    @property
    def multiplications(self) -> int:
        """How many products one image takes."""
        return sum(row.multiplications for row in self.rows)

    @property
    def training_bytes(self) -> int:
        """The bytes of the float32 maps that training keeps of one image for the way back, the output of every layer.

        What follows a layer in its row (ReLU, normalisation) is taken to work in place.
        """
        return sum(row.bytes for row in self.rows)

    @property
    def inference_bytes(self) -> int:
        """The most bytes of maps needed at one time, by a layer's input and output and by what waits for a join."""
        made = {name: number for number, name in self._names()}
        until = {
            made[name]: number
            for number, layer in enumerate(self.layers, start=1)
            if (name := getattr(layer, "of", None)) is not None
        }
        most = self.rows[0].bytes
        for number in range(1, len(self.rows)):
            waiting = [row for row, end in until.items() if row < number - 1 and end >= number]
            most = max(most, sum(self.rows[row].bytes for row in (number, number - 1, *waiting)))
        return most

    def sizes_along(self, axis: int, size: int) -> list[int] | None:
        """Return the size of every map along one axis if the input had ``size`` there; None if something does not fit.

        >>> chain = Chain.parse('1x61x61 =a; max k2; up x2; cat a')
        >>> chain.sizes_along(0, 61), chain.sizes_along(0, 62)
        (None, [62, 31, 62, 62])
        """
        sizes, kept = [size], {}
        if self.keep:
            kept[self.keep] = Kept(Shape(1, size, size), None, Shape(1, size, size))
        for layer in self.layers:
            try:
                sizes.append(layer.output_size(sizes[-1], axis, kept))
            except ValueError:
                return None
            if layer.keep:
                kept[layer.keep] = Kept(Shape(1, *[sizes[-1]] * 2), layer, Shape(1, *[sizes[-2]] * 2))
        return sizes

    def row_of(self, name: str) -> int:
        """Return the number of the row whose output is kept under a name; the input is row 0."""
        return {kept: number for number, kept in self._names()}[name]

    def _names(self) -> list[tuple[int, str]]:
        named = enumerate([self.keep, *(layer.keep for layer in self.layers)])
        return [(number, name) for number, name in named if name]

    def _row(self, layer: Layer, shapes: list[Shape], rows: list[Row], kept: dict[str, Kept]) -> Row:
        before, words = shapes[-1], words_of(layer)
        problem = None
        try:
            channels = layer.output_channels(before.channels, kept)
            sizes = tuple(layer.output_size(before.size[axis], axis, kept) for axis in (0, 1))
        except Mismatch as error:
            problem, sizes = str(error), kept[layer.of].shape.size
        except ValueError as error:
            return Row(words, None, problem=str(error))

        after = Shape(channels, *sizes)
        grid = [self._grid(layer, axis, rows, before, after, kept) for axis in (0, 1)]
        return Row(
            words,
            after,
            tuple(self._field(axis, [*shapes, after]) for axis in (0, 1)),
            tuple(step for step, _ in grid),
            tuple(offset for _, offset in grid),
            layer.weights(before.channels) + sum(_learned(follower, channels) for follower in layer.then),
            layer.multiplications(before, after) + math.prod(after) * sum(map(NORMALISATIONS.__contains__, layer.then)),
            BYTES * math.prod(after),
            problem,
            before.size if isinstance(layer, Join) else None,
            kept[layer.of].shape.size if isinstance(layer, Join) else None,
        )

    def _grid(
        self, layer: Layer, axis: int, rows: list[Row], before: Shape, after: Shape, kept: dict[str, Kept]
    ) -> tuple[float, float]:
        """Return (step, offset) of a map over the input; a joined map lies where the skip lies."""
        if isinstance(layer, Join):
            skip = rows[self.row_of(layer.of)]
            start = layer.skip_start(kept[layer.of].shape.size[axis], after.size[axis])
            return skip.step[axis], skip.offset[axis] + skip.step[axis] * start
        step, offset = layer.place(axis, before.size[axis], after.size[axis])
        below = rows[-1]
        return below.step[axis] * step, below.step[axis] * offset + below.offset[axis]

    def reads(self, row: int, axis: int) -> tuple[np.ndarray, np.ndarray]:
        """Return, for each cell of a map along an axis, the first and the last cell of the input that it depends on.

        As if the input went on for ever: a first cell below 0 means padding. A cell that depends on nothing has a first
        cell greater than its last. Whatever lies between the first and the last cell that a layer reads counts as read;
        behind a transposed convolution whose stamps leave cells out, that may be more than is.

        >>> first, last = Chain.parse('1x7x7; conv 1 k3 s2 p1; up x2').reads(2, axis=0)
        >>> [(int(start), int(end)) for start, end in zip(first, last)][:4]
        [(-1, 1), (-1, 1), (1, 3), (1, 3)]
        """
        shapes = [found.shape for found in self.rows[: row + 1]]
        if None in shapes:
            raise ValueError(f"row must be the number of a row that has a shape, got {row}")
        return self._spans(axis, shapes)

    def _field(self, axis: int, shapes: list[Shape]) -> int:
        """Return the most input cells from the first to the last one that a cell of the last map depends on."""
        first, last = self._spans(axis, shapes)
        return int(np.max(np.where(first <= last, last - first + 1, 0)))

    def _spans(self, axis: int, shapes: list[Shape]) -> tuple[np.ndarray, np.ndarray]:
        cells = np.arange(shapes[-1].size[axis])
        spans = {len(shapes) - 1: (cells, cells)}
        for number in range(len(shapes) - 1, 0, -1):
            layer, (first, last) = self.layers[number - 1], spans[number]
            before, after = shapes[number - 1].size[axis], shapes[number].size[axis]
            _merge(spans, number - 1, layer.reads(first, last, axis, before, after))
            if isinstance(layer, Join):
                skip = self.row_of(layer.of)
                start = layer.skip_start(shapes[skip].size[axis], after)
                _merge(spans, skip, (first + start, last + start))
            if isinstance(layer, Unpooling):  # the switches hang on all that was pooled
                pool, pooled = self.row_of(layer.of), layer.reads(first, last, axis, before, after)
                _merge(spans, pool - 1, layer.pooling.reads(*pooled, axis, 0, 0))
        return spans[0]


def _learned(follower: str, channels: int) -> int:
    """Return how many numbers something that follows a layer learns: scale and shift a channel, or one slope."""
    return {"norm": 2 * channels, "groupnorm": 2 * channels, "prelu": 1}.get(follower, 0)


def _merge(spans: dict[int, tuple[np.ndarray, np.ndarray]], number: int, span: tuple[np.ndarray, np.ndarray]) -> None:
    """Widen what is read of a map by one more span."""
    first, last = spans.get(number, span)
    spans[number] = np.minimum(first, span[0]), np.maximum(last, span[1])
