"""A plane of numbers as cells."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.show import grid, in_words
from lib.show.palette import ROLES
from lib.show.svg import number_within

from .drawings import LAW, board, drawing

shapes = st.tuples(st.integers(1, 5), st.integers(1, 5))


def cells_of(shape):
    return st.sets(st.tuples(st.integers(0, shape[0] - 1), st.integers(0, shape[1] - 1)))


@given(st.data(), shapes, st.sampled_from(sorted(ROLES)), st.integers(16, 48))
@LAW
def test_each_cell_shows_its_number_and_its_colour(data, shape, role, cell):
    plane = np.array(
        data.draw(st.lists(st.integers(-99, 99), min_size=shape[0] * shape[1], max_size=shape[0] * shape[1]))
    )
    plane = plane.reshape(shape) / 4
    lit, other, shown = (data.draw(cells_of(shape)) for _ in range(3))
    top, left = data.draw(st.sampled_from(sorted(np.ndindex(*shape))))
    frame = (top, left, shape[0] - top, shape[1] - left)
    picture = grid(plane, role, lit=lit, outline=frame, shown=shown, other_roles={"zeros": other}, cell=cell)
    drawn = board(picture)
    assert (drawn.rows, drawn.columns, drawn.size) == (*shape, cell)
    assert drawn.numbers == {place: number_within(plane[place], cell) for place in shown}
    assert drawn.has_ground(role)
    assert drawn.filled("window") == lit
    assert drawn.filled("zeros") == other
    assert drawn.outlined() == [frame]


def test_every_number_is_shown_unless_told_otherwise():
    drawn = board(grid(np.arange(6).reshape(2, 3)))
    assert drawn.numbers == {(0, 0): "0", (0, 1): "1", (0, 2): "2", (1, 0): "3", (1, 1): "4", (1, 2): "5"}
    assert drawn.outlined() == []
    assert drawn.filled("window") == set()


def test_the_lit_cells_lie_over_those_of_other_roles_and_under_the_numbers():
    picture = grid(np.zeros((2, 2)), lit=[(0, 0)], other_roles={"padding": [(0, 0)]}, outline=(0, 0, 1, 1))
    order = [f"{e.tag} {e.get('class')}" for e, _, _ in drawing(picture).shapes if e.get("class") or e.tag == "text"]
    assert order == [
        "text heading input",
        "rect input",
        "path padding",
        "path window",
        "path ruling",
        *["text None"] * 4,
        "rect outline",
    ]


@pytest.mark.parametrize("role", sorted(ROLES))
def test_the_heading_names_role_and_size_in_the_colour_of_the_role(role):
    picture = grid(np.zeros((2, 3)), role)
    assert drawing(picture).headings(role) == [f"{role} 2 × 3"]
    assert picture.caption == f"{role} 2 × 3: 0 0 0 / 0 0 0"
    assert drawing(picture).root.get("aria-label") == f"{role} 2 × 3"


def test_a_label_replaces_the_heading_everywhere():
    picture = grid(np.eye(2), "kernel", "identity")
    assert drawing(picture).headings("kernel") == ["identity"]
    assert picture.caption == "identity: 1 0 / 0 1"
    assert drawing(picture).root.get("aria-label") == "identity"
    assert grid(np.eye(2), caption="The identity.").caption == "The identity."


def test_a_vector_is_one_row():
    drawn = board(grid(np.array([4, 5, 6])))
    assert (drawn.rows, drawn.columns) == (1, 3)
    assert drawn.numbers == {(0, 0): "4", (0, 1): "5", (0, 2): "6"}


@pytest.mark.parametrize(
    ("longest", "size"), [(9, set()), (-1, set()), (10, set()), (-10, {"small"}), (131, {"small"})]
)
def test_the_longest_number_decides_the_size_of_all_shown_or_not(longest, size):
    picture = grid(np.array([[7, 8, longest]]), shown=[(0, 0), (0, 1)])
    words = {text.words: text.classes for text in drawing(picture).words}
    assert words["7"] == words["8"] == size


def test_the_caption_says_every_number_even_where_the_picture_hides_some():
    plane = np.arange(4).reshape(2, 2)
    assert grid(plane, shown=[]).caption.endswith(in_words(plane))


def test_what_is_no_plane_or_no_role_is_refused():
    with pytest.raises(ValueError, match=r"values must have 1 or 2 dimensions, got shape \(1, 2, 2\)"):
        grid(np.zeros((1, 2, 2)))
    with pytest.raises(ValueError, match=r"role must be one of .*, got 'weights'"):
        grid(np.zeros((2, 2)), "weights")
    with pytest.raises(ValueError, match=r"role must be one of .*, got 'border'"):
        grid(np.zeros((2, 2)), other_roles={"border": [(0, 0)]})
