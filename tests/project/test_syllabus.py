"""The syllabus keeps to the book: it counts the minutes of the pages it names, and leaves none out."""

import re
from pathlib import Path

import pytest
from course.minutes import Minutes

CHAPTERS = Path(__file__).parents[2] / "chapters"
SYLLABUS = CHAPTERS / "teaching" / "syllabus.md"
LINK = re.compile(r"\]\((?P<target>[^)]+)\.ipynb\)")
COUNTED = re.compile(r"\{minutes\}`(?P<pages>[^`]+)`")
ROWS = [line for line in SYLLABUS.read_text(encoding="utf-8").splitlines() if re.match(r"\| \d+ \|", line)]


def test_three_plans_are_found():
    assert len(ROWS) >= 5 + 6 + 5


@pytest.mark.parametrize("row", ROWS, ids=range(len(ROWS)))
def test_a_session_counts_the_minutes_of_its_pages(row):
    pages = [link["target"] for link in LINK.finditer(row.split("|")[2])]
    assert COUNTED.search(row)["pages"].split(", ") == pages


def test_the_longest_plan_has_every_page_of_the_chapters():
    text = SYLLABUS.read_text(encoding="utf-8").split("## Six weeks")[1]
    named = {(SYLLABUS.parent / link["target"]).resolve() for link in LINK.finditer(text)}
    made = {"exercises", "solutions"}
    pages = {path.with_suffix("").resolve() for path in CHAPTERS.glob("*/*.ipynb") if path.stem not in made}
    assert pages <= named


@pytest.mark.parametrize(
    ("reading", "exercises", "said"),
    [
        (11, 0, "About 10 minutes."),
        (11, 1, "About 15 minutes, with its 1 exercise."),
        (11, 3, "About 25 minutes, with its 3 exercises."),
        (0.5, 0, "About 5 minutes."),
    ],
)
def test_minutes_are_those_of_reading_and_four_for_each_exercise_to_the_next_five(reading, exercises, said):
    assert Minutes(reading, exercises).sentence == said
