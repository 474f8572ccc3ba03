"""The quiz bank: every question is fair with many numbers, and its box holds what it needs."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

from lib.teach.comparing import same
from lib.teach.exercise import answer_of
from lib.teach.quiz import CHAPTERS, asked, check_yourself, questions
from lib.teach.quiz.box import box_html, script
from lib.teach.quiz.words import answer_text, written
from lib.teach.words import texts
from lib.words import speaking
from tests.bracketed import outside, speak_in_brackets

ROOT = Path(__file__).parents[2]
SEEDS = [f"seed {number}" for number in range(12)]
EVERY = [
    pytest.param(chapter, one, id=f"{chapter}/{name}")
    for chapter in CHAPTERS
    for name, one in questions(chapter).items()
]


@pytest.mark.parametrize(("chapter", "question"), EVERY)
def test_every_wrong_answer_is_wrong_and_has_its_hint(chapter, question):
    for seed in SEEDS:
        one = asked(question, seed)
        assert len(one.wrong) >= 3
        assert [answer for answer, hint in one.wrong if same(answer, one.right, one.tolerance)] == []
        made = [mistake for mistake in question.mistakes if answer_of(mistake, question.drawn(seed)) is not None]
        assert [hint for _, hint in one.wrong] == [mistake.hint for mistake in made]
        assert len({hint for _, hint in one.wrong}) == len(made)
        assert [hint for _, hint in one.wrong if not re.fullmatch(r"[A-Z`].+[.]", hint)] == []
        assert len({written(answer) for answer, _ in one.wrong}) == len(one.wrong)
        assert one.why.endswith((".", "²."))


@pytest.mark.parametrize(("chapter", "question"), EVERY)
def test_every_question_is_answered_on_a_page_of_its_chapter(chapter, question):
    assert (ROOT / "chapters" / chapter / f"{question.page}.ipynb").is_file()


def test_no_question_is_asked_twice_in_the_book():
    book = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "chapters").rglob("*.ipynb"))
    asked_for = re.findall(r'check_yourself\(\\"([^"]+)\\"\)', book)
    assert len(asked_for) >= 20
    assert sorted({name for name in asked_for if asked_for.count(name) > 1}) == []


def test_a_box_holds_the_same_question_with_other_numbers():
    html = box_html([asked(questions("convolution")["output-size"], seed) for seed in SEEDS[:5]], "Check yourself")
    data = json.loads(re.search(r"<script[^>]*>(.*)</script>", html)[1])
    assert len({one["text"] for one in data["sets"]}) == 5
    assert [one["right"] for one in data["sets"]] == [
        [asked(questions("convolution")["output-size"], seed).right] for seed in SEEDS[:5]
    ]


def test_every_text_of_an_exercise_or_question_is_among_those_to_translate():
    known = {text for found in texts().values() for text in found}
    written = set()
    for path in [*(ROOT / "lib/teach/chapters").glob("*.py"), *(ROOT / "lib/teach/quiz/bank").glob("*.py")]:
        for call in (
            node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)
        ):
            named = [keyword.value for keyword in call.keywords if keyword.arg in ("text", "why", "words", "hint")]
            shown = call.args if getattr(call.func, "id", "") in ("Mistake", "Claim") else []
            written |= {node.value for node in (*named, *shown) if isinstance(node, ast.Constant)}
    assert len(written) > 600
    assert written - known == set()

    answers = [option.answer for one in asked_often() for option in one.options]
    assert {answer for answer in answers if isinstance(answer, str)} - known == set()


def asked_often():
    """Every question with several sets of numbers."""
    every = (question for chapter in CHAPTERS for question in questions(chapter).values())
    return [asked(question, seed) for question in every for seed in SEEDS[:4]]


def test_every_word_of_a_box_is_said_in_the_language_spoken(monkeypatch):
    boxes = {"choice": "kernel-as-it-is", "writing": "matrix-shape", "one value": "output-size"}
    speak_in_brackets(monkeypatch)
    for name in boxes.values():
        box = check_yourself(f"convolution/{name}")
        html = re.sub(r"<script.*?</script>", "", box_html(box.sets, ""), flags=re.DOTALL)
        assert re.findall("[a-z]{2,}", re.sub("<[^>]*>", "", outside(html))) == []
        assert re.findall("[a-z]{3,}", re.sub(r"x|kernel", "", outside(repr(box)))) == []

    words = json.loads(re.search("const words = (.*);", script())[1])
    assert words == {english: f"⟦{english}⟧" for english in words}
    told = re.findall(r'"([A-Z][a-z]+ [^"]*)"', script().replace(json.dumps(words, ensure_ascii=False), ""))
    assert told
    assert [sentence for sentence in told if sentence not in words] == []


def test_in_chinese_a_question_tells_its_answers_apart():
    with speaking("zh_CN"):
        for one in asked_often():
            assert len({answer_text(option.answer) for option in one.options}) == len(one.options)


def test_a_question_that_does_not_exist_is_refused_with_those_that_do():
    with pytest.raises(ValueError, match=r"name must be one of convolution/window-value, .*, got 'convolution/none'"):
        check_yourself("convolution/none")
    with pytest.raises(ValueError, match=r"chapter must be one of convolution, .*, got 'folding'"):
        check_yourself("folding/none")
