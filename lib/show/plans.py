"""A chain of layers as a picture: a bar for each map, as wide as it has columns, and a bracket for each skip."""

from __future__ import annotations

from html import escape
from typing import NamedTuple

from lib.plan import Chain, Row
from lib.plan.layers import Join, Unpooling
from lib.show.picture import Picture
from lib.show.svg import rectangle, svg, text
from lib.words import say, together

ROW = 28  # height of a row
BAR = 20
NAMES = 250  # width of the words
WIDEST = 220  # of a bar
LANE = 12  # from one bracket to the next


class Link(NamedTuple):
    """A way back from a row to an earlier one, and the lane in which its bracket runs."""

    start: int
    end: int
    lane: int


def plan(chain: Chain) -> Picture:
    """Draw a chain, from the input above to the output below.

    Parameters
    ----------
    chain : lib.plan.Chain

    Returns
    -------
    Picture
        Where two maps of different sizes meet, both are drawn and the row is marked. On the page that has the bench
        "Plan the sizes", the picture becomes the bench.

    Raises
    ------
    TypeError
        If ``chain`` is none.

    Examples
    --------
    >>> from lib.plan import Chain
    >>> plan(Chain.parse('1x61x61 =a; max k2; up x2; cat a'))
    From 1 × 61 × 61 down and up in 3 layers. Row 3 does not fit: 60 × 60 arrive, the skip has 61 × 61.
    """
    if not isinstance(chain, Chain):
        raise TypeError(f"chain must be a lib.plan.Chain, got {type(chain).__name__}")
    rows = chain.rows
    links = bracket_lanes(chain)
    widest = max(side for row in rows if row.shape for side in (row.shape.columns, *(row.arriving or ())))
    scale = WIDEST / widest
    body = [part for number, row in enumerate(rows) for part in _row(number, row, rows, scale)]
    body += [_bracket(link, rows[link.end].parts) for link in links]

    lanes = 1 + max((link.lane for link in links), default=-1)
    width = NAMES + WIDEST + LANE * (lanes + 1)
    drawing = svg(width, ROW * len(rows), body, say("the sizes along a chain of layers"))
    return Picture(f'<div data-plan="{escape(str(chain))}">\n{drawing}\n</div>', _in_words(chain))


def bracket_lanes(chain: Chain) -> list[Link]:
    """Return every way back of a chain; short brackets run inside long ones.

    >>> bracket_lanes(Chain.parse('1x8x8 =a; max k2 =b; conv 1 k1; add b; up x2; add a'))
    [Link(start=1, end=3, lane=0), Link(start=0, end=5, lane=1)]
    """
    ends = [
        (chain.row_of(layer.of), number)
        for number, layer in enumerate(chain.layers, start=1)
        if isinstance(layer, (Join, Unpooling))
    ]
    links: list[Link] = []
    for start, end in sorted(ends, key=lambda pair: pair[1] - pair[0]):
        meeting = {link.lane for link in links if link.start <= end and start <= link.end}
        links.append(Link(start, end, next(lane for lane in range(len(links) + 1) if lane not in meeting)))
    return links


def _row(number: int, row: Row, rows: tuple[Row, ...], scale: float) -> list[str]:
    top, middle = number * ROW + (ROW - BAR) / 2, NAMES + WIDEST / 2
    baseline = number * ROW + ROW / 2 + 5
    parts = [text(0, baseline, f"{number}  {row.words if number else say('input')}", "start")]
    if row.shape is None:
        return [*parts, text(middle, baseline, say("cannot work") if row.problem else "–")]

    if row.parts:
        parts.append(rectangle(NAMES, top - 2, WIDEST, BAR + 4, "window"))
        for place, size in enumerate((row.skip, row.arriving)):
            width = size[1] * scale
            style = ("input", "output")[place] + " edge"
            parts.append(rectangle(middle - width / 2, top + place * BAR / 2, width, BAR / 2, style))
        words = " ≠ ".join(f"{size[0]} × {size[1]}" for size in (row.skip, row.arriving))
        return [*parts, text(middle, baseline, words)]

    width = row.shape.columns * scale
    parts.append(rectangle(middle - width / 2, top, width, BAR, f"{_way(number, rows)} edge"))
    return [*parts, text(middle, baseline, " × ".join(map(str, row.shape)))]


def _way(number: int, rows: tuple[Row, ...]) -> str:
    """Return the colour of a map: that of inputs on the way down, that of outputs behind the smallest map."""
    areas = [row.shape.rows * row.shape.columns for row in rows if row.shape]
    lowest = len(areas) - 1 - areas[::-1].index(min(areas))
    return "input" if number <= lowest else "output"


def _bracket(link: Link, wrong: bool) -> str:
    left, x = NAMES + WIDEST, NAMES + WIDEST + LANE * (link.lane + 1)
    top, bottom = ((row + 0.5) * ROW for row in (link.start, link.end))
    look = "outline" if wrong else "span"
    head = f'<path class="{look}" d="M{left + 6:g} {bottom - 4:g}l-5 4l5 4"/>'
    return f'<path class="{look}" d="M{left:g} {top:g}H{x:g}V{bottom:g}H{left + 2:g}"/>{head}'


def _in_words(chain: Chain) -> str:
    rows = chain.rows
    shape, layers = " × ".join(map(str, chain.shape)), len(chain.layers)
    if layers == 1:
        said = say("From {shape} down and up in 1 layer.", shape=shape)
    else:
        said = say("From {shape} down and up in {layers} layers.", shape=shape, layers=layers)

    apart = [
        say(
            "Row {row} does not fit: {arriving} arrive, the skip has {skip}.",
            row=number,
            arriving=f"{row.arriving[0]} × {row.arriving[1]}",
            skip=f"{row.skip[0]} × {row.skip[1]}",
        )
        for number, row in enumerate(rows)
        if row.parts
    ]
    refused = [
        say("Row {row} cannot work: {problem}.", row=number, problem=row.problem)
        for number, row in enumerate(rows)
        if row.shape is None
    ]
    fine = [] if apart or refused else [say("{shape} comes out.", shape=" × ".join(map(str, chain.output)))]
    return together(said, *apart, *refused[:1], *fine)
