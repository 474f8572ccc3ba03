"""Bars for a handful of measured numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping

from lib.show.picture import Picture
from lib.show.svg import number, rectangle, svg, text

BAR, GAP, LENGTH, LETTER = 26, 10, 240, 8.5


def bars(values: Mapping[str, float], unit: str, caption: str) -> Picture:
    """Draw horizontal bars on a logarithmic scale, each with its number.

    Parameters
    ----------
    values : mapping of label to positive number
    unit : str
        Written after each number.
    caption : str
        What was measured. The numbers and the kind of scale are added to it.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If there is no value, or one is not a positive finite number.

    Examples
    --------
    >>> bars({'loops': 12.5, 'matrix': 0.5}, 'ms', 'Time of one convolution.')
    Time of one convolution. loops: 12.5 ms; matrix: 0.5 ms. The scale is logarithmic.
    """
    if not values:
        raise ValueError("values must hold at least one number, got none")
    for label, value in values.items():
        if not (math.isfinite(value) and value > 0):
            raise ValueError(f"values[{label!r}] must be a positive finite number, got {value}")
    low = 10 ** math.floor(math.log10(min(values.values())) - 0.3)
    decades = math.log10(max(values.values()) / low)
    numbers = {label: f"{number(value)} {unit}" for label, value in values.items()}
    left = LETTER * max(map(len, numbers)) + 8
    right = LETTER * max(map(len, numbers.values())) + 8
    body = []
    for place, (label, value) in enumerate(values.items()):
        y = place * (BAR + GAP)
        length = LENGTH * math.log10(value / low) / decades
        body += [
            text(left - 8, y + 18, label, "end"),
            rectangle(left, y, length, BAR, "output edge"),
            text(left + length + 8, y + 18, numbers[label], "start"),
        ]
    bottom = len(values) * (BAR + GAP)
    for decade in range(math.ceil(decades)):
        x = left + LENGTH * decade / decades
        body.append(f'<path class="link" d="M{x:g} 0V{bottom}"/>')
        body.append(text(x, bottom + 12, number(low * 10**decade), "small"))
    drawing = svg(left + LENGTH + right, bottom + 16, body, f"bars in {unit}")
    words = "; ".join(f"{label}: {written}" for label, written in numbers.items())
    return Picture(drawing, f"{caption} {words}. The scale is logarithmic.")
