"""What nbval executes serves the book too, so that a run of the tests executes an English page once and not twice."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import building
import pytest
from contents import documents
from course.execution import REPORT, SETTINGS, WATCH, Job, cells_to_run, job_of, reported
from course.records import ChangedMeanwhile, Records
from nbval.kernel import RunningKernel
from nbval.plugin import IPyNbCell, IPyNbFile

# The book's kernels have these settings from the beginning. Nothing has read them yet: Python's own are nbval's too.
AS_IN_THE_BOOK = f"import os as _os\n_os.environ.update({SETTINGS})\n{WATCH}"
PATIENCE = 60  # seconds for a cell that only reports


@dataclass
class Run:
    """A page that nbval is executing: when it began, and what its cells printed so far."""

    job: Job
    began: float
    printed: list[list[Any]] = field(default_factory=list)


class KeepForTheBook:
    """Lets nbval run the pages of the book as the book does, and keeps what those print that pass.

    nbval compares all that they print but HTML, of which nothing is stored in a notebook. Of a page with a cell that
    fails, and of one that it runs only in part, nothing is kept: the book executes it for itself.
    """

    def __init__(self) -> None:
        """Know the pages, and that none has begun."""
        self._pages = {building.ROOT / f"{name}.ipynb": name for name in documents()}
        self._records = Records(building.executed())
        self._run: Run | None = None  # a process executes one notebook after another

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Iterator[None]:
        """Begin with a page when nbval has started its kernel: before its first cell."""
        yield
        if isinstance(item, IPyNbCell) and item.path in self._pages and item.cell_num == 0:
            self._run = begin(item.parent, self._pages[item.path])

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        """Note what a cell printed, unless it fails."""
        yield
        if self._run and isinstance(item, IPyNbCell):
            self._run.printed.append(item.test_outputs)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self, item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
        """Keep all of it after the last cell of a page, while its kernel still runs."""
        if self._run and (nextitem is None or nextitem.path != item.path):
            if len(self._run.printed) == len(cells_to_run(self._run.job.notebook)):
                keep(self._run, item.parent.kernel, self._records)
            self._run = None
        yield


def begin(file: IPyNbFile, name: str) -> Run:
    """Let the kernel of a page do as one of the book, and compare what is stored."""
    file.skip_compare += ("text/html",)
    job = job_of(name, Path(file.path), building.ROOT)
    began = time.time()
    print_of(file.kernel, AS_IN_THE_BOOK)
    return Run(job, began)


def keep(run: Run, kernel: RunningKernel, records: Records) -> None:
    """Keep what a page printed, unless what it uses was changed while it ran."""
    try:
        used = reported(print_of(kernel, REPORT), run.job, run.began)
    except ChangedMeanwhile:
        return
    records.add(run.job.name, used, run.printed, run.job.label, time.time() - run.began)


def print_of(kernel: RunningKernel, code: str) -> str:
    """Run code in a kernel of nbval, and return what it prints."""
    asked = kernel.execute_cell_input(code, allow_stdin=False)
    kernel.await_reply(asked, timeout=PATIENCE)
    printed = []

    while True:
        message = kernel.get_message("iopub", timeout=PATIENCE)
        if message["parent_header"].get("msg_id") != asked:
            continue

        kind, content = message["msg_type"], message["content"]
        if kind == "stream":
            printed.append(content["text"])
        elif kind == "error":
            raise RuntimeError(f"the kernel of a page does not report: {content['ename']}: {content['evalue']}")
        elif kind == "status" and content["execution_state"] == "idle":
            return "".join(printed)
