"""Networks: exercises whose answer is found with paper and pencil, from numbers of one's own."""

from __future__ import annotations

import numpy as np

from lib.learn import Conv2d, ConvTranspose2d, iou, mean_iou
from lib.ops import conv_output_size, conv_transpose_output_size, pool_output_size
from lib.teach.exercise import ByHand, Mistake, Numbers

Generator = np.random.Generator
Array = np.ndarray


# Sizes through a U-Net -----------------------------------------------------------------------------------------------


def draw_u_net(rng: Generator) -> Numbers:
    """Draw the depth of a U-Net without padding, and an input size that it can pool without a rest."""
    poolings = int(rng.integers(2, 4))
    size = int(rng.integers(5, 24))
    for _ in range(poolings):
        size = 2 * (size + 4)
    return size + 4, poolings


def through_u_net(n: int, poolings: int, convolutions: int = 2, padding: int = 0) -> tuple[int, int]:
    """Return the size of the output, and the cells that are cropped on each side of the first skip."""

    def convolved(size: int) -> int:
        for _ in range(convolutions):
            size = conv_output_size(size, 3, padding=padding)
        return size

    skips = []
    for _ in range(poolings):
        skips.append(convolved(n))
        n = pool_output_size(skips[-1], 2)
    n, cut = convolved(n), 0
    for skip in reversed(skips):
        n = conv_transpose_output_size(n, 2, 2)
        cut = (skip - n) // 2
        n = convolved(n)
    return n, cut


U_NET_SIZES = ByHand(
    name="u-net-sizes",
    draw=draw_u_net,
    right=through_u_net,
    mistakes=(
        Mistake(
            "It looks as if the convolutions were taken to keep the size. Without padding each 3 × 3 convolution takes "
            "a cell off every side.",
            lambda n, poolings: through_u_net(n, poolings, padding=1),
        ),
        Mistake(
            "It looks as if there was one convolution at each level. There are two, on the way down, at the bottom and "
            "on the way up.",
            lambda n, poolings: through_u_net(n, poolings, convolutions=1),
        ),
        Mistake(
            "The output size is right. The second number is what is cut off on both sides together; wanted is one.",
            lambda n, poolings: (through_u_net(n, poolings)[0], 2 * through_u_net(n, poolings)[1]),
        ),
        Mistake(
            "This is the size after the last doubling. Two more convolutions follow.",
            lambda n, poolings: (through_u_net(n, poolings)[0] + 4, through_u_net(n, poolings)[1]),
        ),
        Mistake(
            "The output size is right. The second number is what the whole network takes off each side; the skip has "
            "lost some of it before, and the last convolutions take some after.",
            lambda n, poolings: (through_u_net(n, poolings)[0], (n - through_u_net(n, poolings)[0]) // 2),
        ),
    ),
)


# Intersection over union ---------------------------------------------------------------------------------------------


def draw_masks(rng: Generator) -> Numbers:
    """Draw the mask of a rectangle and a prediction that is moved and frayed."""
    reference = np.zeros((5, 7), int)
    top, left = int(rng.integers(0, 2)), int(rng.integers(0, 3))
    reference[top : top + 3, left : left + 4] = 1
    predicted = np.roll(reference, (1, int(rng.integers(0, 2))), (0, 1))
    flipped = rng.choice(reference.size, 4, replace=False)
    predicted.ravel()[flipped] ^= 1
    return predicted, reference


def overlap(predicted: Array, reference: Array) -> tuple[int, int, int, int]:
    """Return the pixels in common, of the prediction, of the reference, and of the image."""
    return int((predicted & reference).sum()), int(predicted.sum()), int(reference.sum()), reference.size


def both(predicted: Array, reference: Array) -> tuple[float, float]:
    """Return the intersection over union of class 1, and the mean over both classes."""
    return float(iou(predicted, reference, 2)[1]), mean_iou(predicted, reference, 2)


def first_is(quotient: tuple[int, int], predicted: Array, reference: Array) -> tuple[float, float]:
    """Return another quotient in place of the first."""
    return quotient[0] / quotient[1], both(predicted, reference)[1]


def dice(predicted: Array, reference: Array) -> tuple[float, float]:
    """Return the Dice coefficient in place of the first."""
    common, found, wanted, _ = overlap(predicted, reference)
    return first_is((2 * common, found + wanted), predicted, reference)


IOU_BY_HAND = ByHand(
    name="iou-by-hand",
    draw=draw_masks,
    right=both,
    tolerance=0.006,
    mistakes=(
        Mistake(
            "The first number is the Dice coefficient, twice the intersection over the sum of both areas. The union "
            "counts common pixels once.",
            dice,
        ),
        Mistake(
            "The first number is the share of the reference that was found. Pixels found wrongly belong into the union "
            "too.",
            lambda *masks: first_is((overlap(*masks)[0], overlap(*masks)[2]), *masks),
        ),
        Mistake(
            "The first number is the share of the prediction that is right. Pixels that were missed belong into the "
            "union too.",
            lambda *masks: first_is((overlap(*masks)[0], overlap(*masks)[1]), *masks),
        ),
        Mistake(
            "The first number divides by the sum of both areas. There the common pixels are counted twice.",
            lambda *masks: first_is((overlap(*masks)[0], sum(overlap(*masks)[1:3])), *masks),
        ),
        Mistake(
            "The first number is right. The second is the share of pixels that are right; wanted is the mean of two "
            "quotients, one for each class.",
            lambda predicted, reference: (both(predicted, reference)[0], float((predicted == reference).mean())),
        ),
        Mistake(
            "The first number is right, and the second is that of class 0 alone. Wanted is the mean over both classes.",
            lambda predicted, reference: (both(predicted, reference)[0], float(iou(predicted, reference, 2)[0])),
        ),
    ),
)


# What a doubling costs -----------------------------------------------------------------------------------------------


def draw_doubling(rng: Generator) -> Numbers:
    """Draw the channels before and after a doubling."""
    return int(rng.integers(3, 17)), int(rng.integers(3, 17))


def weights_of(channels_in: int, channels_out: int) -> tuple[int, int, int]:
    """Return the parameters of three ways to double, as the layers count them."""
    layers = (
        ConvTranspose2d(channels_in, channels_out, 4, stride=2, padding=1),
        Conv2d(channels_in, channels_out, 3, padding=1),
        Conv2d(channels_in, 4 * channels_out, 3, padding=1),
    )
    return tuple(layer.parameter_count for layer in layers)


DOUBLING_COST = ByHand(
    name="doubling-cost",
    draw=draw_doubling,
    right=weights_of,
    mistakes=(
        Mistake(
            "It looks as if the biases were left out: one number for each channel that a layer makes.",
            lambda channels_in, channels_out: (
                16 * channels_in * channels_out,
                9 * channels_in * channels_out,
                36 * channels_in * channels_out,
            ),
        ),
        Mistake(
            "The first two are right. Before a pixel shuffle by 2, the convolution has to make four maps for each "
            "output channel.",
            lambda channels_in, channels_out: (
                (*weights_of(channels_in, channels_out)[:2],) + (weights_of(channels_in, channels_out)[1],)
            ),
        ),
        Mistake(
            "It looks as if a kernel was counted by its side. A kernel of 4 × 4 has sixteen weights.",
            lambda channels_in, channels_out: (
                4 * channels_in * channels_out + channels_out,
                3 * channels_in * channels_out + channels_out,
                12 * channels_in * channels_out + 4 * channels_out,
            ),
        ),
        Mistake(
            "The first two are right. The third needs four times as many biases as well: one for each map that the "
            "convolution makes.",
            lambda channels_in, channels_out: (
                *weights_of(channels_in, channels_out)[:2],
                36 * channels_in * channels_out + channels_out,
            ),
        ),
        Mistake(
            "It looks as if each output channel had one kernel. It has one for each input channel.",
            lambda channels_in, channels_out: (17 * channels_out, 10 * channels_out, 40 * channels_out),
        ),
    ),
)

EXERCISES = (U_NET_SIZES, IOU_BY_HAND, DOUBLING_COST)
