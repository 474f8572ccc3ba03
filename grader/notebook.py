"""Read notebooks with nothing but JSON: the instructor's source, which is trusted, and submissions, which are not."""

from __future__ import annotations

import ast
import json
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lib.teach.words import place_for_words
from lib.words import ENGLISH, languages, say, speaking

LARGEST = 10 * 2**20  # bytes of a submission
MOST_CELLS = 1000
LONGEST = 20_000  # characters of an answer in words
HIDDEN = "### BEGIN HIDDEN TESTS"
PART = re.compile(r"^### PART (?P<points>\d+(?:\.\d+)?): (?P<label>.+)\n", re.MULTILINE)
SOLUTION_MARK = re.compile(r"^\s*### (?:BEGIN|END) SOLUTION[ \t]*\n?", re.MULTILINE)
DECLARED = re.compile(r"""^student\s*=[ \t]*(?P<quote>["'])(?P<id>[^"'\n]*)(?P=quote)[ \t]*(?:#.*)?$""", re.MULTILINE)
STUB = re.compile(r"\s*#[^\n]*\s*raise NotImplementedError\(\)\s*")  # the comment is in the notebook's language


class NotANotebook(ValueError):
    """A file that is not a notebook that can be graded; the message says why, for its author."""


@dataclass(frozen=True)
class Part:
    """Some of a cell of tests, and what it earns."""

    label: str
    points: float
    source: str


@dataclass(frozen=True)
class Cell:
    """One cell and its marks for the grader, in nbgrader's form."""

    kind: str  # 'code' or 'markdown'
    source: str
    name: str = ""  # nbgrader's grade id
    points: float = 0.0
    graded: bool = False
    solution: bool = False
    locked: bool = False
    printed: str = ""

    @property
    def is_test(self) -> bool:
        """Say whether this is a cell of tests."""
        return self.kind == "code" and self.graded and not self.solution

    @property
    def is_read(self) -> bool:
        """Say whether somebody has to read it: words, or code that no test judges."""
        return self.graded and self.solution

    @property
    def is_hidden(self) -> bool:
        """Say whether its tests stay with the instructor."""
        return HIDDEN in self.source

    @property
    def parts(self) -> list[Part]:
        """The parts of a cell of tests that earn points of their own, after what stands before the first of them."""
        starts = [*PART.finditer(self.source)]
        if not starts:
            return [Part("", self.points, self.source)]

        ends = [start.start() for start in starts[1:]] + [len(self.source)]
        texts = [self.source[start.end() : end] for start, end in zip(starts, ends, strict=True)]
        found = [Part(each["label"], float(each["points"]), text) for each, text in zip(starts, texts, strict=True)]
        return [Part("", 0.0, self.source[: starts[0].start()]), *found]

    @property
    def functions(self) -> list[str]:
        """The functions that a solution defines at its top level."""
        return [node.name for node in ast.parse(self.source).body if isinstance(node, ast.FunctionDef)]


def read_file(path: Path) -> bytes:
    """Return what a file holds, if it is a file of moderate size and no link to one.

    Raises
    ------
    NotANotebook
        If it is something else.
    """
    try:
        number = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError as fault:
        if path.is_symlink():
            raise NotANotebook(
                say("The file was not read: it is a symbolic link, and links are not followed.")
            ) from fault
        raise NotANotebook(say("The file was not read: {why}.", why=fault.strerror)) from fault

    with open(number, "rb") as file:
        if not stat.S_ISREG(os.fstat(number).st_mode):
            raise NotANotebook(say("The file was not read: it is not an ordinary file."))
        data = file.read(LARGEST + 1)

    if len(data) > LARGEST:
        raise NotANotebook(
            say(
                "The file was not read: it is larger than {size} MiB. Clear the outputs and hand in again.",
                size=LARGEST // 2**20,
            )
        )
    return data


def cells_of(data: bytes) -> list[Cell]:
    """Return the cells of a notebook of format 4.

    Raises
    ------
    NotANotebook
        If the data is not that.
    """
    if len(data) > LARGEST:
        raise NotANotebook(say("The notebook is larger than {size} MiB.", size=LARGEST // 2**20))
    try:
        notebook = json.loads(data)
    except RecursionError:
        raise NotANotebook(say("The file is not a notebook: it is nested too deeply.")) from None
    except ValueError as fault:
        why = str(fault)[:80]
        raise NotANotebook(say("The file is not a notebook: it is not JSON ({why}).", why=why)) from None
    if not isinstance(notebook, dict) or notebook.get("nbformat") != 4 or not isinstance(notebook.get("cells"), list):
        raise NotANotebook(say("The file is not a notebook of format 4."))
    if len(notebook["cells"]) > MOST_CELLS:
        raise NotANotebook(say("The notebook has more than {count} cells.", count=MOST_CELLS))
    return [cell for found in notebook["cells"] if (cell := cell_of(found)) is not None]


def cell_of(found: Any) -> Cell | None:
    """Return a cell, or None if it is not one of code or Markdown; marks of a wrong kind count as absent."""
    if not isinstance(found, dict) or found.get("cell_type") not in ("code", "markdown"):
        return None
    metadata = found.get("metadata")
    marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    marks = marks if isinstance(marks, dict) else {}
    name, points = marks.get("grade_id"), marks.get("points")

    return Cell(
        kind=found["cell_type"],
        source=text_of(found.get("source")),
        name=name if isinstance(name, str) else "",
        points=float(points) if isinstance(points, (int, float)) else 0.0,
        graded=marks.get("grade") is True,
        solution=marks.get("solution") is True,
        locked=marks.get("locked") is True,
        printed="".join(outputs_of(found.get("outputs")))[:LONGEST],
    )


def text_of(source: Any) -> str:
    """Return text that notebooks store as one string or as a list of lines."""
    if isinstance(source, list):
        return "".join(part for part in source if isinstance(part, str))
    return source if isinstance(source, str) else ""


def outputs_of(outputs: Any) -> Iterator[str]:
    """Yield the text that stands below a cell of code, as it was handed in."""
    for output in outputs if isinstance(outputs, list) else []:
        if isinstance(output, dict):
            data = output.get("data")
            yield text_of(data.get("text/plain") if isinstance(data, dict) else output.get("text"))


def sections(cells: list[Cell]) -> dict[str, str]:
    """Return the heading above each marked cell, by its name.

    >>> sections([Cell('markdown', '## 1 · One value'), Cell('code', '', name='one')])
    {'one': '1 · One value'}
    """
    heading, found = "", {}
    for cell in cells:
        if cell.kind == "markdown" and cell.source.startswith("## "):
            heading = cell.source.splitlines()[0].removeprefix("## ")
        if cell.name:
            found[cell.name] = heading
    return found


def model_answers(cells: list[Cell]) -> dict[str, str]:
    """Return what the source itself answers where somebody has to read, by the name of the cell.

    >>> model_answers([Cell("markdown", "### BEGIN SOLUTION\\nIt is lost.\\n### END SOLUTION", "why", 3, True, True)])
    {'why': 'It is lost.'}
    """
    return {cell.name: SOLUTION_MARK.sub("", cell.source).strip() for cell in cells if cell.is_read}


def is_untouched(text: str) -> bool:
    """Say whether an answer in words is still what stood in its place, in whichever language the notebook is.

    >>> is_untouched("YOUR ANSWER HERE"), is_untouched("It is lost.")
    (True, False)
    """
    for language in (ENGLISH, *languages()):
        with speaking(language):
            if text == place_for_words():
                return True
    return False


def declared_id(code: list[Cell]) -> str | None:
    """Return the id that a notebook gives itself: that of the last line ``student = "…"`` in its code.

    The line is looked for as text. Nothing that a student wrote is parsed outside the box.

    >>> declared_id([Cell("code", text) for text in ('student = "practice"', "a\\nstudent='ada'  # me", "a b")])
    'ada'
    """
    found = [line["id"] for cell in code for line in DECLARED.finditer(cell.source)]
    return found[-1] if found and found[-1].strip() else None


def same_id(one: str, other: str) -> bool:
    """Say whether two ids are of one student: capitals and blanks around them make no difference."""
    return one.strip().casefold() == other.strip().casefold()
