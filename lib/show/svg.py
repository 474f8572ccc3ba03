"""The few SVG shapes that pictures are made of, as compact text.

Each element stands on its own line: an explorer stores lines that many of its views share only once. Colours are CSS
classes, so that one drawing serves light, dark and print.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from html import escape

from lib.show.picture import Picture
from lib.words import say

Cell = tuple[int, int]
FIRST_WIDE = "\u2e80"  # from here on, signs are squares: Chinese, and its punctuation
SMALL_LETTER = 6.6  # pixels: the width of a digit in the small style
SIGNS = {"*": "convolved with", "@": "times", "=": "gives", "+": "plus", "→": "becomes"}
SIGNS |= {"↓": "becomes", "↑": "leads back to"}


def number(value: float) -> str:
    """Return a number as figures show it, with a true minus sign.

    A whole number is written whole, and a number that four figures hold exactly is written exactly; every other one
    is rounded to three figures, or to whole ones from a thousand on.

    >>> number(3.0), number(-0.25), number(0.1875), number(1 / 3), number(float('nan'))
    ('3', '−0.25', '0.1875', '0.333', 'NaN')
    """
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else ("∞" if value > 0 else "−∞")
    if value == int(value) and abs(int(value)) < 1e6:
        text = str(int(value))
    elif 999.5 <= abs(value) < 1e6:
        text = f"{value:.0f}"
    else:
        four = f"{value:.4g}"
        text = four if math.isclose(float(four), value, rel_tol=1e-9) else f"{value:.3g}"
    return text.replace("-", "−")


def number_within(value: float, width: float) -> str:
    """Return a number as :func:`number` does, rounded to three figures if more are too wide for that many pixels.

    >>> number_within(0.5625, 44), number_within(0.5625, 32)
    ('0.5625', '0.562')
    """
    written = number(value)
    if len(written) * SMALL_LETTER <= width or not math.isfinite(value):
        return written
    return number(float(f"{value:.3g}"))


def text(x: float, y: float, words: str, style: str = "") -> str:
    """Return words centred at a point."""
    named = f' class="{style}"' if style else ""
    return f'<text x="{x:g}" y="{y:g}"{named}>{escape(words, quote=False)}</text>'


def heading_width(words: str) -> float:
    """Return room enough for a heading in the widest of the usual system fonts."""
    return 8.3 * letters(words)


def letters(words: str) -> float:
    """Return how many Latin letters are as wide as some words: a Chinese sign is wider than one.

    >>> letters("input"), letters("输入")
    (5.0, 3.2)
    """
    return len(words) + 0.6 * sum(sign >= FIRST_WIDE for sign in words)


def rectangle(x: float, y: float, width: float, height: float, style: str) -> str:
    """Return a rectangle."""
    return f'<rect class="{style}" x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}"/>'


def squares(cells: Iterable[Cell], size: float, style: str, x: float = 0, y: float = 0) -> str:
    """Return cells (row, column) of a grid as one path."""
    steps = "".join(f"M{x + column * size:g} {y + row * size:g}h{size:g}v{size:g}h-{size:g}z" for row, column in cells)
    return f'<path class="{style}" d="{steps}"/>' if steps else ""


def ruling(rows: int, columns: int, size: float, x: float = 0, y: float = 0) -> str:
    """Return the lines of a grid, its border included, as one path."""
    across = "".join(f"M{x:g} {y + row * size:g}h{columns * size:g}" for row in range(rows + 1))
    down = "".join(f"M{x + column * size:g} {y:g}v{rows * size:g}" for column in range(columns + 1))
    return f'<path class="ruling" d="{across}{down}"/>'


def svg(width: float, height: float, body: Iterable[str], title: str) -> str:
    """Return a drawing of that many pixels; ``title`` names it for those who cannot see it."""
    lines = "\n".join(line for line in body if line)
    return (
        f'<svg role="img" aria-label="{escape(title)}" width="{width + 4:g}" height="{height + 4:g}" '
        f'viewBox="-2 -2 {width + 4:g} {height + 4:g}">\n{lines}\n</svg>'
    )


def sign(symbol: str) -> Picture:
    """Return a sign to stand between two pictures, such as '*' or '='."""
    if symbol not in SIGNS:
        raise ValueError(f"symbol must be one of {sorted(SIGNS)}, got {symbol!r}")
    shown = {"*": "∗"}.get(symbol, symbol)
    style = "sign across" if symbol == "→" else "sign"  # which points down where pictures stand below one another
    return Picture(f'<span class="{style}" role="img" aria-label="{say(SIGNS[symbol])}">{shown}</span>', "")
