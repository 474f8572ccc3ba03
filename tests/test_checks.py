"""Every checker, thoroughly: what it returns, what it refuses, and what its message says."""

import math

import numpy as np
import pytest

from lib import checks
from lib.checks import (
    as_cell,
    as_flag,
    as_int,
    as_number,
    as_numbers,
    as_pair,
    as_planes,
    as_word,
    averaging_dtype,
    check_memory,
    summing_dtype,
    working_dtype,
)

from .nonsense import Nothing

NOT_INTEGERS = [
    (True, "True"),
    (np.True_, "True"),
    (1.0, "1.0"),
    (float("nan"), "nan"),
    (np.float32(2), "2.0"),
    ("1", "'1'"),
    (b"1", "b'1'"),
    (None, "None"),
    (1j, "1j"),
    (Nothing(), "<nothing>"),
    ({1: 2}, "{1: 2}"),
    (np.array(1.5), "1.5"),
    (np.array(True), "True"),
]
NOT_PAIRS = [
    *NOT_INTEGERS,
    ((), "one integer or a pair (rows, columns), got ()"),
    ((1, 2, 3), "(1, 2, 3)"),
    ([1, 1, 1], "[1, 1, 1]"),
    ((1, 1.5), "size[1] must be an integer, got 1.5"),
    ((None, 1), "size[0] must be an integer, got None"),
    ((1, True), "size[1] must be an integer, got True"),
    ((True,), "size[0] must be an integer, got True"),
    (((1, 1), (1, 1)), "got (1, 1)"),
    (np.array([1.0, 1.0]), "1.0"),
    (np.ones((2, 2), int), "array([1, 1])"),
    ("ab", "'ab'"),
    ({1, 2}, "{1, 2}"),
]
NOT_NUMBERS = [
    (True, "True"),
    (np.True_, "True"),
    ("2", "'2'"),
    (b"2", "b'2'"),
    (2j, "2j"),
    (None, "None"),
    (Nothing(), "<nothing>"),
    ((1, 1), "(1, 1)"),
    ([1], "[1]"),
    (np.array(1.0), "1."),
]
NOT_FINITE = [(float("nan"), "nan"), (float("inf"), "inf"), (-np.inf, "-inf"), (10**400, "1000")]
NOT_ARRAYS = [
    (None, "object"),
    ("text", "<U4"),
    (b"bytes", "|S5"),
    (Nothing(), "object"),
    (True, "bool"),
    (1, "shape ()"),
    (1.5, "shape ()"),
    ([], "shape (0,)"),
    ([1, 2], "shape (2,)"),
    ([[1, 2], [3]], "rectangular array, got rows of different lengths"),
    ([[1, None]], "object"),
    ([["1"]], "<U1"),
    ([[2**70]], "object"),
    (np.ones((2, 5, 5), bool), "bool"),
    (np.ones((2, 5, 5), complex), "complex128"),
    (np.ones((2, 5, 5), object), "object"),
    (np.ones((2, 5, 5), "datetime64[s]"), "datetime64"),
    ({"input": 1}, "object"),
]


def refused(check, value, met, name="size", **arguments):
    with pytest.raises((TypeError, ValueError)) as refusal:
        check(value, name, **arguments)
    assert str(refusal.value).startswith(name), str(refusal.value)
    assert met in str(refusal.value), str(refusal.value)


def test_every_checker_is_tested_here():
    found = {name for name, value in vars(checks).items() if callable(value) and name[0].islower()}
    tested = {name for name in found if name in globals()}
    assert tested == {name for name in found if getattr(checks, name).__module__ == "lib.checks"}


@pytest.mark.parametrize("value", [1, 5, 2**70, np.int8(3), np.uint64(7), np.array(2)])
def test_integers_of_every_kind_become_python_integers(value):
    assert type(as_int(value, "size", 1)) is int
    assert as_int(value, "size", 1) == value
    assert as_pair(value, "size", 1) == (value, value)


@pytest.mark.parametrize(("value", "met"), NOT_INTEGERS)
def test_what_is_no_integer_is_refused(value, met):
    refused(as_int, value, f"must be an integer, got {'array(' if isinstance(value, np.ndarray) else ''}", minimum=0)
    refused(as_int, value, met, minimum=0)


@pytest.mark.parametrize("minimum", [-3, 0, 1, 2])
@pytest.mark.parametrize("kind", [int, np.int64, lambda n: np.array(n)])
def test_the_least_integer_passes_and_the_one_below_does_not(minimum, kind):
    assert as_int(kind(minimum), "size", minimum) == minimum
    refused(as_int, kind(minimum - 1), f"must be at least {minimum}, got {minimum - 1}", minimum=minimum)
    for value in ((minimum, minimum), [minimum, minimum], np.array([minimum, minimum]), (np.int8(minimum),), minimum):
        assert as_pair(value, "size", minimum) == (minimum, minimum)
    refused(as_pair, kind(minimum - 1), f"must be at least {minimum}, got", minimum=minimum)
    refused(as_pair, (minimum, kind(minimum - 1)), f"size[1] must be at least {minimum}, got", minimum=minimum)
    refused(as_pair, [kind(minimum - 1), minimum], f"size[0] must be at least {minimum}, got", minimum=minimum)
    refused(as_pair, (kind(minimum - 1),), f"size[0] must be at least {minimum}, got", minimum=minimum)


def test_an_integer_may_have_no_least_value():
    assert as_int(-(2**70), "size", -math.inf) == -(2**70)
    refused(as_int, True, "must be an integer", minimum=-math.inf)


def test_a_pair_keeps_its_order_and_one_stands_for_two():
    assert as_pair((2, 3), "size", 1) == as_pair([2, 3], "size", 1) == as_pair(np.array([2, 3]), "size", 1) == (2, 3)
    assert as_pair((4,), "size", 1) == as_pair([4], "size", 1) == (4, 4)
    assert all(type(part) is int for part in as_pair(np.array([2, 3]), "size", 1))


@pytest.mark.parametrize(("value", "met"), NOT_PAIRS)
def test_what_is_no_pair_is_refused(value, met):
    refused(as_pair, value, met, minimum=0)


def test_only_truth_values_are_flags():
    assert as_flag(True, "size") is True
    assert as_flag(np.False_, "size") is False
    for value in (None, 0, 1, 1.0, "True", np.int64(1), (True, False), [True], np.array([1]), Nothing()):
        refused(as_flag, value, f"must be True or False, got {value!r}")


def test_numbers_become_finite_floats():
    for value in (0.5, 3, np.float32(0.25), np.int8(-2)):
        assert type(as_number(value, "size")) is float
        assert as_number(value, "size") == value


@pytest.mark.parametrize(("value", "met"), NOT_NUMBERS)
def test_what_is_no_number_is_refused(value, met):
    refused(as_number, value, f"must be a number, got {'array(' if isinstance(value, np.ndarray) else ''}")
    refused(as_number, value, met)


@pytest.mark.parametrize(("value", "met"), NOT_FINITE)
def test_what_is_not_finite_is_refused(value, met):
    refused(as_number, value, "must be a finite number")
    refused(as_number, value, met)


def test_a_bound_is_not_passed_itself():
    assert as_number(1e-300, "size", above=0) == 1e-300
    for value in (0, -1.5):
        refused(as_number, value, f"must be greater than 0, got {value}", above=0)


def test_words_are_words_of_the_list():
    assert as_word("valid", "size", ("same", "valid")) == "valid"
    for value in (None, 3, b"same", Nothing(), ["same"]):
        with pytest.raises(TypeError, match="size must be 'same' or 'valid', got"):
            as_word(value, "size", ("same", "valid"))
    for value in ("", "SAME", "sam"):
        with pytest.raises(ValueError, match=f"size must be 'a', 'same' or 'valid', got '{value}'"):
            as_word(value, "size", ("a", "same", "valid"))


@pytest.mark.parametrize("dtype", ["u1", "i8", "f2", "f4", "f8", ">f4"])
def test_arrays_of_numbers_are_not_copied(dtype):
    array = np.ones((2, 3), dtype)
    assert as_numbers(array, "size", (2,)) is array
    assert as_planes(array, "size", (2, 3)) is array
    assert as_numbers([[1, 2]], "size", (2,)).tolist() == [[1, 2]]


@pytest.mark.parametrize(("value", "met"), NOT_ARRAYS)
def test_what_is_no_array_of_numbers_is_refused(value, met):
    refused(as_numbers, value, met, dimensions=(2, 3, 4))
    refused(as_planes, value, met, dimensions=(2, 3, 4))


def test_other_dimensions_are_refused_and_the_right_ones_named():
    refused(as_numbers, np.ones(3), "2 or 3 dimensions, got shape (3,)", dimensions=(2, 3))
    refused(as_numbers, np.ones((1,) * 5), "1 to 4 dimensions", dimensions=(1, 2, 3, 4))
    refused(as_planes, np.ones((1, 1, 1, 1)), "2 or 3 dimensions, got shape (1, 1, 1, 1)", dimensions=(2, 3))


def test_planes_hold_cells_and_a_batch_may_be_empty():
    assert as_planes(np.ones((0, 2, 5, 5)), "size", (4,)).shape == (0, 2, 5, 5)
    for shape in [(1, 0, 5, 5), (1, 2, 0, 5), (1, 2, 5, 0), (0, 5), (5, 0), (0, 5, 5)]:
        refused(as_planes, np.ones(shape), f"at least one channel, row and column, got shape {shape}",
                dimensions=(2, 3, 4))  # fmt: skip
        assert as_numbers(np.ones(shape), "size", (2, 3, 4)).shape == shape


def test_a_cell_fits_the_dtype():
    for value, dtype in [(255, "u1"), (-128, "i1"), (2.0, "u1"), (np.inf, "f2"), (np.nan, "f4"), (65504, "f2")]:
        assert as_cell(value, "size", np.dtype(dtype)) is value
    for value, dtype in [(256, "u1"), (-1, "u1"), (0.5, "i8"), (np.nan, "i4"), (np.inf, "u1"), (1e300, "f4")]:
        refused(as_cell, value, f"representable in the dtype of input, {np.dtype(dtype)}, got {value}",
                dtype=np.dtype(dtype))  # fmt: skip
    for value in (True, "0", None, 1j, [1, 2], Nothing()):
        refused(as_cell, value, f"must be a number, got {value!r}", dtype=np.dtype(float))


def test_memory_that_no_address_counts_is_refused_with_its_cause():
    check_memory((2**60,), np.dtype("u1"), "stride 2")
    for shape, dtype in [((2**60,), "f8"), ((2**32, 2**31), "u1"), ((10**30,), "u1")]:
        with pytest.raises(ValueError, match=r"^stride 2 asks for an array of shape .* more than memory can address"):
            check_memory(shape, np.dtype(dtype), "stride 2")


def test_floating_point_dtypes_are_kept_and_integers_summed_in_64_bits():
    for dtype in ("f2", "f4", "f8"):
        one = np.ones(2, dtype)
        assert working_dtype(input=one) == working_dtype(input=one, weight=one, bias=None) == one.dtype
        assert working_dtype(input=one, weight=np.ones(2, int)) == working_dtype(input=np.ones(2, "u1"), weight=one)
        assert working_dtype(input=one, weight=np.ones(2, int)) == one.dtype
        assert working_dtype(input=one.astype(">" + dtype)).isnative
    assert working_dtype(input=np.ones(2, "u8"), weight=np.ones(2, "i1")) == np.int64
    assert working_dtype(input=np.ones(0, "u8")) == np.int64
    with pytest.raises(TypeError, match=r"input and weight must have .* got input float32, weight float64; convert"):
        working_dtype(input=np.ones(2, "f4"), weight=np.ones(2))
    with pytest.raises(ValueError, match=r"none may exceed 2\*\*63 - 1, got 9223372036854775808"):
        working_dtype(input=np.ones(2, int), weight=np.array([2**63], np.uint64))


def test_averages_of_integers_are_float64_and_sums_of_half_precision_single():
    dtypes = [(averaging_dtype(np.ones(2, d)).str, summing_dtype(np.dtype(d)).str) for d in ("u1", "f2", "f4", ">f8")]
    assert [one for one, _ in dtypes] == ["<f8", "<f2", "<f4", "<f8"]
    assert [other for _, other in dtypes[1:]] == ["<f4", "<f4", ">f8"]
