"""Tensors: arrays that remember how they were computed, so that gradients can be found.

Automatic differentiation needs nothing but adjoints. Near given numbers every differentiable operation is a matrix: a
small change of its input times that matrix is the change of its result. A gradient goes the other way, so it is
multiplied by the transposed matrix, the adjoint. Whoever records, with each result, the operands and the adjoint for
each, has every gradient by walking back.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np

from lib.checks import as_flag, as_int, as_number, as_numbers
from lib.learn.relu_rules import RELU_RULES, as_rule, rule_in_force

Axes = int | tuple[int, ...] | None
Adjoint = Callable[[np.ndarray], np.ndarray]
Operand = tuple["Tensor", Adjoint]

ANY_SHAPE = tuple(range(33))

_recording = ContextVar("recording", default=True)
_ages = itertools.count()


@contextmanager
def no_grad() -> Iterator[None]:
    """Compute without recording: for evaluation, and for every step that is not to be differentiated.

    Examples
    --------
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


class Tensor:
    """An array that records what is computed from it, so that :meth:`backward` can find gradients.

    Parameters
    ----------
    data : array of integers or floating-point numbers, of any shape
        Copied; the dtype is kept.
    requires_grad : bool
        Whether :meth:`backward` is to leave in ``grad`` the gradient with respect to this tensor. Only for
        floating-point numbers.

    Attributes
    ----------
    grad : array of the shape and dtype of ``data``, or None
        Where :meth:`backward` adds gradients up; set it to None to begin anew.

    Raises
    ------
    ValueError, TypeError
        If ``data`` is not a rectangular array of numbers, or integers are to have a gradient.

    Notes
    -----
    Every operation of the package takes tensors and arrays alike. Arithmetic (``+ - * / ** @``) broadcasts as in NumPy;
    numbers, integers and truth values take on the floating-point dtype of the tensor, so float32 stays float32. A
    tensor's numbers are never changed in place: ``x += y`` makes a new one.

    Examples
    --------
    >>> x = Tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    >>> (x**2).sum().backward()
    >>> x.grad
    array([[2., 4.],
           [6., 8.]])
    """

    __array_ufunc__ = None  # array + tensor asks the tensor, instead of adding it cell by cell

    def __init__(self, data: Any, requires_grad: bool = False) -> None:
        """Copy ``data``; with ``requires_grad``, :meth:`backward` leaves its gradient in ``grad``."""
        self._remember(np.array(as_numbers(data, "data", ANY_SHAPE)), ())
        self.requires_grad = requires_grad

    # What it holds, and whether gradients reach it.

    @property
    def data(self) -> np.ndarray:
        """The numbers, as an array that cannot be written to, since adjoints may still read it.

        To change them, set ``data`` to another array of the same shape. What was recorded before keeps the old one.

        Examples
        --------
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

    def detach(self) -> Tensor:
        """Return the same numbers without their history, so that no gradient goes through.

        Examples
        --------
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

    # The way there: a result remembers its operands, each with the adjoint that leads back to it.

    @classmethod
    def _record(cls, result: np.ndarray, *operands: Operand) -> Tensor:
        """Return ``result`` as a tensor that remembers those of its operands through which gradients pass."""
        tensor = cls.__new__(cls)
        needed = tuple(pair for pair in operands if pair[0].requires_grad)
        tensor._remember(result, needed if _recording.get() else ())
        return tensor

    def _remember(self, numbers: np.ndarray, operands: tuple[Operand, ...]) -> None:
        self._data, self._operands, self._age = _read_only(numbers), operands, next(_ages)
        self._requires_grad, self._keeps_grad = bool(operands), not operands
        self.grad: np.ndarray | None = None

    def __operation__(self, function: Callable, arguments: dict[str, Any]) -> Any:
        """Carry out an operation of :mod:`lib.ops` and record it, see :mod:`lib.ops.dispatch`."""
        tensors = {name: value for name, value in arguments.items() if isinstance(value, Tensor)}
        needed = [name for name, tensor in tensors.items() if tensor.requires_grad and _recording.get()]
        plain = {name: value.data if name in tensors else value for name, value in arguments.items()}

        if needed:
            # Adjoints may read an array much later, so they get one that nobody can change in between.
            mine = {name: value.copy() for name, value in arguments.items() if isinstance(value, np.ndarray)}
            result, adjoints = function.record(**plain | mine)
        else:
            result, adjoints = function(**plain), {}
        if missing := [name for name in needed if name not in adjoints]:
            raise TypeError(
                f"{missing[0]} of {function.__name__} has no gradient, got a tensor that requires one; use detach()"
            )

        # Of several results, such as a maximum and its position, the first is the one that is differentiated.
        first, *rest = result if isinstance(result, tuple) else (result,)
        tensor = self._record(first, *((tensors[name], adjoints[name]) for name in needed))
        return (tensor, *map(_read_only, rest)) if rest else tensor

    # The way back: from the newest tensor to the oldest, adjoint by adjoint.

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
        >>> from lib import conv2d
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
                tensor._add_to_grad(gradient)

            for operand, adjoint in tensor._operands:
                part = _summed_to(operand, adjoint(gradient))
                if operand in gradients:
                    part = gradients[operand] + part
                gradients[operand] = part

    def _add_to_grad(self, gradient: np.ndarray) -> None:
        self.grad = gradient.copy() if self.grad is None else self.grad + gradient

    def _newest_first(self) -> list[Tensor]:
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

    # Arithmetic: each rule is an operation on arrays and, for each operand, its adjoint.

    def __add__(self, other: Any) -> Tensor:
        a, b = self._with(other)
        return self._record(a.data + b.data, (a, lambda grad: grad), (b, lambda grad: grad))

    def __sub__(self, other: Any) -> Tensor:
        a, b = self._with(other)
        return self._record(a.data - b.data, (a, lambda grad: grad), (b, lambda grad: -grad))

    def __mul__(self, other: Any) -> Tensor:
        a, b = self._with(other)
        x, y = a.data, b.data
        return self._record(x * y, (a, lambda grad: grad * y), (b, lambda grad: grad * x))

    def __truediv__(self, other: Any) -> Tensor:
        a, b = self._with(other)
        y, quotient = b.data, a.data / b.data
        return self._record(quotient, (a, lambda grad: grad / y), (b, lambda grad: -grad * quotient / y))

    def __pow__(self, other: Any) -> Tensor:
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

    def __rsub__(self, other: Any) -> Tensor:
        a, b = self._with(other)
        return b - a

    def __rtruediv__(self, other: Any) -> Tensor:
        a, b = self._with(other)
        return b / a

    def __rpow__(self, other: Any) -> Tensor:
        a, b = self._with(other)
        return b**a

    def __neg__(self) -> Tensor:
        return self._record(-self.data, (self, lambda grad: -grad))

    def __abs__(self) -> Tensor:
        sign = np.sign(self.data)
        return self._record(abs(self.data), (self, lambda grad: grad * sign))

    def __matmul__(self, other: Any) -> Tensor:
        a, b = self._with(other, inner=2)
        if not a.ndim or not b.ndim or a.shape[-1] != b.shape[-min(2, b.ndim)]:
            raise ValueError(f"other must have as many rows as there are columns, got shapes {a.shape} @ {b.shape}")
        if a.ndim == 1 or b.ndim == 1:
            return a._product_with_a_line(b)

        x, y = a.data, b.data
        return self._record(
            x @ y, (a, lambda grad: grad @ y.swapaxes(-1, -2)), (b, lambda grad: x.swapaxes(-1, -2) @ grad)
        )

    def _product_with_a_line(self, other: Tensor) -> Tensor:
        """Return the product where one operand has one axis: a row from the left, a column from the right."""
        rows = self if self.ndim > 1 else self.reshape(1, -1)
        columns = other if other.ndim > 1 else other.reshape(-1, 1)
        product = rows @ columns

        *batch, height, width = product.shape
        return product.reshape(*batch, *[height] * (self.ndim > 1), *[width] * (other.ndim > 1))

    def __rmatmul__(self, other: Any) -> Tensor:
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

    # Functions of each number: near it, each is a multiplication by its slope, which is its own adjoint.

    def exp(self) -> Tensor:
        """Return e to the power of each number."""
        power = np.exp(self.data)
        return self._record(power, (self, lambda grad: grad * power))

    def log(self) -> Tensor:
        """Return the natural logarithm of each number."""
        x = self.data
        return self._record(np.log(x), (self, lambda grad: grad / x))

    def tanh(self) -> Tensor:
        """Return the hyperbolic tangent of each number."""
        result = np.tanh(self.data)
        return self._record(result, (self, lambda grad: grad * (1 - result * result)))

    def sigmoid(self) -> Tensor:
        """Return ``1 / (1 + exp(-x))`` for each number x.

        Examples
        --------
        >>> Tensor([-1000.0, 0.0, 1000.0]).sigmoid()
        Tensor([0. , 0.5, 1. ])
        """
        result = np.exp(-np.logaddexp(self.dtype.type(0), -self.data))  # nothing overflows, on either side
        return self._record(result, (self, lambda grad: grad * result * (1 - result)))

    def relu(self, rule: str | None = None) -> Tensor:
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
        >>> for rule in RELU_RULES:
        ...     x = Tensor([1.0, 1.0, -1.0, -1.0], requires_grad=True)
        ...     x.relu(rule).backward([2, -2, 2, -2])
        ...     print(x.grad)
        [ 2. -2.  0.  0.]
        [2. 0. 2. 0.]
        [2. 0. 0. 0.]
        """
        chosen = None if rule is None else as_rule(rule)
        x = self.data

        def masked(grad: np.ndarray) -> np.ndarray:
            return RELU_RULES[chosen or rule_in_force()](grad, x <= 0)

        return self._record(np.maximum(x, x.dtype.type(0)), (self, masked))

    def leaky_relu(self, negative_slope: float = 0.01, rule: str | None = None) -> Tensor:
        """Multiply what is negative by ``negative_slope``.

        Parameters
        ----------
        negative_slope : float
            At least 0; with 0 it is :meth:`relu`.
        rule : {'gradient', 'deconvnet', 'guided'}, optional
            What passes on the way back, as for :meth:`relu`. The gradient passes where the input was negative too,
            times the slope; the two other rules pass what they pass at a ReLU.

        Notes
        -----
        Source: Maas, Hannun & Ng (2013), "Rectifier nonlinearities improve neural network acoustic models".

        Examples
        --------
        >>> for rule in RELU_RULES:
        ...     x = Tensor([1.0, 1.0, -1.0, -1.0], requires_grad=True)
        ...     x.leaky_relu(0.1, rule).backward([2, -2, 2, -2])
        ...     print(x.grad)
        [ 2.  -2.   0.2 -0.2]
        [2. 0. 2. 0.]
        [2. 0. 0. 0.]
        """
        slope = self.dtype.type(as_number(negative_slope, "negative_slope"))
        if not slope >= 0:
            raise ValueError(f"negative_slope must be at least 0, got {negative_slope!r}")
        chosen = None if rule is None else as_rule(rule)
        x = self.data

        def masked(grad: np.ndarray) -> np.ndarray:
            name = chosen or rule_in_force()
            passed = RELU_RULES[name](grad, x <= 0)
            return passed + slope * (grad - passed) if name == "gradient" else passed

        return self._record(np.where(x > 0, x, slope * x), (self, masked))

    def hardswish(self) -> Tensor:
        """Return ``x · min(max(x + 3, 0), 6) / 6`` for each number x: a smooth ReLU without an exponential.

        Notes
        -----
        Source: Howard et al. (2019), "Searching for MobileNetV3".

        Examples
        --------
        >>> Tensor([-4.0, -1.0, 0.0, 1.0, 4.0]).hardswish()
        Tensor([-0.        , -0.33333333,  0.        ,  0.66666667,  4.        ])
        """
        x = self.data
        gate = np.clip(x + x.dtype.type(3), 0, 6)
        gate *= x.dtype.type(1 / 6)

        def multiplied(grad: np.ndarray) -> np.ndarray:
            return grad * np.where(abs(x) < 3, (2 * x + 3) * x.dtype.type(1 / 6), x >= 3)

        return self._record(x * gate, (self, multiplied))

    # Sums, shapes and parts: what copies on the way there adds up on the way back, and the reverse.

    def sum(self, axis: Axes = None, keepdims: bool = False) -> Tensor:
        """Add up along ``axis``, or everything: the gradient is copied to every cell.

        Examples
        --------
        >>> Tensor([[1, 2], [3, 4]]).sum(axis=0)
        Tensor([4, 6])
        """
        axes, kept = self._axes(axis), as_flag(keepdims, "keepdims")

        def copied(grad: np.ndarray) -> np.ndarray:
            return np.broadcast_to(self._reduced(grad, axes), self.shape)

        return self._record(self.data.sum(axes, keepdims=kept), (self, copied))

    def mean(self, axis: Axes = None, keepdims: bool = False) -> Tensor:
        """Average along ``axis``, or over everything: every cell gets an equal share of the gradient.

        Examples
        --------
        >>> Tensor([[1, 2], [3, 4]]).mean()
        Tensor(2.5)
        """
        axes, kept = self._axes(axis, cells_needed=True), as_flag(keepdims, "keepdims")
        count = math.prod(self.shape[number] for number in axes)

        def shared(grad: np.ndarray) -> np.ndarray:
            return np.broadcast_to(self._reduced(grad, axes) / count, self.shape)

        return self._record(self.data.mean(axes, keepdims=kept), (self, shared))

    def max(self, axis: Axes = None, keepdims: bool = False) -> Tensor:
        """Take the largest along ``axis``, or of everything: it gets the gradient; equal ones share it equally.

        Sharing follows ``torch.amax``. (Max pooling gives everything to the first of equal ones.)

        Examples
        --------
        >>> x = Tensor([3.0, 1.0, 3.0], requires_grad=True)
        >>> x.max().backward()
        >>> x.grad
        array([0.5, 0. , 0.5])
        """
        axes, kept = self._axes(axis, cells_needed=True), as_flag(keepdims, "keepdims")
        x, largest = self.data, self.data.max(axes, keepdims=True)

        def shared(grad: np.ndarray) -> np.ndarray:
            winners = x == largest
            count = winners.sum(axes, keepdims=True).astype(grad.dtype)
            with np.errstate(divide="ignore", invalid="ignore"):  # NaN equals nothing: where it wins, shares are NaN
                return winners * (self._reduced(grad, axes) / count)

        return self._record(largest if kept else largest.squeeze(axes), (self, shared))

    def reshape(self, *shape: int | tuple[int, ...]) -> Tensor:
        """Arrange the same numbers, in row order, in another shape; one size may be -1, whatever is left.

        Examples
        --------
        >>> Tensor([[1, 2, 3], [4, 5, 6]]).reshape(-1, 2).shape
        (3, 2)
        """
        sizes = tuple(as_int(cells, "shape", -1) for cells in _spread(shape))
        try:
            result = self.data.reshape(sizes)
        except ValueError:
            raise ValueError(f"shape {sizes} does not hold the {self.size} cells of shape {self.shape}") from None
        return self._record(result, (self, lambda grad: grad.reshape(self.shape)))

    def transpose(self, *axes: int | tuple[int, ...]) -> Tensor:
        """Put the axes into another order, or reverse them; the gradient's are put back.

        Examples
        --------
        >>> Tensor(np.zeros((2, 3, 4))).transpose(1, 2, 0).shape
        (3, 4, 2)
        """
        order = self._axes(_spread(axes)) if axes else tuple(reversed(range(self.ndim)))
        if len(order) != self.ndim:
            raise ValueError(f"axes must name each of {self.ndim} axes once, got {axes}")
        return self._record(self.data.transpose(order), (self, lambda grad: grad.transpose(np.argsort(order))))

    T = property(transpose, doc="The tensor with its axes reversed.")

    def __getitem__(self, index: Any) -> Tensor:
        places = index if isinstance(index, tuple) else (index,)
        places = tuple(_as_place(place) for place in places)
        repeats = any(isinstance(place, np.ndarray) for place in places)

        def put(grad: np.ndarray) -> np.ndarray:
            result = np.zeros(self.shape, grad.dtype)
            if repeats:
                np.add.at(result, places, grad)  # a cell that was read twice gets both gradients
            else:
                result[places] = grad
            return result

        return self._record(self.data[places], (self, put))

    def __len__(self) -> int:
        if not self.ndim:
            raise TypeError("a tensor of one number, without axes, has no length")
        return self.shape[0]

    def __iter__(self) -> Iterator[Tensor]:
        return (self[number] for number in range(len(self)))

    def __float__(self) -> float:
        if self.size != 1:
            raise ValueError(f"only a tensor of one number can be a float, got shape {self.shape}")
        return float(self.data.reshape(()))

    def __bool__(self) -> bool:
        return bool(self.data)

    # What the methods share.

    def _with(self, other: Any, inner: int = 0) -> tuple[Tensor, Tensor]:
        """Return both operands as tensors whose shapes, but for their ``inner`` last axes, go together."""
        a, b = self._tensors([self, other], ["self", "other"])
        try:
            np.broadcast_shapes(a.shape[: max(0, a.ndim - inner)], b.shape[: max(0, b.ndim - inner)])
        except ValueError:
            raise ValueError(f"other of shape {b.shape} cannot be broadcast with shape {a.shape}") from None
        return a, b

    @classmethod
    def _tensors(cls, values: Sequence[Any], names: Sequence[str]) -> list[Tensor]:
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
    def _tensor(cls, value: Any, name: str) -> Tensor:
        if isinstance(value, cls):
            return value
        is_mask = isinstance(value, bool) or (isinstance(value, (np.ndarray, np.generic)) and value.dtype == bool)
        return cls(np.asarray(value, np.int8) if is_mask else as_numbers(value, name, ANY_SHAPE))

    def _axes(self, axis: Axes, cells_needed: bool = False) -> tuple[int, ...]:
        """Return the axes that ``axis`` names, counted from the first."""
        named = range(self.ndim) if axis is None else axis if isinstance(axis, (tuple, list)) else (axis,)
        axes = tuple(as_int(number, "axis", -self.ndim) for number in named)
        if any(number >= self.ndim for number in axes):
            raise ValueError(f"axis must lie between {-self.ndim} and {self.ndim - 1}, got {axis}")

        axes = tuple(number % self.ndim for number in axes)
        if len(set(axes)) < len(axes):
            raise ValueError(f"axis must name each axis once, got {axis}")
        if cells_needed and not all(self.shape[number] for number in axes):
            raise ValueError(f"axis {axes} of shape {self.shape} holds no cells, which have neither mean nor maximum")
        return axes

    def _reduced(self, grad: np.ndarray, axes: tuple[int, ...]) -> np.ndarray:
        """Return the gradient of a reduction along ``axes`` with these axes kept, as of one cell."""
        return grad.reshape([1 if axis in axes else cells for axis, cells in enumerate(self.shape)])


def concatenate(tensors: Sequence[Any], axis: int = 0) -> Tensor:
    """Join tensors along an axis: the gradient is cut into their parts again.

    Parameters
    ----------
    tensors : sequence of tensors or arrays
        Of the same shape except along ``axis``.
    axis : int

    Returns
    -------
    Tensor

    Raises
    ------
    ValueError, TypeError
        If there is nothing to join, the shapes do not fit, or ``axis`` is out of range.

    Examples
    --------
    >>> skip, up = Tensor(np.zeros((1, 8, 4, 4))), Tensor(np.zeros((1, 16, 4, 4)))
    >>> concatenate([skip, up], axis=1).shape
    (1, 24, 4, 4)
    """
    if not isinstance(tensors, (tuple, list)) or not tensors:
        raise TypeError(f"tensors must be a list or tuple of at least one tensor, got {tensors!r}")
    parts = Tensor._tensors(tensors, [f"tensors[{number}]" for number in range(len(tensors))])

    (along,) = parts[0]._axes(as_int(axis, "axis", -parts[0].ndim))
    shapes = [part.shape for part in parts]
    if len({(*shape[:along], *shape[along + 1 :]) for shape in shapes}) > 1 or len({*map(len, shapes)}) > 1:
        raise ValueError(f"tensors must have the same shape except along axis {axis}, got {shapes}")

    ends = np.cumsum([shape[along] for shape in shapes]).tolist()
    before = (slice(None),) * along
    cuts = [(*before, slice(start, end)) for start, end in zip([0, *ends], ends, strict=False)]

    joined = np.concatenate([part.data for part in parts], along)
    pieces = [lambda grad, cut=cut: grad[cut] for cut in cuts]
    return Tensor._record(joined, *zip(parts, pieces, strict=True))


def _as_place(place: Any) -> Any:
    """Return one part of an index; lists and arrays are copied, so that the way back reads the same."""
    if isinstance(place, Tensor):
        return place.detach().data
    return np.array(place) if isinstance(place, (list, np.ndarray)) else place


def _spread(sizes: tuple) -> tuple:
    """Return the arguments of ``reshape(2, 3)`` and ``reshape((2, 3))`` alike."""
    return tuple(sizes[0]) if len(sizes) == 1 and isinstance(sizes[0], (tuple, list)) else sizes


def _read_only(numbers: np.ndarray) -> np.ndarray:
    view = np.asarray(numbers).view()
    view.flags.writeable = False
    return view


def _summed_to(operand: Tensor, gradient: np.ndarray) -> np.ndarray:
    """Return a gradient in shape and dtype of its operand: the adjoint of broadcasting, which copies, is to sum."""
    gradient = np.asarray(gradient)
    if gradient.shape != operand.shape:
        before = gradient.ndim - operand.ndim
        copied = [axis + before for axis, cells in enumerate(operand.shape) if cells == 1]
        gradient = gradient.sum((*range(before), *copied)).reshape(operand.shape)
    return gradient.astype(operand.dtype, copy=False)
