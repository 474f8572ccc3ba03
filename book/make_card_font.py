"""Make ``card-zh.otf``: the signs that the card of the Chinese edition shows (``course.card``), for a build anywhere.

    python book/make_card_font.py NotoSansCJK-Regular.ttc

Needs fonttools, and a collection of Noto Sans CJK, whose licence, the SIL Open Font License 1.1, stands in the font.
It is to be made again when those words change: a test compares them.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTCollection

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]
from course.card import CHINESE_FONT, words_of  # noqa: E402
from course.editions import CHINESE, ENGLISH  # noqa: E402
from course.language import speak_as  # noqa: E402

SOURCE = "Noto Sans CJK SC"


def main() -> None:
    """Subset the font named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path)
    fonts = TTCollection(parser.parse_args().source).fonts
    font = next(font for font in fonts if font["name"].getDebugName(1) == SOURCE)

    options = subset.Options(layout_features=[], hinting=False, desubroutinize=True, name_IDs=[0, 1, 2, 4, 6, 13, 14])
    speak_as(ENGLISH)
    subsetter = subset.Subsetter(options)
    subsetter.populate(text="".join(words_of(CHINESE)))
    subsetter.subset(font)
    subset.save_font(font, CHINESE_FONT, options)
    print(f"{CHINESE_FONT.name}: {CHINESE_FONT.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
