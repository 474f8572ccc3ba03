"""The gradients of everything that can be differentiated are those that small, or exact, differences show."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from numpy.testing import assert_allclose, assert_array_equal

import lib
from lib import Tensor

from ..ops.strategies import LAW, seeds, whole_numbers
from .calls import AFFINE, CALLS, OURS

STEP = 1e-6
FEWER = settings(LAW, max_examples=50)


def single(plain):
    """Plain arrays of double precision would decide the dtype of the result; numbers and indices do not."""
    return plain.astype(np.float32) if getattr(plain, "dtype", None) == np.float64 else plain


# The same expressions on arrays, and what is no function of NumPy, by its formula.
ARRAYS = SimpleNamespace(
    **{
        **vars(OURS),
        "concatenate": np.concatenate,
        "amax": lambda x, axis, keepdims: x.max(axis, keepdims=keepdims),
        "permute": np.transpose,
    }
)
FUNCTIONS = {
    "relu": lambda x: np.asarray(x * (x > 0)),
    "exp": lambda x: np.asarray(np.exp(x)),
    "log": lambda x: np.asarray(np.log(x)),
    "tanh": lambda x: np.asarray((np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))),
    "sigmoid": lambda x: np.asarray(1 / (1 + np.exp(-x))),
    "leaky_relu": lambda x: np.asarray(np.maximum(x, x / 4)),
    "hardswish": lambda x: np.asarray(x * np.clip(x + 3, 0, 6) / 6),
}
SINGLE = SimpleNamespace(**{**vars(OURS), "constant": single})


def gradients(call, arrays, out_seed):
    """Return a random gradient of the result and what becomes of it, for each operand."""
    tensors = [Tensor(array, requires_grad=True) for array in arrays]
    result = call(*tensors)
    grad = whole_numbers(result.shape, out_seed)
    result.backward(grad)
    return grad, [tensor.grad for tensor in tensors]


def moved(arrays, number, change):
    return [array + change if place == number else array for place, array in enumerate(arrays)]


def value(call, arrays):
    """The result without recording: of the operation itself, not of the way it is recorded."""
    return call(*map(Tensor, arrays)).data


def test_every_operation_that_knows_its_gradients_is_tested_here():
    assert {name for name in lib.__all__ if hasattr(getattr(lib, name), "record")} <= CALLS.keys()


@pytest.mark.parametrize("name", CALLS)
def test_a_gradient_is_what_a_small_difference_shows(name):
    @given(CALLS[name], seeds)
    @FEWER
    def law(call, seed):
        grad, found = gradients(call, call.arrays, seed)
        for number, (array, gradient) in enumerate(zip(call.arrays, found, strict=True)):
            direction = np.random.default_rng(seed).normal(size=array.shape)
            ahead, behind = (value(call, moved(call.arrays, number, sign * STEP * direction)) for sign in (1, -1))
            slope = np.vdot(grad, ahead - behind) / (2 * STEP)
            scale = np.abs(grad * (np.abs(ahead) + np.abs(behind))).sum() + 1
            assert gradient.shape == array.shape
            assert gradient.dtype == array.dtype
            assert_allclose(np.vdot(gradient, direction), slope, rtol=1e-6, atol=1e-9 * scale)

    law()


@pytest.mark.parametrize("name", AFFINE)
def test_what_is_linear_obeys_the_adjoint_identity(name):
    """<A u, y> = <u, Aᵀ y>, with A u as the difference that a change u of any size makes."""

    @given(AFFINE[name], seeds)
    @FEWER
    def law(call, seed):
        grad, found = gradients(call, call.arrays, seed)
        for number, gradient in enumerate(found):
            change = whole_numbers(gradient.shape, seed + number)
            difference = value(call, moved(call.arrays, number, change)) - value(call, call.arrays)
            assert_allclose(np.vdot(grad, difference), np.vdot(gradient, change), rtol=1e-11, atol=1e-10)

    law()


@pytest.mark.parametrize("name", ["max_pool2d", "max", "relu", "abs"])
def test_what_selects_cells_is_a_matrix_for_given_switches(name):
    """Scaled up, the same cells are selected, so that <A x, y> = <x, Aᵀ y> holds at the x where A was found."""

    @given(CALLS[name], seeds)
    @FEWER
    def law(call, seed):
        grad, (found,) = gradients(call, call.arrays, seed)
        left, right = np.vdot(value(call, call.arrays), grad), np.vdot(call.arrays[0], found)
        assert_allclose(left, right, rtol=0, atol=1e-10)

    law()


@pytest.mark.parametrize("name", sorted(CALLS.keys() - FUNCTIONS.keys()))
def test_tensors_compute_what_arrays_do(name):
    @given(CALLS[name])
    @FEWER
    def law(call):
        assert_array_equal(value(call, call.arrays), call(*call.arrays, namespace=ARRAYS), strict=True)

    law()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_compute_what_their_formulas_say(name):
    @given(CALLS[name])
    @FEWER
    def law(call):
        found, expected = value(call, call.arrays), FUNCTIONS[name](*call.arrays)
        assert (found.shape, found.dtype) == (expected.shape, expected.dtype)
        assert_allclose(found, expected, rtol=1e-13)

    law()


@pytest.mark.parametrize("name", CALLS)
def test_recording_changes_no_result_and_single_precision_stays_single(name):
    @given(CALLS[name], seeds)
    @settings(LAW, max_examples=30)
    def law(call, seed):
        arrays = [array.astype(np.float32) for array in call.arrays]
        tensors = [Tensor(array, requires_grad=True) for array in arrays]
        result = call(*tensors, namespace=SINGLE)
        assert_array_equal(result.data, call(*map(Tensor, arrays), namespace=SINGLE).data, strict=True)
        result.backward(np.ones(result.shape))
        assert {array.dtype for array in (result, *(tensor.grad for tensor in tensors))} == {np.dtype(np.float32)}

    law()
