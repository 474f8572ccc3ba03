"""Transposed convolution in pictures: stamps that are added up, and a window over inserted zeros."""

from __future__ import annotations

import numpy as np

from lib.checks import Pair, as_pair
from lib.ops import conv2d, conv_transpose2d
from lib.show.explore.panels import panel
from lib.show.explore.scenes import Scene, scene
from lib.show.explore.wiring import Numbers, matrix
from lib.show.grids import CELL, role_and_size
from lib.show.planes import margin, output_in_words, planes
from lib.show.svg import Cell
from lib.words import say


def stamps(
    input: np.ndarray | Numbers,
    kernel: np.ndarray | Numbers,
    stride: int | Pair = 1,
    padding: int | Pair = 0,
    output_padding: int | Pair = 0,
    dilation: int | Pair = 1,
    cell: int = CELL,
) -> Scene:
    """Make a scene of a transposed convolution: stamp after stamp is added to the output.

    Parameters
    ----------
    input : array or Numbers of shape (H, W)
    kernel : array or Numbers of shape (kh, kw)
    stride, padding, output_padding, dilation : int or pair of int
        As for :func:`lib.conv_transpose2d`. What padding crops is drawn in the colour of padding.
    cell : int
        Width of a cell in pixels.

    Examples
    --------
    >>> stamps(np.array([[1, 2], [3, 4]]), np.ones((2, 2), int)).picture(step=1)
    Input row 0, column 1 holds 2: 2 times the kernel is added at output row 0, column 1.
    """
    x, w = planes(input=input, kernel=kernel)
    down, right = as_pair(stride, "stride", 1)
    cut = as_pair(padding, "padding", 0)

    conv_transpose2d(x, w, None, stride, padding, output_padding, 1, dilation)  # refuses what makes no sense
    y = conv_transpose2d(x.so_far(), w, None, stride, 0, output_padding, 1, dilation)

    return scene(
        panel(x, "input", cell=cell),
        "*",
        panel(w, "kernel", cell=cell),
        "→",
        panel(y, "output", _size_in_words(y.shape, cut), {"padding": margin(y.shape, cut)}, cell),
        step=x,
        caption=say(
            "Input row {row}, column {column} holds {value}: "
            "{value} times the kernel is added at output row {to_row}, column {to_column}.",
            row=x.row,
            column=x.column,
            value=x.now,
            to_row=x.row * down - cut[0],
            to_column=x.column * right - cut[1],
        ),
    )


def stamps_on_a_cell(input: Numbers, output: Numbers, cell: int = CELL) -> Scene:
    """Make a scene of which stamps reach each output cell, and of the weight that each lays on it.

    Parameters
    ----------
    input : Numbers of shape (H, W)
    output : Numbers of shape (H', W')
        The transposed convolution of ``input``.
    cell : int
        Width of a cell in pixels.

    Examples
    --------
    >>> from lib import conv_transpose2d
    >>> from lib.show import wired
    >>> x, w = wired(np.array([[1, 2], [3, 4]]), np.array([[1, 2], [3, 4]]))
    >>> stamps_on_a_cell(x, conv_transpose2d(x, w)).picture(step=1)
    Stamps on output row 0, column 1: 1·2 + 2·1 = 4.
    """
    weights = matrix(output, input).at_step().reshape(input.shape)
    return scene(
        panel(input, "input", cell=cell),
        panel(weights, "kernel", say("weight of each stamp here"), cell=cell),
        step=output,
        caption=say(
            "Stamps on output row {row}, column {column}: {terms} = {sum}.",
            row=output.row,
            column=output.column,
            terms=output.terms,
            sum=output.now,
        ),
    )


def inserted_zeros(
    input: np.ndarray | Numbers,
    kernel: np.ndarray | Numbers,
    stride: int | Pair = 1,
    padding: int | Pair = 0,
    output_padding: int | Pair = 0,
    cell: int = CELL,
) -> Scene:
    """Make a scene of a transposed convolution as a convolution: of the input with zeros inserted, kernel turned.

    Parameters
    ----------
    input : array or Numbers of shape (H, W)
    kernel : array or Numbers of shape (kh, kw)
    stride, padding, output_padding : int or pair of int
        As for :func:`lib.conv_transpose2d`.
    cell : int
        Width of a cell in pixels.

    Examples
    --------
    >>> inserted_zeros(np.array([[1, 2], [3, 4]]), np.array([[1, 2], [3, 4]])).picture(step=4)
    Output row 1, column 1 is 1·4 + 2·3 + 3·2 + 4·1 = 20.
    """
    x, w = planes(input=input, kernel=kernel)
    settings = w.shape, stride, padding, output_padding
    conv_transpose2d(x, w, None, stride, padding, output_padding)  # refuses what makes no sense
    spread_out = x.through(lambda plane: spread_out_input(plane, *settings)[0])
    y = conv2d(spread_out, w[::-1, ::-1])

    _, *zeros = spread_out_input(np.zeros(x.shape), *settings)
    others = {}
    for role, cells in zip(("zeros", "padding"), zeros, strict=True):
        others[role] = np.zeros(spread_out.shape, bool)
        others[role][tuple(zip(*cells, strict=True))] = bool(cells)
    return scene(
        panel(spread_out, "input", say("input, spread out"), others, cell),
        "*",
        panel(w[::-1, ::-1], "kernel", say("kernel, turned by 180°"), cell=cell),
        "=",
        panel(y, "output", cell=cell, so_far=True),
        step=y,
        caption=output_in_words(y),
    )


def spread_out_input(
    input: np.ndarray, kernel: Pair, stride: int | Pair, padding: int | Pair, output_padding: int | Pair
) -> tuple[np.ndarray, list[Cell], list[Cell]]:
    """Return the input with zeros inserted and around it, and the cells of both kinds of zeros.

    A convolution of it, with stride 1 and the turned kernel, is the transposed convolution of ``input``.

    >>> spread_out_input(np.array([[1, 2]]), (1, 2), (1, 2), 0, 0)[0]
    array([[0, 1, 0, 2, 0]])
    """
    pace, cut = as_pair(stride, "stride", 1), as_pair(padding, "padding", 0)
    extra = as_pair(output_padding, "output_padding", 0)

    inner = tuple((cells - 1) * s + 1 for cells, s in zip(input.shape, pace, strict=True))
    around = tuple(k - 1 - p for k, p in zip(kernel, cut, strict=True))  # negative: padding cuts into the input
    shape = tuple(n + 2 * a + e for n, a, e in zip(inner, around, extra, strict=True))

    spread_out = np.zeros(shape, input.dtype)
    inserted, border = [], []

    for y, x in np.ndindex(*shape):
        row, column = y - around[0], x - around[1]
        if not (0 <= row < inner[0] and 0 <= column < inner[1]):
            border.append((y, x))
        elif row % pace[0] or column % pace[1]:
            inserted.append((y, x))
        else:
            spread_out[y, x] = input[row // pace[0], column // pace[1]]
    return spread_out, inserted, border


def _size_in_words(full: Pair, cut: Pair) -> str:
    rows, columns = full[0] - 2 * cut[0], full[1] - 2 * cut[1]
    if any(cut):
        whole = f"{full[0]} × {full[1]}"
        return say("output {rows} × {columns}, cut from {whole}", rows=rows, columns=columns, whole=whole)
    return role_and_size("output", rows, columns)
