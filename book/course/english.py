"""The English pages behind those of another edition, and what their texts are in its language.

What follows from a page but not from its language is read from the English one: its minutes, what it needs, the names
that it uses. Where such a thing is shown, titles and other texts of pages are said as the catalogs of the pages do.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from sphinx.environment import BuildEnvironment

from lib.words import ENGLISH, language, read_catalog

ROOT = Path(__file__).resolve().parents[2]
OF_EXERCISES = ("/exercises", "/solutions")  # both pages are made of one source, which has the catalog


def english_source(env: BuildEnvironment, page: str) -> Path:
    """Return the file of an English page, given the name of a page of the book that is built."""
    own = Path(env.doc2path(page))
    return own if env.config.language in (None, ENGLISH) else ROOT / own.relative_to(env.srcdir)


def said_on(page: str, text: str) -> str:
    """Return a text of an English page as the page says it in the reader's language."""
    return texts_of(page, language()).get(text, text)


@cache
def texts_of(page: str, language: str) -> dict[str, str]:
    """Return the texts of a page in a language, by their English; those without a translation are left out."""
    if page.endswith(OF_EXERCISES):
        page = f"exercises/{page.split('/')[-2]}"
    path = ROOT / "locale" / language / f"{page}.po"
    return read_catalog(path.read_text(encoding="utf-8")) if path.is_file() else {}
