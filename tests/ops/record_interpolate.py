"""Record what PyTorch, OpenCV and Pillow answer to a spread of resizes, so that the tests can compare without them.

Run ``python -m tests.ops.record_interpolate`` from the root of the repository, with all three installed, after a change
to the cases. Inputs are not stored: they are multiples of 1/256, the same on every machine and in every dtype. Of
OpenCV and Pillow the matrix of one axis is stored: what they make of the columns of an identity.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

REFERENCE = Path(__file__).with_name("interpolate_reference.npz")
DTYPES = ("float32", "float64")
SIZES = [(1, 1), (1, 5), (5, 1), (4, 8), (8, 4), (7, 3), (3, 7), (5, 5), (12, 5), (6, 13)]


class Case(NamedTuple):
    """One call of ``interpolate``."""

    shape: tuple[int, ...]
    options: dict[str, Any]
    special: bool = False
    dtypes: tuple[str, ...] = DTYPES

    def array(self, dtype: str) -> np.ndarray:
        positions = np.arange(1, np.prod(self.shape) + 1, dtype=np.int64)
        if np.dtype(dtype).kind == "u":
            return (positions * 7919 % 251).reshape(self.shape).astype(dtype)
        array = (((positions * 7919 % 1009) - 504).reshape(self.shape) / 256).astype(dtype)
        if self.special:
            array.flat[[7, 33]] = np.inf, -np.inf
            array.flat[-1] = np.nan
        return array

    @property
    def name(self) -> str:
        options = ",".join(f"{name}={value}" for name, value in self.options.items())
        return f"{self.shape}{'special' if self.special else ''}({options})".replace(" ", "")


IMAGES = (2, 1, 5, 7)
SMOOTH = [{"mode": mode} for mode in ("bilinear", "bicubic")]
WAYS = [
    {"mode": "nearest"},
    {"mode": "nearest-exact"},
    *SMOOTH,
    *[{**way, "align_corners": True} for way in SMOOTH],
    *[{**way, "antialias": True} for way in SMOOTH],
    *[{**way, "antialias": True, "align_corners": True} for way in SMOOTH],
    {"mode": "area"},
]
CASES = [
    *[Case(IMAGES, {"size": size, **way}) for way in WAYS for size in [(5, 7), (10, 14), (3, 4), (8, 2), 9]],
    *[Case(IMAGES, {"size": (1, 2), **way}) for way in WAYS],
    *[Case((1, 1, 1, 1), {"size": (3, 2), **way}) for way in WAYS],
    *[Case(IMAGES, {"scale_factor": factor, **way}) for way in WAYS for factor in [2, 0.5, (1.7, 0.6)]],
    *[Case(IMAGES, {"scale_factor": (2.3, 1.3), "recompute_scale_factor": True, **way}) for way in WAYS],
    *[Case((1, 1, 40, 50), {"size": (7, 11), **way}) for way in WAYS],
    *[Case((1, 2, 6, 6), {"size": (11, 9), **way}, special=True) for way in WAYS],
    *[Case(IMAGES, {"scale_factor": 1.7, **way}, dtypes=("float16",)) for way in WAYS if "antialias" not in way],
    *[Case(IMAGES, {"scale_factor": (1.7, 2), "mode": mode}, dtypes=("uint8",)) for mode in ("nearest", "bilinear")],
]
LIBRARY_RULES = {
    "OpenCV INTER_NEAREST": None,
    "OpenCV INTER_LINEAR": None,
    "OpenCV INTER_CUBIC": None,
    "OpenCV INTER_AREA": "shrinking only: OpenCV has another rule where the size grows",
    "Pillow NEAREST": None,
    "Pillow BILINEAR": None,
    "Pillow BICUBIC": None,
}


def answer_of_torch(case: Case, dtype: str) -> np.ndarray:
    import torch

    return torch.nn.functional.interpolate(torch.from_numpy(case.array(dtype)), **case.options).numpy()


def matrix_of_library(rule: str, cells: int, outputs: int) -> np.ndarray:
    """Return what OpenCV or Pillow makes of the columns of an identity: the matrix of its rows."""
    library, word = rule.split()
    columns = np.eye(cells, dtype=np.float32)
    if library == "OpenCV":
        import cv2

        return cv2.resize(columns, (cells, outputs), interpolation=getattr(cv2, word))
    from PIL import Image

    return np.asarray(Image.fromarray(columns).resize((cells, outputs), getattr(Image.Resampling, word)))


def sizes_of(rule: str) -> list[tuple[int, int]]:
    return [pair for pair in SIZES if LIBRARY_RULES[rule] is None or pair[1] <= pair[0]]


def main() -> None:
    """Write the reference file."""
    import cv2
    import PIL
    import torch

    torch.set_num_threads(1)
    answers = {f"{case.name}.{dtype}": answer_of_torch(case, dtype) for case in CASES for dtype in case.dtypes}
    for rule in LIBRARY_RULES:
        for pair in sizes_of(rule):
            answers[f"{rule}{pair}"] = matrix_of_library(rule, *pair)
    versions = {"torch": torch.__version__, "OpenCV": cv2.__version__, "Pillow": PIL.__version__}
    answers |= {f"version of {name}": np.array(version) for name, version in versions.items()}
    np.savez_compressed(REFERENCE, **answers)
    print(f"{REFERENCE.name}: {len(answers)} arrays of {versions}, {REFERENCE.stat().st_size} bytes")


if __name__ == "__main__":
    main()
