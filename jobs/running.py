"""Do what has not been done yet, on any executor, and keep each result as it arrives."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass, field
from typing import Any

from jobs.store import Damaged, Store

WAITING = 256  # jobs at most in memory at once, more than most clusters have processors


def anything(result: Any) -> None:
    """Accept every stored result."""


@dataclass(frozen=True)
class Job:
    """One piece of work.

    Parameters
    ----------
    key, name : str
        What its result is kept under, and what people call it.
    function : callable
        Is called with ``arguments``, on whatever machine, and returns plain data.
    in_words : callable
        Says in short what a result is.
    accept : callable
        Raises :class:`Damaged` if a stored result is not one of this job.
    """

    key: str
    name: str
    function: Callable[..., Any]
    arguments: tuple[Any, ...] = ()
    in_words: Callable[[Any], str] = field(default=str, compare=False)
    accept: Callable[[Any], None] = field(default=anything, compare=False)


def run_missing(
    jobs: Iterable[Job], total: int, store: Store, executor: Executor, report: Callable[[str], None]
) -> dict[str, BaseException]:
    """Do every job that the store has no result of, and store each result as soon as it is there.

    Parameters
    ----------
    jobs : iterable of Job
        Taken one by one, so that few are in memory at once. A job whose result is there is not done again; a damaged
        file is said to be so, and its job is done again.
    total : int
        How many jobs there are, for the reports.
    store : Store
    executor : concurrent.futures.Executor
        Anything with its ``submit``: threads, processes, the executor of a Dask client.
    report : callable
        Takes lines of progress.

    Returns
    -------
    dict
        The errors of the jobs that failed, by key. The results of all others are stored.

    Raises
    ------
    KeyboardInterrupt
        When interrupted. What had arrived is stored; the same call goes on from there.
    """
    running: dict[Future, Job] = {}
    failures: dict[str, BaseException] = {}
    progress = Progress(total, report)

    def settle(most: int) -> None:
        """Keep results until at most so many are outstanding."""
        while len(running) > most:
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                keep(running.pop(future), future)

    def keep(job: Job, future: Future) -> None:
        error = future.exception()
        if error is None:
            result = future.result()
            store.write(job.key, result)
            progress.did(job.name, job.in_words(result))
        else:  # of the work or of the machine: the next run tries again
            failures[job.key] = error
            progress.did(job.name, f"failed: {type(error).__name__}: {error}")

    try:
        for job in jobs:
            if is_done(job, store, report):
                progress.found(job.name)
            else:
                running[executor.submit(job.function, *job.arguments)] = job
                settle(WAITING - 1)
        settle(0)
    except BaseException:  # Ctrl-C above all: let nothing that has arrived be lost, and begin nothing new
        for future in running:
            future.cancel()
        for future, job in running.items():
            if future.done() and not future.cancelled() and future.exception() is None:
                store.write(job.key, future.result())
        raise
    return failures


def is_done(job: Job, store: Store, report: Callable[[str], None]) -> bool:
    """Say whether the store holds the result of a job, and report a file that holds something else."""
    try:
        found = store.read(job.key)
        if found is not None:
            job.accept(found)
    except Damaged as fault:
        report(f"{fault}: this is done again")
        return False
    return found is not None


class Progress:
    """How far the work is, in lines."""

    def __init__(self, total: int, report: Callable[[str], None]) -> None:
        """Begin to count and to measure."""
        self.total, self.report = total, report
        self.started = time.monotonic()
        self.here = self.done = 0  # results that were there before, and jobs that were done

    def found(self, name: str) -> None:
        """Report a result that was there."""
        self.here += 1
        self.report(f"[{self.here + self.done}/{self.total}] {name}: done before")

    def did(self, name: str, outcome: str) -> None:
        """Report a job that was done, and about how long the rest will take."""
        self.done += 1
        ready = self.here + self.done
        left = (time.monotonic() - self.started) / self.done * (self.total - ready)
        self.report(f"[{ready}/{self.total}] {name}: {outcome}; about {clock(left)} left")


def clock(seconds: float) -> str:
    """Return a time as hours, minutes and seconds.

    >>> clock(3725.4)
    '1:02:05'
    """
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"
