"""What ready scenes begin with: planes on one tape, the margin that padding makes, and how an input is called."""

from __future__ import annotations

import numpy as np

from lib.checks import Pair
from lib.show.explore.wiring import Numbers, wired
from lib.show.grids import role_and_size
from lib.words import say


def planes(**arrays: np.ndarray | Numbers) -> tuple[Numbers, ...]:
    """Return planes as numbers on one tape.

    Parameters
    ----------
    **arrays : array or Numbers of shape (H, W)
        By the names that the caller knows them by.

    Raises
    ------
    ValueError
        If one of them is not a plane.

    Examples
    --------
    >>> [plane.shape for plane in planes(input=np.ones((4, 5)), kernel=np.ones((3, 3)))]
    [(4, 5), (3, 3)]
    """
    for name, array in arrays.items():
        shape = array.shape if isinstance(array, Numbers) else np.shape(array)
        if len(shape) != 2:
            raise ValueError(f"{name} must have shape (H, W), got {shape}")
    return wired(*arrays.values())


def margin(shape: Pair, width: Pair) -> np.ndarray:
    """Return where a plane has a margin of that many rows and columns on each side.

    >>> margin((2, 3), (0, 1)).astype(int)
    array([[1, 0, 1],
           [1, 0, 1]])
    """
    (rows, columns), (down, right) = shape, width
    outside = np.ones(shape, bool)
    outside[down : rows - down, right : columns - right] = False
    return outside


def size_in_words(plane: Numbers, border: np.ndarray) -> str:
    """Return the heading of an input that is drawn inside ``border``.

    >>> size_in_words(planes(input=np.ones((4, 5)))[0], margin((6, 7), (1, 1)))
    'input 4 × 5, padded'
    """
    rows, columns = plane.shape
    if border.any():
        return say("input {rows} × {columns}, padded", rows=rows, columns=columns)
    return role_and_size("input", rows, columns)


def output_in_words(output: Numbers) -> str:
    """Return the caption of an output cell that is a sum of products."""
    return say(
        "Output row {row}, column {column} is {terms} = {sum}.",
        row=output.row,
        column=output.column,
        terms=output.terms,
        sum=output.now,
    )
