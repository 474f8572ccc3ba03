"""Questions and answers as plain text and as HTML, for pages and for learning platforms alike."""

from __future__ import annotations

import re
from html import escape
from typing import Any

import numpy as np

from lib.words import say

CODE = re.compile(r"`([^`]+)`")
BEFORE_NUMBER = re.compile(r"(?<![\w\])])-(?=\d)(?=[^`]*(?:`[^`]*`[^`]*)*$)")  # outside of code


def written(value: Any) -> str:
    """Return an answer as it is read, and as it can be typed.

    >>> written(0.12500001), written((2, 'valid')), written(np.array([[1, 2], [3, 4]]))
    ('0.125', '2, valid', '[[1, 2], [3, 4]]')
    """
    if isinstance(value, np.ndarray) and value.ndim > 1:
        return f"[{', '.join(written(list(row)) for row in value)}]"
    if isinstance(value, (list, np.ndarray)):
        return f"[{', '.join(map(written, value))}]"
    if isinstance(value, tuple):
        return ", ".join(map(written, value))
    return f"{value:.6g}" if isinstance(value, (float, np.floating)) else str(value)


def with_minus(text: str) -> str:
    """Return words with a minus before each negative number, except in code.

    >>> with_minus('-7 + -0.5 by `x[-1]`, 3 x 1-2')
    '−7 + −0.5 by `x[-1]`, 3 x 1-2'
    """
    return BEFORE_NUMBER.sub("−", text)


def as_html(text: str) -> str:
    """Return words as HTML: backquotes mark code.

    >>> as_html('`a < b` & c')
    '<code>a &lt; b</code> &amp; c'
    """
    return CODE.sub(r"<code>\1</code>", escape(text, quote=False))


def answer_text(value: Any) -> str:
    """Return an answer as a reader is shown it: words in the reader's language."""
    return say(value) if isinstance(value, str) else written(value)


def answer_html(value: Any) -> str:
    """Return an answer as HTML."""
    return as_html(answer_text(value))


def table(name: str, values: np.ndarray) -> str:
    """Return an array of one or two axes as a table with its name as caption.

    >>> table('x', np.array([1, 2]))
    '<table class="numbers"><caption>x</caption><tr><td>1</td><td>2</td></tr></table>'
    """
    rows = "".join(
        f"<tr>{''.join(f'<td>{with_minus(written(value))}</td>' for value in row)}</tr>"
        for row in np.atleast_2d(values)
    )
    return f'<table class="numbers"><caption>{escape(say(name))}</caption>{rows}</table>'


def question_html(text: str, shown: dict[str, np.ndarray]) -> str:
    """Return what a question asks as HTML: its words, then its arrays side by side."""
    words = f"<p>{as_html(text)}</p>" if text else ""
    tables = "".join(table(name, values) for name, values in shown.items())
    return words + (f'<div class="tables">{tables}</div>' if tables else "")
