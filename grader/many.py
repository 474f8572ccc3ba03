"""Grade a class: a map of :func:`grade_one` over an executor, that can be ended at any time and goes on from there."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from grader.notebook import NotANotebook, read_file
from grader.one import Result, grade_one, refused
from grader.sandbox import Limits
from grader.submissions import Submission
from jobs.running import Job, run_missing
from jobs.store import Store
from lib.words import language, say

ROOT = Path(__file__).resolve().parents[1]  # of the course, with lib and grader in it


@dataclass
class Class:
    """Where the results of each student are, and who could not be graded."""

    keys: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)


def grade_class(
    source: bytes,
    submissions: Sequence[Submission],
    store: Store,
    executor: Executor,
    limits: Limits = Limits(),  # noqa: B008
    say: Callable[[str], None] = lambda line: print(line, file=sys.stderr, flush=True),
) -> Class:
    """Grade every submission that has no result yet, keep each result as soon as it is there, and say how far it is.

    A submission whose grading itself breaks down, for instance because a machine of a cluster is lost, is named in
    ``failed``, and graded by the next run.
    """
    done = Class()

    def jobs() -> Iterator[Job]:
        for submission, data in with_data(submissions):
            student, numbers = submission.student, submission.numbers or submission.student
            content = data if isinstance(data, bytes) else data.encode()
            key = done.keys[student] = key_of(source, content, student, numbers)
            if isinstance(data, str):
                yield Job(key, student, refused, (source, student, data, language()), in_short)
            else:
                yield Job(key, student, grade_one, (source, data, student, limits, numbers, language()), in_short)

    failures = run_missing(jobs(), len(submissions), store, executor, say)
    for student, key in done.keys.items():
        if key in failures:  # the student loses nothing by it
            done.failed[student] = f"{type(failures[key]).__name__}: {failures[key]}"
    return done


def key_of(source: bytes, submission: bytes, student: str, numbers: str) -> str:
    """Return the name of a result: another for every other source, submission, student, numbers, language, package."""
    digest = hashlib.sha256()
    for part in (source, submission, student.encode(), numbers.encode(), language().encode(), package_digest()):
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()[:32]


@cache
def package_digest() -> bytes:
    """Return a digest of the package, whose operations the right answers come from, and of what it says."""
    digest = hashlib.sha256()
    files = [("lib", "*.py"), ("grader", "*.py"), ("lib/locale", "*.po"), ("locale", "grader.po")]
    for path in (path for folder, names in files for path in sorted((ROOT / folder).rglob(names))):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.digest()


def with_data(submissions: Sequence[Submission]) -> Iterator[tuple[Submission, bytes | str]]:
    """Yield each submission with what its file holds, or with why it was not read."""
    for submission in submissions:
        try:
            nothing = submission.path is None
            yield submission, say("No notebook was handed in.") if nothing else read_file(submission.path)
        except NotANotebook as fault:
            yield submission, str(fault)


def in_short(result: Result) -> str:
    """Return a result on a line."""
    points = sum(cell["points"] or 0 for cell in result["cells"])
    unread = sum(cell["points"] is None for cell in result["cells"])
    return f"{points:g} of {sum(cell['max'] for cell in result['cells']):g} points, {unread} to read"
