"""What was measured for the course: decoders by ``python -m study``, speed by ``python -m benchmarks``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

Table = dict[str, Any]

FOLDER = Path(__file__).with_name("studies")

# What each task measures, and how the columns of a table are headed.
MEASURES = {
    "segmentation": {
        "iou": "foreground IoU",
        "boundary_iou": "boundary IoU",
        "checkerboard_untrained": "checkerboard energy, untrained",
        "checkerboard_trained": "checkerboard energy, trained",
        "parameters": "parameters",
        "seconds": "processor time to train, s",
    },
    "reconstruction": {
        "psnr": "PSNR, dB",
        "checkerboard_untrained": "checkerboard energy, untrained",
        "checkerboard_trained": "checkerboard energy of the error, trained",
        "parameters": "parameters",
        "seconds": "processor time to train, s",
    },
}


def decoder_study() -> Table:
    """Return the table that ships with the course.

    >>> decoder_study()["settings"]["split"]
    'test'
    """
    return json.loads((FOLDER / "decoders.json").read_text(encoding="utf-8"))


def values(table: Table, task: str, measure: str) -> dict[str, np.ndarray]:
    """Return what was measured, for each decoder one number a seed, in the order of the seeds.

    >>> runs = [{"task": "reconstruction", "decoder": "unpool", "seed": seed, "measured": {"psnr": 18.0 + seed}}
    ...         for seed in (1, 0)]
    >>> values({"runs": runs}, "reconstruction", "psnr")
    {'unpool': array([18., 19.])}
    """
    found: dict[str, dict[int, float]] = {}
    for run in table["runs"]:
        if run["task"] == task:
            found.setdefault(run["decoder"], {})[run["seed"]] = run["measured"][measure]
    if not found:
        raise ValueError(f"task must be one that the table holds, got {task!r}")
    return {decoder: np.array([by_seed[seed] for seed in sorted(by_seed)]) for decoder, by_seed in found.items()}


def wins(measured: dict[str, np.ndarray]) -> dict[str, dict[str, int]]:
    """Return in how many seeds each decoder measured more than each other: between equals, about half of them.

    >>> wins({"one": np.array([3, 3, 3]), "other": np.array([1, 2, 4])})
    {'one': {'other': 2}, 'other': {'one': 1}}
    """
    return {
        one: {other: int((ours > theirs).sum()) for other, theirs in measured.items() if other != one}
        for one, ours in measured.items()
    }


def speed_study() -> Table:
    """Return how long each operation takes beside other libraries: ``environment`` and, for each case, ``results``.

    Times are medians of processor time over rounds in which all take turns, float32, one thread each.

    >>> case = speed_study()["results"][0]
    >>> case["name"], sorted(case["microseconds"])
    ('convolution 8×16×64² → 32, 3×3, stride 1', ['PyTorch', 'ours'])
    """
    return json.loads((FOLDER / "speed.json").read_text(encoding="utf-8"))
