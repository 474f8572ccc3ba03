"""The size arithmetic, in both directions, against counting."""

from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from lib import (
    conv2d,
    conv_input_sizes,
    conv_output_size,
    conv_transpose_output_size,
    matrix_of,
    receptive_field,
    same_padding,
    strided_same_padding,
)
from lib.ops.sizes import window_extent

from .strategies import LAW

kernels, strides, paddings, dilations = st.integers(1, 7), st.integers(1, 5), st.integers(0, 5), st.integers(1, 4)
layers = st.lists(st.tuples(st.integers(1, 4), st.integers(1, 3), st.integers(1, 2)), max_size=3)


def count_positions(size, kernel, stride, padding, dilation):
    """Count where the first tap can stand such that the last tap is still on the padded input."""
    padded, reach = size + 2 * padding, dilation * (kernel - 1)
    return len([first for first in range(0, padded, stride) if first + reach < padded])


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((4, 3), 2),
        ((5, 3, 2), 2),
        ((6, 3, 2), 2),
        ((7, 3, 2), 3),
        ((224, 7, 2, 3), 112),
        ((28, 3, 1, 1), 28),
        ((7, 3, 1, 0, 2), 3),
        ((1, 1), 1),
        (((28, 32), (3, 5), 1, "same"), (28, 32)),
        (((28, 32), (3, 5), 1, "valid"), (26, 28)),
        ((5, 4, 1, "same"), 5),
        (((5, 6), 3), (3, 4)),
        ((5, [3, 1]), (3, 5)),
        ((np.array([5, 6]), 3), (3, 4)),
        ((5, 3, 1, np.array([0, 1])), (3, 5)),
    ],
)
def test_known_output_sizes(arguments, expected):
    assert conv_output_size(*arguments) == expected


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((2, 3), 4),
        ((2, 3, 2), 5),
        ((2, 3, 2, 0, 1), 6),
        ((112, 7, 2, 3, 1), 224),
        ((7, 4, 2, 1), 14),
        ((2, 3, 1, 0, 0, 2), 6),
        ((2, 3, 1, 0, 1, 2), 7),
        (((2, 3), 3, 2), (5, 7)),
        ((2, 3, np.array([1, 2])), (4, 5)),
    ],
)
def test_known_transposed_output_sizes(arguments, expected):
    assert conv_transpose_output_size(*arguments) == expected


@given(st.integers(1, 40), kernels, strides, paddings, dilations)
@LAW
def test_output_size_counts_the_positions_of_the_window(size, kernel, stride, padding, dilation):
    positions = count_positions(size, kernel, stride, padding, dilation)
    if positions:
        assert conv_output_size(size, kernel, stride, padding, dilation) == positions
    else:
        with pytest.raises(ValueError, match="more than the padded input_size"):
            conv_output_size(size, kernel, stride, padding, dilation)


@given(st.integers(1, 12), kernels, strides, paddings, dilations)
@LAW
def test_input_sizes_are_exactly_those_that_lead_to_the_output_size(output, kernel, stride, padding, dilation):
    leading = [i for i in range(1, 200) if count_positions(i, kernel, stride, padding, dilation) == output]
    if leading:
        assert list(conv_input_sizes(output, kernel, stride, padding, dilation)) == leading
    else:
        with pytest.raises(ValueError, match=f"padding {padding} is too large"):
            conv_input_sizes(output, kernel, stride, padding, dilation)


@given(st.integers(1, 12), kernels, strides, paddings, dilations)
@LAW
def test_output_padding_enumerates_the_input_sizes(output, kernel, stride, padding, dilation):
    reached = []
    for output_padding in range(stride):
        with suppress(ValueError):  # padding crops the whole output
            reached.append(conv_transpose_output_size(output, kernel, stride, padding, output_padding, dilation))
    sizes = []
    with suppress(ValueError):
        sizes += conv_input_sizes(output, kernel, stride, padding, dilation)
    assert reached == sizes


@given(st.integers(1, 12), kernels, strides, dilations)
@LAW
def test_output_padding_is_refused_from_the_larger_of_stride_and_dilation_on(size, kernel, stride, dilation):
    limit = max(stride, dilation)
    conv_transpose_output_size(size, kernel, stride, 0, limit - 1, dilation)
    with pytest.raises(ValueError, match=f"output_padding must be smaller .*got output_padding {limit}"):
        conv_transpose_output_size(size, kernel, stride, 0, limit, dilation)


@given(st.tuples(st.integers(20, 40), st.integers(20, 40)), st.tuples(kernels, kernels), st.tuples(strides, strides))
@LAW
def test_rows_and_columns_are_computed_alone(sizes, kernel, stride):
    assert conv_output_size(sizes, kernel, stride) == tuple(map(conv_output_size, sizes, kernel, stride))
    both = conv_transpose_output_size(sizes, kernel, stride)
    assert both == tuple(map(conv_transpose_output_size, sizes, kernel, stride))


@given(st.integers(1, 30), kernels, dilations)
@LAW
def test_same_padding_keeps_the_size_and_puts_the_odd_zero_after(size, kernel, dilation):
    before, after = same_padding(kernel, dilation)
    assert after - before in (0, 1)
    assert size + before + after - dilation * (kernel - 1) == size
    assert conv_output_size(size, kernel, padding="same", dilation=dilation) == size


@given(st.integers(1, 40), st.integers(1, 7), st.integers(1, 5), st.integers(1, 3))
def test_strided_same_padding_divides_the_size_by_the_stride_rounded_up(size, kernel, stride, dilation):
    before, after = strided_same_padding(size, kernel, stride, dilation)
    assert before <= after <= before + 1
    padded = size + before + after
    fits = padded >= dilation * (kernel - 1) + 1
    assert not fits or conv_output_size(padded, kernel, stride, dilation=dilation) == -(-size // stride)
    assert fits
    if stride == 1:
        assert (before, after) == same_padding(kernel, dilation)


def test_known_strided_same_paddings():
    assert [strided_same_padding(size, 3, 2) for size in (255, 256)] == [(1, 1), (0, 1)]
    assert [strided_same_padding(32, kernel, 2) for kernel in (1, 2, 3, 4, 5)] == [
        (0, 0),
        (0, 0),
        (0, 1),
        (1, 1),
        (1, 2),
    ]


def test_known_same_paddings():
    assert [same_padding(k) for k in (1, 2, 3, 4, 5)] == [(0, 0), (0, 1), (1, 1), (1, 2), (2, 2)]
    assert [same_padding(4, d) for d in (1, 2, 3)] == [(1, 2), (3, 3), (4, 5)]


@given(kernels, dilations)
@LAW
def test_extent_is_the_distance_from_the_first_tap_to_the_last_inclusive(kernel, dilation):
    assert window_extent(kernel, dilation) == [tap * dilation for tap in range(kernel)][-1] + 1


@given(layers)
@LAW
def test_receptive_field_spans_the_nonzero_pattern_of_the_composed_matrices(stack):
    # Built backwards from two output cells, so that every layer has room.
    sizes = [2]
    for kernel, stride, dilation in reversed(stack):
        sizes.append((sizes[-1] - 1) * stride + dilation * (kernel - 1) + 1)
    composed = np.eye(sizes[-1], dtype=int)
    for (kernel, stride, dilation), size in zip(stack, reversed(sizes), strict=False):
        ones = np.ones((1, kernel), int)
        composed = matrix_of(conv2d, (1, size), ones, stride=(1, stride), dilation=(1, dilation), dtype=int) @ composed
    for row in composed:
        touched = np.flatnonzero(row)
        assert touched[-1] - touched[0] + 1 == receptive_field(stack)


def test_known_receptive_fields():
    assert receptive_field([]) == 1
    assert receptive_field([(3, 1), (3, 1), (3, 1)]) == receptive_field([(7, 1)]) == 7
    assert receptive_field([(3, 2), (3, 2), (3, 2)]) == 15
    assert receptive_field([(3, 1, 1), (3, 1, 2), (3, 1, 4)]) == 15
    assert receptive_field(iter([[2, 2], [3, 1]])) == 6


@pytest.mark.parametrize("size", [2**31, 2**62, 10**30])
def test_sizes_are_computed_without_overflow(size):
    assert conv_output_size(size, 3, padding=1) == size
    assert conv_transpose_output_size(size, 2, stride=2) == 2 * size
    assert conv_output_size(2 * size, 2, stride=2) == size
    assert receptive_field([(3, size), (3, 1)]) == 3 + 2 * size


def test_narrow_numpy_integers_do_not_overflow():
    byte = np.uint8(200)
    assert conv_output_size(byte, np.uint8(3), padding=byte) == 598
    assert conv_transpose_output_size(byte, np.uint8(2), stride=np.uint8(2)) == 400
    assert_array_equal(conv_output_size(np.array([200, 100], np.uint8), 3, padding=byte), (598, 498))
