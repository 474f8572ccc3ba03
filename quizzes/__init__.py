"""The quiz bank as files that learning platforms import: ``python -m quizzes FOLDER``.

The questions are those of :mod:`lib.teach.quiz`. Nothing here knows the exercises that are graded.
"""

from pathlib import Path

from lib.words import also_from

also_from(Path(__file__).resolve().parents[1] / "locale", "quizzes")
