"""The examples in docstrings outside the package; those inside pytest collects by itself."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = {"book/course": "course.", "tools": "", "benchmarks": "benchmarks."}
FOLDERS |= {
    "grader": "grader.",
    "grader/inside": "grader.inside.",
    "jobs": "jobs.",
    "quizzes": "quizzes.",
    "study": "study.",
}
MODULES = [
    package + path.stem
    for folder, package in FOLDERS.items()
    for path in sorted((ROOT / folder).glob("*.py"))
    if "\n    >>> " in path.read_text(encoding="utf-8")
]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_hold(name):
    done = doctest.testmod(importlib.import_module(name))
    assert done.attempted > 0
    assert done.failed == 0
