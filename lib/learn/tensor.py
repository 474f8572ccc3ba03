"""Tensors: arrays that remember how they were computed."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from lib.learn.arithmetic import Arithmetic
from lib.ops.checks import as_flag, as_int

Axes = int | tuple[int, ...] | None


class Tensor(Arithmetic):
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
