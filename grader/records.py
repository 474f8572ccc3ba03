"""Marks as tables: what a person adds by hand, and all points of the class."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from grader.one import Result
from jobs.store import write_text

PERCENT = "percent of what is read"  # answers that nobody has read count neither for nor against
BY_HAND = ("student", "cell", "max", "points", "comment")
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what makes a spreadsheet run a cell

Marks = dict[tuple[str, str], tuple[float, str]]


def read_marks(path: Path) -> Marks:
    """Return the points and comments that somebody wrote into ``by-hand.csv``, by student and cell.

    Raises
    ------
    ValueError
        If a row has no number, or one that is negative or above the maximum.
    """
    marks: Marks = {}
    if not path.is_file():
        return marks

    with path.open(encoding="utf-8-sig", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            if not (row.get("points") or "").strip():
                continue
            try:
                points, most = float(row["points"].replace(",", ".")), float(row["max"])
            except (ValueError, KeyError) as fault:
                raise ValueError(
                    f"{path}, line {number}: points must be a number, got {row.get('points')!r}"
                ) from fault

            if not 0 <= points <= most:
                raise ValueError(f"{path}, line {number}: points must be from 0 to {most:g}, got {points:g}")
            student = row["student"].removeprefix("'")
            marks[student.casefold(), row["cell"]] = points, (row.get("comment") or "").strip()
    return marks


def with_marks(result: Result, marks: Marks) -> Result:
    """Return a result in which the cells that somebody has read have their points and comments."""
    cells = []
    for cell in result["cells"]:
        mark = marks.get((result["student"].casefold(), cell["name"])) if cell["answer"] else None
        cells.append(cell if mark is None else {**cell, "points": mark[0], "said": mark[1]})
    return {**result, "cells": cells}


def total(result: Result) -> float:
    """Return the points that are certain so far."""
    return sum(cell["points"] or 0.0 for cell in result["cells"])


def most(result: Result) -> float:
    """Return the points that there are."""
    return sum(cell["max"] for cell in result["cells"])


def read(result: Result) -> float:
    """Return the points that there are for what has been read or tested."""
    return sum(cell["max"] for cell in result["cells"] if cell["points"] is not None)


def percent(result: Result) -> str:
    """Return the share of the points, of what has been read or tested alone.

    >>> percent({"cells": [{"max": 4, "points": 3}, {"max": 4, "points": None}]})
    '75.0'
    """
    return f"{100 * total(result) / read(result):.1f}" if read(result) else ""


def unread(result: Result) -> int:
    """Return how many answers nobody has marked yet."""
    return sum(cell["points"] is None for cell in result["cells"])


def write_by_hand(path: Path, results: Iterable[Result]) -> None:
    """Write the table in which answers that are read get their points; what stands in it already is kept."""
    marks = read_marks(path)
    rows = []
    for result in results:
        for cell in result["cells"]:
            if cell["answer"]:
                points, comment = marks.get((result["student"].casefold(), cell["name"]), ("", ""))
                rows.append([result["student"], cell["name"], f"{cell['max']:g}", points, comment])
    write_table(path, BY_HAND, rows)


def write_grades(path: Path, results: Iterable[Result]) -> None:
    """Write ``grades.csv``: a row a student, and a column for each graded cell; empty where nobody has read yet."""
    rows, names = [], []

    for result in results:
        names = [cell["name"] for cell in result["cells"]]
        points = ["" if cell["points"] is None else f"{cell['points']:g}" for cell in result["cells"]]
        notes = " ".join(result["notes"])
        rows.append(
            [
                result["student"],
                f"{total(result):g}",
                f"{most(result):g}",
                percent(result),
                unread(result),
                *points,
                notes,
            ]
        )
    write_table(path, ("student", "points", "max", PERCENT, "to read", *names, "notes"), rows)


def write_table(path: Path, head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a CSV file that no spreadsheet takes for a program."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(head)
    writer.writerows([[harmless(value) for value in row] for row in rows])
    write_text(path, file.getvalue())


def harmless(value: object) -> object:
    """Return a value such that a spreadsheet shows it and does not compute it.

    >>> harmless('=1+1'), harmless('ada'), harmless(-2), harmless('-')  # Moodle's sign for no date
    ("'=1+1", 'ada', -2, '-')
    """
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) and value != "-" else value
