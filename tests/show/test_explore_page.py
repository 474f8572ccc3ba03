"""An explorer on the published page: its HTML, its data, and how the two belong together."""

import json
from html import escape
from html.parser import HTMLParser

import pytest

from lib.show import Picture, choice, explore
from lib.show.explore.page import page_html
from lib.show.explore.settings import option_text

from .explorers import EXPLORERS, note

VOID = {"input", "img"}


@pytest.fixture(params=EXPLORERS)
def explorer(request):
    return EXPLORERS[request.param]()


class Page(HTMLParser):
    """HTML read as a browser does; it fails where a tag is not closed or an attribute is given twice."""

    def __init__(self, html):
        super().__init__()
        self.open, self.elements, self.scripts = [], [], []
        self.feed(html)
        self.close()
        assert self.open == [], f"not closed: {self.open}"

    def handle_starttag(self, tag, attrs):
        assert len(dict(attrs)) == len(attrs), f"<{tag}> has an attribute twice"
        element = {"tag": tag, "inside": [e["tag"] for e in self.open], "text": "", **dict(attrs)}
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag):
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop()["tag"] == tag

    def handle_data(self, data):
        if self.open:
            self.open[-1]["text"] += data

    def find(self, *tags):
        return [element for element in self.elements if element["tag"] in tags]

    @property
    def data(self):
        (script,) = self.find("script")
        assert script["type"] == "application/json"
        return json.loads(script["text"])


def test_the_parts_of_the_figure_are_well_formed_and_in_order(explorer):
    page = Page(page_html(explorer))
    figure = page.elements[0]
    assert (figure["tag"], figure["class"]) == ("figure", "explore")
    children = [e for e in page.elements if e["inside"] == ["figure"]]
    assert [e["tag"] for e in children] == ["form", "div", "figcaption", "script"]
    assert children[1]["class"] == "panels"
    assert children[2]["aria-live"] == "polite"
    ids = [e["id"] for e in page.elements if "id" in e]
    assert len(ids) == len(set(ids))


def test_every_state_reassembles_to_the_picture_that_draw_returns(explorer):
    data = Page(page_html(explorer)).data
    states = list(explorer.states())
    assert set(data["views"]) == {",".join(map(str, state)) for state in states}
    for state in states:
        words, *markup = (data["lines"][line] for line in data["views"][",".join(map(str, state))])
        picture = explorer.view(state)
        assert "\n".join(markup) == picture.markup
        assert words == escape(picture.caption, quote=False)


def test_each_distinct_line_is_stored_once(explorer):
    data = Page(page_html(explorer)).data
    assert len(set(data["lines"])) == len(data["lines"])
    assert {line for view in data["views"].values() for line in view} == set(range(len(data["lines"])))


def test_the_view_shown_first_is_that_of_the_start(explorer):
    html, page = page_html(explorer), Page(page_html(explorer))
    first = explorer.view(explorer.start())
    assert f'<div class="panels">{first.markup}</div>' in html
    assert page.find("figcaption")[-1]["text"] == first.caption
    assert [control["start"] for control in page.data["controls"]] == list(explorer.start())


def test_every_control_is_labelled_and_shows_its_start(explorer):
    page = Page(page_html(explorer))
    inputs = page.find("input", "select")
    labels = page.find("label")
    assert [e["name"] for e in inputs] == [control.name for control in explorer.controls]
    assert [e["for"] for e in labels] == [e["id"] for e in inputs]
    assert [e["text"] for e in labels] == [control.label for control in explorer.controls]
    assert all(e["inside"][:2] == ["figure", "form"] for e in inputs)
    for place, (control, element, start) in enumerate(zip(explorer.controls, inputs, explorer.start(), strict=True)):
        earlier = explorer.values(explorer.start()[:place])
        texts = [option_text(option) for option in control.options(earlier)]
        assert page.data["controls"][place]["options"] == texts
        if control.is_range(earlier):
            assert (element["type"], element["min"]) == ("range", "0")
            assert (element["max"], element["value"]) == (str(len(texts) - 1), str(start))
            assert element["aria-valuetext"] == texts[start]
            (shown,) = [e for e in page.find("output") if e["for"] == element["id"]]
            assert shown["text"] == texts[start]
        else:
            mine = [e for e in page.find("option") if e["text"] in texts]
            assert [e["text"] for e in mine] == texts
            assert [e["text"] for e in mine if "selected" in e] == [texts[start]]


def test_a_control_with_nothing_to_choose_is_hidden(explorer):
    page = Page(page_html(explorer))
    hidden = ["hidden" in e for e in page.find("div") if e.get("class") == "control"]
    assert hidden == [len(control["options"]) < 2 for control in page.data["controls"]]


def test_a_slider_has_named_buttons_to_both_sides():
    page = Page(page_html(explore(note, k=choice(range(3), 'size "k"'))))
    buttons = page.find("button")
    assert [(e["value"], e["aria-label"], e["type"]) for e in buttons] == [
        ("-1", 'Previous size "k"', "button"),
        ("1", 'Next size "k"', "button"),
    ]


def test_options_of_dependent_controls_are_right_for_each_earlier_state(explorer):
    controls = Page(page_html(explorer)).data["controls"]
    for place, (control, stored) in enumerate(zip(explorer.controls, controls, strict=True)):
        assert ("by_earlier" in stored) is callable(control.choice.options)
        earlier = {state[:place] for state in explorer.states()}
        offered = {state: stored.get("by_earlier", {}).get(",".join(map(str, state))) for state in earlier}
        for state, options in offered.items():
            expected = [option_text(option) for option in control.options(explorer.values(state))]
            assert (stored["options"] if options is None else options) == expected
        assert set(stored.get("by_earlier", {})) <= {",".join(map(str, state)) for state in earlier}


@pytest.mark.parametrize(
    "words", ["</script><b>out</b>", "<!--<script>", "<!-- </script> -->", "</SCRIPT >", "\u2028 \\u003c \\", "]]>"]
)
def test_no_words_break_out_of_the_data(words):
    explorer = explore(
        lambda k, kind: Picture(f"<p>{escape(words)}</p>", f"{words} {k} {kind}"),
        k=choice((1, 2), words),
        kind=(words, "plain"),
    )
    html = page_html(explorer)
    page = Page(html)
    assert len(page.find("script")) == 1
    assert html.count("</script") == 1
    inside = html[html.index("<script") + 7 : html.rindex("</script")]
    assert "<!--" not in inside, "a comment would let a script element run on"
    assert page.find("b") == []
    assert [e["text"] for e in page.find("label")] == [words, "kind"]
    assert page.data["controls"][1]["options"] == [words, "plain"]
    assert page.data["lines"][page.data["views"]["1,0"][0]] == escape(f"{words} 2 {words}", quote=False)
    assert page.find("figcaption")[0]["text"] == f"{words} 1 {words}"


def test_markup_that_closes_elements_survives_in_the_data():
    explorer = explore(lambda k: Picture(f"<svg>\n<g></g>\n</svg>{k}", "."), k=(1, 2))
    assert "<g></g>" in Page(page_html(explorer)).data["lines"]


def test_the_same_explorer_is_the_same_text_and_another_has_another_name():
    make = EXPLORERS["dependent"]
    assert page_html(make()) == page_html(make())
    names = {Page(page_html(make())).elements[0]["id"] for make in EXPLORERS.values()}
    assert len(names) == len(EXPLORERS)
