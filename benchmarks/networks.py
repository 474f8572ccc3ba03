"""One training step of each network of the course, at the sizes the notebooks train it, beside the same in PyTorch.

The networks in PyTorch are those that the tests compare every training step with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F

from benchmarks import torch_networks
from benchmarks.timing import Candidate, Case
from lib import learn

RANDOM = np.random.default_rng(2)
WIDTHS, WIDE = (8, 16, 32), (8, 16, 32, 64)
MAPS, PIXELS = "cross_entropy", "mse_loss"


def network_cases() -> Iterator[Case]:
    """Yield the cases in the order of the chapter on networks."""
    grey = "classifier training step 32×1×32²", (32, 1, 32, 32), (32,), 10
    yield _case(*grey, lambda: learn.Classifier(dropout=0, seed=0), "Classifier", 1, 10, (16, 32, 48), 32)

    mirror = "DeconvNet training step 8×1×64²", (8, 1, 64, 64), (8, 64, 64), 5
    yield _case(*mirror, lambda: learn.DeconvNet(seed=0), "DeconvNet", 1, 5, (8, 16, 32, 32), 64, 5)

    scene = "FCN training step 8×1×48², stride 2", (8, 1, 48, 48), (8, 48, 48), 5
    yield _case(*scene, lambda: learn.FCN(stride=2, seed=0), "FCN", 1, 5, 2, WIDTHS, 64)

    nuclei = "U-Net with batch normalisation training step 6×1×64²", (6, 1, 64, 64), (6, 64, 64), 2
    yield _case(*nuclei, lambda: learn.UNet(seed=0), "UNet", 1, 2, WIDE)

    for kind in learn.DECODER_KINDS:
        images = f"autoencoder training step 16×1×32², {kind}", (16, 1, 32, 32), (16, 1, 32, 32), 0
        make = partial(learn.Autoencoder, kind, seed=0)
        yield _case(*images, make, "EncoderDecoder", kind, 1, 1, (8, 16, 16), False)

    photographs = "super-resolution training step 16×1×24²", (16, 1, 24, 24), (16, 1, 48, 48), 0
    yield _case(*photographs, lambda: learn.SuperResolution(seed=0), "SuperResolution", "pixel_shuffle", True, 16)


def _case(
    name: str,
    images: tuple[int, ...],
    target: tuple[int, ...],
    classes: int,
    make: Callable[[], learn.Module],
    twin: str,
    *arguments: Any,
) -> Case:
    return Case(name, lambda: _training_step(images, target, classes, make, twin, arguments))


def _training_step(
    images: tuple[int, ...],
    target: tuple[int, ...],
    classes: int,
    make: Callable[[], learn.Module],
    twin: str,
    arguments: tuple[Any, ...],
) -> dict[str, Candidate]:
    """Measure forward, loss, backward and Adam; each candidate returns its loss. With classes, it is cross entropy."""
    x = RANDOM.standard_normal(images, dtype=np.float32)
    y = RANDOM.integers(0, classes, target) if classes else RANDOM.random(target, dtype=np.float32)
    loss = MAPS if classes else PIXELS
    ours, theirs = make(), getattr(torch_networks, twin)(*arguments)
    begun = {name: torch.from_numpy(value) for name, value in ours.state_dict().items()}
    theirs.load_state_dict(begun, strict=False)
    adam, their_adam = learn.Adam(ours.parameters()), torch.optim.Adam(theirs.parameters())
    tx, ty = torch.from_numpy(x), torch.from_numpy(y)

    def our_step() -> np.ndarray:
        history = learn.fit(ours, [(x, y)], getattr(learn, loss), adam, 1, progress=False)
        return np.float32(history.losses[0])

    def their_step() -> np.ndarray:
        with torch.enable_grad():
            their_adam.zero_grad()
            value = getattr(F, loss)(theirs(tx), ty)
            value.backward()
            their_adam.step()
        return value.detach().numpy()

    return {"ours": our_step, "PyTorch": their_step}
