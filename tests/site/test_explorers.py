"""Every explorer on the built pages, driven in a browser and held against what the library computes."""

from __future__ import annotations

import itertools
import random

import building
import pytest
from explorers import assert_shows
from kept import explorer_figures, explorers_on
from reader import BY_KEYBOARD, BY_MOUSE, Reader

from lib.show.explore.scenes import Scene
from lib.show.picture import Picture

NOTEBOOK_PAGES = [page for page in building.pages() if building.notebook_of(page).exists()]
MOST_STATES = 25  # of a large explorer, so many are visited, drawn at random but the same in every run
# Look at every image that a figure shows until it is there, and name their files.
LOADED_IMAGES = """async figure => {
  const images = [...figure.querySelectorAll('.panels img')];
  for (const image of images) {
    image.scrollIntoView();
    await image.decode();
  }
  return images.map(image => image.getAttribute('src'));
}"""
STARTED = "n => document.querySelectorAll('figure.explore')[n].dataset.state !== undefined"  # if empty
TWO_PAGES = ["chapters/convolution/predict-the-size.html", "chapters/convolution/see-it-as-a-matrix.html"]  # with grids
ACTIONS = 50  # on each wired figure by keyboard, and as many by mouse


class Found(dict):
    """The explorers of each page, found when first asked for."""

    def __missing__(self, page):
        self[page] = explorers_on(page)
        return self[page]


@pytest.fixture(scope="module")
def found(site):  # which must be built
    return Found()


@pytest.fixture(scope="module", params=NOTEBOOK_PAGES)
def page(request):
    return request.param


@pytest.fixture(scope="module")
def visited(visit, page):
    """Visit each page once: the tests below run on it one after another."""
    with visit(page) as opened:
        yield opened


def wired(explorers):
    """Return the explorers whose numbers can be edited, each with its place on the page."""
    return [(n, one) for n, one in enumerate(explorers) if isinstance(one.views.view(one.views.start()), Scene)]


def drawn(explorers):
    return [(n, one) for n, one in enumerate(explorers) if isinstance(one.views.view(one.views.start()), Picture)]


def figure_of(visited, number):
    """Return a figure of a page once its script has started, which waits until it comes near."""
    figure = visited.page.locator("figure.explore").nth(number)
    figure.scroll_into_view_if_needed()
    visited.page.wait_for_function(STARTED, arg=number)
    return figure


def test_a_page_holds_the_explorers_of_its_notebook(visited, found, page):
    assert visited.page.locator("figure.explore").count() == len(found[page])
    for number, explorer in enumerate(found[page]):
        figure = figure_of(visited, number)
        labels = [text for text in figure.locator("form :is(legend, label[for])").all_text_contents() if text != "step"]
        assert labels == [control.label for control in explorer.views.controls if control.label != "step"]
        assert_shows(figure, explorer, explorer.views.start())


def test_whatever_a_reader_does_a_wired_figure_shows_what_the_library_computes(visited, found, page):
    for number, explorer in wired(found[page]):
        reader = Reader(figure_of(visited, number), explorer, random.Random(number))
        reader.act(BY_KEYBOARD, ACTIONS)
        reader.act(BY_MOUSE, ACTIONS)
    assert (visited.complaints, visited.elsewhere) == ([], [])


def test_a_link_brings_back_what_was_shown(browse, found, page):
    if not wired(found[page]):
        pytest.skip("no wired figure on this page")
    number, explorer = wired(found[page])[0]
    with browse(page) as visited:
        reader = Reader(figure_of(visited, number), explorer, random.Random(1))
        reader.type_over()
        reader.press_on()
        reader.figure.locator("[data-do=link]").click()
        shared = visited.page.evaluate("location.hash")
        assert shared.startswith(f"#{reader.figure.get_attribute('id')}!")
    with browse(page + shared) as visited:
        figure = figure_of(visited, number)
        assert_shows(figure, explorer, tuple(reader.state), reader.edits, reader.step)
        assert visited.page.evaluate("scrollY") > 0 or number == 0


JUNK = ["", "!", "!;;;", "!x.y;=", "!99.99.99.99.99;0=1e9;-1=2;5=", "!0;9999=3", "%E0%A4%A", "!%00", "!1e999;0=99999"]


@pytest.mark.parametrize("junk", JUNK)
def test_junk_in_the_address_does_no_harm(browse, found, junk):
    page = NOTEBOOK_PAGES[1]
    number, explorer = wired(found[page])[0]
    name = explorer_figures(page)[number]["id"]
    with browse(f"{page}#{name}{junk}") as visited:
        figure = figure_of(visited, number)
        view = explorer.views.view(explorer.views.start())
        says_a_state = len(junk) > 1 and junk.startswith("!")  # and if no step with it, the first of all is meant
        step = view.step_count - 1 if "99.99" in junk else 0 if says_a_state else view.first
        assert_shows(figure, explorer, explorer.views.start(), step=step)
        assert visited.complaints == []


def test_a_finger_edits_and_moves_the_window(visit, found):
    page = NOTEBOOK_PAGES[1]
    number, explorer = wired(found[page])[0]
    with visit(page, width=390, has_touch=True, is_mobile=True) as visited:
        reader = Reader(figure_of(visited, number), explorer, random.Random(2))
        reader.figure.locator("[role=grid] [data-c]:not(.editable)").nth(2).tap(force=True)
        reader.step = 2
        assert_shows(reader.figure, explorer, tuple(reader.state), {}, 2)
        reader.figure.locator("[role=grid] .editable").nth(5).tap(force=True)
        reader.keyboard.type("8")
        reader.keyboard.press("Enter")
        assert_shows(reader.figure, explorer, tuple(reader.state), {5: 8}, 2)


def test_a_playing_figure_goes_from_step_to_step_until_it_is_stopped(browse, found):
    page = NOTEBOOK_PAGES[1]
    number, _ = wired(found[page])[0]
    with browse(page) as visited:
        figure = figure_of(visited, number)
        play = figure.locator("[data-do=play]")
        play.click()
        assert figure.locator("> figcaption").get_attribute("aria-live") == "off"
        visited.page.wait_for_function("figure => figure.dataset.state.endsWith('2')", arg=figure.element_handle())
        play.click()
        stopped = figure.get_attribute("data-state")
        visited.page.wait_for_timeout(1200)
        assert figure.get_attribute("data-state") == stopped
        assert play.get_attribute("aria-pressed") == "false"


def test_every_page_but_the_list_of_questions_and_the_exercises_has_something_to_explore(site):
    without = {page for page in NOTEBOOK_PAGES if not explorer_figures(page)}
    exercises = {page for page in NOTEBOOK_PAGES if page.endswith(("/exercises.html", "/solutions.html"))}
    benches = {page for page in NOTEBOOK_PAGES if page.startswith("chapters/benches/")}  # figures of their own
    assert without - exercises - benches == {"chapters/myths-and-questions.html"}


def test_the_keyboard_reaches_every_state_and_each_shows_what_the_library_computes(visited, found, page):
    for number, explorer in drawn(found[page]):
        figure = figure_of(visited, number)
        for state in some_states(explorer, number):
            for control, index in enumerate(state):
                press_to(figure, control, index)
            assert_shows(figure, explorer, state)
            assert [name for name in figure.evaluate(LOADED_IMAGES) if name.startswith("data:")] == []
    assert (visited.complaints, visited.elsewhere, visited.failed) == ([], [], [])


def test_the_buttons_go_forth_and_back_and_around(visited, found, page):
    for number, explorer in drawn(found[page]):
        figure = figure_of(visited, number)
        for place, control in enumerate(explorer.views.controls):
            row = figure.locator(f"[data-place='{place}']")
            assert row.is_visible() is (len(control.options(explorer.views.values(current_state(figure)[:place]))) > 1)
            if row.is_hidden() or row.locator("button").count() == 0:
                continue
            state = current_state(figure)
            count = len(control.options(explorer.views.values(state[:place])))
            for index in itertools.chain(range(state[place] + 1, count), range(state[place] + 1)):
                row.locator("[data-do=on]").click()
                assert current_state(figure)[place] == index
                assert_shows(figure, explorer, current_state(figure))
            row.locator("[data-do=back]").click()
            assert current_state(figure)[place] == (state[place] - 1) % count


def test_a_reload_shows_controls_and_view_in_step(browse, found):
    page = NOTEBOOK_PAGES[0]
    with browse(page) as visited:
        press_to(figure_of(visited, 0), 0, 1)
        visited.page.reload(wait_until="load")
        assert_shows(figure_of(visited, 0), found[page][0], found[page][0].views.start())


def test_without_scripts_the_first_view_stands_and_no_control_is_shown(visit, found):
    for page in TWO_PAGES:
        with visit(page, java_script_enabled=False) as visited:
            figure, explorer = visited.page.locator("figure.explore").first, found[page][0]
            assert figure.locator("form").is_hidden()
            assert figure.locator("> figcaption").inner_text() == explorer.views.picture(explorer.views.start()).caption
            assert figure.locator(".panels svg").first.is_visible()


def test_on_paper_an_explorer_is_its_current_view_and_caption(visit, found):
    for page in TWO_PAGES:
        with visit(page, scheme="dark") as visited:
            figure = figure_of(visited, 0)
            press_to(figure, 0, 1)
            visited.page.emulate_media(media="print")
            assert figure.locator("form").is_hidden()
            assert figure.locator("svg").first.is_visible()
            assert figure.locator("> figcaption").is_visible()
            ink = figure.locator("svg text:not(.heading)").first.evaluate("text => getComputedStyle(text).fill")
            assert ink == "rgb(27, 31, 36)"  # dark on white paper


def some_states(explorer, seed: int) -> list[tuple[int, ...]]:
    """Return every state, or of a large explorer the same few in every run."""
    states = list(explorer.views.states())
    return states if len(states) <= MOST_STATES else sorted(random.Random(seed).sample(states, MOST_STATES))


def press_to(figure, control: int, index: int) -> None:
    """Bring one control to an option with keys alone."""
    row, before = figure.locator(f"[data-place='{control}']"), current_state(figure)[control]
    fields = row.locator("input, select")
    is_menu = fields.first.evaluate("field => field.tagName === 'SELECT'")
    fields.nth(before if fields.first.get_attribute("type") == "radio" else 0).focus()
    forth, back = ("ArrowDown", "ArrowUp") if is_menu else ("ArrowRight", "ArrowLeft")
    for _ in range(abs(index - before)):
        figure.page.keyboard.press(forth if index > before else back)


def current_state(figure) -> tuple[int, ...]:
    return tuple(map(int, figure.get_attribute("data-state").split(",")))
