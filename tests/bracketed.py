"""A language in which every message is said in brackets: a test sees by them what is said, and what is not.

Unlike real catalogs it has every message, whatever the English is changed to.
"""

from __future__ import annotations

import re

from lib import words

INNERMOST = re.compile("⟦[^⟦⟧]*⟧")


class Bracketed:
    """A catalog."""

    def get(self, message: str, _: str) -> str:
        """Return a message in brackets."""
        return f"⟦{message}⟧"


def speak_in_brackets(monkeypatch):
    """Speak that language until the end of the test, under the name of one that there is."""
    monkeypatch.setattr(words, "_catalog", lambda language: Bracketed())
    monkeypatch.setattr(words, "_spoken", "zh_CN")


def outside(text: str) -> str:
    """Return what of a text stands outside of all brackets."""
    while INNERMOST.search(text):
        text = INNERMOST.sub("", text)
    return text
