"""Figures whose arguments the reader chooses: in a running notebook, and on a page without a kernel."""

from lib.show.explore.explorer import Explorer, explore
from lib.show.explore.settings import Choice, choice

__all__ = ["Choice", "Explorer", "choice", "explore"]
