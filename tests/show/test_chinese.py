"""Figures in Chinese: no English is left, nothing is cut off, and what their scripts say has its translation."""

import re
from pathlib import Path

import numpy as np
import pytest
from course import benches, segmenter

from lib import show, words
from lib.show.explore.page import notebook_script, page_data, page_html
from lib.show.svg import heading_width
from lib.show.words import texts
from lib.teach.quiz import box
from lib.words import SAID, also_from, said_by, say, speak, table_of

from .drawings import drawings, parse
from .gallery import GALLERY, LABELLED
from .test_every_picture import reach_of

ROOT = Path(__file__).parents[2]
# What a test gives a figure is not the figure's; and names of networks, units and code stay what they are.
GIVEN = """Runs Speed Two One Up run images second label some length unit many words energy step loss small large ramp
    truth net response one two fast long name of"""
NAMES = "Net NaN dB conv max unpool cat up nearest exact bilinear bicubic"
SCRIPTS = {
    "explorers": notebook_script(),
    **{bench: benches.script(bench) for bench in benches.SCRIPTS},
    "segmenter": segmenter.script(),
    "quiz": box.script(),
    "slides": (ROOT / "book/slides/slides.js").read_text(encoding="utf-8"),
}


@pytest.fixture(autouse=True)
def chinese(monkeypatch):
    """Speak Chinese during a test, with what the book says too."""
    monkeypatch.setattr(words, "_sources", list(words._sources))
    monkeypatch.setattr(words, "_spoken", "en")
    also_from(ROOT / "locale", "site")
    speak("zh_CN")
    yield
    words._catalog.cache_clear()


def said(tree):
    """Everything that a reader sees or hears of a figure."""
    spoken = (element.get(key, "") for element in tree.iter() for key in ("alt", "aria-label", "title"))
    scripts = {id(element) for element in tree.iter("script")}
    seen = (element.text or "" for element in tree.iter() if id(element) not in scripts)
    return " ".join([*spoken, *seen, *(element.tail or "" for element in tree.iter())])


@pytest.mark.parametrize("name", GALLERY)
def test_a_picture_holds_no_english_and_keeps_inside_its_frame(name):
    picture = GALLERY[name]()
    found = set(re.findall(r"[A-Za-z]{2,}", said(parse(picture.html()))))
    # Why a chain cannot work is the text of an exception, which stays English.
    refused = set(re.findall(r"[A-Za-z]{2,}", picture.caption)) if "行不通" in picture.caption else set()
    assert found - set(GIVEN.split()) - set(NAMES.split()) - refused == set()

    for drawn in drawings(picture):
        left, _, width, _ = map(float, drawn.root.get("viewBox").split())
        for text in drawn.words:
            start, end = reach_of(text)
            assert left <= start, f"{text.words} is cut off at the left"
            assert end <= left + width, f"{text.words} is cut off at the right"


@pytest.mark.parametrize("name", LABELLED)
def test_chinese_words_of_an_author_are_taken_as_they_are(name):
    given = "边缘处的权重之和，三个"
    picture = LABELLED[name](given)
    assert given in said(parse(picture.html()))
    for drawn in drawings(picture):
        for text in drawn.words:
            start, end = reach_of(text)
            assert start >= -2
            assert end <= float(drawn.root.get("width"))


def test_an_explorer_says_its_controls_and_its_script_in_chinese():
    def slid(input, kernel, stride):
        y = show.sliding_window(input, kernel, stride).steps[0]
        panel = show.panel(y, "output", "一个比它自己的格子宽得多的标题")
        return show.scene(panel, step=y, caption=f"第 {y.row} 行第 {y.column} 列：{y.terms} = {y.now}。")

    choices = {"input": show.editable(np.eye(3)), "kernel": show.editable(np.ones((2, 2))), "stride": (1, 2)}
    explorer = show.explore(slid, **choices)
    html = page_html(explorer.views, "figure")
    data = page_data(explorer.views)

    assert "<legend>步长</legend>" in html
    assert f'aria-label="播放：{say("step")}"' in html
    assert explorer.views.picture((0,), step=1).caption == "第 0 行第 1 列：0·1 + 0·1 + 1·1 + 0·1 = 1。"
    assert data["words"] == table_of(notebook_script())
    assert data["words"]["not yet"] == "尚未算出"
    told = explorer.views.view((0,)).data()["panels"]
    assert told[0]["wide"] == round(heading_width("一个比它自己的格子宽得多的标题"), 1)
    speak("en")
    assert "words" not in page_data(explorer.views)


def test_every_text_of_a_table_has_its_translation():
    assert [text for text in texts()["show"] if say(text) == text and text not in NAMES.split()] == []


# Scripts -------------------------------------------------------------------------------------------------------------

# The literals of a script, behind comments and regular expressions, which hold quotes too.
LITERAL = re.compile(
    r"//[^\n]*|/(?![*/ ])(?:\\.|\[[^\]\n]*\]|[^/\\\n\[])+/[a-z]*(?=[.,)\s;])"
    r"""|"((?:\\.|[^"\\\n])*)"|'((?:\\.|[^'\\\n])*)'|`((?:\\.|[^`\\])*)`"""
)
HOLE = re.compile(r"\{\w+\}")
INSIDE = re.compile(r"<[^>]*>|\$\{[^{}]*\}")  # markup and expressions
PROSE = re.compile(r"(?<![\w.#-])[A-Za-z][a-z]+,? [a-z]{2,}(?![\w(=:\[-])")  # two words in a row are for a reader
# What is none: code in other languages, what PyTorch says, keys, names of classes, and refusals that nobody sees.
NO_PROSE = re.compile(
    r"^(use strict| +return .*|(import|from) .*|bench \w+|input, \w+|\[tabindex\].*|(pool|stride) smooth"
    r"|new kind|your own"
    r"|(in_channels )?(out_channels )?kernel_size .*|.*norm dropout.*|groupnorm instancenorm"
    r"|Sizes of tensors must.*|.*for tensor number 1 in the list\.|The size of tensor a .*"
    r"|.* does not make the sizes equal|between the skip and the join .*|only a transposed convolution .*"
    r"|output_padding must be smaller than .*)$"
)


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_says_every_word_and_the_table_holds_it(name):
    script = SCRIPTS[name]
    told = said_by(script)
    assert told
    worded = (text for text in told if re.search("[a-z]{2}", HOLE.sub("", text)))
    assert [text for text in worded if say(text) == text and not set(text.split("-")) <= set(NAMES.split())] == []

    unsaid = SAID.sub("say(", script)
    literals = (next(filter(None, found.groups()), "") for found in LITERAL.finditer(unsaid))
    prose = [text for text in literals if PROSE.search(INSIDE.sub("·", text)) and not NO_PROSE.match(text)]
    assert prose == []
