"""Interpolation in figures: positions, weights and results are those of the library, at the place they belong to."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib import interpolate, interpolation_matrix
from lib.show import alignment, interpolated_line, number
from lib.show.explore.wiring import Tape
from lib.show.grids import factor
from lib.show.interpolation import UNIT, kernel_curve, output_positions

from .drawings import LAW, Box, classes, drawings

CONVENTIONS = ["half-pixel", "align-corners", "asymmetric"]
MODES = ["nearest", "bilinear", "bicubic"]


@st.composite
def axes(draw):
    """(input size, output size, output cell, mode, convention)."""
    n, m = draw(st.integers(1, 6)), draw(st.integers(1, 12))
    return n, m, draw(st.integers(0, m - 1)), draw(st.sampled_from(MODES)), draw(st.sampled_from(CONVENTIONS))


def rounding(convention):
    return "floor" if convention == "asymmetric" else "half-up"


def blocks(picture):
    """The blocks of the first drawing, from the input's to the output's, and how many of them are lit."""
    drawn = drawings(picture)[0].shapes
    found = [e for e, _, _ in drawn if e.tag == "rect"]
    boxes = [Box(*(float(e.get(side)) for side in ("x", "y", "width", "height"))) for e in found]
    return boxes, sum("window" in classes(e) for e in found)


def test_nearest_at_asymmetric_positions_is_the_mode_nearest():
    for n, m in ((9, 3), (4, 8), (5, 7), (2, 3)):
        copied = interpolate(np.arange(n)[None], (1, m))[0]
        view = alignment(np.arange(n), m, "nearest", "asymmetric")
        said = [view.picture(step).caption for step in range(m)]
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


@given(axes(), st.integers(0, 99))
@LAW
def test_an_alignment_puts_every_cell_at_its_position_with_its_weight_and_value(axis, seed):
    n, m, step, mode, convention = axis
    line = np.random.default_rng(seed).integers(1, 99, n)
    view = alignment(line, m, mode, convention)
    picture = view.picture(step)
    weights = interpolation_matrix(n, m, mode, convention=convention, rounding=rounding(convention))
    used, made = np.flatnonzero(weights[step]), weights @ line

    terms = " + ".join(f"{factor(line[cell])}·{factor(weights[step, cell])}" for cell in used)
    place = number(output_positions(n, m, convention)[step])
    assert picture.caption == (
        f"{convention}: output cell {step} lies at {place}. {terms} = {number(float(f'{made[step]:.12g}'))}."
    )

    boxes, lit = blocks(picture)
    assert lit == len(used) + 1
    middles = [box.x + box.width / 2 for box in boxes]
    assert [(x - middles[0]) / UNIT for x in middles[:n]] == pytest.approx(range(n), abs=1e-3)
    places = [(x - middles[0]) / UNIT for x in middles[2 * n :]]
    assert places == pytest.approx(output_positions(n, m, convention), abs=1e-3)
    widths = {round(box.width / UNIT, 3) for box in boxes[2 * n :]}
    if convention == "align-corners":
        assert min(n, m) == 1 or widths == {round((n - 1) / (m - 1), 3)}, "neighbours must touch"
    else:
        assert widths == {round(n / m, 3)}


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_the_input_stands_still_whatever_the_convention_and_the_size(convention):
    first, _ = blocks(alignment(np.arange(4), 8).picture())
    for size in (2, 6, 8):
        boxes, _ = blocks(alignment(np.arange(4), size, "bilinear", convention).picture())
        assert boxes[:4] == first[:4]


def test_a_photograph_below_is_resized_by_the_same_rule():
    image = np.random.default_rng(0).random((8, 12))
    for mode, convention, size in (("bicubic", "align-corners", 6), ("nearest", "asymmetric", 2)):
        view = alignment(np.arange(4), size, mode, convention, image=image)
        before, after = view.panels[1][0].planes.values()
        R, S = (
            interpolation_matrix(n, n * size // 4, mode, convention, rounding=rounding(convention)) for n in image.shape
        )
        moment = view.at()
        np.testing.assert_allclose(after.values(moment), R @ before.values(moment) @ S.T, atol=1e-6)


@pytest.mark.parametrize("mode", MODES)
def test_the_line_is_what_the_library_interpolates_at_every_place(mode):
    line = np.array([10, 20, 60, 40])
    view = interpolated_line(Tape().editable("x", np.zeros(4)), mode, samples=2)
    weights = interpolation_matrix(4, 8, mode)
    for step in range(8):
        moment = view.at(step, dict(enumerate(line.tolist())))
        made = weights[step] @ line
        terms = " + ".join(
            f"{factor(line[cell])}·{factor(weights[step, cell])}" for cell in np.flatnonzero(weights[step])
        )
        assert view.words(moment).split(": ")[1] == f"{terms} = {number(made)}."
        assert np.isclose(moment.values[int(view.steps[0].cells.flat[step])], made)


def test_the_kernel_is_drawn_around_the_place():
    _, kernel = drawings(interpolated_line(np.arange(6), "bilinear", samples=2).picture(5))
    (path,) = (e.get("d") for e, _, _ in kernel.shapes if classes(e) == {"curve", "kernel"})
    points = np.array(re.findall(r"[-\d.]+", path), float).reshape(-1, 2)
    top = points[points[:, 1].argmin(), 0]
    assert top == pytest.approx((output_positions(6, 12)[5] + 0.75) * UNIT, abs=UNIT / 20)


def test_nonsense_is_refused_by_name():
    with pytest.raises(ValueError, match="mode"):
        alignment([1, 2], 4, mode="trilinear")
    with pytest.raises(ValueError, match="convention"):
        alignment([1, 2], 4, convention="corners")
    with pytest.raises(ValueError, match="convention must be one of"):
        output_positions(2, 4, "corners")
    with pytest.raises(ValueError, match="output_size must be at least 1, got 0"):
        alignment([1, 2], 0)
