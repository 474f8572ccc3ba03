"""Interpolation drawn: positions, weights and results are those of the library, at the place they belong to."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib import interpolate, interpolation_matrix
from lib.show import alignment, interpolation_step, kernel_curve, number, output_positions
from lib.show.grids import factor
from lib.show.interpolation import MARGIN, UNIT

from .drawings import LAW, classes, drawing

CONVENTIONS = ["half-pixel", "align-corners", "asymmetric"]
MODES = ["nearest", "bilinear", "bicubic"]


@st.composite
def axes(draw):
    """(input size, output size, output cell, mode, convention)."""
    n, m = draw(st.integers(1, 6)), draw(st.integers(1, 12))
    return n, m, draw(st.integers(0, m - 1)), draw(st.sampled_from(MODES)), draw(st.sampled_from(CONVENTIONS))


def circles(drawn, *style):
    """The centres of the dots that have exactly these classes."""
    return [
        (float(e.get("cx")), float(e.get("cy")))
        for e, _, _ in drawn.shapes
        if e.tag == "circle" and classes(e) == set(style)
    ]


def rounding(convention):
    return "floor" if convention == "asymmetric" else "half-up"


def test_nearest_at_asymmetric_positions_is_the_mode_nearest():
    for n, m in ((9, 3), (4, 8), (5, 7), (2, 3)):
        copied = interpolate(np.arange(n)[None], (1, m))[0]
        said = [alignment(n, m, step, "nearest", "asymmetric").caption for step in range(m)]
        assert [int(words.split()[-1].rstrip(".")) for words in said] == list(copied)


@given(axes())
@LAW
def test_positions_are_those_that_linear_interpolation_reads_a_ramp_at(axis):
    n, m, _, _, convention = axis
    read = interpolation_matrix(n, m, "bilinear", convention=convention) @ np.arange(n)
    assert read == pytest.approx(np.clip(output_positions(n, m, convention), 0, n - 1), abs=1e-12)


@pytest.mark.parametrize("a", [-0.75, -0.5])
def test_the_curve_is_the_kernel_of_keys(a):
    d, weights = kernel_curve("bicubic", a)
    x = np.abs(d)
    near, far = (a + 2) * x**3 - (a + 3) * x**2 + 1, a * (x**3 - 5 * x**2 + 8 * x - 4)
    assert weights == pytest.approx(np.where(x < 1, near, np.where(x < 2, far, 0)), abs=1e-12)


def test_the_curves_of_the_other_modes_are_a_tent_and_a_box():
    d, tent = kernel_curve("bilinear")
    assert tent == pytest.approx(np.maximum(1 - np.abs(d), 0), abs=1e-12)
    d, box = kernel_curve("nearest")
    assert (box == (np.abs(d) < 0.5)).all()


@given(axes())
@LAW
def test_an_alignment_puts_every_cell_at_its_position_and_writes_the_weights(axis):
    n, m, step, mode, convention = axis
    picture = alignment(*axis)
    drawn = drawing(picture)
    weights = interpolation_matrix(n, m, mode, convention=convention, rounding=rounding(convention))[step]
    used = np.flatnonzero(weights)
    inputs = circles(drawn, "input", "edge")
    zero = inputs[0][0]
    assert [x - zero for x, _ in inputs] == pytest.approx([cell * UNIT for cell in range(n)], abs=1e-2)
    outputs = [x - zero for x, _ in circles(drawn, "output", "edge")]
    assert outputs == pytest.approx(output_positions(n, m, convention) * UNIT, abs=1e-2)
    lit = [box for box in drawn.rectangles("window", "edge") if box.y < 60]
    assert [round((box.x + UNIT / 2 - zero) / UNIT) for box in lit] == list(used)
    assert len(drawn.rectangles("input", "edge")) == n - len(used)
    written = [word.words for word in drawn.words if 75 < word.y < 100]
    assert written == [number(weights[cell]) for cell in used]
    assert len(drawn.paths("span")) == len(used)
    said = ", ".join(f"{number(weights[cell])} of cell {cell}" for cell in used)
    assert picture.caption.endswith(f" and takes {said}.")
    assert drawn.headings("output") == [f"output {m}, {convention}"]


@given(axes(), st.sampled_from([-0.75, -0.5]), st.integers(0, 99))
@LAW
def test_a_step_draws_the_values_the_weights_and_the_sum(axis, a, seed):
    n, m, step, mode, convention = axis
    line = np.random.default_rng(seed).integers(-50, 100, n)
    picture = interpolation_step(line, m, step, mode, convention=convention, cubic_a=a)
    drawn = drawing(picture)
    matrix = interpolation_matrix(n, m, mode, convention=convention, cubic_a=a, rounding=rounding(convention))
    used, made = np.flatnonzero(matrix[step]), matrix @ line
    terms = " + ".join(f"{factor(line[cell])}·{factor(matrix[step, cell])}" for cell in used)
    assert picture.caption.endswith(f": {terms} = {number(made[step])}.")
    ((x, y),) = circles(drawn, "output", "outline")
    assert x == pytest.approx(MARGIN + (output_positions(n, m, convention)[step] + 0.5) * UNIT, abs=1e-2)
    others = circles(drawn, "output", "edge")
    assert len(others) == m - 1
    lower = {o: place[1] for o, place in zip([o for o in range(m) if o != step], others, strict=True)}
    assert all((lower[o] <= y + 1e-2) for o in lower if made[o] >= made[step])
    bars = drawn.rectangles("window", "edge")
    assert [(box.x + 9 - MARGIN) / UNIT - 0.5 for box in bars] == pytest.approx(list(used))
    assert len(circles(drawn, "kernel", "edge")) == len(used)


def test_the_weights_stand_on_the_curve_where_no_border_is_near():
    drawn = drawing(interpolation_step(np.arange(6), 12, 5, "bicubic"))
    (curve,) = (path for path, _, _ in drawn.paths("curve"))
    points = np.array(re.findall(r"[-\d.]+", curve), float).reshape(-1, 2)
    for x, y in circles(drawn, "kernel", "edge"):
        assert np.interp(x, *points.T) == pytest.approx(y, abs=1)


@pytest.mark.parametrize("draw", [lambda **k: alignment(3, 6, **k), lambda **k: interpolation_step([1, 2], 4, **k)])
def test_nonsense_is_refused_by_name(draw):
    with pytest.raises(ValueError, match="step must be from 0 to"):
        draw(step=6)
    with pytest.raises(ValueError, match="mode"):
        draw(step=0, mode="trilinear")
    with pytest.raises(ValueError, match="convention"):
        draw(step=0, convention="corners")


def test_values_must_be_one_axis_of_finite_numbers():
    with pytest.raises(ValueError, match="values must be finite numbers along one axis"):
        interpolation_step([[1, 2]], 4, 0)
    with pytest.raises(ValueError, match="values must be finite"):
        interpolation_step([1, np.nan], 4, 0)
    with pytest.raises(ValueError, match="convention must be one of"):
        output_positions(2, 4, "corners")
