"""Metrics of segmentation: numbers worked out by hand, laws, and what other libraries compute."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as shapes_of
from numpy.testing import assert_allclose, assert_array_equal

from lib.learn.metrics import boundary_iou, checkerboard_energy, iou, mean_iou, object_f1

from ..ops.strategies import LAW

class_maps = shapes_of.arrays(np.int64, (2, 5, 6), elements=st.integers(0, 2))


def square(top, left, side, size=8):
    labels = np.zeros((size, size), int)
    labels[top : top + side, left : left + side] = 1
    return labels


def test_iou_worked_out_by_hand():
    # Two 4 × 4 squares, one pixel apart both ways: 9 in common, 23 in either; of the background 41 and 55.
    assert_allclose(iou(square(2, 2, 4), square(1, 1, 4), 2), [41 / 55, 9 / 23])
    assert mean_iou(square(2, 2, 4), square(1, 1, 4), 2) == pytest.approx((41 / 55 + 9 / 23) / 2)


def test_iou_counts_pixels_over_all_images_before_dividing():
    one, other = np.array([[[1, 1]], [[1, 0]]]), np.array([[[1, 1]], [[0, 0]]])
    assert_allclose(iou(one, other, 2), [1 / 2, 2 / 3])  # not the mean of 1 and 0


def test_a_class_that_does_not_occur_has_no_iou_and_no_part_in_the_mean():
    one = np.array([[0, 2]])
    assert_array_equal(iou(one, one, 4), [1, np.nan, 1, np.nan])
    assert_array_equal(boundary_iou(one, one, 4), [1, np.nan, 1, np.nan])
    assert mean_iou(one, one, 4) == 1


@LAW
@given(class_maps, class_maps)
def test_iou_is_the_definition_on_sets(one, other):
    for index, value in enumerate(iou(one, other, 3)):
        ours, theirs = set(np.flatnonzero(one == index)), set(np.flatnonzero(other == index))
        if ours | theirs:
            assert value == pytest.approx(len(ours & theirs) / len(ours | theirs))
        else:
            assert math.isnan(value)


def test_boundary_iou_worked_out_by_hand():
    # The boundaries of 4 × 4 squares are rings of 12. Those of squares one pixel apart both ways meet in 2 corners.
    assert boundary_iou(square(2, 2, 4), square(1, 1, 4), 2)[1] == pytest.approx(2 / 22)
    # At distance 2 nothing but the boundary is left, so it is the plain IoU.
    assert boundary_iou(square(2, 2, 4), square(1, 1, 4), 2, distance=2)[1] == pytest.approx(9 / 23)


def test_the_border_of_the_image_is_an_edge():
    whole, hole = np.ones((5, 5), int), np.ones((5, 5), int)
    hole[2, 2] = 0  # its 8 neighbours turn into boundary, beside the 16 of the image
    assert boundary_iou(whole, hole, 2)[1] == pytest.approx(16 / 24)


@LAW
@given(class_maps, class_maps, st.integers(1, 3))
def test_overlaps_are_symmetric_and_1_for_equal_maps(one, other, distance):
    assert_array_equal(iou(one, other, 3), iou(other, one, 3))
    assert_array_equal(boundary_iou(one, other, 3, distance), boundary_iou(other, one, 3, distance))
    assert np.nanmin(iou(one, one, 3)) == np.nanmin(boundary_iou(one, one, 3, distance)) == 1


def test_boundary_iou_as_its_authors_compute_it():
    """Their mask_to_boundary: a border of zeros, OpenCV's erosion by 3 × 3 as often as the distance."""
    cv2 = pytest.importorskip("cv2", reason="OpenCV is not installed")
    generator = np.random.default_rng(0)
    one, other = (np.kron(generator.integers(0, 2, (9, 9)), np.ones((5, 5), int)) for _ in range(2))
    one[:, 3::7] = 0
    for distance in (1, 2, 3):
        rings = []
        for labels in (one, other):
            bordered = cv2.copyMakeBorder(labels.astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
            inner = cv2.erode(bordered, np.ones((3, 3), np.uint8), iterations=distance)[1:-1, 1:-1]
            rings.append(labels - inner > 0)
        expected = (rings[0] & rings[1]).sum() / (rings[0] | rings[1]).sum()
        assert boundary_iou(one, other, 2, distance)[1] == pytest.approx(expected)


def test_object_f1_worked_out_by_hand():
    reference = np.array([[1, 1, 1, 0, 2, 2, 0, 3, 3, 3]])
    # 4 covers two of the three pixels of 1; 9 is half of 2, which is not above one half; 3 is missed; 8 is too much.
    predicted = np.array([[4, 4, 0, 0, 9, 0, 8, 0, 0, 0]])
    assert object_f1(predicted, reference) == pytest.approx(2 * 1 / (3 + 3))
    assert object_f1(predicted, reference, threshold=0.7) == 0
    assert object_f1(predicted, reference, smallest=2) == pytest.approx(2 * 1 / (1 + 3))


def test_objects_of_other_images_are_no_partners():
    one, other = np.array([[[1, 1]], [[0, 0]]]), np.array([[[0, 0]], [[1, 1]]])
    assert object_f1(one, other) == 0
    assert object_f1(one, one) == 1


def test_two_objects_grown_together_are_one_miss_and_one_too_large():
    reference = np.array([[1, 1, 1, 2, 2]])
    assert object_f1(reference > 0, reference) == pytest.approx(2 / 3)  # 3 of 5 pixels are the first object's
    assert object_f1(np.array([[1, 1, 1, 1]]), np.array([[1, 1, 2, 2]])) == 0


@LAW
@given(shapes_of.arrays(np.int64, (2, 4, 5), elements=st.integers(0, 4)), st.permutations([1, 2, 3, 4]))
def test_the_numbers_of_objects_do_not_matter(labels, numbers):
    renamed = np.array([0, *numbers])[labels]
    expected = 1 if labels.any() else math.nan
    assert object_f1(renamed * 7, labels) == pytest.approx(expected, nan_ok=True)


def test_checkerboard_energy_worked_out_by_hand():
    board = np.indices((4, 6)).sum(0) % 2
    assert checkerboard_energy(board) == 1
    assert checkerboard_energy(5 - 3.0 * board) == pytest.approx(1)
    assert checkerboard_energy(np.full((4, 4), 2.5)) == 0
    # Rows 0, 1, 2, 3: the phases have means 1 and 2, variance 1/4; the rows have variance 5/4.
    assert checkerboard_energy(np.arange(4.0)[:, None].repeat(4, 1)) == pytest.approx(1 / 5)
    # The same board in the second map, turned round, does not cancel the first: each map is taken by itself.
    assert checkerboard_energy(np.stack([board, 1 - board])) == 1


def test_a_pattern_of_period_four_is_found_with_that_period_only():
    pattern = np.tile([1.0, 1.0, -1.0, -1.0], (8, 4))
    assert checkerboard_energy(pattern, 2) == 0
    assert checkerboard_energy(pattern, 4) == 1


def test_noise_scores_what_chance_gives():
    noise = np.random.default_rng(0).normal(size=(400, 1, 16, 16))
    assert checkerboard_energy(noise, 2) == pytest.approx(3 / 255, rel=0.1)  # 3 free phases of 255 free pixels
    assert checkerboard_energy(noise, 8) == pytest.approx(63 / 255, rel=0.05)


@LAW
@given(shapes_of.arrays(np.float64, (2, 3, 4, 8), elements=st.integers(-9, 9)), st.sampled_from([2, 4]))
def test_checkerboard_energy_is_the_share_of_the_fit_by_phases(maps, period):
    fitted = np.zeros_like(maps)
    for row, column in np.ndindex(period, period):
        phase = (..., slice(row, None, period), slice(column, None, period))
        fitted[phase] = maps[phase].mean((-2, -1), keepdims=True)
    centre = maps.mean((-2, -1), keepdims=True)
    total = ((maps - centre) ** 2).sum()
    expected = ((fitted - centre) ** 2).sum() / total if total else 0
    assert checkerboard_energy(maps, period) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("metric", [lambda a, b: iou(a, b, 2), lambda a, b: boundary_iou(a, b, 2), object_f1])
def test_what_are_no_maps_is_refused_by_name(metric):
    whole = np.ones((3, 4), int)
    with pytest.raises(ValueError, match=r"predicted and reference must have one shape, got \(3, 4\) and \(4, 3\)"):
        metric(whole, whole.T)
    with pytest.raises(TypeError, match="reference must hold integers, got dtype float64"):
        metric(whole, whole * 1.0)
    with pytest.raises(ValueError, match="predicted must hold no negative number, got -1"):
        metric(-whole, whole)
    with pytest.raises(ValueError, match=r"predicted must have shape \(N, H, W\) or \(H, W\)"):
        metric(whole[0], whole[0])


def test_other_nonsense_is_refused_by_name():
    whole = np.ones((3, 4), int)
    for metric in (iou, mean_iou, boundary_iou):
        with pytest.raises(ValueError, match="reference must hold classes from 0 to 1, got 2"):
            metric(whole, 2 * whole, 2)
    with pytest.raises(ValueError, match="distance must be at least 1, got 0"):
        boundary_iou(whole, whole, 2, 0)
    for threshold in (0.4, 1.0):
        with pytest.raises(ValueError, match=r"threshold must be from 0\.5 to below 1"):
            object_f1(whole, whole, threshold)
    with pytest.raises(
        ValueError, match=r"maps must have rows and columns in multiples of period=2, got shape \(3, 4\)"
    ):
        checkerboard_energy(np.ones((3, 4)))
    with pytest.raises(ValueError, match="period must be at least 2, got 1"):
        checkerboard_energy(np.ones((4, 4)), 1)
