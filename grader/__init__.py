"""Grading: students' code runs in a box without network, files or rights; the tests run outside and call into it."""

from grader.one import grade_one
from grader.sandbox import Limits, SandboxMissing

__all__ = ["Limits", "SandboxMissing", "grade_one"]
