"""Words in the reader's language: what is found in the catalogs, what stays English, and what is refused."""

from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from lib import words
from lib.words import also_from, language, languages, named, read_catalog, say, speak, speaking

CATALOGS = sorted(Path(words.__file__).with_name("locale").glob("*/*.po"))
SAID = r"""
msgid ""
msgstr "Language: xx\n"

#. a sentence with holes
msgid ""
"Row {row} of \"{name}\",\n"
"column {column}."
msgstr "{column}: {row} / {name}"

#, python-brace-format, fuzzy
#| msgid "old"
msgid "new"
msgstr "alt"

msgid "untranslated"
msgstr ""

msgid "input"
msgstr "EIN"

#~ msgid "gone"
#~ msgstr "weg"
"""


@pytest.fixture
def catalogs(tmp_path, monkeypatch):
    """A folder with catalogs of a language that the course has not; what is known and spoken is put back after."""
    monkeypatch.setattr(words, "_sources", list(words._sources))
    monkeypatch.setattr(words, "_spoken", language())
    (tmp_path / "xx").mkdir()
    (tmp_path / "xx" / "said.po").write_text(SAID, encoding="utf-8")
    (tmp_path / "xx" / "more.po").write_text('msgid "input"\nmsgstr "A"\n\nmsgid "output"\nmsgstr "AUS"\n')
    yield tmp_path
    words._catalog.cache_clear()


def test_a_message_is_said_in_the_language_spoken(catalogs):
    also_from(catalogs, "said")
    message = 'Row {row} of "{name}",\ncolumn {column}.'

    assert say(message, row=1, name="x", column=2) == 'Row 1 of "x",\ncolumn 2.'
    speak("xx")
    assert language() == "xx"
    assert say(message, row=1, name="{x}", column=2) == "2: 1 / {x}"


def test_what_has_no_translation_that_is_up_to_date_stays_english(catalogs):
    also_from(catalogs)
    speak("xx")
    assert [say(message) for message in ("new", "untranslated", "gone", "", "no such {message}")] == [
        "new",
        "untranslated",
        "gone",
        "",
        "no such {message}",
    ]


@pytest.mark.parametrize(
    ("label", "chinese"),
    [
        ("input", "输入"),
        ("input: 3 × 4", "输入：3 × 4"),
        ("stride 2, random", "步长 2，随机"),
        ("no skips: object F1", "无跳跃连接：物体 F1"),
        ("Reconstruction", "重建"),
        ("pixel_shuffle_icnr 19.3; unpool 22", "像素重排 ICNR 19.3；上池化 22"),
        ("图像。input 2", "图像。输入 2"),
        ("(3, 4)", "(3, 4)"),
        ("DeconvNet: input; bilinear 2.", "DeconvNet：输入；bilinear 2。"),
        ("no such label, 5", "no such label, 5"),
    ],
)
def test_a_label_made_of_names_is_said_part_by_part(label, chinese):
    assert named(label) == label
    with speaking("zh_CN"):
        assert named(label) == chinese


@pytest.mark.parametrize("name", ["input", "pixel shuffle icnr", "bilinear", "stride 2, random"])
def test_a_name_fills_a_column_where_a_chinese_sign_is_five_thirds_of_a_latin_one(name):
    assert named(name, 20) == f"{name:20}"
    with speaking("zh_CN"):
        wide = named(name, 20)
    signs = sum(sign >= "一" for sign in wide)
    assert abs(len(wide) + signs * 2 / 3 - 20) <= 0.5


def test_only_the_catalogs_named_are_read_and_of_two_translations_the_last_is_taken(catalogs):
    also_from(catalogs, "said")
    speak("xx")
    assert [say("input"), say("output")] == ["EIN", "output"]
    also_from(catalogs, "more")
    assert [say("input"), say("output")] == ["A", "AUS"]


def test_a_language_without_a_catalog_is_refused_until_there_is_one(catalogs):
    with pytest.raises(ValueError, match=r"language must be one of \['en', 'zh_CN'\], got 'xx'"):
        speak("xx")
    with pytest.raises(ValueError, match=r"folder must hold LANGUAGE/none\.po, got"):
        also_from(catalogs, "none")
    also_from(catalogs)
    assert languages() == ["xx", "zh_CN"]


@pytest.mark.parametrize("path", CATALOGS, ids=lambda path: path.stem)
def test_the_reader_finds_in_a_catalog_what_babel_finds(path):
    text = path.read_text(encoding="utf-8")
    with path.open("rb") as file:
        found = {one.id: one.string for one in read_po(file) if one.id and one.string and not one.fuzzy}
    assert read_catalog(text) == found


def test_there_are_catalogs_with_translations():
    assert any(read_catalog(path.read_text(encoding="utf-8")) for path in CATALOGS)
