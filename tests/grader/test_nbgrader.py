"""nbgrader itself works on our sources: it makes the assignment, grades it, and writes feedback."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import make_exercises
import nbformat
import pytest

ROOT = Path(__file__).parents[2]
CHAPTER = "convolution"

pytestmark = pytest.mark.skipif(find_spec("nbgrader") is None, reason="nbgrader is not installed: see requirements.txt")


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course of nbgrader with one assignment, made and released."""
    folder = tmp_path_factory.mktemp("course")
    assert make_exercises.main([CHAPTER, "--nbgrader", str(folder)]) == 0
    nbgrader(folder, "generate_assignment", CHAPTER, "--create")
    return folder


def nbgrader(folder, *arguments):
    """Run nbgrader there, and return what it said."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])  # it runs alembic from there
    own = {"PATH": path, "PYTHONPATH": str(ROOT), "JUPYTER_CONFIG_DIR": str(folder), "IPYTHONDIR": str(folder)}
    environment = {**os.environ, **own}
    command = [sys.executable, "-m", "nbgrader", *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def released(course):
    return nbformat.read(course / "release" / CHAPTER / "exercises.ipynb", as_version=4)


def test_nbgrader_gives_students_what_the_site_gives_them(course):
    ours = nbformat.read(ROOT / "chapters" / CHAPTER / "exercises.ipynb", as_version=4)
    theirs = released(course)
    assert [cell.source.strip() for cell in theirs.cells] == [cell.source.strip() for cell in ours.cells]
    for mine, other in zip(ours.cells, theirs.cells, strict=True):
        left, right = (cell.metadata.get("nbgrader", {}) for cell in (mine, other))
        assert {key: left.get(key) for key in ("grade_id", "points", "grade")} == {
            key: right.get(key) for key in ("grade_id", "points", "grade")
        }


def test_nbgrader_grades_what_was_handed_in_and_writes_feedback(course):
    solved = released(course)
    source = nbformat.read(ROOT / "exercises" / f"{CHAPTER}.ipynb", as_version=4)
    for cell, solution in zip(solved.cells, source.cells, strict=True):
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = solution.source
    (course / "submitted" / "ada" / CHAPTER).mkdir(parents=True)
    nbformat.write(solved, course / "submitted" / "ada" / CHAPTER / "exercises.ipynb")
    (course / "submitted" / "bo" / CHAPTER).mkdir(parents=True)
    nbformat.write(released(course), course / "submitted" / "bo" / CHAPTER / "exercises.ipynb")
    nbgrader(course, "autograde", CHAPTER, "--create")
    nbgrader(course, "generate_feedback", CHAPTER)
    nbgrader(course, "export", "--to", str(course / "grades.csv"))
    head, *rows = [line.split(",") for line in (course / "grades.csv").read_text().splitlines()]
    scores = {row[head.index("student_id")]: float(row[head.index("raw_score")]) for row in rows}
    cells = [cell.metadata.get("nbgrader", {}) for cell in source.cells]
    by_test = sum(marks["points"] for marks in cells if marks.get("grade") and not marks.get("solution"))
    assert scores == {"ada": by_test, "bo": 0}
    for student in scores:
        assert (course / "feedback" / student / CHAPTER / "exercises.html").is_file()
