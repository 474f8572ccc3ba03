"""Write the notebooks as a place that has nothing of the course needs them: with a first cell that installs it.

    python tools/launch.py https://github.com/OWNER/NAME build/launch

Colab opens a notebook from a branch of a repository and has Python, but not the package. The workflow that publishes
the book runs this and pushes the result as the branch ``launch``, where the "Colab" links of the pages lead. The
notebooks of the course itself stay as they are: what a reader on Colab needs first is nothing a page should begin with.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import nbformat
from contents import documents

ROOT = Path(__file__).parents[1]
FIRST_CELL = """# The course is not installed here yet. Run this cell first; it takes about a minute.
%pip install --quiet "restoring-resolution @ git+{repository}"
"""


def main() -> None:
    """Write every published notebook below the folder that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("repository", help="https://github.com/OWNER/NAME")
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()

    published = published_notebooks()
    for path in published:
        target = options.folder / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(with_first_cell(nbformat.read(path, as_version=4), options.repository), target)

    print(f"{len(published)} notebooks below {options.folder}")


def published_notebooks() -> list[Path]:
    """Return the notebooks that are pages of the book."""
    return [path for name in documents() if (path := ROOT / f"{name}.ipynb").is_file()]


def with_first_cell(notebook: nbformat.NotebookNode, repository: str) -> nbformat.NotebookNode:
    """Return the notebook with a first cell that installs the course from its repository."""
    cell = nbformat.v4.new_code_cell(FIRST_CELL.format(repository=repository.rstrip("/")), id="install-the-course")
    return nbformat.from_dict({**notebook, "cells": [cell, *notebook.cells]})


if __name__ == "__main__":
    main()
