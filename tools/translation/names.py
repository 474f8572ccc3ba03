"""Which strings of a notebook's code are names: the code means something by them, so they are not rewritten.

Where a figure or a control shows one, ``say()`` finds its translation, in the catalog ``pages`` of ``lib``.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from functools import cache

from contents import ROOT

from .markdown import WORD

SHOWN_NAME = re.compile(r"[A-Za-z][A-Za-z -]+")


def names_given(sources: Sequence[str]) -> frozenset[str]:
    """Return the strings of a notebook that mean something to code. They are not rewritten.

    These are single words that a call gets or that the library knows, parts of an exercise, keys of what others made,
    and names of arguments in a table. Where a figure or a control shows one, say() finds its translation.

    >>> names = names_given(['check(total, part="the row")', 'size = {"cell": 3}; f(**size); losses["day"]'])
    >>> sorted(names - library_words())
    ['cell', 'day', 'the row']
    """
    trees = [ast.parse(source) for source in sources]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    calls = [node for node in nodes if isinstance(node, ast.Call)]

    words = {word for word in [*library_words(), *_given(calls)] if " " not in word}
    parts = {
        word.value.value for call in calls for word in call.keywords if word.arg == "part" and _is_text(word.value)
    }
    return frozenset(words | parts | _keys_of_others(nodes) | _names_of_arguments(nodes, calls))


def _given(calls: Sequence[ast.Call]) -> Iterator[str]:
    """Yield the strings that calls get, without those that are shown as they are."""
    for call in calls:
        said = ast.unparse(call.func) in ("print", "show.choice", "show.images")
        words = (word.value for word in call.keywords if word.arg not in ("caption", "label", "start"))
        yield from (text.value for text in [*([] if said else call.args), *words] if _is_text(text))


def _keys_of_others(nodes: Sequence[ast.AST]) -> set[str]:
    """Return the strings that are looked up and are made nowhere here: what they are keys of came from elsewhere."""
    looked_up = [node.slice for node in nodes if isinstance(node, ast.Subscript) and _is_text(node.slice)]
    ids = {id(text) for text in looked_up}
    made = {node.value for node in nodes if _is_text(node) and id(node) not in ids}
    patterns = [_pattern(node) for node in nodes if isinstance(node, ast.JoinedStr)]

    keys = {text.value for text in looked_up} - made
    return {key for key in keys if not any(pattern.fullmatch(key) for pattern in patterns)}


def _pattern(formatted: ast.JoinedStr) -> re.Pattern[str]:
    """Return what fits every text that an f-string with words in it makes."""
    pieces = [re.escape(piece.value) if _is_text(piece) else ".*" for piece in formatted.values]
    return re.compile("".join(pieces) if any(WORD.search(piece) for piece in pieces) else r"(?!)")


def _names_of_arguments(nodes: Sequence[ast.AST], calls: Sequence[ast.Call]) -> set[str]:
    """Return the keys of tables that calls get as arguments, as in ``settings = {"size": 3}`` and ``f(**settings)``."""
    unpacked = [word.value for call in calls for word in call.keywords if not word.arg]
    given = {table.id for table in unpacked if isinstance(table, ast.Name)}
    assigned = [node for node in nodes if isinstance(node, ast.Assign) and _names_in(node.targets) & given]

    values = [node.value for node in assigned]
    values += [value for node in values if isinstance(node, ast.Tuple) for value in node.elts]  # a, b = {...}, {...}
    return {key.value for value in values if isinstance(value, ast.Dict) for key in value.keys if _is_text(key)}


def _names_in(targets: Sequence[ast.expr]) -> set[str]:
    return {node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)}


def _is_text(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


@cache
def library_words() -> frozenset[str]:
    """Return every string of the library that is one word, such as 'bilinear' or 'half-pixel'."""
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "lib").rglob("*.py")))
    strings = (node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return frozenset(text for text in strings if isinstance(text, str) and re.fullmatch(r"[\w-]+", text))


def names_shown(source: str, names: frozenset[str]) -> list[str]:
    """Return the names in code that a figure may show: those in a call of ``show``, and in tables and lists of options.

    >>> names_shown('modes = ["nearest"]\\nshow.grid(x, "input")\\npad(x, mode="edge")', {"nearest", "input", "edge"})
    ['nearest', 'input']
    """
    found: list[str] = []

    def visit(node: ast.AST, shown: bool) -> None:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.extend([node.value] if shown and node.value in names and SHOWN_NAME.fullmatch(node.value) else [])
        elif isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            inside = (shown and name in ("dict", "zip")) or name.startswith("show.") or name.endswith("explore")
            for child in ast.iter_child_nodes(node):
                visit(child, inside)
        else:
            table = isinstance(node, ast.Dict | ast.List | ast.Tuple)
            for child in ast.iter_child_nodes(node):
                visit(child, (shown or table) and not isinstance(node, ast.Compare | ast.Subscript))

    visit(ast.parse(source), False)
    return found


def arguments_of_explore(source: str) -> list[str]:
    """Return what the controls of explorers are called: the arguments of explore(), where they have no other label.

    >>> arguments_of_explore("show.explore(view, output_padding=[0, 1], times=show.choice(range(5), 'times pooled'))")
    ['output padding']
    """
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    explorers = (call for call in calls if ast.unparse(call.func).endswith("explore"))
    return [
        word.arg.replace("_", " ")
        for call in explorers
        for word in call.keywords
        if word.arg and not (is_call(word.value, "show.choice") and len(word.value.args) > 1)
    ]


def is_call(node: ast.AST, name: str) -> bool:
    """Say whether a node of a syntax tree calls the function of this name."""
    return isinstance(node, ast.Call) and ast.unparse(node.func) == name
