"""What other sites and search engines see of the course, and the page for an address without one."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import building
import matplotlib.image
import pytest
from course.address import hub_link, launch_links, site_address
from course.card import CHINESE_FONT, SIZE, draw_card, words_of
from course.editions import CHINESE, EDITIONS
from course.language import CATALOGS, SITE
from fontTools.ttLib import TTFont
from sphinx.errors import ConfigError

from lib.show.palette import role_tones
from lib.words import also_from


@pytest.fixture(scope="module", autouse=True)
def words_of_the_site():
    also_from(CATALOGS, SITE)


@pytest.mark.parametrize(
    ("repository", "address"),
    [
        ("https://github.com/someone/course", "https://someone.github.io/course/"),
        ("https://github.com/Some-One/The.Course.git", "https://some-one.github.io/The.Course/"),
        ("https://github.com/someone/someone.github.io/", "https://someone.github.io/"),
    ],
)
def test_the_address_of_the_site_follows_from_the_repository(repository, address):
    assert site_address(repository) == address


@pytest.mark.parametrize("repository", ["someone/course", "https://example.org/someone/course", "https://github.com/a"])
def test_a_repository_that_is_none_is_refused(repository):
    with pytest.raises(ConfigError, match=r"https://github\.com/OWNER/NAME or empty, got"):
        site_address(repository)


def test_each_place_opens_the_notebook_of_the_page():
    links = launch_links("https://github.com/someone/course.git", "chapters/a/b.ipynb")
    assert links["Binder"] == "https://mybinder.org/v2/gh/someone/course/main?urlpath=lab/tree/chapters/a/b.ipynb"
    assert links["Colab"] == "https://colab.research.google.com/github/someone/course/blob/launch/chapters/a/b.ipynb"


def test_the_made_notebooks_of_another_language_are_on_the_launch_branch_alone():
    links = launch_links("https://github.com/someone/course", "chapters/a/b.ipynb", CHINESE)
    assert links["Binder"] == "https://mybinder.org/v2/gh/someone/course/launch?urlpath=lab/tree/zh/chapters/a/b.ipynb"
    assert links["Colab"].endswith("/someone/course/blob/launch/zh/chapters/a/b.ipynb")
    assert parse_qs(urlsplit(hub_link("https://github.com/someone/course", edition=CHINESE)).query)["urlpath"] == [
        "lab/tree/course/zh/index.ipynb"
    ]


def test_a_hub_takes_the_published_notebooks_and_opens_the_first():
    link = urlsplit(hub_link("https://github.com/someone/course/", "https://hub.example.org"))
    assert link.geturl().startswith("https://hub.example.org/hub/user-redirect/git-pull?")
    assert parse_qs(link.query) == {
        "repo": ["https://github.com/someone/course"],
        "branch": ["launch"],
        "urlpath": ["lab/tree/course/index.ipynb"],
    }


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda edition: edition.key)
def test_the_card_has_the_size_that_sites_show_and_the_colours_of_the_course(site, tmp_path, edition):
    drawn = site / edition.folder / "_static" / "card.png"
    card = matplotlib.image.imread(drawn)
    assert card.shape[1::-1] == SIZE
    colours = {
        "#" + "".join(f"{round(255 * value):02x}" for value in pixel[:3]) for pixel in card[::5, ::5].reshape(-1, 4)
    }
    assert {role_tones(role).fill for role in ("input", "output", "window")} <= colours
    assert drawn.stat().st_size < 100_000
    draw_card(tmp_path / "again.png", edition)
    assert (tmp_path / "again.png").read_bytes() == drawn.read_bytes()


def test_the_font_of_the_chinese_card_has_the_signs_of_its_words():
    assert set(map(ord, "".join(words_of(CHINESE)))) <= TTFont(CHINESE_FONT).getBestCmap().keys()


@pytest.mark.parametrize("lost", ["no-such-page.html", "chapters/no/such/page/at/all.html"])
def test_the_page_for_a_missing_address_works_at_any_depth(visit, address, lost):
    with visit(lost) as visited:
        page = visited.page
        assert page.locator("main h1:visible").inner_text().startswith("Page not found")
        assert page.evaluate("getComputedStyle(document.querySelector('.bd-sidebar-primary')).position") == "sticky"
        assert visited.failed == [address + lost]
        page.keyboard.press("Control+k")
        page.keyboard.type("dilation")
        page.keyboard.press("Enter")
        page.locator("#search-results li a").first.wait_for()
        page.goto(address + lost)
        page.locator("main").get_by_text("begin at the first page").click()
        page.wait_for_url(f"{address}index.html")


def test_every_page_says_what_it_is_to_other_sites(site):
    for page in building.pages():
        text = (site / page).read_text(encoding="utf-8")
        if page in ("search.html", "genindex.html", "404.html"):
            assert '<meta name="robots" content="noindex"' in text
        else:
            assert text.count('<meta property="og:title" content="') == 1
            assert text.count('<meta property="og:description" content="') == 1
