"""Argument checks shared by every operation.

A call that makes no sense is refused here, before any work, with a message that names the argument, says what
was met and what would be right. Operations read top-down because the refusals live in one place.
"""

from __future__ import annotations

import math
import operator
from numbers import Real
from typing import Any

import numpy as np

Pair = tuple[int, int]

HALF, SINGLE = np.dtype(np.float16), np.dtype(np.float32)
MOST_BYTES = int(np.iinfo(np.intp).max)


def as_int(value: Any, name: str, minimum: float) -> int:
    """Return ``value`` as a Python int of at least ``minimum``, which may be minus infinity."""
    if type(value) is int and value >= minimum:  # the usual case, settled at once: small calls consist of checks
        return value
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
    """Return ``value``, an integer or a pair of integers, as the pair (for rows, for columns).

    As in PyTorch, a tuple or list of one integer stands for a pair of it.
    """
    if type(value) is int and value >= minimum:
        return value, value
    if type(value) is tuple and len(value) == 2 and type(value[0]) is type(value[1]) is int and min(value) >= minimum:
        return value
    if isinstance(value, (tuple, list)) or np.ndim(value):
        if len(value) not in (1, 2):
            raise ValueError(f"{name} must be one integer or a pair (rows, columns), got {value!r}")
        return as_int(value[0], f"{name}[0]", minimum), as_int(value[-1], f"{name}[{len(value) - 1}]", minimum)
    number = as_int(value, name, minimum)
    return number, number


def as_flag(value: Any, name: str) -> bool:
    """Return ``value`` if it is True or False."""
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} must be True or False, got {value!r}")
    return bool(value)


def as_number(value: Any, name: str, above: float | None = None) -> float:
    """Return ``value``, an integer or a floating-point number, as a finite float, greater than ``above`` if given."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, float, np.integer, np.floating)):
        raise TypeError(f"{name} must be a number, got {value!r}")
    try:
        number = float(value)
    except OverflowError:
        raise ValueError(f"{name} must be a finite number, got {value!r}") from None
    if not math.isfinite(number):
        raise ValueError(f"{name} must be a finite number, got {value!r}")
    if above is not None and number <= above:
        raise ValueError(f"{name} must be greater than {above}, got {value!r}")
    return number


def as_word(value: Any, name: str, words: tuple[str, ...]) -> str:
    """Return ``value`` if it is one of ``words``."""
    if not isinstance(value, str) or value not in words:
        expected = ", ".join(map(repr, words[:-1])) + f" or {words[-1]!r}"
        raise (ValueError if isinstance(value, str) else TypeError)(f"{name} must be {expected}, got {value!r}")
    return value


def as_numbers(value: Any, name: str, dimensions: tuple[int, ...]) -> np.ndarray:
    """Return ``value`` as an array of integers or floating-point numbers with an allowed number of dimensions."""
    try:
        array = np.asarray(value)
    except ValueError:
        raise ValueError(f"{name} must be a rectangular array, got rows of different lengths") from None
    if array.dtype.kind not in "iuf":
        raise TypeError(f"{name} must hold integers or floating-point numbers, got dtype {array.dtype}")
    if array.ndim not in dimensions:
        few = len(dimensions) <= 3
        allowed = " or ".join(str(n) for n in dimensions) if few else f"{dimensions[0]} to {dimensions[-1]}"
        raise ValueError(f"{name} must have {allowed} dimensions, got shape {array.shape}")
    return array


def as_planes(value: Any, name: str, dimensions: tuple[int, ...]) -> np.ndarray:
    """Return ``value`` as in :func:`as_numbers`, refused if its planes hold no cells; the batch may be empty."""
    array = as_numbers(value, name, dimensions)
    if 0 in array.shape[-3:]:
        raise ValueError(f"{name} must have at least one channel, row and column, got shape {array.shape}")
    return array


def as_cell(value: Any, name: str, dtype: np.dtype) -> Any:
    """Return ``value``, one number that an array of ``dtype`` can hold."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, Real):
        raise TypeError(f"{name} must be a number, got {value!r}")
    if dtype.kind == "f":
        fits = value != value or abs(value) == math.inf or abs(value) <= float(np.finfo(dtype).max)
    else:
        fits = np.iinfo(dtype).min <= value <= np.iinfo(dtype).max and value == int(value)
    if not fits:
        raise ValueError(f"{name} must be representable in the dtype of input, {dtype}, got {value}")
    return value


def check_memory(shape: tuple[int, ...], dtype: np.dtype, cause: str) -> None:
    """Refuse an array whose number of bytes no address can count, before NumPy does so without saying why."""
    if math.prod(shape) * dtype.itemsize > MOST_BYTES:
        raise ValueError(f"{cause} asks for an array of shape {shape}, more than memory can address")


def working_dtype(**arrays: np.ndarray | None) -> np.dtype:
    """Return the dtype an operation works in and answers with, of arrays named as its arguments are.

    Floating-point dtypes are kept (float32 stays float32). Two that differ are refused, as PyTorch does, because the
    wider one would make everything slower and nobody would see why. Integers beside them take on their dtype; alone
    they are summed in 64 bits, as ``numpy.sum`` does, because a sum of products of small integers soon leaves their
    range.
    """
    given = [array for array in arrays.values() if array is not None]
    dtypes = [array.dtype for array in given]
    first = dtypes[0]
    if first.kind == "f" and first.isnative and dtypes == [first] * len(dtypes):  # the usual case, settled at once
        return first

    floating = {dtype.newbyteorder("=") for dtype in dtypes if dtype.kind == "f"}
    if not floating:
        return _exact_sums(given)
    if len(floating) > 1:
        met = ", ".join(f"{name} {array.dtype}" for name, array in arrays.items() if array is not None)
        raise TypeError(f"{' and '.join(arrays)} must have one floating-point dtype, got {met}; convert with astype()")
    return floating.pop()


def averaging_dtype(array: np.ndarray) -> np.dtype:
    """Return the dtype of weighted averages of an array: its own, or float64 for integers."""
    return array.dtype.newbyteorder("=") if array.dtype.kind == "f" else np.dtype(np.float64)


def summing_dtype(dtype: np.dtype) -> np.dtype:
    """Return the dtype that sums are kept in before they become ``dtype``: single for half precision."""
    return SINGLE if dtype == HALF else dtype


def _exact_sums(arrays: list[np.ndarray]) -> np.dtype:
    """Return int64, refused if a number is too large: NumPy would mix int64 and uint64 to float64, which rounds."""
    largest = max((int(array.max(initial=0)) for array in arrays if array.dtype.kind == "u"), default=0)
    if largest > np.iinfo(np.int64).max:
        raise ValueError(f"integers are summed in 64 bits, so none may exceed 2**63 - 1, got {largest}")
    return np.dtype(np.int64)
