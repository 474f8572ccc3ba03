"""How an operation meets an argument that is more than an array, without knowing what it is.

An operation is written on arrays. It checks its arguments, computes its result, and states beside it the adjoint for
each argument that has one: the function that takes a gradient of the result to the gradient of that argument. If one of
its arguments has a method ``__operation__``, the operation hands itself over to it, as NumPy's functions do through
``__array_function__``. That is how :class:`lib.Tensor` records operations although nothing in :mod:`lib.ops` imports
it.
"""

from __future__ import annotations

import functools
import inspect
import types
import typing
from collections.abc import Callable
from contextvars import ContextVar
from typing import ParamSpec, TypeVar

import numpy as np

Arguments, Result = ParamSpec("Arguments"), TypeVar("Result")

Adjoint = Callable[[np.ndarray], np.ndarray]
# A result, and the adjoint for each differentiable argument by its name.
WithAdjoints = tuple[Result, dict[str, Adjoint]]

_recorded = ContextVar("recorded", default=False)


def operation(function: Callable[Arguments, WithAdjoints[Result]]) -> Callable[Arguments, Result]:
    """Make an operation of a function on arrays that returns its result and its adjoints.

    Called with arrays, the operation returns the result alone. If an argument has a method ``__operation__``, it
    returns what that method makes of the operation and its arguments, by name. Its attribute ``record`` returns result
    and adjoints.

    Examples
    --------
    >>> @operation
    ... def scaled(x: np.ndarray, factor: float = 2) -> WithAdjoints[np.ndarray]:
    ...     return factor * x, {"x": lambda grad: factor * grad}
    >>> class Loud:
    ...     def __operation__(self, operation, arguments):
    ...         return f"{operation.__name__} was asked for with {list(arguments)}"
    >>> scaled(3), scaled(Loud())
    (6, "scaled was asked for with ['x']")
    >>> result, adjoints = scaled.record(3, factor=5)
    >>> result, adjoints["x"](1)
    (15, 5)
    """
    signature = inspect.signature(function)

    def call(*args, **options):
        for argument in (*args, *options.values()):
            if hasattr(argument, "__operation__"):
                return argument.__operation__(wrapped, signature.bind(*args, **options).arguments)
        return function(*args, **options)[0]

    def record(*args, **options):
        token = _recorded.set(True)
        try:
            return function(*args, **options)
        finally:
            _recorded.reset(token)

    # The wrapper shares the globals of the function, so that doctest and pydoc find it in the function's module.
    shared = types.FunctionType(call.__code__, function.__globals__, closure=call.__closure__)
    wrapped = functools.wraps(function)(shared)
    wrapped.record = record

    # What the operation returns to its caller is the first of the two that the function returns.
    both = typing.get_type_hints(function).get("return", WithAdjoints[typing.Any])
    wrapped.__signature__ = signature.replace(return_annotation=typing.get_args(both)[0])
    return wrapped


def is_recorded() -> bool:
    """Return whether the adjoints are asked for, so that what only they need is not computed in vain."""
    return _recorded.get()
