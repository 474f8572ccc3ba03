"""Scenes: panels of wired numbers, side by side and in step, with a caption. What a wired figure draws for one setting.

A scene is a picture for each step and each edit of its numbers: Python draws the first (for a page without scripts, for
paper and for text), ``live.js`` all others from :meth:`Scene.data`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lib.show.explore.captions import filled
from lib.show.explore.wiring import BLANK, Edge, Numbers, Tape
from lib.show.grids import CELL, HEADING, is_wide
from lib.show.palette import ROLES
from lib.show.picture import Picture
from lib.show.svg import Cell, heading_width, number_within, rectangle, ruling, sign, squares, svg, text

Panels = Sequence["Panel | str | Panels"]


@dataclass(frozen=True)
class Panel:
    """A grid of numbers on the tape; made by :func:`panel`."""

    numbers: Numbers
    role: str
    label: str
    cell: int = CELL
    others: Mapping[str, list[Cell]] = field(default_factory=dict)
    so_far: bool = False
    frame: bool = True
    shaded: bool = False
    axes: tuple[Numbers, Numbers] | None = None  # of a matrix: what its rows make, and what its columns meet


def panel(
    numbers: Numbers,
    role: str = "input",
    label: str | None = None,
    others: Mapping[str, Any] | None = None,
    cell: int = CELL,
    so_far: bool = False,
    frame: bool = True,
    shaded: bool = False,
    axes: tuple[Numbers, Numbers] | None = None,
) -> Panel:
    """Describe one grid of a scene.

    Parameters
    ----------
    numbers : Numbers of shape (H, W) or (W,)
    role : str
        Whose colour the cells have: 'input', 'kernel', 'output', 'padding', 'zeros' or 'window'.
    label : str, optional
        Words above the grid; by default the role and the size.
    others : mapping of role to boolean array of shape (H, W), optional
        Cells that have another colour, such as padding.
    cell : int
        Width of a cell in pixels.
    so_far : bool
        Whether cells after the step are still empty; for a grid with one cell for each step.
    frame : bool
        Whether a frame surrounds what the step uses; the reader can drag it.
    shaded : bool
        Whether cells are shaded by their value, from the most negative to the most positive, instead of by role.
    axes : (Numbers, Numbers), optional
        Of a :func:`~lib.show.explore.wiring.matrix`: the output and the input it was made of.

    Raises
    ------
    ValueError
        If ``numbers`` is not a plane or a role is unknown.
    """
    if not isinstance(numbers, Numbers):
        raise TypeError(f"numbers must be Numbers, got {type(numbers).__name__}; wired makes them of an array")
    plane = numbers if numbers.ndim == 2 else numbers.reshape(1, -1)
    if numbers.ndim not in (1, 2):
        raise ValueError(f"numbers must have 1 or 2 dimensions, got shape {numbers.shape}")
    given = {name: [tuple(at) for at in np.argwhere(mask).tolist()] for name, mask in (others or {}).items()}
    for name in (role, *given):
        if name not in ROLES:
            raise ValueError(f"role must be one of {sorted(ROLES)}, got {name!r}")
    rows, columns = plane.shape
    heading = f"{role} {rows} × {columns}" if label is None else label
    return Panel(plane, role, heading, cell, given, so_far, frame, shaded, axes)


@dataclass(frozen=True)
class Scene:
    """Panels in reading order, what advances step by step, and the caption; made by :func:`scene`."""

    panels: Panels
    steps: tuple[Numbers, ...]
    caption: str

    @property
    def tape(self) -> Tape:
        """The numbers of all panels."""
        return next(flat(self.panels)).numbers.tape

    @property
    def step_count(self) -> int:
        """How many steps there are: one for each cell of what advances."""
        return self.steps[0].size if self.steps else 1

    def beside(self, *others: Scene, caption: str | None = None) -> Scene:
        """Return scenes as one, side by side."""
        return _joined([self, *others], [panel for one in (self, *others) for panel in one.panels], caption)

    def below(self, *others: Scene, caption: str | None = None) -> Scene:
        """Return scenes as one, each on a row of its own."""
        return _joined([self, *others], [one.panels for one in (self, *others)], caption)

    def picture(self, step: int = 0, edits: dict[int, float] | None = None) -> Picture:
        """Draw the scene at one step."""
        if not 0 <= step < self.step_count:
            raise ValueError(f"step must be from 0 to {self.step_count - 1}, got {step}")
        values = self.tape.evaluate(step, edits)
        lit = self.lit(values, step)
        return Picture(self._markup(self.panels, values, lit, step), self.words(values, step))

    def words(self, values: Sequence[float], step: int) -> str:
        """Return the caption for a step."""
        return filled(self.caption, values, step, self.tape.terms_of)

    def lit(self, values: list[float], step: int) -> set[Edge]:
        """Return what the step ties together: its cell, what that is made from, and what is made from that."""
        if not self.steps:
            return set()
        root = self.tape.roots(step)
        now = {root[int(one.cells.flat[step])] for one in self.steps}
        return {edge for edge in self.tape.edges(values, step) if now & {edge[0], edge[1]}}

    def data(self) -> dict[str, Any]:
        """Return the scene as ``live.js`` takes it."""
        told = {
            "tape": [rule.data() for rule in self.tape.rules],
            "panels": _told(self.panels),
            "steps": [_cells(one) for one in self.steps],
            "count": self.step_count,
            "caption": self.caption,
        }
        return told | ({"start": self.tape.start} if self.tape.start else {})

    def _markup(self, panels: Panels, values: list[float], lit: set[Edge], step: int) -> str:
        parts = []
        for one in panels:
            if isinstance(one, Panel):
                parts.append(_drawn(one, values, lit, self.tape.roots(step), step))
            elif isinstance(one, str):
                parts.append(sign(one).markup)
            else:
                parts.append(f'<div class="tier">\n{self._markup(one, values, lit, step)}\n</div>')
        return "\n".join(parts)


def scene(*panels: Panel | str | Panels, step: Numbers | None = None, caption: str = "") -> Scene:
    """Put panels together to a scene.

    Parameters
    ----------
    *panels : Panel, str or list of these
        In reading order; a str is a sign, as of :func:`lib.show.sign`, and a list is a row of its own.
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
    >>> from lib import conv2d
    >>> from lib.show.explore.wiring import wired
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


def flat(panels: Panels) -> Any:
    """Yield the panels of a scene, without signs and rows."""
    for one in panels:
        if isinstance(one, Panel):
            yield one
        elif not isinstance(one, str):
            yield from flat(one)


def _joined(scenes: list[Scene], panels: Panels, caption: str | None) -> Scene:
    steps = [step for one in scenes for step in one.steps]
    if len({step.size for step in steps}) > 1:
        raise ValueError(f"scenes must have one number of steps, got {[step.size for step in steps]}")
    words = " ".join(one.caption for one in scenes if one.caption) if caption is None else caption
    whole = scene(*panels, caption=words)
    return Scene(whole.panels, tuple(steps), whole.caption)


# ---- one panel, drawn and told --------------------------------------------------------------------------------------


def _drawn(one: Panel, values: list[float], lit: set[Edge], root: list[int], step: int) -> str:
    """Draw a panel at a step: the same drawing that ``live.js`` makes, in fewer elements."""
    cells, size = one.numbers.cells, one.cell
    rows, columns = cells.shape
    there = [at for at in np.ndindex(rows, columns) if cells[at] != BLANK]
    written = {at: number_within(values[cells[at]], size) for at in there}
    shown = [at for at in there if not one.so_far or at[0] * columns + at[1] <= step]
    used = sorted(at for at in there if is_used(one, at, lit, root))
    style = "small" if is_wide(written.values(), size) else ""

    body = [
        text(columns * size / 2, 14, one.label, f"heading {one.role}"),
        rectangle(0, HEADING, columns * size, rows * size, one.role) if len(there) == cells.size else "",
        squares(there, size, one.role, y=HEADING) if len(there) < cells.size else "",
        *(squares(at, size, name, y=HEADING) for name, at in one.others.items()),
        squares(used, size, "window", y=HEADING),
        ruling(rows, columns, size, y=HEADING),
        *(text((c + 0.5) * size, HEADING + (r + 0.5) * size + 5, written[r, c], style) for r, c in shown),
    ]
    if one.frame and used:
        body.append(_frame(used, columns if one.axes else 0, size))
    width = max(columns * size, heading_width(one.label))
    centred = [f'<g transform="translate({(width - columns * size) / 2:g})">', *body, "</g>"]
    return svg(width, HEADING + rows * size, centred, one.label)


def is_used(one: Panel, at: Cell, lit: set[Edge], root: list[int]) -> bool:
    """Return whether the step uses a cell; the weights of a kernel are always used, and not lit."""
    if one.axes is not None:
        made, met = one.axes
        pair = root[int(made.cells.flat[at[0]])], root[int(met.cells.flat[at[1]])]
        return pair in {edge[:2] for edge in lit}
    cell = root[int(one.numbers.cells[at])]
    return any(cell in edge[: 3 if edge.is_place else 2] for edge in lit)


def _frame(used: list[Cell], whole_rows: int, size: int) -> str:
    top, bottom = min(r for r, _ in used), max(r for r, _ in used) + 1
    left, right = (0, whole_rows) if whole_rows else (min(c for _, c in used), max(c for _, c in used) + 1)
    return rectangle(left * size, HEADING + top * size, (right - left) * size, (bottom - top) * size, "outline")


def _told(panels: Panels) -> list[Any]:
    told: list[Any] = []
    for one in panels:
        if isinstance(one, str):
            told.append(sign(one).markup)
        elif isinstance(one, Panel):
            told.append(_panel_data(one))
        else:
            told.append(_told(one))
    return told


def _panel_data(one: Panel) -> dict[str, Any]:
    """Return a panel as data, without what is as usual."""
    rows, columns = one.numbers.shape
    data = {"cells": _cells(one.numbers), "rows": rows, "columns": columns, "role": one.role, "label": one.label}
    if one.cell != CELL:
        data["size"] = one.cell
    if any(one.others.values()):
        data["others"] = {name: [r * columns + c for r, c in at] for name, at in one.others.items() if at}
    if one.axes is not None:
        data["axes"] = [_cells(axis) for axis in one.axes]
    flags = {"sofar": one.so_far, "shaded": one.shaded, "still": not one.frame}
    return data | {name: 1 for name, is_set in flags.items() if is_set}


def _cells(numbers: Numbers) -> int | list[int]:
    """Return the cells of a plane: the first, if the others follow it."""
    cells = numbers.cells.ravel().tolist()
    follow = cells == list(range(cells[0], cells[0] + len(cells)))
    return cells[0] if follow else cells
