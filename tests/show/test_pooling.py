"""Max pooling and unpooling in pictures: values, switches and places are the library's."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lib import max_pool2d, max_unpool2d
from lib.show import max_pooling, max_unpooling, number

from .drawings import LAW, drawings


@st.composite
def poolings(draw):
    """A max pooling of a plane that makes sense, with ties, and what the library makes of it."""
    kernel = draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
    options = {
        "stride": draw(st.one_of(st.none(), st.integers(1, 3))),
        "padding": tuple(draw(st.integers(0, k // 2)) for k in kernel),
        "ceil_mode": draw(st.booleans()),
    }
    seed = np.random.default_rng(draw(st.integers(0, 999)))
    x = seed.integers(-3, 4, draw(st.tuples(st.integers(1, 6), st.integers(1, 6))))
    try:
        pooled, switches = max_pool2d(x, kernel, return_indices=True, **options)
    except ValueError:
        assume(False)
    return x, kernel, options, pooled, switches


def so_far(plane, step):
    """Return what is written in a plane of which ``step`` is the last cell done."""
    return {np.unravel_index(at, plane.shape): number(plane.flat[at]) for at in range(step + 1)}


def window_in(board, place, kernel, stride):
    """Return the cells of a board that lie in the window of an output cell."""
    steps = stride if isinstance(stride, tuple) else (stride, stride)
    (top, left), (rows, columns) = (p * s for p, s in zip(place, steps, strict=True)), kernel
    return {(top + i, left + j) for i in range(rows) for j in range(columns)} & board.all_cells


@given(poolings(), st.data())
@LAW
def test_the_framed_window_makes_the_value_and_the_switch_says_where(call, data):
    x, kernel, options, pooled, switches = call
    step = data.draw(st.integers(0, pooled.size - 1))
    picture = max_pooling(x, kernel, **options).picture(step)
    given_, values, positions = (drawn.boards[0] for drawn in drawings(picture))
    place = np.unravel_index(step, pooled.shape)
    top, left = options["padding"]
    inside = {(row + top, column + left): number(x[row, column]) for row, column in np.ndindex(*x.shape)}
    assert given_.numbers == {cell: inside.get(cell, "−∞") for cell in given_.all_cells}
    assert given_.filled("padding") == given_.all_cells - set(inside)
    window = given_.filled("window")
    assert window == window_in(given_, place, kernel, options["stride"] or kernel) & set(inside)

    lit = [x[row - top, column - left] for row, column in window]
    assert max(lit) == pooled[place]
    (corner_row, corner_column), (last_row, last_column) = min(window), max(window)
    assert given_.outlined() == [
        (corner_row, corner_column, last_row - corner_row + 1, last_column - corner_column + 1)
    ]
    for board, plane in ((values, pooled), (positions, switches)):
        assert board.numbers == so_far(plane, step)
        assert board.filled("window") == {place}
    row, column = np.unravel_index(switches[place], x.shape)
    assert x[row, column] == pooled[place]
    told = f"row {row}, column {column}: its switch is {row}·{x.shape[1]} + {column} = {switches[place]}."
    assert picture.caption.endswith(told)
    assert ("the first is" in picture.caption) == (lit.count(max(lit)) > 1)


@given(poolings(), st.data())
@LAW
def test_unpooling_writes_each_value_where_its_switch_points(call, data):
    x, kernel, options, pooled, switches = call
    step = data.draw(st.integers(0, pooled.size - 1))
    values = np.arange(1, pooled.size + 1).reshape(pooled.shape)  # all different, so that the later one is seen to stay
    places = {"stride": options["stride"], "padding": options["padding"], "output_size": x.shape}
    try:
        whole = max_unpool2d(values, switches, kernel, **places)
    except ValueError:
        assume(False)
    picture = max_unpooling(values, switches, kernel, **places).picture(step)
    small, positions, made = (drawn.boards[0] for drawn in drawings(picture))
    place = np.unravel_index(step, pooled.shape)
    assert small.numbers == so_far(values, values.size - 1)
    assert positions.numbers == so_far(switches, switches.size - 1)
    assert small.filled("window") == positions.filled("window") == {place}

    target = np.unravel_index(switches[place], x.shape)
    assert made.filled("window") == {target}
    assert made.numbers[target] == number(values[place])
    reached = {np.unravel_index(at, x.shape) for at in switches.flat[: step + 1]}
    assert made.filled("zeros") == made.all_cells - reached
    assert all(made.numbers[cell] == "0" for cell in made.filled("zeros"))
    assert ("over the" in picture.caption) == (switches[place] in switches.flat[:step])
    if step == values.size - 1:
        assert made.numbers == so_far(whole, whole.size - 1)


def test_nonsense_is_refused_by_name():
    x = np.arange(16).reshape(4, 4)
    pooled, switches = max_pool2d(x, 2, return_indices=True)
    for scene in (max_pooling(x, 2), max_unpooling(pooled, switches, 2)):
        with pytest.raises(ValueError, match="step must be from 0 to 3, got 4"):
            scene.picture(4)
    for make in (
        lambda **wrong: max_pooling(x, 2, **wrong),
        lambda **wrong: max_unpooling(pooled, switches, 2, **wrong),
    ):
        with pytest.raises(ValueError, match="stride"):
            make(stride=0)
    with pytest.raises(ValueError, match="padding"):
        max_pooling(x, 2, padding=2)
    with pytest.raises(ValueError, match="indices"):
        max_unpooling(pooled, switches + 9, 2)
    with pytest.raises(ValueError, match="output_size"):
        max_unpooling(pooled, switches, 2, output_size=(9, 9))
    with pytest.raises(ValueError, match="input must have shape"):
        max_pooling(np.ones((1, 4, 4)), 2)
    with pytest.raises(ValueError, match="indices must have shape"):
        max_unpooling(pooled, switches[None], 2)
