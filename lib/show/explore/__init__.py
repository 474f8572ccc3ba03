"""Figures under the reader's hand: on a page without a kernel, and in a running notebook."""

from lib.show.explore.charts import as_bars, as_blocks, as_curve, as_dots, chart
from lib.show.explore.explorer import Explorer, explore
from lib.show.explore.panels import Panel, panel
from lib.show.explore.photographs import photograph, photographs
from lib.show.explore.scenes import Scene, scene
from lib.show.explore.settings import Choice, Editable, choice, editable
from lib.show.explore.wiring import Numbers, matrix, wired

__all__ = [
    "Choice",
    "Editable",
    "Explorer",
    "Numbers",
    "Panel",
    "Scene",
    "as_bars",
    "as_blocks",
    "as_curve",
    "as_dots",
    "chart",
    "choice",
    "editable",
    "explore",
    "matrix",
    "panel",
    "photograph",
    "photographs",
    "scene",
    "wired",
]
