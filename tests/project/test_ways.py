"""The map of the course, the notation and the page on speed, before they are built."""

from __future__ import annotations

import json
import re
from pathlib import Path

import nbformat
import pytest
from course import overview, speed

ROOT = Path(__file__).parents[2]
PAGES = overview.pages()
NOTATION = re.findall(
    r"^\| ([^|]+) \|[^|]*\|[^|]*\| \[([^\]]+)\]\(([^)]+)\) \|$",
    (ROOT / "chapters/notation.md").read_text(encoding="utf-8"),
    re.MULTILINE,
)
# How formulas write what the table writes in letters.
IN_FORMULAS = {"kh": "k_h", "kw": "k_w", "oh": "o_h", "ow": "o_w", "Cᵀ": "C^\\top", "Aᵀ": "A^\\top", "C⁺": "C^{+}"}
IN_FORMULAS |= {"⟨a, b⟩": "\\langle a, b \\rangle"}


def test_the_map_holds_every_page_that_says_what_it_needs():
    said = {
        path.relative_to(ROOT).with_suffix("").as_posix()
        for path in (ROOT / "chapters").glob("*/*.ipynb")
        if "**What you need.**" in nbformat.read(path, as_version=4).cells[0].source
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


def test_the_symbols_of_the_first_chapter_are_in_the_table():
    first = (ROOT / "chapters/convolution/index.md").read_text(encoding="utf-8")
    named = re.findall(r"^\| ([^|]+) \|", first.partition("| symbol |")[2], re.MULTILINE)
    listed = {symbol for row, _, _ in NOTATION for symbol in re.split("[,;] ", row)}
    assert {symbol for row in named for symbol in re.split("[,;] ", row) if symbol[0].isalpha()} - listed == set()


def test_the_page_on_speed_says_what_was_measured():
    measured = json.loads(speed.RESULTS.read_text(encoding="utf-8"))["results"]
    drawn, numbers = speed.bars(measured).astext(), speed.table(measured)
    for case in measured:
        assert f"<b>{case['name']}</b>" in drawn
        assert f"| {case['name']} | {case['microseconds']['ours']:.1f} |" in numbers
    asked = [case for case in measured if case["must"] is not None]
    assert drawn.count('class="must"') == drawn.count('class="aim"') == len(asked) > 0
    assert drawn.count(" (must ") == len(asked)
    assert f"Of {len(asked)} cases " in speed.summary(measured)


@pytest.mark.parametrize(("ratio", "side"), [(0.5, "left"), (2.0, "right")])
def test_a_bar_goes_left_for_less_time_and_right_for_more(ratio, side):
    case = {"name": "case", "must": 1.0, "aim": 0.5, "unit": "ratio", "reached": "yes", "note": "bound by <memory>"}
    case |= {"microseconds": {"ours": ratio, "PyTorch": 1.0}, "ratios": {"ours": ratio, "PyTorch": 1.0}}
    drawn = speed.bars([case]).astext()
    start, width = map(float, re.search(r'class="bar yes" x="([\d.]+)" y="5" width="([\d.]+)"', drawn).groups())
    one = speed.place(1)
    assert (start, start + width) == pytest.approx(
        (one - width, one) if side == "left" else (one, one + width), abs=0.02
    )
    assert width == pytest.approx(100 / 6, abs=0.01)  # one of six doublings on the axis
    assert "bound by &lt;memory&gt;" in drawn


def test_a_time_as_a_goal_is_drawn_as_a_ratio():
    case = {"must": 10, "aim": 5, "unit": "µs", "microseconds": {"PyTorch": 4.0}}
    assert speed.marks(case) == [("must", 2.5), ("aim", 1.25)]
