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

# The measure by which each task's learning rates were chosen, on validation images.
CHOSEN_BY = {"segmentation": "iou", "reconstruction": "psnr"}


def decoder_study() -> Table:
    """Return the table that ships with the course.

    >>> decoder_study()["settings"]["images"]
    3000
    """
    return json.loads((FOLDER / "decoders.json").read_text(encoding="utf-8"))


def values(table: Table, task: str, measure: str, steps: int) -> dict[str, np.ndarray]:
    """Return what was measured after so many steps, for each decoder one number a seed, in the order of the seeds.

    The seeds are the same for all decoders, so the numbers can be compared in pairs.

    Raises
    ------
    ValueError
        If the table holds no such task or number of steps.

    Examples
    --------
    >>> runs = [{"task": "reconstruction", "decoder": "unpool", "steps": 300, "seed": seed,
    ...          "measured": {"psnr": 18.0 + seed}} for seed in (1, 0)]
    >>> values({"runs": runs}, "reconstruction", "psnr", 300)
    {'unpool': array([18., 19.])}
    """
    found: dict[str, dict[int, float]] = {}
    for run in table["runs"]:
        if run["task"] == task and run["steps"] == steps:
            found.setdefault(run["decoder"], {})[run["seed"]] = run["measured"][measure]
    if not found:
        held = sorted({(run["task"], run["steps"]) for run in table["runs"]})
        raise ValueError(f"task and steps must be among {held}, got {(task, steps)}")
    return {decoder: np.array([by_seed[seed] for seed in sorted(by_seed)]) for decoder, by_seed in found.items()}


def budgets(table: Table, task: str) -> list[int]:
    """Return for how many steps the networks of a task were trained, from few to many.

    >>> budgets(decoder_study(), "segmentation")[0]
    300
    """
    return sorted({run["steps"] for run in table["runs"] if run["task"] == task})


def learning_rates(table: Table) -> dict[tuple[str, str], float]:
    """Return the learning rate of each task and decoder of a table.

    >>> rates = learning_rates(decoder_study())
    >>> set(rates.values()) <= {0.005, 0.01, 0.02, 0.04, 0.08}
    True
    """
    return {(run["task"], run["decoder"]): run["learning_rate"] for run in table["runs"]}


def speed_study() -> Table:
    """Return how long each operation takes beside other libraries: ``environment`` and, for each case, ``results``.

    Times are medians of processor time over rounds in which all take turns, float32, one thread each.

    >>> case = speed_study()["results"][0]
    >>> case["name"], sorted(case["microseconds"])
    ('convolution 8×16×64² → 32, 3×3, stride 1', ['PyTorch', 'ours'])
    """
    return json.loads((FOLDER / "speed.json").read_text(encoding="utf-8"))
