"""In which order the tests run, and which of them stay with one process.

Notebooks come first, as the book that is built beside takes over what they print. Then what takes long begins first, so
that all cores are busy to the end. The tests of the built pages come last. ``tests/seconds.json`` says what takes long;
``pytest --keep-seconds`` writes it anew.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from pathlib import Path

import pytest
from xdist.scheduler import LoadScopeScheduling

SECONDS = Path(__file__).with_name("seconds.json")
LEAST = 1.0  # seconds that are worth writing down; whatever is not written down is taken to be as short
PAGE = re.compile(r"\[.*?([\w/-]+\.html)")  # the page of the site that a test is about, among its parameters


def unit_of(test: str) -> str:
    """Return what stays with one process: a file, as a notebook's cells share a kernel; of the site's tests a page.

    >>> unit_of("lib/ops/sizes.py::lib.ops.sizes.conv_output_size")
    'lib/ops/sizes.py'
    >>> unit_of("tests/site/test_pages.py::test_axe_finds_nothing[chapters/glossary.html-light]")
    'tests/site/test_pages.py chapters/glossary.html'
    """
    file, _, name = test.partition("::")
    page = PAGE.search(name) if file.startswith("tests/site/") else None
    return f"{file} {page[1]}" if page else file


class ByUnit(LoadScopeScheduling):
    """Gives each process one unit after another, in the order of the tests."""

    def _split_scope(self, nodeid: str) -> str:
        return unit_of(nodeid)


@pytest.hookimpl
def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that writes the seconds."""
    parser.addoption("--keep-seconds", action="store_true", help="write what takes how long to tests/seconds.json")


@pytest.hookimpl
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> ByUnit | None:
    """Hand out tests by unit, unless the command line says otherwise."""
    config.option.loadscopereorder = False  # xdist would begin with the most tests, not with the longest
    return ByUnit(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.hookimpl
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put notebooks first and what waits for the book last, and the longest units first in each of the three."""
    known = json.loads(SECONDS.read_text(encoding="utf-8"))
    units: dict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        units[unit_of(item.nodeid)].append(item)

    def place(unit: str) -> tuple[bool, bool, float]:
        return any(map(needs_site, units[unit])), not unit.endswith(".ipynb"), -known.get(unit, LEAST)

    items[:] = [item for unit in sorted(units, key=place) for item in units[unit]]


def needs_site(item: pytest.Item) -> bool:
    """Say whether a test looks at the built book."""
    return "site" in getattr(item, "fixturenames", ())


class Stopwatch:
    """Adds up how long each unit takes."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seconds[unit_of(report.nodeid)] += report.duration

    def pytest_sessionfinish(self) -> None:
        long = {unit: round(took) for unit, took in sorted(self.seconds.items()) if took > LEAST}
        SECONDS.write_text(json.dumps(long, indent=1) + "\n", encoding="utf-8")


@pytest.hookimpl
def pytest_configure(config: pytest.Config) -> None:
    """Measure if asked to, in the process that all others report to."""
    if config.getoption("--keep-seconds") and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Stopwatch())
