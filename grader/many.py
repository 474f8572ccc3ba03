"""Grade a class: a map of :func:`grade_one` over an executor, that can be ended at any time and goes on from there."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass, field

from grader.notebook import NotANotebook, read_file
from grader.one import Result, grade_one, refused
from grader.sandbox import Limits
from grader.store import Store, key_of
from grader.submissions import Submission

WAITING = 64  # submissions at most in memory at once


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
    done, started = Class(), time.monotonic()
    running: dict[Future[Result], Submission] = {}

    def settle(most: int) -> None:
        """Keep results until at most so many are outstanding."""
        while len(running) > most:
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                keep(running.pop(future), future)

    def keep(submission: Submission, future: Future[Result]) -> None:
        try:
            result = future.result()
        except Exception as fault:  # of the grader or the machine: the student loses nothing by it
            done.failed[submission.student] = f"{type(fault).__name__}: {fault}"
            report(submission, "not graded: " + done.failed[submission.student])
        else:
            store.write(done.keys[submission.student], result)
            report(submission, in_short(result))

    def report(submission: Submission, words: str) -> None:
        ready = len(done.keys) - len(running)
        say(f"[{ready}/{len(submissions)}] {time.monotonic() - started:5.0f} s  {submission.student}: {words}")

    for submission, data in with_data(submissions):
        key = key_of(source, data if isinstance(data, bytes) else data.encode(), submission.student)
        done.keys[submission.student] = key
        if key in store:
            report(submission, "graded before")
        elif isinstance(data, str):
            store.write(key, refused(source, submission.student, data))
            report(submission, data)
        else:
            running[executor.submit(grade_one, source, data, submission.student, limits)] = submission
            settle(WAITING - 1)
    settle(0)
    return done


def with_data(submissions: Sequence[Submission]) -> Iterator[tuple[Submission, bytes | str]]:
    """Yield each submission with what its file holds, or with why it was not read."""
    for submission in submissions:
        try:
            yield submission, "No notebook was handed in." if submission.path is None else read_file(submission.path)
        except NotANotebook as fault:
            yield submission, str(fault)


def in_short(result: Result) -> str:
    """Return a result on a line."""
    points = sum(cell["points"] or 0 for cell in result["cells"])
    unread = sum(cell["points"] is None for cell in result["cells"])
    return f"{points:g} of {sum(cell['max'] for cell in result['cells']):g} points, {unread} to read"
