"""A plain loop that says what interpolation means, one output value at a time.

It is slow and meant to be read: the fast code is tested against it.
"""

from __future__ import annotations

import math

import numpy as np

from lib.ops.checks import Pair


def interpolate_by_loops(
    input: np.ndarray,
    size: Pair,
    mode: str = "nearest",
    align_corners: bool = False,
    antialias: bool = False,
    scales: tuple[float, float] | None = None,
) -> np.ndarray:
    """Resize (N, C, H, W) to ``size``, as :func:`lib.interpolate` does, by loops over output cells and neighbours.

    ``scales`` are input cells for each output cell along rows and columns, the ratio of the sizes unless given.

    >>> interpolate_by_loops(np.array([[[[0.0, 4.0]]]]), (1, 4), "bilinear")
    array([[[[0., 1., 3., 4.]]]])
    """
    rows, columns = input.shape[2:]
    row_scale, column_scale = scales or (None, None)
    result = np.zeros((*input.shape[:2], *size), input.dtype if mode.startswith("nearest") else np.float64)
    for n, c, y, x in np.ndindex(*result.shape):
        total = 0
        for i, row_weight in _neighbours(y, rows, size[0], row_scale, mode, align_corners, antialias):
            for j, column_weight in _neighbours(x, columns, size[1], column_scale, mode, align_corners, antialias):
                total = total + row_weight * column_weight * input[n, c, i, j]
        result[n, c, y, x] = total
    return result


def _neighbours(
    output: int, cells: int, outputs: int, scale: float | None, mode: str, align_corners: bool, antialias: bool
) -> list[tuple[int, float]]:
    """Return the input cells that an output cell reads along one axis, each with its weight."""
    if align_corners:
        scale = (cells - 1) / (outputs - 1) if outputs > 1 else 0
    elif scale is None:
        scale = cells / outputs
    if mode == "nearest":
        return [(min(math.floor(output * scale), cells - 1), 1)]
    if mode == "nearest-exact":
        return [(min(math.floor((output + 0.5) * scale), cells - 1), 1)]
    # PyTorch's antialias ignores align_corners where it measures positions.
    position = output * scale if align_corners and not antialias else (output + 0.5) * scale - 0.5
    if not antialias:
        return [
            (min(max(cell, 0), cells - 1), _kernel(cell - position, mode, -0.75))  # beyond the border: the last cell
            for cell in range(math.floor(position) - 1, math.floor(position) + 3)
        ]
    width = max(scale, 1)  # when shrinking, the kernel is as many times wider as the output is smaller
    weights = [_kernel((cell - position) / width, mode, -0.5) for cell in range(cells)]
    return [(cell, weight / sum(weights)) for cell, weight in enumerate(weights)]


def _kernel(distance: float, mode: str, a: float) -> float:
    d = abs(distance)
    if mode == "bilinear":
        return max(1 - d, 0)
    if d <= 1:
        return (a + 2) * d**3 - (a + 3) * d**2 + 1
    return a * d**3 - 5 * a * d**2 + 8 * a * d - 4 * a if d < 2 else 0
