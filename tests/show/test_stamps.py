"""Transposed convolution in pictures: the stamps, and the window over inserted zeros, hold the library's numbers."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lib import conv2d, conv_transpose2d, matrix_of
from lib.show import inserted_zeros, number, spread_out_input, stamps, stamps_on_a_cell, sum_in_words, wired

from .drawings import LAW, drawings


@st.composite
def transposed(draw):
    """A transposed convolution of planes that makes sense."""
    pairs = st.tuples(st.integers(1, 3), st.integers(1, 3))
    stride, padding, kernel_shape, shape = draw(pairs), draw(st.integers(0, 2)), draw(pairs), draw(pairs)
    output_padding = tuple(draw(st.integers(0, s - 1)) for s in stride)
    seed = np.random.default_rng(draw(st.integers(0, 999)))
    x, kernel = seed.integers(1, 10, shape), seed.integers(-9, 10, kernel_shape)
    try:
        result = conv_transpose2d(x, kernel, None, stride, padding, output_padding)
    except ValueError:
        assume(False)
    return x, kernel, {"stride": stride, "padding": padding, "output_padding": output_padding}, result


@given(transposed(), st.data())
@LAW
def test_a_stamp_lights_what_its_input_cell_reaches_and_adds_to_the_sum(call, data):
    x, kernel, options, _ = call
    step = data.draw(st.integers(0, x.size - 1))
    picture = stamps(x, kernel, **options).picture(step)
    given_, weights, made = (drawn.boards[0] for drawn in drawings(picture))
    place = np.unravel_index(step, x.shape)
    assert given_.numbers == {cell: number(x[cell]) for cell in np.ndindex(*x.shape)}
    assert given_.filled("window") == {place}
    assert weights.numbers == {cell: number(kernel[cell]) for cell in np.ndindex(*kernel.shape)}

    uncut = {**options, "padding": 0}
    so_far = np.where(np.arange(x.size).reshape(x.shape) <= step, x, 0)
    full = conv_transpose2d(so_far, kernel, None, **uncut)
    assert made.numbers == {cell: number(full[cell]) for cell in np.ndindex(*full.shape)}
    alone = np.zeros_like(x)
    alone[place] = 1
    reached = conv_transpose2d(alone, np.ones_like(kernel), None, **uncut)
    assert made.filled("window") == set(zip(*map(tuple, np.nonzero(reached)), strict=True))
    rows, columns = full.shape
    p = options["padding"]
    kept = {(y, c) for y in range(p, rows - p) for c in range(p, columns - p)}
    assert made.filled("padding") | made.filled("window") >= made.all_cells - kept
    assert not (made.filled("padding") & kept)


@given(transposed(), st.data())
@LAW
def test_a_convolution_of_the_spread_out_input_is_the_transposed_convolution(call, data):
    x, kernel, options, result = call
    spread_out, inserted, border = spread_out_input(x, kernel.shape, **options)
    assert (conv2d(spread_out, kernel[::-1, ::-1]) == result).all()
    zeros = {*inserted, *border}
    assert len(zeros) == len(inserted) + len(border)
    assert all(spread_out[cell] == 0 for cell in zeros)
    kept = [spread_out[cell] for cell in np.ndindex(*spread_out.shape) if cell not in zeros]
    assert set(kept) <= set(x.ravel())  # padding may cut whole rows and columns of the input off

    step = data.draw(st.integers(0, result.size - 1))
    picture = inserted_zeros(x, kernel, **options).picture(step)
    spread, weights, made = (drawn.boards[0] for drawn in drawings(picture))
    assert spread.numbers == {cell: number(spread_out[cell]) for cell in np.ndindex(*spread_out.shape)}
    assert spread.filled("zeros") | spread.filled("window") >= set(inserted)
    assert weights.numbers == {cell: number(kernel[::-1, ::-1][cell]) for cell in np.ndindex(*kernel.shape)}
    place = np.unravel_index(step, result.shape)
    assert made.filled("window") == {place}
    assert made.numbers == {
        cell: number(result[cell])
        for cell in np.ndindex(*result.shape)
        if np.ravel_multi_index(cell, result.shape) <= step
    }
    covered = spread_out[place[0] : place[0] + kernel.shape[0], place[1] : place[1] + kernel.shape[1]]
    assert picture.caption.endswith(f" is {sum_in_words(covered, kernel[::-1, ::-1])}.")


@given(transposed(), st.data())
@LAW
def test_the_stamps_that_reach_a_cell_are_the_row_of_the_matrix_and_add_up_to_the_result(call, data):
    x, kernel, options, result = call
    step = data.draw(st.integers(0, result.size - 1))
    given_, weights = wired(x, kernel)
    output = conv_transpose2d(given_, weights, None, **options)
    picture = stamps_on_a_cell(given_, output).picture(step)
    values, laid = (drawn.boards[0] for drawn in drawings(picture))
    row = matrix_of(conv_transpose2d, x.shape, kernel, dtype=int, **options)[step].reshape(x.shape)
    structure = matrix_of(conv_transpose2d, x.shape, np.ones_like(kernel), dtype=int, **options)[step].reshape(x.shape)
    reaching = set(zip(*map(tuple, np.nonzero(structure)), strict=True))
    assert values.numbers == {cell: number(x[cell]) for cell in np.ndindex(*x.shape)}
    assert values.filled("window") == reaching
    assert laid.numbers == {cell: number(row[cell]) for cell in np.ndindex(*x.shape)}
    place = "row {}, column {}".format(*np.unravel_index(step, result.shape))
    assert picture.caption.endswith(f" = {number(result.flat[step])}.")
    assert picture.caption.startswith(f"Stamps on output {place}: ")


@pytest.mark.parametrize("make", [stamps, inserted_zeros])
def test_nonsense_is_refused_by_name(make):
    y, kernel = np.ones((2, 2)), np.ones((3, 3))
    with pytest.raises(ValueError, match="step"):
        make(y, kernel).picture(100)
    with pytest.raises(ValueError, match="output_padding"):
        make(y, kernel, output_padding=1)
    with pytest.raises(ValueError, match="stride"):
        make(y, kernel, stride=0)
    with pytest.raises(ValueError, match="input must have shape"):
        make(y[None], kernel)
