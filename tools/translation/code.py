"""Where the words of code stand: strings that hold words, and comments. All else, expressions in braces too, stays."""

from __future__ import annotations

import ast
import io
import re
import tokenize
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .markdown import WORD, Translate

ROOT = Path(__file__).resolve().parents[2]
WIDTH = 79  # columns of a page's code

LITERAL = re.compile(
    r"(?P<prefix>[A-Za-z]{0,2})"
    r"(?P<quote>\"\"\"|'''|\"|')"
    r"(?P<text>(?:\\.|(?!(?P=quote)).)*)"
    r"(?P=quote)|#[^\n]*",
    re.DOTALL,
)
BRACES = re.compile(r"\{[^{}]*\}")
COMMENT = re.compile(r"(?P<mark>#+\s*(?:PART \d+(?:\.\d+)?: )?)(?P<words>.+)")
SHOWN_NAME = re.compile(r"[A-Za-z][A-Za-z -]+")
NO_COMMENT = re.compile(r"### (?:BEGIN|END) |# *noqa")
# What only an instructor has: no page shows it.
HIDDEN = re.compile(r"^[ \t]*### BEGIN HIDDEN TESTS\n.*?^[ \t]*### END HIDDEN TESTS", re.DOTALL | re.MULTILINE)
BREAKS = "，。、：；！？） "  # signs after which a line of words may end


@dataclass(frozen=True, order=True)
class Edit:
    """A part of a source, as places of characters, and what stands there instead."""

    start: int
    end: int
    new: str


@dataclass(frozen=True)
class Style:
    """How a string is written: with which mark, raw or formatted, from which column on, in one piece or several."""

    quote: str
    raw: bool
    formatted: bool
    column: int
    several: bool

    def literal(self, text: str) -> str:
        """Return a text as a string of this style; one in several pieces is broken where lines are too long."""
        pieces = self._pieces(text)
        written = []

        for piece in pieces:
            formatted = self.formatted and ("{" in piece or len(pieces) == 1)
            written.append(f"{'r' * self.raw}{'f' * formatted}{self.quote}{piece}{self.quote}")

        return ("\n" + " " * self.column).join(written)

    def _pieces(self, text: str) -> list[str]:
        pieces, depth = [""], 0

        for sign in text:
            depth += (sign == "{") - (sign == "}")
            pieces[-1] += sign
            long = width(pieces[-1]) > WIDTH - self.column - 16
            if self.several and long and not depth and sign in BREAKS:
                pieces.append("")

        return [piece for piece in pieces if piece]


def translated_code(source: str, say: Translate, names: frozenset[str] = frozenset()) -> str:
    """Return code with its words translated: comments, and strings but those that are ``names`` of something.

    >>> translated_code('print(f"row {row}")  # the row', lambda kind, text: text.replace("row", "行"))
    'print(f"行 {行}")  # the 行'
    """
    hidden = [found.span() for found in HIDDEN.finditer(source)]
    edits = [*_strings(source, say, names, hidden), *_comments(source, say, hidden)]
    for edit in sorted(edits, reverse=True):
        source = source[: edit.start] + edit.new + source[edit.end :]
    return source


# Strings -------------------------------------------------------------------------------------------------------------


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
    tables = (
        node.value
        for node in nodes
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict) and _targets(node) & given
    )
    return {key.value for table in tables for key in table.keys if _is_text(key)}


def _targets(node: ast.Assign) -> set[str]:
    return {target.id for target in node.targets if isinstance(target, ast.Name)}


def _is_text(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


@cache
def library_words() -> frozenset[str]:
    """Return every string of the library that is one word, such as 'bilinear' or 'half-pixel'."""
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "lib").rglob("*.py")))
    strings = (node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return frozenset(text for text in strings if isinstance(text, str) and re.fullmatch(r"[\w-]+", text))


def _strings(source: str, say: Translate, names: frozenset[str], hidden: Sequence[tuple[int, int]]) -> Iterator[Edit]:
    tree = ast.parse(source)
    read = {id(text) for text in _read_as_they_are(tree)}
    asked = {id(text) for text in _asked_for(tree)}

    for node in _texts(tree):
        start, end = _places(source, node)
        pieces = [found for found in LITERAL.finditer(source, start, end) if found["quote"]]
        prefixes = "".join(piece["prefix"].lower() for piece in pieces)
        formatted = "f" in prefixes
        message = "".join(piece["text"] for piece in pieces)

        words = BRACES.sub("", message) if formatted else message
        is_name = id(node) in asked or (message in names and id(node) not in read)
        if not WORD.search(words) or is_name or _within(start, hidden):
            continue

        new = say("code", message)
        if new != message:
            column = start - source.rfind("\n", 0, start) - 1
            style = Style(pieces[0]["quote"], "r" in prefixes, formatted, column, len(pieces) > 1)
            yield Edit(start, end, style.literal(new))


def _read_as_they_are(tree: ast.AST) -> Iterator[ast.expr]:
    """Yield what no code but only a reader reads: what is printed, and what stands at the axes of a plot."""
    for node in ast.walk(tree):
        if is_call(node, "print") or is_call(node, "axes.annotate"):
            yield from node.args
        elif is_call(node, "axes.set"):
            yield from (word.value for word in node.keywords if word.arg in ("xlabel", "ylabel", "title"))


def _asked_for(tree: ast.AST) -> Iterator[ast.expr]:
    """Yield what something is asked for by: indices, parts of an exercise, arguments that are named in a dictionary."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    spread = {ast.unparse(word.value) for call in calls for word in call.keywords if word.arg is None}
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript):
            yield node.slice
        elif isinstance(node, ast.Call):
            yield from (word.value for word in node.keywords if word.arg == "part")
        elif (
            isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Dict)
            and spread & set(map(ast.unparse, node.targets))
        ):
            yield from filter(None, node.value.keys)


def is_call(node: ast.AST, name: str) -> bool:
    """Say whether a node of a syntax tree calls the function of this name."""
    return isinstance(node, ast.Call) and ast.unparse(node.func) == name


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


def _texts(tree: ast.AST) -> Iterator[ast.Constant | ast.JoinedStr]:
    """Yield every string of code in the order of the text; one inside the braces of another belongs to that one."""
    if isinstance(tree, ast.JoinedStr) or (isinstance(tree, ast.Constant) and isinstance(tree.value, str)):
        yield tree
        return
    for child in ast.iter_child_nodes(tree):
        yield from _texts(child)


def _places(source: str, node: ast.expr) -> tuple[int, int]:
    """Return where a node begins and ends, in characters; ast counts bytes of a line."""
    lines = source.split("\n")

    def place(line: int, column: int) -> int:
        return _line_starts(source)[line - 1] + len(lines[line - 1].encode()[:column].decode())

    return place(node.lineno, node.col_offset), place(node.end_lineno, node.end_col_offset)


@cache
def _line_starts(source: str) -> list[int]:
    starts = [0]
    for line in source.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    return starts


def _within(place: int, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start <= place < end for start, end in spans)


def width(text: str) -> int:
    """Return how many columns a text takes where a Chinese sign takes two.

    >>> width("size 大小")
    9
    """
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


# Comments ------------------------------------------------------------------------------------------------------------


def _comments(source: str, say: Translate, hidden: Sequence[tuple[int, int]]) -> Iterator[Edit]:
    starts = _line_starts(source)
    for group in _comment_groups(source):
        (first, column), (last, end_column) = group[0].start, group[-1].end
        begin, end = starts[first - 1] + column, starts[last - 1] + end_column
        lines = [COMMENT.match(token.string) for token in group]

        message = " ".join(line["words"] for line in lines)
        if not WORD.search(message) or _within(begin, hidden):
            continue

        new = say("comment", message)
        if new != message:
            mark = lines[0]["mark"]
            broken = _broken(new, WIDTH - column - len(mark)) if len(group) > 1 else [new]
            yield Edit(begin, end, ("\n" + " " * column).join(mark + line for line in broken))


def _comment_groups(source: str) -> Iterator[list[tokenize.TokenInfo]]:
    """Yield comments; lines of one below another, with nothing else in them, are one."""
    group: list[tokenize.TokenInfo] = []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT or NO_COMMENT.match(token.string) or not COMMENT.match(token.string):
            continue
        if group and not (_continues(group[-1]) and _continues(token) and _below(group[-1], token)):
            yield group
            group = []
        group.append(token)

    if group:
        yield group


def _continues(comment: tokenize.TokenInfo) -> bool:
    """Say whether a comment may be one of several lines: nothing stands before it, and it is no mark for the grader."""
    return not comment.line[: comment.start[1]].strip() and not comment.string.startswith("###")


def _below(one: tokenize.TokenInfo, other: tokenize.TokenInfo) -> bool:
    return other.start == (one.start[0] + 1, one.start[1])


def _broken(text: str, room: int) -> list[str]:
    """Return a text in lines of at most ``room`` columns, broken where Chinese may be."""
    lines = [""]
    for piece in re.findall(rf"[^\u2e80-\uffef{BREAKS}]+[{BREAKS}]*|.[{BREAKS}]*", text):
        if lines[-1] and width((lines[-1] + piece).rstrip()) > room:
            lines.append("")
        lines[-1] += piece
    return [line.strip() for line in lines]
