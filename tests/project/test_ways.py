"""The map of the course and the notation, before they are built."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from course import overview

ROOT = Path(__file__).parents[2]
PAGES = overview.pages()
NOTATION = re.findall(
    r"^\| ([^|]+) \|[^|]*\|[^|]*\| \[([^\]]+)\]\(([^)]+)\) \|$",
    (ROOT / "chapters/notation.md").read_text(encoding="utf-8"),
    re.MULTILINE,
)
# How formulas write what the table writes in letters.
IN_FORMULAS = {"kh": "k_h", "kw": "k_w", "oh": "o_h", "ow": "o_w", "Cᵀ": "C^\\top", "Aᵀ": "A^\\top", "C⁺": "C^{+}"}
IN_FORMULAS |= {"⟨·, ·⟩": "\\langle \\cdot, \\cdot \\rangle"}
# A shape that counts channels by the letter of the convolution matrix: (N, C, H, W), (C, 1, k, k), groups=C.
BARE_CHANNELS = re.compile(r"(?<!\w)\((?:\w+, )*C(?: / groups)?, [\w, ]+\)|, C\)|groups=C\b(?!_)|\bC[·r ]*r²")


def test_the_map_holds_every_page_that_says_what_it_needs():
    said = {
        path.relative_to(ROOT).with_suffix("").as_posix()
        for path in (ROOT / "chapters").glob("*/*.ipynb")
        if "**What you need.**" in path.read_text(encoding="utf-8")
    }
    in_toc = set(re.findall(r"file: (\S+)", (ROOT / "_toc.yml").read_text(encoding="utf-8")))
    assert {page.name for page in PAGES} == said & in_toc


def test_needs_are_pages_of_the_map_that_come_before():
    names = [page.name for page in PAGES]
    wrong = [(page.name, need) for page in PAGES for need in page.needs if need not in names[: names.index(page.name)]]
    assert wrong == []
    assert all(page.needs for page in PAGES[1:])


def test_every_page_stands_below_what_it_needs():
    rows = overview.rows(PAGES)
    assert all(rows[need] < rows[page.name] for page in PAGES for need in page.needs)


def test_no_two_pages_share_a_place():
    rows = overview.rows(PAGES)
    assert len({(page.chapter, rows[page.name]) for page in PAGES}) == len(PAGES)


def test_an_arrow_that_follows_from_another_is_left_out():
    one, two = overview.Page("a/1", "One", "a", ()), overview.Page("a/2", "Two", "a", ())
    three = overview.Page("b/1", "Three", "b", ("a/1", "a/2"))
    assert overview.arrows((one, two, three)) == [("a/2", "b/1")]


@pytest.mark.parametrize(("symbols", "title", "link"), NOTATION, ids=[row[0] for row in NOTATION])
def test_a_symbol_is_used_on_the_page_that_introduces_it(symbols, title, link):
    cells = nbformat.read(ROOT / "chapters" / link, as_version=4).cells
    assert cells[0].source.startswith(f"# {title}\n")
    text = " ".join(cell.source for cell in cells)
    for symbol in symbols.split(", ") if not symbols.startswith("⟨") else [symbols]:
        written = [symbol, IN_FORMULAS.get(symbol, symbol)]
        assert any(re.search(rf"(?<![A-Za-z]){re.escape(form)}(?![A-Za-z])", text) for form in written), symbol


def test_no_shape_counts_channels_by_the_letter_of_the_convolution_matrix():
    written = [*(ROOT / "chapters").rglob("*.ipynb"), *(ROOT / "chapters").rglob("*.md"), *(ROOT / "lib").rglob("*.py")]
    found = {path: BARE_CHANNELS.findall(path.read_text(encoding="utf-8")) for path in written}
    assert {path: shapes for path, shapes in found.items() if shapes} == {}
    assert BARE_CHANNELS.search("weight of shape (O, C / groups, kh, kw)")


def test_the_symbols_of_the_first_chapter_are_in_the_table():
    first = (ROOT / "chapters/convolution/index.md").read_text(encoding="utf-8")
    named = re.findall(r"^\| ([^|]+) \|", first.partition("| symbol |")[2], re.MULTILINE)
    listed = {symbol for row, _, _ in NOTATION for symbol in re.split("[,;] ", row)}
    assert {symbol for row in named for symbol in re.split("[,;] ", row) if symbol[0].isalpha()} - listed == set()
