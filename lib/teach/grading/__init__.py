"""Grading: students' code runs in a box without network, files or rights; the tests run outside and call into it."""

from lib.teach.grading.one import grade_one
from lib.teach.grading.sandbox import Limits, SandboxMissing

__all__ = ["Limits", "SandboxMissing", "grade_one"]
