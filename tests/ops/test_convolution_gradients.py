"""The gradients of convolution and of transposed convolution: against transposed matrices and against differences."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from lib import conv2d, conv_transpose2d
from lib.ops.by_loops import conv2d_by_loops, conv_transpose2d_by_loops
from lib.ops.fast import correlation, strips, weight_gradients

from .gradients import gradient_by_differences, matrix
from .strategies import LAW, convolutions, seeds, transposed_convolutions, whole_numbers

SHORT = settings(LAW, max_examples=30)
FEW = settings(LAW, max_examples=10)
CALLS = {conv2d: convolutions, conv_transpose2d: transposed_convolutions}
LOOPS = {conv2d: conv2d_by_loops, conv_transpose2d: conv_transpose2d_by_loops}

each_operation = pytest.mark.parametrize("operation", CALLS, ids=lambda operation: operation.__name__)


def operands(operation, call, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    outputs = call.weight_shape[0] if operation is conv2d else call.weight_shape[1] * call.groups
    shapes = call.input_shape, call.weight_shape, (outputs,)
    return tuple(whole_numbers(shape, seed + number) for number, shape in enumerate(shapes))


@each_operation
def test_the_result_recorded_is_the_result(operation):
    @given(CALLS[operation](), seeds)
    @SHORT
    def law(call, seed):
        arrays = operands(operation, call, seed)
        result, pulls = operation.record(*arrays, **call.options)
        assert_array_equal(result, operation(*arrays, **call.options))
        assert list(pulls) == ["input", "weight", "bias"]

    law()


@each_operation
def test_the_gradient_of_the_weight_is_the_transposed_matrix_of_the_loops(operation):
    @given(CALLS[operation](), seeds)
    @FEW
    def law(call, seed):
        x, w, b = operands(operation, call, seed)
        result, pulls = operation.record(x, w, b, **call.options)
        grad = whole_numbers(result.shape, seed + 5)
        by_weight = matrix(lambda unit: LOOPS[operation](x, unit, **call.options), w.shape)
        assert_array_equal(pulls["weight"](grad), (grad.ravel() @ by_weight).reshape(w.shape))

    law()


@each_operation
def test_where_strips_and_products_end_does_not_change_a_gradient(operation):
    @given(CALLS[operation](), seeds, st.integers(1, 4000), st.integers(1, 40))
    @LAW
    def law(call, seed, strip_bytes, pixels):
        arrays = operands(operation, call, seed)
        result, pulls = operation.record(*arrays, **call.options)
        grad = whole_numbers(result.shape, seed + 5)
        whole = {name: pull(grad) for name, pull in pulls.items()}
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(strips, "STRIP_BYTES", strip_bytes)
            patch.setattr(weight_gradients, "PIXELS", pixels)
            patch.setattr(weight_gradients, "LANES", 2)
            patch.setattr(weight_gradients, "BLOCK", 2)
            patch.setattr(correlation, "TINY", 0)  # small calls go the way of large ones
            for name, pull in pulls.items():
                assert_array_equal(pull(grad), whole[name], err_msg=name)

    law()


@each_operation
def test_the_gradient_of_the_input_is_the_transposed_matrix(operation):
    @given(CALLS[operation](), seeds)
    @SHORT
    def law(call, seed):
        x, w, b = operands(operation, call, seed)
        result, pulls = operation.record(x, w, b, **call.options)
        grad = whole_numbers(result.shape, seed + 5)
        by_input = matrix(lambda unit: operation(unit, w, **call.options), x[:1].shape)
        assert_array_equal(pulls["input"](grad), (grad.reshape(len(x), -1) @ by_input).reshape(x.shape))

    law()


@each_operation
def test_every_gradient_is_the_central_difference(operation):
    @given(CALLS[operation](), seeds)
    @FEW
    def law(call, seed):
        x, w, b = operands(operation, call, seed)
        result, pulls = operation.record(x, w, b, **call.options)
        grad = whole_numbers(result.shape, seed + 5)
        expected = gradient_by_differences(lambda at: operation(at, w, b, **call.options), x, grad)
        assert_array_equal(pulls["input"](grad), expected)
        expected = gradient_by_differences(lambda at: operation(x, at, b, **call.options), w, grad)
        assert_array_equal(pulls["weight"](grad), expected)
        expected = gradient_by_differences(lambda at: operation(x, w, at, **call.options), b, grad)
        assert_array_equal(pulls["bias"](grad), expected)

    law()


@each_operation
def test_gradients_do_not_depend_on_the_layout_and_modify_nothing(operation):
    @given(CALLS[operation](), seeds)
    @SHORT
    def law(call, seed):
        arrays = operands(operation, call, seed)
        result, pulls = operation.record(*arrays, **call.options)
        grad = whole_numbers(result.shape, seed + 5)
        grad.flags.writeable = False
        laid = [np.asfortranarray(array) for array in arrays]
        _, pulls_of_laid = operation.record(*laid, **call.options)
        for name, argument in zip(pulls, arrays, strict=True):
            gradient = pulls[name](grad)
            assert gradient.shape == argument.shape
            assert_array_equal(pulls_of_laid[name](np.asfortranarray(grad)), gradient)
            assert_array_equal(pulls[name](grad), gradient)  # a pull may be asked again

    law()


@each_operation
@pytest.mark.parametrize("bias_shape", [(), (1,)])
def test_gradients_of_planes_have_the_shapes_of_their_arguments(operation, bias_shape):
    x, w, b = whole_numbers((5, 4), 1), whole_numbers((3, 2), 2), np.ones(bias_shape)
    result, pulls = operation.record(x, w, b, stride=2)
    grad = whole_numbers(result.shape, 3)
    batched = operation.record(x[None, None], w[None, None], b.reshape(1), stride=2)[1]
    for name, argument in (("input", x), ("weight", w), ("bias", b)):
        gradient = pulls[name](grad)
        assert gradient.shape == argument.shape
        assert_array_equal(gradient.ravel(), batched[name](grad[None, None]).ravel())


@each_operation
def test_gradients_of_one_image_have_three_axes(operation):
    x, w = whole_numbers((2, 5, 4), 1), whole_numbers((2, 2, 3, 2), 2)
    result, pulls = operation.record(x, w, stride=2)
    grad = whole_numbers(result.shape, 3)
    batched = operation.record(x[None], w, stride=2)[1]
    assert_array_equal(pulls["input"](grad), batched["input"](grad[None])[0])
    assert_array_equal(pulls["weight"](grad), batched["weight"](grad[None]))


@each_operation
@pytest.mark.parametrize("groups", [1, 2])
def test_an_empty_batch_has_an_empty_gradient_and_adds_nothing(operation, groups):
    x, w, b = np.zeros((0, 4, 5, 5)), np.ones((4, 4 // groups, 3, 3)), np.ones(4)
    result, pulls = operation.record(x, w, b, groups=groups)
    assert pulls["input"](result).shape == x.shape
    assert_array_equal(pulls["weight"](result), np.zeros(w.shape))
    assert_array_equal(pulls["bias"](result), np.zeros(b.shape))


@each_operation
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
def test_gradients_keep_the_dtype(operation, dtype):
    x, w, b = np.ones((2, 4, 4, 4), dtype), np.ones((4, 2, 3, 3), dtype), np.ones(4, dtype)
    result, pulls = operation.record(x, w, b, padding=1, groups=2)
    assert {pull(result).dtype for pull in pulls.values()} == {np.dtype(dtype)}
