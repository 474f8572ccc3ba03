"""Print the built book as one PDF: title, contents with page numbers, every page in reading order.

    python tools/print_book.py [--answers hide] [SITE] [PDF]

Chromium sets it, from the pages as they were built; of an explorer it shows the view that is current when the page
opens, with its caption. It is printed twice, because only a printed book says on which page a chapter begins.
"""

from __future__ import annotations

import argparse
import posixpath
import re
from html import escape, unescape
from pathlib import Path
from typing import Any

from browser import MISSING, find_chromium
from contents import outline
from pypdf import PdfReader, PdfWriter

ROOT = Path(__file__).parents[1]

Entry = tuple[str | None, int, str]  # the part, the level below it, and the name of a document

ARTICLE = re.compile(r'<article class="bd-article">(.*?)</article>', re.DOTALL)
HEADING = re.compile(r"<h1>(.*?)<a class=\"headerlink\"", re.DOTALL)
ANSWERS = re.compile(r"<details class=\"sd-[^>]*>.*?</details>", re.DOTALL)
REFERENCE = re.compile(r'\b(href|src|id|for|aria-labelledby)="([^"]*)"')
STYLES = """
@page { size: A4; margin: 22mm 21mm 24mm; @bottom-center { content: counter(page); font: 9pt system-ui, sans-serif; } }
@page :first { @bottom-center { content: none; } }
html { scroll-padding: 0; font-size: 10pt; }
body { font-size: 1rem; line-height: 1.5; background: white; }
.bd-article h1 { font-size: 2.2rem; margin: 0 0 0.8rem; }
.bd-article h2 { font-size: 1.5rem; margin: 1.8rem 0 0.6rem; }
.bd-article h3 { font-size: 1.2rem; margin: 1.4rem 0 0.5rem; }
.bd-article div.highlight pre, .bd-article .cell_output .output pre { line-height: 1.4; padding: 0.6rem 0.9rem; }
.bd-article div.cell { margin: 0.8rem 0; }
.bd-article figure { margin: 0.6rem auto; }
.toctree-wrapper { display: none; }
.bd-article section > p:last-child { margin-bottom: 0; }
.bd-article figure .panels { zoom: 0.85; }
.book-title { break-after: page; padding-top: 45mm; text-align: center; }
.book-title h1 { font-size: 34pt; margin-bottom: 10mm; }
.book-title img { width: 150mm; height: auto; margin: 12mm auto; }
.book-contents { break-after: page; }
.book-contents p { margin: 7mm 0 2mm; font-weight: 600; }
.book-contents ol { list-style: none; margin: 0; padding: 0; }
.book-contents li { display: flex; gap: 2mm; margin: 1mm 0; }
.book-contents li::before { content: ""; order: 1; flex: 1; border-bottom: 1px dotted; translate: 0 -1mm; }
.book-contents a { color: inherit; text-decoration: none; }
.book-contents span { order: 2; font-variant-numeric: tabular-nums; }
.cell_input, .cell_output, .highlight, pre, figure, tr, .admonition, math { break-inside: avoid; }
h1, h2, h3, .cell_input:has(+ .cell_output) { break-after: avoid; }
p, li { orphans: 3; widows: 3; }
button, form { display: none !important; }
.book-contents .below { padding-left: 7mm; }
"""


def main() -> None:
    """Print what the command line names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--answers", choices=["show", "hide"], default="show", help="what a page folds away")
    parser.add_argument("site", nargs="?", type=Path, default=ROOT / "_build" / "html")
    parser.add_argument("pdf", nargs="?", type=Path, default=ROOT / "_build" / "restoring-resolution.pdf")
    options = parser.parse_args()
    count = print_book(options.site.resolve(), options.pdf, answers=options.answers == "show")
    print(f"{options.pdf}: {count} pages")


def print_book(
    site: Path, pdf: Path, answers: bool = True, browser: Any = None, entries: list[Entry] | None = None
) -> int:
    """Print the book built in ``site``, or some of its pages, and return the number of pages of paper.

    ``browser`` is one of Playwright's that runs already; without it, one is started.
    """
    entries = entries or outline()
    if browser is None:
        from playwright.sync_api import sync_playwright

        chromium = find_chromium()
        if chromium is None:
            raise FileNotFoundError(MISSING)
        with sync_playwright() as playwright:
            launched = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
            return print_book(site, pdf, answers, launched, entries)
    source = site / "book-as-one-page.html"
    numbers: dict[str, int] = {}
    try:
        for _ in range(2):
            source.write_text(one_page(site, numbers, answers, entries), encoding="utf-8")
            page = browser.new_page(color_scheme="light")
            page.goto(source.as_uri(), wait_until="load")
            page.evaluate("Promise.all([document.fonts.ready, ...[...document.images].map(image => image.decode())])")
            page.pdf(path=pdf, prefer_css_page_size=True, print_background=True, tagged=True)
            page.close()
            printed = PdfReader(pdf)
            numbers = {
                name.strip("/"): printed.get_destination_page_number(place) + 1
                for name, place in printed.named_destinations.items()
            }
    finally:
        source.unlink(missing_ok=True)
    return _add_bookmarks(pdf, site, numbers, entries)


def _add_bookmarks(pdf: Path, site: Path, numbers: dict[str, int], entries: list[Entry]) -> int:
    """Give a printed book a bookmark for each part and page, and return the number of pages.

    Chromium can make bookmarks from headings, but writes each of them twice over.
    """
    writer = PdfWriter(clone_from=pdf)
    parts: dict[str | None, Any] = {None: None}
    for place, (part, _, name) in enumerate(entries):
        page = numbers[f"page{place}"] - 1
        if part not in parts:
            parts[part] = writer.add_outline_item(part, page)
        writer.add_outline_item(_title(site, name), page, parent=parts[part])
    writer.write(pdf)
    return len(writer.pages)


def _title(site: Path, name: str) -> str:
    return plain(HEADING.search(ARTICLE.search((site / f"{name}.html").read_text(encoding="utf-8"))[1])[1])


def one_page(site: Path, numbers: dict[str, int], answers: bool, entries: list[Entry]) -> str:
    """Return all pages as one, with contents that show ``numbers``, the page on which each document begins."""
    keys = {f"{name}.html": f"page{place}" for place, (_, _, name) in enumerate(entries)}
    texts = {name: (site / f"{name}.html").read_text(encoding="utf-8") for _, _, name in entries}
    articles, lines, part_before = [], [], None
    for part, level, name in entries:
        key, text = keys[f"{name}.html"], texts[name]
        title = _title(site, name)
        if part != part_before:
            lines.append(f"</ol><p>{escape(part)}</p><ol>")
            part_before = part
        below = ' class="below"' if level else ""
        lines.append(f'<li{below}><a href="#{key}">{escape(title)}</a><span>{numbers.get(key, "")}</span></li>')
        articles.append(f'<article class="bd-article {key}" id="{key}">{_article(text, name, keys, answers)}</article>')
        head = re.sub(r'["\\\\<]', "", title)
        articles[-1] += (
            f"<style>.{key} {{ page: {key}; break-before: page; }}"
            f'@page {key} {{ @top-right {{ content: "{head}"; font: 8.5pt system-ui, sans-serif; }} }}</style>'
        )
    sheet = re.search(r'href="(_static/site\.css[^"]*)"', texts["index"])[1]
    return (
        '<!DOCTYPE html><html lang="en" data-theme="light"><head><meta charset="utf-8">'
        f'<title>Restoring Resolution</title><link rel="stylesheet" href="{sheet}"><style>{STYLES}</style></head>'
        '<body><main class="bd-content"><div class="book-title"><h1>Restoring Resolution</h1>'
        "<p>Convolution, transposed convolution, unpooling and upsampling, by hand and in code</p>"
        f'<img src="_static/logo.svg" alt=""></div>'
        f'<nav class="book-contents" aria-label="Contents"><h1>Contents</h1><ol>{"".join(lines)}</ol></nav>'
        f"{''.join(articles)}</main></body></html>"
    )


def plain(markup: str) -> str:
    """Return the words of a piece of markup."""
    return unescape(re.sub(r"<[^>]*>", "", markup)).strip()


def _article(text: str, name: str, keys: dict[str, str], answers: bool) -> str:
    """Return the text of a page, with its anchors named after it and its links leading inside the book."""
    inside = re.sub(
        r"<script\b.*?</script>|<a class=\"headerlink\".*?</a>", "", ARTICLE.search(text)[1], flags=re.DOTALL
    )
    inside = ANSWERS.sub(lambda fold: fold[0].replace("<details", "<details open", 1) if answers else "", inside)
    inside = inside.replace(' loading="lazy"', "")
    folder, own = posixpath.dirname(name), keys[f"{name}.html"]

    def moved(found: re.Match[str]) -> str:
        kind, value = found.groups()
        if kind in ("id", "for", "aria-labelledby"):
            return f'{kind}="{" ".join(f"{own}-{part}" for part in value.split())}"'
        if re.match(r"[a-z]+:", value):
            return found[0]
        path, _, anchor = value.partition("#")
        target = posixpath.normpath(posixpath.join(folder, path)) if path else f"{name}.html"
        if target in keys:
            return f'{kind}="#{keys[target]}{f"-{anchor}" if anchor else ""}"'
        return f'{kind}="{target}"' if kind == "src" else ""

    return REFERENCE.sub(moved, inside)


if __name__ == "__main__":
    main()
