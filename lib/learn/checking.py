"""A gradient is checked by doing what it predicts: change one number a little and see how the result changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from lib.checks import as_number
from lib.learn.modules import Module
from lib.learn.tensor import Tensor, no_grad


def check_gradients(
    function: Callable[..., Tensor], *inputs: Any, step: float = 1e-6, tolerance: float = 1e-5, seed: int = 0
) -> float:
    """Compare every gradient that :meth:`lib.Tensor.backward` finds with central differences.

    Parameters
    ----------
    function : callable or Module
        Takes tensors and returns one. It must return the same each time. Of a module, the parameters are checked too.
    *inputs : arrays
        Where to check. Integers are handed on as they are, floating-point numbers as float64 tensors.
    step : float
        How far each number is moved, both ways.
    tolerance : float
        How far gradient and differences may be apart, relative to the largest difference.
    seed : int
        Of the random weights that make one number of the result.

    Returns
    -------
    float
        The largest relative error found.

    Raises
    ------
    AssertionError
        If an error exceeds the tolerance: the message names the tensor, the cell and both numbers.
    TypeError
        If a parameter is not float64, which differences need: ``module.to(np.float64)`` makes it so.

    Examples
    --------
    >>> from lib.learn import Conv2d
    >>> layer = Conv2d(2, 3, 3, stride=2, seed=0).to(np.float64)
    >>> check_gradients(layer, np.random.default_rng(0).normal(size=(1, 2, 7, 7))) < 1e-7
    True
    >>> check_gradients(lambda x: x * x.detach(), np.ones(2))
    Traceback (most recent call last):
    AssertionError: inputs[0][1]: backward says -0.981, differences say -1.96
    """
    moved = as_number(step, "step", above=0)
    operands = [_operand(value) for value in inputs]
    checked = {f"inputs[{place}]": value for place, value in enumerate(operands) if isinstance(value, Tensor)}
    if isinstance(function, Module):
        checked |= {name: parameter for name, parameter in function.named_parameters() if parameter.requires_grad}

    for name, tensor in checked.items():
        tensor.grad = None
        if tensor.dtype != np.float64:
            raise TypeError(f"{name} must be float64 for differences to mean anything, got {tensor.dtype}; use to()")

    result = function(*operands)
    weights = np.random.default_rng([seed, 1]).normal(size=result.shape)  # not what default_rng(seed) gave a caller
    result.backward(weights)

    def value() -> float:
        with no_grad():
            return float(np.vdot(weights, function(*operands).data))

    largest = 0.0
    for name, tensor in checked.items():
        found = np.zeros(tensor.shape) if tensor.grad is None else tensor.grad
        differences = _differences(value, tensor, moved)
        errors = abs(found - differences) / max(1e-12, abs(differences).max(initial=0))
        worst = np.unravel_index(np.nanargmax(errors), errors.shape) if errors.size else ()
        if errors.size and not errors.max() <= tolerance:
            cell = f"[{', '.join(map(str, worst))}]" if worst else ""
            raise AssertionError(
                f"{name}{cell}: backward says {found[worst]:.3g}, differences say {differences[worst]:.3g}"
            )
        largest = max(largest, float(errors.max(initial=0)))
    return largest


def _operand(value: Any) -> Any:
    array = value.data if isinstance(value, Tensor) else np.asarray(value)
    return Tensor(array.astype(np.float64), requires_grad=True) if array.dtype.kind == "f" else array


def _differences(value: Callable[[], float], tensor: Tensor, step: float) -> np.ndarray:
    """Return how ``value()`` changes with each number of a tensor."""
    original, differences = tensor.data, np.empty(tensor.shape)
    for place in np.ndindex(tensor.shape):
        around = []
        for sign in (1, -1):
            moved = original.copy()
            moved[place] += sign * step
            tensor.data = moved
            around.append(value())
        differences[place] = (around[0] - around[1]) / (2 * step)
    tensor.data = original
    return differences
