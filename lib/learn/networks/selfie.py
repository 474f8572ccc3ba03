"""The segmenter that video calls run in the browser: a person and the rest, from a MobileNetV3 and a light decoder.

Source: Howard et al. (2019), "Searching for MobileNetV3"; the sizes are those of MediaPipe's ``selfie_segmentation``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lib.learn.layers.convolution import Conv2d, ConvTranspose2d
from lib.learn.modules import Module
from lib.learn.networks.blocks import check_images
from lib.learn.tensor import Tensor
from lib.ops import interpolate, pad, strided_same_padding


class SelfieSegmenter(Module):
    """Say for each pixel how likely it shows a person: four halvings, three bilinear doublings, one learned doubling.

    Notes
    -----
    Made for people in front of a camera: it knows no other kind of object, and tells nobody apart. The encoder is a
    MobileNetV3; each bilinear step of the decoder lets a skip connection through a gate. The weights that MediaPipe
    published are ``lib.data.published_weights("selfie")``; without them the network begins with random ones.

    Examples
    --------
    >>> import numpy as np
    >>> network = SelfieSegmenter()
    >>> network.parameter_count
    106401
    >>> photo = np.zeros((1, 3, 64, 64), np.float32)
    >>> [(name, stage.shape[1:]) for name, stage in network.stages(photo)][-3:]
    [('up to 1/4', (16, 16, 16)), ('up to 1/2', (16, 32, 32)), ('mask', (1, 64, 64))]
    """

    def __init__(self) -> None:
        """Draw the first weights."""
        self.stem = StridedConv2d(3, 16, 3, stride=2)
        self.to_4 = InvertedResidual(16, 16, 16, 3, stride=2, squeezed=8)
        self.to_8 = [InvertedResidual(16, 72, 24, 3, stride=2), InvertedResidual(24, 88, 24, 3)]
        self.to_16 = [
            InvertedResidual(24, 96, 32, 5, stride=2, squeezed=24, smooth=True),
            InvertedResidual(32, 128, 32, 5, squeezed=32, smooth=True),
            InvertedResidual(32, 128, 32, 5, squeezed=32, smooth=True),
            InvertedResidual(32, 96, 32, 5, squeezed=24, smooth=True),
            InvertedResidual(32, 96, 32, 5, squeezed=24, smooth=True),
        ]

        self.head = Head(32, 128)
        self.up_to_8, self.up_to_4, self.up_to_2 = GatedUp(128, 24), GatedUp(24, 16), GatedUp(16, 16)
        self.last = ConvTranspose2d(16, 1, 2, stride=2)

    def forward(self, x: Any) -> Tensor:
        """Return a mask (N, 1, H, W) from 0 to 1 for photographs (N, 3, H, W) from 0 to 1, made for 256 × 256."""
        *_, (_, mask) = self.stages(x)
        return mask

    def stages(self, x: Any) -> Iterator[tuple[str, Tensor]]:
        """Yield name and map of every resolution, down to a sixteenth and up again; the last is the mask."""
        check_images(x, 3, 16)
        halves = self.stem(x).hardswish()
        yield "down to 1/2", halves

        quarters = self.to_4(halves)
        yield "down to 1/4", quarters

        eighths = _in_turn(self.to_8, quarters)
        yield "down to 1/8", eighths

        sixteenths = self.head(_in_turn(self.to_16, eighths))
        yield "down to 1/16", sixteenths

        up = self.up_to_8(sixteenths, eighths)
        yield "up to 1/8", up

        up = self.up_to_4(up, quarters)
        yield "up to 1/4", up

        up = self.up_to_2(up, halves)
        yield "up to 1/2", up
        yield "mask", self.last(up).sigmoid()


class StridedConv2d(Conv2d):
    """A convolution of stride s that makes ⌈H / s⌉ of H rows, as TensorFlow's padding 'SAME' does.

    Where that needs an odd number of zeros, as for every even size with k = 3, s = 2, the extra one goes after.

    Examples
    --------
    >>> import numpy as np
    >>> StridedConv2d(3, 8, 3, stride=2, seed=0)(np.zeros((1, 3, 9, 10), np.float32)).shape
    (1, 8, 5, 5)
    """

    def forward(self, input: Any) -> Tensor:
        """Return the convolution of an input of shape (N, C_in, H, W)."""
        above, below = strided_same_padding(input.shape[-2], self.kernel_size[0], self.stride[0])
        left, right = strided_same_padding(input.shape[-1], self.kernel_size[1], self.stride[1])
        return super().forward(pad(input, (left, right, above, below)))


class Gate(Module):
    """Weigh channels by what the whole image holds: average, two small layers, a number from 0 to 1 each.

    Source: Hu, Shen & Sun (2018), "Squeeze-and-excitation networks".

    Examples
    --------
    >>> import numpy as np
    >>> Gate(16, 8)(Tensor(np.zeros((2, 16, 5, 5), np.float32))).shape
    (2, 16, 1, 1)
    """

    def __init__(self, channels: int, squeezed: int) -> None:
        """Draw the first weights."""
        self.squeeze, self.expand = Conv2d(channels, squeezed, 1), Conv2d(squeezed, channels, 1)

    def forward(self, x: Any) -> Tensor:
        """Return one number for each channel, of shape (N, C_in, 1, 1)."""
        average = x.mean(axis=(2, 3), keepdims=True)
        return self.expand(self.squeeze(average).relu()).sigmoid()


class InvertedResidual(Module):
    """Widen by a 1 × 1 convolution, filter each channel alone, weigh the channels, narrow; add the input if it fits.

    Source: Sandler et al. (2018), "MobileNetV2: inverted residuals and linear bottlenecks".

    Examples
    --------
    >>> import numpy as np
    >>> x = Tensor(np.zeros((1, 16, 8, 8), np.float32))
    >>> InvertedResidual(16, 72, 24, 3, stride=2)(x).shape
    (1, 24, 4, 4)
    """

    def __init__(
        self,
        in_channels: int,
        hidden: int,
        out_channels: int,
        kernel_size: int,
        stride: int = 1,
        squeezed: int = 0,
        smooth: bool = False,
    ) -> None:
        """Draw the first weights; ``squeezed`` is the width of the gate's middle, 0 for no gate."""
        self.widen = Conv2d(in_channels, hidden, 1)
        self.filter = StridedConv2d(hidden, hidden, kernel_size, stride, groups=hidden)
        self.gate = Gate(hidden, squeezed) if squeezed else None
        self.narrow = Conv2d(hidden, out_channels, 1)
        self.smooth, self.adds_input = smooth, stride == 1 and in_channels == out_channels

    def forward(self, x: Any) -> Tensor:
        """Return a map of ``out_channels``, smaller by the stride."""
        hidden = self._rectified(self.filter(self._rectified(self.widen(x))))
        narrow = self.narrow(hidden * self.gate(hidden) if self.gate else hidden)
        return narrow + x if self.adds_input else narrow

    def _rectified(self, x: Tensor) -> Tensor:
        return x.hardswish() if self.smooth else x.relu()


class Head(Module):
    """At the lowest resolution: what is here, times what the whole image says about each channel.

    Source: the "lite" head of Howard et al. (2019), section 6.

    Examples
    --------
    >>> import numpy as np
    >>> Head(32, 128)(Tensor(np.zeros((1, 32, 4, 4), np.float32))).shape
    (1, 128, 4, 4)
    """

    def __init__(self, in_channels: int, out_channels: int) -> None:
        """Draw the first weights."""
        self.here, self.everywhere = Conv2d(in_channels, out_channels, 1), Conv2d(in_channels, out_channels, 1)

    def forward(self, x: Any) -> Tensor:
        """Return a map of the same size."""
        average = x.mean(axis=(2, 3), keepdims=True)
        return self.here(x).relu() * self.everywhere(average).sigmoid()


class GatedUp(Module):
    """Double bilinearly, add the skip connection through a gate, and refine with two convolutions.

    Examples
    --------
    >>> import numpy as np
    >>> low, skip = (Tensor(np.zeros(shape, np.float32)) for shape in ((1, 24, 4, 4), (1, 16, 8, 8)))
    >>> GatedUp(24, 16)(low, skip).shape
    (1, 16, 8, 8)
    """

    def __init__(self, in_channels: int, out_channels: int) -> None:
        """Draw the first weights."""
        self.narrow = Conv2d(in_channels, out_channels, 1)
        self.gate = Gate(out_channels, out_channels)
        self.mix = Conv2d(out_channels, out_channels, 1)
        self.filter = Conv2d(out_channels, out_channels, 3, padding=1, groups=out_channels)

    def forward(self, x: Any, skip: Tensor) -> Tensor:
        """Return a map of the size of ``skip``, which has twice as many rows and columns."""
        up = self.narrow(interpolate(x, scale_factor=2, mode="bilinear"))
        mixed = self.mix(skip * self.gate(skip + up) + up).relu()
        return mixed + self.filter(mixed).relu()


def _in_turn(blocks: list[Module], x: Tensor) -> Tensor:
    for block in blocks:
        x = block(x)
    return x
