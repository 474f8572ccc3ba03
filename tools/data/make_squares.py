"""Make the font that plots are measured with where they have Chinese words: ``python tools/data/make_squares.py``.

Matplotlib leaves the room that the words of a plot need in its own font, which has no Chinese. A Chinese sign is a
square in every font, so one glyph that stands for all of them is enough. Readers never get the font: a page shows words
in theirs. Needs ``fontTools``, which Matplotlib brings along.
"""

from __future__ import annotations

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable

from lib.show.picture import ASSETS
from lib.show.plot import SQUARES

UNITS = 1000  # to the side of a square
BELOW = 120  # of them below the line on which words stand
SIGNS = range(0x2E80, 0xFFE0)  # Chinese, Japanese and Korean, with their punctuation


def main() -> None:
    """Write the font."""
    builder = FontBuilder(UNITS, isTTF=True)
    builder.setupGlyphOrder([".notdef", "square"])
    builder.setupGlyf({".notdef": TTGlyphPen(None).glyph(), "square": square()})
    builder.setupHorizontalMetrics({".notdef": (UNITS, 0), "square": (UNITS, 0)})
    builder.setupHorizontalHeader(ascent=UNITS - BELOW, descent=-BELOW)

    builder.setupCharacterMap({})
    builder.font["cmap"].tables = [many_to_one()]
    builder.setupNameTable({"familyName": SQUARES, "styleName": "Regular"})
    builder.setupOS2(usWinAscent=UNITS - BELOW, usWinDescent=BELOW)
    builder.setupPost()

    builder.font["head"].created = builder.font["head"].modified = 0  # the same file each time
    builder.font.recalcTimestamp = False
    builder.save(ASSETS / "squares.ttf")


def square() -> object:
    """Return a square as the outline of a glyph."""
    pen = TTGlyphPen(None)
    pen.moveTo((0, -BELOW))
    for corner in ((0, UNITS - BELOW), (UNITS, UNITS - BELOW), (UNITS, -BELOW)):
        pen.lineTo(corner)
    pen.closePath()
    return pen.glyph()


def many_to_one() -> CmapSubtable:
    """Return the map from signs to glyphs: all of them to one, which format 13 says in a line."""
    table = CmapSubtable.newSubtable(13)
    table.platformID, table.platEncID, table.language = 3, 10, 0
    table.format, table.reserved, table.length, table.nGroups = 13, 0, 0, 0
    table.cmap = dict.fromkeys(SIGNS, "square")
    return table


if __name__ == "__main__":
    main()
