"""Record the gradients that PyTorch finds, so that the tests can compare with them where it is not installed.

Run ``python -m tests.learn.record_torch`` from the root of the repository, with torch installed, after a change to
``CASES``. Operands are not stored: they are multiples of 1/256, the same on every machine and in both dtypes.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np

REFERENCE = Path(__file__).with_name("torch_gradients.npz")
DTYPES = ("float32", "float64")


class Case(NamedTuple):
    """One call: its name, the shapes of its operands, and an expression with functions from a namespace ``f``."""

    name: str
    shapes: tuple[tuple[int, ...], ...]
    expression: Callable[..., Any]
    positive: bool = False
    few_values: bool = False

    def operands(self, dtype: str) -> list[np.ndarray]:
        arrays = [_fractions(shape, 1000 * seed).astype(dtype) for seed, shape in enumerate(self.shapes)]
        arrays = [np.abs(array) + array.dtype.type(0.5) for array in arrays] if self.positive else arrays
        return [np.round(array) for array in arrays] if self.few_values else arrays


def _fractions(shape: tuple[int, ...], first: int) -> np.ndarray:
    positions = np.arange(1, np.prod(shape, dtype=np.int64) + 1) + first
    return np.asarray(((positions * 7919 % 1009) - 504).reshape(shape) / 256)


def output_gradient(shape: tuple[int, ...], dtype: str) -> np.ndarray:
    return np.asarray(_fractions(shape, 5000), dtype)


def call(name: str, *shapes: tuple[int, ...], few_values: bool = False, **options: Any) -> Case:
    """Return a case of an operation that both sides know by the same name and options."""
    listed = ",".join(f"{option}={value}" for option, value in options.items())
    label = f"{name}{shapes}{'ties' if few_values else ''}({listed})".replace(" ", "")
    return Case(label, shapes, lambda f, *tensors: getattr(f, name)(*tensors, **options), few_values=few_values)


def _switches(f: Any, x: Any) -> Any:
    pooled, switches = f.max_pool2d(x, 2, return_indices=True)
    return f.max_unpool2d(pooled * pooled, switches, 2, output_size=x.shape[-2:])


CASES = [
    call("conv2d", (2, 3, 7, 6), (4, 3, 3, 3), (4,)),
    call("conv2d", (3, 7, 6), (4, 3, 3, 2), (4,), stride=(3, 2), padding=(1, 0)),
    call("conv2d", (1, 2, 9, 8), (3, 2, 3, 3), dilation=(3, 1), padding=(2, 0), stride=(1, 2)),
    call("conv2d", (2, 4, 6, 6), (6, 2, 3, 3), (6,), groups=2, padding=1, stride=2),
    call("conv2d", (2, 4, 6, 5), (4, 1, 3, 3), (4,), groups=4, padding="same"),
    call("conv2d", (1, 2, 7, 8), (3, 2, 4, 2), padding="same", dilation=(3, 1)),
    call("conv2d", (2, 5, 3, 4), (7, 5, 1, 1), (7,)),
    call("conv_transpose2d", (2, 3, 4, 5), (3, 2, 3, 3), (2,)),
    call("conv_transpose2d", (2, 3, 4, 5), (3, 2, 4, 4), (2,), stride=2, padding=1),
    call("conv_transpose2d", (3, 4, 5), (3, 2, 2, 3), (2,), stride=(3, 2), padding=(0, 1), output_padding=(2, 1)),
    call("conv_transpose2d", (1, 4, 3, 3), (4, 2, 3, 3), (4,), groups=2, stride=2, dilation=2, output_padding=1),
    call("max_pool2d", (2, 3, 6, 7), kernel_size=2),
    call("max_pool2d", (2, 3, 7, 8), kernel_size=3, stride=2, padding=1),
    call("max_pool2d", (3, 7, 8), kernel_size=(3, 2), stride=(2, 3), ceil_mode=True),
    call("max_pool2d", (1, 2, 9, 9), kernel_size=3, stride=1, dilation=2),
    call("max_pool2d", (2, 2, 8, 8), few_values=True, kernel_size=3, stride=2, padding=1),
    Case("switches carried to unpooling", ((2, 3, 7, 6),), _switches),
    Case("switches of equal cells", ((2, 3, 6, 6),), _switches, few_values=True),
    call("avg_pool2d", (2, 3, 6, 7), kernel_size=2),
    call("avg_pool2d", (2, 3, 7, 8), kernel_size=3, stride=2, padding=1),
    call("avg_pool2d", (3, 7, 8), kernel_size=3, stride=2, padding=1, count_include_pad=False, ceil_mode=True),
    call("avg_pool2d", (2, 2, 5, 5), kernel_size=(2, 3), stride=1, divisor_override=5),
    call("interpolate", (2, 2, 5, 4), scale_factor=2),
    call("interpolate", (1, 2, 5, 4), size=(8, 3), mode="nearest-exact"),
    call("interpolate", (2, 2, 5, 4), scale_factor=2, mode="bilinear", align_corners=False),
    call("interpolate", (1, 2, 5, 4), size=(9, 7), mode="bilinear", align_corners=True),
    call("interpolate", (1, 2, 9, 8), size=(4, 3), mode="bilinear", antialias=True),
    call("interpolate", (1, 2, 5, 4), scale_factor=(1.7, 0.6), mode="bicubic"),
    call("interpolate", (1, 2, 9, 8), size=(4, 5), mode="bicubic", antialias=True),
    call("unfold", (2, 2, 7, 6), kernel_size=3, stride=2, padding=1),
    call("unfold", (1, 2, 7, 6), kernel_size=(2, 3), stride=(3, 1), dilation=(3, 2)),
    call("fold", (2, 18, 12), output_size=(7, 6), kernel_size=3, stride=2, padding=1),
    call("pixel_shuffle", (2, 8, 3, 4), upscale_factor=2),
    call("pixel_unshuffle", (2, 2, 6, 3), downscale_factor=3),
    call("pad", (2, 3, 4), pad=(1, 2, 0, 3), value=7.0),
    Case("add, broadcast", ((2, 3), (4, 1, 3)), lambda f, x, y: x + y),
    Case("subtract, broadcast", ((2, 1), (3,)), lambda f, x, y: x - y),
    Case("multiply, broadcast", ((2, 3), ()), lambda f, x, y: x * y),
    Case("divide, broadcast", ((2, 3), (2, 1)), lambda f, x, y: x / y, positive=True),
    Case("divide a number", ((2, 3),), lambda f, x: 3 / x, positive=True),
    Case("power, broadcast", ((2, 3), (3,)), lambda f, x, y: x**y, positive=True),
    Case("power of a negative base", ((3, 4),), lambda f, x: x**3),
    Case("power at zero", ((4, 5),), lambda f, x: x**2 + x**1 + x**0, few_values=True),
    Case("power of a number", ((3, 4),), lambda f, x: 2**x),
    Case("exponents at a base of zero", ((5,),), lambda f, x: f.constant(np.zeros(5)) ** abs(x)),
    Case("negative", ((3, 4),), lambda f, x: -x),
    Case("absolute, zero too", ((4, 5),), lambda f, x: abs(x), few_values=True),
    Case("matmul", ((3, 4), (4, 2)), lambda f, x, y: x @ y),
    Case("matmul, batches broadcast", ((2, 1, 3, 4), (5, 4, 2)), lambda f, x, y: x @ y),
    Case("matmul, a row", ((4,), (2, 4, 3)), lambda f, x, y: x @ y),
    Case("matmul, a column", ((2, 3, 4), (4,)), lambda f, x, y: x @ y),
    Case("matmul, both", ((4,), (4,)), lambda f, x, y: x @ y),
    Case("sum", ((2, 3, 4),), lambda f, x: x.sum(axis=(0, 2))),
    Case("sum, axes kept", ((2, 3, 4),), lambda f, x: x.sum(axis=-1, keepdims=True)),
    Case("mean", ((2, 3, 4),), lambda f, x: x.mean(axis=(1, 2))),
    Case("mean of everything", ((2, 3, 4),), lambda f, x: x.mean()),
    Case("max", ((2, 3, 4),), lambda f, x: f.amax(x, (0, 2), False)),
    Case("max, ties", ((4, 5, 6),), lambda f, x: f.amax(x, (1,), True), few_values=True),
    Case("relu, zero too", ((4, 5),), lambda f, x: x.relu(), few_values=True),
    Case("exp", ((4, 5),), lambda f, x: x.exp()),
    Case("log", ((4, 5),), lambda f, x: x.log(), positive=True),
    Case("tanh", ((4, 5),), lambda f, x: x.tanh()),
    Case("sigmoid", ((4, 5),), lambda f, x: (5 * x).sigmoid()),
    Case("leaky relu, zero too", ((4, 5),), lambda f, x: f.leaky_relu(x, 0.25), few_values=True),
    Case("hardswish", ((4, 5),), lambda f, x: f.hardswish(4 * x)),
    Case("reshape", ((4, 6),), lambda f, x: x.reshape(3, -1)),
    Case("transpose", ((2, 3, 4),), lambda f, x: f.permute(x, (2, 0, 1))),
    Case("concatenate", ((2, 3), (2, 1), (2, 2)), lambda f, *parts: f.concatenate(parts, 1)),
    Case("slice", ((5, 6),), lambda f, x: x[1:4:2, ..., -2]),
    Case("repeated indices", ((5, 6),), lambda f, x: x[f.constant(np.array([0, 3, 3, 0]))]),
    Case(
        "a small network",
        ((2, 1, 8, 8), (3, 1, 3, 3), (3,), (3, 2, 4, 4)),
        lambda f, x, weight, bias, up: f.concatenate(
            (f.conv_transpose2d(f.max_pool2d(f.conv2d(x, weight, bias, padding=1).relu(), 2), up, None, 2, 1), x), 1
        ),
    ),
]


def torch_namespace() -> SimpleNamespace:
    """What the expressions use, in PyTorch's names."""
    import torch

    def constant(value: Any) -> Any:
        return torch.from_numpy(np.array(value)) if isinstance(value, (np.ndarray, np.generic)) else value

    names = ["conv2d", "conv_transpose2d", "max_pool2d", "max_unpool2d", "avg_pool2d", "interpolate"]
    names += ["pixel_shuffle", "pixel_unshuffle", "unfold", "fold", "pad"]
    return SimpleNamespace(
        **{name: getattr(torch.nn.functional, name) for name in names},
        crop=lambda x, margins: torch.nn.functional.pad(x, [-cells for cells in margins]),
        constant=constant,
        concatenate=torch.concatenate,
        amax=torch.amax,
        permute=torch.permute,
        leaky_relu=torch.nn.functional.leaky_relu,
        hardswish=torch.nn.functional.hardswish,
    )


def gradients_of_torch(
    expression: Callable[..., Any], operands: list[np.ndarray]
) -> tuple[np.ndarray, list[np.ndarray]]:
    """Return the result of an expression and the gradient for each operand, given that of :func:`output_gradient`."""
    import torch

    tensors = [torch.from_numpy(np.array(operand)).requires_grad_() for operand in operands]
    result = expression(torch_namespace(), *tensors)
    answer = result.detach().numpy()
    result.backward(torch.from_numpy(output_gradient(answer.shape, str(answer.dtype))))
    return answer, [tensor.grad.numpy() for tensor in tensors]


def main() -> None:
    """Write the reference file."""
    import torch

    torch.set_num_threads(1)
    recorded = {"torch_version": np.array(torch.__version__)}
    for case in CASES:
        for dtype in DTYPES:
            _, gradients = gradients_of_torch(case.expression, case.operands(dtype))
            recorded.update({f"{case.name}.{dtype}.{number}": grad for number, grad in enumerate(gradients)})
    np.savez_compressed(REFERENCE, **recorded)
    count, size = len(recorded) - 1, REFERENCE.stat().st_size
    print(f"{REFERENCE.name}: {count} gradients of torch {torch.__version__}, {size} bytes")


if __name__ == "__main__":
    main()
