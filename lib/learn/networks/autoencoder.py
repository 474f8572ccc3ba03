"""One encoder and a decoder of any kind: the network that decoders are compared in."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from lib.learn.initialisation import Seed, as_random
from lib.learn.layers.convolution import Conv2d
from lib.learn.layers.normalisation import BatchNorm2d
from lib.learn.modules import Module
from lib.learn.networks.blocks import as_channels, check_images, convolution_block
from lib.learn.networks.decoders import Doubling
from lib.learn.tensor import Tensor
from lib.ops import max_pool2d


class EncoderDecoder(Module):
    """Halve the resolution some times by pooling, then double it as often in one of the ways of ``DECODER_KINDS``.

    Parameters
    ----------
    kind : str
        How the decoder doubles, see :class:`Doubling`.
    in_channels, out_channels : int
        Channels of the image; classes, or channels of the reconstruction.
    channels : tuple of int
        Widths of the stages from fine to coarse.
    bottleneck : bool
        Whether a 5 × 5 and a 3 × 3 stage at the lowest resolution let every place see far around.
    seed : int or numpy.random.Generator, optional
        With equal seeds, networks of all kinds begin with the same encoder.

    Examples
    --------
    >>> import numpy as np
    >>> network = EncoderDecoder("unpool", 1, 2, channels=(12, 24, 48), bottleneck=True, seed=0)
    >>> network(np.zeros((1, 1, 48, 48), np.float32)).shape
    (1, 2, 48, 48)
    """

    def __init__(
        self,
        kind: str,
        in_channels: int = 1,
        out_channels: int = 2,
        channels: tuple[int, ...] = (8, 16, 16),
        bottleneck: bool = False,
        seed: Seed = None,
    ) -> None:
        """Draw the first weights."""
        random = as_random(seed)
        widths = as_channels(channels)
        self.in_channels = in_channels
        self.down = [convolution_block(i, o, seed=random) for i, o in pairwise([in_channels, *widths])]
        kernels = (5, 3) if bottleneck else ()
        self.bottom = [convolution_block(widths[-1], widths[-1], kernel, seed=random) for kernel in kernels]
        upwards = [*reversed(widths), widths[0]]
        self.up = [Doubling(kind, i, o, seed=random) for i, o in pairwise(upwards)]
        self.norm = [BatchNorm2d(o) for o in upwards[1:]]
        self.score = Conv2d(widths[0], out_channels, 1, seed=random)

    def forward(self, x: Any) -> Tensor:
        """Return maps of shape (N, out_channels, H, W) for images (N, in_channels, H, W)."""
        check_images(x, self.in_channels, 2 ** len(self.down))
        switches = []
        for block in self.down:
            x, indices = max_pool2d(block(x), 2, return_indices=True)
            switches.append(indices)
        for block in self.bottom:
            x = block(x)
        for up, norm, indices in zip(self.up, self.norm, reversed(switches), strict=True):
            x = norm(up(x, indices)).relu()
        return self.score(x)


class Autoencoder(EncoderDecoder):
    """An encoder and decoder that learn to give back their input.

    Parameters
    ----------
    kind : str
        How the decoder doubles, see :class:`Doubling`.
    channels : tuple of int
        Widths of the stages from fine to coarse.
    in_channels : int
        Channels of the image.
    seed : int or numpy.random.Generator, optional

    Examples
    --------
    >>> import numpy as np
    >>> Autoencoder("bilinear", seed=0)(np.zeros((1, 1, 32, 32), np.float32)).shape
    (1, 1, 32, 32)
    """

    def __init__(
        self, kind: str, channels: tuple[int, ...] = (8, 16, 16), in_channels: int = 1, seed: Seed = None
    ) -> None:
        """Draw the first weights."""
        super().__init__(kind, in_channels, in_channels, channels, seed=seed)
