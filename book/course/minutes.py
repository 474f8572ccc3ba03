"""How long a page takes, counted from the page itself: its words, its code, its explorers, its questions and its
exercises."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from docutils import nodes
from nbformat import NotebookNode
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.util.docutils import SphinxRole

from course.english import english_source
from course.sources import notebook_at
from lib.words import say

# Adults read 238 words of English prose a minute (Brysbaert 2019); what is to be thought about takes longer.
WORDS, CODE_LINES = 200, 15  # a minute
FORMULA, QUESTION, EXPLORER, EXERCISE = 0.5, 1, 1.5, 4  # minutes each
FORMULAS = re.compile(r"\$\$.*?\$\$", re.DOTALL)
FOLDED_CODE = {"remove-input", "remove-cell", "hide-input", "hide-cell"}  # tags of cells whose code is not on show
FOLDED = re.compile(r":::\{dropdown\}.*?:::", re.DOTALL)
NUMBERED = re.compile(r"^\d+\. ", re.MULTILINE)


@dataclass(frozen=True)
class Minutes:
    """The time a page takes: reading and trying, and its exercises."""

    reading: float
    exercises: int

    @property
    def rounded(self) -> int:
        """Minutes for everything, to the next five."""
        return max(5, 5 * round((self.reading + EXERCISE * self.exercises) / 5))

    @property
    def sentence(self) -> str:
        """The time in words."""
        if not self.exercises:
            return say("About {minutes} minutes.", minutes=self.rounded)
        if self.exercises == 1:
            return say("About {minutes} minutes, with its 1 exercise.", minutes=self.rounded)
        return say(
            "About {minutes} minutes, with its {exercises} exercises.", minutes=self.rounded, exercises=self.exercises
        )


@cache
def minutes_of(notebook: Path) -> Minutes:
    """Return how long a notebook takes."""
    cells = notebook_at(notebook).cells
    prose = [FOLDED.sub("", cell.source) for cell in cells if cell.cell_type == "markdown"]

    reading = sum(_minutes_of_code(cell) for cell in cells if cell.cell_type == "code")
    for text in prose:
        reading += FORMULA * len(FORMULAS.findall(text)) + len(FORMULAS.sub("", text).split()) / WORDS

    return Minutes(reading, _exercises_in("\n\n".join(prose)))


def _minutes_of_code(cell: NotebookNode) -> float:
    """Return how long it takes to read a cell that is shown, and to try its explorers and answer its questions."""
    folded = FOLDED_CODE.intersection(cell.metadata.get("tags", ()))
    lines = [] if folded else [line for line in cell.source.splitlines() if line.strip()]
    tried = EXPLORER * cell.source.count("show.explore(") + QUESTION * cell.source.count("check_yourself(")
    return len(lines) / CODE_LINES + tried


def _exercises_in(text: str) -> int:
    """Return how many exercises are numbered below the headings that say so."""
    sections = re.split(r"^(?=## )", text, flags=re.MULTILINE)
    return sum(len(NUMBERED.findall(section)) for section in sections if section.startswith("## Exercises"))


def says_so_itself(notebook: Path) -> bool:
    """Return whether a page states times of its own, as exercises do."""
    return "**Time:**" in notebook.read_text(encoding="utf-8")


class SayMinutes(SphinxTransform):
    """Put the time a notebook takes under its title."""

    default_priority = 795  # after terms are linked

    def apply(self, **_: Any) -> None:
        """Change the page in place."""
        source = english_source(self.env, self.env.docname)
        title = next(self.document.findall(nodes.title), None)

        if source.suffix != ".ipynb" or self.env.docname == self.config.root_doc or says_so_itself(source):
            return
        if title is not None:
            words = nodes.paragraph("", minutes_of(source).sentence, classes=["minutes"])
            title.parent.insert(title.parent.index(title) + 1, words)


class MinutesRole(SphinxRole):
    """Write the minutes of pages: ``{minutes}`slide-a-window```, as seen from the page that says it.

    Several pages, with commas between them, are added up.
    """

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the number."""
        folder, total = english_source(self.env, self.env.docname).parent, 0

        for name in self.text.split(","):
            source = folder / f"{name.strip()}.ipynb"
            self.env.note_dependency(str(source))
            if not source.is_file():
                message = self.inliner.reporter.error(f"minutes of {name!r}: there is no such page", line=self.lineno)
                return [], [message]
            total += minutes_of(source).rounded

        return [nodes.Text(str(total))], []


def add_minutes(app: Sphinx) -> None:
    """Register the time under titles and the role."""
    app.add_transform(SayMinutes)
    app.add_role("minutes", MinutesRole())
