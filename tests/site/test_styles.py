"""The site's one stylesheet: what it keeps of the theme's, what it leaves out, and why the difference is not seen."""

from __future__ import annotations

import base64
import io
import re
from html import unescape

import building
import pytest
import tinycss2
from course.editions import EDITIONS, own_pages
from course.fonts import subset_font
from course.search import HAN
from course.shared import italic
from course.styles import Vocabulary, one_stylesheet
from fontTools.ttLib import TTFont


@pytest.fixture
def kept(tmp_path):
    """Return the rules kept of a stylesheet for a page, in a folder of their own below the stylesheet's."""

    def of(rules, page, script=""):
        (tmp_path / "styles").mkdir(exist_ok=True)
        (tmp_path / "styles" / "theme.css").write_text(rules, encoding="utf-8")
        (tmp_path / "page.js").write_text(script, encoding="utf-8")
        vocabulary = Vocabulary()
        vocabulary.add_page(page)
        vocabulary.add_script(tmp_path / "page.js")
        return one_stylesheet([tmp_path / "styles" / "theme.css"], tmp_path, vocabulary)

    return of


def test_no_rule_lets_every_edit_style_the_whole_page_anew():
    """A browser cannot tell of ``.a:has(.b) > *`` which elements it is about, so on every page it looks at all of them
    whenever something in a cell changes, which took a third of the time of an edit: a class or a name has to come last.
    """
    files = [*(building.ROOT / "book").rglob("*.css"), *(building.ROOT / "lib/show/assets").glob("*.css")]
    text = "\n".join(re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.S) for path in files)
    assert ":has(" in text
    text = re.sub(r":nth-[a-z-]+\([^()]*\)", ":nth", text)  # whose "+" joins no elements
    assert re.findall(r":has\([^{}]*[ >+~](?:\*|:(?!is\())[^{}\s>+~]*(?=\s*[,{])", text) == []


@pytest.mark.parametrize(
    "selector",
    [
        "p",
        ".note",
        "#top",
        "div.note > p:first-child",
        ".note:hover::before",
        "html[data-theme=dark] .note",
        ":root",
        "*",
        ":not(.missing)",
        ":is(.missing, .note) p",
        ".added-by-script",
        'p[class="missing"]',
    ],
)
def test_a_rule_that_can_match_is_kept(kept, selector):
    page = '<p>x</p><div class="box note" id="top"></div>'
    assert kept(f"{selector} {{ color: red }}", page, "element.classList.add('added-by-script')") == (
        f"{selector}{{color:red;}}"
    )


@pytest.mark.parametrize(
    "selector",
    ["table", ".missing", "#missing", "p.missing", "p .missing > p", ":is(.missing, table) p", "p:is(table)"],
)
def test_a_rule_that_cannot_match_is_left_out(kept, selector):
    assert kept(f"{selector} {{ color: red }}", "<p>a table is missing</p>") == ""


def test_of_several_selectors_those_that_can_match_are_kept(kept):
    assert kept("p, table, .missing { color: red }", "<p>") == "p{color:red;}"


def test_rules_inside_rules_are_judged_alike_and_empty_groups_go(kept):
    rules = "@media print { p { color: red } table { color: red } } @supports (gap: 1px) { table { gap: 1px } }"
    assert kept(rules, "<p>") == "@media print{p{color:red;}}"
    assert kept("p { color: red; .missing { gap: 1px } b { gap: 2px } }", "<p><b>") == "p{color:red;b{gap:2px;}}"


def test_names_inside_the_data_of_an_explorer_count_as_shown(kept):
    page = '<script type="application/json">{"lines": ["<svg class=\\"panel lit\\">"]}</script>'
    assert kept("svg.lit { fill: red } .missing { fill: red }", page) == "svg.lit{fill:red;}"


def test_variables_are_kept_if_something_asks_for_them_even_through_others(kept):
    rules = ":root { --a: var(--b); --b: 1px; --c: 2px; --d: 3px } p { gap: var(--a) }"
    assert kept(rules, '<p style="gap: var(--d)">') == ":root{--a:var(--b);--b:1px;--d:3px;}\np{gap:var(--a);}"


def test_animations_are_kept_if_something_moves_by_them(kept):
    rules = "@keyframes turn { to { rotate: 1turn } } @keyframes idle { to { rotate: 1turn } } p { animation: 1s turn }"
    assert "turn {" in kept(rules, "<p>").replace("{", " {")
    assert "idle" not in kept(rules, "<p>")


def test_addresses_are_seen_from_where_the_stylesheet_lies(kept):
    rules = "p { background: url(../pictures/a.png) } b { background: url('b.svg') } i { background: url(data:,x) }"
    result = kept(rules, "<p><b><i>")
    assert re.findall(r"url\(\"?([^)\"]*)", result) == ["pictures/a.png", "styles/b.svg", "data:,x"]


def test_words_in_quotes_keep_their_spaces(kept):
    assert kept('p::after { content: "a  b" }', "<p>") == 'p::after{content:"a  b";}'


def test_a_stylesheet_that_cannot_be_read_is_an_error(kept):
    with pytest.raises(ValueError, match=r"theme\.css, line 1"):
        kept("p { color: red } }", "<p>")


@pytest.fixture(params=EDITIONS, ids=lambda edition: edition.key)
def own_site(site, request):
    """The site of one edition."""
    return site / request.param.folder


def test_the_icons_of_the_site_are_in_its_stylesheet_and_no_others(own_site):
    styles = (own_site / "_static" / "site.css").read_text(encoding="utf-8")
    font = TTFont(io.BytesIO(base64.b64decode(re.search(r"data:font/woff2;base64,([\w+/=]+)", styles)[1])))
    pages = [page.read_text(encoding="utf-8") for page in own_pages(own_site)]
    icons = {name for text in pages for name in re.findall(r'class="[^"]*\bfa-([a-z-]+)[ "]', text)} - {"solid", "lg"}
    assert len(icons) > 5
    for icon in icons:
        sign = re.search(rf"\.fa-{icon}\b[^{{}}]*\{{[^}}]*\"(.)\"", styles)[1]
        assert ord(sign) in font.getBestCmap(), icon
    assert len(font.getBestCmap()) < 4 * len(icons)


def test_the_stylesheet_is_whole(own_site):
    styles = (own_site / "_static" / "site.css").read_text(encoding="utf-8")
    rules = tinycss2.parse_stylesheet(styles, skip_comments=True, skip_whitespace=True)
    wrong = [rule.message for rule in rules if rule.type == "error"]
    preludes = [tinycss2.serialize(rule.prelude) for rule in rules if rule.type == "qualified-rule"]
    assert [*wrong, *(prelude for prelude in preludes if "}" in prelude)] == []


def test_an_animation_that_nothing_names_goes_whole(kept):
    rules = "@keyframes idle {\n 0% {\n opacity: 0;\n } 50% {\n opacity: 1;\n }\n}\n.seen { color: red; }"
    assert kept(rules, '<p class="seen">') == ".seen{color:red;}"


def test_a_term_is_a_link_that_does_not_interrupt(browse):
    with browse("chapters/convolution/slide-a-window.html") as visited:
        looks = """link => [getComputedStyle(link).color === getComputedStyle(link.closest('p, li')).color,
          getComputedStyle(link).textDecorationStyle]"""
        assert visited.page.locator("a.reference:has(> .std-term)").first.evaluate(looks) == [True, "dotted"]


def test_the_font_of_formulas_has_every_sign_that_is_shown(own_site):
    font = TTFont(own_site / "_static" / "course-math.woff2").getBestCmap()
    for page in own_pages(own_site):
        for formula in re.findall(r"<math.*?</math>", page.read_text(encoding="utf-8"), re.DOTALL):
            signs = unescape(re.sub(r"<annotation.*?</annotation>|<[^>]*>", "", formula, flags=re.DOTALL))
            signs += "√" * formula.count("<msqrt")
            signs = HAN.sub("", "".join(signs.split()))  # words among the signs, which the font of the text has
            assert [sign for sign in set(signs) if ord(sign) not in font] == [], page


def test_a_sum_that_stands_alone_is_larger_than_the_letters_beside_it(browse):
    with browse("chapters/convolution/slide-a-window.html") as visited:
        formula = visited.page.locator("div.math.displayed math").first
        formula.scroll_into_view_if_needed()
        visited.page.evaluate("document.fonts.ready")
        sizes = {
            sign: formula.locator(kind).get_by_text(sign, exact=True).first.bounding_box()["height"]
            for kind, sign in (("mo", "∑"), ("mi", "x"))
        }
        assert sizes["∑"] > 1.2 * sizes["x"]


def test_a_subset_holds_what_is_asked_for_and_nothing_else(site):
    path = site / "_static" / "course-math.woff2"
    letters = TTFont(io.BytesIO(subset_font(path, map(ord, "kx"))))
    assert set(letters.getBestCmap()) == {ord("k"), ord("x")}
    assert subset_font(path, [0x4E00]) is None


def test_single_letters_of_formulas_are_shown_in_mathematical_italics():
    assert {ord(sign) for sign in "𝐴𝑥𝑘ℎ𝛼"} <= italic({ord(sign) for sign in "Axkhα"})


def test_code_keeps_its_colours(site, browse):
    with browse("chapters/convolution/slide-a-window.html") as visited:
        colour = "(selector) => getComputedStyle(document.querySelector(selector)).color"
        seen = [visited.page.evaluate(colour, f".highlight {piece}") for piece in ("pre", ".k", ".mi", ".nf")]
        assert len(set(seen)) == 4
