"""Optimisers: how the gradients of parameters become a change of them."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from lib.checks import as_flag, as_number
from lib.learn.tensor import Tensor


class Optimiser:
    """What all optimisers share: the parameters, the learning rate ``lr``, :meth:`step` and :meth:`zero_grad`.

    Parameters
    ----------
    parameters : iterable of tensors that require a gradient
        Usually ``network.parameters()``; frozen ones are left out.
    lr : float
        Learning rate; can be set between steps.
    weight_decay : float
        How strongly every parameter is pulled towards zero.
    """

    def __init__(self, parameters: Iterable[Tensor], lr: float, weight_decay: float) -> None:
        """Keep the parameters and set the step counter to zero."""
        given = list(parameters)
        for place, parameter in enumerate(given):
            if not isinstance(parameter, Tensor):
                raise TypeError(f"parameters[{place}] must be a tensor, got {type(parameter).__name__}")
        self.parameters = [parameter for parameter in given if parameter.requires_grad]
        if not self.parameters:
            raise ValueError(f"parameters must hold a tensor that requires a gradient, got {len(given)} without")
        if len({id(parameter) for parameter in self.parameters}) < len(self.parameters):
            raise ValueError("parameters must hold each tensor once")
        self.lr, self.weight_decay = _not_negative(lr, "lr"), _not_negative(weight_decay, "weight_decay")
        self.steps = 0

    def zero_grad(self) -> None:
        """Forget the gradients."""
        for parameter in self.parameters:
            parameter.grad = None

    def step(self) -> None:
        """Change every parameter that has a gradient."""
        self.steps += 1
        reached = [number for number, parameter in enumerate(self.parameters) if parameter.grad is not None]
        # All new values first: an interrupt in between leaves the parameters of one step together.
        changed = {number: self._changed(self.parameters[number], number) for number in reached}
        for number, value in changed.items():
            self.parameters[number].data = value

    def _changed(self, parameter: Tensor, number: int) -> np.ndarray:
        """Return the new value of parameter ``number``."""
        raise NotImplementedError(f"{type(self).__name__} must define _changed")


class SGD(Optimiser):
    """Stochastic gradient descent: a step against the gradient, perhaps with momentum.

    Parameters
    ----------
    parameters, lr, weight_decay
        See :class:`Optimiser`.
    momentum : float
        How much of the previous step is kept.
    nesterov : bool
        Step from where momentum leads.

    Notes
    -----
    Names, arguments and results follow ``torch.optim.SGD``. Source: Sutskever et al. (2013), "On the importance of
    initialization and momentum in deep learning".

    Examples
    --------
    >>> x = Tensor(1.0, requires_grad=True)
    >>> optimiser = SGD([x], lr=0.1)
    >>> (x * x).backward()
    >>> optimiser.step()
    >>> x
    Tensor(0.8, requires_grad=True)
    """

    def __init__(
        self,
        parameters: Iterable[Tensor],
        lr: float = 1e-3,
        momentum: float = 0,
        weight_decay: float = 0,
        nesterov: bool = False,
    ) -> None:
        """Begin without any velocity."""
        super().__init__(parameters, lr, weight_decay)
        self.momentum, self.nesterov = _not_negative(momentum, "momentum"), as_flag(nesterov, "nesterov")
        if nesterov and not momentum:
            raise ValueError("nesterov needs a momentum greater than 0, got 0")
        self._velocities: dict[int, np.ndarray] = {}

    def _changed(self, parameter: Tensor, number: int) -> np.ndarray:
        value, grad = parameter.data, parameter.grad
        if self.weight_decay:
            grad = grad + self.weight_decay * value
        if self.momentum:
            before = self._velocities.get(number)
            velocity = grad.copy() if before is None else self.momentum * before + grad
            self._velocities[number] = velocity
            grad = grad + self.momentum * velocity if self.nesterov else velocity
        return value - self.lr * grad


class Adam(Optimiser):
    """Steps of about one learning rate, whatever the size of the gradients: Adam.

    Running means of each gradient and of its square are kept; the step is their quotient, mean by root of the square.

    Parameters
    ----------
    parameters, lr
        See :class:`Optimiser`.
    betas : pair of float
        How much of the running means is kept in each step.
    eps : float
        Added to the root, so that nothing is divided by zero.
    weight_decay : float
        Times the parameter, added to the gradient; :class:`AdamW` decays apart from the gradient.

    Notes
    -----
    Names, arguments and results follow ``torch.optim.Adam``. Source: Kingma & Ba (2015), "Adam: a method for stochastic
    optimization".

    Examples
    --------
    >>> x = Tensor([1.0, 100.0], requires_grad=True)
    >>> optimiser = Adam([x], lr=0.1)
    >>> (x * x).sum().backward()
    >>> optimiser.step()
    >>> x
    Tensor([ 0.9, 99.9], requires_grad=True)
    """

    def __init__(
        self,
        parameters: Iterable[Tensor],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
    ) -> None:
        """Begin with running means of zero."""
        super().__init__(parameters, lr, weight_decay)
        if not isinstance(betas, (tuple, list)) or len(betas) != 2:
            raise ValueError(f"betas must be a pair of numbers, got {betas!r}")
        self.betas = tuple(as_number(beta, f"betas[{place}]") for place, beta in enumerate(betas))
        if not all(0 <= beta < 1 for beta in self.betas):
            raise ValueError(f"betas must be at least 0 and less than 1, got {betas}")
        self.eps = _not_negative(eps, "eps")
        self._means: dict[int, np.ndarray] = {}
        self._squares: dict[int, np.ndarray] = {}
        self._counts: dict[int, int] = {}

    def _changed(self, parameter: Tensor, number: int) -> np.ndarray:
        value, grad = parameter.data, parameter.grad
        if self.weight_decay:
            grad = grad + self.weight_decay * value
        return value - self._adam_step(grad, number)

    def _adam_step(self, grad: np.ndarray, number: int) -> np.ndarray:
        kept, kept_square = self.betas
        mean, square = self._means.get(number), self._squares.get(number)
        if mean is None or square is None:
            mean = self._means[number] = np.zeros_like(grad)
            square = self._squares[number] = np.zeros_like(grad)

        mean *= kept
        mean += (1 - kept) * grad
        square *= kept_square
        square += (1 - kept_square) * grad * grad

        # Both began at zero and are too small at first; what they lack is known.
        count = self._counts[number] = self._counts.get(number, 0) + 1
        root = np.sqrt(square) * (1 / math.sqrt(1 - kept_square**count)) + self.eps
        return mean / root * (self.lr / (1 - kept**count))


class AdamW(Adam):
    """Adam with decoupled weight decay: every parameter shrinks by ``lr * weight_decay`` of itself, then Adam steps.

    Notes
    -----
    Names, arguments and results follow ``torch.optim.AdamW``. Source: Loshchilov & Hutter (2019), "Decoupled weight
    decay regularization".

    Examples
    --------
    >>> x = Tensor(100.0, requires_grad=True)
    >>> optimiser = AdamW([x], lr=0.1, weight_decay=0.5)
    >>> (0 * x).backward()
    >>> optimiser.step()
    >>> x
    Tensor(95., requires_grad=True)
    """

    def __init__(
        self,
        parameters: Iterable[Tensor],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
    ) -> None:
        """Begin with running means of zero."""
        super().__init__(parameters, lr, betas, eps, weight_decay)

    def _changed(self, parameter: Tensor, number: int) -> np.ndarray:
        return parameter.data * (1 - self.lr * self.weight_decay) - self._adam_step(parameter.grad, number)


def _not_negative(value: float, name: str) -> float:
    number = as_number(value, name)
    if number < 0:
        raise ValueError(f"{name} must not be negative, got {value!r}")
    return number
