"""A photograph, made smaller and larger again in the reader's hands: what the page needs for that, from the library.

The page's script knows no operation. It multiplies by banded matrices, lays stamps and slides stencils, all of which
stand here; the first view is drawn from the same operations.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from lib.checks import as_int
from lib.ops import avg_pool2d, conv_transpose2d, interpolation_matrix, psnr
from lib.ops.metrics import RADIUS, SIGMA
from lib.show.images import images
from lib.show.picture import Picture, script_data
from lib.words import say

SHOWN = ("the photograph", "smaller", "back")
SHARES = 9  # decimals of a weight: far finer than a grey level


def photograph_bench(photographs: Mapping[str, np.ndarray], factors: Sequence[int] = (2, 3, 4)) -> Picture:
    """Show photographs to be made smaller and larger again; on its page the picture becomes a bench.

    Parameters
    ----------
    photographs : mapping of name to array of shape (H, H)
        Brightness from 0 to 1, all of one size, which every factor divides.
    factors : sequence of int
        How many times fewer rows and columns the reader may choose.

    Returns
    -------
    Picture
        The first photograph, averaged by the first factor and brought back by a transposed convolution of 3 × 3 ones.

    Raises
    ------
    ValueError
        If the photographs differ in size, or a factor does not divide it.

    Examples
    --------
    >>> photograph_bench({'ramp': np.tile(np.linspace(0, 1, 12), (12, 1))}, (2,))
    A ramp of 12 × 12, averaged to 6 × 6, and back by 3 × 3 stamps of ones with stride 2: 10.9 dB.
    """
    sizes = {np.shape(plane) for plane in photographs.values()}
    if len(sizes) != 1 or len(size := next(iter(sizes))) != 2 or size[0] != size[1]:
        raise ValueError(f"photographs must be square and of one size, got shapes {sorted(sizes)}")
    for factor in factors:
        if size[0] % as_int(factor, "factors", 2):
            raise ValueError(f"factors must divide the {size[0]} rows of the photographs, got {factor}")

    name, photograph = next(iter(photographs.items()))
    factor = factors[0]
    small = avg_pool2d(np.asarray(photograph, np.float64), factor)
    start = kernels(factor)["3 × 3, all alike"]
    back = conv_transpose2d(small, np.array(start["weights"]), None, factor, start["padding"], start["extra"])
    words = say(
        "A {name} of {size} × {size}, averaged to {smaller} × {smaller}, and back by 3 × 3 stamps of ones "
        "with stride {factor}: {psnr:.1f} dB.",
        name=say(name),
        size=size[0],
        smaller=len(small),
        factor=factor,
        psnr=psnr(back, photograph),
    )
    shown = images(dict(zip(SHOWN, (photograph, small, back), strict=True)), words, width=220)
    return Picture(f"{shown.markup}\n{script_data(bench_data(photographs, factors))}", words)


def bench_data(photographs: Mapping[str, np.ndarray], factors: Sequence[int]) -> dict[str, Any]:
    """Return what the script needs: the photographs in 256 greys, and every weight.

    >>> data = bench_data({'grey': np.full((12, 12), 0.5)}, (2,))
    >>> data['size'], sorted(data['down']['2']), sorted(data['up']['2'])
    (12, ['area', 'pool', 'pool smooth', 'stride', 'stride smooth', 'triangle'], ['bicubic', 'bilinear', 'nearest'])
    """
    size = len(next(iter(photographs.values())))
    names = [*photographs, *(name for factor in factors for name in kernels(factor))]
    offsets = np.arange(-RADIUS, RADIUS + 1)
    window = np.exp(-(offsets**2) / (2 * SIGMA**2))

    return {
        "size": size,
        "photographs": {name: _in_greys(plane) for name, plane in photographs.items()},
        "down": {
            str(factor): {way: band(matrix) for way, matrix in ways_down(size, factor).items()} for factor in factors
        },
        "up": {
            str(factor): {mode: band(interpolation_matrix(size // factor, size, mode)) for mode in MODES}
            for factor in factors
        },
        "kernels": {str(factor): kernels(factor) for factor in factors},
        "phases": {str(factor): phases(factor) for factor in factors},
        "window": (window / window.sum()).round(SHARES).tolist(),
        "words": {name: say(name) for name in names if say(name) != name},
    }


MODES = ("nearest", "bilinear", "bicubic")


def ways_down(size: int, factor: int) -> dict[str, np.ndarray]:
    """Return the matrices that make one axis smaller.

    'stride' takes one pixel in every ``factor``, the first; 'area' averages blocks; 'triangle' and the smooth ones
    weigh wider surroundings, so that little detail is left that the smaller image cannot hold. 'pool' takes the first
    of what a maximum over blocks, slid by one pixel, has left.

    >>> ways_down(4, 2)['stride']
    array([[1., 0., 0., 0.],
           [0., 0., 1., 0.]])
    """
    smaller, slid = size // factor, size - factor + 1
    first = {"convention": "asymmetric", "scale": float(factor)}
    return {
        "stride": interpolation_matrix(size, smaller, "nearest", rounding="floor", **first),
        "stride smooth": interpolation_matrix(size, smaller, "bilinear", antialias=True, **first),
        "area": interpolation_matrix(size, smaller, "area"),
        "triangle": interpolation_matrix(size, smaller, "bilinear", antialias=True),
        "pool": interpolation_matrix(slid, smaller, "nearest", rounding="floor", **first),
        "pool smooth": interpolation_matrix(slid, smaller, "bilinear", antialias=True, **first),
    }


def kernels(factor: int) -> dict[str, dict[str, Any]]:
    """Return kernels of transposed convolution to start from, each with the padding that brings back the size.

    Their weights sum to the square of the factor, so that brightness stays what it is, at least on the whole.

    >>> kernels(2)['bilinear']['padding'], kernels(2)['bilinear']['weights'][1]
    (1, [0.1875, 0.5625, 0.5625, 0.1875])
    """
    width = 2 * factor - factor % 2
    tent = 1 - np.abs(np.arange(width) - (width - 1) / 2) / factor
    draw = np.random.default_rng(5)
    found = {
        "3 × 3, all alike": np.ones((3, 3)),
        "bilinear": np.outer(tent, tent),
        f"{factor} × {factor}, copies": np.ones((factor, factor)),
        "4 × 4, untrained": draw.random((4, 4)),
    }
    return {name: _kernel(weight * factor**2 / weight.sum(), factor) for name, weight in found.items()}


def _kernel(weight: np.ndarray, factor: int) -> dict[str, Any]:
    """Return a kernel with the least padding and output padding that make n cells of n / factor."""
    width = len(weight)
    padding = max(0, -(-(width - factor) // 2))
    extra = factor + 2 * padding - width
    return {"weights": weight.round(4).tolist(), "padding": padding, "extra": extra}


def phases(factor: int) -> dict[str, list[list[list[float]]]]:
    """Return 3 × 3 stencils for the channels of pixel shuffle, one for each place in a block.

    'bilinear' has the weights of interpolation; 'alike' the same stencil everywhere, as ICNR begins; 'untrained' random
    ones, which is how a checkerboard comes in.

    >>> phases(2)['bilinear'][0][0]
    [0.0625, 0.1875, 0.0]
    """
    matrix = interpolation_matrix(5, 5 * factor)[2 * factor : 3 * factor, 1:4]  # the rows over a cell in the middle
    bilinear = [np.outer(rows, columns) for rows in matrix for columns in matrix]
    draw = np.random.default_rng(6).random((factor**2, 3, 3))
    smooth = np.outer([1, 2, 1], [1, 2, 1]) / 16
    found = {"bilinear": bilinear, "alike": [smooth] * factor**2, "untrained": draw / draw.sum() * factor**2}
    return {name: np.round(stencils, SHARES).tolist() for name, stencils in found.items()}


def band(matrix: np.ndarray) -> dict[str, Any]:
    """Return a banded matrix in short: where each row begins, and which of the distinct rows of weights it has.

    >>> band(np.array([[0.5, 0.5, 0, 0], [0, 0, 0.5, 0.5]]))
    {'starts': [0, 2], 'kinds': [0, 0], 'weights': [[0.5, 0.5]]}
    """
    starts, kinds, distinct = [], [], {}
    for row in np.asarray(matrix).round(SHARES):
        filled = np.flatnonzero(row)
        starts.append(int(filled[0]))
        weights = tuple(row[filled[0] : filled[-1] + 1].tolist())
        kinds.append(distinct.setdefault(weights, len(distinct)))
    return {"starts": starts, "kinds": kinds, "weights": [list(weights) for weights in distinct]}


def _in_greys(plane: np.ndarray) -> str:
    greys = np.round(np.clip(plane, 0, 1) * 255).astype(np.uint8)
    return base64.b64encode(greys.tobytes()).decode("ascii")
