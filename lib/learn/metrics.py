"""How good a segmentation is: overlap of regions, of their boundaries, of objects; and how strong a checkerboard is."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lib.checks import as_int, as_number, as_planes
from lib.ops.regions import erode

Array = np.ndarray


def iou(predicted: Array, reference: Array, classes: int) -> Array:
    """Return the intersection over union (Jaccard index) of each class, over all images together.

    Parameters
    ----------
    predicted, reference : integer arrays of shape (N, H, W) or (H, W)
        The class of each pixel, from 0 to ``classes - 1``.
    classes : int

    Returns
    -------
    float64 array of shape (classes,)
        From 0 (nothing in common) to 1 (equal); NaN for a class that neither map holds.

    Raises
    ------
    ValueError, TypeError
        If the shapes differ, or a map holds something else than classes.

    Notes
    -----
    Source: Jaccard (1912), "The distribution of the flora in the alpine zone". Pixels are counted over all images
    before dividing, as segmentation benchmarks do.

    Examples
    --------
    >>> predicted = np.array([[0, 1, 1],
    ...                       [0, 1, 0]])
    >>> reference = np.array([[0, 1, 1],
    ...                       [0, 0, 1]])
    >>> iou(predicted, reference, classes=2)  # class 1: 2 pixels in common, 4 in either
    array([0.5, 0.5])
    """
    one, other, classes = _class_maps(predicted, reference, classes)
    counts = np.bincount(classes * other.ravel() + one.ravel(), minlength=classes**2).reshape(classes, classes)
    common = counts.diagonal()
    return _quotients(common, counts.sum(0) + counts.sum(1) - common)


def mean_iou(predicted: Array, reference: Array, classes: int) -> float:
    """Return the mean of :func:`iou` over the classes that occur; parameters and errors are those of :func:`iou`.

    Examples
    --------
    >>> round(mean_iou(np.array([[0, 1, 1]]), np.array([[0, 0, 1]]), classes=3), 3)  # class 2 does not occur
    0.5
    """
    return float(np.nanmean(iou(predicted, reference, classes)))


def boundary_iou(predicted: Array, reference: Array, classes: int, distance: int = 1) -> Array:
    """Return the IoU of the boundaries of each class: of its pixels that lie within a distance of its edge.

    Parameters
    ----------
    predicted, reference : integer arrays of shape (N, H, W) or (H, W)
        The class of each pixel, from 0 to ``classes - 1``.
    classes : int
    distance : int
        Pixels; diagonal steps count as one. 1 leaves the outermost pixels of a region.

    Returns
    -------
    float64 array of shape (classes,)
        From 0 (no boundary pixel in common) to 1 (equal); NaN for a class that neither map holds.

    Raises
    ------
    ValueError, TypeError
        If the shapes differ, a map holds something else than classes, or ``distance`` is below 1.

    Notes
    -----
    Source: Cheng et al. (2021), "Boundary IoU: Improving object-centric image segmentation evaluation". As there,
    the border of the image is an edge too. Pixels are counted over all images before dividing.

    Examples
    --------
    >>> reference = np.zeros((6, 6), int)
    >>> reference[1:5, 1:5] = 1
    >>> predicted = reference.copy()
    >>> predicted[1:5, 4] = 0  # one column less: 12 of 16 pixels, but 8 of 14 at the boundaries
    >>> iou(predicted, reference, 2)[1:], boundary_iou(predicted, reference, 2)[1:].round(3)
    (array([0.75]), array([0.571]))
    """
    one, other, classes = _class_maps(predicted, reference, classes)
    distance = as_int(distance, "distance", 1)
    common, either = np.zeros(classes), np.zeros(classes)
    for index in range(classes):
        boundaries = [(labels == index) & ~erode(labels == index, distance) for labels in (one, other)]
        common[index] = np.count_nonzero(boundaries[0] & boundaries[1])
        either[index] = np.count_nonzero(boundaries[0] | boundaries[1])
    return _quotients(common, either)


def object_f1(predicted: Array, reference: Array, threshold: float = 0.5, smallest: int = 1) -> float:
    """Return the F1 score of objects: the share of objects that have a partner of nearly the same pixels.

    Parameters
    ----------
    predicted, reference : integer arrays of shape (N, H, W) or (H, W)
        The number of the object that each pixel belongs to, 0 for none, as
        :func:`lib.ops.regions.connected_components` gives them. Numbers need not follow one another.
    threshold : float
        From 0.5 to below 1. A pair of objects of one image are partners if their IoU is above it; at 0.5 or more
        no object can have two partners.
    smallest : int
        Objects of fewer pixels are left out on both sides.

    Returns
    -------
    float
        ``2 TP / (2 TP + FP + FN)``: TP predicted objects with a partner, FP without, FN objects that were missed.
        NaN if there are no objects at all.

    Raises
    ------
    ValueError, TypeError
        If the shapes differ, a map holds something else than numbers of objects, or ``threshold`` or ``smallest``
        is out of range.

    Notes
    -----
    Source: Caicedo et al. (2019), "Nucleus segmentation across imaging experiments: the 2018 Data Science Bowl".

    Examples
    --------
    >>> reference = np.array([[1, 1, 1, 0, 2, 2]])
    >>> predicted = np.array([[5, 5, 0, 0, 0, 7]])
    >>> object_f1(predicted, reference)  # IoU 2/3 for the first; 1/2 is not above the threshold for the second
    0.5
    """
    one, other = _pair_of_maps(predicted, reference)
    threshold, smallest = as_number(threshold, "threshold"), as_int(smallest, "smallest", 1)
    if not 0.5 <= threshold < 1:
        raise ValueError(f"threshold must be from 0.5 to below 1, got {threshold}")

    partners = objects = 0
    for image, wanted in zip(one.reshape(-1, *one.shape[-2:]), other.reshape(-1, *other.shape[-2:]), strict=True):
        areas, wanted_areas = _areas(image, smallest), _areas(wanted, smallest)
        objects += len(areas) + len(wanted_areas)
        pairs, common = np.unique(np.stack([image.ravel(), wanted.ravel()]), axis=1, return_counts=True)
        for (label, partner), shared in zip(pairs.T.tolist(), common.tolist(), strict=True):
            if label in areas and partner in wanted_areas:
                partners += shared / (areas[label] + wanted_areas[partner] - shared) > threshold

    return 2 * partners / objects if objects else math.nan


def checkerboard_energy(maps: Array, period: int = 2) -> float:
    """Return how much of the variance of maps is a pattern that repeats every ``period`` pixels.

    The pixels of a map are sorted by their phase, ``(row % period, column % period)``. The answer is the variance of
    the means of the phases, as a share of the variance of all pixels.

    Parameters
    ----------
    maps : array of shape (N, C_in, H, W), (C_in, H, W) or (H, W)
        For a segmentation into two classes, the difference of its two maps of logits; for an image, the image or its
        error. H and W are multiples of ``period``.
    period : int
        The stride of the upsampling step in question; of three steps by 2 together, 8.

    Returns
    -------
    float
        From 0 (no such pattern) to 1 (nothing else), over all maps together; 0 if every map is constant.

    Raises
    ------
    ValueError, TypeError
        If H or W is no multiple of ``period``, or ``period`` is below 2.

    Notes
    -----
    It is the correlation ratio η² of the analysis of variance, with the phase as the factor. Odena, Dumoulin and Olah
    (2016), "Deconvolution and checkerboard artifacts", say where the pattern comes from. Chance has its share too:
    noise scores about ``period² / (H W)``.

    Examples
    --------
    >>> columns = np.tile([0.0, 1.0], (4, 2))
    >>> checkerboard_energy(columns), checkerboard_energy(columns.repeat(2, axis=1)[:, :4])
    (1.0, 0.0)
    """
    period = as_int(period, "period", 2)
    array = as_planes(maps, "maps", (2, 3, 4)).astype(np.float64)
    height, width = array.shape[-2:]
    if height % period or width % period:
        raise ValueError(f"maps must have rows and columns in multiples of period={period}, got shape {array.shape}")
    centred = array - array.mean((-2, -1), keepdims=True)
    blocks = centred.reshape(*array.shape[:-2], height // period, period, width // period, period)
    total = np.mean(centred**2) if centred.size else 0.0
    return float(np.mean(blocks.mean((-4, -2)) ** 2) / total) if total else 0.0


def _areas(labels: Array, smallest: int) -> dict[int, int]:
    """Return the number of pixels of each object that has at least ``smallest``."""
    found = zip(*(values.tolist() for values in np.unique(labels, return_counts=True)), strict=True)
    return {label: area for label, area in found if label and area >= smallest}


def _quotients(common: Array, either: Array) -> Array:
    """Return ``common / either``, NaN where there is nothing to compare."""
    return np.divide(common, either, out=np.full(len(common), np.nan), where=either > 0)


def _class_maps(predicted: Any, reference: Any, classes: int) -> tuple[Array, Array, int]:
    """Check two maps of classes and return them in int64."""
    one, other = _pair_of_maps(predicted, reference)
    classes = as_int(classes, "classes", 1)
    for array, name in ((one, "predicted"), (other, "reference")):
        if array.max() >= classes:
            raise ValueError(f"{name} must hold classes from 0 to {classes - 1}, got {array.max()}")
    return one, other, classes


def _pair_of_maps(predicted: Any, reference: Any) -> tuple[Array, Array]:
    """Check two maps of non-negative integers and return them in int64."""
    maps = np.asarray(predicted), np.asarray(reference)
    for array, name in zip(maps, ("predicted", "reference"), strict=True):
        if array.dtype.kind not in "iub":
            raise TypeError(f"{name} must hold integers, got dtype {array.dtype}")
        if array.ndim not in (2, 3) or array.size == 0:
            raise ValueError(f"{name} must have shape (N, H, W) or (H, W) and hold pixels, got shape {array.shape}")
        if array.min() < 0:
            raise ValueError(f"{name} must hold no negative number, got {array.min()}")
    if maps[0].shape != maps[1].shape:
        raise ValueError(f"predicted and reference must have one shape, got {maps[0].shape} and {maps[1].shape}")
    return maps[0].astype(np.int64), maps[1].astype(np.int64)
