"""The language that a book is written in: what the course says itself, and what its theme says around that.

The themes bring catalogs of their own, which lack words and say some oddly. ``locale/LANGUAGE/theme.po`` has those that
the course says otherwise.
"""

from __future__ import annotations

from gettext import NullTranslations
from pathlib import Path

from sphinx import locale
from sphinx.application import Sphinx
from sphinx.config import Config

from course.editions import ENGLISH, Edition, edition_of
from course.records import ROOT
from lib import words
from lib.words import read_catalog, say, speak

CATALOGS = ROOT / "locale"
STYLES = Path(__file__).resolve().parents[1] / "static"
SITE = "site"  # the catalog of what the site says outside of its pages
DOMAINS = ("sphinx", "booktheme", "togglebutton")  # as Sphinx, with its extensions and theme, calls what they say


class OwnWords(NullTranslations):
    """The words of a catalog of ours, and those of others for what it lacks."""

    def __init__(self, own: dict[str, str], others: NullTranslations) -> None:
        """Put ours before the others."""
        super().__init__()
        self._own = own
        self.add_fallback(others)

    def gettext(self, message: str) -> str:
        """Return what is said in place of an English message."""
        return self._own.get(message) or super().gettext(message)


def settle_language(app: Sphinx, config: Config) -> None:
    """Let the course and its theme speak the language of the edition."""
    edition = edition_of(config)
    speak_as(edition)

    theme = CATALOGS / edition.language / "theme.po"
    if theme.is_file():
        own = read_catalog(theme.read_text(encoding="utf-8"))
        for domain in DOMAINS:
            key = ("general", domain)
            locale.translators[key] = OwnWords(own, locale.translators.get(key, NullTranslations()))
        app.translator = locale.translators["general", "sphinx"]  # which templates ask

    config.html_theme_options["search_bar_text"] = say("Search this course")
    if edition != ENGLISH:
        config.smartquotes_action = "D"  # dashes of docstrings; quotation marks are as the translators wrote them


def speak_as(edition: Edition) -> None:
    """Let everything that the course says from here on be in the language of an edition."""
    words.also_from(CATALOGS, SITE)
    speak(edition.language)


def connect(app: Sphinx) -> None:
    """Connect it, before anything says a word, and let a language bring the styles in which it is set."""
    app.connect("config-inited", settle_language, priority=100)

    styles = f"{edition_of(app.config).key}.css"
    if (STYLES / styles).is_file():
        app.add_css_file(styles, priority=910)  # after all others
