"""The plans of the syllabus: tables made from ``plans.yml`` and from the pages themselves.

``{plan} two weeks`` becomes a table with a row for each day. What can change with a page is read from it: its title,
its minutes, the heading of its first figure, the number of an exercise to do in class, the times of the homework.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml
from docutils import nodes
from docutils.statemachine import StringList
from nbformat import NotebookNode
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from course.english import said_on
from course.minutes import minutes_of
from course.sources import notebook_at
from lib.words import say

CHAPTERS = Path(__file__).resolve().parents[2] / "chapters"
PLANS = Path(__file__).with_name("plans.yml")
HEADING = re.compile(r"^(#+) (.+)$", re.MULTILINE)
FIGURES = re.compile(r"\bshow\.\w+\(")
ASKED = re.compile(r"^(\d+)\. \*(.+?)\.\*", re.MULTILINE)
TASK = re.compile(r"^## (\d+) · (.+?)$.*?\*\*Time:\*\* (\d+) minutes", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Session:
    """What a class does on a day: names of pages and of exercises."""

    aim: str
    pages: list[str]
    show: str
    exercise: str
    homework: str

    def row(self, number: int, chapters: Path = CHAPTERS) -> str:
        """Return the session as a row of a table in Markdown."""
        titles = say(", ").join(link(page, chapters) for page in self.pages)
        subject = say("{pages}: {aim}", pages=titles, aim=say(self.aim))
        minutes = sum(minutes_of(chapters / f"{page}.ipynb").rounded for page in self.pages)
        in_class = say("; ").join((figure(self.show, chapters), exercise(self.exercise, chapters)))
        return f"| {number} | {subject} | {minutes} | {in_class} | {homework(self.homework, chapters)} |"

    def sources(self, chapters: Path = CHAPTERS) -> list[Path]:
        """Return the notebooks that the row is made of."""
        of_homework = f"{self.homework.split()[0]}/exercises"
        return [chapters / f"{page}.ipynb" for page in (*self.pages, self.show, self.exercise, of_homework)]


@cache
def plans() -> dict[str, list[Session]]:
    """Return every plan by its name."""
    stated = yaml.safe_load(PLANS.read_text(encoding="utf-8"))
    return {
        name: [Session(day["aim"], day["pages"], day["show"], day["try"], day["homework"]) for day in days]
        for name, days in stated.items()
    }


def cells_of(page: str, chapters: Path) -> list[NotebookNode]:
    """Return the cells of a page's notebook."""
    return notebook_at(chapters / f"{page}.ipynb").cells


def link(page: str, chapters: Path) -> str:
    """Return a link to a page, as seen from a page of another chapter, with its title."""
    title = HEADING.search(cells_of(page, chapters)[0].source)[2]
    return f"[{said_on(f'chapters/{page}', title)}](../{page}.ipynb)"


def figure(page: str, chapters: Path) -> str:
    """Say where the first figure of a page is."""
    under = ""
    for cell in cells_of(page, chapters):
        if cell.cell_type == "markdown":
            under = ([under] + [title for marks, title in HEADING.findall(cell.source) if marks != "#"])[-1]
        elif FIGURES.search(cell.source):
            if not under:
                return say("the figure that opens {page}", page=link(page, chapters))
            heading = said_on(f"chapters/{page}", under)
            return say("the figure under *{heading}* of {page}", heading=heading, page=link(page, chapters))
    raise ValueError(f"show must name a page with a figure, got {page!r}")


def exercise(page: str, chapters: Path) -> str:
    """Name the exercise of a page that suits a class best."""
    text = "\n".join(cell.source for cell in cells_of(page, chapters) if cell.cell_type == "markdown")
    asked = {kind: number for number, kind in reversed(ASKED.findall(text.partition("## Exercises")[2]))}
    kinds = in_class()
    for kind, said in kinds.items():
        if kind in asked:
            return say(
                "exercise {number} of {page}, *{kind}*", number=asked[kind], page=link(page, chapters), kind=said
            )
    raise ValueError(f"try must name a page with an exercise that begins with one of {[*kinds]}, got {page!r}")


def in_class() -> dict[str, str]:
    """Return how the exercises begin that suit a class, the best first, and what their kinds are called."""
    return {
        "Predict, then run": say("predict, then run"),
        "Explain": say("explain"),
        "By hand": say("by hand"),
    }


def homework(named: str, chapters: Path) -> str:
    """Return a link to a chapter's exercises, with the numbers of some and their minutes."""
    chapter, _, numbers = named.partition(" ")
    text = "\n".join(cell.source for cell in cells_of(f"{chapter}/exercises", chapters))
    minutes = {int(number): int(time) for number, _, time in TASK.findall(text)}

    chosen = list(numbers_in(numbers))
    if not chosen or not set(chosen) <= minutes.keys():
        raise ValueError(f"homework must name exercises among {sorted(minutes)} of {chapter}, got {numbers!r}")
    total = sum(minutes[number] for number in chosen)
    return say(
        "{exercises}, {numbers} ({minutes} minutes)",
        exercises=link(f"{chapter}/exercises", chapters),
        numbers=say(", ").join(span.strip().replace("-", say(" to ")) for span in numbers.split(",")),
        minutes=total,
    )


def numbers_in(text: str) -> Iterator[int]:
    """Yield the numbers that a text names.

    >>> list(numbers_in("1, 3-5"))
    [1, 3, 4, 5]
    """
    for part in text.split(","):
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)


def unit_of(plan: str) -> str:
    """Return what the sessions of a plan are called."""
    if plan == "six weeks":
        return say("week")
    return say("session") if "three" in plan else say("day")


class Plan(SphinxDirective):
    """Write a plan as a table: ``{plan} two weeks``."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        sessions = plans()[self.arguments[0]]
        for session in sessions:
            for source in session.sources():
                self.env.note_dependency(str(source))
        self.env.note_dependency(str(PLANS))

        heads = (unit_of(self.arguments[0]), say("pages"), say("minutes"), say("in class"), say("homework"))
        lines = [f"| {' | '.join(heads)} |", "|---|---|---|---|---|"]
        lines = [*lines, *(session.row(number) for number, session in enumerate(sessions, start=1))]
        inside = nodes.Element()
        self.state.nested_parse(StringList(lines, self.env.docname), self.content_offset, inside)
        return inside.children


def add_plans(app: Sphinx) -> None:
    """Register the directive."""
    app.add_directive("plan", Plan)
