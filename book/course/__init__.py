"""The course's own Sphinx extension: what turns the theme's pages into the published site.

``editions`` knows in which languages the course is, ``language`` lets a build speak one, ``citations`` lets it
cite in that, and ``search`` finds in each the page that answers a question.
``execution`` runs the notebooks, ``site`` makes the pages, ``reading`` helps a reader find the way through them, and
``slides`` makes of each chapter a deck to present.
"""

from __future__ import annotations

from typing import Any

from sphinx.application import Sphinx

from course import citations, editions, execution, language, reading, search, site, slides


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect everything."""
    for part in (language, citations, editions, execution, site, reading, slides, search):
        part.connect(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
