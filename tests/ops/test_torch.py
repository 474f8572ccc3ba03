"""The same numbers as PyTorch: from a recorded file everywhere, and live where torch is installed."""

import numpy as np
import pytest
from hypothesis import given, settings
from numpy.testing import assert_allclose, assert_array_equal

import lib

from .record_torch import CASES, DTYPES, REFERENCE, Case, answers_of_torch
from .strategies import LAW, convolutions, poolings, seeds, transposed_convolutions, windows

# PyTorch says that an uneven 'same' padding makes it copy its input.
pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same':UserWarning")

RELATIVE = {"float32": 1e-5, "float64": 1e-13}


@pytest.fixture(scope="module")
def recorded():
    with np.load(REFERENCE) as file:
        return dict(file)


def answers_of_lib(case: Case, dtype: str) -> list[np.ndarray]:
    """Return what ``answers_of_torch`` returns."""
    operation, arrays, options = getattr(lib, case.operation), case.arrays(dtype), dict(case.options)
    if case.operation == "max_pool2d":
        options["return_indices"] = True
    if case.operation == "max_unpool2d":
        size = arrays[0].shape[-2:]
        values, indices = lib.max_pool2d(*arrays, **options, return_indices=True)
        arrays, options = [values], {"indices": indices, **options, "output_size": size}
    with np.errstate(invalid="ignore"):  # inf - inf, where NumPy warns and PyTorch does not
        result, pulls = operation.record(*arrays, **options)
        results = result if isinstance(result, tuple) else (result,)
        grad = case.grad(results[0].shape, dtype)
        return [*results, *[pull(grad) for pull, _ in zip(pulls.values(), arrays, strict=False)]]


def assert_same(result: np.ndarray, expected: np.ndarray) -> None:
    """Compare shapes, dtypes and values; the tolerance is relative to the largest number, as rounding is."""
    assert result.shape == expected.shape
    assert result.dtype == expected.dtype
    scale = np.abs(expected[np.isfinite(expected)]).max(initial=1)
    assert_allclose(result, expected, rtol=0, atol=RELATIVE.get(str(expected.dtype), 0) * scale)


def test_the_file_holds_every_case_and_says_which_torch_answered(recorded):
    assert str(recorded["torch_version"]).startswith("2.")
    names = {name.rpartition(".")[0] for name in recorded.keys() - {"torch_version"}}
    assert names == {f"{case.name}.{dtype}" for case in CASES for dtype in DTYPES}


def answers_in(recorded: dict[str, np.ndarray], case: Case, dtype: str) -> list[np.ndarray]:
    count = sum(name.startswith(f"{case.name}.{dtype}.") for name in recorded)
    return [recorded[f"{case.name}.{dtype}.{number}"] for number in range(count)]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_recorded_results_and_gradients_of_torch_are_met(case, dtype, recorded):
    answers = answers_in(recorded, case, dtype)
    assert len(answers) == 1 + len(case.shapes) + (case.operation == "max_pool2d")
    for result, expected in zip(answers_of_lib(case, dtype), answers, strict=True):
        assert_same(result, expected)


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_installed_torch_still_answers_as_recorded(dtype, recorded):
    pytest.importorskip("torch", reason="compares with PyTorch itself where it is installed")
    for case in CASES:
        for result, expected in zip(answers_of_torch(case, dtype), answers_in(recorded, case, dtype), strict=True):
            assert_same(result, expected)


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


@pytest.mark.parametrize("dtype", DTYPES)
def test_generated_transposed_convolutions_answer_as_the_installed_torch(dtype):
    torch = pytest.importorskip("torch", reason="compares with PyTorch itself where it is installed")

    @given(transposed_convolutions(), seeds)
    @settings(LAW, max_examples=150)
    def law(call, seed):
        generator = np.random.default_rng(seed)
        shapes = call.input_shape, call.weight_shape, call.output_shape[1:2]
        arrays = [generator.normal(size=shape).astype(dtype) for shape in shapes]
        tensors = [torch.from_numpy(array).requires_grad_() for array in arrays]
        expected = torch.nn.functional.conv_transpose2d(*tensors, **call.options)
        result, pulls = lib.conv_transpose2d.record(*arrays, **call.options)
        assert_same(result, expected.detach().numpy())
        grad = generator.normal(size=result.shape).astype(dtype)
        expected.backward(torch.from_numpy(grad))
        for pull, tensor in zip(pulls.values(), tensors, strict=True):
            assert_same(pull(grad), tensor.grad.numpy())

    law()


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("with_zeros", [True, False])
def test_generated_poolings_answer_as_the_installed_torch(dtype, with_zeros):
    torch = pytest.importorskip("torch", reason="compares with PyTorch itself where it is installed")

    @given(poolings(), seeds)
    @settings(LAW, max_examples=150)
    def law(call, seed):
        generator = np.random.default_rng(seed)
        x = generator.choice([np.nan, np.inf, -np.inf, 0.0, 1.0, 2.0], call.shape).astype(dtype)
        results = lib.max_pool2d(x, **call.options, return_indices=True)
        expected = torch.nn.functional.max_pool2d(torch.from_numpy(x), **call.options, return_indices=True)
        assert_array_equal(results[0], expected[0].numpy())
        assert_array_equal(results[1], expected[1].numpy())
        if call.dilation != (1, 1):
            return
        x = generator.normal(size=call.shape).astype(dtype)
        options = {name: value for name, value in call.options.items() if name != "dilation"}
        expected = torch.nn.functional.avg_pool2d(torch.from_numpy(x), **options, count_include_pad=with_zeros)
        assert_same(lib.avg_pool2d(x, **options, count_include_pad=with_zeros), expected.numpy())

    law()
