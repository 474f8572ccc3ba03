"""Average pooling: against its loops, against convolution with equal weights, and against its adjoint."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from lib import avg_pool2d, conv2d, matrix_of, pool_output_size
from lib.ops import averaging
from lib.ops.by_loops import avg_pool2d_by_loops

from .gradients import gradient_by_differences, matrix
from .strategies import LAW, Pooling, layouts, poolings, seeds, whole_numbers

SHORT = settings(LAW, max_examples=40)
divisors = st.sampled_from([None, None, 1, 2, -7])


def options_of(call: Pooling, with_zeros: bool = True, divisor: int | None = None) -> dict[str, object]:
    options = {name: value for name, value in call.options.items() if name != "dilation"}
    return options | {"count_include_pad": with_zeros, "divisor_override": divisor}


# Numbers worked out by hand.


def test_each_output_cell_is_the_average_of_its_window():
    assert_array_equal(avg_pool2d([[1, 5, 2, 0], [3, 4, 8, 8]], 2), [[3.25, 4.5]])


def test_zeros_of_the_padding_count_unless_told_not_to():
    assert_array_equal(avg_pool2d(np.full((2, 2), 8), 2, padding=1), [[2, 2], [2, 2]])
    assert_array_equal(avg_pool2d(np.full((2, 2), 8), 2, padding=1, count_include_pad=False), [[8, 8], [8, 8]])


def test_what_sticks_out_beyond_the_padding_never_counts():
    row = np.array([[6.0, 2.0, 4.0]])
    assert_array_equal(avg_pool2d(row, (1, 2), ceil_mode=True), [[4, 4]])
    assert_array_equal(avg_pool2d(row, (1, 2), ceil_mode=True, count_include_pad=False), [[4, 4]])
    # Windows from -1, 1 and 3 over a padded row of 5, the last rounded up away: it would begin in the padding.
    assert_array_equal(avg_pool2d(row, (1, 2), padding=(0, 1), ceil_mode=True), [[3, 3]])
    # Windows from -1 and 2: of the last, one cell is input, one is padding and one sticks out.
    assert_array_equal(avg_pool2d(row, (1, 3), padding=(0, 1), ceil_mode=True), [[8 / 3, 2]])


def test_a_divisor_replaces_the_number_of_cells():
    assert_array_equal(avg_pool2d([[1, 2], [3, 4]], 2, divisor_override=1), [[10]])
    assert_array_equal(avg_pool2d([[1, 2], [3, 4]], 2, padding=1, divisor_override=-2), [[-0.5, -1], [-1.5, -2]])


# Laws.


@given(poolings(dilated=False), seeds, layouts, st.booleans(), divisors)
@settings(LAW, max_examples=150)
def test_fast_code_equals_the_loops(call, seed, lay, with_zeros, divisor):
    x, options = whole_numbers(call.shape, seed), options_of(call, with_zeros, divisor)
    result = avg_pool2d(lay(x), **options)
    assert_array_equal(result, avg_pool2d_by_loops(x, **options))
    assert result.dtype.newbyteorder("=") == np.float64


@given(poolings(dilated=False), seeds)
@LAW
def test_averaging_is_convolution_of_each_channel_with_equal_weights(call, seed):
    x = whole_numbers(call.shape, seed)
    if min(i + 2 * p - k for i, p, k in zip(x.shape[2:], call.padding, call.kernel_size, strict=True)) < 0:
        return
    sums = avg_pool2d(x, **options_of(call._replace(ceil_mode=False), divisor=1))
    ones = np.ones((x.shape[1], 1, *call.kernel_size))
    assert_array_equal(sums, conv2d(x, ones, stride=call.stride, padding=call.padding, groups=x.shape[1]))


@given(poolings(dilated=False), st.booleans())
@LAW
def test_averages_of_ones_are_the_share_of_the_window_that_counts(call, with_zeros):
    averages = avg_pool2d(np.ones(call.shape), **options_of(call, with_zeros))
    if not with_zeros or call.padding == (0, 0):
        assert_array_equal(averages, np.ones(averages.shape))
    assert averages.max() <= 1
    assert averages.min() > 0


@given(poolings(dilated=False), seeds, st.booleans(), divisors)
@LAW
def test_images_and_planes_alone_are_averaged_alike(call, seed, with_zeros, divisor):
    x, options = whole_numbers(call.shape, seed), options_of(call, with_zeros, divisor)
    result = avg_pool2d(x, **options)
    assert_array_equal(avg_pool2d(x[0], **options), result[0])
    assert_array_equal(avg_pool2d(x[0, 0], **options), result[0, 0])


@given(poolings(dilated=False), seeds, st.booleans(), st.integers(1, 500))
@LAW
def test_where_strips_begin_and_end_does_not_change_a_number(call, seed, with_zeros, strip_cells):
    x, options = whole_numbers(call.shape, seed), options_of(call, with_zeros)
    whole = avg_pool2d(x, **options)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(averaging, "STRIP_CELLS", strip_cells)
        assert_array_equal(avg_pool2d(x, **options), whole)


@given(poolings(dilated=False), seeds)
@SHORT
def test_arguments_are_not_modified_and_results_are_new(call, seed):
    x = whole_numbers(call.shape, seed)
    result, pulls = avg_pool2d.record(x, **options_of(call))
    assert_array_equal(x, whole_numbers(call.shape, seed))
    assert not np.shares_memory(result, x)
    grad = result.copy()
    assert not np.shares_memory(pulls["input"](grad), grad)
    assert_array_equal(grad, result)


@given(poolings(st.just(0), dilated=False), st.booleans())
@SHORT
def test_an_empty_batch_gives_an_empty_batch(call, with_zeros):
    result, pulls = avg_pool2d.record(np.zeros(call.shape), **options_of(call, with_zeros))
    assert result.shape == (*call.shape[:2], *pool_output_size(call.shape[2:], *call[1:]))
    assert pulls["input"](result).shape == call.shape


@given(poolings(dilated=False), seeds)
@SHORT
def test_a_window_of_one_cell_is_every_nth_cell(call, seed):
    x = whole_numbers(call.shape, seed)
    assert_array_equal(avg_pool2d(x, 1, call.stride), x[..., :: call.stride[0], :: call.stride[1]])
    assert_array_equal(avg_pool2d(x, 1), x)


@given(seeds)
@SHORT
def test_stride_one_sums_of_sums_are_sums_over_the_weighted_wider_window(seed):
    x = whole_numbers((2, 1, 7, 8), seed)
    twice = avg_pool2d(avg_pool2d(x, (2, 1), 1, divisor_override=1), (3, 1), 1, divisor_override=1)
    assert_array_equal(twice[:, 0], conv2d(x, np.array([1, 2, 2, 1.0]).reshape(1, 1, 4, 1))[:, 0])


def test_the_whole_plane_averages_to_its_mean():
    x = whole_numbers((2, 3, 4, 8), 1)
    assert_array_equal(avg_pool2d(x, (4, 8))[..., 0, 0], x.mean((2, 3)))


# Dtypes and special numbers.


@given(poolings(dilated=False), seeds, st.sampled_from([np.int8, np.uint8, np.int32, np.int64, np.uint64]))
@LAW
def test_integers_are_averaged_as_floats_and_never_wrap(call, seed, dtype):
    x = whole_numbers(call.shape, seed, dtype)
    result = avg_pool2d(x, **options_of(call))
    assert result.dtype == np.float64
    assert_array_equal(result, avg_pool2d(x.astype(float), **options_of(call)))
    assert_array_equal(result, avg_pool2d_by_loops(x, **options_of(call)))
    assert_array_equal(avg_pool2d(np.full((4, 4), 200, np.uint8), 4), [[200]])


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
@pytest.mark.parametrize("with_zeros", [True, False])
def test_floating_point_dtypes_are_kept(dtype, with_zeros):
    result, pulls = avg_pool2d.record(np.ones((1, 1, 5, 5), dtype), 3, 2, 1, count_include_pad=with_zeros)
    assert result.dtype == dtype
    assert pulls["input"](result).dtype == dtype


def test_sums_of_half_precision_do_not_overflow():
    assert_array_equal(avg_pool2d(np.full((2, 2), 60000, np.float16), 2), np.full((1, 1), 60000, np.float16))


def test_nan_and_infinity_reach_exactly_the_windows_that_hold_them():
    x = np.zeros((4, 6))
    x[0, 0], x[1, 2], x[3, 4], x[3, 5] = np.nan, np.inf, np.inf, -np.inf
    with np.errstate(invalid="ignore"):
        result = avg_pool2d(x, 2)
    assert_array_equal(result, [[np.nan, np.inf, 0], [0, 0, np.nan]])


@pytest.mark.parametrize("step", [2**31, 2**62, 2**63, 10**30])
def test_a_step_that_is_never_taken_may_be_any_integer(step):
    x = np.arange(9.0).reshape(3, 3)
    result, pulls = avg_pool2d.record(x, 3, step)
    assert_array_equal(result, [[4]])
    assert_array_equal(pulls["input"](np.array([[9.0]])), np.ones((3, 3)))
    assert_array_equal(avg_pool2d(x, 3, step, padding=1, divisor_override=1), [[8]])


# The adjoint.


@given(poolings(dilated=False), seeds, st.booleans(), divisors)
@LAW
def test_the_gradient_is_the_adjoint(call, seed, with_zeros, divisor):
    x, options = whole_numbers(call.shape, seed), options_of(call, with_zeros, divisor)
    result, pulls = avg_pool2d.record(x, **options)
    assert_array_equal(result, avg_pool2d(x, **options))
    y = whole_numbers(result.shape, seed + 1)
    assert_allclose(np.vdot(result, y), np.vdot(x, pulls["input"](y)), rtol=0, atol=1e-11)


@given(poolings(dilated=False), seeds, layouts, st.booleans(), divisors)
@SHORT
def test_the_gradient_is_the_transposed_matrix_of_the_loops_and_the_difference(call, seed, lay, with_zeros, divisor):
    call = call._replace(shape=(1, *call.shape[1:]))
    x, options = whole_numbers(call.shape, seed), options_of(call, with_zeros, divisor)
    result, pulls = avg_pool2d.record(x, **options)
    grad = whole_numbers(result.shape, seed + 1)
    gradient = pulls["input"](lay(grad))
    by_loops = matrix(lambda unit: avg_pool2d_by_loops(unit, **options), (1, 1, *call.shape[2:]))
    expected = grad.reshape(call.shape[1], -1) @ by_loops
    assert_allclose(gradient, expected.reshape(call.shape), rtol=0, atol=1e-13)
    assert_allclose(matrix_of(avg_pool2d, (1, 1, *call.shape[2:]), **options), by_loops, rtol=0, atol=1e-15)
    differences = gradient_by_differences(lambda at: avg_pool2d(at, **options), x, grad)
    assert_allclose(gradient, differences, rtol=0, atol=1e-10)
    for alone in (np.s_[0], np.s_[0, 0]):
        _, pulls_alone = avg_pool2d.record(x[alone], **options)
        assert_array_equal(pulls_alone["input"](grad[alone]), gradient[alone])


def test_the_adjoint_copies_each_share_to_its_whole_window():
    _, pulls = avg_pool2d.record(np.zeros((4, 4)), 2)
    gradient = pulls["input"](np.array([[4.0, 8.0], [12.0, 16.0]]))
    assert_array_equal(gradient, np.kron([[1, 2], [3, 4]], np.ones((2, 2))))


@pytest.mark.parametrize("dtype", [np.int32, np.int64])
def test_the_gradient_of_averaged_integers_is_a_float(dtype):
    result, pulls = avg_pool2d.record(np.ones((2, 2), dtype), 2)
    assert_array_equal(pulls["input"](result), np.full((2, 2), 0.25))
