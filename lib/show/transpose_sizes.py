"""The size of a transposed convolution as a picture: one axis, every stamp, and what is cut off or added."""

from __future__ import annotations

from lib.ops import conv_transpose_output_size
from lib.ops.sizes import window_extent
from lib.show.picture import Picture
from lib.show.svg import heading_width, rectangle, ruling, squares, svg, text

CELL = 24
ROW = 22
HEADING = 22


def transpose_size_line(
    input_size: int, kernel_size: int, stride: int = 1, padding: int = 0, output_padding: int = 0, dilation: int = 1
) -> Picture:
    """Draw one axis of a transposed convolution: every input cell's stamp, and the output below them.

    Parameters
    ----------
    input_size, kernel_size, stride, padding, output_padding, dilation : int

    Returns
    -------
    Picture
        Cells that ``padding`` cuts off have its colour; its caption works the size formula out.

    Raises
    ------
    ValueError, TypeError
        If the arguments make no transposed convolution.

    Examples
    --------
    >>> transpose_size_line(2, 3, stride=2, padding=1, output_padding=1)
    (2 − 1)·2 − 2·1 + 1·(3 − 1) + 1 + 1 = 4. Padding cuts off 1 of 5 cells.
    """
    output_size = conv_transpose_output_size(input_size, kernel_size, stride, padding, output_padding, dilation)
    reached = (input_size - 1) * stride + window_extent(kernel_size, dilation)
    whole = max(reached, padding + output_size)
    cut = [x for x in range(whole) if not padding <= x < padding + output_size]

    heading = f"output {output_size}" + (f", cut from {reached}" if cut else "")

    left = 3 * CELL
    body = [text(0, 14, f"input {input_size}", "heading start input")]
    for cell in range(input_size):
        body += _stamp_row(cell, cell * stride, kernel_size, dilation, HEADING + cell * ROW, left)

    top = HEADING + input_size * ROW + 8
    body += [
        rectangle(left, top, whole * CELL, CELL, "output"),
        squares([(0, x) for x in cut], CELL, "padding", x=left, y=top),
        ruling(1, whole, CELL, x=left, y=top),
        *(text(left + (padding + x + 0.5) * CELL, top + 17, str(x), "small") for x in range(output_size)),
        text(left + whole * CELL / 2, top + CELL + 18, heading, "heading output"),
    ]

    words = (
        f"({input_size} − 1)·{stride} − 2·{padding} + {dilation}·({kernel_size} − 1) + {output_padding} + 1 = "
        f"{output_size}. {_cut_in_words(reached, padding, output_size)}"
    )
    width = max(left + whole * CELL, left + (whole * CELL + heading_width(heading)) / 2)
    return Picture(svg(width, top + CELL + 24, body, "one axis of a transposed convolution"), words)


def _stamp_row(cell: int, start: int, kernel_size: int, dilation: int, y: float, left: float) -> list[str]:
    """Return one input cell and the cells of the output that its stamp covers."""
    middle = y + (ROW - 4) / 2
    extent = window_extent(kernel_size, dilation)

    return [
        rectangle(0, y, CELL, ROW - 4, "input edge"),
        text(CELL / 2, middle + 4, str(cell), "small"),
        f'<path class="link" d="M{CELL:g} {middle:g}H{left + start * CELL:g}"/>',
        f'<path class="span" d="M{left + start * CELL:g} {middle:g}h{extent * CELL:g}"/>',
        *(
            rectangle(left + (start + tap * dilation) * CELL, y, CELL, ROW - 4, "window edge")
            for tap in range(kernel_size)
        ),
    ]


def _cut_in_words(reached: int, padding: int, output_size: int) -> str:
    kept = min(reached, padding + output_size) - padding
    beyond = output_size - kept
    words = f"Padding cuts off {reached - kept} of {reached} cells." if reached > kept else "Nothing is cut off."
    return words + (f" {beyond} at the end lie beyond every stamp." if beyond else "")
