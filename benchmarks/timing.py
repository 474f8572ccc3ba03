"""Interleaved timing: in every round each candidate runs once, and only times of one round are compared.

A machine that others use too slows everything down for a while; candidates that take turns slow down together. Time is
that of the processor, not of the clock, so waiting for a turn does not count.
"""

from __future__ import annotations

import contextlib
import ctypes
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

Candidate = Callable[[], object]
SHORTEST = 3e-4  # seconds between two looks at the clock, so that looking costs nothing


@dataclass
class Case:
    """One row of the table."""

    name: str
    prepare: Callable[[], dict[str, Candidate]]  # candidates by name: "ours" and "PyTorch", then others
    must: float | None = None  # None: nothing is asked for
    aim: float | None = None
    unit: str = "ratio"  # or "µs": then must and aim are times
    tolerance: float = 1e-4  # of the largest number, between "ours" and "PyTorch"
    memory: bool = False
    note: str = ""  # what limits it; shown where the case misses


@dataclass
class Result:
    """What was measured in one case: medians over rounds."""

    name: str
    must: float | None
    aim: float | None
    unit: str
    microseconds: dict[str, float]
    ratios: dict[str, float]  # to PyTorch, as medians of the ratios of each round
    rounds: int
    spare_bytes: int | None = None  # peak memory of "ours" beyond its inputs and its result
    note: str = ""
    reached: str = field(init=False)

    def __post_init__(self) -> None:
        """Say which of the two figures is reached, and keep the note only if none is."""
        if self.must is None:
            self.reached = ""
            return
        value = self.microseconds["ours"] if self.unit == "µs" else self.ratios["ours"]
        self.reached = "aim" if value <= self.aim else "yes" if value <= self.must else "no"
        self.note = self.note if self.reached == "no" else ""


def keep_memory() -> None:
    """Let the C library keep freed memory up to 32 MiB a block, for all candidates alike.

    Otherwise it returns a freed result to the system or not, depending on what was freed before, and the candidate that
    happens to get fresh pages pays for them: up to three times the time of a memory-bound operation.
    """
    trim_threshold, mmap_threshold = -1, -3
    with contextlib.suppress(OSError, AttributeError):  # another C library: nothing to set
        ctypes.CDLL(None).mallopt(mmap_threshold, 32 << 20)
        ctypes.CDLL(None).mallopt(trim_threshold, 1 << 30)


def measure(case: Case, seconds: float) -> Result:
    """Run the candidates of a case in turn for about so many seconds of processor time."""
    candidates = case.prepare()
    _compare(case, candidates)

    once = {name: _seconds(run, 1) for name, run in candidates.items()}
    repeats = {name: max(1, int(SHORTEST / max(took, 1e-7))) for name, took in once.items()}
    spent = sum(once[name] * repeats[name] for name in candidates)
    rounds = int(np.clip(seconds / max(spent, 1e-6), 7, 300))

    turns = [{name: _seconds(run, repeats[name]) for name, run in candidates.items()} for _ in range(rounds)]
    times = {name: np.array([turn[name] for turn in turns]) for name in candidates}
    reference = times.get("PyTorch", times["ours"])
    return Result(
        name=case.name,
        must=case.must,
        aim=case.aim,
        unit=case.unit,
        microseconds={name: round(float(np.median(taken)) * 1e6, 2) for name, taken in times.items()},
        ratios={name: round(float(np.median(taken / reference)), 3) for name, taken in times.items()},
        rounds=rounds,
        spare_bytes=_spare_bytes(candidates["ours"]) if case.memory else None,
        note=case.note,
    )


def _seconds(run: Candidate, repeats: int) -> float:
    """Return the processor time of one run, as the mean of some that follow each other."""
    started = time.process_time()
    for _ in range(repeats):
        run()
    return (time.process_time() - started) / repeats


def _spare_bytes(run: Candidate) -> int:
    """Return the peak of memory that a run takes beyond its inputs and its result."""
    tracemalloc.start()
    try:
        result = run()
        _, peak = tracemalloc.get_traced_memory()
        return peak - sum(array.nbytes for array in _arrays(result))
    finally:
        tracemalloc.stop()


def _compare(case: Case, candidates: dict[str, Candidate]) -> None:
    """A fast wrong answer is worth nothing: stop if ours and PyTorch's differ."""
    if "PyTorch" not in candidates:
        return

    for ours, theirs in zip(_arrays(candidates["ours"]()), _arrays(candidates["PyTorch"]()), strict=True):
        error = np.abs(ours.astype(float) - theirs.astype(float)).max()
        if not error <= case.tolerance * max(1.0, np.abs(theirs).max()):
            raise AssertionError(f"{case.name}: results differ by {error}")


def _arrays(result: object) -> list[np.ndarray]:
    parts = result if isinstance(result, (tuple, list)) else [result]
    return [np.asarray(part) for part in parts]
