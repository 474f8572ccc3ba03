"""Generated configurations for the laws that every operation obeys, and the numbers they are tried on.

Arrays hold small whole numbers, so that every sum is exact in every dtype and laws can be checked with ``==``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from hypothesis import settings
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
