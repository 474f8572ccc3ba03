"""Max pooling: against its loops, with ties, NaN and infinities, and its gradient."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from lib import conv_output_size, max_pool2d, max_unpool2d, pool_output_size
from lib.ops import pooling
from lib.ops.by_loops import max_pool2d_by_loops, max_unpool2d_by_loops

from .gradients import gradient_by_differences
from .strategies import LAW, layouts, poolings, seeds, whole_numbers
from .switches import EVERY_DTYPE, distinct, undilated, unpooled, with_switches

SHORT = settings(LAW, max_examples=40)
PICTURE = np.array([[1, 5, 2, 0], [3, 4, 8, 8], [7, 7, 9, 6], [7, 7, 1, 9]])


# Numbers worked out by hand.


def test_the_largest_cell_of_each_window_and_where_it_was():
    values, switches = max_pool2d(PICTURE, 2, return_indices=True)
    assert_array_equal(values, [[5, 8], [7, 9]])
    assert_array_equal(switches, [[1, 6], [8, 10]])


def test_of_equal_cells_the_first_in_row_order_is_the_switch():
    assert_array_equal(max_pool2d(np.zeros((3, 3)), 2, 1, return_indices=True)[1], [[0, 1], [3, 4]])
    # In the columns first order the 5 of the second row would come first.
    assert max_pool2d(np.array([[1, 5], [5, 1]]), 2, return_indices=True)[1] == 1


def test_padding_is_below_every_number_and_never_a_switch():
    values, switches = max_pool2d(np.full((2, 2), -7), 2, 1, padding=1, return_indices=True)
    assert_array_equal(values, np.full((3, 3), -7))
    assert_array_equal(switches, [[0, 0, 1], [0, 0, 1], [2, 2, 3]])


def test_ceil_mode_keeps_the_last_windows_that_stick_out():
    assert_array_equal(max_pool2d(PICTURE[:3, :3], 2), [[5]])
    assert_array_equal(max_pool2d(PICTURE[:3, :3], 2, ceil_mode=True), [[5, 8], [7, 9]])


def test_dilation_reads_every_second_cell():
    assert_array_equal(max_pool2d(PICTURE, 2, 1, dilation=2), [[9, 7], [8, 9]])


# Laws of pooling.


@given(poolings(), seeds, layouts)
@settings(LAW, max_examples=150)
def test_fast_code_equals_the_loops(call, seed, lay):
    x = whole_numbers(call.shape, seed)  # of nine numbers, so that most windows have ties
    values, switches = max_pool2d(lay(x), **call.options, return_indices=True)
    expected, expected_switches = max_pool2d_by_loops(x, **call.options)
    assert_array_equal(values, expected)
    assert_array_equal(switches, expected_switches)
    assert switches.dtype == np.int64
    assert_array_equal(max_pool2d(lay(x), **call.options), expected)


@given(poolings(), seeds)
@LAW
def test_nan_and_infinities_are_met_as_the_loops_meet_them(call, seed):
    generator = np.random.default_rng(seed)
    x = generator.choice([np.nan, np.inf, -np.inf, -1.0, 2.0], call.shape, p=[0.1, 0.1, 0.5, 0.2, 0.1])
    values, switches = with_switches(x, call)
    expected, expected_switches = max_pool2d_by_loops(x, **call.options)
    assert_array_equal(values, expected)
    assert_array_equal(switches, expected_switches)
    assert_array_equal(max_pool2d(x, **call.options), expected)


def test_a_nan_wins_and_the_last_one_of_a_window_is_its_switch():
    values, switches = max_pool2d(np.array([[np.nan, 9], [np.nan, np.inf]]), 2, return_indices=True)
    assert np.isnan(values).all()
    assert switches == 2


@given(poolings(), seeds, st.sampled_from(EVERY_DTYPE))
@LAW
def test_every_dtype_is_kept_and_exact(call, seed, dtype):
    x = whole_numbers(call.shape, seed, dtype)
    values, switches = with_switches(x, call)
    assert values.dtype == max_pool2d(x, **call.options).dtype == dtype
    assert switches.dtype == np.int64
    assert_array_equal(values, max_pool2d(x.astype(float), **call.options))


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int64, np.uint64])
def test_the_ends_of_an_integer_dtype_are_numbers_like_others(dtype):
    ends = np.iinfo(dtype)
    x = np.array([[ends.min, ends.min], [ends.min, ends.max]], dtype)
    values, switches = max_pool2d(x, 2, 1, padding=1, return_indices=True)
    assert_array_equal(values, np.array([[ends.min] * 3, [ends.min] + [ends.max] * 2, [ends.min] + [ends.max] * 2]))
    assert_array_equal(switches, [[0, 0, 1], [0, 3, 3], [2, 3, 3]])


@given(poolings(), seeds)
@LAW
def test_the_switches_point_at_the_values(call, seed):
    x = whole_numbers(call.shape, seed)
    values, switches = with_switches(x, call)
    flat = x.reshape(*x.shape[:2], -1)
    assert_array_equal(np.take_along_axis(flat, switches.reshape(*x.shape[:2], -1), 2).reshape(values.shape), values)


@given(poolings(), seeds)
@LAW
def test_images_and_planes_alone_are_pooled_and_unpooled_alike(call, seed):
    x = whole_numbers(call.shape, seed)
    values, switches = with_switches(x, call)
    for alone in (np.s_[0], np.s_[0, 0]):
        some, some_switches = with_switches(x[alone], call)
        assert_array_equal(some, values[alone])
        assert_array_equal(some_switches, switches[alone])


@given(poolings(), seeds, st.integers(1, 500))
@LAW
def test_where_strips_begin_and_end_does_not_change_a_number(call, seed, strip_cells):
    x = whole_numbers(call.shape, seed)
    values, switches = with_switches(x, call)
    back = max_unpool2d_by_loops(values, switches, call.shape[2:])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pooling, "STRIP_CELLS", strip_cells)
        assert_array_equal(with_switches(x, call)[0], values)
        assert_array_equal(with_switches(x, call)[1], switches)
        assert_array_equal(max_pool2d(x, **call.options), values)
        if call == undilated(call):
            assert_array_equal(unpooled(values, switches, call), back)


@given(poolings(), seeds)
@SHORT
def test_arguments_are_not_modified_and_results_are_new(call, seed):
    x = whole_numbers(call.shape, seed)
    values, switches = with_switches(x, call)
    assert_array_equal(x, whole_numbers(call.shape, seed))
    before = values.copy(), switches.copy()
    back = max_unpool2d(values, switches, max(call.shape[2:]))
    assert_array_equal(values, before[0])
    assert_array_equal(switches, before[1])
    assert not any(np.shares_memory(a, b) for a, b in ((values, x), (back, values), (back, x)))


@given(poolings(st.just(0)))
@SHORT
def test_an_empty_batch_gives_an_empty_batch(call):
    x = np.zeros(call.shape)
    (values, switches), pulls = max_pool2d.record(x, **call.options, return_indices=True)
    size = pool_output_size(call.shape[2:], *call[1:])
    assert values.shape == switches.shape == (0, call.shape[1], *size)
    assert pulls["input"](values).shape == x.shape
    back, pulls = max_unpool2d.record(values, switches, 4)
    assert back.shape == (0, call.shape[1], 4 * size[0], 4 * size[1])
    assert pulls["input"](back).shape == values.shape


@given(poolings(), seeds)
@SHORT
def test_a_window_of_one_cell_is_every_nth_cell(call, seed):
    x = whole_numbers(call.shape, seed)
    assert_array_equal(max_pool2d(x, 1, call.stride), x[..., :: call.stride[0], :: call.stride[1]])
    assert_array_equal(max_pool2d(x, 1), x)


@given(seeds)
@SHORT
def test_stride_one_pooling_twice_is_pooling_once_with_the_wider_window(seed):
    x = whole_numbers((2, 1, 7, 8), seed)
    assert_array_equal(max_pool2d(max_pool2d(x, (2, 3), 1), (3, 2), 1), max_pool2d(x, (4, 4), 1))


@given(poolings())
@LAW
def test_the_size_rounds_down_or_up_by_counting_windows(call):
    counted = []
    for cells, k, s, p, d in zip(call.shape[2:], *call[1:5], strict=True):
        starts, reach = range(-p, cells + p, s), d * (k - 1)
        # Rounded up, one window more than fit, unless it would begin beyond the input.
        fit = [start for start in starts if start + reach < cells + p]
        following = (fit[-1] + s) if fit else -p
        unused = not fit or fit[-1] + reach < cells + p - 1
        counted.append(len(fit) + (call.ceil_mode and unused and following < cells))
    assert pool_output_size(call.shape[2:], *call[1:]) == tuple(counted)
    if not call.ceil_mode:
        assert pool_output_size(call.shape[2:], *call[1:5]) == conv_output_size(call.shape[2:], *call[1:5])
    if call.stride == call.kernel_size:
        default = pool_output_size(call.shape[2:], call.kernel_size, None, call.padding, call.dilation, call.ceil_mode)
        assert default == tuple(counted)


def test_known_pooled_sizes():
    assert [pool_output_size(i, 2) for i in range(2, 8)] == [1, 1, 2, 2, 3, 3]
    assert [pool_output_size(i, 2, ceil_mode=True) for i in range(1, 8)] == [1, 1, 2, 2, 3, 3, 4]
    assert pool_output_size((112, 56), 3, 2, 1) == (56, 28)
    assert [pool_output_size(i, 2, 3, 1, ceil_mode=True) for i in (1, 2, 3)] == [1, 1, 2]  # none begins in padding
    assert pool_output_size(1, 2, 2, 1, ceil_mode=True) == 1


@pytest.mark.parametrize("step", [2**31, 2**62, 2**63, 10**30])
def test_a_step_that_is_never_taken_may_be_any_integer(step):
    x = np.arange(9).reshape(3, 3)
    for values, switches in (
        max_pool2d(x, 3, step, return_indices=True),
        max_pool2d(x, 3, step, padding=1, return_indices=True),
    ):
        assert values.shape == (1, 1)
        assert values == switches
    assert_array_equal(max_pool2d(x, 1, dilation=step), x)
    assert_array_equal(max_unpool2d([[5]], [[4]], 3, step), [[0, 0, 0], [0, 5, 0], [0, 0, 0]])


# Gradients.


@given(poolings(), seeds)
@LAW
def test_the_gradient_of_pooling_adds_up_at_the_switches_of_the_loops(call, seed):
    x = whole_numbers(call.shape, seed)
    expected, switches = max_pool2d_by_loops(x, **call.options)
    values, pulls = max_pool2d.record(x, **call.options)
    assert_array_equal(values, expected)
    grad = whole_numbers(values.shape, seed + 1)
    gradient = np.zeros(call.shape)
    for n, c, i, j in np.ndindex(*values.shape):
        gradient[n, c].flat[switches[n, c, i, j]] += grad[n, c, i, j]
    assert_array_equal(pulls["input"](grad), gradient)
    (pair, places), pulls = max_pool2d.record(x, **call.options, return_indices=True)
    assert_array_equal(pair, expected)
    assert_array_equal(places, switches)
    assert_array_equal(pulls["input"](grad), gradient)
    for alone in (np.s_[0], np.s_[0, 0]):
        assert_array_equal(max_pool2d.record(x[alone], **call.options)[1]["input"](grad[alone]), gradient[alone])


@given(poolings(), seeds)
@SHORT
def test_the_gradient_of_pooling_is_the_central_difference(call, seed):
    x = distinct(call.shape, seed)  # steps of 1/128 do not reach the next number
    values, pulls = max_pool2d.record(x, **call.options)
    grad = whole_numbers(values.shape, seed + 1)
    expected = gradient_by_differences(lambda at: max_pool2d(at, **call.options), x, grad)
    assert_array_equal(pulls["input"](grad), expected)
