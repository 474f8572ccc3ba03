"""A classifier in the manner of ZFNet, and the projection that shows what its features see."""

from __future__ import annotations

from typing import Any

import numpy as np

from lib.checks import as_int
from lib.learn.initialisation import Seed, as_random
from lib.learn.layers.convolution import Linear
from lib.learn.layers.general import Dropout, Flatten
from lib.learn.modules import Module
from lib.learn.networks.blocks import as_channels, check_images, he_conv2d
from lib.learn.tensor import Tensor
from lib.ops import conv_transpose2d, max_pool2d, max_unpool2d

KERNELS = (5, 3, 3)


class Classifier(Module):
    """Three times convolution, ReLU and max pooling; then dropout and one matrix.

    Parameters
    ----------
    in_channels, out_channels : int
        Channels of the image, and classes.
    channels : tuple of three int
        Widths of the layers; their kernels are 5 × 5, 3 × 3 and 3 × 3.
    size : int
        Rows and columns of the image, a multiple of 8.
    dropout : float
        Probability that a number is dropped before the matrix while training.
    gain : float
        Times the standard deviation that He et al. advise; small beginnings make clearer features.
    seed : int or numpy.random.Generator, optional

    Notes
    -----
    A small relative of the network in Zeiler & Fergus (2014), "Visualizing and understanding convolutional networks".

    Examples
    --------
    >>> Classifier(1, 10, seed=0)(np.zeros((5, 1, 32, 32), np.float32)).shape
    (5, 10)
    """

    def __init__(
        self,
        in_channels: int = 1,
        out_channels: int = 10,
        channels: tuple[int, int, int] = (16, 32, 48),
        size: int = 32,
        dropout: float = 0.3,
        gain: float = 0.5,
        seed: Seed = None,
    ) -> None:
        """Draw the first weights."""
        random = as_random(seed)
        widths = as_channels(channels, 3)
        if as_int(size, "size", 8) % 8:
            raise ValueError(f"size must be a multiple of 8, got {size}")
        self.in_channels, self.size = in_channels, size
        self.convolutions = [
            he_conv2d(i, o, kernel, gain, random)
            for i, o, kernel in zip((in_channels, *widths), widths, KERNELS, strict=False)
        ]
        self.flatten, self.dropout = Flatten(), Dropout(dropout, random)
        self.score = Linear(widths[-1] * (size // 8) ** 2, out_channels, seed=random)

    def forward(self, x: Any) -> Tensor:
        """Return scores of shape (N, out_channels) for images (N, in_channels, size, size)."""
        _, _, x = self.features(x)
        return self.score(self.dropout(self.flatten(x)))

    def features(self, x: Any) -> tuple[list[Tensor], list[np.ndarray], Tensor]:
        """Return the rectified map of each layer, the switches of each pooling, and what the last pooling leaves."""
        check_images(x, self.in_channels, self.size)
        maps, switches = [], []
        for convolution in self.convolutions:
            maps.append(convolution(x).relu())
            x, indices = max_pool2d(maps[-1], 2, return_indices=True)
            switches.append(indices)
        return maps, switches, x

    def project(self, images: Any, layer: int, activation: np.ndarray) -> np.ndarray:
        """Carry activations of a layer back to the pixels: unpool, rectify, filter with the transposed weights.

        Parameters
        ----------
        images : array of shape (N, in_channels, size, size)
            Their switches say where unpooling puts each value.
        layer : int
            0, 1 or 2.
        activation : array of the shape of that layer's map for these images
            Usually zero but for the activation to be explained.

        Returns
        -------
        array of the shape of ``images``

        Notes
        -----
        It is what :meth:`lib.Tensor.backward` finds under :func:`relu_rule` ``'deconvnet'``. Source: Zeiler & Fergus
        (2014).
        """
        number = as_int(layer, "layer", 0)
        if number >= len(self.convolutions):
            raise ValueError(f"layer must be at most {len(self.convolutions) - 1}, got {layer}")

        maps, switches, _ = self.features(images)
        if np.shape(activation) != maps[number].shape:
            raise ValueError(f"activation must have the shape {maps[number].shape}, got {np.shape(activation)}")

        signal = np.asarray(activation)
        for place in range(number, -1, -1):
            convolution = self.convolutions[place]
            signal = conv_transpose2d(np.maximum(signal, 0), convolution.weight.data, padding=convolution.padding)
            if place:
                signal = max_unpool2d(signal, switches[place - 1], 2)
        return signal
