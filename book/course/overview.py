"""The map of the course: which page needs which, read from what the English pages themselves say they need.

Every chapter is a column, every page a box in it, in reading order from above. A page stands lower than all pages that
it needs. Lines inside a column follow the reading order; arrows between columns are needs, without those that follow
from others. On a phone the same is a list.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from math import ceil
from pathlib import Path
from typing import Any

import yaml
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

from course.english import ROOT, said_on
from course.markup import piece
from course.sources import notebook_at

PLACE = "<!-- the course map -->"
NEEDS = re.compile(r"\*\*What you need\.\*\*(.*?)(?:\n\n|\Z)", re.DOTALL)
LINK = re.compile(r"\]\(([^)#]+?)\.(?:ipynb|md)(?:#[^)]*)?\)")
WHOLE_CHAPTER = re.compile(r"chapters? on \[?([\w ]+)")
WIDTH, HEIGHT, GAP, ALLEY, LINE, LETTERS = 132, 72, 26, 34, 16, 15  # pixels; letters on a line
WIDE = re.compile(r"[\u2e80-\uffef]")
PIECE = re.compile(rf"(?:(?!{WIDE.pattern})\S)+\s*|{WIDE.pattern}[，。：、？]?\s*")  # what stays on one line
HEADING = 40  # pixels above the first boxes, where the chapters' titles stand


# What the pages say --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Page:
    """A page of a chapter, and the pages it says it needs."""

    name: str
    title: str
    chapter: str
    needs: tuple[str, ...]


@cache
def pages(root: Path = ROOT) -> tuple[Page, ...]:
    """Return the pages that say what they need, in reading order."""
    chapters = _chapters(root)
    teaching = {
        name: (chapter, text)
        for chapter, members in chapters.items()
        for name in members
        if NEEDS.search(text := _prose(root / f"{name}.ipynb"))
    }

    found = []
    for name, (chapter, text) in teaching.items():
        needs = _needs(NEEDS.search(text)[1], name, chapters, root)
        found.append(Page(name, _title(text), chapter, tuple(need for need in needs if need in teaching)))
    return tuple(found)


def _chapters(root: Path) -> dict[str, list[str]]:
    """Return the chapters that have pages below them, with those pages, in reading order."""
    toc = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    entries = [chapter for part in toc["parts"] for chapter in part["chapters"]]
    return {entry["file"]: [page["file"] for page in entry.get("sections", ())] for entry in entries}


def _prose(notebook: Path) -> str:
    """Return the text of a notebook, and of other pages nothing: what a page needs may stand below its first figure."""
    if not notebook.is_file():
        return ""
    cells = notebook_at(notebook).cells
    return "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def _title(text: str) -> str:
    return re.search(r"^# (.+)$", text, re.MULTILINE)[1]


def _needs(said: str, page: str, chapters: dict[str, list[str]], root: Path) -> tuple[str, ...]:
    """Return the pages that a sentence links to; a whole chapter stands for its last page that teaches."""
    folder = posixpath.dirname(page)
    linked = [posixpath.normpath(posixpath.join(folder, link)) for link in LINK.findall(said)]

    titled = {_chapter_title(chapter, root).lower(): chapter for chapter in chapters}
    named = [name.strip().lower() for name in WHOLE_CHAPTER.findall(said)]
    linked += [titled[name] for name in named if name in titled]

    return tuple(dict.fromkeys(_last_page(chapters[name], root) if chapters.get(name) else name for name in linked))


def _last_page(members: list[str], root: Path) -> str:
    return [name for name in members if NEEDS.search(_prose(root / f"{name}.ipynb"))][-1]


@cache
def _chapter_title(chapter: str, root: Path = ROOT) -> str:
    source = root / f"{chapter}.md"
    return _title(source.read_text(encoding="utf-8")) if source.is_file() else chapter


# Where they stand ----------------------------------------------------------------------------------------------------


def columns(found: tuple[Page, ...]) -> dict[str, list[Page]]:
    """Return the pages of each chapter."""
    chapters = dict.fromkeys(page.chapter for page in found)
    return {chapter: [page for page in found if page.chapter == chapter] for chapter in chapters}


def rows(found: tuple[Page, ...]) -> dict[str, int]:
    """Return how far down each page stands: below what it needs and below the page before it in its chapter."""
    placed: dict[str, int] = {}
    lowest: dict[str, int] = {}

    for page in found:
        above = [placed[need] for need in page.needs if need in placed]
        placed[page.name] = lowest[page.chapter] = 1 + max([*above, lowest.get(page.chapter, -1)], default=-1)

    return placed


def arrows(found: tuple[Page, ...]) -> list[tuple[str, str]]:
    """Return the needs between chapters that do not follow from others and from the reading order in a chapter."""
    chapter = {page.name: page.chapter for page in found}
    before: dict[str, set[str]] = {page.name: set(page.needs) for page in found}
    for members in columns(found).values():
        for earlier, later in pairwise(members):
            before[later.name].add(earlier.name)

    def reached(name: str) -> set[str]:
        return {name}.union(*(reached(need) for need in before[name]))

    return [
        (need, page.name)
        for page in found
        for need in page.needs
        if chapter[need] != page.chapter and not any(need in reached(other) for other in before[page.name] - {need})
    ]


# How they are drawn --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Box:
    """A page as it is drawn, in pixels."""

    page: Page
    title: str
    left: int
    top: int
    needs: list[str]  # titles
    width: int = field(default=WIDTH, init=False)
    height: int = field(default=HEIGHT, init=False)

    @property
    def middle(self) -> int:
        """Half its way across."""
        return self.left + WIDTH // 2

    @property
    def words(self) -> list[tuple[str, int, str]]:
        """The lines of the title, each with the height of its base line, and what is between it and the next."""
        lines = lines_of(self.title)
        first = self.top + (HEIGHT - LINE * (len(lines) - 1)) // 2 + 5
        return [
            (line.rstrip(), first + LINE * number, " " if line.endswith(" ") else "")
            for number, line in enumerate(lines)
        ]


def boxes(found: tuple[Page, ...]) -> list[Box]:
    """Return a box for every page."""
    titles = {page.name: said_on(page.name, page.title) for page in found}
    left = {chapter: _lane(number) for number, chapter in enumerate(columns(found))}
    top = {name: HEADING + row * (HEIGHT + GAP) for name, row in rows(found).items()}

    return [
        Box(page, titles[page.name], left[page.chapter], top[page.name], [titles[need] for need in page.needs])
        for page in found
    ]


def lines_of(title: str) -> list[str]:
    """Return a title in lines that fit a box: broken between words, or between Chinese signs, then evenly.

    A line keeps the space at its end, if it ends at one.

    >>> lines_of("Go back with the transpose"), lines_of("固定的转置卷积层")
    (['Go back with ', 'the transpose'], ['固定的转', '置卷积层'])
    """
    widest = LETTERS
    if WIDE.search(title):
        widest = ceil(_letters(title) / ceil(_letters(title) / LETTERS)) + 1

    lines = [""]
    for part in PIECE.findall(title):
        if lines[-1] and _letters(lines[-1] + part.rstrip()) > widest:
            lines.append("")
        lines[-1] += part
    return lines


def _letters(text: str) -> int:
    """Return how many letters wide a text is; a Chinese sign is as wide as two."""
    return len(text) + len(WIDE.findall(text))


def _lane(number: int) -> int:
    """Return where a column begins."""
    return ALLEY + number * (WIDTH + ALLEY)


def _line(above: Box, below: Box) -> str:
    """Return the path from a box to the next of its column."""
    return f"M{above.middle} {above.top + HEIGHT}V{below.top}"


def _arrow(start: Box, end: Box, number: int) -> str:
    """Return a path where no box stands: below the first page, then beside the column of the second, into its side."""
    aside = 3 * (number % 4)  # so that arrows that run side by side stay apart
    x, y = start.left + WIDTH - 16 - 2 * aside, start.top + HEIGHT
    turn, alley, goal = y + 6 + aside, end.left - 22 + aside, end.top + HEIGHT // 2 - 6 + aside
    return f"M{x} {y}V{turn}H{alley}V{goal}H{end.left}"


def course_map(found: tuple[Page, ...]) -> nodes.raw:
    """Return the map of these pages, as part of a page."""
    placed = {box.page.name: box for box in boxes(found)}
    lanes = columns(found)
    neighbours = [pair for members in lanes.values() for pair in pairwise(members)]

    return piece(
        "course-map.html",
        width=_lane(len(lanes)),
        height=max(box.top for box in placed.values()) + HEIGHT + 4,
        chapters=[
            {"name": chapter, "title": said_on(chapter, _chapter_title(chapter)), "middle": _lane(number) + WIDTH // 2}
            for number, chapter in enumerate(lanes)
        ],
        lines=[_line(placed[earlier.name], placed[later.name]) for earlier, later in neighbours],
        arrows=[_arrow(placed[start], placed[end], n) for n, (start, end) in enumerate(arrows(found))],
        boxes=list(placed.values()),
    )


class PutMap(SphinxTransform):
    """Put the map where a page has the comment that stands for it; a notebook shows nothing there."""

    default_priority = 780

    def apply(self, **_: Any) -> None:
        """Change the page in place."""
        for raw in list(self.document.findall(nodes.raw)):
            if raw.astext().strip() == PLACE:
                found = pages()
                for page in found:
                    self.env.note_dependency(str(ROOT / f"{page.name}.ipynb"))
                raw.replace_self(course_map(found))


def add_map(app: Sphinx) -> None:
    """Register the map."""
    app.add_transform(PutMap)
