"""Charts of wired numbers: what stands where, and what is refused."""

import re

import numpy as np
import pytest

from lib.show import as_bars, as_blocks, as_curve, as_dots, chart, scene, wired

X = np.array([10, 20, 60, 40])


def test_a_bar_stands_on_the_ground_and_reaches_its_number():
    (x,) = wired(np.array([5, -5, 0]))
    one = chart(as_bars(x), low=-10, high=10, height=100)
    drawn = scene(one).picture().markup
    boxes = [tuple(map(float, box)) for box in re.findall(r'x="(\S+)" y="(\S+)" width="18" height="(\S+)"', drawn)]
    assert [one.up(value) for value in (10, 0, -10, 99)] == [22, 72, 122, 22]
    assert [(y, height) for _, y, height in boxes] == [(47, 25), (72, 25), (72, 1)]


def test_what_goes_beyond_the_numbers_is_shaded_and_nothing_else():
    (x,) = wired(np.array([0, 1.0]))
    over = x.weighted(np.array([[1, 0], [-0.5, 1.5], [0, 1]]))
    shaded = chart(as_curve(over, [0, 0.5, 1]), as_bars(x), low=-2, high=2, beyond=x, height=100)
    line = scene(shaded).picture().markup
    area = re.search(r'class="beyond" d="([^"]*)"', line)[1]
    assert [part.count("L") for part in area.split("M")[1:]] == [4, 4]
    heights = [float(point.split()[1]) for point in re.split("[MLz]", area) if point]
    assert min(heights) == shaded.up(1.5)
    assert max(heights) == shaded.up(0), "below its numbers the curve never goes"


def test_blocks_are_as_wide_as_they_are_told_with_their_number_inside():
    (x,) = wired(np.array([5, 0.5625]))
    one = chart(as_blocks(x, [0, 1], level=1, width=0.5, label="cells"), low=0, high=2, height=100, unit=60)
    drawn = scene(one).picture().markup
    boxes = [tuple(map(float, box)) for box in re.findall(r'x="(\S+)" y="(\S+)" width="(\S+)" height="34"', drawn)]
    assert boxes == [(15, 22 + 50 - 17, 30), (75, 22 + 50 - 17, 30)]
    assert re.findall(r'<text x="(\S+)" y="(\S+)" class="small">(\S+)</text>', drawn) == [
        ("30", "77", "5"),
        ("90", "77", "0.562"),
    ]
    assert 'class="heading input start">cells<' in drawn


def test_what_makes_no_chart_is_refused_by_name():
    (x,) = wired(X)
    with pytest.raises(ValueError, match="series must hold at least one series"):
        chart(low=0, high=1)
    with pytest.raises(ValueError, match="low must be below high, got 1 and 1"):
        chart(as_bars(x), low=1, high=1)
    with pytest.raises(ValueError, match="at must have a place for each of the 4 numbers, got 2"):
        as_dots(x, [0, 1])
