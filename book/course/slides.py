"""The slides of each chapter: a deck for reveal.js beside the chapter's pages, made from them (``course.cutting``).

A deck is a page of the site: it has the site's stylesheet and font, and the scripts of the figures that it shows.
``book/slides`` holds what only decks need, reveal.js among it, as its authors publish it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bs4 import Tag
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from course.articles import name_after, read_article
from course.cutting import Slide, english_of, slides_of
from course.editions import others_of, twins_of
from course.english import texts_of
from course.markup import render
from course.pages import FIGURE_SCRIPTS
from course.shared import MARKS
from course.sources import notebook_at
from course.writing import EMBEDDED_IMAGE, stored
from lib.words import as_script, language, say

FOLDER = Path(__file__).resolve().parents[1] / "slides"
ASSETS = ("reveal/reveal.js", "reveal/reveal.css", "reveal/notes.js", "reveal/LICENSE", "slides.js", "slides.css")
NAME = "slides"
WITHOUT_SLIDES = ("exercises", "solutions")


@dataclass(frozen=True)
class Chapter:
    """A chapter with slides: the document it begins with, and its pages in the order of reading."""

    document: str
    pages: list[str]

    @property
    def deck(self) -> str:
        """The deck's place on the site, without its suffix."""
        return f"{self.document.rpartition('/')[0]}/{NAME}"


def chapters(env: BuildEnvironment) -> Iterator[Chapter]:
    """Yield every chapter that has notebooks to make slides of."""
    for document, below in env.toctree_includes.items():
        pages = [page for page in below if is_shown(env, page)]
        if pages and document != env.config.root_doc:
            yield Chapter(document, pages)


def is_shown(env: BuildEnvironment, page: str) -> bool:
    """Say whether a document is a notebook to make slides of."""
    return env.doc2path(page).endswith(".ipynb") and page.rpartition("/")[2] not in WITHOUT_SLIDES


class Decks:
    """The decks of one build: those of chapters with a page that is written anew."""

    def __init__(self) -> None:
        """Begin with no page written."""
        self.renewed: set[str] = set()

    def note(self, app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:  # noqa: ARG002
        """Note that a page is written."""
        self.renewed.add(page)

    def write(self, app: Sphinx, failure: Exception | None) -> None:
        """Write the decks that are made of such pages."""
        if failure or app.builder.name != "html":
            return

        decks = list(chapters(app.env))
        for chapter in decks:
            deck = Path(app.outdir) / f"{chapter.deck}.html"
            if not deck.is_file() or not self.renewed.isdisjoint([chapter.document, *chapter.pages]):
                deck.write_text(deck_of(app, chapter), encoding="utf-8")
        if decks:
            write_assets(Path(app.outdir) / "_static" / "slides")


def write_assets(folder: Path) -> None:
    """Write what all decks load."""
    for asset in ASSETS:
        target = folder / asset
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(FOLDER / asset, target)

    ours = folder / "slides.js"
    ours.write_text(as_script(ours.read_text(encoding="utf-8")), encoding="utf-8")


def deck_of(app: Sphinx, chapter: Chapter) -> str:
    """Return the deck of a chapter as HTML."""
    site, env = Path(app.outdir), app.env
    opening = read_article(site / f"{chapter.document}.html")
    columns = [slides_of_page(site, env, page) for page in chapter.pages]
    shown = {name for slides in columns for slide in slides for one in slide.seen for name in classes_in(one)}

    names = [page.rpartition("/")[2] for page in chapter.pages]
    folder = site / chapter.document.rpartition("/")[0]
    parts = ["", *(set_aside(one, folder, name) for one, name in zip(columns[1:], names[1:], strict=True))]

    return render(
        "slides.html",
        tag=language().replace("_", "-"),
        course=app.config.html_title,
        title=env.titles[chapter.document].astext(),
        introduction=opening.select("section > p:not(.minutes)")[:1],
        columns=list(zip(names, parts, columns, strict=True)),
        exercises=f"{chapter.document.rpartition('/')[0]}/exercises" in env.found_docs,
        root="../" * chapter.deck.count("/"),
        scripts=[script for script, name in FIGURE_SCRIPTS.items() if name in shown],
        marks=MARKS,
        mode=app.config.html_context["default_mode"],
        others=others_of(app.config, twins_of(app.config, chapter.deck)),
    )


def slides_of_page(site: Path, env: BuildEnvironment, page: str) -> list[Slide]:
    """Return the slides of a page, whose names and links hold in the deck."""
    article = read_article(site / f"{page}.html")
    notebook = notebook_at(Path(env.doc2path(page)))
    name = page.rpartition("/")[2]

    for link in article.select("[href^='#']"):  # to the same page, which is another one now, or within a drawing
        link["href"] = f"{name}.html{link['href']}" if link.name == "a" else f"#{name}-{link['href'][1:]}"
    name_after(article, name)
    move_images(article, site / "_images", "../" * page.count("/"))
    return slides_of(article, notebook, english_of(texts_of(page, language())))


def set_aside(slides: list[Slide], folder: Path, page: str) -> str:
    """Move what a page's figures hold to a script beside the deck, which ``slides.js`` asks for when they come near.

    Returns
    -------
    str
        The script's address as the deck has it, or nothing if there are no figures that hold data.
    """
    figures = [figure for slide in slides for one in slide.seen for figure in figures_in(one)]
    if not figures:
        return ""

    held = {figure["id"]: figure.decode_contents() for figure in figures}
    written = f"laterFigures({json.dumps(held)});\n"
    for figure in figures:
        figure.clear()

    name = f"{NAME}-{page}.js"
    (folder / name).write_text(written, encoding="utf-8")
    return f"{name}?v={hashlib.sha256(written.encode()).hexdigest()[:8]}"


def figures_in(element: Tag) -> list[Tag]:
    """Return the figures that hold data: an element itself, or those in it."""
    return [one for one in (element, *element.find_all("figure")) if "explore" in one.get("class", [])]


def move_images(article: Tag, folder: Path, root: str) -> None:
    """Put small images, which a page holds within itself, into files: of a deck's many slides few are seen at once."""
    for image in article.find_all("img"):
        image["loading"] = "lazy"
        if found := EMBEDDED_IMAGE.fullmatch(image["src"]):
            image["src"] = f"{root}{folder.name}/{stored(folder, found[1], base64.b64decode(found[2]))}"


def classes_in(element: Tag) -> set[str]:
    """Return the classes of an element and of all in it."""
    return {name for one in (element, *element.find_all(True)) for name in one.get("class", [])}


def link_to_slides(app: Sphinx, doctree: nodes.document, document: str) -> None:
    """Name a chapter's slides under its title."""
    title = next(doctree.findall(nodes.title), None)
    if title is None or all(chapter.document != document for chapter in chapters(app.env)):
        return

    link = nodes.reference("", say("Slides of this chapter"), refuri=f"{NAME}.html", internal=True)
    before, after = say("{slides}, with notes for the speaker.").split("{slides}")
    words = nodes.paragraph("", before, link, nodes.Text(after), classes=["minutes"])
    title.parent.insert(title.parent.index(title) + 1, words)


def connect(app: Sphinx) -> None:
    """Connect the slides."""
    app.connect("doctree-resolved", link_to_slides)
    decks = Decks()
    app.connect("html-page-context", decks.note)
    app.connect("build-finished", decks.write, priority=850)  # before the shared files are made of all pages
