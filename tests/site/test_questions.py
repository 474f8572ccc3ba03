"""Boxes on the pages say to every answer what ``check`` says, for all their sets of numbers, without a kernel."""

from __future__ import annotations

import numpy as np
import pytest

from lib.teach import exercises
from lib.teach.quiz import asked, questions
from lib.teach.quiz.question import DRAWS
from lib.teach.quiz.words import with_minus, written

PAGES = {
    "convolution": ["one-output-value", "output-size", "input-sizes", "where-it-goes"],
    "unpooling": ["where-a-switch-lands", "pool-by-hand", "ceil-mode-sizes", "unpool-by-hand"],
    "upsampling": ["bilinear-weights", "bilinear-value", "which-cell-is-copied"],
}
CHOICE = "chapters/transposed-convolution/predict-its-size.html"
# Fills the fields of a box with texts, checks them, and returns what is said.
ANSWER = """(box, texts) => {
  const form = box.querySelector('form');
  form.querySelectorAll('input').forEach((input, n) => { input.value = texts[n]; });
  form.requestSubmit();
  return box.querySelector('.said').textContent;
}"""
DRAW = """(box, seed) => {
  box.querySelector('.seed input').value = seed;
  box.querySelector('.seed').requestSubmit();
  return box.querySelector('.text').innerText;
}"""


def fields_of(answer):
    """An answer as it is typed: a text for each field."""
    parts = answer if isinstance(answer, tuple) else (answer,)
    texts = []
    for part in parts:
        values = np.asarray(part)
        whole = values.ndim == 2
        texts += [repr(value) for value in values.ravel().tolist()] if whole else [str(values.tolist())]
    return texts


def variations(answer, chance):
    """Wrong answers: exchanged, turned, shifted, scaled, rounded, with one wrong value, longer or shorter."""
    parts = answer if isinstance(answer, tuple) else (answer,)
    last = np.asarray(parts[-1], float)
    changed = [last + 1, 3 * last, last + 0.01 * np.abs(last).max()]
    if last.ndim:
        one = last.copy()
        one.flat[int(chance.integers(last.size))] += 7
        changed += [one, last[..., ::-1], np.roll(last, 1, -1)]
    if last.ndim == 1:
        changed += [last[:-1], np.append(last, 0)]
    if last.ndim == 2:
        changed += [last[::-1, ::-1], np.roll(last, 1, 0)]
    return [(*parts[:-1], value) if isinstance(answer, tuple) else value for value in changed]


def fits(answer, right):
    """Whether an answer can be typed into the fields of the right one."""
    if isinstance(right, tuple):
        return isinstance(answer, (tuple, list)) and len(answer) == len(right) and all(map(fits, answer, right))
    return np.ndim(answer) == np.ndim(right) and (np.ndim(right) != 2 or np.shape(answer) == np.shape(right))


def sets_of(page, name, seeds=40):
    """Draw by one seed after another, and yield each set of numbers when it stands there first."""
    box = page.locator(f"#question-{name}")
    seen = set()
    for seed in ["", *map(str, range(seeds))]:
        told = box.evaluate(DRAW, seed)
        if told not in seen:
            seen.add(told)
            yield box, told


@pytest.mark.parametrize("chapter", PAGES)
def test_a_box_says_what_check_says(visit, chapter):
    chance = np.random.default_rng(7)
    with visit(f"chapters/{chapter}/exercises.html") as visited:
        for name in PAGES[chapter]:
            exercise = exercises()[name]
            sets = {first_numbers(asked(exercise, seed)): seed for seed in DRAWS}
            for box, told in sets_of(visited.page, name):
                seed = sets.pop("".join(told.split()))
                numbers = exercise.drawn(seed)
                right = exercise.right(*numbers)
                wrong = [mistake for mistake, _ in asked(exercise, seed).wrong if fits(mistake, right)]
                for answer in [right, *wrong, *variations(right, chance)]:
                    expected = exercise.hint(lambda answer=answer: answer, seed)
                    said = box.evaluate(ANSWER, fields_of(answer))
                    assert said == ("Right. " if expected is None else expected), (name, seed, answer)
            assert not sets, "no seed leads to these"
        assert visited.complaints == visited.elsewhere == []


def first_numbers(one):
    """What a box shows of a set of numbers, without spaces."""
    shown = "".join(
        name + "".join(with_minus(written(value)) for value in values.ravel().tolist())
        for name, values in one.shown.items()
    )
    return "".join((one.text + shown).split())


def test_answers_to_choose_are_tried_by_keyboard_each_with_its_hint(visit):
    one = asked(questions("transposed-convolution")["padding-cuts-off"])
    with visit(CHOICE, width=390) as visited:
        box = visited.page.locator("#question-padding-cuts-off")
        box.locator("button").first.focus()
        for option in one.options:
            visited.page.keyboard.press("Enter")
            pressed = box.locator("button[aria-pressed=true]")
            assert pressed.all_inner_texts() == [option.answer]
            said, words = box.locator("[role=status]").inner_text(), option.said.replace("`", "")
            assert said == (f"Right. {words}" if option.right else words)
            visited.page.keyboard.press("Tab")


def test_what_is_no_number_is_said_to_be_none(visit):
    with visit("chapters/unpooling/exercises.html") as visited:
        box = visited.page.locator("#question-where-a-switch-lands")
        assert box.evaluate(ANSWER, ["", "2"]) == "Something is not filled in yet."
        for nonsense in ("two", "1/0", "1e", "3 4", "--1", "1/2/3"):
            assert box.evaluate(ANSWER, [nonsense, "2"]).startswith("This is no number"), nonsense
        row, column = exercises()["where-a-switch-lands"].right(*exercises()["where-a-switch-lands"].drawn("practice"))
        assert box.evaluate(ANSWER, [f" {2 * row}/2", f"{column},0"]) == "Right. "


def test_boxes_in_use_fit_a_phone_and_trip_no_screen_reader(visit, judge):
    with visit("chapters/unpooling/exercises.html", width=390) as visited:
        visited.page.locator("#question-pool-by-hand").evaluate(ANSWER, ["3"] * 12)
        assert visited.page.evaluate("document.documentElement.scrollWidth") == 390
        small = "all => all.filter(one => one.offsetHeight < 44).map(one => one.outerHTML)"
        assert visited.page.locator(".question :is(button, input)").evaluate_all(small) == []
        assert judge.faults(visited.page) == {"light": [], "dark": []}


def test_without_a_script_and_on_paper_the_question_stands_alone(visit):
    with visit(CHOICE, java_script_enabled=False) as visited:
        box = visited.page.locator("#question-padding-cuts-off")
        assert box.locator("li").count() == 4
        assert not box.locator("button, input").count()
        assert box.locator("details > summary").text_content() == "Answer"
    with visit(CHOICE) as visited:
        visited.page.emulate_media(media="print")
        assert not visited.page.locator(".question :is(form, .said):visible").count()
