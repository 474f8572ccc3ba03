"""The same numbers as PyTorch: from a recorded file everywhere, and live where torch is installed."""

import numpy as np
import pytest
from hypothesis import given, settings
from numpy.testing import assert_allclose

import lib

from .record_torch import CASES, DTYPES, REFERENCE, answer_of_torch
from .strategies import LAW, convolutions, seeds, windows

# PyTorch says that an uneven 'same' padding makes it copy its input.
pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same':UserWarning")

RELATIVE = {"float32": 1e-5, "float64": 1e-13}


@pytest.fixture(scope="module")
def recorded():
    with np.load(REFERENCE) as file:
        return dict(file)


def assert_same(result: np.ndarray, expected: np.ndarray) -> None:
    """Compare shapes, dtypes and values; the tolerance is relative to the largest number, as rounding is."""
    assert result.shape == expected.shape
    assert result.dtype == expected.dtype
    scale = np.abs(expected[np.isfinite(expected)]).max(initial=1)
    assert_allclose(result, expected, rtol=0, atol=RELATIVE[str(expected.dtype)] * scale)


def test_the_file_holds_every_case_and_says_which_torch_answered(recorded):
    assert str(recorded["torch_version"]).startswith("2.")
    assert recorded.keys() - {"torch_version"} == {f"{case.name}.{dtype}" for case in CASES for dtype in DTYPES}


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_recorded_answers_of_torch_are_met(case, dtype, recorded):
    result = getattr(lib, case.operation)(*case.arrays(dtype), **case.options)
    assert_same(result, recorded[f"{case.name}.{dtype}"])


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_installed_torch_still_answers_as_recorded(dtype, recorded):
    pytest.importorskip("torch", reason="compares with PyTorch itself where it is installed")
    for case in CASES:
        assert_same(answer_of_torch(case, dtype), recorded[f"{case.name}.{dtype}"])


@pytest.mark.parametrize("dtype", DTYPES)
def test_generated_convolutions_answer_as_the_installed_torch(dtype):
    torch = pytest.importorskip("torch", reason="compares with PyTorch itself where it is installed")

    @given(convolutions(), seeds)
    @settings(LAW, max_examples=150)
    def law(call, seed):
        generator = np.random.default_rng(seed)
        shapes = call.input_shape, call.weight_shape, call.weight_shape[:1]
        arrays = [generator.normal(size=shape).astype(dtype) for shape in shapes]
        expected = torch.nn.functional.conv2d(*map(torch.from_numpy, arrays), **call.options)
        assert_same(lib.conv2d(*arrays, **call.options), expected.numpy())

    law()


@pytest.mark.parametrize("dtype", DTYPES)
def test_generated_windows_unfold_and_fold_as_the_installed_torch(dtype):
    torch = pytest.importorskip("torch", reason="compares with PyTorch itself where it is installed")

    @given(windows(), seeds)
    @settings(LAW, max_examples=150)
    def law(call, seed):
        generator = np.random.default_rng(seed)
        planes = generator.normal(size=call.shape).astype(dtype)
        columns = lib.unfold(planes, call.kernel_size, **call.options)
        expected = torch.nn.functional.unfold(torch.from_numpy(planes), call.kernel_size, **call.options)
        assert_same(columns, expected.numpy())
        back = lib.fold(columns, call.shape[2:], call.kernel_size, **call.options)
        expected = torch.nn.functional.fold(expected, call.shape[2:], call.kernel_size, **call.options)
        assert_same(back, expected.numpy())

    law()
