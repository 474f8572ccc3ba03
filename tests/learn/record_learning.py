"""Record the losses, optimisers and schedules of PyTorch, so that tests can compare where it is not installed.

Run ``python -m tests.learn.record_learning`` from the root of the repository, with torch installed, after a change to
the cases below.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

REFERENCE = Path(__file__).with_name("torch_learning.npz")
STEPS = 8


def fractions(shape: tuple[int, ...], first: int = 0) -> np.ndarray:
    """Return numbers between -2 and 2 that every machine holds exactly."""
    positions = np.arange(1, np.prod(shape, dtype=np.int64) + 1) + first
    return np.asarray(((positions * 7919 % 1009) - 504).reshape(shape) / 256)


def _labels(shape: tuple[int, ...], classes: int) -> np.ndarray:
    return (np.arange(np.prod(shape)) * 104729 % 1013 % classes).reshape(shape)


SCORES, MAPS, PLANES = fractions((6, 4)), 8 * fractions((3, 5, 4, 6)), 6 * fractions((2, 1, 5, 4))
YES = np.where(fractions((2, 1, 5, 4), 9) > 0, 1.0, 0.0)
COUNTS = np.array([0.25, 2.0, 1.0, 0.0, 0.5])
# Function, operands, and other arguments. The gradient is that of the first operand.
LOSSES: dict[str, tuple[str, tuple[np.ndarray, ...], dict[str, Any]]] = {}
for _reduction in ("mean", "sum", "none"):
    LOSSES |= {
        f"classes {_reduction}": ("cross_entropy", (SCORES, _labels((6,), 4)), {"reduction": _reduction}),
        f"class maps {_reduction}": ("cross_entropy", (MAPS, _labels((3, 4, 6), 5)), {"reduction": _reduction}),
        f"weighted class maps {_reduction}": (
            "cross_entropy",
            (MAPS, _labels((3, 4, 6), 5)),
            {"reduction": _reduction, "weight": COUNTS},
        ),
        f"squares {_reduction}": ("mse_loss", (PLANES, fractions(PLANES.shape, 50)), {"reduction": _reduction}),
        f"yes or no {_reduction}": ("binary_cross_entropy_with_logits", (PLANES, YES), {"reduction": _reduction}),
        f"weighted yes or no {_reduction}": (
            "binary_cross_entropy_with_logits",
            (PLANES, abs(fractions(PLANES.shape, 70)) / 2),
            {"reduction": _reduction, "weight": COUNTS[:4], "pos_weight": np.array([3.0])},
        ),
    }
LOSSES["far apart"] = ("cross_entropy", (1000 * SCORES, _labels((6,), 4)), {})
LOSSES["yes or no, far apart"] = ("binary_cross_entropy_with_logits", (1000 * PLANES, YES), {})

OPTIMISERS = {
    "plain descent": ("SGD", {"lr": 0.1}),
    "weight decay": ("SGD", {"lr": 0.1, "weight_decay": 0.2}),
    "momentum": ("SGD", {"lr": 0.1, "momentum": 0.9}),
    "Nesterov's momentum": ("SGD", {"lr": 0.1, "momentum": 0.8, "nesterov": True, "weight_decay": 0.1}),
    "Adam": ("Adam", {"lr": 0.05}),
    "Adam's arguments": ("Adam", {"lr": 0.05, "betas": (0.7, 0.9), "eps": 0.1, "weight_decay": 0.3}),
    "AdamW": ("AdamW", {"lr": 0.05}),
    "AdamW's arguments": ("AdamW", {"lr": 0.02, "betas": (0.5, 0.99), "eps": 1e-3, "weight_decay": 0.4}),
}
START = [fractions((3, 4)), fractions((5,), 30), fractions((2,), 40)]

SCHEDULES = {
    "cosine": ("CosineAnnealingLR", {"T_max": 20}, ("cosine_schedule", {"steps": 20})),
    "cosine to a floor": (
        "CosineAnnealingLR",
        {"T_max": 16, "eta_min": 0.1},
        ("cosine_schedule", {"steps": 16, "lowest": 0.1}),
    ),
    "steps": ("StepLR", {"step_size": 4, "gamma": 0.5}, ("step_schedule", {"step_size": 4, "gamma": 0.5})),
    "steps by default": ("StepLR", {"step_size": 7}, ("step_schedule", {"step_size": 7})),
}


def gradients(step: int) -> list[np.ndarray | None]:
    """Return the gradients of a step; the last parameter is reached only by every third step."""
    found: list[np.ndarray | None] = [fractions(value.shape, 100 * step + 7) for value in START]
    return found if step % 3 == 1 else [*found[:-1], None]


def loss_of_torch(name: str) -> list[np.ndarray]:
    """Return loss and gradient of PyTorch."""
    import torch

    function, operands, options = LOSSES[name]
    first, *others = (torch.from_numpy(np.array(operand)) for operand in operands)
    arguments = {key: torch.from_numpy(v) if isinstance(v, np.ndarray) else v for key, v in options.items()}
    result = getattr(torch.nn.functional, function)(first.requires_grad_(), *others, **arguments)
    result.backward(torch.from_numpy(fractions(tuple(result.shape), 3)))
    return [result.detach().numpy(), first.grad.numpy()]


def path_of_torch(name: str) -> list[np.ndarray]:
    """Return the parameters after each step of PyTorch, all in a row."""
    import torch

    kind, options = OPTIMISERS[name]
    parameters = [torch.from_numpy(value.copy()).requires_grad_() for value in START]
    optimiser = getattr(torch.optim, kind)(parameters, **options)
    path = []
    for step in range(STEPS):
        for parameter, grad in zip(parameters, gradients(step), strict=True):
            parameter.grad = None if grad is None else torch.from_numpy(grad)
        optimiser.step()
        path.append(np.concatenate([parameter.detach().numpy().ravel() for parameter in parameters]))
    return path


def rates_of_torch(name: str) -> list[float]:
    """Return the learning rate at each of 20 steps of PyTorch, beginning with 1; a cosine ends there."""
    import torch

    kind, options, _ = SCHEDULES[name]
    optimiser = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    schedule = getattr(torch.optim.lr_scheduler, kind)(optimiser, **options)
    rates = []
    for _ in range(min(20, options.get("T_max", 20)) + 1):
        rates.append(schedule.get_last_lr()[0])
        optimiser.step()
        schedule.step()
    return rates


def main() -> None:
    """Write the reference file."""
    import torch

    recorded = {"torch_version": np.array(torch.__version__)}
    for name in LOSSES:
        recorded[f"{name}.loss"], recorded[f"{name}.gradient"] = loss_of_torch(name)
    recorded |= {name: np.array(path_of_torch(name)) for name in OPTIMISERS}
    recorded |= {name: np.array(rates_of_torch(name)) for name in SCHEDULES}
    np.savez_compressed(REFERENCE, **recorded)
    print(
        f"{REFERENCE.name}: {len(recorded) - 1} arrays of torch {torch.__version__}, {REFERENCE.stat().st_size} bytes"
    )


if __name__ == "__main__":
    main()
