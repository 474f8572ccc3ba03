"""Number grids: an array as cells, with one colour for each role."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import numpy as np

from lib.show.palette import ROLES
from lib.show.picture import Picture
from lib.show.svg import Cell, heading_width, number, number_within, rectangle, ruling, squares, svg, text
from lib.words import say

CELL = 32
LETTER = 9.6  # pixels: the width of a digit in the widest of usual fonts
HEADING = 22


def grid(
    values: np.ndarray,
    role: str = "input",
    label: str | None = None,
    lit: Collection[Cell] = (),
    outline: tuple[int, int, int, int] | None = None,
    shown: Collection[Cell] | None = None,
    other_roles: Mapping[str, Collection[Cell]] | None = None,
    cell: int = CELL,
    caption: str | None = None,
) -> Picture:
    """Draw a plane of numbers.

    Parameters
    ----------
    values : array of shape (H, W) or (W,)
    role : str
        Whose colour the cells have: 'input', 'kernel', 'output', 'padding', 'zeros' or 'window'.
    label : str, optional
        Words above the grid; by default the role and the size.
    lit : cells (row, column)
        Drawn in the colour of the active window.
    outline : (row, column, rows, columns), optional
        A frame around a block of cells.
    shown : cells, optional
        The cells whose numbers are written; by default all.
    other_roles : mapping of role to cells, optional
        Cells that have another colour, such as padding.
    cell : int
        Width of a cell in pixels.
    caption : str, optional
        By default the label and the numbers, row by row.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If ``values`` is not a plane or a role is unknown.

    Examples
    --------
    >>> grid(np.arange(4).reshape(2, 2), role='output')
    output 2 × 2: 0 1 / 2 3
    """
    plane = np.atleast_2d(np.asarray(values))
    if plane.ndim != 2:
        raise ValueError(f"values must have 1 or 2 dimensions, got shape {np.shape(values)}")
    others = dict(other_roles or {})
    for name in (role, *others):
        if name not in ROLES:
            raise ValueError(f"role must be one of {sorted(ROLES)}, got {name!r}")

    rows, columns = plane.shape
    heading = role_and_size(role, rows, columns) if label is None else say(label)
    body = [
        text(columns * cell / 2, 14, heading, f"heading {role}"),
        rectangle(0, HEADING, columns * cell, rows * cell, role),
        *(squares(sorted(cells), cell, name, y=HEADING) for name, cells in others.items()),
        squares(sorted(lit), cell, "window", y=HEADING),
        ruling(rows, columns, cell, y=HEADING),
        *_numbers(plane, shown, cell),
    ]
    if outline is not None:
        top, left, height, width = outline
        body.append(rectangle(left * cell, HEADING + top * cell, width * cell, height * cell, "outline"))

    width = max(columns * cell, heading_width(heading))
    centred = [f'<g transform="translate({(width - columns * cell) / 2:g})">', *body, "</g>"]
    return Picture(svg(width, HEADING + rows * cell, centred, heading), caption or _in_words(heading, plane))


def role_and_size(role: str, rows: int, columns: int) -> str:
    """Return the usual heading of a grid.

    >>> role_and_size("input", 4, 5)
    'input 4 × 5'
    """
    return say("{role} {rows} × {columns}", role=say(role), rows=rows, columns=columns)


def in_words(plane: np.ndarray) -> str:
    """Return the numbers of a plane in one line, rows parted by strokes.

    >>> in_words(np.array([[1, 2], [3, 4.5]]))
    '1 2 / 3 4.5'
    """
    return " / ".join(" ".join(number(value) for value in row) for row in plane)


def sum_in_words(values: np.ndarray, weights: np.ndarray) -> str:
    """Return a weighted sum written out.

    >>> sum_in_words(np.array([3, 1]), np.array([2, -1]))
    '3·2 + 1·(−1) = 5'
    """
    terms = [f"{factor(v)}·{factor(w)}" for v, w in zip(np.ravel(values), np.ravel(weights), strict=True)]
    total = np.dot(np.ravel(values).astype(float), np.ravel(weights).astype(float))  # small integers would wrap
    return f"{' + '.join(terms)} = {number(total)}"


def _in_words(heading: str, plane: np.ndarray) -> str:
    return say("{heading}: {numbers}", heading=heading, numbers=in_words(plane))


def factor(value: float) -> str:
    """Return a number as it stands in a product, where two signs never meet.

    >>> factor(-1), factor(2)
    ('(−1)', '2')
    """
    return f"({number(value)})" if value < 0 else number(value)


def is_wide(written: Iterable[str], cell: int) -> bool:
    """Return whether the longest of some numbers needs small figures to fit into a cell.

    >>> is_wide(["7", "12"], 32), is_wide(["1234"], 32)
    (False, True)
    """
    return max(map(_width, written), default=0) >= cell - 4


def _width(words: str) -> float:
    """Return about how wide a number is, in pixels."""
    return LETTER * (len(words) + 0.3 * words.count("−") - 0.5 * words.count("."))


def _numbers(plane: np.ndarray, shown: Collection[Cell] | None, cell: int) -> list[str]:
    places = [place for place in np.ndindex(*plane.shape) if shown is None or place in shown]
    written = {place: number_within(plane[place], cell) for place in places}
    words = (number_within(value, cell) for value in plane.flat)
    style = "small" if is_wide(words, cell) else ""  # one size for all, hidden ones too: steps do not jump
    return [
        text((column + 0.5) * cell, HEADING + (row + 0.5) * cell + 5, words, style)
        for (row, column), words in written.items()
    ]
