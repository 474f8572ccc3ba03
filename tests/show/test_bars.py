"""Bars: the numbers, their order, and lengths on a logarithmic scale."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.show import bars, number
from lib.show.bars import BAR, GAP, LENGTH

from .drawings import LAW, drawing

values_of = st.dictionaries(st.text("abc <&", min_size=1, max_size=5), st.floats(1e-3, 1e5), min_size=1, max_size=5)


@given(values_of)
@LAW
def test_each_bar_stands_between_its_label_and_its_number(values):
    drawn = drawing(bars(values, "ms", "Time."))
    boxes = drawn.rectangles("output", "edge")
    labels = [text for text in drawn.words if text.classes == {"end"}]
    numbers = [text for text in drawn.words if text.classes == {"start"}]
    assert [text.words for text in labels] == list(values)
    assert [text.words for text in numbers] == [f"{number(value)} ms" for value in values.values()]
    for place, (box, label, written) in enumerate(zip(boxes, labels, numbers, strict=True)):
        assert box.y == place * (BAR + GAP)
        assert box.height == BAR
        assert box.y < label.y < box.y + BAR
        assert label.y == written.y
        assert label.x < box.x
        assert 0 < written.x - (box.x + box.width) < 20


@given(values_of)
@LAW
def test_lengths_differ_as_the_logarithms_do(values):
    boxes = drawing(bars(values, "ms", "Time.")).rectangles("output", "edge")
    lengths = dict(zip(values, (box.width for box in boxes), strict=True))
    low, high = min(values, key=values.get), max(values, key=values.get)
    assert lengths[high] == LENGTH
    assert min(lengths.values()) > 0
    per_decade = (LENGTH - lengths[low]) / (math.log10(values[high] / values[low]) or 1)
    for label, value in values.items():
        expected = LENGTH - per_decade * math.log10(values[high] / value)
        assert math.isclose(lengths[label], expected, abs_tol=0.1)


def test_a_factor_of_ten_is_as_long_wherever_it_is():
    boxes = drawing(bars({"a": 2, "b": 20, "c": 200}, "ms", "")).rectangles("output", "edge")
    assert math.isclose(boxes[2].width - boxes[1].width, boxes[1].width - boxes[0].width, abs_tol=0.01)


def test_the_caption_says_every_number():
    assert bars({"slow": 1234.5, "fast": 0.04}, "s", "Time taken.").caption == (
        "Time taken. slow: 1234 s; fast: 0.04 s. The scale is logarithmic."
    )
    assert drawing(bars({"a": 1}, "MB", "")).root.get("aria-label") == "bars in MB"


@pytest.mark.parametrize("value", [0, -1, math.nan, math.inf])
def test_a_number_that_has_no_place_on_the_scale_is_refused(value):
    with pytest.raises(ValueError, match=r"values\['b'\] must be a positive finite number"):
        bars({"a": 1, "b": value}, "ms", "")


def test_no_numbers_are_refused():
    with pytest.raises(ValueError, match="values must hold at least one number"):
        bars({}, "ms", "")
