"""The course's own Sphinx extension: what turns the theme's pages into the published site.

``execution`` runs the notebooks, ``site`` makes the pages, ``reading`` helps a reader find the way through them, and
``slides`` makes of each chapter a deck to present.
"""

from __future__ import annotations

from typing import Any

from sphinx.application import Sphinx

from course import execution, reading, site, slides


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect everything."""
    execution.connect(app)
    site.connect(app)
    reading.connect(app)
    slides.connect(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
