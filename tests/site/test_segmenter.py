"""The segmenter in the reader's browser computes what the library does, and loads nothing before it is asked to."""

from __future__ import annotations

import base64
import json

import numpy as np
import pytest
from course.segmenter import plan_of, published_halves
from numpy.testing import assert_array_equal

from lib import conv2d, interpolate
from lib.data import photograph, photographs, published_weights
from lib.data.photographs import FOLDER
from lib.learn import SelfieSegmenter, Tensor, no_grad

PAGE = "chapters/networks/a-network-from-video-calls.html"
NETWORK = "_static/segmenter-network.js"
CLOSE = 1e-3
# What the worker hands over, as text: Playwright would turn arrays of numbers into objects, slowly.
LISTEN = """() => { document.querySelector('figure.segmenter').addEventListener('segmented', ({detail}) => {
  const text = ({numbers}) => {
    const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
    let letters = '';
    for (let at = 0; at < bytes.length; at += 8192) {
      letters += String.fromCharCode(...bytes.subarray(at, at + 8192));
    }
    return btoa(letters);
  };
  window.segmented = {image: text(detail.image), published: text(detail.outputs.published),
    resized: text(detail.outputs.resized), up: text(detail.maps['up to 1/2'])};
}); }"""


@pytest.fixture(scope="module")
def network():
    made = SelfieSegmenter()
    made.load_state_dict(published_weights("selfie"))
    return made


def by_library(network, name):
    pixels = photograph(name)
    colours = np.broadcast_to(pixels, (1, 3, *pixels.shape[-2:]))
    image = interpolate(np.ascontiguousarray(colours), size=256, mode="bilinear", antialias=True)
    with no_grad():
        stages = {stage: map.data for stage, map in network.stages(image)}
    up, weight = stages["up to 1/2"], network.last.weight.data
    small = conv2d(up, weight.mean(axis=(2, 3)).T[..., None, None], network.last.bias.data)
    resized = Tensor(interpolate(small, scale_factor=2, mode="bilinear")).sigmoid().data
    return {"image": image, "published": stages["mask"], "resized": resized, "up": up}


@pytest.fixture
def opened(visit):
    with visit(PAGE) as visited:
        visited.page.evaluate(LISTEN)
        yield visited
        assert visited.complaints == []
        assert [url for url in visited.elsewhere if not url.startswith("blob:")] == []


def choose(page, file):
    page.evaluate("window.segmented = null")
    page.locator("figure.segmenter input[type=file]").set_input_files(file)
    page.wait_for_function("window.segmented", timeout=60_000)
    return {name: np.frombuffer(base64.b64decode(text), "<f4") for name, text in page.evaluate("segmented").items()}


def test_masks_of_five_photographs_are_the_librarys(opened, network):
    for name in photographs():
        found, expected = choose(opened.page, FOLDER / f"{name}.png"), by_library(network, name)
        for what in ("image", "published", "resized", "up"):
            difference = abs(found[what] - expected[what].ravel()).max()
            assert difference < CLOSE * max(1, abs(expected[what]).max()), (name, what)


def test_nothing_is_loaded_before_a_photograph_is_chosen(opened):
    assert "_static/segmenter.js" in opened.loaded
    assert NETWORK not in opened.loaded
    choose(opened.page, FOLDER / "astronaut.png")
    choose(opened.page, FOLDER / "coffee.png")
    assert opened.loaded.count(NETWORK) == 1


def test_another_page_does_not_load_the_script(visit):
    with visit("chapters/networks/see-what-a-feature-sees.html") as visited:
        assert "_static/segmenter.js" not in visited.loaded


def picture(page, shows):
    return page.evaluate(f"document.querySelector('canvas[data-shows=\"{shows}\"]').toDataURL()")


def test_the_cure_can_be_switched_on_and_off(opened):
    page = opened.page
    choose(page, FOLDER / "astronaut.png")
    words = page.locator("figure.segmenter > figcaption")
    published, rim = picture(page, "mask"), picture(page, "rim")
    assert "as published" in words.text_content()

    page.locator("figure.segmenter [name=cure]").check()
    assert picture(page, "mask") != published
    assert picture(page, "rim") != rim
    assert "resize and convolve" in words.text_content()

    page.locator("figure.segmenter [name=cure]").uncheck()
    assert picture(page, "mask") == published
    assert picture(page, "rim") == rim


def test_a_file_that_is_no_photograph_is_refused_in_words(opened, tmp_path):
    file = tmp_path / "letter.png"
    file.write_text("Dear reader")
    opened.page.locator("figure.segmenter input[type=file]").set_input_files(file)
    words = opened.page.locator("figure.segmenter > figcaption")
    opened.page.wait_for_function(
        "document.querySelector('figure.segmenter > figcaption').textContent.includes('could not be used')"
    )
    assert words.text_content().startswith("This file could not be used as a photograph:")
    assert NETWORK not in opened.loaded


def test_without_a_camera_the_page_says_so(opened):
    opened.page.locator("figure.segmenter [name=camera]").click()
    opened.page.wait_for_function(
        "document.querySelector('figure.segmenter > figcaption').textContent.includes('camera is not available')"
    )


def test_it_works_where_the_page_was_opened_as_a_file(chromium, site, network):
    page = chromium.new_page()
    page.goto((site / PAGE).as_uri())
    page.evaluate(LISTEN)
    found = choose(page, FOLDER / "camera.png")
    assert abs(found["published"] - by_library(network, "camera")["published"].ravel()).max() < CLOSE
    page.close()


def test_without_scripts_nothing_of_it_is_seen(visit):
    with visit(PAGE, java_script_enabled=False) as visited:
        assert visited.page.locator("figure.segmenter").is_hidden()


def test_the_file_holds_the_published_weights_and_every_one_is_used(network):
    halves, weights = np.frombuffer(published_halves(network), "<f2"), published_weights("selfie")
    assert_array_equal(halves, np.concatenate([weights[name].ravel() for name, _ in network.named_parameters()]))

    steps = json.loads(json.dumps(plan_of(network)))["steps"]
    used = np.zeros(halves.size, int)
    for where in (step[name] for step in steps for name in ("weight", "bias") if name in step):
        if "first" in where:
            used[where["first"] : where["first"] + int(np.prod(where["shape"]))] += 1
    assert used[:-1].max() == used[:-1].min() == 1
    assert used[-1] == 2  # the bias of the last layer, in both forms of it


def test_an_operation_that_the_plan_does_not_know_ends_in_an_error(network, monkeypatch):
    monkeypatch.setattr(SelfieSegmenter, "stages", lambda self, x: iter([("mask", self.last(x.tanh().relu()))]))
    with pytest.raises(AttributeError, match="'Traced' object has no attribute 'plan'"):
        plan_of(network)
