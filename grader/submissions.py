"""Find what was handed in, and whose it is: plain folders, nbgrader's, and what Canvas and Moodle let you download."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from grader.notebook import NotANotebook, cells_of, declared_id, read_file, same_id
from grader.rosters import Roster, Row
from lib.words import say

FROM_CANVAS = re.compile(r"[^_]+(?:_LATE)?_(?P<id>\d+)_\d+_.*")  # yogibear_417_90210_exercises.ipynb
FROM_MOODLE = re.compile(
    r".+_(?P<id>\d+)_assignsubmission_(?:file|onlinetext)_?.*"
)  # Yogi Bear_417_assignsubmission_file
PRACTICE = "practice"  # whose answers the solutions page shows


@dataclass(frozen=True)
class Submission:
    """One notebook and whose it is; no path if nothing was handed in."""

    student: str  # by what the class knows its author
    path: Path | None
    row: Row = field(default_factory=dict, compare=False)  # of the roster
    declared: str | None = None  # the id that the notebook gives itself
    numbers: str = ""  # the id whose numbers count, if it is not ``student``
    flag: str = ""  # what to say where the two ids differ


def collect(paths: Sequence[Path], chapter: str, roster: Roster | None = None) -> list[Submission]:
    """Return the submissions below the paths, in the order of the ids.

    Parameters
    ----------
    paths : sequence of Path
        Notebooks, or folders that hold one notebook or one folder for each student.
    chapter : str
        Which notebook to take where a student's folder has several: the one with that name, or in a folder of it.
    roster : Roster or None
        Knows students by the names of files.

    Raises
    ------
    ValueError
        If there is nothing, two submissions are of one student, or a student's folder holds several candidates.
    """
    found = []
    for path in paths:
        if not path.exists() and not path.is_symlink():
            raise ValueError(f"{path}: there is no such file or folder")
        entries = sorted(path.iterdir()) if path.is_dir() and not path.is_symlink() else [path]
        for entry in entries:
            if entry.name.startswith(".") or (entry.is_file() and entry.suffix != ".ipynb"):
                continue
            key, notebook = key_of(entry), notebook_in(entry, chapter)
            row = roster.row_of(key) if roster else {}
            student = roster.id_in(row) if roster and row else ""
            found.append(Submission(student or key, notebook, row, declared_in(notebook)))

    by_student: dict[str, list[Submission]] = {}
    for each in found:
        by_student.setdefault(each.student.strip().casefold(), []).append(each)
    twice = [
        f"{each[0].student}: {', '.join(str(one.path) for one in each)}" for each in by_student.values() if each[1:]
    ]
    if twice:
        raise ValueError("two submissions of one student; keep one of them: " + "; ".join(twice))
    if not found:
        raise ValueError(f"no notebooks in {', '.join(map(str, paths))}")

    ordered = sorted(found, key=lambda each: each.student.casefold())
    return [with_numbers(each, ordered, roster) for each in ordered]


# Whose numbers count -------------------------------------------------------------------------------------------------


def with_numbers(mine: Submission, everybody: Sequence[Submission], roster: Roster | None) -> Submission:
    """Return a submission with the id whose numbers count: the notebook's own, if nothing speaks against it.

    What speaks against it is said in ``flag``, and then the id counts under which the notebook was handed in.
    """
    if mine.declared is None or same_id(mine.declared, mine.student):
        return replace(mine, numbers=mine.student)
    shown = f"{mine.declared[:40]!r}"
    if why := objection(mine, everybody, roster):
        said = say("The notebook's own id {id} did not count: {why}.", id=shown, why=why)
        return replace(mine, numbers=mine.student, flag=said)
    said = say("The notebook gives its id as {id}, and was graded with the numbers of that id.", id=shown)
    return replace(mine, numbers=mine.declared.strip(), flag=said)


def objection(mine: Submission, everybody: Sequence[Submission], roster: Roster | None) -> str:
    """Say why the id that a notebook gives itself must not count, or return an empty string."""
    declared = str(mine.declared)
    if same_id(declared, PRACTICE):
        return say("its answers are on the page of solutions")
    for other in everybody:
        if other is not mine and same_id(declared, other.student):
            return say("another student handed in under it")
        if other is not mine and other.declared is not None and same_id(declared, other.declared):
            return say("another notebook gives itself the same one")

    if roster is None:
        return ""
    if not mine.row:
        return say("the roster does not know who handed this in")
    if declared.strip().casefold() in roster.ids_of(mine.row):
        return ""
    others = any(declared.strip().casefold() in roster.ids_of(row) for row in roster.rows if row is not mine.row)
    return say("on the roster it is somebody else's") if others else say("the roster does not have it")


def declared_in(path: Path | None) -> str | None:
    """Return the id that a notebook gives itself, or None if it does not say or cannot be read."""
    try:
        return declared_id([cell for cell in cells_of(read_file(path)) if cell.kind == "code"]) if path else None
    except NotANotebook:  # the grader says so to its author
        return None


def unmatched(submissions: Sequence[Submission], roster: Roster | None) -> list[str]:
    """Return in sentences whom a roster and the submissions do not have in common."""
    if roster is None:
        return []
    strangers = [each.student for each in submissions if not each.row]
    listed = {id_ for row in roster.rows if (id_ := roster.id_in(row))}
    absent = sorted(listed - {roster.id_in(each.row) for each in submissions}, key=str.casefold)
    said = []
    if strangers:
        names = say(", ").join(strangers)
        said.append(say("Not on the roster, so known by the names of their files: {names}.", names=names))
    if absent:
        names = say(", ").join(absent)
        said.append(say("On the roster, but nothing was handed in: {names}.", names=names))
    return said


# Where a notebook is -------------------------------------------------------------------------------------------------


def key_of(path: Path) -> str:
    """Return whom a file or folder belongs to: a number that Canvas or Moodle put into its name, or the name.

    >>> [key_of(Path(name)) for name in ('ada.ipynb', 'bearyogi_417_90210_x.ipynb', 'Y B_417_assignsubmission_file')]
    ['ada', '417', '417']
    """
    name = path.stem if path.suffix == ".ipynb" else path.name
    for pattern in (FROM_MOODLE, FROM_CANVAS):
        if match := pattern.fullmatch(name):
            return match["id"]
    return name


def notebook_in(path: Path, chapter: str) -> Path | None:
    """Return the notebook of one student's file or folder. A link is returned as it is: the reader refuses it."""
    if path.is_symlink() or not path.is_dir():
        return path
    found = sorted(below(path))
    named = [each for each in found if each.parent.name == chapter and each.name == "exercises.ipynb"]  # as in nbgrader
    usual = (chapter, f"exercises-{chapter}")  # the second is what the site's download is called
    found = named or [each for each in found if each.parent.name == chapter or each.stem in usual] or found
    if len(found) > 1:
        raise ValueError(f"{path}: several notebooks, and not one of them is exercises-{chapter}.ipynb")
    return found[0] if found else None


def below(folder: Path) -> Iterator[Path]:
    """Yield the notebooks below a folder, following no link and no editor's copies."""
    for entry in folder.iterdir():
        if entry.name.startswith("."):
            continue
        if entry.is_dir() and not entry.is_symlink():
            yield from below(entry)
        elif entry.suffix == ".ipynb":
            yield entry
