"""Grade what a class handed in: ``python -m grader grade SOURCE SUBMISSIONS... --out FOLDER``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from grader import pages, records
from grader.many import grade_class
from grader.notebook import NotANotebook, cells_of, model_answers, read_file
from grader.one import language_of
from grader.rosters import Roster, read_roster
from grader.sandbox import SandboxMissing, box, without_box
from grader.submissions import Submission, collect, unmatched
from grader.systems import write_for_systems
from jobs.executors import on_each_worker, workers
from jobs.store import Store, write_text
from lib.words import ENGLISH, languages, say, speaking

FILES = """files in FOLDER:
  feedback/*.html      a page for each student
  summary.html         the class: scores, the tests most missed
  to-read.html         answers in words and code, question by question
  by-hand.csv          write their points and comments here, and run the command again
  grades.csv           all points
  canvas.csv           for import, if the roster is a gradebook exported from Canvas
  moodle.csv           for import, if the roster is a grading worksheet from Moodle
  moodle-feedback.zip  the pages of feedback, for Moodle
  results/             what was graded: run again after an interruption, and only the rest is graded
"""


@dataclass
class Report:
    """What the command says at its end: what is odd, and what to do next."""

    notices: list[str] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status: 1 if some submission could not be graded, 2 if none could."""
    options = parser().parse_args(arguments)
    if options.command == "box":
        return try_boxes(options.scheduler)
    with speaking(options.language or language_in(options.source)):
        return grade(options)


def language_in(source: Path) -> str:
    """Return the language that a source of exercises is in; English, if it cannot be read, which is said elsewhere."""
    try:
        return language_of(cells_of(read_file(source)))
    except NotANotebook:
        return ENGLISH


def try_boxes(scheduler: str | None) -> int:
    """Say where students' code can be run, here or on each worker of a cluster, and return 1 if somewhere it cannot."""
    found = on_each_worker(scheduler, without_box) if scheduler else {"This machine": without_box()}
    for place, why in found.items():
        print(f"{place}: {why or 'a box can be made'}")
    if not found:
        print("The cluster has no workers yet.")
    return 1 if any(found.values()) or not found else 0


def grade(options: argparse.Namespace) -> int:
    """Grade, report, and return the exit status."""
    report = Report()
    try:
        source = read_file(options.source)
        title_of(source)  # refuses what is no source before anything is graded
        roster = read_roster(options.roster, options.id_column) if options.roster else None
        submissions = collect(options.submissions, options.source.stem, roster)
        report.notices += unmatched(submissions, roster)
        records.read_marks(options.out / "by-hand.csv")
        if not options.scheduler:
            box()  # better to hear now than once for each submission
    except (ValueError, OSError, SandboxMissing) as fault:
        print(fault, "Nothing was graded. Mend that, and run the same command again.", sep="\n", file=sys.stderr)
        return 2

    store = Store(options.out / "results")
    try:
        with workers(options.scheduler, options.jobs) as pool:
            graded = grade_class(source, submissions, store, pool)
    except KeyboardInterrupt:
        print("Interrupted. What was graded is kept; run the same command again for the rest.", file=sys.stderr)
        return 130

    results = [store.read(key) for student, key in graded.keys.items() if student not in graded.failed]
    report.notices += [say("{name} was not graded: {why}", name=name, why=why) for name, why in graded.failed.items()]
    if graded.failed:
        report.steps.append("Run the same command again: only those that were not graded are tried.")
    write_report(options, source, results, submissions, roster, report)
    return 1 if graded.failed else 0


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    whole = argparse.ArgumentParser(
        prog="python -m grader",
        description=__doc__,
        epilog="Begin with: python -m grader grade exercises/convolution.ipynb SUBMISSIONS --out graded",
    )

    commands = whole.add_subparsers(dest="command", required=True)
    boxes = commands.add_parser(
        "box", help="say whether students' code can be run here, or on each worker of a cluster"
    )
    boxes.add_argument("--scheduler", metavar="ADDRESS", help="of a Dask cluster")

    grade = commands.add_parser(
        "grade", help="grade notebooks", epilog=FILES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    grade.add_argument("source", type=Path, help="exercises/CHAPTER.ipynb, with solutions and tests")
    grade.add_argument("submissions", type=Path, nargs="+", help="notebooks, or folders with one for each student")
    grade.add_argument(
        "--out", type=Path, required=True, metavar="FOLDER", help="where results go, and are found again"
    )
    grade.add_argument("--roster", type=Path, metavar="CSV", help="who is who: from Canvas, from Moodle, or your own")
    grade.add_argument("--id-column", default="", metavar="NAME", help="the roster's column with the id in notebooks")
    grade.add_argument("--assignment", default="", metavar="NAME", help="Canvas: the assignment, by name or number")
    grade.add_argument(
        "--language",
        choices=[ENGLISH, *languages()],
        help="of the pages; default: that of the source. What this command itself says is English",
    )
    grade.add_argument("--jobs", type=int, metavar="N", help="processes on this machine; default: one a processor")
    grade.add_argument("--scheduler", metavar="ADDRESS", help="use the Dask cluster with this scheduler instead")
    return whole


def title_of(source: bytes) -> str:
    """Return the heading of a source.

    Raises
    ------
    NotANotebook
        If it is no source of exercises.
    """
    cells = cells_of(source)
    first = next((cell.source for cell in cells if cell.kind == "markdown"), "")
    if not any(cell.graded for cell in cells) or not first.startswith("# "):
        raise NotANotebook("The source is not a notebook with a heading and cells that are graded.")
    return first.splitlines()[0].removeprefix("# ")


def write_report(
    options: argparse.Namespace,
    source: bytes,
    results: list[records.Result],
    submissions: list[Submission],
    roster: Roster | None,
    report: Report,
) -> None:
    """Write every page and table anew from the results and the marks given by hand, and say what to do next."""
    folder, title = options.out, title_of(source)
    flags = {each.student: each.flag for each in submissions if each.flag}
    report.notices += [say("{student}: {flag}", student=student, flag=flag) for student, flag in flags.items()]
    flagged = [with_flag(result, flags) for result in results]
    records.write_by_hand(folder / "by-hand.csv", flagged)
    marks = records.read_marks(folder / "by-hand.csv")
    marked = [records.with_marks(result, marks) for result in flagged]

    feedback = {result["student"]: pages.feedback(title, result) for result in marked}
    (folder / "feedback").mkdir(exist_ok=True)
    for student, page in feedback.items():
        write_text(folder / "feedback" / pages.file_name(student), page)
    write_text(folder / "to-read.html", pages.to_read(title, marked, model_answers(cells_of(source))))
    records.write_grades(folder / "grades.csv", marked)
    written = write_for_systems(folder, title, marked, submissions, roster, feedback, options.assignment)
    report.notices += written.notices
    write_text(folder / "summary.html", pages.summary(title, marked, report.notices))

    unread = sum(map(records.unread, marked))
    print(*report.notices, sep="\n", end="\n" if report.notices else "")
    print(f"{len(results)} graded; answers to read: {unread}; see {folder / 'summary.html'}")
    report.steps += reading(folder, marked, roster) + written.steps
    if roster is None:
        report.steps.append(
            "For a file that Canvas or Moodle imports, run it again with --roster and what they export."
        )
    if not unread:
        report.steps.append(f"Give students their pages: {folder / 'feedback'}")
    print("Next:", *(f"  {number}. {step}" for number, step in enumerate(report.steps, 1)), sep="\n")


def with_flag(result: records.Result, flags: dict[str, str]) -> records.Result:
    """Return a result whose notes begin with what is to be said of the notebook's id."""
    flag = flags.get(result["student"])
    return {**result, "notes": [flag, *result["notes"]]} if flag else result


def reading(folder: Path, marked: list[records.Result], roster: Roster | None) -> list[str]:
    """Return what is to be done about answers that nobody has read."""
    waiting = sum(records.unread(result) > 0 for result in marked)
    if not waiting:
        return []
    files = (
        f"Read {folder / 'to-read.html'}, write points into {folder / 'by-hand.csv'}, and run the same command again."
    )
    who = "1 student" if waiting == 1 else f"{waiting} students"
    left_out = f" Until then files to import leave out {who} with unread answers."
    return [files + (left_out if roster and (roster.is_canvas or roster.is_moodle) else "")]


if __name__ == "__main__":
    sys.exit(main())
