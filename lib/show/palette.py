"""One palette for every picture of the course, as colours and as CSS variables.

Each role has one hue everywhere: input blue, kernel orange, output green, padding grey, inserted zeros purple, the
active window yellow. Hues come from the colour-blind safe set of Okabe & Ito (2008), "Color Universal Design"; roles
also differ in outline or lettering, so that no meaning hangs on colour alone.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Tones(NamedTuple):
    """The fill of a role's cells and the darker or lighter tone for its outlines and labels."""

    fill: str
    line: str


INK = {"light": "#1b1f24", "dark": "#f2f4f7"}
GRID = {"light": "#8a929c", "dark": "#7d8590"}
GROUND = {"light": "#ffffff", "dark": "#121212"}

# What shades a cell by its value, from nothing to the most: orange above zero, blue below, as in ColorBrewer's PuOr and
# RdBu, which the colour-blind can tell apart. So light (on dark pages so dark) that the number in it stays legible.
SHADES = {"more": {"light": "#f3a24a", "dark": "#8f5203"}, "less": {"light": "#74b3e3", "dark": "#1f5f96"}}

ROLES: dict[str, dict[str, Tones]] = {
    "input": {"light": Tones("#d8e9f7", "#00548a"), "dark": Tones("#25406a", "#8cc8f0")},
    "kernel": {"light": Tones("#f8cd8c", "#8a4b00"), "dark": Tones("#5c3b06", "#ffc46b")},
    "output": {"light": Tones("#bdead2", "#00603f"), "dark": Tones("#0c4f38", "#6fdcb4")},
    "padding": {"light": Tones("#f3f3f4", "#535a63"), "dark": Tones("#26292d", "#aaacae")},
    "zeros": {"light": Tones("#e4c4dc", "#7b2467"), "dark": Tones("#552549", "#eca8d1")},
    "window": {"light": Tones("#fbe66b", "#1b1f24"), "dark": Tones("#6f5d00", "#f2f4f7")},
}

# Classes of pixels and kinds of mistakes are drawn into images, which are the same in both themes.
CLASS_COLOURS = ("#e69f00", "#56b4e9", "#009e73", "#cc79a7")
MISTAKES = {"right": "#e6e6e6", "too much": "#d55e00", "missed": "#0072b2", "wrong class": "#f0e442"}


def css_variables(theme: str) -> str:
    """Return the CSS declarations of one theme, 'light' or 'dark'.

    >>> css_variables('light').splitlines()[5]
    '--course-input: #d8e9f7;'
    """
    if theme not in INK:
        raise ValueError(f"theme must be 'light' or 'dark', got {theme!r}")
    lines = [f"--course-ink: {INK[theme]};", f"--course-grid: {GRID[theme]};"]
    lines += [f"--course-ground: {GROUND[theme]};", *(f"--course-{name}: {SHADES[name][theme]};" for name in SHADES)]
    for role, themes in ROLES.items():
        lines += [f"--course-{role}: {themes[theme].fill};", f"--course-{role}-line: {themes[theme].line};"]
    return "\n".join(lines)


def role_tones(role: str, theme: str = "light") -> Tones:
    """Return the colours of a role, for drawing outside a web page.

    >>> role_tones('output').line
    '#00603f'
    """
    if role not in ROLES:
        raise ValueError(f"role must be one of {sorted(ROLES)}, got {role!r}")
    if theme not in INK:
        raise ValueError(f"theme must be 'light' or 'dark', got {theme!r}")
    return ROLES[role][theme]


def rgb(colour: str) -> np.ndarray:
    """Return the red, green and blue of '#rrggbb', each from 0 to 1.

    >>> rgb('#ff0033')
    array([1. , 0. , 0.2])
    """
    return np.array([int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)])
