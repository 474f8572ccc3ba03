"""What helps to find the way: the glossary, links to it, the search in both languages, and the library's reference."""

from __future__ import annotations

import itertools
import re
from functools import cache
from html.parser import HTMLParser

import building
import pytest
from course import glossary, minutes, names, overview

PAGES = [page for page in building.pages() if page.startswith(("chapters/", "index"))]
NOTEBOOKS = [page for page in PAGES if building.notebook_of(page).exists()]
NO_PROSE = {"h1", "h2", "h3", "h4", "h5", "h6", "code", "pre", "math", "table", "figure", "dt", "nav", "svg", "script"}
OUTSIDE = {"cell", "admonition-title", "sd-summary-title", "citation", "citation-list", "prev-next-area", "rubric"}
VOID = {"img", "input", "br", "hr", "meta", "link", "source", "wbr", "col"}


class Article(HTMLParser):
    """The prose of a page, its links to the glossary and to the reference, and its paragraphs of one class."""

    def __init__(self) -> None:
        super().__init__()
        self.prose: list[str] = []
        self.links: list[tuple[str, str]] = []  # address, text
        self.classed: dict[str, str] = {}
        self.open: list[tuple[str, set[str], str]] = []

    def handle_starttag(self, tag, attrs):
        if tag not in VOID:
            named = dict(attrs)
            self.open.append((tag, set((named.get("class") or "").split()), named.get("href") or ""))
            if tag == "a" and named.get("href"):
                self.links.append((named["href"], ""))

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if not any(tag == "article" for tag, _, _ in self.open):
            return
        if any(tag == "a" for tag, _, _ in self.open) and self.links:
            address, text = self.links[-1]
            self.links[-1] = address, text + data
        for _, classes, _ in self.open:
            for name in classes:
                self.classed[name] = self.classed.get(name, "") + data
        inside = self.open[next(place for place, (tag, _, _) in enumerate(self.open) if tag == "article") :]
        links = [href for tag, _, href in inside if tag == "a" and "glossary.html#term" not in href]
        if not links and not any(tag in NO_PROSE or classes & OUTSIDE for tag, classes, _ in inside):
            self.prose.append(data)


@cache
def article(file):
    parsed = Article()
    parsed.feed(file.read_text(encoding="utf-8"))
    return parsed


def anchor(term):
    return f"glossary.html#term-{re.sub('[^A-Za-z0-9]+', '-', term.name).strip('-')}"


def linked_terms(parsed):
    addresses = [address for address, _ in parsed.links]
    return [
        term.name
        for term in glossary.terms()
        for address in addresses
        if address == anchor(term) or address.endswith(f"/{anchor(term)}")
    ]


@pytest.mark.parametrize("page", [page for page in PAGES if not page.startswith(("chapters/glossary", "chapters/lib"))])
def test_every_term_that_a_page_uses_is_linked_once(site, page):
    parsed = article(site / page)
    used = {term.name for text in [" | ".join(parsed.prose)] for _, _, term in glossary.uses(text)}
    linked = linked_terms(parsed)
    assert sorted(linked) == sorted(set(linked))
    assert used - set(linked) == set()


@pytest.mark.parametrize("page", NOTEBOOKS)
def test_chapters_do_link_terms(site, page):
    assert len(linked_terms(article(site / page))) >= 5


def test_the_page_that_introduces_a_term_uses_it(site):
    """In its prose, or else in a heading or in code."""
    missing = []
    for term in glossary.terms():
        if term.page:
            text = article(site / f"{term.page}.html").classed["bd-article"].lower()
            if not any(name.lower() in text for name in (term.name, *term.also, *term.forms)):
                missing.append((term.page, term.name))
    assert missing == []


def test_the_glossary_shows_every_term_in_both_languages_and_links_to_its_page(site):
    text = (site / "chapters/glossary.html").read_text(encoding="utf-8")
    for term in glossary.terms():
        entry = re.search(rf'<dt id="{anchor(term).partition("#")[2]}">.*?</dd>', text, re.DOTALL)[0]
        for name in term.chinese:
            assert re.search(rf'<dt [^>]*lang="zh-Hans"[^>]*>{name}<', entry)
        if term.page:
            assert f"{term.page.removeprefix('chapters/')}.html" in entry


@pytest.mark.parametrize(
    ("query", "page"),
    [
        ("转置卷积", "chapters/transposed-convolution/go-back-with-the-transpose.html"),
        ("反卷积", "chapters/transposed-convolution/what-an-inverse-would-need.html"),
        ("deconvolution", "chapters/transposed-convolution/what-an-inverse-would-need.html"),
        ("fractionally strided convolution", "chapters/transposed-convolution/go-back-with-the-transpose.html"),
        ("上池化", "chapters/unpooling/put-it-back.html"),
        ("反池化", "chapters/unpooling/put-it-back.html"),
        ("双线性插值", "chapters/upsampling/interpolate.html"),
        ("感受野", "chapters/convolution/predict-the-size.html"),
        ("步长", "chapters/convolution/predict-the-size.html"),
        ("atrous convolution", "chapters/convolution/predict-the-size.html"),
        ("align_corners", "chapters/upsampling/where-is-a-pixel.html"),
        ("棋盘效应", "chapters/transposed-convolution/checkerboards.html"),
        ("max_unpool2d", "chapters/library/operations.html"),
    ],
)
def test_the_search_leads_to_the_right_page_in_both_languages(browse, query, page):
    with browse(f"search.html?q={query}", window="search") as visited:
        results = visited.page.locator("#search-results li a")
        results.first.wait_for()
        visited.page.locator("#search-results .search-summary").get_by_text("found").wait_for()
        first = [link.get_attribute("href").partition("#")[0] for link in results.all()[:4]]
        assert any(address.partition("?")[0].endswith(page) for address in first), first
        assert visited.complaints == []


TIMED = [page for page in NOTEBOOKS if not minutes.says_so_itself(building.notebook_of(page))]


@pytest.mark.parametrize("page", [page for page in TIMED if page != "index.html"])
def test_a_page_says_how_long_it_takes(site, page):
    counted = minutes.minutes_of(building.notebook_of(page))
    assert article(site / page).classed["minutes"] == counted.sentence
    chapter = (site / page).with_name("index.html")
    if chapter.exists() and page != f"chapters/{chapter.name}":
        row = re.search(rf'<tr[^>]*>(?:(?!</tr>).)*href="{(site / page).name}".*?</tr>', chapter.read_text(), re.DOTALL)
        assert f"<p>{counted.rounded}</p>" in row[0]


def test_the_reference_holds_every_public_name_once(site):
    text = "".join((site / page).read_text(encoding="utf-8") for page in PAGES if page.startswith("chapters/library/"))
    for name in set(names.public_names().values()):
        assert text.count(f'<dt class="sig sig-object py" id="{name}">') == 1, name


def test_the_methods_of_a_class_are_told_with_it_and_not_again_with_those_made_from_it(site):
    text = (site / "chapters/library/learning.html").read_text(encoding="utf-8")
    assert 'id="lib.learn.Module.zero_grad"' in text
    assert 'id="lib.learn.Conv2d.forward"' in text
    assert 'id="lib.learn.Conv2d.zero_grad"' not in text


def test_the_reference_and_the_page_that_teaches_a_name_link_to_each_other(site):
    library = "".join((site / page).read_text("utf-8") for page in PAGES if page.startswith("chapters/library/"))

    for name, page in names.taught().items():
        (entry,) = re.findall(rf'id="{re.escape(name)}">.*?class="taught.*?</div>', library, re.DOTALL)
        assert re.search(rf'Taught in <a [^>]*href="../{page.removeprefix("chapters/")}.html"', entry), name

        back = [address for address, _ in article(site / f"{page}.html").links if address.endswith(f"#{name}")]
        assert back, f"{page} does not link to {name}"


@pytest.mark.parametrize("page", NOTEBOOKS)
def test_a_page_ends_with_links_to_the_names_it_uses(site, page):
    used = names.names_used(building.notebook_of(page)) if page != "index.html" else []
    said = article(site / page).classed.get("used-here", "")
    assert [name.removeprefix("lib.") for name in used] == re.findall(r"[\w.]*\w", said.partition(":")[2])


def test_previous_and_next_follow_the_table_of_contents(site):
    order = [page for page in building.pages() if page not in ("search.html", "genindex.html", "404.html")]
    for before, after in itertools.pairwise(order):
        found = re.findall(r'<a class="(?:left|right)-(prev|next)"\s+href="([^"]+)"', (site / before).read_text())
        (forth,) = [address for kind, address in found if kind == "next"]
        assert (site / before).parent.joinpath(forth).resolve() == (site / after).resolve()


def test_the_landing_page_holds_the_map_as_a_picture_or_on_a_phone_as_a_list(browse):
    names = [f"{page.name}.html" for page in overview.pages()]
    with browse("index.html") as visited:
        drawn, listed = (visited.page.locator(f".course-map {part}") for part in ("svg", "ul.narrow"))
        assert drawn.is_visible()
        assert listed.is_hidden()
        assert [link.get_attribute("href") for link in drawn.locator("a").all()] == names
        visited.page.set_viewport_size({"width": 390, "height": 800})
        assert drawn.is_hidden()
        assert listed.is_visible()
        assert set(names) <= {link.get_attribute("href") for link in listed.locator("a").all()}


def test_text_stays_inside_the_boxes_of_the_map(browse):
    outside = """[...document.querySelectorAll('.course-map svg a')].filter(link => {
      const box = link.querySelector('rect').getBBox();
      return [...link.querySelectorAll('text')].some(text => text.getBBox().width > box.width - 4);
    }).map(link => link.textContent)"""
    with browse("index.html") as visited:
        assert visited.page.evaluate(outside) == []


@pytest.mark.parametrize("page", [page for page in PAGES if page.startswith("chapters/library/")])
def test_a_chinese_page_of_the_reference_says_before_its_first_entry_that_it_goes_on_in_english(site, page):
    text = (site / "zh" / page).read_text(encoding="utf-8")
    assert text.count("以下说明是英文") == 1
    assert text.index("以下说明是英文") < text.index('<dt class="sig ')
