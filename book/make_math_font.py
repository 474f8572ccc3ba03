"""Make ``static/course-math.woff2``: the glyphs that the course's formulas use, with their MathML measures.

    python book/make_math_font.py texgyretermes-math.otf

Browsers stretch fences and enlarge sums only with a font that has an OpenType MATH table, and few systems have one.
Needs fonttools and brotli. The source is TeX Gyre Termes Math, under the GUST Font License (``course-math-LICENSE.txt``
beside the result), which asks that changed versions carry another name.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

RESULT = Path(__file__).with_name("static") / "course-math.woff2"
NAME = "Course Math"
NAME_RECORDS = (1, 3, 4, 6, 16, 18)  # the records of a font that hold its name
POSTSCRIPT_NAME = 6  # the one of them that may hold no space

RANGES = (
    (0x20, 0x7E),  # Latin, digits, brackets
    (0x391, 0x3D6),  # Greek
    (0x1D400, 0x1D467),  # mathematical bold and italic Latin
    (0x1D6E2, 0x1D71B),  # mathematical italic Greek
)
SIGNS = "\u00a0°±·×÷ℎℝℤℕ′…⋯⋅∗∘∑∏∫√≤≥≠≈∈⊤⌊⌋⌈⌉⟨⟩‖∇∂∞→↦←↔⇒−∣∥⊗⊙⊕∀∃∅∩∪≡\u2061\u2062\u0302\u0303\u0304ˆ˜¯‾"


def main() -> None:
    """Subset the font named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path)
    source = parser.parse_args().source

    options = subset.Options(flavor="woff2", layout_features=["*"], name_IDs=["*"], hinting=False, notdef_outline=True)
    font = subset.load_font(source, options)
    wanted = {code for first, last in RANGES for code in range(first, last + 1)} | set(map(ord, SIGNS))
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=wanted)
    subsetter.subset(font)

    rename(font)
    subset.save_font(font, RESULT, options)
    print(f"{RESULT.name}: {RESULT.stat().st_size // 1000} kB")


def rename(font: TTFont) -> None:
    """Give a font our own name, as its licence asks of changed versions."""
    compact = NAME.replace(" ", "")

    for record in font["name"].names:
        if record.nameID in NAME_RECORDS:
            name = compact if record.nameID == POSTSCRIPT_NAME else NAME
            font["name"].setName(name, record.nameID, record.platformID, record.platEncID, record.langID)

    font["CFF "].cff.fontNames = [compact]


if __name__ == "__main__":
    main()
