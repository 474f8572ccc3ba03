"""Execute the course's notebooks in place, and write them so that a second run changes no byte.

``python tools/notebooks.py`` executes every notebook of the course, or the ones named. Printed numbers and text are
kept, because the tests compare them; images, widgets and timings are dropped, because they change with the machine.
``--check`` executes nothing and exits with 1, naming what keeps a notebook from being in that form.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parent.parent
LARGEST = 200_000  # bytes: more than any page needs once its images are gone
CELL_TIMEOUT = 300  # seconds
MADE = ("exercises.ipynb", "solutions.ipynb")  # names of the pages that make_exercises.py makes

KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
ENVIRONMENT = {"LIB_SHOW_AS": "text", "PYTHONHASHSEED": "0", "SOURCE_DATE_EPOCH": "0"}

NOT_COMPARED = "nbval-ignore-output"

# What editors and runs leave behind; every other key was put there by an author.
NOTEBOOK_RESIDUE = {"celltoolbar", "colab", "toc", "vscode", "widgets"}
CELL_RESIDUE = {"ExecuteTime", "collapsed", "colab", "execution", "id", "outputId", "scrolled", "trusted", "vscode"}

VALID_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")


class NotebookError(Exception):
    """A notebook that cannot be read or whose code fails; the message says which and where."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("notebooks", nargs="*", type=Path, help="default: all that are not made from others")
    parser.add_argument("--check", action="store_true", help="execute nothing; say what is not as it should be")
    options = parser.parse_args(arguments)
    paths = options.notebooks or all_notebooks()
    return check_all(paths) if options.check else refresh_all(paths)


def all_notebooks(root: Path = ROOT) -> list[Path]:
    """Return the notebooks of the course that people write, in a fixed order; others are made of them."""
    found = [
        *root.glob("index.ipynb"),
        *sorted(root.glob("chapters/**/*.ipynb")),
        *sorted(root.glob("exercises/*.ipynb")),
    ]
    return [path for path in found if ".ipynb_checkpoints" not in path.parts and path.name not in MADE]


# Refreshing ----------------------------------------------------------------------------------------------------------


def refresh_all(paths: Sequence[Path]) -> int:
    """Refresh each notebook, go on after a failure, and return 1 if there was one."""
    failures = []
    for number, path in enumerate(paths, start=1):
        print(f"[{number}/{len(paths)}] {shown(path)} ... ", end="", flush=True)
        started = time.perf_counter()
        try:
            changed = refresh(path)
        except NotebookError as error:
            failures.append(str(error))
            outcome = "failed"
        else:
            outcome = "written" if changed else "unchanged"

        print(f"{outcome}, {time.perf_counter() - started:.1f} s", flush=True)

    for failure in failures:
        print(f"\n{failure}", file=sys.stderr)
    return 1 if failures else 0


def refresh(path: Path) -> bool:
    """Execute one notebook, write it in normal form, and return whether that changed the file.

    Raises
    ------
    NotebookError
        If the notebook cannot be read or a cell fails. The file is then as it was.
    """
    notebook = read(path)
    notebook.nbformat_minor = 5
    set_ids(notebook.cells)

    try:
        nbformat.validate(notebook)
    except nbformat.ValidationError as error:
        raise NotebookError(f"{shown(path)}: not a valid notebook: {first_line(error)}") from error

    execute(notebook, path)
    normalise(notebook)
    return write(path, text_of(notebook))


def execute(notebook: NotebookNode, path: Path) -> None:
    """Run every cell of a notebook in one fresh kernel, in the notebook's own folder."""
    client = NotebookClient(
        notebook,
        timeout=CELL_TIMEOUT,
        kernel_name=KERNEL["name"],
        record_timing=False,
        force_raise_errors=True,
        extra_arguments=["--log-level=ERROR"],  # of the kernel's application: it warns about every local connection
        resources={"metadata": {"path": str(path.resolve().parent)}},
    )

    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.update(outputs=[], execution_count=None)
    client.reset_execution_trackers()

    with client.setup_kernel(env={**os.environ, **ENVIRONMENT}):
        for index, cell in enumerate(notebook.cells):
            try:
                client.execute_cell(cell, index)
            except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
                place = f"{shown(path)}: cell {index + 1} of {len(notebook.cells)} (id {cell.id})"
                raise NotebookError(f"{place} failed:\n{error}") from error


def write(path: Path, text: str) -> bool:
    """Replace the file in one step, so that an interruption leaves the old one whole; return whether it changed."""
    data = text.encode()
    if path.exists() and path.read_bytes() == data:
        return False

    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(data)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return True


# The normal form -----------------------------------------------------------------------------------------------------


def read(path: Path) -> NotebookNode:
    """Read a notebook as it stands: unlike ``nbformat.read``, invent no cell ids and validate nothing."""
    try:
        notebook = nbformat.v4.reads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, AttributeError) as error:
        raise NotebookError(f"{shown(path)}: not a notebook that can be read: {error!r}") from error
    if notebook.get("nbformat") != 4 or not {"cells", "metadata"} <= notebook.keys():
        raise NotebookError(f"{shown(path)}: not a notebook of format 4")
    return notebook


def text_of(notebook: NotebookNode) -> str:
    """Return the text a notebook is stored as."""
    return nbformat.v4.writes(notebook) + "\n"


def normalise(notebook: NotebookNode) -> None:
    """Bring a notebook into normal form, in place: an author's metadata, and only outputs that every run repeats."""
    notebook.metadata = without(notebook.metadata, NOTEBOOK_RESIDUE)
    notebook.metadata.update(kernelspec=dict(KERNEL), language_info={"name": "python"})

    for cell in notebook.cells:
        cell.metadata = without(cell.metadata, CELL_RESIDUE)
        if cell.cell_type == "code":
            cell.outputs = merge_streams([kept for output in cell.outputs if (kept := strip(output)) is not None])
            if NOT_COMPARED in cell.metadata.get("tags", []):
                cell.outputs = []  # a measurement: another run prints other numbers


def without(metadata: NotebookNode, keys: set[str]) -> NotebookNode:
    """Return metadata less the named keys."""
    return NotebookNode({key: value for key, value in metadata.items() if key not in keys})


def set_ids(cells: Sequence[NotebookNode]) -> None:
    """Keep every valid id that is the first of its kind; make the others from the cell's position and contents."""
    missing = dict(cells_without_id(cells))
    taken = {cell.id for index, cell in enumerate(cells) if index not in missing}

    for index, cell in missing.items():
        digest = hashlib.sha256(f"{index}\n{cell.cell_type}\n{cell.source}".encode()).hexdigest()
        cell.id = next(name for end in range(8, 65) if (name := digest[:end]) not in taken)
        taken.add(cell.id)


def cells_without_id(cells: Sequence[NotebookNode]) -> list[tuple[int, NotebookNode]]:
    """Return, with their positions, the cells whose id is absent, malformed or already another's."""
    taken: set[str] = set()
    missing = []

    for index, cell in enumerate(cells):
        name = cell.get("id")
        if isinstance(name, str) and VALID_ID.fullmatch(name) and name not in taken:
            taken.add(name)
        else:
            missing.append((index, cell))

    return missing


def strip(output: NotebookNode) -> NotebookNode | None:
    """Return an output less its images and widget views, or None if nothing else was in it."""
    if output.output_type not in ("display_data", "execute_result"):
        return output
    output.data = NotebookNode({kind: value for kind, value in output.data.items() if not is_volatile(kind)})
    output.metadata = NotebookNode({kind: value for kind, value in output.metadata.items() if kind in output.data})
    return output if output.data else None


def is_volatile(kind: str) -> bool:
    """Say whether outputs of a media type differ between machines or runs."""
    return kind.startswith(("image/", "application/vnd.jupyter.widget"))


def merge_streams(outputs: Sequence[NotebookNode]) -> list[NotebookNode]:
    """Join neighbouring outputs of one stream, which the kernel splits wherever its buffer happened to be full."""
    merged: list[NotebookNode] = []

    for output in outputs:
        last = merged[-1] if merged else None
        if last and output.output_type == "stream" == last.output_type and output.name == last.name:
            last.text += output.text
        else:
            merged.append(output)

    return merged


# Checking ------------------------------------------------------------------------------------------------------------


def check_all(paths: Sequence[Path]) -> int:
    """Print the faults of every notebook and return 1 if there are any."""
    found = [f"{shown(path)}: {fault}" for path in paths for fault in faults(path)]
    for line in found:
        print(line)
    print(f"notebooks checked: {len(paths)}, faults: {len(found)}")
    return 1 if found else 0


def faults(path: Path) -> list[str]:
    """Say, in words, everything that keeps one notebook from being as ``refresh`` leaves it and as a page needs it."""
    try:
        notebook = read(path)
        text = path.read_bytes()
        if wrong := id_faults(notebook):  # looked at first, because validate would invent ids and go on
            return wrong
        nbformat.validate(notebook)
    except NotebookError as error:
        return [str(error).removeprefix(f"{shown(path)}: ")]
    except nbformat.ValidationError as error:
        return [f"not a valid notebook: {first_line(error)}"]

    found = [*notebook_faults(notebook), *execution_faults(notebook)]
    if len(text) > LARGEST:
        found.append(f"{len(text)} bytes, which is more than {LARGEST}")

    if not found:
        normalise(notebook)
        if text != text_of(notebook).encode():
            found.append("not in normal form: run tools/notebooks.py on it")
    return found


def id_faults(notebook: NotebookNode) -> list[str]:
    """Say which cells have no id of their own."""
    return [f"cell {index + 1} has no id of its own" for index, _ in cells_without_id(notebook.cells)]


def notebook_faults(notebook: NotebookNode) -> list[str]:
    """Say what is wrong with a notebook as a whole."""
    found = []
    if notebook.nbformat_minor != 5:
        found.append(f"notebook format 4.{notebook.nbformat_minor}, not 4.5")
    description = notebook.metadata.get("myst", {}).get("html_meta", {}).get("description")
    if not (isinstance(description, str) and description.strip()):
        found.append('no description in its metadata: "myst": {"html_meta": {"description": "..."}}')
    return found


def execution_faults(notebook: NotebookNode) -> list[str]:
    """Say what is wrong with what the last run left in the cells."""
    found = []
    code = [(index, cell) for index, cell in enumerate(notebook.cells, start=1) if cell.cell_type == "code"]
    if unexecuted := [str(index) for index, cell in code if cell.execution_count is None]:
        found.append(f"not executed, so that nothing tests it: cell {', '.join(unexecuted)}")

    for number, (index, cell) in enumerate(code, start=1):
        if cell.execution_count not in (None, number):
            found.append(f"cell {index} has execution count {cell.execution_count}, not {number}")

        kinds = {kind for output in cell.outputs for kind in output.get("data", {}) if is_volatile(kind)}
        found += [f"cell {index} holds an output of type {kind}" for kind in sorted(kinds)]
        if any(output.output_type == "error" for output in cell.outputs):
            found.append(f"cell {index} holds an error")

    return found


def first_line(error: Exception) -> str:
    """Return the part of an error's message that fits on a line."""
    return next(iter(str(error).splitlines()), type(error).__name__)


def shown(path: Path) -> str:
    """Return a path as a reader would write it: from the root of the repository if it is below it."""
    path = path.resolve()
    return (path.relative_to(ROOT) if path.is_relative_to(ROOT) else path).as_posix()


if __name__ == "__main__":
    sys.exit(main())
