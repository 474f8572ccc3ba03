"""Interpolation along one axis in figures: the kernel over the input cells, and where each convention puts a cell."""

from __future__ import annotations

import numpy as np

from lib.checks import as_int
from lib.ops import interpolation_matrix
from lib.show.explore.charts import as_bars, as_blocks, as_curve, as_dots, chart
from lib.show.explore.photographs import Photographs, photograph, photographs
from lib.show.explore.scenes import Scene, scene
from lib.show.explore.wiring import Numbers, matrix, wired
from lib.show.grids import role_and_size
from lib.words import say

KERNEL_REACH = 2.1  # cells: a little more than the widest kernel has
SAMPLES = 20  # points of a curve for each input cell
UNIT = 84  # pixels between the centres of neighbouring input cells
SPARE = 1.1  # cells: how far an output axis may reach beyond the ends of the input
POSITIONS = {
    "half-pixel": lambda q, n, m: (q + 0.5) * n / m - 0.5,
    "align-corners": lambda q, n, m: q * (n - 1) / (m - 1) if m > 1 else q * 0.0,
    "asymmetric": lambda q, n, m: q * n / m,
}


def output_positions(input_size: int, output_size: int, convention: str = "half-pixel") -> np.ndarray:
    """Return where the centres of the output cells lie on the input's axis, whose centres are 0, 1, 2, ….

    >>> output_positions(2, 4)
    array([-0.25,  0.25,  0.75,  1.25])
    >>> output_positions(2, 3, "align-corners")
    array([0. , 0.5, 1. ])
    """
    if convention not in POSITIONS:
        raise ValueError(f"convention must be one of {sorted(POSITIONS)}, got {convention!r}")
    n, m = as_int(input_size, "input_size", 1), as_int(output_size, "output_size", 1)
    return POSITIONS[convention](np.arange(m, dtype=float), n, m)


def kernel_curve(mode: str, cubic_a: float = -0.75) -> tuple[np.ndarray, np.ndarray]:
    """Return points of an interpolation kernel, as distances and weights: what an impulse is interpolated to.

    >>> distances, weights = kernel_curve("bilinear")
    >>> round(float(weights.max()), 3), float(weights[np.abs(distances) > 1].max())
    (0.975, 0.0)
    """
    response = interpolation_matrix(7, 7 * SAMPLES, mode, cubic_a=cubic_a)[:, 3]
    return output_positions(7, 7 * SAMPLES) - 3, response


def interpolated_line(
    input: np.ndarray | Numbers,
    mode: str = "bilinear",
    cubic_a: float = -0.75,
    low: float = -20,
    high: float = 100,
    samples: int = 10,
    place: float = 1.35,
) -> Scene:
    """Make a scene of interpolation along one axis: bars to pull, a place to move, the kernel centred on it.

    Parameters
    ----------
    input : array or Numbers of shape (W,)
    mode : 'nearest', 'bilinear' or 'bicubic'
    cubic_a : float
        The parameter of the bicubic kernel.
    low, high : float
        The least and the largest value that the chart has room for.
    samples : int
        How many places the reader can choose for each input cell.
    place : float
        Where to begin, on the input's axis; the nearest place that can be chosen.

    Examples
    --------
    >>> interpolated_line(np.array([10, 20, 60, 40]), samples=2).picture(step=4)
    At 1.75: 20·0.25 + 60·0.75 = 50.
    """
    (x,) = wired(input)
    weights = interpolation_matrix(x.size, x.size * samples, mode, cubic_a=cubic_a)
    places = output_positions(x.size, x.size * samples)
    line = x.weighted(weights)
    now = line.reshape(line.size, 1).at_step()
    met = matrix(line, x).at_step()

    distances, heights = kernel_curve(mode, cubic_a)
    inside = np.abs(distances) <= KERNEL_REACH
    _, where, kernel = wired(x, places, heights[inside])
    values = chart(
        as_curve(line, places, "output"),
        as_bars(x),
        as_dots(now, [0], label="interpolated value", shifted=True),
        low=low, high=high, unit=UNIT, shifts=places, beyond=x, first=-0.75, last=x.size - 0.25,
    )  # fmt: skip
    weight = chart(
        as_curve(kernel, distances[inside], shifted=True),
        as_dots(met, role="kernel", label="weights"),
        low=-0.3, high=1.1, label="weights", unit=UNIT, height=90, shifts=places, first=-0.75, last=x.size - 0.25,
    )  # fmt: skip
    words = say("At {place}: {terms} = {sum}.", place=where.now, terms=line.terms, sum=line.now)
    return scene([values], [weight], step=line, caption=words).begin_at(int(np.abs(places - place).argmin()))


def alignment(
    input: np.ndarray | Numbers,
    output_size: int,
    mode: str = "bilinear",
    convention: str = "half-pixel",
    image: np.ndarray | None = None,
    width: int = 240,
) -> Scene:
    """Make a scene of the cells of input and output on one axis, with the weights of one output cell.

    The input stands where it is under every convention; the output lies where the convention puts it.

    Parameters
    ----------
    input : array or Numbers of shape (W,)
        The input, one axis.
    output_size : int
    mode : 'nearest', 'bilinear' or 'bicubic'
    convention : 'half-pixel', 'align-corners' or 'asymmetric'
    image : array of shape (H, W), optional
        A photograph, values from 0 to 1, to be resized below by the same rule and in the same ratio.
    width : int
        Of the photograph in pixels, before and after.

    Raises
    ------
    ValueError, TypeError
        If the arguments make no interpolation.

    Examples
    --------
    >>> alignment(np.array([10, 20, 60, 40]), 8).picture(step=1)
    half-pixel: output cell 1 lies at 0.25. 10·0.75 + 20·0.25 = 12.5.
    """
    (x,) = wired(input)
    weights = _weights(x.size, output_size, mode, convention)
    places = output_positions(x.size, output_size, convention)
    y = x.weighted(weights)
    met = matrix(y, x).at_step()

    blocks = chart(
        as_blocks(x, level=2, label="input"),
        as_blocks(met, level=1, width=0.7, role="kernel", label="weights"),
        as_blocks(y, places, width=_cell_width(x.size, output_size, convention), role="output", label="output"),
        low=-0.4, high=2.55, label=convention, unit=UNIT, height=200, shifts=places,
        first=-0.5 - SPARE, last=x.size - 0.5 + SPARE,
    )  # fmt: skip
    _, where = wired(x, places)
    words = say(
        "{convention}: output cell {cell} lies at {place}. {terms} = {sum}.",
        convention=say(convention),
        cell=y.column,
        place=where.now,
        terms=y.terms,
        sum=y.now,
    )
    rows = [] if image is None else [[_resized(image, output_size / x.size, mode, convention, width)]]
    return scene([blocks], *rows, step=y, caption=words).begin_at(output_size // 3)  # between two input cells


def _resized(image: np.ndarray, ratio: float, mode: str, convention: str, width: int) -> Photographs:
    """Return a photograph before and after, both of one width, so that what moves is seen to move."""
    sizes = [round(ratio * n) for n in image.shape]
    rows, columns = (_weights(n, m, mode, convention) for n, m in zip(image.shape, sizes, strict=True))
    source = photograph(image)
    shown = {
        role_and_size("input", *image.shape): source,
        role_and_size("output", *sizes): source.bands(rows, columns),
    }
    return photographs(shown, width=width)


def _cell_width(input_size: int, output_size: int, convention: str) -> float:
    """Return how wide an output cell is, in input cells: as far as its neighbours are apart."""
    if convention != "align-corners":
        return input_size / output_size
    return (input_size - 1) / (output_size - 1) if min(input_size, output_size) > 1 else 1.0


def _weights(input_size: int, output_size: int, mode: str, convention: str) -> np.ndarray:
    """Return the matrix; at asymmetric positions every library rounds down to the nearest cell."""
    rounding = "floor" if convention == "asymmetric" else "half-up"
    return interpolation_matrix(input_size, output_size, mode, convention, rounding=rounding)
