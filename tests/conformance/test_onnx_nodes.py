"""The official tests of ONNX's operators, as the ``onnx`` package brings them, answered by ``lib``."""

import importlib
import re
import warnings
from pathlib import Path

import pytest
from onnx.backend.test.case import node as node_tests

from .comparing import ROUNDED, assert_answers
from .onnx_lists import NODE_MODULES, NODE_TESTS, NODE_TESTS_LEFT_OUT
from .onnx_operators import OPERATORS, run_model


@pytest.fixture(scope="module")
def cases():
    """The tests of the package by name; it makes them while its modules are imported, and works out what they expect.

    That takes some seconds, most of them for three-dimensional pooling, so it is done here and not while collecting.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # theirs, about numbers that overflow on purpose
        for module in NODE_MODULES:
            importlib.import_module(f"{node_tests.__name__}.{module}")
    return {case.name: case for case in node_tests._NodeTestCases}


@pytest.mark.parametrize("name", NODE_TESTS)
def test_lib_answers_as_onnx_expects(name, cases):
    for inputs, expected in cases[name].data_sets:
        assert_answers(name, run_model(cases[name].model, inputs), expected)


@pytest.mark.parametrize("name", NODE_TESTS_LEFT_OUT)
def test_left_out(name):
    pytest.skip(NODE_TESTS_LEFT_OUT[name])


def test_every_test_of_the_package_is_either_run_or_left_out_for_a_reason(cases):
    assert not set(NODE_TESTS) & set(NODE_TESTS_LEFT_OUT)
    assert set(NODE_TESTS) | set(NODE_TESTS_LEFT_OUT) == set(cases)


def test_no_other_module_of_the_package_tests_these_operators():
    made = re.compile(r"""make_node\(\s*["'](\w+)["']""")
    folder = Path(node_tests.__file__).parent
    modules = {
        path.stem
        for path in folder.glob("*.py")
        if set(made.findall(path.read_text(encoding="utf-8"))) & set(NODE_MODULES.values())
    }
    assert modules == set(NODE_MODULES)


def test_every_operator_has_a_translation_and_every_exception_a_test():
    assert set(NODE_MODULES.values()) <= set(OPERATORS)
    assert set(ROUNDED) <= set(NODE_TESTS)
