"""What the sections of a page are called in addresses: in every edition what they are called in English.

A heading in Chinese gives no name, only a number. So that an address leads to the same section in each edition, and a
link from one keeps its place in the other, what makes the pages of an edition writes the English names beside them.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

NAMES = "anchors.json"  # in the folder of the pages, unless they are the English ones


class NameSections(SphinxTransform):
    """Give the sections of a page their English names."""

    default_priority = 210  # before anything refers to them

    def apply(self, **_: Any) -> None:
        """Change the page in place. Sections that a directive adds stand behind those that the page itself has."""
        source = Path(self.env.srcdir) / NAMES
        if not source.is_file():
            return

        names = names_in(source, source.stat().st_mtime_ns).get(self.env.docname, [])
        for section, name in zip(self.document.findall(nodes.section), names, strict=False):
            if name and self.document.ids.get(name, section) is section:
                section["ids"] = [name]
                self.document.ids[name] = section


@cache
def names_in(source: Path, changed: int) -> dict[str, list[str]]:  # noqa: ARG001  the time tells one content from another
    """Return the names of sections, by page."""
    return json.loads(source.read_text(encoding="utf-8"))


def add_anchors(app: Sphinx) -> None:
    """Register the names."""
    app.add_transform(NameSections)
