"""Build the book in its languages: English at the root of the site, each other edition below it, page beside page.

    python tools/build_book.py [--editions en zh] [--strict] [FOLDER]

The pages of an edition in another language are made from the English ones (tools/translation). The notebooks of all
editions are executed in one pool, one edition after the other as they are named, the longest first; what has not
changed is not executed. Then Sphinx writes the editions side by side. ``jupyter-book build .`` writes the English one
from the same executed notebooks.
"""

from __future__ import annotations

import argparse
import logging
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import yaml
from books import BY_KEY, ROOT, Books
from contents import documents
from course.editions import ENGLISH, Edition, below
from course.execution import Job, bring_up_to_date, job_of
from course.records import Records
from sphinx.errors import ExtensionError
from translation.making import make

STRICT = ("-W", "-n", "--keep-going")


def main() -> int:
    """Build what the command line names, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--editions", nargs="+", choices=list(BY_KEY), default=list(BY_KEY))
    parser.add_argument("--strict", action="store_true", help="let every warning fail the build")
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT, help="where _build is, or will be")
    options = parser.parse_args()

    return build(Books(options.folder.resolve()), [BY_KEY[key] for key in options.editions], options.strict)


def build(books: Books, editions: Sequence[Edition], strict: bool) -> int:
    """Build editions, and return 0 if each is as it should be."""
    for edition in editions:
        if edition != ENGLISH:
            print(f"making the pages of the edition {edition.name}", flush=True)
            make(books.pages(edition))

    show_progress()
    try:
        jobs = [job for edition in editions for job in jobs_of(books, edition)]
        bring_up_to_date(jobs, timeout(), Records(books.executed))
    except ExtensionError as failure:
        print(failure, flush=True)
        return 1

    if any(write_side_by_side(books, editions, strict)):
        return 1
    for edition in editions:
        if edition != ENGLISH:
            put_below(books.written(edition), books.place(edition))
        print(f"{edition.name}: {books.place(edition) / 'index.html'}", flush=True)
    return 0


# Executing ------------------------------------------------------------------------------------------------------------


def jobs_of(books: Books, edition: Edition) -> list[Job]:
    """Return the notebooks of an edition."""
    source = books.pages(edition)
    paths = {name: source / f"{name}.ipynb" for name in documents()}
    return [job_of(name, path, source, edition.folder) for name, path in paths.items() if path.is_file()]


def timeout() -> float:
    """Return how many seconds a cell may take, as the book's settings say."""
    return yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["execute"]["timeout"]


def show_progress() -> None:
    """Print what the executor says, as it does in a build by Sphinx."""
    logger = logging.getLogger("sphinx")
    logger.setLevel(logging.INFO)
    logger.addHandler(logging.StreamHandler(sys.stdout))


# Writing --------------------------------------------------------------------------------------------------------------


def write_side_by_side(books: Books, editions: Sequence[Edition], strict: bool) -> list[int]:
    """Let Sphinx write editions, each in a process of its own, and return their exit statuses."""
    site = {edition.key for edition in [*editions, *([ENGLISH] if books.site.is_dir() else []), *below(books.site)]}
    settings = {"COURSE_EDITIONS": " ".join(sorted(site)), "COURSE_CACHE": str(books.executed), "PYTHONUNBUFFERED": "1"}
    processes = [
        subprocess.Popen(
            command(books, edition, strict),
            env={**os.environ, **settings},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        for edition in editions
    ]

    tellers = [
        threading.Thread(target=repeat, args=(process, edition.key if len(editions) > 1 else ""))
        for process, edition in zip(processes, editions, strict=True)
    ]
    for teller in tellers:
        teller.start()
    for teller in tellers:
        teller.join()
    return [process.wait() for process in processes]


def command(books: Books, edition: Edition, strict: bool) -> list[str]:
    """Return the command that writes an edition."""
    builder = Path(sys.executable).with_name("jupyter-book")
    places = [str(books.pages(edition)), "--path-output", str(books.own(edition))]
    return [str(builder), "build", *places, *(STRICT if strict else ())]


def repeat(process: subprocess.Popen[str], key: str) -> None:
    """Print what a process says, each line with the edition that it is about."""
    for line in process.stdout:
        if line.strip():
            print(f"{key}  {line}" if key else line, end="", flush=True)


def put_below(written: Path, place: Path) -> None:
    """Make a folder of the site hold the files of an edition and no others, and write only those that differ."""
    wanted = {path.relative_to(written) for path in written.rglob("*") if path.is_file()}
    for path in [path for path in place.rglob("*") if path.is_file()]:
        if path.relative_to(place) not in wanted:
            path.unlink()

    for name in sorted(wanted):
        source, target = written / name, place / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.is_file() or target.stat().st_mtime_ns != source.stat().st_mtime_ns:
            shutil.copy2(source, target)


if __name__ == "__main__":
    sys.exit(main())
