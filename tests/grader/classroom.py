"""A small source and submissions to it, as the files that a grader reads."""

from __future__ import annotations

import json
import os
import sys

import pytest

from grader import sandbox

GIVEN = 'import os\nimport numpy as np\nfrom lib import conv2d\nfrom lib.teach import check\nstudent = "practice"'
RIGHT = """def slide(x, kernel, stride, padding):
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(x, padding), kernel.shape)
    return (windows * kernel).sum((2, 3))[::stride, ::stride]"""
DOUBLE = "def double(x):\n    return 2 * x"
MORE = """# More.
### BEGIN HIDDEN TESTS
assert slide(np.ones((3, 3)), np.ones((2, 2)), 1, 0)[0, 0] == 4, 'secret'
### END HIDDEN TESTS"""
DOUBLE_TEST = "np.testing.assert_array_equal(double(np.arange(3)), [0, 2, 4])"


def solved(code):
    head, _, body = code.partition("\n")
    return f"{head}\n    ### BEGIN SOLUTION\n{body}\n    ### END SOLUTION"


def cell(kind, source, name=None, points=None, solution=False):
    made = {"cell_type": kind, "metadata": {}, "source": source}
    if kind == "code":
        made.update(outputs=[], execution_count=None)
    if name:
        marks = {"grade_id": name, "grade": points is not None, "solution": solution, "locked": not solution}
        made["metadata"]["nbgrader"] = {**marks, "schema_version": 3, "task": False} | (
            {"points": points} if points else {}
        )
    return made


def cells(slide=RIGHT, double=DOUBLE, words="Because.", more=MORE):
    return [
        cell("markdown", "# Exercises: a test"),
        cell("code", GIVEN),
        cell("markdown", "## 1 · Slide"),
        cell("code", slide, "slide", solution=True),
        cell("code", 'check("slide", slide)', "slide-check", 2),
        cell("code", more, "slide-more", 3),
        cell("markdown", "## 2 · Double"),
        cell("code", double, "double", solution=True),
        cell("code", DOUBLE_TEST, "double-check", 1),
        cell("markdown", "## 3 · Why"),
        cell("markdown", words, "why", 4, solution=True),
    ]


def as_many(functions):
    """A source that asks for ``slide`` under many names, and a submission with a function under each: one box for all.

    Each function's code is given as that of ``slide``; its test is called ``<name>-check``.
    """
    parts = [], []
    for content in parts:
        content += [cell("markdown", "# Exercises: many"), cell("code", GIVEN), cell("markdown", "## 1 · Slide")]
    for number, (name, code) in enumerate(functions.items()):
        own = f"slide_{number}"
        test = cell("code", f'check("slide", {own})', f"{name}-check", 2)
        parts[0].extend([cell("code", solved(RIGHT).replace("slide(", f"{own}("), name, solution=True), test])
        parts[1].extend([cell("code", code.replace("slide(", f"{own}("), name, solution=True), test])
    for content in parts:
        double = solved(DOUBLE) if content is parts[0] else DOUBLE
        content += [cell("code", double, "double", solution=True), cell("code", DOUBLE_TEST, "double-check", 1)]
    return tuple(notebook(content) for content in parts)


def notebook(content):
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": content}).encode()


def submission(**parts):
    return notebook(cells(**{"more": "# More.", **parts}))


SOURCE = notebook(cells(slide=solved(RIGHT), double=solved(DOUBLE), words="It is *so*."))


def by_name(result):
    return {each["name"]: each for each in result["cells"]}


def needs_a_box():
    """A mark for tests that run code in a box: without one they are skipped, but not where tests must be complete."""
    missing = ""
    if not (sys.platform == "linux" and os.environ.get("CI") == "true"):
        try:
            sandbox.box()
        except sandbox.SandboxMissing as fault:
            missing = str(fault).partition("\n")[0]
    return pytest.mark.skipif(bool(missing), reason=missing or "there is a box")


def no_box(monkeypatch):
    """Make it seem that there is no bubblewrap."""
    sandbox.box.cache_clear()
    monkeypatch.setattr(sandbox.shutil, "which", lambda name: None)
