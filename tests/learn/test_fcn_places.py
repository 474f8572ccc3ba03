"""Where the scores of an FCN lie on the image: pad 100 and crop 19 of the original, and nothing to crop in ours."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib import avg_pool2d, conv2d, conv_transpose2d
from lib.learn import FCN

LAW = settings(derandomize=True, deadline=None, max_examples=8, database=None)


def box(size):
    return np.full((size, size), size**-2.0)


def tent(factor):
    line = 1 - abs(np.arange(2 * factor) - factor + 0.5) / factor
    return np.outer(line, line)


def reported_columns(padding, size=500):
    """Send an image of column numbers through averages in the windows of FCN-32s: each pixel says what it saw."""
    x = conv2d(np.broadcast_to(np.arange(float(size)), (size, size)), box(3), padding=padding)
    for _ in range(5):
        x = avg_pool2d(x, 2, ceil_mode=True)
    return conv_transpose2d(conv2d(x, box(7)), tent(32), stride=32)


@given(st.integers(85, 110))
@LAW
def test_a_padding_of_100_puts_pixel_0_at_19_and_any_padding_at_itself_less_81(padding):
    enlarged = reported_columns(padding)
    crop = padding - 81
    inside = slice(crop + 232, crop + 262)  # sees no padding
    np.testing.assert_allclose(enlarged[crop + 250, inside], np.arange(232, 262), atol=1e-9)


@pytest.mark.parametrize("padding", [97, 100])
@pytest.mark.parametrize("size", [1, 2, 31, 32, 33, 64, 100])
def test_every_size_is_covered_after_cropping(padding, size):
    assert reported_columns(padding, size).shape[0] >= size + padding - 81


@pytest.mark.parametrize("stride", [8, 4, 2])
def test_scores_of_ours_lie_where_they_are_added_and_end_on_their_pixels(stride):
    network = FCN(stride=stride, seed=0)
    x = np.broadcast_to(np.arange(192.0), (192, 192))
    pooled = [x := avg_pool2d(x, 2) for _ in range(3)]
    scores, done = pooled[2], 8
    for layer, finer in zip(network.doubling, pooled[1::-1], strict=False):
        scores, done = conv_transpose2d(scores, tent(2), stride=layer.stride, padding=layer.padding), done // 2
        np.testing.assert_allclose(scores[40 // done, 40 // done : -40 // done], finer[0, 40 // done : -40 // done])
    end = conv_transpose2d(scores, tent(stride), stride=network.enlarge.stride, padding=network.enlarge.padding)
    assert end.shape == (192, 192)
    np.testing.assert_allclose(end[96, 40:-40], np.arange(40, 152))
