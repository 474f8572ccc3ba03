"""Write the notebooks as a place that has nothing of the course needs them: with a first cell that installs it.

    python tools/launch.py https://github.com/OWNER/NAME build/launch

Colab opens a notebook from a branch of a repository and has Python, but not the package. The workflow that publishes
the book runs this and pushes the result as the branch ``launch``, where the "Colab" links of the pages lead. The
notebooks of the course itself stay as they are: what a reader on Colab needs first is nothing a page should begin with.

The notebooks of other languages are made, so that this branch is the only one that has them, in a folder each. Binder
opens them from here, and ``.binder`` says what it installs.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import nbformat
from books import BY_KEY, ROOT, Books
from contents import documents
from course.editions import ENGLISH, Edition
from course.language import speak_as
from translation.making import make

from lib.words import say

INSTALL = '%pip install --quiet "restoring-resolution @ git+{repository}"'
ON_BINDER = """# What Binder installs: the course as it was when these notebooks were made, and what opens notebooks.
-c constraints.txt
restoring-resolution @ git+{repository}
jupyterlab
jupyterlab-myst
ipykernel
"""


def main() -> None:
    """Write every published notebook below the folder that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("repository", help="https://github.com/OWNER/NAME")
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    repository = options.repository.rstrip("/")

    for edition in BY_KEY.values():
        published = list(published_notebooks(edition))
        for name, path in published:
            target = options.folder / edition.folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            nbformat.write(with_first_cell(nbformat.read(path, as_version=4), repository, edition), target)
        print(f"{len(published)} notebooks below {options.folder / edition.folder}")

    write_binder(options.folder / ".binder", repository)


def published_notebooks(edition: Edition = ENGLISH) -> Iterator[tuple[str, Path]]:
    """Yield the notebooks that are pages of an edition, each by its name there and its file, made if need be."""
    pages = Books().pages(edition)
    if edition != ENGLISH:
        make(pages)

    for document in documents():
        name = f"{document}.ipynb"
        if (pages / name).is_file():
            yield name, pages / name


def with_first_cell(
    notebook: nbformat.NotebookNode, repository: str, edition: Edition = ENGLISH
) -> nbformat.NotebookNode:
    """Return the notebook of an edition with a first cell that installs the course from its repository."""
    speak_as(edition)
    why = say("Where the course is not installed, as on Colab, run this cell first. It takes about a minute.")
    source = f"# {why}\n{INSTALL.format(repository=repository.rstrip('/'))}\n"
    cell = nbformat.v4.new_code_cell(source, id="install-the-course")
    return nbformat.from_dict({**notebook, "cells": [cell, *notebook.cells]})


def write_binder(folder: Path, repository: str) -> None:
    """Write what Binder installs for the notebooks of this branch."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "requirements.txt").write_text(ON_BINDER.format(repository=repository), encoding="utf-8")
    (folder / "runtime.txt").write_bytes((ROOT / ".binder" / "runtime.txt").read_bytes())
    (folder / "constraints.txt").write_bytes((ROOT / "constraints.txt").read_bytes())


if __name__ == "__main__":
    main()
