"""Interpolation equals its definition, its matrices, PyTorch, OpenCV and Pillow, and refuses nonsense by name."""

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from lib import INTERPOLATION_RULES, avg_pool2d, interpolate, interpolation_matrix, matrix_of
from lib.ops.by_loops import interpolate_by_loops
from lib.ops.fast.banded import Entries, blocks_of, multiply_both_sides, multiply_by_entries

from .record_interpolate import (
    CASES,
    LIBRARY_RULES,
    REFERENCE,
    WAYS,
    answer_of_torch,
    matrix_of_library,
    sizes_of,
)
from .strategies import LAW, LAYOUTS, seeds

SMOOTH_WAYS = [way for way in WAYS if way["mode"] in ("bilinear", "bicubic")]
RELATIVE = {"float16": 2e-3, "float32": 1e-5, "float64": 1e-13}
# PyTorch 2.13 repeats the first row where an antialiased result is one column wide and its rows change: we do not.
TORCH_IS_WRONG = [case for case in CASES if case.options.get("antialias") and case.options.get("size") == (1, 1)]

sizes = st.tuples(st.integers(1, 9), st.integers(1, 9))
ways = st.sampled_from(WAYS)


def numbers(shape, seed, dtype=np.float64):
    return np.random.default_rng(seed).normal(size=shape).astype(dtype)


def name_of(way):
    return "-".join(str(value) if name == "mode" else name for name, value in way.items())


@pytest.fixture(scope="module")
def recorded():
    with np.load(REFERENCE) as file:
        return dict(file)


def assert_same(result, expected):
    """Compare shapes, dtypes, values and where NaN and infinity are; rounding is relative to the largest number."""
    assert result.shape == expected.shape
    assert result.dtype == expected.dtype
    scale = np.abs(expected[np.isfinite(expected)].astype(float)).max(initial=1)
    assert_allclose(result, expected, rtol=0, atol=RELATIVE.get(str(expected.dtype), 0) * scale)


# What it means


@given(sizes, sizes, ways, seeds)
@LAW
def test_fast_code_equals_plain_loops(size, wanted, way, seed):
    # Float32 positions of the nearest modes may round away from exact ones: see the test of that below.
    image = numbers((1, 2, *size), seed)
    assert_allclose(interpolate(image, wanted, **way), interpolate_by_loops(image, wanted, **way), atol=1e-12)


@given(sizes, st.tuples(st.floats(0.3, 3), st.floats(0.3, 3)), st.sampled_from(SMOOTH_WAYS), seeds)
@LAW
def test_positions_are_measured_with_the_factor_unless_recomputed(size, factors, way, seed):
    wanted = tuple(int(n * factor) for n, factor in zip(size, factors, strict=True))
    assume(min(wanted) >= 1 and all(a != b for a, b in zip(size, wanted, strict=True)))
    image = numbers((1, 1, *size), seed)
    scales = None if way.get("align_corners") else tuple(1 / factor for factor in factors)
    expected = interpolate_by_loops(image, wanted, **way, scales=scales)
    for recompute in (None, False):
        result = interpolate(image, scale_factor=factors, recompute_scale_factor=recompute, **way)
        assert_allclose(result, expected, atol=1e-12)
    recomputed = interpolate(image, scale_factor=factors, recompute_scale_factor=True, **way)
    assert_array_equal(recomputed, interpolate(image, wanted, **way))


@pytest.mark.parametrize("way", WAYS, ids=name_of)
def test_a_factor_that_keeps_the_size_changes_nothing_where_pytorch_does_not_look_at_it(way):
    line = numbers((1, 5), 0)
    result = interpolate(line, scale_factor=(1, 1.15), **way)
    looked_at = way in ({"mode": "nearest-exact"}, {"mode": "bicubic"})
    expected = interpolate(line, (1, 5), **way)
    assert np.allclose(result, expected, atol=1e-14) != looked_at


@pytest.mark.parametrize(
    ("way", "expected"),
    [
        ({"mode": "nearest"}, [0, np.inf, 0, 0]),
        ({"mode": "bilinear"}, [0, np.nan, 0, 0]),
        ({"mode": "bicubic"}, [np.nan, np.nan, np.nan, 0]),
        ({"mode": "bilinear", "antialias": True}, [0, np.inf, 0, 0]),
        ({"mode": "bicubic", "antialias": True}, [0, np.inf, 0, 0]),
    ],
)
def test_infinity_at_the_same_size_spreads_as_in_pytorch(way, expected):
    assert_array_equal(interpolate(np.array([[0, np.inf, 0, 0]]), (1, 4), **way), [expected])


def test_nearest_copies_each_cell_twice_where_the_size_doubles_whatever_the_factor():
    line = np.arange(5)[None]
    assert_array_equal(interpolate(line, scale_factor=(1, 2.15))[0], np.arange(10) // 2)
    exact = interpolate(line, scale_factor=(1, 2.15), mode="nearest-exact")[0]
    assert_array_equal(exact, np.floor((np.arange(10) + 0.5) / 2.15))


@pytest.mark.parametrize(
    ("mode", "factor", "cells", "picked", "recomputed"),
    [
        ("nearest", 1.6, 5, [0, 0, 1, 1, 2, 3, 3, 4], [0, 0, 1, 1, 2, 3, 3, 4]),
        ("nearest", 2.5, 3, [0, 0, 0, 1, 1, 2, 2], [0, 0, 0, 1, 1, 2, 2]),
        ("nearest", 0.7, 5, [0, 1, 2], [0, 1, 3]),
        ("nearest-exact", 0.7, 5, [0, 2, 3], [0, 2, 4]),
    ],
)
def test_nearest_picks_these_cells(mode, factor, cells, picked, recomputed):
    line = np.arange(cells)[None]
    assert_array_equal(interpolate(line, scale_factor=(1, factor), mode=mode)[0], picked)
    result = interpolate(line, scale_factor=(1, factor), mode=mode, recompute_scale_factor=True)
    assert_array_equal(result[0], recomputed)


def test_nearest_takes_the_cell_before_the_middle_and_nearest_exact_the_middle():
    line = np.arange(6, dtype=np.uint8)[None]
    assert_array_equal(interpolate(line, (1, 2)), [[0, 3]])
    assert_array_equal(interpolate(line, (1, 2), mode="nearest-exact"), [[1, 4]])


def test_nearest_rounds_positions_in_float32_as_pytorch():
    # Where a position is a whole number in exact arithmetic, float32 may come out below it: these sizes differ.
    differ = [
        (n, m)
        for n in range(1, 40)
        for m in range(1, 60)
        if not np.array_equal(interpolate(np.arange(n)[None], (1, m))[0], np.arange(m) * n // m)
    ]
    assert differ
    for n, m in differ:
        float32 = np.floor(np.arange(m, dtype=np.float32) * np.float32(n / m))
        assert_array_equal(interpolate(np.arange(n)[None], (1, m))[0], float32)


@pytest.mark.parametrize("way", WAYS, ids=name_of)
def test_leading_axes_are_independent(way):
    images = numbers((2, 3, 5, 4), 0)
    result = interpolate(images, (7, 3), **way)
    for n, c in np.ndindex(2, 3):
        assert_allclose(interpolate(images[n, c], (7, 3), **way), result[n, c], atol=1e-14)
    assert_allclose(interpolate(images[1], (7, 3), **way), result[1], atol=1e-14)


@pytest.mark.parametrize("way", WAYS, ids=name_of)
def test_many_planes_and_large_planes_are_cut_into_strips_without_a_seam(way):
    for shape, wanted in [((700, 20, 17), (33, 40)), ((1, 300, 500), (150, 700)), ((1, 9, 9000), (20, 70))]:
        images = numbers(shape, 1)
        result = interpolate(images, wanted, **way)
        for plane in {0, shape[0] // 2, shape[0] - 1}:
            rows, columns = (matrix_of_way(n, m, way) for n, m in zip(shape[1:], wanted, strict=True))
            assert_allclose(result[plane], rows @ images[plane] @ columns.T, atol=1e-12)


# It is a matrix


def matrix_of_way(n, m, way):
    """Return the matrix of one axis by its name in the table of rules, where it has one."""
    words = ["PyTorch", way["mode"]] + [word for word in ("antialias", "align_corners") if way.get(word)]
    if words[2:] == ["antialias", "align_corners"]:  # PyTorch takes the scale of align_corners and no more
        scale = (n - 1) / (m - 1) if m > 1 else 0
        rule = INTERPOLATION_RULES[" ".join(words[:3])]
        if scale == 0:  # no scale of the public function: one cell alone, the kernel of width 1 at position -1/2
            return matrix_of(interpolate, (n, 1), (m, 1), **way)
        return interpolation_matrix(n, m, **rule, scale=None if n == m else scale)
    return interpolation_matrix(n, m, **INTERPOLATION_RULES[" ".join(words)])


@given(sizes, sizes, ways)
@LAW
def test_the_matrix_of_an_image_is_the_kronecker_product_of_two_matrices(size, wanted, way):
    rows, columns = (matrix_of_way(n, m, way) for n, m in zip(size, wanted, strict=True))
    assert_allclose(matrix_of(interpolate, size, wanted, **way), np.kron(rows, columns), atol=1e-14)


@given(
    st.integers(1, 12),
    st.integers(1, 12),
    st.sampled_from(["nearest", "bilinear", "bicubic"]),
    st.sampled_from(["half-pixel", "align-corners", "asymmetric", "pytorch-half-pixel", "half-pixel-symmetric"]),
    st.booleans(),
    st.sampled_from([None, "replicate", "renormalize"]),
    st.sampled_from(["floor", "ceil", "half-down", "half-up"]),
    st.sampled_from([-0.5, -0.75, -1]),
)
@settings(LAW, max_examples=200)
def test_rows_sum_to_one(n, m, mode, convention, antialias, border, rounding, cubic_a):
    antialias = antialias and mode != "nearest"
    matrix = interpolation_matrix(n, m, mode, convention, cubic_a, antialias, None, border, rounding)
    assert matrix.shape == (m, n)
    assert matrix.dtype == np.float64
    assert_allclose(matrix.sum(1), 1, atol=1e-12)
    if mode != "bicubic":
        assert matrix.min() >= 0


@pytest.mark.parametrize("rule", INTERPOLATION_RULES)
def test_every_named_rule_is_the_identity_at_scale_1_and_sums_to_one(rule):
    assert_allclose(interpolation_matrix(6, 6, **INTERPOLATION_RULES[rule]), np.eye(6), atol=1e-15)
    assert_allclose(interpolation_matrix(7, 3, **INTERPOLATION_RULES[rule]).sum(1), 1, atol=1e-15)


def test_conventions_put_the_output_cells_here():
    def positions(n, m, convention, scale=None):  # a triangle's row, times the cells' numbers, is the position
        return interpolation_matrix(n, m, "bilinear", convention, scale=scale) @ np.arange(n)

    assert_allclose(positions(4, 2, "half-pixel"), [0.5, 2.5])
    assert_allclose(positions(4, 2, "asymmetric"), [0, 2])
    assert_allclose(positions(4, 2, "align-corners"), [0, 3])
    assert_allclose(positions(4, 1, "align-corners"), [0])
    assert_allclose(positions(4, 1, "half-pixel"), [1.5])
    assert_allclose(positions(4, 1, "pytorch-half-pixel"), [0])
    assert_allclose(positions(4, 2, "half-pixel", scale=1.6), [0.3, 1.9])
    assert_allclose(positions(4, 2, "half-pixel-symmetric", scale=1.6), [0.7, 2.3])
    assert_allclose(positions(4, 3, "asymmetric", scale=1.25), [0, 1.25, 2.5])


@pytest.mark.parametrize(
    ("rounding", "picked"),
    [
        ("floor", [0, 0, 1, 1, 2]),
        ("ceil", [0, 1, 1, 2, 2]),
        ("half-down", [0, 0, 1, 1, 2]),
        ("half-up", [0, 1, 1, 2, 2]),
    ],
)
def test_rounding_says_which_cell_is_nearest(rounding, picked):
    halves = interpolation_matrix(4, 5, "nearest", "asymmetric", scale=0.5, rounding=rounding)
    assert_array_equal(halves.argmax(1), picked)
    near_one = interpolation_matrix(4, 2, "nearest", "asymmetric", scale=1.25, rounding=rounding)
    assert near_one[1].argmax() == (2 if rounding == "ceil" else 1)


def test_border_repeats_the_last_cell_or_leaves_it_out():
    replicated = interpolation_matrix(4, 8, "bicubic")[0]
    assert_allclose(replicated * 128, [141.5, -13.5, 0, 0])
    renormalized = interpolation_matrix(4, 8, "bicubic", border="renormalize")[0]
    assert_allclose(renormalized, np.array([112.5, -13.5, 0, 0]) / 99)
    assert_allclose(interpolation_matrix(4, 2, antialias=True, border="replicate")[0], [0.5, 0.375, 0.125, 0])


def test_adaptive_averages_every_cell_that_the_output_cell_touches():
    assert_allclose(interpolation_matrix(5, 2, "adaptive") * 3, [[1, 1, 1, 0, 0], [0, 0, 1, 1, 1]])
    assert_allclose(interpolation_matrix(2, 3, "adaptive"), [[1, 0], [0.5, 0.5], [0, 1]])
    assert_array_equal(interpolation_matrix(6, 3, "adaptive"), interpolation_matrix(6, 3, "area"))


def test_a_tuple_of_one_stands_for_a_pair():
    image = numbers((2, 6, 8), 0)
    assert_array_equal(interpolate(image, (3,)), interpolate(image, (3, 3)))
    assert_array_equal(interpolate(image, scale_factor=[1.5]), interpolate(image, scale_factor=(1.5, 1.5)))


def test_mode_area_averages_windows_where_the_sizes_divide():
    image = numbers((2, 6, 8), 0)
    assert_allclose(interpolate(image, (3, 2), mode="area"), avg_pool2d(image, (2, 4)), atol=1e-14)


def test_area_counts_the_share_of_each_cell():
    assert_allclose(interpolation_matrix(5, 2, "area") * 5, [[2, 2, 1, 0, 0], [0, 0, 1, 2, 2]])
    assert_array_equal(interpolation_matrix(4, 4, "area"), np.eye(4))


@given(sizes, sizes, ways, seeds)
@LAW
def test_the_adjoint_identity_holds(size, wanted, way, seed):
    x, y = numbers((2, *size), seed), numbers((2, *wanted), seed + 1)
    result, pulls = interpolate.record(x, wanted, **way)
    assert_array_equal(result, interpolate(x, wanted, **way))
    gradient = pulls["input"](y)
    assert gradient.shape == x.shape
    assert_allclose(np.vdot(result, y), np.vdot(x, gradient), atol=1e-11)


@given(sizes, st.tuples(st.floats(0.4, 3), st.floats(0.4, 3)), ways, st.booleans(), seeds)
@settings(LAW, max_examples=60)
def test_the_gradient_is_the_transpose_of_the_matrix(size, factors, way, recompute, seed):
    assume(all(int(n * factor) for n, factor in zip(size, factors, strict=True)))
    options = {"scale_factor": factors, "recompute_scale_factor": recompute, **way}
    matrix = matrix_of(interpolate, size, **options)
    result, pulls = interpolate.record(numbers(size, seed), **options)
    gradient = numbers(result.shape, seed + 1)
    assert_allclose(pulls["input"](gradient).ravel(), matrix.T @ gradient.ravel(), atol=1e-12)


@pytest.mark.parametrize("way", WAYS, ids=name_of)
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_gradients_keep_dtype_and_spread_non_finite_numbers_to_what_was_read(way, dtype):
    _, pulls = interpolate.record(numbers((1, 2, 4, 5), 0, dtype), (8, 3), **way)
    gradient = numbers((1, 2, 8, 3), 1, dtype)
    finite = pulls["input"](gradient)
    assert finite.dtype == dtype
    gradient[0, 0, 0, 0] = np.nan
    spread = pulls["input"](gradient)
    touched = np.isnan(spread)
    assert touched[0, 0, 0, 0]
    assert not touched[0, 0, 3].any()
    assert not touched[0, 1].any()
    assert_allclose(spread[~touched], finite[~touched], atol=1e-2 if dtype == "float16" else 1e-6)


# What it keeps


@given(sizes, sizes, ways, st.floats(-100, 100))
@LAW
def test_constant_images_stay_constant(size, wanted, way, value):
    assert_allclose(interpolate(np.full(size, value), wanted, **way), np.full(wanted, value), rtol=1e-13)


@given(sizes, ways, seeds)
@LAW
def test_the_same_size_is_the_identity(size, way, seed):
    image = numbers(size, seed)
    for options in ({"size": size}, {"scale_factor": 1}, {"scale_factor": (1.0, 1)}):
        result = interpolate(image, **options, **way)
        assert_allclose(result, image, atol=1e-14)
        assert not np.shares_memory(result, image)


@given(sizes, sizes, ways, seeds)
@LAW
def test_it_is_linear(size, wanted, way, seed):
    x, y = numbers(size, seed), numbers(size, seed + 1)
    together = interpolate(2 * x - 3 * y, wanted, **way)
    assert_allclose(together, 2 * interpolate(x, wanted, **way) - 3 * interpolate(y, wanted, **way), atol=1e-12)


@pytest.mark.parametrize("mode", ["bilinear", "bicubic"])
def test_align_corners_keeps_the_corners_and_takes_the_first_cell_for_one(mode):
    image = numbers((4, 6), 0)
    result = interpolate(image, (9, 11), mode=mode, align_corners=True)
    assert_allclose(result[::8, ::10], image[::3, ::5], atol=1e-14)
    assert_allclose(interpolate(image, (1, 11), mode=mode, align_corners=True)[0, ::10], image[0, ::5], atol=1e-14)
    assert_allclose(interpolate(image, 1, mode=mode, align_corners=True), image[:1, :1], atol=1e-14)


def test_antialias_sees_every_cell_and_no_antialias_misses_some():
    stripes = np.tile([1.0, 0, 0, 0], 8)[None]
    missed = interpolate(stripes, (1, 8), mode="bilinear")
    assert_array_equal(missed, np.zeros((1, 8)))
    seen = interpolate(stripes, (1, 8), mode="bilinear", antialias=True)
    assert_allclose(seen[0, 1:-1], 0.25)
    assert np.all(np.count_nonzero(interpolation_matrix(32, 8, antialias=True), axis=0) > 0)


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.int64, np.uint64])
@pytest.mark.parametrize("way", WAYS, ids=name_of)
def test_integers_are_kept_by_nearest_and_give_float64_otherwise(way, dtype):
    image = np.arange(20).reshape(4, 5).astype(dtype)
    image[0, 0] = np.iinfo(dtype).max
    result = interpolate(image, (8, 3), **way)
    if "nearest" in way["mode"]:
        assert result.dtype == dtype
        assert result[0, 0] == np.iinfo(dtype).max or way["mode"] == "nearest-exact"
    else:
        assert result.dtype == np.float64
        assert_allclose(result, interpolate(image.astype(float), (8, 3), **way))


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
@pytest.mark.parametrize("way", WAYS, ids=name_of)
def test_floating_point_dtypes_are_kept(way, dtype):
    image = numbers((2, 4, 5), 0, dtype)
    result = interpolate(image, (8, 3), **way)
    assert result.dtype == dtype
    tolerance = 4 * max(np.finfo(dtype).eps, np.finfo(np.float64).eps) * 3
    assert_allclose(result, interpolate(image.astype(float), (8, 3), **way), atol=float(tolerance))


@pytest.mark.parametrize("way", WAYS, ids=name_of)
def test_layouts_and_byte_orders_do_not_matter_and_the_input_is_left_alone(way):
    image = numbers((2, 3, 5, 4), 0)
    expected = interpolate(image, (7, 6), **way)
    for layout in LAYOUTS.values():
        given = layout(image)
        result = interpolate(given, (7, 6), **way)
        assert_array_equal(result, expected)
        assert result.dtype == np.float64
        assert_array_equal(given, image)


@pytest.mark.parametrize("way", WAYS, ids=name_of)
def test_an_empty_batch_gives_an_empty_batch(way):
    for shape in [(0, 3, 4, 5), (0, 1, 1, 1)]:
        result, pulls = interpolate.record(np.zeros(shape, np.float32), (8, 3), **way)
        assert result.shape == (*shape[:-2], 8, 3)
        assert result.dtype == np.float32
        assert pulls["input"](result).shape == shape


@pytest.mark.filterwarnings("error")
def test_numbers_too_large_to_square_are_not_lost():
    image = np.full((4, 4), 2e38, np.float32)
    assert_allclose(interpolate(image, (8, 8), mode="bilinear"), np.full((8, 8), 2e38), rtol=1e-6)
    image[0, 0] = np.inf
    assert np.isfinite(interpolate(image, (8, 8), mode="bilinear")[3:, 3:]).all()


@given(st.integers(1, 20), st.integers(1, 20), st.integers(1, 7), seeds)
@LAW
def test_blocks_and_entries_multiply_as_the_whole_matrix(n, m, rows, seed):
    generator = np.random.default_rng(seed)
    rows_of = np.sort(generator.integers(0, m, 2 * m))  # some rows are empty
    entries = Entries(rows_of, generator.integers(0, n, 2 * m), generator.normal(size=2 * m), (m, n))
    assert_array_equal(entries.transposed().dense(), entries.dense().T)
    planes = generator.normal(size=(3, n, n))
    expected = entries.dense() @ planes @ entries.dense().T
    by_blocks, by_entries = np.full((2, 3, m, m), np.nan)
    left, right = blocks_of(entries, 16, np.dtype(float)), blocks_of(entries, rows, np.dtype(float))
    multiply_both_sides(left, planes, right, by_blocks)
    multiply_by_entries(entries, planes, entries, by_entries)
    assert_allclose(by_blocks, expected, atol=1e-12)
    assert_allclose(by_entries, expected, atol=1e-12)


# The same numbers as others


def test_the_file_holds_every_case_and_the_versions_that_answered(recorded):
    names = {f"{case.name}.{dtype}" for case in CASES for dtype in case.dtypes}
    names |= {f"{rule}{pair}" for rule in LIBRARY_RULES for pair in sizes_of(rule)}
    assert recorded.keys() == names | {f"version of {name}" for name in ("torch", "OpenCV", "Pillow")}


@pytest.mark.parametrize("case", [case for case in CASES if case not in TORCH_IS_WRONG], ids=lambda case: case.name)
def test_recorded_answers_of_torch_are_met(case, recorded):
    for dtype in case.dtypes:
        expected = recorded[f"{case.name}.{dtype}"]
        result = interpolate(case.array(dtype), **case.options)
        if dtype == "uint8" and case.options["mode"] == "bilinear":  # PyTorch rounds, in fixed-point arithmetic
            assert np.abs(result - expected).max() <= 1
        else:
            assert_same(result, expected)


@pytest.mark.parametrize("rule", LIBRARY_RULES)
def test_the_named_rules_are_those_of_opencv_and_pillow(rule, recorded):
    for pair in sizes_of(rule):
        matrix = interpolation_matrix(*pair, **INTERPOLATION_RULES[rule])
        assert_allclose(matrix, recorded[f"{rule}{pair}"], atol=2e-6, err_msg=str(pair))


def test_the_installed_torch_still_answers_as_recorded(recorded):
    pytest.importorskip("torch", reason="compares with PyTorch itself where it is installed")
    for case in CASES:
        for dtype in case.dtypes:
            assert_same(answer_of_torch(case, dtype), recorded[f"{case.name}.{dtype}"])


@pytest.mark.parametrize("library", ["OpenCV", "Pillow"])
def test_the_installed_libraries_still_answer_as_recorded(library, recorded):
    pytest.importorskip({"OpenCV": "cv2", "Pillow": "PIL"}[library], reason=f"compares with {library} itself")
    for rule in LIBRARY_RULES:
        for pair in sizes_of(rule) if rule.startswith(library) else []:
            assert_allclose(matrix_of_library(rule, *pair), recorded[f"{rule}{pair}"], atol=1e-6)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_generated_calls_answer_as_the_installed_torch_forward_and_backward(dtype):
    torch = pytest.importorskip("torch", reason="compares with PyTorch itself where it is installed")

    @given(sizes, sizes, ways, seeds)
    @settings(LAW, max_examples=150)
    @example((37, 41), (70, 90), {"mode": "nearest"}, 0)
    @example((37, 41), (70, 90), {"mode": "nearest-exact"}, 0)
    @example((25, 31), (49, 53), {"mode": "nearest"}, 0)
    def law(size, wanted, way, seed):
        assume(not (way.get("antialias") and wanted[1] == 1))  # see TORCH_IS_WRONG
        array = numbers((2, 2, *size), seed, dtype)
        result, pulls = interpolate.record(array, wanted, **way)
        tensor = torch.from_numpy(array).requires_grad_()
        expected = torch.nn.functional.interpolate(tensor, wanted, **way)
        assert_same(result, expected.detach().numpy())
        gradient = numbers(result.shape, seed + 1, dtype)
        expected.backward(torch.from_numpy(gradient))
        assert_same(pulls["input"](gradient), tensor.grad.numpy())

    law()


def test_recompute_scale_factor_false_is_allowed_beside_a_size_as_in_pytorch():
    assert_array_equal(interpolate(np.ones((5, 4)), 2, recompute_scale_factor=False), np.ones((2, 2)))


def test_an_argument_that_asks_gets_the_operation():
    class Asking:
        def __operation__(self, function, arguments):
            return function, arguments

    asking = Asking()
    function, arguments = interpolate(asking, scale_factor=2)
    assert function is interpolate
    assert arguments == {"input": asking, "scale_factor": 2}
