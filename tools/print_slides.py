"""Print the decks of the built book, each as one PDF: a page for each slide, and with ``--notes`` one for its notes.

    python tools/print_slides.py [--edition zh] [--notes] [FOLDER]

Chromium sets them as reveal.js lays them out for paper; a figure is the view that it opens with.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from books import BY_KEY, Books, add_edition_option, named_after
from print_book import chromium
from pypdf import PdfReader

READY = "document.body.classList.contains('fitted')"
ALL_LOADED = """() => Promise.all([document.fonts.ready, ...[...document.images].map(image => {
  image.loading = 'eager';
  return image.decode();
})])"""


def main() -> None:
    """Print what the command line names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_edition_option(parser)
    parser.add_argument("--notes", action="store_true", help="print the notes for the speaker after each slide")
    parser.add_argument("folder", nargs="?", type=Path, help="by default beside the site")
    options = parser.parse_args()

    edition, books = BY_KEY[options.edition], Books()
    folder = options.folder or books.site.with_name(named_after("slides", edition))
    folder.mkdir(parents=True, exist_ok=True)

    with chromium() as browser:
        for deck in sorted(books.place(edition).glob("chapters/*/slides.html")):
            pdf = folder / f"{deck.parent.name}.pdf"
            print(f"{pdf}: {print_deck(deck, pdf, options.notes, browser)} pages", flush=True)


def print_deck(deck: Path, pdf: Path, notes: bool, browser: Any) -> int:
    """Print a deck, with one of Playwright's browsers, and return the number of pages."""
    page = browser.new_page(color_scheme="light", viewport={"width": 1280, "height": 720})
    page.goto(f"{deck.as_uri()}?print-pdf{'&notes' if notes else ''}", wait_until="load")
    page.wait_for_function(READY)
    page.evaluate(ALL_LOADED)

    page.pdf(path=pdf, prefer_css_page_size=True, print_background=True, tagged=True)
    page.close()
    return len(PdfReader(pdf).pages)


if __name__ == "__main__":
    main()
