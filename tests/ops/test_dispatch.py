"""An operation hands itself over to an argument that asks for it, and keeps its adjoints to itself otherwise."""

import inspect

import numpy as np
import pytest

import lib
from lib.ops.dispatch import WithAdjoints, is_recorded, operation

OPERATIONS = [one for one in map(vars(lib).get, lib.__all__) if hasattr(one, "record")]


class Asks:
    """An argument that asks for the operation and keeps what it is handed."""

    def __operation__(self, function, arguments):
        return function, arguments


@operation
def shifted(x: np.ndarray, by: float = 1, *, twice: bool = False) -> WithAdjoints[np.ndarray]:
    """Shift."""
    return x + by * (1 + twice), {"x": lambda grad: grad, "recorded": is_recorded()}


def test_arrays_get_the_result_alone_and_record_the_adjoints_too():
    assert shifted(3) == 4
    result, adjoints = shifted.record(3, twice=True)
    assert result == 5
    assert adjoints["x"](7) == 7


def test_an_argument_that_asks_gets_the_operation_and_what_was_given_by_name():
    asks = Asks()
    assert shifted(asks) == (shifted, {"x": asks})
    assert shifted(1, asks, twice=True) == (shifted, {"x": 1, "by": asks, "twice": True})
    assert shifted(x=1, by=asks) == (shifted, {"x": 1, "by": asks})


def test_only_a_recorded_call_knows_that_it_is_recorded():
    assert shifted.record(1)[1]["recorded"]
    assert not is_recorded()

    @operation
    def fails():
        raise KeyError

    with pytest.raises(KeyError):
        fails.record()
    assert not is_recorded()


def test_these_operations_are_differentiable():
    assert {one.__name__ for one in OPERATIONS} == {
        "avg_pool2d", "conv2d", "conv_transpose2d", "crop", "fold", "interpolate", "max_pool2d", "max_unpool2d", "pad",
        "pixel_shuffle", "pixel_unshuffle", "unfold",
    }  # fmt: skip


@pytest.mark.parametrize("one", OPERATIONS, ids=lambda one: one.__name__)
def test_an_operation_shows_its_signature_its_docstring_and_what_its_caller_gets(one):
    signature = inspect.signature(one)
    assert next(iter(signature.parameters)) == "input"
    assert "ndarray" in str(signature.return_annotation)
    assert "Adjoint" not in str(signature.return_annotation)
    assert "Callable" not in str(signature.return_annotation)
    assert one.__doc__.count("Examples\n") == 1
    assert one.__module__.startswith("lib.ops.")
