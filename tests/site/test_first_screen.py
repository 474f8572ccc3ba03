"""A page shows before it tells: a figure on its first screen, and more to look at than code and printed numbers."""

from __future__ import annotations

import statistics

import axe
import building
import pytest

PAGES = [
    page
    for page in building.pages()
    if building.notebook_of(page).exists() and not page.endswith(("/exercises.html", "/solutions.html"))
]
FIRST_SCREEN = 900  # pixels
MOST_CODE = 0.35  # of the height of an article, on any page
MEAN_CODE = 0.25
# What part of an article's height is code and what it prints, if not folded away, and where its first figure begins, or
# the first thing to do.
SHOWN = """() => {
  const article = document.querySelector('article');
  const seen = one => one.checkVisibility() && one.getBoundingClientRect().height > 0;
  const height = one => one.getBoundingClientRect().height;
  const told = [...article.querySelectorAll('.cell_input, .cell_output')].filter(seen)
    .filter(one => one.matches('.cell_input') || !one.querySelector('figure, svg, img, canvas'));
  const figures = [...article.querySelectorAll('figure, form, .cell_output :is(img, svg)')].filter(seen);
  return {
    code: told.reduce((sum, one) => sum + height(one), 0) / height(article),
    first: Math.min(...figures.map(one => one.getBoundingClientRect().top + scrollY)),
  };
}"""


@pytest.fixture(scope="module")
def shown(browse):
    """Look at each page once, 1280 pixels wide."""
    found = {}
    for name in PAGES:
        with browse(name) as visited:
            visited.page.add_style_tag(content=axe.AT_REST)  # what is out of sight has its height too
            found[name] = visited.page.evaluate(SHOWN)
    return found


def test_the_first_screen_of_every_page_holds_a_figure_or_something_to_do(shown):
    assert {page: round(one["first"]) for page, one in shown.items() if not one["first"] < FIRST_SCREEN} == {}


def test_code_and_what_it_prints_leave_room_for_what_they_are_about(shown):
    assert {page: round(one["code"], 2) for page, one in shown.items() if one["code"] > MOST_CODE} == {}
    assert statistics.mean(one["code"] for one in shown.values()) <= MEAN_CODE
