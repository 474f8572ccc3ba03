"""Layers that work on any shape: rectification, dropout, flattening."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lib.checks import as_int, as_number, as_word
from lib.learn.initialisation import Seed, as_random
from lib.learn.modules import Module
from lib.learn.relu_rules import RELU_RULES
from lib.learn.tensor import Tensor


class ReLU(Module):
    """Replace what is negative by zero, see :meth:`lib.Tensor.relu`.

    Parameters
    ----------
    rule : {'gradient', 'deconvnet', 'guided'}, optional
        What passes on the way back; unless given, the rule of :func:`relu_rule` at that time.

    Examples
    --------
    >>> ReLU()(np.array([-1.0, 2.0]))
    Tensor([0., 2.])
    """

    def __init__(self, rule: str | None = None) -> None:
        """Choose a rule, or leave it open."""
        self.rule = None if rule is None else as_word(rule, "rule", tuple(RELU_RULES))

    def forward(self, input: Any) -> Tensor:
        """Return the positive part."""
        return Tensor._tensor(input, "input").relu(self.rule)

    def extra_repr(self) -> str:
        """Return the rule if there is one."""
        return "" if self.rule is None else f"rule={self.rule!r}"


class Dropout(Module):
    """While training, set each cell to zero with probability p and divide the others by 1 - p.

    Parameters
    ----------
    p : float
        At least 0 and less than 1.
    seed : int or numpy.random.Generator, optional
        Decides which cells; without it they differ each time.

    Notes
    -----
    Source: Srivastava et al. (2014), "Dropout: a simple way to prevent neural networks from overfitting".

    Examples
    --------
    >>> layer, x = Dropout(0.5, seed=0), np.ones(6)
    >>> layer(x)
    Tensor([2., 2., 2., 0., 0., 0.])
    >>> layer.eval()(x)
    Tensor([1., 1., 1., 1., 1., 1.])
    """

    def __init__(self, p: float = 0.5, seed: Seed = None) -> None:
        """Begin a generator of its own."""
        self.p = as_number(p, "p")
        if not 0 <= self.p < 1:
            raise ValueError(f"p must be at least 0 and less than 1, got {p!r}")
        self.random = as_random(seed)

    def forward(self, input: Any) -> Tensor:
        """Return the input with some cells dropped."""
        tensor = Tensor._tensor(input, "input")
        if not self.training or not self.p:
            return tensor
        kept = self.random.random(tensor.shape, np.float32) >= self.p
        return tensor * (kept * tensor.dtype.type(1 / (1 - self.p)))

    def extra_repr(self) -> str:
        """Return the probability."""
        return f"p={self.p}"


class Flatten(Module):
    """Make one axis of several: by default all but the batch.

    Examples
    --------
    >>> Flatten()(np.zeros((2, 3, 4, 5))).shape
    (2, 60)
    """

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        """Take the first and the last axis that become one."""
        self.start_dim, self.end_dim = as_int(start_dim, "start_dim", -32), as_int(end_dim, "end_dim", -32)

    def forward(self, input: Any) -> Tensor:
        """Return the same numbers in fewer axes."""
        tensor = Tensor._tensor(input, "input")
        first, last = (axis + tensor.ndim if axis < 0 else axis for axis in (self.start_dim, self.end_dim))
        if not 0 <= first <= last < tensor.ndim:
            raise ValueError(
                f"start_dim and end_dim must be axes of the input in order, got {self.start_dim} and {self.end_dim} "
                f"for shape {tensor.shape}"
            )
        shape = tensor.shape
        return tensor.reshape(*shape[:first], math.prod(shape[first : last + 1]), *shape[last + 1 :])
