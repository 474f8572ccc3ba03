"""Photographs in figures: stencils and bands asked of the library, and what is refused."""

import numpy as np
import pytest

from lib import conv2d, conv_transpose2d, interpolation_matrix
from lib.show import panel, photograph, photographs, scene, wipe, wired
from lib.show.explore.photographs import _taps

RNG = np.random.default_rng(2)
PIXELS = RNG.random((12, 10))


@pytest.mark.parametrize("shape", [(3, 3), (5, 3), (1, 1)])
def test_the_taps_of_a_convolution_are_its_kernel_laid_on_the_pixel(shape):
    padding = tuple(size // 2 for size in shape)
    (kernel,) = wired(RNG.integers(-3, 4, shape))
    taps = _taps(lambda x, w: conv2d(x, w, padding=padding), kernel)
    expected = [(r - padding[0], c - padding[1], int(kernel.cells[r, c])) for r, c in np.ndindex(*shape)]
    assert sorted(taps) == sorted(expected)


def test_the_transpose_turns_the_kernel():
    (kernel,) = wired(np.arange(9).reshape(3, 3))
    forth = _taps(lambda x, w: conv2d(x, w, padding=1), kernel)
    back = _taps(lambda x, w: conv_transpose2d(x, w, padding=1), kernel)
    assert sorted((-down, -right, cell) for down, right, cell in forth) == sorted(back)


def test_planes_are_what_the_library_computes():
    (kernel,) = wired(RNG.integers(-3, 4, (3, 3)))
    source = photograph(PIXELS)
    blurred = source.stencil(lambda x, w: conv2d(x, w, padding=1), kernel)
    rows, columns = (interpolation_matrix(size, 6, "bilinear") for size in PIXELS.shape)
    view = scene(panel(kernel), [photographs({"photograph": source, "blurred": blurred})])
    moment = view.at()
    stored = np.round(PIXELS * 255) / 255
    np.testing.assert_allclose(source.values(moment), stored, atol=1e-6)
    np.testing.assert_allclose(blurred.values(moment), conv2d(stored, kernel.values(), padding=1), atol=1e-5)
    half = source.bands(rows, columns)
    np.testing.assert_allclose(half.values(moment), rows @ stored @ columns.T, atol=1e-6)
    np.testing.assert_allclose(blurred.minus(source).values(moment), blurred.values(moment) - stored, atol=1e-6)


def test_a_plane_that_is_shown_twice_is_computed_once_and_after_what_it_needs():
    (kernel,) = wired(np.ones((3, 3)))
    source = photograph(PIXELS)
    made = source.stencil(lambda x, w: conv2d(x, w, padding=1), kernel)
    data = photographs({"change": made.minus(source), "made": made, "photograph": source}).data()
    kinds = [plane["rule"][0] for plane in data["planes"]]
    assert sorted(kinds) == ["minus", "source", "stencil"]
    assert kinds.index("source") < kinds.index("stencil") < kinds.index("minus")
    assert [kinds[one["plane"]] for one in data["shown"]] == ["minus", "stencil", "source"]


def test_a_wipe_has_two_images_and_a_named_slider():
    markup = wipe({"a & b": PIXELS, "after": PIXELS}, "Two.").markup
    assert markup.count("<img") == 2
    assert 'aria-label="Line between a &amp; b and after"' in markup


def test_what_cannot_be_shown_is_refused_by_name():
    (kernel,) = wired(np.ones((3, 3)))
    source = photograph(PIXELS)
    with pytest.raises(ValueError, match="operation must keep the size, got"):
        source.stencil(conv2d, kernel)
    with pytest.raises(ValueError, match="operation must do the same at every pixel"):
        source.stencil(lambda x, w: conv2d(x, w, padding=1)[::-1], kernel)
    with pytest.raises(ValueError, match=r"rows and columns must fit a plane of .12, 10."):
        source.bands(np.eye(10), np.eye(10))
    with pytest.raises(ValueError, match="pixels must be a plane of values from 0 to 1"):
        photograph(PIXELS * 2)
    with pytest.raises(ValueError, match="signed must name some of the planes"):
        photographs({"a": source}, signed=["b"])
    with pytest.raises(ValueError, match="other must have the shape"):
        source.minus(photograph(PIXELS[1:]))
    with pytest.raises(ValueError, match="planes must be two of one shape"):
        wipe({"a": PIXELS}, "One.")
