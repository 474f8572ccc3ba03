"""Who is in the class: the gradebook that Canvas exports, the grading worksheet of Moodle, or a table of one's own.

A roster is kept as it was read, column by column, because Canvas and Moodle take back what they gave and refuse or
misread anything else: see :mod:`grader.systems`.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.notebook import same_id

IDS = ("student", "SIS Login ID", "Username", "ID number", "Email address")  # columns that students know themselves by
IDENTITY = (*IDS, "ID", "SIS User ID", "Integration ID")  # columns whose value is one student's alone
NO_STUDENT = "Points Possible"  # in the first cell of the row in which Canvas states them
PARTICIPANT = re.compile(r"\D*(?P<id>\d+)")  # Moodle's Identifier: "Participant 417", in whatever language

Row = dict[str, str]


@dataclass(frozen=True)
class Roster:
    """A table of students."""

    path: Path
    columns: tuple[str, ...]
    rows: tuple[Row, ...]  # of students, and no other rows
    points_possible: Row  # Canvas's own row; empty in any other table
    delimiter: str = ","
    id_column: str = ""

    @property
    def is_canvas(self) -> bool:
        """Say whether Canvas exported it."""
        return self.columns[:1] in {("Student",), ("LastName",)} and "ID" in self.columns and "Section" in self.columns

    @property
    def is_moodle(self) -> bool:
        """Say whether it is a grading worksheet from Moodle."""
        return {"Identifier", "Grade"} <= set(self.columns)

    def id_in(self, row: Row) -> str:
        """Return the id that a student knows: of the column chosen, or of the first that has one."""
        columns = (self.id_column,) if self.id_column else IDS
        return next((row[name].strip() for name in columns if row.get(name, "").strip()), "")

    def ids_of(self, row: Row) -> set[str]:
        """Return everything that a student may have taken for the id, an e-mail address also without its host."""
        values = {row.get(name, "").strip() for name in (*IDENTITY, self.id_column)}
        return {value.casefold() for each in values for value in (each, each.partition("@")[0]) if value}

    def row_of(self, key: str) -> Row:
        """Return the row that has a value, such as the number that Canvas or Moodle put into a file's name; or {}."""
        wanted = key.strip().casefold()
        kinds = (self.identity_of, self.ids_of, lambda row: {value.strip().casefold() for value in row.values()})
        for values_of in kinds:  # a number among the grades must not be taken for an id
            for row in self.rows:
                if wanted in values_of(row) - {""}:
                    return row
        # A table of one's own may name the file or folder with its ending.
        return next((row for row in self.rows if any(same_id(Path(value).stem, key) for value in row.values())), {})

    def identity_of(self, row: Row) -> set[str]:
        """Return what the system itself knows a student by: Canvas's number, or Moodle's of the participant."""
        identifier = PARTICIPANT.fullmatch(row.get("Identifier", "").strip())
        return {row.get("ID", "").strip(), identifier["id"] if identifier else ""} - {""}


def read_roster(path: Path, id_column: str = "") -> Roster:
    """Return a roster from a CSV file, in which commas or semicolons part the columns.

    Parameters
    ----------
    path : Path
    id_column : str
        The column with the id that students write into their notebooks; if empty, the first of :data:`IDS` that has a
        value, student by student.

    Raises
    ------
    ValueError
        If no column is one of those that hold ids, ``id_column`` is none of the file's, or two students share an id.
    """
    text = path.read_text(encoding="utf-8-sig")
    head = text.partition("\n")[0]
    delimiter = ";" if head.count(";") > head.count(",") else ","
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    columns = tuple(reader.fieldnames or ())
    if id_column and id_column not in columns:
        raise ValueError(f"--id-column must be one of {path}'s columns, {', '.join(columns)}; got {id_column!r}")
    if not (id_column or set(IDS) & set(columns)):
        raise ValueError(
            f"{path}: a roster needs one of the columns {', '.join(IDS)}, or --id-column; it has {columns}"
        )

    rows = [{key: value or "" for key, value in row.items() if key} for row in reader]
    stated = next((row for row in rows if NO_STUDENT in row[columns[0]]), {})
    people = tuple(row for row in rows if row is not stated and is_student(row, columns))
    roster = Roster(path, columns, people, stated, delimiter, id_column)
    check_ids(roster)
    return roster


def is_student(row: Row, columns: Sequence[str]) -> bool:
    """Say whether a row is a student's: Canvas has a row of remarks on hidden columns, and one for its test student."""
    about = [row.get(name, "").strip() for name in (columns[0], *IDENTITY)]
    return any(about) and row.get("Student", "").strip() != "Student, Test"


def check_ids(roster: Roster) -> None:
    """Raise ValueError if two students of a roster have one id."""
    seen: dict[str, Row] = {}
    for row in roster.rows:
        id_ = roster.id_in(row).casefold()
        if id_ and id_ in seen:
            column = roster.id_column or next(name for name in IDS if row.get(name, "").strip())
            raise ValueError(
                f"{roster.path}: two students have the id {roster.id_in(row)!r} in the column {column!r}; choose "
                "another one with --id-column"
            )
        seen[id_] = row
