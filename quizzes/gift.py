"""Quizzes as GIFT, the format in plain text that Moodle and others import; all questions are multiple choice here.

Format: https://docs.moodle.org/en/GIFT_format
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from lib.teach.quiz import Asked, Option
from lib.teach.quiz.words import answer_html, as_html, question_html
from quizzes.collection import Quiz, course

NAMES = str.maketrans({"=": "&equals;", "~": "&sim;", "#": "&num;", "{": "&lcub;", "}": "&rcub;", "\\": "&bsol;"})
SPECIAL = re.compile(r"([~=#{}:\\])")


def as_gift(quizzes: Sequence[Quiz]) -> str:
    """Return all quizzes as one file."""
    parts = []
    for quiz in quizzes:
        parts.append(f"$CATEGORY: $course$/top/{course()}/{quiz.title}")
        for group in quiz.groups:
            parts += [question_text(one, number) for number, one in enumerate(group, start=1)]
    return "\n\n".join(parts) + "\n"


def question_text(one: Asked, number: int) -> str:
    """Return a question: its name, its text, and its answers between braces."""
    head = f"::{escaped(f'{one.name} {number}')}::[html]{escaped(question_html(one.text, one.shown))}"
    answers = [choice_text(option) for option in one.options]
    return f"{head}{{\n{chr(10).join(answers)}\n}}"


def choice_text(option: Option) -> str:
    """Return an answer to choose, and what is said to it."""
    return f"{'=' if option.right else '~'}{named(answer_html(option.answer))}#{named(as_html(option.said))}"


def escaped(text: str) -> str:
    """Return text in which nothing is taken for a sign of the format.

    >>> escaped("a = {b}")
    'a \\\\= \\\\{b\\\\}'
    """
    return SPECIAL.sub(r"\\\1", text)


def named(html: str) -> str:
    """Return HTML whose signs of the format go by their names, which readers that know no backslash take as well.

    >>> named("a = {b}")
    'a &equals; &lcub;b&rcub;'
    """
    return html.translate(NAMES)
