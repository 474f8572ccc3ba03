"""The part of the course's Sphinx extension that helps a reader find the way: the glossary and what links to it."""

from __future__ import annotations

from typing import Any

from course_glossary import add_glossary
from course_library import add_library
from course_minutes import add_minutes
from sphinx.application import Sphinx


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect everything."""
    add_glossary(app)
    add_library(app)
    add_minutes(app)
    app.add_css_file("reading.css")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
