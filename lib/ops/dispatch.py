"""How an operation meets an argument that is more than an array, without knowing what it is.

An operation is written on arrays and knows its gradients. If one of its arguments has a method ``__operation__``, the
operation hands itself over to it, as NumPy's functions do through ``__array_function__``. That is how
:class:`lib.Tensor` records operations although nothing in :mod:`lib.ops` imports it.
"""

from __future__ import annotations

import functools
import inspect
import types
from collections.abc import Callable
from typing import Any

import numpy as np

Pull = Callable[[np.ndarray], np.ndarray]


def operation(record: Callable[..., tuple[Any, dict[str, Pull]]]) -> Callable[[Callable], Callable]:
    """Make a function on arrays an operation that hands itself to an argument that asks for it.

    Parameters
    ----------
    record : callable
        Takes the arguments of the function, all arrays, and returns its result together with one function for each
        differentiable argument, by name: given the gradient of the result, it returns the gradient of that argument.
        The operation carries it as its attribute ``record``.

    Examples
    --------
    >>> def record_double(x):
    ...     return 2 * x, {"x": lambda grad: 2 * grad}
    >>> @operation(record_double)
    ... def double(x):
    ...     return 2 * x
    >>> class Loud:
    ...     def __operation__(self, function, arguments):
    ...         return f"{function.__name__} was asked for"
    >>> double(3), double(Loud())
    (6, 'double was asked for')
    """

    def decorate(function: Callable) -> Callable:
        signature = inspect.signature(function)

        def call(*args, **options):
            for argument in (*args, *options.values()):
                if hasattr(argument, "__operation__"):
                    return argument.__operation__(wrapped, signature.bind(*args, **options).arguments)
            return function(*args, **options)

        # The wrapper shares the globals of the function, so that doctest and pydoc find it in the function's module.
        shared = types.FunctionType(call.__code__, function.__globals__, closure=call.__closure__)
        wrapped = functools.wraps(function)(shared)
        wrapped.record = record
        return wrapped

    return decorate
