"""An operation as a matrix: the flattened input above its columns, the flattened output beside its rows."""

from __future__ import annotations

import numpy as np

from lib.show.explore.panels import panel
from lib.show.explore.scenes import Scene, scene
from lib.show.explore.wiring import Numbers, matrix
from lib.show.picture import Picture
from lib.show.svg import (
    SMALL_LETTER,
    heading_width,
    number,
    number_within,
    rectangle,
    ruling,
    squares,
    svg,
    text,
)
from lib.words import say

WIDEST = 480
TALLEST = 400
SMALLEST, LARGEST = 15, 30
HEADING = 20


def matrix_product(matrix: np.ndarray, input: np.ndarray, row: int | None = None, name: str = "C") -> Picture:
    """Draw ``matrix @ input``, with one row lit.

    The flattened input lies above the columns, so that each entry of the lit row stands under the value it multiplies;
    the output stands beside the rows.

    Parameters
    ----------
    matrix : array of shape (outputs, inputs)
    input : array with ``inputs`` cells
    row : int, optional
        The row to light; None lights none and shows every output.
    name : str
        How the matrix is called.

    Returns
    -------
    Picture
        Its caption says what the lit row holds and makes.

    Raises
    ------
    ValueError
        If the shapes do not fit, or ``row`` is no row.

    Examples
    --------
    >>> matrix_product(np.array([[1, 0, 2], [0, 1, 1]]), np.array([3, 4, 5]), row=0)
    Row 0 of C holds 2 weights and 1 zero; output value 0 is 13.
    """
    values = np.ravel(input)
    matrix = np.asarray(matrix)
    if matrix.ndim != 2 or matrix.shape[1] != values.size:
        raise ValueError(f"matrix must have one column for each of the {values.size} inputs, got shape {matrix.shape}")
    if row is not None and not 0 <= row < len(matrix):
        raise ValueError(f"row must be from 0 to {len(matrix) - 1}, got {row}")

    rows, columns = matrix.shape

    product = matrix.astype(float) @ values.astype(float)  # small integers would wrap
    longest = max(len(number(value)) for value in product)

    cell = min(LARGEST, WIDEST // (columns + 2), TALLEST // rows)
    cell = max(SMALLEST, min(LARGEST, round(SMALL_LETTER * longest)), cell)
    top = HEADING + cell + 8 + HEADING

    used = [(y, x) for y, x in zip(*np.nonzero(matrix), strict=True) if y != row]
    lit = [] if row is None else [(row, x) for x in np.flatnonzero(matrix[row])]

    above = say("flattened input, {count} values", count=columns)
    beside = say("{name}, {rows} × {columns}", name=name, rows=rows, columns=columns)

    out_left = max((columns + 1) * cell, heading_width(beside) + 24)

    body = [
        _heading(above, 14, columns * cell, "input"),
        rectangle(0, HEADING, columns * cell, cell, "input"),
        squares([(0, x) for _, x in lit], cell, "window", y=HEADING),
        ruling(1, columns, cell, y=HEADING),
        *_row_of_numbers(values, cell, HEADING),
        _heading(beside, top - 6, columns * cell, "kernel"),
        squares(used, cell, "kernel", y=top),
        squares(lit, cell, "window", y=top),
        ruling(rows, columns, cell, y=top),
        *(
            element
            for y in range(rows)
            for element in _row_of_numbers(matrix[y], cell, top + y * cell, blank_zeros=True)
        ),
        text(out_left + cell / 2, top - 6, say("output"), "heading output"),
        rectangle(out_left, top, cell, rows * cell, "output"),
        squares([] if row is None else [(row, 0)], cell, "window", x=out_left, y=top),
        ruling(rows, 1, cell, x=out_left, y=top),
    ]

    for y in range(rows if row is None else row + 1):
        body += _row_of_numbers(product[y : y + 1], cell, top + y * cell, x=out_left)
    if row is not None:
        body.append(rectangle(0, top + row * cell, columns * cell, cell, "outline"))
    width = max(out_left + cell + 24, heading_width(above))
    drawing = svg(width, top + rows * cell, body, say("the product of {name} with the flattened input", name=name))
    return Picture(drawing, _in_words(matrix, product, row, name))


def as_matrix(output: Numbers, input: Numbers, name: str = "C", cell: int | None = None, across: bool = False) -> Scene:
    """Make a scene of a linear map as a matrix: the flattened input above its columns, the output beside its rows.

    Parameters
    ----------
    output : Numbers
        What an operation made of ``input``.
    input : Numbers
    name : str
        How the matrix is called.
    cell : int, optional
        Width of a cell in pixels; by default as large as fits.
    across : bool
        Whether to draw the transpose, with the input beside its rows and the output below its columns: a matrix with
        many rows then fits a screen.

    Raises
    ------
    ValueError
        If ``output`` is no weighted sum of ``input``.

    Examples
    --------
    >>> from lib import conv2d
    >>> from lib.show import wired
    >>> x, w = wired(np.array([[1, 2, 3]]), np.array([[4, 5]]))
    >>> as_matrix(conv2d(x, w), x).picture(step=1)
    Row 1 of C times the input: 2·4 + 3·5 = 23.
    """
    weights = matrix(output, input)
    outputs, inputs = weights.shape
    tall, wide = (inputs, outputs) if across else (outputs, inputs)
    size = cell or max(SMALLEST, min(LARGEST, WIDEST // (wide + 2), TALLEST // tall))
    line, column = (1, -1), (-1, 1)
    met, made = input.reshape(column if across else line), output.reshape(line if across else column)

    heading = say("input") if across else say("flattened input, {count} values", count=inputs)
    met = panel(met, "input", heading, cell=size, frame=False)
    made = panel(made, "output", "output", cell=size, so_far=True)
    sizes = {"name": name, "rows": outputs, "columns": inputs}
    label = (
        say("{name}, {rows} × {columns}, on its side", **sizes)
        if across
        else say("{name}, {rows} × {columns}", **sizes)
    )
    entries = weights.T if across else weights
    entries = panel(entries, "kernel", label, cell=size, axes=(output, input), turned=across)

    flat = output.reshape(line)
    words = say(
        "Row {row} of {name} times the input: {terms} = {sum}.",
        row=flat.column,
        name=name,
        terms=output.terms,
        sum=output.now,
    )
    rows = [[met, entries], ["", made]] if across else [[met, ""], [entries, made]]
    return scene(rows, step=output, caption=words)


def _heading(words: str, y: float, width: float, role: str) -> str:
    """Return a heading above the middle of a row, or from the row's left end on if it is longer than the row."""
    if heading_width(words) > width:
        return text(0, y, words, f"heading {role} start")
    return text(width / 2, y, words, f"heading {role}")


def _row_of_numbers(values: np.ndarray, cell: float, y: float, x: float = 0, blank_zeros: bool = False) -> list[str]:
    written = [number_within(value, cell) for value in values]
    return [
        text(x + (column + 0.5) * cell, y + cell / 2 + 4, word, "" if len(word) * 8.5 < cell and cell > 20 else "small")
        for column, word in enumerate(written)
        if not (blank_zeros and word == "0")
    ]


def _in_words(matrix: np.ndarray, product: np.ndarray, row: int | None, name: str) -> str:
    if row is None:
        return say(
            "{name} has {rows} rows, one for each output value; {zeros} of its {entries} entries are 0.",
            name=name,
            rows=len(matrix),
            zeros=matrix.size - np.count_nonzero(matrix),
            entries=matrix.size,
        )

    used = np.count_nonzero(matrix[row])
    zeros = matrix.shape[1] - used
    return say(
        "Row {row} of {name} holds {weights} and {zeros}; output value {row} is {value}.",
        row=row,
        name=name,
        weights=say("1 weight") if used == 1 else say("{count} weights", count=used),
        zeros=say("1 zero") if zeros == 1 else say("{count} zeros", count=zeros),
        value=number(product[row]),
    )
