"""Convolution: against its specification, against its matrix, and against numbers worked out by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from lib import conv2d, conv_transpose2d, fold, matrix_of, unfold
from lib.ops.by_loops import conv2d_by_loops
from lib.ops.fast import correlation, strips

from .strategies import LAW, Convolution, convolutions, layouts, seeds, whole_numbers, windows

RAMP = np.arange(16).reshape(4, 4)


def operands(call: Convolution, seed: int, dtype: type = np.float64) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return (
        whole_numbers(call.input_shape, seed, dtype),
        whole_numbers(call.weight_shape, seed + 1, dtype),
        whole_numbers(call.weight_shape[:1], seed + 2, dtype),
    )


# Numbers worked out by hand: a 4 x 4 input, a 3 x 3 kernel, a 2 x 2 output.


def test_each_output_cell_is_the_sum_over_its_window():
    assert_array_equal(conv2d(RAMP, np.ones((3, 3), int)), [[45, 54], [81, 90]])


def test_the_kernel_is_not_flipped():
    kernel = np.arange(1, 10).reshape(3, 3)
    # 1*0 + 2*1 + 3*2 + 4*4 + 5*5 + 6*6 + 7*8 + 8*9 + 9*10 = 303; each cell further adds 45.
    assert_array_equal(conv2d(RAMP, kernel), [[303, 348], [483, 528]])


def test_stride_two_keeps_every_second_window():
    assert_array_equal(conv2d(RAMP, np.ones((2, 2), int), stride=2), [[10, 18], [42, 50]])


def test_rows_and_columns_left_over_by_the_stride_are_not_read():
    assert_array_equal(conv2d(RAMP, np.ones((2, 2), int), stride=3), [[10]])


def test_dilation_two_reads_every_second_cell():
    digits = np.array([[1, 10], [100, 1000]])
    # Top left: 1*0 + 10*2 + 100*8 + 1000*10 = 10820; each cell to the right adds 1111, each row 4444.
    assert_array_equal(conv2d(RAMP, digits, dilation=2), [[10820, 11931], [15264, 16375]])


def test_padding_is_zeros_on_every_side():
    assert_array_equal(conv2d(np.ones((2, 3), int), np.ones((3, 3), int), padding=1), [[4, 6, 4], [4, 6, 4]])


def test_a_padding_pair_is_rows_then_columns():
    assert_array_equal(conv2d([[1, 2]], [[1]], padding=(1, 0)), [[0, 0], [1, 2], [0, 0]])


def test_same_padding_puts_the_extra_zero_after():
    assert_array_equal(conv2d([[1, 2], [3, 4]], [[1, 10], [100, 1000]], padding="same"), [[4321, 402], [43, 4]])


def test_bias_is_one_number_for_each_output_channel():
    result = conv2d(np.ones((1, 2, 2), int), np.ones((2, 1, 2, 2), int), np.array([10, 20]))
    assert_array_equal(result, [[[14]], [[24]]])


def test_group_g_sees_only_its_own_channels():
    image = np.array([1, 10, 100, 1000]).reshape(4, 1, 1)
    result = conv2d(image, np.ones((2, 2, 1, 1), int), groups=2)
    assert_array_equal(result.ravel(), [11, 1100])


# Laws.


@given(convolutions(), seeds, layouts, layouts, st.booleans())
@LAW
def test_fast_code_equals_the_loops(call, seed, lay_input, lay_weight, with_bias):
    x, w, b = operands(call, seed)
    b = b if with_bias else None
    result = conv2d(lay_input(x), lay_weight(w), b, **call.options)
    assert_array_equal(result, conv2d_by_loops(x, w, b, **call.options))
    assert result.dtype == np.float64


@given(convolutions(), seeds)
@settings(LAW, max_examples=40)
def test_explicit_matrix_times_flat_input_equals_the_operation(call, seed):
    x, w, _ = operands(call, seed)
    result = conv2d(x, w, **call.options)
    assert_array_equal(matrix_of(conv2d, x.shape, w, **call.options) @ x.ravel(), result.ravel())


@given(convolutions(), seeds)
@LAW
def test_convolution_is_linear_in_input_and_in_weight(call, seed):
    x, w, _ = operands(call, seed)
    x2, w2, _ = operands(call, seed + 10)
    both = conv2d(3 * x - 2 * x2, w, **call.options)
    assert_array_equal(both, 3 * conv2d(x, w, **call.options) - 2 * conv2d(x2, w, **call.options))
    both = conv2d(x, 3 * w - 2 * w2, **call.options)
    assert_array_equal(both, 3 * conv2d(x, w, **call.options) - 2 * conv2d(x, w2, **call.options))


@given(convolutions(), seeds)
@LAW
def test_groups_are_separate_convolutions_side_by_side(call, seed):
    x, w, b = operands(call, seed)
    options = call.options | {"groups": 1}
    parts = zip(np.split(x, call.groups, 1), np.split(w, call.groups), np.split(b, call.groups), strict=True)
    separate = [conv2d(*part, **options) for part in parts]
    assert_array_equal(conv2d(x, w, b, **call.options), np.concatenate(separate, axis=1))


@given(convolutions(), seeds)
@LAW
def test_each_image_of_a_batch_is_convolved_alone(call, seed):
    x, w, b = operands(call, seed)
    batch = conv2d(x, w, b, **call.options)
    for image, result in zip(x, batch, strict=True):
        assert_array_equal(conv2d(image, w, b, **call.options), result)


@given(convolutions(), seeds)
@LAW
def test_a_plane_with_a_plain_kernel_is_one_image_of_one_channel(call, seed):
    x, w, b = operands(call, seed)
    options = call.options | {"groups": 1}
    plane = conv2d(x[0, 0], w[0, 0], b[:1], **options)
    assert plane.ndim == 2
    assert_array_equal(plane, conv2d(x[:1, :1], w[:1, :1], b[:1], **options)[0, 0])
    assert_array_equal(plane, conv2d(x[0, 0], w[0, 0], b[0], **options))


@given(windows(), seeds, st.integers(1, 3))
@LAW
def test_convolution_is_the_flat_kernel_times_the_unfolded_input(call, seed, outputs):
    x, w = whole_numbers(call.shape, seed), whole_numbers((outputs, call.shape[1], *call.kernel_size), seed + 1)
    result = conv2d(x, w, **call.options)
    columns = unfold(x, call.kernel_size, **call.options)
    assert_array_equal((w.reshape(outputs, -1) @ columns).reshape(result.shape), result)


@given(convolutions(), seeds, st.integers(1, 4000))
@LAW
def test_where_strips_begin_and_end_does_not_change_a_number(call, seed, strip_bytes):
    x, w, b = operands(call, seed)
    whole = conv2d(x, w, b, **call.options)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(strips, "STRIP_BYTES", strip_bytes)
        patch.setattr(correlation, "TINY", 0)  # small calls go the way of large ones
        assert_array_equal(conv2d(x, w, b, **call.options), whole)


@given(convolutions(), seeds)
@LAW
def test_arguments_are_not_modified(call, seed):
    arguments = operands(call, seed)
    before = [array.copy() for array in arguments]
    result = conv2d(*arguments, **call.options)
    for array, copy in zip(arguments, before, strict=True):
        assert_array_equal(array, copy)
        assert not np.shares_memory(result, array)


# Dtypes.


@given(convolutions(), seeds, st.sampled_from([np.int8, np.uint8, np.int32, np.int64, np.uint64]))
@LAW
def test_integers_stay_exact_in_int64(call, seed, dtype):
    x, w, b = operands(call, seed, dtype)
    result = conv2d(x, w, b, **call.options)
    assert result.dtype == np.int64
    assert_array_equal(result, conv2d(x.astype(float), w.astype(float), b.astype(float), **call.options))
    assert_array_equal(result, conv2d_by_loops(x, w, b, **call.options))


@pytest.mark.parametrize("convolve", [conv2d, conv2d_by_loops])
def test_bytes_do_not_wrap(convolve):
    x, w = np.full((1, 1, 2, 2), 255, np.uint8), np.full((1, 1, 2, 2), 255, np.uint8)
    assert convolve(x, w).item() == 4 * 255 * 255


@pytest.mark.parametrize("convolve", [conv2d, conv2d_by_loops])
@pytest.mark.parametrize("dtype", [np.int64, np.uint64])
def test_integers_beyond_the_precision_of_a_float_stay_exact(convolve, dtype):
    x, w = np.array([2**53, 1], dtype).reshape(1, 1, 1, 2), np.array([-1, -1]).reshape(1, 1, 1, 2)
    assert convolve(x, w).item() == -(2**53) - 1


def test_integers_that_int64_cannot_hold_are_refused():
    with pytest.raises(ValueError, match=r"2\*\*63 - 1, got 9223372036854775808"):
        conv2d(np.array([[2**63]], np.uint64), [[1]])


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
def test_floating_point_dtypes_are_kept(dtype):
    x, w, b = np.ones((1, 2, 4, 4), dtype), np.ones((3, 2, 3, 3), dtype), np.ones(3, dtype)
    assert conv2d(x, w, b).dtype == conv2d(x, w).dtype == dtype
    assert_array_equal(conv2d(x, w, b), 19)


@pytest.mark.parametrize("operation", [conv2d, conv_transpose2d])
@pytest.mark.parametrize(("one", "other"), [("float32", "float64"), ("float64", "float16"), ("float16", "float32")])
def test_floating_point_dtypes_that_differ_are_refused_as_in_pytorch(operation, one, other):
    x, w, b = np.ones((2, 2), one), np.ones((2, 2), other), np.ones(1, other)
    with pytest.raises(TypeError, match=f"input and weight and bias must have .* got input {one}, weight {other};"):
        operation(x, w)
    with pytest.raises(TypeError, match=f"got input {one}, weight {one}, bias {other};"):
        operation(x, w.astype(one), b)


@pytest.mark.parametrize("operation", [conv2d, conv_transpose2d])
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_integers_take_on_the_floating_point_dtype_beside_them(operation, dtype):
    numbers, whole = np.full((2, 2), 0.5, dtype), np.ones((2, 2), np.int64)
    for x, w, b in [(numbers, whole, None), (whole, numbers, whole[0, 0]), (whole, whole, numbers[0, 0])]:
        result = operation(x, w, b)
        assert result.dtype == dtype
        assert_array_equal(result, operation(*(None if a is None else a.astype(dtype) for a in (x, w, b))))


def test_integers_of_any_width_and_floating_point_numbers_of_any_byte_order_go_together():
    assert conv2d(np.full((2, 2), 255, np.uint8), np.ones((2, 2), np.int64), np.ones(1, np.int16)).item() == 1021
    result = conv2d(np.ones((2, 2), ">f4"), np.ones((2, 2), "<f4"), np.ones(1, ">f4"))
    assert result.dtype == np.float32
    assert result.dtype.isnative
    assert result.item() == 5


# Edges.


@given(convolutions(st.just(0)), seeds)
@LAW
def test_an_empty_batch_gives_an_empty_batch(call, seed):
    x, w, b = operands(call, seed)
    full = conv2d(np.ones((1, *x.shape[1:])), w, b, **call.options)
    assert conv2d(x, w, b, **call.options).shape == (0, *full.shape[1:])


def test_one_cell_and_one_tap_multiply():
    assert_array_equal(conv2d([[3]], [[-2]]), [[-6]])
    assert_array_equal(conv2d([[3]], [[-2]], 10), [[4]])


def test_a_window_over_padding_alone_gives_the_bias():
    result = conv2d(np.ones((1, 1, 1)), np.ones((1, 1, 1, 1)), np.array([5.0]), padding=2, stride=2)
    assert_array_equal(result, [[[5, 5, 5], [5, 6, 5], [5, 5, 5]]])


def test_nan_and_infinity_reach_exactly_the_windows_that_hold_them():
    x = np.zeros((5, 5))
    x[0, 0], x[2, 3] = np.nan, np.inf
    result = conv2d(x, np.ones((3, 3)), padding=1)
    rows, columns = np.indices((5, 5))
    sees_nan = (abs(rows - 0) <= 1) & (abs(columns - 0) <= 1)
    sees_infinity = (abs(rows - 2) <= 1) & (abs(columns - 3) <= 1)
    assert_array_equal(np.isnan(result), sees_nan)
    assert_array_equal(np.isposinf(result), sees_infinity)


@pytest.mark.parametrize("step", [2**31, 2**62, 2**63, 10**30])
def test_a_step_beyond_the_plane_is_never_taken(step):
    assert_array_equal(conv2d(RAMP, np.ones((3, 3), int), stride=step), [[45]])
    assert_array_equal(conv2d(RAMP, [[2]], dilation=step), 2 * RAMP)
    assert_array_equal(unfold(RAMP, 3, stride=step), unfold(RAMP[:3, :3], 3))
    assert_array_equal(fold(np.ones((9, 1)), 4, 3, stride=step)[0].sum(), 9)


@pytest.mark.parametrize("padding", [0, 1])
def test_one_tap_whose_stride_leaves_a_single_window_reads_one_cell(padding):
    result = conv2d(np.array([[[3, 5], [7, 9]]]), np.array([2, 4]).reshape(2, 1, 1, 1), stride=4, padding=padding)
    assert_array_equal(result, [[[0]], [[0]]] if padding else [[[6]], [[12]]])


@pytest.mark.parametrize("step", [1, np.int64(1), np.uint8(1), np.array(1), (1, 1), [1, 1], np.array([1, 1])])
def test_an_integer_may_be_any_integer_and_a_pair_any_sequence_of_two(step):
    result = conv2d(RAMP, np.ones((2, 2), int), stride=step, padding=step, dilation=step)
    assert_array_equal(result, conv2d(RAMP, np.ones((2, 2), int), padding=1))


def test_nested_lists_are_arrays():
    assert_array_equal(conv2d(RAMP.tolist(), [[1, 1], [1, 1]]), conv2d(RAMP, np.ones((2, 2), int)))
