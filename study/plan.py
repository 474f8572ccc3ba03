"""What a whole study consists of: learning rates tried on validation images, then every budget on test images."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from lib.checks import as_int
from lib.data.studies import CHOSEN_BY
from study.comparison import DECODERS, TASKS, Configuration

BUDGETS = (300, 1000, 3000)  # steps
RATES = (0.005, 0.01, 0.02, 0.04, 0.08)
SWEEP_STEPS = 300
SWEEP_SEEDS = (100, 101)  # none that the study itself begins from

Rates = dict[tuple[str, str], float]  # for each task and decoder


def configurations(
    seeds: int | Iterable[int], decoders: Iterable[str] = DECODERS, tasks: Iterable[str] = TASKS, **settings: Any
) -> list[Configuration]:
    """Return a run of each decoder on each task from each seed, all decoders of a seed together.

    >>> [run.decoder for run in configurations(1, ["unpool", "nearest"])]
    ['unpool', 'unpool', 'nearest', 'nearest']
    """
    kinds, chosen = list(decoders), list(tasks)
    numbers = range(as_int(seeds, "seeds", 1)) if isinstance(seeds, int) else seeds
    return [Configuration(task, decoder, seed, **settings) for seed in numbers for decoder in kinds for task in chosen]


def sweep(decoders: Iterable[str], rates: Iterable[float] = RATES, **settings: Any) -> list[Configuration]:
    """Return the runs that learning rates are chosen by: each rate for each decoder, on validation images.

    >>> {(run.split, run.learning_rate) for run in sweep(["unpool"], [0.01])}
    {('validation', 0.01)}
    """
    kinds = list(decoders)
    settings = {"split": "validation", "steps": SWEEP_STEPS, **settings}
    return [run for rate in rates for run in configurations(SWEEP_SEEDS, kinds, learning_rate=rate, **settings)]


def best_rates(results: Iterable[Mapping[str, Any]]) -> Rates:
    """Return for each task and decoder the learning rate of the best mean score over the seeds of a sweep.

    Parameters
    ----------
    results : iterable
        What :func:`run_one` returned for a whole sweep.
    """
    scores: dict[tuple[str, str], dict[float, list[float]]] = {}
    for result in results:
        chosen = result["configuration"]
        by_rate = scores.setdefault((chosen["task"], chosen["decoder"]), {})
        by_rate.setdefault(chosen["learning_rate"], []).append(result["measured"][CHOSEN_BY[chosen["task"]]])

    return {pair: max(by_rate, key=lambda rate: np.mean(by_rate[rate])) for pair, by_rate in scores.items()}


def at_best_rates(runs: Iterable[Configuration], rates: Rates) -> list[Configuration]:
    """Return the runs, each with the learning rate that was chosen for its task and decoder.

    >>> chosen = {(task, "unpool"): 0.01 for task in TASKS}
    >>> {run.learning_rate for run in at_best_rates(configurations(1, ["unpool"]), chosen)}
    {0.01}
    """
    return [replace(run, learning_rate=rates[run.task, run.decoder]) for run in runs]
