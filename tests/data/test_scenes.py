"""Composed scenes: their masks, their splits, and that a seed decides everything."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from lib.data import FASHION_CLASSES, SCENE_CLASSES, SPLITS, fashion, scenes
from lib.data.scenes import IN_SCENE, item_masks, sample


def test_shapes_dtypes_and_ranges():
    few = scenes(7, "validation", size=40)
    assert few.images.shape == (7, 1, 40, 40)
    assert few.images.dtype == np.float32
    assert few.labels.shape == (7, 40, 40)
    assert few.labels.dtype == np.int64
    assert few.images.min() >= 0
    assert few.images.max() <= 1
    assert set(np.unique(scenes(40).labels)) == set(range(len(SCENE_CLASSES)))


@pytest.mark.parametrize("split", SPLITS)
def test_a_scene_depends_on_its_seed_split_and_number_alone(split):
    many, few = scenes(6, split), scenes(2, split)
    assert_array_equal(many.images[:2], few.images)
    assert_array_equal(many.labels[:2], few.labels)
    assert len({image.tobytes() for image in many.images}) == 6
    assert not np.array_equal(scenes(2, split, seed=1).labels, few.labels)
    others = [scenes(2, other).images for other in SPLITS if other != split]
    assert not any(np.array_equal(few.images, other) for other in others)


def test_an_object_is_brighter_than_the_background_it_covers():
    lit = scenes(60, objects=1)
    inside, outside = (lit.images[:, 0][select].mean() for select in (lit.labels > 0, lit.labels == 0))
    assert inside > outside + 0.1


def test_one_object_means_one_class_and_a_mask_in_one_or_few_pieces():
    for labels in scenes(30, objects=1).labels:
        assert len(np.unique(labels[labels > 0])) == 1
    both = [len(np.unique(labels)) - 1 for labels in scenes(60, objects=2).labels]
    assert 0.2 < np.mean([number == 2 for number in both]) < 0.6  # half have two, a quarter of these of one class


def test_a_larger_scale_means_more_pixels():
    areas = [
        (scenes(40, size=64, objects=1, scale=(factor, factor), rotation=0.0).labels > 0).sum() for factor in (1, 2)
    ]
    assert areas[1] / areas[0] == pytest.approx(4, rel=0.15)  # some are cut at the border


def test_mean_and_contrast_of_backgrounds_are_in_their_ranges():
    lit = scenes(50, objects=1, brightness=(0.5, 0.5), contrast=(0.05, 0.05))
    background = lit.images[:, 0][lit.labels == 0]
    assert background.mean() == pytest.approx(0.5, abs=0.03)
    # Texture 0.05 and noise 0.02 together, and the soft edges of items.
    assert 0.05 < background.std() < 0.09


def test_sampling_worked_out_by_hand():
    image = np.array([[0.0, 4.0], [8.0, 12.0]])
    rows, columns = np.array([0.0, 0.5, 1.0, 1.5, -0.5, 9.0]), np.array([1.0, 0.0, 0.25, 0.0, 0.5, 0.0])
    assert_allclose(sample(image, rows, columns), [4, 4, 9, 4, 1, 0])


def test_sampling_as_scipy_does():
    ndimage = pytest.importorskip("scipy.ndimage", reason="SciPy is not installed")
    generator = np.random.default_rng(0)
    image, places = generator.random((7, 9)), generator.uniform(-3, 12, (2, 500))
    expected = ndimage.map_coordinates(np.pad(image, 1), places + 1, order=1, mode="constant")
    assert_allclose(sample(image, *places), expected, atol=1e-12)


def test_masks_of_items_have_no_small_holes_and_no_specks():
    image = np.zeros((1, 20, 20))
    image[0, 2:18, 2:18] = 0.5
    image[0, 5:8, 5:9] = 0.02  # 12 dark pixels: cloth
    image[0, 10:14, 5:9] = 0.0  # 16: a hole
    image[0, 0, 15:20] = 0.9  # 5 bright pixels away from the rest: dust
    expected = np.zeros((1, 20, 20), bool)
    expected[0, 2:18, 2:18] = True
    expected[0, 10:14, 5:9] = False
    assert_array_equal(item_masks(image), expected)


def test_masks_as_scipy_makes_them():
    ndimage = pytest.importorskip("scipy.ndimage", reason="SciPy is not installed")
    images = fashion("validation").images[:60, 0]
    for image, mask in zip(images, item_masks(images), strict=True):
        cloth = image > 0.03
        holes, count = ndimage.label(~cloth)
        small = 1 + np.flatnonzero(ndimage.sum_labels(~cloth, holes, np.arange(1, count + 1)) <= 12)
        cloth = cloth | np.isin(holes, small)
        pieces, count = ndimage.label(cloth, np.ones((3, 3)))
        large = 1 + np.flatnonzero(ndimage.sum_labels(cloth, pieces, np.arange(1, count + 1)) >= 6)
        assert_array_equal(mask, np.isin(pieces, large))


def test_classes_of_scenes_are_groups_of_classes_of_items():
    groups = {}
    for name, kind in zip(FASHION_CLASSES, IN_SCENE, strict=True):
        groups.setdefault(SCENE_CLASSES[kind], set()).add(name)
    assert groups["top"] == {"T-shirt", "pullover", "coat"}
    assert groups["shoe"] == {"sandal", "sneaker", "ankle boot"}
    assert groups["background"] == {"dress", "shirt"}  # left out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"count": 0}, "count must be at least 1, got 0"),
        ({"split": "dev"}, "split must be 'train', 'validation' or 'test', got 'dev'"),
        ({"size": 65}, "size must be at most 64"),
        ({"size": 31}, "size must be at least 32, got 31"),
        ({"seed": -1}, "seed must be at least 0, got -1"),
        ({"objects": 0}, "objects must be at least 1, got 0"),
        ({"scale": (1.3, 0.9)}, r"scale must not fall, got \(1\.3, 0\.9\)"),
        ({"scale": 2}, r"scale must be a pair \(lowest, highest\), got 2"),
        ({"contrast": (0, 1)}, r"contrast\[0\] must be greater than 0"),
        ({"rotation": float("nan")}, "rotation must be a finite number"),
    ],
)
def test_nonsense_is_refused_by_name(options, message):
    with pytest.raises(ValueError, match=message):
        scenes(**{"count": 1, **options})
