"""Max pooling and unpooling in pictures: values, switches, and the plane that the switches point into."""

from __future__ import annotations

import numpy as np

from lib.checks import Pair, as_pair
from lib.ops import max_pool2d, max_unpool2d
from lib.ops.sizes import window_reach
from lib.show.explore.panels import panel
from lib.show.explore.scenes import Scene, scene
from lib.show.explore.wiring import Numbers
from lib.show.grids import CELL
from lib.show.planes import planes, size_in_words
from lib.words import say, together


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

    Raises
    ------
    ValueError, TypeError
        If an array is not a plane, or the arguments make no max pooling.

    Examples
    --------
    >>> max_pooling(np.array([[1, 5, 2, 0], [3, 4, 8, 8]]), 2).picture(step=1)
    The largest of 2, 0, 8, 8 is 8, in 2 cells; the first is input row 1, column 2: its switch is 1·4 + 2 = 6.
    """
    (x,) = planes(input=input)
    values, switches = max_pool2d(x, kernel_size, stride, padding, 1, ceil_mode, return_indices=True)

    kernel, zeros = as_pair(kernel_size, "kernel_size", 1), as_pair(padding, "padding", 0)
    reach = window_reach(values.shape, kernel, kernel if stride is None else as_pair(stride, "stride", 1))
    padded = x.through(lambda plane: _surrounded(plane, zeros, reach))
    border = np.isneginf(_surrounded(np.zeros(x.shape), zeros, reach))

    where = values.often(say(", at"), say(", in # cells; the first is"))  # both stand in a caption's {where}
    row, column = switches.target_row, switches.target_column
    return scene(
        panel(padded, "input", size_in_words(x, border), {"padding": border}, cell),
        "→",
        panel(values, "output", say("largest"), cell=cell, so_far=True),
        panel(switches, "kernel", say("switches"), cell=cell, so_far=True),
        step=values,
        caption=say(
            "The largest of {window} is {value}{where} input row {row}, column {column}: "
            "its switch is {row}·{width} + {column} = {switch}.",
            window=values.window,
            value=values.now,
            where=where,
            row=row,
            column=column,
            width=x.shape[1],
            switch=switches.now,
        ),
    )


def pool_and_unpool(
    input: np.ndarray | Numbers,
    kernel_size: int | Pair,
    stride: int | Pair | None = None,
    padding: int | Pair = 0,
    cell: int = CELL,
) -> Scene:
    """Make a scene of max pooling and the way back: largest values, switches, and the plane that they are put into.

    Parameters
    ----------
    input : array or Numbers of shape (H, W)
    kernel_size, stride, padding
        As for :func:`lib.max_pool2d`; the plane has the size of ``input``.
    cell : int
        Width of a cell in pixels.

    Raises
    ------
    ValueError, TypeError
        If ``input`` is not a plane, or the arguments make no max pooling that can be unpooled.

    Examples
    --------
    >>> pool_and_unpool(np.array([[1, 5, 2, 0], [3, 4, 7, 8]]), 2).picture(step=1)
    The largest of 2, 0, 7, 8 is 8, at input row 1, column 3: its switch is 1·4 + 3 = 7. Unpooling puts 8 there.
    """
    there = max_pooling(input, kernel_size, stride, padding, cell=cell)
    values, switches = (one.numbers for one in there.panels[-2:])
    back = max_unpool2d(values.so_far(), switches, kernel_size, stride, padding, output_size=input.shape)

    over = switches.earlier(values, say(", over the # of an earlier window"))
    words = say("Unpooling puts {value} there{over}.", value=values.now, over=over)
    return scene(
        *there.panels,
        "→",
        panel(back, "output", say("unpooled"), cell=cell, zeros=True),
        step=values,
        caption=together(there.caption, words),
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

    Raises
    ------
    ValueError, TypeError
        If an array is not a plane, or the arguments make no unpooling.

    Examples
    --------
    >>> max_unpooling(np.array([[5, 8]]), np.array([[1, 6]]), 2).picture(step=1)
    The value 8 has switch 6 = 1·4 + 2: it goes to output row 1, column 2.
    """
    values, switches = planes(input=input, indices=indices)
    plane = max_unpool2d(values.so_far(), switches, kernel_size, stride, padding, output_size)
    switches = switches.into(plane.shape)

    row, column = switches.target_row, switches.target_column
    over = switches.earlier(values, say(", over the # that was there"))
    return scene(
        panel(values, "input", cell=cell),
        panel(switches, "kernel", say("switches"), cell=cell),
        "→",
        panel(plane, "output", cell=cell, zeros=True),
        step=values,
        caption=say(
            "The value {value} has switch {switch} = {row}·{width} + {column}: "
            "it goes to output row {row}, column {column}{over}.",
            value=values.now,
            switch=switches.now,
            row=row,
            column=column,
            width=plane.shape[1],
            over=over,
        ),
    )


def _surrounded(values: np.ndarray, zeros: Pair, reach: Pair) -> np.ndarray:
    """Return the input inside its padding and whatever else a window covers, both −∞."""
    size = tuple(max(n + 2 * p, far) for n, p, far in zip(values.shape, zeros, reach, strict=True))
    around = np.full(size, -np.inf)
    around[zeros[0] : zeros[0] + values.shape[0], zeros[1] : zeros[1] + values.shape[1]] = values
    return around
