"""The arithmetic of tensors: each rule is an operation on arrays and, for each operand, its adjoint."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Self

import numpy as np

from lib.learn.recording import ANY_SHAPE, Recorded
from lib.ops.checks import as_numbers

# What the way back through a ReLU lets pass, given the gradient and where the input was negative.
RELU_RULES = {
    "gradient": lambda grad, negative: _without(grad, negative),
    "deconvnet": lambda grad, negative: np.maximum(grad, 0),  # noqa: ARG005  the input does not matter
    "guided": lambda grad, negative: _without(np.maximum(grad, 0), negative),
}
_relu_rule = ContextVar("relu_rule", default="gradient")


class Arithmetic(Recorded):
    """Operators and functions that work cell by cell, and the product of matrices."""

    def __add__(self, other: Any) -> Self:
        a, b = self._with(other)
        return self._record(a.data + b.data, (a, lambda grad: grad), (b, lambda grad: grad))

    def __sub__(self, other: Any) -> Self:
        a, b = self._with(other)
        return self._record(a.data - b.data, (a, lambda grad: grad), (b, lambda grad: -grad))

    def __mul__(self, other: Any) -> Self:
        a, b = self._with(other)
        x, y = a.data, b.data
        return self._record(x * y, (a, lambda grad: grad * y), (b, lambda grad: grad * x))

    def __truediv__(self, other: Any) -> Self:
        a, b = self._with(other)
        y, quotient = b.data, a.data / b.data
        return self._record(quotient, (a, lambda grad: grad / y), (b, lambda grad: -grad * quotient / y))

    def __pow__(self, other: Any) -> Self:
        a, b = self._with(other)
        x, y = a.data, b.data
        power = x**y

        def base_gradient(grad: np.ndarray) -> np.ndarray:
            return grad * np.where(y == 0, 0, y * x ** np.where(y == 0, 1, y - 1))  # x⁰ is 1 even at 0

        def exponent_gradient(grad: np.ndarray) -> np.ndarray:
            flat = (x == 0) & (y >= 0)  # where the logarithm has no say
            return grad * np.where(flat, 0, power * np.log(np.where(flat, 1, x)))

        return self._record(power, (a, base_gradient), (b, exponent_gradient))

    __radd__, __rmul__ = __add__, __mul__

    def __rsub__(self, other: Any) -> Self:
        a, b = self._with(other)
        return b - a

    def __rtruediv__(self, other: Any) -> Self:
        a, b = self._with(other)
        return b / a

    def __rpow__(self, other: Any) -> Self:
        a, b = self._with(other)
        return b**a

    def __neg__(self) -> Self:
        return self._record(-self.data, (self, lambda grad: -grad))

    def __abs__(self) -> Self:
        sign = np.sign(self.data)
        return self._record(abs(self.data), (self, lambda grad: grad * sign))

    def __matmul__(self, other: Any) -> Self:
        a, b = self._with(other, inner=2)
        if not a.ndim or not b.ndim or a.shape[-1] != b.shape[-min(2, b.ndim)]:
            raise ValueError(f"other must have as many rows as there are columns, got shapes {a.shape} @ {b.shape}")
        if a.ndim > 1 and b.ndim > 1:
            x, y_transposed = a.data, b.data.swapaxes(-1, -2)
            return self._record(
                x @ b.data, (a, lambda grad: grad @ y_transposed), (b, lambda grad: x.swapaxes(-1, -2) @ grad)
            )
        rows = a if a.ndim > 1 else a.reshape(1, -1)
        columns = b if b.ndim > 1 else b.reshape(-1, 1)
        product = rows @ columns
        *batch, height, width = product.shape
        return product.reshape(*batch, *[height] * (a.ndim > 1), *[width] * (b.ndim > 1))

    def __rmatmul__(self, other: Any) -> Self:
        a, b = self._with(other, inner=2)
        return b @ a

    def _refuse_in_place(self, other: Any) -> Any:  # noqa: ARG002  a method of an operator has two arguments
        if self.requires_grad and not self._operands:
            raise TypeError(
                "a tensor made with requires_grad cannot be changed in place, since no gradient would reach it any "
                "more; write x = x + y for a new one, or set its data"
            )
        return NotImplemented  # then Python takes x = x + y

    __iadd__ = __isub__ = __imul__ = __itruediv__ = __ipow__ = __imatmul__ = _refuse_in_place

    def exp(self) -> Self:
        """Return e to the power of each number."""
        power = np.exp(self.data)
        return self._record(power, (self, lambda grad: grad * power))

    def log(self) -> Self:
        """Return the natural logarithm of each number."""
        x = self.data
        return self._record(np.log(x), (self, lambda grad: grad / x))

    def tanh(self) -> Self:
        """Return the hyperbolic tangent of each number."""
        result = np.tanh(self.data)
        return self._record(result, (self, lambda grad: grad * (1 - result * result)))

    def sigmoid(self) -> Self:
        """Return ``1 / (1 + exp(-x))`` for each number x.

        Examples
        --------
        >>> from lib import Tensor
        >>> Tensor([-1000.0, 0.0, 1000.0]).sigmoid()
        Tensor([0. , 0.5, 1. ])
        """
        result = np.exp(-np.logaddexp(self.dtype.type(0), -self.data))  # nothing overflows, on either side
        return self._record(result, (self, lambda grad: grad * result * (1 - result)))

    def relu(self, rule: str | None = None) -> Self:
        """Replace what is negative by zero.

        Parameters
        ----------
        rule : {'gradient', 'deconvnet', 'guided'}, optional
            What passes on the way back. ``'gradient'``: the gradient, where the input was positive. ``'deconvnet'``:
            its positive part, whatever the input was. ``'guided'``: its positive part where the input was positive.
            Unless given, the rule of :func:`relu_rule` at the time of :meth:`backward`, else ``'gradient'``.

        Notes
        -----
        Only ``'gradient'`` is an adjoint; the others make clearer pictures of what a network looks at, which are no
        gradients any more.

        Source: Zeiler & Fergus (2014), "Visualizing and understanding convolutional networks"; Springenberg et al.
        (2015), "Striving for simplicity: the all convolutional net".

        Examples
        --------
        >>> from lib import Tensor
        >>> for rule in RELU_RULES:
        ...     x = Tensor([1.0, 1.0, -1.0, -1.0], requires_grad=True)
        ...     x.relu(rule).backward([2, -2, 2, -2])
        ...     print(x.grad)
        [ 2. -2.  0.  0.]
        [2. 0. 2. 0.]
        [2. 0. 0. 0.]
        """
        chosen = None if rule is None else _as_rule(rule)
        x = self.data

        def masked(grad: np.ndarray) -> np.ndarray:
            return RELU_RULES[chosen or _relu_rule.get()](grad, x <= 0)

        return self._record(np.maximum(x, x.dtype.type(0)), (self, masked))

    def _with(self, other: Any, inner: int = 0) -> tuple[Self, Self]:
        """Return both operands as tensors whose shapes, but for their ``inner`` last axes, go together."""
        a, b = self._tensors([self, other], ["self", "other"])
        try:
            np.broadcast_shapes(a.shape[: max(0, a.ndim - inner)], b.shape[: max(0, b.ndim - inner)])
        except ValueError:
            raise ValueError(f"other of shape {b.shape} cannot be broadcast with shape {a.shape}") from None
        return a, b

    @classmethod
    def _tensors(cls, values: Sequence[Any], names: Sequence[str]) -> list[Self]:
        """Return tensors; numbers, integers and truth values take on the floating-point dtype of the others."""
        tensors = [cls._tensor(value, name) for value, name in zip(values, names, strict=True)]
        numbers = [isinstance(value, (int, float, np.generic)) for value in values]
        decides = [tensor.dtype.kind == "f" and not alone for tensor, alone in zip(tensors, numbers, strict=True)]
        if not any(decides):
            return tensors
        dtype = np.result_type(*(tensor.dtype for tensor, does in zip(tensors, decides, strict=True) if does))
        return [
            tensor if does else cls(tensor.data.astype(dtype)) for tensor, does in zip(tensors, decides, strict=True)
        ]

    @classmethod
    def _tensor(cls, value: Any, name: str) -> Self:
        if isinstance(value, cls):
            return value
        is_mask = isinstance(value, bool) or (isinstance(value, (np.ndarray, np.generic)) and value.dtype == bool)
        return cls(np.asarray(value, np.int8) if is_mask else as_numbers(value, name, ANY_SHAPE))


@contextmanager
def relu_rule(rule: str) -> Iterator[None]:
    """Let every :meth:`lib.Tensor.relu` that names no rule itself follow ``rule`` on the way back.

    Parameters
    ----------
    rule : {'gradient', 'deconvnet', 'guided'}
        See :meth:`lib.Tensor.relu`.

    Examples
    --------
    One way forward, two ways back:

    >>> from lib import Tensor
    >>> x = Tensor([2.0, -1.0], requires_grad=True)
    >>> y = x.relu()
    >>> y.backward([-1, -1])
    >>> with relu_rule("guided"):
    ...     y.backward([-1, -1])
    >>> x.grad
    array([-1.,  0.])
    """
    token = _relu_rule.set(_as_rule(rule))
    try:
        yield
    finally:
        _relu_rule.reset(token)


def _as_rule(rule: str) -> str:
    if rule not in tuple(RELU_RULES):
        raise ValueError(f"rule must be one of {', '.join(RELU_RULES)}, got {rule!r}")
    return rule


def _without(grad: np.ndarray, dropped: np.ndarray) -> np.ndarray:
    """Return ``np.where(dropped, 0, grad)``, eight times faster: it guesses, number by number, which one comes next.

    A product with 0 and 1 would not do, because infinity times 0 is no 0. The bits of a number and those of -1, which
    are all set, give the number; with those of 0 they give 0.
    """
    if grad.dtype.itemsize > 8:  # no integer has as many bits
        return np.where(dropped, grad.dtype.type(0), grad)
    bits = np.asarray(np.logical_not(dropped)).astype(f"i{grad.dtype.itemsize}")
    np.negative(bits, out=bits)
    return np.bitwise_and(grad.view(bits.dtype), bits, out=bits).view(grad.dtype)
