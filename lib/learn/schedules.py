"""Schedules: by what factor the learning rate is multiplied at each step, counted from 0.

A schedule is a plain function of the step, so it can be printed and drawn; :func:`lib.learn.fit` takes one.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from lib.checks import as_int, as_number

Schedule = Callable[[int], float]


def cosine_schedule(steps: int, warmup: int = 0, lowest: float = 0) -> Schedule:
    """Fall from 1 along half a cosine, after a rise in equal steps.

    Parameters
    ----------
    steps : int
        How many steps it takes to arrive at ``lowest``.
    warmup : int
        During so many steps the factor is also multiplied by 1 / warmup, 2 / warmup, ..., 1.
    lowest : float
        The factor at the end.

    Returns
    -------
    callable
        From the number of a step to the factor.

    Notes
    -----
    Without warm-up it is ``torch.optim.lr_scheduler.CosineAnnealingLR``. Source: Loshchilov & Hutter (2017), "SGDR:
    stochastic gradient descent with warm restarts".

    Examples
    --------
    >>> factor = cosine_schedule(100, warmup=4)
    >>> [round(factor(step), 3) for step in (0, 1, 3, 50, 100)]
    [0.25, 0.5, 0.998, 0.5, 0.0]
    """
    total, rise, low = as_int(steps, "steps", 1), as_int(warmup, "warmup", 0), as_number(lowest, "lowest")

    def factor(step: int) -> float:
        fall = low + (1 - low) * (1 + math.cos(math.pi * min(step, total) / total)) / 2
        return fall * min(1, (step + 1) / rise) if rise else fall

    return factor


def step_schedule(step_size: int, gamma: float = 0.1) -> Schedule:
    """Multiply by ``gamma`` after every ``step_size`` steps.

    Notes
    -----
    It is ``torch.optim.lr_scheduler.StepLR``.

    Examples
    --------
    >>> factor = step_schedule(10, gamma=0.5)
    >>> [factor(step) for step in (0, 9, 10, 25)]
    [1.0, 1.0, 0.5, 0.25]
    """
    size, share = as_int(step_size, "step_size", 1), as_number(gamma, "gamma")
    return lambda step: share ** (step // size)
