"""FCN: scores at low resolution, enlarged by transposed convolution, sharpened by scores from finer stages."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from lib.checks import as_word
from lib.learn.initialisation import Seed, as_random, bilinear_, constant_
from lib.learn.layers.convolution import Conv2d, ConvTranspose2d
from lib.learn.modules import Module
from lib.learn.networks.blocks import as_channels, check_images, convolution_block
from lib.learn.tensor import Tensor
from lib.ops import max_pool2d

STRIDES = (8, 4, 2)


class FCN(Module):
    """Classify every pixel from scores made at stride 8, and if wanted also at strides 4 and 2.

    Parameters
    ----------
    in_channels, out_channels : int
        Channels of the image, and classes.
    stride : {8, 4, 2}
        The finest stage whose scores are added: 8 has no skip, 4 adds those after the second pooling, 2 also those
        after the first. The rest of the way up is one transposed convolution of this stride.
    channels : tuple of three int
        Widths of the stages.
    hidden : int
        Width of the 5 × 5 stage that makes the coarsest scores.
    upsampling : {'bilinear', 'random'}
        How transposed convolutions begin: as bilinear interpolation, or as PyTorch's random numbers.
    seed : int or numpy.random.Generator, optional

    Notes
    -----
    Scores of finer stages begin at zero, so that the network begins as the one without them. The paper starts from
    strides 32, 16 and 8 of a large network. Source: Long, Shelhamer & Darrell (2015), "Fully convolutional networks for
    semantic segmentation".

    Examples
    --------
    >>> FCN(1, 5, stride=2, seed=0)(np.zeros((1, 1, 48, 48), np.float32)).shape
    (1, 5, 48, 48)
    """

    def __init__(
        self,
        in_channels: int = 1,
        out_channels: int = 5,
        stride: int = 8,
        channels: tuple[int, int, int] = (8, 16, 32),
        hidden: int = 64,
        upsampling: str = "bilinear",
        seed: Seed = None,
    ) -> None:
        """Draw the first weights."""
        if stride not in STRIDES:
            raise ValueError(f"stride must be 8, 4 or 2, got {stride!r}")

        random = as_random(seed)
        widths = as_channels(channels, 3)
        self.in_channels, self.stride = in_channels, stride
        self.bilinear = as_word(upsampling, "upsampling", ("bilinear", "random")) == "bilinear"

        self.down = [convolution_block(i, o, seed=random) for i, o in pairwise([in_channels, *widths])]
        self.hidden = convolution_block(widths[-1], hidden, kernel_size=5, seed=random)
        self.score = Conv2d(hidden, out_channels, 1, seed=random)
        finer = {8: [], 4: [widths[1]], 2: [widths[1], widths[0]]}[stride]
        self.skip_scores = [_from_zero(Conv2d(width, out_channels, 1, seed=random)) for width in finer]
        self.doubling = [self._enlarge(out_channels, 2, random) for _ in finer]
        self.enlarge = self._enlarge(out_channels, stride, random)

    def forward(self, x: Any) -> Tensor:
        """Return scores of shape (N, out_channels, H, W) for images (N, in_channels, H, W)."""
        check_images(x, self.in_channels, 8)
        pooled = []
        for block in self.down:
            x = max_pool2d(block(x), 2)
            pooled.append(x)
        scores = self.score(self.hidden(x))
        for double, skip_score, finer in zip(self.doubling, self.skip_scores, pooled[1::-1], strict=False):
            scores = double(scores) + skip_score(finer)
        return self.enlarge(scores)

    def _enlarge(self, classes: int, factor: int, random: np.random.Generator) -> ConvTranspose2d:
        layer = ConvTranspose2d(
            classes, classes, 2 * factor, stride=factor, padding=factor // 2, bias=False, seed=random
        )
        if self.bilinear:
            bilinear_(layer.weight)
        return layer


def _from_zero(layer: Conv2d) -> Conv2d:
    constant_(layer.weight, 0)
    constant_(layer.bias, 0)
    return layer
