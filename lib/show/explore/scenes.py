"""Scenes: panels of wired numbers, side by side and in step, with a caption. What a wired figure draws for one setting.

A scene is a picture for each step and each edit of its numbers: Python draws the first (for a page without scripts, for
paper and for text), ``live.js`` all others from :meth:`Scene.data`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lib.show.explore.captions import filled
from lib.show.explore.charts import Chart
from lib.show.explore.panels import Moment, Panel, cells_data
from lib.show.explore.photographs import Photographs
from lib.show.explore.wiring import Numbers, Tape
from lib.show.picture import Picture
from lib.show.svg import sign
from lib.words import together

Part = Panel | Chart | Photographs
Panels = Sequence["Part | str | Panels"]


@dataclass(frozen=True)
class Scene:
    """Panels in reading order, what advances step by step, the caption, the step to begin at; made by :func:`scene`."""

    panels: Panels
    steps: tuple[Numbers, ...]
    caption: str
    first: int = 0

    @property
    def tape(self) -> Tape:
        """The numbers of all panels."""
        return next(flat(self.panels)).numbers.tape

    @property
    def step_count(self) -> int:
        """How many steps there are, one for each cell of what advances."""
        return self.steps[0].size if self.steps else 1

    def begin_at(self, step: int) -> Scene:
        """Return the scene with another step to begin at: one that shows what the figure is about.

        Raises
        ------
        ValueError
            If there is no such step.
        """
        if not 0 <= step < self.step_count:
            raise ValueError(f"step must be from 0 to {self.step_count - 1}, got {step}")
        return replace(self, first=step)

    def beside(self, *others: Scene, caption: str | None = None) -> Scene:
        """Return scenes as one, side by side."""
        return _joined([self, *others], [panel for one in (self, *others) for panel in one.panels], caption)

    def below(self, *others: Scene, caption: str | None = None) -> Scene:
        """Return scenes as one, each on a row of its own."""
        rows: list[Panels] = []
        for one in (self, *others):
            rows += one.panels if all(isinstance(part, list) for part in one.panels) else [list(one.panels)]
        return _joined([self, *others], rows, caption)

    def picture(self, step: int | None = None, edits: dict[int, float] | None = None) -> Picture:
        """Draw the scene at one step, by default the one that it begins at."""
        step = self.first if step is None else step
        if not 0 <= step < self.step_count:
            raise ValueError(f"step must be from 0 to {self.step_count - 1}, got {step}")
        moment = self.at(step, edits)
        return Picture(_markup(self.panels, moment), self.words(moment))

    def at(self, step: int = 0, edits: dict[int, float] | None = None) -> Moment:
        """Return all numbers at a step, after edits by cell, and what the step ties together."""
        values, root = self.tape.evaluate(step, edits), self.tape.roots(step)
        edges = self.tape.edges(values, step)
        now = {root[int(one.cells.flat[step])] for one in self.steps}
        used = [edge for edge in edges if edge.result in now or edge.source in now]
        return Moment(step, values, root, edges, used)

    def words(self, moment: Moment) -> str:
        """Return the caption."""
        return filled(self.caption, moment.values, moment.step, self.tape.terms_of)

    def data(self) -> dict[str, Any]:
        """Return the scene as ``live.js`` takes it."""
        told = {
            "tape": [rule.data() for rule in self.tape.rules],
            "panels": _told(self.panels),
            "steps": [cells_data(one) for one in self.steps],
            "count": self.step_count,
            "caption": self.caption,
        }
        return told | ({"start": self.tape.start} if self.tape.start else {})


def scene(*panels: Part | str | Panels, step: Numbers | None = None, caption: str = "") -> Scene:
    """Put panels together to a scene.

    Parameters
    ----------
    *panels : Panel, Chart, str or list of these
        In reading order; a str is a sign, as of :func:`lib.show.sign`, or empty; a list is a row of its own, and a list
        of lists of one length are rows whose columns stand below each other.
    step : Numbers, optional
        What advances: there is one step for each of its cells.
    caption : str
        With holes where numbers belong: ``f"Output row {y.row} is {y.terms} = {y.now}."``

    Raises
    ------
    ValueError
        If there is no panel or the numbers belong to several figures.

    Examples
    --------
    >>> import numpy as np
    >>> from lib import conv2d
    >>> from lib.show import panel, wired
    >>> x, w = wired(np.array([[1, 2, 3]]), np.array([[5, 7]]))
    >>> y = conv2d(x, w)
    >>> scene(panel(x), "*", panel(w, "kernel"), "=", panel(y, "output"), step=y,
    ...       caption=f"Output {y.column} is {y.terms} = {y.now}.").picture(step=1)
    Output 1 is 2·5 + 3·7 = 31.
    """
    found = list(flat(panels))
    if not found:
        raise ValueError("panels must hold at least one panel, got none")
    if len({id(one.numbers.tape) for one in found}) > 1:
        raise ValueError("panels must show numbers of one figure, got numbers of several")
    return Scene(panels, () if step is None else (step,), caption)


def flat(panels: Panels) -> Iterator[Panel]:
    """Yield the panels of a scene, without signs and rows."""
    for one in panels:
        if isinstance(one, Part):
            yield from one.panels()
        elif not isinstance(one, str):
            yield from flat(one)


def _joined(scenes: list[Scene], panels: Panels, caption: str | None) -> Scene:
    steps = [step for one in scenes for step in one.steps]
    if len({step.size for step in steps}) > 1:
        raise ValueError(f"scenes must have one number of steps, got {[step.size for step in steps]}")
    words = together(*(one.caption for one in scenes)) if caption is None else caption
    whole = scene(*panels, caption=words)
    return Scene(whole.panels, tuple(steps), whole.caption, max(one.first for one in scenes))


# ---- how a scene is drawn and told -----------------------------------------------------------------------------------


def _markup(panels: Panels, moment: Moment) -> str:
    parts = []
    for one in panels:
        if isinstance(one, Part):
            parts.append(one.drawn(moment))
        elif isinstance(one, str):
            parts.append(_sign(one))
        elif any(isinstance(row, list) for row in one):
            columns, cells = len(one[0]), _markup([cell for row in one for cell in row], moment)
            parts.append(f'<div class="aligned" style="grid-template-columns:repeat({columns},auto)">\n{cells}\n</div>')
        else:
            parts.append(f'<div class="tier">\n{_markup(one, moment)}\n</div>')
    return "\n".join(parts)


def _sign(symbol: str) -> str:
    return sign(symbol).markup if symbol else "<span></span>"


def _told(panels: Panels) -> list[Any]:
    told: list[Any] = []
    for one in panels:
        if isinstance(one, str):
            told.append(_sign(one))
        elif isinstance(one, Part):
            told.append(one.data())
        else:
            told.append(_told(one))
    return told
