"""Compare an answer with the right one, and describe a difference without giving the right answer away."""

from __future__ import annotations

from typing import Any

import numpy as np

from lib.words import say

RELATIVE = 1e-6  # what float32 arithmetic in another order may differ by
ENOUGH = 4  # values that must agree before a whole array is called shifted, turned or scaled


def same(given: Any, right: Any, tolerance: float = 0.0) -> bool:
    """Say whether an answer equals the right one in kind, shape and values; words whatever their capitals.

    >>> same([[1, 2]], np.array([[1.0, 2.0]])), same(2.5, 2), same((4, 'valid'), (4, 'Valid'))
    (True, False, True)
    """
    if isinstance(right, tuple):
        fits = isinstance(given, (tuple, list)) and len(given) == len(right)
        return fits and all(same(*pair, tolerance) for pair in zip(given, right, strict=True))
    if isinstance(right, str):
        return isinstance(given, str) and given.strip().casefold() == right.strip().casefold()
    if isinstance(right, (bool, np.bool_)) or right is None:
        return type(given) in (bool, np.bool_, type(None)) and given == right
    numbers, wanted = as_numbers(given), as_numbers(right)
    if numbers is None or wanted is None or numbers.shape != wanted.shape:
        return False
    return bool(np.allclose(numbers, wanted, rtol=RELATIVE, atol=tolerance))


def as_numbers(value: Any) -> np.ndarray | None:
    """Return an answer as an array of numbers, or None if it is not that."""
    if isinstance(value, (bool, np.bool_, str)) or value is None:
        return None
    try:
        array = np.asarray(value)
    except Exception:  # whatever an object of the student's own does when NumPy looks at it
        return None
    return array if array.dtype.kind in "biuf" else None


def first_part_that_differs(given: Any, right: Any, made: Any, tolerance: float) -> tuple[Any, Any] | None:
    """Return the first part of an answer that is wrong, and the same part of a typical wrong answer.

    Answers that are tuples have parts; any other is its own only part. None if the parts cannot be paired.
    """
    if not isinstance(right, tuple):
        return given, made
    if not all(isinstance(other, (tuple, list)) and len(other) == len(right) for other in (given, made)):
        return None
    parts = zip(given, right, made, strict=True)
    return next(((mine, theirs) for mine, wanted, theirs in parts if not same(mine, wanted, tolerance)), None)


def described(given: Any, right: Any) -> str:
    """Say how an answer differs from the right one: what it is, its shape, or where its first wrong value stands.

    >>> described(np.zeros((3, 2)), np.ones((2, 2)))
    'The shape is (3, 2) and should be (2, 2).'
    """
    if given is None:
        return say("The answer is None. Does the function end in a return with a value?")
    if isinstance(right, tuple):
        return of_tuples(given, right)
    if isinstance(right, (str, bool, np.bool_)) or right is None:
        return of_words(given, right)

    numbers, wanted = as_numbers(given), np.asarray(right)
    if numbers is None:
        if wanted.ndim:
            return say("The answer should be an array of numbers, not {kind}.", kind=type_of(given))
        return say("The answer should be a number, not {kind}.", kind=type_of(given))
    if numbers.shape != wanted.shape:
        return of_shapes(numbers.shape, wanted.shape)
    return of_values(numbers, wanted)


def of_words(given: Any, right: str | bool | None) -> str:
    """Describe a wrong answer where a word, or True or False, is right."""
    if isinstance(given, str if isinstance(right, str) else (bool, np.bool_)):
        return say("{answer} is not right.", answer=shortened(given))
    if isinstance(right, str):
        return say("The answer should be a word in quotes, not {kind}.", kind=type_of(given))
    return say("The answer should be True or False, not {kind}.", kind=type_of(given))


def of_tuples(given: Any, right: tuple[Any, ...]) -> str:
    """Describe the first part that differs."""
    if not isinstance(given, (tuple, list)) or len(given) != len(right):
        return say(
            "The answer should be {count} values: return a tuple of them. It is {answer}.",
            count=len(right),
            answer=shortened(given),
        )
    place = next(n for n, pair in enumerate(zip(given, right, strict=True)) if not same(*pair))
    said = described(given[place], right[place])
    return say("Value {place} of {count}: {said}", place=place + 1, count=len(right), said=said)


def of_shapes(given: tuple[int, ...], right: tuple[int, ...]) -> str:
    """Describe a difference in shape."""
    if not right:
        return say("The answer should be one number, not an array of shape {shape}.", shape=given)
    if given[-2:] == right[-2:][::-1] and len(right) > 1:
        return say(
            "The shape is {given} and should be {right}. Rows and columns may be exchanged.", given=given, right=right
        )
    return say("The shape is {given} and should be {right}.", given=given, right=right)


def of_values(given: np.ndarray, right: np.ndarray) -> str:
    """Describe a difference in values of equal shape."""
    if not np.isfinite(given).all():
        return say("The answer holds values that are not numbers (NaN or infinity).")
    if not right.ndim:
        answer = shortened(given[()])
        return say("{answer} is not right, and it is not one of the usual slips either.", answer=answer)
    if pattern := pattern_in(given, right):
        return pattern

    wrong = ~np.isclose(given, right, rtol=RELATIVE, atol=RELATIVE)
    if not wrong.any():
        wrong = given != right
    first = tuple(int(place) for place in np.argwhere(wrong)[0])
    counts = {"correct": right.size - int(wrong.sum()), "count": right.size, "value": f"{given[first]:.6g}"}
    if len(first) != 2:
        return say(
            "The shape is right, and so are {correct} of {count} values. "
            "The first wrong one is at position {position}: {value}.",
            **counts,
            position=first,
        )
    return say(
        "The shape is right, and so are {correct} of {count} values. "
        "The first wrong one is at row {row}, column {column}: {value}.",
        **counts,
        row=first[0],
        column=first[1],
    )


def pattern_in(given: np.ndarray, right: np.ndarray) -> str | None:
    """Name what turns the right values into the given ones, if it is something simple."""
    close = np.allclose(given, right, rtol=0.02, atol=0.02 * float(np.abs(right).max(initial=0)))
    if np.unique(right).size < ENOUGH:
        return None
    if right.ndim >= 2:
        if given.shape[-1] == given.shape[-2] and np.allclose(given, np.swapaxes(right, -1, -2)):
            return say("The values are right, but rows and columns are exchanged.")
        if np.allclose(given, right[..., ::-1, ::-1]):
            return say("The values are right, but the result is turned by 180°.")
        if shift := shift_in(given, right):
            return shift

    scale = float((given * right).sum() / (right * right).sum())
    if abs(scale - 1) > 0.02 and np.allclose(given, scale * right, rtol=1e-4, atol=1e-9):
        return say("Every value is {scale} times what it should be.", scale=f"{scale:.4g}")
    return say("Every value is nearly right: look for rounding, or for a division of whole numbers.") if close else None


def shift_in(given: np.ndarray, right: np.ndarray) -> str | None:
    """Name the way by which the right values are shifted, if it is one pixel."""
    ways = {
        (1, 0): say("The values are right, but shifted by one pixel down."),
        (-1, 0): say("The values are right, but shifted by one pixel up."),
        (0, 1): say("The values are right, but shifted by one pixel to the right."),
        (0, -1): say("The values are right, but shifted by one pixel to the left."),
    }
    return next((said for shift, said in ways.items() if is_shifted(given, right, *shift)), None)


def is_shifted(given: np.ndarray, right: np.ndarray, rows: int, columns: int) -> bool:
    """Say whether moving the right values by so many rows and columns gives the others, where both have values."""
    height, width = right.shape[-2:]
    target = np.s_[..., max(rows, 0) : height + min(rows, 0), max(columns, 0) : width + min(columns, 0)]
    origin = np.s_[..., max(-rows, 0) : height + min(-rows, 0), max(-columns, 0) : width + min(-columns, 0)]
    overlap = right[origin]
    return np.unique(overlap).size >= ENOUGH and np.allclose(given[target], overlap)


def type_of(value: Any) -> str:
    """Name the type of an answer."""
    is_array = isinstance(value, (np.ndarray, list, tuple))
    return say("an array of something else") if is_array else type(value).__name__


def shortened(value: Any, longest: int = 80) -> str:
    """Return an answer as text of bounded length, whatever its own ``repr`` does."""
    try:
        plain = value.item() if isinstance(value, np.generic) else value
        text = f"{plain:.6g}" if isinstance(plain, float) else repr(plain)
    except Exception as fault:  # an object of the student's own
        kind, why = type(value).__name__, type(fault).__name__
        text = say("{kind} that cannot be shown ({why})", kind=kind, why=why)
    return text if len(text) <= longest else text[: longest - 1] + "…"
