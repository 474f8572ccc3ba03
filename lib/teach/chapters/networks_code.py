"""Networks: exercises whose answer is a function to write."""

from __future__ import annotations

import numpy as np

from lib.learn import Tensor, cross_entropy, mean_iou, relu_rule
from lib.teach.exercise import Implement, Mistake, Numbers

Generator = np.random.Generator
Array = np.ndarray


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

EXERCISES = (RELU_BACKWARD, PIXEL_LOSS, MENDED_SCORE, PAIRED)
