"""Rows of intervals: bars, means and dots stand where their numbers are."""

import pytest

from lib.show import intervals
from tests.show.drawings import parse

THREE = {"one_kind": (1.0, 0.0, 2.0), "other": (-1.0, -2.0, 0.0), "level": (0.5, 0.5, 0.5)}


def lines(picture):
    """The strokes in the colour of the data, dotted ones and bars; marks are drawn by reference."""
    return [
        path.get("style")
        for path in parse(picture.markup).iter("path")
        if "fill:none" in path.get("style", "") and "--course-input-line" in path.get("style")
    ]


def test_labels_are_said_without_underscores_and_the_caption_as_it_is():
    drawn = intervals(THREE, "dB", "Three kinds.")
    assert "one kind" in drawn.markup
    assert "one_kind" not in drawn.markup
    assert drawn.caption == "Three kinds."


def test_a_line_at_zero_is_drawn_only_for_differences():
    assert sum("stroke-dasharray" in line for line in lines(intervals(THREE, "dB", "C.", zero=True))) == 1
    assert not any("stroke-dasharray" in line for line in lines(intervals(THREE, "dB", "C.")))


def test_equal_numbers_have_dots_and_no_bar():
    runs = {"one_kind": [0.0, 2.0], "other": [-2.0, 0.0], "level": [0.5, 0.5]}
    drawn = intervals(THREE, "dB", "C.", runs=runs)
    assert len(lines(drawn)) == 2
    assert len(lines(intervals(THREE, "dB", "C."))) == 3
    uses = [use for use in parse(drawn.markup).iter("use") if "--course-input-line" in use.get("style")]
    assert len(uses) == 6 + 2  # a dot a run, and a stroke at two means


@pytest.mark.parametrize(
    ("values", "runs", "message"),
    [
        ({}, None, "at least one interval"),
        ({"a": (1, 2)}, None, "finite mean, low and high"),
        ({"a": (1, 0, float("nan"))}, None, "finite mean, low and high"),
        ({"a": (3, 0, 2)}, None, "between low and high"),
        ({"a": (1, 0, 2)}, {"b": [1]}, "labels of values"),
        ({"a": (1, 0, 2)}, {"a": []}, "finite numbers"),
    ],
)
def test_what_is_no_interval_is_refused(values, runs, message):
    with pytest.raises(ValueError, match=message):
        intervals(values, "dB", "C.", runs=runs)
