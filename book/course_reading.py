"""The part of the course's Sphinx extension that helps a reader find the way: glossary, reference, map, times."""

from __future__ import annotations

from typing import Any

from course_glossary import add_glossary
from course_library import add_library
from course_map import add_map
from course_minutes import add_minutes
from course_speed import add_speed
from sphinx.application import Sphinx


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect everything."""
    add_glossary(app)
    add_library(app)
    add_map(app)
    add_minutes(app)
    add_speed(app)
    app.add_css_file("reading.css")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
