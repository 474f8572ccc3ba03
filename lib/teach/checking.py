"""``check``: an answer to an answer, at once and in the notebook; and ``numbers_for``, a student's own numbers."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from functools import cache
from typing import Any

from lib.teach import chapters
from lib.teach.exercise import Exercise, Numbers
from lib.teach.withheld import Withheld, watched
from lib.words import say

_in_force = {"term": ""}


class NotYet(AssertionError):
    """An answer that is not right yet. A notebook shows its message alone: where it was raised helps nobody."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


@cache
def exercises() -> dict[str, Exercise]:
    """Return every exercise of the course by its name, in the order of the chapters' modules."""
    found: dict[str, Exercise] = {}
    for module in pkgutil.iter_modules(chapters.__path__):
        for exercise in importlib.import_module(f"{chapters.__name__}.{module.name}").EXERCISES:
            if exercise.name in found:
                raise ValueError(f"two exercises have the name {exercise.name!r}")
            found[exercise.name] = exercise
    return found


def find(name: str) -> Exercise:
    """Return one exercise.

    Raises
    ------
    ValueError
        If there is none of that name.
    """
    if name not in exercises():
        raise ValueError(f"name must be that of an exercise, got {name!r}; there are: {', '.join(exercises())}")
    return exercises()[name]


def check(name: str, answer: Callable[..., Any], student: str = "practice", part: str = "") -> None:
    """Say whether an answer is right; if it is not, say what was probably misunderstood.

    Nothing is sent anywhere: the right answer is derived from :mod:`lib.ops` on the spot.

    Parameters
    ----------
    name : str
        The exercise, as its notebook calls it.
    answer : callable
        The function that the exercise asks for.
    student : str
        The id whose numbers were worked on.
    part : str
        A part of the exercise that earns points of its own; the whole if empty.

    Raises
    ------
    NotYet
        If the answer is not right. Its message is the hint.
    TypeError
        If ``answer`` is not a function, or ``student`` not a string.
    ValueError
        If there is no such exercise or part.

    Examples
    --------
    >>> check('output-size', lambda: 2.5)
    Traceback (most recent call last):
    lib.teach.checking.NotYet: output-size: 2.5 is not right, and it is not one of the usual slips either.
    """
    exercise = find(name)
    if not callable(answer):
        raise TypeError(f"answer must be the function itself, without brackets and arguments, got {answer!r}")
    own = in_term(as_student(student), _in_force["term"])
    shown = say("{exercise}, {part}", exercise=name, part=say(part)) if part else name
    try:
        hint = exercise.misfit(answer) or exercise.hint(watched(exercise.withheld, answer), own, part)
    except Withheld as refusal:
        hint = str(refusal)
    if hint is not None:
        raise NotYet(say("{exercise}: {hint}", exercise=shown, hint=hint))
    print(say("{exercise}: right", exercise=shown))


def numbers_for(student: str, name: str, case: int = 0) -> Numbers:
    """Return the numbers of an exercise: a student's own, or one case that a function is tried on.

    The same id has the same numbers on every machine; another id has others, so that answers cannot be passed on.

    Parameters
    ----------
    student : str
        An id; capitals and surrounding blanks make no difference.
    name : str
        The exercise.
    case : int
        Which of the cases, from 0; an exercise with own numbers has one.

    Returns
    -------
    tuple
        What the exercise says.

    Raises
    ------
    TypeError, ValueError
        If ``student`` is not a string or is empty, or there is no such exercise or case.

    Examples
    --------
    >>> numbers_for('ada', 'output-size') == numbers_for(' Ada', 'output-size')
    True
    """
    cases = find(name).cases(in_term(as_student(student), _in_force["term"]))
    if not 0 <= case < len(cases):
        raise ValueError(f"case must be from 0 to {len(cases) - 1} for {name!r}, got {case}")
    return cases[case]


def use_term(term: str) -> None:
    """Draw other numbers from here on: those of a term, so that what was handed in last year does not help.

    Parameters
    ----------
    term : str
        Any name, such as 'spring 2027'; if empty, the numbers that the course comes with.

    Raises
    ------
    TypeError
        If ``term`` is not a string.

    Examples
    --------
    >>> before = numbers_for('ada', 'output-size')
    >>> use_term('spring 2027')
    >>> numbers_for('ada', 'output-size') == before
    False
    >>> use_term('')
    >>> numbers_for('ada', 'output-size') == before
    True
    """
    if not isinstance(term, str):
        raise TypeError(f"term must be a name in quotes, got {term!r}")
    _in_force["term"] = term


def in_term(student: str, term: str) -> str:
    """Return what the numbers of a student are drawn from in a term.

    >>> in_term('ada', ''), in_term('ada', ' Spring 2027')
    ('ada', 'ada\\nspring 2027')
    """
    return f"{student.strip()}\n{term.strip().casefold()}" if term.strip() else student


def as_student(student: Any) -> str:
    """Return an id if it is one."""
    if not isinstance(student, str):
        raise TypeError(f"student must be an id in quotes, got {student!r}")
    if not student.strip():
        raise ValueError("student must not be empty: write your id between the quotes")
    return student
