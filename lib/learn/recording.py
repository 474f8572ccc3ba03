"""Automatic differentiation needs nothing but adjoints.

Near given numbers every differentiable operation is a matrix: a small change of its input times that matrix is the
change of its result. A gradient goes the other way, so it is multiplied by the transposed matrix, the adjoint. Whoever
records, with each result, the operands and the adjoint for each, has every gradient by walking back.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Self

import numpy as np

from lib.ops.checks import as_numbers

Adjoint = Callable[[np.ndarray], np.ndarray]
Operand = tuple["Recorded", Adjoint]

ANY_SHAPE = tuple(range(33))

_recording = ContextVar("recording", default=True)
_ages = itertools.count()


@contextmanager
def no_grad() -> Iterator[None]:
    """Compute without recording: for evaluation, and for every step that is not to be differentiated.

    Examples
    --------
    >>> from lib import Tensor
    >>> x = Tensor([1.0, 2.0], requires_grad=True)
    >>> with no_grad():
    ...     y = 3 * x
    >>> y.requires_grad, (3 * x).requires_grad
    (False, True)
    """
    token = _recording.set(False)
    try:
        yield
    finally:
        _recording.reset(token)


class Recorded:
    """An array that remembers which operands it was computed from, and for each of them the adjoint.

    :class:`lib.Tensor` adds the arithmetic.
    """

    __array_ufunc__ = None  # array + tensor asks the tensor, instead of adding it cell by cell

    def __init__(self, data: Any, requires_grad: bool = False) -> None:
        """Copy ``data``; with ``requires_grad``, :meth:`backward` leaves its gradient in ``grad``."""
        self._remember(np.array(as_numbers(data, "data", ANY_SHAPE)), ())
        self.requires_grad = requires_grad

    @classmethod
    def _record(cls, result: np.ndarray, *operands: Operand) -> Self:
        """Return ``result`` as a tensor that remembers those of its operands through which gradients pass."""
        tensor = cls.__new__(cls)
        needed = tuple(pair for pair in operands if pair[0].requires_grad) if _recording.get() else ()
        tensor._remember(result, needed)
        return tensor

    def _remember(self, numbers: np.ndarray, operands: tuple[Operand, ...]) -> None:
        self._data, self._operands, self._age = _read_only(numbers), operands, next(_ages)
        self._requires_grad, self._keeps_grad = bool(operands), not operands
        self.grad: np.ndarray | None = None

    def __operation__(self, function: Callable, arguments: dict[str, Any]) -> Any:
        """Carry out an operation of :mod:`lib.ops` and record it, see :mod:`lib.ops.dispatch`."""
        tensors = {name: value for name, value in arguments.items() if isinstance(value, Recorded)}
        needed = [name for name, tensor in tensors.items() if tensor.requires_grad and _recording.get()]
        # Adjoints may read an array much later, so they get one that nobody can change in between.
        plain = {
            name: value.data if name in tensors else value.copy() if needed and isinstance(value, np.ndarray) else value
            for name, value in arguments.items()
        }
        result, adjoints = function.record(**plain) if needed else (function(**plain), {})
        for name in needed:
            if name not in adjoints:
                raise TypeError(
                    f"{name} of {function.__name__} has no gradient, got a tensor that requires one; use detach()"
                )
        # Of several results, such as a maximum and its position, the first is the one that is differentiated.
        first, *rest = result if isinstance(result, tuple) else (result,)
        tensor = self._record(first, *((tensors[name], adjoints[name]) for name in needed))
        return (tensor, *map(_read_only, rest)) if rest else tensor

    def backward(self, grad: Any = None) -> None:
        """Add, to the ``grad`` of every tensor this one was computed from, how it changes this one.

        Parameters
        ----------
        grad : array of the shape of this tensor, optional
            The gradient to start from: how whatever comes after changes with each cell of this tensor. A tensor of
            one number starts from 1.

        Raises
        ------
        ValueError, TypeError
            If no operand requires a gradient, ``grad`` is missing although this tensor holds several numbers, or
            ``grad`` has another shape.

        Notes
        -----
        Gradients arrive where one asked for them: in the tensors made with ``requires_grad``, and in those whose
        :meth:`retain_grad` was called. They add up there, over the ways that lead to a tensor and over several calls,
        until ``grad`` is set to None. What is recorded stays, so a second call adds the same again.

        Source: Linnainmaa (1976), "Taylor expansion of the accumulated rounding error"; Baydin et al. (2018),
        "Automatic differentiation in machine learning: a survey".

        Examples
        --------
        >>> from lib import Tensor, conv2d
        >>> image, kernel = np.arange(16.0).reshape(4, 4), Tensor(np.zeros((3, 3)), requires_grad=True)
        >>> conv2d(image, kernel).sum().backward()
        >>> kernel.grad
        array([[10., 14., 18.],
               [26., 30., 34.],
               [42., 46., 50.]])
        """
        gradients = {self: self._first_gradient(grad)}
        for tensor in self._newest_first():
            gradient = gradients.pop(tensor)
            if tensor._keeps_grad:
                tensor.grad = gradient.copy() if tensor.grad is None else tensor.grad + gradient
            for operand, adjoint in tensor._operands:
                part = _summed_to(operand, adjoint(gradient))
                gradients[operand] = gradients[operand] + part if operand in gradients else part

    def _newest_first(self) -> list[Recorded]:
        """Return all tensors this one was computed from: an operand is always older than the result."""
        found, waiting = {self}, [self]
        while waiting:
            for operand, _ in waiting.pop()._operands:
                if operand not in found:
                    found.add(operand)
                    waiting.append(operand)
        return sorted(found, key=lambda tensor: tensor._age, reverse=True)

    def _first_gradient(self, grad: Any) -> np.ndarray:
        if not self.requires_grad:
            raise ValueError(
                f"this tensor of shape {self.shape} was computed from nothing that requires a gradient; make a tensor "
                f"with requires_grad=True, outside no_grad"
            )
        if grad is None and self.size != 1:
            raise ValueError(f"grad must be given unless the tensor is one number, got none for shape {self.shape}")
        first = np.ones(self.shape) if grad is None else as_numbers(grad, "grad", ANY_SHAPE)
        if first.shape != self.shape:
            raise ValueError(f"grad must have the shape of the tensor, {self.shape}, got {first.shape}")
        return first.astype(self.dtype)

    @property
    def data(self) -> np.ndarray:
        """The numbers, as an array that cannot be written to, since adjoints may still read it.

        To change them, set ``data`` to another array of the same shape. What was recorded before keeps the old one.

        Examples
        --------
        >>> from lib import Tensor
        >>> weight = Tensor([1.0, 2.0], requires_grad=True)
        >>> weight.data = weight.data - 0.5
        >>> weight
        Tensor([0.5, 1.5], requires_grad=True)
        """
        return self._data

    @data.setter
    def data(self, data: Any) -> None:
        numbers = as_numbers(data, "data", ANY_SHAPE)
        if numbers.shape != self.shape:
            raise ValueError(f"data must keep the shape of the tensor, {self.shape}, got {numbers.shape}")
        if self._operands:
            raise ValueError("data of a computed tensor cannot be set, because its gradient would not fit; detach() it")
        self._data = _read_only(numbers.astype(self.dtype))

    @property
    def requires_grad(self) -> bool:
        """Whether gradients reach this tensor; can be set, to freeze it, unless it was computed."""
        return self._requires_grad

    @requires_grad.setter
    def requires_grad(self, value: bool) -> None:
        if not isinstance(value, (bool, np.bool_)):
            raise TypeError(f"requires_grad must be True or False, got {value!r}")
        if value and self.dtype.kind != "f":
            raise TypeError(f"requires_grad needs floating-point numbers, got data of dtype {self.dtype}")
        if self._operands and not value:
            raise ValueError("requires_grad of a computed tensor follows from its operands; use detach()")
        self._requires_grad = bool(value)

    def retain_grad(self) -> None:
        """Keep the gradient of this tensor too, although it was computed: for looking inside a network.

        Examples
        --------
        >>> from lib import Tensor
        >>> x = Tensor([1.0, -2.0], requires_grad=True)
        >>> y = x * x
        >>> y.retain_grad()
        >>> (3 * y).sum().backward()
        >>> y.grad, x.grad
        (array([3., 3.]), array([  6., -12.]))
        """
        if not self.requires_grad:
            raise ValueError(f"retain_grad needs a tensor that requires a gradient, got shape {self.shape} without")
        self._keeps_grad = True

    def detach(self) -> Self:
        """Return the same numbers without their history, so that no gradient goes through.

        Examples
        --------
        >>> from lib import Tensor
        >>> x = Tensor(3.0, requires_grad=True)
        >>> (x * x.detach()).backward()
        >>> x.grad
        array(3.)
        """
        return self._record(self.data)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        if self.requires_grad:
            raise TypeError("a tensor that requires a gradient is no plain array, which would lose it; use its data")
        return np.array(self.data, dtype) if copy else np.asarray(self.data, dtype)

    shape = property(lambda self: self.data.shape, doc="Number of cells along each axis.")
    dtype = property(lambda self: self.data.dtype, doc="Type of the numbers; gradients have the same.")
    ndim = property(lambda self: self.data.ndim, doc="Number of axes.")
    size = property(lambda self: self.data.size, doc="Number of cells.")

    def __repr__(self) -> str:
        numbers = np.array2string(self.data, separator=", ", prefix=f"{type(self).__name__}(")
        return f"{type(self).__name__}({numbers}{', requires_grad=True' if self.requires_grad else ''})"


def _read_only(numbers: np.ndarray) -> np.ndarray:
    view = np.asarray(numbers).view()
    view.flags.writeable = False
    return view


def _summed_to(operand: Recorded, gradient: np.ndarray) -> np.ndarray:
    """Return a gradient in shape and dtype of its operand: the adjoint of broadcasting, which copies, is to sum."""
    gradient = np.asarray(gradient)
    if gradient.shape != operand.shape:
        before = gradient.ndim - operand.ndim
        copied = [axis + before for axis, cells in enumerate(operand.shape) if cells == 1]
        gradient = gradient.sum((*range(before), *copied)).reshape(operand.shape)
    return gradient.astype(operand.dtype, copy=False)
