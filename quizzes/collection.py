"""The quizzes of a course: for each chapter its pages, and each of its questions with several sets of numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat

from lib.teach.quiz import CHAPTERS, Asked, asked, questions
from lib.teach.quiz.question import distinct
from lib.words import ENGLISH, language, read_catalog, say

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Page:
    """A page of the course: its address below the site's, without an ending, and its title."""

    name: str
    title: str


@dataclass(frozen=True)
class Quiz:
    """A chapter's title and pages, and its questions; each is a list of the same question with other numbers."""

    chapter: str
    title: str
    pages: tuple[Page, ...]
    groups: tuple[tuple[Asked, ...], ...]


def collected(seed: str, variants: int, chapters: Sequence[str] = CHAPTERS) -> list[Quiz]:
    """Return the quizzes of chapters.

    Parameters
    ----------
    seed : str
        Any words; other words, other numbers.
    variants : int
        How many sets of numbers a question has at most. One that has no numbers has one.
    chapters : sequence of str

    Raises
    ------
    ValueError
        If there is no such chapter, or ``variants`` is not positive.
    """
    if variants < 1:
        raise ValueError(f"variants must be at least 1, got {variants}")
    return [quiz_of(chapter, seed, variants) for chapter in chapters]


def quiz_of(chapter: str, seed: str, variants: int) -> Quiz:
    """Return the quiz of one chapter."""
    found = questions(chapter).values()
    seeds = [f"{seed}, {number}" for number in range(variants)]
    groups = tuple(tuple(distinct(asked(question, each) for each in seeds)) for question in found)

    pages = tuple(page_of(chapter, name) for name in dict.fromkeys(question.page for question in found))
    index = ROOT / "chapters" / chapter / "index.md"
    title = said_title(f"chapters/{chapter}/index", title_in(index.read_text(encoding="utf-8")))
    return Quiz(chapter, title, pages, groups)


def page_of(chapter: str, name: str) -> Page:
    """Return one page with the title that it has."""
    cells = nbformat.read(ROOT / "chapters" / chapter / f"{name}.ipynb", as_version=4).cells
    page = f"chapters/{chapter}/{name}"
    return Page(page, said_title(page, title_in(cells[0].source)))


def said_title(page: str, title: str) -> str:
    """Return the title of a page in the reader's language, as the catalog of the page has it."""
    path = ROOT / "locale" / language() / f"{page}.po"
    return read_catalog(path.read_text(encoding="utf-8")).get(title, title) if path.is_file() else title


def course() -> str:
    """Return what the course is called."""
    return say("Restoring Resolution")


def name_of(quiz: Quiz) -> str:
    """Return what a quiz is called."""
    return say("Quiz: {chapter}", chapter=quiz.title)


def edition() -> str:
    """Return the folder of the site in which pages in the reader's language lie, with a slash if there is one."""
    return "" if language() == ENGLISH else f"{language().partition('_')[0]}/"


def title_in(text: str) -> str:
    """Return the first heading of a text in Markdown.

    >>> title_in("# Put it back, and why")
    'Put it back, and why'
    """
    return re.search(r"^# (.+)$", text, re.MULTILINE)[1]
