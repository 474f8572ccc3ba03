"""Notebooks are executed once: side by side, before Sphinx reads them, and not again until something they use changes.

What a notebook uses is seen while it runs: the modules that its kernel imported and the files that it opened. A record
of all that is kept with its outputs (``course.records``), under a name made of the notebook's code and the kernel's
settings. A later build takes the outputs of a record that still holds, and executes the notebook otherwise. The words
between cells are in no record.

MyST-NB itself executes nothing (``execute_notebooks: "off"``): when Sphinx reads a notebook, it gets its cells with the
outputs of the record. ``COURSE_CACHE`` names a folder for the records other than the build's own.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import platform
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.util import logging
from sphinx.util.console import strip_colors

from course.editions import edition_of
from course.records import ROOT, ChangedMeanwhile, Records, Uses, outputs_of, uses

FORM = 1  # another number lets no record of before be used
ROUNDS = 4  # how often notebooks are executed if somebody changes what they use meanwhile
SIGN_OF_LIFE = 10.0  # seconds between two lines that say what is being executed

# How every kernel of the book runs. One thread each: they run side by side, and a sum keeps its order.
SETTINGS = {
    "LIB_SHOW_AS": "page",
    "PYTHONHASHSEED": "0",
    "SOURCE_DATE_EPOCH": "0",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
}
# How the names of settings begin that a builder may have made and that may change a number.
NUMERIC = ("OPENBLAS_", "MKL_", "OMP_", "NPY_", "BLIS_", "VECLIB_")

# The first cell of every kernel, before the notebook's own: from then on every file that is opened is noted.
WATCH = """
import sys as _sys
_opened = set()
_sys.addaudithook(lambda event, about: _opened.add(str(about[0])) if event == "open" else None)
"""
# The last cell: says what was opened, what was imported, and which words of other languages were used.
REPORT = """
print(__import__("json").dumps({
    "files": sorted(_opened | {str(getattr(module, "__file__", "")) for module in list(_sys.modules.values())}),
    "modules": sorted({name.partition(".")[0] for name in _sys.modules}),
    "said": getattr(_sys.modules.get("lib.words"), "said", dict)(),
}))
"""

logger = logging.getLogger(__name__)


class NotebookFailed(Exception):
    """A notebook whose code fails; the first line of the message says which, in which cell, and how."""


# Notebooks ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Job:
    """A notebook to execute: its document's name, its code, its folder, the name of its records, the book's folder."""

    document: str
    notebook: NotebookNode
    folder: Path
    name: str
    source: Path
    edition: str = ""  # below which folder of the site its page will lie

    @property
    def label(self) -> str:
        """How messages call it: the document's name, in its edition."""
        return self.edition + self.document


def read(text: str) -> NotebookNode:
    """Return the notebook that a text holds."""
    return nbformat.reads(text, as_version=4)


def cells_to_run(notebook: NotebookNode) -> list[NotebookNode]:
    """Return the cells of code that the book runs: none that waits for a student's work."""
    return [cell for cell in notebook.cells if cell.cell_type == "code" and "nbgrader" not in cell.metadata]


def with_outputs(text: str, outputs: Sequence[Any]) -> str:
    """Return the text of a notebook with the given outputs of each cell that was run."""
    notebook = read(text)
    notebook.metadata.setdefault("language_info", {"name": "python"})  # colours the code
    for cell, printed in zip(cells_to_run(notebook), outputs, strict=True):
        cell.outputs = nbformat.from_dict(printed)
    return nbformat.writes(notebook)


def environment() -> dict[str, str]:
    """Return the environment that kernels run in."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    return {**os.environ, **SETTINGS, "PYTHONPATH": path}


def record_name(notebook: NotebookNode, folder: str) -> str:
    """Return the name of a notebook's records, made of all that is known before it runs."""
    variables = environment()
    known = {
        "form": FORM,
        "code": [cell.source for cell in cells_to_run(notebook)],
        "folder": folder,
        "python": platform.python_version(),
        "machine": platform.machine(),
        "settings": {name: variables[name] for name in sorted(variables) if name.startswith((*NUMERIC, *SETTINGS))},
    }
    return hashlib.sha256(json.dumps(known).encode()).hexdigest()[:32]


# Kernels --------------------------------------------------------------------------------------------------------------


async def execute(job: Job, timeout: float) -> tuple[Uses, list[Any]]:
    """Run a notebook in a kernel of its own, and return what it used and the outputs of each cell.

    Raises
    ------
    NotebookFailed
        If a cell raises, takes more than ``timeout`` seconds, or ends its kernel.
    ChangedMeanwhile
        If a file that the notebook uses was written to while it ran.
    """
    began = time.time()
    first, last = nbformat.v4.new_code_cell(WATCH), nbformat.v4.new_code_cell(REPORT)
    cells = cells_to_run(job.notebook)
    client = NotebookClient(
        nbformat.v4.new_notebook(cells=[first, *cells, last]),
        timeout=timeout,
        kernel_name="python3",
        record_timing=False,
        extra_arguments=["--log-level=ERROR", "--HistoryManager.enabled=False"],
        resources={"metadata": {"path": str(job.folder)}},
    )

    async with client.async_setup_kernel(env=environment()):
        for index, cell in enumerate(client.nb.cells):
            cell.outputs = []
            try:
                await client.async_execute_cell(cell, index)
            except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
                number = next(place for place, own in enumerate(job.notebook.cells, start=1) if own is cell)
                raise NotebookFailed(f"{job.label}, cell {number}: {description(error)}") from error

    report = "".join(output.text for output in last.outputs)
    return reported(report, job, began), [cell.outputs for cell in cells]


def reported(report: str, job: Job, began: float) -> Uses:
    """Return what a notebook used that began at a time, from what its kernel printed for ``REPORT``.

    Raises
    ------
    ChangedMeanwhile
        If a file that the notebook uses was written to while it ran.
    """
    seen = json.loads(report)
    files = [(job.folder / file).resolve() for file in seen["files"]]
    return uses(files, seen["modules"], seen["said"], job.source, began)


def description(error: CellExecutionError | CellTimeoutError | DeadKernelError) -> str:
    """Return what went wrong in a cell, in a line, and below it the cell and where the exception comes from."""
    whole = strip_colors(str(error)).strip()
    if not isinstance(error, CellExecutionError):
        return whole
    if error.ename == "NoneType":  # the value could not be shown, which only the traceback tells
        return f"{whole.splitlines()[-1]}\n{whole}"
    return f"{error.ename}: {error.evalue}\n{whole}"


async def execute_all(jobs: Sequence[Job], timeout: float, records: Records) -> list[str]:
    """Run notebooks side by side, as many as there are cores, keep what they print, and return how others failed.

    Nothing is kept of a notebook that ran while somebody changed what it uses. One that somebody else has executed by
    the time its turn comes, such as a run of the tests, is not executed again.
    """
    started = time.monotonic()
    waiting = asyncio.Semaphore(os.cpu_count() or 1)
    running: set[str] = set()
    done: list[str] = []
    failures: list[str] = []

    async def run(job: Job) -> None:
        async with waiting:
            if records.find(job.name, job.source):
                done.append(job.label)
                return

            running.add(job.label)
            began = time.monotonic()
            try:
                used, outputs = await execute(job, timeout)
            except NotebookFailed as error:
                failures.append(str(error))
                logger.error("%s", error)
            except ChangedMeanwhile as change:
                logger.info("%s: %s", job.label, change)
            else:
                records.add(job.name, used, outputs, job.label, time.monotonic() - began)
            running.remove(job.label)
            done.append(job.label)
            logger.info("[%d/%d] %s, %.1f s", len(done), len(jobs), job.label, time.monotonic() - began)

    async def tell() -> None:
        while True:
            await asyncio.sleep(SIGN_OF_LIFE)
            logger.info("%5.0f s  at work: %s", time.monotonic() - started, ", ".join(sorted(running)))

    telling = asyncio.ensure_future(tell())
    await asyncio.gather(*map(run, jobs))
    telling.cancel()
    return failures


def bring_up_to_date(jobs: Sequence[Job], timeout: float, records: Records) -> None:
    """Execute those of some notebooks, of one edition or of several, that have no record which holds.

    Raises
    ------
    ExtensionError
        If a notebook fails, or what they use does not keep still.
    """
    for _ in range(ROUNDS):
        missing = [job for job in jobs if not records.find(job.name, job.source)]
        if not missing:
            return

        logger.info("executing %d of %d notebooks; the others have not changed", len(missing), len(jobs))
        failures = asyncio.run(execute_all(longest_first(missing, records), timeout, records))
        if failures:
            first_lines = [failure.partition("\n")[0] for failure in failures]
            raise ExtensionError("\n".join([f"notebooks that failed: {len(failures)}", *first_lines]))

    raise ExtensionError("files that notebooks use were changed again and again while the notebooks ran")


def longest_first(jobs: Sequence[Job], records: Records) -> list[Job]:
    """Return the jobs in the order in which they keep all cores busy to the end, by what they took or by their code.

    One edition comes after the other, in the order in which they are given.
    """
    known = records.seconds()
    turns = list(dict.fromkeys(job.edition for job in jobs))

    def place(job: Job) -> tuple[int, float]:
        cells = cells_to_run(job.notebook)
        trains = any("train" in cell.source for cell in cells)
        guess = known.get(job.document, (10 if trains else 1) * len(cells))  # another edition computes the same
        return turns.index(job.edition), -known.get(job.label, guess)

    return sorted(jobs, key=place)


# Sphinx ---------------------------------------------------------------------------------------------------------------


def execute_outdated(app: Sphinx, env: BuildEnvironment, *_: Any) -> list[str]:
    """Execute every notebook of the book without a record that holds; return those whose outputs have changed."""
    source, records, edition = Path(app.srcdir), Records(cache_folder(app)), edition_of(app.config).folder
    documents = [name for name in sorted(env.found_docs) if is_notebook(env, name)]
    jobs = [job_of(name, Path(env.doc2path(name)), source, edition) for name in documents]
    bring_up_to_date(jobs, app.config.nb_execution_timeout, records)
    records.remove_old()

    before = getattr(env, "course_records", {})
    env.course_records = {job.document: str(records.find(job.name, source)) for job in jobs}
    return [name for name, record in env.course_records.items() if before.get(name) != record]


def put_outputs(app: Sphinx, document: str, text: list[str]) -> None:
    """Give Sphinx a notebook's cells with the outputs of its record."""
    if record := app.env.course_records.get(document):
        text[0] = with_outputs(text[0], outputs_of(Path(record)))


def is_notebook(env: BuildEnvironment, document: str) -> bool:
    """Say whether a document is a notebook."""
    return Path(env.doc2path(document)).suffix == ".ipynb"


def job_of(document: str, path: Path, source: Path, edition: str = "") -> Job:
    """Return what it takes to execute a document's notebook, in the book whose pages are in the folder ``source``."""
    notebook, folder = read(path.read_text(encoding="utf-8")), path.parent
    name = record_name(notebook, folder.relative_to(source).as_posix())
    return Job(document, notebook, folder, name, source, edition)


def cache_folder(app: Sphinx) -> Path:
    """Return where the records are kept."""
    return Path(os.environ.get("COURSE_CACHE") or Path(app.outdir).parent / "executed").resolve()


def connect(app: Sphinx) -> None:
    """Connect everything."""
    app.connect("env-get-outdated", execute_outdated)
    app.connect("source-read", put_outputs)
