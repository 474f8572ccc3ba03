"""Captions with holes: words written once for a figure, into which each step and each edit writes its numbers.

An author writes ``f"Output row {y.row}, column {y.column} is {y.terms} = {y.now}."``: each of these attributes of
:class:`~lib.show.explore.wiring.Numbers` leaves a hole, which this module and ``live.js`` fill by the same rules.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lib.show.grids import factor
from lib.show.svg import number

Term = tuple[int, int]  # two cells whose numbers are multiplied
HOLE = re.compile(r"\{(\w)([^{}]*)\}")


@dataclass(frozen=True)
class Place:
    """Where the step's cell lies along one axis, or where a switch points; ``2 * place - 1`` is written out too."""

    kind: str  # "r", "c": of the step's cell; "R", "C": where its number points
    about: str
    times: int = 1
    plus: int = 0

    def __mul__(self, factor: int) -> Place:
        return Place(self.kind, self.about, self.times * factor, self.plus * factor)

    def __add__(self, shift: int) -> Place:
        return Place(self.kind, self.about, self.times, self.plus + shift)

    def __sub__(self, shift: int) -> Place:
        return self + -shift

    __rmul__ = __mul__

    def __str__(self) -> str:
        return f"{{{self.kind}{self.about}|{self.times}|{self.plus}}}"


def filled(template: str, values: Sequence[float], step: int, terms_of: Callable[[int], list[Term]]) -> str:
    """Return a caption with its holes filled.

    Parameters
    ----------
    template : str
    values : every number on the tape
    step : int
    terms_of : function
        The products of a cell, or of a largest number the cells of its window, each paired with itself.
    """

    def fill(hole: re.Match[str]) -> str:
        kind, about = hole[1], hole[2].split("|")
        if kind in "rcRC":
            base, width, times, plus = map(int, about)
            place = step if kind in "rc" else int(values[base + step])
            return number((place // width if kind in "rR" else place % width) * times + plus)
        if kind == "e":
            return _earlier(values, step, int(about[0]), int(about[1]), about[2])

        cell = int(about[0]) + (0 if kind == "v" else step)
        if kind in "nv":
            return number(values[cell])
        if kind == "t":
            return " + ".join(f"{factor(values[i])}·{factor(values[k])}" for i, k in terms_of(cell)) or "0"

        window = [values[i] for i, _ in terms_of(cell)]
        if kind == "l":
            return about[1].join(map(number, window))
        often = window.count(values[cell])  # kind "o"
        one, several = about[1:]
        return one if often == 1 else several.replace("#", str(often))

    return HOLE.sub(fill, template)


def _earlier(values: Sequence[float], step: int, places: int, numbers: int, words: str) -> str:
    """Return words about the last of the earlier numbers that was put where the step's is put, if there is one."""
    before = [at for at in range(step) if values[places + at] == values[places + step]]
    return words.replace("#", number(values[numbers + before[-1]])) if before else ""
