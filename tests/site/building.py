"""Build the book for the tests: strictly, from nothing, and once for all test processes, beside their other tests."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

from books import Books
from contents import documents
from course.editions import EDITIONS, ENGLISH, Edition
from filelock import FileLock

ROOT = Path(__file__).parents[2]
TESTED = ROOT / "_build" / "tested"
SITE = TESTED / "_build" / "html"
RESULT = TESTED.with_suffix(".json")
SOURCES = (
    "_config.yml",
    "_toc.yml",
    "index.ipynb",
    "references.bib",
    "chapters",
    "exercises",
    "locale",
    "lib",
    "book",
    "tools",
)
BUILDERS = ("jupyter-book", "sphinx", "sphinx-book-theme", "pydata-sphinx-theme", "myst-nb", "numpy", "matplotlib")


def build(
    source: Path, output: Path, strict: bool = True, repository: str = "", editions: str = ""
) -> subprocess.CompletedProcess[str]:
    """Build a book alone, with every warning an error if strict, and return what the command said.

    ``editions`` names those that its site is to have; by default there is no other.
    """
    command = [Path(sys.executable).with_name("jupyter-book"), "build", source, "--path-output", output]
    return run([*command, *(["-W", "-n", "--keep-going"] if strict else [])], repository, editions)


def build_editions(output: Path) -> subprocess.CompletedProcess[str]:
    """Build the book in all its editions, with every warning an error, and return what the command said.

    English notebooks come last: those that nbval has executed by then serve the book too (``executing``).
    """
    return run([sys.executable, ROOT / "tools" / "build_book.py", "--strict", "--editions", "zh", "en", "--", output])


def run(command: Sequence[object], repository: str = "", editions: str = "") -> subprocess.CompletedProcess[str]:
    """Run a command that builds, and return what it said."""
    # What the tests choose for notebook kernels must not reach the book: it has its own way, and a date.
    # What was executed for one of these books serves the others, and the one that `make book` builds.
    environment = {
        name: value for name, value in os.environ.items() if name not in ("LIB_SHOW_AS", "SOURCE_DATE_EPOCH")
    }
    environment |= {"COURSE_REPOSITORY": repository, "COURSE_EDITIONS": editions}
    environment["COURSE_CACHE"] = str(executed())
    return subprocess.run(
        [*map(str, command)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def executed() -> Path:
    """Return the folder in which the outputs of executed notebooks are kept, those of `make book` by default."""
    return Path(os.environ.get("COURSE_CACHE") or ROOT / "_build" / "executed").resolve()


class BuildBeside:
    """The book is built in a process of its own, which ends with this one."""

    def __init__(self) -> None:
        """Begin."""
        program = f"import sys; sys.path[:] = {sys.path}; import building; building.built_site()"
        self._process = subprocess.Popen(
            [sys.executable, "-c", program],
            env={**os.environ, "TEST_RUN": run_name()},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,  # a failure is told to all by built_site
            start_new_session=True,
        )

    def end(self) -> None:
        """End it, with all that it started, if nobody waited for it."""
        if self._process.poll() is None and hasattr(os, "killpg"):
            os.killpg(self._process.pid, signal.SIGTERM)
        self._process.wait()


def built_site() -> Path:
    """Return the folder of the built book, when it is built; build it if nobody else does.

    Once a run of the tests has it, it stays as it is to the end: other processes are looking at it.
    """
    TESTED.parent.mkdir(exist_ok=True)
    with FileLock(TESTED.with_suffix(".lock")):
        result = last_build()
        if result.get("run") != run_name():
            result = renewed(result) | {"run": run_name()}
            RESULT.write_text(json.dumps(result), encoding="utf-8")

    assert not result["failure"], f"the book does not build without warnings:\n{result['failure'][-6000:]}"
    return SITE


def renewed(result: dict[str, str]) -> dict[str, str]:
    """Build the book unless that was done from the same sources without a failure, and return how it went."""
    current = fingerprint()
    if result.get("sources") == current and not result["failure"] and SITE.is_dir():
        return result
    shutil.rmtree(TESTED, ignore_errors=True)
    done = build_editions(TESTED)
    return {"sources": current, "failure": done.stdout if done.returncode else ""}


def last_build() -> dict[str, str]:
    """Return from which sources the book was last built, in which run of the tests, and how that failed if it did."""
    return json.loads(RESULT.read_text(encoding="utf-8")) if RESULT.is_file() else {}


def run_name() -> str:
    """Return the name of this run of the tests, the same in all its processes: in each run a build may fail once."""
    return os.environ.get("TEST_RUN") or os.environ.get("PYTEST_XDIST_TESTRUNUID") or str(os.getpid())


def fingerprint() -> str:
    """Return a digest of everything that the built pages depend on."""
    digest = hashlib.sha256("\n".join(f"{name} {metadata.version(name)}" for name in BUILDERS).encode())
    for source in SOURCES:
        path = ROOT / source
        files = (
            [path] if path.is_file() else sorted(file for file in path.rglob("*") if "__pycache__" not in file.parts)
        )
        for file in files:
            if file.is_file():
                digest.update(file.relative_to(ROOT).as_posix().encode() + file.read_bytes())
    return digest.hexdigest()


def pages(edition: Edition = ENGLISH) -> list[str]:
    """Return the address of every page that ``_toc.yml`` names, and of those that Sphinx adds."""
    return [f"{edition.folder}{name}.html" for name in (*documents(), "search", "genindex", "404")]


def decks(edition: Edition = ENGLISH) -> list[str]:
    """Return the address of the slides of each chapter that ``_toc.yml`` names: of those with exercises."""
    chapters = [name.removesuffix("/exercises") for name in documents() if name.endswith("/exercises")]
    return [f"{edition.folder}{chapter}/slides.html" for chapter in chapters]


def edition_of(page: str) -> Edition:
    """Return the edition that a page belongs to."""
    return next((edition for edition in EDITIONS if edition.folder and page.startswith(edition.folder)), ENGLISH)


def notebook_of(page: str) -> Path:
    """Return the notebook that a page was made from."""
    edition = edition_of(page)
    return Books(TESTED).pages(edition) / Path(page.removeprefix(edition.folder)).with_suffix(".ipynb")
