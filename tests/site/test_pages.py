"""Every page of the built book, as a visitor meets it."""

from __future__ import annotations

import functools
import gzip
import itertools
import json
import re
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin

import axe
import building
import nbformat
import pytest
from course.editions import EDITIONS

PAGES = [page for edition in EDITIONS for page in building.pages(edition)]
DECKS = [deck for edition in EDITIONS for deck in building.decks(edition)]
WRITTEN = [page for page in PAGES if not page.endswith(("search.html", "genindex.html", "404.html"))]
# The Chinese pages have the styles and scripts of the English ones: in a browser, one of each kind is looked at in all
# ways, the others at a glance.
KINDS = ("index", "convolution/exercises", "glossary")
KINDS += ("benches/plan-the-sizes", "library/operations", "teaching/syllabus", "404", "search")
VISITED = [page for page in PAGES if not page.startswith("zh/") or page.removesuffix(".html").endswith(KINDS)]
GLANCED_AT = [page for page in PAGES if page not in VISITED]
WITH_DECKS = [*WRITTEN, *DECKS]  # for what the markup alone tells; tests/site/test_slides.py visits them
BUDGET = 200_000  # bytes that a first visit may transfer, compressed as web servers do
BUDGET_TO_THE_END = 250_000  # of one who reads a page to its end, and has seen all that it holds
MOST_REQUESTS = 25
MOST_REQUESTS_TO_THE_END = 50
SEEN_HEADINGS = """[...document.querySelectorAll('h1, h2, h3, h4, h5, h6')]
  .filter(heading => heading.getClientRects().length).map(heading => Number(heading.localName[1]))"""
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SMALL_TARGETS = """[...document.querySelectorAll('figure.explore form :is(button, input, select)')]
  .filter(target => target.getClientRects().length)
  .filter(target => target.getBoundingClientRect().height < 44 || target.getBoundingClientRect().width < 44)
  .map(target => target.outerHTML)"""
CUT_LINES = """[...document.querySelectorAll('.cell_input pre, .cell_output pre')]
  .filter(block => block.scrollWidth > block.clientWidth).map(block => block.textContent.slice(0, 200))"""
NARROW_CELLS = """[...document.querySelectorAll('article table.wordy td')]
  .filter(cell => cell.textContent.trim().length > 50 && cell.clientWidth < 100).map(cell => cell.textContent)"""
SHIFT = """() => new Promise(done => {
  new PerformanceObserver(list => done(list.getEntries().reduce((sum, entry) => sum + entry.value, 0)))
    .observe({type: 'layout-shift', buffered: true});
  setTimeout(() => done(0), 50);
})"""
# Goes to every explorer, does one thing with it, and returns those that did not start or show nothing else then.
USED = """async () => {
  const until = async ready => {
    for (let tries = 0; tries < 100 && !ready(); tries++) await new Promise(done => setTimeout(done, 20));
    return ready();
  };
  const idle = [], seen = one => one.getClientRects().length > 0;
  for (const figure of document.querySelectorAll('figure.explore')) {
    figure.scrollIntoView({block: 'center', behavior: 'instant'});
    const started = await until(() => figure.dataset.state !== undefined);
    const form = figure.querySelector('form');
    const shown = () => figure.dataset.state + figure.textContent + figure.querySelector(':scope > .panels').innerHTML +
      [...form.querySelectorAll('input')].map(field => field.value + field.checked);
    const before = shown(), menu = [...form.querySelectorAll('select')].find(seen);
    const target = [...form.querySelectorAll('[data-do=on], input[type=radio]:not(:checked)')].find(seen);
    if (target) target.click();
    else if (menu) {
      menu.selectedIndex = (menu.selectedIndex + 1) % menu.length;
      for (const kind of ['input', 'change']) menu.dispatchEvent(new Event(kind, {bubbles: true}));
    }
    if (!started || (target || menu) && !await until(() => shown() !== before)) idle.push(figure.id);
  }
  return idle;
}"""
IMAGES = """() => Promise.all([...document.images].map(image => {
  image.loading = 'eager';  // now, and not when it comes into view
  return image.decode();
}))"""
PHONES = (390, 320)
LOOSE_SIGN = re.compile(r"</math></span>[,.;:!?)][^<]*<(?!/span>)")  # outside the span that keeps both on a line
DATA = re.compile(r'<script type="application/json"[^>]*>(.*?)</script>', re.DOTALL)
LINK = re.compile(r"<a\b[^>]*>(.*?)</a>", re.DOTALL)
# What somebody who goes from link to link, or a search engine, can make nothing of: the list is Lighthouse's.
SAY_NOTHING = (
    {"点击这里", "点此", "这里", "此处", "更多", "了解更多"}
    | {"click here", "click this", "go", "here", "information", "learn more", "more", "more info"}
    | {
        "more information",
        "right here",
        "read more",
        "see more",
        "start",
        "this",
    }
)
SCHEMES = ("light", "dark")


@dataclass
class Report:
    """What one visit to a page has shown."""

    elsewhere: list[str]
    failed: list[str]
    complaints: list[str]
    first: set[str]  # what it loads before anybody scrolls
    loaded: list[str]
    shift: float
    headings: list[int]
    axe: dict[str, list[str]]
    cut_lines: list[str]
    too_wide: dict[int, int]
    narrow_cells: dict[int, list[str]]
    small_targets: dict[int, list[str]]


@pytest.fixture(scope="module")
def report(browse, judge):
    """Visit a page once, however many tests ask about it."""

    @functools.cache
    def of(page):
        with browse(page) as visited:
            return look_at(visited, judge)

    return of


def look_at(visited, judge):
    page = visited.page
    shift = page.evaluate(SHIFT)
    first = loaded_on_arrival(visited)
    page.evaluate(IMAGES)
    headings, cut_lines = page.evaluate(SEEN_HEADINGS), page.evaluate(CUT_LINES)

    faults = judge.faults(page)
    too_wide, narrow_cells, small_targets = {}, {}, {}
    for width in PHONES:
        page.set_viewport_size({"width": width, "height": 800})
        too_wide[width] = page.evaluate(TOO_WIDE)
        narrow_cells[width] = page.evaluate(NARROW_CELLS)
        small_targets[width] = page.evaluate(SMALL_TARGETS)

    # What it asked for is told at the end, when every script has had its time.
    return Report(
        elsewhere=visited.elsewhere,
        failed=visited.failed,
        complaints=visited.complaints,
        first=first,
        loaded=visited.loaded,
        shift=shift,
        headings=headings,
        axe=faults,
        cut_lines=cut_lines,
        too_wide=too_wide,
        narrow_cells=narrow_cells,
        small_targets=small_targets,
    )


@pytest.fixture(scope="module")
def glance(browse):
    """Open a page once, use its explorers, let axe judge its words, make it as narrow as a phone; say what is wrong.

    The rest that axe judges is markup and colours, which are those of the English page.
    """

    @functools.cache
    def of(page):
        with browse(page) as visited:
            first, opened = loaded_on_arrival(visited), visited.page
            found = {"explorers": opened.evaluate(USED), "cut lines": opened.evaluate(CUT_LINES)}
            axe.prepare(opened)
            found["axe"] = axe.faults_of_words(opened)

            opened.set_viewport_size({"width": PHONES[0], "height": 800})
            for what, question in (("wide", TOO_WIDE), ("cells", NARROW_CELLS), ("targets", SMALL_TARGETS)):
                found[what] = opened.evaluate(question)
        found |= {"hosts": visited.elsewhere, "failed": visited.failed, "complaints": visited.complaints}
        return first, {what: fault for what, fault in found.items() if fault}

    return of


@pytest.mark.parametrize("page", GLANCED_AT)
def test_at_a_glance_nothing_is_wrong_with_a_page(glance, page):
    assert glance(page)[1] == {}


@pytest.mark.parametrize("page", VISITED)
def test_a_page_asks_no_other_host_and_complains_of_nothing(report, page):
    found = report(page)
    assert found.elsewhere == []
    assert found.failed == []
    assert found.complaints == []


@pytest.mark.parametrize("page", PAGES)
def test_a_first_visit_stays_within_its_budget(report, glance, site, page):
    first = report(page).first if page in VISITED else glance(page)[0]
    assert_within(site, first, BUDGET, MOST_REQUESTS)


@pytest.mark.parametrize("page", [page for page in PAGES if "/networks/" in page])
def test_a_first_visit_with_a_phone_stays_within_its_budget(visit, site, page):
    with visit(page, width=PHONES[0]) as visited:
        assert_within(site, loaded_on_arrival(visited), BUDGET, MOST_REQUESTS)


@pytest.mark.parametrize("page", VISITED)
def test_who_reads_a_page_to_its_end_loads_little_more(report, site, page):
    assert_within(site, set(report(page).loaded), BUDGET_TO_THE_END, MOST_REQUESTS_TO_THE_END)


def loaded_on_arrival(visited):
    """What a page loads while nobody scrolls: browsers begin early with images that are to be loaded when near."""
    if visited.page.locator("img[loading=lazy]").count():
        visited.page.wait_for_load_state("networkidle")
    return set(visited.loaded)


def assert_within(site, loaded, budget, requests):
    weights = sorted(((transferred(site / file), file) for file in loaded), reverse=True)
    assert sum(weight for weight, _ in weights) <= budget, weights[:5]
    assert len(loaded) <= requests


@pytest.mark.parametrize("page", VISITED)
def test_nothing_moves_while_a_page_loads(report, page):
    assert report(page).shift < 0.05  # Lighthouse's best mark ends at 0.1


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_page_is_light_or_dark_before_any_script_has_come(chromium, address, scheme):
    context = chromium.new_context(color_scheme=scheme)
    context.route("**/*.js*", lambda route: route.abort())
    opened = context.new_page()
    opened.goto(f"{address}index.html")
    assert opened.evaluate("document.documentElement.dataset.theme") == scheme
    assert opened.locator(".logo__image:visible").count() == 1
    context.close()


@pytest.mark.parametrize("page", VISITED)
def test_nothing_is_loaded_before_it_is_wanted(report, page):
    loaded = " ".join(report(page).loaded)
    assert ("searchindex.js" in loaded) is page.endswith("search.html")
    assert [name for name in ("fontawesome", "thebe", "require", "mathjax", "launch", "logo_") if name in loaded] == []


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("page", VISITED)
def test_axe_finds_nothing(report, page, scheme):
    assert report(page).axe[scheme] == []


def test_a_single_word_that_is_hard_to_see_is_found(browse):
    """Contrast is judged by looks: one word among thousands that are alike must not be lost."""
    judge = axe.Judge()
    with browse("index.html") as visited:
        page = visited.page
        assert judge.faults(page) == {"light": [], "dark": []}
        assert judge.contrast(page) == []
        for change in ("style.color = '#444'", "style.background = '#eee'", "style.opacity = 0.3"):
            page.evaluate(f"[...document.querySelectorAll('article p')].at(-2).{change}")
            assert len(judge.contrast(page)) == 1, change
            page.evaluate("[...document.querySelectorAll('article p')].at(-2).removeAttribute('style')")


@pytest.mark.parametrize("page", VISITED)
def test_no_line_of_code_or_output_runs_out_of_its_box(report, page):
    assert report(page).cut_lines == []


@pytest.mark.parametrize("width", PHONES)
@pytest.mark.parametrize("page", VISITED)
def test_nothing_scrolls_sideways_on_a_phone(report, page, width):
    assert report(page).too_wide[width] == 0


@pytest.mark.parametrize("page", VISITED)
def test_no_sentence_in_a_table_has_a_word_a_line_on_a_phone(report, page):
    assert report(page).narrow_cells[390] == []


@pytest.mark.parametrize("page", PAGES)
def test_no_comma_after_a_formula_can_begin_a_line(site, page):
    assert LOOSE_SIGN.findall((site / page).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("width", PHONES)
@pytest.mark.parametrize("page", VISITED)
def test_touch_targets_are_large_enough_on_a_phone(report, page, width):
    assert report(page).small_targets[width] == []


@pytest.mark.parametrize("page", VISITED)
def test_headings_begin_with_one_and_skip_no_level(report, page):
    levels = report(page).headings
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


@pytest.mark.parametrize("page", WITH_DECKS)
def test_a_page_has_its_own_title_description_and_language(site, page):
    parsed = parse(site / page)
    assert parsed.language == building.edition_of(page).tag
    assert parsed.title.endswith(parse(site / building.edition_of(page).folder / "index.html").site)
    assert parsed.description
    if building.notebook_of(page).exists():
        notebook = nbformat.read(building.notebook_of(page), as_version=4)
        assert parsed.description == " ".join(notebook.metadata.myst.html_meta.description.split())


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda edition: edition.key)
def test_titles_and_descriptions_differ_from_page_to_page(site, edition):
    found = [parse(site / page) for page in WRITTEN if building.edition_of(page) == edition]
    assert len({parsed.title for parsed in found}) == len(found)
    assert len({parsed.description for parsed in found}) == len(found)


@pytest.mark.parametrize("page", [*PAGES, *DECKS])
def test_a_page_and_a_deck_lead_to_themselves_in_every_other_language(site, page):
    own = building.edition_of(page)
    name = "index.html" if page.endswith("404.html") else page.removeprefix(own.folder)
    wanted = {(edition.tag, edition.name, f"/{edition.folder}{name}") for edition in EDITIONS if edition != own}
    twins = parse(site / page).twins
    assert {(tag, words, urljoin(f"/{page}", way)) for tag, words, way in twins} == wanted


@pytest.mark.parametrize("page", WITH_DECKS)
def test_every_figure_has_words_for_those_who_cannot_see_it_and_every_image_a_size(site, page):
    parsed = parse(site / page)
    assert [image for image in parsed.images if not image.get("alt")] == []
    assert [image for image in parsed.images if not (image.get("width") and image.get("height"))] == []
    assert [drawing for drawing in parsed.drawings if not drawing.get("aria-label")] == []


@pytest.mark.parametrize("page", WITH_DECKS)
def test_the_data_that_a_page_holds_can_be_read(site, page):
    found = DATA.findall((site / page).read_text(encoding="utf-8"))
    assert all(json.loads(data) is not None for data in found)


@pytest.mark.parametrize("page", WITH_DECKS)
def test_no_id_occurs_twice(site, page):
    ids = parse(site / page).ids
    assert sorted({name for name in ids if ids.count(name) > 1}) == []


@pytest.mark.parametrize("page", [*PAGES, *DECKS])
def test_every_link_leads_to_a_page_and_an_anchor_that_exist(site, page):
    broken = []
    for link in parse(site / page).links:
        if link.startswith(("http:", "https:", "mailto:", "data:")):
            continue
        target, anchor = urldefrag(urljoin(f"/{page}", link.split("?")[0]))
        file = site / unquote(target).lstrip("/")
        if not file.is_file() or (anchor and file.suffix == ".html" and unquote(anchor) not in parse(file).anchors):
            broken.append(link)
    assert broken == []


@pytest.mark.parametrize("page", [*PAGES, *DECKS])
def test_the_words_of_every_link_say_where_it_leads(site, page):
    links = LINK.findall((site / page).read_text(encoding="utf-8"))
    words = [" ".join(unescape(re.sub(r"<[^>]*>", " ", link)).split()) for link in links]
    assert [text for text in words if text.lower() in SAY_NOTHING] == []


@pytest.mark.parametrize("page", [page for page in WRITTEN if building.notebook_of(page).exists()])
def test_the_notebook_behind_a_page_can_be_downloaded(site, page):
    downloads = [link for link in parse(site / page).links if link.endswith(".ipynb")]
    assert downloads
    downloaded = (site / page).parent / downloads[0]
    assert downloaded.read_bytes() == building.notebook_of(page).read_bytes()


@pytest.mark.parametrize("page", [page for page in WRITTEN if page.endswith("/exercises.html")])
def test_exercises_of_several_chapters_are_saved_under_several_names(visit, page):
    with visit(page) as visited:
        visited.page.locator(".dropdown-download-buttons button").first.click()
        with visited.page.expect_download() as saving:
            visited.page.locator(".dropdown-download-buttons a:visible").first.click()
        assert saving.value.suggested_filename == f"exercises-{page.split('/')[-2]}.ipynb"


class Page(HTMLParser):
    """What a test needs to know of a page's markup."""

    def __init__(self) -> None:
        super().__init__()
        self.language = self.title = self.description = ""
        self.images: list[dict] = []
        self.drawings: list[dict] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.anchors: set[str] = {"", "top"}
        self.twins: list[tuple[str, str, str]] = []  # languages that it leads to, each with its name there, and how
        self.site = ""  # what the site calls itself
        self._in_title = self._in_switch = False

    def handle_starttag(self, tag, attrs):
        named = dict(attrs)
        if tag == "html":
            self.language = named.get("lang")
        elif tag == "title":
            self._in_title = not self.title
        elif tag == "meta" and named.get("name") == "description":
            self.description = named["content"]
        elif tag == "img":
            self.images.append(named)
        elif tag == "svg" and named.get("aria-hidden") != "true":
            self.drawings.append(named)
        elif tag == "meta" and named.get("property") == "og:site_name":
            self.site = named["content"]
        elif tag == "a" and "language-switch" in (named.get("class") or "").split():
            self._in_switch = True
            self.twins.append((named["lang"], "", named["href"]))
        self.links += [named[key] for key in ("href", "src") if named.get(key)]
        if "id" in named:
            self.ids.append(named["id"])
        self.anchors |= {named[key] for key in ("id", "name") if key in named}

    def handle_endtag(self, tag):
        if tag == "title":
            self._in_title = False
        elif tag == "a":
            self._in_switch = False

    def handle_data(self, data):
        if self._in_title:
            self.title += data
        elif self._in_switch:
            tag, words, way = self.twins.pop()
            self.twins.append((tag, words + data, way))


@functools.cache
def parse(file: Path) -> Page:
    page = Page()
    page.feed(file.read_text(encoding="utf-8"))
    return page


def transferred(file: Path) -> int:
    """Return how many bytes a web server sends for a file: text compressed, the rest as it is."""
    content = file.read_bytes()
    return len(content if file.suffix in (".woff2", ".png", ".webp") else gzip.compress(content, 6))
