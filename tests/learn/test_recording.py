"""What is recorded, what is kept from it, and that nothing changes behind the recorder's back."""

import threading

import numpy as np
import pytest
from hypothesis import given, settings
from numpy.testing import assert_allclose, assert_array_equal

import lib
from lib import Tensor, conv2d, max_pool2d, max_unpool2d
from lib.learn import concatenate, no_grad
from lib.ops.dispatch import is_recorded, operation

from ..ops.strategies import LAW, seeds
from .calls import CALLS


def leaf(numbers, dtype=np.float64):
    return Tensor(np.array(numbers, dtype), requires_grad=True)


def test_gradients_add_up_over_calls_until_set_to_none():
    x = leaf([1, 2])
    (3 * x).sum().backward()
    (x * x).sum().backward()
    assert_array_equal(x.grad, [5, 7])
    x.grad = None
    (3 * x).sum().backward()
    assert_array_equal(x.grad, [3, 3])


def test_what_is_recorded_can_be_walked_back_twice():
    x = leaf([1, 2])
    y = (x * x).sum()
    y.backward()
    y.backward()
    assert_array_equal(x.grad, [4, 8])


def test_gradients_add_up_over_all_ways_to_a_tensor():
    """x reaches y directly, twice in one operation, and over two branches that meet again."""
    x = leaf(3)
    square = x * x
    y = square * x + square + x  # x³ + x² + x
    y.backward()
    assert x.grad == 3 * 9 + 2 * 3 + 1


def test_many_diamonds_are_walked_once_each():
    x = y = leaf(1)
    for _ in range(60):  # 2⁶⁰ ways
        y = y + y
    y.backward()
    assert x.grad == 2.0**60


def test_an_operand_given_for_two_arguments_gets_both_gradients():
    x = leaf([[1, 2], [3, 4]])
    conv2d(x, x).sum().backward()
    assert_array_equal(x.grad, 2 * x.data)


@pytest.mark.parametrize("links", [20_000])
def test_a_long_chain_needs_no_recursion(links):
    x = y = leaf([1.0, 2.0])
    for _ in range(links):
        y = y + 1
    y.sum().backward()
    assert_array_equal(x.grad, [1, 1])
    del y  # nor does forgetting it


def test_only_leaves_and_those_asked_keep_gradients():
    x = leaf([1, 2])
    y = x * 2
    z = y * 3
    y.retain_grad()
    (z * z).sum().backward()
    assert_array_equal(y.grad, [36, 72])
    assert_array_equal(x.grad, [72, 144])
    assert z.grad is None


def test_a_leaf_of_one_number_is_its_own_gradient():
    x = leaf(5)
    x.backward()
    assert x.grad == 1


def test_backward_begins_with_what_it_is_given():
    x = leaf([1, 2])
    (2 * x).backward(np.array([10, 1], np.int8))
    assert_array_equal(x.grad, [20, 2])
    (2 * x).backward(Tensor([1, 1]))
    assert_array_equal(x.grad, [22, 4])


def test_one_number_of_any_shape_needs_no_grad():
    x = leaf([[2]])
    (x * x).backward()
    assert_array_equal(x.grad, [[4]])


def test_no_grad_records_nothing_and_ends_even_by_an_exception():
    x = leaf([1, 2])

    @no_grad()
    def fails():
        assert not (x * x).requires_grad
        assert not max_pool2d(leaf(np.ones((2, 2))), 2).requires_grad
        raise KeyError

    with pytest.raises(KeyError):
        fails()
    assert (x * x).requires_grad


@pytest.mark.parametrize("idle", ["no_grad", "no gradient needed"])
def test_what_adjoints_need_is_not_computed_in_vain(idle):
    @operation
    def double(x):
        assert not is_recorded()
        return 2 * x, {}

    if idle == "no_grad":
        with no_grad():
            assert double(leaf(3)).data == 6
    else:
        assert double(Tensor(3)).data == 6


def test_no_grad_decorates_a_function_and_nests():
    x = leaf([1, 2])

    @no_grad()
    def evaluate():
        with no_grad():
            assert not (2 * x).requires_grad
        return 2 * x

    assert not evaluate().requires_grad
    assert (2 * x).requires_grad


def test_another_thread_records_although_this_one_does_not():
    x, seen = leaf([1, 2]), []
    with no_grad():
        thread = threading.Thread(target=lambda: seen.append((2 * x).requires_grad))
        thread.start()
        thread.join()
    assert seen == [True]


def test_detached_numbers_are_shared_and_pass_no_gradient():
    x = leaf([1, 2])
    y = x.detach()
    assert not y.requires_grad
    assert np.shares_memory(y.data, x.data)
    (x * y).sum().backward()
    assert_array_equal(x.grad, [1, 2])


def test_a_frozen_tensor_gets_no_gradient():
    x, weight = leaf([1, 2]), leaf([3, 4])
    weight.requires_grad = False
    (x * weight).sum().backward()
    assert weight.grad is None
    assert_array_equal(x.grad, [3, 4])


def test_only_the_gradients_that_are_asked_for_are_computed():
    """An operation is recorded with the adjoints of those arguments alone that need them."""
    image, weight = Tensor(np.ones((4, 4))), leaf(np.ones((2, 2)))
    assert len(conv2d(image, weight)._operands) == 1
    assert not conv2d(image, weight.detach())._operands


def test_plain_tensors_pass_through_operations():
    image, weight = Tensor(np.arange(16).reshape(4, 4)), np.ones((3, 3), int)
    result = conv2d(image, weight)
    assert isinstance(result, Tensor)
    assert not result.requires_grad
    assert_array_equal(result.data, conv2d(image.data, weight), strict=True)


def test_operands_can_be_named():
    image, weight, bias = leaf(np.ones((1, 1, 3, 3))), leaf(np.ones((2, 1, 3, 3))), leaf([0, 0])
    conv2d(weight=weight, input=image, bias=bias, padding=1).sum().backward()
    assert_array_equal(bias.grad, [9, 9])
    assert_array_equal(weight.grad[0, 0], [[4, 6, 4], [6, 9, 6], [4, 6, 4]])


def test_switches_come_as_plain_integers_and_lead_back():
    x = leaf([[1, 5, 2, 0], [3, 4, 8, 8]])
    pooled, switches = max_pool2d(x, 2, return_indices=True)
    assert isinstance(switches, np.ndarray)
    assert not switches.flags.writeable  # the way back reads them
    back = max_unpool2d(pooled, switches, 2)
    (back * back).sum().backward()
    assert_array_equal(x.grad, [[0, 10, 0, 0], [0, 0, 16, 0]])  # of the two eights the first


def test_overlapping_windows_give_a_cell_the_gradient_of_each():
    x = leaf([[0, 1, 9, 1, 0]])
    max_pool2d(x, (1, 3), stride=1).backward([[1, 10, 100]])
    assert_array_equal(x.grad, [[0, 0, 111, 0, 0]])


def test_equal_largest_share_the_gradient():
    x = leaf([[2, 2, 1], [0, 3, 3], [4, 4, 4]])
    x.max(axis=1).backward([2, 2, 3])
    assert_array_equal(x.grad, [[1, 1, 0], [0, 1, 1], [1, 1, 1]])


def test_repeated_indices_add_up():
    x = leaf([1, 2, 3])
    x[np.array([0, 2, 2, 0, 0])].backward([1, 10, 100, 1000, 10000])
    assert_array_equal(x.grad, [11001, 0, 110])


def test_an_index_may_change_later():
    x, index = leaf([1, 2, 3]), np.array([0, 2, 2])
    picked = x[index]
    index[...] = 1
    picked.sum().backward()
    assert_array_equal(x.grad, [1, 0, 2])


@pytest.mark.parametrize(
    ("index", "expected"),
    [
        (1, [[0, 0], [1, 1]]),
        (-1, [[0, 0], [1, 1]]),
        ((slice(None), 0), [[1, 0], [1, 0]]),
        ((..., slice(None, None, -1)), [[1, 1], [1, 1]]),
        (None, [[1, 1], [1, 1]]),
        ([0, 0], [[2, 2], [0, 0]]),
        (Tensor([1, 1, 1]), [[0, 0], [3, 3]]),
        (([0, 1], [1, 1]), [[0, 1], [0, 1]]),
        (np.array([[True, False], [False, True]]), [[1, 0], [0, 1]]),
        ((np.array([True, False]), 1), [[0, 1], [0, 0]]),
    ],
    ids=str,
)
def test_an_index_reads_where_its_gradient_is_put(index, expected):
    x = leaf([[1, 2], [3, 4]])
    picked = x[index]
    picked.sum().backward()
    assert_array_equal(x.grad, expected)
    plain = index.data if isinstance(index, Tensor) else index
    assert_array_equal(picked.data, x.data[plain])


def test_rows_can_be_walked_over():
    x = leaf([[1, 2], [3, 4]])
    first, second = x
    (first * second).sum().backward()
    assert_array_equal(x.grad, [[3, 4], [1, 2]])


@pytest.mark.parametrize("name", CALLS)
def test_a_gradient_does_not_depend_on_what_happens_to_its_inputs_later(name):
    @given(CALLS[name], seeds)
    @settings(LAW, max_examples=15)
    def law(call, seed):
        first, second = ([Tensor(array, requires_grad=True) for array in call.arrays] for _ in range(2))
        call(*first).sum().backward()
        result = call(*second).sum()
        for tensor in second:
            tensor.data = tensor.data * 0 + 77
        for cell in call.expression.__closure__ or ():
            if isinstance(cell.cell_contents, np.ndarray):
                cell.cell_contents[...] = 0
        result.backward()
        for expected, tensor in zip(first, second, strict=True):
            assert_array_equal(tensor.grad, expected.grad)

    law()


@pytest.mark.parametrize("name", CALLS)
def test_gradients_may_lie_in_memory_as_they_like(name):
    """What a sum or a transposition passes back is strided, repeated or read-only."""

    @given(CALLS[name], seeds)
    @settings(LAW, max_examples=15)
    def law(call, seed):
        tensors = [Tensor(array, requires_grad=True) for array in call.arrays]
        result = call(*tensors)
        grad = np.random.default_rng(seed).normal(size=result.shape)
        result.backward(grad)
        expected = [tensor.grad for tensor in tensors]
        for tensor in tensors:
            tensor.grad = None
        call(*tensors).transpose().backward(grad.T)
        for tensor, once in zip(tensors, expected, strict=True):
            assert_allclose(tensor.grad, once, rtol=1e-12, atol=1e-12)

    law()


def test_a_plain_array_beside_a_tensor_may_change_later():
    image, weight = np.arange(9.0).reshape(3, 3), leaf(np.ones((3, 3)))
    result = (conv2d(image, weight) + (image * weight).sum() + (weight @ image).sum()).sum()
    image[...] = 0
    result.backward()
    rows = np.arange(9).reshape(3, 3)
    assert_array_equal(weight.grad, 2 * rows + rows.sum(axis=1))


def test_neither_data_nor_grad_is_shared_with_what_was_given():
    numbers, seed = np.ones(3), np.ones(3)
    x = Tensor(numbers, requires_grad=True)
    x.backward(seed)
    numbers[0] = seed[0] = 7
    assert_array_equal(x.data, [1, 1, 1])
    assert_array_equal(x.grad, [1, 1, 1])
    x.data = numbers
    numbers[1] = 8
    assert_array_equal(x.data, [7, 1, 1])


def test_two_leaves_of_one_sum_do_not_share_their_gradients():
    a, b = leaf([1, 2]), leaf([3, 4])
    (a + b).sum().backward()
    a.grad *= 5
    assert_array_equal(b.grad, [1, 1])


@pytest.mark.parametrize(
    "part", ["x.data[0]", "x.reshape(2, 1).data[0]", "(x + 1).data[0]", "np.asarray(x.detach())[0]"]
)
def test_numbers_cannot_be_changed_in_place(part):
    with pytest.raises(ValueError, match="read-only"):
        exec(f"{part} = 5", {"x": leaf([1, 2]), "np": np})


def test_an_array_that_is_only_passed_on_stays_writeable():
    weight = np.ones((1, 1, 1, 1))
    image = np.ones((1, 1, 2, 2))
    conv2d(image, Tensor(weight))
    concatenate([weight, Tensor(weight)])
    second = operation(lambda x, y: (y, {}))
    assert_array_equal(second(Tensor(3), image).data, image)
    weight[0] = image[0] = 3


def test_a_sum_can_be_built_up():
    x, total = leaf([1, 2]), Tensor(0.0)
    for row in x:
        total += row * row
    total.backward()
    assert_array_equal(x.grad, [2, 4])


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize(
    "other", [2, 2.0, True, np.float64(2), np.int64(2), np.arange(2), np.array([True, False])], ids=repr
)
def test_numbers_integers_and_masks_take_on_the_dtype(dtype, other):
    x = leaf([1, 2], dtype)
    for result in (x * other, other * x, x + other, other - x, x / (x + other), x**other):
        assert result.dtype == dtype
    (x * other).sum().backward()
    assert x.grad.dtype == dtype


def test_a_wider_operand_widens_the_result_and_each_gradient_keeps_its_dtype():
    x, y = leaf([1, 2], np.float32), leaf([3, 4], np.float64)
    assert (x * y).dtype == np.float64
    (x * y).sum().backward()
    assert (x.grad.dtype, y.grad.dtype) == (np.float32, np.float64)


def test_arrays_before_a_tensor_give_a_tensor():
    x = leaf([1, 2])
    for result in (
        np.ones(2) + x,
        np.ones(2) - x,
        np.ones(2) * x,
        np.ones(2) / x,
        np.ones(2) ** x,
        np.ones((3, 2)) @ x,
    ):
        assert isinstance(result, Tensor)
    assert_array_equal((np.ones((3, 2)) @ x).data, [3, 3, 3])


def test_a_tensor_that_needs_no_gradient_is_an_array_to_numpy():
    x = Tensor([[1.0, 2.0]])
    assert_array_equal(np.asarray(x), [[1, 2]])
    assert np.array(x, np.float32).dtype == np.float32
    assert float(x[0, 1]) == 2
    assert len(x) == 1
    assert bool(x[0, 0])


def test_nan_and_infinity_pass():
    x = leaf([np.nan, np.inf, -np.inf, -1])
    x.relu().sum().backward()
    assert_array_equal(x.grad, [1, 1, 0, 0])
    y = leaf([[np.nan, 1], [2, 2]])
    y.max(axis=1).sum().backward()
    assert_array_equal(y.grad, [[np.nan, np.nan], [0.5, 0.5]])


def test_empty_tensors_pass():
    x = leaf(np.zeros((0, 3)))
    (x.sum(axis=0) + concatenate([x, x]).sum()).sum().backward()
    assert x.grad.shape == (0, 3)
    assert_array_equal((x @ np.ones((3, 2))).data, np.zeros((0, 2)))


def test_the_tensor_of_the_front_door_is_the_one_of_learning():
    assert lib.Tensor is lib.learn.Tensor


def test_a_tensor_shows_its_numbers():
    assert repr(Tensor([[1, 2], [3, 4]])) == "Tensor([[1, 2],\n        [3, 4]])"
    assert repr(leaf(1.5)) == "Tensor(1.5, requires_grad=True)"
