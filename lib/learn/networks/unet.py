"""U-Net: down by pooling, up by transposed convolution, and across by skip connections."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from lib.checks import as_flag, as_word
from lib.learn.initialisation import Seed, as_random
from lib.learn.layers.convolution import Conv2d, ConvTranspose2d
from lib.learn.modules import Module
from lib.learn.networks.blocks import as_channels, check_images, convolution_block
from lib.learn.tensor import Tensor, concatenate
from lib.ops import crop, max_pool2d


class UNet(Module):
    """Classify every pixel: what is found at low resolution is combined with what was seen at high resolution.

    Parameters
    ----------
    in_channels, out_channels : int
        Channels of the image, and classes.
    channels : tuple of int
        Widths of the stages from fine to coarse; the last one is the bottom.
    skips : bool
        Whether each stage on the way up also gets the map of its size from the way down.
    padding : {'same', 'valid'}
        ``'same'`` keeps sizes, which must then be multiples of ``2 ** (len(channels) - 1)``. ``'valid'`` adds no zeros,
        as the paper does: the result is smaller than the image, skip connections are cropped, and every map that is
        pooled must have even sides.
    seed : int or numpy.random.Generator, optional

    Notes
    -----
    One 3 × 3 convolution for each two of the paper, and batch normalisation, which the paper does not have. Source:
    Ronneberger, Fischer & Brox (2015), "U-Net: convolutional networks for biomedical image segmentation".

    Examples
    --------
    >>> import numpy as np
    >>> network = UNet(1, 2, channels=(8, 16, 32, 64), seed=0)
    >>> network(np.zeros((1, 1, 64, 64), np.float32)).shape
    (1, 2, 64, 64)
    >>> UNet(1, 2, channels=(8, 16, 32), padding="valid", seed=0)(np.zeros((1, 1, 66, 66), np.float32)).shape
    (1, 2, 46, 46)
    """

    def __init__(
        self,
        in_channels: int = 1,
        out_channels: int = 2,
        channels: tuple[int, ...] = (8, 16, 32, 64),
        skips: bool = True,
        padding: str = "same",
        seed: Seed = None,
    ) -> None:
        """Draw the first weights."""
        random = as_random(seed)
        *fine_to_coarse, bottom = as_channels(channels)
        coarse_to_fine = [bottom, *reversed(fine_to_coarse)]

        self.in_channels, self.skips = in_channels, as_flag(skips, "skips")
        self.padding = as_word(padding, "padding", ("same", "valid"))

        options = {"padding": padding, "seed": random}
        self.down = [convolution_block(i, o, **options) for i, o in pairwise([in_channels, *fine_to_coarse])]
        self.bottom = convolution_block(fine_to_coarse[-1] if fine_to_coarse else in_channels, bottom, **options)
        self.up = [ConvTranspose2d(i, o, 2, stride=2, seed=random) for i, o in pairwise(coarse_to_fine)]
        self.join = [convolution_block(2 * o if skips else o, o, **options) for o in coarse_to_fine[1:]]
        self.score = Conv2d(coarse_to_fine[-1], out_channels, 1, seed=random)

    def forward(self, x: Any) -> Tensor:
        """Return scores of shape (N, out_channels, H, W) for images (N, in_channels, H, W)."""
        check_images(x, self.in_channels, 2 ** len(self.down) if self.padding == "same" else 1)

        seen = []
        for block in self.down:
            x = block(x)
            if x.shape[2] % 2 or x.shape[3] % 2:
                raise ValueError(f"input of this size makes a map of odd sides before pooling, {x.shape[2:]}")
            seen.append(x)
            x = max_pool2d(x, 2)

        x = self.bottom(x)
        for up, block, skip in zip(self.up, self.join, reversed(seen), strict=True):
            x = up(x)
            x = block(concatenate([x, _centre(skip, x.shape)], axis=1) if self.skips else x)
        return self.score(x)


def _centre(skip: Tensor, shape: tuple[int, ...]) -> Tensor:
    """Return the middle of a map, as large as the map it is to be joined with."""
    rows, columns = skip.shape[2] - shape[2], skip.shape[3] - shape[3]
    if not rows and not columns:
        return skip
    return crop(skip, (columns // 2, columns - columns // 2, rows // 2, rows - rows // 2))
