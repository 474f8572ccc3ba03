"""Losses, optimisers and schedules are PyTorch's: from a recorded file everywhere, and live where it is installed."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from lib import Tensor, learn
from lib.learn import Adam, binary_cross_entropy_with_logits, cosine_schedule, cross_entropy, mse_loss

from ..ops.strategies import LAW, seeds
from .record_learning import (
    LOSSES,
    OPTIMISERS,
    REFERENCE,
    SCHEDULES,
    START,
    STEPS,
    fractions,
    gradients,
    loss_of_torch,
    path_of_torch,
    rates_of_torch,
)

EXACT = 1e-12
SINGLE = 2e-6


@pytest.fixture(scope="module")
def recorded():
    with np.load(REFERENCE) as file:
        return dict(file)


def our_loss(name, dtype=np.float64):
    function, (first, *others), options = LOSSES[name]
    scores = Tensor(first.astype(dtype), requires_grad=True)
    result = getattr(learn, function)(scores, *others, **options)
    result.backward(fractions(result.shape, 3))
    assert result.dtype == scores.grad.dtype == dtype
    plain = getattr(learn, function)(first.astype(dtype), *others, **options)
    assert_allclose(plain, result.data, rtol=1e-6)  # arrays give the same as tensors
    return result.data, scores.grad


def our_path(name):
    kind, options = OPTIMISERS[name]
    parameters = [Tensor(value, requires_grad=True) for value in START]
    optimiser = getattr(learn, kind)(parameters, **options)
    path = []
    for step in range(STEPS):
        for parameter, grad in zip(parameters, gradients(step), strict=True):
            parameter.grad = grad
        optimiser.step()
        path.append(np.concatenate([parameter.data.ravel() for parameter in parameters]))
    return path


def our_rates(name):
    kind, options = SCHEDULES[name][2]
    factor = getattr(learn, kind)(**options)
    return [factor(step) for step in range(options.get("steps", 20) + 1)]


def close(found, expected, tolerance=EXACT):
    assert_allclose(found, expected, rtol=tolerance, atol=tolerance * np.abs(expected).max())


def test_the_file_holds_every_case_and_says_which_torch_answered(recorded):
    assert str(recorded["torch_version"]).startswith("2.")
    expected = {f"{name}.{part}" for name in LOSSES for part in ("loss", "gradient")} | {*OPTIMISERS, *SCHEDULES}
    assert recorded.keys() - {"torch_version"} == expected


@pytest.mark.parametrize("name", LOSSES)
def test_recorded_losses_of_torch_are_met(name, recorded):
    for dtype, tolerance in ((np.float64, EXACT), (np.float32, SINGLE)):
        loss, gradient = our_loss(name, dtype)
        close(loss, recorded[f"{name}.loss"], tolerance)
        close(gradient, recorded[f"{name}.gradient"], tolerance)


@pytest.mark.parametrize("name", OPTIMISERS)
def test_recorded_paths_of_torch_are_met(name, recorded):
    close(our_path(name), recorded[name])


@pytest.mark.parametrize("name", SCHEDULES)
def test_recorded_rates_of_torch_are_met(name, recorded):
    close(our_rates(name), recorded[name])


@pytest.mark.parametrize("name", [*LOSSES, *OPTIMISERS, *SCHEDULES])
def test_the_installed_torch_is_met(name):
    pytest.importorskip("torch", reason="compares with PyTorch itself where it is installed")
    if name in LOSSES:
        for found, expected in zip(our_loss(name), loss_of_torch(name), strict=True):
            close(found, expected)
    elif name in OPTIMISERS:
        close(our_path(name), path_of_torch(name))
    else:
        close(our_rates(name), rates_of_torch(name))


def test_cross_entropy_of_equal_scores_is_the_logarithm_of_their_number():
    assert_allclose(float(cross_entropy(np.zeros((2, 5)), np.array([0, 4]))), np.log(5))


@given(seed=seeds, shift=st.floats(-1e3, 1e3))
@LAW
def test_cross_entropy_forgets_what_is_added_to_all_scores(seed, shift):
    random = np.random.default_rng(seed)
    scores, labels = random.normal(size=(4, 3, 2)), random.integers(0, 3, (4, 2))
    assert_allclose(cross_entropy(scores + shift, labels), cross_entropy(scores, labels), atol=1e-10)


@given(seed=seeds)
@LAW
def test_yes_or_no_is_cross_entropy_of_two_classes(seed):
    random = np.random.default_rng(seed)
    score, truth = random.normal(0, 3, (5, 4)), random.integers(0, 2, (5, 4))
    both = np.stack([np.zeros_like(score), score], axis=1)
    assert_allclose(binary_cross_entropy_with_logits(score, truth), cross_entropy(both, truth))


@given(seed=seeds)
@LAW
def test_gradients_of_cross_entropy_pull_as_much_up_as_down(seed):
    random = np.random.default_rng(seed)
    scores = Tensor(random.normal(size=(3, 4, 2, 2)), requires_grad=True)
    cross_entropy(scores, random.integers(0, 4, (3, 2, 2)), random.random(4) + 0.1).backward()
    assert_allclose(scores.grad.sum(axis=1), 0, atol=1e-12)


def test_squares_have_a_gradient_for_both_sides():
    one, other = (Tensor(fractions((3, 2), seed), requires_grad=True) for seed in (0, 9))
    mse_loss(one, other).backward()
    assert_allclose(one.grad, (one.data - other.data) / 3)
    assert_allclose(other.grad, -one.grad)


def test_integers_are_compared_too():
    assert float(mse_loss(np.array([1, 2]), np.array([3, 5]))) == 6.5


@given(rate=st.floats(1e-4, 1), size=st.floats(1e-3, 1e3))
@LAW
def test_the_first_step_of_adam_is_one_learning_rate_whatever_the_gradient(rate, size):
    parameter = Tensor(np.zeros(2), requires_grad=True)
    parameter.grad = np.array([size, -size])
    Adam([parameter], lr=rate, eps=0).step()
    assert_allclose(parameter.data, [-rate, rate])


@given(steps=st.integers(2, 50), warmup=st.integers(0, 10))
@LAW
def test_cosine_rises_during_warmup_and_falls_to_nothing(steps, warmup):
    factor = cosine_schedule(steps, warmup)
    assert factor(0) == pytest.approx(1 / warmup if warmup else 1)
    assert factor(steps) == pytest.approx(0, abs=1e-12)
    after = [factor(step) for step in range(warmup, steps + 3)]
    assert all(later <= earlier for earlier, later in pairwise(after))
