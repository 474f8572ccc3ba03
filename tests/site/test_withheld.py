"""What an instructor withholds is nowhere in the built site: no page, no download and no search index holds it."""

from __future__ import annotations

import html
import json
import re
import shutil
from functools import cache

import building
import make_exercises
import nbformat
import pytest
import yaml

SOURCES = make_exercises.all_sources()
PUBLIC = [building.ROOT / "index.ipynb", *sorted((building.ROOT / "chapters").rglob("*.ipynb"))]
SHORTEST = 16  # characters of a line that says something


def squeezed(text):
    return re.sub(r"\s+", "", text)


def lines_of(texts):
    """The lines worth looking for, without blanks: highlighting and wrapping must not hide them."""
    return {line for text in texts for row in text.splitlines() if len(line := squeezed(row)) >= SHORTEST}


def published_otherwise():
    """Everything that students are meant to see, as one text."""
    shown = [path.read_text(encoding="utf-8") for path in (building.ROOT / "lib").rglob("*.py")]
    for path in PUBLIC:
        if path.name != "solutions.ipynb":
            shown += [cell.source for cell in nbformat.read(path, as_version=4).cells]
    return squeezed("\n".join(shown))


def solutions_of(path):
    """The lines of a source's solutions and model answers that stand nowhere else."""
    cells = nbformat.read(path, as_version=4).cells
    code = [found[0] for cell in cells for found in make_exercises.SOLUTION.finditer(cell.source)]
    words = [
        re.sub(r"[*`]", "", part)  # marks of emphasis are not in a page
        for cell in cells
        if cell.cell_type == "markdown" and cell.metadata.get("nbgrader", {}).get("solution")
        for part in re.split(r"(?<=[.?])\s+", cell.source)
    ]
    return lines_of([*code, *words]) - lines_of(["### BEGIN SOLUTION\n### END SOLUTION"])


def hidden_of(path):
    """The lines of a source's tests for the instructor alone."""
    cells = nbformat.read(path, as_version=4).cells
    found = [found[0] for cell in cells for found in make_exercises.HIDDEN.finditer(cell.source)]
    return lines_of(found) - lines_of(["### BEGIN HIDDEN TESTS\n### END HIDDEN TESTS"])


@pytest.fixture(scope="module")
def withheld():
    public = published_otherwise()
    solutions = {line for path in SOURCES for line in solutions_of(path) if line not in public}
    hidden = {line for path in SOURCES for line in hidden_of(path) if line not in public}
    assert len(solutions) >= 10 * len(SOURCES)
    assert len(hidden) >= 3 * len(SOURCES)
    return solutions, hidden


def text_of(file):
    """What a reader, a download or a search could find in a file, without blanks."""
    text = file.read_text(encoding="utf-8", errors="replace")
    if file.suffix == ".html":
        text = html.unescape(re.sub(r"<[^>]*>", "", text))
    elif file.suffix == ".ipynb":
        text = "\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"])
    return squeezed(re.sub(r"[*`]", "", text) if file.suffix == ".html" else text.replace("`", ""))


@cache
def texts(site):
    """What each file of a site holds, by its name."""
    files = [file for file in sorted(site.rglob("*")) if file.suffix in {".html", ".ipynb", ".js", ".json", ".txt"}]
    return {file.relative_to(site).as_posix(): text_of(file) for file in files}


def where(site, wanted):
    """The files that hold one of the lines."""
    return [name for name, text in texts(site).items() if any(line in text for line in wanted)]


@pytest.fixture(scope="module")
def without_solutions(site, tmp_path_factory):  # after the site, whose exercises are executed then
    """The exercises of every chapter, built as a book whose contents do not name the solutions."""
    source = tmp_path_factory.mktemp("book") / "source"
    shutil.copytree(building.ROOT / "book", source / "book", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("_config.yml", "references.bib"):
        shutil.copy(building.ROOT / name, source)

    for path in SOURCES:  # the solutions lie there, as they do in a fork: only the contents leave them out
        (source / "chapters" / path.stem).mkdir(parents=True)
        for name in ("exercises.ipynb", "solutions.ipynb"):
            shutil.copy(building.ROOT / "chapters" / path.stem / name, source / "chapters" / path.stem)
    shutil.copytree(building.ROOT / "exercises", source / "exercises")

    (source / "index.md").write_text("# Exercises\n", encoding="utf-8")
    pages = [{"file": f"chapters/{path.stem}/exercises"} for path in SOURCES]
    contents = {"format": "jb-book", "root": "index", "chapters": pages}
    (source / "_toc.yml").write_text(yaml.safe_dump(contents), encoding="utf-8")

    done = building.build(source, source.parent / "out", strict=False)  # links lead to pages that are not in it
    assert done.returncode == 0, done.stdout[-4000:]
    return source.parent / "out" / "_build" / "html"


def test_solutions_are_on_their_pages_and_nowhere_else(site, withheld):
    solutions, _ = withheld
    found = where(site, solutions)
    assert {name for name in found if "/solutions." not in name} == set()
    expected = {f"chapters/{path.stem}/solutions.html" for path in SOURCES}
    assert expected <= set(found), "the search does not find what is there"
    assert {f"_sources/{name.removesuffix('.html')}.ipynb" for name in expected} <= set(found)


def test_without_their_line_in_the_contents_solutions_are_nowhere(without_solutions, withheld):
    solutions, _ = withheld
    assert where(without_solutions, solutions) == []
    assert list(without_solutions.rglob("*solutions*")) == []
    assert "olutions:" not in (without_solutions / "searchindex.js").read_text(encoding="utf-8")
    assert (without_solutions / f"chapters/{SOURCES[0].stem}/exercises.html").is_file()


def test_tests_of_the_instructor_are_nowhere(site, without_solutions, withheld):
    _, hidden = withheld
    for built in (site, without_solutions):
        assert where(built, hidden) == []
        assert where(built, {squeezed("BEGIN HIDDEN TESTS"), squeezed("BEGIN SOLUTION")}) == []


def test_one_line_of_the_contents_publishes_the_solutions_of_a_chapter():
    lines = (building.ROOT / "_toc.yml").read_text(encoding="utf-8").splitlines()
    for path in SOURCES:
        assert len([line for line in lines if f"file: chapters/{path.stem}/solutions" in line]) == 1
        assert len([line for line in lines if f"file: chapters/{path.stem}/exercises" in line]) == 1


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_the_page_shows_what_is_given_and_runs_nothing_that_waits_for_the_student(site, path):
    text = (site / f"chapters/{path.stem}/exercises.html").read_text(encoding="utf-8")
    assert "raise</span> <span" in text, "the stubs are there to be read"
    assert '<figure class="picture"' in text, "what is given is drawn when the book is built"
    assert "Traceback" not in text
    assert "cell_output docutils container" in text
