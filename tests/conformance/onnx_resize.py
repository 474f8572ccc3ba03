"""ONNX's Resize said in the words of :func:`lib.interpolate`, one axis after the other.

ONNX names six rules for where an output cell reads its input. All of them read position ``first + step * y`` for output
cell ``y``, so a rule is two fractions. Where they are those of PyTorch's half-pixel or align-corners rule, lib is asked
directly. Otherwise it is asked for a finer grid on which all those positions lie, and they are picked from it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

import numpy as np

import lib

HALF = Fraction(1, 2)
MODES = {"linear": "bilinear", "cubic": "bicubic"}


class Axis(NamedTuple):
    """What is asked of one axis: its cells, how many there shall be, by which factor, and the part of it to read."""

    cells: int
    wanted: int
    scale: Fraction
    region: tuple[Fraction, Fraction]


class Positions(NamedTuple):
    """Where output cell y reads: at ``first + step * y``, counted in input cells from the centre of the first."""

    first: Fraction
    step: Fraction

    def of(self, count: int) -> list[Fraction]:
        return [self.first + self.step * y for y in range(count)]


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
    """Resize: one call of lib.interpolate for each axis, on planes extended or flipped where the rules differ."""
    asked = _axes(x.shape, roi, scales, sizes, axes, keep_aspect_ratio_policy)
    for number in (2, 3):
        axis = asked[number]
        if axis.wanted == axis.cells and axis.scale == 1 and axis.region == (0, 1):
            continue
        rows = np.swapaxes(x, 2, number)
        positions = _positions(coordinate_transformation_mode, axis)
        if mode == "nearest":
            rows = _nearest(rows, positions, axis.wanted, nearest_mode)
        elif antialias:
            rows = _antialiased(rows, axis, mode, cubic_coeff_a, bool(exclude_outside))
        elif exclude_outside:
            rows = _without_outside(rows, positions, axis.wanted, mode, cubic_coeff_a)
        else:
            rows = _weighted(rows, positions, axis.wanted, mode, cubic_coeff_a)
        if coordinate_transformation_mode == "tf_crop_and_resize":
            outside = [not 0 <= place <= axis.cells - 1 for place in positions.of(axis.wanted)]
            rows[:, :, outside] = extrapolation_value
        x = np.swapaxes(rows, 2, number)
    return x


def _fraction(number: float) -> Fraction:
    """Return the fraction that a test means by a float: 3/5 for the float32 nearest to 0.6."""
    return Fraction(float(number)).limit_denominator(1000)


def _axes(shape, roi, scales, sizes, axes, policy) -> dict[int, Axis]:
    numbers = list(range(4)) if axes is None else [number % 4 for number in axes]
    if scales is not None:
        factors = [_fraction(scale) for scale in scales]
    else:
        factors = [Fraction(int(size), shape[number]) for number, size in zip(numbers, sizes, strict=True)]
        if policy != "stretch":
            factors = [{"not_larger": min, "not_smaller": max}[policy](factors)] * len(factors)
    whole = HALF if policy != "stretch" else 0  # a policy rounds to the nearest size, else the last part of a cell goes
    regions = [(Fraction(0), Fraction(1))] * len(numbers)
    if roi is not None and len(roi):
        regions = [(_fraction(roi[i]), _fraction(roi[len(numbers) + i])) for i in range(len(numbers))]
    asked = {number: Axis(shape[number], shape[number], Fraction(1), (Fraction(0), Fraction(1))) for number in range(4)}
    for number, factor, region in zip(numbers, factors, regions, strict=True):
        asked[number] = Axis(shape[number], math.floor(shape[number] * factor + whole), factor, region)
    assert all(asked[number].scale == 1 for number in (0, 1)), "only planes are resized"
    return asked


def _positions(rule: str, axis: Axis) -> Positions:
    """Return where the rule reads; ``length`` is the wanted size before it is rounded to whole cells."""
    length, last, step = axis.cells * axis.scale, axis.cells - 1, 1 / axis.scale
    half_pixel = Positions((step - 1) / 2, step)
    if rule == "asymmetric":
        return Positions(Fraction(0), step)
    if rule == "align_corners":
        return Positions(Fraction(0), last / (length - 1) if length != 1 else Fraction(0))
    if rule == "half_pixel_symmetric":
        return Positions(half_pixel.first + Fraction(axis.cells, 2) * (1 - axis.wanted / length), step)
    if rule == "pytorch_half_pixel" and axis.wanted == 1:
        return Positions(-HALF, Fraction(0))
    if rule == "tf_crop_and_resize":
        start, end = axis.region
        if axis.wanted == 1:
            return Positions((start + end) / 2 * last, Fraction(0))
        return Positions(start * last, (end - start) * last / (axis.wanted - 1))
    assert rule in ("half_pixel", "pytorch_half_pixel"), f"no rule is called {rule}"
    return half_pixel


def _is_half_pixel(positions: Positions, cells: int, wanted: int) -> bool:
    return positions == ((Fraction(cells, wanted) - 1) / 2, Fraction(cells, wanted))


def _is_align_corners(positions: Positions, cells: int, wanted: int) -> bool:
    return wanted > 1 and positions == (0, Fraction(cells - 1, wanted - 1))


def _weighted(x: np.ndarray, positions: Positions, wanted: int, mode: str, a: float) -> np.ndarray:
    """Interpolate linearly or by cubics along the rows' axis; cells beyond the edge are those at the edge."""
    cells, columns = x.shape[2:]
    options = _options(mode, a)
    if _is_half_pixel(positions, cells, wanted):
        return lib.interpolate(x, size=(wanted, columns), align_corners=False, **options)
    if _is_align_corners(positions, cells, wanted):
        return lib.interpolate(x, size=(wanted, columns), align_corners=True, **options)

    def on_grid(planes: np.ndarray, parts: int) -> np.ndarray:
        size = (planes.shape[2] - 1) * parts + 1
        return lib.interpolate(planes, size=(size, columns), align_corners=True, **options)

    return _picked(x, positions.of(wanted), on_grid)


def _options(mode: str, a: float) -> dict[str, str]:
    assert mode == "linear" or a == -0.75, "lib.interpolate has the cubic of a = -0.75"
    return {"mode": MODES[mode]}


def _picked(x: np.ndarray, places: list[Fraction], on_grid: Callable[[np.ndarray, int], np.ndarray]) -> np.ndarray:
    """Refine every cell into so many parts that each place is one of them, and take those."""
    parts = math.lcm(*(place.denominator for place in places))
    before = max(0, math.ceil(-min(places)))
    after = max(0, math.ceil(max(places)) - (x.shape[2] - 1))
    grid = on_grid(_extended(x, before, after), parts)
    return grid[:, :, [int((place + before) * parts) for place in places]]


def _extended(x: np.ndarray, before: int, after: int) -> np.ndarray:
    return np.pad(x, ((0, 0), (0, 0), (before, after), (0, 0)), mode="edge")


def _without_outside(x: np.ndarray, positions: Positions, wanted: int, mode: str, a: float) -> np.ndarray:
    """Give cells beyond the edge no weight: pad with zeros, and divide by what the same makes of ones."""
    margin = 2 + math.ceil(max(0, -positions.first, positions.of(wanted)[-1] - x.shape[2]))
    shifted = Positions(positions.first + margin, positions.step)
    around = (0, 0, margin, margin)
    sums = _weighted(lib.pad(x, around), shifted, wanted, mode, a)
    return sums / _weighted(lib.pad(np.ones_like(x), around), shifted, wanted, mode, a)


def _antialiased(x: np.ndarray, axis: Axis, mode: str, a: float, exclude_outside: bool) -> np.ndarray:
    """Antialias at half-pixel positions.

    lib, as PyTorch and Pillow, gives cells beyond the edge no weight; ONNX repeats the cell at the edge unless told not
    to, so planes are extended far enough for the edge not to matter, by cells that make whole output cells.
    """
    margin = 0
    if not exclude_outside:
        reach = 2 + math.ceil(2 / min(axis.scale, 1))
        margin = -(-reach // axis.scale.denominator) * axis.scale.denominator
    after = margin + -axis.cells % axis.scale.denominator
    planes = _extended(x, margin, after)
    size = int(planes.shape[2] * axis.scale), planes.shape[3]
    result = lib.interpolate(planes, size=size, align_corners=False, antialias=True, **_options(mode, a))
    first = int(margin * axis.scale)
    return result[:, :, first : first + axis.wanted]


def _nearest(x: np.ndarray, positions: Positions, wanted: int, rounding: str) -> np.ndarray:
    """Take the nearest cell; ``rounding`` says which one that is."""
    cells, columns = x.shape[2:]
    if rounding in ("ceil", "round_prefer_floor"):  # the other way round, seen from the other end
        opposite = {"ceil": "floor", "round_prefer_floor": "round_prefer_ceil"}[rounding]
        mirrored = Positions(cells - 1 - positions.of(wanted)[-1], positions.step)
        return _nearest(x[:, :, ::-1], mirrored, wanted, opposite)[:, :, ::-1]
    if rounding == "round_prefer_ceil" and _is_half_pixel(positions, cells, wanted):
        return lib.interpolate(x, size=(wanted, columns), mode="nearest-exact")
    floored = Positions(positions.first + (HALF if rounding == "round_prefer_ceil" else 0), positions.step)
    if floored == (0, Fraction(cells, wanted)):
        return lib.interpolate(x, size=(wanted, columns), mode="nearest")

    def on_grid(planes: np.ndarray, parts: int) -> np.ndarray:
        return lib.interpolate(planes, scale_factor=(parts, 1), mode="nearest")

    return _picked(x, floored.of(wanted), on_grid)
