"""Run what has not been run yet, on any executor, and keep each result as it arrives."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from dataclasses import asdict
from typing import Any

from jobs.running import Job, run_missing
from jobs.store import Store
from study.comparison import MEASURES, Configuration, run_one
from study.store import check_result, key_of

Run = Callable[[dict[str, Any]], dict[str, Any]]


def run_all(
    wanted: Iterable[Configuration],
    executor: Executor,
    store: Store,
    run: Run = run_one,
    report: Callable[[str], None] = print,
) -> dict[Configuration, BaseException]:
    """Do every run that the store lacks, each once, and store each result as soon as it is there.

    Parameters
    ----------
    wanted : configurations
    executor : concurrent.futures.Executor
        Anything with its ``submit``: threads, processes, the executor of a Dask client.
    store : Store
    run : callable
        What to do with a configuration, given as a dictionary.
    report : callable
        Takes lines of progress.

    Returns
    -------
    dict
        The runs that failed, each with its error. The others are stored.

    Raises
    ------
    KeyboardInterrupt
        When interrupted. What had arrived is stored; the same call goes on from there.
    """
    jobs = {key_of(configuration): job_of(configuration, run) for configuration in wanted}
    failures = run_missing(jobs.values(), len(jobs), store, executor, report)
    return {Configuration(**jobs[key].arguments[0]): error for key, error in failures.items()}


def job_of(configuration: Configuration, run: Run) -> Job:
    """Return a run as a piece of work."""
    return Job(
        key=key_of(configuration),
        name=f"{configuration.task}, {configuration.decoder}, {configuration.steps} steps, "
        f"rate {configuration.learning_rate:g}, seed {configuration.seed}",
        function=run,
        arguments=(asdict(configuration),),
        in_words=lambda result: in_words(configuration, result["measured"]),
        accept=lambda result: check_result(result, configuration),
    )


def in_words(configuration: Configuration, measured: dict[str, float]) -> str:
    """Return the first measure of a task and the time that training took."""
    name, heading = next(iter(MEASURES[configuration.task].items()))
    return f"{heading} {measured[name]:.3f}, trained in {measured['seconds']:.1f} s"
