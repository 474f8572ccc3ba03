"""Where the results of a study are kept, and what such a result must hold."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

from jobs.store import Damaged, Store
from study.comparison import MEASURES, Configuration


def key_of(configuration: Configuration) -> str:
    """Return what the result of a run is kept under.

    >>> key_of(Configuration("reconstruction", "unpool", seed=3))
    'reconstruction-unpool-test-steps300-lr0.02-seed3'
    """
    chosen = configuration
    run = f"{chosen.task}-{chosen.decoder}-{chosen.split}"
    return f"{run}-steps{chosen.steps}-lr{chosen.learning_rate:g}-seed{chosen.seed}"


def read(store: Store, configuration: Configuration) -> dict[str, Any] | None:
    """Return the result of a run, or None if there is none yet.

    Raises
    ------
    Damaged
        If the file is no result, or one of a run with other settings; the message says which.
    """
    result = store.read(key_of(configuration))
    if result is not None:
        check_result(result, configuration)
    return result


def read_all(store: Store) -> list[dict[str, Any]]:
    """Return every result of a store, in the order of the files' names.

    Raises
    ------
    Damaged
        If one is no result, or not the one that its file's name promises.
    """
    found = []
    for key in store:
        result = store.read(key)
        if not isinstance(result, dict) or "configuration" not in result:
            raise Damaged(f"{key}.json does not hold a configuration")
        configuration = Configuration(**result["configuration"])
        if key_of(configuration) != key:
            raise Damaged(f"{key}.json is of a run with other settings: {result['configuration']}")
        check_result(result, configuration)
        found.append(result)
    return found


def check_result(result: Any, configuration: Configuration) -> None:
    """Raise Damaged if this is not the result of that run."""
    name = f"{key_of(configuration)}.json"
    if not isinstance(result, dict) or set(result) != {"configuration", "measured", "environment"}:
        raise Damaged(f"{name} does not hold a configuration, what was measured and the environment")
    if result["configuration"] != asdict(configuration):
        raise Damaged(f"{name} is of a run with other settings: {result['configuration']}")

    measured = result["measured"]
    if not isinstance(measured, dict) or set(measured) != set(MEASURES[configuration.task]):
        raise Damaged(f"{name} lacks some of what a run measures")
    if not all(isinstance(value, int | float) and math.isfinite(value) for value in measured.values()):
        raise Damaged(f"{name} holds a value that is no finite number")
