"""How each network whose weights ship is trained, and what its scores are: the pages' own ways, for longer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import numpy as np

from lib import data
from lib.learn import (
    FCN,
    Adam,
    Autoencoder,
    DeconvNet,
    History,
    Module,
    SuperResolution,
    Tensor,
    UNet,
    cosine_schedule,
    cross_entropy,
    fit,
    minibatches,
    mse_loss,
    predict,
)
from lib.learn.metrics import boundary_iou, iou, mean_iou, object_f1
from lib.ops import avg_pool2d, connected_components, interpolate, psnr

Array = np.ndarray
Batches = Iterator[tuple[Array, ...]]
Scores = dict[str, float]

SCENES = {"size": 64, "objects": 1, "scale": (1.5, 2.1), "brightness": (0.15, 0.45), "contrast": (0.04, 0.1)}
OBJECT_WEIGHTS = (0.3, 1, 1, 1, 1)  # there is more background than anything else
GAP, GAP_WEIGHT = 2, 10  # the class of the pixels between touching nuclei, and how much one of them counts
WIDTHS = (8, 16, 32, 64)
UNMEASURED = 4  # pixels at the border of a photograph


@dataclass(frozen=True)
class Recipe:
    """A network, what it is trained with and for how long, and how it is measured.

    Parameters
    ----------
    make : function of the seed
    batches : function of the seed
    loss : function of the network's result and the targets
    scores : function of the trained network
        Names each with the split or the photograph that it was measured on.
    learning_rate : float
    steps : int
    seeds : int
        From how many seeds it is trained. The weights from the first one ship.
    """

    make: Callable[[int], Module]
    batches: Callable[[int], Batches]
    loss: Callable[..., Tensor]
    scores: Callable[[Module], Scores]
    learning_rate: float
    steps: int
    seeds: int = 3

    def train(self, seed: int, progress: bool | None = None) -> tuple[Module, History]:
        """Return the trained network, ready to be used, and its history."""
        network = self.make(seed)
        optimiser = Adam(network.parameters(), lr=self.learning_rate)
        schedule = cosine_schedule(self.steps, warmup=20)

        batches = self.batches(seed)
        history = fit(
            network, batches, self.loss, optimiser, self.steps, schedule, progress=progress, keep_if_interrupted=False
        )
        return network.eval(), history


# Super-resolution


@cache
def photo(name: str) -> Array:
    """Return a photograph in grey with even sides."""
    image = data.photograph(name, grey=True)
    rows, columns = (length // 2 * 2 for length in image.shape)
    return image[:rows, :columns]


def patches(seed: int, size: int = 48, count: int = 16) -> Batches:
    """Yield pieces of six pictures, each averaged over 2 × 2 pixels, and as they are."""
    training = [photo(name) for name in ("chelsea", "coffee", "rocket")]
    training += [data.texture(name) for name in sorted(data.textures())]
    random = np.random.default_rng(seed)

    while True:
        large = np.empty((count, 1, size, size), np.float32)
        for patch in large:
            image = training[random.integers(len(training))]
            top, left = (2 * random.integers((length - size) // 2 + 1) for length in image.shape)
            patch[0] = image[top : top + size, left : left + size]
        yield avg_pool2d(large, 2), large


def over_bicubic(network: Module) -> Scores:
    """Return by how many decibels a network is closer than bicubic interpolation to two photographs it never saw."""
    inner = (slice(UNMEASURED, -UNMEASURED),) * 2
    found = {}
    for name in ("camera", "astronaut"):
        image = photo(name)
        small = avg_pool2d(image, 2)[None, None]
        ups = predict(network, small)[0, 0], interpolate(small, scale_factor=2, mode="bicubic")[0, 0]
        ours, bicubic = (psnr(up.clip(0, 1)[inner], image[inner]) for up in ups)
        found[f"{name}, dB over bicubic"] = ours - bicubic
    return found


# Nuclei


@cache
def nuclei(split: str) -> tuple[Array, Array]:
    """Return standardised tiles and the number of the nucleus at each pixel."""
    tiles = [data.nuclei_tiles("train", count=300), data.nuclei_tiles(split)]
    seen, wanted = (data.log_brightness(part.images) for part in tiles)
    if split == "train":
        return (seen - seen.mean()) / seen.std(), tiles[0].instances
    return (wanted - seen.mean()) / seen.std(), tiles[1].instances


def with_gaps(instances: Array) -> Array:
    """Return for each pixel 0 for background, 1 for a nucleus, 2 for the gap between touching nuclei."""
    inside = data.separate_touching(instances)
    return np.where((instances > 0) & (inside == 0), GAP, inside)


def nuclei_batches(seed: int, gap: bool) -> Batches:
    """Yield tiles and the classes of their pixels; without a class for gaps these are background."""
    tiles, instances = nuclei("train")
    labels = with_gaps(instances) if gap else data.separate_touching(instances)
    return minibatches(tiles, labels, batch_size=6, seed=seed)


def nuclei_scores(network: Module) -> Scores:
    """Return how well nuclei are found, outlined, told apart and counted, on two parts of the picture."""
    found = {}
    for split in ("validation", "test"):
        tiles, instances = nuclei(split)
        nucleus = (predict(network, tiles).argmax(1) == 1).astype(np.int64)
        truth, gaps = data.separate_touching(instances), with_gaps(instances) == GAP
        objects = np.stack([connected_components(tile == 1) for tile in nucleus])
        found |= {
            f"{split}, IoU": iou(nucleus, truth, 2)[1],
            f"{split}, boundary IoU": boundary_iou(nucleus, truth, 2)[1],
            f"{split}, gap pixels opened": (nucleus[gaps] == 0).mean(),
            f"{split}, object F1": object_f1(objects, instances, smallest=10),
        }
    return found


# Clothes in front of textures


@cache
def clothes(split: str, count: int, large: bool) -> tuple[Array, Array]:
    """Return standardised scenes and the class of each pixel."""
    options: dict[str, Any] = SCENES if large else {}
    trained_with, part = data.scenes(1000, "train", **options), data.scenes(count, split, **options)
    mean, deviation = trained_with.images.mean(), trained_with.images.std()
    return (part.images - mean) / deviation, part.labels


def clothes_batches(seed: int, count: int, large: bool) -> Batches:
    """Yield scenes and the classes of their pixels."""
    return minibatches(*clothes("train", count, large), batch_size=8, seed=seed)


def clothes_scores(network: Module, count: int, large: bool) -> Scores:
    """Return how well scenes are segmented: by class, as objects against background, and at the outlines."""
    found = {}
    for split in ("validation", "test"):
        images, labels = clothes(split, count, large)
        classes = predict(network, images).argmax(1)
        inside, item = classes > 0, labels > 0
        found |= {
            f"{split}, mean IoU": mean_iou(classes, labels, 5),
            f"{split}, item IoU": iou(inside, item, 2)[1],
            f"{split}, boundary IoU": boundary_iou(inside, item, 2)[1],
            f"{split}, right class of item pixels": (classes == labels)[item].mean(),
        }
    return found


def weighted_cross_entropy(scores: Tensor, labels: Array, weight: tuple[float, ...]) -> Tensor:
    """Return the cross-entropy in which a pixel counts as much as its class."""
    return cross_entropy(scores, labels, weight=np.array(weight, np.float32))


# Reconstruction


def items_twice(seed: int) -> Batches:
    """Yield items of clothing as inputs and as targets."""
    images = data.fashion("train", size=32).images[:3000]
    return minibatches(images, images, batch_size=16, seed=seed)


def reconstruction_scores(network: Module) -> Scores:
    """Return the mean closeness of what is given back."""
    images = data.fashion("test", size=32).images[:300]
    outputs = predict(network, images).clip(0, 1)
    return {"test, PSNR in dB": np.mean([psnr(one, other) for one, other in zip(outputs, images, strict=True)])}


def _recipes() -> Mapping[str, Recipe]:
    recipes = {
        "super-resolution": Recipe(
            lambda seed: SuperResolution("pixel_shuffle", channels=32, seed=seed),
            patches, mse_loss, over_bicubic, 0.003, 2000,
        ),
        "u-net": Recipe(
            lambda seed: UNet(1, 3, channels=WIDTHS, seed=seed),
            partial(nuclei_batches, gap=True), partial(weighted_cross_entropy, weight=(1, 1, GAP_WEIGHT)),
            nuclei_scores, 0.005, 800,
        ),
        "u-net without a gap class": Recipe(
            lambda seed: UNet(1, 2, channels=WIDTHS, seed=seed),
            partial(nuclei_batches, gap=False), cross_entropy, nuclei_scores, 0.005, 800,
        ),
        "u-net without skips": Recipe(
            lambda seed: UNet(1, 3, channels=WIDTHS, skips=False, seed=seed),
            partial(nuclei_batches, gap=True), partial(weighted_cross_entropy, weight=(1, 1, GAP_WEIGHT)),
            nuclei_scores, 0.005, 800,
        ),
        "deconvnet": Recipe(
            lambda seed: DeconvNet(1, 5, seed=seed),
            partial(clothes_batches, count=3000, large=True), partial(weighted_cross_entropy, weight=OBJECT_WEIGHTS),
            partial(clothes_scores, count=100, large=True), 0.005, 2500, seeds=1,
        ),
    }  # fmt: skip

    for kind, rate in (("unpool", 0.02), ("transposed_k4", 0.02), ("bilinear", 0.02)):
        recipes[f"autoencoder {kind}"] = Recipe(  # the study has more seeds of these
            partial(_autoencoder, kind), items_twice, mse_loss, reconstruction_scores, rate, 3000, seeds=1,
        )  # fmt: skip

    for name, options in {
        "stride 8": {"stride": 8},
        "stride 4": {"stride": 4},
        "stride 2": {"stride": 2},
        "stride 2, random": {"stride": 2, "upsampling": "random"},
    }.items():
        recipes[f"fcn {name}"] = Recipe(
            partial(_fcn, options), partial(clothes_batches, count=3000, large=False),
            partial(weighted_cross_entropy, weight=OBJECT_WEIGHTS),
            partial(clothes_scores, count=200, large=False), 0.005, 1500,
        )  # fmt: skip

    return recipes


def _autoencoder(kind: str, seed: int) -> Module:
    return Autoencoder(kind, seed=seed)


def _fcn(options: dict[str, Any], seed: int) -> Module:
    return FCN(1, 5, seed=seed, **options)


RECIPES = _recipes()
