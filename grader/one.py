"""Grade one submission: a pure function from the source and what was handed in to plain data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from grader.box import Box, StudentFault, Undone
from grader.notebook import LONGEST, STUB, UNTOUCHED, Cell, NotANotebook, cells_of, sections
from grader.sandbox import Limits
from lib.teach.checking import NotYet, as_student, find

Result = dict[str, Any]
WITHHELD = "A test that stays with your instructor did not pass."
UNDONE = "Not written yet."


def grade_one(source: bytes, submission: bytes, student: str, limits: Limits = Limits()) -> Result:  # noqa: B008
    """Return what a submission earns, cell by cell.

    Parameters
    ----------
    source : bytes
        The chapter's source, a notebook. It is trusted: tests and points come from here and nowhere else.
    submission : bytes
        The notebook that was handed in. Its code runs in a box, its tests are not looked at.
    student : str
        The id whose numbers count, whatever the notebook says.
    limits : Limits
        What the submission may use up.

    Returns
    -------
    dict
        ``student``, ``notes`` (list of str) and ``cells``: for each graded cell of the source its ``name``,
        ``exercise``, ``kind`` ('test', 'hidden test', 'words' or 'code'), ``max``, ``points`` (None until somebody has
        read it), ``said`` (what to tell the student) and ``answer`` (what is to be read).

    Raises
    ------
    SandboxMissing
        If students' code cannot be run safely here.
    BoxFault
        If a box does not start.
    """
    wanted = cells_of(source)
    try:
        given = cells_of(submission)
    except NotANotebook as fault:
        return refused(source, student, str(fault))
    with Box(limits) as box:
        grading = Grading(wanted, given, as_student(student), box)
        return grading.result()


def refused(source: bytes, student: str, why: str) -> Result:
    """Return the result of a submission that cannot be read: no points, and the reason."""
    wanted = cells_of(source)
    headings = sections(wanted)
    cells = [entry(cell, headings, 0.0, "The notebook could not be read.") for cell in wanted if cell.graded]
    return {"student": student, "notes": [why], "cells": cells}


def entry(cell: Cell, headings: dict[str, str], points: float | None, said: str, answer: str = "") -> Result:
    """Return the record of one graded cell."""
    kind = (
        ("hidden test" if cell.is_hidden else "test") if cell.is_test else {"markdown": "words"}.get(cell.kind, "code")
    )
    return {
        "name": cell.name,
        "exercise": headings[cell.name],
        "kind": kind,
        "max": cell.points,
        "points": points,
        "said": said,
        "answer": answer,
    }


class Grading:
    """The state of grading one submission: its cells, the box, and what went wrong on the way."""

    def __init__(self, wanted: list[Cell], given: list[Cell], student: str, box: Box) -> None:
        """Sort the cells that were handed in; nothing runs yet."""
        self.wanted, self.student, self.box = wanted, student, box
        self.notes: list[str] = []
        self.broken: dict[int, str] = {}  # cells that stop the box are left out when it starts again
        self.exhausted: dict[str, str] = {}  # functions that have already taken a box with them
        headings = {cell.name: cell for cell in wanted if cell.name}
        ours = {name for name, cell in headings.items() if cell.is_test or (cell.locked and not cell.solution)}
        read = {name for name, cell in headings.items() if cell.is_read}
        self.code: list[Cell] = []
        self.before: dict[str, int] = {}  # how many of these cells stand above each of our tests
        self.ran = 0  # how many of them have run in the present box
        self.answers: dict[str, Cell] = {}
        for cell in given:
            if cell.name in ours:
                self.before.setdefault(cell.name, len(self.code))
            elif cell.name in read and cell.name in self.answers:
                self.note(f"Two cells are marked {cell.name!r}; the first was taken.")
            elif cell.name in read:
                self.answers[cell.name] = cell
            elif cell.kind == "code":
                self.code.append(cell)
        following = len(self.code)
        for cell in reversed([cell for cell in wanted if cell.is_test]):  # one that was deleted stood above the next
            following = self.before.setdefault(cell.name, following)

    def note(self, text: str) -> None:
        """Remember something that the student should know, once."""
        if text not in self.notes:
            self.notes.append(text)

    def result(self) -> Result:
        """Grade every cell and return the record of the whole."""
        headings = sections(self.wanted)
        names = {name for cell in self.wanted if cell.solution and cell.kind == "code" for name in cell.functions}
        namespace: dict[str, Any] = {"print": lambda *_, **__: None}
        cells = []
        for cell in self.wanted:
            if cell.is_test:
                points, said = self.tested(cell, namespace, names)
                cells.append(entry(cell, headings, points, said))
            elif cell.is_read:
                cells.append(self.to_read(cell, headings))
            elif cell.kind == "code" and not cell.name:
                exec(compile(cell.source, "given", "exec"), namespace)
                namespace["student"] = self.student
        self.compare_ids()
        return {"student": self.student, "notes": self.notes, "cells": cells}

    def tested(self, cell: Cell, given: dict[str, Any], names: set[str]) -> tuple[float, str]:
        """Run one cell of tests, outside the box, on functions that are called inside."""
        proxies = {name: self.proxy(name, self.before[cell.name]) for name in names}
        namespace = {**given, "check": quiet_check, **proxies}
        try:
            exec(compile(cell.source, "test", "exec"), namespace)
        except Undone:
            return 0.0, UNDONE
        except StudentFault as fault:
            return 0.0, str(fault)
        except Exception as fault:  # a test says by any exception that it did not pass
            return 0.0, WITHHELD if cell.is_hidden else str(fault) or type(fault).__name__
        return cell.points, ""

    def to_read(self, cell: Cell, headings: dict[str, str]) -> Result:
        """Return the record of an answer that somebody has to read, or that is not there."""
        mine = self.answers.get(cell.name)
        text = mine.source.strip()[:LONGEST] if mine else ""
        if not text or text == UNTOUCHED or STUB.fullmatch(text):
            return entry(cell, headings, 0.0, UNDONE)
        printed = f"\n\nPrinted, as handed in:\n{mine.printed}" if mine.printed else ""
        return entry(cell, headings, None, "", text + printed)

    def proxy(self, name: str, until: int) -> Callable[..., Any]:
        """Return a function that calls the student's one of that name, in a box in which so many cells have run."""

        def call(*arguments: Any, **options: Any) -> Any:
            if name in self.exhausted:
                raise StudentFault(self.exhausted[name])
            self.prepare(until)
            seconds = self.box.limits.call
            try:
                return self.box.ask(
                    "call", name, arguments, options, seconds=seconds, during=f"while {name} was called"
                )
            except StudentFault as fault:
                if not self.box.running:
                    self.exhausted[name] = str(fault)
                raise

        return call

    def prepare(self, until: int) -> None:
        """See to it that a box stands in which the first cells of the notebook have run, less those that end a box.

        A name may be given another value further down, so a test meets the notebook as it was at that place.
        """
        while not self.box.running or self.ran < until:
            if not self.box.running:
                self.box.start()
                self.ran = 0
            if self.ran not in self.broken:
                self.run(self.ran, self.code[self.ran])
            self.ran += 1

    def run(self, number: int, cell: Cell) -> None:
        """Run one cell, and remember what went wrong."""
        name = cell.name or f"number {number + 1}"
        try:
            self.box.ask("run", name, cell.source, seconds=self.box.limits.cell, during=f"while cell {name} ran")
        except Undone:
            pass
        except StudentFault as fault:
            self.note(f"{fault}")
            if not self.box.running:
                self.broken[number] = str(fault)

    def compare_ids(self) -> None:
        """Note if the notebook works with the numbers of another id."""
        if self.box.running:
            try:
                id_ = self.box.ask("read", "student", seconds=self.box.limits.call, during="while the id was read")
            except StudentFault:
                return
            if isinstance(id_, str) and id_.strip().casefold() != self.student.strip().casefold():
                self.note(
                    f"The notebook works with the numbers of {id_[:40]!r}; asked for are those of {self.student!r}."
                )


def quiet_check(name: str, answer: Callable[..., Any], student: str = "practice") -> None:
    """Do what ``check`` does, and print nothing."""
    hint = find(name).hint(answer, student)
    if hint is not None:
        raise NotYet(hint)
