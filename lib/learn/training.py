"""The training loop: batch, forward, loss, backward, step, with everything checked that can go wrong."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lib.checks import as_flag, as_int
from lib.learn.initialisation import Seed, as_random
from lib.learn.modules import Module, activations
from lib.learn.optimisers import Optimiser
from lib.learn.progress import Progress
from lib.learn.schedules import Schedule
from lib.learn.tensor import Tensor, no_grad


@dataclass
class History:
    """What training left behind besides the network.

    Attributes
    ----------
    losses : list of float
        The loss of each step, before the parameters changed.
    seconds : float
        How long training took.
    interrupted : bool
        Whether somebody stopped it early.

    Examples
    --------
    >>> history = History([0.5, 0.3, 0.1])
    >>> history
    3 steps, loss 0.5 to 0.1
    >>> history.smoothed(2)
    array([0.4, 0.2])
    """

    losses: list[float] = field(default_factory=list)
    seconds: float = 0.0
    interrupted: bool = False

    def smoothed(self, steps: int = 20) -> np.ndarray:
        """Return the mean over each window of so many steps."""
        width = min(as_int(steps, "steps", 1), max(1, len(self.losses)))
        return np.convolve(self.losses, np.full(width, 1 / width), "valid") if self.losses else np.empty(0)

    def __repr__(self) -> str:
        count = f"{len(self.losses)} steps" + (", interrupted" if self.interrupted else "")
        return f"{count}, loss {self.losses[0]:.3g} to {self.losses[-1]:.3g}" if self.losses else count


def minibatches(
    *arrays: np.ndarray,
    batch_size: int,
    seed: Seed = None,
    augment: Callable[..., tuple[np.ndarray, ...]] | None = None,
) -> Iterator[tuple[np.ndarray, ...]]:
    """Yield batches without end: all examples in a random order, then all in another.

    Parameters
    ----------
    *arrays : arrays of the same length
        Inputs and targets; anything else that the loss takes may follow.
    batch_size : int
        How many examples make a batch; what is left over at the end of a round waits for the next chance.
    seed : int or numpy.random.Generator, optional
        Decides the order; without it, it differs each time.
    augment : callable, optional
        Takes the generator and the arrays of a batch, and returns the arrays that take their place.

    Returns
    -------
    iterator of tuples of arrays

    Raises
    ------
    ValueError, TypeError
        If the lengths differ, or there are fewer examples than a batch takes.

    Examples
    --------
    >>> x, y = np.arange(5) * 10, np.arange(5)
    >>> batches = minibatches(x, y, batch_size=2, seed=0)
    >>> next(batches)
    (array([20, 40]), array([2, 4]))
    """
    size = as_int(batch_size, "batch_size", 1)
    lengths = [len(array) for array in arrays]
    if not lengths or len(set(lengths)) > 1:
        raise ValueError(f"arrays must be at least one and have the same length, got lengths {lengths}")
    if lengths[0] < size:
        raise ValueError(f"batch_size must be at most the number of examples, {lengths[0]}, got {size}")

    random = as_random(seed)

    def endless() -> Iterator[tuple[np.ndarray, ...]]:
        while True:
            order = random.permutation(lengths[0])
            for start in range(0, lengths[0] - size + 1, size):
                chosen = order[start : start + size]
                batch = tuple(array[chosen] for array in arrays)
                yield batch if augment is None else augment(random, *batch)

    return endless()


def fit(
    network: Module,
    batches: Iterable[tuple[np.ndarray, ...]],
    loss: Callable[..., Tensor],
    optimiser: Optimiser,
    steps: int,
    schedule: Schedule | None = None,
    after_step: Callable[[int, float], None] | None = None,
    progress: bool | None = None,
    keep_if_interrupted: bool = True,
) -> History:
    """Train a network: in every step take a batch, compute the loss, and change the parameters against its gradient.

    Parameters
    ----------
    network : Module
        Put into training mode, and back afterwards.
    batches : iterable of tuples
        Inputs, then what ``loss`` takes besides the network's result, see :func:`minibatches`.
    loss : callable
        Takes what the network returns and the rest of the batch; returns a tensor of one number.
    optimiser : Optimiser
        Made with the parameters of the network.
    steps : int
    schedule : callable, optional
        Factor of the learning rate at each step, counted from 0, see :func:`cosine_schedule`.
    after_step : callable, optional
        Called with the number of steps done and the loss, for instance to keep pictures.
    progress : bool, optional
        Whether to show a line of progress; unless given, where somebody watches, see :class:`Progress`.
    keep_if_interrupted : bool
        When interrupted (Ctrl-C, or the stop button of a notebook), say so and return; if False, the
        ``KeyboardInterrupt`` passes on. Either way the network keeps what it has learned.

    Returns
    -------
    History

    Raises
    ------
    ValueError, TypeError
        If a batch is empty, or its shapes, dtypes or labels do not fit: the message names step and layer.
    FloatingPointError
        If the loss or a gradient is not finite: the message names the step, and the layer or parameter. Parameters and
        running statistics are those of the last good step.

    Examples
    --------
    >>> from lib.learn import SGD, Linear, mse_loss
    >>> x = np.linspace(-1, 1, 32, dtype=np.float32)[:, None]
    >>> network = Linear(1, 1, seed=0)
    >>> batches = minibatches(x, 3 * x + 1, batch_size=8, seed=0)
    >>> history = fit(network, batches, mse_loss, SGD(network.parameters(), lr=0.5), steps=100)
    >>> network.weight.data.round(3), network.bias.data.round(3)
    (array([[3.]], dtype=float32), array([1.], dtype=float32))
    """
    count, keep = as_int(steps, "steps", 0), as_flag(keep_if_interrupted, "keep_if_interrupted")
    history, source, base_rate, mode = History(), iter(batches), optimiser.lr, network.training

    line = Progress(count, progress)
    network.train()

    try:
        with line:
            for step in range(1, count + 1):
                if schedule is not None:
                    optimiser.lr = base_rate * schedule(step - 1)
                value = _one_step(network, _batch(source, step, count), loss, optimiser, step)
                history.losses.append(value)
                line.update(step, value)
                if after_step is not None:
                    after_step(step, value)
    except KeyboardInterrupt:
        history.interrupted = True
        print(f"Interrupted after {len(history.losses)} of {count} steps; the network keeps what it has learned.")
        if not keep:
            raise
    finally:
        optimiser.lr = base_rate
        network.train(mode)
        history.seconds = line.seconds

    return history


def predict(network: Module, inputs: np.ndarray, batch_size: int = 50) -> np.ndarray:
    """Return what a network makes of many inputs, in evaluation mode and without recording, some at a time.

    Parameters
    ----------
    network : Module
        Its mode is what it was before, afterwards.
    inputs : array of shape (N, ...)
    batch_size : int
        How many at a time; the result depends on it by rounding alone (and by a switch, where two maxima nearly tie).

    Returns
    -------
    array of shape (N, ...)

    Examples
    --------
    >>> from lib.learn import Conv2d
    >>> predict(Conv2d(1, 2, 3, seed=0), np.zeros((120, 1, 8, 8), np.float32)).shape
    (120, 2, 6, 6)
    """
    size = as_int(batch_size, "batch_size", 1)
    if not len(inputs):
        raise ValueError(f"inputs must hold at least one example, got shape {np.shape(inputs)}")

    mode = network.training
    network.eval()
    try:
        with no_grad():
            results = [network(inputs[start : start + size]) for start in range(0, len(inputs), size)]
    finally:
        network.train(mode)
    return np.concatenate([np.asarray(result) for result in results])


def _batch(source: Iterator[tuple[np.ndarray, ...]], step: int, steps: int) -> tuple[np.ndarray, ...]:
    try:
        batch = next(source)
    except StopIteration:
        raise ValueError(f"step {step}: batches ended, although there are to be {steps} steps") from None

    if not isinstance(batch, (tuple, list)) or not len(batch):
        raise TypeError(f"step {step}: a batch must be a tuple (inputs, targets), got {type(batch).__name__}")
    lengths = [len(array) for array in batch]
    if len(set(lengths)) > 1 or not lengths[0]:
        raise ValueError(f"step {step}: a batch must hold as many targets as inputs, at least one, got {lengths}")
    return tuple(batch)


def _one_step(
    network: Module, batch: tuple[np.ndarray, ...], loss: Callable[..., Tensor], optimiser: Optimiser, step: int
) -> float:
    """Carry out one step and return the loss before it."""
    before = [(array, array.copy()) for _, array in network.named_buffers()]
    optimiser.zero_grad()

    try:
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):  # what is not finite is reported below
            value, cause = _differentiated(network, batch, loss)
    except (ValueError, TypeError) as error:
        error.args = (f"step {step}: {error}",)
        raise

    if cause is not None:
        for array, copy in before:
            array[...] = copy
        raise FloatingPointError(
            f"step {step}: {cause} Perhaps the learning rate is too high; the network is as it was after "
            f"{step - 1} steps."
        )

    optimiser.step()
    return value


def _differentiated(
    network: Module, batch: tuple[np.ndarray, ...], loss: Callable[..., Tensor]
) -> tuple[float, str | None]:
    """Find the loss and its gradients; return the loss, and what is not finite if anything is not."""
    result = loss(network(batch[0]), *batch[1:])
    if not isinstance(result, Tensor) or result.size != 1:
        raise TypeError(f"loss must return a tensor of one number, got {_described(result)}")

    value = float(result)
    if not math.isfinite(value):
        return value, f"the loss is {value}. {_first_not_finite(network, batch[0])}"

    result.backward()
    return value, _gradient_not_finite(network)


def _first_not_finite(network: Module, inputs: np.ndarray) -> str:
    """Say where numbers stop being finite, by running the network once more and looking at every layer."""
    if not np.isfinite(inputs).all():
        return "The inputs already hold numbers that are not finite."
    for name, parameter in network.named_parameters():
        if not np.isfinite(parameter.data).all():
            return f"The parameter {name} is not finite."

    with no_grad(), activations(network) as seen:
        network(inputs)

    for name, result in seen.items():
        first = result[0] if isinstance(result, tuple) else result
        if not np.isfinite(getattr(first, "data", first)).all():
            return f"The first layer whose result is not finite is {name or type(network).__name__}."
    return "Every layer's result is finite, so it is the loss itself that overflows."


def _gradient_not_finite(network: Module) -> str | None:
    for name, parameter in network.named_parameters():
        if parameter.grad is not None and not np.isfinite(parameter.grad).all():
            return f"the gradient of {name} is not finite, although the loss is."
    return None


def _described(result: Any) -> str:
    return f"shape {result.shape}" if hasattr(result, "shape") else type(result).__name__
