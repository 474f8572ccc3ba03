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
from lib.teach.quiz.words import written

PRACTICE = "practice"
DRAWS = (PRACTICE, "1", "2", "3", "4", "5")  # the seeds of the numbers that a page holds


@dataclass(frozen=True, kw_only=True)
class Question(ByHand):
    """An exercise for a minute: to choose an answer, or to write one.

    ``page`` is the page of the chapter that answers it. ``text`` asks and ``why`` gives the reason of the right answer:
    words in which backquotes mark code, or a function that makes them from the numbers. Numbers that are arrays are
    shown below the text by the names that ``right`` gives them. With ``choice`` the answers to choose from are the
    right one and what the mistakes make.
    """

    page: str
    text: str | Callable[..., str]
    why: str | Callable[..., str]
    choice: bool = True


@dataclass(frozen=True)
class Claim:
    """A sentence to choose, code that tries whether it holds, and the hint for those who believe it if it does not."""

    words: str
    holds: Callable[..., bool]
    hint: str = ""


def which_holds(
    name: str,
    page: str,
    text: str | Callable[..., str],
    why: str | Callable[..., str],
    claims: tuple[Claim, ...],
    draw: Callable[[np.random.Generator], Numbers] = lambda _: (),
) -> Question:
    """Return a question of which only one of several claims is the answer: the library is asked which.

    Raises
    ------
    ValueError
        When numbers are drawn for which not exactly one claim holds.
    """

    def right(*numbers: Any) -> str:
        holding = [claim.words for claim in claims if claim.holds(*numbers)]
        if len(holding) != 1:
            raise ValueError(f"claims of {name!r} must leave one that holds, got {holding}")
        return holding[0]

    def believed(claim: Claim) -> Mistake:
        return Mistake(claim.hint, lambda *numbers: None if claim.holds(*numbers) else claim.words)

    mistakes = tuple(believed(claim) for claim in claims)
    return Question(name=name, page=page, text=text, why=why, draw=draw, right=right, mistakes=mistakes)


@dataclass(frozen=True)
class Asked:
    """A question with numbers: the words, the arrays to show, the right answer and its reason, wrong ones and hints."""

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
    def options(self) -> list[tuple[Any, str]]:
        """The answers to choose from, each with what to say to it: numbers by their size, words in a fixed disorder.

        An answer that two mistakes lead to is offered once.
        """
        answers = [(self.right, self.why)]
        for answer, hint in self.wrong:
            if not any(written(answer) == written(other) for other, _ in answers):
                answers.append((answer, hint))
        return sorted(answers, key=lambda pair: place_of(self.name, pair[0]))


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


def said(words: str | Callable[..., str], numbers: Numbers) -> str:
    """Return words, made from the numbers where they depend on them."""
    return words(*numbers) if callable(words) else words


def named(exercise: Exercise, numbers: Numbers) -> dict[str, Any]:
    """Return numbers by the names that the code for the right answer gives them."""
    return dict(zip(inspect.signature(exercise.right).parameters, numbers, strict=False))


def settings_in(names: dict[str, Any]) -> str:
    """Return the numbers that are no arrays in words, for an exercise whose page asks."""
    return ", ".join(f"{name} = {value}" for name, value in names.items() if not isinstance(value, np.ndarray))


def asked(question: Exercise, seed: str = PRACTICE) -> Asked:
    """Return a question, or an exercise that is answered by hand, with the numbers of a seed.

    Examples
    --------
    >>> from lib.teach.quiz import questions
    >>> one = asked(questions("convolution")["padding-on-both-sides"])
    >>> one.right, [answer for answer, _ in one.options]
    (39, [35, 37, 38, 39, 41])
    """
    numbers = question.drawn(seed)
    names = named(question, numbers)
    wrong = ((answer_of(mistake, numbers), mistake.hint) for mistake in question.mistakes)

    return Asked(
        name=question.name,
        text=said(question.text, numbers) if isinstance(question, Question) else settings_in(names),
        shown={name: value for name, value in names.items() if isinstance(value, np.ndarray)},
        right=question.right(*numbers),
        why=said(question.why, numbers) if isinstance(question, Question) else "",
        wrong=tuple((answer, hint) for answer, hint in wrong if answer is not None),
        choice=isinstance(question, Question) and question.choice,
        tolerance=question.tolerance,
        parts=question.parts,
    )
