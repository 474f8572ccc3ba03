"""The longest tests begin first, those of the built pages come last, and a notebook's cells stay together."""

from __future__ import annotations

from types import SimpleNamespace

from tests import scheduling


def item(nodeid, *fixtures):
    return SimpleNamespace(nodeid=nodeid, fixturenames=fixtures)


def test_a_file_stays_with_one_process_and_of_the_site_a_page():
    assert scheduling.unit_of("chapters/a/b.ipynb::Cell 3") == "chapters/a/b.ipynb"
    assert scheduling.unit_of("lib/ops/sizes.py::lib.ops.sizes.f") == "lib/ops/sizes.py"
    test = "tests/site/test_pages.py::test_axe_finds_nothing[chapters/glossary.html-light]"
    assert scheduling.unit_of(test) == "tests/site/test_pages.py chapters/glossary.html"
    assert scheduling.unit_of("tests/show/test_a.py::test_b[x.html]") == "tests/show/test_a.py"


def test_notebooks_come_first_then_the_longest_and_those_of_the_site_last(tmp_path, monkeypatch):
    monkeypatch.setattr(scheduling, "SECONDS", tmp_path / "seconds.json")
    scheduling.SECONDS.write_text('{"long.py": 30, "page.py": 60}', encoding="utf-8")
    page, other, long, same = item("page.py::p", "site", "x"), item("a.py::q"), item("long.py::r"), item("page.py::s")
    notebook = item("chapters/a.ipynb::Cell 0")
    items = [page, other, long, same, notebook]
    scheduling.pytest_collection_modifyitems(items)
    assert items == [notebook, long, other, page, same]


def test_a_stopwatch_writes_what_is_long(tmp_path, monkeypatch):
    monkeypatch.setattr(scheduling, "SECONDS", tmp_path / "seconds.json")
    watch = scheduling.Stopwatch()
    for test, duration in (("a.py::x", 0.9), ("b.py::x", 0.7), ("b.py::y", 1.5)):
        watch.pytest_runtest_logreport(SimpleNamespace(nodeid=test, duration=duration))
    watch.pytest_sessionfinish()
    assert scheduling.SECONDS.read_text(encoding="utf-8") == '{\n "b.py": 2\n}\n'
