"""What an exercise is: numbers to work on, code that derives the right answer, and typical mistakes with a hint each.

An exercise never stores an answer. It derives the right one from :mod:`lib.ops`, and each wrong one from code that
makes the mistake, so that both follow the numbers, and the numbers follow the student.
"""

from __future__ import annotations

import copy
import hashlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from lib.teach.comparing import described, first_part_that_differs, same
from lib.words import say

Numbers = tuple[Any, ...]
TRIES = 1000  # draws before an exercise is given up as one whose mistakes cannot be told apart


@dataclass(frozen=True)
class Mistake:
    """A typical wrong answer: the hint it deserves, and code that makes it from the numbers of the exercise."""

    hint: str
    answer: Callable[..., Any]


@dataclass(frozen=True, kw_only=True)
class Exercise:
    """Common to all kinds of exercises.

    Parameters
    ----------
    name : str
        How notebooks call it: small letters and hyphens, one of its kind in the course.
    draw : callable
        Makes the numbers of the exercise, a tuple, from a random generator.
    right : callable
        Makes the right answer from those numbers. Its parameters' names are the ones that messages use.
    mistakes : tuple of Mistake
        Looked at in this order.
    tolerance : float
        By how much an answer in floating point may differ, beside a relative 1e-6.
    withheld : tuple of str
        Operations that the answer must not call, because it is to be written: names of
        :data:`lib.teach.withheld.COMPUTED_BY`.
    parts : tuple of str
        Names of parts that earn points of their own: the values of an answer that is a tuple, or kinds of cases.
    part_of : callable or None
        Where parts are kinds of cases: says from the numbers of a case which kind it is.
    """

    name: str
    draw: Callable[[np.random.Generator], Numbers]
    right: Callable[..., Any]
    mistakes: tuple[Mistake, ...] = ()
    tolerance: float = 1e-6
    withheld: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    part_of: Callable[..., str] | None = None

    def cases(self, student: str) -> list[Numbers]:
        """Return the numbers that an answer of this student is tried on."""
        raise NotImplementedError

    def ask(self, function: Callable[..., Any], numbers: Numbers) -> Any:
        """Return the student's answer for one case."""
        raise NotImplementedError

    def arguments(self) -> list[str]:
        """Return the names of what an answer is called with."""
        raise NotImplementedError

    def misfit(self, function: Callable[..., Any]) -> str | None:
        """Return what to say of a function that cannot be called as the exercise calls it, or None if it can."""
        try:
            signature = inspect.signature(function)
        except (TypeError, ValueError):  # what is built in may not tell
            return None
        try:
            signature.bind(*self.arguments())
        except TypeError:
            return self.misfit_in_words(str(signature))
        return None

    def misfit_in_words(self, signature: str) -> str:
        """Say how a function is called that takes something else."""
        if not self.arguments():
            return say(
                "The function is called with nothing between the brackets, and yours takes {signature}. "
                "Write its first line as it was given.",
                signature=signature,
            )
        return say(
            "The function is called with {names}, and yours takes {signature}. Write its first line as it was given.",
            names=", ".join(self.arguments()),
            signature=signature,
        )

    def hint(self, function: Callable[..., Any], student: str, part: str = "") -> str | None:
        """Return what to say to the author of this answer, or of one part of it; None if it is right."""
        cases = self.cases_of(student, part)
        given = [self.ask(function, numbers) for _, numbers in cases]
        right = [self.right(*numbers) for _, numbers in cases]
        for mine, whole in zip(given, right, strict=True):
            if self.picks(part) and not has_parts(mine, whole):
                return described(mine, whole)

        given, expected = ([self.piece(answer, part) for answer in answers] for answers in (given, right))
        wrong = [n for n in range(len(cases)) if not same(given[n], expected[n], self.tolerance)]
        if not wrong:
            return None

        first = wrong[0]
        for mistake in self.mistakes:  # one mistake that explains every case
            made = [self.piece(answer_of(mistake, numbers), part) for _, numbers in cases]
            if all(same(*pair, self.tolerance) for pair in zip(given, made, strict=True)):
                return say(mistake.hint)
        for mistake in self.mistakes:  # one that explains the first wrong value
            made = self.piece(answer_of(mistake, cases[first][1]), part)
            parts = first_part_that_differs(given[first], expected[first], made, self.tolerance)
            if parts is not None and same(*parts, self.tolerance):
                return say(mistake.hint)
        place, numbers = cases[first]
        return described(given[first], expected[first]) + self.where(numbers, place)

    def cases_of(self, student: str, part: str) -> list[tuple[int, Numbers]]:
        """Return the cases that a part is about, each with its number.

        Raises
        ------
        ValueError
            If there is no such part.
        """
        if part and part not in self.parts:
            raise ValueError(f"part must be one of {', '.join(self.parts) or 'none'} for {self.name!r}, got {part!r}")
        cases = list(enumerate(self.cases(student)))
        if not part or self.part_of is None:
            return cases
        return [(place, numbers) for place, numbers in cases if self.part_of(*numbers) == part]

    def picks(self, part: str) -> bool:
        """Say whether a part is one value of an answer that is a tuple."""
        return bool(part) and self.part_of is None

    def piece(self, answer: Any, part: str) -> Any:
        """Return the value of an answer that a part is about; the whole if it is about kinds of cases."""
        return answer[self.parts.index(part)] if self.picks(part) and answer is not None else answer

    def where(self, numbers: Numbers, place: int) -> str:
        """Say how to look at the case that went wrong; nothing if there is only one."""
        raise NotImplementedError

    def drawn(self, student: str, part: str = "") -> Numbers:
        """Return numbers that depend on the student's id and nothing else, and on which every mistake shows.

        Numbers on which a mistake leads to the right answer, or two mistakes to the same one, are drawn again.
        """
        for attempt in range(TRIES):
            seed = f"{self.name}\n{student.strip().casefold()}\n{part}\n{attempt}"
            digest = hashlib.sha256(seed.encode()).digest()
            numbers = self.draw(np.random.default_rng(int.from_bytes(digest)))
            answers = [self.right(*numbers), *(answer_of(mistake, numbers) for mistake in self.mistakes)]
            if not any(same(a, b, self.tolerance) for n, a in enumerate(answers) for b in answers[:n]):
                return numbers
        raise RuntimeError(f"{self.name}: in {TRIES} draws no numbers on which all of its mistakes differ")


@dataclass(frozen=True, kw_only=True)
class ByHand(Exercise):
    """A value to find from numbers of one's own: a function of no arguments returns it."""

    def cases(self, student: str) -> list[Numbers]:
        """Return one case, the student's own."""
        return [self.drawn(student)]

    def arguments(self) -> list[str]:
        """Return nothing: the student has the numbers."""
        return []

    def ask(self, function: Callable[..., Any], numbers: Numbers) -> Any:  # noqa: ARG002  the student has them
        """Return the value that was found."""
        return function()

    def where(self, numbers: Numbers, place: int) -> str:  # noqa: ARG002
        """Say nothing: the student has worked on these numbers."""
        return ""


@dataclass(frozen=True, kw_only=True)
class Find(ByHand):
    """Something to find that has many right answers, such as an example or a counterexample.

    ``judge`` is called with the answer and the numbers, and returns what is wrong with the answer, or None. ``right``
    makes one of the right answers.
    """

    judge: Callable[..., str | None]

    def hint(self, function: Callable[..., Any], student: str, part: str = "") -> str | None:  # noqa: ARG002  no parts
        """Return what the judge says."""
        numbers = self.drawn(student)
        wrong = self.judge(self.ask(function, numbers), *numbers)
        return None if wrong is None else say(wrong)


@dataclass(frozen=True, kw_only=True)
class Implement(Exercise):
    """A function to write; it is tried on examples chosen for their edges, then on drawn ones, alike for everybody.

    The mistakes need to differ over all cases together, not in each one.
    """

    examples: tuple[Numbers, ...] = ()
    draws: int = 3

    def cases(self, student: str) -> list[Numbers]:  # noqa: ARG002  code is marked on the same cases for all
        """Return the examples and the drawn cases."""
        generator = np.random.default_rng(int.from_bytes(hashlib.sha256(self.name.encode()).digest()))
        return [*self.examples, *(self.draw(generator) for _ in range(self.draws))]

    def arguments(self) -> list[str]:
        """Return the names that the right answer cannot do without."""
        parameters = inspect.signature(self.right).parameters.values()
        return [each.name for each in parameters if each.default is each.empty]

    def ask(self, function: Callable[..., Any], numbers: Numbers) -> Any:
        """Return what the function answers; it gets copies, so that no later case depends on what it does to them."""
        return function(*copy.deepcopy(numbers))

    def where(self, numbers: Numbers, place: int) -> str:
        """Say which case it was and how to get at it."""
        pairs = zip(self.arguments(), numbers, strict=False)
        shown = say(", ").join(with_shape_or_value(name, value) for name, value in pairs)
        call = f"numbers_for(student, {self.name!r}, {place})"
        return "\n" + say("This was with {numbers}. To look at the case yourself: {call}", numbers=shown, call=call)


def has_parts(given: Any, right: tuple[Any, ...]) -> bool:
    """Say whether an answer has as many parts as the right one."""
    return isinstance(given, (tuple, list)) and len(given) == len(right)


def answer_of(mistake: Mistake, numbers: Numbers) -> Any:
    """Return the wrong answer, or None if the mistake cannot be made on these numbers."""
    try:
        return mistake.answer(*numbers)
    except (ValueError, IndexError):  # what a window does that does not fit
        return None


def with_shape_or_value(name: str, value: Any) -> str:
    """Name an argument, with an array's shape, and with anything else as it is."""
    if isinstance(value, np.ndarray) and value.ndim:
        return say("{name} of shape {shape}", name=name, shape=value.shape)
    return f"{name} {value!r}"
