"""Paired differences: the interval covers as often as it says, and chance wins as often as it says."""

import numpy as np
import pytest

from lib.learn import false_wins, paired_difference, student_quantile


@pytest.mark.parametrize("confidence", [0.5, 0.9, 0.95])
def test_the_interval_covers_the_true_difference_as_often_as_it_says(confidence):
    random = np.random.default_rng(0)
    covered = 0
    for _ in range(2000):
        hard = random.normal(0, 10, 5)  # what both find hard drops out
        found = paired_difference(hard + random.normal(1, 1, 5), hard + random.normal(0, 1, 5), confidence)
        covered += found.low <= 1 <= found.high
    assert abs(covered / 2000 - confidence) < 0.035  # three standard errors of a share of 2000


@pytest.mark.parametrize(("degrees", "expected"), [(1, 12.7062), (2, 4.3027), (4, 2.7764), (9, 2.2622), (120, 1.9799)])
def test_quantiles_are_those_of_the_tables(degrees, expected):
    assert student_quantile(0.95, degrees) == pytest.approx(expected, abs=2e-4)


def test_equal_methods_win_in_every_seed_as_often_as_chance_has_it():
    random = np.random.default_rng(0)
    count = 0
    for _ in range(3000):
        scores = random.normal(size=(4, 3))  # four methods, three seeds
        ahead = [(scores[a] > scores[b]).all() for a in range(4) for b in range(4) if a != b]
        count += sum(ahead)
    assert count / 3000 == pytest.approx(false_wins(methods=4, seeds=3), rel=0.1)


def test_a_difference_is_clear_if_its_interval_leaves_zero_out():
    assert paired_difference([2.0, 2.1, 1.9], [1.0, 1.0, 1.0]).is_clear
    assert not paired_difference([2.0, 0.1, 1.9], [1.0, 1.0, 1.0]).is_clear


@pytest.mark.parametrize(
    ("ours", "theirs", "confidence", "message"),
    [
        ([1.0], [2.0], 0.95, "at least two pairs"),
        ([1.0, 2.0], [1.0, 2.0, 3.0], 0.95, r"\(2,\) and \(3,\)"),
        ([1.0, np.nan], [1.0, 2.0], 0.95, "finite"),
        ([1.0, 2.0], [1.0, 2.0], 1.0, "less than 1"),
        ([1.0, 2.0], [1.0, 2.0], 0, "greater than 0"),
    ],
)
def test_what_is_no_comparison_is_refused(ours, theirs, confidence, message):
    with pytest.raises(ValueError, match=message):
        paired_difference(ours, theirs, confidence)
