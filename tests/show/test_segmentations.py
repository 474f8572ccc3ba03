"""Segmentations: every pixel in the colour of its class, and every mistake in that of its kind."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.ops import erode
from lib.show import segmentations
from lib.show.palette import CLASS_COLOURS, MISTAKES, rgb
from lib.show.segmentations import mistakes, tinted

from .drawings import LAW, classes, parse
from .test_images import files
from .test_palette import LEAST_DIFFERENCE, VISION, contrast, difference

ALL = [*CLASS_COLOURS, *MISTAKES.values()]
maps = st.integers(0, 9999).map(lambda seed: np.random.default_rng(seed).integers(0, 5, (2, 5, 6)))


def legend(picture):
    """Return the names and colours that a picture explains."""
    entries = [entry for entry in parse(picture.markup).iter("span") if "patch" not in classes(entry)]
    return {"".join(e.itertext()).strip(): e.find("span").get("style").removeprefix("background:") for e in entries}


@given(maps)
@LAW
def test_each_kind_of_mistake_has_its_colour_and_its_texture(pair):
    predicted, truth = pair
    textures = {
        "right": ["....", "....", "....", "...."],
        "too much": ["....", "....", "....", "...."],
        "missed": ["..  ", ".  .", "  ..", " .. "],
        "wrong class": ["..  ", "..  ", "    ", "    "],
    }
    shown = mistakes(predicted, truth)
    for (row, column), p in np.ndenumerate(predicted):
        t = truth[row, column]
        kind = "right" if p == t else "too much" if t == 0 else "missed" if p == 0 else "wrong class"
        drawn = np.array([[cell == "." for cell in line] for line in textures[kind]]) & (p != 0 or t != 0)
        cells = shown[:, 4 * row : 4 * row + 4, 4 * column : 4 * column + 4]
        np.testing.assert_array_equal(cells, drawn * rgb(MISTAKES[kind])[:, None, None])


@given(maps)
@LAW
def test_a_region_is_tinted_and_its_outermost_pixels_have_the_full_colour(pair):
    labels = np.kron(pair[0], np.ones((3, 3), int))  # blocks, so that some pixels lie inside
    image = np.random.default_rng(0).random(labels.shape)
    shown = tinted(image, labels)
    np.testing.assert_array_equal(shown[:, labels == 0], np.broadcast_to(image, shown.shape)[:, labels == 0])
    for index, colour in enumerate(CLASS_COLOURS, start=1):
        region = labels == index
        inside = erode(region)
        assert (shown[:, region & ~inside] == rgb(colour)[:, None]).all()
        np.testing.assert_allclose(shown[:, inside], (image[inside] + rgb(colour)[:, None]) / 2)


def test_every_map_has_a_picture_and_every_prediction_its_mistakes():
    image, truth = np.linspace(0, 1, 9).reshape(3, 3), np.eye(3, dtype=int)
    guess = truth[::-1]
    picture = segmentations(image, {"truth": truth, "net": guess}, ["a", "b"], "Said.", truth="truth", width=30)
    found = files(picture)
    assert [attributes["alt"] for attributes, _, _ in found] == ["image", "truth", "net", "mistakes"]
    expected = [np.repeat(image[None], 3, 0), tinted(image, truth), tinted(image, guess), mistakes(guess, truth)]
    for (attributes, _, pixels), plane in zip(found, expected, strict=True):
        np.testing.assert_array_equal(pixels, np.round(plane * 255).transpose(1, 2, 0))
        assert attributes["width"] == "30"
    fills = legend(picture)
    assert [fills.pop(name) for name in "ab"] == list(CLASS_COLOURS[:2])
    assert list(fills) == list(MISTAKES)
    assert len(set(fills.values())) == len(MISTAKES)
    assert all(colour in fills[kind] for kind, colour in MISTAKES.items())
    assert picture.caption == "Said."


def test_the_mistakes_of_several_predictions_are_named():
    maps = {"truth": np.eye(2, dtype=int), "a": np.eye(2, dtype=int), "b": np.eye(2, dtype=int)}
    titles = [attributes["alt"] for attributes, _, _ in files(segmentations(np.eye(2), maps, ["x"], "", truth="truth"))]
    assert titles == ["image", "truth", "a", "a: mistakes", "b", "b: mistakes"]


def test_without_a_truth_nothing_is_called_a_mistake():
    picture = segmentations(np.zeros((2, 2)), {"net": np.eye(2, dtype=int)}, ["a"], "")
    assert [attributes["alt"] for attributes, _, _ in files(picture)] == ["image", "net"]
    assert legend(picture) == {"a": CLASS_COLOURS[0]}


def test_one_class_cannot_be_taken_for_another():
    labels = {"truth": np.eye(2, dtype=int), "net": np.eye(2, dtype=int)}
    assert "wrong class" not in legend(segmentations(np.zeros((2, 2)), labels, ["a"], "", truth="truth"))


@pytest.mark.parametrize("vision", VISION)
def test_colours_are_told_apart_with_every_kind_of_vision(vision):
    for group in (CLASS_COLOURS, ["#000000", *MISTAKES.values()]):
        assert min(difference(*pair, vision) for pair in itertools.combinations(group, 2)) >= LEAST_DIFFERENCE


def test_mistakes_are_seen_on_black_and_no_colour_has_two_meanings():
    assert min(contrast(colour, "#000000") for colour in MISTAKES.values()) >= 3
    assert len(set(ALL)) == len(ALL)


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"image": np.zeros((2, 2, 2))}, ValueError, "image must have 2 dimensions"),
        ({"maps": {"m": np.zeros((2, 2))}}, TypeError, r"maps\['m'\] must hold integers"),
        ({"maps": {"m": np.zeros((2, 3), int)}}, ValueError, r"maps\['m'\] must have the shape of the image, \(2, 2\)"),
        ({"maps": {"m": np.full((2, 2), 2)}}, ValueError, "classes from 0 to 1, got 2 to 2"),
        ({"maps": {"m": np.full((2, 2), -1)}}, ValueError, "classes from 0 to 1, got -1 to -1"),
        ({"classes": []}, ValueError, "classes must name 1 to 4 classes, got 0"),
        ({"classes": list("abcde")}, ValueError, "classes must name 1 to 4 classes, got 5"),
        ({"truth": "t"}, ValueError, r"truth must be one of the maps \['m'\], got 't'"),
    ],
)
def test_what_cannot_be_drawn_is_refused(change, error, words):
    call = {"image": np.zeros((2, 2)), "maps": {"m": np.eye(2, dtype=int)}, "classes": ["a"], "caption": ""}
    with pytest.raises(error, match=words):
        segmentations(**(call | change))
