"""Calls that make no sense are refused with the name of the argument and what was met.

The first table names every argument of every public function and its kind. A few kinds of nonsense go into each, one at
a time, in a call that is otherwise right: enough to see that no argument passes by its checker, which
``tests/test_checks.py`` tries on everything. The second holds arguments that are right alone and wrong together.
"""

import inspect

import numpy as np
import pytest

from lib import (
    avg_pool2d,
    connected_components,
    conv2d,
    conv_input_sizes,
    conv_output_size,
    conv_transpose2d,
    conv_transpose_output_size,
    crop,
    erode,
    fold,
    interpolate,
    interpolation_matrix,
    matrix_of,
    max_pool2d,
    max_unpool2d,
    ops,
    otsu_threshold,
    pad,
    pixel_shuffle,
    pixel_unshuffle,
    pool_output_size,
    psnr,
    receptive_field,
    same_padding,
    ssim,
    strided_same_padding,
    unfold,
)

from ..nonsense import (
    Call,
    Nothing,
    array,
    assert_passed,
    assert_refused_by_name,
    flag,
    integer,
    number,
    one_at_a_time,
    other,
    pair,
    planes,
    pooling_stride,
    word,
)

IMAGES, PLANE, OBLONG = np.ones((1, 2, 5, 5)), np.ones((5, 5)), np.ones((5, 4))
DEEP = (1, 1, 2, 5, 5)
WEIGHT, VALUES, SWITCHES = np.ones((2, 4, 3, 3)), np.ones((1, 2, 2, 2)), np.arange(8).reshape(1, 2, 2, 2)
WEIGHT_DOWN = np.ones((4, 2, 3, 3))
EMPTY_WEIGHTS = [(np.ones(s), str(s)) for s in [(0, 2, 3, 3), (4, 0, 3, 3), (4, 2, 0, 3), (4, 2, 3, 0)]]
OTHER_BIASES = [(np.ones(n), f"4 output channels, got {n}") for n in (0, 1, 3, 5)]
MARGINS = other(
    (1, "got 1"),
    (None, "got None"),
    ("1111", "got '1111'"),
    ((1, 1), "got (1, 1)"),
    ((1,) * 5, "got (1, 1, 1, 1, 1)"),
    ((0, 0, 0, -1), "pad bottom must be at least 0, got -1"),
    ((-1, 0, 0, 0), "pad left must be at least 0, got -1"),
    ((0, 1.0, 0, 0), "pad right must be an integer, got 1.0"),
    ((0, 0, True, 0), "pad top must be an integer, got True"),
)
PADDING_OR_WORD = pair(0) + [(text, repr(text)) for text in ("SAME", "full", "", "1")] + [((1, "same"), "'same'")]
PADDING = pair(0) + [("same", "'same'"), ("valid", "'valid'")]
TOO_MUCH = [(2, "padding 2"), ((0, 2), "padding 2"), (2**70, f"padding {2**70}")]
TOO_WIDE = [(6, "kernel_size 6"), ((1, 2**70), str(2**70))]
MASK = other((np.ones((2, 2)), "float64"), ([1, 0], "int"), (np.ones(2, bool), "(2,)"))

CALLS = [
    Call(
        conv2d,
        {"input": IMAGES, "weight": WEIGHT_DOWN, "bias": np.ones(4)},
        {
            "input": planes((5,), DEEP),
            "weight": array((5, 5), (2, 3, 3)) + EMPTY_WEIGHTS,
            "bias": array((4, 1), (1, 4, 1, 1)).or_none() + OTHER_BIASES,
            "stride": pair(1),
            "padding": PADDING_OR_WORD,
            "dilation": pair(1),
            "groups": integer(1) + [(3, "groups 3")],
        },
    ),
    Call(
        conv_transpose2d,
        {"input": IMAGES, "weight": WEIGHT, "bias": np.ones(4), "stride": 2},
        {
            "input": planes((5,), DEEP),
            "weight": array((5, 5), (4, 3, 3)) + [(np.ones(s), str(s)) for s in [(0, 4, 3, 3), (2, 0, 3, 3)]],
            "bias": array((4, 1), (1, 4, 1, 1)).or_none() + OTHER_BIASES,
            "stride": pair(1),
            "padding": PADDING + [(6, "padding 6"), ((0, 2**70), f"padding {2**70}")],
            "output_padding": pair(0) + [(2, "output_padding 2"), ((0, 3), "output_padding 3")],
            "groups": integer(1) + [(3, "groups 3")],
            "dilation": pair(1),
        },
    ),
    Call(
        max_pool2d,
        {"input": IMAGES, "kernel_size": 3},
        {
            "input": planes((5,), DEEP),
            "kernel_size": pair(1) + TOO_WIDE,
            "stride": pooling_stride(),
            "padding": PADDING + TOO_MUCH,
            "dilation": pair(1) + [(3, "dilation 3"), (2**70, str(2**70))],
            "ceil_mode": flag(),
            "return_indices": flag(),
        },
    ),
    Call(
        avg_pool2d,
        {"input": IMAGES, "kernel_size": 3},
        {
            "input": planes((5,), DEEP),
            "kernel_size": pair(1) + TOO_WIDE,
            "stride": pooling_stride(),
            "padding": PADDING + TOO_MUCH,
            "ceil_mode": flag(),
            "count_include_pad": flag(),
            "divisor_override": other((0, "must not be 0"), (True, "True"), (2.0, "2.0"), ((2, 2), "(2, 2)")),
        },
    ),
    Call(
        max_unpool2d,
        {"input": VALUES, "indices": SWITCHES, "kernel_size": 3},
        {
            "input": planes((5,), DEEP),
            "indices": array((2, 2, 2))
            + [
                (SWITCHES[:, :1], "(1, 1, 2, 2)"),
                (SWITCHES * 1.0, "integers, got dtype float64"),
                (SWITCHES - 1, "got -1 to 6"),
                (SWITCHES + 29, "got 29 to 36"),
                (SWITCHES << 60, "and 35"),
            ],
            "kernel_size": pair(1),
            "stride": pooling_stride(),
            "padding": PADDING + [(3, "padding (3, 3)"), ((0, 2**70), str(2**70))],
            "output_size": other(
                *((value, repr(value)) for value in (6, 6.0, "66", (), (6,), (2, 6, 6), (1,) * 5, {6, 7}, True)),
                ((6, 6.0), "[1] must be an integer, got 6.0"),
                ((None, 6), "[0] must be an integer, got None"),
                ((0, 6), "[0] must be at least 1, got 0"),
                ((6, -6), "[1] must be at least 1, got -6"),
                ((6, 9), "got (6, 9)"),
                ((3, 6), "got (3, 6)"),
                ((1, 2, 6, 2**70), str(2**70)),
            ),
        },
    ),
    Call(
        interpolate,
        {"input": OBLONG, "size": 3, "mode": "bilinear"},
        {
            "input": planes((5,), DEEP),
            "size": pair(1),
            "mode": word("nearest", "nearest-exact", "bilinear", "bicubic", "area") + [("linear", "'linear'")],
            "align_corners": flag().or_none(),
            "antialias": flag(),
            "recompute_scale_factor": flag().or_none() + [(True, "size 3")],
        },
    ),
    Call(
        interpolate,
        {"input": OBLONG, "scale_factor": 2, "mode": "bilinear"},
        {
            "scale_factor": other(
                *number(0).refused[:4],
                *number(0).refused[5:],
                ((), "()"),
                ((1, 2, 3), "(1, 2, 3)"),
                ([None], "scale_factor[0] must be a number"),
                (-1.5, "-1.5"),
                (0.1, "0.1"),
                (np.array(0.1), "0.1"),
                ((2, 0.2), "0.2"),
                ((2, "2"), "scale_factor[1] must be a number, got '2'"),
                ((0, 2), "scale_factor[0] must be greater than 0"),
                (1e308, "1e+308"),
            ),
            "recompute_scale_factor": flag().or_none(),
        },
    ),
    Call(
        interpolation_matrix,
        {"input_size": 4, "output_size": 3},
        {
            "input_size": integer(1),
            "output_size": integer(1),
            "mode": word("nearest", "bilinear", "bicubic", "area", "adaptive") + [("nearest-exact", "'nearest-exact'")],
            "convention": word("half-pixel", "align-corners") + [("half_pixel", "'half_pixel'")],
            "cubic_a": number(),
            "antialias": flag(),
            "scale": number(0).or_none() + [(-1, "-1")],
            "border": word("replicate", "renormalize").or_none() + [("reflect", "'reflect'")],
            "rounding": word("floor", "ceil", "half-down", "half-up") + [("round", "'round'")],
        },
    ),
    Call(
        unfold,
        {"input": IMAGES, "kernel_size": 3},
        {
            "input": planes((5,), DEEP),
            "kernel_size": pair(1),
            "dilation": pair(1),
            "padding": PADDING,
            "stride": pair(1),
        },
    ),
    Call(
        fold,
        {"input": np.ones((18, 9)), "output_size": 5, "kernel_size": 3},
        {
            "input": array((9,), (1, 1, 9, 9))
            + [
                (np.ones((17, 9)), "17"),
                (np.ones((0, 9)), "got 0"),
                (np.ones((18, 8)), "got 8"),
                (np.ones((18, 0)), "got 0"),
            ],
            "output_size": pair(1),
            "kernel_size": pair(1),
            "dilation": pair(1),
            "padding": PADDING,
            "stride": pair(1),
        },
    ),
    Call(
        pad,
        {"input": PLANE, "pad": (1, 1, 1, 1)},
        {
            "input": array((5,)),
            "pad": MARGINS + [((10**10,) * 4, "10000000000"), ((0, 2**63, 0, 0), str(2**63))],
            "value": other((True, "True"), ("0", "'0'"), (None, "None"), ([1, 2], "[1, 2]"), (10**400, "100000")),
        },
    ),
    Call(
        pad,
        {"input": np.ones((2, 2), np.uint8), "pad": (1, 1, 1, 1)},
        {"value": other((-1, "uint8, got -1"), (256, "256"), (0.5, "0.5"), (np.nan, "nan"), (np.inf, "inf"))},
    ),
    Call(
        crop,
        {"input": PLANE, "pad": (1, 1, 1, 1)},
        {
            "input": array((5,)),
            "pad": MARGINS + [((0, 0, 2, 3), "5 rows"), ((5, 0, 0, 0), "5 columns"), ((10**30,) * 4, str(10**30))],
        },
    ),
    Call(
        pixel_shuffle,
        {"input": np.ones((8, 2, 3)), "upscale_factor": 2},
        {
            "input": array((5, 5), (4,)) + [(np.ones((6, 2, 2)), "got 6")],
            "upscale_factor": integer(1) + [(3, "9 channels"), (2**40, str(4**40))],
        },
    ),
    Call(
        pixel_unshuffle,
        {"input": np.ones((1, 4, 6)), "downscale_factor": 2},
        {
            "input": array((5, 5), (4,)) + [(np.ones((1, 3, 4)), "(1, 3, 4)"), (np.ones((1, 4, 3)), "(1, 4, 3)")],
            "downscale_factor": integer(1) + [(3, "3"), (2**70, str(2**70))],
        },
    ),
    Call(
        conv_output_size,
        {"input_size": 5, "kernel_size": 3},
        {
            "input_size": pair(1),
            "kernel_size": pair(1),
            "stride": pair(1),
            "padding": PADDING_OR_WORD,
            "dilation": pair(1),
        },
    ),
    Call(
        conv_transpose_output_size,
        {"input_size": 5, "kernel_size": 3, "stride": 2},
        {
            "input_size": pair(1),
            "kernel_size": pair(1),
            "stride": pair(1),
            "padding": PADDING + [(6, "padding 6")],
            "output_padding": pair(0) + [(2, "output_padding 2"), ((0, 3), "output_padding 3")],
            "dilation": pair(1),
        },
    ),
    Call(
        pool_output_size,
        {"input_size": 5, "kernel_size": 3},
        {
            "input_size": pair(1),
            "kernel_size": pair(1) + [(6, "kernel_size 6")],
            "stride": pooling_stride(),
            "padding": PADDING + TOO_MUCH,
            "dilation": pair(1) + [(3, "dilation 3")],
            "ceil_mode": flag(),
        },
    ),
    Call(
        conv_input_sizes,
        {"output_size": 5, "kernel_size": 3},
        {
            "output_size": integer(1),
            "kernel_size": integer(1),
            "stride": integer(1),
            "padding": integer(0) + [("same", "'same'"), (50, "padding 50")],
            "dilation": integer(1),
        },
    ),
    Call(same_padding, {"kernel_size": 3}, {"kernel_size": integer(1), "dilation": integer(1)}),
    Call(
        strided_same_padding,
        {"size": 8, "kernel_size": 3, "stride": 2},
        {"size": integer(1), "kernel_size": integer(1), "stride": integer(1), "dilation": integer(1)},
    ),
    Call(
        receptive_field,
        {"layers": [(3, 1)]},
        {
            "layers": other(
                *((value, text) for value, text in [(None, "None"), (3, "3"), (Nothing(), "<nothing>"), ("ab", "'a'")]),
                ([3], "layers[0]"),
                ([(3,)], "(3,)"),
                ([(3, 1, 1, 1)], "(3, 1, 1, 1)"),
                ([(3, 1), None], "layers[1]"),
                ([(3, 1), (3.0, 1)], "layers[1] kernel_size must be an integer, got 3.0"),
                ([(0, 1)], "layers[0] kernel_size must be at least 1, got 0"),
                ([(3, 0)], "layers[0] stride must be at least 1, got 0"),
                ([(3, 1, 0)], "layers[0] dilation must be at least 1, got 0"),
            )
        },
    ),
    Call(
        matrix_of,
        {"operation": np.transpose, "input_shape": (2, 2)},
        {
            "operation": other((None, "None"), (3, "3"), ("conv2d", "'conv2d'"), (Nothing(), "<nothing>")),
            "input_shape": other(
                *((value, repr(value)) for value in (None, 3, "22", ())),
                ((2, 2.0), "input_shape[1] must be an integer, got 2.0"),
                ((0, 2), "input_shape[0] must be at least 1, got 0"),
                ((2, -2), "got -2"),
                ((True, 2), "True"),
            ),
            "dtype": other(*((value, str(value)) for value in ("nonsense", 3)), (bool, "bool"), (complex, "complex")),
        },
    ),
    Call(
        psnr,
        {"image": PLANE, "reference": PLANE},
        {
            "image": array((5,), (3, 5)) + [(np.ones((0, 5, 5)), "(0, 5, 5)")],
            "reference": array((5,), (3, 5)),
            "data_range": number(0),
        },
    ),
    Call(
        ssim,
        {"image": np.ones((11, 11)), "reference": np.ones((11, 11))},
        {
            "image": array((5,), (3, 5)),
            "reference": array((5,), (3, 5)),
            "data_range": number(0),
        },
    ),
    Call(
        otsu_threshold,
        {"values": [0.0, 1.0]},
        {
            "values": other(
                *array().refused[:4], ([1.0, 1.0], "not all equal"), ([], "finite"), ([0, np.nan], "finite")
            ),
            "bins": integer(2),
        },
    ),
    Call(
        connected_components,
        {"mask": np.ones((2, 2), bool)},
        {
            "mask": MASK,
            "connectivity": other((6, "6"), (None, "None"), ("4", "'4'")),
        },
    ),
    Call(erode, {"mask": np.ones((2, 2), bool)}, {"mask": MASK, "radius": integer(0)}),
]


def test_every_argument_of_every_public_function_is_in_the_table():
    public = {one for one in map(vars(ops).get, ops.__all__) if callable(one)}
    assert {call.function for call in CALLS} == public
    for function in public:
        parameters = inspect.signature(function).parameters.values()
        named = {one.name for one in parameters if one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD)}
        assert {name for call in CALLS if call.function is function for name in call.kinds} == named


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(("function", "arguments", "name", "kind"), one_at_a_time(CALLS))
def test_no_argument_passes_by_its_checker(function, arguments, name, kind):
    function(**arguments)
    assert_refused_by_name(function, arguments, name, kind.refused)
    assert_passed(function, arguments, name, kind.passed)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("call", "quoted"),
    [
        (lambda: conv2d(IMAGES, np.ones((4, 3, 3, 3))), ["weight", "(4, 3, 3, 3)", "3 channels", "got 2 channels"]),
        (lambda: conv2d(IMAGES, WEIGHT_DOWN, groups=2), ["weight", "groups 2", "2 * 2 = 4 channels", "got 2 channels"]),
        (lambda: conv2d(IMAGES, np.ones((3, 1, 3, 3)), groups=2), ["(3, 1, 3, 3)", "C_out divisible by groups"]),
        (lambda: conv2d(PLANE, WEIGHT_DOWN), ["weight", "2 dimensions", "(4, 2, 3, 3)"]),
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
        (lambda: conv_transpose2d(IMAGES, np.ones((3, 2, 3, 3))), ["weight", "(3, 2, 3, 3)", "3 channels", "got 2"]),
        (lambda: conv_transpose2d(np.ones((3, 5, 5)), np.ones((3, 1, 1, 1)), groups=2), ["groups 2", "C_in divisible"]),
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
        (lambda: interpolate(OBLONG), ["either size or scale_factor", "size None", "scale_factor None"]),
        (lambda: interpolate(OBLONG, 2, 2), ["either size or scale_factor", "size 2", "scale_factor 2"]),
        (lambda: interpolate(OBLONG, 2, align_corners=True), ["align_corners", "'nearest'", "True"]),
        (lambda: interpolate(OBLONG, 2, align_corners=False), ["align_corners", "'nearest'", "False"]),
        (lambda: interpolate(OBLONG, 2, None, "nearest-exact", False), ["align_corners", "'nearest-exact'"]),
        (lambda: interpolate(OBLONG, 2, antialias=True), ["antialias", "'nearest'"]),
        (lambda: interpolate(OBLONG, 2, mode="nearest-exact", antialias=True), ["antialias", "'nearest-exact'"]),
        (lambda: interpolate(OBLONG, 2, recompute_scale_factor=True), ["recompute_scale_factor", "size 2"]),
        (lambda: interpolate(OBLONG, scale_factor=0.24), ["scale_factor 0.24", "of 4"]),
        (lambda: interpolate(OBLONG, 10**10), ["10000000000", "memory"]),
        (lambda: interpolate(OBLONG, 10**10, mode="bicubic"), ["10000000000", "memory"]),
        (lambda: interpolate(OBLONG, (1, 2**70)), [str(2**70), "memory"]),
        (lambda: interpolate(OBLONG, scale_factor=1e18, mode="bilinear"), ["000000", "memory"]),
        (lambda: interpolation_matrix(10**10, 10**10), ["10000000000", "memory"]),
        (lambda: interpolation_matrix(4, 2, "nearest", antialias=True), ["antialias", "'nearest'"]),
        (lambda: interpolation_matrix(4, 2, "area", antialias=True), ["antialias", "'area'"]),
        (lambda: interpolation_matrix(4, 2, "area", "asymmetric"), ["'area'", "convention", "'asymmetric'"]),
        (lambda: interpolation_matrix(4, 2, "area", scale=2), ["'area'", "scale 2"]),
        (lambda: interpolation_matrix(2, 4, "area"), ["'area'", "output_size", "4 from 2"]),
        (lambda: interpolation_matrix(4, 2, "adaptive", antialias=True), ["antialias", "'adaptive'"]),
        (lambda: interpolation_matrix(4, 2, "adaptive", "asymmetric"), ["'adaptive'", "convention", "'asymmetric'"]),
        (lambda: interpolation_matrix(4, 2, "adaptive", scale=2), ["'adaptive'", "scale 2"]),
        (lambda: interpolate(OBLONG, 2, mode="area", align_corners=False), ["align_corners", "'area'", "False"]),
        (lambda: interpolate(OBLONG, 2, mode="area", antialias=True), ["antialias", "'area'"]),
        (lambda: interpolation_matrix(2, 4, "bilinear", scale=9, border="renormalize"), ["scale 9", "2 input cells"]),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, list) else "call",
)
def test_arguments_that_contradict_each_other_are_refused_with_what_was_met(call, quoted):
    with pytest.raises(ValueError, match=r"\w") as refusal:
        call()
    for part in quoted:
        assert part in str(refusal.value)
