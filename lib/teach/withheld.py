"""Operations that an exercise asks its author to write: the code that computes them, and a watch over a call.

An exercise names what it withholds. Two places hold to it, with different strength. The grader's box does not contain
the code named here, so nobody can call it there. :func:`lib.teach.check` runs in the student's own process, where all
of it is at hand; it watches the call and says what it saw, which is a help and no lock.
"""

from __future__ import annotations

import fnmatch
import importlib
import inspect
import sys
import threading
import types
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from lib.words import say

LIBRARY = Path(__file__).resolve().parents[1]

_CORRELATION = tuple(f"lib.ops.fast.{name}:*" for name in ("correlation", "rows", "pixels", "weight_gradients"))
_RESAMPLING = ("lib.ops.resampling:*", "lib.ops.by_loops:_neighbours", "lib.ops.by_loops:_kernel")

# What computes each operation, under whatever name: functions as 'module:name', where * stands for any letters.
COMPUTED_BY = {
    "conv2d": ("lib.ops.convolution:conv2d", "lib.ops.by_loops:conv2d_by_loops", *_CORRELATION),
    "conv_transpose2d": (
        "lib.ops.convolution:conv_transpose2d",
        "lib.ops.by_loops:conv_transpose2d_by_loops",
        "lib.ops.fast.correlation:transpose_correlate",
    ),
    "unfold": ("lib.ops.windows:unfold",),
    "fold": ("lib.ops.windows:fold",),
    "matrix_of": ("lib.ops.matrices:matrix_of",),
    "max_pool2d": (
        "lib.ops.pooling:max_pool2d",
        "lib.ops.pooling:_largest*",
        "lib.ops.pooling:_flat_positions",
        "lib.ops.pooling:_Windows.taps",
        "lib.ops.by_loops:max_pool2d_by_loops",
    ),
    "max_unpool2d": (
        "lib.ops.pooling:max_unpool2d",
        "lib.ops.pooling:_write_at",
        "lib.ops.pooling:_add_at",
        "lib.ops.by_loops:max_unpool2d_by_loops",
    ),
    "interpolate": (
        "lib.ops.interpolation:*",
        "lib.ops.by_loops:interpolate_by_loops",
        "lib.ops.fast.banded:*",
        *_RESAMPLING,
    ),
    "interpolation_matrix": _RESAMPLING,
    "pixel_shuffle": ("lib.ops.shuffling:*", "lib.ops.by_loops:pixel_*shuffle_by_loops"),
    "psnr": ("lib.ops.metrics:psnr",),
    "bilinear_": ("lib.learn.initialisation:bilinear_",),
    "relu": ("lib.learn.tensor:Tensor.relu", "lib.learn.relu_rules:_*"),
    "cross_entropy": (
        "lib.learn.losses:cross_entropy",
        "lib.learn.losses:_log_softmax",
        "lib.learn.losses:_reduced_cross_entropy",
        "lib.learn.losses:*binary_cross_entropy*",
    ),
    "paired_difference": ("lib.learn.statistics:paired_difference",),
    "iou": ("lib.learn.metrics:iou", "lib.learn.metrics:mean_iou", "lib.learn.metrics:_quotients"),
}


class Withheld(RuntimeError):
    """An operation was called where it is to be written; the message, for the author of the call, says which it was."""

    def __init__(self, operation: str) -> None:
        """Take the operation's name."""
        super().__init__(operation)
        self.operation = operation

    def __str__(self) -> str:
        return withheld_in_words(self.operation)


def withheld_in_words(operation: str) -> str:
    """Say that an operation cannot be called."""
    return say(
        "{operation} cannot be called here, in no way and under no name: this exercise asks you to write it.",
        operation=operation,
    )


def functions_of(operation: str) -> dict[str, list[str]]:
    """Return the functions that compute an operation: qualified names, by module.

    Raises
    ------
    ValueError
        If the operation is not one that can be withheld, or a name in :data:`COMPUTED_BY` is that of no function.

    Examples
    --------
    >>> functions_of("psnr")
    {'lib.ops.metrics': ['psnr']}
    """
    if operation not in COMPUTED_BY:
        raise ValueError(f"operation must be one of {', '.join(COMPUTED_BY)}, got {operation!r}")
    found: dict[str, list[str]] = {}
    for pattern in COMPUTED_BY[operation]:
        module, _, wanted = pattern.partition(":")
        names = [name for name in _codes(module) if fnmatch.fnmatchcase(name, wanted)]
        if not names:
            raise ValueError(f"{pattern} of {operation} is the name of no function")
        known = found.setdefault(module, [])
        known += [name for name in names if name not in known]
    return found


def watched(operations: tuple[str, ...], function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that does the same, and ends with :class:`Withheld` if it meets what is withheld.

    The watch sees every Python function that begins meanwhile, however it was reached: bound earlier, within a
    ``Tensor``, loaded anew, or compiled from the source text under another name. Code that the author of the function
    wrote in the same place counts as written, also where it is the library's word for word.
    """
    if not operations:
        return function
    place = _place_of(function)
    fingerprints = {mark: name for name in reversed(operations) for mark in _fingerprints(name)}

    def guarded(*arguments: Any, **options: Any) -> Any:
        met: list[str] = []

        def look(frame: types.FrameType, event: str, _: Any) -> None:
            name = fingerprints.get(_fingerprint(frame.f_code)) if event == "call" else None
            if name and Path(frame.f_code.co_filename).parent != place:
                met.append(name)
                raise Withheld(name)

        before = sys.getprofile()
        threading.setprofile(look)
        sys.setprofile(look)
        try:
            return function(*arguments, **options)
        finally:
            sys.setprofile(before)
            threading.setprofile(before)
            if met:  # also where the function went on after it was told
                raise Withheld(met[0])

    return guarded


def _place_of(function: Callable[..., Any]) -> Path | None:
    """Return the folder of the author's own code: for a notebook, that of its cells; None for the library's."""
    code = getattr(function, "__code__", None)
    folder = Path(code.co_filename).parent if code else None
    return None if folder is None or folder.is_relative_to(LIBRARY) else folder


@cache
def _codes(module: str) -> dict[str, types.CodeType]:
    """Return the code of every function of a module of this package, by its qualified name."""
    path = Path(inspect.getfile(importlib.import_module(module)))
    whole = compile(path.read_text(encoding="utf-8"), str(path), "exec", dont_inherit=True)
    return {code.co_qualname: code for code in _within(whole) if "<locals>" not in code.co_qualname}


def _within(code: types.CodeType) -> Iterator[types.CodeType]:
    """Yield the functions that a piece of code defines at its top level or in classes."""
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            if constant.co_flags & inspect.CO_OPTIMIZED:  # a function, and no body of a class
                yield constant
            else:
                yield from _within(constant)


@cache
def _fingerprints(operation: str) -> frozenset[tuple[Any, ...]]:
    """Return what tells the functions of an operation from all others."""
    named = functions_of(operation).items()
    return frozenset(_fingerprint(_codes(module)[name]) for module, names in named for name in names)


def _fingerprint(code: types.CodeType) -> tuple[Any, ...]:
    """Return what a function's code is, whatever it is called and wherever it stands.

    That is the names that it uses, and not its bytes: they also depend on what else was compiled with it.
    """
    nested = [constant for constant in code.co_consts if isinstance(constant, types.CodeType)]
    return code.co_varnames, code.co_freevars, code.co_cellvars, frozenset(code.co_names), len(nested)
