"""What the build itself promises."""

from __future__ import annotations

import re
import shutil
from html import unescape

import building
import nbformat
import pytest
from course.address import hub_link


def test_the_book_builds_strictly_and_holds_every_page(site):
    missing = [page for page in building.pages() if not (site / page).is_file()]
    assert missing == []


def test_no_page_loads_a_script_for_mathematics_widgets_or_icons(site):
    unwanted = ("mathjax", "require.min.js", "embed-amd", "fontawesome.js", "thebe")
    for page in building.pages():
        text = (site / page).read_text(encoding="utf-8").lower()
        assert [name for name in unwanted if f"{name}" in text.split("</head>")[0]] == []


def test_mathematics_is_set_in_the_page(site):
    text = (site / "chapters/convolution/predict-the-size.html").read_text(encoding="utf-8")
    assert text.count("<math ") >= 5
    assert "\\lfloor" in text  # the source stays with it, as an annotation


def test_every_explorer_is_drawn_for_the_page(site):
    for page in building.pages():
        notebook = building.notebook_of(page)
        if notebook.exists():
            text = (site / page).read_text(encoding="utf-8")
            cells = nbformat.read(notebook, as_version=4).cells
            called = sum(len(re.findall(r"\bexplore\(", cell.source)) for cell in cells if cell.cell_type == "code")
            assert text.count('<figure class="explore"') == called
            assert "Explorer with " not in text  # what an explorer says where it cannot be shown


@pytest.fixture
def small_book(tmp_path):
    """A copy of the book's set-up with two pages, the second a single sentence."""
    source = tmp_path / "source"
    source.mkdir()
    for name in ("_config.yml", "references.bib"):
        shutil.copy(building.ROOT / name, source)
    shutil.copytree(building.ROOT / "book", source / "book", ignore=shutil.ignore_patterns("__pycache__"))
    (source / "_toc.yml").write_text("format: jb-book\nroot: index\nchapters:\n- file: second\n", encoding="utf-8")
    (source / "second.md").write_text("# The second page\n\nWords.\n", encoding="utf-8")
    (source / "_config.yml").write_text(
        (source / "_config.yml").read_text(encoding="utf-8").replace("bibtex_bibfiles: [references.bib]", ""),
        encoding="utf-8",
    )

    def build_with(code: str, repository: str = "", words: str = ""):
        cells = [nbformat.v4.new_markdown_cell(f"# Page\n\n{words}"), nbformat.v4.new_code_cell(code, id="the-cell")]
        metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
        nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=metadata), source / "index.ipynb")
        return building.build(
            source, tmp_path / "out", repository=repository
        ), tmp_path / "out" / "_build" / "html" / "index.html"

    build_with.book = source / "book"
    return build_with


def test_a_failing_cell_fails_the_build_and_is_named(small_book):
    done, _ = small_book("assert 1 + 1 == 3, 'one and one'")
    assert done.returncode != 0
    assert "index, cell 2: AssertionError: one and one" in done.stdout
    assert "assert 1 + 1 == 3, 'one and one'" in done.stdout


def test_with_a_repository_the_page_has_an_address_and_links_to_run_it(small_book):
    words = "::::{only} published\nOn a hub:\n:::{hub-link}\n:::\n::::\n"
    done, page = small_book("6 * 7", repository="https://github.com/someone/course", words=words)
    assert done.returncode == 0, done.stdout
    assert "WARNING" not in done.stdout  # neither of Sphinx nor of a kernel
    text, site = page.read_text(encoding="utf-8"), page.parent
    home = "https://someone.github.io/course/"
    assert f'<link rel="canonical" href="{home}index.html"' in text
    assert f'<meta property="og:url" content="{home}index.html"' in text
    assert f'<meta property="og:image" content="{home}_static/card.png"' in text
    assert '<meta property="og:title" content="Page"' in text
    assert 'href="https://mybinder.org/v2/gh/someone/course/main?urlpath=lab/tree/index.ipynb"' in text
    assert 'href="https://colab.research.google.com/github/someone/course/blob/launch/index.ipynb"' in text
    assert "On a hub:" in text
    assert hub_link("https://github.com/someone/course") in unescape(re.sub(r"<[^>]*>", "", text))
    assert f"<loc>{home}index.html</loc>" in (site / "sitemap.xml").read_text(encoding="utf-8")
    assert f"Sitemap: {home}sitemap.xml" in (site / "robots.txt").read_text(encoding="utf-8")
    missing = (site / "404.html").read_text(encoding="utf-8")
    assert 'href="/course/index.html"' in missing
    assert 'href="/course/_static/site.css' in missing
    assert re.findall(r'(?:href|src|action)="(?!#|/course/|https:|data:)[^"]*"', missing) == []


def test_without_a_repository_what_needs_an_address_is_absent(site):
    assert not (site / "sitemap.xml").exists()
    assert not (site / "robots.txt").exists()
    words = ("canonical", "og:url", "og:image", "mybinder", "colab", "twitter:", "git-pull")
    for page in building.pages():
        text = (site / page).read_text(encoding="utf-8")
        found = [word for word in words if word in text]
        assert found == [], page


def test_a_page_is_made_anew_when_what_makes_it_changes(small_book):
    small_book("6 * 7")
    with (small_book.book / "static" / "course.css").open("a", encoding="utf-8") as styles:
        styles.write("/* another rule */\n")
    done, page = small_book("6 * 7")
    assert done.returncode == 0, done.stdout
    assert "another rule" in (page.parent / "_static" / "course.css").read_text(encoding="utf-8")
