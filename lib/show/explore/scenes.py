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
    zeros: bool = False
    axes: tuple[Numbers, Numbers] | None = None  # of a matrix: what its rows make, and what its columns meet
    turned: bool = False  # the other way round

    def pair(self, at: Cell) -> tuple[int, int]:
        """Return the cell that an entry of a matrix helps to make, and the cell that it meets."""
        row, column = reversed(at) if self.turned else at
        return int(self.axes[0].cells.flat[row]), int(self.axes[1].cells.flat[column])


def panel(
    numbers: Numbers,
    role: str = "input",
    label: str | None = None,
    others: Mapping[str, Any] | None = None,
    cell: int = CELL,
    so_far: bool = False,
    frame: bool = True,
    shaded: bool = False,
    zeros: bool = False,
    axes: tuple[Numbers, Numbers] | None = None,
    turned: bool = False,
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
    zeros : bool
        Whether cells that nothing was put into have the colour of inserted zeros; for what unpooling makes.
    axes : (Numbers, Numbers), optional
        Of a :func:`~lib.show.explore.wiring.matrix`: the output and the input it was made of.
    turned : bool
        Whether ``numbers`` is the transpose of that matrix, its columns the outputs.

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
    return Panel(plane, role, heading, cell, given, so_far, frame, shaded, zeros, axes, turned)


@dataclass(frozen=True)
class Moment:
    """A scene at one step and after some edits."""

    step: int
    values: list[float]  # every number on the tape
    root: list[int]  # for each cell the one whose number it shows
    edges: list[Edge]
    used: list[Edge]  # what the step ties together: its cell, what that is made from, what is made from that


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
        rows: list[Panels] = []
        for one in (self, *others):
            rows += one.panels if all(isinstance(part, list) for part in one.panels) else [list(one.panels)]
        return _joined([self, *others], rows, caption)

    def picture(self, step: int = 0, edits: dict[int, float] | None = None) -> Picture:
        """Draw the scene at one step."""
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
            "steps": [_cells(one) for one in self.steps],
            "count": self.step_count,
            "caption": self.caption,
        }
        return told | ({"start": self.tape.start} if self.tape.start else {})


def scene(*panels: Panel | str | Panels, step: Numbers | None = None, caption: str = "") -> Scene:
    """Put panels together to a scene.

    Parameters
    ----------
    *panels : Panel, str or list of these
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


def _markup(panels: Panels, moment: Moment) -> str:
    parts = []
    for one in panels:
        if isinstance(one, Panel):
            parts.append(_drawn(one, moment))
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


def _drawn(one: Panel, moment: Moment) -> str:
    """Draw a panel: the same drawing that ``live.js`` makes, in fewer elements."""
    cells, size = one.numbers.cells, one.cell
    rows, columns = cells.shape
    there = [at for at in np.ndindex(rows, columns) if cells[at] != BLANK]
    written = {at: number_within(moment.values[cells[at]], size) for at in there}
    shown = [at for at in there if not one.so_far or at[0] * columns + at[1] <= moment.step]
    used = used_cells(one, moment)
    style = "small" if is_wide(written.values(), size) else ""

    body = [
        text(columns * size / 2, 14, one.label, f"heading {one.role}"),
        rectangle(0, HEADING, columns * size, rows * size, one.role) if len(there) == cells.size else "",
        squares(there, size, one.role, y=HEADING) if len(there) < cells.size else "",
        *(squares(at, size, name, y=HEADING) for name, at in one.others.items()),
        squares(empty_cells(one, moment), size, "zeros", y=HEADING),
        squares(used, size, "window", y=HEADING),
        ruling(rows, columns, size, y=HEADING),
        *(text((c + 0.5) * size, HEADING + (r + 0.5) * size + 5, written[r, c], style) for r, c in shown),
    ]
    if one.frame and used:
        lines = {at[1 if one.turned else 0] for at in used}
        whole = [at for at in np.ndindex(rows, columns) if at[1 if one.turned else 0] in lines]
        body.append(_frame(whole if one.axes else used, size))
    width = max(columns * size, heading_width(one.label))
    centred = [f'<g transform="translate({(width - columns * size) / 2:g})">', *body, "</g>"]
    return svg(width, HEADING + rows * size, centred, one.label)


def used_cells(one: Panel, moment: Moment) -> list[Cell]:
    """Return the cells of a panel that the step uses; the weights of a kernel are always used, and not lit."""
    if one.axes is not None:
        pairs, root = {edge[:2] for edge in moment.used}, moment.root
        return [at for at in np.ndindex(one.numbers.shape) if tuple(root[cell] for cell in one.pair(at)) in pairs]
    used = {cell for edge in moment.used for cell in edge[: 3 if edge.is_place else 2]}
    cells = one.numbers.cells
    return [at for at in np.ndindex(cells.shape) if cells[at] != BLANK and moment.root[cells[at]] in used]


def empty_cells(one: Panel, moment: Moment) -> list[Cell]:
    """Return the cells of a panel that nothing was put into, if they are to be told from the others."""
    put = {edge.result for edge in moment.edges}
    cells = one.numbers.cells
    return [at for at in np.ndindex(cells.shape) if moment.root[cells[at]] not in put] if one.zeros else []


def _frame(used: list[Cell], size: int) -> str:
    top, bottom = min(r for r, _ in used), max(r for r, _ in used) + 1
    left, right = min(c for _, c in used), max(c for _, c in used) + 1
    return rectangle(left * size, HEADING + top * size, (right - left) * size, (bottom - top) * size, "outline")


def _told(panels: Panels) -> list[Any]:
    told: list[Any] = []
    for one in panels:
        if isinstance(one, str):
            told.append(_sign(one))
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
    flags = {"sofar": one.so_far, "shaded": one.shaded, "still": not one.frame, "zeros": one.zeros}
    flags["turned"] = one.turned
    return data | {name: 1 for name, is_set in flags.items() if is_set}


def _cells(numbers: Numbers) -> int | list[int]:
    """Return the cells of a plane: the first, if the others follow it."""
    cells = numbers.cells.ravel().tolist()
    follow = cells == list(range(cells[0], cells[0] + len(cells)))
    return cells[0] if follow else cells
