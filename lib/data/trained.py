"""Weights of the course's own networks, trained for longer than a page has time for by ``python -m study.train``."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lib.data.files import read_arrays, unchanged_bytes

FOLDER = Path(__file__).with_name("trained")


@dataclass(frozen=True)
class Training:
    """How a network was trained, and what it then scored.

    Attributes
    ----------
    steps : int
    learning_rate : float
    losses : dict
        ``step`` and ``loss`` of a curve, for the first seed: means over stretches that end at these steps.
    scores : dict
        For each score one number a seed; the weights that ship are those of the first seed, 0.
    environment : dict
        Date and versions of what it was computed with.
    file, sha256 : str
        The file with the weights and its checksum.
    """

    steps: int
    learning_rate: float
    losses: dict[str, list[float]]
    scores: dict[str, list[float]]
    environment: dict[str, str]
    file: str
    sha256: str


def trainings() -> dict[str, Training]:
    """Return how each network was trained, by name.

    >>> trainings()["super-resolution"].steps
    2000
    """
    records = json.loads((FOLDER / "records.json").read_text(encoding="utf-8"))
    return {name: Training(**record) for name, record in records.items()}


def trained_weights(name: str) -> dict[str, np.ndarray]:
    """Return the weights of a network by name, as :meth:`lib.learn.Module.load_state_dict` takes them.

    Parameters
    ----------
    name : str
        One of :func:`trainings`.

    Returns
    -------
    dict of float32 arrays

    Raises
    ------
    ValueError
        If no weights have that name, or their file is not the one that was written with the record.

    Examples
    --------
    >>> from lib.learn import SuperResolution
    >>> network = SuperResolution(channels=32)
    >>> network.load_state_dict(trained_weights("super-resolution"))
    """
    shipped = trainings()
    if name not in shipped:
        raise ValueError(f"name must be one of {sorted(shipped)}, got {name!r}")
    record = shipped[name]
    return state(unchanged_bytes(name, FOLDER / record.file, record.sha256, "written"))


def state(contents: bytes) -> dict[str, np.ndarray]:
    """Return the arrays of an ``.npz`` file of half-precision numbers, as float32."""
    return {member: array.astype(np.float32) for member, array in read_arrays(contents).items()}
