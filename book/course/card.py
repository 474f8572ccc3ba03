"""The picture that other sites show beside a link to the course."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import FancyArrowPatch, Rectangle

from course.editions import ENGLISH, Edition
from lib.show.palette import INK, role_tones
from lib.words import say, speaking

SIZE = (1200, 630)  # pixels, as such pictures are shown
CELL = 62
CHINESE_FONT = Path(__file__).resolve().parents[1] / "card-zh.otf"  # made by book/make_card_font.py
ABOUT = "Convolution, transposed convolution, unpooling and upsampling, by hand and in code"


def draw_card(path: Path, edition: Edition = ENGLISH) -> None:
    """Draw the title and the one idea: a window becomes one cell, and a cell becomes a window."""
    figure = Figure(figsize=(SIZE[0] / 100, SIZE[1] / 100), dpi=100, facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, SIZE[0]), ylim=(SIZE[1], 0))
    axes.axis("off")

    title, *lines = words_of(edition)
    ink = {"color": INK["light"], "va": "baseline"}
    axes.text(80, 130, title, fontproperties=_font(edition, size=46, weight="bold"), **ink)
    for line, words in enumerate(lines):
        axes.text(80, 200 + 44 * line, words, fontproperties=_font(edition, size=24), **ink)

    _grid(axes, "input", left=230, top=310, cells=4, lit=3)
    _grid(axes, "output", left=790, top=372, cells=2, lit=1)
    for y, start, end in ((405, 515, 755), (470, 755, 515)):
        axes.add_patch(
            FancyArrowPatch((start, y), (end, y), arrowstyle="-|>", mutation_scale=36, lw=5, color="#5a6470")
        )

    figure.savefig(path, metadata={"Software": None})


def words_of(edition: Edition) -> tuple[str, ...]:
    """Return what the card says: the title, and what the course is about in two lines."""
    if edition == ENGLISH:
        return (
            "Restoring Resolution",
            "Convolution, transposed convolution,",
            "unpooling and upsampling, by hand and in code",
        )

    with speaking(edition.language):
        first, colon, second = say(ABOUT).partition("：")
        return say("Restoring Resolution"), first + colon, second


def _font(edition: Edition, **options: Any) -> FontProperties:
    """Return a font that is there wherever the course is built: Matplotlib's own has no Chinese."""
    if edition == ENGLISH:
        return FontProperties(family="DejaVu Sans", **options)
    return FontProperties(fname=CHINESE_FONT, size=options["size"])


def _grid(axes, role: str, left: int, top: int, cells: int, lit: int) -> None:
    tones, window = role_tones(role), role_tones("window")
    for row in range(cells):
        for column in range(cells):
            fill = window.fill if row < lit and column < lit else tones.fill
            place = (left + column * CELL, top + row * CELL)
            axes.add_patch(Rectangle(place, CELL, CELL, facecolor=fill, edgecolor=tones.line, lw=2))
    axes.add_patch(Rectangle((left, top), lit * CELL, lit * CELL, fill=False, edgecolor=window.line, lw=6))
