"""Messages between the grader and the box: a length, then JSON in which arrays are ``.npy`` files. Never pickle.

What comes out of the box is data of nine kinds and no more: None, bool, int, float, str, list, tuple, dict and arrays
of numbers. A message that is anything else is refused before anything is made of it.
"""

from __future__ import annotations

import base64
import io
import json
import math
import struct
from typing import Any

import numpy as np

LARGEST = 32 * 2**20  # bytes of a message
LENGTH = struct.Struct(">I")
ARRAY, TUPLE, MAPPING = "npy", "tuple", "dict"  # an array, a tuple and a dict are a JSON object with one of these keys


class WireError(ValueError):
    """A message that is too large or not of the agreed form."""


def pack(value: Any) -> bytes:
    """Return a value as a message.

    Raises
    ------
    TypeError
        If the value, or something in it, is not of one of the kinds that may cross.
    WireError
        If the message would be too large.
    """
    body = json.dumps(encoded(value)).encode()
    if len(body) > LARGEST:
        raise WireError(f"the value takes {len(body) // 2**20} MiB, and at most {LARGEST // 2**20} may cross")
    return LENGTH.pack(len(body)) + body


def unpack(body: bytes) -> Any:
    """Return the value of a message, less its length.

    >>> unpack(pack({'y': (1, np.eye(2))})[4:])['y'][1]
    array([[1., 0.],
           [0., 1.]])
    """
    try:
        return decoded(json.loads(body))
    except WireError:
        raise
    except (ValueError, TypeError, KeyError, RecursionError) as fault:
        raise WireError(f"not a message of the agreed form ({type(fault).__name__})") from fault


def encoded(value: Any) -> Any:
    """Return a value as JSON can hold it."""
    if value is None or type(value) in (bool, int, float, str):
        return value
    if isinstance(value, (np.ndarray, np.generic)):
        return {ARRAY: base64.b64encode(npy(np.asarray(value))).decode()}
    if type(value) is list:
        return [encoded(item) for item in value]
    if isinstance(value, tuple):
        return {TUPLE: [encoded(item) for item in value]}
    if type(value) is dict:
        if not all(type(key) is str for key in value):
            raise TypeError("a dict may only have strings as keys")
        return {MAPPING: {key: encoded(item) for key, item in value.items()}}
    raise TypeError(f"{type(value).__name__} is not a number, text, list, tuple, dict or array of numbers")


def decoded(value: Any) -> Any:
    """Return what :func:`encoded` was given."""
    if isinstance(value, list):
        return [decoded(item) for item in value]
    if not isinstance(value, dict):
        return value
    ((kind, inner),) = value.items()
    if kind == ARRAY:
        return array_of(base64.b64decode(inner, validate=True))
    if kind == TUPLE:
        return tuple(decoded(item) for item in inner)
    if kind == MAPPING:
        return {str(key): decoded(item) for key, item in inner.items()}
    raise WireError(f"not a message of the agreed form: an object of kind {kind!r:.40}")


def npy(array: np.ndarray) -> bytes:
    """Return an array of numbers as the bytes of a ``.npy`` file."""
    if array.dtype.kind not in "biuf" or array.dtype.itemsize > 8:
        raise TypeError(f"an array of dtype {array.dtype} does not hold plain numbers")
    file = io.BytesIO()
    np.save(file, array, allow_pickle=False)
    return file.getvalue()


def array_of(data: bytes) -> np.ndarray:
    """Return the array of a ``.npy`` file: its head is read and held against its length before room is made for it."""
    file = io.BytesIO(data)
    if np.lib.format.read_magic(file) != (1, 0):
        raise WireError("an array in a form that is not used here")
    shape, by_columns, dtype = np.lib.format.read_array_header_1_0(file, max_header_size=1000)
    if dtype.kind not in "biuf" or dtype.itemsize > 8 or dtype.subdtype or dtype.names:
        raise WireError("an array that does not hold plain numbers")
    if any(size < 0 for size in shape) or math.prod(shape) * dtype.itemsize != len(data) - file.tell():
        raise WireError("an array whose shape and length disagree")
    flat = np.frombuffer(data, dtype, offset=file.tell()).copy()
    return flat.reshape(shape, order="F" if by_columns else "C")
