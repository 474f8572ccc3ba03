"""Calls that make no sense are refused with the name of the argument and what was met.

The first table puts every kind of nonsense into every argument of every operation, one at a time, in a call that is
otherwise right. The second holds arguments that are right alone and wrong together.
"""

import numpy as np
import pytest

from lib import (
    conv2d,
    conv_input_sizes,
    conv_output_size,
    conv_transpose_output_size,
    crop,
    fold,
    matrix_of,
    pad,
    receptive_field,
    same_padding,
    strided_same_padding,
    unfold,
)

IMAGES, PLANE = np.ones((1, 2, 5, 5)), np.ones((5, 5))
WEIGHT = np.ones((4, 2, 3, 3))


class Nothing:
    """An object that is no number."""

    def __repr__(self):
        return "<nothing>"


# A nonsense value and a part of what the message must quote of it.
NOT_INTEGERS = [
    (True, "True"),
    (np.True_, "True"),
    (1.0, "1.0"),
    (float("nan"), "nan"),
    (np.float32(2), "2.0"),
    ("1", "'1'"),
    (b"1", "b'1'"),
    (None, "None"),
    (1j, "1j"),
    (Nothing(), "<nothing>"),
    ({1: 2}, "{1: 2}"),
    (np.array(1.5), "1.5"),
    (np.array(True), "True"),
]
NOT_PAIRS = [
    *NOT_INTEGERS,
    ((), "()"),
    ((True,), "[0] must be an integer, got True"),
    ((1, 2, 3), "(1, 2, 3)"),
    ([1, 1, 1], "[1, 1, 1]"),
    ((1, 1.5), "[1] must be an integer, got 1.5"),
    ((None, 1), "[0] must be an integer, got None"),
    ((1, True), "[1] must be an integer, got True"),
    (((1, 1), (1, 1)), "got (1, 1)"),
    (np.array([1.0, 1.0]), "1.0"),
    (np.ones((2, 2), int), "array([1, 1])"),
    ("ab", "'ab'"),
]
BELOW_ZERO = [(-1, "at least 0, got -1"), (np.int8(-3), "at least 0, got -3"), (-(2**70), str(-(2**70)))]
BELOW_ONE = [(0, "at least 1, got 0"), (-1, "at least 1, got -1"), (np.int64(0), "at least 1, got 0")]
PAIR_BELOW_ZERO = [
    *BELOW_ZERO,
    ((0, -1), "[1] must be at least 0, got -1"),
    ([-2, 0], "[0] must be at least 0, got -2"),
]
PAIR_BELOW_ONE = [*BELOW_ONE, ((1, 0), "[1] must be at least 1, got 0"), ([-2, 1], "[0] must be at least 1, got -2")]
NOT_ARRAYS = [
    (None, "object"),
    ("text", "<U4"),
    (b"bytes", "|S5"),
    (Nothing(), "object"),
    (True, "bool"),
    (1, "shape ()"),
    (1.5, "shape ()"),
    ([], "shape (0,)"),
    ([1, 2], "shape (2,)"),
    ([[1, 2], [3]], "different lengths"),
    ([[1, None]], "object"),
    ([["1"]], "<U1"),
    ([[2**70]], "object"),
    (np.ones((2, 5, 5), bool), "bool"),
    (np.ones((2, 5, 5), complex), "complex128"),
    (np.ones((2, 5, 5), object), "object"),
    (np.ones((2, 5, 5), "datetime64[s]"), "datetime64"),
    ({"input": 1}, "object"),
]
EMPTY_PLANES = [(np.ones(shape), f"got shape {shape}") for shape in [(1, 0, 5, 5), (1, 2, 0, 5), (1, 2, 5, 0), (0, 5)]]
NOT_MARGINS = [
    (1, "got 1"),
    (None, "got None"),
    ("1111", "got '1111'"),
    ((1, 1), "got (1, 1)"),
    ((1,) * 5, "got (1, 1, 1, 1, 1)"),
    ({1, 2, 3, 4}, "{1, 2, 3, 4}"),
    ((0, 0, 0, -1), "pad bottom must be at least 0, got -1"),
    ((-1, 0, 0, 0), "pad left must be at least 0, got -1"),
    ((0, 1.0, 0, 0), "pad right must be an integer, got 1.0"),
    ((0, 0, True, 0), "pad top must be an integer, got True"),
    ((0, 0, 0, None), "pad bottom must be an integer, got None"),
]
PADDING_WORDS = [(word, repr(word)) for word in ("SAME", "full", "", "reflect", "1")]
WORDS_NOT_TAKEN = [("same", "'same'"), ("valid", "'valid'")]
# As a padding of conv2d a string is a word, met by its own message.
PAIR_OR_WORD = [*[pair for pair in NOT_PAIRS if not isinstance(pair[0], str)], *PADDING_WORDS]

CONV2D = (conv2d, {"input": IMAGES, "weight": WEIGHT, "bias": np.ones(4)})
UNFOLD = (unfold, {"input": IMAGES, "kernel_size": 3})
FOLD = (fold, {"input": np.ones((18, 9)), "output_size": 5, "kernel_size": 3})
PAD = (pad, {"input": PLANE, "pad": (1, 1, 1, 1)})
PAD_BYTES = (pad, {"input": np.ones((2, 2), np.uint8), "pad": (1, 1, 1, 1)})
CROP = (crop, {"input": PLANE, "pad": (1, 1, 1, 1)})
OUTPUT_SIZE = (conv_output_size, {"input_size": 5, "kernel_size": 3})
TRANSPOSE_SIZE = (conv_transpose_output_size, {"input_size": 5, "kernel_size": 3, "stride": 2})
INPUT_SIZES = (conv_input_sizes, {"output_size": 5, "kernel_size": 3})
SAME = (same_padding, {"kernel_size": 3})
STRIDED_SAME = (strided_same_padding, {"size": 8, "kernel_size": 3, "stride": 2})
FIELD = (receptive_field, {"layers": [(3, 1)]})
MATRIX = (matrix_of, {"operation": np.transpose, "input_shape": (2, 2)})

NONSENSE = [
    (CONV2D, "input", [*NOT_ARRAYS, *EMPTY_PLANES, (np.ones((1, 1, 2, 5, 5)), "(1, 1, 2, 5, 5)")]),
    (CONV2D, "weight", [*NOT_ARRAYS, (PLANE, "(5, 5)"), (np.ones((2, 3, 3)), "(2, 3, 3)")]),
    (CONV2D, "weight", [(np.ones(s), str(s)) for s in [(0, 2, 3, 3), (4, 0, 3, 3), (4, 2, 0, 3), (4, 2, 3, 0)]]),
    (
        CONV2D,
        "bias",
        [pair for pair in NOT_ARRAYS if pair[0] is not None and pair[1] not in ("shape (0,)", "shape (2,)")],
    ),
    (CONV2D, "bias", [(np.ones(n), f"4 output channels, got {n}") for n in (0, 1, 3, 5)]),
    (CONV2D, "bias", [(np.ones((4, 1)), "(4, 1)"), (np.ones((1, 4, 1, 1)), "(1, 4, 1, 1)")]),
    (CONV2D, "stride", [*NOT_PAIRS, *PAIR_BELOW_ONE]),
    (CONV2D, "padding", [*PAIR_OR_WORD, *PAIR_BELOW_ZERO, ((1, "same"), "'same'")]),
    (CONV2D, "dilation", [*NOT_PAIRS, *PAIR_BELOW_ONE]),
    (CONV2D, "groups", [*NOT_INTEGERS, *BELOW_ONE, ((1, 1), "(1, 1)"), ([1], "[1]")]),
    (UNFOLD, "input", [*NOT_ARRAYS, *EMPTY_PLANES, (np.ones((1, 1, 2, 5, 5)), "(1, 1, 2, 5, 5)")]),
    (UNFOLD, "kernel_size", [*NOT_PAIRS, *PAIR_BELOW_ONE]),
    (UNFOLD, "dilation", [*NOT_PAIRS, *PAIR_BELOW_ONE]),
    (UNFOLD, "padding", [*NOT_PAIRS, *PAIR_BELOW_ZERO, *WORDS_NOT_TAKEN]),
    (UNFOLD, "stride", [*NOT_PAIRS, *PAIR_BELOW_ONE]),
    (FOLD, "input", [*NOT_ARRAYS, (np.ones((1, 1, 9, 9)), "(1, 1, 9, 9)"), (np.ones((0, 9)), "got 0")]),
    (FOLD, "input", [(np.ones((17, 9)), "17"), (np.ones((18, 8)), "got 8"), (np.ones((18, 0)), "got 0")]),
    (FOLD, "output_size", [*NOT_PAIRS, *PAIR_BELOW_ONE]),
    (FOLD, "kernel_size", [*NOT_PAIRS, *PAIR_BELOW_ONE]),
    (FOLD, "dilation", [*NOT_PAIRS, *PAIR_BELOW_ONE]),
    (FOLD, "padding", [*NOT_PAIRS, *PAIR_BELOW_ZERO, *WORDS_NOT_TAKEN]),
    (FOLD, "stride", [*NOT_PAIRS, *PAIR_BELOW_ONE]),
    (PAD, "input", NOT_ARRAYS),
    (PAD, "pad", [*NOT_MARGINS, ((10**10,) * 4, "10000000000"), ((0, 2**63, 0, 0), str(2**63))]),
    (PAD, "value", [(True, "True"), ("0", "'0'"), (None, "None"), (1j, "1j"), ([1, 2], "[1, 2]")]),
    (PAD, "value", [(Nothing(), "<nothing>"), (10**400, "100000")]),
    (
        PAD_BYTES,
        "value",
        [(-1, "uint8, got -1"), (256, "256"), (0.5, "0.5"), (np.nan, "nan"), (np.inf, "inf"), (10**30, "1000")],
    ),
    (CROP, "input", NOT_ARRAYS),
    (CROP, "pad", [*NOT_MARGINS, ((0, 0, 2, 3), "5 rows"), ((5, 0, 0, 0), "5 columns"), ((10**30,) * 4, str(10**30))]),
    (OUTPUT_SIZE, "input_size", [*NOT_PAIRS, *PAIR_BELOW_ONE]),
    (OUTPUT_SIZE, "kernel_size", [*NOT_PAIRS, *PAIR_BELOW_ONE]),
    (OUTPUT_SIZE, "stride", [*NOT_PAIRS, *PAIR_BELOW_ONE]),
    (OUTPUT_SIZE, "padding", [*PAIR_OR_WORD, *PAIR_BELOW_ZERO]),
    (OUTPUT_SIZE, "dilation", [*NOT_PAIRS, *PAIR_BELOW_ONE]),
    (TRANSPOSE_SIZE, "input_size", [*NOT_PAIRS, *PAIR_BELOW_ONE]),
    (TRANSPOSE_SIZE, "kernel_size", [*NOT_PAIRS, *PAIR_BELOW_ONE]),
    (TRANSPOSE_SIZE, "stride", [*NOT_PAIRS, *PAIR_BELOW_ONE]),
    (TRANSPOSE_SIZE, "padding", [*NOT_PAIRS, *PAIR_BELOW_ZERO, *WORDS_NOT_TAKEN, (6, "padding 6")]),
    (
        TRANSPOSE_SIZE,
        "output_padding",
        [*NOT_PAIRS, *PAIR_BELOW_ZERO, (2, "output_padding 2"), ((0, 3), "output_padding 3")],
    ),
    (TRANSPOSE_SIZE, "dilation", [*NOT_PAIRS, *PAIR_BELOW_ONE]),
    (INPUT_SIZES, "output_size", [*NOT_INTEGERS, *BELOW_ONE, ((2, 2), "(2, 2)")]),
    (INPUT_SIZES, "kernel_size", [*NOT_INTEGERS, *BELOW_ONE, ((2, 2), "(2, 2)")]),
    (INPUT_SIZES, "stride", [*NOT_INTEGERS, *BELOW_ONE, ((2, 2), "(2, 2)")]),
    (INPUT_SIZES, "padding", [*NOT_INTEGERS, *BELOW_ZERO, *WORDS_NOT_TAKEN, (50, "padding 50")]),
    (INPUT_SIZES, "dilation", [*NOT_INTEGERS, *BELOW_ONE, ((2, 2), "(2, 2)")]),
    (SAME, "kernel_size", [*NOT_INTEGERS, *BELOW_ONE, ((3, 3), "(3, 3)")]),
    (SAME, "dilation", [*NOT_INTEGERS, *BELOW_ONE, ((3, 3), "(3, 3)")]),
    *(
        (STRIDED_SAME, name, [*NOT_INTEGERS, *BELOW_ONE, ((3, 3), "(3, 3)")])
        for name in ("size", "kernel_size", "stride", "dilation")
    ),
    (FIELD, "layers", [(None, "None"), (3, "3"), (Nothing(), "<nothing>"), ("ab", "'a'"), ([3], "layers[0]")]),
    (FIELD, "layers", [([(3,)], "(3,)"), ([(3, 1, 1, 1)], "(3, 1, 1, 1)"), ([(3, 1), None], "layers[1]")]),
    (
        FIELD,
        "layers",
        [([(3, 1), (v, 1)], f"layers[1] kernel_size must be an integer, got {v!r}") for v, _ in NOT_INTEGERS],
    ),
    (
        FIELD,
        "layers",
        [([(3, 0)], "layers[0] stride must be at least 1, got 0"), ([(3, 1, 0)], "dilation must be at least 1")],
    ),
    (MATRIX, "operation", [(None, "None"), (3, "3"), ("conv2d", "'conv2d'"), (Nothing(), "<nothing>")]),
    (MATRIX, "input_shape", [(None, "None"), (3, "3"), ("22", "'22'"), ((), "()"), ((2, 2.0), "input_shape[1]")]),
    (
        MATRIX,
        "input_shape",
        [((0, 2), "input_shape[0] must be at least 1, got 0"), ((2, -2), "got -2"), ((True, 2), "True")],
    ),
    (MATRIX, "dtype", [(bool, "bool"), (complex, "complex"), (object, "object"), ("nonsense", "'nonsense'"), (3, "3")]),
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


@pytest.mark.parametrize(
    ("call", "quoted"),
    [
        (lambda: conv2d(IMAGES, np.ones((4, 3, 3, 3))), ["weight", "(4, 3, 3, 3)", "3 channels", "got 2 channels"]),
        (lambda: conv2d(IMAGES, WEIGHT, groups=2), ["weight", "groups 2", "2 * 2 = 4 channels", "got 2 channels"]),
        (lambda: conv2d(IMAGES, np.ones((3, 1, 3, 3)), groups=2), ["(3, 1, 3, 3)", "O divisible by groups"]),
        (lambda: conv2d(PLANE, WEIGHT), ["weight", "2 dimensions", "(4, 2, 3, 3)"]),
        (lambda: conv2d(PLANE, np.ones((3, 3)), np.ones(2)), ["bias", "1 output channels", "got 2"]),
        (lambda: conv2d(PLANE, np.ones((3, 3)), groups=2), ["groups 2"]),
        (lambda: conv2d(PLANE, np.ones((6, 1))), ["kernel_size 6", "padded input_size 5 + 0 = 5"]),
        (lambda: conv2d(PLANE, np.ones((1, 8)), padding=1), ["kernel_size 8", "padded input_size 5 + 2 = 7"]),
        (lambda: conv2d(PLANE, np.ones((3, 3)), dilation=3), ["kernel_size 3", "dilation 3", "7 cells"]),
        (lambda: conv2d(PLANE, np.ones((3, 3)), dilation=2**70), ["dilation", str(2**70)]),
        (lambda: conv2d(PLANE, np.ones((3, 3)), stride=2, padding="same"), ["'same'", "stride 1", "(2, 2)"]),
        (lambda: conv2d(PLANE, np.ones((3, 3)), stride=(1, 2), padding="same"), ["'same'", "stride 1", "(1, 2)"]),
        (lambda: conv2d(PLANE, np.ones((3, 3)), padding=10**10), ["padding 10000000000", "memory"]),
        (lambda: conv2d(PLANE, np.ones((3, 3)), padding=(0, 2**62), stride=2**61), ["padding", "memory"]),
        (lambda: unfold(PLANE, 6), ["kernel_size 6", "padded input_size 5 + 0 = 5"]),
        (lambda: unfold(PLANE, (2, 3), dilation=(1, 3), padding=(0, 0)), ["kernel_size 3", "dilation 3"]),
        (lambda: unfold(PLANE, 3, padding=10**10), ["padding", "10000000000", "memory"]),
        (lambda: fold(np.ones((9, 1)), 2, 3), ["kernel_size 3", "2 + 0 = 2"]),
        (lambda: fold(np.ones((2, 8, 9)), 5, 3), ["input", "3 * 3 = 9 rows", "got 8"]),
        (lambda: fold(np.ones((2, 0, 9)), 5, 3), ["input", "9 rows", "got 0"]),
        (lambda: fold(np.ones((9, 8)), 5, 3), ["input", "3 * 3 = 9 window positions", "got 8"]),
        (lambda: fold(np.ones((9, 9)), 5, 3, stride=2), ["input", "2 * 2 = 4 window positions", "got 9"]),
        (lambda: fold(np.ones((1, 1)), 10**12, 1, stride=10**12), ["output_size", "10000000000", "memory"]),
        (lambda: conv_output_size(5, 3, 2, "same"), ["padding 'same'", "stride (2, 2)"]),
        (lambda: conv_output_size((5, 5), (3, 6)), ["kernel_size 6", "5 + 0 = 5"]),
        (lambda: conv_transpose_output_size(1, 1, padding=1), ["padding 1", "= -1"]),
        (lambda: conv_transpose_output_size(5, 3, output_padding=1), ["output_padding 1", "stride 1", "dilation 1"]),
        (lambda: conv_transpose_output_size(5, 3, (2, 3), 0, (1, 3)), ["output_padding 3", "stride 3"]),
        (lambda: conv_input_sizes(1, 1, padding=1), ["padding 1 is too large", "output size 1", "kernel_size 1"]),
        (lambda: pad(np.zeros((1, 1), np.float32), (1, 0, 0, 0), 1e300), ["value", "float32", "1e+300"]),
        (lambda: crop(np.zeros((0, 3)), (0, 0, 0, 0)), ["pad", "0 rows"]),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, list) else "call",
)
@pytest.mark.filterwarnings("error")
def test_arguments_that_contradict_each_other_are_refused_with_the_sizes_met(call, quoted):
    with pytest.raises(ValueError, match=r"\d") as refusal:
        call()
    for part in quoted:
        assert part in str(refusal.value)
