"""The slides of a chapter, as they are presented and printed. What holds for any page is in test_pages."""

from __future__ import annotations

import gzip
import re

import building
import print_slides
import pytest

DECKS = building.decks()
BUDGET = 200_000  # bytes of a first visit, compressed as web servers do
CONVOLUTION = "chapters/convolution/slides.html"
# The slides whose content runs out below or at the right, as they lie on paper.
CUT = """() => [...document.querySelectorAll('.pdf-page')].filter(page => {
  const seen = page.querySelector('.seen'), paper = page.getBoundingClientRect(), box = seen?.getBoundingClientRect();
  return seen && (box.bottom > paper.bottom + 1 || seen.scrollWidth > seen.clientWidth + 1);
}).map(page => page.innerText.slice(0, 80))"""

# The slides that are printed with a heading and nothing below it.
EMPTY = """() => [...document.querySelectorAll('.pdf-page:has(.seen)')].filter(page => {
  const seen = page.querySelector('.seen'), pictures = [...seen.querySelectorAll('img, svg, canvas')];
  return page.offsetHeight && !seen.innerText.trim() && !pictures.some(each => each.getClientRects().length);
}).map(page => page.innerText.slice(0, 80))"""


@pytest.mark.parametrize("page", DECKS)
def test_a_deck_asks_no_other_host_and_loads_little_at_first(visit, site, page):
    with visit(page) as visited:
        visited.page.wait_for_function("deck.isReady()")
        visited.page.wait_for_load_state("networkidle")
        loaded = [site / name for name in set(visited.loaded)]
        assert sum(len(gzip.compress(file.read_bytes(), 6)) for file in loaded) <= BUDGET
        assert visited.page.locator(".slides section section").count() > 20
        assert visited.elsewhere == visited.failed == visited.complaints == []


def test_the_figures_of_a_later_page_come_when_a_slide_of_it_is_near_and_live(visit):
    with visit(CONVOLUTION) as visited:
        page = visited.page
        page.wait_for_function("deck.isReady()")
        later = page.locator(".slides > section[data-part] .seen > figure.explore")
        assert {later.nth(at).inner_html().strip() for at in range(later.count())} == {""}

        slide = later.last.locator("xpath=ancestor::section[1]").get_attribute("id")
        page.evaluate("id => { location.hash = `#/${id}`; }", slide)
        figure = page.locator("section section.present > .seen > figure.explore").last
        figure.locator("button, input, select").first.wait_for()
        assert figure.locator("> figcaption").inner_text() != ""


@pytest.mark.parametrize("page", DECKS)
def test_every_slide_fits_its_page_and_axe_finds_nothing(visit, judge, page):
    with visit(f"{page}?print-pdf") as visited:
        visited.page.wait_for_function(print_slides.READY)
        visited.page.evaluate(print_slides.ALL_LOADED)
        assert visited.page.evaluate(CUT) == []
        assert judge.faults(visited.page) == {"light": [], "dark": []}


@pytest.mark.parametrize("page", DECKS)
def test_no_slide_is_printed_with_a_heading_alone(visit, page):
    with visit(f"{page}?print-pdf") as visited:
        visited.page.wait_for_function(print_slides.READY)
        visited.page.emulate_media(media="print")
        assert visited.page.evaluate(EMPTY) == []


def test_a_phone_scrolls_through_all_slides(visit):
    with visit(CONVOLUTION, width=390) as visited:
        page = visited.page
        page.wait_for_function("deck.isReady() && deck.isScrollView()")
        page.mouse.move(200, 400)
        page.mouse.wheel(0, 3000)
        page.wait_for_function("document.body.scrollTop > 1000")
        assert page.evaluate("document.body.scrollHeight") > 20 * 900


def test_keys_move_the_slides_and_a_figure_that_has_them_takes_them(visit):
    with visit(CONVOLUTION) as visited:
        page = visited.page
        page.wait_for_function("deck.isReady()")
        for key in ("ArrowRight", "PageDown"):
            page.keyboard.press(key)
        page.wait_for_url("**#/slide-a-window-2")

        figure = page.locator("section.present > .seen > figure.explore")
        caption = figure.locator("> figcaption")
        place = re.match(r"Output row (\d), column (\d) is ", caption.inner_text())
        cell = figure.locator("[role=grid] .editable").nth(8 * int(place[1]) + int(place[2]))  # the window's first
        cell.click()
        assert offset(figure.locator("input.over"), cell.locator("rect")) < 2  # the field lies on the number
        page.keyboard.type("5")
        page.keyboard.press("Enter")
        assert caption.inner_text().startswith(f"{place[0]}5·")

        figure.locator("[data-do=on]").last.click()
        second = caption.inner_text()
        page.keyboard.press("Space")
        assert not second.startswith(place[0])
        assert caption.inner_text() != second
        page.keyboard.press("ArrowRight")
        page.wait_for_url("**#/slide-a-window-3")


def test_the_speaker_sees_the_notes_of_the_slide_and_what_comes_next(visit):
    with visit(f"{CONVOLUTION}#/slide-a-window-2") as visited:
        visited.page.wait_for_function("deck.isReady()")
        with visited.page.expect_popup() as opened:
            visited.page.keyboard.press("s")
        note = visited.page.locator("section.present > aside.notes p").first.text_content()
        opened.value.locator(".speaker-controls-notes:not(.hidden) .value").get_by_text(note).wait_for()
        assert opened.value.locator("iframe").count() == 2


def test_on_paper_each_slide_has_a_page_and_its_notes_another(site, chromium, tmp_path):
    deck = site / CONVOLUTION
    alone = print_slides.print_deck(deck, tmp_path / "slides.pdf", False, chromium)
    with_notes = print_slides.print_deck(deck, tmp_path / "notes.pdf", True, chromium)
    assert alone == deck.read_text(encoding="utf-8").count("<h2>") + 1
    assert with_notes > 1.5 * alone


def offset(one, other):
    """How far the corners of two elements are apart."""
    first, second = one.bounding_box(), other.bounding_box()
    return max(abs(first[side] - second[side]) for side in ("x", "y"))
