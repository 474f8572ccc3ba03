"""One run of the comparison: one decoder, trained from one seed on one task, and what it measured."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from lib.checks import as_int, as_number, as_word
from lib.data import SPLITS, fashion, scenes
from lib.data.studies import MEASURES
from lib.learn import (
    DECODER_KINDS,
    Adam,
    EncoderDecoder,
    Module,
    cosine_schedule,
    cross_entropy,
    fit,
    minibatches,
    mse_loss,
    predict,
)
from lib.learn.metrics import boundary_iou, checkerboard_energy, iou
from lib.ops import psnr
from study.environment import environment

Array = np.ndarray

DECODERS = (
    "transposed_k2",
    "transposed_k3",
    "transposed_k4",
    "transposed_k4_bilinear",
    "bilinear",
    "nearest",
    "unpool",
    "pixel_shuffle",
    "pixel_shuffle_icnr",
)

TASKS = tuple(MEASURES)

# The same for every decoder; only the doubling differs.
CHANNELS = {"segmentation": (8, 16, 32), "reconstruction": (8, 16, 16)}
BATCH_SIZE = {"segmentation": 8, "reconstruction": 16}
HELD_OUT = 300  # images that a run is measured with
WARMUP = 20  # steps


@dataclass(frozen=True)
class Configuration:
    """What decides the outcome of a run, up to floating-point rounding.

    Parameters
    ----------
    task : 'segmentation' or 'reconstruction'
        Foreground of composed scenes, or items of Fashion-MNIST through a bottleneck.
    decoder : str
        One of ``lib.learn.DECODER_KINDS``.
    seed : int
        Decides the first weights and the order of the images; the images themselves are always the same.
    split : 'train', 'validation' or 'test'
        The images that are measured.
    learning_rate : float
    steps : int
    images : int
        How many to train with, at most 3500.
    """

    task: str
    decoder: str
    seed: int
    split: str = "test"
    learning_rate: float = 0.02
    steps: int = 300
    images: int = 3000

    def __post_init__(self) -> None:
        """Refuse a configuration that cannot be run, before hours are spent on the others."""
        as_word(self.task, "task", TASKS)
        as_word(self.decoder, "decoder", tuple(DECODER_KINDS))
        as_word(self.split, "split", SPLITS)
        as_int(self.seed, "seed", 0)
        as_int(self.steps, "steps", 1)
        as_number(self.learning_rate, "learning_rate", above=0)
        if as_int(self.images, "images", max(BATCH_SIZE.values())) > 3500:
            raise ValueError(f"images must be at most 3500, got {self.images}")


def run_one(configuration: dict[str, Any]) -> dict[str, Any]:
    """Train one network and measure it: plain data in, plain data out, so that it can run on any machine.

    Parameters
    ----------
    configuration : dict
        The fields of :class:`Configuration`; those with a default may be left out.

    Returns
    -------
    dict
        ``configuration`` as completed; ``measured``, a number for each of ``MEASURES`` of the task; ``environment``,
        what it was measured with.

    Raises
    ------
    ValueError, TypeError
        If a field is unknown, missing or out of range.

    Notes
    -----
    Checkerboard energy is :func:`lib.learn.metrics.checkerboard_energy` with period 2: in segmentation of the
    difference of the two maps of logits; in reconstruction of the image, or, once trained, of its error, because an
    image has a structure of its own.

    Examples
    --------
    >>> run = run_one({"task": "reconstruction", "decoder": "bilinear", "seed": 0, "steps": 2, "images": 32})
    >>> sorted(run), run["measured"]["parameters"]
    (['configuration', 'environment', 'measured'], 7785.0)
    """
    chosen = Configuration(**configuration)
    run = _segmentation if chosen.task == "segmentation" else _reconstruction
    measured = {name: float(value) for name, value in run(chosen).items()}
    return {"configuration": asdict(chosen), "measured": measured, "environment": environment()}


def _segmentation(chosen: Configuration) -> dict[str, float]:
    """Part the foreground of scenes from the background."""
    images, labels = _scenes("train", chosen.images)
    inputs, reference = _scenes(chosen.split, HELD_OUT)
    mean, deviation = images.mean(), images.std()
    images, inputs = (images - mean) / deviation, (inputs - mean) / deviation
    network = EncoderDecoder(chosen.decoder, 1, 2, CHANNELS[chosen.task], bottleneck=True, seed=chosen.seed)
    untrained = predict(network, inputs)

    seconds = _train(network, images, labels, cross_entropy, chosen)
    logits = predict(network, inputs)
    found = logits.argmax(1)

    return {
        "iou": iou(found, reference, 2)[1],
        "boundary_iou": boundary_iou(found, reference, 2)[1],
        "checkerboard_untrained": checkerboard_energy(untrained[:, 1:] - untrained[:, :1]),
        "checkerboard_trained": checkerboard_energy(logits[:, 1:] - logits[:, :1]),
        "parameters": network.parameter_count,
        "seconds": seconds,
    }


def _reconstruction(chosen: Configuration) -> dict[str, float]:
    """Give back an item of clothing after three poolings."""
    images = fashion("train", size=32).images[: chosen.images]
    inputs = fashion(chosen.split, size=32).images[:HELD_OUT]
    network = EncoderDecoder(chosen.decoder, 1, 1, CHANNELS[chosen.task], seed=chosen.seed)
    untrained = predict(network, inputs)
    seconds = _train(network, images, images, mse_loss, chosen)
    outputs = predict(network, inputs).clip(0, 1)
    return {
        "psnr": np.mean([psnr(output, image) for output, image in zip(outputs, inputs, strict=True)]),
        "checkerboard_untrained": checkerboard_energy(untrained),
        "checkerboard_trained": checkerboard_energy(outputs - inputs),
        "parameters": network.parameter_count,
        "seconds": seconds,
    }


def _train(network: Module, inputs: Array, targets: Array, loss: Any, chosen: Configuration) -> float:
    """Train with the budget that all decoders share, and return the seconds of processor time that it took."""
    batches = minibatches(inputs, targets, batch_size=BATCH_SIZE[chosen.task], seed=chosen.seed)
    optimiser = Adam(network.parameters(), lr=chosen.learning_rate)
    schedule = cosine_schedule(chosen.steps, warmup=WARMUP)
    started = time.process_time()
    fit(network, batches, loss, optimiser, chosen.steps, schedule, progress=False, keep_if_interrupted=False)
    return time.process_time() - started


@lru_cache(maxsize=2)  # the same scenes serve every decoder and seed
def _scenes(split: str, count: int) -> tuple[Array, Array]:
    """Return scenes and, for each pixel, whether it belongs to an object."""
    composed = scenes(count, split)
    return composed.images, (composed.labels > 0).astype(np.int64)
