"""Charts of wired numbers over one axis: bars to pull, dots, curves, blocks as wide as a cell, and the step's place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from lib.show.explore.panels import Moment, Panel, cells_data, panel, used_cells
from lib.show.explore.wiring import Numbers
from lib.show.grids import is_wide
from lib.show.svg import number_within, rectangle, svg, text
from lib.words import say

TOP = 22  # room for a heading
BLOCK = 34  # height of a block


@dataclass(frozen=True)
class Series:
    """Numbers and where on the axis each stands; made by the functions whose names begin with ``as_``."""

    panel: Panel
    mark: str  # 'bar', 'dot', 'curve' or 'block'
    at: list[float]
    shifted: bool = False
    level: float = 0  # of blocks: how high they stand
    width: float = 1  # of blocks: in units of the axis


@dataclass(frozen=True)
class Chart:
    """Series over one axis; made by :func:`chart`."""

    series: tuple[Series, ...]
    label: str
    low: float
    high: float
    unit: int
    height: int
    first: float
    last: float
    shifts: list[float] | None
    beyond: Numbers | None

    def across(self, place: float) -> float:
        """Return where a place on the axis lies in the drawing."""
        return (place - self.first) * self.unit

    def up(self, value: float) -> float:
        """Return how far down a number stands; what lies outside stands at the edge."""
        within = max(self.low, min(self.high, value))
        return TOP + self.height * (self.high - within) / (self.high - self.low)

    def panels(self) -> list[Panel]:
        """Return the series whose numbers are cells."""
        return [one.panel for one in self.series if one.mark != "curve"]

    def drawn(self, moment: Moment) -> str:
        """Draw the chart."""
        body = [text(0, 14, self.label, "heading start")]
        if self.beyond is not None:
            body += [self._beyond(one, moment) for one in self.series if one.mark == "curve"]
        if any(one.mark != "block" for one in self.series):
            body.append(f'<path class="link" d="M0 {self.up(0):g}H{self.across(self.last):g}"/>')
        if self.shifts is not None:
            body.append(f'<path class="link" d="M{self.across(self.shifts[moment.step]):g} {TOP}v{self.height}"/>')
        draw = {"curve": self._line, "block": self._blocks, "bar": self._marks, "dot": self._marks}
        for one in self.series:
            body += draw[one.mark](one, moment)
        return svg(self.across(self.last), TOP + self.height + 24, body, self.label)

    def data(self) -> dict[str, Any]:
        """Return the chart as ``live.js`` takes it."""
        as_they_are = ("label", "low", "high", "unit", "height", "first", "last")
        told: dict[str, Any] = {"kind": "chart"} | {name: getattr(self, name) for name in as_they_are}
        told["series"] = [_series_data(one) for one in self.series]
        if self.shifts is not None:
            told["shifts"] = [round(shift, 4) for shift in self.shifts]
        if self.beyond is not None:
            told["beyond"] = {"cells": cells_data(self.beyond), "count": self.beyond.size}
        return told

    def _marks(self, one: Series, moment: Moment) -> list[str]:
        cells, ground = one.panel.numbers.cells.ravel().tolist(), self.up(0)
        used = {column for _, column in used_cells(one.panel, moment)}
        body = []
        for place, (cell, at) in enumerate(zip(cells, one.at, strict=True)):
            x, y = self.across(at + self._shift(one, moment)), self.up(moment.values[cell])
            style = "window edge" if place in used else f"{one.panel.role} edge"
            if one.mark == "bar":
                body.append(rectangle(x - 9, min(y, ground), 18, max(1, abs(ground - y)), style))
                body.append(text(x, TOP + self.height + 18, number_within(moment.values[cell], self.unit), "small"))
            else:
                body.append(f'<circle class="{style}" cx="{x:g}" cy="{y:g}" r="5"/>')
        return body

    def _blocks(self, one: Series, moment: Moment) -> list[str]:
        cells, width, middle = one.panel.numbers.cells.ravel().tolist(), one.width * self.unit, self.up(one.level)
        used = {column for _, column in used_cells(one.panel, moment)}
        written = [number_within(moment.values[cell], width) for cell in cells]
        size = "small" if is_wide(written, width) else ""

        body = [text(0, middle - BLOCK / 2 - 6, one.panel.label, f"heading {one.panel.role} start")]
        for place, at in enumerate(one.at):
            style = "window edge" if place in used else f"{one.panel.role} edge"
            x = self.across(at)
            body.append(rectangle(x - width / 2, middle - BLOCK / 2, width, BLOCK, style))
            body.append(text(x, middle + 5, written[place], size))
        return body

    def _points(self, one: Series, moment: Moment) -> list[tuple[float, float]]:
        shift = self._shift(one, moment)
        values = [moment.values[cell] for cell in one.panel.numbers.cells.flat]
        return [(at + shift, value) for at, value in zip(one.at, values, strict=True)]

    def _shift(self, one: Series, moment: Moment) -> float:
        return self.shifts[moment.step] if one.shifted and self.shifts is not None else 0

    def _line(self, one: Series, moment: Moment) -> list[str]:
        points = (f"{self.across(x):.1f} {self.up(value):.1f}" for x, value in self._points(one, moment))
        return [f'<path class="curve {one.panel.role}" d="M{"L".join(points)}"/>']

    def _beyond(self, one: Series, moment: Moment) -> str:
        """Draw what a curve makes that is larger or smaller than every number it was made from."""
        given = [moment.values[cell] for cell in self.beyond.cells.flat]
        points, outline = self._points(one, moment), ""
        for edge, further in ((max(given), max), (min(given), min)):
            between = "L".join(f"{self.across(x):.1f} {self.up(further(edge, value)):.1f}" for x, value in points)
            ends = [f"{self.across(points[end][0]):.1f} {self.up(edge):.1f}" for end in (0, -1)]
            outline += f"M{ends[0]}L{between}L{ends[1]}z"
        return f'<path class="beyond" d="{outline}"/>'


def as_bars(numbers: Numbers, at: Sequence[float] | None = None, role: str = "input", label: str = "values") -> Series:
    """Describe numbers that stand as bars at places of the axis, by default 0, 1, 2, …; editable ones can be pulled."""
    return _series(numbers, at, "bar", role, label)


def as_dots(
    numbers: Numbers,
    at: Sequence[float] | None = None,
    role: str = "output",
    label: str = "values",
    shifted: bool = False,
) -> Series:
    """Describe numbers that stand as dots at places of the axis, or moved along with the step's place."""
    return _series(numbers, at, "dot", role, label, shifted)


def as_curve(numbers: Numbers, at: Sequence[float], role: str = "kernel", shifted: bool = False) -> Series:
    """Describe numbers joined by a line; ``shifted`` moves it along with the step's place."""
    return _series(numbers, at, "curve", role, "curve", shifted)


def as_blocks(
    numbers: Numbers,
    at: Sequence[float] | None = None,
    level: float = 0,
    width: float = 1,
    role: str = "input",
    label: str = "values",
) -> Series:
    """Describe numbers in blocks of some width at places of the axis: cells of an axis, with their edges.

    ``level`` says how high all of them stand; ``width`` counts in units of the axis. Where the places are other ones
    after a choice, the blocks glide there.
    """
    one = _series(numbers, at, "block", role, label)
    return replace(one, level=level, width=width)


def chart(
    *series: Series,
    low: float,
    high: float,
    label: str = "values",
    unit: int = 56,
    height: int = 150,
    shifts: Sequence[float] | None = None,
    beyond: Numbers | None = None,
    first: float | None = None,
    last: float | None = None,
) -> Chart:
    """Put series over one axis, as a part of a :func:`~lib.show.explore.scenes.scene`.

    Parameters
    ----------
    *series : Series
        Made by :func:`as_bars`, :func:`as_dots`, :func:`as_curve` and :func:`as_blocks`, drawn in that order.
    low, high : float
        The least and the largest number that the chart has room for; what lies outside stands at its edge.
    label : str
        Words above the chart.
    unit, height : int
        Pixels between the places 0 and 1 of the axis, and between ``low`` and ``high``.
    shifts : sequence of float, optional
        Where on the axis each step is; the reader can pull the step along.
    beyond : Numbers, optional
        Shade where a curve is larger or smaller than all of these: overshoot.
    first, last : float, optional
        The ends of the axis; by default half a unit beyond the outermost places.

    Examples
    --------
    >>> import numpy as np
    >>> from lib.show import scene, wired
    >>> (x,) = wired(np.array([1, 5, 2]))
    >>> halfway = x.through(lambda plane: (plane[1:] + plane[:-1]) / 2)
    >>> view = scene(chart(as_bars(x), as_dots(halfway, [0.5, 1.5]), low=0, high=6), step=halfway,
    ...              caption=f"Between two values: {halfway.now}.")
    >>> view.picture(step=1)
    Between two values: 3.5.
    """
    if not series:
        raise ValueError("series must hold at least one series, got none")
    if not low < high:
        raise ValueError(f"low must be below high, got {low} and {high}")
    places = [at for one in series if not one.shifted for at in one.at]
    steps = None if shifts is None else [float(at) for at in shifts]
    ends = min(places) - 0.5 if first is None else first, max(places) + 0.5 if last is None else last
    return Chart(series, say(label), low, high, unit, height, *ends, steps, beyond)


def _series(
    numbers: Numbers, at: Sequence[float] | None, mark: str, role: str, label: str, shifted: bool = False
) -> Series:
    places = list(range(numbers.size)) if at is None else [float(place) for place in at]
    if len(places) != numbers.size:
        raise ValueError(f"at must have a place for each of the {numbers.size} numbers, got {len(places)}")
    return Series(panel(numbers.reshape(1, numbers.size), role, label, cell=44, frame=False), mark, places, shifted)


def _series_data(one: Series) -> dict[str, Any]:
    told = {"mark": one.mark, "cells": cells_data(one.panel.numbers), "role": one.panel.role, "label": one.panel.label}
    told["at"] = [round(at, 4) for at in one.at]
    if one.mark == "block":
        told |= {"level": one.level, "width": round(one.width, 4)}
    return told | ({"shifted": 1} if one.shifted else {})
