"""The parts of the package import one way: what learns, loads or draws imports the mathematics, never each other."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LONGEST = 300  # lines of a module

# What each part may import of the package, beside itself, and of others' packages.
OF_LIB = {
    "ops": set(),
    "learn": {"ops"},
    "data": {"ops"},
    "show": {"ops"},
    "study": {"ops", "learn", "data", "executors"},
    "teach": {"ops", "learn", "data", "show", "executors"},
}
OF_OTHERS = {
    "ops": {"numpy"},
    "learn": {"numpy"},
    "data": {"numpy", "matplotlib"},
    "show": {"numpy", "matplotlib", "ipywidgets", "IPython"},
    "study": {"numpy"},
    "teach": {"numpy", "matplotlib"},
}


def modules(part=""):
    return sorted((ROOT / "lib" / part).rglob("*.py"))


def name_of(path):
    """The dotted name of the package that a module's relative imports start from."""
    return ".".join(path.relative_to(ROOT).parent.parts)


def imports(source, package):
    """The dotted names that a module imports, wherever in the module that stands."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) + 1 - node.level] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            # From the package itself, each name may be one of its parts.
            yield from (f"lib.{alias.name}" for alias in node.names) if base == "lib" else [base]


def forbidden(part, source, package, is_script=False):
    """The imports of a module that its part must not make; a script that made data once may use others' packages."""
    for name in imports(source, package):
        top, _, rest = name.partition(".")
        if top == "lib":
            allowed = rest.split(".")[0] in {part, *OF_LIB[part]}
        else:
            allowed = is_script or top in sys.stdlib_module_names or top in OF_OTHERS[part]
        if not allowed:
            yield name


@pytest.mark.parametrize("part", sorted(OF_LIB))
def test_imports_point_one_way(part):
    found = {}
    for path in modules(part):
        is_script = part == "data" and path.name.startswith("make_")
        if wrong := list(forbidden(part, path.read_text(encoding="utf-8"), name_of(path), is_script)):
            found[path.relative_to(ROOT).as_posix()] = wrong
    assert found == {}


@pytest.mark.parametrize(
    ("part", "source"),
    [
        ("ops", "import scipy"),
        ("ops", "from lib.show import grid"),
        ("ops", "def f():\n    from .. import show"),
        ("learn", "from ..data import digits"),
        ("show", "import lib"),
        ("data", "from lib import learn"),
        ("show", "from lib.teach import check"),
        ("teach", "import nbformat"),
    ],
)
def test_an_import_the_other_way_is_recognised(part, source):
    assert list(forbidden(part, source, f"lib.{part}"))


@pytest.mark.parametrize(
    ("part", "source"),
    [
        ("ops", "import math, numpy.typing"),
        ("ops", "from .sizes import conv_output_size"),
        ("ops", "from . import sizes"),
        ("show", "from lib.ops import conv2d"),
        ("show", "from ..ops.sizes import conv_output_size"),
        ("learn", "from lib import ops"),
    ],
)
def test_an_import_the_right_way_is_let_be(part, source):
    assert not list(forbidden(part, source, f"lib.{part}"))


def test_every_module_can_be_read_in_one_sitting():
    lengths = {path.relative_to(ROOT).as_posix(): len(path.read_bytes().splitlines()) for path in modules()}
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}
