"""An explorer on the published page: its HTML, its data, and how the two belong together."""

import json
import re
from html import escape
from html.parser import HTMLParser

import pytest

from lib.show import Picture, choice, explore
from lib.show.explore.page import SCRIPT, page_data, page_html, page_script, scene_data
from lib.show.explore.settings import option_text

from .explorers import EXPLORERS, note
from .wired import WIRED

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
    page = Page(page_html(explorer.views, "figure"))
    figure = page.elements[0]
    assert (figure["tag"], figure["class"]) == ("figure", "explore")
    children = [e for e in page.elements if e["inside"] == ["figure"]]
    assert [e["tag"] for e in children] == ["form", "div", "figcaption", "script"]
    assert children[1]["class"] == "panels"
    assert children[2]["aria-live"] == "polite"
    ids = [e["id"] for e in page.elements if "id" in e]
    assert len(ids) == len(set(ids))


def test_every_state_reassembles_to_the_picture_that_draw_returns(explorer):
    data = Page(page_html(explorer.views, "figure")).data
    states = list(explorer.views.states())
    assert set(data["scenes"]) == {",".join(map(str, state)) for state in states}
    for state in states:
        scene = data["scenes"][",".join(map(str, state))]
        picture = explorer.views.view(state)
        assert "\n".join(data["parts"][line] for line in scene["panels"]) == picture.markup
        assert scene["caption"] == escape(picture.caption, quote=False)


def test_each_distinct_line_is_stored_once(explorer):
    data = Page(page_html(explorer.views, "figure")).data
    assert len(set(data["parts"])) == len(data["parts"])
    assert {line for view in data["scenes"].values() for line in view["panels"]} == set(range(len(data["parts"])))


def test_wired_scenes_share_their_rules_and_panels_and_are_put_together_from_them():
    explorer = WIRED["ready stamps"]()
    data = page_data(explorer.views)

    def put(part):
        return [put(one) for one in part] if isinstance(part, list) else data["parts"][part]

    for state in explorer.views.states():
        told = data["scenes"][",".join(map(str, state))]
        whole = told | {"tape": put(told["tape"]), "panels": put(told["panels"])}
        assert whole == json.loads(json.dumps(scene_data(explorer.views.view(state))))
    assert len({json.dumps(part) for part in data["parts"]}) == len(data["parts"])


def test_the_view_shown_first_is_that_of_the_start(explorer):
    html, page = page_html(explorer.views, "figure"), Page(page_html(explorer.views, "figure"))
    first = explorer.views.view(explorer.views.start())
    assert f'<div class="panels">{first.markup}</div>' in html
    assert page.find("figcaption")[-1]["text"] == first.caption
    assert page.data["start"] == list(explorer.views.start())


def test_every_control_is_labelled_and_shows_its_start(explorer):
    page = Page(page_html(explorer.views, "figure"))
    assert [e["text"] for e in page.find("label", "legend") if "for" in e or e["tag"] == "legend"] == [
        control.label for control in explorer.views.controls
    ]
    start = explorer.views.start()
    for place, (control, index) in enumerate(zip(explorer.views.controls, start, strict=True)):
        options = control.options(explorer.views.values(start[:place]))
        texts = [option_text(option) for option in options]
        assert page.data["controls"][place]["options"] == texts
        key = f"figure-{place}"
        field = [e for e in page.find("input", "select") if key in (e.get("id"), e.get("name"))]
        assert all(e["inside"][:2] == ["figure", "form"] for e in field)
        if field[0].get("type") == "radio":
            assert [int(e["value"]) for e in field if "checked" in e] == [index]
            assert len(field) >= len(texts)
        elif field[0].get("type") == "range":
            assert (field[0]["min"], field[0]["max"], field[0]["value"]) == ("0", str(len(texts) - 1), str(index))
            assert field[0]["aria-valuetext"] == texts[index]
            assert [e["text"] for e in page.find("output") if e["for"] == key] == [texts[index]]
        else:
            shown = [e for e in page.find("option") if e["text"] in texts]
            assert [e["text"] for e in shown if "selected" in e] == [texts[index]]


def test_a_control_with_nothing_to_choose_is_hidden(explorer):
    page = Page(page_html(explorer.views, "figure"))
    hidden = ["hidden" in e for e in page.find("div", "fieldset") if "control" in e.get("class", "").split()]
    assert hidden == [len(control["options"]) < 2 for control in page.data["controls"]]


def test_a_slider_has_named_buttons_to_both_sides():
    page = Page(page_html(explore(note, k=choice(range(6), 'size "k"')).views, "figure"))
    buttons = [(e["data-do"], e["aria-label"], e["type"]) for e in page.find("button")]
    assert buttons[:2] == [("back", 'Previous size "k"', "button"), ("on", 'Next size "k"', "button")]


def test_options_of_dependent_controls_are_right_for_each_earlier_state(explorer):
    controls = Page(page_html(explorer.views, "figure")).data["controls"]
    for place, (control, stored) in enumerate(zip(explorer.views.controls, controls, strict=True)):
        assert ("by" in stored) is callable(control.choice.options)
        earlier = {state[:place] for state in explorer.views.states()}
        offered = {state: stored.get("by", {}).get(",".join(map(str, state))) for state in earlier}
        for state, options in offered.items():
            expected = [option_text(option) for option in control.options(explorer.views.values(state))]
            assert (stored["options"] if options is None else options) == expected
        assert set(stored.get("by", {})) <= {",".join(map(str, state)) for state in earlier}


@pytest.mark.parametrize(
    "words", ["</script><b>out</b>", "<!--<script>", "<!-- </script> -->", "</SCRIPT >", "\u2028 \\u003c \\", "]]>"]
)
def test_no_words_break_out_of_the_data(words):
    explorer = explore(
        lambda k, kind: Picture(f"<p>{escape(words)}</p>", f"{words} {k} {kind}"),
        k=choice((1, 2), words),
        kind=(words, "plain"),
    )
    html = page_html(explorer.views, "figure")
    page = Page(html)
    assert len(page.find("script")) == 1
    assert html.count("</script") == 1
    inside = html[html.index("<script") + 7 : html.rindex("</script")]
    assert "<!--" not in inside, "a comment would let a script element run on"
    assert page.find("b") == []
    assert [e["text"] for e in page.find("legend")] == [words, "kind"]
    assert page.data["controls"][1]["options"] == [words, "plain"]
    assert page.data["scenes"]["1,0"]["caption"] == escape(f"{words} 2 {words}", quote=False)
    assert page.find("figcaption")[0]["text"] == f"{words} 1 {words}"


def test_markup_that_closes_elements_survives_in_the_data():
    explorer = explore(lambda k: Picture(f"<svg>\n<g></g>\n</svg>{k}", "."), k=(1, 2))
    assert "<g></g>" in Page(page_html(explorer.views, "figure")).data["parts"]


def test_the_data_stands_there_once_though_the_view_holds_figures():
    drawn = Picture("<div><figure><figcaption>a</figcaption></figure><figure></figure></div>", "Two images.")
    explorer = explore(lambda level: drawn, level=(1, 2))
    assert Page(page_html(explorer.views, "figure")).data["start"] == [0]


def test_the_same_explorer_is_the_same_text():
    make = EXPLORERS["dependent"]
    assert page_html(make().views, "figure") == page_html(make().views, "figure")


def test_the_script_of_the_page_is_that_of_the_notebook_and_what_supplies_its_model():
    script = page_script()
    assert "export" not in re.sub("//.*", "", script)
    for name in ("live.js", "page.js"):
        longest = max((SCRIPT.parent / name).read_text(encoding="utf-8").splitlines(), key=len)
        assert longest in script
