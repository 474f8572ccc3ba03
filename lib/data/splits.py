"""The three parts of every data set: one to train on, one to choose settings by, one to test with, once, at the end."""

from __future__ import annotations

from typing import TypeVar

from lib.checks import as_word

SPLITS = ("train", "validation", "test")
Part = TypeVar("Part")


def part_of(parts: dict[str, Part], split: str) -> Part:
    """Return the part that ``split`` names.

    >>> part_of({"train": slice(0, 8), "validation": slice(8, 9), "test": slice(9, 10)}, "test")
    slice(9, 10, None)
    """
    return parts[as_word(split, "split", SPLITS)]
