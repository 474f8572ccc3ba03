"""What docstrings have to keep to so that the reference shows them as they are meant."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

LIB = Path(__file__).parents[2] / "lib"


def properties(module: ast.Module) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef) and any("property" in ast.unparse(one) for one in node.decorator_list):
            yield node


@pytest.mark.parametrize("path", sorted(LIB.rglob("*.py")), ids=lambda path: path.relative_to(LIB).as_posix())
def test_no_sentence_about_a_property_is_taken_for_its_type(path):
    # Of "how many: one a cell" Sphinx makes a type, "how many", and a description.
    for node in properties(ast.parse(path.read_text(encoding="utf-8"))):
        first = (ast.get_docstring(node) or "").partition("\n")[0]
        assert ": " not in first, f"{node.name}: {first}"
