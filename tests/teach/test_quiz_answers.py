"""Every right answer of the quiz bank, found a second way: by plain loops, by counting, or by a formula on paper."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lib.ops.by_loops import conv2d_by_loops, max_pool2d_by_loops, max_unpool2d_by_loops
from lib.teach.comparing import same
from lib.teach.quiz import CHAPTERS, asked, questions

SEEDS = [f"again {number}" for number in range(12)]


def places(n, k, s=1, p=0):
    """The places of a window, counted one by one."""
    return sum(1 for start in range(-p, n + p, s) if start + k <= n + p)


def stamps(x, w, s):
    """A line of stamps, added up value by value."""
    line = [0] * ((len(x) - 1) * s + len(w))
    for a, value in enumerate(x):
        for u, weight in enumerate(w):
            line[a * s + u] += int(value) * int(weight)
    return line


def switches(x):
    """The flat place of the largest value of each 2 × 2 window."""
    return max_pool2d_by_loops(x[None, None], (2, 2), (2, 2))[1].ravel().tolist()


def moved(kernel):
    """Where a picture goes that is copied from the cell under the 1."""
    row, column = (int(n) for n in np.argwhere(kernel)[0])
    ways = {(1, 2): "to the left", (1, 0): "to the right", (2, 1): "upwards", (0, 1): "downwards"}
    return f"One cell {ways[row, column]}."


def halved(n, times):
    """A size that is halved and rounded down."""
    return n if not times else halved(n // 2, times - 1)


CONVOLUTION = {
    "window-value": lambda x, kernel: int(conv2d_by_loops(x[None, None] * 1.0, kernel[None, None] * 1.0).item()),
    "kernel-as-it-is": lambda: "Nothing: it lies on the window as it is.",
    "where-a-pixel-goes": moved,
    "stride-skips": lambda: "They are every second value of every second row.",
    "layer-weights": lambda c, f, k: sum(k**2 for _ in range(c) for _ in range(f)) + f,
    "output-size": places,
    "padding-on-both-sides": lambda i, k, p: places(i, k, 1, p),
    "dilated-span": lambda k, d: len(range((k - 1) * d + 1)),
    "keep-the-size": lambda k: (k - 1) // 2,
    "sizes-that-share-an-output": lambda o, k, s: sum(places(n, k, s) == o for n in range(200)),
    "receptive-field": lambda n, k: 1 + n * (k - 1),
    "matrix-shape": lambda n, k: (places(n, k) ** 2, n**2),
    "weights-in-a-row": lambda n, k: k**2,
    "not-a-matrix": lambda: "A convolution with a bias",
}
TRANSPOSED = {
    "what-comes-back": lambda: "The size of the image, with other values.",
    "stamps-on-a-line": lambda x, w: stamps(x, w, 2),
    "stretched-input": lambda i, s: len(stamps([1] * i, [1], s)),
    "weight-shape": lambda c, f, k: (c, f, k, k),
    "shape-of-the-transpose": lambda n, k: (n**2, (n - k + 1) ** 2),
    "what-is-lost": lambda n, k: n**2 - (n - k + 1) ** 2,
    "size-back": lambda i, k, s, p: len(stamps([1] * i, [1] * k, s)[p:-p]),
    "padding-cuts-off": lambda: "It cuts off a row or column on each of the four sides.",
    "output-padding": lambda: "What the stamps wrote there: less is cut off at the end.",
    "which-output-padding": lambda n, k, s, p: (n + 2 * p - k) % s,
    "even-overlap": lambda s: 2 * s,
    "stamps-over-a-cell": lambda k, s: max(stamps([1] * 9, [1] * k, s)),
    "phase-sums": lambda a, b, c, d: (a + c, b + d),
    "gradient-is": lambda: "`conv_transpose2d(g, w)`",
}
UNPOOLING = {
    "switches-of-a-row": switches,
    "switch-of-a-tie": lambda w, r, c: 2 * r * w + 2 * c,
    "size-in-ceil-mode": lambda i, k, s: len(range(0, i - k + s, s)),
    "bits-to-remember": lambda h, w: (h // 2) * (w // 2) * 2,
    "linear-once-fixed": lambda: "While its switches are held fixed.",
    "place-of-a-switch": lambda w, switch: divmod(switch, w),
    "other-width": lambda w, r, c: divmod(r * w + c, w + 1),
    "zeros-left": lambda h, w: 3 * h * w // 4,
    "size-left-out": lambda n: n - 1,
    "pooled-again": lambda: "Zeros.",
    "written-twice": lambda a, b: int(
        max_unpool2d_by_loops(np.array([[[[a, b]]]]), np.array([[[[1, 1]]]]), (2, 3))[0, 0, 0, 1]
    ),
    "gradient-and-unpooling": lambda: "It is unpooling, applied to the gradient of the output.",
    "where-a-peak-returns": lambda r, c: (r, c),
    "copy-or-put": lambda: "At the switches both hold the same values.",
    "made-dense": lambda n: (2 * n + 1) ** 2,
}
UPSAMPLING = {
    "nearest-line": lambda x: [int(x[n // 2]) for n in range(2 * len(x))],
    "bilinear-cell": lambda a, b: 0.75 * a + 0.25 * b,
    "overshoot": lambda: "`bicubic`",
    "cubic-middle": lambda v: v * 19 / 32,
    "adjoint-of-copying": lambda: "It adds up each block of 2 × 2.",
    "psnr-of-a-difference": lambda d: -20 * math.log10(d),
    "place-of-a-cell": lambda n, m, o: (o + 0.5) * n / m - 0.5,
    "step-with-corners": lambda n, m: (n - 1) / (m - 1),
    "untouched-without-antialias": lambda m, f: m * (f - 2),
    "nearest-shrinks": lambda n, m: [o * n // m for o in range(m)],
    "dark-corner": lambda v: v * 9 / 16,
    "bilinear-kernel-size": lambda s: 2 * s - s % 2,
    "shuffle-channels": lambda c, r: c * r * r,
    "shuffle-place": lambda r, i, j: i * r + j,
}
NETWORKS = {
    "score-map": lambda n: n // 32,
    "iou-of-areas": lambda common, excess, missed: common / (common + excess + missed),
    "nothing-found": lambda share: (1 - share / 100) / 2,
    "size-that-returns": lambda n, d: halved(n, d) * 2**d,
    "least-multiple": lambda d: 2**d,
    "unpadded-level": lambda n: places(places(places(n, 3), 3), 2, 2),
    "skip-weights": lambda a, b, f: 9 * a * f + 9 * b * f + f,
    "uniform-loss": lambda c: math.log(c),
    "leaves-a-checkerboard": lambda: "A transposed convolution, kernel 3, stride 2",
    "doubling-weights": lambda c, f: 4 * c * f + f,
    "back-through-relu": lambda x, g: (g * (x > 0), max(g, 0), max(g, 0) * (x > 0)),
    "size-of-a-projection": lambda k, n: 1 + n * (k - 1),
    "share-before": lambda share: 4 * share,
    "paired-lead": lambda ours, theirs: (
        (d := ours - theirs).mean() - 2.77645 * math.sqrt(sum((d - d.mean()) ** 2) / 4 / 5)
    ),
    "false-wins": lambda methods, seeds: sum(0.5 ** (seeds - 1) for a in range(methods) for _ in range(a)),
    "best-guess": lambda: "⅓",
    "inputs-of-a-pixel": lambda k, s: (k // s) ** 2,
}
AGAIN = dict(zip(CHAPTERS, (CONVOLUTION, TRANSPOSED, UNPOOLING, UPSAMPLING, NETWORKS), strict=True))


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_right_answer_is_found_a_second_way(chapter):
    found = questions(chapter)
    assert list(AGAIN[chapter]) == list(found)
    assert len(found) >= 12
    for name, question in found.items():
        for seed in SEEDS:
            again = AGAIN[chapter][name](*question.drawn(seed))
            assert same(again, asked(question, seed).right, question.tolerance), (name, seed)
