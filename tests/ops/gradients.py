"""Explicit matrices and central differences: what gradients are compared with."""

from collections.abc import Callable

import numpy as np


def matrix(function: Callable[[np.ndarray], np.ndarray], shape: tuple[int, ...]) -> np.ndarray:
    """Return the matrix of a linear function of an array of ``shape``: column j is what it makes of unit j."""
    columns = []
    for position in range(int(np.prod(shape))):
        unit = np.zeros(shape)
        unit.flat[position] = 1
        columns.append(np.ravel(function(unit)))
    return np.stack(columns, axis=1)


def gradient_by_differences(
    function: Callable[[np.ndarray], np.ndarray], at: np.ndarray, weights: np.ndarray, step: float = 2.0**-7
) -> np.ndarray:
    """Return the gradient of ``sum(weights * function(x))`` at ``at`` by central differences, exact for linear maps."""
    gradient = np.zeros(at.shape)
    for position in range(at.size):
        ahead, behind = at.copy(), at.copy()
        ahead.flat[position] += step
        behind.flat[position] -= step
        gradient.flat[position] = np.vdot(weights, function(ahead) - function(behind)) / (2 * step)
    return gradient
