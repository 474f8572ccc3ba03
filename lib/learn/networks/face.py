"""A small face detector that runs in browsers: separable convolutions, five poolings, five boxes at each place."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from lib.learn.layers.convolution import Conv2d
from lib.learn.modules import Module
from lib.learn.networks.blocks import check_images
from lib.learn.tensor import Tensor
from lib.ops import max_pool2d, pad

WIDTHS = (16, 32, 64, 128, 256, 512)
# Typical width and height of each box, in cells of the last map: a box is told as a multiple of its anchor.
ANCHORS = ((1.603231, 2.094468), (6.041143, 7.080126), (2.882459, 3.518061), (4.266906, 5.178857), (9.041765, 10.66308))
# What is taken from the channels of a photograph, as a colour from 0 to 255.
MEAN_COLOUR = np.array([117.001, 114.697, 97.404], np.float32).reshape(3, 1, 1)


class Face(NamedTuple):
    """A box that a face detector found, in pixels, and what says so."""

    score: float  # from 0 to 1
    box: tuple[float, float, float, float]  # left, top, width, height
    place: tuple[int, int, int]  # channel, row and column of the score in the detector's map


class FaceDetector(Module):
    """Score five boxes at each place of a map that pooling has made 32 times smaller.

    Notes
    -----
    It says where a face may be, not whose. Its plan is that of a small YOLO (Redmon & Farhadi, 2017, "YOLO9000:
    better, faster, stronger") with separable convolutions. The weights that face-api published are
    ``lib.data.published_weights("face")``; without them the network begins with random ones.

    Examples
    --------
    >>> network = FaceDetector()
    >>> network(np.zeros((1, 3, 64, 64), np.float32)).shape
    (1, 25, 2, 2)
    >>> [(name, stage.shape[1:]) for name, stage in network.stages(np.zeros((1, 3, 64, 64), np.float32))][:3]
    [('convolution 1', (16, 64, 64)), ('pooling 1', (16, 32, 32)), ('convolution 2', (32, 32, 32))]
    """

    def __init__(self) -> None:
        """Draw the first weights."""
        self.first = Conv2d(3, WIDTHS[0], 3, padding=1)
        self.separable = [SeparableConv2d(i, o) for i, o in pairwise(WIDTHS)]
        self.score = Conv2d(WIDTHS[-1], 5 * len(ANCHORS), 1)

    def forward(self, x: Any) -> Tensor:
        """Return a map (N, 25, H / 32, W / 32) of :meth:`prepared` images: x, y, width, height, score of five boxes."""
        *_, (_, last) = self.stages(x)
        return self.score(last)

    def stages(self, x: Any) -> Iterator[tuple[str, Tensor]]:
        """Yield name and map of every step: convolution 1 (with its leaky ReLU), pooling 1, and so on."""
        check_images(x, 3, 32)
        x = self.first(x).leaky_relu(0.1)
        yield "convolution 1", x
        for number, convolution in enumerate(self.separable, start=1):
            x = max_pool2d(x, 2)
            yield f"pooling {number}", x
            x = convolution(x).leaky_relu(0.1)
            yield f"convolution {number + 1}", x
        # A pooling of stride 1 keeps the size if the windows at the end reach over a border that never wins.
        yield "pooling 6", max_pool2d(pad(x, (0, 1, 0, 1), -np.inf), 2, stride=1)

    def prepared(self, photographs: np.ndarray) -> np.ndarray:
        """Return photographs (N, 3, H, W) from 0 to 1 as the network was trained to see them.

        >>> FaceDetector().prepared(np.ones((1, 3, 32, 32), np.float32))[0, :, 0, 0].round(3)
        array([0.541, 0.55 , 0.618], dtype=float32)
        """
        return (photographs * 255 - MEAN_COLOUR) / np.float32(255)

    def best_face(self, output: Any) -> Face:
        """Return the box with the highest score that :meth:`forward` gives for one photograph.

        >>> output = np.zeros((1, 25, 13, 13), np.float32)
        >>> output[0, 5 * 2 + 4, 6, 6] = 3
        >>> face = FaceDetector().best_face(output)
        >>> face.place, round(face.score, 3), [round(number, 1) for number in face.box]
        ((14, 6, 6), 0.953, [161.9, 151.7, 92.2, 112.6])
        """
        last = Tensor._tensor(output, "output").data
        if last.ndim != 4 or last.shape[:2] != (1, 5 * len(ANCHORS)):
            raise ValueError(f"output must have shape (1, {5 * len(ANCHORS)}, rows, columns), got {last.shape}")

        boxes = last[0].reshape(len(ANCHORS), 5, *last.shape[2:]).astype(np.float64)
        number, row, column = (int(place) for place in np.unravel_index(boxes[:, 4].argmax(), boxes[:, 4].shape))
        across, down, width, height, score = boxes[number, :, row, column]

        wide, high = 32 * np.exp([width, height]) * ANCHORS[number]
        middle = 32 * (np.array([column, row]) + _logistic(np.array([across, down])))
        box = (float(middle[0] - wide / 2), float(middle[1] - high / 2), float(wide), float(high))
        return Face(float(_logistic(score)), box, (5 * number + 4, row, column))


class SeparableConv2d(Module):
    """Filter each channel alone, then mix the channels: a convolution of k × k for the price of two small ones.

    Source: Chollet (2017), "Xception: deep learning with depthwise separable convolutions".

    Examples
    --------
    >>> SeparableConv2d(16, 32).parameter_count, Conv2d(16, 32, 3).parameter_count
    (688, 4640)
    """

    def __init__(self, in_channels: int, out_channels: int) -> None:
        """Draw the first weights."""
        self.filter = Conv2d(in_channels, in_channels, 3, padding=1, groups=in_channels, bias=False)
        self.mix = Conv2d(in_channels, out_channels, 1)

    def forward(self, x: Any) -> Tensor:
        """Return a map of the same size."""
        return self.mix(self.filter(x))


def _logistic(numbers: np.ndarray) -> np.ndarray:
    return np.exp(-np.logaddexp(0, -numbers))
