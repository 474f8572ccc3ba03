"""The sliding window as it is drawn: the lit cells, the numbers so far, and the sum in words."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib import conv2d, pad
from lib.show import in_words, number, sliding_window

from .drawings import LAW, drawings

pairs = st.tuples(st.integers(1, 3), st.integers(1, 3))


@st.composite
def convolutions(draw):
    """One convolution of planes that makes sense, and one of its steps."""
    kernel_shape, stride, dilation = draw(pairs), draw(st.integers(1, 2)), draw(st.integers(1, 2))
    padding = draw(st.one_of(st.integers(0, 2), st.tuples(st.integers(0, 2), st.integers(0, 2))))
    if draw(st.booleans()):
        stride, dilation = (stride, 3 - stride), (dilation, 3 - dilation)
    spread = dilation if isinstance(dilation, tuple) else (dilation, dilation)
    shape = tuple(d * (k - 1) + 1 + draw(st.integers(0, 3)) for k, d in zip(kernel_shape, spread, strict=True))
    seed = np.random.default_rng(draw(st.integers(0, 999)))
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    x, kernel = seed.integers(-9, 10, shape), seed.integers(-9, 10, kernel_shape)
    return x, kernel, draw(st.integers(0, conv2d(x, kernel, **options).size - 1)), options


@given(convolutions())
@LAW
def test_the_window_lights_what_the_output_cell_is_made_of(call):
    x, kernel, step, options = call
    y, x0 = (options["padding"],) * 2 if isinstance(options["padding"], int) else options["padding"]
    padded, result = pad(x, (x0, x0, y, y)), conv2d(x, kernel, **options)
    place = np.unravel_index(step, result.shape)
    probe = np.zeros(result.shape)
    probe[place] = 1
    reached = {
        cell
        for cell in np.ndindex(*padded.shape)
        if conv2d(_one_at(cell, padded.shape), np.ones(kernel.shape), None, options["stride"], 0, options["dilation"])[
            place
        ]
    }
    picture = sliding_window(x, kernel, **options).picture(step)
    given_, weights, made = (drawn.boards[0] for drawn in drawings(picture))

    assert given_.numbers == {cell: number(padded[cell]) for cell in np.ndindex(*padded.shape)}
    assert given_.filled("window") == reached
    rows, columns = ({cell[axis] for cell in reached} for axis in (0, 1))
    frame = (min(rows), min(columns), max(rows) - min(rows) + 1, max(columns) - min(columns) + 1)
    assert given_.outlined() == [frame]
    inside = {(row + y, column + x0) for row, column in np.ndindex(*x.shape)}
    assert given_.filled("padding") == given_.all_cells - inside
    assert given_.has_ground("input")

    assert weights.numbers == {cell: number(kernel[cell]) for cell in np.ndindex(*kernel.shape)}
    assert weights.has_ground("kernel")
    assert weights.filled("window") == set()

    so_far = [cell for flat, cell in enumerate(np.ndindex(*result.shape)) if flat <= step]
    assert (made.rows, made.columns) == result.shape
    assert made.numbers == {cell: number(result[cell]) for cell in so_far}
    assert made.filled("window") == {place}
    assert made.outlined() == [(*place, 1, 1)]
    assert made.has_ground("output")


def _one_at(cell, shape):
    plane = np.zeros(shape)
    plane[cell] = 1
    return plane


@given(convolutions())
@LAW
def test_the_sum_in_the_caption_is_the_value_of_the_output_cell(call):
    x, kernel, step, options = call
    result = conv2d(x, kernel, **options)
    row, column = divmod(step, result.shape[1])
    caption = sliding_window(x, kernel, **options).picture(step).caption
    words, terms = caption.replace("−", "-").rstrip(".").split(" is ")
    products, total = terms.split(" = ")
    assert words == f"Output row {row}, column {column}"
    assert int(total) == result[row, column]
    factors = [tuple(int(part.strip("()")) for part in term.split("·")) for term in products.split(" + ")]
    assert sum(value * weight for value, weight in factors) == result[row, column]
    assert [weight for _, weight in factors] == list(kernel.ravel())


@given(convolutions())
@LAW
def test_there_is_one_step_for_each_output_cell(call):
    x, kernel, _, options = call
    assert sliding_window(x, kernel, **options).step_count == conv2d(x, kernel, **options).size


def test_the_parts_stand_in_reading_order_with_their_signs():
    picture = sliding_window(np.arange(9).reshape(3, 3), np.ones((2, 2))).picture()
    headings = [drawn.words[0].words for drawn in drawings(picture)]
    assert headings == ["input 3 × 3", "kernel 2 × 2", "output 2 × 2"]
    order = [picture.markup.index(part) for part in ("input 3", "convolved with", "kernel 2", '"gives"', "output 2")]
    assert order == sorted(order)


def test_the_heading_says_that_the_input_is_padded():
    assert (
        drawings(sliding_window(np.eye(2), np.eye(2), padding=1).picture())[0].words[0].words == "input 2 × 2, padded"
    )


def test_cells_are_as_wide_as_asked():
    assert {drawn.boards[0].size for drawn in drawings(sliding_window(np.eye(3), np.eye(2), cell=20).picture())} == {20}


def test_small_integers_make_the_sum_that_conv2d_makes():
    picture = sliding_window(np.full((2, 2), 200, np.uint8), np.full((2, 2), 100, np.uint8)).picture()
    assert picture.caption.endswith("= 80000.")
    assert drawings(picture)[2].boards[0].numbers == {(0, 0): in_words(np.array([[80000]]))}


@pytest.mark.parametrize("step", [-1, 4])
def test_a_step_that_is_no_output_cell_is_refused(step):
    with pytest.raises(ValueError, match=f"step must be from 0 to 3, got {step}"):
        sliding_window(np.eye(3), np.eye(2)).picture(step)


def test_what_makes_no_convolution_of_planes_is_refused():
    with pytest.raises(ValueError, match="kernel"):
        sliding_window(np.eye(2), np.eye(3))
    with pytest.raises(ValueError, match=r"input must have shape \(H, W\), got \(1, 3, 3\)"):
        sliding_window(np.eye(3)[None], np.eye(2))
    with pytest.raises(ValueError, match=r"kernel must have shape \(H, W\), got \(2,\)"):
        sliding_window(np.eye(3), np.ones(2))
