"""Which pages are made anew, so that a build after a change leaves the site that a build from nothing would make.

- A page is read again when its notebook changes, or the package, or this folder.
- Every page is written again when one of them shows another of itself, such as its title; otherwise those alone that
  were read.
- What is made of all pages, such as the index of the search, is made of the written files, so that it forgets none. It
  may not keep those that are no longer there (``remove_leftovers``).
- After a build that was broken off nobody knows what was written, so that everything is.
"""

from __future__ import annotations

import copy
import hashlib
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

import lib
from course.english import ROOT
from lib.words import ENGLISH

BOOK = Path(__file__).resolve().parents[1]
# Domains whose data are equal to no copy: of languages that no page documents, and of citations, which ``cited`` tells.
NOT_COMPARED = ("c", "cpp", "cite")


# What is read ---------------------------------------------------------------------------------------------------------


def pages_to_read(app: Sphinx, env: BuildEnvironment, *_: Any) -> list[str]:
    """Name every page if the package, this folder or a catalog has changed since they were made, so that none is stale.

    Sphinx itself looks at the notebooks alone, which say nothing of the code they import.
    """
    folders = [Path(lib.__file__).parent, BOOK]
    if app.config.language not in (None, ENGLISH):
        folders.append(ROOT / "locale" / app.config.language)

    digest = hashlib.sha256()
    for path in (path for folder in folders for path in sorted(folder.rglob("*"))):
        if path.is_file() and path.suffix != ".pyc":
            digest.update(str(path).encode() + path.read_bytes())

    before, env.course_digest = getattr(env, "course_digest", None), digest.hexdigest()
    unchanged = before == env.course_digest and not unfinished(app).is_file()
    return [] if unchanged else sorted(env.found_docs)


def unfinished(app: Sphinx) -> Path:
    """Return the file that is there while a build is at work, and after one that did not come to its end."""
    return Path(app.doctreedir) / "course-unfinished"


def begin(app: Sphinx, *_: Any) -> None:
    """Say that pages are no longer what they were."""
    unfinished(app).touch()


def end(app: Sphinx, failure: Exception | None) -> None:
    """Say that all pages are what they should be."""
    if not failure:
        unfinished(app).unlink(missing_ok=True)


# What is written ------------------------------------------------------------------------------------------------------


def seen_by_others(env: BuildEnvironment) -> dict[str, Any]:
    """Return what pages show of other pages: titles, contents, order, whatever can be referred to, and the code."""
    return {
        "titles": {page: title.astext() for page, title in env.titles.items()},
        "contents": {page: contents.pformat() for page, contents in env.tocs.items()},
        "order": {page: list(included) for page, included in env.toctree_includes.items()},
        "referred to": {name: copy.deepcopy(data) for name, data in env.domaindata.items() if name not in NOT_COMPARED},
        "cited": cited(env),
        "executed": dict(getattr(env, "course_records", {})),
        "made by": getattr(env, "course_digest", None),
    }


def cited(env: BuildEnvironment) -> list[tuple[str, ...]]:
    """Return the works that the bibliography lists, each with its place, its label and all that is said of it."""
    works = env.domaindata.get("cite", {"citations": []})["citations"]
    return [
        (work.bibliography_key.docname, work.citation_id, work.formatted_entry.label, repr(work.formatted_entry.text))
        for work in works
    ]


def remember_last_build(app: Sphinx) -> None:
    """Note what pages showed of others after the last build, and which pages there were."""
    app.seen_before = seen_by_others(app.env)
    app.pages_before = set(app.env.all_docs)


def pages_to_write(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Name every page if one shows another of itself, and none but those that Sphinx has read if only words changed.

    The site map is made of the pages that are written, so that a site with an address is always written whole.
    """
    if app.config.html_baseurl or seen_by_others(env) != app.seen_before:
        return sorted(env.found_docs)
    return []


# What is left over ----------------------------------------------------------------------------------------------------


def remove_leftovers(app: Sphinx, failure: Exception | None) -> None:
    """Remove the pages that the last build wrote and this one no longer has, and what a site without address lacks."""
    if failure or app.builder.format != "html":
        return

    for page in app.pages_before - app.env.found_docs:
        Path(app.builder.get_outfilename(page)).unlink(missing_ok=True)
        for source in (Path(app.outdir) / "_sources").glob(f"{page}.*"):
            source.unlink()

    for name in () if app.config.html_baseurl else ("sitemap.xml", "robots.txt"):
        (Path(app.outdir) / name).unlink(missing_ok=True)


def connect(app: Sphinx) -> None:
    """Connect everything."""
    app.connect("builder-inited", remember_last_build)
    app.connect("env-get-outdated", pages_to_read)
    app.connect("env-before-read-docs", begin)
    app.connect("env-updated", pages_to_write)
    app.connect("build-finished", remove_leftovers, priority=800)  # before others look at what pages there are
    app.connect("build-finished", end, priority=999)
