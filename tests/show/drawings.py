"""Pictures read back: which number stands in which cell, which cells are lit, and where."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple
from xml.etree import ElementTree

from hypothesis import settings

from lib.show import Picture

LAW = settings(derandomize=True, deadline=None, max_examples=40, database=None)
Cell = tuple[int, int]
SQUARE = re.compile(r"M(\S+) (\S+?)h(\S+?)v(\S+?)h-(\S+?)z")
RULE = re.compile(r"M(\S+) (\S+?)([hv])([\d.]+)")


def parse(markup: str) -> ElementTree.Element:
    """Return markup as a tree; it raises where it is not well formed, HTML's void ``img`` apart."""
    return ElementTree.fromstring("<div>" + re.sub(r"<img\b([^>]*[^/>])>", r"<img\1/>", markup) + "</div>")


class Words(NamedTuple):
    """A piece of text at its anchor."""

    x: float
    y: float
    words: str
    classes: frozenset[str]


class Box(NamedTuple):
    """A rectangle, or a cell of a path of squares."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Drawing:
    """One SVG: what it holds, in its own coordinates."""

    root: ElementTree.Element

    @cached_property
    def shapes(self) -> list[tuple[ElementTree.Element, float, float]]:
        """Every element with the shift of the groups around it."""
        found = []

        def walk(element: ElementTree.Element, x: float, y: float) -> None:
            shift = re.fullmatch(r"translate\((\S+?)(?: (\S+))?\)", element.get("transform", "translate(0)"))
            x, y = x + float(shift[1]), y + float(shift[2] or 0)
            found.append((element, x, y))
            for child in element:
                walk(child, x, y)

        walk(self.root, 0, 0)
        return found

    @cached_property
    def words(self) -> list[Words]:
        return [
            Words(float(e.get("x")) + x, float(e.get("y")) + y, e.text or "", classes(e))
            for e, x, y in self.shapes
            if e.tag == "text"
        ]

    def headings(self, role: str) -> list[str]:
        return [found.words for found in self.words if {"heading", role} <= found.classes]

    def rectangles(self, *style: str) -> list[Box]:
        """Return the rectangles that have exactly these classes."""
        return [
            Box(float(e.get("x")) + x, float(e.get("y")) + y, float(e.get("width")), float(e.get("height")))
            for e, x, y in self.shapes
            if e.tag == "rect" and classes(e) == set(style)
        ]

    def paths(self, style: str) -> list[tuple[str, float, float]]:
        return [(e.get("d"), x, y) for e, x, y in self.shapes if e.tag == "path" and classes(e) == {style}]

    def squares(self, style: str) -> list[Box]:
        """Return the cells of all paths of squares of one class."""
        found = []
        for path, x, y in self.paths(style):
            steps = SQUARE.findall(path)
            assert SQUARE.sub("", path) == "", f"not a path of squares: {path}"
            for left, top, across, down, back in steps:
                assert across == down == back
                found.append(Box(float(left) + x, float(top) + y, float(across), float(down)))
        return found

    @cached_property
    def boards(self) -> list[Board]:
        """Every ruled grid of the drawing, in the order drawn."""
        found = []
        for path, x, y in self.paths("ruling"):
            rules = [(float(a) + x, float(b) + y, kind, float(c)) for a, b, kind, c in RULE.findall(path)]
            assert RULE.sub("", path) == "", f"not a ruling: {path}"
            across, down = ([rule for rule in rules if rule[2] == kind] for kind in "hv")
            left, top, _, width = across[0]
            rows, columns = len(across) - 1, len(down) - 1
            size = width / columns
            assert across == [(left, top + row * size, "h", width) for row in range(rows + 1)]
            assert down == [(left + column * size, top, "v", rows * size) for column in range(columns + 1)]
            found.append(Board(self, left, top, rows, columns, size))
        return found


@dataclass(frozen=True)
class Board:
    """A ruled grid of cells inside a drawing."""

    drawing: Drawing
    left: float
    top: float
    rows: int
    columns: int
    size: float

    @property
    def box(self) -> Box:
        return Box(self.left, self.top, self.columns * self.size, self.rows * self.size)

    @property
    def all_cells(self) -> set[Cell]:
        return {(row, column) for row in range(self.rows) for column in range(self.columns)}

    def cell(self, x: float, y: float) -> Cell | None:
        """Return the cell whose corner is (x, y), or None if that lies elsewhere."""
        row, column = (y - self.top) / self.size, (x - self.left) / self.size
        if not (-1e-6 < row < self.rows - 0.5 and -1e-6 < column < self.columns - 0.5):
            return None
        assert abs(row - round(row)) < 1e-6, f"{(x, y)} is no corner of a cell"
        assert abs(column - round(column)) < 1e-6, f"{(x, y)} is no corner of a cell"
        return round(row), round(column)

    @cached_property
    def numbers(self) -> dict[Cell, str]:
        """Return what is written in each cell; every text has a cell to itself, centred."""
        found: dict[Cell, str] = {}
        for text in self.drawing.words:
            row, column = (text.y - self.top) / self.size, (text.x - self.left) / self.size - 0.5
            if text.classes <= {"small"} and 0 < row < self.rows and -0.5 < column < self.columns - 0.5:
                assert 0.5 < row % 1 < 0.9, f"{text} does not stand on the middle of its row"
                assert abs(column - round(column)) < 1e-6, f"{text} does not stand in the middle of its column"
                place = int(row), round(column)
                assert place not in found, f"two texts in cell {place}"
                found[place] = text.words
        return found

    def filled(self, style: str) -> set[Cell]:
        """Return the cells filled by paths of squares of one class."""
        here = [(box, self.cell(box.x, box.y)) for box in self.drawing.squares(style)]
        assert all(box.width == self.size for box, cell in here if cell is not None)
        return {cell for _, cell in here if cell is not None}

    def has_ground(self, role: str) -> bool:
        """Return whether one rectangle of a role lies under the whole board."""
        return self.box in self.drawing.rectangles(role)

    def outlined(self, style: str = "outline") -> list[tuple[int, int, int, int]]:
        """Return the frames on the board as (row, column, rows, columns)."""
        frames = []
        for box in self.drawing.rectangles(style):
            if (corner := self.cell(box.x, box.y)) is not None:
                frames.append((*corner, box.height / self.size, box.width / self.size))
        return frames


def classes(element: ElementTree.Element) -> frozenset[str]:
    return frozenset(element.get("class", "").split())


def drawings(picture: Picture) -> list[Drawing]:
    """Return our own drawings in a picture, from left to right; Matplotlib's are its own affair."""
    return [Drawing(root) for root in parse(picture.markup).iter("svg") if root.get("class") != "plot"]


def drawing(picture: Picture) -> Drawing:
    (only,) = drawings(picture)
    return only


def board(picture: Picture) -> Board:
    (only,) = drawing(picture).boards
    return only
