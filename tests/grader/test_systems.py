"""Whose a notebook is, and what Canvas and Moodle get back: exactly what they gave, with the marks filled in."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from pathlib import Path

import pytest

from grader import __main__ as command
from grader.rosters import read_roster
from grader.submissions import Submission, collect, unmatched
from grader.systems import write_for_systems

from .classroom import SOURCE, needs_a_box, submission

EXPORTS = Path(__file__).parent / "exports"
CELL = {"name": "a", "exercise": "One value", "kind": "test", "max": 10.0, "said": "One < two.", "answer": ""}


def result(student, points):
    return {"student": student, "notes": [], "cells": [{**CELL, "points": points}]}


def rows_of(path, delimiter=","):
    return list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline=""), delimiter=delimiter))


@pytest.fixture
def handed_in(tmp_path):
    """Make a folder of submissions: what each file is called, and what its author wrote as the id."""

    def make(**ids):
        folder = tmp_path / "in"
        for name, id_ in ids.items():
            path = folder / f"{name}.ipynb"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(submission().replace(b"practice", id_.encode()))
        return folder

    return make


def graded(roster, points, folder, assignment=""):
    """Write the files of systems for the students with these points, by what the system knows them by."""
    students = [Submission(roster.id_in(row), None, row) for key in points if (row := roster.row_of(key))]
    results = [result(each.student, mark) for each, mark in zip(students, points.values(), strict=True)]
    pages = {each.student: f"<p>{each.student}</p>" for each in students}
    return write_for_systems(folder, "Exercises: a test", results, students, roster, pages, assignment)


# Canvas --------------------------------------------------------------------------------------------------------------


def taken_in_by_canvas(path):
    """What Canvas reads from a file, by its own rules: assignments with points possible, and marks by student."""
    head, *rows = rows_of(path)
    names = "LastName" in head[0]
    assert (head[0], head[1]) == ("LastName", "FirstName") if names else head[0] == "Student"
    assert head[2 if names else 1] == "ID"
    about = head.index("Section") + 1
    known = {"SIS User ID", "SIS Login ID", "Integration ID", "Root Account", "Section"}
    assert set(head[:about]) <= known | {"Student", "LastName", "FirstName", "ID"}
    assignments = {place: re.fullmatch(r"(.*) \((\d+)\)", head[place]).groups() for place in range(about, len(head))}
    possible, marks = {}, {}
    for row in rows:
        found = {assignments[place]: row[place] for place in assignments}
        if "Points Possible" in row[0]:
            possible = found
        else:
            marks[row[2 if names else 1]] = found
    return possible, marks


def test_canvas_gets_its_assignment_back_with_its_number_and_points(tmp_path):
    roster = read_roster(EXPORTS / "canvas.csv")
    assert [roster.id_in(row) for row in roster.rows] == ["yogi", "booboo", "smith@example.org"]
    written = graded(roster, {"417": 7.5, "418": 3.0, "419": None}, tmp_path)
    possible, marks = taken_in_by_canvas(tmp_path / "canvas.csv")
    assert possible == {("Exercises: a test", "5530"): "10.00"}
    assert marks == {"417": {("Exercises: a test", "5530"): "7.5"}, "418": {("Exercises: a test", "5530"): "EX"}}
    assert rows_of(tmp_path / "canvas.csv")[0] == [
        "Student",
        "ID",
        "SIS Login ID",
        "Section",
        "Exercises: a test (5530)",
    ]
    assert written.steps == [f"In Canvas, Grades, Import: {tmp_path / 'canvas.csv'}"]
    assert written.notices == ["booboo is excused in Canvas, and stays so."]


@pytest.mark.parametrize("wanted", ["Exercises", "78", "exercises (78)"])
def test_an_assignment_is_chosen_by_name_or_number(tmp_path, wanted):
    roster = read_roster(EXPORTS / "canvas-sis.csv")
    assert graded(roster, {"417": 7.0}, tmp_path, wanted).notices == []
    possible, marks = taken_in_by_canvas(tmp_path / "canvas.csv")
    assert possible == {("Exercises", "78"): "10,00"}
    assert marks == {"417": {("Exercises", "78"): "7"}}
    head = "LastName FirstName ID|SIS User ID|SIS Login ID|Integration ID|Root Account|Section".replace(" F", "|F")
    assert rows_of(tmp_path / "canvas.csv")[0][:-1] == head.replace("Name ID", "Name|ID").split("|")


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (
            "Quiz",
            "the gradebook has no assignment 'Quiz'; choose one with --assignment. There are: 'Woche 1 (77)', ",
        ),
        ("", "it is not clear which assignment is meant; choose one with --assignment. There are: 'Woche 1 (77)', "),
    ],
)
def test_without_a_clear_assignment_nothing_is_written_for_canvas(tmp_path, wanted, said):
    written = graded(read_roster(EXPORTS / "canvas-sis.csv"), {"417": 7.0}, tmp_path, wanted)
    assert written.notices[0].startswith(f"canvas.csv was not written: {said}")
    assert (written.steps, list(tmp_path.iterdir())) == ([], [])


def test_other_points_possible_than_the_exercises_have_are_said(tmp_path):
    written = graded(read_roster(EXPORTS / "canvas-sis.csv"), {"417": 7.0}, tmp_path, "77")
    assert written.notices == [
        "In Canvas 'Woche 1 (77)' has 5,00 points possible, and the exercises have 10: change one."
    ]


# Moodle --------------------------------------------------------------------------------------------------------------


def taken_in_by_moodle(path, participants):
    """What Moodle reads from a worksheet, by its own rules: grade and comment by the number of the participant."""
    head, *rows = rows_of(path)
    places = [head.index(name) for name in ("Identifier", "Grade", "Last modified (grade)", "Feedback comments")]
    found = {}
    for row in rows:
        identifier, grade, modified, comment = (row[place] for place in places)
        number = identifier[len("Participant ") :]
        assert number in participants
        found[number] = grade, modified, comment
    return found


def unpacked_by_moodle(path, participants):
    """Which file Moodle gives to whom from a zip of feedback, by its own rules."""
    found = {}
    with zipfile.ZipFile(path) as archive:
        for entry in archive.namelist():
            for part in entry.split("/"):
                info = part.split("_", 4)
                if len(info) >= 4 and info[1].isdigit() and info[1] in participants and info[2] == "assignsubmission":
                    assert info[3] == "file"
                    found[info[1]] = entry.rpartition("/")[2], archive.read(entry).decode()
                    break
    return found


@pytest.mark.parametrize(
    ("name", "ids", "grade", "modified"),
    [
        ("moodle.csv", ["yogi@example.org", "booboo@example.org", "smith@example.org"], "7.5", "-"),
        ("moodle-username.csv", ["yogi", "booboo"], "7,5", "Thursday, 26 November 2026, 8:00 AM"),
    ],
)
def test_moodle_gets_its_worksheet_back_with_grades_and_comments(tmp_path, name, ids, grade, modified):
    roster = read_roster(EXPORTS / name)
    assert [roster.id_in(row) for row in roster.rows] == ids
    written = graded(roster, {"417": 7.5, "418": 10.0}, tmp_path)
    marks = taken_in_by_moodle(tmp_path / "moodle.csv", {"417", "418"})
    assert marks["417"] == (grade, modified, "One value: 7.5 of 10. One &lt; two.")
    assert marks["418"][:2] == ("10", "-")
    exported, back = rows_of(EXPORTS / name), rows_of(tmp_path / "moodle.csv")
    assert back[0] == exported[0]
    filled = {exported[0].index("Grade"), exported[0].index("Feedback comments")}
    for before, after in zip(exported[1:], back[1:], strict=False):
        assert {place for place in range(len(before)) if before[place] != after[place]} <= filled
    assert written.notices == []
    pages = unpacked_by_moodle(tmp_path / "moodle-feedback.zip", {"417", "418"})
    assert pages == {"417": ("feedback.html", f"<p>{ids[0]}</p>"), "418": ("feedback.html", f"<p>{ids[1]}</p>")}
    assert [step.partition(":")[0] for step in written.steps] == [
        "In Moodle, the assignment's Submissions, Upload grading worksheet",
        "There too, Upload multiple feedback files in a zip",
    ]


def test_a_maximum_grade_that_is_not_the_exercises_is_said_once(tmp_path):
    text = (EXPORTS / "moodle.csv").read_text(encoding="utf-8-sig").replace("10.00", "100.00")
    (tmp_path / "roster.csv").write_text(text.replace('"Last modified (grade)"', "Geaendert"), encoding="utf-8")
    written = graded(read_roster(tmp_path / "roster.csv"), {"417": 7.0, "418": 1.0}, tmp_path)
    assert written.notices[0] == "In Moodle the maximum grade is 100.00, and the exercises have 10 points: change one."
    assert written.notices[1].startswith("The worksheet lacks the column 'Last modified (grade)', without which Moodle")
    assert len(written.notices) == 2


def test_who_has_unread_answers_is_left_out(tmp_path):
    written = graded(read_roster(EXPORTS / "moodle.csv"), {"417": None, "418": None}, tmp_path)
    assert (written.steps, list(tmp_path.iterdir())) == ([], [])


# Whose a notebook is -------------------------------------------------------------------------------------------------


def ids_of(folder, roster=None):
    return {each.student: (each.numbers, each.flag) for each in collect([folder], "chapter", roster)}


def test_a_notebook_is_graded_with_the_numbers_of_the_id_that_it_declares(handed_in):
    assert ids_of(handed_in(homework="ada", bo=" BO ")) == {
        "homework": ("ada", "The notebook gives its id as 'ada', and was graded with the numbers of that id."),
        "bo": ("bo", ""),
    }


@pytest.mark.parametrize(
    ("ids", "why"),
    [
        ({"x": "practice"}, "its answers are on the page of solutions"),
        ({"x": "Ada", "ada": "ada"}, "another student handed in under it"),
        ({"x": "ada", "ada": "bo"}, "another student handed in under it"),
        ({"x": "cy", "y": "CY"}, "another notebook gives itself the same one"),
    ],
)
def test_an_id_that_does_not_count_is_flagged(handed_in, ids, why):
    numbers, flag = ids_of(handed_in(**ids))["x"]
    assert numbers == "x"
    assert flag == f"The notebook's own id {ids['x']!r} did not count: {why}."


@pytest.mark.parametrize(
    ("declared", "numbers", "flag"),
    [
        ("yogi@example.org", "yogi@example.org", ""),
        ("yogi", "yogi", "The notebook gives its id as 'yogi', and was graded"),
        ("417", "yogi@example.org", "The notebook's own id '417' did not count: the roster does not have it"),
        (
            "booboo@example.org",
            "yogi@example.org",
            "The notebook's own id 'booboo@example.org' did not count: on the roster",
        ),
        ("nobody", "yogi@example.org", "The notebook's own id 'nobody' did not count: the roster does not have it"),
    ],
)
def test_with_a_roster_an_id_of_ones_own_row_counts(handed_in, declared, numbers, flag):
    roster = read_roster(EXPORTS / "moodle.csv")
    found = ids_of(handed_in(**{"Yogi Bear_417_assignsubmission_file/x": declared}), roster)
    assert list(found) == ["yogi@example.org"]
    assert found["yogi@example.org"][0] == numbers
    assert found["yogi@example.org"][1].startswith(flag)


def test_the_column_with_ids_can_be_chosen(handed_in):
    roster = read_roster(EXPORTS / "moodle-username.csv", "ID number")
    folder = handed_in(**{"Yogi Bear_417_assignsubmission_file/x": "s-1"})
    assert ids_of(folder, roster) == {"S-1": ("S-1", "")}
    assert unmatched(collect([folder], "chapter", roster), roster) == ["On the roster, but nothing was handed in: S-2."]
    with pytest.raises(ValueError, match=r"--id-column must be one of .* columns, Identifier, .*; got 'Login'"):
        read_roster(EXPORTS / "moodle-username.csv", "Login")


def test_a_number_among_the_grades_is_no_id():
    roster = read_roster(EXPORTS / "canvas.csv")
    assert roster.row_of("15.00") == roster.row_of("417")  # only if nothing else has it
    assert roster.row_of("Section A and Section B")["ID"] == "418"
    assert roster.row_of("420") == {}


def test_a_table_of_ones_own_names_files(tmp_path, handed_in):
    (tmp_path / "roster.csv").write_text("submission,student\nhomework-7.ipynb,yogi\nrepo-bo,bo\n")
    roster = read_roster(tmp_path / "roster.csv")
    folder = handed_in(**{"homework-7": "yogi", "repo-bo/x": "bo"})
    assert ids_of(folder, roster) == {"yogi": ("yogi", ""), "bo": ("bo", "")}
    assert graded(roster, {"homework-7": 1.0}, tmp_path).steps == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name\nada\n", "a roster needs one of the columns student, SIS Login ID, .* or --id-column; it has"),
        ("student,file\nada,a\nAda,b\n", "two students have the id 'Ada' in the column 'student'; choose another one"),
    ],
)
def test_a_roster_that_cannot_be_used_is_refused(tmp_path, text, said):
    (tmp_path / "roster.csv").write_text(text)
    with pytest.raises(ValueError, match=said):
        read_roster(tmp_path / "roster.csv")


# From beginning to end -----------------------------------------------------------------------------------------------


@needs_a_box()
def test_a_class_comes_from_canvas_and_goes_back_to_it(tmp_path, handed_in, capsys):
    (tmp_path / "chapter.ipynb").write_bytes(SOURCE)
    names = {
        "bearyogi_417_90210_exercises": "yogi",
        "rangersmith_LATE_419_90212_exercises-1": "smith",
        "stranger": "zoe",
    }
    arguments = [tmp_path / "chapter.ipynb", handed_in(**names), "--out", tmp_path / "out", "--jobs", 1]
    arguments = ["grade", *map(str, arguments), "--roster", str(EXPORTS / "canvas.csv"), "--assignment", "5530"]
    assert command.main(arguments) == 0
    said = capsys.readouterr().out
    assert said.splitlines()[:4] == [
        "Not on the roster, so known by the names of their files: stranger.",
        "On the roster, but nothing was handed in: booboo.",
        "smith@example.org: The notebook gives its id as 'smith', and was graded with the numbers of that id.",
        "stranger: The notebook's own id 'zoe' did not count: the roster does not know who handed this in.",
    ]
    assert "Until then files to import leave out 3 students with unread answers." in said
    assert not (tmp_path / "out" / "canvas.csv").exists()
    summary = (tmp_path / "out" / "summary.html").read_text(encoding="utf-8")
    assert "did not count: the roster does not know who handed this in" in summary

    by_hand = tmp_path / "out" / "by-hand.csv"
    by_hand.write_text(by_hand.read_text(encoding="utf-8").replace(",why,4,,", ",why,4,4,Good."), encoding="utf-8")
    assert command.main(arguments) == 0
    said = capsys.readouterr().out
    assert f"Next:\n  1. In Canvas, Grades, Import: {tmp_path / 'out' / 'canvas.csv'}\n  2. Give students" in said
    _, marks = taken_in_by_canvas(tmp_path / "out" / "canvas.csv")
    assert marks == {"417": {("Exercises: a test", "5530"): "10"}, "419": {("Exercises: a test", "5530"): "10"}}
    feedback = (tmp_path / "out" / "feedback").glob("smith*.html")
    assert "graded with the numbers of that id" in next(feedback).read_text(encoding="utf-8")
