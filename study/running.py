"""Run what has not been run yet, on any executor, and keep each result as it arrives."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future, as_completed
from dataclasses import asdict
from typing import Any

from lib.checks import as_int
from study.comparison import DECODERS, MEASURES, TASKS, Configuration, run_one
from study.store import Damaged, Store

Run = Callable[[dict[str, Any]], dict[str, Any]]


def configurations(seeds: int, decoders: Iterable[str] = DECODERS, **settings: Any) -> list[Configuration]:
    """Return every run of a study: each decoder on each task from each seed, all decoders of a seed together.

    >>> [run.decoder for run in configurations(1, ["unpool", "nearest"])]
    ['unpool', 'unpool', 'nearest', 'nearest']
    """
    kinds, count = list(decoders), as_int(seeds, "seeds", 1)
    return [
        Configuration(task, decoder, seed, **settings) for seed in range(count) for decoder in kinds for task in TASKS
    ]


def run_all(
    wanted: Iterable[Configuration],
    executor: Executor,
    store: Store,
    run: Run = run_one,
    report: Callable[[str], None] = print,
) -> dict[Configuration, BaseException]:
    """Do every run that the store lacks, and store each result as soon as it is there.

    Parameters
    ----------
    wanted : configurations
    executor : concurrent.futures.Executor
        Anything with its ``submit``: threads, processes, the executor of a Dask client.
    store : Store
        Runs that it holds are not done again; a damaged file is said to be so, and its run is done again.
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
    missing = _missing(wanted, store, report)
    failures: dict[Configuration, BaseException] = {}
    arrived: set[Future] = set()
    pending: dict[Future, Configuration] = {}
    started = time.monotonic()

    def keep(future: Future) -> None:
        arrived.add(future)
        configuration = pending[future]
        error = future.exception()
        if error is None:
            store.write(future.result())
            outcome = _in_words(configuration, future.result()["measured"])
        else:
            failures[configuration] = error
            outcome = f"failed: {type(error).__name__}: {error}"
        left = (time.monotonic() - started) / len(arrived) * (len(missing) - len(arrived))
        named = f"{configuration.task}, {configuration.decoder}, seed {configuration.seed}"
        report(f"[{len(arrived)}/{len(missing)}] {named}: {outcome}; about {_clock(left)} left")

    try:
        pending.update((executor.submit(run, asdict(configuration)), configuration) for configuration in missing)
        for future in as_completed(pending):
            keep(future)
    except BaseException:  # Ctrl-C above all: let nothing that has arrived be lost, and begin nothing new
        for future in pending:
            future.cancel()
        for future in pending.keys() - arrived:
            if future.done() and not future.cancelled():
                keep(future)
        raise
    return failures


def _missing(wanted: Iterable[Configuration], store: Store, report: Callable[[str], None]) -> list[Configuration]:
    """Return the runs, each once, that the store does not hold."""
    missing, total = [], 0
    for configuration in dict.fromkeys(wanted):
        total += 1
        try:
            found = store.read(configuration)
        except Damaged as error:
            report(f"{error}: this run is done again")
            found = None
        if found is None:
            missing.append(configuration)
    report(f"{total - len(missing)} of {total} runs are there, {len(missing)} to do")
    return missing


def _in_words(configuration: Configuration, measured: dict[str, float]) -> str:
    """Return the first measure of a task and the time that training took."""
    name, heading = next(iter(MEASURES[configuration.task].items()))
    return f"{heading} {measured[name]:.3f}, trained in {measured['seconds']:.1f} s"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"
