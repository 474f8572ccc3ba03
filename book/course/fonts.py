"""Fonts with only the glyphs that are shown."""

from __future__ import annotations

import base64
import io
import logging
from collections.abc import Iterable
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

logging.getLogger("fontTools").setLevel(logging.WARNING)  # it tells of every table that it writes


def subset_font(path: Path, codes: Iterable[int]) -> bytes | None:
    """Return the font with the glyphs of ``codes`` alone, as WOFF2, or None if it has none of them."""
    font = TTFont(path, recalcTimestamp=False)  # the same glyphs make the same file
    wanted = sorted(set(codes) & set(font.getBestCmap()))
    if not wanted:
        return None
    options = subset.Options(layout_features=["*"], hinting=False, notdef_outline=True, name_IDs=["*"])
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=wanted)
    subsetter.subset(font)
    font.flavor = "woff2"
    written = io.BytesIO()
    font.save(written, reorderTables=True)
    return written.getvalue()


def subset_as_data(path: Path, codes: Iterable[int]) -> str | None:
    """Return such a font as an address that holds it, to be written into a stylesheet."""
    content = subset_font(path, codes)
    return content and "data:font/woff2;base64," + base64.b64encode(content).decode("ascii")
