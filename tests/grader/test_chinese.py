"""A class that works in Chinese: the same notebooks but for their words, the same points, and pages in Chinese."""

from __future__ import annotations

import json
import re

import pytest
from nbformat import reads
from translation.making import page_text, site_say

from grader import contents, grade_one
from grader.__main__ import language_in, main
from grader.notebook import Part, is_untouched
from grader.one import part_in_words
from lib.teach.words import place_for_words
from lib.words import say, speaking
from tests.bracketed import speak_in_brackets

from .classroom import RIGHT, SOURCE, by_name, cell, cells, needs_a_box, notebook

SPEAK = cell("code", 'from lib.words import speak\n\nspeak("zh_CN")')


def handed_in(**parts):
    """A notebook in Chinese."""
    return notebook([SPEAK, *cells(**{"more": "# More.", **parts})])


@needs_a_box()
def test_a_chinese_notebook_has_all_points_and_a_wrong_one_its_chinese_hint():
    with speaking("zh_CN"):
        untouched, undone = place_for_words(), say("Not written yet.")
        hint = say("It looks as if the stride was ignored: the window moved by one cell each time.")
    right = grade_one(SOURCE, handed_in(words=untouched), "practice", language="zh_CN")
    assert right["notes"] == []
    assert [each["points"] for each in right["cells"]] == [2, 3, 1, 0]
    assert right["cells"][-1]["said"] == undone

    careless = RIGHT.replace("[::stride, ::stride]", "")
    wrong = by_name(grade_one(SOURCE, handed_in(slide=careless), "practice", language="zh_CN"))
    assert wrong["slide-check"]["said"] == hint
    assert re.search("[\u4e00-\u9fff]", hint)


def test_the_made_source_of_a_chapter_says_its_language_and_has_the_same_cells(tmp_path):
    made = page_text("exercises/convolution", site_say())
    path = tmp_path / "convolution.ipynb"
    path.write_text(made, encoding="utf-8")
    assert language_in(path) == "zh_CN"
    names = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in reads(made, as_version=4).cells[1:]]
    source = json.loads((contents.ROOT / "exercises/convolution.ipynb").read_text(encoding="utf-8"))
    assert names == [each["metadata"].get("nbgrader", {}).get("grade_id") for each in source["cells"]]


@needs_a_box()
def test_the_pages_of_a_class_are_in_the_language_of_its_source(tmp_path):
    source, folder = tmp_path / "test.ipynb", tmp_path / "in"
    folder.mkdir()
    source.write_bytes(notebook([SPEAK, *json.loads(SOURCE)["cells"]]))
    (folder / "practice.ipynb").write_bytes(handed_in())

    assert main(["grade", str(source), str(folder), "--out", str(tmp_path / "out"), "--jobs", "1"]) == 0
    page = (tmp_path / "out/feedback/practice.html").read_text(encoding="utf-8")
    with speaking("zh_CN"):
        head = say("Part")
    assert f"<th scope='col' class='part'>{head}</th>" in page
    assert '<html lang="zh-CN">' in (tmp_path / "out/summary.html").read_text(encoding="utf-8")


def test_a_part_is_named_in_the_language_spoken(monkeypatch):
    speak_in_brackets(monkeypatch)
    parts = [Part("", 0, ""), Part("with stride and padding", 2, "")]
    assert part_in_words(1, parts, hidden=False) == "⟦with stride and padding⟧"
    assert part_in_words(1, parts, hidden=True) == "⟦Part 1 of 1⟧"


def test_an_answer_is_untouched_in_every_language():
    for language in ("en", "zh_CN"):
        with speaking(language):
            left = place_for_words()
        assert is_untouched(left)
    assert not is_untouched("It is lost.")


def test_no_catalog_in_the_box_holds_a_hint():
    inside = [option for option in contents.library(set()) if option.endswith(".po")]
    assert inside
    assert {re.search(r"(\w+)\.po$", name)[1] for name in inside} <= {"show", "plan"}


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_a_language_can_be_asked_for(language, tmp_path, capsys):
    with pytest.raises(SystemExit):
        main(["grade", "x", "y", "--out", str(tmp_path), "--language", "xx"])
    assert f"'{language}'" in capsys.readouterr().err
