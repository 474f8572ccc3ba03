"""Thresholds, connected regions and erosion: worked out by hand, by slow specifications, and by scikit-image."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as shapes_of
from numpy.testing import assert_array_equal

from lib import connected_components, erode, otsu_threshold

from .strategies import LAW

masks = shapes_of.arrays(bool, shapes_of.array_shapes(min_dims=2, max_dims=3, max_side=9))
connectivities = st.sampled_from([4, 8])


def flooded(mask, connectivity):
    """Number regions by walking each from its first cell: the specification of ``connected_components``."""
    labels = np.zeros(mask.shape, int)
    steps = [(r, c) for r in (-1, 0, 1) for c in (-1, 0, 1) if (r, c) != (0, 0)]
    steps = [step for step in steps if connectivity == 8 or 0 in step]
    for start in np.argwhere(mask):
        to_visit = [tuple(start)] if labels[tuple(start)] == 0 else []
        number = labels.max() + 1
        while to_visit:
            *image, row, column = to_visit.pop()
            if not (0 <= row < mask.shape[-2] and 0 <= column < mask.shape[-1]):
                continue
            if mask[(*image, row, column)] and labels[(*image, row, column)] == 0:
                labels[(*image, row, column)] = number
                to_visit += [(*image, row + r, column + c) for r, c in steps]
    return labels


@LAW
@given(masks, connectivities)
def test_regions_are_those_that_a_walk_finds(mask, connectivity):
    labels = connected_components(mask, connectivity)
    assert labels.dtype == np.int64
    assert_array_equal(labels, flooded(mask, connectivity))


def test_a_long_winding_region_is_one():
    snake = np.zeros((41, 41), bool)
    snake[::2] = True
    snake[1::4, -1] = snake[3::4, 0] = True
    assert connected_components(snake, 4).max() == 1
    assert connected_components(np.stack([snake, snake]), 4).max() == 2


def test_a_mask_of_nothing_has_no_region():
    assert connected_components(np.zeros((3, 4), bool)).max() == 0
    assert connected_components(np.zeros((0, 4), bool)).shape == (0, 4)


@LAW
@given(masks, st.integers(0, 3))
def test_erosion_keeps_cells_whose_square_lies_inside(mask, radius):
    padded = np.pad(mask, [(0, 0)] * (mask.ndim - 2) + [(radius, radius)] * 2)
    kept = np.zeros_like(mask)
    for *image, row, column in np.ndindex(mask.shape):
        square = padded[(*image, slice(row, row + 2 * radius + 1), slice(column, column + 2 * radius + 1))]
        kept[(*image, row, column)] = square.all()
    assert_array_equal(erode(mask, radius), kept)


@LAW
@given(masks)
def test_two_erosions_are_one_of_twice_the_radius(mask):
    assert_array_equal(erode(erode(mask)), erode(mask, 2))


def test_otsu_worked_out_by_hand():
    # Bins [0, 1), [1, 2), [2, 3), [3, 4]; a cut after the first leaves 3 and 3 values with means 0.5 and 3.17,
    # after the second or third no other, because those bins are empty until the last: the lowest cut is taken.
    assert otsu_threshold(np.array([0, 0, 0.5, 3.5, 3, 4]), bins=4) == 1
    # One value far away outweighs the gap between the others: 1·3·(2.5 - 0.5)² at 1, 3·1·(4.5 - 7/6)² at 4.
    assert otsu_threshold(np.array([0, 1, 1, 5]), bins=5) == 2


@LAW
@given(shapes_of.arrays(np.uint8, (5, 7)).filter(lambda values: np.ptp(values) > 0), st.integers(2, 40))
def test_otsu_leaves_the_most_variance_between_the_classes(values, bins):
    counts, edges = np.histogram(values, bins)
    numbers = np.repeat((edges[:-1] + edges[1:]) / 2, counts)

    def between(threshold):
        lower, upper = numbers[numbers < threshold], numbers[numbers >= threshold]
        return len(lower) * len(upper) * (upper.mean() - lower.mean()) ** 2

    threshold = otsu_threshold(values, bins)
    assert np.min(np.abs(edges[1:-1] - threshold)) == 0
    assert between(threshold) >= max(between(edge) for edge in edges[1:-1]) * (1 - 1e-9)


def test_as_scikit_image_finds_them():
    filters = pytest.importorskip("skimage.filters", reason="scikit-image is not installed")
    measure = pytest.importorskip("skimage.measure", reason="scikit-image is not installed")
    generator = np.random.default_rng(0)
    for _ in range(20):
        values = np.concatenate([generator.normal(0, 1, 300), generator.normal(3, 0.7, 200)])
        half_a_bin = np.ptp(values) / 256 / 2  # theirs is the centre of the bin whose upper edge is ours
        assert otsu_threshold(values) - half_a_bin == pytest.approx(filters.threshold_otsu(values), abs=1e-12)
        mask = generator.random((30, 40)) < 0.5
        for connectivity, theirs in ((4, 1), (8, 2)):
            assert_array_equal(connected_components(mask, connectivity), measure.label(mask, connectivity=theirs))


def test_as_scipy_erodes():
    ndimage = pytest.importorskip("scipy.ndimage", reason="SciPy is not installed")
    mask = np.random.default_rng(0).random((30, 40)) < 0.9
    for radius in (1, 2, 3):
        square = np.ones((3, 3), bool)
        assert_array_equal(erode(mask, radius), ndimage.binary_erosion(mask, square, iterations=radius))


@pytest.mark.parametrize("operation", [connected_components, erode])
def test_what_is_no_mask_is_refused(operation):
    with pytest.raises(TypeError, match="mask must hold True and False, got dtype int64"):
        operation(np.ones((2, 2), np.int64))
    with pytest.raises(ValueError, match=r"mask must have at least 2 dimensions, got shape \(3,\)"):
        operation(np.ones(3, bool))


def test_other_nonsense_is_refused_by_name():
    with pytest.raises(ValueError, match="connectivity must be 4 or 8, got 6"):
        connected_components(np.ones((2, 2), bool), 6)
    with pytest.raises(ValueError, match="radius must be at least 0, got -1"):
        erode(np.ones((2, 2), bool), -1)
    for values in ([], [1.0, 1.0], [0.0, np.nan]):
        with pytest.raises(ValueError, match="values must be finite and not all equal"):
            otsu_threshold(np.array(values, float))
    with pytest.raises(ValueError, match="bins must be at least 2, got 1"):
        otsu_threshold(np.arange(3), bins=1)
