"""The size formula drawn: every place of the window, and the cells that none of them uses."""

import re

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lib import conv2d, conv_output_size, matrix_of
from lib.show import size_line
from lib.show.sizes import ROW, unused_cells

from .drawings import LAW, drawing


@st.composite
def axes(draw):
    """(input size, kernel size, stride, padding, dilation) such that the window fits."""
    i, k, s, p, d = (draw(st.integers(low, high)) for low, high in ((1, 9), (1, 5), (1, 4), (0, 3), (1, 3)))
    assume(i + 2 * p >= d * (k - 1) + 1)
    return i, k, s, p, d


def places_of(i, k, s, p, d):
    """Return, found by trying every place, the padded cells under the taps at each place where the window fits."""
    padded = i + 2 * p
    return [[left + tap * d for tap in range(k)] for left in range(0, padded, s) if left + (k - 1) * d < padded]


@given(axes())
@LAW
def test_the_caption_works_the_formula_out_to_the_number_of_places(axis):
    i, k, s, p, d = axis
    caption = size_line(*axis).caption
    formula, *steps = re.match(r"(.+) = (.+) = (\d+)\. ", caption).groups()
    python = [
        text.replace("⌊", "(").replace("⌋", ")").replace("·", "*").replace("−", "-").replace("/", "//")
        for text in (formula, *steps)
    ]
    assert {eval(text) for text in python} == {len(places_of(*axis))}
    assert conv_output_size(i, k, s, p, d) == len(places_of(*axis))
    assert formula == f"⌊({i} + 2·{p} − {d}·({k} − 1) − 1)/{s}⌋ + 1"


@given(axes())
@LAW
def test_every_place_of_the_window_has_a_row_with_its_taps_and_its_output_cell(axis):
    i, _, _, p, _ = axis
    drawn = drawing(size_line(*axis))
    (line,) = drawn.boards
    places = places_of(*axis)
    rows: dict[float, list[float]] = {}
    for box in drawn.rectangles("window", "edge"):
        assert box.width == line.size
        rows.setdefault(box.y, []).append(box.x / line.size)
    assert [rows[y] for y in sorted(rows)] == places
    tops = sorted(rows)
    assert tops == [tops[0] + ROW * place for place in range(len(places))]
    assert tops[0] > line.top + line.size
    outputs = drawn.rectangles("output", "edge")
    assert [box.y for box in outputs] == tops
    assert all(box.x >= (i + 2 * p + 1) * line.size for box in outputs)
    written = {(text.x, text.words) for text in drawn.words if text.classes == {"small"} and text.x > line.box.width}
    assert written == {(outputs[0].x + line.size / 2, str(place)) for place in range(len(places))}


@given(axes())
@LAW
def test_spans_reach_from_the_first_tap_to_the_last(axis):
    drawn = drawing(size_line(*axis))
    size = drawn.boards[0].size
    spans = [re.fullmatch(r"M(\S+) \S+?h(\S+)", path) for path, _, _ in drawn.paths("span") if "l" not in path]
    assert [(float(m[1]) / size, float(m[2]) / size) for m in spans] == [
        (taps[0], taps[-1] + 1 - taps[0]) for taps in places_of(*axis)
    ]


@given(axes())
@LAW
def test_the_padded_input_is_numbered_and_its_zeros_are_padding(axis):
    i, _, _, p, _ = axis
    drawn = drawing(size_line(*axis))
    (line,) = drawn.boards
    assert (line.rows, line.columns) == (1, i + 2 * p)
    border = {(0, x) for x in [*range(p), *range(p + i, i + 2 * p)]}
    assert line.filled("padding") == border
    assert line.numbers == {(0, p + x): str(x) for x in range(i)}  # input cells are counted, padding is not
    assert line.has_ground("input")
    assert drawn.headings("input") == [f"input {i}" + (f", padding {p} on each side" if p else "")]
    assert drawn.headings("output") == [f"output {conv_output_size(*axis)}"]


@given(axes())
@LAW
def test_unused_cells_are_the_columns_of_the_matrix_that_hold_only_zeros(axis):
    i, k, s, p, d = axis
    padded = i + 2 * p
    matrix = matrix_of(conv2d, (1, padded), np.ones((1, k)), stride=(1, s), dilation=(1, d))
    unused = [x for x in range(padded) if not matrix[:, x].any()]
    assert unused_cells(padded, k, s, d, len(matrix)) == unused
    picture = size_line(*axis)
    drawn = drawing(picture)
    line = drawn.boards[0]
    strokes = [re.fullmatch(r"M(\S+) (\S+?)l24 24", path) for path, _, _ in drawn.paths("crossed")]
    assert [(float(m[1]) / line.size, float(m[2])) for m in strokes] == [(x, line.top) for x in unused]
    if unused:
        assert f"{len(unused)} of {padded} padded cells {'is' if len(unused) == 1 else 'are'} never" in picture.caption
    else:
        assert picture.caption.endswith(
            "The one cell is used." if padded == 1 else f"All {padded} padded cells are used."
        )


def test_a_window_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="kernel_size 5 with dilation 1 spans 5 cells"):
        size_line(4, 5)
    with pytest.raises(ValueError, match="stride"):
        size_line(4, 2, stride=0)
