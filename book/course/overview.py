"""The map of the course: which page needs which, read from what the pages themselves say they need.

Every chapter is a column, every page a box in it, in reading order from above. A page stands lower than all pages that
it needs. Lines inside a column follow the reading order; arrows between columns are needs, without those that follow
from others. On a phone the same is a list.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from html import escape
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import Any

import nbformat
import yaml
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

ROOT = Path(__file__).parents[2]
PLACE = "<!-- the course map -->"
NEEDS = re.compile(r"\*\*What you need\.\*\*(.*?)(?:\n\n|\Z)", re.DOTALL)
LINK = re.compile(r"\]\(([^)#]+?)\.(?:ipynb|md)(?:#[^)]*)?\)")
WHOLE_CHAPTER = re.compile(r"chapters? on \[?([\w ]+)")
WIDTH, HEIGHT, GAP, ALLEY, LINE, LETTERS = 132, 72, 26, 34, 16, 15  # pixels; letters on a line


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
    found = []
    for chapter, members in chapters.items():
        for name in members:
            source = root / f"{name}.ipynb"
            text = _first_cell(source) if source.is_file() else ""
            if said := NEEDS.search(text):
                found.append(Page(name, _title(text), chapter, _needs(said[1], name, chapters)))
    known = {page.name for page in found}
    return tuple(
        Page(page.name, page.title, page.chapter, tuple(need for need in page.needs if need in known)) for page in found
    )


def _chapters(root: Path) -> dict[str, list[str]]:
    toc = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    entries = [chapter for part in toc["parts"] for chapter in part["chapters"]]
    return {entry["file"]: [page["file"] for page in entry.get("sections", ())] for entry in entries}


def _first_cell(notebook: Path) -> str:
    return nbformat.read(notebook, as_version=4).cells[0].source


def _title(text: str) -> str:
    return re.search(r"^# (.+)$", text, re.MULTILINE)[1]


def _needs(said: str, page: str, chapters: dict[str, list[str]]) -> tuple[str, ...]:
    """Return the pages that a sentence links to; a whole chapter stands for its last page that teaches."""
    linked = [_resolved(PurePosixPath(page).parent / link) for link in LINK.findall(said)]
    titled = {_chapter_title(chapter).lower(): chapter for chapter in chapters}
    linked += [titled[name.strip().lower()] for name in WHOLE_CHAPTER.findall(said) if name.strip().lower() in titled]
    return tuple(dict.fromkeys(_last_page(chapters[name]) if chapters.get(name) else name for name in linked))


def _last_page(members: list[str]) -> str:
    teaching = [name for name in members if NEEDS.search(_first_cell(ROOT / f"{name}.ipynb"))]
    return teaching[-1]


def _resolved(path: PurePosixPath) -> str:
    parts: list[str] = []
    for part in path.parts:
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)


@cache
def _chapter_title(chapter: str) -> str:
    source = ROOT / f"{chapter}.md"
    return _title(source.read_text(encoding="utf-8")) if source.is_file() else chapter


def columns(found: tuple[Page, ...]) -> dict[str, list[Page]]:
    """Return the pages of each chapter."""
    return {
        chapter: [page for page in found if page.chapter == chapter]
        for chapter in dict.fromkeys(p.chapter for p in found)
    }


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
    before: dict[str, set[str]] = {page.name: set(page.needs) for page in found}
    for members in columns(found).values():
        for earlier, later in pairwise(members):
            before[later.name].add(earlier.name)
    chapter = {page.name: page.chapter for page in found}

    def reached(name: str) -> set[str]:
        return {name}.union(*(reached(need) for need in before[name]))

    return [
        (need, page.name)
        for page in found
        for need in page.needs
        if chapter[need] != page.chapter and not any(need in reached(other) for other in before[page.name] - {need})
    ]


def drawing(found: tuple[Page, ...]) -> str:
    """Return the map as SVG, every page a link."""
    lanes, down = columns(found), rows(found)
    left = {page.name: lane * (WIDTH + ALLEY) + ALLEY for lane, pages in enumerate(lanes.values()) for page in pages}
    top = {name: row * (HEIGHT + GAP) + 40 for name, row in down.items()}
    body = []
    for lane, chapter in enumerate(lanes):
        x = lane * (WIDTH + ALLEY) + ALLEY + WIDTH / 2
        body.append(f'<text class="chapter" x="{x:g}" y="20">{escape(_chapter_title(chapter))}</text>')
    for members in lanes.values():
        for earlier, later in pairwise(members):
            x = left[earlier.name] + WIDTH / 2
            body.append(f'<path d="M{x:g} {top[earlier.name] + HEIGHT}V{top[later.name]}"/>')
    body += [_arrow(start, end, left, top, number) for number, (start, end) in enumerate(arrows(found))]
    body += [_box(page, left[page.name], top[page.name], found) for page in found]
    width, height = len(lanes) * (WIDTH + ALLEY) + ALLEY, max(top.values()) + HEIGHT + 4
    head = '<marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
    marker = f'<defs>{head}<path class="head" d="M0 0L8 4L0 8z"/></marker></defs>'
    label = "Map of the course: which page needs which"
    return f'<svg viewBox="0 0 {width} {height}" role="group" aria-label="{label}">{marker}{"".join(body)}</svg>'


def _arrow(start: str, end: str, left: dict[str, int], top: dict[str, int], number: int) -> str:
    """Run where no box stands: below the first page, then beside the column of the second, and into its side."""
    aside = 3 * (number % 4)
    x, y = left[start] + WIDTH - 16 - 2 * aside, top[start] + HEIGHT
    turn, alley, goal = y + 6 + aside, left[end] - 22 + aside, top[end] + HEIGHT / 2 - 6 + aside
    return f'<path class="need" marker-end="url(#head)" d="M{x} {y}V{turn}H{alley}V{goal:g}H{left[end]}"/>'


def _box(page: Page, x: int, y: int, found: tuple[Page, ...]) -> str:
    words = _wrapped(page.title)
    first = y + HEIGHT / 2 - LINE * (len(words) - 1) / 2 + 5
    # A space between the lines: the link's name is to begin with what it shows.
    lines = " ".join(
        f'<tspan x="{x + WIDTH / 2:g}" y="{first + LINE * number:g}">{escape(line)}</tspan>'
        for number, line in enumerate(words)
    )
    return (
        f'<a href="{page.name}.html" aria-label="{escape(_label(page, found))}">'
        f'<rect x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="6"/><text>{lines}</text></a>'
    )


def _wrapped(title: str) -> list[str]:
    lines = [""]
    for word in title.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > LETTERS:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _label(page: Page, found: tuple[Page, ...]) -> str:
    titles = {other.name: other.title for other in found}
    needs = ", ".join(titles[need] for need in page.needs)
    return f"{page.title}, needs {needs}" if needs else page.title


def listing(found: tuple[Page, ...]) -> str:
    """Return the map as a list, for narrow screens."""
    titles = {page.name: page.title for page in found}
    chapters = []
    for chapter, members in columns(found).items():
        items = "".join(
            f'<li><a href="{page.name}.html">{escape(page.title)}</a>'
            + (f" · needs {escape(', '.join(titles[need] for need in page.needs))}" if page.needs else "")
            + "</li>"
            for page in members
        )
        title = escape(_chapter_title(chapter))
        chapters.append(f'<li><a href="{chapter}.html">{title}</a><ul>{items}</ul></li>')
    return f'<ul class="narrow">{"".join(chapters)}</ul>'


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
                html = f'<figure class="course-map">{drawing(found)}{listing(found)}</figure>'
                raw.replace_self(nodes.raw("", html, format="html"))


def add_map(app: Sphinx) -> None:
    """Register the map."""
    app.add_transform(PutMap)
