"""Imports point one way: what learns, loads or draws imports the mathematics, never each other, and nothing that
students import knows the grader, the study, the book or the tests.
"""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# What each part of lib may import of lib, beside itself, and of others' packages.
OF_LIB = {
    "checks": set(),
    "words": set(),
    "ops": {"checks"},
    "learn": {"ops", "checks", "words"},
    "data": {"ops", "checks"},
    "plan": {"ops", "checks", "words"},
    "show": {"ops", "plan", "checks", "words"},
    "teach": {"ops", "learn", "data", "plan", "show", "checks", "words"},
}
OF_OTHERS = {
    "checks": {"numpy"},
    "words": set(),
    "ops": {"numpy"},
    "learn": {"numpy"},
    "data": {"numpy", "matplotlib"},
    "plan": {"numpy"},
    "show": {"numpy", "matplotlib", "ipywidgets", "anywidget", "traitlets", "IPython"},
    "teach": {"numpy", "matplotlib"},
}
# What stands outside, and what of the course each may import beside itself and lib.
OUTSIDE = {
    "jobs": set(),
    "study": {"jobs"},
    "grader": {"jobs"},
    "quizzes": set(),
    "book": {"course", "tools"},
    "tools": {"grader", "study", "course"},
    "benchmarks": {"study", "tools"},
}
OURS = {*OUTSIDE, "lib", "course", "tests", "conftest"}


def modules(part):
    """The modules of a part of lib, which is a folder or a single file."""
    folder = ROOT / "lib" / part
    return sorted(folder.rglob("*.py")) if folder.is_dir() else [folder.with_suffix(".py")]


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


def forbidden(part, source, package):
    """The imports of a module of lib that its part must not make."""
    for name in imports(source, package):
        top, _, rest = name.partition(".")
        if top == "lib":
            allowed = rest.split(".")[0] in {part, *OF_LIB[part]}
        else:
            allowed = top in sys.stdlib_module_names or top in OF_OTHERS[part]
        # How an operation runs fast is nobody's business outside the operations.
        if not allowed or (name.startswith("lib.ops.fast") and part != "ops"):
            yield name


@pytest.mark.parametrize("part", sorted(OF_LIB))
def test_imports_point_one_way(part):
    found = {}
    for path in modules(part):
        if wrong := list(forbidden(part, path.read_text(encoding="utf-8"), name_of(path))):
            found[path.relative_to(ROOT).as_posix()] = wrong
    assert found == {}


def test_every_part_of_lib_has_its_rule():
    parts = {path.stem for path in (ROOT / "lib").glob("[!_]*") if path.suffix == ".py" or any(path.glob("*.py"))}
    assert parts == set(OF_LIB)


@pytest.mark.parametrize("part", sorted(OUTSIDE))
def test_what_stands_outside_imports_nothing_of_the_tests(part):
    elsewhere = {path.stem for path in (ROOT / "tools").rglob("*.py")}
    own = {path.stem for path in (ROOT / "tests").rglob("*.py")} - elsewhere
    found = {}
    for path in (ROOT / part).rglob("*.py"):
        tops = {name.split(".")[0] for name in imports(path.read_text(encoding="utf-8"), name_of(path))}
        wrong = (tops & OURS) - {part, "lib", *OUTSIDE[part]} | (tops & own - sys.stdlib_module_names - {path.stem})
        if wrong:
            found[path.relative_to(ROOT).as_posix()] = sorted(wrong)
    assert found == {}


def test_no_two_modules_of_the_package_import_each_other():
    """Whatever is imported while a module loads was loaded before: no circle, not even one hidden in a function."""
    arrows = {}
    for path in sorted((ROOT / "lib").rglob("*.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        found = set(imports(path.read_text(encoding="utf-8"), name_of(path)))
        arrows[name] = {to for to in found if to != name and not name.startswith(f"{to}.")}

    def reaches(start):
        seen, waiting = set(), [start]
        while waiting:
            for after in arrows.get(waiting.pop(), ()):
                if after not in seen:
                    seen.add(after)
                    waiting.append(after)
        return seen

    assert [name for name in arrows if name in reaches(name)] == []


@pytest.mark.parametrize(
    ("part", "source"),
    [
        ("ops", "import scipy"),
        ("ops", "from lib.words import say"),
        ("ops", "from lib.show import grid"),
        ("ops", "def f():\n    from .. import show"),
        ("learn", "from ..data import digits"),
        ("learn", "from lib.ops.fast.rows import Part"),
        ("show", "import lib"),
        ("data", "from lib import learn"),
        ("show", "from lib.teach import check"),
        ("teach", "import nbformat"),
        ("teach", "from grader import Box"),
    ],
)
def test_an_import_the_other_way_is_recognised(part, source):
    assert list(forbidden(part, source, f"lib.{part}"))


@pytest.mark.parametrize(
    ("part", "source"),
    [
        ("ops", "import math, numpy.typing"),
        ("ops", "from .sizes import conv_output_size"),
        ("ops", "from lib.ops.fast.rows import Part"),
        ("show", "from lib.ops import conv2d"),
        ("show", "from ..ops.sizes import conv_output_size"),
        ("learn", "from lib import ops"),
    ],
)
def test_an_import_the_right_way_is_let_be(part, source):
    assert not list(forbidden(part, source, f"lib.{part}"))
