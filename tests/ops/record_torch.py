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
    """One call: the operation's name, the shapes of its array arguments, and its other arguments.

    ``max_unpool2d`` gets what pooling its one array with ``options`` returns, and the shape of that array.
    """

    operation: str
    shapes: tuple[tuple[int, ...], ...]
    options: dict[str, Any]
    special: bool = False

    def arrays(self, dtype: str) -> list[np.ndarray]:
        arrays = [_fractions(shape, seed).astype(dtype) for seed, shape in enumerate(self.shapes)]
        if self.special:
            arrays[0].flat[[0, 7, 11]] = np.nan, np.inf, -np.inf
        return arrays

    def grad(self, shape: tuple[int, ...], dtype: str) -> np.ndarray:
        """Return the gradient of the result that is pulled back to the arrays."""
        return _fractions(shape, seed=7).astype(dtype)

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


# The first answer is the result; then come the switches of max pooling, then the gradients of the arrays.
CASES += [
    Case("conv_transpose2d", ((1, 1, 2, 2), (1, 1, 3, 3)), {}),
    Case("conv_transpose2d", ((2, 3, 4, 3), (3, 4, 3, 2), (4,)), {}),
    Case("conv_transpose2d", ((3, 4, 3), (3, 4, 3, 2), (4,)), {"stride": 2}),
    Case("conv_transpose2d", ((2, 3, 4, 3), (3, 2, 4, 4), (2,)), {"stride": 2, "padding": 1}),
    Case("conv_transpose2d", ((2, 3, 4, 3), (3, 2, 3, 3)), {"stride": 2, "padding": 1, "output_padding": 1}),
    Case("conv_transpose2d", ((1, 2, 3, 4), (2, 3, 2, 3)), {"stride": (3, 2), "output_padding": (2, 0)}),
    Case("conv_transpose2d", ((1, 2, 3, 4), (2, 3, 3, 2)), {"dilation": (2, 3), "padding": (1, 2)}),
    Case("conv_transpose2d", ((1, 2, 3, 3), (2, 3, 3, 3)), {"stride": 2, "dilation": 3, "output_padding": 2}),
    Case("conv_transpose2d", ((2, 4, 3, 3), (4, 3, 3, 3), (6,)), {"groups": 2, "stride": 2, "padding": 1}),
    Case("conv_transpose2d", ((2, 4, 3, 5), (4, 1, 2, 2), (4,)), {"groups": 4, "stride": 2}),
    Case("conv_transpose2d", ((1, 2, 3, 4), (2, 3, 1, 1), (3,)), {"stride": (2, 3)}),
    Case("conv_transpose2d", ((1, 1, 4, 4), (1, 1, 3, 3)), {"stride": 2}, special=True),
    Case("max_pool2d", ((2, 3, 6, 8),), {"kernel_size": 2}),
    Case("max_pool2d", ((3, 7, 8),), {"kernel_size": 3, "stride": 2}),
    Case("max_pool2d", ((2, 2, 7, 8),), {"kernel_size": 3, "stride": 2, "padding": 1}),
    Case("max_pool2d", ((2, 2, 7, 8),), {"kernel_size": (2, 3), "stride": (1, 2), "padding": (1, 0)}),
    Case("max_pool2d", ((1, 2, 9, 8),), {"kernel_size": (3, 2), "stride": 1, "dilation": (2, 3)}),
    Case("max_pool2d", ((1, 2, 7, 8),), {"kernel_size": 2, "ceil_mode": True}),
    Case("max_pool2d", ((1, 2, 7, 6),), {"kernel_size": 3, "stride": 2, "padding": 1, "ceil_mode": True}),
    Case("max_pool2d", ((1, 2, 3, 4),), {"kernel_size": 2, "stride": 3, "padding": 1, "ceil_mode": True}),
    Case("max_pool2d", ((1, 1, 5, 5),), {"kernel_size": 3, "stride": 1}, special=True),
    Case("max_pool2d", ((1, 1, 5, 5),), {"kernel_size": 2, "padding": 1}, special=True),
    Case("max_unpool2d", ((2, 3, 6, 8),), {"kernel_size": 2}),
    Case("max_unpool2d", ((2, 7, 9),), {"kernel_size": 2}),
    Case("max_unpool2d", ((1, 2, 8, 7),), {"kernel_size": 2, "stride": 3}),
    Case("max_unpool2d", ((1, 2, 7, 8),), {"kernel_size": 3, "padding": 1}),
    Case("max_unpool2d", ((1, 2, 7, 8),), {"kernel_size": 3, "stride": 2, "padding": 1}),
    Case("max_unpool2d", ((1, 2, 6, 5),), {"kernel_size": 3, "stride": 1}),
    Case("avg_pool2d", ((2, 3, 6, 8),), {"kernel_size": 2}),
    Case("avg_pool2d", ((3, 7, 8),), {"kernel_size": 3, "stride": 2}),
    Case("avg_pool2d", ((2, 2, 7, 8),), {"kernel_size": 3, "stride": 2, "padding": 1}),
    Case("avg_pool2d", ((2, 2, 7, 8),), {"kernel_size": 3, "stride": 2, "padding": 1, "count_include_pad": False}),
    Case("avg_pool2d", ((1, 2, 7, 8),), {"kernel_size": (2, 3), "stride": (3, 2), "ceil_mode": True}),
    Case("avg_pool2d", ((1, 2, 7, 6),), {"kernel_size": 3, "stride": 2, "padding": 1, "ceil_mode": True}),
    Case(
        "avg_pool2d",
        ((1, 2, 8, 6),),
        {"kernel_size": 4, "stride": 3, "padding": 2, "ceil_mode": True, "count_include_pad": False},
    ),
    Case("avg_pool2d", ((1, 2, 5, 6),), {"kernel_size": 2, "padding": 1, "divisor_override": 3}),
    Case("avg_pool2d", ((1, 1, 6, 6),), {"kernel_size": 2}, special=True),
    Case("avg_pool2d", ((1, 1, 4, 4),), {"kernel_size": (2,), "stride": (), "padding": (0,), "divisor_override": -2}),
    Case("max_pool2d", ((1, 2, 7, 6),), {"kernel_size": (3,), "stride": (2,), "padding": (1,), "dilation": (1,)}),
    Case("conv2d", ((1, 2, 7, 6), (3, 2, 3, 3)), {"stride": (2,), "padding": (1,), "dilation": (2,)}),
    Case(
        "conv_transpose2d",
        ((1, 2, 4, 3), (2, 3, 3, 3)),
        {"stride": (2,), "padding": (1,), "output_padding": (1,), "dilation": (2,)},
    ),
    Case("interpolate", ((2, 3, 7, 8),), {"size": (3, 5), "mode": "area"}),
    Case("interpolate", ((2, 3, 5, 4),), {"scale_factor": (1.7, 2.3), "mode": "area"}),
    Case("pixel_shuffle", ((2, 8, 3, 2),), {"upscale_factor": 2}),
    Case("pixel_shuffle", ((9, 1, 2),), {"upscale_factor": 3}),
    Case("pixel_unshuffle", ((2, 2, 4, 6),), {"downscale_factor": 2}),
    Case("pixel_unshuffle", ((1, 6, 3),), {"downscale_factor": 3}),
]


def answers_of_torch(case: Case, dtype: str) -> list[np.ndarray]:
    """Return the result, the switches if there are any, and the gradients of the arrays."""
    import torch

    operation = getattr(torch.nn.functional, case.operation)
    arrays = [torch.from_numpy(array) for array in case.arrays(dtype)]
    options, switches = dict(case.options), []
    if case.operation == "max_pool2d":
        options["return_indices"] = True
    if case.operation == "max_unpool2d":
        size = tuple(arrays[0].shape[-2:])
        values, indices = torch.nn.functional.max_pool2d(arrays[0], **options, return_indices=True)
        arrays, options = [values], {"indices": indices, **options, "output_size": size}
    for array in arrays:
        array.requires_grad_()
    result = operation(*arrays, **options)
    if case.operation == "max_pool2d":
        result, indices = result
        switches.append(indices.numpy())
    result.backward(torch.from_numpy(case.grad(tuple(result.shape), dtype)))
    return [result.detach().numpy(), *switches, *[array.grad.numpy() for array in arrays]]


def main() -> None:
    """Write the reference file."""
    import torch

    torch.set_num_threads(1)
    answers = {
        f"{case.name}.{dtype}.{number}": answer
        for case in CASES
        for dtype in DTYPES
        for number, answer in enumerate(answers_of_torch(case, dtype))
    }
    np.savez_compressed(REFERENCE, torch_version=np.array(torch.__version__), **answers)
    print(f"{REFERENCE.name}: {len(answers)} answers of torch {torch.__version__}, {REFERENCE.stat().st_size} bytes")


if __name__ == "__main__":
    main()
