"""The weights of interpolation along one axis, under every convention that the libraries use.

Interpolation writes each output cell as a weighted sum of a few neighbouring input cells. Along one axis that is a
matrix with a narrow band of weights; for an image the rule is used twice, ``rows @ image @ columns.T``. What libraries
disagree about is where an output cell lies on the input's axis (the coordinate convention), which kernel weighs its
neighbours, whether the kernel is widened when shrinking (antialias), and what happens at the border.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from lib.checks import as_flag, as_int, as_number, as_word, check_memory
from lib.ops.fast.banded import Entries

MODES = ("nearest", "bilinear", "bicubic", "area", "adaptive")
CONVENTIONS = ("half-pixel", "align-corners", "asymmetric", "pytorch-half-pixel", "half-pixel-symmetric")
BORDERS = ("replicate", "renormalize")
# How a position becomes a cell: the shift added to it, and the way it is rounded then.
ROUNDINGS = {"floor": (0, np.floor), "ceil": (0, np.ceil), "half-down": (-0.5, np.ceil), "half-up": (0.5, np.floor)}

# What each library's name for a method means, for ``interpolation_matrix(n, m, **INTERPOLATION_RULES[name])``.
INTERPOLATION_RULES: dict[str, dict[str, Any]] = {
    "PyTorch nearest": {"mode": "nearest", "convention": "asymmetric", "rounding": "floor"},
    "PyTorch nearest-exact": {"mode": "nearest", "convention": "half-pixel", "rounding": "half-up"},
    "PyTorch bilinear": {"mode": "bilinear"},
    "PyTorch bilinear align_corners": {"mode": "bilinear", "convention": "align-corners"},
    "PyTorch bilinear antialias": {"mode": "bilinear", "antialias": True},
    "PyTorch bicubic": {"mode": "bicubic"},
    "PyTorch bicubic align_corners": {"mode": "bicubic", "convention": "align-corners"},
    "PyTorch bicubic antialias": {"mode": "bicubic", "cubic_a": -0.5, "antialias": True},
    "PyTorch area": {"mode": "adaptive"},
    "OpenCV INTER_NEAREST": {"mode": "nearest", "convention": "asymmetric", "rounding": "floor"},
    "OpenCV INTER_LINEAR": {"mode": "bilinear"},
    "OpenCV INTER_CUBIC": {"mode": "bicubic"},
    "OpenCV INTER_AREA": {"mode": "area"},
    "Pillow NEAREST": {"mode": "nearest", "convention": "half-pixel", "rounding": "half-up"},
    "Pillow BILINEAR": {"mode": "bilinear", "antialias": True},
    "Pillow BICUBIC": {"mode": "bicubic", "cubic_a": -0.5, "antialias": True},
    "TensorFlow 1 bilinear": {"mode": "bilinear", "convention": "asymmetric"},
    "TensorFlow 1 bicubic": {"mode": "bicubic", "convention": "asymmetric"},
    "TensorFlow 2 nearest": {"mode": "nearest", "convention": "half-pixel", "rounding": "half-up"},
    "TensorFlow 2 bilinear": {"mode": "bilinear"},
    "TensorFlow 2 bilinear antialias": {"mode": "bilinear", "antialias": True},
    "TensorFlow 2 bicubic": {"mode": "bicubic", "cubic_a": -0.5, "border": "renormalize"},
    "ONNX nearest": {"mode": "nearest", "convention": "half-pixel", "rounding": "half-down"},
    "ONNX linear": {"mode": "bilinear"},
    "ONNX cubic": {"mode": "bicubic"},
}


class Resampling(NamedTuple):
    """One rule along one axis, checked: the arguments of :func:`interpolation_matrix`."""

    input_size: int
    output_size: int
    mode: str
    convention: str
    cubic_a: float
    antialias: bool
    scale: float | None
    border: str
    rounding: str


def interpolation_matrix(
    input_size: int,
    output_size: int,
    mode: str = "bilinear",
    convention: str = "half-pixel",
    cubic_a: float = -0.75,
    antialias: bool = False,
    scale: float | None = None,
    border: str | None = None,
    rounding: str = "half-up",
) -> np.ndarray:
    """Return the matrix that interpolates along one axis: row q holds the weights of output cell q.

    Interpolation of an image is ``rows @ image @ columns.T`` with one such matrix for each axis; its adjoint is
    ``rows.T @ grad @ columns``.

    Parameters
    ----------
    input_size, output_size : int
        n and m, at least 1.
    mode : 'nearest', 'bilinear', 'bicubic', 'area' or 'adaptive'
        The kernel: one cell; a triangle over 2 cells (linear along one axis); a piecewise cubic over 4 cells; the share
        of each input cell in what the output cell covers, which is meant for shrinking; or the plain mean of the input
        cells that the output cell touches, as adaptive average pooling takes it.
    convention : str
        Position of output cell q on the input's axis, whose cell centres are 0, 1, …, n - 1:

        - 'half-pixel': ``(q + 1/2) scale - 1/2``; the outer edges of the two axes meet.
        - 'align-corners': ``q (n - 1) / (m - 1)``; the centres of the outer cells meet (0 if m is 1).
        - 'asymmetric': ``q scale``; the centres of the first cells meet.
        - 'pytorch-half-pixel': half-pixel, but 0 if m is 1, as ONNX names it.
        - 'half-pixel-symmetric': half-pixel, shifted so that the middles of the two axes meet for any scale.
    cubic_a : float
        Slope of the cubic kernel at distance 1: -0.75 in PyTorch and OpenCV, -0.5 in Pillow and TensorFlow 2.
    antialias : bool
        Widen the kernel by ``scale`` when shrinking, so that every input cell counts.
    scale : float, optional
        Input cells for each output cell, ``n / m`` unless given; it differs where a scale factor was rounded to sizes.
    border : 'replicate' or 'renormalize', optional
        Neighbours beyond the input repeat its outermost cell, or are left out and the other weights divided by their
        sum. 'replicate' unless given, with antialias 'renormalize'.
    rounding : 'floor', 'ceil', 'half-down' or 'half-up'
        Which cell is nearest to a position.

    Returns
    -------
    float64 array of shape (output_size, input_size)
        Its rows sum to one.

    Raises
    ------
    ValueError, TypeError
        If an argument is none of the above, antialias or a convention is asked of a mode that has none, or
        renormalizing leaves a row without weights.

    Notes
    -----
    :data:`INTERPOLATION_RULES` names the rule of each library. Where a position lies exactly on the border of two
    cells, nearest hangs on how each one rounds; OpenCV and Pillow then copy other cells here and there.

    Source: Keys (1981), "Cubic convolution interpolation for digital image processing".

    Examples
    --------
    >>> interpolation_matrix(2, 4)
    array([[1.  , 0.  ],
           [0.75, 0.25],
           [0.25, 0.75],
           [0.  , 1.  ]])
    >>> interpolation_matrix(2, 3, convention="align-corners")
    array([[1. , 0. ],
           [0.5, 0.5],
           [0. , 1. ]])
    >>> interpolation_matrix(4, 2, antialias=True)
    array([[0.42857143, 0.42857143, 0.14285714, 0.        ],
           [0.        , 0.14285714, 0.42857143, 0.42857143]])
    >>> interpolation_matrix(3, 2, **INTERPOLATION_RULES["OpenCV INTER_AREA"])
    array([[0.66666667, 0.33333333, 0.        ],
           [0.        , 0.33333333, 0.66666667]])
    >>> interpolation_matrix(3, 2, **INTERPOLATION_RULES["PyTorch area"])
    array([[0.5, 0.5, 0. ],
           [0. , 0.5, 0.5]])
    """
    widened = as_flag(antialias, "antialias")
    rule = Resampling(
        as_int(input_size, "input_size", 1),
        as_int(output_size, "output_size", 1),
        as_word(mode, "mode", MODES),
        as_word(convention, "convention", CONVENTIONS),
        as_number(cubic_a, "cubic_a"),
        widened,
        None if scale is None else as_number(scale, "scale", above=0),
        ("renormalize" if widened else "replicate") if border is None else as_word(border, "border", BORDERS),
        as_word(rounding, "rounding", tuple(ROUNDINGS)),
    )

    if widened and rule.mode not in ("bilinear", "bicubic"):
        raise ValueError(f"antialias widens the kernel of bilinear or bicubic, got mode {mode!r}")
    if rule.mode in ("area", "adaptive") and (rule.convention != "half-pixel" or scale is not None):
        raise ValueError(
            f"mode {mode!r} averages what an output cell covers: it needs convention 'half-pixel' and no scale, got "
            f"{convention!r} and scale {scale}"
        )
    if rule.mode == "area" and rule.output_size > rule.input_size:
        raise ValueError(
            f"mode 'area' needs an output_size of at most input_size, got {output_size} from {input_size}; "
            f"'adaptive' enlarges too"
        )

    cause = f"input_size {input_size} and output_size {output_size}"
    check_memory((rule.output_size, rule.input_size), np.dtype(np.float64), cause)
    return resampling_entries(rule).dense()


@lru_cache(maxsize=32)
def resampling_entries(rule: Resampling) -> Entries:
    """Return the weights of a checked rule as the entries of its sparse matrix.

    Entries of weight 0 stay where PyTorch multiplies too, so that NaN and infinity reach the same output cells, and
    neighbours that replicate the same border cell stay apart.
    """
    n, m = rule.input_size, rule.output_size
    if rule.mode == "area":
        return _overlaps(n, m)
    if rule.mode == "adaptive":
        return _touched(n, m)

    step = _step(rule)
    scaled, shift = _positions(rule, step)
    if rule.mode == "nearest":
        to_cell, rounded = ROUNDINGS[rule.rounding]
        cells = np.clip(rounded(scaled + np.float32(shift + to_cell)), 0, n - 1)
        return Entries(np.arange(m), cells.astype(np.intp), np.ones(m), (m, n))

    positions = scaled + shift
    if rule.mode == "bilinear" and rule.border == "replicate":
        positions = np.maximum(positions, 0)

    widening = max(step, 1.0) if rule.antialias else 1.0
    outputs, cells = _neighbours(positions, widening * (1 if rule.mode == "bilinear" else 2))
    distances = np.abs(cells - positions[outputs]) / widening
    weights = _triangle(distances) if rule.mode == "bilinear" else _cubic(distances, rule.cubic_a)

    if rule.border == "renormalize":
        inside = (cells >= 0) & (cells < n)
        if rule.antialias and n == m and step == 1:
            inside &= weights != 0  # PyTorch does not touch an axis that keeps its size
        outputs, cells, weights = outputs[inside], cells[inside], weights[inside]
    elif rule.mode == "bilinear" and n == m and step == 1:
        cells = np.floor(positions)[outputs]  # PyTorch reads the same cell twice, once with weight 0

    sums = np.bincount(outputs, weights, m)
    if not np.all(sums):
        raise ValueError(
            f"scale {step} puts output cell {np.argmin(np.abs(sums))} so far from the {n} input cells that border "
            f"'renormalize' leaves it no weights; use 'replicate' or a smaller scale"
        )
    return Entries(outputs, np.clip(cells, 0, n - 1).astype(np.intp), weights / sums[outputs], (m, n))


def _step(rule: Resampling) -> float:
    """Return how far apart the positions of neighbouring output cells are."""
    if rule.convention == "align-corners":
        return (rule.input_size - 1) / (rule.output_size - 1) if rule.output_size > 1 else 0.0
    return rule.input_size / rule.output_size if rule.scale is None else rule.scale


def _positions(rule: Resampling, step: float) -> tuple[np.ndarray, float]:
    """Return the positions of the output cells in two parts to be added: scaled, and a shift the same for all.

    Those of 'nearest' are float32, as PyTorch and TensorFlow compute them: rounding picks another cell where exact
    arithmetic gives a whole number. They come in parts because every operation rounds once more.
    """
    dtype = np.float32 if rule.mode == "nearest" else np.float64
    cells = np.arange(rule.output_size).astype(dtype)
    if rule.convention in ("align-corners", "asymmetric"):
        return cells * dtype(step), 0.0
    if rule.convention == "pytorch-half-pixel" and rule.output_size == 1:
        return np.zeros(1, dtype), 0.0
    shift = -0.5
    if rule.convention == "half-pixel-symmetric":
        shift += (rule.input_size - rule.output_size * step) / 2
    return (cells + dtype(0.5)) * dtype(step), shift


def _neighbours(positions: np.ndarray, reach: float) -> tuple[np.ndarray, np.ndarray]:
    """Return every pair of an output cell and an input cell less than ``reach`` away, or just as far to the right."""
    first, last = np.floor(positions - reach) + 1, np.floor(positions + reach)
    return _all_between(first.astype(np.intp), last.astype(np.intp))


def _all_between(first: np.ndarray, last: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the pairs (q, j) with ``first[q] <= j <= last[q]``, in order."""
    counts = last - first + 1
    outputs = np.repeat(np.arange(len(first)), counts)
    return outputs, np.arange(len(outputs)) + (first - np.cumsum(counts) + counts)[outputs]


def _triangle(distances: np.ndarray) -> np.ndarray:
    return np.maximum(1 - distances, 0)


def _cubic(distances: np.ndarray, a: float) -> np.ndarray:
    near = ((a + 2) * distances - (a + 3)) * distances**2 + 1
    far = (((distances - 5) * distances + 8) * distances - 4) * a
    return np.where(distances <= 1, near, np.where(distances < 2, far, 0))


def _overlaps(n: int, m: int) -> Entries:
    """Return the share of each input cell in what an output cell covers, counted in whole parts of 1 / m cells."""
    starts = np.arange(m) * n
    outputs, cells = _all_between(starts // m, (starts + n - 1) // m)
    covered = np.minimum(starts[outputs] + n, (cells + 1) * m) - np.maximum(starts[outputs], cells * m)
    return Entries(outputs, cells, covered / n, (m, n))


def _touched(n: int, m: int) -> Entries:
    """Return an equal share of each input cell that an output cell touches."""
    starts = np.arange(m) * n
    outputs, cells = _all_between(starts // m, (starts + n - 1) // m)
    return Entries(outputs, cells, 1 / np.bincount(outputs)[outputs], (m, n))
