"""How pages cite: the names of authors are joined by words of the edition, where BibTeX's own are English."""

from __future__ import annotations

from pybtex.richtext import Text
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinxcontrib.bibtex.plugin import register_plugin
from sphinxcontrib.bibtex.style.referencing import PersonStyle
from sphinxcontrib.bibtex.style.referencing.label import LabelReferenceStyle

from course.editions import ENGLISH, edition_of
from lib.words import say

STYLE = "label-in-words"


class LabelInWords(LabelReferenceStyle):
    """Names and a label: Zeiler 和 Fergus [ZF14], Noh 等人 [NHH15]."""

    def __init__(self) -> None:
        """Ask for the words, which the edition has settled by now."""
        super().__init__(person=PersonStyle(sep2=say(" and "), last_sep=say(", and "), other=Text(say(" et al."))))


def settle_citations(app: Sphinx, config: Config) -> None:  # noqa: ARG001
    """Cite in the edition's words; English keeps the style of its own, which slants some."""
    if edition_of(config) != ENGLISH:
        register_plugin("sphinxcontrib.bibtex.style.referencing", STYLE, LabelInWords)
        config.bibtex_reference_style = STYLE


def connect(app: Sphinx) -> None:
    """Choose the style after the language, and before the bibliography is read."""
    app.connect("config-inited", settle_citations, priority=200)
