"""The sliding window: input, kernel and output, with one position of the window lit in all three."""

from __future__ import annotations

import numpy as np

from lib.checks import Pair, as_int, as_pair
from lib.ops import conv2d, conv_output_size, pad
from lib.show.explore.panels import panel
from lib.show.explore.scenes import Scene, scene
from lib.show.explore.wiring import Numbers, wired
from lib.show.grids import CELL, grid, sum_in_words
from lib.show.picture import Picture, beside
from lib.show.svg import Cell, sign


def window(
    input: np.ndarray,
    kernel: np.ndarray,
    step: int = 0,
    stride: int | Pair = 1,
    padding: int | Pair = 0,
    dilation: int | Pair = 1,
    cell: int = CELL,
) -> Picture:
    """Draw one step of a convolution: the window on the input, the kernel, and the output so far.

    Parameters
    ----------
    input : array of shape (H, W)
    kernel : array of shape (kh, kw)
    step : int
        Which output cell is computed, counted row by row from 0.
    stride, padding, dilation : int or pair of int
        As for :func:`lib.conv2d`.
    cell : int
        Width of a cell in pixels.

    Returns
    -------
    Picture
        Its caption writes the sum out.

    Raises
    ------
    ValueError, TypeError
        If ``step`` is not a position of the window, or the arguments make no convolution.

    Examples
    --------
    >>> window(np.arange(16).reshape(4, 4), np.eye(2, dtype=int), step=4)
    Output row 1, column 1 is 5·1 + 6·0 + 9·0 + 10·1 = 15.
    """
    spread, pace, zeros = as_pair(dilation, "dilation", 1), as_pair(stride, "stride", 1), as_pair(padding, "padding", 0)
    result = conv2d(input, kernel, stride=stride, padding=padding, dilation=dilation)

    position = window_position(step, result.shape)
    top, left = position[0] * pace[0], position[1] * pace[1]
    taps = window_cells((top, left), np.shape(kernel), spread)

    padded = pad(np.asarray(input), (zeros[1], zeros[1], zeros[0], zeros[0]))
    rows, columns = np.shape(input)
    border = margin_cells(padded.shape, zeros)
    extent = (spread[0] * (np.shape(kernel)[0] - 1) + 1, spread[1] * (np.shape(kernel)[1] - 1) + 1)

    heading = f"input {rows} × {columns}" + (", padded" if border else "")
    done = [divmod(number_of, result.shape[1]) for number_of in range(step + 1)]

    covered = np.array([padded[cell_] for cell_ in taps])

    picture = beside(
        grid(
            padded, "input", heading, lit=taps, outline=(top, left, *extent), other_roles={"padding": border}, cell=cell
        ),
        sign("*"),
        grid(np.asarray(kernel), "kernel", cell=cell),
        sign("="),
        grid(result, "output", lit=[position], outline=(*position, 1, 1), shown=done, cell=cell, steps=True),
    )
    return Picture(
        picture.markup,
        f"Output row {position[0]}, column {position[1]} is {sum_in_words(covered, np.asarray(kernel))}.",
    )


def sliding_window(
    input: np.ndarray | Numbers,
    kernel: np.ndarray | Numbers,
    stride: int | Pair = 1,
    padding: int | Pair = 0,
    dilation: int | Pair = 1,
    cell: int = CELL,
) -> Scene:
    """Make a scene of a convolution: the padded input, the kernel, and the output, step by step.

    Parameters
    ----------
    input : array or Numbers of shape (H, W)
    kernel : array or Numbers of shape (kh, kw)
    stride, padding, dilation : int or pair of int
        As for :func:`lib.conv2d`.
    cell : int
        Width of a cell in pixels.

    Examples
    --------
    >>> sliding_window(np.arange(16).reshape(4, 4), np.eye(2, dtype=int)).picture(step=4)
    Output row 1, column 1 is 5·1 + 6·0 + 9·0 + 10·1 = 15.
    """
    x, w = wired(input, kernel)
    down, right = as_pair(padding, "padding", 0)
    padded = pad(x, (right, right, down, down))
    y = conv2d(padded, w, stride=stride, dilation=dilation)

    border = pad(np.zeros(x.shape, int), (right, right, down, down), value=1) == 1
    heading = f"input {x.shape[0]} × {x.shape[1]}" + (", padded" if border.any() else "")
    return scene(
        panel(padded, "input", heading, {"padding": border}, cell),
        "*",
        panel(w, "kernel", cell=cell),
        "=",
        panel(y, "output", cell=cell, so_far=True),
        step=y,
        caption=f"Output row {y.row}, column {y.column} is {y.terms} = {y.now}.",
    )


def window_steps(
    input_shape: Pair, kernel_shape: Pair, stride: int | Pair = 1, padding: int | Pair = 0, dilation: int | Pair = 1
) -> range:
    """Return the steps that :func:`window` can draw: one for each output cell.

    >>> window_steps((4, 4), (3, 3))
    range(0, 4)
    """
    rows, columns = as_pair(
        conv_output_size(tuple(input_shape), tuple(kernel_shape), stride, padding, dilation), "size", 1
    )
    return range(rows * columns)


def window_position(step: int, output_shape: Pair) -> Cell:
    """Return the output cell (row, column) of a step, counted row by row."""
    number_of = as_int(step, "step", 0)
    if number_of >= output_shape[0] * output_shape[1]:
        raise ValueError(
            f"step must be below {output_shape[0] * output_shape[1]}, the number of output cells, got {step}"
        )
    return divmod(number_of, output_shape[1])


def window_cells(corner: Cell, kernel: Pair, dilation: Pair = (1, 1)) -> list[Cell]:
    """Return the cells under a kernel whose first tap lies at ``corner``.

    >>> window_cells((0, 1), (2, 2), (1, 2))
    [(0, 1), (0, 3), (1, 1), (1, 3)]
    """
    return [(corner[0] + i * dilation[0], corner[1] + j * dilation[1]) for i, j in np.ndindex(*kernel)]


def margin_cells(shape: Pair, width: Pair) -> list[Cell]:
    """Return the cells of a plane that lie in a margin of that many rows and columns on each side.

    >>> margin_cells((2, 3), (0, 1))
    [(0, 0), (0, 2), (1, 0), (1, 2)]
    """
    rows, columns = shape
    return [
        (y, x)
        for y, x in np.ndindex(*shape)
        if not (width[0] <= y < rows - width[0] and width[1] <= x < columns - width[1])
    ]
