"""The public names of the library: where each is documented, which page teaches it, and which pages use it."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from sphinx.environment import BuildEnvironment

import lib
from course.english import english_source
from course.sources import notebook_at

TAUGHT = Path(__file__).with_name("taught.yml")


@cache
def parts() -> dict[str, Any]:
    """Return the parts of the library that offer names, by their name."""
    found = (importlib.import_module(f"lib.{module.name}") for module in pkgutil.iter_modules(lib.__path__))
    return {module.__name__: module for module in found if hasattr(module, "__all__")}


@cache
def public_names() -> dict[str, str]:
    """Return the full name under which each public name is documented, by the names that code may use for it.

    Operations are offered by ``lib`` itself, so ``conv2d`` is documented as ``lib.conv2d``.
    """
    found = {}

    for part, module in parts().items():
        for name in module.__all__:
            full = f"lib.{name}" if name in lib.__all__ else f"{part}.{name}"
            found |= dict.fromkeys([full, f"{part}.{name}", f"{part}.{name}".removeprefix("lib.")], full)
            if part == "lib.ops" or name in lib.__all__:
                found[name] = full

    return found


@cache
def taught() -> dict[str, str]:
    """Return the page that teaches a name, by its full name."""
    entries = yaml.safe_load(TAUGHT.read_text(encoding="utf-8"))
    return {f"lib.{name}": f"chapters/{page}" for page, names in entries.items() for name in names}


def uses_by_page(env: BuildEnvironment) -> dict[str, list[str]]:
    """Return which public names the code of each notebook uses, pages in reading order."""
    paths = {page: english_source(env, page) for page in _reading_order(env)}
    return {page: names_used(path) for page, path in paths.items() if path.suffix == ".ipynb"}


def _reading_order(env: BuildEnvironment) -> list[str]:
    site_map = env.app.config.external_site_map
    order = []

    def walk(page: str) -> None:
        order.append(page)
        for tree in site_map[page].subtrees if page in site_map else ():
            for item in tree.items:
                if isinstance(item, str):
                    walk(str(item))

    walk(site_map.root.docname)
    return order


@cache
def names_used(notebook: Path) -> list[str]:
    """Return the full names of everything public that a notebook's code uses, in the order of the alphabet.

    Names count that are imported from the library, and attributes of its parts, as in ``show.grid``.
    """
    used = set()

    for cell in notebook_at(notebook).cells:
        if cell.cell_type == "code":
            for node in ast.walk(ast.parse(cell.source)):
                used |= set(_names_in(node))

    return sorted(used, key=lambda full: (full.rpartition(".")[2].lower(), full))


def _names_in(node: ast.AST) -> Iterator[str]:
    known = public_names()

    if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "lib":
        for alias in node.names:
            if found := known.get(f"{node.module}.{alias.name}".removeprefix("lib.")):
                yield found

    elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        found = known.get(f"{node.value.id}.{node.attr}")
        if found and node.value.id in ("lib", *(part.removeprefix("lib.") for part in parts())):
            yield found
