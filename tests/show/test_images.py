"""Images, and pictures side by side."""

import base64
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from lib.data import photograph
from lib.show import Picture, beside, grid, images, sign
from lib.words import speaking

from .drawings import LAW, parse


def files(picture):
    """Return (attributes, kind of file, pixels (H, W, 3)) of every image of a picture."""
    found = []
    for element in parse(picture.markup).iter("img"):
        kind, encoded = element.get("src").removeprefix("data:image/").split(";base64,")
        with Image.open(io.BytesIO(base64.b64decode(encoded, validate=True))) as opened:
            assert opened.format.lower() == kind
            found.append((element.attrib, kind, np.asarray(opened.convert("RGB"))))
    return found


@given(st.integers(1, 9), st.integers(1, 9), st.booleans(), st.integers(0, 999))
@LAW
def test_a_small_image_holds_every_value_to_the_nearest_of_256(rows, columns, colour, seed):
    shape = (3, rows, columns) if colour else (rows, columns)
    plane = np.random.default_rng(seed).uniform(-0.2, 1.2, shape)
    ((_, kind, pixels),) = files(images({"plane": plane}, ""))
    expected = np.round(np.clip(plane, 0, 1) * 255)
    assert kind == "png"
    np.testing.assert_array_equal(pixels, expected.transpose(1, 2, 0) if colour else np.dstack([expected] * 3))


def test_signed_values_are_grey_at_zero_and_black_or_white_at_the_largest_magnitude():
    ((_, _, pixels),) = files(images({"response": np.array([[-2.0, 0.0, 1.0]])}, "", signed=["response"]))
    assert pixels[0, :, 0].tolist() == [0, 128, 191]
    ((_, _, nothing),) = files(images({"response": np.zeros((1, 2))}, "", signed=["response"]))
    assert set(nothing.ravel()) == {128}


def test_only_the_images_named_are_signed():
    plain, signed = files(images({"a": np.zeros((1, 1)), "b": np.zeros((1, 1))}, "", signed=["b"]))
    assert (plain[2].max(), signed[2].max()) == (0, 128)


def test_a_photograph_looks_like_itself():
    given_ = photograph("chelsea")
    ((attributes, kind, pixels),) = files(images({"cat": given_}, ""))
    assert kind == "webp"
    assert pixels.shape == (*given_.shape[1:], 3)
    assert np.abs(pixels / 255 - given_.transpose(1, 2, 0)).mean() < 0.02
    assert attributes.get("class") is None, "photographs are smoothed when scaled"


@pytest.mark.parametrize(
    ("shape", "width", "expected"),
    [((4, 8), None, (8, 4)), ((4, 8), 80, (80, 40)), ((3, 9, 6), 24, (24, 36)), ((10, 10), 5, (5, 5))],
)
def test_the_size_on_the_page_keeps_the_proportions(shape, width, expected):
    ((attributes, _, _),) = files(images({"plane": np.zeros(shape)}, "", width=width))
    assert (int(attributes["width"]), int(attributes["height"])) == expected
    assert attributes.get("class") == ("pixels" if expected[0] > shape[-1] else None)


def test_every_image_stands_under_its_title_in_the_order_given():
    picture = images({"before": np.zeros((2, 2)), "after": np.ones((2, 2))}, "Two.")
    figures = parse(picture.markup).findall("figure")
    assert [figure.findtext("figcaption") for figure in figures] == ["before", "after"]
    assert [figure.find("img").get("alt") for figure in figures] == ["before", "after"]
    assert picture.caption == "Two."


@pytest.mark.parametrize(
    ("plane", "words"),
    [
        (np.zeros(4), r"planes\['x'\] must have shape"),
        (np.zeros((2, 4, 4)), r"planes\['x'\] must have shape .* got \(2, 4, 4\)"),
        (np.zeros((1, 3, 4, 4)), r"planes\['x'\] must have shape"),
        (np.array([[np.nan]]), r"planes\['x'\] must hold finite numbers"),
        (np.array([[np.inf]]), r"planes\['x'\] must hold finite numbers"),
    ],
)
def test_what_is_no_image_is_refused(plane, words):
    with pytest.raises(ValueError, match=words):
        images({"x": plane}, "")


def test_no_images_and_unknown_signed_ones_are_refused():
    with pytest.raises(ValueError, match="planes must hold at least one image"):
        images({}, "")
    with pytest.raises(ValueError, match=r"signed must name images of planes \['x'\], got \['y'\]"):
        images({"x": np.zeros((2, 2))}, "", signed=["y"])


def test_beside_keeps_every_part_in_order_and_joins_what_they_say():
    a, b = grid(np.array([[1]]), caption="First."), grid(np.array([[2]]), caption="Second.")
    both = beside(a, sign("="), b)
    assert both.markup == "\n".join([a.markup, sign("=").markup, b.markup])
    assert both.caption == "First. Second."
    assert beside(a, b, caption="Both.").caption == "Both."
    assert beside(a, b, caption="").caption == ""


@pytest.mark.parametrize(
    ("symbol", "shown", "said"),
    [("*", "∗", "convolved with"), ("=", "=", "gives"), ("+", "+", "plus"), ("→", "→", "becomes")],
)
def test_a_sign_is_shown_and_said(symbol, shown, said):
    (span,) = parse(sign(symbol).markup)
    assert (span.text, span.get("role"), span.get("aria-label")) == (shown, "img", said)
    assert sign(symbol).caption == ""


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_an_arrow_points_down_on_a_phone_in_each_language(language):
    with speaking(language):
        (span,) = parse(sign("→").markup)
    assert "across" in span.get("class").split()


def test_an_unknown_sign_is_refused():
    with pytest.raises(ValueError, match=r"symbol must be one of .*, got '%'"):
        sign("%")


def test_a_picture_is_its_caption_in_words():
    assert repr(Picture("<p>x</p>", "Said.")) == "Said."
