"""Record what PyTorch's training steps make of small networks, so that tests can compare where it is not installed.

Run ``python -m tests.learn.record_training`` from the root of the repository, with torch installed, after a change to
``training_cases``, to the seeds there or to how a network begins.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from .training_cases import CASES, Training

REFERENCE = Path(__file__).with_name("torch_training.npz")
# Plain descent shows gradients as they are. Adam divides each by its own size, and would make large what is nothing but
# rounding, such as the gradient of a bias before batch normalisation: hence its large eps.
OPTIMISERS = {"float32": ("SGD", {"lr": 0.1}, 1), "float64": ("Adam", {"lr": 0.01, "eps": 1e-4}, 3)}


def trained_by_torch(case: Training, dtype: str) -> dict[str, np.ndarray]:
    """Return the losses of the steps and the state afterwards, from the weights that our network begins with."""
    import torch

    from benchmarks import torch_networks

    name, arguments = case.theirs
    network = getattr(torch_networks, name)(*arguments).to(getattr(torch, dtype))
    begun = {key: torch.from_numpy(value) for key, value in case.ours().to(dtype).state_dict().items()}
    counters = {key: value for key, value in network.state_dict().items() if key.endswith("num_batches_tracked")}
    network.load_state_dict(begun | counters)
    kind, options, steps = OPTIMISERS[dtype]
    optimiser = getattr(torch.optim, kind)(network.parameters(), **options)
    inputs, targets = map(torch.from_numpy, case.batch(dtype))
    loss_options = {key: torch.from_numpy(value.astype(dtype)) for key, value in case.options().items()}
    losses = []
    for _ in range(steps):
        optimiser.zero_grad()
        loss = getattr(torch.nn.functional, case.loss)(network(inputs), targets, **loss_options)
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    state: dict[str, Any] = {key: value.numpy() for key, value in network.state_dict().items() if key not in counters}
    return {"losses": np.array(losses), **state}


def main() -> None:
    """Write the reference file."""
    import torch

    torch.set_num_threads(1)
    recorded = {"torch_version": np.array(torch.__version__)}
    for name, case in CASES.items():
        for dtype in OPTIMISERS:
            state = trained_by_torch(case, dtype)
            recorded[f"{name}.{dtype}.losses"] = state.pop("losses")
            recorded[f"{name}.{dtype}"] = np.concatenate([value.ravel() for _, value in sorted(state.items())])
    np.savez_compressed(REFERENCE, **recorded)
    print(f"{REFERENCE.name}: {len(CASES)} networks of torch {torch.__version__}, {REFERENCE.stat().st_size} bytes")


if __name__ == "__main__":
    main()
