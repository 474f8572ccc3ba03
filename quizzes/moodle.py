"""Quizzes as Moodle XML: a category for each chapter, numbers with a tolerance, and a hint for each typical mistake.

Format: https://docs.moodle.org/en/Moodle_XML_format
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element

from lib.teach.quiz import Asked, Option
from lib.teach.quiz.words import answer_html, as_html, question_html, written
from quizzes.collection import Quiz, course
from quizzes.xml import add, as_text


def as_moodle(quizzes: Sequence[Quiz]) -> str:
    """Return all quizzes as one file to import into a question bank."""
    root = Element("quiz")
    for quiz in quizzes:
        category = add(add(root, "question", type="category"), "category")
        add(category, "text", f"$course$/top/{course()}/{quiz.title}")
        for group in quiz.groups:
            for number, one in enumerate(group, start=1):
                add_question(root, one, number)
    return as_text(root)


def add_question(root: Element, one: Asked, number: int) -> None:
    """Add a question: numerical where the answer is a number to write, else multiple choice."""
    kind = "numerical" if one.is_number else "multichoice"
    question = add(root, "question", type=kind)
    add(add(question, "name"), "text", f"{one.name} {number}")
    add_html(question, "questiontext", question_html(one.text, one.shown))
    add(question, "defaultgrade", "1")
    add(question, "penalty", "0.3333333")

    if kind == "multichoice":
        add(question, "single", "true")
        add(question, "shuffleanswers", "false")
        add(question, "answernumbering", "abc")
        for option in one.options:
            add_answer(question, option, answer_html(option.answer), "html")
    else:
        for option in (Option(one.right, one.why, right=True), *(Option(*wrong) for wrong in one.wrong)):
            made = add_answer(question, option, written(option.answer), "moodle_auto_format")
            add(made, "tolerance", f"{one.tolerance:g}")


def add_answer(question: Element, option: Option, text: str, form: str) -> Element:
    """Add an answer with what is said to it."""
    made = add(question, "answer", fraction=100 if option.right else 0, format=form)
    add(made, "text", text)
    add_html(made, "feedback", as_html(option.said))
    return made


def add_html(parent: Element, name: str, html: str) -> None:
    """Add a text in HTML."""
    add(add(parent, name, format="html"), "text", html)
