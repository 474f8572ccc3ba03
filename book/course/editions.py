"""The editions of the course: English at the root of the site, each other language in a folder with the same pages."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sphinx.application import Sphinx
from sphinx.config import Config


@dataclass(frozen=True)
class Edition:
    """A language: as commands, Sphinx, HTML and Open Graph name it, what it calls itself, and where its pages lie."""

    key: str
    language: str
    tag: str
    name: str
    folder: str  # below the root of the site, as addresses have it

    @property
    def locale(self) -> str:
        """The language with its region, as Open Graph writes it."""
        return {"en": "en_US"}.get(self.language, self.language)


ENGLISH = Edition("en", "en", "en", "English", "")
CHINESE = Edition("zh", "zh_CN", "zh-CN", "中文", "zh/")
EDITIONS = (ENGLISH, CHINESE)


def edition_of(config: Config) -> Edition:
    """Return the edition that a book's settings make."""
    return next(edition for edition in EDITIONS if edition.language == config.language)


def named(keys: Iterable[str]) -> list[Edition]:
    """Return the editions with these keys, the one at the root first.

    >>> [edition.language for edition in named(["zh", "en"])]
    ['en', 'zh_CN']
    """
    wanted = set(keys)
    return [edition for edition in EDITIONS if edition.key in wanted]


def below(site: Path) -> list[Edition]:
    """Return the editions that a built site holds beside the one at its root."""
    return [edition for edition in EDITIONS if edition.folder and (site / edition.folder / "index.html").is_file()]


def own_pages(site: Path) -> list[Path]:
    """Return the pages of an edition, without those of others that lie below it."""
    others = [site / edition.folder for edition in EDITIONS if edition.folder]
    found = (page for page in site.rglob("*.html") if "_static" not in page.relative_to(site).parts)
    return [page for page in found if not any(page.is_relative_to(other) for other in others)]


# What a page says of itself in the other languages --------------------------------------------------------------------


def settle_editions(app: Sphinx, config: Config) -> None:
    """Note which editions the site has: those that the builder names, or this one and those that lie below it."""
    told = os.environ.get("COURSE_EDITIONS", "").split()
    found = named(told) or [edition_of(config), *below(Path(app.outdir))]
    config.course_editions = [edition.key for edition in found]


@dataclass(frozen=True)
class Twin:
    """A page in one of the languages: the way to it from another page, and its address if the site has one."""

    edition: Edition
    way: str
    address: str


def know_twins(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:  # noqa: ARG001
    """Give a page's templates the same page in each language, and apart the others, to switch to."""
    twins = twins_of(app.config, page)
    context["edition"] = edition_of(app.config)
    context["twins"] = twins if len(twins) > 1 else []
    context["others"] = others_of(app.config, twins)


def twins_of(config: Config, page: str) -> list[Twin]:
    """Return a page in each language that the site has."""
    base = home(config)
    root = "../" * (page.count("/") + edition_of(config).folder.count("/"))  # relative, so that it works on a disk too
    if page == config.notfound_pagename:  # which is shown at any depth
        page, root = config.root_doc, urlsplit(base).path or "/"

    places = {edition: f"{edition.folder}{page}.html" for edition in named(config.course_editions)}
    return [Twin(edition, root + place, base + place if base else "") for edition, place in places.items()]


def others_of(config: Config, twins: Sequence[Twin]) -> list[Twin]:
    """Return those of a page's twins that are in another language than the book."""
    own = edition_of(config)
    return [twin for twin in twins if twin.edition != own]


def home(config: Config) -> str:
    """Return the address of the whole site, below which this edition lies; empty where there is none."""
    return (config.html_baseurl or "").removesuffix(edition_of(config).folder)


def connect(app: Sphinx) -> None:
    """Connect them."""
    app.add_config_value("course_editions", [], "html", types=[list])
    app.connect("config-inited", settle_editions, priority=300)
    app.connect("html-page-context", know_twins, priority=200)
