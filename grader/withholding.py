"""The library as it lies in a box that withholds operations: their code is not there."""

from __future__ import annotations

import ast
import importlib.util
import marshal
from functools import cache
from pathlib import Path

from lib.teach.withheld import functions_of

ROOT = Path(__file__).resolve().parents[1]  # of the course, with lib and grader in it


@cache
def modules_without(withheld: tuple[str, ...]) -> dict[str, bytes]:
    """Return every module of the packages that hold a withheld operation, compiled, less the operation's code.

    The source texts stay outside, and so does every compiled file that Python keeps beside them.

    Returns
    -------
    dict
        What each file in the box holds, by its path there, as ``lib/ops/convolution.pyc``.
    """
    lost: dict[str, dict[str, str]] = {}  # by module: the operation that each function computes
    for operation in withheld:
        for module, names in functions_of(operation).items():
            for name in names:
                lost.setdefault(module, {}).setdefault(name, operation)

    made = {}
    for package in sorted({module.split(".")[1] for module in lost}):
        for path in sorted((ROOT / "lib" / package).rglob("*.py")):
            place = path.relative_to(ROOT)
            module = ".".join(place.with_suffix("").parts)
            made[place.with_suffix(".pyc").as_posix()] = compiled(path, place, lost.get(module, {}))
    return made


def compiled(path: Path, place: Path, lost: dict[str, str]) -> bytes:
    """Return what Python's compiled file of a module holds, without the functions named."""
    text = path.read_bytes()
    tree = ast.parse(text)
    found = set(emptied(tree, lost))
    if missing := lost.keys() - found:
        raise ValueError(f"{place}: there is no function {', '.join(sorted(missing))} to withhold")
    code = compile(ast.fix_missing_locations(tree), f"/course/{place.as_posix()}", "exec", dont_inherit=True)
    unchecked = (1).to_bytes(4, "little")  # a compiled file that is used without looking for its source
    return importlib.util.MAGIC_NUMBER + unchecked + importlib.util.source_hash(text) + marshal.dumps(code)


def emptied(tree: ast.Module | ast.ClassDef, lost: dict[str, str], within: str = "") -> list[str]:
    """Put a refusal in the place of each function named, and return the names that were found."""
    found = []
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            found += emptied(node, lost, f"{within}{node.name}.")
        elif isinstance(node, ast.FunctionDef) and (name := within + node.name) in lost:
            refusal = f"from lib.teach.withheld import Withheld\nraise Withheld({lost[name]!r})"
            node.body = ast.parse(refusal).body
            found.append(name)
    return found
