"""Where the sizes of a chain part, and what mends it: other layers, other inputs, and what that does to alignment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from lib.plan.chain import Chain
from lib.plan.layers import (
    WAYS_TO_FIT,
    Convolution,
    Interpolation,
    Join,
    Layer,
    Pooling,
    Shuffle,
    Transposed,
    Unpooling,
    Unshuffle,
)

WAYS = ("output_padding", "output_size", *WAYS_TO_FIT)


@dataclass(frozen=True)
class Parting:
    """Two sizes that should be one: at which row and along which axis (0: rows), and the pair of rows where it begins.

    ``down`` is the layer that dropped cells and ``up`` the one that should have brought them back; None if no pair of
    layers between the skip and the join can be blamed.
    """

    row: int
    axis: int
    arriving: int
    skip: int
    down: int | None
    up: int | None


def partings(chain: Chain) -> list[Parting]:
    """Return every place where a map and its skip differ in size.

    >>> partings(Chain.parse('1x61x64 =a; max k2; conv 4 k3 p1; up x2; cat a'))
    [Parting(row=4, axis=0, arriving=60, skip=61, down=1, up=3)]
    """
    return [
        Parting(number, axis, row.arriving[axis], row.skip[axis], *_pair_to_blame(chain, number, axis))
        for number, row in enumerate(chain.rows)
        if row.parts
        for axis in (0, 1)
        if row.arriving[axis] != row.skip[axis]
    ]


def _pair_to_blame(chain: Chain, row: int, axis: int) -> tuple[int | None, int | None]:
    """Match layers down and up like brackets, from the skip on, and return the first pair that does not come back."""
    sizes = [found.shape.size[axis] for found in chain.rows[: row + 1]]
    opened = []
    for number in range(chain.row_of(chain.layers[row - 1].of) + 1, row):
        if sizes[number] < sizes[number - 1]:
            opened.append(number)
        elif sizes[number] > sizes[number - 1] and opened:
            down = opened.pop()
            if sizes[number] != sizes[down - 1]:
                return down, number
    return None, None


def fitting_sizes(chain: Chain, axis: int, sizes: Iterable[int]) -> list[int]:
    """Return those input sizes along an axis for which every layer works and all joins match.

    >>> fitting_sizes(Chain.parse('1x61x61 =a; max k2; max k2; up x4; cat a'), 0, range(50, 70))
    [52, 56, 60, 64, 68]
    """
    return list(_fitting(chain, axis, sizes))


def sharing_sizes(chain: Chain, row: int, axis: int) -> range:
    """Return all input sizes of one layer that lead to the output size it has here, along an axis.

    >>> sharing_sizes(Chain.parse('1x61x61; max k2'), 1, 0)
    range(60, 62)
    """
    layer, size = _layer_that_works(chain, row), chain.rows[row - 1].shape.size[axis]
    if isinstance(layer, (Join, Unpooling)) or getattr(layer, "to", None) or getattr(layer, "size", None):
        return range(size, size + 1)
    if isinstance(layer, Unshuffle):  # a size between two multiples is refused, not rounded
        return range(size, size + 1)
    output = chain.rows[row].shape.size[axis]

    def gives(candidate: int) -> int | None:
        try:
            return layer.output_size(candidate, axis, {})
        except ValueError:
            return None

    first = last = size
    while first > 1 and gives(first - 1) == output:
        first -= 1
    while gives(last + 1) == output:
        last += 1
    return range(first, last + 1)


def undoing(chain: Chain, row: int) -> Layer:
    """Return the layer that brings a map back to the size, and the channels, that a layer was given.

    The transpose of a convolution, with the output padding that this input needs; unpooling for max pooling with a kept
    name; a convolution for a transposed one; interpolation to the size for what has no size of its own.

    >>> from lib.plan.notation import words_of
    >>> words_of(undoing(Chain.parse('3x61x60; conv 16 k3 s2 p1'), 1))
    'convt 3 k3 s2 p1 o0x1'
    >>> words_of(undoing(Chain.parse('3x61x60; max k2 =a'), 1))
    'unpool a fit'
    """
    layer, before = _layer_that_works(chain, row), chain.rows[row - 1].shape
    match layer:
        case Convolution() if isinstance(layer.padding, tuple):
            window = {name: getattr(layer, name) for name in ("kernel_size", "stride", "padding", "dilation", "groups")}
            back = Transposed(channels=before.channels, **window)
            after = chain.rows[row].shape
            extra = tuple(before.size[axis] - back.smallest_size(after.size[axis], axis) for axis in (0, 1))
            if all(part < max(layer.stride[axis], layer.dilation[axis]) for axis, part in enumerate(extra)):
                return replace(back, output_padding=extra)

        case Transposed() if all(size < step for size, step in zip(_extra(chain, row), layer.stride, strict=True)):
            window = {name: getattr(layer, name) for name in ("kernel_size", "stride", "padding", "dilation", "groups")}
            return Convolution(channels=before.channels, **window)
        case Pooling(kind="max", keep=str(name)) if layer.dilation == (1, 1):
            back = Unpooling(of=name, pooling=layer, fit=True)
            if Chain(before, (layer, back)).fits:
                return back

        case Shuffle():
            return Unshuffle(factor=layer.factor)
        case Unshuffle():
            return Shuffle(factor=layer.factor)
    return Interpolation(size=before.size)


def _extra(chain: Chain, row: int) -> tuple[int, ...]:
    """Return the output padding that a transposed convolution has here, given or asked for."""
    layer, before, after = chain.layers[row - 1], chain.rows[row - 1].shape, chain.rows[row].shape
    return tuple(after.size[axis] - layer.smallest_size(before.size[axis], axis) for axis in (0, 1))


def cured(chain: Chain, row: int, way: str) -> Chain:
    """Return the chain with the sizes at a join made equal.

    Parameters
    ----------
    chain : Chain
    row : int
        The join.
    way : {'output_padding', 'output_size', 'pad', 'crop', 'resize'}
        The first two change the last layer up before the join, the others what the join does.

    Raises
    ------
    ValueError
        If there is no such layer, or it cannot make the difference up.

    Examples
    --------
    >>> chain = Chain.parse('1x61x61 =a; max k2; convt 1 k2 s2; cat a')
    >>> str(cured(chain, 3, 'output_padding')), str(cured(chain, 3, 'pad'))
    ('1x61x61 =a; max k2; convt 1 k2 s2 o1; cat a', '1x61x61 =a; max k2; convt 1 k2 s2; cat a pad')
    """
    if way not in WAYS:
        raise ValueError(f"way must be one of {', '.join(WAYS)}, got {way!r}")
    join = chain.layers[row - 1] if 0 < row <= len(chain.layers) else None
    if not isinstance(join, Join):
        raise ValueError(f"row {row} joins nothing")
    if way in WAYS_TO_FIT:
        return _with_layer(chain, row, replace(join, fit=way))

    number = _last_layer_up(chain, row)
    layer = chain.layers[number - 1]
    mended = _with_layer(chain, number, _padded(chain, row, layer) if way == "output_padding" else _asked(layer, join))
    if mended.rows[row].shape is None or mended.rows[row].problem:
        raise ValueError(f"{way} in row {number} does not make the sizes at row {row} equal")
    return mended


def _last_layer_up(chain: Chain, row: int) -> int:
    for number in range(row - 1, chain.row_of(chain.layers[row - 1].of), -1):
        if isinstance(chain.layers[number - 1], (Transposed, Interpolation, Unpooling)):
            return number
    raise ValueError(f"between the skip and row {row} there is no layer whose output size can be asked for")


def _padded(chain: Chain, row: int, layer: Layer) -> Layer:
    if not isinstance(layer, Transposed):
        raise ValueError("only a transposed convolution has output_padding")
    met = chain.rows[row]
    extra = tuple(layer.output_padding[axis] + met.skip[axis] - met.arriving[axis] for axis in (0, 1))
    if any(not 0 <= part < max(layer.stride[axis], layer.dilation[axis]) for axis, part in enumerate(extra)):
        raise ValueError(f"output_padding {extra} is not below stride {layer.stride} or dilation {layer.dilation}")
    return replace(layer, output_padding=extra, to=None)


def _asked(layer: Layer, join: Join) -> Layer:
    if isinstance(layer, Unpooling):
        return replace(layer, fit=True)
    if isinstance(layer, Transposed):
        return replace(layer, to=join.of, output_padding=(0, 0))
    return replace(layer, to=join.of, scale=None, size=None)


def join_shift(chain: Chain, row: int, axis: int) -> tuple[float, float]:
    """Return how far the map that arrives at a join lies beside the skip, at the first and at the last cell.

    In cells of the skip; positive if it shows what lies further right or down.

    >>> chain = Chain.parse('1x61x61 =a; max k2; up x2; cat a resize')
    >>> [round(shift, 2) for shift in join_shift(chain, 3, 0)]
    [-0.01, -0.99]
    """
    join, below, after = chain.layers[row - 1], chain.rows[row - 1], chain.rows[row]
    step, offset = join.place(axis, below.shape.size[axis], after.shape.size[axis])
    step, offset = below.step[axis] * step, below.step[axis] * offset + below.offset[axis]
    last = after.shape.size[axis] - 1
    beside = (offset - after.offset[axis], offset + step * last - after.offset[axis] - after.step[axis] * last)
    unit = after.step[axis] or 1.0  # all cells of a map in one place: there is no step to count in
    return tuple(shift / unit for shift in beside)


def unreached_cells(chain: Chain, row: int, axis: int) -> int:
    """Return how many cells along an axis of a layer's output read no cell of its input, as behind output padding.

    >>> [unreached_cells(Chain.parse(f'1x3x3; convt 1 {window} s2 o1'), 1, 0) for window in ('k2', 'k3 p1')]
    [1, 0]
    """
    layer = _layer_that_works(chain, row)
    before, after = chain.rows[row - 1].shape.size[axis], chain.rows[row].shape.size[axis]
    cells = np.arange(after)
    first, last = layer.reads(cells, cells, axis, before, after)
    return int(np.sum((last < 0) | (first >= before)))


def _layer_that_works(chain: Chain, row: int) -> Layer:
    if not 0 < row <= len(chain.layers) or chain.rows[row].shape is None:
        raise ValueError(f"row must be the number of a layer that works, got {row}")
    return chain.layers[row - 1]


def _with_layer(chain: Chain, row: int, layer: Layer) -> Chain:
    """Return the chain with one layer replaced; whoever returns to it by name returns to the new one."""
    layers = list(chain.layers)
    layers[row - 1] = layer
    return replace(chain, layers=tuple(layers))


def fitting_neighbours(chain: Chain, axis: int, reach: int = 256) -> tuple[int | None, int | None]:
    """Return the nearest input size below, and above, for which all fits along an axis.

    >>> fitting_neighbours(Chain.parse('1x61x61 =a; max k2; max k2; up x4; cat a'), 0)
    (60, 64)
    """
    size = chain.shape.size[axis]
    down, up = range(size - 1, max(size - reach, 0), -1), range(size + 1, size + reach)
    below, above = (next(_fitting(chain, axis, sizes), None) for sizes in (down, up))
    return below, above


def _fitting(chain: Chain, axis: int, sizes: Iterable[int]) -> Iterator[int]:
    """Yield the sizes that fit, each when it is asked for: the nearest is all that some want."""
    return (size for size in sizes if chain.sizes_along(axis, size) is not None)
