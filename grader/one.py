"""Grade one submission: a pure function from the source and what was handed in to plain data."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from grader.box import Box, StudentFault, Undone
from grader.notebook import (
    LONGEST,
    STUB,
    Cell,
    NotANotebook,
    Part,
    cells_of,
    declared_id,
    is_untouched,
    same_id,
    sections,
)
from grader.sandbox import Limits
from lib.teach.checking import NotYet, as_student, find, in_term
from lib.words import ENGLISH, say, speaking

Result = dict[str, Any]
Numbers = dict[str, dict[str, list[tuple[Any, ...]]]]  # the cases of each exercise, for each id in small letters
SETTINGS = ("use_term", "speak")  # what a source sets for the whole process, which here goes from hand to hand


def grade_one(
    source: bytes,
    submission: bytes,
    student: str,
    limits: Limits = Limits(),  # noqa: B008
    numbers: str = "",
    language: str = ENGLISH,
) -> Result:
    """Return what a submission earns, cell by cell.

    Parameters
    ----------
    source : bytes
        The chapter's source, a notebook. It is trusted: tests and points come from here and nowhere else.
    submission : bytes
        The notebook that was handed in. Its code runs in a box, its tests are not looked at.
    student : str
        Whose it is.
    limits : Limits
        What the submission may use up.
    numbers : str
        The id whose numbers count, whatever the notebook says; if empty, ``student``.
    language : str
        What is said is said in this language.

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
    with speaking(language):
        try:
            given = cells_of(submission)
        except NotANotebook as fault:
            return refused(source, student, str(fault), language)
        return Grading(wanted, given, as_student(student), limits, as_student(numbers or student)).result()


def refused(source: bytes, student: str, why: str, language: str = ENGLISH) -> Result:
    """Return the result of a submission that cannot be read: no points, and the reason."""
    wanted = cells_of(source)
    headings = sections(wanted)
    with speaking(language):
        said = say("The notebook could not be read.")
    cells = [entry(cell, headings, 0.0, said) for cell in wanted if cell.graded]
    return {"student": student, "notes": [why], "cells": cells}


def undone() -> str:
    """Say that there is no answer yet."""
    return say("Not written yet.")


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
    """The state of grading one submission: its cells, and what went wrong on the way."""

    def __init__(self, wanted: list[Cell], given: list[Cell], student: str, limits: Limits, numbers: str) -> None:
        """Sort the cells that were handed in; nothing runs yet."""
        self.wanted, self.student, self.limits, self.numbers = wanted, student, limits, numbers
        self.notes: list[str] = []
        self.broken: set[int] = set()  # cells that stop a box are left out when the next one starts
        self.withheld, self.term = withheld_from(wanted), term_of(wanted)

        marked = {cell.name: cell for cell in wanted if cell.name}
        ours = {name for name, cell in marked.items() if cell.is_test or (cell.locked and not cell.solution)}
        read = {name for name, cell in marked.items() if cell.is_read}
        self.code: list[Cell] = []
        self.before: dict[str, int] = {}  # how many of these cells stand above each of our tests
        self.answers: dict[str, Cell] = {}
        for cell in given:
            if cell.name in ours:
                self.before.setdefault(cell.name, len(self.code))
            elif cell.name in read and cell.name in self.answers:
                self.note(say("Two cells are marked {name}; the first was taken.", name=repr(cell.name)))
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
        mine = declared_id(self.code)
        if mine is not None and not same_id(mine, self.numbers):
            self.note(
                say(
                    "The notebook works with the numbers of {mine}; asked for are those of {wanted}.",
                    mine=repr(mine[:40]),
                    wanted=repr(self.numbers),
                )
            )

        earned = self.tested()
        headings = sections(self.wanted)
        cells = []
        for cell in self.wanted:
            if cell.is_test:
                cells.append(entry(cell, headings, *earned[cell.name]))
            elif cell.is_read:
                cells.append(self.to_read(cell, headings))
        return {"student": self.student, "notes": self.notes, "cells": cells}

    def tested(self) -> dict[str, tuple[float, str]]:
        """Return the points of every test, and what was said: box by box, in each the tests that may share it."""
        surroundings = dict(self.surroundings())
        rooms: dict[tuple[str, ...], list[Cell]] = {}
        for cell in self.wanted:
            if cell.is_test:
                rooms.setdefault(self.withheld_in(cell), []).append(cell)

        numbers = numbers_of(self.wanted, {self.numbers, declared_id(self.code) or self.numbers})
        earned = {}
        for withheld, tests in rooms.items():
            with Box(self.limits, withheld) as box:
                room = Room(box, self.code, numbers, self.broken, self.note)
                for cell in tests:
                    earned[cell.name] = self.tried(cell, surroundings[cell.name], room)
        return earned

    def surroundings(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield each test with the names that the source's own cells have given a value above it."""
        namespace: dict[str, Any] = {"print": lambda *_, **__: None}
        for cell in self.wanted:
            if cell.is_test:
                yield cell.name, dict(namespace)
            elif cell.kind == "code" and not cell.name:
                exec(compile(without_settings(cell.source), "given", "exec", dont_inherit=True), namespace)
                namespace["student"] = self.numbers

    def withheld_in(self, test: Cell) -> tuple[str, ...]:
        """Return the operations that no function called in a test may call itself."""
        called = {node.id for node in ast.walk(ast.parse(test.source)) if isinstance(node, ast.Name)}
        return tuple(sorted({name for function in called for name in self.withheld.get(function, ())}))

    def tried(self, test: Cell, surroundings: dict[str, Any], room: Room) -> tuple[float, str]:
        """Run one cell of tests, outside the box, on functions that are called inside; each of its parts counts."""
        names = {name for cell in self.wanted if cell.solution and cell.kind == "code" for name in cell.functions}
        proxies = {name: room.proxy(name, self.before[test.name]) for name in names}
        namespace = {**surroundings, "check": partial(quiet_check, self.term), **proxies}
        parts = test.parts
        failed = {n: why for n, part in enumerate(parts) if (why := failure(part.source, namespace, test.is_hidden))}
        if 0 in failed:  # the only part, or what all of them need
            return 0.0, failed[0]

        points = sum(part.points for n, part in enumerate(parts) if n not in failed)
        if len(failed) == len(parts) - 1 and len(set(failed.values())) <= 1:  # all failed alike, or there was only one
            return points, "".join(set(failed.values()))
        labels = {n: part_in_words(n, parts, test.is_hidden) for n in failed}
        return points, "\n".join(say("{part}: {why}", part=labels[n], why=why) for n, why in failed.items())

    def to_read(self, cell: Cell, headings: dict[str, str]) -> Result:
        """Return the record of an answer that somebody has to read, or that is not there."""
        mine = self.answers.get(cell.name)
        text = mine.source.strip()[:LONGEST] if mine else ""
        if not text or is_untouched(text) or STUB.fullmatch(text):
            return entry(cell, headings, 0.0, undone())
        printed = f"\n\n{say('Printed, as handed in:')}\n{mine.printed}" if mine.printed else ""
        return entry(cell, headings, None, "", text + printed)


class Room:
    """A box with the cells of a notebook, as many as have run, and functions to call in it."""

    def __init__(
        self, box: Box, code: list[Cell], numbers: Numbers, broken: set[int], note: Callable[[str], None]
    ) -> None:
        """Take what every room of a notebook shares: its cells, its numbers, and which cells stop a box."""
        self.box, self.code, self.numbers, self.broken, self.note = box, code, numbers, broken, note
        self.ran = 0  # how many cells have run in the present box
        self.exhausted: dict[str, str] = {}  # functions that have already taken a box with them

    def proxy(self, name: str, until: int) -> Callable[..., Any]:
        """Return a function that calls the student's one of that name, in a box in which so many cells have run."""

        def call(*arguments: Any, **options: Any) -> Any:
            if name in self.exhausted:
                raise StudentFault(self.exhausted[name])
            self.prepare(until)
            seconds, during = self.box.limits.call, say("while {name} was called", name=name)
            try:
                return self.box.ask("call", name, arguments, options, seconds=seconds, during=during)
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
                during = say("while numbers were read")
                self.box.ask("numbers", self.numbers, seconds=self.box.limits.cell, during=during)
                self.ran = 0
            if self.ran not in self.broken:
                self.run(self.ran, self.code[self.ran])
            self.ran += 1

    def run(self, number: int, cell: Cell) -> None:
        """Run one cell, and remember what went wrong."""
        name = cell.name or say("number {number}", number=number + 1)
        during = say("while cell {name} ran", name=name)
        try:
            self.box.ask("run", name, cell.source, seconds=self.box.limits.cell, during=during)
        except Undone:
            pass
        except StudentFault as fault:
            self.note(f"{fault}")
            if not self.box.running:
                self.broken.add(number)


# What the source and the notebook say of themselves ------------------------------------------------------------------


def withheld_from(wanted: list[Cell]) -> dict[str, tuple[str, ...]]:
    """Return what each function of a source must not call, by its name: its exercise says so, see ``check``."""
    return {function: find(name).withheld for name, function in asked(wanted, "check") if function}


def numbers_of(wanted: list[Cell], students: set[str]) -> Numbers:
    """Return the numbers of every exercise that a source names, for each of the ids, as the box gets them."""
    names = {name for function in ("check", "numbers_for") for name, _ in asked(wanted, function)}
    term = term_of(wanted)
    return {
        as_student(id_).strip().casefold(): {name: find(name).cases(in_term(id_, term)) for name in names}
        for id_ in students
    }


def asked(wanted: list[Cell], function: str) -> Iterator[tuple[str, str]]:
    """Yield what a source names in calls of a function, such as exercises, and for ``check`` the function checked."""
    for cell in wanted:
        tree = ast.parse(cell.source) if cell.kind == "code" else ast.Module([], [])
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == function:
                words = [each.value for each in node.args if isinstance(each, ast.Constant)]
                names = [each.id for each in node.args if isinstance(each, ast.Name)]
                checked = names[0] if function == "check" and names else ""
                yield from ((word, checked) for word in words if isinstance(word, str))


def failure(source: str, namespace: dict[str, Any], hidden: bool) -> str:
    """Run a part of a test, and return what to tell the student if it does not pass."""
    try:
        exec(compile(source, "test", "exec", dont_inherit=True), namespace)
    except Undone:
        return undone()
    except StudentFault as fault:
        return str(fault)
    except Exception as fault:  # a test says by any exception that it did not pass
        if hidden:
            return say("A test that stays with your instructor did not pass.")
        return str(fault) or type(fault).__name__
    return ""


def part_in_words(number: int, parts: list[Part], hidden: bool) -> str:
    """Name a part of a cell of tests, as its exercise does; of one that stays with the instructor, say only which."""
    if hidden:
        return say("Part {number} of {count}", number=number, count=len(parts) - 1)
    return say(parts[number].label)


def quiet_check(term: str, name: str, answer: Callable[..., Any], student: str = "practice", part: str = "") -> None:
    """Do what ``check`` does in a term, and print nothing."""
    hint = find(name).hint(answer, in_term(student, term), part)
    if hint is not None:
        raise NotYet(hint)


def without_settings(source: str) -> ast.Module:
    """Return a cell of the source, less the lines that set a term or a language for the process."""
    tree = ast.parse(source)
    sets = [node for node in tree.body if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)]
    named = [node for node in sets if getattr(node.value.func, "id", "") in SETTINGS]
    return ast.Module([node for node in tree.body if node not in named], [])


def term_of(wanted: list[Cell]) -> str:
    """Return the term that a source sets with ``use_term``, or an empty string.

    >>> term_of([Cell("code", 'use_term("spring 2027")')])
    'spring 2027'
    """
    return next((term for term, _ in asked(wanted, "use_term")), "")


def language_of(wanted: list[Cell]) -> str:
    """Return the language that a source sets with ``speak``, or English.

    >>> language_of([Cell("code", 'speak("zh_CN")')])
    'zh_CN'
    """
    return next((language for language, _ in asked(wanted, "speak")), ENGLISH)
