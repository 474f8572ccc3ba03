"""Gathering windows and scattering them back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from lib import conv_output_size, fold, matrix_of, unfold
from lib.ops.windows import window_view

from .strategies import LAW, Windows, layouts, seeds, whole_numbers, windows


def unfold_by_loops(planes: np.ndarray, call: Windows) -> np.ndarray:
    """Read every entry of every column from its definition, one cell at a time."""
    batch, channels, height, width = planes.shape
    (kh, kw), (sh, sw), (ph, pw), (dh, dw) = call[1:]
    tops = range(-ph, height + ph - dh * (kh - 1), sh)
    lefts = range(-pw, width + pw - dw * (kw - 1), sw)
    result = np.zeros((batch, channels * kh * kw, len(tops) * len(lefts)), planes.dtype)
    for n, c, i, j in np.ndindex(batch, channels, kh, kw):
        for position, (top, left) in enumerate((top, left) for top in tops for left in lefts):
            row, column = top + i * dh, left + j * dw
            if 0 <= row < height and 0 <= column < width:
                result[n, (c * kh + i) * kw + j, position] = planes[n, c, row, column]
    return result


def test_each_column_is_one_window_in_row_order():
    assert_array_equal(unfold(np.arange(9).reshape(3, 3), 2), [[0, 1, 3, 4], [1, 2, 4, 5], [3, 4, 6, 7], [4, 5, 7, 8]])


def test_overlapping_windows_of_ones_fold_into_their_number():
    # 4 x 4 plane, 3 x 3 window: the four windows overlap in the middle.
    folded = fold(np.ones((9, 4), int), (4, 4), 3)
    assert_array_equal(folded, [[[1, 2, 2, 1], [2, 4, 4, 2], [2, 4, 4, 2], [1, 2, 2, 1]]])


def test_cells_that_no_window_reads_fold_to_zero():
    assert_array_equal(fold(np.ones((4, 1), int), (3, 3), 2, stride=2), [[[1, 1, 0], [1, 1, 0], [0, 0, 0]]])


def test_entries_that_lie_on_padding_are_dropped():
    assert_array_equal(fold(np.ones((4, 4), int), (2, 2), 2, padding=1, stride=2), [[[1, 1], [1, 1]]])


@given(windows(), seeds, layouts)
@LAW
def test_unfold_reads_what_its_definition_says(call, seed, lay):
    x = whole_numbers(call.shape, seed)
    assert_array_equal(unfold(lay(x), call.kernel_size, **call.options), unfold_by_loops(x, call))


@given(windows(), seeds, layouts)
@LAW
def test_fold_is_the_adjoint_of_unfold(call, seed, lay):
    x = whole_numbers(call.shape, seed)
    columns = unfold(x, call.kernel_size, **call.options)
    y = whole_numbers(columns.shape, seed + 1)
    back = fold(lay(y), call.shape[2:], call.kernel_size, **call.options)
    assert back.shape == x.shape
    assert np.vdot(columns, y) == np.vdot(x, back)


@given(windows(st.just(1), channels=2))
@LAW
def test_the_matrix_of_fold_is_the_transpose_of_the_matrix_of_unfold(call):
    down = matrix_of(unfold, call.shape, call.kernel_size, **call.options)
    columns = unfold(np.zeros(call.shape), call.kernel_size, **call.options)
    assert_array_equal(matrix_of(fold, columns.shape, call.shape[2:], call.kernel_size, **call.options), down.T)


@given(windows(), seeds)
@LAW
def test_fold_of_unfold_multiplies_each_cell_by_its_number_of_windows(call, seed):
    x = whole_numbers(call.shape, seed)
    multiplicity = np.zeros(call.shape)
    (kh, kw), (sh, sw), (ph, pw), (dh, dw) = call[1:]
    rows, columns = conv_output_size(call.shape[2:], call.kernel_size, *call[2:])
    for y, z, i, j in np.ndindex(rows, columns, kh, kw):
        row, column = y * sh + i * dh - ph, z * sw + j * dw - pw
        if 0 <= row < call.shape[2] and 0 <= column < call.shape[3]:
            multiplicity[:, :, row, column] += 1
    columns = unfold(x, call.kernel_size, **call.options)
    assert_array_equal(fold(columns, call.shape[2:], call.kernel_size, **call.options), multiplicity * x)


@given(windows(), seeds)
@LAW
def test_layouts_without_batch_and_without_channels_mean_one(call, seed):
    x = whole_numbers(call.shape, seed)[:1, :1]
    columns = unfold(x, call.kernel_size, **call.options)
    assert_array_equal(unfold(x[0], call.kernel_size, **call.options), columns[0])
    assert_array_equal(unfold(x[0, 0], call.kernel_size, **call.options), columns[0])
    planes = fold(columns, call.shape[2:], call.kernel_size, **call.options)
    assert_array_equal(fold(columns[0], call.shape[2:], call.kernel_size, **call.options), planes[0])


@given(windows(), seeds)
@LAW
def test_arguments_are_not_modified_and_results_are_new(call, seed):
    x = whole_numbers(call.shape, seed)
    columns = unfold(x, call.kernel_size, **call.options)
    assert_array_equal(x, whole_numbers(call.shape, seed))
    before = columns.copy()
    planes = fold(columns, call.shape[2:], call.kernel_size, **call.options)
    assert_array_equal(columns, before)
    assert not np.shares_memory(columns, x)
    assert not np.shares_memory(planes, columns)
    assert columns.flags.writeable
    assert planes.flags.writeable


@given(windows(), seeds, st.sampled_from([np.uint8, np.int32, np.float16, np.float32, np.float64]))
@LAW
def test_unfold_keeps_the_dtype_and_fold_keeps_floating_point(call, seed, dtype):
    columns = unfold(whole_numbers(call.shape, seed, dtype), call.kernel_size, **call.options)
    assert columns.dtype == dtype
    planes = fold(columns, call.shape[2:], call.kernel_size, **call.options)
    assert planes.dtype == (dtype if np.dtype(dtype).kind == "f" else np.int64)


def test_bytes_do_not_wrap_when_folded():
    columns = unfold(np.full((3, 3), 200, np.uint8), 2)
    assert_array_equal(fold(columns, (3, 3), 2)[0], 200 * np.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]]))


@given(windows(st.just(0)))
@LAW
def test_an_empty_batch_gives_an_empty_batch(call):
    columns = unfold(np.zeros(call.shape), call.kernel_size, **call.options)
    assert columns.shape[0] == 0
    assert columns.shape[1:] == unfold(np.zeros((1, *call.shape[1:])), call.kernel_size, **call.options).shape[1:]
    assert fold(columns, call.shape[2:], call.kernel_size, **call.options).shape == call.shape


def test_one_cell_is_one_column():
    assert_array_equal(unfold([[7]], 1), [[7]])
    assert_array_equal(fold([[7]], 1, 1), [[[7]]])


def test_nan_and_infinity_are_copied_and_added_like_other_numbers():
    columns = unfold(np.array([[np.nan, 1.0, np.inf]]), (1, 2))
    assert_array_equal(columns, [[np.nan, 1], [1, np.inf]])
    assert_array_equal(fold(columns, (1, 3), (1, 2)), [[[np.nan, 2, np.inf]]])


@given(windows(), seeds, layouts)
@LAW
def test_window_view_reads_in_place_and_cannot_be_written(call, seed, lay):
    x = lay(np.pad(whole_numbers(call.shape, seed), [(0, 0), (0, 0), *[(p, p) for p in call.padding]]))
    view = window_view(x, call.kernel_size, call.stride, call.dilation)
    assert np.shares_memory(view, x)
    gathered = view.transpose(0, 1, 4, 5, 2, 3).reshape(x.shape[0], -1, view.shape[2] * view.shape[3])
    assert_array_equal(gathered, unfold_by_loops(x, call._replace(padding=(0, 0))))
    with pytest.raises(ValueError, match="read-only"):
        view[...] = 0
