"""The table of a run, as JSON for programs and Markdown for readers."""

from __future__ import annotations

import ctypes
import dataclasses
import datetime
import importlib.metadata
import json
import platform
from pathlib import Path

import numpy as np

from benchmarks.timing import Result
from study.environment import processor

PEERS = ("numpy", "torch", "opencv-python-headless", "pillow", "scipy", "scikit-image")


def environment() -> dict[str, str]:
    """Name what the figures depend on: versions, processor and the kernel that BLAS chose for it."""
    found = {
        "date": datetime.date.today().isoformat(),
        "python": platform.python_version(),
        "processor": processor(),
        "blas": _blas_kernel(),
    }
    for name in PEERS:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = "not installed"
    return found


def as_markdown(results: list[Result], header: bool = True) -> str:
    """Return the table, one case a row."""
    lines = [
        "| case | ours | must | aim | reached | ours, µs | others, ratio | spare memory | note |",
        "|---|" + "---|" * 8,
    ]
    lines = lines if header else []

    for result in results:
        value = result.microseconds["ours"] if result.unit == "µs" else result.ratios["ours"]
        unit = " µs" if result.unit == "µs" else ""
        asked = " | ".join("" if figure is None else f"{figure:g}{unit}" for figure in (result.must, result.aim))
        others = ", ".join(f"{name} {ratio:.2f}" for name, ratio in result.ratios.items() if name != "ours")
        spare = "" if result.spare_bytes is None else f"{result.spare_bytes / 2**20:.2f} MiB"
        lines.append(
            f"| {result.name} | {value:.2f}{unit} | {asked} | {result.reached} | "
            f"{result.microseconds['ours']:.1f} | {others} | {spare} | {result.note} |"
        )

    return "\n".join(lines)


def write(folder: Path, results: list[Result], machine: dict[str, str]) -> None:
    """Write ``speed.json`` and ``speed.md`` into a folder."""
    data = {"environment": machine, "results": [dataclasses.asdict(result) for result in results]}
    (folder / "speed.json").write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n")
    versions = ", ".join(f"{name} {value}" for name, value in machine.items())
    text = (
        "# Speed beside others\n\n"
        "float32, one thread each, processor time, medians over rounds in which all take turns; PyTorch (CPU) is 1,\n"
        "and lower is faster. Written by `python -m benchmarks`.\n\n"
        f"{as_markdown(results)}\n\nMeasured with {versions}.\n"
    )
    (folder / "speed.md").write_text(text)


def _blas_kernel() -> str:
    """Ask the OpenBLAS that NumPy brings for the name of its kernels."""
    for library in (Path(np.__file__).parent.parent / "numpy.libs").glob("*openblas*"):
        try:
            name = ctypes.CDLL(str(library)).scipy_openblas_get_corename64_
        except (OSError, AttributeError):
            continue
        name.restype = ctypes.c_char_p
        return f"OpenBLAS, kernels {name().decode()}"
    return np.show_config(mode="dicts")["Build Dependencies"]["blas"]["name"]
