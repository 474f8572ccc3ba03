"""Find what was handed in, and whose it is: plain folders, nbgrader's, and what Canvas and Moodle let you download."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

FROM_CANVAS = re.compile(r"[^_]+(?:_LATE)?_(?P<id>\d+)_\d+_.*")  # yogibear_417_90210_exercises.ipynb
FROM_MOODLE = re.compile(
    r".+_(?P<id>\d+)_assignsubmission_(?:file|onlinetext)_?.*"
)  # Yogi Bear_417_assignsubmission_file
IDS = ("student", "SIS Login ID", "Username", "ID number", "Email address")  # columns that students know themselves by


@dataclass(frozen=True)
class Submission:
    """One notebook, and the id of its author; no path if nothing was handed in."""

    student: str
    path: Path | None
    row: dict[str, str] = field(default_factory=dict, compare=False)  # of the roster


def collect(paths: Sequence[Path], chapter: str, roster: Path | None = None) -> list[Submission]:
    """Return the submissions below the paths, in the order of the ids.

    Parameters
    ----------
    paths : sequence of Path
        Notebooks, or folders that hold one notebook or one folder for each student.
    chapter : str
        Which notebook to take where a student's folder has several: the one with that name, or in a folder of it.
    roster : Path or None
        A CSV file that knows students by the names of files: see :func:`read_roster`.

    Raises
    ------
    ValueError
        If there is nothing, two submissions are of one student, or a student's folder holds several candidates.
    """
    rows = read_roster(roster) if roster else {}
    found = []
    for path in paths:
        if not path.exists() and not path.is_symlink():
            raise ValueError(f"{path}: there is no such file or folder")
        entries = sorted(path.iterdir()) if path.is_dir() and not path.is_symlink() else [path]
        for entry in entries:
            if entry.name.startswith(".") or (entry.is_file() and entry.suffix != ".ipynb"):
                continue
            key = key_of(entry)
            row = rows.get(key.casefold(), {})
            found.append(Submission(id_in(row) or key, notebook_in(entry, chapter), row))
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
    return sorted(found, key=lambda each: each.student.casefold())


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


def read_roster(path: Path) -> dict[str, dict[str, str]]:
    """Return the rows of a roster by every value in them, and by the number in Moodle's ``Participant 417``.

    A roster is the gradebook exported from Canvas, the grading worksheet from Moodle, or any CSV file with a column
    ``student`` and one with the name of the file or folder that was handed in.

    Raises
    ------
    ValueError
        If no column is one of those that hold ids.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        if not set(IDS) & set(reader.fieldnames or ()):
            raise ValueError(f"{path}: a roster needs one of the columns {', '.join(IDS)}; it has {reader.fieldnames}")
        rows = [{key: value or "" for key, value in row.items() if key} for row in reader]
    found: dict[str, dict[str, str]] = {}
    for row in rows:
        for value in row.values():
            keys = {value.strip(), value.strip().removeprefix("Participant "), key_of(Path(value.strip() or "."))}
            for key in keys - {"", "."}:
                found.setdefault(key.casefold(), row)
    return found


def unmatched(submissions: Sequence[Submission], roster: Path | None) -> list[str]:
    """Return in sentences whom a roster and the submissions do not have in common."""
    if roster is None:
        return []
    strangers = [each.student for each in submissions if not each.row]
    listed = {id_ for row in read_roster(roster).values() if (id_ := id_in(row))}
    absent = sorted(listed - {id_in(each.row) for each in submissions}, key=str.casefold)
    said = []
    if strangers:
        said.append(f"Not on the roster, so known by the names of their files: {', '.join(strangers)}.")
    if absent:
        said.append(f"On the roster, but nothing was handed in: {', '.join(absent)}.")
    return said


def id_in(row: dict[str, str]) -> str:
    """Return the id that a student knows, from a row of the roster."""
    return next((row[name].strip() for name in IDS if row.get(name, "").strip()), "")
