"""What turns the theme's pages into the published site.

- Mathematics is set as MathML while the book is built: no page loads a script for it.
- Pages are made anew when what they show changes, and only then (``course.renewing``).
- Pages ask no other host for anything and load no script they do not use (``course.pages``, ``course.writing``).
- Lines end where they may, and tables fit a phone (``course.lines``).
- They share one stylesheet and one font, with the rules, icons and formula signs that occur (``course.shared``).
- What needs the public address follows from one setting (``course.address``).
"""

from __future__ import annotations

from pathlib import Path

import minify
from sphinx.application import Sphinx
from sphinx.config import Config

from course import address, benches, lines, pages, questions, renewing, shared, writing
from course.mathematics import add_mathematics
from course.segmenter import add_segmenter, write_network
from lib.show.explore.page import KINDS, kind_script, page_script
from lib.show.picture import stylesheet

BOOK = Path(__file__).resolve().parents[1]


def add_assets(app: Sphinx, config: Config) -> None:
    """Put the styles and the script of ``lib.show`` beside the site's own static files.

    Added here rather than in ``_config.yml``, because Jupyter Book loads every script below the static paths it knows
    on every page.
    """
    made = Path(app.doctreedir) / "course-assets"
    made.mkdir(parents=True, exist_ok=True)
    (made / "figures.css").write_text(stylesheet(), encoding="utf-8")
    scripts = {"explore": page_script()} | {f"explore-{kind}": kind_script(kind) for kind in KINDS}
    for name, script in scripts.items():
        (made / f"{name}.js").write_text(minify.string("application/javascript", script), encoding="utf-8")
    write_network(made)
    benches.write_assets(made)
    questions.write_assets(made)
    config.html_static_path += [str(made), str(BOOK / "static")]


def connect(app: Sphinx) -> None:
    """Connect the extension."""
    app.connect("config-inited", add_assets)
    app.add_css_file("figures.css", priority=900)  # after the theme's and all extensions'
    app.add_css_file("course.css", priority=901)
    app.add_css_file("benches.css", priority=902)
    kinds = [f"explore-{kind}.js" for kind in KINDS]  # in front of the script that looks for them
    for script in (*kinds, "explore.js", *benches.SCRIPTS.values()):
        app.add_js_file(script)

    add_mathematics(app)
    add_segmenter(app)
    questions.add_questions(app)
    for part in (renewing, address, lines, pages, writing, shared):
        part.connect(app)
