"""The palette: legible in both themes, and told apart with every kind of colour vision.

Contrast is that of WCAG 2.2. Colour-blind vision is simulated with the matrices of Machado, Oliveira & Fernandes
(2009), "A Physiologically-based Model for Simulation of Color Vision Deficiency", severity 1.0, on linear RGB; the
difference is the Euclidean distance in CIELAB (ΔE 1976), of which about 2.3 is just noticeable side by side.
"""

import itertools

import numpy as np
import pytest

from lib.show import role_tones
from lib.show.palette import GRID, GROUND, INK, ROLES, SHADES, css_variables

PAGE = {"light": "#ffffff", "dark": "#121212"}
LEAST_DIFFERENCE = 8
VISION = {
    "all cones": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
themes = pytest.mark.parametrize("theme", ["light", "dark"])
roles = pytest.mark.parametrize("role", sorted(ROLES))


def linear(colour):
    """Return the linear RGB of '#rrggbb' (IEC 61966-2-1)."""
    encoded = np.array([int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)])
    return np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)


def contrast(one, other):
    low, high = sorted(linear(colour) @ [0.2126, 0.7152, 0.0722] for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


def lab(rgb):
    """Return the CIELAB coordinates of linear RGB, white D65."""
    to_xyz = [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
    x, y, z = (np.array(to_xyz) @ rgb) / [0.95047, 1, 1.08883]
    fx, fy, fz = (np.cbrt(t) if t > 216 / 24389 else (24389 / 27 * t + 16) / 116 for t in (x, y, z))
    return np.array([116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)])


def difference(one, other, vision):
    seen = [lab(np.clip(np.array(VISION[vision]) @ linear(colour), 0, 1)) for colour in (one, other)]
    return np.linalg.norm(seen[0] - seen[1])


def test_the_measures_give_known_values():
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    np.testing.assert_allclose(lab(linear("#ffffff")), [100, 0, 0], atol=0.02)
    np.testing.assert_allclose(lab(linear("#ff0000")), [53.24, 80.09, 67.20], atol=0.02)
    assert all(np.allclose(np.sum(matrix, axis=1), 1, atol=1e-5) for matrix in VISION.values()), "grey stays grey"


@themes
@roles
def test_numbers_are_legible_on_every_fill(theme, role):
    assert contrast(INK[theme], role_tones(role, theme).fill) >= 4.5


@themes
@roles
def test_headings_are_legible_on_the_page(theme, role):
    assert contrast(role_tones(role, theme).line, PAGE[theme]) >= 4.5


@themes
def test_captions_are_legible_on_the_page_and_ruling_is_seen_there(theme):
    assert contrast(INK[theme], PAGE[theme]) >= 7
    assert contrast(GRID[theme], PAGE[theme]) >= 3, "the border of cells, of controls and of empty matrix entries"


@themes
@roles
def test_the_frame_of_the_window_is_seen_on_every_fill(theme, role):
    assert contrast(role_tones("window", theme).line, role_tones(role, theme).fill) >= 3


@themes
@pytest.mark.parametrize("tone", ["fill", "line"])
@pytest.mark.parametrize("vision", VISION)
def test_any_two_roles_differ_with_every_kind_of_vision(theme, tone, vision):
    found = {
        pair: difference(*(getattr(role_tones(role, theme), tone) for role in pair), vision)
        for pair in itertools.combinations(ROLES, 2)
    }
    closest = min(found, key=found.get)
    assert found[closest] >= LEAST_DIFFERENCE, closest


def mixed(one, other, share):
    """Return a colour between two, as CSS mixes them in OKLab (Ottosson 2020)."""
    to_lms = np.array([[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
                       [0.0883024619, 0.2817188376, 0.6299787005]])  # fmt: skip
    cones = [np.cbrt(to_lms @ linear(colour)) for colour in (one, other)]
    rgb = np.linalg.solve(to_lms, (share * cones[0] + (1 - share) * cones[1]) ** 3).clip(0, 1)
    encoded = np.where(rgb <= 0.0031308, 12.92 * rgb, 1.055 * rgb ** (1 / 2.4) - 0.055)
    return "#" + "".join(f"{round(255 * value):02x}" for value in encoded)


@themes
@pytest.mark.parametrize("sign", sorted(SHADES))
def test_numbers_are_legible_on_every_shade_and_more_is_darker_or_lighter_all_the_way(theme, sign):
    shades = [mixed(SHADES[sign][theme], GROUND[theme], share) for share in np.linspace(0, 1, 11)]
    found = [contrast(shade, GROUND[theme]) for shade in shades]
    assert found == sorted(found)
    assert found[-1] >= 1.9, "the most is told from nothing"
    assert min(contrast(INK[theme], shade) for shade in shades) >= 4.5


@themes
@pytest.mark.parametrize("vision", VISION)
def test_more_and_less_are_told_apart_with_every_kind_of_vision(theme, vision):
    for share in (0.25, 0.5, 1):
        pair = [mixed(SHADES[sign][theme], GROUND[theme], share) for sign in ("more", "less")]
        assert difference(*pair, vision) >= LEAST_DIFFERENCE


@themes
def test_the_variables_are_the_colours(theme):
    declared = dict(line.removesuffix(";").split(": ") for line in css_variables(theme).splitlines())
    expected = {"--course-ink": INK[theme], "--course-grid": GRID[theme], "--course-ground": PAGE[theme]}
    expected |= {f"--course-{name}": SHADES[name][theme] for name in ("more", "less")}
    for role in ROLES:
        expected |= {
            f"--course-{role}": role_tones(role, theme).fill,
            f"--course-{role}-line": role_tones(role, theme).line,
        }
    assert declared == expected


def test_unknown_themes_and_roles_are_refused():
    with pytest.raises(ValueError, match="theme must be 'light' or 'dark', got 'sepia'"):
        css_variables("sepia")
    with pytest.raises(ValueError, match="theme must be 'light' or 'dark', got 'sepia'"):
        role_tones("input", "sepia")
    with pytest.raises(ValueError, match=r"role must be one of .*, got 'border'"):
        role_tones("border")
