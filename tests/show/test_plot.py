"""Plots: the data stand where the axes say, words stay words, and every colour is one of the page's."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.show import bars, curves, dots, marks, number, plot, ratios
from lib.show.picture import stylesheet

from .drawings import LAW, parse

FEW = settings(LAW, max_examples=8)  # a plot takes a tenth of a second

numbers = st.floats(1e-2, 1e4)
rows_of = st.dictionaries(st.text("abc", min_size=1, max_size=9), st.lists(numbers, min_size=1, max_size=4), min_size=1)
bars_of = st.dictionaries(st.text("abc <&$", min_size=1, max_size=5).map(str.strip).filter(bool), numbers, min_size=1)


def words(picture):
    return ["".join(each.itertext()) for each in parse(picture.markup).iter("text")]


def places(picture, gid):
    """Where the markers of a named artist stand, across."""
    (group,) = [each for each in parse(picture.markup).iter("g") if each.get("data-part") == gid]
    return [float(each.get("x")) for each in group.iter("use")]


@given(rows_of)
@FEW
def test_dots_stand_in_the_order_and_at_the_distances_of_their_numbers(values):
    drawn = dots(values, "s", "Time.")
    found = [place for index in range(len(values)) for place in places(drawn, f"runs-{index}")]
    expected = [value for row in values.values() for value in row]
    assert len(found) == len(expected)
    assert np.allclose(np.ptp(expected) * (np.array(found) - found[0]),
                       np.ptp(found) * (np.array(expected) - expected[0]), atol=1e-3 * max(expected) * 560)  # fmt: skip


@given(st.lists(st.tuples(numbers, numbers), min_size=1, max_size=4))
@FEW
def test_marks_stand_in_their_rows_at_the_distances_of_their_numbers(pairs):
    drawn = marks({f"row {at}": {"a": a, "b": b} for at, (a, b) in enumerate(pairs)}, "s", "Time.")
    found = [places(drawn, f"marks-{place}") for place in range(2)]
    expected = np.array(pairs).T
    assert np.shape(found) == expected.shape
    assert np.allclose(np.ptp(expected) * (np.array(found) - found[0][0]),
                       np.ptp(found) * (expected - expected[0, 0]), atol=1e-3 * expected.max() * 560)  # fmt: skip


def test_a_caption_of_marks_names_every_number_of_every_row():
    drawn = marks({"x": {"a": 1, "b": 2.345}, "y": {"a": 3, "b": -4}}, "s", "Times.", decimals=1)
    assert drawn.caption == "Times. s: x: a 1.0, b 2.3; y: a 3.0, b −4.0."


@given(bars_of)
@FEW
def test_each_bar_has_its_label_and_its_number_as_words(values):
    said = words(bars(values, "ms", "Time."))
    for label, value in values.items():
        assert label in said
        assert f"{number(value)} ms" in said


def test_a_longer_bar_is_a_larger_number():
    drawn = parse(bars({"slow": 12.5, "middle": 1, "fast": 0.5}, "ms", "Time.").markup)
    paths = [each.get("d") for each in drawn.iter("path") if "--course-output-line" in each.get("style", "")]
    lengths = [np.ptp([float(x) for x in re.findall(r"[ML]([\d.]+)", path)]) for path in paths]
    assert lengths == sorted(lengths, reverse=True)
    assert len(set(lengths)) == 3


@given(st.dictionaries(st.text("abc", min_size=1, max_size=9), numbers, min_size=1, max_size=3))
@FEW
def test_ratios_stand_at_the_distances_of_their_logarithms_beside_the_line_at_one(row):
    drawn = ratios({"a case": {"one": 1, **row}}, "time", "Times.")
    found = [place for index in range(len(row) + 1) for place in places(drawn, f"name-{index}")]
    expected = np.log([1, *row.values()])
    assert np.allclose(np.ptp(expected) * (np.array(found) - found[0]),
                       np.ptp(found) * (expected - expected[0]), atol=0.01 + 0.2 * np.ptp(expected))  # fmt: skip
    assert {"a case", "one", *row} <= set(words(drawn))


def test_a_row_of_ratios_may_lack_some_of_the_names():
    drawn = ratios({"a": {"x": 0.5, "y": 2}, "b": {"y": 4}}, "time", "Times.")
    assert [len(places(drawn, f"name-{index}")) for index in range(2)] == [1, 2]


def test_every_colour_of_a_plot_is_a_variable_that_the_stylesheet_sets():
    drawn = [
        bars({"a": 1, "b": 30}, "ms", "Time."),
        dots({"a": [1, 2]}, "s", "Time.", logarithmic=True),
        curves({name: ([0, 1], [place, 1]) for place, name in enumerate("abcde")}, "x", "y", "Five."),
    ]
    for picture in drawn:
        assert not re.search(r"#[0-9a-f]{6}", picture.markup), "a colour that does not follow the theme"
        used = set(re.findall(r"var\((--[\w-]+)\)", picture.markup))
        assert used
        assert all(f"{variable}:" in stylesheet() for variable in used)


def test_curves_differ_in_more_than_their_colour():
    drawn = parse(curves({"a": ([0, 1], [0, 1]), "b": ([0, 1], [1, 0])}, "x", "y", "Two.").markup)
    styles = [each.get("style", "") for each in drawn.iter("path") if each.get("clip-path")]
    data = [style for style in styles if re.search(r"stroke-width:2(;|$)", style)]
    assert len(data) == 2
    assert sum("dasharray" in style for style in data) == 1


def test_a_plot_holds_nothing_that_nobody_sees():
    for each in parse(dots({"a": [1, 2], "b": [3, 4]}, "s", "Time.").markup).iter():
        assert each.tag != "g" or each.attrib, "a group for its own sake"
        assert each.tag != "path" or each.get("style") != "fill:none"

        coordinates = " ".join(each.get(key, "") for key in ("d", "x", "y", "transform"))
        assert not re.search(r"\.\d{3}|rotate\(-?0 ", coordinates)


def test_the_parts_of_two_plots_do_not_share_names():
    one, other = (curves({"a": ([0, 1], [0, 1])}, "x", "y", words) for words in ("One.", "Other."))
    clips = [set(re.findall(r'clipPath id="(\w+)"', picture.markup)) for picture in (one, other)]
    assert all(clips)
    assert not clips[0] & clips[1]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: bars({}, "s", "Time."), "at least one number"),
        (lambda: bars({"a": 0}, "s", "Time."), "positive finite"),
        (lambda: bars({"a": float("inf")}, "s", "Time."), "positive finite"),
        (lambda: dots({}, "s", "Time."), "at least one label"),
        (lambda: dots({"a": []}, "s", "Time."), "at least one number"),
        (lambda: dots({"a": [float("nan")]}, "s", "Time."), "finite"),
        (lambda: dots({"a": [-1]}, "s", "Time.", logarithmic=True), "positive finite"),
        (lambda: ratios({}, "s", "Time."), "at least one label"),
        (lambda: ratios({"a": {}}, "s", "Time."), "at least one number"),
        (lambda: ratios({"a": {"b": 0}}, "s", "Time."), "positive finite"),
        (lambda: marks({}, "s", "Time."), "at least one label"),
        (lambda: marks({"a": {"b": float("inf")}}, "s", "Time."), "finite"),
        (lambda: marks({"a": {"b": 1}, "c": {"d": 1}}, "s", "Time."), "compare the same"),
        (lambda: marks({"a": dict.fromkeys("bcdefg", 1)}, "s", "Time."), "or fewer"),
        (lambda: curves({}, "x", "y", "None."), "at least one curve"),
        (lambda: plot(lambda axes: axes.plot([1, 2]), "No labels."), "label both axes"),
        (lambda: dots({"a label as long as the figure is wide" * 2: [1]}, "s", "Time."), "leave room"),
    ],
)
def test_what_cannot_be_plotted_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
