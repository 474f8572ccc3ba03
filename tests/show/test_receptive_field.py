"""The receptive field drawn: what one output cell depends on, layer by layer."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib import conv2d, matrix_of, receptive_field
from lib.show import receptive_field_picture
from lib.show.receptive_fields import touched_cells

from .drawings import LAW, drawing

layers_of = st.lists(
    st.tuples(st.integers(1, 3), st.integers(1, 2))
    | st.tuples(st.integers(1, 3), st.integers(1, 2), st.integers(1, 2)),
    min_size=1,
    max_size=3,
)


@given(layers_of)
@LAW
def test_touched_cells_are_the_nonzero_pattern_of_the_composed_matrices(layers):
    reached, size = [], receptive_field(layers)
    matrices = []
    for kernel, stride, dilation in ((*layer, 1)[:3] for layer in layers):
        options = {"stride": (1, stride), "dilation": (1, dilation)}
        matrices.append(matrix_of(conv2d, (1, size), np.ones((1, kernel)), **options))
        size = len(matrices[-1])
    composed = np.eye(size)
    assert size == 1, "one output cell"
    for matrix in reversed(matrices):
        composed = composed @ matrix
        reached.append(list(np.flatnonzero(composed[0])))
    assert touched_cells(layers) == [*reached[::-1], [0]]


@given(layers_of)
@LAW
def test_every_level_lights_the_cells_that_the_output_depends_on(layers):
    picture = receptive_field_picture(layers)
    drawn = drawing(picture)
    from_output = touched_cells(layers)[::-1]
    assert len(drawn.boards) == len(layers) + 1
    for level, (line, cells) in enumerate(zip(drawn.boards, from_output, strict=True)):
        role = "input" if level == len(layers) else "output"
        assert line.rows == 1
        assert line.columns == max(cells) + 1
        assert line.filled("window") == {(0, cell) for cell in cells}
        assert line.has_ground(role)
    assert drawn.boards[-1].columns == receptive_field(layers)
    assert [line.top for line in drawn.boards] == sorted(line.top for line in drawn.boards)
    centres = {line.left + line.box.width / 2 for line in drawn.boards}
    assert max(centres) - min(centres) < 1e-3, "each level is centred over the one below it"
    assert drawn.headings("output") == [f"layer {depth}" for depth in range(len(layers), 0, -1)]
    assert drawn.headings("input") == ["input"]


@given(layers_of)
@LAW
def test_links_join_the_ends_of_neighbouring_levels(layers):
    drawn = drawing(receptive_field_picture(layers))
    cones = [
        [tuple(map(float, line)) for line in re.findall(r"M(\S+) (\S+?)L(\S+) ([\d.]+)", path)]
        for path, _, _ in drawn.paths("link")
    ]
    expected = [
        [
            (upper.left, upper.top + upper.size, lower.left, lower.top),
            (upper.left + upper.box.width, upper.top + upper.size, lower.left + lower.box.width, lower.top),
        ]
        for upper, lower in zip(drawn.boards, drawn.boards[1:], strict=False)
    ]
    np.testing.assert_allclose(cones, expected)


@given(layers_of)
@LAW
def test_the_caption_counts_the_cells_of_each_level_and_tells_them_from_the_span(layers):
    caption = receptive_field_picture(layers).caption
    counts = [(int(some or span), int(span)) for some, span in re.findall(r"(?:(\d+) of )?(\d+) cells?\b", caption)]
    assert counts == [(len(cells), max(cells) + 1) for cells in touched_cells(layers)[-2::-1]]
    assert counts[-1][1] == receptive_field(layers)
    assert caption.startswith(f"One cell after layer {len(layers)} depends on ")
    assert caption.endswith(" of the input.")


def test_an_example_by_hand():
    assert touched_cells([(3, 2), (2, 1, 2)]) == [[0, 1, 2, 4, 5, 6], [0, 2], [0]]
    assert receptive_field_picture([(3, 2), (2, 1, 2)]).caption == (
        "One cell after layer 2 depends on 2 of 3 cells after layer 1 and on 6 of 7 cells of the input."
    )


@pytest.mark.parametrize("layers", [[], [(3,)], [(3, 1, 1, 1)], [(0, 1)], [(3, 1), 3]])
def test_what_is_no_stack_of_layers_is_refused(layers):
    with pytest.raises(ValueError, match="layers"):
        receptive_field_picture(layers)
