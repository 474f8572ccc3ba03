"""The course's own sources, graded: a solved notebook earns all that tests can give, an untouched one nothing."""

from __future__ import annotations

import make_exercises
import nbformat
import notebooks
import pytest

from grader import grade_one
from grader.one import undone

from .classroom import needs_a_box

SOURCES = make_exercises.all_sources()
STUDENTS = ("ada", "417")  # a name and a number
pytestmark = needs_a_box()
each_source = pytest.mark.parametrize("path", SOURCES, ids=[path.stem for path in SOURCES])


def handed_in_by(student, path, solved):
    """The students' notebook with an id, and with every solution if solved."""
    source = nbformat.read(path, as_version=4)
    notebook = nbformat.read(make_exercises.ROOT / "chapters" / path.stem / "exercises.ipynb", as_version=4)
    for cell, solution in zip(notebook.cells, source.cells, strict=True):
        cell.source = cell.source.replace('student = "practice"', f'student = "{student}"')
        if solved and cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = make_exercises.MARK.sub("", solution.source)
    return notebooks.text_of(notebook).encode()


@each_source
def test_solutions_with_numbers_of_their_own_earn_all_that_tests_give(path):
    student = STUDENTS[SOURCES.index(path) % 2]
    result = grade_one(path.read_bytes(), handed_in_by(student, path, solved=True), student)
    assert result["notes"] == []
    missed = {cell["name"]: cell["said"] for cell in result["cells"] if "test" in cell["kind"] and cell["said"]}
    assert missed == {}
    for cell in result["cells"]:
        assert cell["points"] == (cell["max"] if "test" in cell["kind"] else None)
        assert bool(cell["answer"]) is ("test" not in cell["kind"])


@each_source
def test_an_untouched_notebook_earns_nothing_and_is_told_why(path):
    result = grade_one(path.read_bytes(), handed_in_by("ada", path, solved=False), "ada")
    assert result["notes"] == []
    assert {(cell["points"], cell["said"]) for cell in result["cells"]} == {(0, undone())}


@pytest.mark.parametrize("path", SOURCES[:2], ids=[path.stem for path in SOURCES[:2]])
def test_somebody_elses_numbers_cost_the_points_of_those_cells_and_are_noted(path):
    result = grade_one(path.read_bytes(), handed_in_by("ada", path, solved=True), "bo")
    assert result["notes"] == ["The notebook works with the numbers of 'ada'; asked for are those of 'bo'."]
    assert any(cell["points"] == 0 for cell in result["cells"])
    assert any(cell["points"] == cell["max"] for cell in result["cells"])
