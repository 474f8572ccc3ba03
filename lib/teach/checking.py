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


def check(name: str, answer: Callable[..., Any], student: str = "practice") -> None:
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

    Raises
    ------
    NotYet
        If the answer is not right. Its message is the hint.
    TypeError
        If ``answer`` is not a function, or ``student`` not a string.
    ValueError
        If there is no such exercise.

    Examples
    --------
    >>> check('output-size', lambda: 2.5)
    Traceback (most recent call last):
    lib.teach.checking.NotYet: output-size: 2.5 is not right, and it is not one of the usual slips either.
    """
    exercise = find(name)
    if not callable(answer):
        raise TypeError(f"answer must be the function itself, without brackets and arguments, got {answer!r}")
    student = as_student(student)
    try:
        hint = exercise.misfit(answer) or exercise.hint(watched(exercise.withheld, answer), student)
    except Withheld as refusal:
        hint = str(refusal)
    if hint is not None:
        raise NotYet(f"{name}: {hint}")
    print(f"{name}: right")


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
    cases = find(name).cases(as_student(student))
    if not 0 <= case < len(cases):
        raise ValueError(f"case must be from 0 to {len(cases) - 1} for {name!r}, got {case}")
    return cases[case]


def as_student(student: Any) -> str:
    """Return an id if it is one."""
    if not isinstance(student, str):
        raise TypeError(f"student must be an id in quotes, got {student!r}")
    if not student.strip():
        raise ValueError("student must not be empty: write your id between the quotes")
    return student
