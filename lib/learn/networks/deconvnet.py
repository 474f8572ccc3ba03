"""DeconvNet: a mirror image of its encoder, in which unpooling places and deconvolution fills in."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from lib.learn.initialisation import Seed, as_random
from lib.learn.layers.convolution import Conv2d
from lib.learn.modules import Module
from lib.learn.networks.blocks import as_channels, check_images, convolution_block, deconvolution_block
from lib.learn.tensor import Tensor
from lib.ops import max_pool2d, max_unpool2d


class DeconvNet(Module):
    """Classify every pixel by unpooling with switches and transposed convolution, stage by stage.

    Parameters
    ----------
    in_channels, out_channels : int
        Channels of the image, and classes.
    channels : tuple of int
        Widths of the stages from fine to coarse.
    hidden : int
        Width of the bottleneck, which takes the place of the paper's fully connected layers.
    kernel_size : int
        Of the transposed convolutions, odd.
    gain : float
        Times the standard deviation that He et al. advise.
    seed : int or numpy.random.Generator, optional

    Notes
    -----
    Source: Noh, Hong & Han (2015), "Learning deconvolution network for semantic segmentation". SegNet (Badrinarayanan,
    Kendall & Cipolla, 2017) is the same idea without the bottleneck.

    Examples
    --------
    >>> import numpy as np
    >>> network = DeconvNet(1, 5, seed=0)
    >>> x = np.zeros((1, 1, 64, 64), np.float32)
    >>> network(x).shape
    (1, 5, 64, 64)
    >>> [(name, stage.shape[1:]) for name, stage in network.stages(x)][:3]
    [('deconvolution 1', (32, 4, 4)), ('unpooling 1', (32, 8, 8)), ('deconvolution 2', (32, 8, 8))]
    """

    def __init__(
        self,
        in_channels: int = 1,
        out_channels: int = 5,
        channels: tuple[int, ...] = (8, 16, 32, 32),
        hidden: int = 64,
        kernel_size: int = 5,
        gain: float = 0.5,
        seed: Seed = None,
    ) -> None:
        """Draw the first weights."""
        random = as_random(seed)
        widths = as_channels(channels)
        options = {"gain": gain, "seed": random}

        self.in_channels = in_channels
        self.down = [convolution_block(i, o, **options) for i, o in pairwise([in_channels, *widths])]
        self.hidden = convolution_block(widths[-1], hidden, **options)

        upwards = [hidden, *reversed(widths)]
        kernels = [3] + [kernel_size] * len(widths)
        self.up = [
            deconvolution_block(i, o, kernel, **options)
            for i, o, kernel in zip(upwards, [*upwards[1:], widths[0]], kernels, strict=True)
        ]
        self.score = Conv2d(widths[0], out_channels, 1, seed=random)

    def forward(self, x: Any) -> Tensor:
        """Return scores of shape (N, out_channels, H, W) for images (N, in_channels, H, W)."""
        *_, (_, last) = self.stages(x)
        return self.score(last)

    def stages(self, x: Any) -> Iterator[tuple[str, Tensor]]:
        """Yield name and map of every step on the way up: deconvolution 1, unpooling 1, deconvolution 2, and so on."""
        check_images(x, self.in_channels, 2 ** len(self.down))

        switches = []
        for block in self.down:
            x, indices = max_pool2d(block(x), 2, return_indices=True)
            switches.append(indices)

        x = self.up[0](self.hidden(x))
        yield "deconvolution 1", x

        for number, (deconvolution, indices) in enumerate(zip(self.up[1:], reversed(switches), strict=True), start=1):
            x = max_unpool2d(x, indices, 2)
            yield f"unpooling {number}", x
            x = deconvolution(x)
            yield f"deconvolution {number + 1}", x
