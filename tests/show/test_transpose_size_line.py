"""One axis of a transposed convolution: stamps, size and what is cut off, as the library computes them."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lib import conv_transpose2d, conv_transpose_output_size
from lib.show import transpose_size_line

from .drawings import LAW, drawing


@st.composite
def axes(draw):
    """(input size, kernel size, stride, padding, output padding, dilation) that make sense."""
    i, k, s, p, d = (draw(st.integers(1, 4)), draw(st.integers(1, 4)), draw(st.integers(1, 3)),
                     draw(st.integers(0, 2)), draw(st.integers(1, 2)))  # fmt: skip
    op = draw(st.integers(0, max(s, d) - 1))
    try:
        conv_transpose_output_size(i, k, s, p, op, d)
    except ValueError:
        assume(False)
    return i, k, s, p, op, d


@given(axes())
@LAW
def test_the_caption_and_the_picture_say_the_librarys_size(axis):
    i, k, s, p, op, d = axis
    size = conv_transpose_output_size(i, k, s, p, op, d)
    picture = transpose_size_line(*axis)
    assert picture.caption.startswith(f"({i} − 1)·{s} − 2·{p} + {d}·({k} − 1) + {op} + 1 = {size}. ")
    line = drawing(picture).boards[-1]
    assert sorted(line.numbers.values(), key=int) == [str(x) for x in range(size)]
    assert line.filled("padding") == line.all_cells - set(line.numbers)


@given(axes())
@LAW
def test_every_stamp_covers_what_its_input_cell_reaches(axis):
    i, k, s, _, _, d = axis
    picture = transpose_size_line(*axis)
    drawn = drawing(picture)
    line = drawn.boards[-1]
    boxes = drawn.rectangles("window", "edge")
    reached = []
    for cell in range(i):
        alone = np.zeros((1, i))
        alone[0, cell] = 1
        whole = conv_transpose2d(alone, np.ones((1, k)), None, (1, s), 0, 0, 1, (1, d))
        reached += [(cell, int(x)) for x in np.flatnonzero(whole[0])]
    shown = [(round((box.y - boxes[0].y) / 22), round((box.x - line.left) / 24)) for box in boxes]
    assert shown == reached


def test_nonsense_is_refused_by_name():
    with pytest.raises(ValueError, match="output_padding"):
        transpose_size_line(2, 3, 1, 0, 1)
    with pytest.raises(ValueError, match="padding 2 crops"):
        transpose_size_line(1, 1, 1, 2)
