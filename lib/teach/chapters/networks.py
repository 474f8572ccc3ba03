"""Networks: exercises to answer with numbers found by hand, then functions to write."""

from __future__ import annotations

import numpy as np

from lib.learn import Conv2d, ConvTranspose2d, Tensor, cross_entropy, iou, mean_iou, relu_rule
from lib.ops import conv_output_size, conv_transpose_output_size, pool_output_size
from lib.teach.exercise import ByHand, Implement, Mistake, Numbers

Generator = np.random.Generator
Array = np.ndarray

# What the functions of this chapter are to be written without.
WITHHELD = ("cross_entropy", "iou", "relu", "paired_difference")


# Sizes through a U-Net -----------------------------------------------------------------------------------------------


def draw_u_net(rng: Generator) -> Numbers:
    """Draw the depth of a U-Net without padding, and an input size that it can pool without a remainder."""
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
    parts=("output", "crop"),
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
    parts=("class 1", "mean"),
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
    parts=("transposed", "copied", "shuffled"),
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


# Three ways back through a ReLU --------------------------------------------------------------------------------------


def draw_relu(rng: Generator) -> Numbers:
    """Draw what came in, the gradient that comes back, and a rule."""
    rule = ("gradient", "deconvnet", "guided")[rng.integers(3)]
    return rng.integers(-3, 4, (4, 6)).astype(float), rng.integers(-5, 6, (4, 6)).astype(float), rule


def sent_back(x: Array, gradient: Array, rule: str) -> Array:
    """Return what passes back through the ReLU."""
    recorded = Tensor(x, requires_grad=True)
    y = recorded.relu()
    with relu_rule(rule):
        y.backward(gradient)
    return recorded.grad


RENAMED = {"gradient": "deconvnet", "deconvnet": "gradient", "guided": "guided"}

RELU_BACKWARD = Implement(
    name="relu-backward",
    withheld=WITHHELD,
    parts=("gradient", "deconvnet", "guided"),
    part_of=lambda x, gradient, rule: rule,
    draw=draw_relu,
    examples=tuple(
        (np.array([[2.0, 2, -1, -1, 0]]), np.array([[3.0, -3, 3, -3, 4]]), rule)
        for rule in ("gradient", "deconvnet", "guided")
    ),
    right=sent_back,
    mistakes=(
        Mistake(
            "It looks as if 'gradient' and 'deconvnet' were exchanged: the gradient passes where the input was "
            "positive, the deconvnet's signal where it is positive itself.",
            lambda x, gradient, rule: sent_back(x, gradient, RENAMED[rule]),
        ),
        Mistake(
            "It looks as if the rule was ignored: this is the gradient, always.",
            lambda x, gradient, rule: sent_back(x, gradient, "gradient"),
        ),
        Mistake(
            "Guided backpropagation asks for both: a positive input and a positive signal. Here one is enough.",
            lambda x, gradient, rule: (
                gradient * ((x > 0) | (gradient > 0)) if rule == "guided" else sent_back(x, gradient, rule)
            ),
        ),
        Mistake(
            "Look at inputs that are exactly 0: a ReLU passes nothing back there.",
            lambda x, gradient, rule: sent_back(x + 0.5, gradient, rule),
        ),
        Mistake(
            "The masks are right, and the signal is missing: multiply it by the mask.",
            lambda x, gradient, rule: (sent_back(x, gradient, rule) != 0).astype(float),
        ),
    ),
)


# A loss for every pixel ----------------------------------------------------------------------------------------------


def draw_scores(rng: Generator) -> Numbers:
    """Draw the scores of three classes for a plane that is not square, and classes."""
    return rng.integers(-4, 5, (3, 4, 5)).astype(float), rng.integers(0, 3, (4, 5))


def pixel_loss(scores: Array, target: Array) -> float:
    """Return the mean cross-entropy."""
    return float(cross_entropy(scores[None], target[None]))


def probabilities(scores: Array, axis: int | None = 0) -> Array:
    """Return the softmax along an axis, or over everything."""
    raised = np.exp(scores - scores.max())
    return raised / raised.sum(axis, keepdims=True)


def of_target(values: Array, target: Array) -> Array:
    """Return at each pixel the value of its class."""
    return np.take_along_axis(values, target[None], 0)[0]


def loss_along(scores: Array, target: Array, axis: int | None) -> float:
    """Return the mean cross-entropy of a softmax along another axis."""
    return float(-np.log(of_target(probabilities(scores, axis), target)).mean())


PIXEL_LOSS = Implement(
    name="pixel-loss",
    withheld=WITHHELD,
    draw=draw_scores,
    examples=(
        (np.array([[[2.0, 0]], [[0, 1]], [[-1, 3]]]), np.array([[0, 1]])),
        (np.array([[[1000.0, 1000, 998]], [[999, 1001, 1000]]]), np.array([[0, 0, 1]])),
    ),
    right=pixel_loss,
    mistakes=(
        Mistake(
            "It looks as if the softmax runs along the rows of the image. The classes, axis 0, compete at each pixel.",
            lambda scores, target: loss_along(scores, target, 1),
        ),
        Mistake(
            "It looks as if the softmax runs along the columns of the image. The classes, axis 0, compete at each "
            "pixel.",
            lambda scores, target: loss_along(scores, target, 2),
        ),
        Mistake(
            "It looks as if the softmax runs over all scores at once. The probabilities of each pixel sum to 1.",
            lambda scores, target: loss_along(scores, target, None),
        ),
        Mistake(
            "This is the sum over the pixels. Wanted is their mean.",
            lambda scores, target: pixel_loss(scores, target) * target.size,
        ),
        Mistake(
            "The sign is wrong: the logarithm of a probability is negative, the loss is its opposite.",
            lambda scores, target: -pixel_loss(scores, target),
        ),
        Mistake(
            "This is the mean probability of the right class. The loss takes the negative logarithm of each first.",
            lambda scores, target: float(of_target(probabilities(scores), target).mean()),
        ),
        Mistake(
            "The mean was taken before the logarithm. Each pixel has its own loss, and then they are averaged.",
            lambda scores, target: float(-np.log(of_target(probabilities(scores), target).mean())),
        ),
    ),
)


# A measure with faults -----------------------------------------------------------------------------------------------


def draw_maps(rng: Generator) -> Numbers:
    """Draw class maps of four images; class 2 occurs in some of them only, class 3 in none."""
    reference = rng.integers(0, 2, (4, 5, 6))
    reference[0, :2] = 2
    predicted = np.where(rng.random(reference.shape) < 0.7, reference, rng.integers(0, 2, reference.shape))
    return predicted, reference, 4


def quotients(predicted: Array, reference: Array, classes: int, twice: bool = False) -> Array:
    """Return a quotient for each class, 0 if it does not occur, with common pixels counted twice or not."""
    found = []
    for each in range(classes):
        one, other = predicted == each, reference == each
        common = int((one & other).sum())
        found.append(common / max(int(one.sum() + other.sum()) - (0 if twice else common), 1))
    return np.array(found)


def by_image(predicted: Array, reference: Array, classes: int, twice: bool = False) -> float:
    """Return the mean over images of the mean over classes."""
    pairs = zip(predicted, reference, strict=True)
    return float(np.mean([quotients(*pair, classes, twice).mean() for pair in pairs]))


MENDED_SCORE = Implement(
    name="mended-score",
    withheld=WITHHELD,
    draw=draw_maps,
    examples=((np.array([[[0, 1, 1]], [[0, 0, 0]]]), np.array([[[0, 0, 1]], [[0, 0, 0]]]), 3),),
    right=mean_iou,
    mistakes=(
        Mistake(
            "All faults are still there. Try it on a prediction that equals the reference: the score should be 1.",
            lambda *maps: by_image(*maps, twice=True),
        ),
        Mistake(
            "The union is right now. The quotients are still averaged over images, where a class that does not occur "
            "counts as a failure: count pixels over all images, and then divide.",
            by_image,
        ),
        Mistake(
            "Pixels are counted over all images now. The union still counts the common pixels twice.",
            lambda predicted, reference, classes: float(
                np.mean([value for value in quotients(predicted, reference, classes, twice=True) if value])
            ),
        ),
        Mistake(
            "A class that occurs neither in the prediction nor in the reference counts as a failure. It has no "
            "quotient, so it belongs in no mean.",
            lambda *maps: float(quotients(*maps).mean()),
        ),
        Mistake(
            "This is the share of pixels that are right. The mean IoU gives every class the same weight, however rare.",
            lambda predicted, reference, classes: float((predicted == reference).mean()),
        ),
    ),
)


# Two decoders, the same seeds ----------------------------------------------------------------------------------------


def draw_runs(rng: Generator) -> Numbers:
    """Draw the scores of two decoders, which rise and fall together with the seed."""
    seeds = rng.normal(0, 0.5, int(rng.integers(4, 8)))
    first, second = (level + seeds + rng.normal(0, 0.1, len(seeds)) for level in (18.0, 17.4))
    return first.round(2), second.round(2)


def paired(first: Array, second: Array) -> tuple[float, float]:
    """Return the mean difference and its standard error."""
    difference = first - second
    return float(difference.mean()), float(difference.std(ddof=1) / np.sqrt(len(difference)))


PAIRED = Implement(
    name="paired",
    withheld=WITHHELD,
    draw=draw_runs,
    examples=((np.array([3.0, 5, 4]), np.array([1.0, 2, 3])),),
    right=paired,
    mistakes=(
        Mistake(
            "The second number is the standard deviation of the differences. Their mean is more certain: divide by the "
            "root of their number.",
            lambda first, second: (paired(first, second)[0], float((first - second).std(ddof=1))),
        ),
        Mistake(
            "It looks as if the variance was divided by n. The mean was estimated from the same numbers, so n − 1 are "
            "free.",
            lambda first, second: (
                paired(first, second)[0],
                float((first - second).std() / np.sqrt(len(first))),
            ),
        ),
        Mistake(
            "The second number treats the runs as if they had nothing in common. Subtract first, seed by seed: what a "
            "seed does to both decoders cancels.",
            lambda first, second: (
                paired(first, second)[0],
                float(np.sqrt((first.var(ddof=1) + second.var(ddof=1)) / len(first))),
            ),
        ),
        Mistake(
            "The sign is wrong: wanted is how much the first is ahead of the second.",
            lambda first, second: (-paired(first, second)[0], paired(first, second)[1]),
        ),
    ),
)

EXERCISES = (U_NET_SIZES, IOU_BY_HAND, DOUBLING_COST, RELU_BACKWARD, PIXEL_LOSS, MENDED_SCORE, PAIRED)
