"""The syllabus keeps to the book: its minutes are those of the pages, and the pages are there."""

import re
from pathlib import Path

import pytest

CHAPTERS = Path(__file__).parents[2] / "chapters"
SYLLABUS = CHAPTERS / "teaching" / "syllabus.md"
LINK = re.compile(r"\]\((?P<target>[^)]+\.ipynb)\)")
ROW = re.compile(r"^\| \[[^]]+\]\((?P<page>[^)]+\.ipynb)\) \|.*\| (?P<minutes>\d+) \|$", re.MULTILINE)


def minutes_of_pages() -> dict[Path, int]:
    """Return the minutes that the chapters' own tables give their pages."""
    found = {}
    for index in CHAPTERS.glob("*/index.md"):
        for row in ROW.finditer(index.read_text(encoding="utf-8")):
            found[(index.parent / row["page"]).resolve()] = int(row["minutes"])
    return found


def sessions() -> list[tuple[list[Path], int]]:
    """Return the pages and the minutes of each row of the syllabus."""
    rows = []
    for line in SYLLABUS.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) > 3 and cells[0].isdigit():
            targets = [(SYLLABUS.parent / link["target"]).resolve() for link in LINK.finditer(cells[1])]
            rows.append((targets, int(cells[2])))
    return rows


def test_three_plans_are_found():
    assert [len(pages) > 0 for pages, _ in sessions()] == [True] * len(sessions())
    assert len(sessions()) >= 5 + 6 + 4


@pytest.mark.parametrize(("pages", "minutes"), sessions(), ids=str)
def test_the_minutes_of_a_session_are_those_of_its_pages(pages, minutes):
    known = minutes_of_pages()
    assert sum(known[page] for page in pages) == minutes


def test_the_longest_plan_has_every_page_of_the_book():
    text = SYLLABUS.read_text(encoding="utf-8").split("## Six weeks")[1]
    named = {(SYLLABUS.parent / link["target"]).resolve() for link in LINK.finditer(text)}
    assert set(minutes_of_pages()) <= named
