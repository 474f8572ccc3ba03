"""Ways to double a resolution inside a network, all with one interface, so that they can be compared."""

from __future__ import annotations

from typing import Any

import numpy as np

from lib.checks import as_word
from lib.learn.initialisation import Seed, as_random, bilinear_, constant_, he_, icnr_, kaiming_normal_
from lib.learn.layers.convolution import Conv2d, ConvTranspose2d
from lib.learn.modules import Module, Parameter
from lib.learn.networks.blocks import he_conv2d
from lib.learn.tensor import Tensor
from lib.ops import interpolate, max_unpool2d, pixel_shuffle

# What each kind is, in words for tables and captions.
DECODER_KINDS = {
    "transposed_k2": "transposed convolution, k 2, s 2",
    "transposed_k3": "transposed convolution, k 3, s 2",
    "transposed_k4": "transposed convolution, k 4, s 2",
    "transposed_k4_bilinear": "transposed convolution, k 4, s 2, begun as bilinear",
    "bilinear": "bilinear, then 3 × 3 convolution",
    "nearest": "nearest neighbour, then 3 × 3 convolution",
    "unpool": "unpooling, then 3 × 3 convolution",
    "unpool_k5": "unpooling, then 5 × 5 convolution",
    "pixel_shuffle": "3 × 3 convolution, then pixel shuffle",
    "pixel_shuffle_icnr": "3 × 3 convolution, then pixel shuffle, begun as nearest (ICNR)",
}
TRANSPOSED = {  # kernel, padding and output padding that double every size
    "transposed_k2": (2, 0, 0),
    "transposed_k3": (3, 1, 1),
    "transposed_k4": (4, 1, 0),
    "transposed_k4_bilinear": (4, 1, 0),
}


class Doubling(Module):
    """Double rows and columns in one of the ways of ``DECODER_KINDS``.

    Parameters
    ----------
    kind : str
    in_channels, out_channels : int
    seed : int or numpy.random.Generator, optional

    Notes
    -----
    All begin with the variance that He et al. (2015) advise, counted for what each output cell really sums: a quarter
    of the taps of a transposed convolution of stride 2, and after unpooling a quarter of the inputs that are not zero.

    Examples
    --------
    >>> x = np.ones((1, 16, 8, 8), np.float32)
    >>> switches = np.tile(np.arange(8) * 2 + 32 * np.arange(8)[:, None], (1, 16, 1, 1))
    >>> for kind in DECODER_KINDS:
    ...     layer = Doubling(kind, 16, 8, seed=0)
    ...     print(f"{kind:22} {layer.parameter_count:5} {layer(x, switches).shape}")
    transposed_k2            520 (1, 8, 16, 16)
    transposed_k3           1160 (1, 8, 16, 16)
    transposed_k4           2056 (1, 8, 16, 16)
    transposed_k4_bilinear  2056 (1, 8, 16, 16)
    bilinear                1160 (1, 8, 16, 16)
    nearest                 1160 (1, 8, 16, 16)
    unpool                  1160 (1, 8, 16, 16)
    unpool_k5               3208 (1, 8, 16, 16)
    pixel_shuffle           4640 (1, 8, 16, 16)
    pixel_shuffle_icnr      4640 (1, 8, 16, 16)
    """

    def __init__(self, kind: str, in_channels: int, out_channels: int, seed: Seed = None) -> None:
        """Draw the first weights."""
        self.kind = as_word(kind, "kind", tuple(DECODER_KINDS))
        self.layer = self._layer(in_channels, out_channels, as_random(seed))

    def forward(self, x: Any, switches: np.ndarray | None = None) -> Tensor:
        """Return a map of twice the size; only unpooling reads the ``switches`` of the pooling that it undoes."""
        if self.kind in TRANSPOSED:
            return self.layer(x)
        if self.kind.startswith("pixel_shuffle"):
            return pixel_shuffle(self.layer(x), 2)
        if self.kind.startswith("unpool"):
            if switches is None:
                raise ValueError("switches must be given to unpooling, got none")
            return self.layer(max_unpool2d(x, switches, 2))
        return self.layer(interpolate(x, scale_factor=2, mode=self.kind))

    def _layer(self, inputs: int, outputs: int, random: np.random.Generator) -> Conv2d | ConvTranspose2d:
        if self.kind in TRANSPOSED:
            kernel, padding, added = TRANSPOSED[self.kind]
            layer = he_(ConvTranspose2d(inputs, outputs, kernel, 2, padding, added, seed=random), seed=random)
            return begin_as_bilinear(layer, random) if self.kind.endswith("bilinear") else layer
        if self.kind.startswith("unpool"):  # three of four inputs are zero
            return he_conv2d(inputs, outputs, 5 if self.kind.endswith("k5") else 3, gain=2, seed=random)
        layer = he_conv2d(inputs, 4 * outputs if self.kind.startswith("pixel") else outputs, 3, seed=random)
        if self.kind.endswith("icnr"):
            icnr_(layer.weight, 2, kaiming_normal_, nonlinearity="relu", seed=random)
            constant_(layer.bias, 0)
        return layer

    def extra_repr(self) -> str:
        """Return the kind."""
        return repr(self.kind)


def begin_as_bilinear(layer: ConvTranspose2d, random: np.random.Generator) -> ConvTranspose2d:
    """Let a transposed convolution begin as bilinear enlargement of every channel, mixed by a random 1 × 1 convolution.

    :func:`lib.learn.bilinear_` keeps channels apart, which needs as many outputs as inputs.
    """
    inputs, outputs, *window = layer.weight.shape
    mixing = random.normal(0, np.sqrt(2 / inputs), (inputs, outputs, 1, 1))
    triangles = bilinear_(Parameter(np.zeros((1, 1, *window))))

    layer.weight.data = mixing * triangles.data
    return layer
