"""Questions on networks: sizes and skips, losses and measures, and ways back to the image."""

from __future__ import annotations

import math

import numpy as np

from lib.learn import (
    Conv2d,
    ConvTranspose2d,
    Tensor,
    cross_entropy,
    false_wins,
    iou,
    mean_iou,
    mse_loss,
    paired_difference,
    relu_rule,
)
from lib.ops import (
    conv2d,
    conv_output_size,
    conv_transpose2d,
    conv_transpose_output_size,
    interpolate,
    matrix_of,
    max_unpool2d,
    pool_output_size,
)
from lib.teach.exercise import Mistake, Numbers
from lib.teach.quiz.question import Claim, Question, which_holds

Generator = np.random.Generator
Array = np.ndarray

# Sizes and skips -----------------------------------------------------------------------------------------------------


def after_poolings(n: int, times: int) -> int:
    """Return a size after poolings by 2."""
    for _ in range(times):
        n = pool_output_size(n, 2)
    return n


def there_and_back(n: int, times: int) -> int:
    """Return a size after poolings by 2 and as many transposed convolutions that double."""
    n = after_poolings(n, times)
    for _ in range(times):
        n = conv_transpose_output_size(n, 2, 2)
    return n


SCORE_MAP = Question(
    name="score-map",
    page="segment-with-fcn",
    draw=lambda rng: (32 * int(rng.integers(7, 20)),),
    text=(
        "An FCN pools by 2 five times; its convolutions keep the size. How many rows has the score map of an image of "
        "{n} rows, before it is enlarged?"
    ),
    right=lambda n: after_poolings(n, 5),
    why="Each pooling halves: {n}/2⁵ = {n}/32.",
    mistakes=(
        Mistake("Halving five times is a division by 32, not by 2 · 5.", lambda n: n // 10),
        Mistake("That is four poolings.", lambda n: after_poolings(n, 4)),
        Mistake("That is one pooling.", lambda n: after_poolings(n, 1)),
        Mistake("That is the output after it is enlarged.", lambda n: n),
    ),
)

SIZE_THAT_RETURNS = Question(
    name="size-that-returns",
    page="segment-with-u-net",
    draw=lambda rng: (16 * int(rng.integers(5, 20)) + int(rng.choice([3, 5, 7])), int(rng.integers(3, 5))),
    text=(
        "A U-Net with padded convolutions pools an image of {n} rows {times} times by 2, and doubles it as often. How "
        "many rows has the result?"
    ),
    choice=False,
    right=there_and_back,
    why="Pooling rounds down: {bottom} rows at the bottom, and {bottom}·{factor}.",
    worked=lambda n, times: {"bottom": after_poolings(n, times), "factor": 2**times},
    mistakes=(
        Mistake("Pooling rounds down at an odd size, and doubling does not bring the row back.", lambda n, d: n),
        Mistake("It looks as if the sizes were rounded up.", lambda n, d: -(-n // 2**d) * 2**d),
        Mistake("That is the size at the bottom.", after_poolings),
        Mistake("That is one pooling. Each of the others may lose a row as well.", lambda n, d: there_and_back(n, 1)),
    ),
)

LEAST_MULTIPLE = Question(
    name="least-multiple",
    page="segment-with-u-net",
    draw=lambda rng: (int(rng.integers(3, 7)),),
    text=(
        "A U-Net pools {d} times by 2 and doubles as often. Multiples of which least number come back at their own "
        "size?"
    ),
    right=lambda d: next(m for m in range(2, 200) if all(there_and_back(m * n, d) == m * n for n in range(50, 54))),
    why="No pooling may meet an odd size: the number has to be divisible by 2, {d} times over.",
    mistakes=(
        Mistake("Halving repeatedly multiplies: 2 · 2 · …, not 2 + 2 + ….", lambda d: 2 * d),
        Mistake("With it the last pooling can meet an odd size.", lambda d: 2 ** (d - 1)),
        Mistake("Its multiples come back, but it is not the least.", lambda d: 2 ** (d + 1)),
        Mistake("An even size is enough for one pooling only.", lambda d: 2),
    ),
)


def draw_level(rng: Generator) -> Numbers:
    """Draw a size of a level."""
    return (2 * int(rng.integers(20, 100)),)


def level(n: int, convolutions: int = 2, padding: int = 0) -> int:
    """Return a size after convolutions of 3 × 3 and a pooling by 2."""
    for _ in range(convolutions):
        n = conv_output_size(n, 3, padding=padding)
    return pool_output_size(n, 2)


UNPADDED_LEVEL = Question(
    name="unpadded-level",
    page="segment-with-u-net",
    draw=draw_level,
    text=(
        "One level of the original U-Net: two convolutions of 3 × 3 without padding, then pooling by 2. {n} rows go "
        "in. How many come out?"
    ),
    right=level,
    why="Each convolution takes 2 rows: ({n} − 4)/2.",
    mistakes=(
        Mistake("Without padding the convolutions take rows away.", lambda n: level(n, padding=1)),
        Mistake("There are two convolutions.", lambda n: level(n, 1)),
        Mistake("The rows are lost before the pooling, not after it.", lambda n: n // 2 - 4),
        Mistake("The pooling is missing.", lambda n: n - 4),
    ),
)


def draw_skip(rng: Generator) -> Numbers:
    """Draw channels from below, of a skip, and of the convolution after them."""
    return int(rng.integers(2, 9)), int(rng.integers(10, 17)), int(rng.integers(2, 9))


SKIP_WEIGHTS = Question(
    name="skip-weights",
    page="segment-with-u-net",
    draw=draw_skip,
    text=(
        "{a} channels from below and a skip of {b} channels are concatenated. A convolution of 3 × 3 with bias makes "
        "{f} channels of them. How many numbers does it learn?"
    ),
    choice=False,
    right=lambda a, b, f: Conv2d(a + b, f, 3).parameter_count,
    why="It has {channels} channels to read: {f} · ({channels}·9 + 1).",
    worked=lambda a, b, f: {"channels": a + b},
    mistakes=(
        Mistake("The skip's channels have weights, too.", lambda a, b, f: Conv2d(a, f, 3).parameter_count),
        Mistake("The channels from below have weights, too.", lambda a, b, f: Conv2d(b, f, 3).parameter_count),
        Mistake("The biases are missing.", lambda a, b, f: 9 * (a + b) * f),
        Mistake(
            "Concatenation puts channels side by side; it does not pair them.", lambda a, b, f: f * (9 * a * b + 1)
        ),
    ),
)

# Losses and measures -------------------------------------------------------------------------------------------------

UNIFORM_LOSS = Question(
    name="uniform-loss",
    page="segment-with-u-net",
    draw=lambda rng: (int(rng.integers(3, 22)),),
    text=(
        "A network gives all {c} classes the same score at every pixel. What is its cross-entropy? Two decimals are "
        "enough."
    ),
    choice=False,
    tolerance=0.006,
    right=lambda c: float(cross_entropy(np.zeros((1, c, 2, 2)), np.zeros((1, 2, 2), int))),
    why="Each class gets the probability 1/{c}, and the loss is −ln(1/{c}) = ln {c}.",
    mistakes=(
        Mistake("That is the probability. The loss is its negative logarithm.", lambda c: 1 / c),
        Mistake("The logarithm is the natural one, not to base 2.", lambda c: math.log2(c)),
        Mistake("The logarithm is the natural one, not the decimal one.", lambda c: math.log10(c)),
        Mistake("The sign is wrong: a loss is not negative.", lambda c: -math.log(c)),
    ),
)


def draw_areas(rng: Generator) -> Numbers:
    """Draw pixels in common, found in excess, and missed."""
    return tuple(int(n) for n in rng.integers(5, 30, 3))


def masks(common: int, excess: int, missed: int) -> tuple[Array, Array]:
    """Return a prediction and a reference with so many pixels."""
    kinds = np.repeat([0, 1, 2, 3], [common, excess, missed, 100])[None]
    return (kinds <= 1).astype(int), ((kinds == 0) | (kinds == 2)).astype(int)


IOU_OF_AREAS = Question(
    name="iou-of-areas",
    page="segment-with-fcn",
    draw=draw_areas,
    text=(
        "A prediction covers {predicted} pixels, the reference {reference}; {common} they have in common. "
        "What is their intersection over union? Two decimals are enough."
    ),
    choice=False,
    tolerance=0.006,
    right=lambda common, excess, missed: float(iou(*masks(common, excess, missed), 2)[1]),
    why="{common} over {common} + {excess} + {missed}: the union counts each pixel once.",
    worked=lambda common, excess, missed: {"predicted": common + excess, "reference": common + missed},
    mistakes=(
        Mistake(
            "That is the Dice coefficient, twice the intersection over the sum of both areas.",
            lambda common, excess, missed: 2 * common / (2 * common + excess + missed),
        ),
        Mistake(
            "The common pixels are counted twice in the sum of both areas.",
            lambda common, excess, missed: common / (2 * common + excess + missed),
        ),
        Mistake(
            "That is the share of the reference that was found. Wrong finds count, too.",
            lambda common, excess, missed: common / (common + missed),
        ),
        Mistake(
            "That is the share of the prediction that is right. What was missed counts, too.",
            lambda common, excess, missed: common / (common + excess),
        ),
    ),
)


def nothing_found(share: int) -> tuple[Array, Array]:
    """Return a prediction without the object, and a reference with it on some of 100 pixels."""
    return np.zeros((1, 100), int), (np.arange(100) < share).astype(int)[None]


NOTHING_FOUND = Question(
    name="nothing-found",
    page="segment-with-fcn",
    draw=lambda rng: (int(rng.integers(4, 30)),),
    text=(
        "An object covers {share} % of an image. A network calls every pixel background. What is its mean "
        "intersection over union, of background and object? Three decimals are enough."
    ),
    choice=False,
    tolerance=0.0006,
    right=lambda share: mean_iou(*nothing_found(share), 2),
    why="{background} % for the background, 0 for the object, and their mean.",
    worked=lambda share: {"background": 100 - share},
    mistakes=(
        Mistake(
            "That is the share of right pixels, which hides that the object is lost.", lambda share: 1 - share / 100
        ),
        Mistake("The background is found: only the object has 0.", lambda share: 0.0),
        Mistake("That is the object's share, and it was not found.", lambda share: share / 100),
        Mistake("That would be a chance for each class. The background has all of its pixels.", lambda share: 0.5),
    ),
)


def best_constant() -> float:
    """Return the number whose mean squared difference from the pixels 0, 0, 1 is least, found by trying."""
    tried = np.linspace(0, 1, 301)
    losses = [float(mse_loss(np.full(3, value), np.array([0.0, 0, 1]))) for value in tried]
    return float(tried[int(np.argmin(losses))])


BEST_GUESS = which_holds(
    name="best-guess",
    page="super-resolution",
    text=(
        "From a small image three large ones are equally likely: a pixel is 0 in two of them and 1 in the third. Which "
        "value has the least mean squared difference?"
    ),
    why="The mean. That is why networks trained on it blur what they cannot know.",
    claims=(
        Claim("⅓", lambda: math.isclose(best_constant(), 1 / 3, abs_tol=0.002)),
        Claim(
            "0, which is most likely",
            lambda: math.isclose(best_constant(), 0, abs_tol=0.002),
            "It is right more often, and wrong by 1 otherwise. Squares punish that.",
        ),
        Claim(
            "½",
            lambda: math.isclose(best_constant(), 0.5, abs_tol=0.002),
            "That lies between both values and does not count how often each occurs.",
        ),
        Claim(
            "0 or 1, whichever is drawn",
            lambda: best_constant() in (0.0, 1.0) and not math.isclose(best_constant(), 0),
            "A sharp guess looks better and has the larger mean squared difference.",
        ),
    ),
)

# Ways up -------------------------------------------------------------------------------------------------------------


def draw_doubling(rng: Generator) -> Numbers:
    """Draw a kernel size that the stride divides."""
    k, s = ((6, 2), (6, 3), (10, 2), (8, 4), (10, 5), (12, 3))[rng.integers(6)]
    return k, s


def inputs_of_a_pixel(k: int, s: int) -> int:
    """Return how many input cells an output pixel away from the border depends on."""
    kernel = np.ones((1, k))
    matrix = matrix_of(conv_transpose2d, (1, 12), kernel, stride=(1, s))
    return int(np.count_nonzero(matrix[6 * s])) ** 2


INPUTS_OF_A_PIXEL = Question(
    name="inputs-of-a-pixel",
    page="a-network-from-video-calls",
    draw=draw_doubling,
    text=(
        "A network ends in a transposed convolution with a kernel of {k} × {k} and stride {s}. On how many cells of "
        "the map below does a pixel inside its output depend?"
    ),
    right=inputs_of_a_pixel,
    why="{k}/{s} = {stamps} stamps along each axis. With k = s it would be one, and neighbours share nothing.",
    worked=lambda k, s: {"stamps": k // s},
    mistakes=(
        Mistake("So many pixels depend on one cell. Asked is the other way round.", lambda k, s: k * k),
        Mistake("That is along one axis.", lambda k, s: k // s),
        Mistake("So many phases there are.", lambda k, s: s * s),
        Mistake("Stamps overlap where the kernel is larger than the stride.", lambda k, s: 1),
    ),
)

FLAT = np.ones((1, 1, 5, 5))


def spread(layers: object) -> float:
    """Return how far a flat map is from flat, away from the border, after layers with weights of ones."""
    return float(np.ptp(layers(FLAT)[0, 0, 4:-4, 4:-4]))


LEAVES_A_CHECKERBOARD = which_holds(
    name="leaves-a-checkerboard",
    page="segment-with-u-net",
    text="All weights are equal, and the input is flat. Which way to double a map leaves a checkerboard?",
    why="A stride of 2 does not divide 3, so cells lie under one, two or four stamps.",
    claims=(
        Claim(
            "A transposed convolution, kernel 3, stride 2",
            lambda: spread(lambda x: conv_transpose2d(x, np.ones((1, 1, 3, 3)), stride=2)) > 0,
        ),
        Claim(
            "A transposed convolution, kernel 4, stride 2",
            lambda: spread(lambda x: conv_transpose2d(x, np.ones((1, 1, 4, 4)), stride=2)) > 0,
            "The stride divides the kernel size: inside, each cell lies under four stamps.",
        ),
        Claim(
            "Copying, then a convolution of 3 × 3",
            lambda: spread(lambda x: conv2d(interpolate(x, scale_factor=2), np.ones((1, 1, 3, 3)), padding=1)) > 0,
            "Copies of a flat map are flat, and a convolution treats every place alike.",
        ),
        Claim(
            "Bilinear interpolation",
            lambda: spread(lambda x: interpolate(x, scale_factor=2, mode="bilinear")) > 0,
            "Its weights sum to 1 at every place.",
        ),
    ),
)

DOUBLING_WEIGHTS = Question(
    name="doubling-weights",
    page="segment-with-u-net",
    draw=lambda rng: (int(rng.integers(3, 17)), int(rng.integers(3, 17))),
    text="`ConvTranspose2d({c}, {f}, 2, stride=2)` doubles a map, with a bias. How many numbers does it learn?",
    right=lambda c, f: ConvTranspose2d(c, f, 2, stride=2).parameter_count,
    why="A kernel of 2 × 2 for each pair of channels, and a bias for each of {f} outputs.",
    mistakes=(
        Mistake("The biases are missing.", lambda c, f: 4 * c * f),
        Mistake("A bias belongs to each output channel, not to each input channel.", lambda c, f: 4 * c * f + c),
        Mistake("A kernel of 2 × 2 has four weights.", lambda c, f: 2 * c * f + f),
        Mistake("There is a kernel for each pair of channels.", lambda c, f: 4 * f + f),
    ),
)

# See what a feature sees ---------------------------------------------------------------------------------------------


def draw_signs(rng: Generator) -> Numbers:
    """Draw an input of a ReLU and what comes back, of opposite signs."""
    sign = int(rng.choice([-1, 1]))
    return sign * int(rng.integers(1, 9)), -sign * int(rng.integers(1, 9))


def passed(x: int, g: int, rule: str) -> int:
    """Return what a rule lets back."""
    recorded = Tensor(np.array([float(x)]), requires_grad=True)
    y = recorded.relu()
    with relu_rule(rule):
        y.backward(np.array([float(g)]))
    return int(recorded.grad[0])


def all_rules(x: int, g: int) -> tuple[int, int, int]:
    """Return what the three rules let back."""
    return passed(x, g, "gradient"), passed(x, g, "deconvnet"), passed(x, g, "guided")


BACK_THROUGH_RELU = Question(
    name="back-through-relu",
    page="see-what-a-feature-sees",
    draw=draw_signs,
    text=(
        "{x} went into a ReLU, and {g} comes back. What do the gradient, the deconvnet and guided backpropagation "
        "pass on?"
    ),
    choice=False,
    parts=("gradient", "deconvnet", "guided"),
    right=all_rules,
    why="The gradient asks for a positive input, the deconvnet for a positive signal, guided backpropagation for both.",
    mistakes=(
        Mistake(
            "The first two are exchanged: the gradient looks at what went in.",
            lambda x, g: (all_rules(x, g)[1], all_rules(x, g)[0], all_rules(x, g)[2]),
        ),
        Mistake("A ReLU holds something back in each of them.", lambda x, g: (g, g, g)),
        Mistake("One of them passes it on.", lambda x, g: (0, 0, 0)),
        Mistake("Guided backpropagation asks for both to be positive.", lambda x, g: (*all_rules(x, g)[:2], g)),
    ),
)

SIZE_OF_A_PROJECTION = Question(
    name="size-of-a-projection",
    page="see-what-a-feature-sees",
    draw=lambda rng: (int(rng.choice([3, 5])), int(rng.integers(2, 5))),
    text=(
        "One cell of a feature map is projected back through {n} convolutions of {k} × {k}, stride 1. How many rows "
        "of the image can it reach?"
    ),
    right=lambda k, n: projected(k, n),
    why="Each transposed convolution adds {k} − 1 rows: 1 + {n}·{more}, the receptive field.",
    worked=lambda k, n: {"more": k - 1},
    mistakes=(
        Mistake("That is one layer. The next one spreads each of its cells.", lambda k, n: k),
        Mistake("Stamps overlap: each layer adds k − 1 rows.", lambda k, n: k * n),
        Mistake("It grows by adding, not by multiplying.", lambda k, n: k**n),
        Mistake("The first cell is missing.", lambda k, n: n * (k - 1)),
    ),
)


def projected(k: int, n: int) -> int:
    """Return how many rows a single cell becomes."""
    x = np.ones((1, 1))
    for _ in range(n):
        x = conv_transpose2d(x, np.ones((k, 1)))
    return len(x)


# Comparing decoders --------------------------------------------------------------------------------------------------


def share_before(share: int) -> int:
    """Return the share of a map's cells that were not zero before an unpooling, in percent, found by trying."""
    for before in range(101):
        values = (np.arange(100) < before).astype(float).reshape(10, 10)
        rows, columns = 2 * np.indices((10, 10))
        unpooled = max_unpool2d(values, rows * 20 + columns, 2)
        if 100 * np.count_nonzero(unpooled) == share * unpooled.size:
            return before
    raise ValueError(f"share must be that of an unpooled map, got {share}")


SHARE_BEFORE = Question(
    name="share-before",
    page="deconvolution-against-unpooling",
    draw=lambda rng: (int(rng.integers(3, 24)),),
    text=(
        "After an unpooling with windows of 2 × 2, {share} % of the cells of a map are not zero. What share, "
        "in percent, was it before?"
    ),
    choice=False,
    right=share_before,
    why="Unpooling adds three zeros for each cell, whatever it holds: the share falls to a quarter.",
    mistakes=(
        Mistake("Unpooling adds zeros, so the share was larger.", lambda share: share),
        Mistake("A window has four cells, not two.", lambda share: 2 * share),
        Mistake("It is the other way round: the share falls to a quarter.", lambda share: share / 4),
        Mistake("A cell and its three zeros are four cells.", lambda share: 3 * share),
    ),
)


def draw_seeds(rng: Generator) -> Numbers:
    """Draw what two decoders reached from five seeds, in dB."""
    a = 20 + rng.integers(0, 15, 5) / 10
    return a, a - rng.integers(1, 8, 5) / 10


PAIRED_LEAD = Question(
    name="paired-lead",
    page="which-way-up",
    draw=draw_seeds,
    text=(
        "Two decoders, A and B, were trained from the same five seeds; `a` and `b` are what they reached, in dB. "
        "Where does the 95% interval of the mean of `a - b` begin? Student's factor for five pairs is 2.776. "
        "Two decimals are enough."
    ),
    choice=False,
    tolerance=0.006,
    right=lambda a, b: paired_difference(a, b).low,
    why="The mean of the five differences, less 2.776 times their standard deviation over √5.",
    mistakes=(
        Mistake("That is the mean. The interval reaches below it.", lambda a, b: float((a - b).mean())),
        Mistake("That is where the interval ends.", lambda a, b: paired_difference(a, b).high),
        Mistake(
            "The standard deviation of the mean is smaller than that of the differences, by √5.",
            lambda a, b: float((a - b).mean() - 2.776 * (a - b).std(ddof=1)),
        ),
        Mistake(
            "Each decoder's scatter was taken by itself. In pairs, what a seed does to both drops out.",
            lambda a, b: float((a - b).mean() - 2.776 * math.sqrt((a.var(ddof=1) + b.var(ddof=1)) / 5)),
        ),
        Mistake(
            "The squares were divided by 5. With the mean taken from the same numbers, it is 4.",
            lambda a, b: float((a - b).mean() - 2.776 * (a - b).std() / math.sqrt(5)),
        ),
    ),
)

FALSE_WINS = Question(
    name="false-wins",
    page="which-way-up",
    draw=lambda rng: (int(rng.integers(5, 12)), int(rng.integers(3, 6))),
    text=(
        "{methods} decoders are equal in truth, and each is trained from {seeds} seeds. In how many pairs is one of "
        "the two ahead in every seed, on average? Two decimals are enough."
    ),
    choice=False,
    tolerance=0.006,
    right=false_wins,
    why="There are {pairs} pairs, and in each of them either may win: 2 · ½^{seeds}.",
    worked=lambda methods, seeds: {"pairs": math.comb(methods, 2)},
    mistakes=(
        Mistake("Either of the two may be the one ahead.", lambda methods, seeds: math.comb(methods, 2) / 2**seeds),
        Mistake("Each pair was counted twice.", lambda methods, seeds: 2 * methods * (methods - 1) / 2**seeds),
        Mistake("Pairs can win by luck, not single decoders.", lambda methods, seeds: 2 * methods / 2**seeds),
        Mistake("Equal decoders are ahead by luck at times.", lambda methods, seeds: 0.0),
    ),
)

QUESTIONS = (
    SCORE_MAP,
    IOU_OF_AREAS,
    NOTHING_FOUND,
    SIZE_THAT_RETURNS,
    LEAST_MULTIPLE,
    UNPADDED_LEVEL,
    SKIP_WEIGHTS,
    UNIFORM_LOSS,
    LEAVES_A_CHECKERBOARD,
    DOUBLING_WEIGHTS,
    BACK_THROUGH_RELU,
    SIZE_OF_A_PROJECTION,
    SHARE_BEFORE,
    PAIRED_LEAD,
    FALSE_WINS,
    BEST_GUESS,
    INPUTS_OF_A_PIXEL,
)
