"""Dots of several runs: where each stands, where their mean is, and what the axis and the caption say."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.show import dots
from lib.show.studies import LENGTH, RADIUS, ROW

from .drawings import LAW, drawing

numbers = st.floats(1e-4, 1e4)
values_of = st.dictionaries(
    st.text("abc", min_size=1, max_size=9), st.lists(numbers, min_size=1, max_size=4), min_size=1
)


def read(picture):
    """The axis (from numbers to places), the dots of each row and the mean of each row, as places."""
    drawn = drawing(picture)
    ticks = [(word.x, float(word.words.replace("−", "-"))) for word in drawn.words if word.classes == {"small"}]
    circles = [shape for shape, _, _ in drawn.shapes if shape.tag == "circle"]
    rows = {}
    for circle in circles:
        rows.setdefault(float(circle.get("cy")), []).append(float(circle.get("cx")))
    means = {path: float(path[1:].split()[0]) for path, _, _ in drawn.paths("outline")}
    return ticks, rows, list(means.values())


def scale(ticks, logarithmic):
    (start, low), (end, high) = ticks[0], ticks[-1]
    change = math.log if logarithmic else float
    return lambda value: start + (end - start) * (change(value) - change(low)) / (change(high) - change(low))


@given(values_of, st.booleans())
@LAW
def test_each_dot_and_each_mean_stands_where_the_axis_says(values, logarithmic):
    ticks, rows, means = read(dots(values, "s", "Time.", logarithmic))
    place = scale(ticks, logarithmic)
    assert list(rows) == [ROW * (index + 0.5) for index in range(len(values))]
    for found, mean, expected in zip(rows.values(), means, values.values(), strict=True):
        assert found == pytest.approx([place(value) for value in expected], abs=0.7)
        assert mean == pytest.approx(place(np.mean(expected)), abs=0.7)


@given(values_of, st.booleans())
@LAW
def test_the_axis_reaches_around_all_numbers_in_even_round_steps(values, logarithmic):
    ticks, *_ = read(dots(values, "s", "Time.", logarithmic))
    everything = [value for row in values.values() for value in row]
    assert ticks[0][1] <= min(everything) * 1.01
    assert ticks[-1][1] >= max(everything) * 0.99
    assert ticks[-1][0] - ticks[0][0] == pytest.approx(LENGTH, abs=0.1)
    steps = np.diff([place for place, _ in ticks])
    assert np.ptp(steps) < 0.1
    if logarithmic:
        assert all(math.log10(value).is_integer() for _, value in ticks)
    else:
        assert len(ticks) <= 6


def test_numbers_that_are_equal_have_an_axis_too():
    ticks, rows, _ = read(dots({"a": [7, 7], "b": [7]}, "s", ""))
    assert len(ticks) > 1
    assert {place for row in rows.values() for place in row} == {scale(ticks, False)(7)}


def test_dots_of_neighbouring_rows_do_not_touch():
    assert 2 * RADIUS < ROW


def test_the_caption_says_mean_least_and_most_of_every_row():
    caption = dots({"bilinear": [0.5, 0.25], "unpool": [1.0]}, "IoU", "Two decoders.").caption
    assert caption == "Two decoders. IoU, mean (least to most): bilinear 0.375 (0.25 to 0.5); unpool 1."


@pytest.mark.parametrize("values", [{}, {"a": []}, {"a": [[1, 2]]}])
def test_no_numbers_are_refused(values):
    with pytest.raises(ValueError, match="values must hold at least one label, each with at least one number"):
        dots(values, "s", "")


def test_numbers_without_a_place_are_refused():
    with pytest.raises(ValueError, match=r"values\['a'\] must hold finite numbers, got \[nan\]"):
        dots({"a": [np.nan]}, "s", "")
    with pytest.raises(ValueError, match=r"values\['a'\] must hold positive finite numbers, got \[0\.0\]"):
        dots({"a": [0.0]}, "s", "", logarithmic=True)
