"""Figures under the reader's hand: on a page without a kernel, and in a running notebook."""

from lib.show.explore.explorer import Explorer, explore
from lib.show.explore.scenes import Panel, Scene, panel, scene
from lib.show.explore.settings import Choice, Editable, choice, editable
from lib.show.explore.wiring import Numbers, matrix, wired

__all__ = [
    "Choice",
    "Editable",
    "Explorer",
    "Numbers",
    "Panel",
    "Scene",
    "choice",
    "editable",
    "explore",
    "matrix",
    "panel",
    "scene",
    "wired",
]
