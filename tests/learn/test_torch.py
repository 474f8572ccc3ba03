"""The same gradients as PyTorch: from a recorded file everywhere, and live where torch is installed."""

import numpy as np
import pytest
from hypothesis import given
from numpy.testing import assert_allclose

from lib import Tensor

from ..ops.strategies import LAW
from .calls import CALLS, OURS
from .record_torch import CASES, DTYPES, REFERENCE, gradients_of_torch, output_gradient

# PyTorch says that an uneven 'same' padding makes it copy its input.
pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same':UserWarning")

RELATIVE = {"float32": 2e-5, "float64": 1e-12}


@pytest.fixture(scope="module")
def recorded():
    with np.load(REFERENCE) as file:
        return dict(file)


def gradients_of_ours(expression, operands):
    tensors = [Tensor(operand, requires_grad=True) for operand in operands]
    result = expression(OURS, *tensors)
    result.backward(output_gradient(result.shape, str(result.dtype)))
    return result.data, [tensor.grad for tensor in tensors]


def assert_same(found, expected):
    """Compare shapes, dtypes and values; the tolerance is relative to the largest number, as rounding is."""
    assert found.shape == expected.shape
    assert found.dtype == expected.dtype
    scale = np.abs(expected[np.isfinite(expected)]).max(initial=1)
    assert_allclose(found, expected, rtol=0, atol=RELATIVE[str(expected.dtype)] * scale)


def test_the_file_holds_every_case_and_says_which_torch_answered(recorded):
    assert str(recorded["torch_version"]).startswith("2.")
    operands = [(case.name, number) for case in CASES for number in range(len(case.shapes))]
    expected = {f"{name}.{dtype}.{number}" for name, number in operands for dtype in DTYPES}
    assert recorded.keys() - {"torch_version"} == expected


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_recorded_gradients_of_torch_are_met(case, dtype, recorded):
    _, gradients = gradients_of_ours(case.expression, case.operands(dtype))
    for number, gradient in enumerate(gradients):
        assert_same(gradient, recorded[f"{case.name}.{dtype}.{number}"])


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_installed_torch_still_answers_as_recorded(dtype, recorded):
    pytest.importorskip("torch", reason="compares with PyTorch itself where it is installed")
    for case in CASES:
        _, gradients = gradients_of_torch(case.expression, case.operands(dtype))
        for number, gradient in enumerate(gradients):
            assert_same(gradient, recorded[f"{case.name}.{dtype}.{number}"])


@pytest.mark.parametrize("name", CALLS)
def test_generated_calls_have_the_gradients_of_the_installed_torch(name):
    pytest.importorskip("torch", reason="compares with PyTorch itself where it is installed")

    @given(CALLS[name].filter(lambda call: call.in_torch))
    @LAW
    def law(call):
        result, gradients = gradients_of_ours(call.expression, call.arrays)
        expected, expected_gradients = gradients_of_torch(call.expression, call.arrays)
        assert_same(result, expected)
        for found, wanted in zip(gradients, expected_gradients, strict=True):
            assert_same(found, wanted)

    law()
