"""Boxes to answer questions in: their script and styles for the site, and a box below each exercise answered by hand.

Questions of the quiz bank come with the notebook's own cell. Exercises need no mark of their own: where a page of
exercises checks an answer that is a value, its box follows. Answers that are functions stay with the notebook.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import minify
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

from lib.teach import ByHand, Exercise, Find, exercises
from lib.teach.quiz.box import exercise_html, rules, script

CHECKED = re.compile(r'^check\("(?P<name>[\w-]+)", \w+, student\b', re.MULTILINE)


def write_assets(folder: Path) -> None:
    """Write the script of boxes and their styles."""
    (folder / "questions.js").write_text(minify.string("application/javascript", script()), encoding="utf-8")
    (folder / "questions.css").write_text(rules(), encoding="utf-8")


class BoxesBelowExercises(SphinxTransform):
    """Put a box below each cell of a page of exercises that checks an answer to write down."""

    default_priority = 795

    def apply(self, **_: Any) -> None:
        """Change the page in place."""
        if not self.env.docname.endswith("/exercises"):
            return
        for code in list(self.document.findall(nodes.literal_block)):
            checked = CHECKED.search(code.astext())
            if checked and is_answered_here(exercise := exercises()[checked["name"]]):
                cell = cell_of(code)
                box = nodes.raw("", exercise_html(exercise), format="html")
                cell.parent.insert(cell.parent.index(cell) + 1, box)


def is_answered_here(exercise: Exercise) -> bool:
    """Say whether a page can judge an answer: a value to write down, of which one is right."""
    return isinstance(exercise, ByHand) and not isinstance(exercise, Find)


def cell_of(code: nodes.Node) -> nodes.Element:
    """Return the cell of a notebook that holds a block of code."""
    while "cell" not in code.get("classes", []):
        code = code.parent
    return code


def add_questions(app: Sphinx) -> None:
    """Register the boxes of exercises, and the script and styles of all boxes."""
    app.add_transform(BoxesBelowExercises)
    app.add_js_file("questions.js")
    app.add_css_file("questions.css", priority=902)
