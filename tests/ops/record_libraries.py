"""Record what OpenCV, Pillow, SciPy and scikit-image answer, so that tests can compare where they are not installed.

Run ``python -m tests.ops.record_libraries`` from the root of the repository, with all of them installed, after a change
to ``CASES``. Each case holds the library's call beside the call of ``lib`` that says the same. Inputs are not stored:
they are multiples of 1/256, the same on every machine.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import lib

REFERENCE = Path(__file__).with_name("library_reference.npz")
MODULES = {"OpenCV": "cv2", "Pillow": "PIL", "SciPy": "scipy", "scikit-image": "skimage"}

Pair = tuple[int, int]


class Case(NamedTuple):
    """What a library is asked, what lib is asked, and the shapes of the arrays that both are given."""

    library: str
    name: str
    shapes: tuple[tuple[int, ...], ...]
    theirs: Callable[..., np.ndarray]
    ours: Callable[..., np.ndarray]
    dtype: str = "float32"

    @property
    def key(self) -> str:
        return f"{self.library}: {self.name}"

    def arrays(self) -> list[np.ndarray]:
        return [fractions(shape, seed).astype(self.dtype) for seed, shape in enumerate(self.shapes)]


def fractions(shape: tuple[int, ...], seed: int) -> np.ndarray:
    positions = np.arange(1, np.prod(shape) + 1, dtype=np.int64) + 1000 * seed
    return ((positions * 7919 % 1009) - 504).reshape(shape) / 256


def resized_by_opencv(method: str, size: Pair) -> Callable[[np.ndarray], np.ndarray]:
    def call(image: np.ndarray) -> np.ndarray:
        import cv2

        return cv2.resize(image, size[::-1], interpolation=getattr(cv2, f"INTER_{method}"))

    return call


def filtered_by_opencv(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    import cv2

    return cv2.filter2D(image, -1, kernel, borderType=cv2.BORDER_CONSTANT)


def resized_by_pillow(method: str, size: Pair) -> Callable[[np.ndarray], np.ndarray]:
    def call(image: np.ndarray) -> np.ndarray:
        from PIL import Image

        return np.array(Image.fromarray(image).resize(size[::-1], getattr(Image.Resampling, method)))

    return call


def by_scipy(name: str, **options: Any) -> Callable[..., np.ndarray]:
    def call(*arrays: np.ndarray) -> np.ndarray:
        from scipy import signal

        return getattr(signal, name)(*arrays, **options)

    return call


def zoomed_by_scipy(factor: float, **options: Any) -> Callable[[np.ndarray], np.ndarray]:
    def call(image: np.ndarray) -> np.ndarray:
        from scipy import ndimage

        return ndimage.zoom(image, factor, **options)

    return call


def resized_by_skimage(size: Pair, **options: Any) -> Callable[[np.ndarray], np.ndarray]:
    def call(image: np.ndarray) -> np.ndarray:
        from skimage import transform

        return transform.resize(image, size, mode="edge", preserve_range=True, **options)

    return call


def pooled_by_skimage(block: Pair, function: Callable[..., np.ndarray]) -> Callable[[np.ndarray], np.ndarray]:
    def call(image: np.ndarray) -> np.ndarray:
        from skimage import measure

        return measure.block_reduce(image, block, function)

    return call


def interpolated(size: Pair, mode: str, **options: Any) -> Callable[[np.ndarray], np.ndarray]:
    return lambda image: lib.interpolate(image, size=size, mode=mode, **options)


def weighted(size: Pair, rule: str) -> Callable[[np.ndarray], np.ndarray]:
    """Interpolate by the matrices of one of lib's named rules."""

    def call(image: np.ndarray) -> np.ndarray:
        axes = zip(image.shape, size, strict=True)
        rows, columns = (lib.interpolation_matrix(n, m, **lib.INTERPOLATION_RULES[rule]) for n, m in axes)
        return (rows @ image @ columns.T).astype(image.dtype)

    return call


def convolved(padding: int | Pair = 0, flip: bool = False) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    return lambda image, kernel: lib.conv2d(image, kernel[::-1, ::-1] if flip else kernel, padding=padding)


# Sizes at which no output cell lies exactly between two input cells, where nearest is a matter of each one's rounding.
ENLARGED, REDUCED, MIXED = (15, 20), (4, 5), (11, 6)
SIZES = {"larger": ENLARGED, "smaller": REDUCED, "taller and narrower": MIXED, "twice": (18, 24), "the same": (9, 12)}
IMAGE, KERNEL = (9, 12), (3, 5)


def _opencv() -> list[Case]:
    same = {
        "NEAREST": {"mode": "nearest"},
        "NEAREST_EXACT": {"mode": "nearest-exact"},
        "LINEAR": {"mode": "bilinear", "align_corners": False},
        "CUBIC": {"mode": "bicubic", "align_corners": False},
    }
    cases = [
        Case(
            "OpenCV", f"resize {method}, {name}", (IMAGE,), resized_by_opencv(method, size), interpolated(size, **ours)
        )
        for method, ours in same.items()
        for name, size in SIZES.items()
    ]
    cases += [
        Case("OpenCV", f"{method}, {name} by matrices", (IMAGE,), resized_by_opencv(method, size), weighted(size, rule))
        for method, rule in ((method, f"OpenCV INTER_{method}") for method in ("NEAREST", "LINEAR", "CUBIC", "AREA"))
        for name, size in SIZES.items()
        if method != "AREA" or name == "smaller"  # its name stands for another method when an image grows
    ]
    area = resized_by_opencv("AREA", (3, 3))
    cases.append(Case("OpenCV", "AREA, by whole factors", (IMAGE,), area, lambda x: lib.avg_pool2d(x, (3, 4))))
    cases.append(Case("OpenCV", "filter2D", (IMAGE, KERNEL), filtered_by_opencv, convolved((1, 2))))
    return cases


def _pillow() -> list[Case]:
    same = {
        "NEAREST": {"mode": "nearest-exact"},
        "BILINEAR": {"mode": "bilinear", "align_corners": False, "antialias": True},
        "BICUBIC": {"mode": "bicubic", "align_corners": False, "antialias": True},
    }
    cases = [
        Case(
            "Pillow", f"resize {method}, {name}", (IMAGE,), resized_by_pillow(method, size), interpolated(size, **ours)
        )
        for method, ours in same.items()
        for name, size in SIZES.items()
    ]
    cases += [
        Case("Pillow", f"{method}, {name} by matrices", (IMAGE,), resized_by_pillow(method, size), weighted(size, rule))
        for method, rule in ((method, f"Pillow {method}") for method in same)
        for name, size in SIZES.items()
    ]
    pooled, copied = resized_by_pillow("BOX", (3, 3)), resized_by_pillow("BOX", (18, 24))
    cases.append(Case("Pillow", "BOX, by whole factors", (IMAGE,), pooled, lambda x: lib.avg_pool2d(x, (3, 4))))
    cases.append(Case("Pillow", "BOX, twice", (IMAGE,), copied, interpolated((18, 24), "nearest")))
    return cases


def _scipy() -> list[Case]:
    around = {"valid": 0, "same": (1, 2), "full": (2, 4)}
    shapes, precise = (IMAGE, KERNEL), "float64"
    cases = []
    for mode, padding in around.items():
        correlate, convolve = by_scipy("correlate2d", mode=mode), by_scipy("convolve2d", mode=mode)
        cases.append(Case("SciPy", f"correlate2d {mode}", shapes, correlate, convolved(padding), precise))
        cases.append(Case("SciPy", f"convolve2d {mode}", shapes, convolve, convolved(padding, flip=True), precise))
    full = by_scipy("convolve2d", mode="full")
    cases.append(Case("SciPy", "convolve2d full as transposed", shapes, full, lib.conv_transpose2d, precise))
    centres = zoomed_by_scipy(2, order=1, mode="nearest", grid_mode=True)
    corners = zoomed_by_scipy(2, order=1, mode="nearest")
    ours = interpolated((18, 24), "bilinear", align_corners=False)
    cases.append(Case("SciPy", "zoom order 1 between edges", (IMAGE,), centres, ours, precise))
    ours = interpolated((18, 24), "bilinear", align_corners=True)
    cases.append(Case("SciPy", "zoom order 1 between centres", (IMAGE,), corners, ours, precise))
    return cases


def _skimage() -> list[Case]:
    linear = {"mode": "bilinear", "align_corners": False}
    cases = [
        Case(
            "scikit-image",
            f"resize order 1, {name}",
            (IMAGE,),
            resized_by_skimage(size, order=1, anti_aliasing=False),
            interpolated(size, **linear),
            "float64",
        )
        for name, size in SIZES.items()
    ]
    largest, mean = pooled_by_skimage((3, 4), np.max), pooled_by_skimage((3, 4), np.mean)
    cases.append(Case("scikit-image", "block_reduce max", (IMAGE,), largest, lambda x: lib.max_pool2d(x, (3, 4))))
    cases.append(Case("scikit-image", "block_reduce mean", (IMAGE,), mean, lambda x: lib.avg_pool2d(x, (3, 4))))
    return cases


CASES = [*_opencv(), *_pillow(), *_scipy(), *_skimage()]


def version_of(library: str) -> str:
    return importlib.import_module(MODULES[library]).__version__


def main() -> None:
    """Write the reference file."""
    versions = {f"{library} version": np.array(version_of(library)) for library in MODULES}
    answers = {case.key: np.asarray(case.theirs(*case.arrays())) for case in CASES}
    np.savez_compressed(REFERENCE, **versions, **answers)
    print(f"{REFERENCE.name}: {len(answers)} answers, {REFERENCE.stat().st_size} bytes")
    print(*(f"{name} {version}" for name, version in versions.items()), sep="\n")


if __name__ == "__main__":
    main()
