"""What the build itself promises."""

from __future__ import annotations

import re
import shutil
from html import unescape

import building
import nbformat
import pytest
from course.address import hub_link
from course.shared import MARKS, mark_of, remove_unused


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
            assert not re.search(r"Explorer with \d|Explorer, to edit", text), "what it says where it cannot be shown"


def test_without_a_repository_what_needs_an_address_is_absent(site):
    assert not (site / "sitemap.xml").exists()
    assert not (site / "robots.txt").exists()
    words = ("canonical", "og:url", "og:image", "mybinder", "colab", "twitter:", "git-pull")
    for page in building.pages():
        text = (site / page).read_text(encoding="utf-8")
        found = [word for word in words if word in text]
        assert found == [], page


REPOSITORY = "https://github.com/someone/course"
HOME = "https://someone.github.io/course/"
RULE = "/* another rule */"


TOC = """
format: jb-book
root: index
chapters:
- file: second
- file: part/index
  sections:
  - file: part/page
"""
LAST_PAGE = "  - file: part/last\n"
SECOND = """# The second page

Words {cite}`gauss`.

```{index} single: a word to look for
```

```{bibliography}
```
"""


class SmallBook:
    """A copy of the book's set-up with few pages: a notebook of one cell, sentences that cite, a part with slides."""

    def __init__(self, folder):
        self.source, self.out = folder / "source", folder / "out"
        self.site = self.out / "_build" / "html"
        shutil.copytree(building.ROOT / "book", self.source / "book", ignore=shutil.ignore_patterns("__pycache__"))
        settings = (building.ROOT / "_config.yml").read_text(encoding="utf-8")
        (self.source / "_config.yml").write_text(settings, encoding="utf-8")
        (self.source / "part").mkdir()
        texts = {
            "_toc.yml": TOC + LAST_PAGE,
            "second.md": SECOND,
            "part/index.md": "# A part\n\nIts first words.\n",
            "part/last.md": "# The last page\n\nIts last words.\n",
            "references.bib": "@book{gauss, title={Disquisitiones}, author={Gauss, C.}, year={1801}, publisher={F}}",
        }
        for name, text in texts.items():
            (self.source / name).write_text(text, "utf-8")

    def build(self, code, repository="", words="", editions="", language="en"):
        cells = [nbformat.v4.new_markdown_cell(f"# Page\n\n{words}"), nbformat.v4.new_code_cell(code, id="the-cell")]
        metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
        for name in ("index.ipynb", "part/page.ipynb"):
            nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=metadata), self.source / name)
        settings = (self.source / "_config.yml").read_text(encoding="utf-8")
        settings = re.sub("language: .*", f"language: {language}", settings)
        (self.source / "_config.yml").write_text(settings, encoding="utf-8")
        return building.build(self.source, self.out, repository=repository, editions=editions)


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    return SmallBook(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="module")
def published(book):
    """The small book as it is on the web."""
    words = "::::{only} published\nOn a hub:\n:::{hub-link}\n:::\n::::\n"
    done = book.build("6 * 7", repository=REPOSITORY, words=words, editions="en zh")
    assert done.returncode == 0, done.stdout
    assert "WARNING" not in done.stdout  # neither of Sphinx nor of a kernel
    return book.site


def test_with_a_repository_a_page_has_an_address_and_a_card(published):
    text = (published / "index.html").read_text(encoding="utf-8")
    assert f'<link rel="canonical" href="{HOME}index.html"' in text
    assert f'<meta property="og:url" content="{HOME}index.html"' in text
    assert f'<meta property="og:image" content="{HOME}_static/card.png"' in text
    assert '<meta property="og:title" content="Page"' in text
    assert '<meta name="twitter:card" content="summary_large_image"' in text


def test_with_a_repository_a_notebook_has_links_to_run_it(published):
    text = (published / "index.html").read_text(encoding="utf-8")
    assert 'href="https://mybinder.org/v2/gh/someone/course/main?urlpath=lab/tree/index.ipynb"' in text
    assert 'href="https://colab.research.google.com/github/someone/course/blob/launch/index.ipynb"' in text
    assert "On a hub:" in text
    assert hub_link(REPOSITORY) in unescape(re.sub(r"<[^>]*>", "", text))


def test_search_engines_find_a_list_of_the_pages_to_be_found(published):
    listed = re.findall("<loc>(.*?)</loc>", (published / "sitemap.xml").read_text(encoding="utf-8"))
    pages = ("index", "part/index", "part/last", "part/page", "second")
    assert sorted(listed) == [f"{HOME}{page}.html" for page in pages]
    robots = (published / "robots.txt").read_text(encoding="utf-8")
    assert re.findall("Sitemap: (.*)", robots) == [f"{HOME}sitemap.xml", f"{HOME}zh/sitemap.xml"]


def test_every_address_in_the_page_for_a_missing_one_begins_at_the_root_of_the_server(published):
    missing = (published / "404.html").read_text(encoding="utf-8")
    assert 'href="/course/index.html"' in missing
    assert 'href="/course/_static/site.css' in missing
    assert re.findall(r'(?:href|src|action)="(?!#|/course/|https:|data:)[^"]*"', missing) == []
    for tag, folder in (("en", ""), ("zh-CN", "zh/")):  # a server has one such page for the readers of all languages
        said = re.search(rf'<p lang="{tag}">(.*?)</p>', missing)[1]
        assert re.findall('href="([^"]*)"', said) == [f"/course/{folder}index.html", f"/course/{folder}search.html"]


def test_no_page_is_left_with_a_mark_in_place_of_a_name(published):
    for page in published.rglob("*.html"):
        assert [mark for mark in MARKS.values() if mark in page.read_text(encoding="utf-8")] == []


HREFLANG = re.compile(r'<link rel="alternate" hreflang="([^"]*)" href="([^"]*)"')


def test_each_edition_names_the_addresses_of_all(book, published):
    names = {"en": HOME, "x-default": HOME, "zh-CN": f"{HOME}zh/"}
    wanted = sorted((tag, f"{home}second.html") for tag, home in names.items())
    english = (published / "second.html").read_text(encoding="utf-8")
    assert sorted(HREFLANG.findall(english)) == wanted
    assert HREFLANG.findall((published / "search.html").read_text(encoding="utf-8")) == []

    done = book.build("6 * 7", repository=REPOSITORY, editions="en zh", language="zh_CN")
    assert done.returncode == 0, done.stdout
    chinese = (published / "second.html").read_text(encoding="utf-8")
    assert sorted(HREFLANG.findall(chinese)) == wanted
    assert f'<link rel="canonical" href="{HOME}zh/second.html"' in chinese
    assert '<meta property="og:locale" content="zh_CN"' in chinese
    assert f'<meta property="og:image" content="{HOME}zh/_static/card.png"' in chinese
    assert f"<loc>{HOME}zh/second.html</loc>" in (published / "sitemap.xml").read_text(encoding="utf-8")
    assert "/launch?urlpath=lab/tree/zh/index.ipynb" in (published / "index.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def restyled(book, published):
    """The small book again, without an address and its last page, and with another rule among its styles."""
    with (book.source / "book" / "static" / "course.css").open("a", encoding="utf-8") as styles:
        styles.write(RULE)
    (book.source / "_toc.yml").write_text(TOC, "utf-8")
    done = book.build("6 * 7", words="A word that goes.")
    assert done.returncode == 0, done.stdout
    return book.site


def test_a_page_is_made_anew_when_what_makes_it_changes(restyled):
    assert RULE in (restyled / "_static" / "course.css").read_text(encoding="utf-8")
    assert "canonical" not in (restyled / "index.html").read_text(encoding="utf-8")  # it has no address now


def test_a_changed_word_writes_its_page_and_no_other_and_leaves_nothing_behind(book, restyled):
    written = (restyled / "second.html").stat().st_mtime_ns
    done = book.build("6 * 7", words="**A point.** Other words.")
    assert done.returncode == 0, done.stdout
    assert (restyled / "second.html").stat().st_mtime_ns == written
    for page in ("index.html", "part/page.html", "part/slides.html"):
        assert "Other words." in (restyled / page).read_text(encoding="utf-8")
    assert '"The second page"' in (restyled / "searchindex.js").read_text(encoding="utf-8")

    mark = mark_of((restyled / "_static" / "site.css").read_bytes())
    for page in ("index.html", "second.html", "part/slides.html"):
        assert f"/site.css?v={mark}" in (restyled / page).read_text(encoding="utf-8")

    after_changes = files_in(restyled)
    shutil.rmtree(book.out)
    fresh = building.build(book.source, book.out)
    assert fresh.returncode == 0, fresh.stdout
    from_nothing = files_in(restyled)
    after_changes.pop("_static/translations.js", None)  # of the Chinese pages above: an edition has a folder of its own
    assert after_changes.keys() == from_nothing.keys()
    assert [name for name, content in from_nothing.items() if after_changes[name] != content] == []


def test_an_image_that_no_page_shows_any_longer_goes(tmp_path):
    shown, unused, other = (tmp_path / name for name in (f"{'0a' * 8}.png", f"{'1b' * 8}.webp", "logo.png"))
    for image in (shown, unused, other):
        image.write_bytes(b"")
    remove_unused(tmp_path, [f'<img src="../_images/{shown.name}">'])
    assert sorted(tmp_path.iterdir()) == [shown, other]


def files_in(folder):
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def test_a_failing_cell_fails_the_build_and_is_named(book):
    done = book.build("assert 1 + 1 == 3, 'one and one'")
    assert done.returncode != 0
    assert "index, cell 2: AssertionError: one and one" in done.stdout
    assert "assert 1 + 1 == 3, 'one and one'" in done.stdout
