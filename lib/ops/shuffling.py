"""Pixel shuffle and its adjoint: cells move between channels and positions, so here the adjoint is the inverse."""

from __future__ import annotations

import math

import numpy as np

from lib.checks import as_int, as_numbers
from lib.ops.dispatch import WithAdjoints, operation

DIMENSIONS = tuple(range(3, 33))  # from an image to as many axes as its pieces still fit


@operation
def pixel_shuffle(input: np.ndarray, upscale_factor: int) -> WithAdjoints[np.ndarray]:
    """Lay r² channels out as r × r cells of one channel.

    Parameters
    ----------
    input : array of shape (..., C_out r², H, W)
    upscale_factor : int
        r.

    Returns
    -------
    array of shape (..., C_out, r H, r W)
        The dtype of ``input``; cell (r y + i, r x + j) of channel c is cell (y, x) of channel c r² + i r + j.

    Raises
    ------
    ValueError, TypeError
        If ``input`` has fewer than three axes or its channels are not a multiple of r².

    Notes
    -----
    Names and results follow ``torch.nn.functional.pixel_shuffle``.

    Source: Shi et al. (2016), "Real-time single image and video super-resolution".

    Examples
    --------
    >>> pixel_shuffle(np.arange(8).reshape(4, 1, 2), 2)
    array([[[0, 2, 1, 3],
            [4, 6, 5, 7]]])
    """
    array = as_numbers(input, "input", DIMENSIONS)
    factor = as_int(upscale_factor, "upscale_factor", 1)
    if array.shape[-3] % factor**2:
        raise ValueError(
            f"input must have a multiple of upscale_factor² = {factor**2} channels, got {array.shape[-3]} in shape "
            f"{array.shape}"
        )
    return _shuffled(array, factor), {"input": lambda grad: _unshuffled(grad, factor)}


@operation
def pixel_unshuffle(input: np.ndarray, downscale_factor: int) -> WithAdjoints[np.ndarray]:
    """Collect every r × r cells into r² channels: the inverse and the adjoint of :func:`pixel_shuffle`.

    Parameters
    ----------
    input : array of shape (..., C_in, r H, r W)
    downscale_factor : int
        r.

    Returns
    -------
    array of shape (..., C_in r², H, W)
        The dtype of ``input``.

    Raises
    ------
    ValueError, TypeError
        If ``input`` has fewer than three axes or its rows or columns are not a multiple of r.

    Examples
    --------
    >>> pixel_unshuffle(np.arange(8).reshape(1, 2, 4), 2).shape
    (4, 1, 2)
    """
    array = as_numbers(input, "input", DIMENSIONS)
    factor = as_int(downscale_factor, "downscale_factor", 1)
    if array.shape[-2] % factor or array.shape[-1] % factor:
        raise ValueError(
            f"input must have rows and columns that are multiples of downscale_factor {factor}, got shape {array.shape}"
        )
    return _unshuffled(array, factor), {"input": lambda grad: _shuffled(grad, factor)}


def _shuffled(array: np.ndarray, factor: int) -> np.ndarray:
    *before, channels, rows, columns = array.shape
    channels //= factor**2
    planes = math.prod(before) * channels
    cells = array.reshape(planes, factor, factor, rows, columns)
    result = np.empty((planes, rows, factor, columns, factor), array.dtype)

    for plane, parts in zip(result, cells, strict=True):  # one plane at a time stays in the cache
        for j in range(factor):
            plane[..., j] = parts[:, j].swapaxes(0, 1)
    return result.reshape(*before, channels, rows * factor, columns * factor)


def _unshuffled(array: np.ndarray, factor: int) -> np.ndarray:
    *before, channels, rows, columns = array.shape
    rows, columns = rows // factor, columns // factor
    planes = math.prod(before) * channels
    cells = array.reshape(planes, rows, factor, columns, factor)
    result = np.empty((planes, factor, factor, rows, columns), array.dtype)

    for plane, parts in zip(cells, result, strict=True):
        for j in range(factor):
            parts[:, j] = plane[..., j].swapaxes(0, 1)
    return result.reshape(*before, channels * factor**2, rows, columns)
