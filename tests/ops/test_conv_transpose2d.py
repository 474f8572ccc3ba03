"""Transposed convolution: against its loops, against the convolution it transposes, and against hand-worked numbers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from lib import conv2d, conv_transpose2d, conv_transpose_output_size, matrix_of
from lib.ops.by_loops import conv_transpose2d_by_loops
from lib.ops.fast import correlation, strips

from .strategies import LAW, Transposed, convolutions, layouts, seeds, transposed_convolutions, whole_numbers

SQUARE = np.array([[1, 2], [3, 4]])
SHORT = settings(LAW, max_examples=40)


def operands(call: Transposed, seed: int, dtype: type = np.float64) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return (
        whole_numbers(call.input_shape, seed, dtype),
        whole_numbers(call.weight_shape, seed + 1, dtype),
        whole_numbers(call.output_shape[1:2], seed + 2, dtype),
    )


# Numbers worked out by hand.


def test_each_input_cell_stamps_the_kernel_onto_the_output():
    assert_array_equal(conv_transpose2d([[2]], [[1, 10], [100, 1000]]), [[2, 20], [200, 2000]])


def test_where_stamps_overlap_they_add_up():
    assert_array_equal(conv_transpose2d(SQUARE, np.ones((2, 2), int)), [[1, 3, 2], [4, 10, 6], [3, 7, 4]])


def test_stride_moves_the_stamps_apart():
    assert_array_equal(conv_transpose2d([[1, 2]], [[1, 10]], stride=(1, 2)), [[1, 10, 2, 20]])
    assert_array_equal(conv_transpose2d([[1, 2]], [[1, 10]], stride=(1, 3)), [[1, 10, 0, 2, 20]])


def test_padding_cuts_the_result():
    assert_array_equal(conv_transpose2d(SQUARE, np.ones((2, 2), int), padding=1), [[10]])
    assert_array_equal(conv_transpose2d(SQUARE, np.ones((2, 2), int), padding=(1, 0)), [[4, 10, 6]])


def test_output_padding_lengthens_the_result_at_its_end_alone():
    result = conv_transpose2d([[1, 2]], [[1]], stride=2, output_padding=(1, 0))
    assert_array_equal(result, [[1, 0, 2], [0, 0, 0]])
    # A cell that padding had cut off comes back: it need not be zero.
    result = conv_transpose2d([[1, 2]], [[1, 1, 1]], stride=(1, 2), padding=(0, 1), output_padding=(0, 1))
    assert_array_equal(result, [[1, 3, 2, 2]])


def test_dilation_spreads_the_stamp():
    assert_array_equal(conv_transpose2d([[1, 2]], [[1, 10]], dilation=(1, 2)), [[1, 2, 10, 20]])


def test_group_g_writes_only_its_own_channels():
    image = np.array([1, 10, 100, 1000]).reshape(4, 1, 1)
    result = conv_transpose2d(image, np.ones((4, 1, 1, 1), int), np.array([0, 5]), groups=2)
    assert_array_equal(result.ravel(), [11, 1105])


# Laws.


@given(transposed_convolutions(), seeds, layouts, layouts, st.booleans())
@settings(LAW, max_examples=150)
def test_fast_code_equals_the_loops(call, seed, lay_input, lay_weight, with_bias):
    x, w, b = operands(call, seed)
    b = b if with_bias else None
    result = conv_transpose2d(lay_input(x), lay_weight(w), b, **call.options)
    assert result.shape == call.output_shape
    assert_array_equal(result, conv_transpose2d_by_loops(x, w, b, **call.options))
    assert result.dtype == np.float64


@given(transposed_convolutions(), seeds)
@LAW
def test_it_is_the_adjoint_of_convolution(call, seed):
    # <A x, y> = <x, Aᵀ y>; from dilation > stride on, output_padding can reach sizes that the convolution maps further.
    y, w, _ = operands(call, seed)
    up = conv_transpose2d(y, w, **call.options)
    x = whole_numbers(up.shape, seed + 3)
    down = conv2d(x, w, **call.down)
    assert np.vdot(down[..., : y.shape[2], : y.shape[3]], y) == np.vdot(x, up)


@given(convolutions(), seeds)
@SHORT
def test_its_matrix_is_the_transpose_of_the_matrix_of_convolution(call, seed):
    w = whole_numbers(call.weight_shape, seed)
    input_shape, options = call.input_shape, call.options
    if isinstance(call.padding, str):
        options["padding"] = (0, 0)
        extents = [d * (k - 1) + 1 for k, d in zip(w.shape[2:], call.dilation, strict=True)]
        input_shape = (*input_shape[:2], *map(max, input_shape[2:], extents))
    down_shape = conv2d(np.zeros(input_shape), w, **options).shape
    missing = [
        i + 2 * p - d * (k - 1) - 1 - s * (o - 1)
        for i, o, k, s, p, d in zip(
            input_shape[2:], down_shape[2:], w.shape[2:], call.stride, options["padding"], call.dilation, strict=True
        )
    ]
    up = matrix_of(conv_transpose2d, down_shape, w, output_padding=missing, **options)
    assert_array_equal(up, matrix_of(conv2d, input_shape, w, **options).T)


@given(transposed_convolutions(), seeds)
@LAW
def test_groups_are_separate_transposed_convolutions_side_by_side(call, seed):
    x, w, b = operands(call, seed)
    parts = zip(np.split(x, call.groups, 1), np.split(w, call.groups), np.split(b, call.groups), strict=True)
    separate = [conv_transpose2d(*part, **call.options | {"groups": 1}) for part in parts]
    assert_array_equal(conv_transpose2d(x, w, b, **call.options), np.concatenate(separate, axis=1))


@given(transposed_convolutions(), seeds)
@LAW
def test_each_image_of_a_batch_is_spread_alone(call, seed):
    x, w, b = operands(call, seed)
    batch = conv_transpose2d(x, w, b, **call.options)
    for image, result in zip(x, batch, strict=True):
        assert_array_equal(conv_transpose2d(image, w, b, **call.options), result)


@given(transposed_convolutions(), seeds)
@LAW
def test_a_plane_with_a_plain_kernel_is_one_image_of_one_channel(call, seed):
    x, w, b = operands(call, seed)
    options = call.options | {"groups": 1}
    plane = conv_transpose2d(x[0, 0], w[0, 0], b[:1], **options)
    assert plane.shape == call.output_shape[2:]
    assert_array_equal(plane, conv_transpose2d(x[:1, :1], w[:1, :1], b[:1], **options)[0, 0])
    assert_array_equal(plane, conv_transpose2d(x[0, 0], w[0, 0], b[0], **options))


@given(transposed_convolutions(), seeds)
@LAW
def test_it_is_linear_in_input_and_in_weight(call, seed):
    (x, w, _), (x2, w2, _) = operands(call, seed), operands(call, seed + 10)
    both = conv_transpose2d(3 * x - 2 * x2, w, **call.options)
    assert_array_equal(both, 3 * conv_transpose2d(x, w, **call.options) - 2 * conv_transpose2d(x2, w, **call.options))
    both = conv_transpose2d(x, 3 * w - 2 * w2, **call.options)
    assert_array_equal(both, 3 * conv_transpose2d(x, w, **call.options) - 2 * conv_transpose2d(x, w2, **call.options))


@given(transposed_convolutions(), seeds)
@LAW
def test_stride_one_is_convolution_with_the_flipped_kernel_and_the_rest_of_the_padding(call, seed):
    call = call._replace(stride=(1, 1), padding=(0, 0), output_padding=(0, 0))
    x, w, _ = operands(call, seed)
    swapped = np.concatenate([part.swapaxes(0, 1) for part in np.split(w, call.groups)])
    around = tuple(d * (k - 1) for d, k in zip(call.dilation, w.shape[2:], strict=True))
    flipped = conv2d(x, swapped[..., ::-1, ::-1], padding=around, dilation=call.dilation, groups=call.groups)
    assert_array_equal(conv_transpose2d(x, w, **call.options), flipped)


@given(transposed_convolutions(), seeds)
@LAW
def test_a_stride_is_zeros_between_the_input_cells(call, seed):
    call = call._replace(output_padding=(0, 0), padding=(0, 0))
    x, w, b = operands(call, seed)
    between = np.zeros((*x.shape[:2], *[(i - 1) * s + 1 for i, s in zip(x.shape[2:], call.stride, strict=True)]))
    between[..., :: call.stride[0], :: call.stride[1]] = x
    result = conv_transpose2d(between, w, b, **call.options | {"stride": 1})
    assert_array_equal(conv_transpose2d(x, w, b, **call.options), result)


@given(transposed_convolutions(), seeds, st.integers(1, 4000))
@LAW
def test_where_strips_begin_and_end_does_not_change_a_number(call, seed, strip_bytes):
    x, w, b = operands(call, seed)
    whole = conv_transpose2d(x, w, b, **call.options)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(strips, "STRIP_BYTES", strip_bytes)
        patch.setattr(correlation, "TINY", 0)  # small calls go the way of large ones
        assert_array_equal(conv_transpose2d(x, w, b, **call.options), whole)


@given(transposed_convolutions(), seeds)
@SHORT
def test_arguments_are_not_modified_and_results_are_new(call, seed):
    arguments = operands(call, seed)
    before = [array.copy() for array in arguments]
    result = conv_transpose2d(*arguments, **call.options)
    for array, copy in zip(arguments, before, strict=True):
        assert_array_equal(array, copy)
        assert not np.shares_memory(result, array)


@given(transposed_convolutions(st.just(0)), seeds)
@SHORT
def test_an_empty_batch_gives_an_empty_batch(call, seed):
    x, w, b = operands(call, seed)
    assert conv_transpose2d(x, w, b, **call.options).shape == call.output_shape


# Dtypes and special numbers.


@given(transposed_convolutions(), seeds, st.sampled_from([np.int8, np.uint8, np.int32, np.int64, np.uint64]))
@LAW
def test_integers_stay_exact_in_int64(call, seed, dtype):
    x, w, b = operands(call, seed, dtype)
    result = conv_transpose2d(x, w, b, **call.options)
    assert result.dtype == np.int64
    assert_array_equal(result, conv_transpose2d_by_loops(x, w, b, **call.options))
    assert_array_equal(result, conv_transpose2d(x.astype(float), w.astype(float), b.astype(float), **call.options))


@pytest.mark.parametrize("spread", [conv_transpose2d, conv_transpose2d_by_loops])
def test_large_integers_stay_exact_and_bytes_do_not_wrap(spread):
    x, w = np.full((1, 1, 2, 2), 255, np.uint8), np.full((1, 1, 2, 2), 255, np.uint8)
    assert spread(x, w)[0, 0, 1, 1] == 4 * 255 * 255
    x, w = np.array([2**53, 1]).reshape(1, 1, 1, 2), np.array([-1, -1]).reshape(1, 1, 1, 2)
    assert spread(x, w)[0, 0, 0, 1] == -(2**53) - 1


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
def test_floating_point_dtypes_are_kept(dtype):
    x, w, b = np.ones((1, 2, 4, 4), dtype), np.ones((2, 3, 3, 3), dtype), np.ones(3, dtype)
    result = conv_transpose2d(x, w, b)
    assert result.dtype == conv_transpose2d(x, w).dtype == dtype
    assert result[0, 0, 2, 2] == 19


def test_nan_and_infinity_reach_exactly_the_windows_of_their_cells():
    x = np.zeros((3, 3))
    x[0, 0], x[2, 1] = np.nan, np.inf
    result = conv_transpose2d(x, np.ones((2, 2)), stride=2)
    rows, columns = np.indices((6, 6)) // 2
    assert_array_equal(np.isnan(result), (rows == 0) & (columns == 0))
    assert_array_equal(np.isposinf(result), (rows == 2) & (columns == 1))


@pytest.mark.parametrize("step", [2**31, 2**62, 2**63, 10**30])
def test_a_step_that_is_never_taken_may_be_any_integer(step):
    assert_array_equal(conv_transpose2d([[3]], [[1, 2]], stride=step), [[3, 6]])
    assert_array_equal(conv_transpose2d(SQUARE, [[2]], dilation=step), 2 * SQUARE)


# Sizes.


@given(transposed_convolutions(), seeds)
@SHORT
def test_the_size_is_the_one_computed(call, seed):
    x, w, _ = operands(call, seed)
    size = conv_transpose_output_size(
        x.shape[2:], w.shape[2:], call.stride, call.padding, call.output_padding, call.dilation
    )
    assert conv_transpose2d(x, w, **call.options).shape[2:] == size


@pytest.mark.parametrize("size", [3, 4, 5])
def test_output_padding_restores_each_size_that_stride_maps_to_one(size):
    down = conv2d(np.ones((size, size)), np.ones((3, 3)), stride=3)
    assert down.shape == (1, 1)
    assert conv_transpose2d(down, np.ones((3, 3)), stride=3, output_padding=size - 3).shape == (size, size)
