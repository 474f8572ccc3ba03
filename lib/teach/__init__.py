"""Exercises that check themselves: hints on the spot, numbers of one's own, and grading outside the student's reach."""

from lib.teach.checking import NotYet, check, exercises, numbers_for, use_term
from lib.teach.exercise import ByHand, Exercise, Find, Implement, Mistake
from lib.teach.withheld import Withheld

__all__ = [
    "ByHand",
    "Exercise",
    "Find",
    "Implement",
    "Mistake",
    "NotYet",
    "Withheld",
    "check",
    "exercises",
    "numbers_for",
    "use_term",
]
