"""The explicit matrix of an operation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from lib import conv2d, matrix_of, pad

from .strategies import LAW, convolutions, seeds, whole_numbers

KERNEL = np.arange(1, 10).reshape(3, 3)


def test_each_row_is_the_kernel_at_one_window_position():
    matrix = matrix_of(conv2d, (4, 4), KERNEL, dtype=int)
    assert_array_equal(
        matrix,
        [
            [1, 2, 3, 0, 4, 5, 6, 0, 7, 8, 9, 0, 0, 0, 0, 0],
            [0, 1, 2, 3, 0, 4, 5, 6, 0, 7, 8, 9, 0, 0, 0, 0],
            [0, 0, 0, 0, 1, 2, 3, 0, 4, 5, 6, 0, 7, 8, 9, 0],
            [0, 0, 0, 0, 0, 1, 2, 3, 0, 4, 5, 6, 0, 7, 8, 9],
        ],
    )
    assert matrix.dtype == np.int64


def test_the_transpose_spreads_each_output_cell_over_its_window():
    matrix = matrix_of(conv2d, (4, 4), KERNEL, dtype=int)
    spread = (matrix.T @ [1, 0, 0, 0]).reshape(4, 4)
    assert_array_equal(spread, pad(KERNEL, (0, 1, 0, 1)))


@given(convolutions(st.just(1)), seeds)
@LAW
def test_the_matrix_holds_nothing_but_kernel_entries(call, seed):
    w = whole_numbers(call.weight_shape, seed)
    matrix = matrix_of(conv2d, call.input_shape, w, **call.options)
    assert set(matrix.ravel()) <= {0.0, *w.ravel()}


@pytest.mark.parametrize("dtype", [np.uint8, np.int64, np.float32, np.float64])
def test_the_dtype_is_that_of_what_the_operation_answers_to_such_inputs(dtype):
    assert matrix_of(pad, (2, 2), (1, 1, 1, 1), dtype=dtype).dtype == dtype


def test_keyword_and_positional_arguments_reach_the_operation():
    by_position = matrix_of(conv2d, (5, 5), KERNEL, None, 2, 1)
    assert_array_equal(by_position, matrix_of(conv2d, (5, 5), weight=KERNEL, stride=2, padding=1))
    assert by_position.shape == (9, 25)


def test_an_operation_that_hands_back_its_own_argument_has_the_identity_matrix():
    assert_array_equal(matrix_of(lambda x: x, (2, 3)), np.eye(6))
    assert_array_equal(matrix_of(np.transpose, (2, 2)), np.eye(4)[[0, 2, 1, 3]])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_rounding_does_not_make_an_operation_unlinear(dtype):
    weight = np.random.default_rng(0).normal(size=(7, 7)).astype(dtype)
    assert matrix_of(conv2d, (16, 16), weight, padding=3, dtype=dtype).shape == (256, 256)


@pytest.mark.parametrize(
    ("operation", "reason"),
    [
        (lambda x: x + 1, "maps an input of zeros to an output that is not zero"),
        (lambda x: conv2d(x, np.ones((2, 2)), 3), "maps an input of zeros to an output that is not zero"),
        (lambda x: x * x, "does not map a sum to the sum"),
        (abs, "does not map a sum to the sum"),
        (lambda x: np.maximum(x, 0), "does not map a sum to the sum"),
        (lambda x: x.reshape(2, -1).max(0), "does not map a sum to the sum"),
    ],
    ids=["shift", "convolution with a bias", "square", "absolute value", "relu", "maximum"],
)
def test_an_operation_that_no_matrix_describes_is_refused(operation, reason):
    with pytest.raises(ValueError, match=f"operation must be linear, but it {reason}"):
        matrix_of(operation, (4, 4))
