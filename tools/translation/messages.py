"""What is to be translated, and the places of its catalogs."""

from __future__ import annotations

from dataclasses import dataclass

from contents import ROOT

LANGUAGE = "zh_CN"
CATALOGS = ROOT / "locale" / LANGUAGE
OF_LIB = ROOT / "lib" / "locale" / LANGUAGE
SITE = CATALOGS / "site.po"


@dataclass(frozen=True)
class Message:
    """A text to translate: what kind it is, which says what must survive, and the file that it comes from, or ''."""

    text: str
    kind: str
    place: str = ""
