"""How numbers are written in cells and captions."""

import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.show import in_words, number, sum_in_words
from lib.show.svg import SMALL_LETTER, number_within

from .drawings import LAW


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0, "0"),
        (-0.0, "0"),
        (3, "3"),
        (3.0, "3"),
        (-7, "−7"),
        (999_999, "999999"),
        (1_000_000, "1e+06"),
        (0.25, "0.25"),
        (-0.125, "−0.125"),
        (0.5625, "0.5625"),
        (0.1875, "0.1875"),
        (-0.0625, "−0.0625"),
        (0.03515625, "0.0352"),
        (2 / 3, "0.667"),
        (12.345, "12.3"),
        (12.25, "12.25"),
        (0.1 + 0.2, "0.3"),
        (1234.5, "1234"),
        (999.7, "1000"),
        (-25_000.25, "−25000"),
        (1e-5, "1e−05"),
        (math.nan, "NaN"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
        (np.uint8(200), "200"),
        (np.float32(0.5), "0.5"),
        (np.bool_(True), "1"),
    ],
)
def test_a_number_is_written_exactly_where_four_figures_do_and_else_to_three_with_a_true_minus(value, written):
    assert number(value) == written


@given(st.integers(-999_999, 999_999))
@LAW
def test_whole_numbers_below_a_million_are_written_exactly(value):
    assert int(number(value).replace("−", "-")) == value
    assert number(float(value)) == number(value)


@given(st.floats(-1e5, 1e5))
@LAW
def test_what_is_written_is_the_number_to_three_figures(value):
    written = number(value)
    assert "-" not in written
    assert math.isclose(float(written.replace("−", "-")), value, rel_tol=5.0001e-3)


@given(st.integers(-9999, 9999), st.integers(0, 7))
@LAW
def test_a_number_of_four_figures_is_written_exactly(digits, places):
    assert float(number(digits / 10**places).replace("−", "-")) == digits / 10**places


@given(st.floats(-1e5, 1e5), st.integers(16, 60))
@LAW
def test_within_a_width_a_number_has_its_figures_or_three(value, width):
    written = number_within(value, width)
    if len(number(value)) * SMALL_LETTER <= width:
        assert written == number(value)
    else:
        assert written == number(float(f"{value:.3g}"))


def test_a_plane_is_said_row_by_row():
    assert in_words(np.array([[1, -2, 0.5], [4, 5, 6]])) == "1 −2 0.5 / 4 5 6"
    assert in_words(np.array([[7]])) == "7"


def test_a_sum_names_each_product_and_what_they_make():
    assert sum_in_words(np.array([[1, 2], [3, 4]]), np.array([[5, 0], [-1, 0.5]])) == ("1·5 + 2·0 + 3·(−1) + 4·0.5 = 4")


def without_brackets(terms):
    """Take the brackets off factors, which only negative ones have."""
    assert re.findall(r"(?<!\()-|\((?!-)", terms) == []
    return terms.replace("(", "").replace(")", "")


@given(st.lists(st.tuples(st.integers(-9, 9), st.integers(-9, 9)), min_size=1, max_size=9))
@LAW
def test_the_sum_is_that_of_the_products_it_names(pairs):
    values, weights = np.array(pairs).T
    terms, total = sum_in_words(values, weights).replace("−", "-").split(" = ")
    products = [int(a) * int(b) for a, b in (term.split("·") for term in without_brackets(terms).split(" + "))]
    assert len(products) == len(pairs)
    assert sum(products) == int(total)


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.int16, np.float16])
def test_sums_of_small_types_do_not_wrap(dtype):
    assert sum_in_words(np.full(8, 100, dtype), np.full(8, 100, dtype)).endswith(" = 80000")


def test_a_sum_needs_a_weight_for_each_value():
    with pytest.raises(ValueError, match=r"zip\(\)"):
        sum_in_words(np.arange(3), np.arange(2))
