"""Scenes to segment, composed on demand: items of clothing, turned and scaled, on textures, with their exact masks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lib.checks import as_int, as_number
from lib.data.fashion import SIDE, fashion
from lib.data.splits import SPLITS, part_of
from lib.data.textures import COLUMNS, texture, textures
from lib.ops.regions import connected_components

Array = np.ndarray
Range = tuple[float, float]

SCENE_CLASSES = ("background", "top", "trouser", "shoe", "bag")
# The class in a scene of each class in FASHION_CLASSES; 0 is left out: a dress and a shirt look like a top.
IN_SCENE = np.array([1, 2, 1, 0, 1, 3, 0, 3, 4, 3])

DARKEST = 0.03  # of an item; what is darker is the black that it was photographed on
SMALLEST_HOLE, SMALLEST_SPECK = 13, 6  # pixels: smaller ones are dark cloth, and dust
NOISE = 0.02  # standard deviation, of brightness


@dataclass(frozen=True)
class Scenes:
    """Composed pictures and the class of each pixel."""

    images: Array  # float32, (N, 1, size, size), brightness from 0 to 1
    labels: Array  # int64, (N, size, size), positions in SCENE_CLASSES


def scenes(
    count: int,
    split: str = "train",
    size: int = 48,
    seed: int = 0,
    objects: int = 2,
    scale: Range = (0.9, 1.3),
    rotation: float = 0.35,
    brightness: Range = (0.15, 0.4),
    contrast: Range = (0.03, 0.08),
) -> Scenes:
    """Return scenes of one or more items of clothing on a texture, and the class of each pixel.

    Parameters
    ----------
    count : int
    split : 'train', 'validation' or 'test'
        Items come from that split of :func:`fashion`, backgrounds from that split of :func:`texture`.
    size : int
        Rows and columns, from 32 to 64.
    seed : int
        Scene number i depends on ``seed``, ``split``, i and the settings below alone.
    objects : int
        The most items in a scene; from one to that many are equally likely. Later ones cover earlier ones.
    scale : pair of float
        The range of an item's size, in multiples of its 28 pixels.
    rotation : float
        The most that an item is turned either way, in radians.
    brightness, contrast : pairs of float
        The ranges of the mean and of the standard deviation of a background.

    Returns
    -------
    Scenes
        ``images``, float32 of shape (count, 1, size, size), from 0 to 1; ``labels``, int64 of shape
        (count, size, size), which count in ``SCENE_CLASSES``.

    Raises
    ------
    ValueError, TypeError
        If there is no such split, or a number or a range is out of bounds.

    Examples
    --------
    >>> few = scenes(3, 'test')
    >>> few.images.shape, few.labels.shape
    ((3, 1, 48, 48), (3, 48, 48))
    >>> bool((scenes(9, 'test').images[:3] == few.images).all())
    True
    """
    count, seed = as_int(count, "count", 1), as_int(seed, "seed", 0)
    objects, size = as_int(objects, "objects", 1), as_int(size, "size", 32)
    if size > 64:
        raise ValueError(f"size must be at most 64, the width of a texture to test with, got {size}")
    ranges = _ranges(scale=scale, brightness=brightness, contrast=contrast)
    rotation = as_number(rotation, "rotation")
    strip = part_of(COLUMNS, split)  # refuses an unknown split before any work

    backgrounds = [texture(name)[:, strip] for name in sorted(textures())]
    cut_out = _cut_out(split)
    images, labels = np.empty((count, 1, size, size), np.float32), np.zeros((count, size, size), np.int64)
    for index, (image, classes) in enumerate(zip(images, labels, strict=True)):
        generator = np.random.default_rng([seed, SPLITS.index(split), index])
        scene = _background(generator, backgrounds, size, ranges["brightness"], ranges["contrast"])
        for _ in range(generator.integers(1, objects + 1)):
            scene = _with_an_item(generator, scene, classes, cut_out, ranges["scale"], rotation)
        image[0] = np.clip(scene + generator.normal(0, NOISE, scene.shape), 0, 1)
    return Scenes(images, labels)


def _with_an_item(
    generator: np.random.Generator, scene: Array, classes: Array, cut_out: tuple[Array, ...], scale: Range, turn: float
) -> Array:
    """Return a scene with one item more, and write its class where it covers the others."""
    items, masks, kinds = cut_out
    kind = generator.integers(1, len(SCENE_CLASSES))
    chosen = generator.choice(np.flatnonzero(kinds == kind))

    place = _placement(generator, len(scene), scale, turn)
    opacity = sample(masks[chosen], *place)
    classes[opacity > 0.5] = kind
    return scene * (1 - opacity) + sample(items[chosen] * masks[chosen], *place)


def sample(image: Array, rows: Array, columns: Array) -> Array:
    """Return the brightness of an image between its pixels, by bilinear interpolation; outside, it is 0.

    Parameters
    ----------
    image : array of shape (H, W)
    rows, columns : float arrays of one shape
        Where to look, in pixels; whole numbers are the centres of pixels.

    Returns
    -------
    float64 array of the shape of ``rows``

    Examples
    --------
    >>> sample(np.array([[0.0, 10.0], [20.0, 30.0]]), np.array([0.5, 1.0, 5.0]), np.array([0.5, 0.25, 0.0]))
    array([15. , 22.5,  0. ])
    """
    padded = np.pad(np.asarray(image, np.float64), 1)  # one ring of zeros, so that every place has four neighbours
    rows = np.clip(rows + 1, 0, padded.shape[0] - 1)
    columns = np.clip(columns + 1, 0, padded.shape[1] - 1)
    top = np.minimum(rows.astype(int), padded.shape[0] - 2)
    left = np.minimum(columns.astype(int), padded.shape[1] - 2)
    down, right = rows - top, columns - left
    upper = padded[top, left] * (1 - right) + padded[top, left + 1] * right
    lower = padded[top + 1, left] * (1 - right) + padded[top + 1, left + 1] * right
    return upper * (1 - down) + lower * down


def item_masks(images: Array) -> Array:
    """Return which pixels of items of clothing are cloth: the bright ones, without small holes and specks.

    Parameters
    ----------
    images : array of shape (N, H, W)
        Brightness from 0 to 1, on black.

    Returns
    -------
    bool array of shape (N, H, W)
    """
    cloth = images > DARKEST
    holes = connected_components(~cloth, connectivity=4)
    cloth = cloth | _smaller_than(SMALLEST_HOLE, holes)
    return cloth & ~_smaller_than(SMALLEST_SPECK, connected_components(cloth))


def _smaller_than(area: int, regions: Array) -> Array:
    """Return which cells belong to a region of fewer cells than ``area``."""
    areas = np.bincount(regions.ravel())
    return ((areas < area) & (np.arange(len(areas)) > 0))[regions]


@lru_cache
def _cut_out(split: str) -> tuple[Array, Array, Array]:
    """Return the items of a split that scenes may hold, their masks and their classes in a scene."""
    items = fashion(split)
    kinds = IN_SCENE[items.labels]
    images = items.images[kinds > 0, 0]
    return images, item_masks(images), kinds[kinds > 0]


def _background(
    generator: np.random.Generator, backgrounds: list[Array], size: int, brightness: Range, contrast: Range
) -> Array:
    """Return a random piece of a random texture, mirrored or not, with a random mean and standard deviation."""
    surface = backgrounds[generator.integers(len(backgrounds))]
    row, column = (generator.integers(length - size + 1) for length in surface.shape)
    piece = surface[row : row + size, column : column + size].astype(np.float64)
    if generator.integers(2):
        piece = piece[:, ::-1]
    piece = (piece - piece.mean()) / piece.std()
    return np.clip(generator.uniform(*brightness) + generator.uniform(*contrast) * piece, 0, 1)


def _placement(generator: np.random.Generator, size: int, scale: Range, rotation: float) -> tuple[Array, Array]:
    """Return, for each pixel of a scene, where in an item it looks: the item is turned, scaled and put somewhere."""
    angle, factor = generator.uniform(-rotation, rotation), generator.uniform(*scale)
    margin = min(0.35 * SIDE * factor, size / 2)  # from the border to the item's centre: most of it stays in view
    centre = generator.uniform(margin, size - margin, 2)
    down, right = np.indices((size, size)) - centre[:, None, None]
    cosine, sine = np.cos(angle) / factor, np.sin(angle) / factor
    middle = (SIDE - 1) / 2
    return middle + cosine * down - sine * right, middle + sine * down + cosine * right


def _ranges(**given: Range) -> dict[str, Range]:
    """Return pairs of numbers, each refused unless it runs from above 0 upwards."""
    ranges = {}
    for name, pair in given.items():
        if not isinstance(pair, tuple | list) or len(pair) != 2:
            raise ValueError(f"{name} must be a pair (lowest, highest), got {pair!r}")
        low, high = as_number(pair[0], f"{name}[0]", above=0), as_number(pair[1], f"{name}[1]", above=0)
        if low > high:
            raise ValueError(f"{name} must not fall, got {pair!r}")
        ranges[name] = (low, high)
    return ranges
