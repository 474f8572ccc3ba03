"""What a question of the quiz bank is: an exercise answered by hand, with its task and its reason in words.

Pages, packages for learning platforms and tests all take a question as :class:`Asked`: with numbers in it.
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from lib.teach.exercise import ByHand, Exercise, Mistake, Numbers, answer_of
from lib.teach.quiz.words import with_minus, written
from lib.words import say

PRACTICE = "practice"
DRAWS = (PRACTICE, "1", "2", "3", "4", "5")  # the seeds of the numbers that a page holds


@dataclass(frozen=True, kw_only=True)
class Question(ByHand):
    """An exercise for a minute: to choose an answer, or to write one.

    ``page`` is the page of the chapter that answers it. ``text`` asks and ``why`` gives the reason of the right answer:
    words in which backquotes mark code, and braces the place of a number, by the name that ``right`` gives it, or of
    something that ``worked`` makes of the numbers. Numbers that are arrays are shown below the text by their names.
    With ``choice`` the answers to choose from are the right one and what the mistakes make; ``answers`` names those
    that are words, so that they can be said in another language.
    """

    page: str
    text: str
    why: str
    worked: Callable[..., dict[str, Any]] = lambda *_: {}
    choice: bool = True
    answers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Claim:
    """A sentence to choose, code that tries whether it holds, and the hint for those who believe it if it does not."""

    words: str
    holds: Callable[..., bool]
    hint: str = ""


def which_holds(
    name: str,
    page: str,
    text: str,
    why: str,
    claims: tuple[Claim, ...],
) -> Question:
    """Return a question of which only one of several claims is the answer: the library is asked which.

    Raises
    ------
    ValueError
        When it is asked, if not exactly one claim holds.
    """

    def right() -> str:
        holding = [claim.words for claim in claims if claim.holds()]
        if len(holding) != 1:
            raise ValueError(f"claims of {name!r} must leave one that holds, got {holding}")
        return holding[0]

    def believed(claim: Claim) -> Mistake:
        return Mistake(claim.hint, lambda: None if claim.holds() else claim.words)

    return Question(
        name=name,
        page=page,
        text=text,
        why=why,
        draw=lambda _: (),
        right=right,
        mistakes=tuple(believed(claim) for claim in claims),
        answers=tuple(claim.words for claim in claims),
    )


@dataclass(frozen=True)
class Option:
    """An answer to choose, what to say to those who choose it, and whether it is the right one."""

    answer: Any
    said: str
    right: bool = False


@dataclass(frozen=True)
class Asked:
    """A question with numbers: the words, the arrays to show, the right answer and its reason, wrong ones and hints.

    The words are in the reader's language; answers that are words are what code compares, and are said where they are
    shown.
    """

    name: str
    text: str
    shown: dict[str, np.ndarray]
    right: Any
    why: str
    wrong: tuple[tuple[Any, str], ...]
    choice: bool
    tolerance: float
    parts: tuple[str, ...]

    @property
    def told(self) -> tuple[str, str]:
        """What a reader is told, by which sets of numbers differ."""
        return self.text, "".join(f"{name} = {written(values)}\n" for name, values in self.shown.items())

    @property
    def is_number(self) -> bool:
        """Whether the answer is a number to write, and so is every wrong one."""
        answers = [self.right, *(answer for answer, _ in self.wrong)]
        return not self.choice and all(isinstance(answer, (int, float)) for answer in answers)

    @property
    def options(self) -> list[Option]:
        """The answers to choose from, numbers by their size and words in a fixed disorder.

        An answer that two mistakes lead to is offered once.
        """
        found = [Option(self.right, self.why, right=True)]
        for answer, hint in self.wrong:
            if not any(written(answer) == written(other.answer) for other in found):
                found.append(Option(answer, hint))
        return sorted(found, key=lambda option: place_of(self.name, option.answer))


def distinct(sets: Iterable[Asked]) -> list[Asked]:
    """Return the questions of which each tells a reader something else, the first of those that tell the same."""
    found: dict[tuple[str, str], Asked] = {}
    for one in sets:
        found.setdefault(one.told, one)
    return list(found.values())


def place_of(name: str, answer: Any) -> tuple[float, str]:
    """Return what answers are put in order by."""
    if isinstance(answer, (int, float)) and not isinstance(answer, bool):
        return float(answer), ""
    return 0.0, hashlib.sha256(f"{name}\n{written(answer)}".encode()).hexdigest()


def named(exercise: Exercise, numbers: Numbers) -> dict[str, Any]:
    """Return numbers by the names that the code for the right answer gives them."""
    return dict(zip(inspect.signature(exercise.right).parameters, numbers, strict=False))


def settings_in(names: dict[str, Any]) -> str:
    """Return the numbers that are no arrays in words, for an exercise whose page asks; no line ends within one."""
    single = {name: value for name, value in names.items() if not isinstance(value, np.ndarray)}
    return ", ".join(f"{name}\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}{value}" for name, value in single.items())


def words_of(exercise: Exercise, names: dict[str, Any], numbers: Numbers) -> tuple[str, str]:
    """Return what is asked and the reason of the right answer, with the numbers in their places.

    An exercise is asked by its page, and gives no reason.
    """
    if not isinstance(exercise, Question):
        return settings_in(names), ""

    values = names | exercise.worked(*numbers)
    return with_minus(say(exercise.text, **values)), with_minus(say(exercise.why, **values))


def asked(question: Exercise, seed: str = PRACTICE) -> Asked:
    """Return a question, or an exercise that is answered by hand, with the numbers of a seed.

    Examples
    --------
    >>> from lib.teach.quiz import questions
    >>> one = asked(questions("convolution")["padding-on-both-sides"])
    >>> one.right, [option.answer for option in one.options]
    (39, [35, 37, 38, 39, 41])
    """
    numbers = question.drawn(seed)
    names = named(question, numbers)
    text, why = words_of(question, names, numbers)
    wrong = ((answer_of(mistake, numbers), say(mistake.hint)) for mistake in question.mistakes)

    return Asked(
        name=question.name,
        text=text,
        shown={name: value for name, value in names.items() if isinstance(value, np.ndarray)},
        right=question.right(*numbers),
        why=why,
        wrong=tuple((answer, hint) for answer, hint in wrong if answer is not None),
        choice=isinstance(question, Question) and question.choice,
        tolerance=question.tolerance,
        parts=question.parts,
    )
