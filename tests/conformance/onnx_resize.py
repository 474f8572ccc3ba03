"""ONNX's Resize in the words of ``lib``: an interpolation of PyTorch's where it is one, else a matrix for each axis.

All rules of ONNX for where an output cell reads its input have a name in :func:`lib.interpolation_matrix`, but two: its
align_corners divides by a length that is not rounded to whole cells, which is 'asymmetric' with another scale, and
tf_crop_and_resize begins anywhere, which is picking rows of a matrix for a finer grid.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np

import lib

MODES = {"nearest": "nearest", "linear": "bilinear", "cubic": "bicubic"}
ROUNDINGS = {"floor": "floor", "ceil": "ceil", "round_prefer_floor": "half-down", "round_prefer_ceil": "half-up"}
WHOLE = Fraction(0), Fraction(1)


class Axis(NamedTuple):
    """What is asked of one axis: its cells, how many there shall be, by which factor, and the part of it to read."""

    cells: int
    wanted: int
    factor: Fraction
    region: tuple[Fraction, Fraction] = WHOLE

    @property
    def length(self) -> Fraction:
        """The wanted size before it is rounded to whole cells."""
        return self.cells * self.factor


def resize(
    x,
    roi=None,
    scales=None,
    sizes=None,
    antialias=0,
    axes=None,
    coordinate_transformation_mode="half_pixel",
    cubic_coeff_a=-0.75,
    exclude_outside=0,
    extrapolation_value=0.0,
    keep_aspect_ratio_policy="stretch",
    mode="nearest",
    nearest_mode="round_prefer_floor",
):
    """Resize: lib.interpolate, or products with lib.interpolation_matrix."""
    asked = _axes(x.shape, roi, scales, sizes, axes, keep_aspect_ratio_policy)
    rule = coordinate_transformation_mode
    words = _words_of_pytorch(mode, rule, nearest_mode, cubic_coeff_a, bool(antialias), bool(exclude_outside), asked)
    if words is not None:
        return lib.interpolate(x, **words)
    options: dict[str, Any] = {"mode": MODES[mode]}
    if mode == "nearest":
        options["rounding"] = ROUNDINGS[nearest_mode]
    else:
        border = "renormalize" if exclude_outside else "replicate"
        options |= {"cubic_a": cubic_coeff_a, "antialias": bool(antialias), "border": border}
    rows, columns = (_matrix(axis, rule, options).astype(x.dtype) for axis in asked)
    result = rows @ x @ columns.T
    if rule == "tf_crop_and_resize":
        above, beside = (_reads_outside(axis) for axis in asked)
        result[..., above[:, None] | beside] = extrapolation_value
    return result


def _axes(shape, roi, scales, sizes, axes, policy) -> tuple[Axis, Axis]:
    """Return what is asked of rows and columns; batch and channels must stay as they are."""
    numbers = list(range(4)) if axes is None else [number % 4 for number in axes]
    if scales is not None:
        factors = [_fraction(scale) for scale in scales]
    else:
        factors = [Fraction(int(size), shape[number]) for number, size in zip(numbers, sizes, strict=True)]
    if policy != "stretch":
        factors = [{"not_larger": min, "not_smaller": max}[policy](factors)] * len(factors)
    nearest_size = Fraction(1, 2) if policy != "stretch" else 0  # else what is less than a cell goes
    asked = {number: Axis(shape[number], shape[number], Fraction(1)) for number in range(4)}
    for place, (number, factor) in enumerate(zip(numbers, factors, strict=True)):
        region = WHOLE if roi is None or not len(roi) else (_fraction(roi[place]), _fraction(roi[len(numbers) + place]))
        asked[number] = Axis(shape[number], math.floor(shape[number] * factor + nearest_size), factor, region)
    assert all(asked[number].factor == 1 for number in (0, 1)), "only planes are resized"
    return asked[2], asked[3]


def _fraction(number: float) -> Fraction:
    """Return the fraction that a test means by a float: 3/5 for the float32 nearest to 0.6."""
    return Fraction(float(number)).limit_denominator(1000)


def _words_of_pytorch(
    mode: str, rule: str, nearest_mode: str, a: float, antialias: bool, exclude_outside: bool, asked: tuple[Axis, Axis]
) -> dict[str, Any] | None:
    """Return the arguments of lib.interpolate that ask the same, if there are any."""
    whole = all(axis.length == axis.wanted for axis in asked)
    if whole:
        words: dict[str, Any] = {"size": tuple(axis.wanted for axis in asked)}
    else:
        words = {"scale_factor": tuple(float(axis.factor) for axis in asked)}
        if any(math.floor(axis.length) != axis.wanted for axis in asked):
            return None
    if mode == "nearest":
        names = {("asymmetric", "floor"): "nearest", ("half_pixel", "round_prefer_ceil"): "nearest-exact"}
        name = names.get((rule, nearest_mode))
        return name and words | {"mode": name}
    words["mode"] = MODES[mode]
    if antialias or exclude_outside:  # PyTorch's antialiasing leaves cells outside out, and has a cubic of its own
        same = antialias and exclude_outside and rule == "half_pixel" and (mode == "linear" or a == -0.5)
        return words | {"align_corners": False, "antialias": True} if same else None
    if mode == "cubic" and a != -0.75:
        return None
    if rule == "half_pixel":
        return words | {"align_corners": False}
    if rule == "align_corners" and whole:
        return words | {"align_corners": True}
    return None


def _matrix(axis: Axis, rule: str, options: dict[str, Any]) -> np.ndarray:
    """Return the matrix of weights along one axis."""
    cells, wanted, scale = axis.cells, axis.wanted, float(1 / axis.factor)
    if rule == "tf_crop_and_resize":
        places = [min(max(place, 0), cells - 1) for place in _crop_positions(axis)]
        parts = math.lcm(*(Fraction(place).denominator for place in places))
        size = (cells - 1) * parts + 1
        fine = lib.interpolation_matrix(cells, size, convention="asymmetric", scale=1 / parts, **options)
        return fine[[int(place * parts) for place in places]]
    if rule == "align_corners":
        rule, scale = "asymmetric", float((cells - 1) / (axis.length - 1)) if axis.length != 1 and cells > 1 else 1.0
    return lib.interpolation_matrix(cells, wanted, convention=rule.replace("_", "-"), scale=scale, **options)


def _crop_positions(axis: Axis) -> list[Fraction]:
    """Return where the output cells read: from the start of the region to its end, or in its middle."""
    (start, end), last = axis.region, axis.cells - 1
    if axis.wanted == 1:
        return [(start + end) / 2 * last]
    return [(start + (end - start) * o / (axis.wanted - 1)) * last for o in range(axis.wanted)]


def _reads_outside(axis: Axis) -> np.ndarray:
    return np.array([not 0 <= place <= axis.cells - 1 for place in _crop_positions(axis)])
