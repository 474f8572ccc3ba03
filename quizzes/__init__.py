"""The quiz bank as files that learning platforms import: ``python -m quizzes FOLDER``.

The questions are those of :mod:`lib.teach.quiz`. Nothing here knows the exercises that are graded.
"""
