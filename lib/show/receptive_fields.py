"""The receptive field: which input cells one output cell of a stack of layers depends on."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from lib.ops import receptive_field
from lib.show.picture import Picture
from lib.show.svg import rectangle, ruling, squares, svg, text
from lib.words import say

CELL = 20
ROW = 52
LABELS = 84


def receptive_field_picture(layers: Sequence[tuple[int, ...]]) -> Picture:
    """Draw one axis of a stack of convolutions: one output cell and, layer by layer, all it depends on.

    Parameters
    ----------
    layers : sequence of (kernel_size, stride) or (kernel_size, stride, dilation)
        From the input to the output.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If ``layers`` is empty or a layer is not such a tuple.

    Examples
    --------
    >>> receptive_field_picture([(3, 2), (3, 1)])
    One cell after layer 2 depends on 3 cells after layer 1 and on 7 cells of the input.
    >>> receptive_field_picture([(3, 1, 2)])
    One cell after layer 1 depends on 3 of 5 cells of the input.
    """
    if not layers:
        raise ValueError("layers must hold at least one layer, got none")

    field = receptive_field(layers)
    reached = touched_cells(layers)
    from_output = reached[::-1]
    depths = range(len(layers), -1, -1)  # the input's is 0

    body = []
    for level, (cells, depth) in enumerate(zip(from_output, depths, strict=True)):
        body += _level(cells, field, level * ROW, depth)
    body += [_cone(upper, lower, field, level * ROW) for level, (upper, lower) in enumerate(pairwise(from_output))]

    below = zip(from_output[1:], depths[1:], strict=True)
    cells = say(" and on ").join(_in_words(cells, depth) for cells, depth in below)
    title = say("receptive field of one output cell")
    drawing = svg(LABELS + field * CELL, (len(reached) - 1) * ROW + CELL, body, title)
    return Picture(drawing, say("One cell after layer {layer} depends on {cells}.", layer=len(layers), cells=cells))


def touched_cells(layers: Sequence[tuple[int, ...]]) -> list[list[int]]:
    """Return, from the input to the output, the positions along one axis that output cell 0 depends on.

    >>> touched_cells([(3, 1, 2)])
    [[0, 2, 4], [0]]
    """
    levels = [[0]]
    for layer in reversed(layers):
        kernel, stride, dilation = (*layer, 1)[:3]
        levels.append(sorted({cell * stride + tap * dilation for cell in levels[-1] for tap in range(kernel)}))
    return levels[::-1]


def _in_words(cells: list[int], depth: int) -> str:
    """Return how many cells count: of those from the first to the last, if others lie between them."""
    span = max(cells) + 1
    if len(cells) < span:
        among = say("{used} of {cells} cells", used=len(cells), cells=span)
    else:
        among = say("1 cell") if span == 1 else say("{cells} cells", cells=span)
    return (
        say("{cells} after layer {layer}", cells=among, layer=depth)
        if depth
        else say("{cells} of the input", cells=among)
    )


def _level(cells: list[int], field: int, y: float, depth: int) -> list[str]:
    width, left, role = max(cells) + 1, _left(cells, field), "output" if depth else "input"
    name = say("layer {layer}", layer=depth) if depth else say("input")
    return [
        text(0, y + 15, name, f"heading start {role}"),
        rectangle(left, y, width * CELL, CELL, role),
        squares([(0, cell) for cell in cells], CELL, "window", x=left, y=y),
        ruling(1, width, CELL, x=left, y=y),
    ]


def _cone(upper: list[int], lower: list[int], field: int, y: float) -> str:
    """Return the two lines from the ends of a level at height ``y`` to the ends of the one below it."""
    lines = ""
    for upper_end, lower_end in ((0, 0), (max(upper) + 1, max(lower) + 1)):
        start, end = _left(upper, field) + upper_end * CELL, _left(lower, field) + lower_end * CELL
        lines += f"M{start:g} {y + CELL:g}L{end:g} {y + ROW:g}"
    return f'<path class="link" d="{lines}"/>'


def _left(cells: list[int], field: int) -> float:
    """Return where a level starts: each is centred over the one below it."""
    return LABELS + (field - max(cells) - 1) * CELL / 2
