"""Padding and cropping are each other's transpose."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from lib import crop, matrix_of, pad

from .strategies import LAW, layouts, seeds, whole_numbers

shapes = st.lists(st.integers(1, 4), min_size=2, max_size=5).map(tuple)
margins = st.tuples(*[st.integers(0, 3)] * 4)


def test_margins_are_left_right_top_bottom():
    assert_array_equal(pad(np.array([[1, 2], [3, 4]]), (1, 0, 0, 2)), [[0, 1, 2], [0, 3, 4], [0, 0, 0], [0, 0, 0]])
    assert_array_equal(crop(np.arange(12).reshape(3, 4), (1, 2, 0, 1)), [[1], [5]])


@given(shapes, margins, seeds, layouts, st.integers(-3, 3))
@LAW
def test_pad_does_what_numpy_does(shape, sides, seed, lay, value):
    x = whole_numbers(shape, seed)
    left, right, top, bottom = sides
    widths = [(0, 0)] * (len(shape) - 2) + [(top, bottom), (left, right)]
    assert_array_equal(pad(lay(x), sides, value), np.pad(x, widths, constant_values=value))


@given(shapes, margins, seeds, layouts)
@LAW
def test_crop_undoes_pad(shape, sides, seed, lay):
    x = whole_numbers(shape, seed)
    assert_array_equal(crop(lay(pad(x, sides, 9)), sides), x)


@given(shapes, margins, seeds)
@LAW
def test_crop_is_the_adjoint_of_pad(shape, sides, seed):
    x = whole_numbers(shape, seed)
    padded = pad(x, sides)
    y = whole_numbers(padded.shape, seed + 1)
    assert np.vdot(padded, y) == np.vdot(x, crop(y, sides))


@given(shapes.filter(lambda shape: np.prod(shape) <= 64), margins)
@LAW
def test_the_matrix_of_crop_is_the_transpose_of_the_matrix_of_pad(shape, sides):
    up = matrix_of(pad, shape, sides)
    larger = pad(np.zeros(shape), sides).shape
    assert_array_equal(matrix_of(crop, larger, sides), up.T)


@given(shapes, margins, seeds, st.sampled_from([np.uint8, np.int64, np.uint64, np.float16, np.float32, np.float64]))
@LAW
def test_results_are_new_arrays_of_the_dtype_of_the_input(shape, sides, seed, dtype):
    x = whole_numbers(shape, seed, dtype)
    before = x.copy()
    padded = pad(x, sides)
    cropped = crop(padded, sides)
    assert padded.dtype == cropped.dtype == dtype
    assert not np.shares_memory(padded, x)
    assert not np.shares_memory(cropped, padded)
    assert_array_equal(x, before)


def test_margins_of_nothing_still_give_a_new_array():
    x = np.ones((2, 2))
    assert not np.shares_memory(pad(x, (0, 0, 0, 0)), x)
    assert not np.shares_memory(crop(x, (0, 0, 0, 0)), x)


def test_an_empty_batch_is_padded_and_cropped():
    assert pad(np.zeros((0, 3, 2, 2)), (1, 1, 1, 1)).shape == (0, 3, 4, 4)
    assert crop(np.zeros((0, 3, 4, 4)), (1, 1, 1, 1)).shape == (0, 3, 2, 2)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 0.5, 7, np.float32(2), np.int8(3)])
def test_floating_point_planes_take_any_number_as_value(value):
    assert_array_equal(pad(np.zeros((1, 1), np.float32), (1, 0, 0, 0), value), [[value, 0]])


@pytest.mark.parametrize(
    ("dtype", "value"), [(np.uint8, 0), (np.uint8, 255), (np.int8, -128), (np.uint64, 2**64 - 1), (np.int64, 3.0)]
)
def test_integer_planes_take_every_value_their_dtype_holds(dtype, value):
    assert pad(np.zeros((1, 1), dtype), (1, 0, 0, 0), value)[0, 0] == value
