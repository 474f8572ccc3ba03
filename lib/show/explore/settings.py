"""What a reader can change in an explorer: the options of each argument, and arrays whose numbers can be edited."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from inspect import signature
from itertools import pairwise
from typing import Any

import numpy as np

from lib.checks import as_numbers
from lib.show.svg import letters, number
from lib.words import named, say

Options = Sequence[Any] | Callable[..., Sequence[Any]]
MOST_BUTTONS = 4
WIDEST_BUTTONS = 48  # letters of all options together, so that they fit a phone


@dataclass(frozen=True)
class Choice:
    """The options of one argument, how its control is labelled, and which option comes first to view."""

    options: Options
    label: str | None = None
    start: Any = None


def choice(options: Options, label: str | None = None, start: Any = None) -> Choice:
    """Describe the control of one argument of :func:`explore`.

    Parameters
    ----------
    options : sequence, or function that returns one
        A function gets the values of those earlier arguments that it names: how many steps there are may depend on
        the stride.
    label : str, optional
        By default the argument's name.
    start : optional
        The option shown first; by default the first one.

    Examples
    --------
    >>> choice(range(1, 4), 'stride s', start=2).label
    'stride s'
    """
    return Choice(options, label, start)


@dataclass(frozen=True)
class Editable:
    """An array of which the reader may change every number; made by :func:`editable`."""

    array: np.ndarray | Callable[..., np.ndarray]

    def start(self, chosen: dict[str, Any]) -> np.ndarray:
        """Return the array before any change, given what is chosen."""
        array = self.array
        if callable(array):
            array = array(**{name: chosen[name] for name in signature(array).parameters})
        return as_numbers(array, "array", (1, 2, 3, 4))


def editable(array: np.ndarray | Callable[..., np.ndarray]) -> Editable:
    """Let the reader of an explorer change the numbers of an array.

    Parameters
    ----------
    array : array, or function that returns one
        A function gets the values of those choices that it names: the kernel to begin with may depend on a menu.

    Examples
    --------
    >>> editable(np.eye(2)).start({})
    array([[1., 0.],
           [0., 1.]])
    """
    return Editable(array if callable(array) else as_numbers(array, "array", (1, 2, 3, 4)))


@dataclass(frozen=True)
class Control:
    """A named choice, ready to be asked for its options in a given state."""

    name: str
    choice: Choice

    @property
    def label(self) -> str:
        """Return the words beside the control."""
        return say(self.choice.label or self.name.replace("_", " "))

    def options(self, earlier: dict[str, Any]) -> list[Any]:
        """Return the options, given the values of the controls before this one."""
        options = self.choice.options
        if callable(options):
            options = options(**{name: earlier[name] for name in signature(options).parameters})
        found = list(options)
        if not found:
            raise ValueError(f"{self.name} must have at least one option, got none for {earlier}")
        return found

    def start(self, earlier: dict[str, Any]) -> int:
        """Return the index of the option shown first."""
        options = self.options(earlier)
        if self.choice.start is None:
            return 0
        if self.choice.start not in options:
            raise ValueError(f"{self.name} must start at one of its options {options}, got {self.choice.start!r}")
        return options.index(self.choice.start)


def kind_of(options: Sequence[Any], steps: bool = False) -> str:
    """Return which control suits options: 'buttons' for few, 'range' for rising numbers and steps, 'menu' for the rest.

    >>> kind_of((1, 2, 3)), kind_of(range(9)), kind_of("abcdefgh"), kind_of((0, 1), steps=True)
    ('buttons', 'range', 'menu', 'range')
    """
    texts = [option_text(option) for option in options]
    if not steps and len(texts) <= MOST_BUTTONS and sum(map(letters, texts)) <= WIDEST_BUTTONS:
        return "buttons"
    if any(isinstance(option, (bool, str)) or not isinstance(option, (int, float)) for option in options):
        return "menu"
    return "range" if all(low < high for low, high in pairwise(options)) else "menu"


def option_text(option: Any) -> str:
    """Return an option as its control shows it.

    >>> option_text(3), option_text(True), option_text('blur')
    ('3', 'yes', 'blur')
    """
    if isinstance(option, bool):
        return say("yes") if option else say("no")
    return number(option) if isinstance(option, (int, float)) else named(str(option))
