"""The controls of the theme: each does something without a kernel and without a network, by mouse and by keyboard."""

from __future__ import annotations

import building
import pytest

PAGE = "chapters/convolution/slide-a-window.html"


@pytest.fixture
def opened(visit):
    with visit(PAGE, permissions=["clipboard-read", "clipboard-write"]) as visited:
        yield visited.page
        assert visited.complaints == []
        assert visited.elsewhere == []


@pytest.fixture
def phone(visit):
    with visit(PAGE, width=390, has_touch=True) as visited:
        yield visited.page
        assert visited.complaints == []


def press(page, selector, key="Enter"):
    """Bring the focus to the first such control that is seen, and press a key."""
    control = page.locator(f"{selector}:visible").first
    control.focus()
    assert control.evaluate("control => control === document.activeElement")
    page.keyboard.press(key)


def theme(page):
    return page.evaluate("document.documentElement.dataset.theme")


def test_search_from_the_keyboard_finds_a_page_by_its_words(opened):
    opened.keyboard.press("Control+k")
    assert opened.locator("#pst-search-dialog").is_visible()
    opened.keyboard.type("dilation")
    opened.keyboard.press("Enter")
    opened.wait_for_url("**/search.html?q=dilation")
    results = opened.locator("#search-results li a")
    results.first.wait_for()
    assert any("Predict the size" in text for text in results.all_text_contents())


@pytest.mark.parametrize("how", ["mouse", "keyboard"])
def test_the_search_button_opens_a_dialog_and_escape_closes_it(opened, how):
    button = ".search-button__button"
    opened.locator(f"{button}:visible").first.click() if how == "mouse" else press(opened, button)
    dialog = opened.locator("#pst-search-dialog")
    assert dialog.is_visible()
    assert dialog.locator("input").evaluate("field => field === document.activeElement")
    opened.keyboard.press("Escape")
    assert dialog.is_hidden()


@pytest.mark.parametrize("how", ["mouse", "keyboard"])
def test_the_theme_switch_changes_page_and_figures(opened, how):
    fill = "getComputedStyle(document.querySelector('.panels svg rect.input')).fill"
    switch = ".theme-switch-button"
    seen = set()
    for _ in range(3):
        opened.locator(f"{switch}:visible").first.click() if how == "mouse" else press(opened, switch)
        seen.add((theme(opened), opened.evaluate(fill)))
    assert {name for name, _ in seen} == {"light", "dark"}
    assert len({colour for _, colour in seen}) == 2


def test_the_theme_that_was_chosen_stays_on_the_next_page(opened):
    press(opened, ".theme-switch-button")
    chosen = theme(opened)
    opened.locator(".prev-next-footer a.right-next").click()
    opened.wait_for_url("**/predict-the-size.html")
    assert theme(opened) == chosen


@pytest.mark.parametrize("how", ["mouse", "keyboard"])
def test_the_sidebar_can_be_hidden_and_shown(opened, how):
    place = "document.querySelector('#pst-primary-sidebar').getBoundingClientRect()"
    toggle = ".primary-toggle"
    assert opened.evaluate(place)["x"] >= 0
    for condition in (f"{place}.right <= 1", f"{place}.x >= 0 && {place}.width > 100"):
        opened.locator(f"{toggle}:visible").first.click() if how == "mouse" else press(opened, toggle)
        opened.wait_for_function(condition)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_keyboard_shows_where_it_is_in_the_header(visit, scheme):
    with visit(PAGE, scheme) as visited:
        buttons = visited.page.locator(".bd-header-article :is(button, a):visible")
        assert buttons.count() >= 3
        for button in buttons.all():
            button.focus()
            visited.page.keyboard.press("Shift+Tab")
            visited.page.keyboard.press("Tab")
            style = button.evaluate("one => [one === document.activeElement, getComputedStyle(one).outline]")
            is_reached, outline = style
            assert is_reached
            assert "solid" in outline, button.evaluate("one => one.outerHTML")


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_nothing_moves_for_who_asked_for_less_motion(visit, motion):
    moving = set()
    with visit(PAGE, reduced_motion=motion) as visited:
        page = visited.page
        for deed in (".primary-toggle", ".primary-toggle", ".theme-switch-button", "details.sd-dropdown summary"):
            press(page, deed)
            moving |= set(page.evaluate("document.getAnimations().map(one => one.transitionProperty)"))
        page.locator("#pst-secondary-sidebar a[href='#the-formula']").click()
        if page.evaluate("new Promise(done => requestAnimationFrame(() => done(scrollY)))") < 500:
            moving.add("scroll")  # it is on its way
    assert bool(moving) is (motion == "no-preference"), moving


def test_the_sidebar_opens_a_chapter(opened):
    chapter = opened.locator("#pst-primary-sidebar li", has_text="Unpooling").first
    page = chapter.get_by_text("Put it back")
    assert page.is_hidden()
    chapter.locator("summary").focus()
    opened.keyboard.press("Enter")
    assert page.is_visible()


@pytest.mark.parametrize(("toggle", "drawer"), [("primary", "Main"), ("secondary", "Page")])
def test_on_a_phone_both_sidebars_are_drawers(phone, toggle, drawer):
    links = phone.locator(f"dialog[open] nav[aria-label='{drawer}'] a, dialog[open] .page-toc a").first
    press(phone, f".{toggle}-toggle")
    links.wait_for(state="visible")
    phone.keyboard.press("Escape")
    links.wait_for(state="hidden")


def test_the_contents_of_a_page_lead_to_its_sections_and_follow_the_reader(opened):
    link = opened.locator("#pst-secondary-sidebar a[href='#the-formula']")
    link.click()
    heading = opened.locator("#the-formula h2")
    opened.wait_for_function("Math.abs(document.querySelector('#the-formula h2').getBoundingClientRect().top) < 200")
    assert heading.is_visible()
    opened.wait_for_function("document.querySelector('#pst-secondary-sidebar a[href=\"#the-formula\"].active')")


@pytest.mark.parametrize("how", ["mouse", "keyboard"])
def test_code_can_be_copied(opened, how):
    block = opened.locator("div.highlight:visible").first
    block.hover()
    if how == "mouse":
        block.locator("button.copybtn").click()
    else:
        block.locator("button.copybtn").focus()
        opened.keyboard.press("Enter")
    copied = opened.evaluate("navigator.clipboard.readText()")
    assert copied.strip() == block.locator("pre").inner_text().strip() != ""


@pytest.mark.parametrize("how", ["mouse", "keyboard"])
def test_the_notebook_can_be_downloaded(opened, how):
    menu = ".dropdown-download-buttons > button"
    opened.locator(menu).click() if how == "mouse" else press(opened, menu)
    link = opened.locator(".btn-download-source-button")
    link.wait_for(state="visible")
    with opened.expect_download() as download:
        link.click() if how == "mouse" else press(opened, ".btn-download-source-button")
    saved = download.value
    assert saved.suggested_filename == "slide-a-window.ipynb"
    assert saved.path().read_bytes() == building.notebook_of(PAGE).read_bytes()


def test_the_page_can_be_printed(opened):
    opened.evaluate("window.print = () => { window.printed = true; }")
    press(opened, ".dropdown-download-buttons > button")
    press(opened, ".btn-download-pdf-button")
    assert opened.evaluate("window.printed") is True


def test_a_button_without_words_says_what_it_is_for(opened):
    opened.locator(".btn-fullscreen-button:visible").first.hover()
    hint = opened.locator(".tooltip .tooltip-inner")
    hint.wait_for(state="visible")
    assert hint.inner_text() == "Fullscreen mode"
    ink, paper = hint.evaluate("hint => [getComputedStyle(hint).color, getComputedStyle(hint).backgroundColor]")
    assert ink != paper
    assert paper != "rgba(0, 0, 0, 0)"


def test_answers_stay_folded_until_asked_for(opened):
    answers = opened.locator("details.sd-dropdown").first
    assert answers.locator("p, li").first.is_hidden()
    answers.locator("summary").focus()
    opened.keyboard.press("Enter")
    assert answers.locator("p, li").first.is_visible()


@pytest.mark.parametrize("how", ["mouse", "keyboard"])
def test_the_page_can_be_read_full_screen(opened, how):
    button = ".btn-fullscreen-button"
    opened.locator(f"{button}:visible").first.click() if how == "mouse" else press(opened, button)
    opened.wait_for_function("document.fullscreenElement !== null")


def test_the_first_stop_of_the_keyboard_skips_to_the_text(opened):
    opened.keyboard.press("Tab")
    assert opened.evaluate("document.activeElement.textContent") == "Skip to main content"
    opened.keyboard.press("Enter")
    assert opened.url.endswith("#main-content")
