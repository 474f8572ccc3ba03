"""The picture that other sites show beside a link to the course."""

from __future__ import annotations

from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, Rectangle

from lib.show.palette import INK, role_tones

SIZE = (1200, 630)  # pixels, as such pictures are shown
CELL = 62


def draw_card(path: Path) -> None:
    """Draw the title and the one idea: a window becomes one cell, and a cell becomes a window."""
    figure = Figure(figsize=(SIZE[0] / 100, SIZE[1] / 100), dpi=100, facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, SIZE[0]), ylim=(SIZE[1], 0))
    axes.axis("off")

    say = {"color": INK["light"], "family": "DejaVu Sans", "va": "baseline"}
    axes.text(80, 130, "Restoring Resolution", size=46, weight="bold", **say)
    axes.text(80, 200, "Convolution, transposed convolution,", size=24, **say)
    axes.text(80, 244, "unpooling and upsampling, by hand and in code", size=24, **say)

    _grid(axes, "input", left=230, top=310, cells=4, lit=3)
    _grid(axes, "output", left=790, top=372, cells=2, lit=1)
    for y, start, end in ((405, 515, 755), (470, 755, 515)):
        axes.add_patch(
            FancyArrowPatch((start, y), (end, y), arrowstyle="-|>", mutation_scale=36, lw=5, color="#5a6470")
        )

    figure.savefig(path, metadata={"Software": None})


def _grid(axes, role: str, left: int, top: int, cells: int, lit: int) -> None:
    tones, window = role_tones(role), role_tones("window")
    for row in range(cells):
        for column in range(cells):
            fill = window.fill if row < lit and column < lit else tones.fill
            place = (left + column * CELL, top + row * CELL)
            axes.add_patch(Rectangle(place, CELL, CELL, facecolor=fill, edgecolor=tones.line, lw=2))
    axes.add_patch(Rectangle((left, top), lit * CELL, lit * CELL, fill=False, edgecolor=window.line, lw=6))
