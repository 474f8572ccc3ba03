"""Means and the intervals about them, a row each, on Matplotlib's axes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from lib.show.palette import role_tones
from lib.show.picture import Picture
from lib.show.plot import plot
from lib.words import CHINESE, named

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# A phone shows a wide plot's words larger than they were laid out, and they grow to the left: pixels for each column.
ROOM = 2.3


def intervals(
    values: Mapping[str, tuple[float, float, float]],
    unit: str,
    caption: str,
    runs: Mapping[str, Sequence[float]] | None = None,
    zero: bool = False,
    width: float = 600,
) -> Picture:
    """Plot one row a label: a bar from the low to the high end of an interval, and a mark at the mean.

    Parameters
    ----------
    values : mapping of label to (mean, low, high)
        Such as :func:`lib.learn.paired_difference` returns. An underscore in a label is shown as a space.
    unit : str
        What the numbers are, written under the axis.
    caption : str
        What was measured, with its numbers.
    runs : mapping of label to numbers, optional
        A dot for each. The mean is a stroke then; where all numbers are equal, there is neither stroke nor bar.
    zero : bool
        Whether a dotted line stands at 0, for differences.
    width : float
        Pixels. The height follows from the rows.

    Raises
    ------
    ValueError
        If there is no row, a number is not finite, a mean lies outside its interval, or the labels of ``runs`` differ.

    Examples
    --------
    >>> intervals({'unpool': (2.85, 1.89, 3.81)}, 'dB', 'Difference from bilinear.', zero=True)
    Difference from bilinear.
    """
    rows = {label: np.asarray(numbers, np.float64) for label, numbers in values.items()}
    dots = {label: np.asarray(numbers, np.float64) for label, numbers in (runs or {}).items()}
    _check(rows, dots)

    def draw(axes: Axes) -> None:
        color = role_tones("input").line
        for place, (label, (mean, low, high)) in enumerate(rows.items()):
            found = dots.get(label, np.empty(0))
            axes.plot(found, [place] * found.size, "o", color=color, alpha=0.6, markersize=4)
            if not found.size or high > low:
                axes.plot([low, high], [place, place], "-", color=color, linewidth=1.5)
                axes.plot([mean], [place], "|" if found.size else "o", color=color, markersize=14 if found.size else 6)
        if zero:
            axes.axvline(0, linestyle=":", color=color)
        labels = [named(label.replace("_", " ")) for label in rows]
        axes.set_yticks(range(len(rows)), labels)
        axes.set_xlabel(unit)
        axes.locator_params(axis="x", nbins=5)
        axes.set_ylabel(" ", labelpad=ROOM * max(map(_columns, labels)))
        axes.invert_yaxis()

    return plot(draw, caption, named(unit), width, 60 + 27 * len(rows))


def _check(rows: Mapping[str, np.ndarray], dots: Mapping[str, np.ndarray]) -> None:
    if not rows:
        raise ValueError("values must hold at least one interval, got none")
    for label, numbers in rows.items():
        if numbers.shape != (3,) or not np.isfinite(numbers).all():
            raise ValueError(f"values[{label!r}] must be a finite mean, low and high, got {numbers.tolist()}")
        mean, low, high = numbers
        if not low <= mean <= high:
            raise ValueError(f"values[{label!r}] must hold a mean between low and high, got {numbers.tolist()}")

    if dots and list(dots) != list(rows):
        raise ValueError(f"runs must have the labels of values, got {list(dots)} and {list(rows)}")
    for label, numbers in dots.items():
        if not numbers.size or not np.isfinite(numbers).all():
            raise ValueError(f"runs[{label!r}] must hold finite numbers, got {numbers.tolist()}")


def _columns(label: str) -> int:
    """Return how many columns of Latin letters a label takes; a Chinese sign takes two."""
    return sum(2 if sign >= CHINESE else 1 for sign in label)
