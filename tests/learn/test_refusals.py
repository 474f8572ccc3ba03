"""Calls that make no sense are refused with the name of the argument and what was met."""

import re

import numpy as np
import pytest

from lib import Tensor, conv2d, max_pool2d, max_unpool2d, pad
from lib.learn import concatenate, no_grad, relu_rule
from lib.ops.dispatch import operation

X = Tensor(np.ones((2, 3)), requires_grad=True)
PLAIN = Tensor(np.ones((2, 3)))
SUM = (2 * X).sum()
NUMBER = Tensor(2.0, requires_grad=True)
EMPTY = Tensor(np.ones((2, 0)))
NOTHING = object()


def set_to(name, value, tensor=None):
    setattr(Tensor(np.ones((2, 3)), requires_grad=True) if tensor is None else tensor, name, value)


def in_place(statement):
    """Carry out an augmented assignment to a tensor x made with requires_grad."""
    exec(statement, {"x": Tensor(np.ones((2, 3)), requires_grad=True), "np": np})


def unrecorded():
    with no_grad():
        return 2 * X


def under(rule):
    with relu_rule(rule):
        pass


@operation
def scaled(x, factor):
    return x * factor, {"x": lambda grad: grad * factor}


REFUSED = {
    # Made of what is no array of numbers
    "text": (lambda: Tensor("a"), TypeError, "data must hold integers or floating-point numbers, got dtype <U1"),
    "nothing": (lambda: Tensor(None), TypeError, "data must hold", "got dtype object"),
    "object": (lambda: Tensor(NOTHING), TypeError, "data must hold", "got dtype object"),
    "complex": (lambda: Tensor(1j), TypeError, "data must hold", "got dtype complex128"),
    "truth values": (lambda: Tensor([True]), TypeError, "data must hold", "got dtype bool"),
    "ragged": (lambda: Tensor([[1], [1, 2]]), ValueError, "data must be a rectangular array"),
    "a recorded tensor": (lambda: Tensor(X), TypeError, "use its data"),
    "integers with gradient": (lambda: Tensor([1, 2], requires_grad=True), TypeError, "requires_grad", "int64"),
    "requires_grad a number": (
        lambda: Tensor([1.0], requires_grad=1),
        TypeError,
        "requires_grad must be True or False, got 1",
    ),
    "requires_grad text": (lambda: Tensor([1.0], requires_grad="yes"), TypeError, "requires_grad", "got 'yes'"),
    # Changed
    "requires_grad of integers": (
        lambda: set_to("requires_grad", True, Tensor([1])),
        TypeError,
        "requires_grad",
        "int64",
    ),
    "freezing a result": (
        lambda: set_to("requires_grad", False, 2 * X),
        ValueError,
        "requires_grad of a computed",
        "detach()",
    ),
    "data of another shape": (
        lambda: set_to("data", np.ones(3)),
        ValueError,
        "data must keep the shape",
        "(2, 3), got (3,)",
    ),
    "data of text": (lambda: set_to("data", "a"), TypeError, "data must hold"),
    "data of a result": (
        lambda: set_to("data", np.ones((2, 3)), 2 * X),
        ValueError,
        "data of a computed tensor",
        "detach()",
    ),
    "+=": (lambda: in_place("x += 1"), TypeError, "cannot be changed in place", "set its data"),
    "-=": (lambda: in_place("x -= 1"), TypeError, "cannot be changed in place"),
    "*=": (lambda: in_place("x *= 2"), TypeError, "cannot be changed in place"),
    "/=": (lambda: in_place("x /= 2"), TypeError, "cannot be changed in place"),
    "**=": (lambda: in_place("x **= 2"), TypeError, "cannot be changed in place"),
    "@=": (lambda: in_place("x @= np.ones((3, 3))"), TypeError, "cannot be changed in place"),
    "a cell set": (lambda: in_place("x[0] = 1"), TypeError, "does not support item assignment"),
    "data -=": (lambda: in_place("x.data -= 1"), ValueError, "read-only"),
    # Walked back
    "backward of many": (lambda: (2 * X).backward(), ValueError, "grad must be given", "shape (2, 3)"),
    "backward of none": (lambda: (2 * EMPTY).backward(), ValueError, "nothing that requires a gradient"),
    "backward without gradient": (lambda: PLAIN.sum().backward(), ValueError, "shape ()", "requires_grad=True"),
    "backward unrecorded": (lambda: unrecorded().sum().backward(), ValueError, "outside no_grad"),
    "backward detached": (lambda: SUM.detach().backward(), ValueError, "nothing that requires a gradient"),
    "grad of another shape": (lambda: (2 * X).backward(np.ones((3, 2))), ValueError, "grad", "(2, 3), got (3, 2)"),
    "grad that would broadcast": (lambda: (2 * X).backward(1.0), ValueError, "grad", "(2, 3), got ()"),
    "grad of text": (lambda: SUM.backward("a"), TypeError, "grad must hold", "<U1"),
    "grad of truth": (lambda: SUM.backward(True), TypeError, "grad must hold", "bool"),
    "grad that is recorded": (lambda: SUM.backward(SUM), TypeError, "use its data"),
    "retain without gradient": (lambda: PLAIN.retain_grad(), ValueError, "retain_grad", "shape (2, 3)"),
    # Computed with
    "add, shapes": (lambda: X + np.ones((2, 2)), ValueError, "other of shape (2, 2)", "shape (2, 3)"),
    "array first, shapes": (lambda: np.ones((2, 2)) * X, ValueError, "other of shape (2, 2)", "shape (2, 3)"),
    "add text": (lambda: X + "a", TypeError, "other must hold", "<U1"),
    "subtract from text": (lambda: "a" - X, TypeError, "other must hold", "<U1"),
    "multiply by nothing": (lambda: X * None, TypeError, "other must hold", "object"),
    "divide by complex": (lambda: X / 1j, TypeError, "other must hold", "complex128"),
    "power of ragged": (lambda: X ** [[1], [1, 2]], ValueError, "other must be a rectangular array"),
    "matmul, sizes": (lambda: X @ np.ones((2, 3)), ValueError, "other must have as many rows", "(2, 3) @ (2, 3)"),
    "matmul, batches": (
        lambda: X.reshape(1, 2, 3) @ np.ones((2, 3, 1)) @ np.ones((3, 1, 1)),
        ValueError,
        "other of shape (3, 1, 1)",
    ),
    "matmul by a number": (lambda: X @ 2, ValueError, "other", "(2, 3) @ ()"),
    "matmul of a number": (lambda: NUMBER @ X, ValueError, "other", "() @ (2, 3)"),
    "array matmul, sizes": (lambda: np.ones((2, 3)) @ X, ValueError, "other", "(2, 3) @ (2, 3)"),
    "NumPy's functions": (lambda: np.exp(X), TypeError, "ufunc"),
    "as an array": (lambda: np.asarray(X), TypeError, "requires a gradient", "data"),
    "as truth": (lambda: bool(X), ValueError, "ambiguous"),
    "as one number": (lambda: float(X), ValueError, "one number", "(2, 3)"),
    "length of a number": (lambda: len(NUMBER), TypeError, "no length"),
    "rows of a number": (lambda: list(NUMBER), TypeError, "no length"),
    "pow with modulus": (lambda: pow(X, 2, 3), TypeError, "pow"),
    # Reduced and arranged
    "axis too far": (lambda: X.sum(axis=2), ValueError, "axis must lie between -2 and 1, got 2"),
    "axis too low": (lambda: X.mean(axis=-3), ValueError, "axis must be at least -2, got -3"),
    "axis twice": (lambda: X.max(axis=(0, -2)), ValueError, "axis must name each axis once, got (0, -2)"),
    "axis a fraction": (lambda: X.sum(axis=1.0), TypeError, "axis must be an integer, got 1.0"),
    "axis truth": (lambda: X.sum(axis=True), TypeError, "axis must be an integer, got True"),
    "axis text": (lambda: X.sum(axis="0"), TypeError, "axis must be an integer, got '0'"),
    "axis of a number": (lambda: NUMBER.sum(axis=0), ValueError, "axis"),
    "keepdims a number": (lambda: X.sum(keepdims=1), TypeError, "keepdims must be True or False, got 1"),
    "keepdims of mean": (lambda: X.mean(keepdims=None), TypeError, "keepdims", "None"),
    "keepdims of max": (lambda: X.max(keepdims="x"), TypeError, "keepdims", "'x'"),
    "mean of nothing": (lambda: EMPTY.mean(), ValueError, "(2, 0) holds no cells"),
    "max of nothing": (lambda: EMPTY.max(axis=1), ValueError, "axis (1,)", "holds no cells"),
    "reshape to another size": (lambda: X.reshape(4), ValueError, "shape (4,)", "6 cells of shape (2, 3)"),
    "reshape, two unknown": (lambda: X.reshape(-1, -1), ValueError, "shape (-1, -1)"),
    "reshape, negative": (lambda: X.reshape(-2, 3), ValueError, "shape must be at least -1, got -2"),
    "reshape, a fraction": (lambda: X.reshape(2.0, 3), TypeError, "shape must be an integer, got 2.0"),
    "transpose, too few": (lambda: X.transpose(0), ValueError, "axes must name each of 2 axes once"),
    "transpose, twice": (lambda: X.transpose(0, 0), ValueError, "once, got (0, 0)"),
    "transpose, too far": (lambda: X.transpose(0, 2), ValueError, "between -2 and 1"),
    "transpose, text": (lambda: X.transpose("0", 1), TypeError, "integer, got '0'"),
    "index too far": (lambda: X[2], IndexError, "index 2 is out of bounds"),
    "index too many": (lambda: X[0, 0, 0], IndexError, "too many indices"),
    "index a fraction": (lambda: X[0.5], IndexError, "valid indices"),
    "join nothing": (lambda: concatenate([]), TypeError, "tensors must be a list or tuple of at least one"),
    "join one tensor": (lambda: concatenate(X), TypeError, "tensors must be a list"),
    "join shapes": (
        lambda: concatenate([X, np.ones((3, 2))]),
        ValueError,
        "tensors must have the same shape",
        "(3, 2)",
    ),
    "join dimensions": (lambda: concatenate([X, np.ones(3)]), ValueError, "tensors must have the same shape", "(3,)"),
    "join text": (lambda: concatenate([X, "a"]), TypeError, "tensors[1] must hold", "<U1"),
    "join numbers": (lambda: concatenate([NUMBER, NUMBER]), ValueError, "axis"),
    "join axis too far": (lambda: concatenate([X, X], axis=2), ValueError, "axis must lie between -2 and 1, got 2"),
    "join axis too low": (lambda: concatenate([X, X], axis=-3), ValueError, "axis must be at least -2"),
    "join axis a fraction": (lambda: concatenate([X, X], axis=0.5), TypeError, "axis must be an integer, got 0.5"),
    # Rules
    "unknown rule": (
        lambda: X.relu("deconv"),
        ValueError,
        "rule must be one of gradient, deconvnet, guided, got 'deconv'",
    ),
    "rule a number": (lambda: X.relu(1), ValueError, "rule must be one of", "got 1"),
    "rule that is no key": (lambda: X.relu([]), ValueError, "rule must be one of", "got []"),
    "unknown context": (lambda: under("guide"), ValueError, "rule must be one of", "'guide'"),
    "no context": (lambda: under(None), ValueError, "rule must be one of", "None"),
    # Operations
    "operation's own refusal": (lambda: conv2d(X, np.ones((3, 3))), ValueError, "3", "2"),
    "missing argument": (lambda: conv2d(X), TypeError, "weight"),
    "unknown argument": (lambda: conv2d(X, np.ones((1, 1)), strides=2), TypeError, "strides"),
    "tensor for a number": (lambda: pad(PLAIN, (1, 1, 1, 1), value=NUMBER), TypeError, "value must be a number"),
    "tensor without gradient there": (
        lambda: scaled(X, NUMBER),
        TypeError,
        "factor of scaled has no gradient",
        "detach()",
    ),
    "fractional switches": (
        lambda: max_unpool2d(X, PLAIN, 1),
        TypeError,
        "indices must be integers, got dtype float64",
    ),
    "tensor for a size": (lambda: max_pool2d(PLAIN, NUMBER), TypeError, "kernel_size"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_nonsense_is_refused_by_name(name):
    call, error, *parts = REFUSED[name]
    with pytest.raises(error) as refused:
        call()
    for part in parts:
        assert re.search(re.escape(part), str(refused.value)), str(refused.value)
