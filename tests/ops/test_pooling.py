"""Max pooling: against its loops, ties and NaN, and unpooling as its adjoint."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from lib import conv_output_size, max_pool2d, max_unpool2d, pool_output_size
from lib.ops import pooling
from lib.ops.specification import max_pool2d_by_loops, max_unpool2d_by_loops

from .gradients import gradient_by_differences, matrix
from .strategies import LAW, Pooling, layouts, poolings, seeds, whole_numbers

SHORT = settings(LAW, max_examples=40)
EVERY_DTYPE = [np.int8, np.uint8, np.int32, np.int64, np.uint64, np.float16, np.float32, np.float64, np.longdouble]
PICTURE = np.array([[1, 5, 2, 0], [3, 4, 8, 8], [7, 7, 9, 6], [7, 7, 1, 9]])


def distinct(shape: tuple[int, ...], seed: int) -> np.ndarray:
    """Return an array of different positive whole numbers: no window has a tie."""
    return np.random.default_rng(seed).permutation(int(np.prod(shape))).reshape(shape) + 1.0


def with_switches(x: np.ndarray, call: Pooling) -> tuple[np.ndarray, np.ndarray]:
    return max_pool2d(x, **call.options, return_indices=True)


def unpooled(y: np.ndarray, switches: np.ndarray, call: Pooling) -> np.ndarray:
    """Unpool to the size that was pooled, which PyTorch lets be reached from undilated floor sizes."""
    return max_unpool2d(y, switches, call.kernel_size, call.stride, call.padding, call.shape[2:])


def undilated(call: Pooling) -> Pooling:
    return call._replace(dilation=(1, 1), ceil_mode=False)


@st.composite
def apart(draw: st.DrawFn) -> Pooling:
    """Windows that do not overlap."""
    call = undilated(draw(poolings(dilated=False)))
    assume(all(i + 2 * p >= k for i, k, p in zip(call.shape[2:], call.kernel_size, call.padding, strict=True)))
    return call._replace(stride=tuple(map(max, call.stride, call.kernel_size)))


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
def test_a_window_of_one_cell_is_every_so_manieth_cell(call, seed):
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
