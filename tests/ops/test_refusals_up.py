"""Refusals as in ``test_refusals``, for pooling, unpooling, averaging, transposed convolution and pixel shuffle."""

import numpy as np
import pytest

from lib import (
    avg_pool2d,
    conv_transpose2d,
    max_pool2d,
    max_unpool2d,
    pixel_shuffle,
    pixel_unshuffle,
    pool_output_size,
)

from .test_refusals import (
    BELOW_ONE,
    EMPTY_PLANES,
    IMAGES,
    NOT_ARRAYS,
    NOT_INTEGERS,
    NOT_PAIRS,
    PAIR_BELOW_ONE,
    PAIR_BELOW_ZERO,
    PLANE,
    WORDS_NOT_TAKEN,
)

NOT_FLAGS = [
    (value, repr(value)) for value in (None, 0, 1, 1.0, "True", np.int64(1), (True, False), [True], np.array([1]))
]
# None is the default of stride, output_size and divisor_override.
NO_STRIDE = [*[pair for pair in NOT_PAIRS if pair[1] not in ("None", "()")], *PAIR_BELOW_ONE]
NO_PADDING = [*NOT_PAIRS, *PAIR_BELOW_ZERO, *WORDS_NOT_TAKEN]
NO_SIZE = [*NOT_PAIRS, *PAIR_BELOW_ONE]
NO_PLANES = [*NOT_ARRAYS, *EMPTY_PLANES, (np.ones((1, 1, 2, 5, 5)), "(1, 1, 2, 5, 5)")]
NO_DEEP_PLANES = [*NOT_ARRAYS[:7], *NOT_ARRAYS[9:], (PLANE, "(5, 5)"), (np.ones(4), "(4,)")]
TOO_MUCH = [(2, "padding 2"), ((0, 2), "padding 2"), (2**70, f"padding {2**70}")]

UP = (conv_transpose2d, {"input": IMAGES, "weight": np.ones((2, 4, 3, 3)), "bias": np.ones(4), "stride": 2})
MAX = (max_pool2d, {"input": IMAGES, "kernel_size": 3})
AVERAGE = (avg_pool2d, {"input": IMAGES, "kernel_size": 3})
SIZE = (pool_output_size, {"input_size": 5, "kernel_size": 3})
VALUES, SWITCHES = np.ones((1, 2, 2, 2)), np.arange(8).reshape(1, 2, 2, 2)
UNPOOL = (max_unpool2d, {"input": VALUES, "indices": SWITCHES, "kernel_size": 3})
SHUFFLE = (pixel_shuffle, {"input": np.ones((8, 2, 3)), "upscale_factor": 2})
UNSHUFFLE = (pixel_unshuffle, {"input": np.ones((1, 4, 6)), "downscale_factor": 2})

NONSENSE = [
    (UP, "input", NO_PLANES),
    (UP, "weight", [*NOT_ARRAYS, (PLANE, "(5, 5)"), (np.ones((4, 3, 3)), "(4, 3, 3)")]),
    (UP, "weight", [(np.ones(s), str(s)) for s in [(0, 4, 3, 3), (2, 0, 3, 3), (2, 4, 0, 3), (2, 4, 3, 0)]]),
    (UP, "bias", [pair for pair in NOT_ARRAYS if pair[0] is not None and pair[1] not in ("shape (0,)", "shape (2,)")]),
    (UP, "bias", [(np.ones(n), f"4 output channels, got {n}") for n in (0, 1, 2, 3, 5)]),
    (UP, "bias", [(np.ones((4, 1)), "(4, 1)"), (np.ones((1, 4, 1, 1)), "(1, 4, 1, 1)")]),
    (UP, "stride", NO_SIZE),
    (UP, "padding", [*NO_PADDING, (6, "padding 6"), ((0, 2**70), f"padding {2**70}")]),
    (UP, "output_padding", [*NOT_PAIRS, *PAIR_BELOW_ZERO, (2, "output_padding 2"), ((0, 3), "output_padding 3")]),
    (UP, "groups", [*NOT_INTEGERS, *BELOW_ONE, ((1, 1), "(1, 1)"), ([1], "[1]"), (3, "groups 3")]),
    (UP, "dilation", NO_SIZE),
    (MAX, "input", NO_PLANES),
    (MAX, "kernel_size", [*NO_SIZE, (6, "kernel_size 6"), ((1, 2**70), str(2**70))]),
    (MAX, "stride", NO_STRIDE),
    (MAX, "padding", [*NO_PADDING, *TOO_MUCH]),
    (MAX, "dilation", [*NO_SIZE, (3, "dilation 3"), (2**70, str(2**70))]),
    (MAX, "ceil_mode", NOT_FLAGS),
    (MAX, "return_indices", NOT_FLAGS),
    (AVERAGE, "input", NO_PLANES),
    (AVERAGE, "kernel_size", [*NO_SIZE, (6, "kernel_size 6"), ((1, 2**70), str(2**70))]),
    (AVERAGE, "stride", NO_STRIDE),
    (AVERAGE, "padding", [*NO_PADDING, *TOO_MUCH]),
    (AVERAGE, "ceil_mode", NOT_FLAGS),
    (AVERAGE, "count_include_pad", NOT_FLAGS),
    (AVERAGE, "divisor_override", [pair for pair in NOT_INTEGERS if pair[0] is not None]),
    (AVERAGE, "divisor_override", [(0, "must not be 0"), ((1, 1), "(1, 1)")]),
    (SIZE, "input_size", NO_SIZE),
    (SIZE, "kernel_size", [*NO_SIZE, (6, "kernel_size 6")]),
    (SIZE, "stride", NO_STRIDE),
    (SIZE, "padding", [*NO_PADDING, *TOO_MUCH]),
    (SIZE, "dilation", [*NO_SIZE, (3, "dilation 3")]),
    (SIZE, "ceil_mode", NOT_FLAGS),
    (UNPOOL, "input", NO_PLANES),
    (UNPOOL, "indices", [*NOT_ARRAYS, *[(SWITCHES[:, :1], "(1, 1, 2, 2)"), (SWITCHES[0], "(2, 2, 2)")]]),
    (UNPOOL, "indices", [(SWITCHES.astype(d), f"integers, got dtype {d}") for d in ("float32", "float64")]),
    (
        UNPOOL,
        "indices",
        [(SWITCHES - 1, "got -1 to 6"), (SWITCHES + 29, "got 29 to 36"), (SWITCHES << 60, "and 35")],
    ),
    (UNPOOL, "kernel_size", NO_SIZE),
    (UNPOOL, "stride", NO_STRIDE),
    (UNPOOL, "padding", [*NO_PADDING, (3, "padding (3, 3)"), ((0, 2**70), str(2**70))]),
    (
        UNPOOL,
        "output_size",
        [(v, repr(v)) for v in (6, 6.0, "66", b"66", (), (6,), (2, 6, 6), (1,) * 5, {6, 7})],
    ),
    (UNPOOL, "output_size", [(True, "True"), ({6: 6}, "{6: 6}"), (range(6, 8), "range(6, 8)")]),
    (UNPOOL, "output_size", [((6, 6.0), "[1] must be an integer, got 6.0"), ((None, 6), "[0] must be an integer")]),
    (UNPOOL, "output_size", [((0, 6), "[0] must be at least 1, got 0"), ((6, True), "True"), ((6, -6), "got -6")]),
    (UNPOOL, "output_size", [((6, 9), "got (6, 9)"), ((3, 6), "got (3, 6)"), ((1, 2, 6, 2**70), str(2**70))]),
    (SHUFFLE, "input", [*NO_DEEP_PLANES, (np.ones((6, 2, 2)), "got 6")]),
    (
        SHUFFLE,
        "upscale_factor",
        [*NOT_INTEGERS, *BELOW_ONE, ((2, 2), "(2, 2)"), (3, "9 channels"), (2**40, str(4**40))],
    ),
    (UNSHUFFLE, "input", [*NO_DEEP_PLANES, (np.ones((1, 3, 4)), "(1, 3, 4)"), (np.ones((1, 4, 3)), "(1, 4, 3)")]),
    (UNSHUFFLE, "downscale_factor", [*NOT_INTEGERS, *BELOW_ONE, ((2, 2), "(2, 2)"), (3, "3"), (2**70, str(2**70))]),
]
TABLE = [
    pytest.param(operation, arguments, name, value, met, id=f"{operation.__name__}-{name}-{met}")
    for (operation, arguments), name, values in NONSENSE
    for value, met in values
]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(("operation", "arguments", "name", "value", "met"), TABLE)
def test_nonsense_in_one_argument_is_refused_by_its_name(operation, arguments, name, value, met):
    with pytest.raises((TypeError, ValueError)) as refusal:
        operation(**{**arguments, name: value})
    message = str(refusal.value)
    assert name in message
    assert met in message


WEIGHT = np.ones((2, 4, 3, 3))


@pytest.mark.parametrize(
    ("call", "quoted"),
    [
        (lambda: conv_transpose2d(IMAGES, np.ones((3, 2, 3, 3))), ["weight", "(3, 2, 3, 3)", "3 channels", "got 2"]),
        (lambda: conv_transpose2d(np.ones((3, 5, 5)), np.ones((3, 1, 1, 1)), groups=2), ["groups 2", "C divisible"]),
        (lambda: conv_transpose2d(IMAGES, WEIGHT, np.ones(4), groups=2), ["bias", "8 output channels", "got 4"]),
        (lambda: conv_transpose2d(PLANE, WEIGHT), ["weight", "2 dimensions", "(2, 4, 3, 3)"]),
        (lambda: conv_transpose2d(PLANE, PLANE, np.ones(2)), ["bias", "1 output channels", "got 2"]),
        (lambda: conv_transpose2d(IMAGES, WEIGHT, output_padding=1), ["output_padding 1", "stride 1", "dilation 1"]),
        (lambda: conv_transpose2d(PLANE, [[1]], padding=3), ["padding 3", "= -1"]),
        (lambda: conv_transpose2d(PLANE, [[1]], stride=10**10), ["stride", "10000000000", "memory"]),
        (lambda: conv_transpose2d(PLANE, [[1, 1], [1, 1]], dilation=10**10), ["dilation", "10000000005", "memory"]),
        (lambda: max_pool2d(PLANE, (5, 6)), ["kernel_size 6", "5 + 0 = 5"]),
        (lambda: max_pool2d(PLANE, 3, padding=2), ["padding 2", "half of kernel_size", "kernel_size 3"]),
        (lambda: max_pool2d(PLANE, 3, dilation=2, padding=2), ["padding 2", "half of kernel_size"]),
        (lambda: max_pool2d(np.ones((2, 2)), 2, padding=1, dilation=3), ["window that holds no cell", "dilation 3"]),
        (lambda: max_pool2d(PLANE, 10**10, padding=5 * 10**9), ["kernel_size", "5000000000", "memory"]),
        (lambda: max_pool2d(PLANE, 9, 3, ceil_mode=True), ["kernel_size 9", "stride 3", "5 + 0 = 5"]),
        (lambda: avg_pool2d(PLANE, (6, 5)), ["kernel_size 6", "5 + 0 = 5"]),
        (lambda: avg_pool2d(PLANE, 1, padding=1), ["padding 1", "half of kernel_size", "kernel_size 1"]),
        (lambda: avg_pool2d(PLANE, 10**10, padding=5 * 10**9), ["kernel_size", "5000000000", "memory"]),
        (lambda: max_unpool2d(VALUES, SWITCHES + 20, 2, 1), ["indices", "0 and 8", "3 rows", "got 20 to 27"]),
        (lambda: max_unpool2d(VALUES, SWITCHES, 2, 4, output_size=(10, 6)), ["output_size", "(6, 6)", "got (10, 6)"]),
        (lambda: max_unpool2d([[1]], [[0]], 10**10), ["memory", "10000000000"]),
        (lambda: max_unpool2d([[1]], [[0]], 1, padding=1), ["padding (1, 1)", "(-1, -1)"]),
        (lambda: pixel_shuffle(np.ones((2, 6, 1, 1)), 2), ["upscale_factor² = 4", "got 6", "(2, 6, 1, 1)"]),
        (lambda: pixel_unshuffle(np.ones((1, 4, 3)), 2), ["downscale_factor 2", "(1, 4, 3)"]),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, list) else "call",
)
@pytest.mark.filterwarnings("error")
def test_arguments_that_contradict_each_other_are_refused_with_the_sizes_met(call, quoted):
    with pytest.raises(ValueError, match=r"\d") as refusal:
        call()
    for part in quoted:
        assert part in str(refusal.value)
