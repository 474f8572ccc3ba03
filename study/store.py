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
    'reconstruction-unpool-3'
    """
    return f"{configuration.task}-{configuration.decoder}-{configuration.seed}"


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
