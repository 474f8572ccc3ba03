"""Batch normalisation: every channel of a batch is brought to mean 0 and variance 1, then scaled and shifted anew."""

from __future__ import annotations

from typing import Any

import numpy as np

from lib.checks import as_int, as_number, as_planes
from lib.learn.modules import Module, Parameter
from lib.learn.tensor import Tensor
from lib.ops.dispatch import WithAdjoints, operation


@operation
def batch_norm(
    input: np.ndarray, weight: np.ndarray, bias: np.ndarray, eps: float = 1e-5
) -> WithAdjoints[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Bring every channel to mean 0 and variance 1 over batch, rows and columns; then scale and shift it.

    Parameters
    ----------
    input : array of shape (N, C_in, H, W)
    weight, bias : arrays of shape (C_in,)
        Standard deviation and mean that each channel gets.
    eps : float
        Added to the variance, so that a constant channel divides by no zero.

    Returns
    -------
    array of shape (N, C_in, H, W)
    mean, variance : arrays of shape (C_in,)
        Those of the input, the variance divided by the number of cells.

    Notes
    -----
    The gradient goes through mean and variance too. Source: Ioffe & Szegedy (2015), "Batch normalization".

    Examples
    --------
    >>> x = np.array([1.0, 3.0]).reshape(2, 1, 1, 1)
    >>> result, mean, variance = batch_norm(x, np.array([10.0]), np.array([5.0]), eps=0)
    >>> result.ravel(), mean, variance
    (array([-5., 15.]), array([2.]), array([1.]))
    """
    result, centred, mean, variance = _normalised(input, weight, bias, eps)
    inverse = 1 / np.sqrt(variance + variance.dtype.type(eps))

    def sums(grad: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        flat = grad.reshape(centred.shape)
        return flat.sum(-1).sum(0), _dots(flat, centred).sum(0) * inverse

    def input_gradient(grad: np.ndarray) -> np.ndarray:
        # A change of a cell also moves its channel's mean and spread; their shares are taken off.
        cells = centred.dtype.type(centred.shape[0] * centred.shape[2])
        along_ones, along_result = (total / cells for total in sums(grad))
        scale, share = (weight * inverse)[:, None], (along_result * inverse)[:, None]

        passed = np.empty_like(centred)
        for image, gradient, out in zip(centred, grad.reshape(centred.shape), passed, strict=True):
            np.multiply(image, -share, out=out)
            out += gradient
            out -= along_ones[:, None]
            out *= scale
        return passed.reshape(grad.shape)

    adjoints = {"input": input_gradient, "weight": lambda grad: sums(grad)[1], "bias": lambda grad: sums(grad)[0]}
    return (result, mean, variance), adjoints


class BatchNorm2d(Module):
    """Batch normalisation with scale and shift to learn, and running statistics for evaluation.

    While training, :func:`batch_norm` of the batch; meanwhile its mean and variance are averaged over batches. In
    evaluation mode these averages are used, so that a result does not depend on what else is in the batch.

    Parameters
    ----------
    num_features : int
        The number of channels, C_in.
    eps : float
        Added to the variance.
    momentum : float
        The share of the newest batch in the running averages.

    Attributes
    ----------
    weight, bias : Parameter of shape (C_in,), float32
        Begin as 1 and 0.
    running_mean, running_var : array of shape (C_in,), float32
        Begin as 0 and 1. The variance is the unbiased one, divided by the number of cells less 1.

    Notes
    -----
    Names, arguments and results follow ``torch.nn.BatchNorm2d``. Source: Ioffe & Szegedy (2015).

    Examples
    --------
    >>> layer = BatchNorm2d(2)
    >>> y = layer(np.random.default_rng(0).normal(3, 2, (8, 2, 4, 4)).astype(np.float32))
    >>> abs(y.data.mean((0, 2, 3))).round(3), y.data.std((0, 2, 3)).round(3)
    (array([0., 0.], dtype=float32), array([1., 1.], dtype=float32))
    >>> layer.running_mean.round(1)
    array([0.3, 0.3], dtype=float32)
    """

    def __init__(self, num_features: int, eps: float = 1e-5, momentum: float = 0.1) -> None:
        """Begin as plain normalisation."""
        self.num_features = as_int(num_features, "num_features", 1)
        self.eps, self.momentum = as_number(eps, "eps", above=0), as_number(momentum, "momentum")
        self.weight = Parameter(np.ones(num_features, np.float32))
        self.bias = Parameter(np.zeros(num_features, np.float32))
        self.running_mean = np.zeros(num_features, np.float32)
        self.running_var = np.ones(num_features, np.float32)

    def forward(self, input: Any) -> Tensor:
        """Return the normalised map."""
        shape = np.shape(input) if isinstance(input, np.ndarray) else input.shape
        if len(shape) != 4 or shape[1] != self.num_features:
            raise ValueError(f"input must have shape (N, {self.num_features}, H, W), got {shape}")
        if input.dtype != self.weight.dtype:
            raise TypeError(f"input must have the dtype of the weight, {self.weight.dtype}, got {input.dtype}")

        if not self.training:
            deviation = np.sqrt(self.running_var + self.weight.dtype.type(self.eps))
            scale = self.weight / deviation
            shift = self.bias - scale * self.running_mean
            return input * scale.reshape(-1, 1, 1) + shift.reshape(-1, 1, 1)

        result, mean, variance = batch_norm(input, self.weight, self.bias, self.eps)
        cells = result.size // self.num_features
        share = self.weight.dtype.type(self.momentum)
        self.running_mean += share * (mean - self.running_mean)
        self.running_var += share * (variance * self.weight.dtype.type(cells / (cells - 1)) - self.running_var)

        return result

    def extra_repr(self) -> str:
        """Return the number of channels."""
        return str(self.num_features)


def _normalised(
    input: np.ndarray, weight: np.ndarray, bias: np.ndarray, eps: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return the result, the input less the mean as (N, C_in, cells), and mean and variance of each channel."""
    array = as_planes(input, "input", (4,))
    for name, values in (("weight", weight), ("bias", bias)):
        if np.shape(values) != array.shape[1:2]:
            raise ValueError(f"{name} must have shape {array.shape[1:2]}, one for each channel, got {np.shape(values)}")

    images = np.ascontiguousarray(array).reshape(*array.shape[:2], -1)
    per_channel = images.shape[0] * images.shape[2]
    if per_channel < 2:
        raise ValueError(
            f"input must have more than one value per channel for a variance to be meaningful, got shape {array.shape}"
        )

    mean = images.sum(-1).sum(0) / images.dtype.type(per_channel)
    centred, squares = np.empty_like(images), np.zeros_like(mean)
    for image, out in zip(images, centred, strict=True):  # the mean first: squares of large numbers lose precision
        np.subtract(image, mean[:, None], out=out)
        squares += _dots(out, out)
    variance = squares / images.dtype.type(per_channel)

    scale, result = weight / np.sqrt(variance + images.dtype.type(eps)), np.empty_like(images)
    for image, out in zip(centred, result, strict=True):  # one image at a time stays in the cache
        np.multiply(image, scale[:, None], out=out)
        out += bias[:, None]
    return result.reshape(array.shape), centred, mean, variance


def _dots(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return the product of rows with rows, summed along the last axis."""
    return np.matmul(one[..., None, :], other[..., :, None])[..., 0, 0]
