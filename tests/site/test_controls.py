"""The controls of the theme: each does something without a kernel and without a network."""

from __future__ import annotations

PAGE = "chapters/convolution/slide-a-window.html"


def test_search_finds_a_page_by_its_words(visit):
    with visit("search.html?q=dilation") as visited:
        results = visited.page.locator("#search-results li a")
        results.first.wait_for()
        assert any("Predict the size" in text for text in results.all_text_contents())
        assert visited.complaints == []


def test_the_search_button_opens_a_dialog_and_escape_closes_it(visit):
    with visit(PAGE) as visited:
        visited.page.locator(".search-button-field:visible, .search-button:visible").first.click()
        dialog = visited.page.locator("#pst-search-dialog")
        assert dialog.is_visible()
        visited.page.keyboard.press("Escape")
        assert dialog.is_hidden()


def test_the_theme_switch_changes_page_and_figures(visit):
    with visit(PAGE) as visited:
        fill = (
            "document.querySelector('.panels svg rect.input') && "
            "getComputedStyle(document.querySelector('.panels svg rect.input')).fill"
        )
        seen = set()
        for _ in range(3):
            visited.page.locator(".theme-switch-button:visible").first.click()
            seen.add((visited.page.evaluate("document.documentElement.dataset.theme"), visited.page.evaluate(fill)))
        assert {theme for theme, _ in seen} == {"light", "dark"}
        assert len({colour for _, colour in seen}) == 2


def test_the_sidebar_can_be_hidden_and_shown(visit):
    with visit(PAGE) as visited:
        sidebar = visited.page.locator("#pst-primary-sidebar")
        assert sidebar.bounding_box()["x"] >= 0
        visited.page.locator(".sidebar-toggle:visible").first.click()
        visited.page.wait_for_function(
            "document.querySelector('#pst-primary-sidebar').getBoundingClientRect().right <= 1"
        )


def test_code_can_be_copied(visit):
    with visit(PAGE, permissions=["clipboard-read", "clipboard-write"]) as visited:
        block = visited.page.locator("div.highlight").first
        block.hover()
        block.locator("button.copybtn").click()
        copied = visited.page.evaluate("navigator.clipboard.readText()")
        assert copied.startswith("import numpy as np")


def test_answers_stay_folded_until_asked_for(visit):
    with visit(PAGE) as visited:
        answers = visited.page.locator("details.sd-dropdown")
        assert answers.locator("p, li").first.is_hidden()
        answers.locator("summary").click()
        assert answers.locator("p, li").first.is_visible()


def test_the_page_can_be_read_full_screen(visit):
    with visit(PAGE) as visited:
        visited.page.locator(".btn-fullscreen-button:visible").first.click()
        visited.page.wait_for_function("document.fullscreenElement !== null")
