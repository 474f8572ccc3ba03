"""Pages as they were built, to be used for something else: the printed book, the slides."""

from __future__ import annotations

import re
from pathlib import Path

from bs4 import BeautifulSoup, SoupStrainer, Tag

NAMES = ("id", "for", "aria-labelledby")  # attributes that name an element of the same page
INSIDE_STYLE = re.compile(r"url\(#([^)]*)\)")


def read_article(page: Path) -> Tag:
    """Return what a page has between its bars and menus."""
    only = SoupStrainer("article", class_="bd-article")
    return BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser", parse_only=only).article


def name_after(article: Tag, key: str) -> None:
    """Name the elements of a page after it, since another that will stand beside it may have the same.

    >>> article = BeautifulSoup('<p id="a" style="fill: url(#b)"></p>', "html.parser")
    >>> name_after(article, "first")
    >>> print(article)
    <p id="first-a" style="fill: url(#first-b)"></p>
    """
    for element in article.find_all(True):
        for name in set(NAMES) & element.attrs.keys():
            element[name] = " ".join(f"{key}-{one}" for one in str(element[name]).split())

        for name, value in element.attrs.items():
            if isinstance(value, str) and "url(#" in value:
                element[name] = INSIDE_STYLE.sub(rf"url(#{key}-\1)", value)
