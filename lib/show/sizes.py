"""The size formula as a figure: one axis of the input, and every position of the window below it."""

from __future__ import annotations

import numpy as np

from lib.ops import conv2d, conv_output_size, pad
from lib.ops.sizes import window_extent
from lib.show.explore.panels import panel
from lib.show.explore.scenes import Scene, scene
from lib.show.explore.wiring import Numbers, matrix
from lib.show.picture import Picture
from lib.show.planes import margin, planes
from lib.show.svg import heading_width, rectangle, ruling, squares, svg, text
from lib.words import say, together

CELL = 24
ROW = 22
HEADING = 22


def size_line(input_size: int, kernel_size: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> Picture:
    """Draw one axis of a convolution: the padded input and, row by row, every place where the window fits.

    Parameters
    ----------
    input_size, kernel_size, stride, padding, dilation : int

    Returns
    -------
    Picture
        Its caption works the size formula out.

    Raises
    ------
    ValueError, TypeError
        If the window does not fit into the padded input.

    Examples
    --------
    >>> size_line(6, 3, stride=2)
    ⌊(6 + 2·0 − 1·(3 − 1) − 1)/2⌋ + 1 = ⌊3/2⌋ + 1 = 2. 1 of 6 padded cells is never used.
    """
    output_size = conv_output_size(input_size, kernel_size, stride, padding, dilation)
    padded, extent = input_size + 2 * padding, window_extent(kernel_size, dilation)
    border = [(0, x) for x in range(padded) if not padding <= x < padding + input_size]

    heading = _heading(input_size, padding)

    body = [
        text(max(padded * CELL, heading_width(heading)) / 2, 14, heading, "heading input"),
        rectangle(0, HEADING, padded * CELL, CELL, "input"),
        squares(border, CELL, "padding", y=HEADING),
        ruling(1, padded, CELL, y=HEADING),
    ]

    unused = unused_cells(padded, kernel_size, stride, dilation, output_size)
    body += [f'<path class="crossed" d="M{x * CELL:g} {HEADING:g}l{CELL} {CELL}"/>' for x in unused]
    for cell in range(input_size):  # the cells of the input are counted from 0; padding has no numbers
        body.append(text((padding + cell + 0.5) * CELL, HEADING + 17, str(cell), "small"))

    top = HEADING + CELL + 8
    for position in range(output_size):
        body += _window_row(position * stride, kernel_size, dilation, extent, top + position * ROW, padded, position)

    bottom = top + output_size * ROW
    body.append(text((padded + 1.75) * CELL, HEADING + 17, say("output {size}", size=output_size), "heading output"))

    words = _formula(input_size, kernel_size, stride, padding, dilation)
    width = max((padded + 3.5) * CELL, heading_width(heading))
    return Picture(svg(width, bottom, body, say("one axis of a convolution")), words)


def windows_in_line(
    input: np.ndarray | Numbers,
    kernel: np.ndarray | Numbers,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
    cell: int = CELL,
) -> Scene:
    """Make a scene of a convolution along one axis: the padded input, below it every window, and beside it its output.

    Parameters
    ----------
    input : array or Numbers of shape (1, i)
    kernel : array or Numbers of shape (1, k)
    stride, padding, dilation : int
        Along the axis, as for :func:`lib.conv2d`.
    cell : int
        Width of a cell in pixels.

    Returns
    -------
    Scene
        One step for each output cell; its caption works the size formula out.

    Raises
    ------
    ValueError, TypeError
        If the window does not fit into the padded input.

    Examples
    --------
    >>> windows_in_line(np.arange(6).reshape(1, 6), np.array([[1, 10, 100]]), stride=2).picture(step=1)
    ⌊(6 + 2·0 − 1·(3 − 1) − 1)/2⌋ + 1 = ⌊3/2⌋ + 1 = 2. 1 of 6 padded cells is never used.
    """
    x, w = planes(input=input, kernel=kernel)
    (_, input_size), (_, kernel_size) = x.shape, w.shape
    size = conv_output_size(input_size, kernel_size, stride, padding, dilation)

    padded = pad(x, (padding, padding, 0, 0))
    y = conv2d(padded, w, stride=(1, stride), dilation=(1, dilation))
    heading = _heading(input_size, padding)
    windows = panel(matrix(y, padded), "kernel", say("windows"), cell=cell, axes=(y, padded))
    border = {"padding": margin(padded.shape, (0, padding))}
    unused = np.zeros(padded.shape, bool)
    unused[0, unused_cells(padded.size, kernel_size, stride, dilation, size)] = True

    return scene(
        [
            [panel(padded, "input", heading, border, cell, frame=False, crossed=unused), ""],
            [windows, panel(y.reshape(size, 1), "output", say("output {size}", size=size), cell=cell)],
        ],
        step=y,
        caption=_formula(input_size, kernel_size, stride, padding, dilation),
    )


def _heading(input_size: int, padding: int) -> str:
    if padding:
        return say("input {size}, padding {padding} on each side", size=input_size, padding=padding)
    return say("input {size}", size=input_size)


def unused_cells(padded_size: int, kernel_size: int, stride: int, dilation: int, output_size: int) -> list[int]:
    """Return the padded cells that lie under no weight at any place of the window.

    >>> unused_cells(6, kernel_size=3, stride=2, dilation=1, output_size=2)
    [5]
    """
    used = {place * stride + tap * dilation for place in range(output_size) for tap in range(kernel_size)}
    return [x for x in range(padded_size) if x not in used]


def _window_row(
    left: int, kernel_size: int, dilation: int, extent: int, y: float, padded: int, position: int
) -> list[str]:
    """Return one position of the window: its span, its taps, and the output cell it makes."""
    middle = y + (ROW - 4) / 2
    taps = [left + tap * dilation for tap in range(kernel_size)]
    out_x = (padded + 1.25) * CELL
    return [
        f'<path class="span" d="M{left * CELL:g} {middle:g}h{extent * CELL:g}"/>',
        "".join(rectangle(tap * CELL, y, CELL, ROW - 4, "window edge") for tap in taps),
        f'<path class="link" d="M{(left + extent) * CELL:g} {middle:g}H{out_x:g}"/>',
        rectangle(out_x, y, CELL, ROW - 4, "output edge"),
        text(out_x + CELL / 2, middle + 4, str(position), "small"),
    ]


def _formula(input_size: int, kernel_size: int, stride: int, padding: int, dilation: int) -> str:
    """Return the size formula worked out, and how many cells no window reaches."""
    size = conv_output_size(input_size, kernel_size, stride, padding, dilation)
    padded, extent = input_size + 2 * padding, window_extent(kernel_size, dilation)
    unused = unused_cells(padded, kernel_size, stride, dilation, size)
    sum_of_parts = (
        f"⌊({input_size} + 2·{padding} − {dilation}·({kernel_size} − 1) − 1)/{stride}⌋ + 1 = "
        f"⌊{padded - extent}/{stride}⌋ + 1"
    )
    return together(say("{sum} = {size}.", sum=sum_of_parts, size=size), _use_in_words(len(unused), padded))


def _use_in_words(unused: int, padded: int) -> str:
    if unused == 0:
        return say("The one cell is used.") if padded == 1 else say("All {cells} padded cells are used.", cells=padded)
    if unused == 1:
        return say("1 of {cells} padded cells is never used.", cells=padded)
    return say("{unused} of {cells} padded cells are never used.", unused=unused, cells=padded)
