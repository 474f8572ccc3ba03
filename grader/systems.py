"""Files that learning-management systems take in: what they gave, with the marks filled in.

Canvas matches a column to an assignment by the number in its heading, ``Exercises (123)``, and takes every column it
does not know for a new assignment. Moodle refuses a worksheet that lacks one of its columns. So both get back exactly
the columns and the order in which they exported them.

Sources: Canvas LMS, ``lib/gradebook_importer.rb``; Moodle, ``mod/assign/feedback/offline/importgradeslib.php`` and
``mod/assign/feedback/file/importziplib.php``.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from grader.one import Result
from grader.records import most, total, unread, write_table
from grader.rosters import PARTICIPANT, Roster, Row
from grader.submissions import Submission
from jobs.store import write_bytes
from lib.words import say

CANVAS_STUDENT = (
    "Student", "LastName", "FirstName", "ID", "SIS User ID", "SIS Login ID", "Integration ID", "Root Account", "Section"
)  # fmt: skip
ASSIGNMENT = re.compile(r"(?P<name>.+) \((?P<id>\d+)\)")
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # so that the same feedback packs to the same bytes


@dataclass
class Written:
    """Which files were written for a system, what to do with each, and what is odd about them."""

    steps: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


def write_for_systems(
    folder: Path,
    title: str,
    results: Iterable[Result],
    submissions: Sequence[Submission],
    roster: Roster | None,
    pages: Mapping[str, str],
    assignment: str = "",
) -> Written:
    """Write the files that Canvas or Moodle takes in, for the students that the roster knows.

    Students with unread answers are left out, so that no half of a mark is taken for a whole one.

    Parameters
    ----------
    folder : Path
    title : str
        Of the exercises.
    results, submissions
        Of the class.
    roster : Roster or None
        What the system exported.
    pages : mapping
        Each student's page of feedback.
    assignment : str
        Name or number of the assignment in Canvas, if the gradebook has several.
    """
    rows = {each.student: each.row for each in submissions if each.row}
    ready = [(rows[each["student"]], each) for each in results if each["student"] in rows and not unread(each)]
    written = Written()
    if roster is None or not ready:
        return written
    if roster.is_canvas:
        write_canvas(folder, title, ready, roster, assignment, written)
    elif roster.is_moodle:
        write_moodle(folder, ready, roster, pages, written)
    return written


def write_canvas(
    folder: Path, title: str, ready: list[tuple[Row, Result]], roster: Roster, assignment: str, written: Written
) -> None:
    """Write ``canvas.csv``: the columns on students, one assignment as it is called there, and its points possible."""
    try:
        column = assignment_column(roster, title, assignment)
    except ValueError as fault:
        written.notices.append(say("canvas.csv was not written: {fault}", fault=fault))
        return
    head = [name for name in CANVAS_STUDENT if name in roster.columns]
    stated = roster.points_possible.get(column, "")
    possible = most(ready[0][1])
    if stated and number_in(stated) != possible:
        written.notices.append(
            say(
                "In Canvas {column} has {stated} points possible, and the exercises have {possible}: change one.",
                column=repr(column),
                stated=stated,
                possible=f"{possible:g}",
            )
        )

    about = [*(roster.points_possible.get(name, "") for name in head[1:]), stated or f"{possible:g}"]
    table: list[Sequence[object]] = [["    Points Possible", *about]]
    for row, result in ready:
        if row.get(column, "").strip().upper() == "EX":
            written.notices.append(say("{student} is excused in Canvas, and stays so.", student=result["student"]))
            table.append([*(row[name] for name in head), "EX"])
        else:
            table.append([*(row[name] for name in head), f"{total(result):g}"])
    write_table(folder / "canvas.csv", [*head, column], table)
    written.steps.append(f"In Canvas, Grades, Import: {folder / 'canvas.csv'}")


def assignment_column(roster: Roster, title: str, wanted: str) -> str:
    """Return the heading of the assignment in a gradebook that Canvas exported.

    Raises
    ------
    ValueError
        If it is not clear which one is meant.
    """
    after = roster.columns[roster.columns.index("Section") + 1 :]
    found = {name: match for name in after if (match := ASSIGNMENT.fullmatch(name))}
    meant = (wanted or title).strip().casefold()
    fitting = [
        name for name, match in found.items() if meant in {name.casefold(), match["name"].casefold(), match["id"]}
    ]

    if not fitting and not wanted:
        fitting = list(found) or [title]  # the only one; or a new one, which Canvas asks about
    if len(fitting) == 1:
        return fitting[0]
    listed = ", ".join(repr(name) for name in found) or "none"
    said = f"the gradebook has no assignment {wanted!r}" if wanted else "it is not clear which assignment is meant"
    raise ValueError(f"{said}; choose one with --assignment. There are: {listed}.")


def write_moodle(
    folder: Path, ready: list[tuple[Row, Result]], roster: Roster, pages: Mapping[str, str], written: Written
) -> None:
    """Write ``moodle.csv``, the worksheet with marks and comments, and ``moodle-feedback.zip`` with a page for each."""
    table = []
    for row, result in ready:
        highest = row.get("Maximum Grade") or row.get("Maximum grade") or ""
        grade = f"{total(result):g}"
        filled = {"Grade": grade.replace(".", ",") if "," in highest else grade}
        if "Feedback comments" in roster.columns:
            filled["Feedback comments"] = comments(result)
        table.append([{**row, **filled}.get(name, "") for name in roster.columns])
        if highest and number_in(highest) != most(result):
            said = say(
                "In Moodle the maximum grade is {highest}, and the exercises have {possible} points: change one.",
                highest=highest,
                possible=f"{most(result):g}",
            )
            written.notices += [said] if said not in written.notices else []

    if "Last modified (grade)" not in roster.columns:
        written.notices.append(
            say(
                "The worksheet lacks the column 'Last modified (grade)', without which Moodle refuses it: download it "
                "with Moodle set to English."
            )
        )

    write_table(folder / "moodle.csv", roster.columns, table)
    write_bytes(folder / "moodle-feedback.zip", packed(ready, pages))
    written.steps += [
        f"In Moodle, the assignment's Submissions, Upload grading worksheet: {folder / 'moodle.csv'}",
        f"There too, Upload multiple feedback files in a zip: {folder / 'moodle-feedback.zip'}",
    ]


def packed(ready: list[tuple[Row, Result]], pages: Mapping[str, str]) -> bytes:
    """Return a zip in which each student's page lies in the folder that Moodle gave the submission.

    Its name is ``full name_number_assignsubmission_file``. Moodle reads the number after the first underscore, so the
    name before it must have none.
    """
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for row, result in ready:
            identifier = PARTICIPANT.fullmatch(row["Identifier"].strip())
            if identifier is None:
                continue
            name = re.sub(r'[_/\\\\:*?"<>|]+', " ", row.get("Full name", "")).strip() or "student"
            entry = zipfile.ZipInfo(f"{name}_{identifier['id']}_assignsubmission_file/feedback.html", LONG_AGO)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, pages[result["student"]])
    return file.getvalue()


def comments(result: Result) -> str:
    """Return in a line what each part earned and what was said of it, as the HTML that Moodle takes."""
    parts = [
        say(
            "{exercise}: {points} of {most}. {said}",
            exercise=cell["exercise"],
            points=f"{cell['points']:g}",
            most=f"{cell['max']:g}",
            said=cell["said"],
        )
        for cell in result["cells"]
    ]
    return escape(" ".join(part.strip() for part in parts), quote=False)


def number_in(text: str) -> float | None:
    """Return a number as a system wrote it, with a point or a comma; None if it is none.

    >>> number_in("100,00"), number_in("(read only)")
    (100.0, None)
    """
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return None
