"""A question as a box to answer: on the published page and in notebooks alike, and without a script to read.

The box holds the question with a few sets of numbers. Its script, ``box.js``, turns the list of answers into buttons,
or adds fields in the shape of the answer, and says what ``check`` would say. Without it, and on paper, question and
folded answer stand there.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from lib.show.picture import output_mode, script_data, themes
from lib.teach.exercise import Exercise
from lib.teach.quiz.bank import questions
from lib.teach.quiz.question import DRAWS, Asked, Question, asked, distinct
from lib.teach.quiz.words import answer_html, answer_text, as_html, question_html, written
from lib.words import say, table_of

HERE = Path(__file__).parent


class Box:
    """A question that shows itself as its surroundings need it, like a picture of :mod:`lib.show`."""

    def __init__(self, question: Question) -> None:
        """Take the numbers that a page holds."""
        self.sets = [asked(question, seed) for seed in DRAWS]

    def __repr__(self) -> str:
        first = self.sets[0]
        numbers = "".join(f"\n{name} = {written(values)}" for name, values in first.shown.items())
        letters = zip("abcdefgh", first.options, strict=False) if first.choice else ()
        options = "".join(f"\n{letter}) {answer_text(option.answer)}" for letter, option in letters)
        return say("Check yourself: {question}", question=first.text) + numbers + options

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:  # noqa: ARG002
        mode, plain = output_mode(), {"text/plain": repr(self)}
        if mode == "text":
            return plain
        html = box_html(self.sets, say("Check yourself"))
        if mode == "live":
            html = f"<style>{stylesheet()}</style>{html}<script>{script()}</script>"
        return plain | {"text/html": html}


def check_yourself(name: str) -> Box:
    """Put a question of the quiz bank where this is called.

    Parameters
    ----------
    name : str
        The chapter and the question, such as 'convolution/output-size'.

    Returns
    -------
    Box
        The question with boxes to answer it; as text, the question.

    Raises
    ------
    ValueError
        If there is no such chapter or question.

    Examples
    --------
    >>> check_yourself("convolution/padding-on-both-sides")
    Check yourself: An input of 37 cells is padded with `padding=2` and convolved with a kernel of 3, stride 1. How many
    cells has the output?
    a) 35
    b) 37
    c) 38
    d) 39
    e) 41
    """
    chapter, _, question = name.partition("/")
    found = questions(chapter)
    if question not in found:
        raise ValueError(f"name must be one of {', '.join(f'{chapter}/{one}' for one in found)}, got {name!r}")
    return Box(found[question])


def script() -> str:
    """Return the script that makes boxes answer, with what it says in the reader's language."""
    code = (HERE / "box.js").read_text(encoding="utf-8")
    return code.replace("const words = {};", f"const words = {json.dumps(table_of(code), ensure_ascii=False)};", 1)


@cache
def stylesheet() -> str:
    """Return the styles of boxes where no site has them: the palette in both themes, then the rules."""
    return themes() + rules()


def rules() -> str:
    """Return the styles of boxes without the palette."""
    return (HERE / "box.css").read_text(encoding="utf-8")


# The box as HTML -----------------------------------------------------------------------------------------------------


def exercise_html(exercise: Exercise) -> str:
    """Return a box for an exercise of the course: its numbers, its right answer and its hints, and no reason."""
    return box_html([asked(exercise, seed) for seed in DRAWS], say("Answer here"), given=False)


def box_html(sets: Sequence[Asked], title: str, given: bool = True) -> str:
    """Return a box: the question with its first numbers, the answer folded if it is given, and data for the script."""
    first = sets[0]
    name = f"question-{first.name}"
    kind = "question" if given else "question of-exercise"
    words = question_html(first.text, first.shown)
    return (
        f'<figure class="{kind}" id="{name}" role="group" aria-labelledby="{name}-title"{"" if given else " hidden"}>'
        f'<p class="title" id="{name}-title">{title}</p><div class="text">{words}</div>'
        f"{options_html(first)}{answer_fold(first) if given else ''}"
        f"{script_data(data_of(distinct(sets)))}</figure>"
    )


def options_html(one: Asked) -> str:
    """Return the answers to choose from as a list."""
    if not one.choice:
        return ""
    return f'<ol type="a">{"".join(f"<li>{answer_html(option.answer)}</li>" for option in one.options)}</ol>'


def answer_fold(one: Asked) -> str:
    """Return the answer, folded."""
    answer, why = f"<strong>{answer_html(one.right)}</strong>", as_html(one.why)
    is_sentence = written(one.right).endswith(".")
    both = (
        say("{answer} {why}", answer=answer, why=why) if is_sentence else say("{answer}. {why}", answer=answer, why=why)
    )
    return f"<details><summary>{say('Answer')}</summary><p>{both}</p></details>"


def data_of(sets: Sequence[Asked]) -> dict[str, Any]:
    """Return what the script needs: hints once, then each set of numbers with its answers."""
    first, hints = sets[0], list(dict.fromkeys(hint for one in sets for _, hint in one.wrong))
    parts = first.right if isinstance(first.right, tuple) else (first.right,)
    return {
        "choice": first.choice,
        "tolerance": first.tolerance,
        "shapes": [shape_of(part) for part in parts],
        "labels": labels_of(first, len(parts)),
        "hints": [as_html(hint) for hint in hints],
        "sets": [set_data(one, hints) for one in sets],
    }


def labels_of(one: Asked, count: int) -> list[str]:
    """Return what the parts of an answer are called."""
    if one.parts:
        return [say(part) for part in one.parts]
    if count == 1:
        return [say("Answer")]
    return [say("Value {place} of {count}", place=n + 1, count=count) for n in range(count)]


def shape_of(part: Any) -> str | list[int]:
    """Say what fields a part of an answer asks for: one, one for a list, or a grid of rows and columns."""
    if isinstance(part, np.ndarray) and part.ndim == 2:
        return list(part.shape)
    return "list" if isinstance(part, (list, np.ndarray)) and np.ndim(part) else "number"


def set_data(one: Asked, hints: list[str]) -> dict[str, Any]:
    """Return one set of numbers: the question, and answers with what to say to each."""
    data = {"text": question_html(one.text, one.shown), "why": as_html(one.why)}
    if one.choice:
        places = {hint: n for n, hint in enumerate(hints)}
        told = (-1 if option.right else places[option.said] for option in one.options)
        return data | {"options": [[answer_html(o.answer), place] for o, place in zip(one.options, told, strict=True)]}

    fitting = ((as_parts(answer, one.right), hints.index(hint)) for answer, hint in one.wrong)
    wrong = [[parts, hint] for parts, hint in fitting if parts is not None]
    return data | {"right": as_parts(one.right, one.right), "wrong": wrong}


def as_parts(answer: Any, right: Any) -> list[Any] | None:
    """Return the parts of an answer as JSON holds them, or None if it has not the parts of the right one."""
    if not isinstance(right, tuple):
        return [plain(answer)]
    fits = isinstance(answer, (tuple, list)) and len(answer) == len(right)
    return [plain(part) for part in answer] if fits else None


def plain(value: Any) -> Any:
    """Return numbers of NumPy as those of Python."""
    return np.asarray(value).tolist()
