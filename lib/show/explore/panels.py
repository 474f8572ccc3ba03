"""Panels: a plane of wired numbers as a grid of cells, by role or shaded by value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lib.show.explore.wiring import BLANK, Edge, Numbers
from lib.show.grids import CELL, HEADING, is_wide, role_and_size
from lib.show.palette import ROLES
from lib.show.svg import Cell, heading_width, letters, number_within, rectangle, ruling, squares, svg, text
from lib.words import say


@dataclass(frozen=True)
class Moment:
    """A scene at one step and after some edits."""

    step: int
    values: list[float]  # every number on the tape
    root: list[int]  # for each cell the one whose number it shows
    edges: list[Edge]
    used: list[Edge]  # what the step ties together: its cell, what that is made from, what is made from that


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
    crossed: str = ""  # the strokes through cells that are struck out, as a path

    def pair(self, at: Cell) -> tuple[int, int]:
        """Return the cell that an entry of a matrix helps to make, and the cell that it meets."""
        row, column = reversed(at) if self.turned else at
        return int(self.axes[0].cells.flat[row]), int(self.axes[1].cells.flat[column])

    def panels(self) -> list[Panel]:
        """Return the panels of this part of a scene: itself."""
        return [self]

    def drawn(self, moment: Moment) -> str:
        """Draw a panel: the same drawing that ``live.js`` makes, in fewer elements."""
        cells, size = self.numbers.cells, self.cell
        rows, columns = cells.shape
        there = [at for at in np.ndindex(rows, columns) if cells[at] != BLANK]
        written = {at: number_within(moment.values[cells[at]], size) for at in there}
        shown = [at for at in there if not self.so_far or at[0] * columns + at[1] <= moment.step]
        used = used_cells(self, moment)
        style = "small" if is_wide(written.values(), size) else ""

        body = [
            text(columns * size / 2, 14, self.label, f"heading {self._style}"),
            rectangle(0, HEADING, columns * size, rows * size, self.role) if len(there) == cells.size else "",
            squares(there, size, self.role, y=HEADING) if len(there) < cells.size else "",
            *(squares(at, size, name, y=HEADING) for name, at in self.others.items()),
            squares(empty_cells(self, moment), size, "zeros", y=HEADING),
            squares(used, size, "window", y=HEADING),
            *(self._shades({at: moment.values[cells[at]] for at in shown}) if self.shaded else []),
            ruling(rows, columns, size, y=HEADING),
            f'<path class="crossed" d="{self.crossed}"/>' if self.crossed else "",
            *(text((c + 0.5) * size, HEADING + (r + 0.5) * size + 5, written[r, c], style) for r, c in shown),
        ]
        if self.frame and used:
            lines = {at[1 if self.turned else 0] for at in used}
            whole = [at for at in np.ndindex(rows, columns) if at[1 if self.turned else 0] in lines]
            body.append(_frame(whole if self.axes else used, size))
        width = max(columns * size, heading_width(self.label))
        centred = [f'<g transform="translate({(width - columns * size) / 2:g})">', *body, "</g>"]
        return svg(width, HEADING + rows * size, centred, self.label)

    def _shades(self, values: Mapping[Cell, float]) -> list[str]:
        """Shade cells by their values, those that hold the same one together."""
        most = max((abs(value) for value in values.values()), default=0) or 1
        alike: dict[float, list[Cell]] = {}
        for at, value in values.items():
            alike.setdefault(value, []).append(at)

        styles = {value: f"--share:{100 * abs(value) / most:.3g}%" for value in alike}
        names = {value: "shaded negative" if value < 0 else "shaded" for value in alike}
        return [
            f'<g style="{styles[value]}">{squares(at, self.cell, names[value], y=HEADING)}</g>'
            for value, at in alike.items()
        ]

    @property
    def _style(self) -> str:
        return f"{self.role} turned" if self.turned else self.role  # a phone scrolls what lies on its side

    def data(self) -> dict[str, Any]:
        """Return a panel as data, without what is as usual."""
        rows, columns = self.numbers.shape
        data = {"cells": cells_data(self.numbers), "rows": rows, "columns": columns}
        data |= {"role": self._style, "label": self.label}
        if self.cell != CELL:
            data["size"] = self.cell
        if letters(self.label) > len(self.label):  # what the script takes all signs for is too narrow
            data["wide"] = round(heading_width(self.label), 1)
        if any(self.others.values()):
            data["others"] = {name: [r * columns + c for r, c in at] for name, at in self.others.items() if at}
        if self.crossed:
            data["crossed"] = self.crossed
        if self.axes is not None:
            data["axes"] = [cells_data(axis) for axis in self.axes]

        flags = {"sofar": self.so_far, "shaded": self.shaded, "still": not self.frame, "zeros": self.zeros}
        flags["turned"] = self.turned
        return data | {name: 1 for name, is_set in flags.items() if is_set}


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
    crossed: Any = (),
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
    crossed : boolean array of shape (H, W), optional
        Cells that are struck out.

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
    heading = role_and_size(role, rows, columns) if label is None else say(label)
    strokes = "".join(f"M{c * cell} {HEADING + r * cell}l{cell} {cell}" for r, c in np.argwhere(crossed))
    return Panel(plane, role, heading, cell, given, so_far, frame, shaded, zeros, axes, turned, strokes)


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


def cells_data(numbers: Numbers) -> int | list[int]:
    """Return the cells of a plane: the first, if the others follow it."""
    cells = numbers.cells.ravel().tolist()
    follow = cells == list(range(cells[0], cells[0] + len(cells)))
    return cells[0] if follow else cells
