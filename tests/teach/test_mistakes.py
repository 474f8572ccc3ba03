"""Every exercise knows its right answer and gives each of its typical mistakes the hint it deserves."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import nbformat
import numpy as np
import pytest

from lib.teach import ByHand, Find, Implement, NotYet, check, exercises, numbers_for, use_term
from lib.teach.comparing import same
from tests.bracketed import outside, speak_in_brackets

ROOT = Path(__file__).parents[2]
STUDENTS = ["practice", "ada", "student-0417"]
EXERCISES = list(exercises().values())
BY_HAND = [exercise for exercise in EXERCISES if isinstance(exercise, ByHand)]
names = [exercise.name for exercise in EXERCISES]


@cache
def own_numbers(name):
    """The numbers of 100 students."""
    return [numbers_for(f"student {number}", name) for number in range(100)]


def answering(exercise, answer, student):
    """A student's function that gives this answer."""
    if isinstance(exercise, Implement):
        return answer
    numbers = numbers_for(student, exercise.name)
    return lambda: answer(*numbers)


def students_of(exercise):
    """Those to try it with: code meets the same cases for all."""
    return STUDENTS[:1] if isinstance(exercise, Implement) else STUDENTS


# Right answers and mistakes are made from the library's operations, some of which ``check`` refuses; so these ask the
# exercise itself, which is what ``check`` and the grader do.


@pytest.mark.parametrize("exercise", EXERCISES, ids=names)
def test_the_right_answer_is_right(exercise):
    said = {name: exercise.hint(answering(exercise, exercise.right, name), name) for name in students_of(exercise)}
    assert said == dict.fromkeys(said)


@pytest.mark.parametrize("exercise", EXERCISES, ids=names)
def test_each_mistake_gets_its_hint(exercise):
    for student in students_of(exercise):
        said = [exercise.hint(answering(exercise, each.answer, student), student) for each in exercise.mistakes]
        assert said == [each.hint for each in exercise.mistakes]


def test_check_says_what_the_exercise_says(capsys):
    exercise = exercises()["output-size"]
    check("output-size", answering(exercise, exercise.right, "ada"), "ada")
    assert capsys.readouterr().out == "output-size: right\n"
    for mistake in exercise.mistakes:
        with pytest.raises(NotYet) as refusal:
            check("output-size", answering(exercise, mistake.answer, "ada"), "ada")
        assert str(refusal.value) == f"output-size: {mistake.hint}"


def test_every_word_of_check_is_said_in_the_language_spoken(capsys, monkeypatch):
    exercise = exercises()["output-size"]
    speak_in_brackets(monkeypatch)
    check("output-size", answering(exercise, exercise.right, "ada"), "ada")
    said = [capsys.readouterr().out.strip()]
    answers = [answering(exercise, exercise.mistakes[0].answer, "ada"), lambda: 0, lambda: None, lambda: [1], len]
    for answer in answers:
        with pytest.raises(NotYet) as refusal:
            check("output-size", answer, "ada")
        said.append(str(refusal.value))
    with pytest.raises(NotYet) as refusal:
        check("slide", lambda x, kernel, stride, padding: x)
    said.append(str(refusal.value))
    assert said[0] == "⟦output-size: right⟧"
    assert said[1] == f"⟦output-size: ⟦{exercise.mistakes[0].hint}⟧⟧"
    assert [outside(text).strip() for text in said] == [""] * len(said)


@pytest.mark.parametrize("exercise", EXERCISES, ids=names)
def test_an_exercise_knows_several_mistakes_and_no_hint_holds_the_answer(exercise):
    assert len(exercise.mistakes) >= 3
    hints = [mistake.hint for mistake in exercise.mistakes]
    assert len(set(hints)) == len(hints)
    assert [hint for hint in hints if not re.fullmatch(r"[A-Z].+[.?]", hint)] == []


@pytest.mark.parametrize("exercise", EXERCISES, ids=names)
def test_a_function_with_other_arguments_is_told_how_it_is_called(exercise):
    def changed(first, second, third, fourth, fifth, sixth, seventh):
        """Take more than any exercise gives."""

    called = ", ".join(exercise.arguments()) if isinstance(exercise, Implement) else "nothing between the brackets"
    with pytest.raises(NotYet, match=re.escape(f"{exercise.name}: The function is called with {called},")):
        check(exercise.name, changed)


@pytest.mark.parametrize("exercise", EXERCISES, ids=names)
def test_undone_work_is_said_to_be_undone(exercise):
    def undone(*_):
        raise NotImplementedError

    with pytest.raises(NotImplementedError):
        check(exercise.name, undone)


STRANGE = [None, "words", [], {}, object(), np.array(["a"]), [[1], [2, 3]], float("nan"), np.zeros((2, 3, 4, 5))]


@pytest.mark.parametrize("exercise", EXERCISES, ids=names)
def test_an_answer_of_another_kind_is_refused_in_words(exercise):
    for answer in STRANGE:
        with pytest.raises(NotYet, match=rf"^{exercise.name}: .+\.|\?$"):
            check(exercise.name, lambda *_, answer=answer: answer)


@pytest.mark.parametrize("exercise", BY_HAND, ids=lambda e: e.name)
def test_everybody_has_numbers_and_answers_of_their_own(exercise):
    drawn = own_numbers(exercise.name)
    assert len({repr(numbers) for numbers in drawn}) > 20
    answers = [repr(exercise.right(*numbers)) for numbers in drawn]
    assert max(map(answers.count, answers)) <= len(answers) / 3, "so many have the same answer that it can be passed on"


@pytest.mark.parametrize("exercise", [e for e in BY_HAND if not isinstance(e, Find)], ids=lambda e: e.name)
def test_somebody_elses_answer_is_wrong(exercise):
    right = exercise.right(*numbers_for("ada", exercise.name))
    theirs = [exercise.right(*numbers) for numbers in own_numbers(exercise.name)]
    assert sum(same(answer, right, exercise.tolerance) for answer in theirs) <= 0.4 * len(theirs)


@pytest.mark.parametrize("exercise", [e for e in EXERCISES if isinstance(e, Implement)], ids=lambda e: e.name)
def test_what_a_function_does_to_its_arguments_harms_no_later_case(exercise):
    def spoiling(*numbers):
        answer = exercise.right(*numbers)
        for value in numbers:
            if isinstance(value, np.ndarray):
                value[...] = 0
        return answer

    assert exercise.hint(spoiling, "practice") is None
    assert exercise.hint(exercise.right, "practice") is None


def test_every_exercise_is_used_by_a_source_and_every_name_in_a_source_is_an_exercise():
    used = set()
    for path in (ROOT / "exercises").glob("*.ipynb"):
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "code":
                used |= set(names_checked(cell.source))
    assert used == set(names)


def names_checked(source):
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "check":
            yield node.args[0].value


@pytest.mark.parametrize(
    ("arguments", "fault", "said"),
    [
        (("no-such", len), ValueError, "name must be that of an exercise, got 'no-such'"),
        (("slide", 3), TypeError, "answer must be the function itself"),
        (("slide", len, 417), TypeError, "student must be an id in quotes, got 417"),
        (("slide", len, "  "), ValueError, "student must not be empty"),
    ],
)
def test_a_call_that_makes_no_sense_is_refused(arguments, fault, said):
    with pytest.raises(fault, match=said):
        check(*arguments)


def test_a_case_that_there_is_not_is_refused():
    with pytest.raises(ValueError, match="case must be from 0 to 0 for 'output-size', got 1"):
        numbers_for("ada", "output-size", 1)


PARTED = [exercise for exercise in EXERCISES if exercise.parts]


@pytest.mark.parametrize("exercise", PARTED, ids=lambda e: e.name)
def test_a_part_is_right_or_wrong_by_itself(exercise):
    for part in exercise.parts:
        assert exercise.cases_of("ada", part), f"no case is about {part}"
        assert exercise.hint(answering(exercise, exercise.right, "ada"), "ada", part) is None
    for mistake in exercise.mistakes:
        said = [exercise.hint(answering(exercise, mistake.answer, "ada"), "ada", part) for part in exercise.parts]
        assert any(said), "a mistake costs some part"
    with pytest.raises(ValueError, match=f"part must be one of {exercise.parts[0]}, .*got 'all'"):
        check(exercise.name, answering(exercise, exercise.right, "ada"), "ada", part="all")


def test_check_names_the_part(capsys):
    exercise = exercises()["iou-by-hand"]
    wrong = answering(exercise, lambda *numbers: (exercise.right(*numbers)[0], 7.0), "ada")
    check("iou-by-hand", wrong, "ada", part="class 1")
    assert capsys.readouterr().out == "iou-by-hand, class 1: right\n"
    with pytest.raises(NotYet, match=r"^iou-by-hand, mean: 7 is not right"):
        check("iou-by-hand", wrong, "ada", part="mean")


@pytest.mark.parametrize("exercise", BY_HAND, ids=lambda e: e.name)
def test_another_term_has_other_numbers(exercise):
    use_term("spring 2027")
    try:
        other = [numbers_for(f"student {number}", exercise.name) for number in range(20)]
        check(exercise.name, answering(exercise, exercise.right, "ada"), "ada")
    finally:
        use_term("")
    pairs = zip(own_numbers(exercise.name), other, strict=False)
    assert sum(repr(one) == repr(two) for one, two in pairs) <= 5
    with pytest.raises(TypeError, match="term must be a name in quotes, got 2027"):
        use_term(2027)


def test_a_notebook_shows_the_hint_and_no_traceback():
    refusal = NotYet("output-size: one is missing")
    assert refusal._render_traceback_() == ["output-size: one is missing"]


def test_the_case_that_went_wrong_can_be_looked_at():
    slide = exercises()["slide"]
    said = slide.hint(lambda x, kernel, stride, padding: slide.right(x, kernel, stride, padding) + (stride > 1), "ada")
    call = re.search(r"To look at the case yourself: numbers_for\(student, 'slide', (\d)\)", said)
    x, _, stride, _ = numbers_for("practice", "slide", int(call[1]))
    assert stride > 1
    assert f"x of shape {x.shape}" in said
