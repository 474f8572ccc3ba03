"""What every test run shares: the environment of notebook kernels, one thread a process, doctests of lib alone."""

import os
from pathlib import Path

import pytest
from notebooks import MADE

ROOT = Path(__file__).parent

pytest_plugins = ["tests.scheduling"]

# Kernels that nbval starts must print what tools/notebooks.py stored.
os.environ.update(LIB_SHOW_AS="text", PYTHONHASHSEED="0", SOURCE_DATE_EPOCH="0")

# Tests run in as many processes as there are cores: threads of their own would fight over the same cores.
for threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
    os.environ.setdefault(threads, "1")


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(file_path):
    """Look for doctests in the package only, as a module of tests is not to be imported twice, and run no notebook that
    is made from another: its source is run in its place, and tests/teach holds what was made against that.
    """
    collected = yield
    if file_path.name in MADE and file_path.is_relative_to(ROOT / "chapters"):
        return []
    if file_path.is_relative_to(ROOT / "lib"):
        return collected
    return [item for item in collected if type(item).__name__ != "DoctestModule"]
