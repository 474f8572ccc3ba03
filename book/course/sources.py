"""The notebooks as their authors wrote them, each read once in a build."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import nbformat
from nbformat import NotebookNode


@cache
def notebook_at(path: Path) -> NotebookNode:
    """Return a notebook, which nobody may change: others look at the same."""
    return nbformat.read(path, as_version=4)
