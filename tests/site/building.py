"""Build the book for the tests: strictly, from nothing, and once for all test processes."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

from contents import documents
from filelock import FileLock

ROOT = Path(__file__).parents[2]
TESTED = ROOT / "_build" / "tested"
SITE = TESTED / "_build" / "html"
SOURCES = (
    "_config.yml",
    "_toc.yml",
    "index.ipynb",
    "references.bib",
    "chapters",
    "lib",
    "book",
)
BUILDERS = ("jupyter-book", "sphinx", "sphinx-book-theme", "pydata-sphinx-theme", "myst-nb", "numpy", "matplotlib")


def build(source: Path, output: Path, strict: bool = True, repository: str = "") -> subprocess.CompletedProcess[str]:
    """Build a book, with every warning an error if strict, and return what the command said."""
    command = [Path(sys.executable).with_name("jupyter-book"), "build", source, "--path-output", output]
    # What the tests choose for notebook kernels must not reach the book: it has its own way, and a date.
    # What was executed for one of these books serves the others, and the one that `make book` builds.
    environment = {
        name: value for name, value in os.environ.items() if name not in ("LIB_SHOW_AS", "SOURCE_DATE_EPOCH")
    }
    environment["COURSE_REPOSITORY"] = repository
    environment.setdefault("COURSE_CACHE", str(ROOT / "_build" / "executed"))
    return subprocess.run(
        [*map(str, command), *(["-W", "-n", "--keep-going"] if strict else [])],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def built_site() -> Path:
    """Return the folder of the built book, building it if any source or builder has changed since."""
    TESTED.parent.mkdir(exist_ok=True)
    stamp = TESTED.with_suffix(".stamp")
    with FileLock(TESTED.with_suffix(".lock")):
        current = fingerprint()
        if not (SITE.is_dir() and stamp.is_file() and stamp.read_text() == current):
            shutil.rmtree(TESTED, ignore_errors=True)
            done = build(ROOT, TESTED)
            assert done.returncode == 0, f"the book does not build without warnings:\n{done.stdout[-6000:]}"
            stamp.write_text(current)
    return SITE


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


def pages() -> list[str]:
    """Return the address of every page that ``_toc.yml`` names, and of those that Sphinx adds."""
    return [f"{name}.html" for name in (*documents(), "search", "genindex", "404")]


def notebook_of(page: str) -> Path:
    """Return the notebook that a page was made from."""
    return ROOT / Path(page).with_suffix(".ipynb")
