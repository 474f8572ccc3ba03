"""The sliding window: input, kernel and output, with one position of the window lit in all three."""

from __future__ import annotations

import numpy as np

from lib.checks import Pair, as_pair
from lib.ops import conv2d, pad
from lib.show.explore.panels import panel
from lib.show.explore.scenes import Scene, scene
from lib.show.explore.wiring import Numbers
from lib.show.grids import CELL
from lib.show.planes import margin, output_in_words, planes, size_in_words


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

    Raises
    ------
    ValueError, TypeError
        If an array is not a plane, or the arguments make no convolution.

    Examples
    --------
    >>> sliding_window(np.arange(16).reshape(4, 4), np.eye(2, dtype=int)).picture(step=4)
    Output row 1, column 1 is 5·1 + 6·0 + 9·0 + 10·1 = 15.
    """
    x, w = planes(input=input, kernel=kernel)
    down, right = as_pair(padding, "padding", 0)

    padded = pad(x, (right, right, down, down))
    y = conv2d(padded, w, stride=stride, dilation=dilation)

    border = margin(padded.shape, (down, right))
    return scene(
        panel(padded, "input", size_in_words(x, border), {"padding": border}, cell),
        "*",
        panel(w, "kernel", cell=cell),
        "=",
        panel(y, "output", cell=cell, so_far=True),
        step=y,
        caption=output_in_words(y),
    )
