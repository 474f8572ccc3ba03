"""The syllabus keeps to the book: it counts the minutes of the pages it names, and leaves none out."""

import re
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from contents import documents
from course.minutes import Minutes, minutes_of
from course.plans import numbers_in, plans

CHAPTERS = Path(__file__).parents[2] / "chapters"
SYLLABUS = (CHAPTERS / "teaching" / "syllabus.md").read_text(encoding="utf-8")
SESSIONS = [(plan, number, session) for plan, sessions in plans().items() for number, session in enumerate(sessions)]
NAMES = [f"{plan} {number + 1}" for plan, number, _ in SESSIONS]
MADE = {"exercises", "solutions"}
FIGURE_TO_SHOW = re.compile(
    r"^\| \[(?P<title>[^\]]+)\]\(\.\./(?P<page>[^)]+)\), (?:\*(?P<section>[^*]+)\*|the figure at the top) \|",
    re.MULTILINE,
)


def test_the_syllabus_shows_every_plan():
    assert re.findall(r"^:::\{plan\} (.+)$", SYLLABUS, re.MULTILINE) == list(plans())
    assert {name: len(sessions) for name, sessions in plans().items()} == {
        "one week": 5,
        "two weeks": 10,
        "three weeks": 6,
        "six weeks": 6,
    }


@pytest.mark.parametrize(("plan", "number", "session"), SESSIONS, ids=NAMES)
def test_a_session_says_pages_minutes_figure_exercise_and_homework(plan, number, session):
    _, _, pages, minutes, in_class, homework, _ = session.row(number).split("|")
    assert pages.count(".ipynb)") == len(session.pages)
    assert int(minutes) == sum(minutes_of(CHAPTERS / f"{page}.ipynb").rounded for page in session.pages)
    assert re.search(r"^ the figure .+; exercise \d of ", in_class)
    assert re.search(r"^ \[Exercises: [\w ]+\]\(\.\./[\w-]+/exercises\.ipynb\), [\d, to]+ \(\d+ minutes\) $", homework)
    assert {session.show, session.exercise} <= set(session.pages)


@pytest.mark.parametrize("plan", plans())
def test_a_plan_keeps_the_order_of_the_book_and_gives_no_homework_twice(plan):
    order = [name.removeprefix("chapters/") for name in documents()]
    pages = [page for session in plans()[plan] for page in session.pages]
    assert pages == sorted(set(pages), key=order.index)

    given = [(chapter, number) for chapter, numbers in map(parted, plans()[plan]) for number in numbers]
    assert len(given) == len(set(given))


def test_the_longest_plan_has_every_page_of_the_chapters():
    found = {path.relative_to(CHAPTERS).with_suffix("").as_posix() for path in CHAPTERS.glob("*/*.ipynb")}
    named = {page for session in plans()["six weeks"] for page in session.pages}
    assert {page for page in found if page.split("/")[1] not in MADE} <= named


@pytest.mark.parametrize("wrong", [{"homework": "convolution 9"}, {"exercise": "glossary"}, {"show": "glossary"}])
def test_a_plan_that_names_what_is_not_there_is_refused(wrong, tmp_path):
    (tmp_path / "convolution").symlink_to(CHAPTERS / "convolution")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Glossary")])
    nbformat.write(notebook, tmp_path / "glossary.ipynb")
    with pytest.raises(ValueError, match="must name"):
        replace(plans()["one week"][0], **wrong).row(1, tmp_path)


def parted(session):
    chapter, _, numbers = session.homework.partition(" ")
    return chapter, list(numbers_in(numbers))


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


def test_the_figures_to_show_in_class_stand_in_sections_that_exist():
    table = (CHAPTERS / "teaching" / "in-class.md").read_text(encoding="utf-8")
    rows = [row.groupdict() for row in FIGURE_TO_SHOW.finditer(table)]
    assert len(rows) == table.partition("ask first")[2].partition("\n\n")[0].count("](..")

    for row in rows:
        cells = nbformat.read(CHAPTERS / row["page"], as_version=4).cells
        text = "\n".join(cell.source for cell in cells)
        assert text.startswith(f"# {row['title']}\n"), row
        assert row["section"] is None or f"## {row['section']}\n" in text, row
