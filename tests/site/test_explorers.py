"""Every explorer on the built pages, driven in a browser and held against what the library computes."""

from __future__ import annotations

import itertools
import random

import building
import pytest
from explorers import SHOWS, explorers_of

from lib.show.explore.settings import option_text

NOTEBOOK_PAGES = [page for page in building.pages() if building.notebook_of(page).exists()]
MOST_STATES = 25  # of a large explorer, so many are visited, drawn at random but the same in every run

CONTROLS = """figure => [...figure.querySelectorAll('form :is(input, select)')].map(control => control.type === 'range'
  ? [control.closest('.control').querySelector('output').textContent, control.getAttribute('aria-valuetext')]
  : [control.selectedOptions[0].textContent, control.selectedOptions[0].textContent])"""


@pytest.fixture(scope="module")
def found():
    return {page: explorers_of(building.notebook_of(page)) for page in NOTEBOOK_PAGES}


@pytest.fixture(scope="module", params=NOTEBOOK_PAGES)
def page(request):
    return request.param


@pytest.fixture(scope="module")
def visited(visit, page):
    """Visit each page once: the tests below run on it one after another."""
    with visit(page) as opened:
        yield opened


def test_a_page_holds_the_explorers_of_its_notebook(visited, found, page):
    figures = visited.page.locator("figure.explore").all()
    assert len(figures) == len(found[page])
    for figure, explorer in zip(figures, found[page], strict=True):
        labels = figure.locator("form label").all_text_contents()
        assert labels == [control.label for control in explorer.controls]
        assert_shows(figure, explorer, explorer.start())


def test_every_page_but_the_list_of_questions_and_the_exercises_has_something_to_explore(found):
    without = {page for page in NOTEBOOK_PAGES if not found[page]}
    exercises = {page for page in NOTEBOOK_PAGES if page.endswith(("/exercises.html", "/solutions.html"))}
    assert without - exercises == {"chapters/myths-and-questions.html"}


def test_the_keyboard_reaches_every_state_and_each_shows_what_the_library_computes(visited, found, page):
    for number, explorer in enumerate(found[page]):
        figure = visited.page.locator("figure.explore").nth(number)
        for state in some_states(explorer, number):
            for control, index in enumerate(state):
                press_to(figure, control, index)
            assert_shows(figure, explorer, state)
    assert visited.complaints == []
    assert visited.elsewhere == []


def test_the_buttons_go_forth_and_back_and_around(visited, found, page):
    for number, explorer in enumerate(found[page]):
        figure = visited.page.locator("figure.explore").nth(number)
        for place, control in enumerate(explorer.controls):
            row = figure.locator(".control").nth(place)
            assert row.is_visible() is (len(control.options(explorer.values(current_state(figure)[:place]))) > 1)
            if row.is_hidden() or row.locator("button").count() == 0:
                continue
            state = current_state(figure)
            count = len(control.options(explorer.values(state[:place])))
            for index in itertools.chain(range(state[place] + 1, count), range(state[place] + 1)):
                row.locator("button[value='1']").click()
                assert current_state(figure)[place] == index
                assert_shows(figure, explorer, current_state(figure))
            row.locator("button[value='-1']").click()
            assert current_state(figure)[place] == (state[place] - 1) % count


def test_a_click_on_an_output_cell_goes_to_its_step(visited, found, page):
    for number, explorer in enumerate(found[page]):
        figure = visited.page.locator("figure.explore").nth(number)
        cells = figure.locator("[data-set]")
        for index in range(cells.count()):
            cells.nth(index).click()
            assert current_state(figure)[-1] == index
            assert_shows(figure, explorer, current_state(figure))


def test_every_image_of_every_view_is_a_file_that_loads(visited, found, page):
    for number, explorer in enumerate(found[page]):
        figure = visited.page.locator("figure.explore").nth(number)
        if "<img" not in explorer.view(explorer.start()).markup:
            continue
        for state in some_states(explorer, number):
            for control, index in enumerate(state):
                press_to(figure, control, index)
            for image in figure.locator(".panels img").all():
                image.scroll_into_view_if_needed()
                image.evaluate("image => image.decode()")
                assert not image.get_attribute("src").startswith("data:")
    assert visited.failed == []


def test_a_reload_shows_controls_and_view_in_step(visit, found):
    page = NOTEBOOK_PAGES[0]
    with visit(page) as visited:
        figure = visited.page.locator("figure.explore").first
        press_to(figure, 0, 1)
        visited.page.reload(wait_until="load")
        assert_shows(visited.page.locator("figure.explore").first, found[page][0], found[page][0].start())


def test_without_scripts_the_first_view_stands_and_no_control_is_shown(visit, found):
    page = NOTEBOOK_PAGES[0]
    with visit(page, java_script_enabled=False) as visited:
        figure = visited.page.locator("figure.explore").first
        assert figure.locator("form").is_hidden()
        assert figure.locator("> figcaption").inner_text() == found[page][0].view(found[page][0].start()).caption


def test_on_paper_an_explorer_is_its_current_view_and_caption(visit, found):
    page = NOTEBOOK_PAGES[0]
    with visit(page, scheme="dark") as visited:
        figure = visited.page.locator("figure.explore").first
        press_to(figure, 0, 1)
        visited.page.emulate_media(media="print")
        assert figure.locator("form").is_hidden()
        assert figure.locator("svg").first.is_visible()
        assert figure.locator("> figcaption").is_visible()
        ink = figure.locator("svg text:not(.heading)").first.evaluate("text => getComputedStyle(text).fill")
        assert ink == "rgb(27, 31, 36)"  # dark on white paper


def some_states(explorer, seed: int) -> list[tuple[int, ...]]:
    """Return every state, or of a large explorer the same few in every run."""
    states = list(explorer.states())
    return states if len(states) <= MOST_STATES else sorted(random.Random(seed).sample(states, MOST_STATES))


def press_to(figure, control: int, index: int) -> None:
    """Bring one control to an option with keys alone."""
    field = figure.locator("form :is(input, select)").nth(control)
    field.focus()
    forth, back = ("ArrowRight", "ArrowLeft") if field.get_attribute("type") == "range" else ("ArrowDown", "ArrowUp")
    away = index - current_state(figure)[control]
    for _ in range(abs(away)):
        figure.page.keyboard.press(forth if away > 0 else back)


def current_state(figure) -> tuple[int, ...]:
    return tuple(map(int, figure.get_attribute("data-state").split(",")))


def assert_shows(figure, explorer, state) -> None:
    view = explorer.view(state)
    assert figure.evaluate(SHOWS, [view.markup, view.caption]) == [], f"in state {explorer.values(state)}"
    options = [control.options(explorer.values(state[:place])) for place, control in enumerate(explorer.controls)]
    chosen = [option_text(of[index]) for of, index in zip(options, state, strict=True)]
    assert figure.evaluate(CONTROLS) == [[text, text] for text in chosen]
