"""How weights begin: random numbers whose size keeps the spread of activations, or a fixed interpolation.

The functions change a parameter in place, as their PyTorch namesakes in ``torch.nn.init`` do, and return it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from lib.checks import as_int, as_number, as_word
from lib.learn.modules import Module, Parameter

Seed = int | np.random.Generator | None


def as_random(seed: Seed) -> np.random.Generator:
    """Return the generator that ``seed`` is or begins; without a seed, one that differs each time.

    >>> int(as_random(0).integers(100)) == int(as_random(0).integers(100))
    True
    """
    if seed is None or isinstance(seed, np.random.Generator):
        return np.random.default_rng(seed)
    return np.random.default_rng(as_int(seed, "seed", 0))


NONLINEARITIES = ("linear", "relu", "leaky_relu")
MODES = ("fan_in", "fan_out")


def fans(shape: tuple[int, ...]) -> tuple[int, int]:
    """Return how many cells PyTorch counts as going into, and as coming out of, one cell of a weight's layer.

    They are ``shape[1]`` and ``shape[0]`` times the cells of a kernel. For a convolution that is right. The weight of
    a transposed convolution has its input channels first, so there the first number is not what goes in:
    :func:`inputs_of` counts that.

    Examples
    --------
    >>> fans((8, 3, 5, 5))
    (75, 200)
    """
    if len(shape) < 2:
        raise ValueError(f"parameter must have at least 2 dimensions to have fans, got shape {shape}")
    cells = math.prod(shape[2:])
    return shape[1] * cells, shape[0] * cells


def kaiming_uniform_(
    parameter: Parameter,
    a: float = 0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    seed: Seed = None,
) -> Parameter:
    """Fill with numbers drawn evenly from ``±gain √(3 / fan)``.

    Parameters
    ----------
    parameter : Parameter
    a : float
        Slope of the leaky ReLU on the negative side.
    mode : {'fan_in', 'fan_out'}
        Which of :func:`fans`: the first keeps the spread on the way forward, the second on the way back.
    nonlinearity : {'linear', 'relu', 'leaky_relu'}
        The gain: 1, √2 or √(2 / (1 + a²)).
    seed : int or numpy.random.Generator, optional
        Where the numbers come from; without it they differ each time.

    Notes
    -----
    Source: He et al. (2015), "Delving deep into rectifiers".

    Examples
    --------
    >>> weight = kaiming_uniform_(Parameter(np.zeros((8, 2, 3, 3))), nonlinearity="relu", seed=0)
    >>> bool(abs(weight.data).max() <= np.sqrt(2) * np.sqrt(3 / (2 * 3 * 3)))
    True
    """
    bound = math.sqrt(3) * _kaiming_spread(parameter, a, mode, nonlinearity)
    parameter.data = as_random(seed).uniform(-bound, bound, parameter.shape)
    return parameter


def kaiming_normal_(
    parameter: Parameter,
    a: float = 0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    seed: Seed = None,
) -> Parameter:
    """Fill with normally distributed numbers of standard deviation ``gain / √fan``; see :func:`kaiming_uniform_`.

    Examples
    --------
    >>> weight = kaiming_normal_(Parameter(np.zeros((64, 32, 3, 3))), nonlinearity="relu", seed=0)
    >>> round(float(weight.data.std()), 3), round(float(np.sqrt(2 / (32 * 3 * 3))), 3)
    (0.083, 0.083)
    """
    spread = _kaiming_spread(parameter, a, mode, nonlinearity)
    parameter.data = as_random(seed).normal(0, spread, parameter.shape)
    return parameter


def constant_(parameter: Parameter, value: float) -> Parameter:
    """Fill with one number.

    Examples
    --------
    >>> constant_(Parameter([1.0, 2.0]), 0.5)
    Parameter([0.5, 0.5], requires_grad=True)
    """
    parameter.data = np.full(parameter.shape, as_number(value, "value"))
    return parameter


def bilinear_(parameter: Parameter) -> Parameter:
    """Make a transposed convolution begin as bilinear interpolation of each channel by itself.

    Parameters
    ----------
    parameter : Parameter of shape (C_in, C_in, k, k) or, with groups, (C_in, 1, k, k)
        For enlarging f times take k = 2 f, stride f and padding f / 2 (f even).

    Returns
    -------
    Parameter
        The triangle ``1 - |x| / f`` in rows times that in columns, from each channel to itself; zero between channels.

    Notes
    -----
    Source: Long, Shelhamer & Darrell (2015), "Fully convolutional networks for semantic segmentation".

    Examples
    --------
    >>> bilinear_(Parameter(np.zeros((1, 1, 4, 4)))).data[0, 0, :2]
    array([[0.0625, 0.1875, 0.1875, 0.0625],
           [0.1875, 0.5625, 0.5625, 0.1875]])
    """
    shape = parameter.shape
    if len(shape) != 4 or shape[2] != shape[3] or shape[1] not in (1, shape[0]):
        raise ValueError(f"parameter must have shape (C_in, C_in, k, k) or (C_in, 1, k, k), got {shape}")
    factor = (shape[2] + 1) // 2
    triangle = 1 - abs(np.arange(shape[2]) - (shape[2] - 1) / 2) / factor
    between = np.eye(shape[0]) if shape[1] > 1 else np.ones((shape[0], 1))
    parameter.data = between[:, :, None, None] * np.outer(triangle, triangle)
    return parameter


def icnr_(
    parameter: Parameter,
    upscale_factor: int,
    initialise: Callable[..., Parameter] = kaiming_normal_,
    **options: Any,
) -> Parameter:
    """Make a convolution before pixel shuffle begin as nearest-neighbour enlargement of a convolution.

    The r² channels that become the r × r cells of one pixel begin equal, so that the untrained result has no
    checkerboard.

    Parameters
    ----------
    parameter : Parameter of shape (C_out r², C_in, kh, kw)
    upscale_factor : int
        r.
    initialise : callable
        Fills the weight of the smaller convolution, of shape (C_out, C_in, kh, kw); it gets the other arguments.

    Notes
    -----
    Source: Aitken et al. (2017), "Checkerboard artifact free sub-pixel convolution".

    Examples
    --------
    >>> weight = icnr_(Parameter(np.zeros((8, 1, 3, 3))), 2, seed=0)
    >>> bool((weight.data[0:4] == weight.data[0]).all() and (weight.data[4:8] == weight.data[4]).all())
    True
    """
    copies = as_int(upscale_factor, "upscale_factor", 1) ** 2
    if len(parameter.shape) < 2 or parameter.shape[0] % copies:
        raise ValueError(f"parameter must have a multiple of {copies} output channels, got shape {parameter.shape}")
    small = initialise(Parameter(np.zeros((parameter.shape[0] // copies, *parameter.shape[1:]))), **options)
    parameter.data = np.repeat(small.data, copies, axis=0)
    return parameter


def inputs_of(layer: Module) -> float:
    """Return how many numbers one output cell of a convolution, transposed convolution or linear layer sums.

    Away from the borders, and on average: a transposed convolution of stride s spreads k × k taps over s × s cells.

    Examples
    --------
    >>> from lib.learn import Conv2d, ConvTranspose2d
    >>> inputs_of(Conv2d(16, 8, 3, seed=0)), inputs_of(ConvTranspose2d(16, 8, 3, stride=2, seed=0))
    (144.0, 36.0)
    """
    shape = layer.weight.shape
    if getattr(layer, "is_transposed", False):
        return shape[0] / layer.groups * math.prod(shape[2:]) / math.prod(layer.stride)
    return float(fans(shape)[0])


def he_(layer: Module, gain: float = 1, seed: Seed = None) -> Module:
    """Begin a layer that a ReLU follows: normal numbers of variance ``2 gain² / inputs``, bias zero.

    Parameters
    ----------
    layer : Conv2d, ConvTranspose2d or Linear
    gain : float
        For instance 2 after 2 × 2 unpooling, where three of four inputs are zero.
    seed : int or numpy.random.Generator, optional

    Notes
    -----
    Here ``inputs`` is what :func:`inputs_of` counts, also for a transposed convolution. Source: He et al. (2015).

    Examples
    --------
    >>> from lib.learn import ConvTranspose2d
    >>> layer = he_(ConvTranspose2d(64, 32, 4, stride=2, padding=1), seed=0)
    >>> round(float(layer.weight.data.std()), 3), round(float(np.sqrt(2 / (64 * 4))), 3)
    (0.088, 0.088)
    """
    spread = as_number(gain, "gain", above=0) * math.sqrt(2 / inputs_of(layer))
    layer.weight.data = as_random(seed).normal(0, spread, layer.weight.shape)
    if layer.bias is not None:
        constant_(layer.bias, 0)
    return layer


def _kaiming_spread(parameter: Parameter, a: float, mode: str, nonlinearity: str) -> float:
    fan = fans(parameter.shape)[MODES.index(as_word(mode, "mode", MODES))]
    slope = as_number(a, "a")
    square = {"linear": 1.0, "relu": 2.0, "leaky_relu": 2 / (1 + slope**2)}
    return math.sqrt(square[as_word(nonlinearity, "nonlinearity", NONLINEARITIES)] / fan)
