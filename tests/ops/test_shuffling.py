"""Pixel shuffle and unshuffle: against their loops, and against each other."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from lib import conv2d, conv_transpose2d, matrix_of, pixel_shuffle, pixel_unshuffle
from lib.ops.by_loops import pixel_shuffle_by_loops, pixel_unshuffle_by_loops

from .gradients import gradient_by_differences, matrix
from .strategies import LAW, layouts, seeds, whole_numbers

EVERY_DTYPE = [np.int8, np.uint8, np.int32, np.int64, np.uint64, np.float16, np.float32, np.float64, np.longdouble]
factors, shapes = st.integers(1, 4), st.tuples(st.integers(0, 2), *[st.integers(1, 3)] * 3)


def deep(shape: tuple[int, ...], factor: int) -> tuple[int, ...]:
    *before, channels, rows, columns = shape
    return (*before, channels * factor**2, rows, columns)


def wide(shape: tuple[int, ...], factor: int) -> tuple[int, ...]:
    *before, channels, rows, columns = shape
    return (*before, channels, rows * factor, columns * factor)


def test_channel_i_r_plus_j_becomes_cell_i_j_of_every_square():
    assert_array_equal(pixel_shuffle(np.arange(8).reshape(4, 1, 2), 2), [[[0, 2, 1, 3], [4, 6, 5, 7]]])


def test_the_channels_of_one_result_channel_lie_together():
    shuffled = pixel_shuffle(np.arange(8).reshape(8, 1, 1), 2)
    assert_array_equal(shuffled, [[[0, 1], [2, 3]], [[4, 5], [6, 7]]])


def test_unshuffling_collects_each_square_into_channels():
    unshuffled = pixel_unshuffle(np.arange(8).reshape(1, 2, 4), 2)
    assert_array_equal(unshuffled, np.array([[0, 2], [1, 3], [4, 6], [5, 7]]).reshape(4, 1, 2))


@given(shapes, factors, seeds, layouts, st.sampled_from(EVERY_DTYPE))
@LAW
def test_both_equal_their_loops_and_undo_each_other(shape, factor, seed, lay, dtype):
    x, y = whole_numbers(deep(shape, factor), seed, dtype), whole_numbers(wide(shape, factor), seed + 1, dtype)
    up, down = pixel_shuffle(lay(x), factor), pixel_unshuffle(lay(y), factor)
    assert_array_equal(up, pixel_shuffle_by_loops(x, factor))
    assert_array_equal(down, pixel_unshuffle_by_loops(y, factor))
    assert up.shape == wide(shape, factor)
    assert down.shape == deep(shape, factor)
    assert_array_equal(pixel_unshuffle(up, factor), x)
    assert_array_equal(pixel_shuffle(down, factor), y)
    assert pixel_shuffle(x, factor).dtype == pixel_unshuffle(y, factor).dtype == dtype


@given(shapes, factors, seeds)
@LAW
def test_each_is_the_adjoint_of_the_other(shape, factor, seed):
    x, y = whole_numbers(deep(shape, factor), seed), whole_numbers(wide(shape, factor), seed + 1)
    assert np.vdot(pixel_shuffle(x, factor), y) == np.vdot(x, pixel_unshuffle(y, factor))


@pytest.mark.parametrize("factor", [1, 2, 3])
def test_the_matrix_is_a_permutation_and_its_transpose_is_the_other_matrix(factor):
    shape = (2, 2, 1, 2)
    up = matrix_of(pixel_shuffle, deep(shape, factor), factor)
    assert_array_equal(up @ up.T, np.eye(len(up)))
    assert set(up.ravel()) == {0, 1}
    assert_array_equal(matrix_of(pixel_unshuffle, wide(shape, factor), factor), up.T)


@given(st.lists(st.integers(0, 2), max_size=3), factors, seeds)
@LAW
def test_any_number_of_axes_may_come_before_the_channels(before, factor, seed):
    shape = (*before, 2, 2, 1)
    x = whole_numbers(deep(shape, factor), seed)
    flat = x.reshape(int(np.prod(before)), *x.shape[-3:])
    up = pixel_shuffle(x, factor)
    assert_array_equal(up, pixel_shuffle(flat, factor).reshape(wide(shape, factor)))
    assert_array_equal(pixel_unshuffle(up, factor), x)


@given(shapes, factors, seeds)
@LAW
def test_arguments_are_not_modified_and_results_are_new(shape, factor, seed):
    x = whole_numbers(deep(shape, factor), seed)
    up = pixel_shuffle(x, factor)
    before = up.copy()
    down = pixel_unshuffle(up, factor)
    assert_array_equal(x, whole_numbers(deep(shape, factor), seed))
    assert_array_equal(up, before)
    assert not np.shares_memory(up, x)
    assert not np.shares_memory(down, up)


@given(factors, seeds)
@LAW
def test_convolution_then_shuffle_is_transposed_convolution_whose_stride_is_its_kernel(factor, seed):
    # The sub-pixel convolution of Shi et al.: each output channel of the convolution is one tap of the other kernel.
    x, w = whole_numbers((2, 3, 4, 3), seed), whole_numbers((3, 2, factor, factor), seed + 1)
    taps = w.transpose(1, 2, 3, 0).reshape(2 * factor**2, 3, 1, 1)
    assert_array_equal(pixel_shuffle(conv2d(x, taps), factor), conv_transpose2d(x, w, stride=factor))


def test_nan_and_infinity_are_moved_like_other_numbers():
    x = np.array([np.nan, np.inf, -np.inf, -0.0]).reshape(4, 1, 1)
    up = pixel_shuffle(x, 2)
    assert_array_equal(up, [[[np.nan, np.inf], [-np.inf, -0.0]]])
    assert np.signbit(up[0, 1, 1])
    assert_array_equal(pixel_unshuffle(up, 2), x)


@given(shapes.filter(lambda shape: shape[0]), st.integers(1, 3), seeds)
@LAW
def test_gradients_are_the_transposed_matrices_of_the_loops_and_the_differences(shape, factor, seed):
    for operation, loops, given_shape, made_shape in (
        (pixel_shuffle, pixel_shuffle_by_loops, deep(shape, factor), wide(shape, factor)),
        (pixel_unshuffle, pixel_unshuffle_by_loops, wide(shape, factor), deep(shape, factor)),
    ):
        x, grad = whole_numbers(given_shape, seed), whole_numbers(made_shape, seed + 1)
        result, pulls = operation.record(x, factor)
        assert_array_equal(result, operation(x, factor))
        gradient = pulls["input"](grad)
        assert_array_equal(pulls["input"](np.asfortranarray(grad)), gradient)
        if x.size > 60:  # the loops are slow
            continue
        expected = grad.ravel() @ matrix(lambda unit, loops=loops: loops(unit, factor), x.shape)
        assert_array_equal(gradient, expected.reshape(x.shape))
        differences = gradient_by_differences(lambda at, operation=operation: operation(at, factor), x, grad)
        assert_array_equal(gradient, differences)
