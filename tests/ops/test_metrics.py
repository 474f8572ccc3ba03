"""PSNR and SSIM: numbers worked out by hand, and those that scikit-image computes."""

import math

import numpy as np
import pytest

from lib import psnr, ssim

ROW, COLUMN = np.indices((24, 20))
ONE = ((ROW * 7 + COLUMN * 13 + ROW * COLUMN) % 17) / 16
OTHER = ((ROW * 7 + COLUMN * 13 + ROW * COLUMN) % 17 + (ROW * 3 + COLUMN * 5) % 4) / 20
COLOUR, OTHER_COLOUR = np.stack([ONE, OTHER, 1 - ONE]), np.stack([OTHER, ONE, OTHER])


def test_psnr_worked_out_by_hand():
    black = np.zeros((3, 5))
    assert psnr(black + 0.1, black) == pytest.approx(20)  # the mean square is 0.01
    assert psnr(black + 25.5, black, data_range=255) == pytest.approx(20)
    one_wrong = np.zeros((10, 10))
    one_wrong[3, 4] = 1
    assert psnr(one_wrong, np.zeros((10, 10))) == pytest.approx(20)
    assert psnr(black, black) == math.inf


def test_ssim_worked_out_by_hand():
    # Flat images have neither variance nor covariance: what is left compares the means.
    half, whole = np.full((12, 12), 0.5), np.ones((12, 12))
    assert ssim(half, whole) == pytest.approx((2 * 0.5 + 0.0001) / (0.25 + 1 + 0.0001))
    assert ssim(whole, whole) == pytest.approx(1)


def test_as_scikit_image_computes_them():
    """Recorded from scikit-image 0.26.0: gaussian_weights=True, sigma=1.5, use_sample_covariance=False."""
    assert ssim(ONE, OTHER, 1.0) == pytest.approx(0.9541342197008374, abs=1e-9)
    assert ssim(255 * ONE, 255 * OTHER, 255) == pytest.approx(0.9541342197008374, abs=1e-9)
    assert ssim(COLOUR, OTHER_COLOUR) == pytest.approx(0.32599144011470593, abs=1e-9)  # channel_axis=0
    assert psnr(ONE, OTHER) == pytest.approx(21.304016323098022)
    assert psnr(COLOUR, OTHER_COLOUR) == pytest.approx(9.90668636621123)


def test_both_are_symmetric_and_keep_to_their_ranges():
    assert psnr(ONE, OTHER) == pytest.approx(psnr(OTHER, ONE))
    assert ssim(ONE, OTHER) == pytest.approx(ssim(OTHER, ONE))
    assert -1 <= ssim(ONE, 1 - ONE) < 0
    assert ssim(np.stack([COLOUR, COLOUR]), np.stack([OTHER_COLOUR, OTHER_COLOUR])) == pytest.approx(
        ssim(COLOUR, OTHER_COLOUR)
    )


@pytest.mark.parametrize("metric", [psnr, ssim])
def test_nonsense_is_refused_by_name(metric):
    with pytest.raises(ValueError, match=r"image and reference must have one shape, got \(24, 20\) and \(20, 24\)"):
        metric(ONE, ONE.T)
    with pytest.raises(ValueError, match="data_range must be greater than 0"):
        metric(ONE, ONE, data_range=0)
    with pytest.raises(ValueError, match="image must have 2 or 3 or 4 dimensions"):
        metric(ONE[0], ONE[0])
    with pytest.raises(ValueError, match="image must have at least"):
        metric(np.zeros((0, 5)), np.zeros((0, 5)))


def test_an_image_smaller_than_the_window_is_refused():
    with pytest.raises(ValueError, match=r"image must have at least 11 rows and columns, got shape \(10, 20\)"):
        ssim(ONE[:10], ONE[:10])
