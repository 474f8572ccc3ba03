"""Unpooling: against its loops, as the adjoint of pooling, with repeated and with foreign switches."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from lib import max_pool2d, max_unpool2d, pool_output_size
from lib.ops.by_loops import max_unpool2d_by_loops

from .gradients import gradient_by_differences, matrix
from .strategies import LAW, layouts, poolings, seeds, whole_numbers
from .switches import EVERY_DTYPE, apart, distinct, undilated, unpooled, with_switches

SHORT = settings(LAW, max_examples=40)


# Numbers worked out by hand.


def test_unpooling_writes_each_value_where_it_was():
    assert_array_equal(max_unpool2d([[5, 8]], [[1, 6]], 2), [[0, 5, 0, 0], [0, 0, 8, 0]])


def test_of_two_values_for_one_cell_the_later_in_row_order_stays():
    assert_array_equal(max_unpool2d([[1, 2], [3, 4]], [[0, 0], [5, 5]], 2)[:2], [[2, 0, 0, 0], [0, 4, 0, 0]])
    # As overlapping windows make them: all four found the 9 in the middle.
    x = np.array([[0, 0, 0], [0, 9, 0], [0, 0, 0]])
    _, switches = max_pool2d(x, 2, 1, return_indices=True)
    assert_array_equal(max_unpool2d([[1, 2], [3, 4]], switches, 2, 1), [[0, 0, 0], [0, 4, 0], [0, 0, 0]])


def test_values_go_where_the_switches_of_another_image_point():
    _, switches = max_pool2d(np.array([[0, 1], [0, 0]]), 2, return_indices=True)
    assert_array_equal(max_unpool2d(max_pool2d(np.array([[0, 0], [7, 0]]), 2), switches, 2), [[0, 7], [0, 0]])


# Laws of unpooling.


@given(poolings(dilated=False), seeds, layouts, st.sampled_from(EVERY_DTYPE))
@LAW
def test_unpooling_equals_its_loops(call, seed, lay, dtype):
    call = undilated(call)
    assume(all(i + 2 * p >= k for i, k, p in zip(call.shape[2:], call.kernel_size, call.padding, strict=True)))
    values, switches = with_switches(whole_numbers(call.shape, seed, dtype), call)
    result = unpooled(lay(values), lay(switches), call)
    assert_array_equal(result, max_unpool2d_by_loops(values, switches, call.shape[2:]))
    assert result.dtype.newbyteorder("=") == dtype
    assert_array_equal(unpooled(values[0], switches[0], call), result[0])
    assert_array_equal(unpooled(values[0, 0], switches[0, 0], call), result[0, 0])


@given(seeds, st.sampled_from([np.int8, np.uint8, np.int32, np.uint32, np.int64, np.uint64]))
@LAW
def test_switches_may_be_any_integers_even_repeated(seed, dtype):
    y = whole_numbers((2, 2, 3, 2), seed)
    switches = np.random.default_rng(seed).integers(0, 24, y.shape).astype(dtype)
    result, pulls = max_unpool2d.record(y, switches, 2)
    assert_array_equal(result, max_unpool2d_by_loops(y, switches, (6, 4)))
    # The gradient reads each cell once for every value that pointed at it.
    grad = whole_numbers(result.shape, seed + 1)
    read = [plane.ravel()[places] for plane, places in zip(grad.reshape(4, 24), switches.reshape(4, 3, 2), strict=True)]
    assert_array_equal(pulls["input"](grad), np.reshape(read, y.shape))


@given(apart(), seeds)
@LAW
def test_unpooling_is_the_adjoint_of_pooling_with_these_switches(call, seed):
    x = distinct(call.shape, seed)
    values, switches = with_switches(x, call)
    y = whole_numbers(values.shape, seed + 1)
    assert np.vdot(values, y) == np.vdot(x, unpooled(y, switches, call))


@given(apart(), seeds)
@SHORT
def test_its_matrix_is_the_transpose_of_the_matrix_that_picks_the_switches(call, seed):
    call = call._replace(shape=(1, 1, *call.shape[2:]))
    _, switches = with_switches(distinct(call.shape, seed), call)
    picks = np.zeros((switches.size, int(np.prod(call.shape))))
    picks[np.arange(switches.size), switches.ravel()] = 1
    assert_array_equal(matrix(lambda y: unpooled(y, switches, call), switches.shape), picks.T)


@given(apart(), seeds)
@LAW
def test_pooling_returns_what_unpooling_placed(call, seed):
    # Windows apart and positive values: the zeros between them are never larger.
    values, switches = with_switches(distinct(call.shape, seed), call)
    y = distinct(values.shape, seed + 1)
    again, found = with_switches(unpooled(y, switches, call), call)
    assert_array_equal(again, y)
    assert_array_equal(found, switches)


@given(apart(), seeds)
@LAW
def test_unpooling_what_was_pooled_keeps_the_largest_cells_and_forgets_the_rest(call, seed):
    x = distinct(call.shape, seed)
    back = unpooled(*with_switches(x, call), call)
    assert np.count_nonzero(back) == np.prod(pool_output_size(call.shape[2:], *call[1:])) * x.shape[0] * x.shape[1]
    assert_array_equal(back[back != 0], x[back != 0])


FORMS = [tuple, list, lambda size: (1, 1, *size), lambda size: [9, 9, *size], lambda size: tuple(np.array(size))]


@pytest.mark.parametrize(
    "form", FORMS, ids=["tuple", "list", "whole shape", "other batch and channels", "NumPy integers"]
)
@pytest.mark.parametrize("size", [(6, 8), (7, 9), (5, 7), (7, 7)])
def test_output_size_is_less_than_one_stride_from_the_computed_size(form, size):
    y, switches = np.ones((1, 1, 3, 4)), np.arange(12).reshape(1, 1, 3, 4)
    result = max_unpool2d(y, switches, 2, output_size=form(size))
    assert_array_equal(result, max_unpool2d_by_loops(y, switches, size))
    assert max_unpool2d(y[0], switches[0], 2, output_size=form(size)).shape == (1, *size)
    assert max_unpool2d(y[0, 0], switches[0, 0], 2, output_size=form(size)).shape == size


@given(apart())
@LAW
def test_without_output_size_it_is_the_smallest_that_is_pooled_to_this(call):
    down = pool_output_size(call.shape[2:], *call[1:])
    axes = zip(down, *call[1:4], strict=True)
    smallest = tuple((i - 1) * s - 2 * p + k for i, k, s, p in axes)
    assume(min(smallest) >= 1)
    y = np.zeros((1, 1, *down))
    assert max_unpool2d(y, y.astype(int), *call[1:4]).shape[2:] == smallest
    assert pool_output_size(smallest, *call[1:4]) == down


# Gradients.


@given(apart(), seeds)
@SHORT
def test_the_gradient_of_unpooling_is_its_transposed_matrix_and_the_difference(call, seed):
    y, switches = with_switches(distinct(call.shape, seed), call)
    options = {"kernel_size": call.kernel_size, "stride": call.stride, "padding": call.padding}
    result, pulls = max_unpool2d.record(y, switches, **options, output_size=call.shape[2:])
    assert_array_equal(result, unpooled(y, switches, call))
    grad = whole_numbers(result.shape, seed + 1)
    by_loops = matrix(lambda unit: max_unpool2d_by_loops(unit, switches, call.shape[2:]), y.shape)
    assert_array_equal(pulls["input"](grad), (grad.ravel() @ by_loops).reshape(y.shape))
    assert_array_equal(pulls["input"](grad), gradient_by_differences(lambda at: unpooled(at, switches, call), y, grad))
    for alone in (np.s_[0], np.s_[0, 0]):
        _, pulls_alone = max_unpool2d.record(y[alone], switches[alone], **options, output_size=call.shape[2:])
        assert_array_equal(pulls_alone["input"](grad[alone]), pulls["input"](grad)[alone])


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
def test_gradients_keep_the_dtype(dtype):
    x = np.ones((1, 1, 4, 4), dtype)
    for options in ({"kernel_size": 2}, {"kernel_size": 3, "stride": 1}):
        (values, switches), pulls = max_pool2d.record(x, **options, return_indices=True)
        assert pulls["input"](values).dtype == dtype
        back, pulls = max_unpool2d.record(values, switches, **options)
        assert pulls["input"](back).dtype == dtype
