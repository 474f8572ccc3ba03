"""Layers without weights that change the size of a map: pooling, unpooling, upsampling, pixel shuffle."""

from __future__ import annotations

from typing import Any

import numpy as np

from lib.checks import Pair, as_flag, as_int, as_pair
from lib.learn.modules import Module
from lib.ops import avg_pool2d, interpolate, max_pool2d, max_unpool2d, pixel_shuffle
from lib.ops.averaging import as_divisor
from lib.ops.interpolation import Resize
from lib.ops.sizes import pooling_stride


class MaxPool2d(Module):
    """Keep the largest cell of each window, see :func:`lib.max_pool2d`.

    With ``return_indices`` the layer returns the switches too, as :class:`MaxUnpool2d` takes them.

    Examples
    --------
    >>> pooled, switches = MaxPool2d(2, return_indices=True)(np.array([[[[1, 5], [3, 4]]]]))
    >>> pooled, switches
    (array([[[[5]]]]), array([[[[1]]]]))
    """

    def __init__(
        self,
        kernel_size: int | Pair,
        stride: int | Pair | None = None,
        padding: int | Pair = 0,
        dilation: int | Pair = 1,
        return_indices: bool = False,
        ceil_mode: bool = False,
    ) -> None:
        """Take the arguments of ``torch.nn.MaxPool2d`` in its order."""
        self.kernel_size = as_pair(kernel_size, "kernel_size", 1)
        self.stride = pooling_stride(stride, self.kernel_size)
        self.padding = as_pair(padding, "padding", 0)
        self.dilation = as_pair(dilation, "dilation", 1)
        self.return_indices = as_flag(return_indices, "return_indices")
        self.ceil_mode = as_flag(ceil_mode, "ceil_mode")

    def forward(self, input: Any) -> Any:
        """Return the pooled map, and the switches if asked for."""
        window = self.kernel_size, self.stride, self.padding, self.dilation
        return max_pool2d(input, *window, self.ceil_mode, self.return_indices)

    def extra_repr(self) -> str:
        """Return the window."""
        return _window(self)


class MaxUnpool2d(Module):
    """Write each value to where its switch points, see :func:`lib.max_unpool2d`.

    Examples
    --------
    >>> MaxUnpool2d(2)(np.array([[[[5]]]]), np.array([[[[1]]]]))
    array([[[[0, 5],
             [0, 0]]]])
    """

    def __init__(self, kernel_size: int | Pair, stride: int | Pair | None = None, padding: int | Pair = 0) -> None:
        """Take the arguments that pooling had."""
        self.kernel_size = as_pair(kernel_size, "kernel_size", 1)
        self.stride = pooling_stride(stride, self.kernel_size)
        self.padding = as_pair(padding, "padding", 0)

    def forward(self, input: Any, indices: np.ndarray, output_size: tuple[int, ...] | None = None) -> Any:
        """Return the larger map; ``output_size`` names its size where pooling forgot rows or columns."""
        return max_unpool2d(input, indices, self.kernel_size, self.stride, self.padding, output_size)

    def extra_repr(self) -> str:
        """Return the window."""
        return _window(self)


class AvgPool2d(Module):
    """Average each window, see :func:`lib.avg_pool2d`.

    Examples
    --------
    >>> AvgPool2d(2)(np.array([[[[1.0, 5.0], [3.0, 4.0]]]]))
    array([[[[3.25]]]])
    """

    def __init__(
        self,
        kernel_size: int | Pair,
        stride: int | Pair | None = None,
        padding: int | Pair = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
        divisor_override: int | None = None,
    ) -> None:
        """Take the arguments of ``torch.nn.AvgPool2d`` in its order."""
        self.kernel_size = as_pair(kernel_size, "kernel_size", 1)
        self.stride = pooling_stride(stride, self.kernel_size)
        self.padding = as_pair(padding, "padding", 0)
        self.ceil_mode = as_flag(ceil_mode, "ceil_mode")
        self.count_include_pad = as_flag(count_include_pad, "count_include_pad")
        self.divisor_override = as_divisor(divisor_override)

    def forward(self, input: Any) -> Any:
        """Return the averaged map."""
        options = self.ceil_mode, self.count_include_pad, self.divisor_override
        return avg_pool2d(input, self.kernel_size, self.stride, self.padding, *options)

    def extra_repr(self) -> str:
        """Return the window."""
        return _window(self)


class Upsample(Module):
    """Resize by a fixed rule, see :func:`lib.interpolate`.

    Examples
    --------
    >>> Upsample(scale_factor=2)(np.array([[[[1, 2]]]]))
    array([[[[1, 1, 2, 2],
             [1, 1, 2, 2]]]])
    """

    def __init__(
        self,
        size: int | Pair | None = None,
        scale_factor: float | tuple[float, float] | None = None,
        mode: str = "nearest",
        align_corners: bool | None = None,
    ) -> None:
        """Take the arguments of ``torch.nn.Upsample`` in its order."""
        Resize.of(size, scale_factor, mode, align_corners)  # refuses what makes no sense
        self.size, self.scale_factor, self.mode, self.align_corners = size, scale_factor, mode, align_corners

    def forward(self, input: Any) -> Any:
        """Return the resized map."""
        return interpolate(input, self.size, self.scale_factor, self.mode, self.align_corners)

    def extra_repr(self) -> str:
        """Return the factor or size, and the rule."""
        to = f"size={self.size}" if self.scale_factor is None else f"scale_factor={self.scale_factor}"
        return f"{to}, mode={self.mode!r}"


class PixelShuffle(Module):
    """Lay r² channels out as r × r cells of one channel, see :func:`lib.pixel_shuffle`.

    Examples
    --------
    >>> PixelShuffle(2)(np.arange(4).reshape(1, 4, 1, 1))
    array([[[[0, 1],
             [2, 3]]]])
    """

    def __init__(self, upscale_factor: int) -> None:
        """Take r."""
        self.upscale_factor = as_int(upscale_factor, "upscale_factor", 1)

    def forward(self, input: Any) -> Any:
        """Return the larger map of fewer channels."""
        return pixel_shuffle(input, self.upscale_factor)

    def extra_repr(self) -> str:
        """Return r."""
        return str(self.upscale_factor)


def _window(layer: Module) -> str:
    def short(pair: Pair) -> str:
        return str(pair[0] if pair[0] == pair[1] else pair)

    text = f"kernel_size={short(layer.kernel_size)}"
    if layer.stride != layer.kernel_size:
        text += f", stride={short(layer.stride)}"
    return text + (f", padding={short(layer.padding)}" if layer.padding != (0, 0) else "")
