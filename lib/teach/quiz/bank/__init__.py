"""The questions of each chapter: one module each, with a tuple ``QUESTIONS`` in the order of the chapter's pages."""

from __future__ import annotations

import importlib
from functools import cache

from lib.teach.quiz.question import Question

CHAPTERS = ("convolution", "transposed-convolution", "unpooling", "upsampling", "networks")


@cache
def questions(chapter: str) -> dict[str, Question]:
    """Return the questions of a chapter by their names.

    Only the module of that chapter is imported, so that a page is made anew when its own questions change.

    Parameters
    ----------
    chapter : str
        Its folder below ``chapters``.

    Raises
    ------
    ValueError
        If there is no such chapter.

    Examples
    --------
    >>> list(questions("convolution"))[0]
    'window-value'
    """
    if chapter not in CHAPTERS:
        raise ValueError(f"chapter must be one of {', '.join(CHAPTERS)}, got {chapter!r}")
    module = importlib.import_module(f"{__name__}.{chapter.replace('-', '_')}")
    return {question.name: question for question in module.QUESTIONS}
