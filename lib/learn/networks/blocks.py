"""What networks are built from: convolution, normalisation and ReLU, begun as He et al. advise."""

from __future__ import annotations

from typing import Any

from lib.checks import as_int, as_planes
from lib.learn.initialisation import Seed, as_random, he_
from lib.learn.layers.convolution import Conv2d, ConvTranspose2d
from lib.learn.layers.general import ReLU
from lib.learn.layers.normalisation import BatchNorm2d
from lib.learn.modules import Sequential
from lib.learn.tensor import Tensor


def he_conv2d(in_channels: int, out_channels: int, kernel_size: int, gain: float = 1, seed: Seed = None) -> Conv2d:
    """Return a convolution that keeps the size (odd kernels), begun for a ReLU to follow.

    Examples
    --------
    >>> he_conv2d(1, 8, 5, seed=0)
    Conv2d(1, 8, kernel_size=5, padding=2)
    """
    random = as_random(seed)
    layer = Conv2d(in_channels, out_channels, kernel_size, padding=kernel_size // 2, seed=random)
    return he_(layer, gain, random)


def convolution_block(
    in_channels: int, out_channels: int, kernel_size: int = 3, gain: float = 1, padding: str = "same", seed: Seed = None
) -> Sequential:
    """Return convolution, batch normalisation and ReLU; ``padding`` 'same' keeps the size, 'valid' adds no zeros.

    Examples
    --------
    >>> convolution_block(1, 8, seed=0)
    Sequential(
      0: Conv2d(1, 8, kernel_size=3, padding=1)
      1: BatchNorm2d(8)
      2: ReLU()
    )
    """
    random = as_random(seed)
    zeros = kernel_size // 2 if padding == "same" else 0
    layer = Conv2d(in_channels, out_channels, kernel_size, padding=zeros, seed=random)
    return Sequential(he_(layer, gain, random), BatchNorm2d(out_channels), ReLU())


def deconvolution_block(
    in_channels: int, out_channels: int, kernel_size: int = 5, gain: float = 1, seed: Seed = None
) -> Sequential:
    """Return transposed convolution (stride 1, size kept), batch normalisation and ReLU.

    Examples
    --------
    >>> deconvolution_block(32, 16, seed=0)[0]
    ConvTranspose2d(32, 16, kernel_size=5, padding=2)
    """
    random = as_random(seed)
    layer = ConvTranspose2d(in_channels, out_channels, kernel_size, padding=kernel_size // 2, seed=random)
    return Sequential(he_(layer, gain, random), BatchNorm2d(out_channels), ReLU())


def check_images(input: Any, channels: int, multiple: int = 1) -> None:
    """Refuse an input that is no batch of images, or whose sides the poolings of a network do not divide evenly."""
    array = as_planes(Tensor._tensor(input, "input").data, "input", (4,))
    if array.shape[1] != channels:
        raise ValueError(f"input must have {channels} channels, got shape {array.shape}")
    if array.shape[2] % multiple or array.shape[3] % multiple:
        raise ValueError(
            f"input must have rows and columns that are multiples of {multiple}, got {array.shape[2]} and "
            f"{array.shape[3]}; pad it, and crop the result"
        )


def as_channels(channels: tuple[int, ...], count: int | None = None) -> tuple[int, ...]:
    """Return the widths of the stages of a network, checked."""
    widths = tuple(as_int(width, f"channels[{place}]", 1) for place, width in enumerate(channels))
    if not widths or (count is not None and len(widths) != count):
        raise ValueError(f"channels must name {count or 'at least one'} widths, got {channels!r}")
    return widths
