"""Record what PyTorch answers to a spread of calls, so that the tests can compare with it where it is not installed.

Run ``python -m tests.ops.record_torch`` from the root of the repository, with torch installed, after a change to
``CASES``. Inputs are not stored: they are multiples of 1/256, the same on every machine and in both dtypes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

REFERENCE = Path(__file__).with_name("torch_reference.npz")
DTYPES = ("float32", "float64")


class Case(NamedTuple):
    """One call: the operation's name, the shapes of its array arguments, and its other arguments."""

    operation: str
    shapes: tuple[tuple[int, ...], ...]
    options: dict[str, Any]
    special: bool = False

    def arrays(self, dtype: str) -> list[np.ndarray]:
        arrays = [_fractions(shape, seed).astype(dtype) for seed, shape in enumerate(self.shapes)]
        if self.special:
            arrays[0].flat[[0, 7, 11]] = np.nan, np.inf, -np.inf
        return arrays

    @property
    def name(self) -> str:
        options = ",".join(f"{name}={value}" for name, value in self.options.items())
        return f"{self.operation}{self.shapes}{'special' if self.special else ''}({options})".replace(" ", "")


def _fractions(shape: tuple[int, ...], seed: int) -> np.ndarray:
    positions = np.arange(1, np.prod(shape) + 1, dtype=np.int64) + 1000 * seed
    return ((positions * 7919 % 1009) - 504).reshape(shape) / 256


CASES = [
    Case("conv2d", ((1, 1, 4, 4), (1, 1, 3, 3)), {}),
    Case("conv2d", ((2, 3, 7, 6), (4, 3, 3, 3), (4,)), {}),
    Case("conv2d", ((3, 7, 6), (4, 3, 3, 2), (4,)), {}),
    Case("conv2d", ((2, 3, 7, 6), (4, 3, 3, 3)), {"stride": 2}),
    Case("conv2d", ((2, 3, 8, 7), (4, 3, 3, 2)), {"stride": (3, 2)}),
    Case("conv2d", ((2, 3, 7, 6), (4, 3, 3, 3)), {"padding": 1}),
    Case("conv2d", ((2, 3, 5, 6), (2, 3, 2, 3)), {"padding": (2, 3)}),
    Case("conv2d", ((1, 2, 9, 8), (3, 2, 3, 3)), {"dilation": 2}),
    Case("conv2d", ((1, 2, 9, 8), (3, 2, 3, 3)), {"dilation": (3, 1), "padding": (2, 0), "stride": (1, 2)}),
    Case("conv2d", ((2, 4, 6, 6), (6, 2, 3, 3), (6,)), {"groups": 2, "padding": 1}),
    Case("conv2d", ((2, 4, 6, 5), (4, 1, 3, 3), (4,)), {"groups": 4}),
    Case("conv2d", ((1, 6, 5, 5), (12, 2, 2, 2)), {"groups": 3, "stride": 2}),
    Case("conv2d", ((1, 2, 5, 6), (3, 2, 3, 3)), {"padding": "same"}),
    Case("conv2d", ((1, 2, 5, 6), (3, 2, 4, 2)), {"padding": "same"}),
    Case("conv2d", ((1, 2, 7, 8), (3, 2, 4, 2)), {"padding": "same", "dilation": (3, 1)}),
    Case("conv2d", ((1, 2, 2, 1), (1, 2, 4, 4), (1,)), {"padding": "same", "dilation": 2}),
    Case("conv2d", ((1, 2, 5, 6), (3, 2, 3, 4)), {"padding": "valid", "stride": 2}),
    Case("conv2d", ((2, 5, 3, 4), (7, 5, 1, 1), (7,)), {}),
    Case("conv2d", ((1, 1, 1, 1), (2, 1, 1, 1), (2,)), {"padding": 2, "stride": 2}),
    Case("conv2d", ((2, 2, 6, 5), (2, 2, 6, 5)), {}),
    Case("conv2d", ((2, 3, 9, 10), (4, 3, 3, 3), (4,)), {"stride": 2, "padding": 1}),
    Case("conv2d", ((1, 1, 8, 8), (1, 1, 4, 4)), {"stride": 2, "padding": 1}),
    Case("conv2d", ((1, 1, 6, 6), (1, 1, 3, 3)), {"padding": 1}, special=True),
    Case("unfold", ((1, 1, 3, 3),), {"kernel_size": 2}),
    Case("unfold", ((2, 3, 6, 5),), {"kernel_size": (3, 2)}),
    Case("unfold", ((3, 6, 5),), {"kernel_size": (3, 2), "padding": (1, 2)}),
    Case("unfold", ((2, 2, 7, 6),), {"kernel_size": 3, "stride": 2, "padding": 1}),
    Case("unfold", ((1, 2, 7, 6),), {"kernel_size": (2, 3), "stride": (3, 1), "dilation": (3, 2)}),
    Case("unfold", ((2, 3, 4, 4),), {"kernel_size": 1, "stride": 2}),
    Case("unfold", ((1, 1, 6, 6),), {"kernel_size": 3}, special=True),
    Case("fold", ((1, 4, 4),), {"output_size": (3, 3), "kernel_size": 2}),
    Case("fold", ((2, 12, 9),), {"output_size": (4, 4), "kernel_size": 2}),
    Case("fold", ((18, 20),), {"output_size": (6, 7), "kernel_size": 3}),
    Case("fold", ((2, 18, 12),), {"output_size": (7, 6), "kernel_size": 3, "stride": 2, "padding": 1}),
    Case("fold", ((1, 12, 10),), {"output_size": (8, 9), "kernel_size": (2, 3), "stride": (3, 1), "dilation": (3, 2)}),
    Case("fold", ((2, 3, 4),), {"output_size": (4, 4), "kernel_size": 1, "stride": 2}),
    Case("fold", ((1, 4, 9),), {"output_size": (4, 4), "kernel_size": 2}, special=True),
]


def answer_of_torch(case: Case, dtype: str) -> np.ndarray:
    import torch

    operation = getattr(torch.nn.functional, case.operation)
    return operation(*map(torch.from_numpy, case.arrays(dtype)), **case.options).numpy()


def main() -> None:
    """Write the reference file."""
    import torch

    torch.set_num_threads(1)
    answers = {f"{case.name}.{dtype}": answer_of_torch(case, dtype) for case in CASES for dtype in DTYPES}
    np.savez_compressed(REFERENCE, torch_version=np.array(torch.__version__), **answers)
    print(f"{REFERENCE.name}: {len(answers)} answers of torch {torch.__version__}, {REFERENCE.stat().st_size} bytes")


if __name__ == "__main__":
    main()
