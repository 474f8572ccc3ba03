"""Photographs that the page computes anew: kernels that the reader edits, on a photograph of the course or an own one.

A plane of a photograph has too many pixels for a tape of numbers. Yet what a kernel does is the same everywhere, a
stencil, and what a resizing does is one banded matrix for the rows and one for the columns. Both are asked of the
library, and ``photographs.js`` applies them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from lib.show.explore.panels import Moment, Panel
from lib.show.explore.wiring import Numbers, wired
from lib.show.images import image_html
from lib.show.pixels import address, eight_bit
from lib.words import say

Tap = tuple[int, int, int]  # rows down, columns right, cell of the weight


@dataclass(frozen=True)
class Plane:
    """A photograph, or what is computed of one; made by :func:`photograph` and its own methods."""

    rule: list[Any]  # how it is computed: a word, then planes and data
    shape: tuple[int, int]
    values: Callable[[Moment], np.ndarray]

    def stencil(self, operation: Callable[..., Any], kernel: Numbers) -> Plane:
        """Return what an operation of a plane and a kernel makes, one that keeps the size and treats all pixels alike.

        Raises
        ------
        ValueError
            If the operation changes the size or is not the same everywhere.
        """
        taps = _taps(operation, kernel)

        def values(moment: Moment) -> np.ndarray:
            weights = np.array(moment.values)[kernel.cells]
            return np.asarray(operation(self.values(moment), weights.astype(np.float32)))

        return Plane(["stencil", self, taps], self.shape, values)

    def bands(self, rows: np.ndarray, columns: np.ndarray) -> Plane:
        """Return ``rows @ plane @ columns.T``: resizing, whose matrices are nearly all zero."""
        if rows.shape[1] != self.shape[0] or columns.shape[1] != self.shape[1]:
            raise ValueError(f"rows and columns must fit a plane of {self.shape}, got {rows.shape} and {columns.shape}")
        shape = len(rows), len(columns)
        return Plane(
            ["bands", self, _sparse(rows), _sparse(columns)],
            shape,
            lambda moment: rows @ self.values(moment) @ columns.T,
        )

    def minus(self, other: Plane) -> Plane:
        """Return the difference from another plane of the same size."""
        if other.shape != self.shape:
            raise ValueError(f"other must have the shape {self.shape}, got {other.shape}")
        return Plane(["minus", self, other], self.shape, lambda moment: self.values(moment) - other.values(moment))


@dataclass(frozen=True)
class Photographs:
    """Planes side by side, as a part of a scene; made by :func:`photographs`."""

    planes: Mapping[str, Plane]
    signed: Collection[str]
    width: int
    own: bool

    def panels(self) -> list[Panel]:
        """Return the parts whose numbers are cells: none."""
        return []

    def drawn(self, moment: Moment) -> str:
        """Draw the planes as images."""
        shown = (
            image_html(title, plane.values(moment), title in self.signed, self.width)
            for title, plane in self.planes.items()
        )
        return '<div class="tier">\n' + "\n".join(shown) + "\n</div>"

    def data(self) -> dict[str, Any]:
        """Return the planes as ``photographs.js`` takes them, those that others are made of first."""
        order: list[Plane] = []

        def place(plane: Plane) -> int:
            if not any(plane is one for one in order):
                rule = [place(part) if isinstance(part, Plane) else part for part in plane.rule]
                order.append(plane)
                told.append({"rule": rule, "rows": plane.shape[0], "columns": plane.shape[1]})
            return next(n for n, one in enumerate(order) if one is plane)

        told: list[dict[str, Any]] = []
        shown = [
            {"plane": place(plane), "title": say(title)} | ({"signed": 1} if title in self.signed else {})
            for title, plane in self.planes.items()
        ]
        own = say("Your own image (it stays in this browser):") if self.own else 0
        return {"kind": "photograph", "planes": told, "shown": shown, "width": self.width, "own": own}


def photograph(pixels: np.ndarray) -> Plane:
    """Return a photograph to compute with.

    Parameters
    ----------
    pixels : array of shape (H, W)
        Values from 0 (black) to 1 (white); rounded to the 256 steps of an image file.

    Examples
    --------
    >>> photograph(np.linspace(0, 1, 16).reshape(4, 4)).shape
    (4, 4)
    """
    array = np.asarray(pixels, np.float32)
    if array.ndim != 2 or not (array.min() >= 0 and array.max() <= 1):
        raise ValueError(f"pixels must be a plane of values from 0 to 1, got shape {array.shape}")
    stored = np.round(array * 255).astype(np.float32) / np.float32(255)
    return Plane(["source", address(eight_bit(array))], array.shape, lambda moment: stored)  # noqa: ARG005


def photographs(
    planes: Mapping[str, Plane], signed: Collection[str] = (), width: int = 256, own: bool = True
) -> Photographs:
    """Put photographs side by side, as a part of a :func:`~lib.show.explore.scenes.scene`.

    Parameters
    ----------
    planes : mapping of title to Plane
    signed : collection of titles
        Responses around 0: zero is mid-grey, the largest magnitude black or white.
    width : int
        Of each in pixels on the page.
    own : bool
        Whether the reader can take an image of their own, which never leaves the browser.

    Raises
    ------
    ValueError
        If there is no plane, or ``signed`` names one that is not there.
    """
    if not planes or not set(signed) <= set(planes):
        raise ValueError(f"signed must name some of the planes {sorted(planes)}, got {sorted(signed)}")
    return Photographs(dict(planes), tuple(signed), width, own)


def _taps(operation: Callable[..., Any], kernel: Numbers) -> list[Tap]:
    """Return where each weight of a kernel reads, asked of the library on a small plane, at every pixel of it."""
    side = 2 * max(kernel.shape) + 1
    x, w = wired(np.zeros((side, side)), np.zeros(kernel.shape))
    y = operation(x, w)
    if y.shape != x.shape:
        raise ValueError(f"operation must keep the size, got {y.shape} for {x.shape}")

    found = []
    for place, cell in enumerate(y.cells.ravel().tolist()):
        row, column = divmod(place, side)
        terms = x.tape.terms_of(cell)
        found.append({(i // side - row, i % side - column, k - w.first()) for i, k in terms})
    middle = found[len(found) // 2]
    for place, taps in enumerate(found):
        row, column = divmod(place, side)
        if taps != {tap for tap in middle if 0 <= row + tap[0] < side and 0 <= column + tap[1] < side}:
            raise ValueError("operation must do the same at every pixel, with zeros around")
    cells = kernel.cells.ravel().tolist()
    return [(down, right, cells[k]) for down, right, k in sorted(middle)]


def _sparse(matrix: np.ndarray) -> list[list[float]]:
    """Return of each row its entries that are not 0: column, weight, column, weight, …"""
    return [[part for i in np.flatnonzero(row) for part in (int(i), float(f"{row[i]:.7g}"))] for row in matrix]
