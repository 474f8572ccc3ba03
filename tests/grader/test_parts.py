"""Points for a part: one right value of three, one right rule of three; and the numbers of another term."""

from __future__ import annotations

import re

import make_exercises
import nbformat
import notebooks
import pytest

from grader import grade_one
from grader.notebook import Cell, Part

from .classroom import GIVEN, by_name, cell, needs_a_box, notebook, solved
from .test_own_work import handed_in

VALUES = """### PART 1: the first
check("doubling-cost", costs, student, part="transposed")
### PART 0.5: the second
check("doubling-cost", costs, student, part="copied")
### PART 1.5: the third
check("doubling-cost", costs, student, part="shuffled")"""
HIDDEN = """# More.
### BEGIN HIDDEN TESTS
found = costs()
### PART 1: secret one
assert len(found) == 3
### PART 2: secret two
assert found[1] > 10**9, "secret"
### END HIDDEN TESTS"""
RIGHT = (
    "def costs():\n    i, o = numbers_for(student, 'doubling-cost')\n"
    "    return 16 * i * o + o, 9 * i * o + o, 36 * i * o + 4 * o"
)


def class_of(*solutions, term=""):
    """A source about three values, and what each of these solutions earns, with what is said."""
    given = GIVEN.replace("import check", "import check, numbers_for, use_term")
    parts = [cell("markdown", "# Exercises: parts"), cell("code", given + (f'\nuse_term("{term}")' if term else ""))]
    parts += [cell("markdown", "## 1 · Costs"), cell("code", solved(RIGHT), "costs", solution=True)]
    parts += [cell("code", VALUES, "costs-check", 3), cell("code", HIDDEN, "costs-more", 3)]
    source, results = notebook(parts), []
    for solution in solutions:
        mine = cell("code", solution, "costs", solution=True)
        handed = notebook([*parts[:3], mine, *parts[4:]]).replace(b"practice", b"ada")
        results.append(by_name(grade_one(source, handed, "ada")))
    return results


@needs_a_box()
def test_each_part_earns_its_points_and_says_its_own_hint():
    third = RIGHT.replace("36 * i * o + 4 * o", "36 * i * o + o")
    words, nothing = "def costs():\n    return 'many'", "def costs():\n    pass"
    right, short, first, text, none = class_of(RIGHT, third, RIGHT.replace("return ", "return 0 * "), words, nothing)
    assert (right["costs-check"]["points"], right["costs-check"]["said"]) == (3, "")
    assert right["costs-more"] == {**right["costs-more"], "points": 1, "kind": "hidden test"}
    assert right["costs-more"]["said"] == "Part 2 of 2: A test that stays with your instructor did not pass."
    assert short["costs-check"]["points"] == 1.5
    assert short["costs-check"]["said"].startswith("the third: The first two are right. The third needs four times")
    assert first["costs-check"]["points"] == 2
    assert "secret" not in repr((right, short, first, text, none))
    assert (text["costs-check"]["points"], none["costs-check"]["points"]) == (0, 0)
    assert text["costs-check"]["said"] == "The answer should be 3 values: return a tuple of them. It is 'many'."


@needs_a_box()
def test_several_parts_that_fail_are_told_apart():
    (found,) = class_of(RIGHT.replace("16 * i", "4 * i").replace("9 * i * o + o", "9 * i * o"))
    assert found["costs-check"]["points"] == 1.5
    lines = found["costs-check"]["said"].splitlines()
    assert [line.partition(":")[0] for line in lines] == ["the first", "the second"]


@needs_a_box()
def test_one_rule_of_three_earns_its_points():
    def body(exercise, _):
        return "return gradient * (x > 0)" if exercise.name == "relu-backward" else None

    found = by_name(grade_one(*handed_in("networks", body), "ada"))["relu-backward-check"]
    assert (found["points"], found["max"]) == (1, 4)
    assert [line.partition(":")[0] for line in found["said"].splitlines()] == ["DeconvNet", "guided backpropagation"]


@needs_a_box()
def test_the_numbers_of_a_term_are_those_of_its_source():
    fixed = "def costs():\n    return {}"
    (now,) = class_of(RIGHT, term="spring 2027")
    assert now["costs-check"]["points"] == 3
    from lib.teach import exercises, numbers_for

    last_year = exercises()["doubling-cost"].right(*numbers_for("ada", "doubling-cost"))
    before, after = (class_of(fixed.format(last_year), term=term)[0] for term in ("", "spring 2027"))
    assert (before["costs-check"]["points"], after["costs-check"]["points"]) == (3, 0)


def test_parts_are_read_from_a_cell():
    assert Cell("code", "a\n", points=2).parts == [Part("", 2, "a\n")]
    assert Cell("code", "a\n### PART 1.5: b\nc\n### PART 2: d e\nf", points=3.5).parts == [
        Part("", 0, "a\n"),
        Part("b", 1.5, "c\n"),
        Part("d e", 2, "f"),
    ]


def test_a_term_is_set_in_the_sources_and_taken_back(tmp_path, monkeypatch):
    (tmp_path / "exercises").mkdir()
    (tmp_path / "chapters" / "unpooling").mkdir(parents=True)
    path = tmp_path / "exercises" / "unpooling.ipynb"
    whole = nbformat.read(make_exercises.ROOT / "exercises" / "unpooling.ipynb", as_version=4)
    few = next(n for n, each in enumerate(whole.cells) if each.source.startswith("## 2"))
    whole.cells = whole.cells[:few]
    notebooks.write(path, notebooks.text_of(whole))
    before = path.read_bytes()
    monkeypatch.setattr(make_exercises, "ROOT", tmp_path)
    assert make_exercises.main(["unpooling", "--term", "spring 2027"]) == 0
    made = nbformat.read(tmp_path / "chapters" / "unpooling" / "exercises.ipynb", as_version=4)
    code = [each for each in made.cells if each.cell_type == "code"]
    assert code[0].source.splitlines()[-2:] == ['student = "practice"', 'use_term("spring 2027")']
    shown = [each.outputs[0].text for each in code if "numbers_for" in each.source and each.outputs]
    assert re.search(r"switch \d+", shown[0])
    assert path.read_bytes() != before
    assert make_exercises.main(["unpooling", "--term", ""]) == 0
    assert path.read_bytes() == before


@pytest.mark.parametrize("term", ['"', "a\nb"])
def test_a_term_that_would_break_the_source_is_refused(term, capsys):
    with pytest.raises(SystemExit):
        make_exercises.main(["--term", term])
    assert "--term takes a name without quotation marks" in capsys.readouterr().err
