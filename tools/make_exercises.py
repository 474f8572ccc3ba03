"""Make, from the one source of a chapter's exercises, everything that students get.

``exercises/<chapter>.ipynb`` holds tasks, solutions, visible tests and tests that stay with the instructor, in
nbgrader's cell format. ``python tools/make_exercises.py`` makes of each, or of the chapters named,

- ``chapters/<chapter>/exercises.ipynb``, without solutions and instructor's tests: a page of the book and its download;
- ``chapters/<chapter>/solutions.ipynb``, without instructor's tests: a page that a line of ``_toc.yml`` switches on.

``--term "spring 2027"`` first gives the sources the numbers of a term, so that last year's answers do not help, and
executes them; ``--term ""`` goes back to the numbers that the course comes with. The term stands in the sources, as a
line ``use_term("spring 2027")``, and the grader reads it there.

``--check`` writes nothing and exits with 1 if a made file is not what its source makes. ``--nbgrader FOLDER`` lays the
sources out as assignments of an nbgrader course in that folder instead.
"""

from __future__ import annotations

import argparse
import copy
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import nbformat
import notebooks
from nbformat import NotebookNode
from notebooks import NotebookError, shown

from lib import words
from lib.teach.words import place_for_code, place_for_words

Say = Callable[..., str]  # a message, and values for the names in its braces
ROOT = notebooks.ROOT
SOLUTION = re.compile(r"^([ \t]*)### BEGIN SOLUTION\n.*?^[ \t]*### END SOLUTION[ \t]*$", re.DOTALL | re.MULTILINE)
HIDDEN = re.compile(r"^[ \t]*### BEGIN HIDDEN TESTS\n.*?^[ \t]*### END HIDDEN TESTS[ \t]*\n?", re.DOTALL | re.MULTILINE)
STUDENT = 'student = "practice"'
TERM = re.compile(r'(, use_term$|\nuse_term\(".*"\)$)', re.MULTILINE)
PART = re.compile(r"^### PART (?P<points>\d+(?:\.\d+)?): (?P<label>.+)$", re.MULTILINE)
MARK = re.compile(r"^[ \t]*### (?:BEGIN|END) SOLUTION[ \t]*\n?", re.MULTILINE)
TITLE = re.compile(r"# (?:[^:：\n]+[:：]\s*)?(?P<title>.+)")  # of a source: what it is, and the chapter
EXERCISE = re.compile(
    r"## \d+ · (?P<title>.+)\n\n"
    r"\*\*Objective:\*\* (?P<objective>.+)\. "
    r"\*\*Time:\*\* (?P<minutes>\d+) minutes\. "
    r"\*\*Points:\*\* (?P<points>\d+)\.\n"
)
COURSE = '''"""An nbgrader course of the exercises of Restoring Resolution."""

c = get_config()  # noqa: F821  nbgrader brings it
c.CourseDirectory.course_id = "restoring-resolution"
'''


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("chapters", nargs="*", help="default: every notebook of exercises/")
    parser.add_argument("--check", action="store_true", help="write nothing; say which made files are out of date")
    parser.add_argument("--nbgrader", type=Path, metavar="FOLDER", help="make a course folder for nbgrader instead")
    parser.add_argument("--term", metavar="NAME", help='draw other numbers, those of a term; "" for the course\'s own')
    options = parser.parse_args(arguments)
    if options.term is not None and (options.check or not options.term.isprintable() or '"' in options.term):
        parser.error("--term takes a name without quotation marks, and does not go with --check")

    try:
        sources = [source_of(chapter) for chapter in options.chapters] or all_sources()
        if options.term is not None and set_term(sources, options.term):
            return 1
        made = as_course(sources, options.nbgrader) if options.nbgrader else as_pages(sources)
    except NotebookError as error:
        print(error, file=sys.stderr)
        return 1

    stale = {path: text for path, text in made.items() if not path.is_file() or path.read_bytes() != text.encode()}
    return report(made, stale) if options.check else write(made, stale)


def report(made: dict[Path, str], stale: dict[Path, str]) -> int:
    """Name the made files that are not what their sources make, and return 1 if there are any."""
    for path in stale:
        print(f"{shown(path)}: not what its source makes; run make exercises")

    print(f"made files: {len(made)}, out of date: {len(stale)}")
    return 1 if stale else 0


def write(made: dict[Path, str], stale: dict[Path, str]) -> int:
    """Write the made files that changed, and return 0."""
    for path, text in stale.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        notebooks.write(path, text)
        print(f"{shown(path)}: written")

    print(f"made files: {len(made)}, written: {len(stale)}")
    return 0


def all_sources() -> list[Path]:
    """Return the sources of every chapter that has one."""
    return sorted((ROOT / "exercises").glob("*.ipynb"))


def source_of(chapter: str) -> Path:
    """Return the source of one chapter."""
    path = ROOT / "exercises" / f"{chapter}.ipynb"
    if not path.is_file():
        raise NotebookError(f"{shown(path)}: there is no such source")
    return path


def as_pages(sources: Sequence[Path]) -> dict[Path, str]:
    """Return the text of every page that the sources make."""
    pages = {}
    for path in sources:
        source = checked(path)
        folder = ROOT / "chapters" / path.stem
        pages[folder / "exercises.ipynb"] = notebooks.text_of(for_students(source))
        pages[folder / "solutions.ipynb"] = notebooks.text_of(with_solutions(source))
    return pages


def as_course(sources: Sequence[Path], folder: Path) -> dict[Path, str]:
    """Return the files of an nbgrader course: each chapter is an assignment of one notebook."""
    files = {folder / "nbgrader_config.py": COURSE}
    for path in sources:
        files[folder / "source" / path.stem / "exercises.ipynb"] = notebooks.text_of(without_outputs(checked(path)))
    return files


def set_term(sources: Sequence[Path], term: str) -> int:
    """Give sources the numbers of a term and execute them; return 1 if one of them fails."""
    for path in sources:
        notebook = notebooks.read(path)
        for cell in notebook.cells:
            cell.source = in_term(cell.source, term) if STUDENT in cell.source else cell.source
        notebooks.write(path, notebooks.text_of(notebook))
    return notebooks.refresh_all(sources)


def in_term(code: str, term: str) -> str:
    """Return the cell that says who the student is, with the line that sets a term; without it if there is none.

    >>> in_term('from lib.teach import check\\nstudent = "practice"', 'spring 2027').splitlines()
    ['from lib.teach import check, use_term', 'student = "practice"', 'use_term("spring 2027")']
    >>> in_term(in_term('from lib.teach import check\\nstudent = "practice"', 'spring 2027'), '').splitlines()
    ['from lib.teach import check', 'student = "practice"']
    """
    code = TERM.sub("", code)
    if not term:
        return code
    code = re.sub(r"^(from lib\.teach import .+)$", r"\1, use_term", code, count=1, flags=re.MULTILINE)
    return code.replace(STUDENT, f'{STUDENT}\nuse_term("{term}")')


# What is made --------------------------------------------------------------------------------------------------------


def for_students(source: NotebookNode) -> NotebookNode:
    """Return a notebook with stubs for solutions, and nothing of the tests that stay with the instructor."""
    notebook = copy.deepcopy(source)

    for cell in notebook.cells:
        marks = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "code":
            cell.source = HIDDEN.sub("", SOLUTION.sub(stub, cell.source)).rstrip()
            if marks:
                cell.update(outputs=[], execution_count=None)
        elif marks.get("solution"):
            cell.source = place_for_words()

    return numbered(notebook)


def stub(solution: re.Match[str]) -> str:
    """Return what stands in a solution's place, as far to the right as the solution stood."""
    return "\n".join(solution[1] + line for line in place_for_code())


def with_solutions(source: NotebookNode, say: Say = words.say) -> NotebookNode:
    """Return a notebook to read: tasks, solutions and visible tests, without marks for a grader.

    What it says beside the source's own words goes through ``say``: a translated source gives a translated page.
    """
    notebook = copy.deepcopy(source)
    notebook.cells = [cell for cell in notebook.cells if not HIDDEN.search(cell.source)]

    heading = say("Solutions: {title}", title=TITLE.match(notebook.cells[0].source)["title"])
    opening = say(
        "One way to solve each of the [exercises](exercises.ipynb). Where `check` says that yours is right, it is as "
        "good. Values found by hand are those of `practice`."
    )
    notebook.cells[0].source = f"# {heading}\n\n{opening}"

    described = notebook.metadata.myst.html_meta
    described.description = say("One way to solve each exercise. {about}", about=described.description)

    for cell in notebook.cells:
        cell.metadata.pop("nbgrader", None)
        cell.source = PART.sub(r"# \g<label>", MARK.sub("", cell.source)).rstrip()

    return numbered(notebook)


def without_outputs(source: NotebookNode) -> NotebookNode:
    """Return the source as nbgrader wants it: never run."""
    notebook = copy.deepcopy(source)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.update(outputs=[], execution_count=None)
    return notebook


def numbered(notebook: NotebookNode) -> NotebookNode:
    """Number the cells that keep their outputs as one run from the top would."""
    ran = (cell for cell in notebook.cells if cell.cell_type == "code" and cell.execution_count is not None)
    for number, cell in enumerate(ran, start=1):
        cell.execution_count = number
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = number
    return notebook


# What is wrong with a source -----------------------------------------------------------------------------------------


def checked(path: Path) -> NotebookNode:
    """Return a source, refused with all that is wrong with it."""
    notebook = notebooks.read(path)
    if found := [*notebooks.faults(path), *source_faults(notebook)]:
        raise NotebookError("\n".join(f"{shown(path)}: {fault}" for fault in found))
    nbformat.validate(notebook)
    return notebook


def source_faults(notebook: NotebookNode) -> Iterator[str]:
    """Say what keeps a notebook from being a source of exercises."""
    if not notebook.cells[0].source.startswith("# Exercises: "):
        yield "the first line is not '# Exercises: ' and the chapter"
    if sum(cell.source.count(STUDENT) for cell in notebook.cells) != 1:
        yield f"no single line {STUDENT}"

    for title, cells in sections(notebook):
        yield from (f"{title!r} {fault}" for fault in section_faults(cells))

    ids = [marks.grade_id for cell in notebook.cells if (marks := cell.metadata.get("nbgrader"))]
    yield from (f"the grade id {name!r} occurs twice" for name in sorted(set(ids)) if ids.count(name) > 1)

    for cell in notebook.cells:
        yield from (f"cell {cell.id}: {fault}" for fault in cell_faults(cell))


def sections(notebook: NotebookNode) -> Iterator[tuple[str, list[NotebookNode]]]:
    """Yield each exercise: its heading and its cells."""
    starts = [n for n, cell in enumerate(notebook.cells) if cell.cell_type == "markdown" and cell.source[:3] == "## "]
    for start, end in zip(starts, [*starts[1:], len(notebook.cells)], strict=True):
        yield notebook.cells[start].source.splitlines()[0], notebook.cells[start:end]


def section_faults(cells: Sequence[NotebookNode]) -> Iterator[str]:
    """Say what is wrong with one exercise as a whole."""
    stated = EXERCISE.match(cells[0].source)
    if not stated:
        yield "does not begin with number, objective, time and points in the form of the others"
        return

    given = sum(cell.metadata.get("nbgrader", {}).get("points", 0) for cell in cells)
    if given != int(stated["points"]):
        yield f"states {stated['points']} points, and its cells give {given}"


def cell_faults(cell: NotebookNode) -> Iterator[str]:
    """Say what is wrong with one cell."""
    marks = cell.metadata.get("nbgrader", {})
    tags = cell.metadata.get("tags", [])
    if {"skip-execution", "raises-exception"} & set(tags):
        yield "a tag that lets undone work pass"

    if cell.cell_type == "code" and marks.get("solution") and not SOLUTION.search(cell.source):
        yield "no ### BEGIN SOLUTION and ### END SOLUTION"
    if "SOLUTION" in SOLUTION.sub("", cell.source) or ("SOLUTION" in cell.source and not marks.get("solution")):
        yield "a solution's mark without its other, or outside a cell for solutions"

    if "HIDDEN TESTS" in HIDDEN.sub("", cell.source):
        yield "a mark of hidden tests without its other"
    parts = [float(part["points"]) for part in PART.finditer(cell.source)]
    if "### PART" in PART.sub("", cell.source) or (parts and sum(parts) != marks.get("points")):
        yield f"parts that give {sum(parts):g} points, or are not written '### PART points: what it is about'"
    if HIDDEN.search(cell.source):
        if not (marks.get("grade") and marks.get("locked")):
            yield "hidden tests outside a locked cell that is graded"
        if "remove-cell" not in tags or not HIDDEN.sub("", cell.source).startswith("# "):
            yield "a cell of hidden tests begins with a comment, which students see, and has the tag remove-cell"


if __name__ == "__main__":
    sys.exit(main())
