"""Print the built book as one PDF: title, contents with page numbers, every page in reading order.

    python tools/print_book.py [--edition zh] [--answers hide] [PDF]

Chromium sets it, from the pages as they were built; of an explorer it shows the view that is current when the page
opens, with its caption. It is printed twice, because only a printed book says on which page a chapter begins.
``book/print`` holds the template and the styles.
"""

from __future__ import annotations

import argparse
import posixpath
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag

from books import BY_KEY, ROOT, Books, add_edition_option, named_after
from browser import MISSING, find_chromium
from bs4 import BeautifulSoup, SoupStrainer, Tag
from contents import outline
from course.articles import name_after, read_article
from course.editions import EDITIONS
from course.language import speak_as
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup
from pypdf import PdfReader, PdfWriter

from lib.words import language, say

NAME = "restoring-resolution"
TEMPLATES = ROOT / "book" / "print"

Entry = tuple[str | None, int, str]  # the part, the level below it, and the name of a document


def main() -> None:
    """Print what the command line names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_edition_option(parser)
    parser.add_argument("--answers", choices=["show", "hide"], default="show", help="what a page folds away")
    parser.add_argument("pdf", nargs="?", type=Path, help="by default beside the site")
    options = parser.parse_args()

    edition, books, answers = BY_KEY[options.edition], Books(), options.answers == "show"
    pdf = options.pdf or books.site.with_name(f"{named_after(NAME, edition)}.pdf")
    speak_as(edition)

    site = books.place(edition)
    with chromium() as browser:
        count = print_book(site, pdf, documents(site, outline(books.pages(edition)), answers), browser)
    print(f"{pdf}: {count} pages")


@contextmanager
def chromium() -> Iterator[Any]:
    """Start a browser."""
    from playwright.sync_api import sync_playwright

    path = find_chromium()
    if path is None:
        raise FileNotFoundError(MISSING)

    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])


# What is printed ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Document:
    """A page of the site as it goes into the book."""

    part: str | None
    level: int  # below the part
    key: str  # its name in the book
    title: str
    content: str  # markup, with names and links that hold inside the book


def documents(site: Path, entries: Sequence[Entry], answers: bool) -> list[Document]:
    """Return some pages of a built site for the book, with or without the answers that they fold away."""
    keys = {f"{name}.html": f"page{place}" for place, (_, _, name) in enumerate(entries)}
    found = []

    for part, level, name in entries:
        article = read_article(site / f"{name}.html")
        leave_out(article, answers)
        lead_inside(article, f"{name}.html", keys)

        title = article.find("h1").get_text().strip()
        found.append(Document(part, level, keys[f"{name}.html"], title, article.decode_contents()))
    return found


def leave_out(article: Tag, answers: bool) -> None:
    """Take out of a page what has no use on paper; unfold its answers, or take them out too."""
    for element in article.select("script, a.headerlink"):
        element.decompose()

    for fold in article.select("details[class^=sd-], .question details"):
        if answers:
            fold["open"] = ""
        else:
            fold.decompose()

    for image in article.select("img[loading]"):
        del image["loading"]


def lead_inside(article: Tag, page: str, keys: dict[str, str]) -> None:
    """Name the elements of a page after it, and let its links lead inside the book."""
    name_after(article, keys[page])

    for element in article.find_all(True):
        if "src" in element.attrs:
            element["src"] = seen_from_root(element["src"], page)
        if "href" in element.attrs:
            lead_link(element, page, keys)


def lead_link(link: Tag, page: str, keys: dict[str, str]) -> None:
    """Let a link to a page of the book lead there; leave those to the world, and let others be words."""
    address, anchor = urldefrag(link["href"])
    target = seen_from_root(address, page) if address else page

    if target in keys:
        link["href"] = f"#{keys[target]}-{anchor}" if anchor else f"#{keys[target]}"
    elif not is_outside(address):
        del link["href"]


def seen_from_root(address: str, page: str) -> str:
    """Return a relative address as it is seen from the first page.

    >>> seen_from_root("../_images/a.png", "chapters/glossary.html")
    '_images/a.png'
    """
    if is_outside(address):
        return address
    return posixpath.normpath(posixpath.join(posixpath.dirname(page), address))


def is_outside(address: str) -> bool:
    """Say whether an address begins with a scheme, as in ``https:`` or ``data:``."""
    return re.match(r"[a-z]+:", address) is not None


def one_page(site: Path, found: Sequence[Document], numbers: dict[str, int]) -> str:
    """Return documents as one page, with contents that show ``numbers``, the page on which each begins."""
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    environment.filters |= {"css_string": css_string, "groupby_in_order": groupby_in_order}
    environment.globals["say"] = say

    links = SoupStrainer("link", rel="stylesheet")
    head = BeautifulSoup((site / "index.html").read_text(encoding="utf-8"), "html.parser", parse_only=links)
    return environment.get_template("book.html").render(
        sheet=head.link["href"],
        styles=Markup((TEMPLATES / "book.css").read_text(encoding="utf-8")),
        documents=found,
        numbers=numbers,
        tag=next(edition.tag for edition in EDITIONS if edition.language == language()),
    )


def css_string(text: str) -> Markup:
    r"""Return text as a string in a stylesheet within a page.

    >>> print(css_string('A "<" sign'))
    "A \22 \3c \22  sign"
    """
    return Markup('"' + re.sub(r'["\\<\n]', lambda sign: f"\\{ord(sign[0]):x} ", text) + '"')


def groupby_in_order(items: Sequence[Any], attribute: str) -> list[tuple[Any, list[Any]]]:
    """Return neighbours with an equal attribute together; Jinja's own filter would sort them."""
    return [(value, list(members)) for value, members in groupby(items, attrgetter(attribute))]


# How it is printed ----------------------------------------------------------------------------------------------------


def print_book(site: Path, pdf: Path, found: Sequence[Document], browser: Any) -> int:
    """Print documents, with one of Playwright's browsers, and return the number of pages of paper."""
    source = site / "book-as-one-page.html"
    numbers: dict[str, int] = {}

    try:
        for _ in range(2):
            source.write_text(one_page(site, found, numbers), encoding="utf-8")
            print_page(source, pdf, browser)
            numbers = first_pages(PdfReader(pdf))
    finally:
        source.unlink(missing_ok=True)

    return add_bookmarks(pdf, found, numbers)


def print_page(source: Path, pdf: Path, browser: Any) -> None:
    """Print a file of HTML when all its fonts and images are there."""
    page = browser.new_page(color_scheme="light")
    page.goto(source.as_uri(), wait_until="load")
    page.evaluate("Promise.all([document.fonts.ready, ...[...document.images].map(image => image.decode())])")
    page.pdf(path=pdf, prefer_css_page_size=True, print_background=True, tagged=True)
    page.close()


def first_pages(printed: PdfReader) -> dict[str, int]:
    """Return on which page of a printed book each of its named places is, counted from 1."""
    places = printed.named_destinations.items()
    return {name.strip("/"): printed.get_destination_page_number(place) + 1 for name, place in places}


def add_bookmarks(pdf: Path, found: Sequence[Document], numbers: dict[str, int]) -> int:
    """Give a printed book a bookmark for each part and page, and return the number of pages.

    Chromium can make bookmarks from headings, but writes each of them twice over.
    """
    writer = PdfWriter(clone_from=pdf)
    parts: dict[str | None, Any] = {None: None}

    for document in found:
        page = numbers[document.key] - 1
        if document.part not in parts:
            parts[document.part] = writer.add_outline_item(document.part, page)
        writer.add_outline_item(document.title, page, parent=parts[document.part])

    writer.write(pdf)
    return len(writer.pages)


if __name__ == "__main__":
    main()
