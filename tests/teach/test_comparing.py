"""What is said of a wrong answer: true, of use, and without the right one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.teach.comparing import described, same, shortened

RIGHT = np.array([[1.0, 5, 2], [7, 3, 9], [4, 8, 6]])


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (None, "The answer is None. Does the function end in a return with a value?"),
        ("nine", "The answer should be an array of numbers, not str."),
        (["a", "b"], "The answer should be an array of numbers, not an array of something else."),
        ([[1], [2, 3]], "The answer should be an array of numbers, not an array of something else."),
        (RIGHT[:2], "The shape is (2, 3) and should be (3, 3)."),
        (RIGHT * np.nan, "The answer holds values that are not numbers (NaN or infinity)."),
        (RIGHT.T, "The values are right, but rows and columns are exchanged."),
        (RIGHT[::-1, ::-1], "The values are right, but the result is turned by 180°."),
        (np.pad(RIGHT, ((1, 0), (0, 0)))[:3], "The values are right, but shifted by one pixel down."),
        (np.pad(RIGHT, ((0, 1), (0, 0)))[1:], "The values are right, but shifted by one pixel up."),
        (np.pad(RIGHT, ((0, 0), (1, 0)))[:, :3], "The values are right, but shifted by one pixel to the right."),
        (np.pad(RIGHT, ((0, 0), (0, 1)))[:, 1:], "The values are right, but shifted by one pixel to the left."),
        (4 * RIGHT, "Every value is 4 times what it should be."),
        (RIGHT + 0.01, "Every value is nearly right: look for rounding, or for a division of whole numbers."),
        (
            RIGHT + 2 * (RIGHT > 7),
            "The shape is right, and so are 7 of 9 values. The first wrong one is at row 1, column 2: 11.",
        ),
    ],
)
def test_a_wrong_array_is_described(answer, said):
    assert described(answer, RIGHT) == said


@pytest.mark.parametrize(
    ("answer", "right", "said"),
    [
        (3, 7, "3 is not right, and it is not one of the usual slips either."),
        ([3], 7, "The answer should be one number, not an array of shape (1,)."),
        ("7", 7, "The answer should be a number, not str."),
        (
            np.zeros((3, 2)),
            np.ones((2, 3)),
            "The shape is (3, 2) and should be (2, 3). Rows and columns may be exchanged.",
        ),
        ((1, 9), (1, 2), "Value 2 of 2: 9 is not right, and it is not one of the usual slips either."),
        (5, (1, 2), "The answer should be 2 values: return a tuple of them. It is 5."),
        ("no", "yes", "'no' is not right."),
        (0, "yes", "The answer should be a word in quotes, not int."),
        (False, True, "False is not right."),
        (1, True, "The answer should be True or False, not int."),
    ],
)
def test_other_wrong_answers_are_described(answer, right, said):
    assert described(answer, right) == said


def test_equal_means_equal_in_kind_shape_and_value():
    assert same([1, 2], np.array([1.0, 2.0]))
    assert same(" Valid", "valid")
    assert same(np.True_, True)
    assert same(1.0004, 1.0, tolerance=0.001)
    assert same([3, 4], (3, 4))
    for answer, right in [
        (True, 1),
        (1, True),
        ("1", 1),
        (1, "1"),
        ([1], 1),
        (None, 0),
        ([np.nan], [1]),
        (1.0004, 1.0),
    ]:
        assert not same(answer, right), (answer, right)


class Hostile:
    """An object that fails wherever it is looked at."""

    def __repr__(self):
        raise RuntimeError("no")

    __array__ = __len__ = __eq__ = __repr__
    __hash__ = None


@pytest.mark.parametrize("right", [1, RIGHT, (1, 2), "word", True])
def test_an_object_that_fails_when_looked_at_is_a_wrong_answer_and_no_more(right):
    assert not same(Hostile(), right)
    assert described(Hostile(), right).endswith(".")


def test_what_is_shown_of_an_answer_is_short():
    assert len(shortened("a" * 10_000)) == 80
    assert shortened(Hostile()) == "Hostile that cannot be shown (RuntimeError)"


@given(st.lists(st.integers(-9, 9), min_size=9, max_size=9), st.lists(st.integers(-9, 9), min_size=9, max_size=9))
def test_no_description_of_an_array_holds_a_value_that_was_not_given(given_values, right_values):
    answer, right = np.reshape(given_values, (3, 3)) * 1000, np.reshape(right_values, (3, 3)) * 1000 + 77
    said = described(answer, right)
    assert not [value for value in right_values if f"{value * 1000 + 77}" in said]
