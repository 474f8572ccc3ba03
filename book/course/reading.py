"""The part of the course's Sphinx extension that helps a reader: glossary, reference, map, times, plans."""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

from course.anchors import add_anchors
from course.glossary import add_glossary
from course.library import add_library
from course.minutes import add_minutes
from course.overview import add_map
from course.plans import add_plans

TIMES = re.compile(r"(?<=\w) × (?=\w)")


class KeepSizesTogether(SphinxTransform):
    """Let no line of prose break within a size such as 2 × 2."""

    default_priority = 795  # after terms and code are linked

    def apply(self, **_: Any) -> None:
        """Change the page in place."""
        for text in list(self.document.findall(nodes.Text)):
            if TIMES.search(text) and not isinstance(text.parent, nodes.literal | nodes.literal_block | nodes.raw):
                text.parent.replace(text, nodes.Text(TIMES.sub("\u00a0×\u00a0", text)))


def connect(app: Sphinx) -> None:
    """Connect everything."""
    add_anchors(app)
    add_glossary(app)
    add_library(app)
    add_map(app)
    add_minutes(app)
    add_plans(app)
    app.add_transform(KeepSizesTogether)
    app.add_css_file("reading.css")
