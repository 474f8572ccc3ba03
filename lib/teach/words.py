"""The words of exercises and questions: data in their tables, which are said in the reader's language where shown."""

from __future__ import annotations

from collections.abc import Iterator

from lib.teach.checking import exercises
from lib.teach.exercise import Exercise
from lib.teach.quiz import CHAPTERS, Question, questions
from lib.words import say


def place_for_words() -> str:
    """Return what stands in an exercise where an answer in words belongs."""
    return say("YOUR ANSWER HERE")


def place_for_code() -> tuple[str, str]:
    """Return the lines that stand in an exercise where code belongs, as nbgrader writes them."""
    return say("# YOUR CODE HERE"), "raise NotImplementedError()"


def texts() -> dict[str, list[str]]:
    """Return every text of an exercise or a question, by the name of the catalog that translates it.

    Examples
    --------
    >>> texts()["quiz"][0]
    'The kernel lies on this window x of the input. Which output value does it make there?'
    """
    asked = [question for chapter in CHAPTERS for question in questions(chapter).values()]
    return {
        "exercises": list(dict.fromkeys(text for one in exercises().values() for text in texts_of(one))),
        "quiz": list(dict.fromkeys(text for one in asked for text in texts_of(one))),
    }


def texts_of(exercise: Exercise) -> Iterator[str]:
    """Yield what is asked, the reason, the answers to choose, the names of parts, and the hints."""
    if isinstance(exercise, Question):
        yield from (exercise.text, exercise.why, *exercise.answers)
    yield from exercise.parts
    yield from (mistake.hint for mistake in exercise.mistakes if mistake.hint)
