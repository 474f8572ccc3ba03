"""Tiles: with enough margin, and windows in step with the poolings, what the network makes of the whole image."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.learn import Conv2d, UNet, predict, predict_in_tiles

LAW = settings(derandomize=True, deadline=None, max_examples=12, database=None)
REACH = 23  # pixels from the border of a window, of the U-Net with three poolings


@pytest.fixture(scope="module")
def network():
    """A U-Net with running statistics of noise, so that no layer is silent."""
    network, random = UNet(1, 2, channels=(4, 8, 8, 16), seed=0), np.random.default_rng(0)
    for _ in range(30):
        network(random.random((2, 1, 64, 64), np.float32))
    return network


@given(rows=st.integers(8, 16), columns=st.integers(8, 16), tile=st.integers(7, 8), seed=st.integers(0, 99))
@LAW
def test_tiles_with_a_margin_of_24_give_the_whole(network, rows, columns, tile, seed):
    image = np.random.default_rng(seed).random((1, 1, 8 * rows, 8 * columns), np.float32)
    whole = predict(network, image)
    np.testing.assert_allclose(predict_in_tiles(network, image, 8 * tile, 24), whole, atol=1e-5)
    assert whole.std() > 0.05


def test_without_a_margin_only_the_middle_of_each_tile_is_right(network):
    image = np.random.default_rng(0).random((1, 1, 128, 192), np.float32)
    wrong = abs(predict_in_tiles(network, image, 64) - predict(network, image)).max((0, 1))
    inside = np.zeros_like(wrong, bool)
    for row in range(0, 128, 64):
        for column in range(0, 192, 64):
            top, left = (REACH if start else 0 for start in (row, column))
            bottom = 64 if row == 64 else 64 - REACH
            right = 64 if column == 128 else 64 - REACH
            inside[row + top : row + bottom, column + left : column + right] = True
    assert wrong[inside].max() < 1e-5
    assert wrong[63:65].max() > 0.05
    assert wrong[:, 63:65].max() > 0.05


def test_windows_out_of_step_with_the_poolings_give_something_else(network):
    image = np.random.default_rng(0).random((1, 1, 128, 128), np.float32)
    out_of_step = predict_in_tiles(network, image, 64, 25)  # windows 14 apart
    assert abs(out_of_step - predict(network, image)).max() > 0.05


@pytest.mark.parametrize(("row", "column"), [(1, 1), (9, 17)])
def test_without_padding_the_same_weights_give_the_inner_part(network, row, column):
    valid = UNet(1, 2, channels=(4, 8, 8, 16), padding="valid", seed=1)
    valid.load_state_dict(network.state_dict())
    image = np.random.default_rng(0).random((1, 1, 128, 128), np.float32)
    inner = predict(valid, image[:, :, row : row + 78, column : column + 94])
    whole = predict(network, image)[:, :, row + 22 :, column + 22 :]
    np.testing.assert_allclose(inner, whole[:, :, :34, :50], atol=1e-5)


@given(st.integers(3, 12), st.integers(0, 40), st.integers(0, 40), st.integers(1, 5))
@LAW
def test_any_window_tiles_a_convolution(tile, more_rows, more_columns, kernel):
    kernel, margin = 2 * (kernel // 2) + 1, kernel // 2
    if 2 * margin >= tile:
        return
    layer = Conv2d(2, 3, kernel, padding=kernel // 2, seed=0)
    image = np.random.default_rng(0).random((1, 2, tile + more_rows, tile + more_columns), np.float32)
    np.testing.assert_allclose(predict_in_tiles(layer, image, tile, margin), predict(layer, image), atol=1e-5)


@pytest.mark.parametrize(
    ("shape", "tile", "margin", "words"),
    [
        ((2, 1, 8, 8), 4, 0, "image must be one image of at least 4 rows and columns"),
        ((1, 1, 8, 3), 4, 0, "image must be one image of at least 4 rows and columns"),
        ((1, 8, 8), 4, 0, "image must"),
        ((1, 1, 8, 8), 4, 2, "margin must be less than half of tile=4"),
        ((1, 1, 8, 8), 4, -1, "margin must be at least 0"),
        ((1, 1, 8, 8), 0, 0, "tile must be at least 1"),
    ],
)
def test_what_cannot_be_tiled_is_refused(shape, tile, margin, words):
    with pytest.raises(ValueError, match=words):
        predict_in_tiles(Conv2d(1, 1, 1, seed=0), np.zeros(shape, np.float32), tile, margin)
