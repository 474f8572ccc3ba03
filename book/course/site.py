"""What turns the theme's pages into the published site.

- Mathematics is set as MathML while the book is built: no page loads a script for it.
- A page is made anew when the package changes, not only when its notebook does.
- Pages ask no other host for anything and load no script they do not use (``course.pages``, ``course.writing``).
- Lines end where they may, and tables fit a phone (``course.lines``).
- They share one stylesheet and one font, with the rules, icons and formula signs that occur (``course.shared``).
- What needs the public address follows from one setting (``course.address``).
"""

from __future__ import annotations

import copy
import hashlib
from pathlib import Path
from typing import Any

import minify
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment

import lib
from course import address, benches, lines, pages, questions, shared, writing
from course.english import ROOT
from course.mathematics import add_mathematics
from course.segmenter import add_segmenter, write_network
from lib.show.explore.page import KINDS, kind_script, page_script
from lib.show.picture import stylesheet
from lib.words import ENGLISH

BOOK = Path(__file__).resolve().parents[1]
UNUSED = ("c", "cpp")  # domains of languages that no page documents, whose data are equal to no copy


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


def pages_to_renew(app: Sphinx, env: BuildEnvironment, *_: Any) -> list[str]:
    """Name every page if the package, this folder or a catalog has changed since they were made, so that none is stale.

    Sphinx itself looks at the notebooks alone, which say nothing of the code they import.
    """
    digest = hashlib.sha256()
    folders = [Path(lib.__file__).parent, BOOK]
    if app.config.language not in (None, ENGLISH):
        folders.append(ROOT / "locale" / app.config.language)
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                digest.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    before, env.course_digest = getattr(env, "course_digest", None), digest.hexdigest()
    return [] if before == env.course_digest else sorted(env.found_docs)


def seen_by_others(env: BuildEnvironment) -> dict[str, Any]:
    """Return what pages show of other pages: titles, contents, order, whatever can be referred to, and the code."""
    return {
        "titles": {page: title.astext() for page, title in env.titles.items()},
        "contents": {page: contents.pformat() for page, contents in env.tocs.items()},
        "order": {page: list(included) for page, included in env.toctree_includes.items()},
        "referred to": {name: copy.deepcopy(env.domaindata[name]) for name in env.domaindata if name not in UNUSED},
        "executed": dict(getattr(env, "course_records", {})),
        "made by": getattr(env, "course_digest", None),
    }


def remember_what_was_seen(app: Sphinx) -> None:
    """Note what pages showed of others after the last build."""
    app.seen_before = seen_by_others(app.env)


def pages_to_write(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Name every page if one shows another of itself, and none but those that Sphinx has read if only words changed.

    The site map is made of the pages that are written, so that a site with an address is always written whole.
    """
    if app.config.html_baseurl or seen_by_others(env) != app.seen_before:
        return sorted(env.found_docs)
    return []


def connect(app: Sphinx) -> None:
    """Connect the extension."""
    app.connect("config-inited", add_assets)
    app.connect("builder-inited", remember_what_was_seen)
    app.connect("env-get-outdated", pages_to_renew)
    app.connect("env-updated", pages_to_write)
    app.add_css_file("figures.css", priority=900)  # after the theme's and all extensions'
    app.add_css_file("course.css", priority=901)
    app.add_css_file("benches.css", priority=902)
    kinds = [f"explore-{kind}.js" for kind in KINDS]  # in front of the script that looks for them
    for script in (*kinds, "explore.js", *benches.SCRIPTS.values()):
        app.add_js_file(script)

    add_mathematics(app)
    add_segmenter(app)
    questions.add_questions(app)
    for part in (address, lines, pages, writing, shared):
        part.connect(app)
