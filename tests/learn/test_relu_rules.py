"""The three ways back through a ReLU, on numbers that can be checked by hand."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from lib import Tensor, conv2d
from lib.learn import relu_rule

INPUT, GRAD = [3, 3, 3, -3, -3, -3, 0, 0], [5, -5, 0, 5, -5, 0, 5, -5]
PASSED = {
    "gradient": [5, -5, 0, 0, 0, 0, 0, 0],
    "deconvnet": [5, 0, 0, 5, 0, 0, 5, 0],
    "guided": [5, 0, 0, 0, 0, 0, 0, 0],
}


def grad_of_relu(rule):
    x = Tensor(np.array(INPUT, np.float32), requires_grad=True)
    x.relu(rule).backward(GRAD)
    assert x.grad.dtype == np.float32
    return x.grad


@pytest.mark.parametrize("rule", PASSED)
def test_an_argument_chooses_what_passes(rule):
    assert_array_equal(grad_of_relu(rule), PASSED[rule])


@pytest.mark.parametrize("rule", PASSED)
def test_a_context_chooses_what_passes_on_the_way_back(rule):
    x = Tensor(np.array(INPUT, float), requires_grad=True)
    y = x.relu()
    with relu_rule(rule):
        y.backward(GRAD)
    assert_array_equal(x.grad, PASSED[rule])


def test_without_a_choice_it_is_the_gradient():
    assert_array_equal(grad_of_relu(None), PASSED["gradient"])


def test_an_argument_goes_before_the_context():
    with relu_rule("guided"):
        assert_array_equal(grad_of_relu("deconvnet"), PASSED["deconvnet"])
        assert_array_equal(grad_of_relu("gradient"), PASSED["gradient"])


def test_a_context_ends_even_by_an_exception_and_nests():
    def nested():
        with relu_rule("guided"):
            with relu_rule("deconvnet"):
                assert_array_equal(grad_of_relu(None), PASSED["deconvnet"])
            assert_array_equal(grad_of_relu(None), PASSED["guided"])
            raise KeyError

    with pytest.raises(KeyError):
        nested()
    assert_array_equal(grad_of_relu(None), PASSED["gradient"])


def test_forward_is_the_same_under_every_rule():
    for rule in PASSED:
        with relu_rule(rule):
            assert_array_equal(Tensor(INPUT).relu().data, [3, 3, 3, 0, 0, 0, 0, 0])


@pytest.mark.parametrize(("rule", "expected"), [("gradient", [1, 0]), ("deconvnet", [6, 6]), ("guided", [6, 0])])
def test_two_layers_by_hand(rule, expected):
    """x = (1, -2) becomes (1, 0), and the sums of 2 h and of h are 2 and 1: only the second cell of x is off.

    The result is 3 · 2 - 5 · 1. Its gradient at the first cell is 3 · 2 - 5 · 1 = 1; where negative gradients do not
    pass, the 5 is lost and 6 stays, which the DeconvNet rule gives to the second cell too.
    """
    x = Tensor([[1.0, -2.0]], requires_grad=True)
    hidden = x.relu()
    two, one = (conv2d(hidden, np.full((1, 2), weight)).relu() for weight in (2.0, 1.0))
    result = (3 * two - 5 * one).sum()
    assert float(result) == 1
    with relu_rule(rule):
        result.backward()
    assert_array_equal(x.grad, [expected])


@pytest.mark.parametrize("rule", PASSED)
def test_a_leaky_relu_lets_the_gradient_pass_everywhere_and_nothing_else_differs(rule):
    x = Tensor(np.array(INPUT, np.float32), requires_grad=True)
    y = x.leaky_relu(0.5)
    with relu_rule(rule):
        y.backward(GRAD)
    passed = [5, -5, 0, 2.5, -2.5, 0, 2.5, -2.5] if rule == "gradient" else PASSED[rule]
    assert_array_equal(x.grad, passed)
    assert_array_equal(y.data, [3, 3, 3, -1.5, -1.5, -1.5, 0, 0])
    assert x.grad.dtype == y.dtype == np.float32


def test_a_leaky_relu_that_leaks_nothing_is_a_relu():
    x = Tensor(np.array(INPUT, np.float32), requires_grad=True)
    x.leaky_relu(0).backward(GRAD)
    assert_array_equal(x.grad, PASSED["gradient"])


def test_a_slope_below_zero_or_an_unknown_rule_is_refused():
    with pytest.raises(ValueError, match=r"negative_slope must be at least 0, got -0\.1"):
        Tensor([1.0]).leaky_relu(-0.1)
    with pytest.raises(ValueError, match="rule must be one of gradient, deconvnet, guided, got 'relu'"):
        Tensor([1.0]).leaky_relu(0.1, "relu")
