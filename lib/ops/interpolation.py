"""Interpolation: an image at another size, every output cell a weighted sum of the input cells around its position.

The weights along rows and along columns are chosen apart, so the operation is ``rows @ image @ columns.T`` with one
matrix for each axis (:func:`interpolation_matrix`). Its adjoint multiplies with their transposes: it hands each value
back to the cells that made it, in the same shares.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from lib.checks import (
    Pair,
    as_flag,
    as_number,
    as_pair,
    as_planes,
    as_word,
    averaging_dtype,
    check_memory,
    summing_dtype,
)
from lib.ops.averaging import avg_pool2d
from lib.ops.dispatch import WithAdjoints, operation
from lib.ops.fast.banded import (
    LEFT_ROWS,
    RIGHT_ROWS,
    Block,
    Entries,
    blocks_of,
    multiply_both_sides,
    multiply_by_entries,
)
from lib.ops.resampling import Resampling, resampling_entries

MODES = ("nearest", "nearest-exact", "bilinear", "bicubic", "area")
# Numbers copied at a time: a strip stays in the second-level cache (half a megabyte of float32).
STRIP_NUMBERS = 1 << 17

Rules = tuple[Resampling, Resampling]


@operation
def interpolate(
    input: np.ndarray,
    size: int | Pair | None = None,
    scale_factor: float | tuple[float, float] | None = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> WithAdjoints[np.ndarray]:
    """Resize images by interpolation.

    Parameters
    ----------
    input : array of shape (N, C_in, H, W), (C_in, H, W) or (H, W)
    size : int or pair of int
        (oh, ow). Give either this or ``scale_factor``.
    scale_factor : number or pair of numbers
        Output cells for each input cell; the size is ``floor(H factor), floor(W factor)``.
    mode : 'nearest', 'nearest-exact', 'bilinear', 'bicubic' or 'area'
        Copy the cell ``floor(q scale)``; copy the cell whose centre is nearest, ``floor((q + 1/2) scale)``; weigh 2 × 2
        cells by their distance; weigh 4 × 4 cells by Keys' cubic with a = -0.75 (-0.5 with antialias); average every
        cell that the output cell touches, whole (adaptive average pooling).
    align_corners : bool, optional
        Let the centres of the outer cells meet, not their outer edges. Bilinear and bicubic only.
    recompute_scale_factor : bool, optional
        The size that a factor gives is rounded down. Positions are measured with the factor as given, unless this is
        True: then with the ratio of the sizes, as mode 'area' always does.
    antialias : bool
        Widen the kernel when shrinking, so that every input cell counts. Bilinear and bicubic only.

    Returns
    -------
    array of shape (N, C_in, oh, ow), (C_in, oh, ow) or (oh, ow)
        Floating-point dtypes are kept. Integers are kept by the nearest modes; the others give float64.

    Raises
    ------
    ValueError, TypeError
        If both or neither of size and scale_factor are given, a size is 0, align_corners or antialias is asked of a
        mode that is neither bilinear nor bicubic, recompute_scale_factor is True without a factor, or an argument is
        out of range.

    Notes
    -----
    Names, arguments and results follow ``torch.nn.functional.interpolate``. PyTorch keeps 8-bit integers: bilinear
    and bicubic round and clip them twice, after each axis, so that many differ by one from
    ``np.clip(np.rint(result), 0, 255)`` here, and bicubic ones by more on noisy images. As in PyTorch, antialias
    with align_corners takes the scale ``(n - 1) / (m - 1)`` but leaves the positions at half-pixel ones: the corners do
    not meet. Unlike PyTorch 2.13, antialias to a single column is right here too (PyTorch repeats its first row), and
    gradients are those of the result also where a factor keeps a size.

    Source: Keys (1981), "Cubic convolution interpolation for digital image processing".

    Examples
    --------
    >>> interpolate(np.array([[1, 2], [3, 4]]), scale_factor=2)
    array([[1, 1, 2, 2],
           [1, 1, 2, 2],
           [3, 3, 4, 4],
           [3, 3, 4, 4]])
    >>> interpolate(np.array([[0.0, 4.0]]), size=(1, 4), mode="bilinear")
    array([[0., 1., 3., 4.]])
    >>> interpolate(np.array([[0.0, 3.0]]), size=(1, 4), mode="bilinear", align_corners=True)
    array([[0., 1., 2., 3.]])
    >>> interpolate(np.array([[0.0, 1.0, 2.0, 3.0, 4.0]]), size=(1, 2), mode="area")  # both touch cell 2
    array([[1., 3.]])
    """
    array = as_planes(input, "input", (2, 3, 4))
    resize = Resize.of(size, scale_factor, mode, align_corners, recompute_scale_factor, antialias)
    rules = resize.rules(array.shape[-2:])
    cause = f"scale_factor {scale_factor!r}" if size is None else f"size {size!r}"
    check_memory((*array.shape[:-2], *(rule.output_size for rule in rules)), array.dtype, cause)

    result = _pick(array, rules) if rules[0].mode == "nearest" else _resample(array, rules)
    return result, {"input": lambda grad: _pull_back(grad, rules)}


def _pull_back(grad: np.ndarray, rules: Rules) -> np.ndarray:
    if all(map(_copies_evenly, rules)):  # what copying every cell k times goes back to: the sum over k × k cells
        return avg_pool2d(grad, tuple(rule.output_size // rule.input_size for rule in rules), divisor_override=1)
    return _resample(grad, rules, transposed=True)


def _resample(array: np.ndarray, rules: Rules, transposed: bool = False) -> np.ndarray:
    """Return ``rows @ plane @ columns.T`` for every plane, or with both matrices transposed."""
    kept = averaging_dtype(array)
    dtype = summing_dtype(kept)
    shape = (*array.shape[:-2], *(rule.input_size if transposed else rule.output_size for rule in rules))
    planes = np.ascontiguousarray(array, dtype).reshape(-1, *array.shape[-2:])
    result = np.empty((len(planes), *shape[-2:]), dtype)

    # A sum of squares is finite if all numbers are (and none so large that products could overflow): one pass of BLAS.
    finite = np.array([np.isfinite(np.vdot(plane, plane)) for plane in planes], bool)
    if finite.all():
        rows, columns = (
            _blocks(rules[0], transposed, LEFT_ROWS, dtype),
            _blocks(rules[1], transposed, RIGHT_ROWS, dtype),
        )
        multiply_both_sides(rows, planes, columns, result)
    else:
        rows, columns = (_entries(rule, transposed) for rule in rules)
        multiply_by_entries(rows, planes, columns, result)

    return result.astype(kept, copy=False).reshape(shape)


def _copies_evenly(rule: Resampling) -> bool:
    """Return whether the rule copies every cell equally often."""
    n, m = rule.input_size, rule.output_size
    return rule.mode == "nearest" and m % n == 0 and rule.scale in (None, n / m)


def _entries(rule: Resampling, transposed: bool) -> Entries:
    entries = resampling_entries(rule)
    return entries.transposed() if transposed else entries


@lru_cache(maxsize=64)
def _blocks(rule: Resampling, transposed: bool, rows: int, dtype: np.dtype) -> list[Block]:
    return blocks_of(_entries(rule, transposed), rows, dtype)


def _pick(array: np.ndarray, rules: Rules) -> np.ndarray:
    """Copy, for each output cell, the input cell that it names: strip by strip, columns first, then whole rows."""
    height, width = rules[0].output_size, rules[1].output_size
    shape = (*array.shape[:-2], height, width)
    count = math.prod(array.shape[:-2])
    result = np.empty((count * height, width), array.dtype.newbyteorder("="))
    sources = array.reshape(count * array.shape[-2], array.shape[-1])

    rows, columns = (resampling_entries(rule).columns for rule in rules)
    row_of_result = (np.arange(count)[:, None] * array.shape[-2] + rows).reshape(-1)

    is_new = np.diff(row_of_result, prepend=-1) > 0
    starts = np.append(np.flatnonzero(is_new), len(result))
    needed, number = row_of_result[is_new], np.cumsum(is_new) - 1

    some = max(1, STRIP_NUMBERS // (2 * width))
    buffer = np.empty((min(some, len(needed)), width), result.dtype)
    for first in range(0, len(needed), some):
        strip = needed[first : first + some]
        together = strip[-1] - strip[0] == len(strip) - 1  # neighbouring rows need no copy before their columns
        read = sources[strip[0] : strip[-1] + 1] if together else sources[strip]
        # take() writes straight to its result only if it need not raise errors halfway; no index is out of range.
        wide = np.take(read, columns, axis=1, out=buffer[: len(strip)], mode="clip")
        targets = slice(starts[first], starts[first + len(strip)])
        np.take(wide, number[targets] - first, axis=0, out=result[targets], mode="clip")
    return result.reshape(shape)


class Resize(NamedTuple):
    """How to resize: the checked arguments of :func:`interpolate` but for the image."""

    sizes: Pair | None
    factors: tuple[float, float] | None  # either this or the sizes
    mode: str
    corners: bool
    recompute: bool
    antialias: bool

    @classmethod
    def of(
        cls,
        size: Any = None,
        scale_factor: Any = None,
        mode: Any = "nearest",
        align_corners: Any = None,
        recompute_scale_factor: Any = None,
        antialias: Any = False,
    ) -> Resize:
        """Check the arguments, each alone and all together."""
        word, smooth = as_word(mode, "mode", MODES), as_flag(antialias, "antialias")
        corners = None if align_corners is None else as_flag(align_corners, "align_corners")
        recompute = recompute_scale_factor is not None and as_flag(recompute_scale_factor, "recompute_scale_factor")

        shaped = word in ("bilinear", "bicubic")
        if not shaped and corners is not None:
            raise ValueError(f"align_corners must be left out with mode {word!r}, got {align_corners!r}")
        if not shaped and smooth:
            raise ValueError(f"antialias needs mode 'bilinear' or 'bicubic', got {word!r}")
        if (size is None) == (scale_factor is None):
            raise ValueError(f"give either size or scale_factor, got size {size!r} and scale_factor {scale_factor!r}")
        if recompute and scale_factor is None:
            raise ValueError(f"recompute_scale_factor needs a scale_factor, got size {size!r}")

        sizes = None if size is None else as_pair(size, "size", 1)
        factors = None if scale_factor is None else _as_factors(scale_factor)
        return cls(sizes, factors, word, bool(corners), recompute, smooth)

    def rules(self, cells: Pair) -> Rules:
        """Return the rule for rows and the rule for columns of an image of so many cells."""
        if self.sizes is not None:
            sizes, factors = self.sizes, (None, None)
        else:
            sizes = tuple(_scaled(n, factor) for n, factor in zip(cells, self.factors, strict=True))
            factors = (None, None) if self.recompute else self.factors
        axes = zip(cells, sizes, factors, strict=True)
        return tuple(_rule(n, m, self.mode, self.corners, self.antialias, factor) for n, m, factor in axes)


def _rule(n: int, m: int, mode: str, corners: bool, antialias: bool, factor: float | None) -> Resampling:
    """Return PyTorch's rule for one axis."""
    # PyTorch does not look at the factor in some modes where the sizes agree already, or are n and 2 n.
    same = m == n and (antialias or mode in ("nearest", "bilinear"))
    scale = None if factor is None or same or (mode == "nearest" and m == 2 * n) else 1 / factor

    if mode == "nearest":
        return Resampling(n, m, "nearest", "asymmetric", 0.0, False, scale, "replicate", "floor")
    if mode == "nearest-exact":
        return Resampling(n, m, "nearest", "half-pixel", 0.0, False, scale, "replicate", "half-up")
    if mode == "area":
        return Resampling(n, m, "adaptive", "half-pixel", 0.0, False, None, "replicate", "floor")

    if not antialias:
        convention = "align-corners" if corners else "half-pixel"
        return Resampling(n, m, mode, convention, -0.75, False, None if corners else scale, "replicate", "floor")

    if corners and not same:
        scale = (n - 1) / (m - 1) if m > 1 else 0.0
    return Resampling(n, m, mode, "half-pixel", -0.5, True, scale, "renormalize", "floor")


def _as_factors(scale_factor: Any) -> tuple[float, float]:
    if not isinstance(scale_factor, (tuple, list)) and not np.ndim(scale_factor):
        factor = as_number(scale_factor, "scale_factor", above=0)
        return factor, factor
    if len(scale_factor) not in (1, 2):
        raise ValueError(f"scale_factor must be one number or a pair (rows, columns), got {scale_factor!r}")
    factors = [as_number(factor, f"scale_factor[{i}]", above=0) for i, factor in enumerate(scale_factor)]
    return factors[0], factors[-1]


def _scaled(cells: int, factor: float) -> int:
    if not math.isfinite(cells * factor) or cells * factor < 1:
        raise ValueError(f"scale_factor {factor} makes {cells * factor} cells of {cells}; the output needs at least 1")
    return math.floor(cells * factor)
