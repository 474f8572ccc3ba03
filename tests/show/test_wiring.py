"""The wiring of figures: what the library answers when it is asked which numbers meet."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib import (
    avg_pool2d,
    conv2d,
    conv_transpose2d,
    crop,
    fold,
    interpolate,
    matrix_of,
    max_pool2d,
    max_unpool2d,
    pad,
    pixel_shuffle,
    unfold,
)
from lib.show.explore.wiring import Max, Put, Sum, Tape, matrix, wired

LINEAR = {  # an operation of one array, and the shape it is asked about
    "pad": (lambda x: pad(x, (1, 0, 2, 1)), (2, 3)),
    "pad with ones": (lambda x: pad(x, (1, 1, 1, 1), value=1), (2, 2)),
    "crop": (lambda x: crop(x, (1, 0, 0, 1)), (3, 3)),
    "pixel_shuffle": (lambda x: pixel_shuffle(x, 2), (4, 2, 3)),
    "unfold": (lambda x: unfold(x, 2), (1, 3, 3)),
    "fold": (lambda x: fold(x, (3, 3), 2), (4, 4)),
    "avg_pool2d": (lambda x: avg_pool2d(x, 2, 1), (3, 4)),
    "nearest": (lambda x: interpolate(x, scale_factor=2), (2, 2)),
    "bilinear": (lambda x: interpolate(x, scale_factor=2, mode="bilinear", align_corners=False), (2, 3)),
    "bicubic": (lambda x: interpolate(x, size=(3, 5), mode="bicubic", align_corners=True), (3, 3)),
    "fixed kernel": (lambda x: conv2d(x, np.array([[1.0, -2], [0, 0.5]]), padding=1), (3, 3)),
}
whole = st.integers(-99, 99)


def edited(tape, numbers):
    """Return the numbers of a tape after its reader has set the first ones."""
    values = tape.evaluate(0, dict(enumerate(np.ravel(numbers).tolist())))
    return lambda plane: np.array([*values, 0.0])[plane.cells]


@pytest.mark.parametrize("name", LINEAR)
@given(data=st.data())
@settings(max_examples=8, deadline=None)
def test_what_moves_and_adds_gives_the_numbers_of_the_library_after_any_edit(name, data):
    operation, shape = LINEAR[name]
    tape = Tape()
    result = operation(tape.editable("x", np.zeros(shape)))
    size = math.prod(shape)
    x = np.array(data.draw(st.lists(whole, min_size=size, max_size=size)), float).reshape(shape)
    np.testing.assert_allclose(edited(tape, x)(result), operation(x), rtol=1e-11, atol=1e-9)


@given(data=st.data(), stride=st.integers(1, 3), padding=st.integers(0, 1), dilation=st.integers(1, 2))
@settings(max_examples=25, deadline=None)
def test_convolution_and_its_transpose_give_the_numbers_of_the_library_after_any_edit(data, stride, padding, dilation):
    for operation, shape in ((conv2d, (5, 6)), (conv_transpose2d, (3, 4))):
        tape = Tape()
        planes = tape.editable("x", np.zeros(shape)), tape.editable("w", np.zeros((2, 3)))
        options = {"stride": stride, "padding": padding, "dilation": dilation}
        result = operation(*planes, **options)
        numbers = np.array(data.draw(st.lists(whole, min_size=len(tape.start), max_size=len(tape.start))))
        x, w = numbers[: planes[0].size].reshape(shape), numbers[planes[0].size :].reshape(2, 3)
        np.testing.assert_array_equal(edited(tape, numbers)(result), operation(x, w, **options))


@given(data=st.data(), kernel_size=st.integers(1, 3), stride=st.integers(1, 3), ceil_mode=st.booleans())
@settings(max_examples=25, deadline=None)
def test_pooling_and_unpooling_give_the_numbers_and_switches_of_the_library_after_any_edit(
    data, kernel_size, stride, ceil_mode
):
    padding = data.draw(st.integers(0, kernel_size // 2))
    tape = Tape()
    plane = tape.editable("x", np.zeros((5, 4)))
    options = {"kernel_size": kernel_size, "stride": stride, "padding": padding}
    pooled, switches = max_pool2d(plane, **options, ceil_mode=ceil_mode, return_indices=True)
    back = max_unpool2d(pooled, switches, **options, output_size=(5, 4)) if not ceil_mode else None

    x = np.array(data.draw(st.lists(st.integers(-3, 3), min_size=20, max_size=20))).reshape(5, 4)
    largest, places = max_pool2d(x, **options, ceil_mode=ceil_mode, return_indices=True)
    shown = edited(tape, x)
    np.testing.assert_array_equal(shown(pooled), largest)
    np.testing.assert_array_equal(shown(switches), places)
    if back is not None:
        np.testing.assert_array_equal(shown(back), max_unpool2d(largest, places, **options, output_size=(5, 4)))


def test_each_kind_of_operation_becomes_the_rule_of_its_kind():
    x, w = wired(np.arange(16).reshape(4, 4), np.ones((2, 2)))
    rules = x.tape.rules
    before = len(rules)
    x[1:, ::-1], x.T, x.reshape(2, 8)
    assert len(rules) == before, "the same cells elsewhere are no new numbers"
    conv2d(x, w)
    pooled, switches = max_pool2d(x, 2, return_indices=True)
    max_unpool2d(pooled, switches, 2)
    assert [type(rule) for rule in rules[before:]] == [Sum, Max, Put]


def test_padding_shows_the_cells_and_gives_each_zero_a_cell_of_its_own():
    (x,) = wired(np.ones((2, 2)))
    padded = pad(x, (1, 1, 1, 1))
    np.testing.assert_array_equal(padded.cells[1:3, 1:3], x.cells)
    assert len(set(padded.cells.flat)) == 16


@pytest.mark.parametrize(("stride", "padding"), [(1, 0), (1, 1), (2, 1)])
def test_the_matrix_is_that_of_the_library_also_through_padding(stride, padding):
    kernel = np.arange(1, 10).reshape(3, 3)
    x, w = wired(np.zeros((4, 4)), kernel)
    y = conv2d(pad(x, (padding,) * 4), w, stride=stride)
    expected = matrix_of(conv2d, (4, 4), kernel, stride=stride, padding=padding)
    np.testing.assert_array_equal(matrix(y, x).values(), expected)


def test_arithmetic_is_wired_too():
    tape = Tape()
    x, t = tape.editable("x", np.arange(4.0)), tape.editable("t", np.array([1.0, 0, 5, -2]))
    loss = ((x - t) * (x - t)).sum() * 0.25
    shifted = 2 * (x + 1)
    assert edited(tape, np.arange(8))(loss) == 16
    assert edited(tape, np.zeros(8))(shifted).tolist() == [2, 2, 2, 2]


def test_numbers_that_depend_on_the_step():
    x, w = wired(np.array([[1, 2]]), np.array([[1, 10]]))
    assert conv_transpose2d(x.so_far(), w).values(0).tolist() == [[1, 10, 0]]
    assert conv_transpose2d(x.so_far(), w).values(1).tolist() == [[1, 12, 20]]
    A = matrix(conv_transpose2d(x, w), x)
    assert [A.at_step().values(step).tolist() for step in range(3)] == [[1, 0], [10, 1], [0, 10]]


def test_what_is_no_wiring_is_refused_by_name():
    x, w = wired(np.ones((3, 3)), np.ones((2, 2)))
    with pytest.raises(ValueError, match="arrays must be numbers of one figure"):
        wired(x, wired(np.ones(1))[0])
    with pytest.raises(ValueError, match="conv2d must move, multiply and add, compare or put its numbers"):
        conv2d(x, w, bias=np.ones(1))
    with pytest.raises(ValueError, match="the numbers must be a whole plane here, got a part or a turned one"):
        max_pool2d(x[::-1], 2)
    with pytest.raises(ValueError, match="output must be sums of products"):
        matrix(x, x)
