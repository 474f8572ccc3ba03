"""What learning platforms are given, read back by programs of others: the same questions, answers and hints."""

from __future__ import annotations

import io
import re
import warnings
import xml.etree.ElementTree as ET
import zipfile
from html import unescape

import pytest
import qti2latex
from moodle_xml_parser.parser import parse_string

from lib.teach import exercises
from lib.teach.exercise import Exercise
from lib.teach.quiz.words import answer_html, as_html, question_html
from lib.words import speaking
from quizzes.__main__ import main
from quizzes.cartridge import as_cartridge
from quizzes.collection import ROOT, collected
from quizzes.gift import as_gift
from quizzes.moodle import as_moodle
from quizzes.qti import as_canvas
from tests.bracketed import outside, speak_in_brackets

SITE = "https://example.org/course/"
QUIZZES = collected("a term", 2)
ASKED = [one for quiz in QUIZZES for group in quiz.groups for one in group]


def expected(one):
    """What a platform should show: the question, then each answer, whether it is right, and what is said to it."""
    answers = [
        (unescape(answer_html(each.answer)), each.answer is one.right, unescape(as_html(each.said)))
        for each in one.options
    ]
    return unescape(question_html(one.text, one.shown)), answers


def files_of(content):
    """The files of an archive."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def choices_in(text):
    """The questions of a file of QTI as qti2latex reads them, which was written for what Canvas exports.

    It takes every rule for that of the right answer, so that the one that scores is looked for here.
    """
    for item in qti2latex.findall_anyns(ET.fromstring(text), "item"):
        rules = qti2latex.findall_anyns(item, "respcondition")
        scoring = [rule for rule in rules if qti2latex.findall_anyns(rule, "setvar")]
        right = [qti2latex.text_of(each) for rule in scoring for each in qti2latex.findall_anyns(rule, "varequal")]
        said = {
            feedback.get("ident"): qti2latex.text_of(qti2latex.first(qti2latex.findall_anyns(feedback, "mattext")))
            for feedback in qti2latex.findall_anyns(item, "itemfeedback")
        }
        answers = [
            (unescape(words), ident in right, unescape(said[f"{ident}_fb"]))
            for ident, words in qti2latex.get_choices(item)
        ]
        yield unescape(qti2latex.get_item_stem(item)), answers


def test_moodle_reads_the_questions_that_were_written():
    written = as_moodle(QUIZZES)
    found = parse_string(written)["multichoice"]
    read = [
        (one.text_pre_parse, [(each.answer, each.score_fraction == 100, each.feedback) for each in one.options])
        for one in found
    ]
    assert read == [expected(one) for one in ASKED if not one.is_number]


def test_moodle_is_told_the_tolerance_of_a_number_and_every_typical_wrong_one():
    numbers = [one for one in ASKED if one.is_number]
    found = [each for each in ET.fromstring(as_moodle(QUIZZES)).iter("question") if each.get("type") == "numerical"]
    assert len(found) == len(numbers) > 10
    for question, one in zip(found, numbers, strict=True):
        answers = [
            (float(each.findtext("text")), each.get("fraction"), float(each.findtext("tolerance")))
            for each in question.iter("answer")
        ]
        assert answers[0] == (pytest.approx(one.right, rel=1e-5), "100", one.tolerance)
        assert [value for value, _, _ in answers[1:]] == [pytest.approx(value, rel=1e-5) for value, _ in one.wrong]
        assert {fraction for _, fraction, _ in answers[1:]} == {"0"}


def gift_questions(text):
    """The questions of a file of GIFT as pygiftparser reads them."""
    with warnings.catch_warnings(action="ignore", category=ResourceWarning):  # first imported, it leaves a file open
        from pygiftparser.parser import parse
    return parse(text).questions


def test_gift_is_read_as_it_was_written():
    found = gift_questions(as_gift(QUIZZES))
    read = [
        (
            unescape(one.text.removeprefix("[html]")),
            [(unescape(each.text), each.prefix == "=", unescape(each.feedback)) for each in one.answer.options],
        )
        for one in found
    ]
    assert [text for text, _ in read] == [expected(one)[0] for one in ASKED]
    assert [sorted(answers) for _, answers in read] == [sorted(expected(one)[1]) for one in ASKED]


def test_canvas_gets_a_group_of_variants_for_each_question():
    files = files_of(as_canvas(QUIZZES))
    named = [file.get("href") for file in ET.fromstring(files["imsmanifest.xml"]).iter() if file.tag.endswith("}file")]
    assert sorted(named) == sorted(set(files) - {"imsmanifest.xml"})

    read = [question for quiz in QUIZZES for question in choices_in(files[f"{quiz.chapter}.xml"])]
    assert read == [expected(one) for one in ASKED]
    groups = [qti2latex.get_group(section) for section in sections_of(files["convolution.xml"])]
    assert len(groups) == len(QUIZZES[0].groups)


def sections_of(text):
    """The sections within the first of a quiz."""
    root = qti2latex.first(qti2latex.findall_anyns(ET.fromstring(text), "section"))
    return qti2latex.childall_anyns(root, "section")


def test_the_cartridge_holds_a_quiz_and_links_for_each_chapter():
    files = files_of(as_cartridge(QUIZZES, SITE))
    manifest = ET.fromstring(files["imsmanifest.xml"])
    resources = {one.get("identifier"): one for one in manifest.iter() if one.tag.endswith("}resource")}
    referred = [one.get("identifierref") for one in manifest.iter() if one.get("identifierref")]
    assert sorted(referred) == sorted(resources)
    assert {one[0].get("href") for one in resources.values()} == set(files) - {"imsmanifest.xml"}

    read = [question for quiz in QUIZZES for question in choices_in(files[f"quiz-{quiz.chapter}.xml"])]
    assert read == [expected(group[0]) for quiz in QUIZZES for group in quiz.groups]
    links = {address for text in files.values() for address in re.findall(r'<url href="([^"]*)"', text)}
    assert links == {f"{SITE}{page.name}.html" for quiz in QUIZZES for page in quiz.pages}


def test_without_an_address_the_cartridge_has_no_links():
    assert not [name for name in files_of(as_cartridge(QUIZZES, "")) if not name.startswith(("quiz-", "imsmanifest"))]


def test_nothing_of_a_graded_exercise_is_asked_for(monkeypatch, tmp_path):
    drawn, ask = [], Exercise.drawn
    monkeypatch.setattr(Exercise, "drawn", lambda self, *seed: drawn.append(self) or ask(self, *seed))
    main([str(tmp_path), "--variants", "1"])
    assert len(drawn) == len({id(one) for one in drawn}) > 60
    assert not {id(one) for one in drawn} & {id(one) for one in exercises().values()}


def test_other_words_give_other_numbers_and_the_same_words_the_same_bytes():
    assert as_canvas(collected("a term", 2, ["unpooling"])) == as_canvas(collected("a term", 2, ["unpooling"]))
    assert as_canvas(collected("a term", 2, ["unpooling"])) != as_canvas(collected("another", 2, ["unpooling"]))


def test_the_command_writes_what_it_names(capsys, tmp_path):
    assert main([str(tmp_path / "made"), "--chapters", "unpooling", "--site", SITE]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "15 questions of unpooling, with up to 3 sets of numbers each:"
    assert [line.strip() for line in said[1:]] == [
        str(tmp_path / "made" / name) for name in ("moodle.xml", "questions.gift", "canvas.zip", "course.imscc")
    ]
    assert all((tmp_path / "made" / name).stat().st_size > 1000 for name in ("moodle.xml", "canvas.zip"))


def test_the_bank_in_another_language_asks_the_same_with_the_same_answers(monkeypatch):
    speak_in_brackets(monkeypatch)
    other = collected("a term", 2)
    asked_in_it = [one for quiz in other for group in quiz.groups for one in group]
    for one, two in zip(ASKED, asked_in_it, strict=True):
        assert [(repr(o.answer), o.right) for o in one.options] == [(repr(o.answer), o.right) for o in two.options]
        assert two.text == f"⟦{one.text}⟧"
        assert [hint for _, hint in two.wrong] == [f"⟦{hint}⟧" for _, hint in one.wrong]

    cartridge = files_of(as_cartridge(other, SITE))
    for text in (as_moodle(other), as_gift(other), *files_of(as_canvas(other)).values(), *cartridge.values()):
        assert re.findall("Quiz:|Restoring Resolution", outside(text)) == []
    assert f'<url href="{SITE}zh/chapters/convolution/slide-a-window.html"' in str(cartridge)


def test_titles_are_those_of_the_pages_in_the_language():
    with speaking("zh_CN"):
        found = {page.name: page.title for quiz in collected("a term", 1) for page in quiz.pages}
    catalogs = {name: (ROOT / f"locale/zh_CN/{name}.po").read_text(encoding="utf-8") for name in found}
    assert [name for name, title in found.items() if title not in catalogs[name]] == []


def test_no_variants_are_refused():
    with pytest.raises(ValueError, match="variants must be at least 1, got 0"):
        collected("a term", 0)
