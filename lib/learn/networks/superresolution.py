"""Super-resolution: a network that doubles the resolution of a photograph."""

from __future__ import annotations

from typing import Any

from lib.checks import as_flag, as_word
from lib.learn.initialisation import Seed, as_random
from lib.learn.modules import Module
from lib.learn.networks.blocks import check_images, he_conv2d
from lib.learn.networks.decoders import DECODER_KINDS, Doubling
from lib.learn.tensor import Tensor
from lib.ops import interpolate

KINDS = tuple(kind for kind in DECODER_KINDS if not kind.startswith("unpool"))  # there are no switches


class SuperResolution(Module):
    """Two convolutions at low resolution, one doubling; what it finds may be added to bicubic interpolation.

    Parameters
    ----------
    kind : str
        How the resolution is doubled: a kind of :class:`Doubling` that needs no switches.
    residual : bool
        Whether the network only adds what bicubic interpolation lacks.
    channels : int
        Width of both convolutions.
    seed : int or numpy.random.Generator, optional

    Notes
    -----
    In the manner of Shi et al. (2016), "Real-time single image and video super-resolution using an efficient sub-pixel
    convolutional neural network"; the residual as in Kim, Lee & Lee (2016), "Accurate image super-resolution using very
    deep convolutional networks".

    Examples
    --------
    >>> import numpy as np
    >>> SuperResolution(seed=0)(np.zeros((1, 1, 24, 24), np.float32)).shape
    (1, 1, 48, 48)
    """

    def __init__(
        self, kind: str = "pixel_shuffle", residual: bool = True, channels: int = 16, seed: Seed = None
    ) -> None:
        """Draw the first weights."""
        random = as_random(seed)
        self.residual = as_flag(residual, "residual")
        self.first = he_conv2d(1, channels, 5, seed=random)
        self.second = he_conv2d(channels, channels, 3, seed=random)
        self.doubling = Doubling(as_word(kind, "kind", KINDS), channels, 1, seed=random)
        # What is added to a good guess begins small.
        weight = self.doubling.layer.weight
        weight.data = weight.data * (0.1 if residual else 0.5)

    def forward(self, x: Any) -> Tensor:
        """Return photographs of shape (N, 1, 2 H, 2 W) for (N, 1, H, W)."""
        check_images(x, 1)
        hidden = self.second(self.first(x).relu()).relu()
        detail = self.doubling(hidden)
        return detail + interpolate(x, scale_factor=2, mode="bicubic") if self.residual else detail
