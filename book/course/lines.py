"""Where lines end: what belongs together stays together, and tables can be read on a phone."""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

OPENING = re.compile(r"[(\[“‘\"'（《]+$")  # what must not end a line
CLOSING = re.compile(
    r"^(?:[,.;:!?%…)\]”’\"'，。；：！？、）》]|-\w+)+"
)  # what must not begin one: a comma, or the "-th" of "i-th"
WIDE = re.compile(r"[\u2e80-\uffef]")  # signs of Chinese and its punctuation, each as wide as two letters
COLUMNS = re.compile(r"\S {2,}\S")  # a line of a printed table
MOST_LETTERS = 60  # in a row of at least three cells, at which each still has more than a word a line on a phone


class KeepTogether(SphinxPostTransform):
    """Keep a formula on one line with the signs that touch it: a browser would break the line between them."""

    default_priority = 810
    formats = ("html",)

    def run(self, **_: Any) -> None:
        """Change the page in place."""
        for formula in list(self.document.findall(nodes.math)):
            parent, place = formula.parent, formula.parent.index(formula)
            before, after = _text(parent, place - 1), _text(parent, place + 1)
            opening, closing = OPENING.search(before), CLOSING.search(after)
            if not (opening or closing):
                continue

            kept = nodes.inline("", "", classes=["unbroken"])
            parent.replace(formula, kept)
            kept += [nodes.Text(opening[0])] if opening else []
            kept += formula
            kept += [nodes.Text(closing[0])] if closing else []

            if closing:
                parent[place + 1] = nodes.Text(after[closing.end() :])
            if opening:
                parent[place - 1] = nodes.Text(before[: opening.start()])


class NameCells(SphinxPostTransform):
    """Give each cell of a table that holds sentences the name of its column: a phone shows row after row."""

    default_priority = 810
    formats = ("html",)

    def run(self, **_: Any) -> None:
        """Change the page in place."""
        for table in self.document.findall(nodes.table):
            head = [entry.astext() for entry in _entries(table, nodes.thead)]
            rows = [list(row.findall(nodes.entry)) for body in table.findall(nodes.tbody) for row in body]
            longest = max((sum(width(entry.astext()) for entry in row) for row in rows), default=0)
            if len(head) < 3 or longest <= MOST_LETTERS:
                continue

            table["classes"].append("wordy")
            for row in rows:
                named = row if row[0].astext().isdigit() else row[1:]  # a bare number says nothing, a name does
                for name, entry in zip(head[-len(named) :], named, strict=False):
                    entry["column"] = name


class KeepColumns(SphinxPostTransform):
    """Mark a printed table: where it is too wide its lines are not broken, which would end its columns."""

    default_priority = 810
    formats = ("html",)

    def run(self, **_: Any) -> None:
        """Change the page in place."""
        for printed in self.document.findall(nodes.literal_block):
            if "stream" in printed["classes"] and is_table(printed.astext()):
                printed["classes"].append("columns")


def is_table(printed: str) -> bool:
    """Tell whether what a cell printed is a table: three lines or more, and gaps between columns in most of them.

    >>> is_table("network  IoU\\nU-Net   0.87\\nFCN     0.72")
    True
    >>> is_table("One line,\\nand a second\\nand a third.")
    False
    """
    lines = printed.splitlines()
    return len(lines) >= 3 and sum(bool(COLUMNS.search(line)) for line in lines) > len(lines) / 2


def width(text: str) -> int:
    """Return how many letters wide a text is.

    >>> width("2 × 2"), width("卷积核")
    (5, 6)
    """
    return len(text) + len(WIDE.findall(text))


def _text(parent: nodes.Element, place: int) -> str:
    """Return the words at a place among the parts of a sentence, if these are words."""
    is_text = 0 <= place < len(parent) and isinstance(parent[place], nodes.Text)
    return str(parent[place]) if is_text else ""


def _entries(table: nodes.table, part: type[nodes.Element]) -> list[nodes.entry]:
    return [entry for found in table.findall(part) for entry in found.findall(nodes.entry)]


def connect(app: Sphinx) -> None:
    """Connect the transforms."""
    app.add_post_transform(KeepTogether)
    app.add_post_transform(NameCells)
    app.add_post_transform(KeepColumns)
