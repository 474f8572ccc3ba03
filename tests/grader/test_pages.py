"""What students and instructors read: all of it, escaped, in one file that loads nothing."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from grader import pages
from tests.bracketed import outside, speak_in_brackets

EVIL = "<script>alert(1)</script><img src=x onerror=y> &amp; \"'"


def result(student="ada", points=(2.0, 0.0, None, 3.0)):
    cells = [
        {
            "name": "a-check",
            "exercise": "1 · A",
            "kind": "test",
            "max": 2.0,
            "points": points[0],
            "said": "",
            "answer": "",
        },
        {
            "name": "a-more",
            "exercise": "1 · A",
            "kind": "hidden test",
            "max": 3.0,
            "points": points[1],
            "said": EVIL,
            "answer": "",
        },
        {
            "name": "why",
            "exercise": "2 · B",
            "kind": "words",
            "max": 4.0,
            "points": points[2],
            "said": "",
            "answer": EVIL,
        },
        {
            "name": "do",
            "exercise": "2 · B",
            "kind": "code",
            "max": 3.0,
            "points": points[3],
            "said": "Well.\nDone.",
            "answer": "x",
        },
    ]
    return {"student": student, "notes": [EVIL], "cells": cells}


class Looked(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.loads, self.text = [], [], ""

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.loads += [f"{tag} {name}" for name, value in attrs if name == "src" or name.startswith("on")]

    def handle_data(self, data):
        self.text += data


def look(text):
    looked = Looked()
    looked.feed(text)
    return looked


PAGES = {
    "feedback": pages.feedback("Exercises: a test", result()),
    "to read": pages.to_read("Exercises: a test", [result()], {"why": f"Because. {EVIL}"}),
    "summary": pages.summary("Exercises: a test", [result(), result(EVIL)], [EVIL]),
    "empty summary": pages.summary("Exercises: a test", [], []),
    "nothing to read": pages.to_read("Exercises: a test", [], {}),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole_and_runs_and_loads_nothing(name):
    looked = look(PAGES[name])
    assert PAGES[name].startswith('<!DOCTYPE html>\n<html lang="en">')
    assert "default-src 'none'" in PAGES[name]
    assert not {"script", "img", "link", "iframe"} & set(looked.tags)
    assert looked.loads == []
    assert looked.tags.count("h1") == 1


def test_feedback_says_points_reasons_and_what_is_open():
    text = look(PAGES["feedback"]).text
    assert (
        "For ada: 5 of 12 points, which is 62.5 % of what has been read so far, and 1 answer still to be read." in text
    )
    assert EVIL in text
    assert re.search(r"Test\s*a-check\s*Passed\.\s*2 of 2", text)
    assert re.search(r"Answer in words\s*why\s*To be read\..*– of 4", text, re.DOTALL)
    assert "Well.Done." in text


def test_every_word_of_a_page_is_said_in_the_language_spoken(monkeypatch):
    speak_in_brackets(monkeypatch)
    nothing_read = result(points=(None,) * 4)
    spoken = [
        *(pages.feedback("", each) for each in (result(), nothing_read, result(points=(1.0,) * 4))),
        *(pages.to_read("", given, {}) for given in ([result()], [])),
        pages.summary("", [result(), result()], []),
    ]
    for text in spoken:
        assert text.startswith('<!DOCTYPE html>\n<html lang="zh-CN">')
        seen = outside(re.sub(r"<(style|small)\b.*?</\1>", "", text, flags=re.DOTALL))
        mine = "ada|a|check|more|why|do|A|B|x|Well|Done|script|alert|img|src|onerror|y|amp"
        assert set(re.findall(r"[A-Za-z]+", look(seen).text)) <= set(mine.split("|"))


def test_the_answers_to_read_stand_question_by_question():
    text = look(PAGES["to read"]).text
    first, second = re.split(r"(?=2 · B: do)", text)
    assert re.search(r"2 · B: why, 4 points\s*Model answer\s*Because\..*ada \(to read\)", first, re.DOTALL)
    assert re.search(r"2 · B: do, 3 points\s*Model answer\s*ada \(3 of 3\)", second)


def test_the_summary_counts_scores_and_missed_tests():
    class_ = [result(f"s{number}", (2.0, 3.0 * (number % 2), 4.0, 3.0)) for number in range(10)]
    text = pages.summary("Title", class_, [])
    assert pages.distribution(class_)["70–80 %"] == 5
    assert pages.distribution(class_)["90–100 %"] == 5
    assert pages.most_missed(class_) == {"a-more": 5}
    assert "Students by share of the points for what is read. 0–10 %: 0;" in text
    assert "Students whose answer did not pass, or not in all parts. a-more: 5." in text
    assert text.count("feedback/s") == 10


def test_links_lead_to_the_files_of_the_same_student():
    for student in ("ada", "Ada", "../../etc", "é", "", "a b", "x" * 300):
        name = pages.file_name(student)
        assert re.fullmatch(r"[a-z0-9-]{1,80}\.html", name)
        assert f"feedback/{name}" in pages.summary("T", [result(student)], [])
    assert len({pages.file_name(student) for student in ("a-b", "a b", "A-b", "a/b")}) == 4
