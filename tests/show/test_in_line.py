"""One axis of a convolution and of its transpose: windows, stamps, sizes and cuts, as the library has them."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lib import conv2d, conv_transpose2d, conv_transpose_output_size
from lib.show import size_line, stamps_in_line, windows_in_line
from lib.show.explore.scenes import flat
from lib.show.explore.wiring import BLANK

from .drawings import LAW


@st.composite
def axes(draw):
    """Input, kernel, and (stride, padding, output padding, dilation) that make sense."""
    i, k, s, p, d = (draw(st.integers(1, 4)), draw(st.integers(1, 4)), draw(st.integers(1, 3)),
                     draw(st.integers(0, 2)), draw(st.integers(1, 2)))  # fmt: skip
    op = draw(st.integers(0, max(s, d) - 1))
    try:
        conv_transpose_output_size(i, k, s, p, op, d)
    except ValueError:
        assume(False)
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    return rng.integers(1, 9, (1, i)), rng.integers(1, 9, (1, k)), (s, p, op, d)


def shown(view):
    """Return the panels of a scene and what each shows at its first step."""
    values = np.array([*view.at().values, 0])  # the last is what a blank shows
    return [(one, values[one.numbers.cells]) for one in flat(view.panels)]


@given(axes())
@LAW
def test_stamps_lie_where_the_library_adds_them_and_what_is_not_grey_is_its_result(axis):
    x, kernel, (s, p, op, d) = axis
    result = conv_transpose2d(x, kernel, None, (1, s), (0, p), (0, op), 1, (1, d))
    view = stamps_in_line(x, kernel, s, p, op, d)
    (_, given_), (stamps, weights), (output, numbers) = shown(view)

    assert (given_ == x.T).all()
    cut = {column for _, column in output.others["padding"]}
    kept = [column for column in range(numbers.size) if column not in cut]
    assert kept == list(range(p, p + result.size))
    np.testing.assert_array_equal(numbers[0, kept], result[0])

    alone = conv_transpose2d(np.eye(x.size)[:, None, None], kernel[None, None], None, (1, s), 0, (0, op), 1, (1, d))
    np.testing.assert_array_equal(weights, alone[:, 0, 0, : numbers.size])
    assert (stamps.numbers.cells != BLANK).sum() == x.size * kernel.size


@given(axes())
@LAW
def test_the_caption_works_out_the_librarys_size(axis):
    x, kernel, (s, p, op, d) = axis
    size = conv_transpose_output_size(x.size, kernel.size, s, p, op, d)
    words = stamps_in_line(x, kernel, s, p, op, d).picture().caption.replace("−", "-")
    assert words.startswith(f"({x.size} - 1)·{s} - 2·{p} + {d}·({kernel.size} - 1) + {op} + 1 = {size}. ")


@given(axes())
@LAW
def test_windows_are_rows_of_the_matrix_that_takes_the_padded_input_to_the_result(axis):
    x, kernel, (s, p, _, d) = axis
    assume(x.size + 2 * p > d * (kernel.size - 1))
    view = windows_in_line(x, kernel, s, p, d)
    (padded, given_), (_, weights), (_, result) = shown(view)
    np.testing.assert_array_equal(given_, np.pad(x, ((0, 0), (p, p))))
    assert {column for _, column in padded.others["padding"]} == {*range(p), *range(p + x.size, x.size + 2 * p)}
    np.testing.assert_array_equal(weights @ given_[0], result[:, 0])
    np.testing.assert_array_equal(result.T, conv2d(x, kernel, None, (1, s), (0, p), (1, d)))
    assert view.picture().caption == size_line(x.size, kernel.size, s, p, d).caption


def test_nonsense_is_refused_by_name():
    x, kernel = np.ones((1, 2)), np.ones((1, 3))
    with pytest.raises(ValueError, match="output_padding"):
        stamps_in_line(x, kernel, 1, 0, 1)
    with pytest.raises(ValueError, match="padding 2 crops"):
        stamps_in_line(x[:, :1], kernel[:, :1], 1, 2)
    with pytest.raises(ValueError, match="kernel"):
        windows_in_line(x, kernel)
