"""Measured numbers of several runs, a dot each, so that a reader sees what differs and what only scatters."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from lib.show.picture import Picture
from lib.show.svg import heading_width, number, svg, text

ROW, LENGTH, RADIUS, LETTER = 30, 270, 5, 8.5
TICKS = 4  # at most so many intervals on the axis


def dots(values: Mapping[str, Sequence[float]], unit: str, caption: str, logarithmic: bool = False) -> Picture:
    """Draw one row a label: a dot for each number, and a stroke at their mean.

    Parameters
    ----------
    values : mapping of label to numbers
    unit : str
        What the numbers are, written under the axis.
    caption : str
        What was measured.
    logarithmic : bool
        Whether the axis counts in factors of ten; the numbers must be positive then.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If there are no numbers, or one is not finite, or not positive on a logarithmic axis.

    Examples
    --------
    >>> dots({'unpool': [18.8, 19.2], 'bilinear': [17.2, 17.4]}, 'PSNR, dB', 'Two seeds each.')
    Two seeds each. PSNR, dB, mean (least to most): unpool 19 (18.8 to 19.2); bilinear 17.3 (17.2 to 17.4).
    """
    rows = {label: np.asarray(numbers, np.float64) for label, numbers in values.items()}
    if not rows or not all(numbers.ndim == 1 and numbers.size for numbers in rows.values()):
        raise ValueError("values must hold at least one label, each with at least one number")
    for label, numbers in rows.items():
        if not np.isfinite(numbers).all() or (logarithmic and numbers.min() <= 0):
            wanted = "positive finite" if logarithmic else "finite"
            raise ValueError(f"values[{label!r}] must hold {wanted} numbers, got {numbers.tolist()}")
    everything = np.concatenate(list(rows.values()))
    ticks = _decades(everything) if logarithmic else _round_steps(everything)
    overhang = max(24, (heading_width(unit) - LENGTH) / 2)  # of the words under the axis, or of its last number
    left, bottom = max(LETTER * max(map(len, rows)) + 14, overhang), ROW * len(rows)

    def place(value: float) -> float:
        low, high, here = (math.log(x) if logarithmic else x for x in (ticks[0], ticks[-1], value))
        return left + LENGTH * (here - low) / (high - low)

    body = [_line(place(tick), 0, bottom + 6, "link") for tick in ticks]
    body += [text(place(tick), bottom + 22, number(tick), "small") for tick in ticks]
    body.append(text(left + LENGTH / 2, bottom + 42, unit, "heading"))
    for index, (label, numbers) in enumerate(rows.items()):
        middle = ROW * (index + 0.5)
        body.append(text(left - 14, middle + 5, label, "end"))
        body += [f'<circle class="dot" cx="{place(value):.4g}" cy="{middle:g}" r="{RADIUS}"/>' for value in numbers]
        body.append(_line(place(numbers.mean()), middle - 11, middle + 11, "outline"))
    drawing = svg(left + LENGTH + overhang, bottom + 48, body, f"{unit}, a dot a run")
    return Picture(drawing, f"{caption} {unit}, mean (least to most): {_in_words(rows)}.")


def _round_steps(numbers: np.ndarray) -> list[float]:
    """Return evenly spaced round numbers that reach around all of ``numbers``."""
    spread = float(np.ptp(numbers)) or abs(float(numbers[0])) or 1.0
    magnitude = 10.0 ** math.floor(math.log10(spread / TICKS))
    step = next(factor * magnitude for factor in (1, 2, 5, 10) if factor * magnitude * TICKS >= spread)
    first, last = math.floor(numbers.min() / step), math.ceil(numbers.max() / step)
    return [round(step * place, 12) for place in range(first, max(last, first + 1) + 1)]


def _decades(numbers: np.ndarray) -> list[float]:
    """Return powers of ten that reach around all of ``numbers``."""
    first, last = math.floor(math.log10(numbers.min())), math.ceil(math.log10(numbers.max()))
    return [10.0**power for power in range(first, max(last, first + 1) + 1)]


def _line(x: float, top: float, bottom: float, style: str) -> str:
    return f'<path class="{style}" d="M{x:.4g} {top:g}V{bottom:g}"/>'


def _in_words(rows: Mapping[str, np.ndarray]) -> str:
    return "; ".join(f"{label} {_mean_and_reach(numbers)}" for label, numbers in rows.items())


def _mean_and_reach(numbers: np.ndarray) -> str:
    if np.ptp(numbers) == 0:
        return number(numbers[0])
    return f"{number(numbers.mean())} ({number(numbers.min())} to {number(numbers.max())})"
