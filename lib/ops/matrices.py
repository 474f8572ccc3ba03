"""The explicit matrix of an operation: for pictures, for tests, and to see that an operation is a matrix at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from lib.checks import as_int


def matrix_of(
    operation: Callable[..., np.ndarray],
    input_shape: tuple[int, ...],
    *arguments: Any,
    dtype: Any = np.float64,
    **options: Any,
) -> np.ndarray:
    """Return the matrix A with ``A @ x.ravel() == operation(x, *arguments, **options).ravel()``.

    Column j is what the operation makes of an input that is 1 at flat position j and 0 elsewhere.

    Parameters
    ----------
    operation : callable
        A linear map of its first argument.
    input_shape : tuple of int
        Shape of that argument.
    *arguments, **options
        Passed on to ``operation``.
    dtype : dtype
        Of the inputs that probe the operation.

    Returns
    -------
    array of shape (number of outputs, number of inputs)

    Raises
    ------
    ValueError
        If the operation does not map zeros to zeros (a bias does that) or is otherwise not linear, so that no matrix
        describes it, or ``input_shape`` holds no cells.

    Notes
    -----
    It calls the operation once for each input cell and stores every entry: use it on small inputs. That the operation
    is linear is tried on one more input, not proved.

    Examples
    --------
    >>> from lib import conv2d
    >>> C = matrix_of(conv2d, (4, 4), np.arange(1, 10).reshape(3, 3), dtype=int)
    >>> C.shape
    (4, 16)
    >>> C[0].reshape(4, 4)
    array([[1, 2, 3, 0],
           [4, 5, 6, 0],
           [7, 8, 9, 0],
           [0, 0, 0, 0]])
    """
    if not callable(operation):
        raise TypeError(f"operation must be callable, got {operation!r}")
    if not isinstance(input_shape, (tuple, list)) or not input_shape:
        raise TypeError(f"input_shape must be a tuple of integers, got {input_shape!r}")
    shape = tuple(as_int(cells, f"input_shape[{axis}]", 1) for axis, cells in enumerate(input_shape))
    try:
        kind = np.dtype(dtype).kind
    except TypeError:
        kind = "unknown"
    if kind not in "iuf":
        raise TypeError(f"dtype must be an integer or floating-point dtype, got {dtype!r}")

    probe = np.zeros(shape, dtype)
    offset = np.asarray(operation(probe, *arguments, **options))
    if offset.any():
        raise ValueError(
            "operation must be linear, but it maps an input of zeros to an output that is not zero; leave out the bias"
        )

    matrix = np.empty((offset.size, probe.size), offset.dtype)
    for position in range(probe.size):
        probe.flat[position] = 1
        matrix[:, position] = np.ravel(operation(probe, *arguments, **options))
        probe.flat[position] = 0

    signs = 1 if kind == "u" else -1
    probe.flat = np.resize([2, signs, 1, 2 * signs, 3], probe.size)
    tolerance = 0 if offset.dtype.kind in "iu" else 100 * np.finfo(offset.dtype).eps
    sums, size = matrix @ probe.ravel(), np.abs(matrix) @ np.abs(probe.ravel())
    if (np.abs(np.ravel(operation(probe, *arguments, **options)) - sums) > tolerance * size).any():
        raise ValueError("operation must be linear, but it does not map a sum to the sum of what it makes of each part")
    return matrix
