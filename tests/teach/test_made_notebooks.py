"""What students get is made from the sources, is up to date, and holds nothing that they should not see."""

from __future__ import annotations

import copy

import make_exercises
import nbformat
import notebooks
import pytest
from nbclient import NotebookClient

SOURCES = make_exercises.all_sources()
names = [path.stem for path in SOURCES]


def read(path):
    return nbformat.read(path, as_version=4)


def folder(path):
    return make_exercises.ROOT / "chapters" / path.stem


@pytest.mark.parametrize("path", SOURCES, ids=names)
def test_a_source_is_in_order_and_its_made_files_are_up_to_date(path, capsys):
    assert make_exercises.main([path.stem, "--check"]) == 0, capsys.readouterr()


@pytest.mark.parametrize("path", SOURCES, ids=names)
def test_a_chapter_has_five_exercises_from_a_warm_up_to_a_project(path):
    found = [make_exercises.EXERCISE.match(cells[0].source) for _, cells in make_exercises.sections(read(path))]
    assert len(found) >= 5
    assert [each["title"].startswith("Project: ") for each in found] == [False] * (len(found) - 1) + [True]
    assert int(found[0]["minutes"]) <= 10
    words = [cell for cell in read(path).cells if cell.cell_type == "markdown" and "nbgrader" in cell.metadata]
    assert len(words) >= 2, "something to explain in words, and the report on the project"
    hidden = [cell for cell in read(path).cells if make_exercises.HIDDEN.search(cell.source)]
    assert hidden, "a test that stays with the instructor"


@pytest.mark.parametrize("path", SOURCES, ids=names)
def test_the_chapter_says_how_long_its_exercises_and_its_project_take(path):
    found = [make_exercises.EXERCISE.match(cells[0].source) for _, cells in make_exercises.sections(read(path))]
    *exercises, project = [int(each["minutes"]) for each in found]
    index = (folder(path) / "index.md").read_text(encoding="utf-8")
    assert f"| {sum(exercises)}, and {project} for the project |" in index


@pytest.mark.parametrize("path", SOURCES, ids=names)
def test_students_find_no_solution_and_no_test_of_the_instructor(path):
    student = read(folder(path) / "exercises.ipynb")
    assert "SOLUTION" not in notebooks.text_of(student)
    assert "HIDDEN" not in notebooks.text_of(student)
    for source, made in zip(read(path).cells, student.cells, strict=True):
        marks = source.metadata.get("nbgrader", {})
        if source.cell_type == "code" and marks.get("solution"):
            assert "raise NotImplementedError()" in made.source
        elif marks.get("solution"):
            assert made.source == "YOUR ANSWER HERE"
        if source.cell_type == "code" and marks:
            assert made.outputs == []


@pytest.mark.parametrize("path", SOURCES, ids=names)
def test_no_cell_has_a_tag_that_lets_undone_work_pass(path):
    for cell in [*read(path).cells, *read(folder(path) / "exercises.ipynb").cells]:
        assert not {"raises-exception", "skip-execution"} & set(cell.metadata.get("tags", []))


@pytest.mark.parametrize("path", SOURCES, ids=names)
def test_an_untouched_notebook_shows_what_is_given_and_fails_only_for_want_of_an_answer(path, monkeypatch):
    for name, value in notebooks.ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    stored = read(folder(path) / "exercises.ipynb")
    notebook = copy.deepcopy(stored)
    NotebookClient(notebook, allow_errors=True, timeout=120, kernel_name="python3").execute()
    notebooks.normalise(notebook)
    for before, cell in zip(stored.cells, notebook.cells, strict=True):
        if cell.cell_type != "code":
            continue
        errors = [output.ename for output in cell.outputs if output.output_type == "error"]
        marks = cell.metadata.get("nbgrader")
        if marks is None:
            assert comparable(cell.outputs) == comparable(before.outputs), cell.source
        elif marks.grade and not cell.source.startswith("# "):
            assert errors == ["NotImplementedError"], cell.source
        else:
            assert errors in ([], ["NotImplementedError"]), cell.source


def graded_cell(source):
    """The first cell of tests."""
    return next(cell for cell in source.cells if cell.metadata.get("nbgrader", {}).get("points"))


def comparable(outputs):
    """Outputs less their numbers, which differ where cells failed before."""
    return [{key: value for key, value in output.items() if key != "execution_count"} for output in outputs]


@pytest.mark.parametrize("path", SOURCES, ids=names)
def test_the_solutions_page_holds_every_solution_and_no_test_of_the_instructor(path):
    text = notebooks.text_of(read(folder(path) / "solutions.ipynb"))
    assert "HIDDEN" not in text
    assert "### " not in text
    assert "NotImplementedError" not in text
    described = [
        read(folder(path) / f"{name}.ipynb").metadata.myst.html_meta.description for name in ("exercises", "solutions")
    ]
    assert described[0] != described[1]


def test_the_solutions_page_is_in_the_form_of_every_other_page():
    for path in SOURCES:
        assert notebooks.faults(folder(path) / "solutions.ipynb") == []


@pytest.fixture
def source():
    return read(SOURCES[0])


def cell_of(source, grade_id):
    return next(cell for cell in source.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda s: s.cells[0].update(source="# Convolution"), "the first line is not '# Exercises: '"),
        (
            lambda s: cell_of(s, "slide-check").metadata.nbgrader.update(points=9),
            "states 6 points, and its cells give 12",
        ),
        (lambda s: cell_of(s, "slide").update(source="def slide(): ..."), "no ### BEGIN SOLUTION"),
        (
            lambda s: cell_of(s, "slide").update(source="### BEGIN SOLUTION\nx = 1"),
            "a solution's mark without its other",
        ),
        (lambda s: cell_of(s, "slide-more").metadata.update(tags=[]), "has the tag remove-cell"),
        (lambda s: cell_of(s, "slide-more").metadata.nbgrader.update(locked=False), "outside a locked cell"),
        (
            lambda s: cell_of(s, "slide-more").update(source="### BEGIN HIDDEN TESTS"),
            "a mark of hidden tests without its",
        ),
        (lambda s: cell_of(s, "slide-check").metadata.update(tags=["raises-exception"]), "lets undone work pass"),
        (lambda s: cell_of(s, "slide-check").metadata.nbgrader.update(grade_id="slide"), "'slide' occurs twice"),
        (lambda s: s.cells[1].update(source="student = 'me'"), 'no single line student = "practice"'),
        (lambda s: graded_cell(s).update(source="### PART 7: all\npass"), "parts that give 7 points"),
        (
            lambda s: graded_cell(s).update(source="### PART two: all\npass"),
            "or are not written '### PART points: what",
        ),
    ],
)
def test_a_fault_of_a_source_is_named(source, spoil, said):
    assert list(make_exercises.source_faults(source)) == []
    spoil(source)
    assert said in " ".join(make_exercises.source_faults(source))


def test_a_made_file_that_is_out_of_date_is_named(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(make_exercises, "ROOT", tmp_path)
    (tmp_path / "exercises").mkdir()
    (tmp_path / "exercises" / "convolution.ipynb").write_bytes(SOURCES[0].read_bytes())
    assert make_exercises.main(["--check"]) == 1
    assert make_exercises.main([]) == 0
    assert make_exercises.main(["--check"]) == 0
    made = tmp_path / "chapters" / "convolution" / "exercises.ipynb"
    made.write_text(made.read_text(encoding="utf-8").replace("YOUR ANSWER HERE", "mine"), encoding="utf-8")
    assert make_exercises.main(["--check"]) == 1
    assert "exercises.ipynb: not what its source makes" in capsys.readouterr().out


def test_a_source_that_there_is_not_is_named(capsys):
    assert make_exercises.main(["geology"]) == 1
    assert "exercises/geology.ipynb: there is no such source" in capsys.readouterr().err


def test_a_stub_stands_as_far_to_the_right_as_its_solution():
    text = "def f():\n    if True:\n        ### BEGIN SOLUTION\n        return 1\n        ### END SOLUTION\n"
    made = make_exercises.SOLUTION.sub(make_exercises.stub, text)
    assert made == "def f():\n    if True:\n        # YOUR CODE HERE\n        raise NotImplementedError()\n"
