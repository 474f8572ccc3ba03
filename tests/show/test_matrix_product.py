"""An operation as a matrix: its entries under the inputs they multiply, and the outputs beside its rows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib import conv2d, matrix_of
from lib.show import matrix_product, number
from lib.show.svg import SMALL_LETTER

from .drawings import LAW, drawing


@st.composite
def products(draw):
    """A matrix with zeros in it, an input, and a row to light or none."""
    rows, columns = draw(st.integers(1, 6)), draw(st.integers(1, 20))
    seed = np.random.default_rng(draw(st.integers(0, 999)))
    matrix = seed.integers(-9, 10, (rows, columns)) * seed.integers(0, 2, (rows, columns))
    return matrix, seed.integers(-9, 10, columns), draw(st.none() | st.integers(0, rows - 1))


@given(products())
@LAW
def test_entries_inputs_and_outputs_stand_where_they_belong(call):
    matrix, x, row = call
    rows, columns = matrix.shape
    above, entries, beside = drawing(matrix_product(matrix, x, row)).boards
    assert above.numbers == {(0, j): number(value) for j, value in enumerate(x)}
    assert above.has_ground("input")
    assert (entries.rows, entries.columns) == matrix.shape
    assert entries.numbers == {(i, j): number(matrix[i, j]) for i, j in zip(*np.nonzero(matrix), strict=True)}
    shown = rows if row is None else row + 1
    assert (beside.rows, beside.columns) == (rows, 1)
    assert beside.numbers == {(i, 0): number(value) for i, value in enumerate(matrix @ x) if i < shown}
    assert beside.has_ground("output")
    # Each entry stands under the value it multiplies, and beside the sum it goes into.
    assert (above.left, above.size, above.columns) == (entries.left, entries.size, columns)
    assert (beside.top, beside.size) == (entries.top, entries.size)
    assert above.top + above.size <= entries.top
    assert entries.left + columns * entries.size < beside.left


@given(products())
@LAW
def test_the_lit_row_lights_its_weights_their_inputs_and_its_output(call):
    matrix, x, row = call
    above, entries, beside = drawing(matrix_product(matrix, x, row)).boards
    used = {(int(i), int(j)) for i, j in zip(*np.nonzero(matrix), strict=True)}
    lit = {cell for cell in used if cell[0] == row}
    assert entries.filled("window") == lit
    assert entries.filled("kernel") == used - lit
    assert above.filled("window") == {(0, j) for _, j in lit}
    assert beside.filled("window") == (set() if row is None else {(row, 0)})
    assert entries.outlined() == ([] if row is None else [(row, 0, 1, matrix.shape[1])])


@given(products())
@LAW
def test_the_caption_counts_the_weights_and_gives_the_output(call):
    matrix, x, row = call
    words = matrix_product(matrix, x, row, name="A").caption
    if row is None:
        zeros, rows = (matrix == 0).sum(), len(matrix)
        assert words == f"A has {rows} rows, one for each output value; {zeros} of its {matrix.size} entries are 0."
    else:
        used = np.count_nonzero(matrix[row])
        zeros = matrix.shape[1] - used
        assert words == (
            f"Row {row} of A holds {used} weight{'s' * int(used != 1)} and {zeros} zero{'s' * int(zeros != 1)}; "
            f"output value {row} is {number(matrix[row] @ x)}."
        )


def test_the_lit_row_of_a_convolution_lights_the_window():
    matrix = matrix_of(conv2d, (3, 3), np.array([[1, 2], [3, 4]]), dtype=int)
    above, entries, _ = drawing(matrix_product(matrix, np.arange(9).reshape(3, 3), row=1)).boards
    assert above.filled("window") == {(0, 1), (0, 2), (0, 4), (0, 5)}
    assert {cell: entries.numbers[cell] for cell in entries.filled("window")} == {
        (1, 1): "1",
        (1, 2): "2",
        (1, 4): "3",
        (1, 5): "4",
    }


def test_headings_say_what_is_what():
    drawn = drawing(matrix_product(np.ones((2, 3)), np.ones(3), name="Cᵀ"))
    assert drawn.headings("input") == ["flattened input, 3 values"]
    assert drawn.headings("kernel") == ["Cᵀ, 2 × 3"]
    assert drawn.headings("output") == ["output"]
    assert drawn.root.get("aria-label") == "the product of Cᵀ with the flattened input"


@pytest.mark.parametrize(("rows", "columns", "largest", "cell"), [(12, 4, 1, 30), (40, 4, 1, 15), (40, 4, 999, 26)])
def test_a_tall_matrix_has_small_cells_that_still_hold_its_outputs(rows, columns, largest, cell):
    _, entries, beside = drawing(matrix_product(np.full((rows, columns), largest), np.ones(columns))).boards
    assert entries.size == beside.size == cell
    assert len(number(largest * columns)) * SMALL_LETTER <= cell + 1


def test_small_integers_do_not_wrap():
    picture = matrix_product(np.full((1, 8), 100, np.uint8), np.full(8, 100, np.uint8), row=0)
    assert picture.caption.endswith("output value 0 is 80000.")
    assert drawing(picture).boards[2].numbers == {(0, 0): "80000"}


def test_a_matrix_may_be_given_as_a_list():
    assert matrix_product([[1, 2]], [3, 4], 0) == matrix_product(np.array([[1, 2]]), np.array([3, 4]), 0)


@pytest.mark.parametrize("matrix", [np.ones((2, 3)), np.ones(4), np.ones((2, 2, 4))])
def test_a_matrix_that_does_not_fit_the_input_is_refused(matrix):
    with pytest.raises(ValueError, match="matrix must have one column for each of the 4 inputs, got shape"):
        matrix_product(matrix, np.ones((2, 2)))


@pytest.mark.parametrize("row", [-1, 2])
def test_a_row_that_is_not_there_is_refused(row):
    with pytest.raises(ValueError, match=f"row must be from 0 to 1, got {row}"):
        matrix_product(np.ones((2, 3)), np.ones(3), row)
