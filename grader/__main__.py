"""Grade what a class handed in: ``python -m grader grade SOURCE SUBMISSIONS... --out FOLDER``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from grader import pages, records
from grader.many import grade_class
from grader.notebook import NotANotebook, cells_of, model_answers, read_file
from grader.sandbox import SandboxMissing, box
from grader.submissions import Submission, collect, unmatched
from jobs.executors import dask_cluster, local_processes
from jobs.store import Store, write_text

FILES = """files in FOLDER:
  feedback/*.html   a page for each student
  summary.html      the class: scores, the tests most missed
  to-read.html      answers in words and code, question by question
  by-hand.csv       write their points and comments here, and run the command again
  grades.csv        all points
  canvas.csv        for import, if the roster is a gradebook exported from Canvas
  moodle.csv        for import, if the roster is a grading worksheet from Moodle
  results/          what was graded: run again after an interruption, and only the rest is graded
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status: 1 if some submission could not be graded, 2 if none could."""
    parser = argparse.ArgumentParser(prog="python -m grader", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    grade = commands.add_parser(
        "grade", help="grade notebooks", epilog=FILES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    grade.add_argument("source", type=Path, help="exercises/CHAPTER.ipynb, with solutions and tests")
    grade.add_argument("submissions", type=Path, nargs="+", help="notebooks, or folders with one for each student")
    grade.add_argument(
        "--out", type=Path, required=True, metavar="FOLDER", help="where results go, and are found again"
    )
    grade.add_argument("--roster", type=Path, metavar="CSV", help="who is who: from Canvas, from Moodle, or your own")
    grade.add_argument("--jobs", type=int, metavar="N", help="processes on this machine; default: one a processor")
    grade.add_argument("--scheduler", metavar="ADDRESS", help="use the Dask cluster with this scheduler instead")
    options = parser.parse_args(arguments)
    try:
        source = read_file(options.source)
        title_of(source)  # refuses what is no source before anything is graded
        submissions = collect(options.submissions, options.source.stem, options.roster)
        notices = unmatched(submissions, options.roster)
        records.read_marks(options.out / "by-hand.csv")
        if not options.scheduler:
            box()  # better to hear now than once for each submission
    except (ValueError, OSError, SandboxMissing) as fault:
        print(fault, file=sys.stderr)
        return 2
    store = Store(options.out / "results")
    executor = dask_cluster(options.scheduler) if options.scheduler else local_processes(options.jobs)
    with executor as pool:
        graded = grade_class(source, submissions, store, pool)
    results = [store.read(key) for student, key in graded.keys.items() if student not in graded.failed]
    notices += [f"{name} was not graded: {why}" for name, why in graded.failed.items()]
    report(options.out, source, results, submissions, notices)
    return 1 if graded.failed else 0


def title_of(source: bytes) -> str:
    """Return the heading of a source.

    Raises
    ------
    NotANotebook
        If it is no source of exercises.
    """
    cells = cells_of(source)
    if not any(cell.graded for cell in cells) or not cells[0].source.startswith("# "):
        raise NotANotebook("The source is not a notebook with a heading and cells that are graded.")
    return cells[0].source.splitlines()[0].removeprefix("# ")


def report(
    folder: Path, source: bytes, results: list[records.Result], submissions: list[Submission], notices: list[str]
) -> None:
    """Write every page and table anew from the results and the marks given by hand."""
    title = title_of(source)
    records.write_by_hand(folder / "by-hand.csv", results)
    marks = records.read_marks(folder / "by-hand.csv")
    marked = [records.with_marks(result, marks) for result in results]
    (folder / "feedback").mkdir(exist_ok=True)
    for result in marked:
        write_text(folder / "feedback" / pages.file_name(result["student"]), pages.feedback(title, result))
    write_text(folder / "to-read.html", pages.to_read(title, marked, model_answers(cells_of(source))))
    write_text(folder / "summary.html", pages.summary(title, marked, notices))
    records.write_grades(folder / "grades.csv", marked)
    written = records.write_for_systems(folder, title, marked, submissions)
    print(*notices, sep="\n", end="\n" if notices else "")
    print(f"{len(results)} graded; answers to read: {sum(map(records.unread, marked))}")
    print(f"See {folder / 'summary.html'}", *(f"and {path}" for path in written))
    waiting = sum(records.unread(result) > 0 for result in marked)
    if waiting and any(each.row for each in submissions):
        print(f"A file to import leaves out {pages.count(waiting, 'student')} whose answers nobody has read yet.")


if __name__ == "__main__":
    sys.exit(main())
