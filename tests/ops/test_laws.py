"""Laws between the operations, as the chapters state and draw them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib import (
    Tensor,
    avg_pool2d,
    conv2d,
    conv_transpose2d,
    interpolate,
    interpolation_matrix,
    matrix_of,
    max_pool2d,
    max_unpool2d,
    pixel_shuffle,
)

from .strategies import LAW, seeds

factors = st.integers(2, 5)


# Transposed convolution: stamps, phases, pixel shuffle ---------------------------------------------------------------


@given(st.integers(1, 9), st.integers(1, 5))
@LAW
def test_away_from_the_ends_a_cell_gets_as_many_stamps_as_its_phase_says(k, s):
    inputs = 2 * k + 2
    counts = conv_transpose2d(np.ones((1, inputs)), np.ones((1, k)), stride=(1, s))[0]
    for cell in range(k, len(counts) - k):
        assert counts[cell] == -(-(k - cell % s) // s)
    inner = set(counts[k : len(counts) - k])
    assert (len(inner) == 1) is (k % s == 0)


@given(st.integers(2, 6), st.integers(1, 3))
@LAW
def test_in_the_plane_the_counts_are_products_of_those_along_the_axes(k, s):
    line = conv_transpose2d(np.ones((1, 5)), np.ones((1, k)), stride=(1, s))[0]
    plane = conv_transpose2d(np.ones((5, 5)), np.ones((k, k)), stride=s)
    assert (plane == np.outer(line, line)).all()


@given(seeds, st.integers(1, 4), st.integers(1, 3))
@LAW
def test_a_kernel_of_whole_strides_is_a_convolution_for_each_phase_interleaved(seed, s, taps):
    rng = np.random.default_rng(seed)
    small, kernel = rng.standard_normal((4, 5)), rng.standard_normal((s * taps, s * taps))
    phases = np.array([kernel[i::s, j::s][::-1, ::-1] for i in range(s) for j in range(s)])
    shuffled = pixel_shuffle(conv2d(small[None], phases[:, None], padding=taps - 1), s)[0]
    assert np.allclose(shuffled, conv_transpose2d(small, kernel, stride=s))


@given(seeds, factors)
@LAW
def test_equal_phases_are_a_convolution_then_nearest_copying(seed, s):
    rng = np.random.default_rng(seed)
    small, one = rng.standard_normal((1, 4, 5)), rng.standard_normal((1, 1, 3, 3))
    shuffled = pixel_shuffle(conv2d(small, np.repeat(one, s * s, axis=0), padding=1), s)
    assert np.allclose(shuffled, interpolate(conv2d(small, one, padding=1), scale_factor=s))


@given(seeds, factors)
@LAW
def test_copying_then_convolving_is_a_transposed_convolution_whose_kernel_is_a_smeared_one(seed, s):
    rng = np.random.default_rng(seed)
    small, one = rng.standard_normal((4, 5)), rng.standard_normal((3, 3))
    smeared = conv_transpose2d(np.ones((s, s)), one[::-1, ::-1])
    copied = conv2d(interpolate(small, scale_factor=s), one, padding=1)
    assert np.allclose(copied, conv_transpose2d(small, smeared, stride=s, padding=1))


# Interpolation as a transposed convolution ---------------------------------------------------------------------------


def bilinear_stamps(image: np.ndarray, s: int) -> np.ndarray:
    """Return what the transposed convolution with the bilinear kernel of factor ``s`` makes."""
    k = 2 * s - s % 2
    line = 1 - abs(np.arange(k) - (k - 1) / 2) / s
    return conv_transpose2d(image, np.outer(line, line), stride=s, padding=s // 2)


@given(seeds, st.integers(2, 8))
@LAW
def test_the_bilinear_kernel_interpolates_inside_and_everywhere_once_divided_by_what_ones_become(seed, s):
    image = np.random.default_rng(seed).random((4, 5))
    made, exact = bilinear_stamps(image, s), interpolate(image, scale_factor=s, mode="bilinear")
    rim = s // 2
    assert made.shape == exact.shape
    assert np.allclose(made[rim:-rim, rim:-rim], exact[rim:-rim, rim:-rim])
    assert not np.allclose(made, exact)
    assert np.allclose(made / bilinear_stamps(np.ones_like(image), s), exact)


@given(seeds, st.integers(2, 8))
@LAW
def test_repeating_the_border_before_and_cropping_more_mends_the_bilinear_kernel(seed, s):
    image = np.random.default_rng(seed).random((4, 5))
    repeated = bilinear_stamps(np.pad(image, 1, mode="edge"), s)
    assert np.allclose(repeated[s:-s, s:-s], interpolate(image, scale_factor=s, mode="bilinear"))


def test_the_dark_rim_is_three_quarters_along_an_edge_and_their_product_in_a_corner():
    rim = bilinear_stamps(np.ones((3, 3)), 2)
    assert (rim[0, 1:-1] == 0.75).all()
    assert rim[0, 0] == rim[-1, -1] == 0.5625
    assert (rim[1:-1, 1:-1] == 1).all()


@given(st.integers(4, 12), st.integers(2, 4))
@LAW
def test_every_rule_that_keeps_the_scale_has_one_stamp_and_align_corners_has_many(n, s):
    for mode in ("nearest", "bilinear", "bicubic"):
        assert len(stamps_of(interpolation_matrix(n + 6, s * (n + 6), mode))) == 1
    corners = interpolation_matrix(n + 6, s * (n + 6), "bilinear", convention="align-corners")
    assert len(stamps_of(corners)) > 1


def stamps_of(matrix: np.ndarray) -> set[tuple[float, ...]]:
    """Return the different inner columns of a matrix, each less its zeros."""
    inner = range(3, matrix.shape[1] - 3)
    return {tuple(matrix[matrix[:, cell] != 0, cell].round(9)) for cell in inner}


@given(st.integers(2, 8))
@LAW
def test_asymmetric_positions_pull_a_reduced_image_by_half_a_scale_less_half_a_pixel(s):
    cells = 24
    line = np.zeros(cells * s)
    line[8 * s : 16 * s] = 1  # a block that ends where averaged cells do, far from the border
    small = line.reshape(cells, s).mean(1)
    places = np.arange(cells * s)
    for convention, pull in (("half-pixel", 0), ("asymmetric", (s - 1) / 2)):
        back = interpolation_matrix(cells, cells * s, "bilinear", convention=convention) @ small
        assert np.isclose(places @ line / line.sum() - places @ back / back.sum(), pull)


@pytest.mark.parametrize(("a", "straight"), [(-0.5, True), (-0.75, False), (-1.0, False), (0.0, False)])
def test_only_with_a_of_minus_one_half_does_cubic_interpolation_keep_a_ramp_straight(a, straight):
    matrix = interpolation_matrix(12, 24, "bicubic", cubic_a=a)
    places = (np.arange(24) + 0.5) / 2 - 0.5
    assert np.allclose((matrix @ np.arange(12))[4:-4], places[4:-4]) is straight


# Pooling and unpooling -----------------------------------------------------------------------------------------------


@given(seeds, factors)
@LAW
def test_a_map_without_negative_values_lies_between_its_unpooled_and_its_copied_maxima(seed, k):
    x = np.random.default_rng(seed).integers(0, 4, (3 * k, 4 * k))
    values, switches = max_pool2d(x, k, return_indices=True)
    unpooled, copied = max_unpool2d(values, switches, k), interpolate(values, scale_factor=k)
    assert (unpooled <= x).all()
    assert (x <= copied).all()
    for plane in (unpooled, copied):
        assert (plane.ravel()[switches] == values).all()


@given(seeds, factors)
@LAW
def test_with_windows_side_by_side_the_transpose_is_the_pseudo_inverse(seed, k):
    x = np.random.default_rng(seed).standard_normal((2 * k, 2 * k))
    _, switches = max_pool2d(x, k, return_indices=True)
    A = matrix_of(lambda plane: plane.ravel()[switches], x.shape)
    assert np.array_equal(A @ A.T, np.eye(4))
    assert np.allclose(np.linalg.pinv(A), A.T)


@given(factors)
@LAW
def test_copying_is_the_pseudo_inverse_of_averaging_and_its_transpose_times_the_window(k):
    averaging = matrix_of(avg_pool2d, (2 * k, 3 * k), k)
    copying = matrix_of(interpolate, (2, 3), scale_factor=k)
    assert np.allclose(copying, k * k * averaging.T)
    assert np.allclose(copying, np.linalg.pinv(averaging))


@given(seeds, factors)
@LAW
def test_a_kernel_of_twice_the_window_less_one_reaches_a_value_everywhere_and_no_smaller_one_surely(seed, k):
    noise = np.random.default_rng(seed).random((4 * k, 4 * k))
    sparse = max_unpool2d(*max_pool2d(noise, k, return_indices=True), k)
    assert (conv2d(sparse, np.ones((2 * k - 1,) * 2)) > 0).all()
    apart = np.zeros((2 * k, 2 * k))  # four maxima as far from each other as switches allow
    apart[:: 2 * k - 1, :: 2 * k - 1] = 1
    far = max_unpool2d(*max_pool2d(apart, k, return_indices=True), k)
    assert (far == apart).all()
    assert (conv2d(far, np.ones((2 * k - 2,) * 2)) == 0).any()


@given(seeds, factors)
@LAW
def test_switches_in_the_upper_left_corners_insert_zeros_as_a_stride_does(seed, s):
    rng = np.random.default_rng(seed)
    small, kernel = rng.standard_normal((3, 4)), rng.standard_normal((3, 3))
    corners = s * np.arange(3)[:, None] * (4 * s) + s * np.arange(4)
    inserted = max_unpool2d(small, corners, s)
    by_stride = conv_transpose2d(small, kernel, stride=s)
    rows, columns = by_stride.shape
    assert np.allclose(conv_transpose2d(inserted, kernel)[:rows, :columns], by_stride)


@given(seeds, factors)
@LAW
def test_max_pooling_follows_shifts_by_the_stride_and_ignores_order_and_increasing_functions(seed, k):
    rng = np.random.default_rng(seed)
    x = rng.integers(-5, 6, (3 * k, 4 * k))
    pooled = max_pool2d(x, k)
    assert (max_pool2d(np.roll(x, k, 1), k) == np.roll(pooled, 1, 1)).all()
    windows = x.reshape(3, k, 4, k).swapaxes(1, 2).reshape(3, 4, k * k)
    mixed = rng.permuted(windows, axis=2).reshape(3, 4, k, k).swapaxes(1, 2).reshape(x.shape)
    assert (max_pool2d(mixed, k) == pooled).all()
    for increasing in (lambda plane: np.maximum(plane, 0), lambda plane: plane**3 + 7):
        assert (max_pool2d(increasing(x), k) == increasing(pooled)).all()


@given(seeds)
@LAW
def test_of_values_with_one_switch_only_the_last_moves_the_result_and_all_read_its_gradient(seed):
    rng = np.random.default_rng(seed)
    values, switches = rng.integers(1, 9, (2, 2)).astype(float), rng.integers(0, 3, (2, 2))
    arriving = rng.integers(1, 9, (4, 4)).astype(float)
    recorded = Tensor(values, requires_grad=True)
    max_unpool2d(recorded, switches, 2).backward(arriving)
    assert (recorded.grad == arriving.ravel()[switches]).all()
    before = (max_unpool2d(values, switches, 2) * arriving).sum()
    for place, switch in enumerate(switches.flat):
        nudged = values.copy()
        nudged.flat[place] += 1
        moved = (max_unpool2d(nudged, switches, 2) * arriving).sum() - before
        stayed = switch not in switches.flat[place + 1 :]
        assert moved == (arriving.flat[switch] if stayed else 0)


@given(seeds)
@LAW
def test_at_a_tie_the_first_cell_gets_the_whole_gradient_and_a_cell_gets_the_sum_of_the_windows_it_wins(seed):
    rng = np.random.default_rng(seed)
    x, arriving = rng.integers(0, 3, (4, 5)).astype(float), rng.integers(1, 9, (3, 4)).astype(float)
    recorded = Tensor(x, requires_grad=True)
    max_pool2d(recorded, 2, 1).backward(arriving)
    expected = np.zeros_like(x)
    for row, column in np.ndindex(3, 4):
        down, across = divmod(int(x[row : row + 2, column : column + 2].argmax()), 2)  # argmax names the first
        expected[row + down, column + across] += arriving[row, column]
    assert (recorded.grad == expected).all()
