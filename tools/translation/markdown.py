"""Where the words of a Markdown text stand, and how their translation is put in their place.

The unit is a block: a heading, a paragraph, a list item, a table cell, the title of an admonition. The text is not
written anew from what a parser understood of it; a block is replaced where it stands, and all else stays byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.colon_fence import colon_fence_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.front_matter import front_matter_plugin
from mdit_py_plugins.myst_role import myst_role_plugin

# Is given the kind of a message and its English, and returns it in the other language, or the English itself.
Translate = Callable[[str, str], str]

WORD = re.compile(r"[A-Za-z]{2,}")
NO_WORDS = re.compile(r"`[^`]*`|\$[^$]*\$|\{[\w:]+\}`[^`]*`")
# What is no part of a sentence: code, formulas, the target of a link, tags, braces, and the marks of emphasis.
NO_SENTENCE = re.compile(r"`[^`]*`|\$[^$]*\$|(?<=\])\([^)]*\)|<[^>]*>|\{[^{}]*\}|\*+|\\.")
DESCRIPTION = re.compile(r"(\s*description: )(.+)")
# The opening line of a directive whose argument is a title that readers see.
TITLED = re.compile(r"^(:{3,}|`{3,})\{(?:admonition|dropdown|card|tab-item)\}\s*(?P<title>.+)$")
OPTION = re.compile(r"\s*:[\w-]+:")
WORDS_OF_FORMULA = re.compile(r"(?<=\\text\{)[^{}]*(?=\})")
FENCED_COMMENT = re.compile(r"^(?P<before>[^#\"']*#\s+)(?P<words>[^#]+)$")


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark").enable("table")
    for plugin in (colon_fence_plugin, front_matter_plugin, myst_role_plugin):
        parser.use(plugin)
    return parser.use(dollarmath_plugin, allow_space=False)


PARSER = _parser()


def translated_markdown(text: str, say: Translate) -> str:
    """Return a Markdown text with every block translated; all that is no words stays as it is, byte for byte.

    >>> translated_markdown("# Size\\n\\n- one `x`\\n- $x$", lambda kind, text: text.upper())
    '# SIZE\\n\\n- ONE `X`\\n- $x$'
    """
    lines = _Lines(text.split("\n"), say)
    lines.translate(0, len(lines.lines))
    return "\n".join(line for line in lines.lines if line is not None)


def has_words(text: str) -> bool:
    """Say whether there is anything to translate in a text beside code and formulas."""
    return bool(WORD.search(NO_WORDS.sub("", text)))


def headings(text: str) -> list[str]:
    """Return the headings of a text as readers see them, without markup.

    >>> headings("# One\\n\\n## With `code` and *more*")
    ['One', 'With code and more']
    """
    tokens = PARSER.parse(text)
    inside = (after for token, after in pairwise(tokens) if token.type == "heading_open")
    return ["".join(child.content for child in token.children) for token in inside]


class _Lines:
    """The lines of a text while they are translated; one that went into another is None."""

    def __init__(self, lines: list[str], say: Translate) -> None:
        self.lines: list[str | None] = list(lines)
        self.say = say

    def translate(self, start: int, end: int) -> None:
        """Translate the lines from ``start`` up to ``end``, which hold whole blocks."""
        row: int | None = None  # the line of the table's row that is being read
        place = 0  # how far it is read
        kind = "prose"

        for token in PARSER.parse("\n".join(self.lines[start:end])):
            first, last = (start + line for line in token.map or (0, 0))
            if token.type == "front_matter":
                self._front_matter(first, last)
            elif token.type in ("colon_fence", "fence"):
                self._fence(token, first, last)
            elif token.type.startswith("math_block"):
                self._formula(first, last)
            elif token.type == "tr_open":
                row, place = first, 0
            elif token.type == "tr_close":
                row = None
            elif token.type == "inline" and row is not None:
                place = self._cell(row, place, token.content)
            elif token.type == "heading_open":
                kind = "heading"
            elif token.type == "inline" and has_words(token.content):
                self._block(kind, first, last, token.content)
                kind = "prose"

    def _front_matter(self, first: int, last: int) -> None:
        for number in range(first, last):
            if found := DESCRIPTION.match(self.lines[number]):
                self.lines[number] = found[1] + self.say("description", found[2])

    def _fence(self, token: Token, first: int, last: int) -> None:
        if found := TITLED.match(self.lines[first].strip()):
            self.lines[first] = self.lines[first].replace(found["title"], self.say("title", found["title"]))

        if found or token.type == "colon_fence":
            inside = first + 1
            while inside < last - 1 and OPTION.match(self.lines[inside]):
                inside += 1
            self.translate(inside, last - 1)
        elif not token.info.startswith("{"):
            self._comments(first + 1, last - 1)

    def _comments(self, first: int, last: int) -> None:
        for number in range(first, last):
            if found := FENCED_COMMENT.match(self.lines[number]):
                self.lines[number] = found["before"] + self.say("comment", found["words"])

    def _formula(self, first: int, last: int) -> None:
        """Translate the words of a formula that stands alone; all else in it is the same in every language."""

        def said(found: re.Match[str]) -> str:
            return self.say("formula", found[0]) if WORD.search(found[0]) else found[0]

        for number in range(first, last):
            self.lines[number] = WORDS_OF_FORMULA.sub(said, self.lines[number])

    def _cell(self, row: int, place: int, content: str) -> int:
        """Translate a cell of a table, and return where the rest of its row begins."""
        at = self.lines[row].index(content, place)
        new = self.say("cell", content) if has_words(content) else content
        self.lines[row] = self.lines[row][:at] + new + self.lines[row][at + len(content) :]
        return at + len(new)

    def _block(self, kind: str, first: int, last: int, content: str) -> None:
        """Replace a block; it comes back on one line, since a line break would be seen as a space between two signs."""
        message = " ".join(content.split("\n"))
        new = self.say(kind, message)
        if new != message:
            opening = content.split("\n")[0]
            before = self.lines[first][: self.lines[first].index(opening)]
            self.lines[first:last] = [before + new, *[None] * (last - first - 1)]
