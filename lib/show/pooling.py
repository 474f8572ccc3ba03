"""Max pooling and unpooling in pictures: values, switches, and the plane that the switches point into."""

from __future__ import annotations

import numpy as np

from lib.checks import Pair, as_pair
from lib.ops import max_pool2d, max_unpool2d
from lib.ops.sizes import window_reach
from lib.show.explore.panels import panel
from lib.show.explore.scenes import Scene, scene
from lib.show.explore.wiring import Numbers, wired
from lib.show.grids import CELL, grid
from lib.show.picture import Picture, beside
from lib.show.svg import Cell, number, sign
from lib.show.windows import window_cells, window_position


def pooling(
    input: np.ndarray,
    kernel_size: int | Pair,
    step: int = 0,
    stride: int | Pair | None = None,
    padding: int | Pair = 0,
    ceil_mode: bool = False,
    cell: int = CELL,
) -> Picture:
    """Draw one step of max pooling: the window on the input, its largest cell framed, values and switches so far.

    Parameters
    ----------
    input : array of shape (H, W)
    kernel_size : int or pair of int
    step : int
        Which output cell is computed, counted row by row from 0.
    stride, padding, ceil_mode
        As for :func:`lib.max_pool2d`. Padding, and what a window of ceil mode covers beyond the input, is −∞.
    cell : int
        Width of a cell in pixels.

    Returns
    -------
    Picture
        Its caption names the largest value and works its flat position out.

    Raises
    ------
    ValueError, TypeError
        If ``step`` is not a cell of the output, or the arguments make no max pooling.

    Examples
    --------
    >>> pooling(np.array([[1, 5, 2, 0], [3, 4, 8, 8]]), 2, step=0)
    The largest of 1, 5, 3, 4 is 5, at input row 0, column 1: its switch is 0·4 + 1 = 1.
    """
    values = np.asarray(input)
    if values.ndim != 2:
        raise ValueError(f"input must have shape (H, W), got {values.shape}")
    pooled, switches = max_pool2d(values, kernel_size, stride, padding, 1, ceil_mode, return_indices=True)
    kernel, zeros = as_pair(kernel_size, "kernel_size", 1), as_pair(padding, "padding", 0)

    pace = kernel if stride is None else as_pair(stride, "stride", 1)

    position = window_position(step, pooled.shape)
    padded, border = _surrounded(values, zeros, window_reach(pooled.shape, kernel, pace))

    corner = position[0] * pace[0], position[1] * pace[1]
    row, column = divmod(int(switches[position]), values.shape[1])
    done = [divmod(at, pooled.shape[1]) for at in range(step + 1)]
    heading = f"input {values.shape[0]} × {values.shape[1]}" + (", padded" if border else "")

    lit, frame = [position], (*position, 1, 1)
    result = grid(pooled, "output", "largest", lit=lit, outline=frame, shown=done, cell=cell, steps=True)

    picture = beside(
        grid(
            padded,
            "input",
            heading,
            lit=window_cells(corner, kernel),
            outline=(row + zeros[0], column + zeros[1], 1, 1),
            other_roles={"padding": border},
            cell=cell,
        ),
        sign("→"),
        result,
        grid(switches, "kernel", "switches", lit=lit, outline=frame, shown=done, cell=cell),
    )
    window = [at for at in window_cells(corner, kernel) if at not in border]
    return Picture(picture.markup, _pooling_in_words([padded[at] for at in window], (row, column), values.shape[1]))


def max_pooling(
    input: np.ndarray | Numbers,
    kernel_size: int | Pair,
    stride: int | Pair | None = None,
    padding: int | Pair = 0,
    ceil_mode: bool = False,
    cell: int = CELL,
) -> Scene:
    """Make a scene of max pooling: the window on the input, the largest values and their switches.

    Parameters
    ----------
    input : array or Numbers of shape (H, W)
    kernel_size, stride, padding, ceil_mode
        As for :func:`lib.max_pool2d`. Padding, and what a window of ceil mode covers beyond the input, is −∞.
    cell : int
        Width of a cell in pixels.

    Examples
    --------
    >>> max_pooling(np.array([[1, 5, 2, 0], [3, 4, 8, 8]]), 2).picture(step=1)
    The largest of 2, 0, 8, 8 is 8, in 2 cells; the first is input row 1, column 2: its switch is 1·4 + 2 = 6.
    """
    (x,) = wired(input)
    values, switches = max_pool2d(x, kernel_size, stride, padding, 1, ceil_mode, return_indices=True)
    kernel, zeros = as_pair(kernel_size, "kernel_size", 1), as_pair(padding, "padding", 0)
    reach = window_reach(values.shape, kernel, kernel if stride is None else as_pair(stride, "stride", 1))
    padded = x.through(lambda plane: _surrounded(plane, zeros, reach)[0])

    border = np.isneginf(_surrounded(np.zeros(x.shape), zeros, reach)[0])
    heading = f"input {x.shape[0]} × {x.shape[1]}" + (", padded" if border.any() else "")
    where = values.often(", at", ", in # cells; the first is")
    row, column = switches.target_row, switches.target_column
    return scene(
        panel(padded, "input", heading, {"padding": border}, cell),
        "→",
        panel(values, "output", "largest", cell=cell, so_far=True),
        panel(switches, "kernel", "switches", cell=cell, so_far=True),
        step=values,
        caption=f"The largest of {values.window} is {values.now}{where} input row {row}, column {column}: "
        f"its switch is {row}·{x.shape[1]} + {column} = {switches.now}.",
    )


def max_unpooling(
    input: np.ndarray | Numbers,
    indices: np.ndarray | Numbers,
    kernel_size: int | Pair,
    stride: int | Pair | None = None,
    padding: int | Pair = 0,
    output_size: Pair | None = None,
    cell: int = CELL,
) -> Scene:
    """Make a scene of unpooling: value after value goes to the place that its switch says.

    Parameters
    ----------
    input : array or Numbers of shape (H, W)
    indices : integer array or Numbers of the shape of ``input``
        The switches.
    kernel_size, stride, padding, output_size
        As for :func:`lib.max_unpool2d`.
    cell : int
        Width of a cell in pixels.

    Examples
    --------
    >>> max_unpooling(np.array([[5, 8]]), np.array([[1, 6]]), 2).picture(step=1)
    The value 8 has switch 6 = 1·4 + 2: it goes to output row 1, column 2.
    """
    values, switches = wired(input, indices)
    plane = max_unpool2d(values.so_far(), switches, kernel_size, stride, padding, output_size)
    switches = switches.into(plane.shape)

    row, column = switches.target_row, switches.target_column
    words = f"The value {values.now} has switch {switches.now} = {row}·{plane.shape[1]} + {column}: "
    before = switches.earlier(values, ", over the # that was there")
    return scene(
        panel(values, "input", cell=cell),
        panel(switches, "kernel", "switches", cell=cell),
        "→",
        panel(plane, "output", cell=cell, zeros=True),
        step=values,
        caption=words + f"it goes to output row {row}, column {column}{before}.",
    )


def unpooling(
    input: np.ndarray,
    indices: np.ndarray,
    kernel_size: int | Pair,
    step: int = 0,
    stride: int | Pair | None = None,
    padding: int | Pair = 0,
    output_size: Pair | None = None,
    cell: int = CELL,
) -> Picture:
    """Draw one step of unpooling: a value, its switch, and the plane it is written to, with the zeros still there.

    Parameters
    ----------
    input : array of shape (H, W)
    indices : integer array of the shape of ``input``
        The switches.
    kernel_size, stride, padding, output_size
        As for :func:`lib.max_unpool2d`.
    step : int
        Which input cell is written, counted row by row from 0.
    cell : int
        Width of a cell in pixels.

    Returns
    -------
    Picture
        Its caption works out where the value goes, and says whose place it takes.

    Raises
    ------
    ValueError, TypeError
        If ``step`` is not a cell of the input, or the arguments make no unpooling.

    Examples
    --------
    >>> unpooling(np.array([[5, 8]]), np.array([[1, 6]]), 2, step=1)
    The value 8 has switch 6 = 1·4 + 2: it goes to output row 1, column 2.
    """
    values, switches = np.asarray(input), np.asarray(indices)
    if values.ndim != 2:
        raise ValueError(f"input must have shape (H, W), got {values.shape}")
    shape = max_unpool2d(values, switches, kernel_size, stride, padding, output_size).shape

    position = window_position(step, values.shape)
    result = np.zeros(shape, values.dtype)
    result.flat[switches.flat[: step + 1]] = values.flat[: step + 1]

    written = [divmod(int(at), shape[1]) for at in switches.flat[: step + 1]]

    target = written[-1]
    small = grid(values, "input", lit=[position], outline=(*position, 1, 1), cell=cell, steps=True)

    picture = beside(
        small,
        grid(switches, "kernel", "switches", lit=[position], outline=(*position, 1, 1), cell=cell),
        sign("→"),
        grid(
            result,
            "output",
            lit=[target],
            outline=(*target, 1, 1),
            other_roles={"zeros": [at for at in np.ndindex(*shape) if at not in written]},
            cell=cell,
        ),
    )
    value, switch = number(values[position]), int(switches[position])
    words = f"The value {value} has switch {switch} = {target[0]}·{shape[1]} + {target[1]}: "
    words += f"it goes to output row {target[0]}, column {target[1]}"
    earlier = [at for at in range(step) if written[at] == target]
    words += f", over the {number(values.flat[earlier[-1]])} that was there." if earlier else "."
    return Picture(picture.markup, words)


def _surrounded(values: np.ndarray, zeros: Pair, reach: Pair) -> tuple[np.ndarray, list[Cell]]:
    """Return the input inside its padding and whatever else a window covers, and the cells that are not input."""
    size = tuple(max(n + 2 * p, far) for n, p, far in zip(values.shape, zeros, reach, strict=True))
    inside = slice(zeros[0], zeros[0] + values.shape[0]), slice(zeros[1], zeros[1] + values.shape[1])
    padded, is_border = np.full(size, -np.inf), np.ones(size, bool)
    padded[inside], is_border[inside] = values, False
    return padded, [at for at in np.ndindex(*size) if is_border[at]]


def _pooling_in_words(window: list[float], place: Cell, width: int) -> str:
    largest = number(max(window))
    often = [number(value) for value in window].count(largest)
    where = f", in {often} cells; the first is" if often > 1 else ", at"
    return (
        f"The largest of {', '.join(map(number, window))} is {largest}{where} input row {place[0]}, "
        f"column {place[1]}: its switch is {place[0]}·{width} + {place[1]} = {place[0] * width + place[1]}."
    )
