"""The course's own Sphinx extension: what turns the theme's pages into the published site.

- Notebooks run with ``LIB_SHOW_AS=page``, so that figures and explorers arrive as HTML.
- Mathematics is set as MathML while the book is built: no page loads a script for it.
- Pages ask no other host for anything and load no script they do not use.
- A page is made anew when the package changes, not only when its notebook does.
- Images inside figures become files beside the pages, loaded when they come into view.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
from pathlib import Path
from typing import Any

from course_mathematics import add_mathematics
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment

import lib
from lib.show.picture import ASSETS, stylesheet

HERE = Path(__file__).resolve().parent
EMBEDDED_IMAGE = re.compile(r"data:image/(png|webp);base64,([A-Za-z0-9+/=]+)")
UNWANTED_SCRIPTS = ("fontawesome.js", "thebe", "require.min.js", "embed-amd.js")
# What the theme's markup lacks for screen readers, each as (what it writes, what it should).
MENDS = [
    # The button that opens a chapter in the sidebar holds an icon only.
    (
        re.compile(r'(<a class="[^"]*reference internal" href="[^"]*">)([^<]*)(</a><details[^>]*><summary)>'),
        r'\1\2\3 aria-label="Pages of: \2">',
    ),
    # The logo stands in no landmark.
    (re.compile(r'<div id="pst-primary-sidebar"'), '<div id="pst-primary-sidebar" role="region" aria-label="Course"'),
    # The bibliography's roles: one is deprecated, the other belongs to lists of another kind.
    (re.compile(r' role="doc-biblioentry"'), ""),
    (re.compile(r'<div role="list" class="citation-list">'), '<div class="citation-list">'),
]
SCRIPT = re.compile(r"<script\b[^>]*>.*?</script>\n?", re.DOTALL)


def add_assets(app: Sphinx, config: Config) -> None:
    """Put the styles and the script of ``lib.show`` beside the site's own static files.

    Added here rather than in ``_config.yml``, because Jupyter Book loads every script below the static paths it knows
    on every page.
    """
    made = Path(app.doctreedir) / "course-assets"
    made.mkdir(parents=True, exist_ok=True)
    (made / "figures.css").write_text(stylesheet(), encoding="utf-8")
    (made / "explore.js").write_text((ASSETS / "explore.js").read_text(encoding="utf-8"), encoding="utf-8")
    config.html_static_path += [str(made), str(HERE / "static")]


def pages_to_renew(app: Sphinx, env: BuildEnvironment, *_: Any) -> list[str]:  # noqa: ARG001
    """Name every page if the package or this folder has changed since they were made, so that no figure is stale.

    Sphinx itself looks at the notebooks alone, which say nothing of the code they import.
    """
    digest = hashlib.sha256()
    for folder in (Path(lib.__file__).parent, HERE):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                digest.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    before, env.course_digest = getattr(env, "course_digest", None), digest.hexdigest()
    return [] if before == env.course_digest else sorted(env.found_docs)


def choose_scripts(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:  # noqa: ARG001
    """Load the explorers' script on pages with explorers, and Thebe nowhere."""
    if '<figure class="explore"' in context.get("body", ""):
        app.add_js_file("explore.js", loading_method="defer")  # for this page alone
    for kind in ("script_files", "css_files"):
        context[kind] = [file for file in context.get(kind, []) if "thebe" not in _described(file)]


def finish_pages(app: Sphinx, failure: Exception | None) -> None:
    """Rewrite every page once more: drop scripts nobody uses, mend the theme's markup, move images to files."""
    if failure or app.builder.format != "html":
        return
    site = Path(app.outdir)
    for page in site.rglob("*.html"):
        if "_static" not in page.parts:
            before = page.read_text(encoding="utf-8")
            after = _with_image_files(_mended(SCRIPT.sub(_if_wanted, before)), page, site)
            if after != before:
                page.write_text(after, encoding="utf-8")


def _if_wanted(script: re.Match[str]) -> str:
    opening = script[0][: script[0].index(">")]
    return "" if any(name in opening for name in UNWANTED_SCRIPTS) else script[0]


def _mended(text: str) -> str:
    for found, replacement in MENDS:
        text = found.sub(replacement, text)
    return text


def _with_image_files(text: str, page: Path, site: Path) -> str:
    """Store each embedded image once for the whole site, and refer to the files as seen from the page."""

    def store(found: re.Match[str]) -> str:
        content = base64.b64decode(found[2])
        path = site / "_images" / f"{hashlib.sha256(content).hexdigest()[:16]}.{found[1]}"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        return Path(os.path.relpath(path, page.parent)).as_posix()

    return EMBEDDED_IMAGE.sub(store, text)


def _described(file: Any) -> str:
    return f"{getattr(file, 'filename', '') or ''} {getattr(file, 'attributes', {}).get('body') or ''}".lower()


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the extension."""
    os.environ["LIB_SHOW_AS"] = "page"  # kernels inherit it
    add_mathematics(app)
    app.connect("config-inited", add_assets)
    app.connect("env-get-outdated", pages_to_renew)
    app.connect("html-page-context", choose_scripts, priority=950)
    app.connect("build-finished", finish_pages)
    app.add_css_file("figures.css")
    app.add_css_file("course.css")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
