"""Small versions of every network of the course, with a batch to train them on: what is compared with PyTorch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from lib.learn import (
    DECODER_KINDS,
    FCN,
    Classifier,
    DeconvNet,
    EncoderDecoder,
    Module,
    SuperResolution,
    UNet,
)

CHANNELS = (2, 3, 4)
WEIGHT = (0.3, 1.0, 1.5)


class Training(NamedTuple):
    """A network, its twin in PyTorch by name and arguments, and the shapes of a batch."""

    ours: Callable[[], Module]
    theirs: tuple[str, tuple[Any, ...]]
    input_shape: tuple[int, ...]
    target_shape: tuple[int, ...]
    loss: str = "cross_entropy"

    def batch(self, dtype: str) -> tuple[np.ndarray, np.ndarray]:
        """Return inputs and targets: fractions that every machine and dtype holds exactly."""
        cells = np.arange(np.prod(self.input_shape)) + 1
        inputs = ((cells * 7919 % 1009) - 504).reshape(self.input_shape) / 256
        cells = np.arange(np.prod(self.target_shape)) + 7
        targets = (cells * 104729 % 1013).reshape(self.target_shape)
        return inputs.astype(dtype), targets % 3 if self.loss == "cross_entropy" else (targets / 1024).astype(dtype)

    def options(self) -> dict[str, Any]:
        """Return what the loss takes besides scores and targets."""
        return {"weight": np.array(WEIGHT)} if self.loss == "cross_entropy" else {}


IMAGES, MAPS = (4, 1, 16, 16), (4, 16, 16)


def _cases() -> dict[str, Training]:
    cases = {
        "U-Net": Training(lambda: UNet(1, 3, CHANNELS, seed=1), ("UNet", (1, 3, CHANNELS)), IMAGES, MAPS),
        "U-Net without skips": Training(
            lambda: UNet(1, 3, CHANNELS, skips=False, seed=2), ("UNet", (1, 3, CHANNELS, False)), IMAGES, MAPS
        ),
        "U-Net without padding": Training(
            lambda: UNet(2, 3, (2, 3), padding="valid", seed=3),
            ("UNet", (2, 3, (2, 3), True, "valid")),
            (4, 2, 18, 14),
            (4, 10, 6),
        ),
        "DeconvNet": Training(
            lambda: DeconvNet(1, 3, CHANNELS, hidden=5, seed=4), ("DeconvNet", (1, 3, CHANNELS, 5, 5)), IMAGES, MAPS
        ),
        "classifier": Training(
            lambda: Classifier(1, 3, CHANNELS, size=16, dropout=0, seed=5),
            ("Classifier", (1, 3, CHANNELS, 16)),
            IMAGES,
            (4,),
        ),
    }
    for stride in (8, 4, 2):
        cases[f"FCN, stride {stride}"] = Training(
            lambda s=stride: FCN(1, 3, s, CHANNELS, hidden=5, seed=6),
            ("FCN", (1, 3, stride, CHANNELS, 5)),
            IMAGES,
            MAPS,
        )
    cases["FCN, random upsampling"] = Training(
        lambda: FCN(1, 3, 2, CHANNELS, hidden=5, upsampling="random", seed=7),
        ("FCN", (1, 3, 2, CHANNELS, 5)),
        IMAGES,
        MAPS,
    )
    for kind in DECODER_KINDS:
        bottleneck = kind in ("unpool", "nearest")
        cases[f"decoder {kind}"] = Training(
            lambda k=kind, b=bottleneck: EncoderDecoder(k, 1, 1, (2, 3), b, seed=8),
            ("EncoderDecoder", (kind, 1, 1, (2, 3), bottleneck)),
            IMAGES,
            IMAGES,
            "mse_loss",
        )
    for residual in (True, False):
        cases[f"super-resolution{', residual' if residual else ''}"] = Training(
            lambda r=residual: SuperResolution("pixel_shuffle", r, 3, seed=9),
            ("SuperResolution", ("pixel_shuffle", residual, 3)),
            (4, 1, 9, 8),
            (4, 1, 18, 16),
            "mse_loss",
        )
    return cases


CASES = _cases()
