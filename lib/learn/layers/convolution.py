"""Layers that hold weights: convolution, transposed convolution, and the plain matrix."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lib.checks import Pair, as_flag, as_int, as_pair
from lib.learn.initialisation import Seed, as_random, fans, kaiming_uniform_
from lib.learn.modules import Module, Parameter
from lib.learn.tensor import Tensor
from lib.ops import conv2d, conv_transpose2d, conv_transpose_output_size
from lib.ops.sizes import as_padding


class _Weighted(Module):
    """A layer with a weight and perhaps a bias, both drawn as PyTorch draws them."""

    weight: Parameter
    bias: Parameter | None

    def _draw(self, shape: tuple[int, ...], biases: int, seed: Seed) -> None:
        """Draw both evenly from ``±1 / √fan_in``, which is what PyTorch's default comes to."""
        random = as_random(seed)
        self.weight = kaiming_uniform_(Parameter(np.zeros(shape, np.float32)), a=math.sqrt(5), seed=random)
        bound = 1 / math.sqrt(fans(shape)[0])
        self.bias = Parameter(random.uniform(-bound, bound, biases).astype(np.float32)) if biases else None

    def _numbers(self, input: Any) -> Tensor:
        """Return the input as a tensor, refused if its dtype would silently make everything slower."""
        tensor = Tensor._tensor(input, "input")
        if tensor.dtype != self.weight.dtype:
            raise TypeError(
                f"input must have the dtype of the weight, {self.weight.dtype}, got {tensor.dtype}; "
                f"use input.astype(np.{self.weight.dtype})"
            )
        return tensor


class _Convolution(_Weighted):
    """What both convolutions share: their arguments, and how they show them."""

    def _set(self, channels: tuple[int, int], kernel_size: Any, stride: Any, dilation: Any, groups: int) -> None:
        self.in_channels = as_int(channels[0], "in_channels", 1)
        self.out_channels = as_int(channels[1], "out_channels", 1)
        self.kernel_size = as_pair(kernel_size, "kernel_size", 1)
        self.stride = as_pair(stride, "stride", 1)
        self.dilation = as_pair(dilation, "dilation", 1)
        self.groups = as_int(groups, "groups", 1)
        for name, count in (("in_channels", self.in_channels), ("out_channels", self.out_channels)):
            if count % self.groups:
                raise ValueError(f"{name} must be a multiple of groups {self.groups}, got {count}")

    def _images(self, input: Any) -> Tensor:
        tensor = self._numbers(input)
        if tensor.ndim not in (3, 4) or tensor.shape[-3] != self.in_channels:
            raise ValueError(f"input must have shape (N, {self.in_channels}, H, W), got {tensor.shape}")
        return tensor

    def extra_repr(self) -> str:
        """Return channels and window, and the arguments that differ from their defaults."""
        usual = {"stride": (1, 1), "padding": (0, 0), "output_padding": (0, 0), "dilation": (1, 1), "groups": 1}
        parts = [str(self.in_channels), str(self.out_channels), f"kernel_size={_short(self.kernel_size)}"]
        for name, default in usual.items():
            value = getattr(self, name, default)
            if value != default:
                parts.append(f"{name}={_short(value)!r}")
        return ", ".join([*parts, *(["bias=False"] if self.bias is None else [])])


class Conv2d(_Convolution):
    """A convolution with weights to learn, see :func:`lib.conv2d`.

    Parameters
    ----------
    in_channels, out_channels : int
    kernel_size, stride, dilation : int or pair of int
    padding : int, pair of int, 'same' or 'valid'
    groups : int
    bias : bool
    seed : int or numpy.random.Generator, optional
        Where the first weights come from; without it they differ each time.

    Attributes
    ----------
    weight : Parameter of shape (out_channels, in_channels / groups, kh, kw), float32
    bias : Parameter of shape (out_channels,), float32, or None

    Notes
    -----
    Names, arguments and the distribution of the first weights follow ``torch.nn.Conv2d``.

    Examples
    --------
    >>> layer = Conv2d(3, 8, 3, stride=2, padding=1, seed=0)
    >>> layer
    Conv2d(3, 8, kernel_size=3, stride=2, padding=1)
    >>> layer(np.zeros((1, 3, 32, 32), np.float32)).shape
    (1, 8, 16, 16)
    >>> layer(np.zeros((1, 4, 32, 32), np.float32))
    Traceback (most recent call last):
    ValueError: Conv2d(3, 8, kernel_size=3, stride=2, padding=1): input must have shape (N, 3, H, W), got (1, 4, 32, 32)
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | Pair,
        stride: int | Pair = 1,
        padding: int | Pair | str = 0,
        dilation: int | Pair = 1,
        groups: int = 1,
        bias: bool = True,
        seed: Seed = None,
    ) -> None:
        """Draw the first weights."""
        self._set((in_channels, out_channels), kernel_size, stride, dilation, groups)
        self.padding = as_padding(padding)
        biases = self.out_channels if as_flag(bias, "bias") else 0
        self._draw((self.out_channels, self.in_channels // self.groups, *self.kernel_size), biases, seed)

    def forward(self, input: Any) -> Tensor:
        """Return the convolution of an input of shape (N, C_in, H, W)."""
        images = self._images(input)
        return conv2d(images, self.weight, self.bias, self.stride, self.padding, self.dilation, self.groups)


class ConvTranspose2d(_Convolution):
    """A transposed convolution with weights to learn, see :func:`lib.conv_transpose2d`.

    Parameters
    ----------
    in_channels, out_channels : int
    kernel_size, stride, padding, output_padding : int or pair of int
    groups : int
    bias : bool
    dilation : int or pair of int
    seed : int or numpy.random.Generator, optional

    Attributes
    ----------
    weight : Parameter of shape (in_channels, out_channels / groups, kh, kw), float32
    bias : Parameter of shape (out_channels,), float32, or None

    Notes
    -----
    Names, order of arguments and the distribution of the first weights follow ``torch.nn.ConvTranspose2d``.

    Examples
    --------
    >>> layer = ConvTranspose2d(8, 3, 3, stride=2, padding=1, seed=0)
    >>> layer
    ConvTranspose2d(8, 3, kernel_size=3, stride=2, padding=1)
    >>> x = np.zeros((1, 8, 16, 16), np.float32)
    >>> layer(x).shape, layer(x, output_size=(32, 32)).shape
    ((1, 3, 31, 31), (1, 3, 32, 32))
    """

    is_transposed = True

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | Pair,
        stride: int | Pair = 1,
        padding: int | Pair = 0,
        output_padding: int | Pair = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: int | Pair = 1,
        seed: Seed = None,
    ) -> None:
        """Draw the first weights."""
        self._set((in_channels, out_channels), kernel_size, stride, dilation, groups)
        self.padding = as_pair(padding, "padding", 0)
        self.output_padding = as_pair(output_padding, "output_padding", 0)
        biases = self.out_channels if as_flag(bias, "bias") else 0
        self._draw((self.in_channels, self.out_channels // self.groups, *self.kernel_size), biases, seed)

    def forward(self, input: Any, output_size: Pair | None = None) -> Tensor:
        """Return the transposed convolution of an input of shape (N, C_in, H, W).

        ``output_size``, (H, W), chooses one of the sizes that stride leaves open, instead of ``output_padding``.
        """
        images = self._images(input)
        added = self.output_padding if output_size is None else self._added(images.shape[-2:], output_size)
        return conv_transpose2d(
            images, self.weight, self.bias, self.stride, self.padding, added, self.groups, self.dilation
        )

    def _added(self, size: Pair, output_size: Pair) -> Pair:
        wanted = as_pair(output_size, "output_size", 1)
        options = self.kernel_size, self.stride, self.padding
        smallest = conv_transpose_output_size(size, *options, dilation=self.dilation)
        added = tuple(cells - least for cells, least in zip(wanted, smallest, strict=True))
        if any(not 0 <= extra < step for extra, step in zip(added, self.stride, strict=True)):
            largest = tuple(least + step - 1 for least, step in zip(smallest, self.stride, strict=True))
            raise ValueError(f"output_size must lie between {smallest} and {largest}, got {wanted}")
        return added


class Linear(_Weighted):
    """A matrix with weights to learn: every output is a weighted sum of all inputs.

    Parameters
    ----------
    in_features, out_features : int
    bias : bool
    seed : int or numpy.random.Generator, optional

    Attributes
    ----------
    weight : Parameter of shape (out_features, in_features), float32
    bias : Parameter of shape (out_features,), float32, or None

    Notes
    -----
    Names, arguments and the distribution of the first weights follow ``torch.nn.Linear``.

    Examples
    --------
    >>> Linear(48, 10, seed=0)(np.zeros((5, 48), np.float32)).shape
    (5, 10)
    """

    def __init__(self, in_features: int, out_features: int, bias: bool = True, seed: Seed = None) -> None:
        """Draw the first weights."""
        self.in_features = as_int(in_features, "in_features", 1)
        self.out_features = as_int(out_features, "out_features", 1)
        biases = self.out_features if as_flag(bias, "bias") else 0
        self._draw((self.out_features, self.in_features), biases, seed)

    def forward(self, input: Any) -> Tensor:
        """Return ``input @ weight.T + bias`` for an input of shape (..., in_features)."""
        tensor = self._numbers(input)
        if not tensor.ndim or tensor.shape[-1] != self.in_features:
            raise ValueError(f"input must have {self.in_features} features in its last axis, got shape {tensor.shape}")
        product = tensor @ self.weight.T
        return product if self.bias is None else product + self.bias

    def extra_repr(self) -> str:
        """Return the numbers of features."""
        return f"{self.in_features}, {self.out_features}{'' if self.bias is not None else ', bias=False'}"


def _short(value: Any) -> Any:
    """Return a pair of equal numbers as one number."""
    return value[0] if isinstance(value, tuple) and value[0] == value[1] else value
