"""The layers that a plan is made of, and what each does to sizes, places and costs.

A layer answers the same few questions for one axis at a time: how many cells it makes, which cells of its input an
output cell reads, and where on its input an output cell lies. Shapes are those of one image, (channels, rows, columns).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from lib.checks import Pair
from lib.ops.sizes import conv_output_size, conv_transpose_output_size, pool_output_size, same_padding

Cells = np.ndarray  # whole numbers, one for each output cell asked about
NOTHING = 2**40  # cells that read nothing read from here up to its negative

# What may follow a layer in its row: it changes numbers, never sizes.
FOLLOWERS = (
    "relu", "norm", "dropout", "leakyrelu", "gelu", "silu", "sigmoid", "tanh", "softmax", "elu", "prelu", "hardswish",
    "relu6", "identity", "groupnorm", "instancenorm",
)  # fmt: skip
WAYS_TO_FIT = ("pad", "crop", "resize")
TAPS = {"nearest": 0, "nearest-exact": 0, "bilinear": 2, "bicubic": 4}  # products along one axis


class Shape(NamedTuple):
    """The shape of one image between two layers."""

    channels: int
    rows: int
    columns: int

    @property
    def size(self) -> Pair:
        """Rows and columns."""
        return self.rows, self.columns


class Kept(NamedTuple):
    """A map that a later layer comes back to: its shape, the layer that made it, and what that layer was given."""

    shape: Shape
    layer: Layer | None
    before: Shape


Keeps = Mapping[str, Kept]


class Mismatch(ValueError):
    """Two maps that are to be joined have different sizes."""


@dataclass(frozen=True, kw_only=True)
class Layer:
    """What all layers share: the name under which their output is kept, and what follows without changing sizes."""

    keep: str | None = None
    then: tuple[str, ...] = ()

    def output_channels(self, channels: int, kept: Keeps) -> int:  # noqa: ARG002
        """Return how many channels come out."""
        return channels

    def output_size(self, size: int, axis: int, kept: Keeps) -> int:  # noqa: ARG002
        """Return how many cells come out along an axis (0: rows, 1: columns); ValueError if it cannot be."""
        return size

    def reads(self, first: Cells, last: Cells, axis: int, size: int, output: int) -> tuple[Cells, Cells]:  # noqa: ARG002
        """Return the first and last input cell that the output cells from ``first`` to ``last`` read.

        As if the input went on for ever; where nothing is read, the first is greater than the last.
        """
        return first, last

    def place(self, axis: int, size: int, output: int) -> tuple[float, float]:  # noqa: ARG002
        """Return (step, offset): output cell j lies over ``step * j + offset`` on the axis of the input's cells."""
        return 1.0, 0.0

    def weights(self, channels: int) -> int:  # noqa: ARG002
        """Return how many numbers the layer learns, given the channels that come in."""
        return 0

    def multiplications(self, before: Shape, after: Shape) -> int:  # noqa: ARG002
        """Return how many products one image takes; those with the zeros of padding are counted."""
        return 0


@dataclass(frozen=True, kw_only=True)
class Window(Layer):
    """A window that slides: convolution and pooling."""

    kernel_size: Pair
    stride: Pair = (1, 1)
    padding: Pair = (0, 0)
    dilation: Pair = (1, 1)

    def before(self, axis: int) -> int:
        """Return how many cells of padding stand in front of the input."""
        return self.padding[axis]

    def reach(self, axis: int) -> int:
        """Return the distance between the first and the last cell of the window, ``d (k - 1)``."""
        return self.dilation[axis] * (self.kernel_size[axis] - 1)

    def reads(self, first: Cells, last: Cells, axis: int, size: int, output: int) -> tuple[Cells, Cells]:  # noqa: ARG002
        """Return the span of the windows."""
        start = first * self.stride[axis] - self.before(axis)
        end = last * self.stride[axis] - self.before(axis) + self.reach(axis)
        return _where_something(first, last, start, end)

    def place(self, axis: int, size: int, output: int) -> tuple[float, float]:  # noqa: ARG002
        """Return the middle of the window."""
        return float(self.stride[axis]), self.reach(axis) / 2 - self.before(axis)


@dataclass(frozen=True, kw_only=True)
class Convolution(Window):
    """A convolution, ``torch.nn.Conv2d``."""

    channels: int
    padding: Pair | str = (0, 0)
    groups: int = 1
    bias: bool = True

    def before(self, axis: int) -> int:
        """Return the zeros in front; 'same' puts the odd one after."""
        if self.padding == "same":
            return same_padding(self.kernel_size[axis], self.dilation[axis])[0]
        return self.padding[axis]

    def output_channels(self, channels: int, kept: Keeps) -> int:  # noqa: ARG002
        """Return the layer's own number, if the groups divide both."""
        check_groups(self.groups, channels, self.channels)
        return self.channels

    def output_size(self, size: int, axis: int, kept: Keeps) -> int:  # noqa: ARG002
        """Return the size as :func:`lib.conv_output_size` does."""
        padding = self.padding if isinstance(self.padding, str) else self.padding[axis]
        return conv_output_size(size, self.kernel_size[axis], self.stride[axis], padding, self.dilation[axis])

    def weights(self, channels: int) -> int:
        """Return the numbers of the kernel, and one a channel for the bias."""
        return self.channels * (channels // self.groups) * math.prod(self.kernel_size) + self.bias * self.channels

    def multiplications(self, before: Shape, after: Shape) -> int:
        """Return one product a weight and output cell."""
        return math.prod(after) * (before.channels // self.groups) * math.prod(self.kernel_size)


@dataclass(frozen=True, kw_only=True)
class Pooling(Window):
    """Max or average pooling, ``torch.nn.MaxPool2d`` and ``AvgPool2d``."""

    kind: str
    ceil_mode: bool = False

    def output_size(self, size: int, axis: int, kept: Keeps) -> int:  # noqa: ARG002
        """Return the size as :func:`lib.pool_output_size` does."""
        return pool_output_size(
            size, self.kernel_size[axis], self.stride[axis], self.padding[axis], self.dilation[axis], self.ceil_mode
        )

    def multiplications(self, before: Shape, after: Shape) -> int:  # noqa: ARG002
        """Return one division a cell for an average, none for a maximum."""
        return math.prod(after) if self.kind == "avg" else 0


@dataclass(frozen=True, kw_only=True)
class Transposed(Layer):
    """A transposed convolution, ``torch.nn.ConvTranspose2d``.

    ``to`` names a kept map whose size is asked for, as the argument ``output_size`` of PyTorch's ``forward`` does: the
    output padding is then what that takes.
    """

    channels: int
    kernel_size: Pair
    stride: Pair = (1, 1)
    padding: Pair = (0, 0)
    output_padding: Pair = (0, 0)
    dilation: Pair = (1, 1)
    groups: int = 1
    bias: bool = True
    to: str | None = None

    def output_channels(self, channels: int, kept: Keeps) -> int:  # noqa: ARG002
        """Return the layer's own number, if the groups divide both."""
        check_groups(self.groups, channels, self.channels)
        return self.channels

    def smallest_size(self, size: int, axis: int) -> int:
        """Return the size without output padding, which may be less than 1."""
        return (size - 1) * self.stride[axis] - 2 * self.padding[axis] + self.reach(axis) + 1

    def reach(self, axis: int) -> int:
        """Return the distance between the first and the last cell of a stamp, ``d (k - 1)``."""
        return self.dilation[axis] * (self.kernel_size[axis] - 1)

    def output_size(self, size: int, axis: int, kept: Keeps) -> int:
        """Return the size as :func:`lib.conv_transpose_output_size` does."""
        extra = self.output_padding[axis]
        if self.to is not None:
            wanted, smallest = kept[self.to].shape.size[axis], self.smallest_size(size, axis)
            extra = wanted - smallest
            if not 0 <= extra < self.stride[axis]:
                raise ValueError(
                    f"output_size must be from {smallest} to {smallest + self.stride[axis] - 1}, got {wanted}"
                )
        axes = (self.kernel_size, self.stride, self.padding, self.dilation)
        kernel, stride, padding, dilation = (pair[axis] for pair in axes)
        return conv_transpose_output_size(size, kernel, stride, padding, extra, dilation)

    def reads(self, first: Cells, last: Cells, axis: int, size: int, output: int) -> tuple[Cells, Cells]:  # noqa: ARG002
        """Return the span of the cells whose stamps reach there."""
        axes = (self.kernel_size, self.stride, self.padding, self.dilation)
        return stamps_that_reach(first, last, *(pair[axis] for pair in axes))

    def place(self, axis: int, size: int, output: int) -> tuple[float, float]:  # noqa: ARG002
        """Return where the middle of a stamp comes from: a convolution's place, turned round."""
        return 1 / self.stride[axis], (self.padding[axis] - self.reach(axis) / 2) / self.stride[axis]

    def weights(self, channels: int) -> int:
        """Return the numbers of the kernel, and one a channel for the bias."""
        return channels * (self.channels // self.groups) * math.prod(self.kernel_size) + self.bias * self.channels

    def multiplications(self, before: Shape, after: Shape) -> int:  # noqa: ARG002
        """Return one product a weight and input cell; those that padding cuts off are counted."""
        return math.prod(before) * (self.channels // self.groups) * math.prod(self.kernel_size)


@dataclass(frozen=True, kw_only=True)
class Interpolation(Layer):
    """Interpolation, ``torch.nn.Upsample``: by a scale, to a size, or to the size of a kept map."""

    scale: tuple[Fraction, Fraction] | None = None
    size: Pair | None = None
    to: str | None = None
    mode: str = "nearest"
    align_corners: bool = False

    def output_size(self, size: int, axis: int, kept: Keeps) -> int:
        """Return the size asked for, or the scaled size, rounded down."""
        if self.to is not None:
            return kept[self.to].shape.size[axis]
        if self.size is not None:
            return self.size[axis]
        scaled = math.floor(size * float(self.scale[axis]))
        if scaled < 1:
            raise ValueError(f"scale_factor {float(self.scale[axis]):g} leaves nothing of {size} cells")
        return scaled

    def ratio(self, axis: int, size: int, output: int) -> Fraction:
        """Return how many output cells there are to an input cell."""
        return Fraction(output, size) if self.scale is None else self.scale[axis]

    def reads(self, first: Cells, last: Cells, axis: int, size: int, output: int) -> tuple[Cells, Cells]:
        """Return the span of the cells with a weight."""
        start = _interpolated_from(first, self, axis, size, output)[0]
        end = _interpolated_from(last, self, axis, size, output)[1]
        return _where_something(first, last, start, end)

    def place(self, axis: int, size: int, output: int) -> tuple[float, float]:
        """Return where the interpolated position lies: outer edges meet, or with align_corners outer centres."""
        if self.align_corners:
            return ((size - 1) / (output - 1) if output > 1 else 0.0), 0.0
        step = float(1 / self.ratio(axis, size, output))
        return step, step / 2 - 0.5

    def multiplications(self, before: Shape, after: Shape) -> int:  # noqa: ARG002
        """Return the products of the weights of both axes, 4 a cell for bilinear and 16 for bicubic."""
        return math.prod(after) * TAPS[self.mode] ** 2


@dataclass(frozen=True, kw_only=True)
class Unpooling(Layer):
    """Max unpooling, ``torch.nn.MaxUnpool2d``, with the switches of the max pooling whose output is kept as ``of``.

    ``fit`` asks for the size that went into that pooling, as PyTorch's argument ``output_size``.
    """

    of: str
    pooling: Pooling
    fit: bool = False

    def output_channels(self, channels: int, kept: Keeps) -> int:
        """Return the channels, if the switches have as many."""
        switches = kept[self.of].shape
        if channels != switches.channels:
            raise ValueError(f"the switches of {self.of} have {switches.channels} channels, but {channels} arrive")
        return channels

    def output_size(self, size: int, axis: int, kept: Keeps) -> int:
        """Return ``(i - 1) s - 2p + k``, or the size that was pooled."""
        switches, pooled = kept[self.of].shape.size[axis], kept[self.of].before.size[axis]
        if size != switches:
            raise ValueError(f"the switches of {self.of} have {switches} cells along an axis on which {size} arrive")
        pool = self.pooling
        usual = (size - 1) * pool.stride[axis] - 2 * pool.padding[axis] + pool.kernel_size[axis]
        if not self.fit:
            if usual < 1:
                raise ValueError(f"padding {pool.padding[axis]} leaves nothing of {size} cells")
            return usual
        if abs(pooled - usual) >= pool.stride[axis]:
            raise ValueError(f"output_size must be less than a stride from {usual}, got {pooled}")
        return pooled

    def reads(self, first: Cells, last: Cells, axis: int, size: int, output: int) -> tuple[Cells, Cells]:  # noqa: ARG002
        """Return the span of the windows that may have had their maximum there."""
        pool = self.pooling
        return stamps_that_reach(first, last, pool.kernel_size[axis], pool.stride[axis], pool.padding[axis], 1)

    def place(self, axis: int, size: int, output: int) -> tuple[float, float]:  # noqa: ARG002
        """Return where the middle of a window comes from."""
        stride, reach = self.pooling.stride[axis], self.pooling.kernel_size[axis] - 1
        return 1 / stride, (self.pooling.padding[axis] - reach / 2) / stride


@dataclass(frozen=True, kw_only=True)
class Shuffle(Layer):
    """Pixel shuffle, ``torch.nn.PixelShuffle``: channels become cells."""

    factor: int

    def output_channels(self, channels: int, kept: Keeps) -> int:  # noqa: ARG002
        """Return the channels divided by the factor's square."""
        if channels % self.factor**2:
            raise ValueError(f"channels must be divisible by {self.factor}² = {self.factor**2}, got {channels}")
        return channels // self.factor**2

    def output_size(self, size: int, axis: int, kept: Keeps) -> int:  # noqa: ARG002
        """Return the size times the factor."""
        return size * self.factor

    def reads(self, first: Cells, last: Cells, axis: int, size: int, output: int) -> tuple[Cells, Cells]:  # noqa: ARG002
        """Return the cell whose channels were spread."""
        return _where_something(first, last, first // self.factor, last // self.factor)

    def place(self, axis: int, size: int, output: int) -> tuple[float, float]:  # noqa: ARG002
        """Return where outer edges meet."""
        return 1 / self.factor, 0.5 / self.factor - 0.5


@dataclass(frozen=True, kw_only=True)
class Unshuffle(Layer):
    """Pixel unshuffle, ``torch.nn.PixelUnshuffle``: cells become channels."""

    factor: int

    def output_channels(self, channels: int, kept: Keeps) -> int:  # noqa: ARG002
        """Return the channels times the factor's square."""
        return channels * self.factor**2

    def output_size(self, size: int, axis: int, kept: Keeps) -> int:  # noqa: ARG002
        """Return the size divided by the factor, which must divide it."""
        if size % self.factor:
            raise ValueError(f"sizes must be divisible by downscale_factor {self.factor}, got {size}")
        return size // self.factor

    def reads(self, first: Cells, last: Cells, axis: int, size: int, output: int) -> tuple[Cells, Cells]:  # noqa: ARG002
        """Return the block of cells."""
        return _where_something(first, last, first * self.factor, last * self.factor + self.factor - 1)

    def place(self, axis: int, size: int, output: int) -> tuple[float, float]:  # noqa: ARG002
        """Return the middle of the block."""
        return float(self.factor), (self.factor - 1) / 2


@dataclass(frozen=True, kw_only=True)
class Padding(Layer):
    """Zeros around a map, ``torch.nn.ZeroPad2d``; negative numbers cut off instead."""

    left: int = 0
    right: int = 0
    top: int = 0
    bottom: int = 0

    def sides(self, axis: int) -> Pair:
        """Return the cells (before, after)."""
        return (self.top, self.bottom) if axis == 0 else (self.left, self.right)

    def output_size(self, size: int, axis: int, kept: Keeps) -> int:  # noqa: ARG002
        """Return the size with both sides."""
        if size + sum(min(side, 0) for side in self.sides(axis)) < 1:
            raise ValueError(f"padding {self.sides(axis)} leaves nothing of {size} cells")
        return size + sum(self.sides(axis))

    def reads(self, first: Cells, last: Cells, axis: int, size: int, output: int) -> tuple[Cells, Cells]:  # noqa: ARG002
        """Return the same cells, counted from the input's first."""
        return _where_something(first, last, first - self.sides(axis)[0], last - self.sides(axis)[0])

    def place(self, axis: int, size: int, output: int) -> tuple[float, float]:  # noqa: ARG002
        """Return the same place, counted from the input's first."""
        return 1.0, -float(self.sides(axis)[0])


@dataclass(frozen=True, kw_only=True)
class Join(Layer):
    """A skip connection: the map kept as ``of`` comes in, by concatenation ('cat') or by sum ('add').

    ``fit`` says what is done where sizes differ: 'pad' the map that arrives to the size of the skip (or crop it),
    'crop' the skip to the size of the map (or pad it), 'resize' the map to the skip's size, bilinear; None refuses.
    PyTorch would repeat a single channel, or a single cell, in a sum; here that is refused, as it is seldom meant.
    """

    kind: str
    of: str
    fit: str | None = None

    def output_channels(self, channels: int, kept: Keeps) -> int:
        """Return the sum of both, or the one number that a sum needs both to have."""
        others = kept[self.of].shape.channels
        if self.kind == "cat":
            return channels + others
        if channels != others:
            raise ValueError(f"a sum needs equal channels, got {channels} and {others}")
        return channels

    def output_size(self, size: int, axis: int, kept: Keeps) -> int:
        """Return the size that both then have."""
        skip = kept[self.of].shape.size[axis]
        if size != skip and self.fit is None:
            raise Mismatch(f"sizes must match: {size} arrive, but {self.of} has {skip}")
        return size if self.fit == "crop" else skip

    def reads(self, first: Cells, last: Cells, axis: int, size: int, output: int) -> tuple[Cells, Cells]:
        """Return what is read of the map that arrives."""
        if self.fit == "resize":
            return Interpolation(size=(output, output), mode="bilinear").reads(first, last, axis, size, output)
        start = (output - size) // 2
        return _where_something(first, last, first - start, last - start)

    def place(self, axis: int, size: int, output: int) -> tuple[float, float]:
        """Return the place on the map that arrives."""
        if self.fit == "resize":
            return Interpolation(size=(output, output), mode="bilinear").place(axis, size, output)
        return 1.0, -float((output - size) // 2)

    def skip_start(self, skip: int, output: int) -> int:
        """Return the cell of the skip that meets the first output cell."""
        return (skip - output) // 2 if self.fit == "crop" else 0


def check_groups(groups: int, channels: int, output_channels: int) -> None:
    """Refuse groups that do not divide the channels on both sides."""
    if channels % groups or output_channels % groups:
        raise ValueError(f"groups {groups} must divide the {channels} channels in and the {output_channels} out")


def stamps_that_reach(
    first: Cells, last: Cells, kernel_size: int, stride: int, padding: int, dilation: int
) -> tuple[Cells, Cells]:
    """Return the first and last input cell of a transposed convolution whose stamp reaches a cell of those asked about.

    Input cell i reaches ``i s - p + d t`` for t from 0 to k - 1. A dilated stamp has holes, so that the nearest cells
    may not reach: the search goes on, and within d cells every hole has had its turn.
    """
    start = -(-(first + padding - dilation * (kernel_size - 1)) // stride)
    end = (last + padding) // stride

    def reaches(cell: Cells) -> np.ndarray:
        lowest, highest = first + padding - cell * stride, last + padding - cell * stride
        tap = np.maximum(-(-lowest // dilation), 0)
        return (tap < kernel_size) & (tap * dilation <= highest)

    for _ in range(dilation):
        start = np.where(reaches(start), start, start + 1)
        end = np.where(reaches(end), end, end - 1)
    found = reaches(start) & reaches(end)
    start, end = np.where(found, start, NOTHING), np.where(found, end, -NOTHING)
    return _where_something(first, last, start, end)


def _where_something(first: Cells, last: Cells, start: Cells, end: Cells) -> tuple[Cells, Cells]:
    """Return the span from ``start`` to ``end``, and nothing where nothing was asked about."""
    asked = first <= last
    return np.where(asked, start, NOTHING), np.where(asked, end, -NOTHING)


def _interpolated_from(cells: Cells, layer: Interpolation, axis: int, size: int, output: int) -> tuple[Cells, Cells]:
    """Return the first and last input cell with a weight for each output cell, in whole numbers throughout."""
    ratio = layer.ratio(axis, size, output)
    up, down = ratio.numerator, ratio.denominator
    if layer.mode == "nearest":
        return cells * down // up, cells * down // up
    if layer.mode == "nearest-exact":
        return (2 * cells + 1) * down // (2 * up), (2 * cells + 1) * down // (2 * up)

    if layer.align_corners:
        above, below = cells * (size - 1), max(output - 1, 1)
    else:
        above, below = (2 * cells + 1) * down - up, 2 * up
    floor, whole = above // below, above % below == 0
    more = TAPS[layer.mode] // 2
    return np.where(whole, floor, floor - more + 1), np.where(whole, floor, floor + more)
