"""A folder of results, one file a run: whole or not there, whatever interrupts the study."""

from __future__ import annotations

import json
import math
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

from study.comparison import MEASURES, Configuration


class Damaged(ValueError):
    """A file of results that does not hold the result that its name promises."""


class Store:
    """The results of a study.

    Parameters
    ----------
    folder : path
        Is made if it does not exist.

    Examples
    --------
    >>> import tempfile
    >>> store, run = Store(tempfile.mkdtemp()), Configuration("reconstruction", "unpool", seed=3)
    >>> store.path(run).name
    'reconstruction-unpool-3.json'
    >>> print(store.read(run))
    None
    """

    def __init__(self, folder: str | Path) -> None:
        """Make the folder."""
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)

    def path(self, configuration: Configuration) -> Path:
        """Return where the result of a run belongs."""
        return self.folder / f"{configuration.task}-{configuration.decoder}-{configuration.seed}.json"

    def write(self, result: dict[str, Any]) -> None:
        """Keep a result: written beside its place, then moved there in one step, so that half a file never counts."""
        path = self.path(Configuration(**result["configuration"]))
        aside = path.with_suffix(f".{os.getpid()}.part")
        try:
            with aside.open("w", encoding="utf-8") as opened:
                json.dump(result, opened, indent=1)
                opened.flush()
                os.fsync(opened.fileno())
            aside.replace(path)
        finally:
            aside.unlink(missing_ok=True)

    def read(self, configuration: Configuration) -> dict[str, Any] | None:
        """Return the result of a run, or None if there is none yet.

        Raises
        ------
        Damaged
            If the file is no result, or one of a run with other settings; the message says which.
        """
        path = self.path(configuration)
        try:
            result = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except ValueError:  # no JSON, or no text
            raise Damaged(f"{path.name} is not JSON") from None
        if not isinstance(result, dict) or set(result) != {"configuration", "measured", "environment"}:
            raise Damaged(f"{path.name} does not hold a configuration, what was measured and the environment")
        if result["configuration"] != asdict(configuration):
            raise Damaged(f"{path.name} is of a run with other settings: {result['configuration']}")
        measured = result["measured"]
        if not isinstance(measured, dict) or set(measured) != set(MEASURES[configuration.task]):
            raise Damaged(f"{path.name} lacks some of what a run measures")
        if not all(isinstance(value, int | float) and math.isfinite(value) for value in measured.values()):
            raise Damaged(f"{path.name} holds a value that is no finite number")
        return result
