"""The same numbers as OpenCV, Pillow, SciPy and scikit-image: from a recorded file, and live where one is installed."""

from itertools import product

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import lib

from .record_libraries import CASES, MODULES, REFERENCE, resized_by_opencv, resized_by_pillow

# Each library sums in its own order, OpenCV and Pillow with weights that they round to their own precision.
ROUNDING = {"float32": 3e-6, "float64": 1e-13}


@pytest.fixture(scope="module")
def recorded():
    with np.load(REFERENCE) as file:
        return dict(file)


def assert_same(result: np.ndarray, expected: np.ndarray) -> None:
    """Compare shapes, dtypes and values; the tolerance is relative to the largest number, as rounding is."""
    assert result.shape == expected.shape
    assert result.dtype == expected.dtype
    assert_allclose(result, expected, rtol=0, atol=ROUNDING[str(expected.dtype)] * np.abs(expected).max())


def test_the_file_holds_every_case_and_which_version_answered(recorded):
    versions = {f"{library} version" for library in MODULES}
    assert recorded.keys() == {case.key for case in CASES} | versions
    assert all(str(recorded[version])[0].isdigit() for version in versions)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.key)
def test_recorded_answers_of_the_libraries_are_met(case, recorded):
    assert_same(case.ours(*case.arrays()), recorded[case.key])


@pytest.mark.parametrize("rule", [rule for rule in lib.INTERPOLATION_RULES if rule.split()[0] in MODULES])
def test_every_rule_named_after_one_of_the_libraries_is_compared_with_it(rule):
    library, method = rule.replace("INTER_", "").split()
    assert any(case.key.startswith(f"{library}: {method}, ") and "by matrices" in case.key for case in CASES)


@pytest.mark.parametrize("library", MODULES)
def test_the_installed_library_still_answers_as_recorded(library, recorded):
    pytest.importorskip(MODULES[library], reason=f"compares with {library} itself where it is installed")
    for case in CASES:
        if case.library == library:
            assert_same(np.asarray(case.theirs(*case.arrays())), recorded[case.key])


@pytest.mark.parametrize(
    ("library", "resized_by", "method", "rule"),
    [
        ("Pillow", resized_by_pillow, "NEAREST", "Pillow NEAREST"),
        ("OpenCV", resized_by_opencv, "NEAREST_EXACT", "PyTorch nearest-exact"),
        ("OpenCV", resized_by_opencv, "NEAREST", "OpenCV INTER_NEAREST"),
    ],
)
def test_nearest_is_the_same_but_where_a_position_lies_on_the_border_of_two_cells(library, resized_by, method, rule):
    """There exact arithmetic ties; Pillow and OpenCV round in one precision, PyTorch and lib in another."""
    pytest.importorskip(MODULES[library], reason=f"compares with {library} itself where it is installed")
    words = lib.INTERPOLATION_RULES[rule]
    halves = 1 if words["convention"] == "half-pixel" else 0
    for n, m in product(range(1, 25), range(1, 41)):
        row = np.arange(n, dtype=np.float32)
        theirs = resized_by(method, (1, m))(row[None])[0]
        ours = lib.interpolation_matrix(n, m, **words) @ row
        on_border = (2 * np.arange(m) + halves) * n % (2 * m) == 0
        assert_array_equal(theirs[~on_border], ours[~on_border], err_msg=f"{n} cells to {m}")
