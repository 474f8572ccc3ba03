"""The quiz bank: short questions of each chapter, whose answers follow from their numbers, and their boxes on pages.

One source for three uses: ``check_yourself`` puts a question on a page, ``python -m quizzes`` writes all of them for
learning platforms, and a test tries every one of them with many numbers.
"""

from lib.teach.quiz.bank import CHAPTERS, questions
from lib.teach.quiz.box import Box, check_yourself
from lib.teach.quiz.question import PRACTICE, Asked, Option, Question, asked

__all__ = ["CHAPTERS", "PRACTICE", "Asked", "Box", "Option", "Question", "asked", "check_yourself", "questions"]
