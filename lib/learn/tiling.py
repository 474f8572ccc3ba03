"""Predicting a large image piece by piece: windows that overlap, of which only the middles are kept."""

from __future__ import annotations

import numpy as np

from lib.checks import as_int, as_planes
from lib.learn.modules import Module
from lib.learn.training import predict


def predict_in_tiles(network: Module, image: np.ndarray, tile: int, margin: int = 0) -> np.ndarray:
    """Return what a network makes of an image that it sees through square windows.

    Parameters
    ----------
    network : Module
        Its result has the rows and columns of its input.
    image : array of shape (1, C_in, H, W)
    tile : int
        Rows and columns of a window.
    margin : int
        How much of a window is thrown away on each side, except at the border of the image. Windows overlap by
        twice as much.

    Returns
    -------
    array of shape (1, classes, H, W)

    Raises
    ------
    ValueError, TypeError
        If the window is larger than the image, or the margins leave nothing of it.

    Notes
    -----
    The result is that of the whole image, to rounding, if no kept pixel sees the border of its window, and if windows
    begin where the network's poolings begin a new cell: at multiples of the product of its strides. Source: the
    overlap-tile strategy of Ronneberger, Fischer & Brox (2015), "U-Net: convolutional networks for biomedical image
    segmentation".

    Examples
    --------
    >>> from lib.learn import Conv2d
    >>> network, image = Conv2d(1, 2, 3, padding=1, seed=0), np.ones((1, 1, 20, 24), np.float32)
    >>> whole = network(image).data
    >>> bool(np.allclose(predict_in_tiles(network, image, tile=8, margin=1), whole, atol=1e-6))
    True
    >>> bool(np.allclose(predict_in_tiles(network, image, tile=8), whole, atol=1e-6))
    False
    """
    array = as_planes(image, "image", (4,))
    tile, margin = as_int(tile, "tile", 1), as_int(margin, "margin", 0)
    if len(array) != 1 or tile > min(array.shape[2:]):
        raise ValueError(f"image must be one image of at least {tile} rows and columns, got shape {array.shape}")
    if 2 * margin >= tile:
        raise ValueError(f"margin must be less than half of tile={tile}, so that something is kept, got {margin}")

    rows, columns = (_windows(size, tile, margin) for size in array.shape[2:])
    result = None

    for row, top, bottom in rows:
        strip = [array[:, :, row : row + tile, column : column + tile] for column, _, _ in columns]
        scores = predict(network, np.concatenate(strip))
        if result is None:
            result = np.empty((1, scores.shape[1], *array.shape[2:]), scores.dtype)
        for score, (column, left, right) in zip(scores, columns, strict=True):
            result[0, :, top:bottom, left:right] = score[:, top - row : bottom - row, left - column : right - column]
    return result


def _windows(size: int, tile: int, margin: int) -> list[tuple[int, int, int]]:
    """Return along one axis where each window begins, and from where to where its part of the result reaches.

    >>> _windows(20, tile=8, margin=1)
    [(0, 0, 7), (6, 7, 13), (12, 13, 20)]
    """
    starts = [*range(0, size - tile, tile - 2 * margin), size - tile]
    edges = [0, *(start + margin for start in starts[1:]), size]
    return list(zip(starts, edges, edges[1:], strict=False))
