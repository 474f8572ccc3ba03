"""Nonsense for every kind of argument: values that its checker refuses, each with what the message quotes of it.

``tests/test_checks.py`` tries each checker on many more. Here are few of each kind, such that code which does not call
the checker, or calls it with another bound, lets at least one of them pass.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest

Refused = list[tuple[Any, str]]


class Nothing:
    """An object that is no number."""

    def __repr__(self):
        return "<nothing>"


class Kind(NamedTuple):
    """One kind of argument: what its checker refuses, and values at its bounds that it must let pass."""

    refused: Refused
    passed: tuple[Any, ...] = ()

    def __add__(self, further: Refused) -> Kind:
        return Kind([*self.refused, *further], self.passed)

    def or_none(self) -> Kind:
        return Kind([pair for pair in self.refused if pair[0] is not None], (*self.passed, None))


def integer(minimum: int) -> Kind:
    refused = [(True, "True"), (2.0, "2.0"), ("2", "'2'"), (None, "None"), ((2, 2), "(2, 2)")]
    return Kind([*refused, *_below(minimum)], (minimum, np.int8(minimum)))


def pair(minimum: int) -> Kind:
    below = minimum - 1
    refused = [
        (np.True_, "True"), (2.0, "2.0"), ("22", "'22'"), (None, "None"), ((), "()"), ((2, 2, 2), "(2, 2, 2)"),
        ((2, 2.5), "[1] must be an integer, got 2.5"), ((True, 2), "[0] must be an integer, got True"),
        (np.full((2, 2), 2), "array([2, 2])"), ((below, 2), f"[0] must be at least {minimum}, got {below}"),
        *_below(minimum),
    ]  # fmt: skip
    return Kind(refused, (minimum, (minimum, minimum), [minimum], np.array([minimum, minimum])))


def _below(minimum: int) -> Refused:
    # The second tells this bound from a lower one here, behind which another function checks again.
    return [(number, f"at least {minimum}, got {number}") for number in (minimum - 1, minimum - 2)]


def pooling_stride() -> Kind:
    kind = pair(1)
    return Kind([one for one in kind.refused if one[1] not in ("None", "()")], (*kind.passed, None, ()))


def number(above: float | None = None) -> Kind:
    refused = [
        (True, "True"), ("2", "'2'"), (None, "None"), (2j, "2j"), ([2.0], "[2.0]"),
        (float("nan"), "nan"), (float("inf"), "inf"),
    ]  # fmt: skip
    return Kind(refused if above is None else [*refused, (above, f"greater than {above}, got {above}")])


def flag() -> Kind:
    return Kind([(1, "1"), (None, "None"), ("True", "'True'")], (True, np.False_))


def word(*words: str) -> Kind:
    return Kind([(None, "None"), (3, "3"), (words[0].upper(), repr(words[0].upper())), ("", "''")], words)


def array(*wrong_shapes: tuple[int, ...]) -> Kind:
    refused = [
        (None, "object"), ("text", "<U4"), (np.ones((2, 5, 5), bool), "bool"), ([[1j, 1j]], "complex128"),
        ([[1, 2], [3]], "different lengths"), ({"input": 1}, "object"),
    ]  # fmt: skip
    return Kind([*refused, *((np.ones(shape), str(shape)) for shape in wrong_shapes)])


def planes(*wrong_shapes: tuple[int, ...]) -> Kind:
    """Images, of which the batch may be empty, and nothing else."""
    return array(*wrong_shapes, (0, 5), (2, 5, 0), (1, 0, 5, 5))


def other(*refused: tuple[Any, str]) -> Kind:
    return Kind(list(refused))


class Call(NamedTuple):
    """A call that is right, and the kind of each argument of the function."""

    function: Callable
    arguments: dict[str, Any]
    kinds: dict[str, Kind]


def one_at_a_time(calls: list[Call]) -> list:
    """Return each argument of each call as parameters of a test: function, arguments, name, kind."""
    return [
        pytest.param(call.function, call.arguments, name, kind, id=f"{call.function.__name__}-{name}")
        for call in calls
        for name, kind in call.kinds.items()
    ]


def assert_refused_by_name(function: Callable, arguments: dict[str, Any], name: str, refused: Refused) -> None:
    """Put each nonsense into one argument; it must be refused with its name and what was met, before any work."""
    for value, met in refused:
        with pytest.raises((TypeError, ValueError)) as refusal:
            function(**{**arguments, name: value})
        message = str(refusal.value)
        assert name in message, (value, message)
        assert met in message, (value, message)


def assert_passed(function: Callable, arguments: dict[str, Any], name: str, passed: tuple[Any, ...]) -> None:
    """Put each value at a bound into one argument: if it is refused, then not by its checker."""
    for value in passed:
        try:
            function(**{**arguments, name: value})
        except (TypeError, ValueError) as refusal:
            if re.search(f"^{name}.* must be (at least|an integer|True|one integer|one of)", str(refusal)):
                raise AssertionError(f"{name}={value!r} must pass its checker") from refusal
