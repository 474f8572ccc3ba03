"""Exercises that check themselves: hints on the spot, numbers of one's own, and grading outside the student's reach."""

from lib.teach.checking import NotYet, check, exercises, numbers_for
from lib.teach.exercise import ByHand, Exercise, Find, Implement, Mistake

__all__ = ["ByHand", "Exercise", "Find", "Implement", "Mistake", "NotYet", "check", "exercises", "numbers_for"]
