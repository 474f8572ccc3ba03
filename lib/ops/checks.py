"""Argument checks shared by every operation.

A call that makes no sense is refused here, before any work, with a message that names the argument, says what
was met and what would be right. Operations read top-down because the refusals live in one place.
"""

from __future__ import annotations

import math
import operator
import sys
from typing import Any

import numpy as np

Pair = tuple[int, int]


def as_int(value: Any, name: str, minimum: int) -> int:
    """Return ``value`` as a Python int of at least ``minimum``."""
    if isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} must be an integer, got {value!r}")
    try:
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"{name} must be an integer, got {value!r}") from None
    if number < minimum:
        raise ValueError(f"{name} must be at least {minimum}, got {number}")
    return number


def as_pair(value: Any, name: str, minimum: int) -> Pair:
    """Return ``value``, an integer or a pair of integers, as the pair (for rows, for columns)."""
    if isinstance(value, (tuple, list, np.ndarray)):
        if len(value) != 2:
            raise ValueError(f"{name} must be one integer or a pair (rows, columns), got {value!r}")
        return as_int(value[0], f"{name}[0]", minimum), as_int(value[1], f"{name}[1]", minimum)
    number = as_int(value, name, minimum)
    return number, number


def as_flag(value: Any, name: str) -> bool:
    """Return ``value`` if it is True or False."""
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} must be True or False, got {value!r}")
    return bool(value)


def as_numbers(value: Any, name: str, dimensions: tuple[int, ...]) -> np.ndarray:
    """Return ``value`` as an array of integers or floating-point numbers with an allowed number of dimensions."""
    try:
        array = np.asarray(value)
    except ValueError:
        raise ValueError(f"{name} must be a rectangular array, got rows of different lengths") from None
    if array.dtype.kind not in "iuf":
        raise TypeError(f"{name} must hold integers or floating-point numbers, got dtype {array.dtype}")
    if array.ndim not in dimensions:
        allowed = " or ".join(str(n) for n in dimensions)
        raise ValueError(f"{name} must have {allowed} dimensions, got shape {array.shape}")
    return array


def working_dtype(*arrays: np.ndarray | None) -> np.dtype:
    """Return the dtype an operation works in and answers with.

    Floating-point dtypes are kept (float32 stays float32). Integers are summed in 64 bits, as ``numpy.sum`` does,
    because a sum of products of small integers soon leaves their range.
    """
    common = np.result_type(*(array for array in arrays if array is not None))
    return common if common.kind == "f" else np.dtype(np.int64)


def refuse_huge(shape: tuple[int, ...], dtype: np.dtype) -> None:
    """Refuse a result that no machine can address, before its size overflows anywhere."""
    if math.prod(shape) * np.dtype(dtype).itemsize > sys.maxsize:
        raise ValueError(f"the output would have shape {shape} of {dtype}, more than memory can address")
