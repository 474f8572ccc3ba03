"""Modules: parts of a network that know their parameters by name.

A module is an ordinary object. Its parameters, its other arrays, and the modules it is built from are simply its
attributes, and are found there; lists of modules count too. What it computes is its method ``forward``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import pairwise
from typing import Any, Self

import numpy as np

from lib.checks import as_flag
from lib.learn.tensor import Tensor

_watched: ContextVar[tuple[dict[int, str], dict[str, Any]] | None] = ContextVar("watched", default=None)


class Parameter(Tensor):
    """A tensor that training changes: the modules whose attribute it is list it.

    Examples
    --------
    >>> weight = Parameter([1.0, 2.0])
    >>> weight
    Parameter([1., 2.], requires_grad=True)
    >>> 2 * weight
    Tensor([2., 4.], requires_grad=True)
    """

    def __init__(self, data: Any, requires_grad: bool = True) -> None:
        """Copy ``data``."""
        super().__init__(data, requires_grad)

    # What is computed from a parameter is a tensor, but no parameter.
    _record, _tensors, _tensor = Tensor._record, Tensor._tensors, Tensor._tensor


class Module:
    """A part of a network: subclass it, make parameters and modules its attributes, and write ``forward``.

    Attributes
    ----------
    training : bool
        Whether the module is being trained, which batch normalisation and dropout ask; see :meth:`train`.

    Notes
    -----
    Names, arguments and results follow ``torch.nn.Module``. Call the module, not its ``forward``: then a refusal says
    which layer it comes from, and :func:`activations` sees the result.

    Examples
    --------
    >>> from lib.learn import Conv2d
    >>> class Twice(Module):
    ...     def __init__(self):
    ...         self.convolution = Conv2d(1, 1, 3, padding=1, seed=0)
    ...     def forward(self, x):
    ...         return self.convolution(self.convolution(x).relu())
    >>> network = Twice()
    >>> network
    Twice(
      convolution: Conv2d(1, 1, kernel_size=3, padding=1)
    )
    >>> network(np.zeros((1, 1, 8, 8), np.float32)).shape
    (1, 1, 8, 8)
    >>> [name for name, _ in network.named_parameters()]
    ['convolution.weight', 'convolution.bias']
    """

    training = True

    def forward(self, *inputs: Any) -> Any:
        """Return what the module makes of its inputs; every module writes its own."""
        raise NotImplementedError(f"{type(self).__name__} must define forward(self, ...)")

    def __call__(self, *inputs: Any, **options: Any) -> Any:
        """Return what ``forward`` returns."""
        try:
            result = self.forward(*inputs, **options)
        except (ValueError, TypeError) as error:
            _say_which_layer(error, self)
            raise
        watched = _watched.get()
        if watched is not None and id(self) in watched[0]:
            watched[1][watched[0][id(self)]] = result
        return result

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """Yield name and module for each module that is an attribute, or in a list that is one."""
        for name, value in vars(self).items():
            if isinstance(value, Module):
                yield name, value
            elif isinstance(value, (list, tuple)):
                yield from ((f"{name}.{place}", item) for place, item in enumerate(value) if isinstance(item, Module))

    def named_modules(self, prefix: str = "") -> Iterator[tuple[str, Module]]:
        """Yield name and module for this one (named ``''``) and all below it, each once."""
        seen: set[int] = set()
        waiting = [(prefix, self)]
        while waiting:
            name, module = waiting.pop()
            if id(module) not in seen:
                seen.add(id(module))
                yield name, module
                below = [(f"{name}.{child}" if name else child, part) for child, part in module.named_children()]
                waiting.extend(reversed(below))

    def modules(self) -> Iterator[Module]:
        """Yield this module and all below it."""
        return (module for _, module in self.named_modules())

    def named_parameters(self) -> Iterator[tuple[str, Parameter]]:
        """Yield name and parameter for each parameter of this module and of those below it, each once."""
        return self._named(Parameter)

    def parameters(self) -> list[Parameter]:
        """Return all parameters, as an optimiser takes them."""
        return [parameter for _, parameter in self.named_parameters()]

    def named_buffers(self) -> Iterator[tuple[str, np.ndarray]]:
        """Yield name and array for each array that is no parameter, such as a running mean."""
        return self._named(np.ndarray)

    @property
    def parameter_count(self) -> int:
        """How many numbers training can change."""
        return sum(parameter.size for parameter in self.parameters())

    def state_dict(self) -> dict[str, np.ndarray]:
        """Return a copy of every parameter and every other array, by name."""
        state = {name: parameter.data.copy() for name, parameter in self.named_parameters()}
        return state | {name: array.copy() for name, array in self.named_buffers()}

    def load_state_dict(self, state_dict: dict[str, np.ndarray]) -> None:
        """Set every parameter and other array to a copy of the one of the same name.

        Raises
        ------
        ValueError
            If a name is missing or unknown, or a shape or kind of number differs. Then nothing is changed.
        """
        own = {name: parameter.data for name, parameter in self.named_parameters()} | dict(self.named_buffers())
        check_state({name: np.asarray(array) for name, array in state_dict.items()}, own)
        for name, parameter in self.named_parameters():
            parameter.data = state_dict[name]
        for name, array in self.named_buffers():
            array[...] = state_dict[name]

    def train(self, mode: bool = True) -> Self:
        """Put this module and all below it into training mode, or with False into evaluation mode."""
        chosen = as_flag(mode, "mode")
        for module in self.modules():
            module.training = chosen
        return self

    def eval(self) -> Self:
        """Put this module and all below it into evaluation mode: batch statistics are fixed, nothing is dropped."""
        return self.train(False)

    def to(self, dtype: Any) -> Self:
        """Turn parameters and other floating-point arrays into another floating-point dtype.

        Parameters are made anew, so make the optimiser afterwards.
        """
        wanted = np.dtype(dtype)
        if wanted.kind != "f":
            raise TypeError(f"dtype must be a floating-point dtype, got {wanted}")
        for module in self.modules():
            for name, value in vars(module).items():
                if isinstance(value, Parameter):
                    setattr(module, name, Parameter(value.data.astype(wanted), value.requires_grad))
                elif isinstance(value, np.ndarray) and value.dtype.kind == "f":
                    setattr(module, name, value.astype(wanted))
        return self

    def zero_grad(self) -> None:
        """Forget the gradients of all parameters."""
        for parameter in self.parameters():
            parameter.grad = None

    def extra_repr(self) -> str:
        """Return the arguments the module was made with, for its repr."""
        return ""

    def __repr__(self) -> str:
        parts = [f"{name}: {module!r}".replace("\n", "\n  ") for name, module in self.named_children()]
        if not parts:
            return f"{type(self).__name__}({self.extra_repr()})"
        lines = [self.extra_repr(), *parts] if self.extra_repr() else parts
        return "\n  ".join([f"{type(self).__name__}(", *lines]) + "\n)"

    def _named(self, kind: type) -> Iterator[tuple[str, Any]]:
        seen: set[int] = set()
        for prefix, module in self.named_modules():
            for name, value in vars(module).items():
                if isinstance(value, kind) and id(value) not in seen:
                    seen.add(id(value))
                    yield f"{prefix}.{name}" if prefix else name, value


class Sequential(Module):
    """Modules carried out one after the other.

    Examples
    --------
    >>> from lib.learn import Conv2d, ReLU
    >>> block = Sequential(Conv2d(1, 8, 3, seed=0), ReLU())
    >>> block
    Sequential(
      0: Conv2d(1, 8, kernel_size=3)
      1: ReLU()
    )
    >>> block[0].weight.shape
    (8, 1, 3, 3)
    """

    def __init__(self, *modules: Module) -> None:
        """Take the modules in order."""
        for place, module in enumerate(modules):
            if not isinstance(module, Module):
                raise TypeError(f"modules[{place}] must be a module, got {module!r}")
        self._modules = modules

    def forward(self, input: Any) -> Any:
        """Return what the last module makes of what the one before makes, and so on."""
        for module in self._modules:
            input = module(input)
        return input

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """Yield each module, named by its place."""
        return ((str(place), module) for place, module in enumerate(self._modules))

    def __getitem__(self, place: int) -> Module:
        return self._modules[place]

    def __len__(self) -> int:
        return len(self._modules)


@contextmanager
def activations(network: Module) -> Iterator[dict[str, Any]]:
    """Keep what every module of a network returns, by the name of the module: for looking inside.

    The result of the network itself has the name ``''``. A module that runs several times leaves its last result.

    Examples
    --------
    >>> from lib.learn import Conv2d, ReLU
    >>> network = Sequential(Conv2d(1, 2, 3, seed=0), ReLU())
    >>> with activations(network) as seen:
    ...     result = network(np.ones((1, 1, 4, 4), np.float32))
    >>> list(seen)
    ['0', '1', '']
    >>> seen["0"].shape
    (1, 2, 2, 2)
    """
    seen: dict[str, Any] = {}
    token = _watched.set(({id(module): name for name, module in network.named_modules()}, seen))
    try:
        yield seen
    finally:
        _watched.reset(token)


def check_state(found: dict[str, Any], expected: dict[str, Any]) -> None:
    """Refuse a state whose names, shapes or kinds of numbers are not the expected ones; values are not looked at."""
    if missing := sorted(expected.keys() - found.keys()):
        raise ValueError(f"state_dict must hold {', '.join(sorted(expected))}, but {', '.join(missing)} is missing")
    if unknown := sorted(map(str, found.keys() - expected.keys())):
        raise ValueError(f"state_dict holds {', '.join(unknown)}, which this module does not have")
    for name, array in expected.items():
        if found[name].shape != array.shape:
            raise ValueError(f"{name} must have shape {array.shape}, got {found[name].shape}")
        if found[name].dtype.kind not in "iuf":
            raise ValueError(f"{name} must hold numbers, got dtype {found[name].dtype}")


def _say_which_layer(error: Exception, module: Module) -> None:
    """Put the layer that refuses in front of its message, and complete its name in each module around it."""
    inside = getattr(error, "layers", ())
    if not inside:
        error.refusal = str(error)  # what the innermost layer said
    error.layers = (module, *inside)
    names = [
        next((name for name, child in outer.named_children() if child is inner), type(inner).__name__)
        for outer, inner in pairwise(error.layers)
    ]
    last = error.layers[-1]
    kind = f"{type(last).__name__}({last.extra_repr()})"
    error.args = (f"{'.'.join(names)}: {kind}: {error.refusal}" if names else f"{kind}: {error.refusal}",)
