"""Notebooks are executed side by side, and again only when something they use has changed."""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from concurrent.futures import ThreadPoolExecutor

import building
import nbformat
import pytest
from course import execution, records
from course.execution import Job, execute_all, longest_first, record_name, with_outputs
from course.records import Records, outputs_of

TIMEOUT = 60


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A copy of the package, which kernels import and tests may change, and a folder for pages."""
    for name in ("lib/ops", "lib/learn", "lib/checks.py", "lib/words.py", "lib/__init__.py"):
        copy = shutil.copytree if (records.ROOT / name).is_dir() else shutil.copy
        (tmp_path / name).parent.mkdir(exist_ok=True)
        copy(records.ROOT / name, tmp_path / name)
    (tmp_path / "chapters").mkdir()
    for module in (records, execution):
        monkeypatch.setattr(module, "ROOT", tmp_path)
    return tmp_path


@pytest.fixture
def store(project):
    return Records(project / "records")


def job(project, *code, document="page", edition=""):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in code])
    return Job(document, notebook, project / "chapters", record_name(notebook, "chapters"), project, edition)


def run(project, store, *jobs):
    time.sleep(0.01)  # files written before are older than what begins now
    with ThreadPoolExecutor(1) as aside:  # the browser of other tests keeps an event loop in this thread
        return aside.submit(asyncio.run, execute_all(jobs, TIMEOUT, store)).result()


def edit(path):
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")


def test_a_record_holds_until_something_that_the_notebook_used_changes(project, store):
    (project / "chapters" / "numbers.txt").write_text("1 2 3", encoding="utf-8")
    page = job(project, "from lib import conv2d\nfrom pathlib import Path", "print(Path('numbers.txt').read_text())")
    assert store.find(page.name, project) is None
    assert run(project, store, page) == []

    record = store.find(page.name, project)
    assert outputs_of(record) == [[], [{"output_type": "stream", "name": "stdout", "text": "1 2 3\n"}]]
    (project / "lib/another.py").touch()
    (project / "chapters/another.txt").touch()
    assert store.find(page.name, project) == record

    edit(project / "lib/ops/convolution.py")
    assert store.find(page.name, project) is None
    assert run(project, store, page) == []
    edit(project / "chapters/numbers.txt")
    assert store.find(page.name, project) is None


def test_a_record_holds_until_something_that_the_notebook_said_is_said_otherwise(project, store):
    catalog = project / "lib/locale/zh_CN/show.po"
    catalog.parent.mkdir(parents=True)
    write = 'msgid "row"\nmsgstr "{}"\n\nmsgid "column"\nmsgstr "{}"\n'.format
    catalog.write_text(write("行", "列"), encoding="utf-8")

    page = job(project, 'from lib.words import say, speak\nspeak("zh_CN")', 'print(say("row"))')
    assert run(project, store, page) == []
    assert outputs_of(store.find(page.name, project))[1][0]["text"] == "行\n"
    catalog.write_text(write("行", "另一列"), encoding="utf-8")
    assert store.find(page.name, project)
    catalog.write_text(write("排", "列"), encoding="utf-8")
    assert store.find(page.name, project) is None


def test_a_record_holds_for_the_versions_it_was_made_with(project, store, monkeypatch):
    page = job(project, "import numpy")
    run(project, store, page)
    assert store.find(page.name, project)
    monkeypatch.setattr(records, "version_of", lambda package: "0.1" if package == "numpy" else "")
    assert store.find(page.name, project) is None


def test_a_record_is_found_by_code_and_settings_alone(project, monkeypatch):
    page = job(project, "1 + 1")
    assert page.name != job(project, "1 + 2").name
    page.notebook.cells.insert(0, nbformat.v4.new_markdown_cell("Words"))
    assert page.name == record_name(page.notebook, "chapters")
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Another")
    assert page.name != record_name(page.notebook, "chapters")


def test_a_file_changed_while_the_notebook_ran_leaves_no_record(project, store):
    (project / "chapters" / "numbers.txt").touch()
    page = job(project, "text = open('numbers.txt').read()\nopen('numbers.txt', 'w').write('2')")
    assert run(project, store, page) == []
    assert store.find(page.name, project) is None


def test_a_failure_is_named_with_its_edition_and_the_others_run_on(project, store):
    failing = job(project, "x = 0", "1 / x", document="failing", edition="zh/")
    page = job(project, "1 + 1")
    failures = run(project, store, failing, page)
    assert [failure.partition("\n")[0] for failure in failures] == [
        "zh/failing, cell 2: ZeroDivisionError: division by zero"
    ]
    assert store.find(failing.name, project) is None
    assert store.find(page.name, project)


@pytest.mark.skipif(os.cpu_count() == 1, reason="takes two cores")
def test_notebooks_run_side_by_side(project, store, tmp_path_factory):
    places = [str(tmp_path_factory.mktemp("meeting") / name) for name in "ab"]
    meet = "import pathlib, time\npathlib.Path({0!r}).touch()\nwhile not pathlib.Path({1!r}).exists(): time.sleep(.1)"
    both = [job(project, meet.format(own, other), document=own) for own, other in (places, places[::-1])]
    assert run(project, store, *both) == []


def test_what_somebody_else_executed_meanwhile_is_not_executed_again(project, store):
    page = job(project, "1 / 0", document="page")
    store.add(page.name, records.Uses({}, {}), [], "page", 1.0)
    assert run(project, store, page) == []


def test_what_nbval_printed_is_what_the_book_prints(site):
    page = execution.job_of("index", records.ROOT / "index.ipynb", records.ROOT)
    kept = outputs_of(Records(building.executed()).find(page.name, records.ROOT))
    with ThreadPoolExecutor(1) as aside:
        _, printed = aside.submit(asyncio.run, execution.execute(page, TIMEOUT)).result()
    assert [[one.get("data") for one in cell] for cell in kept] == [
        [one.get("data") for one in cell] for cell in printed
    ]
    assert sum(map(len, kept)) > 1


def test_the_longest_begin_first_one_edition_after_the_other(project, store):
    long, short = job(project, "time.sleep(1)", document="long"), job(project, "1", "2", document="short")
    trains = job(project, "train(network)", document="trains")
    assert [one.document for one in longest_first([long, short, trains], store)] == ["trains", "short", "long"]
    for one, seconds in ((long, 30.0), (short, 1.0)):
        store.add(one.name, records.Uses({}, {}), [], one.document, seconds)
    assert [one.document for one in longest_first([long, short, trains], store)] == ["long", "trains", "short"]
    other = job(project, "2", document="long", edition="zh/")  # not yet known: another edition computes the same
    brief = job(project, "2", document="short", edition="zh/")
    assert longest_first([brief, other, short, long], store) == [other, brief, long, short]


def test_cells_that_wait_for_a_student_are_not_run(project, store):
    page = job(project, "print('given')", "raise NotImplementedError")
    page.notebook.cells[1].metadata.nbgrader = {"solution": True}
    assert run(project, store, page) == []
    text = with_outputs(nbformat.writes(page.notebook), outputs_of(store.find(page.name, project)))
    cells = nbformat.reads(text, as_version=4).cells
    assert [len(cell.outputs) for cell in cells] == [1, 0]


def test_a_record_that_no_build_used_for_long_is_removed(project, store):
    page = job(project, "1")
    store.add(page.name, records.Uses({}, {}), [], "page", 1.0)
    record = store.find(page.name, project)
    store.remove_old()
    assert record.exists()
    os.utime(record, (0, 0))
    store.remove_old()
    assert not record.exists()
