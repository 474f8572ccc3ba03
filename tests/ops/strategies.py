"""Generated configurations for the laws that every operation obeys, and the numbers they are tried on.

Arrays hold small whole numbers, so that every sum is exact in every dtype and laws can be checked with ``==``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from hypothesis import assume, settings
from hypothesis import strategies as st

LAW = settings(derandomize=True, deadline=None, max_examples=80, database=None)

seeds = st.integers(0, 10_000)
one_or_two = st.integers(1, 2)


def whole_numbers(shape: tuple[int, ...], seed: int, dtype: type = np.float64) -> np.ndarray:
    """Return an array of numbers from -4 to 4 (0 to 8 for unsigned dtypes)."""
    numbers = np.random.default_rng(seed).integers(0, 9, shape)
    return (numbers if np.dtype(dtype).kind == "u" else numbers - 4).astype(dtype)


def _every_second(array: np.ndarray) -> np.ndarray:
    spread = np.full([2 * cells for cells in array.shape], 99, array.dtype)
    view = spread[tuple(slice(1, None, 2) for _ in array.shape)]
    view[...] = array
    return view


def _read_only(array: np.ndarray) -> np.ndarray:
    copy = array.copy()
    copy.flags.writeable = False
    return copy


LAYOUTS = {
    "contiguous": np.ascontiguousarray,
    "column order": np.asfortranarray,
    "reversed": lambda array: np.flip(np.flip(array).copy()),
    "transposed": lambda array: np.swapaxes(np.swapaxes(array, -1, -2).copy(), -1, -2),
    "every second cell": _every_second,
    "other byte order": lambda array: array.astype(array.dtype.newbyteorder()),
    "read-only": _read_only,
}
layouts = st.sampled_from(sorted(LAYOUTS)).map(LAYOUTS.get)


class Windows(NamedTuple):
    """One way to slide a window over planes, such that it fits."""

    shape: tuple[int, int, int, int]
    kernel_size: tuple[int, int]
    stride: tuple[int, int]
    padding: tuple[int, int]
    dilation: tuple[int, int]

    @property
    def options(self) -> dict[str, tuple[int, int]]:
        return {"stride": self.stride, "padding": self.padding, "dilation": self.dilation}


class Convolution(NamedTuple):
    """The shapes and options of one call of ``conv2d`` that makes sense."""

    input_shape: tuple[int, int, int, int]
    weight_shape: tuple[int, int, int, int]
    stride: tuple[int, int]
    padding: tuple[int, int] | str
    dilation: tuple[int, int]
    groups: int

    @property
    def options(self) -> dict[str, object]:
        return {"stride": self.stride, "padding": self.padding, "dilation": self.dilation, "groups": self.groups}


def _pairs(low: int, high: int) -> st.SearchStrategy[tuple[int, int]]:
    return st.tuples(st.integers(low, high), st.integers(low, high))


@st.composite
def windows(draw: st.DrawFn, batches: st.SearchStrategy[int] = one_or_two, channels: int = 3) -> Windows:
    kernel, stride, padding, dilation = draw(_pairs(1, 4)), draw(_pairs(1, 3)), draw(_pairs(0, 3)), draw(_pairs(1, 3))
    smallest = [max(1, d * (k - 1) + 1 - 2 * p) for k, p, d in zip(kernel, padding, dilation, strict=True)]
    size = tuple(draw(st.integers(least, least + 6)) for least in smallest)
    return Windows((draw(batches), draw(st.integers(1, channels)), *size), kernel, stride, padding, dilation)


@st.composite
def convolutions(draw: st.DrawFn, batches: st.SearchStrategy[int] = one_or_two) -> Convolution:
    shape, kernel, stride, padding, dilation = draw(windows(batches, channels=2))
    word = draw(st.sampled_from([None, None, "same", "valid"]))
    if word:
        padding = word
        extents = [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)]
        size = shape[2:] if word == "same" else [max(pair) for pair in zip(shape[2:], extents, strict=True)]
        shape = (*shape[:2], *size)
        stride = (1, 1) if word == "same" else stride
    groups, group_outputs = draw(st.integers(1, 3)), draw(st.integers(1, 2))
    input_shape = (shape[0], shape[1] * groups, *shape[2:])
    return Convolution(input_shape, (group_outputs * groups, shape[1], *kernel), stride, padding, dilation, groups)


class Transposed(NamedTuple):
    """The shapes and options of one call of ``conv_transpose2d`` that makes sense."""

    input_shape: tuple[int, int, int, int]
    weight_shape: tuple[int, int, int, int]
    stride: tuple[int, int]
    padding: tuple[int, int]
    output_padding: tuple[int, int]
    groups: int
    dilation: tuple[int, int]

    @property
    def options(self) -> dict[str, object]:
        return dict(zip(self._fields[2:], self[2:], strict=True))

    @property
    def down(self) -> dict[str, object]:
        """Options of the convolution that this one transposes."""
        return {name: value for name, value in self.options.items() if name != "output_padding"}

    @property
    def output_shape(self) -> tuple[int, int, int, int]:
        axes = zip(self.input_shape[2:], self.weight_shape[2:], *self[2:5], self.dilation, strict=True)
        size = [(i - 1) * s - 2 * p + d * (k - 1) + extra + 1 for i, k, s, p, extra, d in axes]
        return (self.input_shape[0], self.weight_shape[1] * self.groups, *size)


class Pooling(NamedTuple):
    """One way to pool planes such that every window holds a cell."""

    shape: tuple[int, int, int, int]
    kernel_size: tuple[int, int]
    stride: tuple[int, int]
    padding: tuple[int, int]
    dilation: tuple[int, int]
    ceil_mode: bool

    @property
    def options(self) -> dict[str, object]:
        return dict(zip(self._fields[1:], self[1:], strict=True))


@st.composite
def transposed_convolutions(draw: st.DrawFn, batches: st.SearchStrategy[int] = one_or_two) -> Transposed:
    kernel, stride, padding, dilation = draw(_pairs(1, 4)), draw(_pairs(1, 4)), draw(_pairs(0, 3)), draw(_pairs(1, 3))
    extra = tuple(draw(st.integers(0, max(s, d) - 1)) for s, d in zip(stride, dilation, strict=True))
    axes = zip(kernel, stride, padding, dilation, extra, strict=True)
    # The result must keep a cell: (i - 1) s - 2p + d (k - 1) + extra + 1 >= 1.
    smallest = [max(1, 1 - (d * (k - 1) + e - 2 * p) // s) for k, s, p, d, e in axes]
    size = tuple(draw(st.integers(least, least + 3)) for least in smallest)
    groups, inputs, outputs = draw(st.integers(1, 3)), draw(st.integers(1, 2)), draw(st.integers(1, 2))
    input_shape, weight_shape = (draw(batches), inputs * groups, *size), (inputs * groups, outputs, *kernel)
    return Transposed(input_shape, weight_shape, stride, padding, extra, groups, dilation)


@st.composite
def poolings(draw: st.DrawFn, batches: st.SearchStrategy[int] = one_or_two, dilated: bool = True) -> Pooling:
    kernel, stride, ceil_mode = draw(_pairs(1, 4)), draw(_pairs(1, 4)), draw(st.booleans())
    padding = tuple(draw(st.integers(0, k // 2)) for k in kernel)
    dilation = draw(_pairs(1, 3)) if dilated else (1, 1)
    size = []
    for k, s, p, d in zip(kernel, stride, padding, dilation, strict=True):
        reach = d * (k - 1) + 1
        cells = max(1, reach - 2 * p - (s - 1 if ceil_mode else 0)) + draw(st.integers(0, 6))
        for start in range(-p, cells, s):
            met = [start + i * d for i in range(k) if 0 <= start + i * d < cells]
            assume(met or (not ceil_mode and start + reach > cells + p))
        size.append(cells)
    return Pooling((draw(batches), draw(st.integers(1, 2)), *size), kernel, stride, padding, dilation, ceil_mode)
