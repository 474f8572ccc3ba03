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

from .markdown import WORD, Translate
from .names import is_call

WIDTH = 79  # columns of a page's code

LITERAL = re.compile(
    r"(?P<prefix>[A-Za-z]{0,2})"
    r"(?P<quote>\"\"\"|'''|\"|')"
    r"(?P<text>(?:\\.|(?!(?P=quote)).)*)"
    r"(?P=quote)|#[^\n]*",
    re.DOTALL,
)
BRACES = re.compile(r"\{[^{}]*\}")
ROW = re.compile(r"\{[a-z_][^{}:]*:(?:[6-9]|\d\d)\}")  # the name that a row of a printed table begins with
COMMENT = re.compile(r"(?P<mark>#+\s*(?:PART \d+(?:\.\d+)?: )?)(?P<words>.+)")
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


def _strings(source: str, say: Translate, names: frozenset[str], hidden: Sequence[tuple[int, int]]) -> Iterator[Edit]:
    tree = ast.parse(source)
    read = {id(text) for text in _read_as_they_are(tree)}

    for node in _texts(tree):
        start, end = _places(source, node)
        pieces = [found for found in LITERAL.finditer(source, start, end) if found["quote"]]
        prefixes = "".join(piece["prefix"].lower() for piece in pieces)
        formatted = "f" in prefixes
        message = "".join(piece["text"] for piece in pieces)

        words = BRACES.sub("", message) if formatted else message
        is_name = message in names and id(node) not in read
        worded = WORD.search(words) or (formatted and id(node) in read and ROW.search(message))
        if not worded or is_name or _within(start, hidden):
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
