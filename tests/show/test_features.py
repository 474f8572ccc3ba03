"""Sheets of patches, and the maps of a decoder layer by layer."""

import base64
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from lib.show import images, layer_by_layer, patch_sheets
from lib.show.features import ZERO

from .drawings import LAW, classes, parse


def figures(picture):
    """Return (words, classes, attributes, pixels (H, W, 4)) of every figure of a picture."""
    found = []
    for figure in parse(picture.markup).iter("figure"):
        image = figure.find("img")
        encoded = image.get("src").removeprefix("data:image/png;base64,")
        with Image.open(io.BytesIO(base64.b64decode(encoded, validate=True))) as opened:
            pixels = np.asarray(opened.convert("RGBA"))
            found.append((figure.findtext("figcaption"), classes(image), image.attrib, pixels))
    return found


@given(st.integers(1, 7), st.integers(1, 5), st.integers(1, 5), st.integers(1, 4), st.integers(0, 99))
@LAW
def test_every_patch_stands_in_its_place_and_gaps_are_clear(count, height, width, columns, seed):
    patches = np.random.default_rng(seed).uniform(-0.2, 1.2, (count, height, width))
    ((_, _, _, pixels),) = figures(patch_sheets({"sheet": patches}, "", columns=columns))
    across = min(columns, count)
    opaque = 0
    for number, patch in enumerate(patches):
        row, column = divmod(number, across)
        top, left = row * (height + 1), column * (width + 1)
        shown = pixels[top : top + height, left : left + width]
        np.testing.assert_array_equal(shown[..., :3], np.round(np.clip(patch, 0, 1) * 255)[..., None].repeat(3, 2))
        assert (shown[..., 3] == 255).all()
        opaque += shown[..., 3].size
    assert (pixels[..., 3] > 0).sum() == opaque, "a gap hides something"


def test_signed_patches_are_scaled_each_for_itself():
    patches = np.array([[[-2.0, 0, 1]], [[-0.2, 0, 0.1]], [[0, 0, 0]]])
    first, second = figures(patch_sheets({"response": patches, "plain": patches}, "", ["response"], columns=1))
    assert first[3][::2, :, 0].tolist() == [[0, 128, 191], [0, 128, 191], [128, 128, 128]]
    assert second[3][::2, :, 0].tolist() == [[0, 0, 255], [0, 0, 26], [0, 0, 0]]


def test_sheets_keep_their_order_titles_and_proportions():
    found = figures(patch_sheets({"b": np.ones((6, 4, 2)), "a": np.ones((1, 5, 5))}, "", width=80))
    assert [words for words, *_ in found] == ["b", "a"]
    assert [(int(a["width"]), int(a["height"])) for _, _, a, _ in found] == [(80, 90), (80, 80)]


def test_the_panels_are_lettered_measured_and_stand_in_pairs():
    maps = {"one": np.ones((2, 2)), "two": np.eye(4), "three": np.zeros((4, 4))}
    picture = layer_by_layer(np.full((4, 4), 0.5), maps, "Up.")
    assert [words for words, *_ in figures(picture)] == [
        "(a)\n4\xa0×\xa04\nimage",
        "(b)\n2\xa0×\xa02, 100%\none",
        "(c)\n4\xa0×\xa04, 25%\ntwo",
        "(d)\n4\xa0×\xa04, 0%\nthree",
    ]
    assert [image.get("alt") for image in parse(picture.markup).iter("img")][2] == "(c), 4\xa0×\xa04, 25%, two"
    stacks = [stack for stack in parse(picture.markup) if "stack" in classes(stack)]
    assert [len(stack.findall("figure")) for stack in stacks] == [2, 2]


@given(st.integers(1, 6), st.integers(1, 6), st.integers(0, 99))
@LAW
def test_zeros_and_only_zeros_are_purple_and_brighter_is_larger(height, width, seed):
    plane = np.maximum(np.random.default_rng(seed).standard_normal((height, width)), 0)
    _, (_, _, _, pixels) = figures(layer_by_layer(np.zeros((2, 2)), {"map": plane}, ""))
    purple = list(bytes.fromhex(ZERO.removeprefix("#")))
    assert len(set(purple)) > 1, "no grey, which a value could have"
    np.testing.assert_array_equal((pixels[..., :3] == purple).all(axis=2), plane == 0)
    assert (pixels[..., 3] == 255).all()
    if plane.any():
        np.testing.assert_array_equal(pixels[..., 0][plane > 0], np.round(plane[plane > 0] / plane.max() * 255))


def test_a_dark_image_is_black_and_not_purple():
    (_, _, _, pixels), _ = figures(layer_by_layer(np.zeros((2, 2)), {"map": np.zeros((2, 2))}, ""))
    assert (pixels == [0, 0, 0, 255]).all()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: patch_sheets({}, ""), "sheets must hold at least one sheet"),
        (lambda: patch_sheets({"a": np.ones((2, 2))}, ""), r"sheets\['a'\] must have shape \(N, H, W\).* got \(2, 2\)"),
        (lambda: patch_sheets({"a": np.ones((0, 2, 2))}, ""), r"hold something, got \(0, 2, 2\)"),
        (lambda: patch_sheets({"a": np.full((1, 2, 2), np.nan)}, ""), r"sheets\['a'\] must hold finite numbers"),
        (lambda: patch_sheets({"a": np.ones((1, 2, 2))}, "", ["b"]), r"signed must name sheets \['a'\], got \['b'\]"),
        (lambda: patch_sheets({"a": np.ones((1, 2, 2))}, "", columns=0), "columns must be at least 1, got 0"),
        (lambda: layer_by_layer(np.ones((2, 2)), {}, ""), "maps must hold between 1 and 25 maps, got 0"),
        (lambda: layer_by_layer(np.ones((1, 2, 2)), {"m": np.ones((2, 2))}, ""), r"image must have shape \(H, W\)"),
        (lambda: layer_by_layer(np.ones((2, 2)), {"m": -np.ones((2, 2))}, ""), r"maps\['m'\] must not be negative"),
        (lambda: layer_by_layer(np.ones((2, 2)), {"m": np.ones(2)}, ""), r"maps\['m'\] must have shape \(H, W\)"),
    ],
)
def test_what_cannot_be_shown_is_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_an_image_is_the_same_file_in_every_figure():
    image = np.random.default_rng(0).random((8, 8))
    sources = [
        next(parse(picture.markup).iter("img")).get("src")
        for picture in (layer_by_layer(image, {"map": image}, ""), images({"image": image}, ""))
    ]
    assert sources[0] == sources[1]
