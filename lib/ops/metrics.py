"""How close an image is to another: peak signal-to-noise ratio and structural similarity."""

from __future__ import annotations

import math

import numpy as np

from lib.checks import as_number, as_numbers
from lib.ops.convolution import conv2d

SIGMA, RADIUS = 1.5, 5  # the Gaussian window of Wang et al.: 11 × 11
K1, K2 = 0.01, 0.03  # their constants, which keep the quotients finite on flat areas


def psnr(image: np.ndarray, reference: np.ndarray, data_range: float = 1.0) -> float:
    """Return the peak signal-to-noise ratio in decibels: higher is closer, infinite is equal.

    Parameters
    ----------
    image, reference : arrays of shape (N, C_in, H, W), (C_in, H, W) or (H, W)
    data_range : float
        The distance from black to white.

    Returns
    -------
    float
        ``10 log10(data_range² / mean squared difference)``.

    Raises
    ------
    ValueError, TypeError
        If the shapes differ, there is nothing to compare, or the data range is not positive.

    Examples
    --------
    >>> round(psnr(np.full((4, 4), 0.6), np.full((4, 4), 0.5)), 6)
    20.0
    """
    one, other, peak = _pair(image, reference, data_range)
    error = float(np.mean((one - other) ** 2))
    return 10 * math.log10(peak**2 / error) if error else math.inf


def ssim(image: np.ndarray, reference: np.ndarray, data_range: float = 1.0) -> float:
    """Return the structural similarity of two images: 1 is equal, 0 is unrelated, below 0 is inverted.

    In an 11 × 11 Gaussian window around every pixel that has one, the means, variances and covariance of the two images
    are compared; the result is the mean over windows, planes and images.

    Parameters
    ----------
    image, reference : arrays of shape (N, C_in, H, W), (C_in, H, W) or (H, W)
        At least 11 rows and columns.
    data_range : float
        The distance from black to white.

    Returns
    -------
    float

    Raises
    ------
    ValueError, TypeError
        If the shapes differ, the images are smaller than the window, or the data range is not positive.

    Notes
    -----
    Source: Wang et al. (2004), "Image quality assessment: from error visibility to structural similarity".

    Examples
    --------
    >>> stripes = np.tile([0.0, 1.0], (16, 8))
    >>> round(ssim(stripes, stripes), 3), round(ssim(1 - stripes, stripes), 3)
    (1.0, -0.996)
    """
    one, other, peak = _pair(image, reference, data_range)
    if min(one.shape[-2:]) < 2 * RADIUS + 1:
        raise ValueError(f"image must have at least {2 * RADIUS + 1} rows and columns, got shape {one.shape}")

    planes = [array.reshape(-1, 1, *array.shape[-2:]) for array in (one, other)]
    a, b = (_local_mean(plane) for plane in planes)
    variance_a, variance_b = (_local_mean(plane**2) - mean**2 for plane, mean in zip(planes, (a, b), strict=True))
    covariance = _local_mean(planes[0] * planes[1]) - a * b

    c1, c2 = (K1 * peak) ** 2, (K2 * peak) ** 2
    means = (2 * a * b + c1) / (a**2 + b**2 + c1)
    structures = (2 * covariance + c2) / (variance_a + variance_b + c2)
    return float(np.mean(means * structures))


def _local_mean(planes: np.ndarray) -> np.ndarray:
    """Return the mean of every whole window, weighted by the Gaussian: along rows, then along columns."""
    weights = np.exp(-(np.arange(-RADIUS, RADIUS + 1) ** 2) / (2 * SIGMA**2))
    weights /= weights.sum()
    return conv2d(conv2d(planes, weights[None, None, None, :]), weights[None, None, :, None])


def _pair(image: np.ndarray, reference: np.ndarray, data_range: float) -> tuple[np.ndarray, np.ndarray, float]:
    """Check what the metrics share and return both images in float64."""
    one, other = as_numbers(image, "image", (2, 3, 4)), as_numbers(reference, "reference", (2, 3, 4))
    if one.shape != other.shape:
        raise ValueError(f"image and reference must have one shape, got {one.shape} and {other.shape}")
    if one.size == 0:
        raise ValueError(f"image must have at least one cell, got shape {one.shape}")
    return one.astype(np.float64), other.astype(np.float64), as_number(data_range, "data_range", above=0)
