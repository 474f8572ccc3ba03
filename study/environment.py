"""What measured figures depend on besides the code."""

from __future__ import annotations

import datetime
import os
import platform
from pathlib import Path

import numpy as np


def environment() -> dict[str, str]:
    """Return the date and the names and versions of what computes, as plain text.

    >>> sorted(environment())
    ['blas', 'date', 'numpy', 'processor', 'python', 'system']
    """
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    kernels = os.environ.get("OPENBLAS_CORETYPE", "chosen by itself")
    return {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "blas": f"{blas['name']} {blas['version']}, kernels {kernels}",
        "processor": processor(),
        "system": platform.system(),
    }


def processor() -> str:
    """Return the processor's name where the system tells, else its kind."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())
