"""How sure a difference is: networks trained from the same seeds, or methods tried on the same images, in pairs."""

from __future__ import annotations

import math
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from lib.checks import as_int, as_number, as_numbers
from lib.words import say


class Difference(NamedTuple):
    """A mean of paired differences and the interval that holds the true one with the stated confidence."""

    mean: float
    low: float
    high: float

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves zero out."""
        return self.low > 0 or self.high < 0

    def __str__(self) -> str:
        numbers = {name: f"{getattr(self, name):+.2f}" for name in ("mean", "low", "high")}
        return say("{mean} ({low} to {high})", **numbers)


def paired_difference(ours: Any, theirs: Any, confidence: float = 0.95) -> Difference:
    """Return by how much ``ours`` exceeds ``theirs``, pair by pair, with Student's interval.

    Parameters
    ----------
    ours, theirs : arrays of shape (n,), n at least 2
        What two methods scored, in the same order: on the same images, or from the same seeds. What all methods find
        hard in one pair drops out of its difference.
    confidence : float
        Between 0 and 1.

    Returns
    -------
    Difference
        Mean, and the ends of the interval. It assumes differences that scatter like normal numbers.

    Raises
    ------
    ValueError, TypeError
        If the numbers are no pairs, fewer than two, or not finite.

    Notes
    -----
    Source: Student (1908), "The probable error of a mean".

    Examples
    --------
    >>> print(paired_difference([20.1, 20.6, 19.9], [18.3, 18.5, 18.2]))
    +1.87 (+1.35 to +2.38)
    """
    one, other = (as_numbers(given, name, (1,)) for given, name in ((ours, "ours"), (theirs, "theirs")))
    if one.shape != other.shape or one.size < 2:
        raise ValueError(f"ours and theirs must be at least two pairs, got shapes {one.shape} and {other.shape}")
    differences = np.asarray(one, np.float64) - other
    if not np.isfinite(differences).all():
        raise ValueError("ours and theirs must be finite")

    mean = float(differences.mean())
    standard_error = float(differences.std(ddof=1)) / math.sqrt(differences.size)
    reach = student_quantile(confidence, differences.size - 1) * standard_error
    return Difference(mean, mean - reach, mean + reach)


def student_quantile(confidence: float, degrees: int) -> float:
    """Return t such that Student's distribution lies between -t and t with this probability.

    Found by integrating its density and looking where the integral passes the probability.

    Examples
    --------
    The values of every textbook's table:

    >>> [round(student_quantile(0.95, degrees), 3) for degrees in (1, 2, 4, 29)]
    [12.706, 4.303, 2.776, 2.045]
    """
    wanted = as_number(confidence, "confidence", above=0)
    if wanted >= 1:
        raise ValueError(f"confidence must be less than 1, got {confidence!r}")
    nu = as_int(degrees, "degrees", 1)
    return _quantile(wanted, nu)


def false_wins(methods: int, seeds: int) -> float:
    """Return in how many pairs of equal methods one is ahead in every seed, on average, by chance alone.

    Examples
    --------
    >>> false_wins(methods=9, seeds=5)
    2.25
    """
    pairs = math.comb(as_int(methods, "methods", 2), 2)
    return pairs * 2 * 0.5 ** as_int(seeds, "seeds", 1)


@cache
def _quantile(probability: float, nu: int) -> float:
    # With t = √ν tan θ the density is proportional to cos^(ν - 1) θ, smooth and without tails.
    angle = np.linspace(0, math.pi / 2, 200_001)
    density = np.cos(angle) ** (nu - 1)
    inside = np.concatenate([[0], np.cumsum(density[1:] + density[:-1])])
    return float(math.sqrt(nu) * math.tan(np.interp(probability, inside / inside[-1], angle)))
