"""The size of a transposed convolution as a figure: one axis, every stamp, and what is cut off or added."""

from __future__ import annotations

import numpy as np

from lib.ops import conv_transpose2d, conv_transpose_output_size
from lib.ops.sizes import window_extent
from lib.show.explore.panels import panel
from lib.show.explore.scenes import Scene, scene
from lib.show.explore.wiring import Numbers, matrix
from lib.show.planes import planes
from lib.words import say, together

CELL = 26


def stamps_in_line(
    input: np.ndarray | Numbers,
    kernel: np.ndarray | Numbers,
    stride: int = 1,
    padding: int = 0,
    output_padding: int = 0,
    dilation: int = 1,
    cell: int = CELL,
) -> Scene:
    """Make a scene of a transposed convolution along one axis: every input cell's stamp in a row, their sum below.

    Parameters
    ----------
    input : array or Numbers of shape (1, i)
    kernel : array or Numbers of shape (1, k)
    stride, padding, output_padding, dilation : int
        Along the axis, as for :func:`lib.conv_transpose2d`. What padding cuts off is drawn in the colour of padding.
    cell : int
        Width of a cell in pixels.

    Returns
    -------
    Scene
        Its caption works the size formula out.

    Raises
    ------
    ValueError, TypeError
        If the arguments make no transposed convolution.

    Examples
    --------
    >>> stamps_in_line(np.array([[1, 2]]), np.array([[1, 10, 100]]), stride=2, padding=1).picture()
    (2 − 1)·2 − 2·1 + 1·(3 − 1) + 0 + 1 = 3. Padding cuts off 2 of 5 cells.
    """
    x, w = planes(input=input, kernel=kernel)
    (_, input_size), (_, kernel_size) = x.shape, w.shape
    size = conv_transpose_output_size(input_size, kernel_size, stride, padding, output_padding, dilation)
    reached = (input_size - 1) * stride + window_extent(kernel_size, dilation)
    whole = max(reached, padding + size)

    uncut = conv_transpose2d(x, w, None, (1, stride), 0, (0, output_padding), 1, (1, dilation))[:, :whole]
    cut = np.array([[not padding <= at < padding + size for at in range(whole)]])

    stamps = panel(matrix(uncut, x).T, "kernel", say("stamps"), cell=cell, axes=(uncut, x), turned=True)
    heading = say("output {size}", size=size)
    if cut.any():
        heading = say("output {size}, cut from {whole}", size=size, whole=reached)
    sum_of_parts = f"({input_size} − 1)·{stride} − 2·{padding} + {dilation}·({kernel_size} − 1) + {output_padding} + 1"
    return scene(
        [
            [
                panel(x.reshape(input_size, 1), "input", say("input {size}", size=input_size), cell=cell, frame=False),
                stamps,
            ],
            ["", panel(uncut, "output", heading, {"padding": cut}, cell)],
        ],
        caption=together(say("{sum} = {size}.", sum=sum_of_parts, size=size), _cut_in_words(reached, padding, size)),
    )


def _cut_in_words(reached: int, padding: int, output_size: int) -> str:
    kept = min(reached, padding + output_size) - padding
    beyond = output_size - kept
    words = say("Nothing is cut off.")
    if reached > kept:
        words = say("Padding cuts off {cut} of {cells} cells.", cut=reached - kept, cells=reached)
    return together(words, say("Cells at the end that no stamp reaches: {beyond}.", beyond=beyond) if beyond else "")
