"""The glossary as a term base: one thing has one name in each language, on every page.

Where the English of a page names a term, its translation must hold the first of the term's names in Chinese, or the
English word itself, such as the name of a network. The glossary's key ``chinese_forms`` has other Chinese words that
mean the term in prose. Where the English word is not meant as the term, translators say so in a comment of the
catalog: ``# not a term: switch``.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence

from contents import ROOT

from .markdown import NO_SENTENCE

sys.path.append(str(ROOT / "book"))
from course.glossary import uses

PROSE = ("prose", "heading", "title", "cell", "description", "notes", "code", "comment", "say", "label")
NOT_MEANT = "not a term: "


def lost_terms(kind: str, english: str, other: str, notes: Sequence[str] = ()) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the terms that the English of a message uses, with what to call them, where the translation has none.

    >>> [term for term, _ in lost_terms("prose", "The stride and the kernel.", "步长与核心。")]
    ['kernel']
    """
    if kind not in PROSE:
        return

    english = NO_SENTENCE.sub("|", english.replace("*", ""))
    other = other.replace("*", "").lower()
    not_meant = {note.removeprefix(NOT_MEANT) for note in notes}
    seen = set(not_meant)

    for _, _, term in uses(english):
        names = (term.chinese[0], *term.chinese_forms)
        kept = re.search(term.pattern, other, re.IGNORECASE)
        if term.name not in seen and not kept and not any(name.lower() in other for name in names):
            seen.add(term.name)
            yield term.name, names
