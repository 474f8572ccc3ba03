"""Cells as a reader meets them: narrow enough for the page, short enough to take in, and not one without a sentence."""

from __future__ import annotations

import nbformat
import notebooks
import pytest

WIDEST = 80  # characters: what the column of the page shows without scrolling
LONGEST = 17  # lines
HIDDEN = {"remove-input", "remove-cell", "hide-input", "hide-cell"}  # folded: for who wants to see how it is done
PAGES = notebooks.all_notebooks()
names = [notebooks.shown(path) for path in PAGES]


@pytest.mark.parametrize("path", PAGES, ids=names)
def test_code_fits_the_page(path):
    wide = [line for cell in code_cells(path) for line in cell.source.splitlines() if len(line) > WIDEST]
    assert wide == []


@pytest.mark.parametrize("path", PAGES, ids=names)
def test_cells_that_are_shown_are_short(path):
    long = [cell.source for cell in code_cells(path) if len(cell.source.splitlines()) > LONGEST]
    assert long == []


@pytest.mark.parametrize("path", PAGES, ids=names)
def test_a_sentence_stands_before_code(path):
    cells = nbformat.read(path, as_version=4).cells
    cells = [cell for cell in cells if "remove-cell" not in cell.metadata.get("tags", [])]
    assert cells[0].cell_type == "markdown"
    for before, first, second in zip(cells, cells[1:], cells[2:], strict=False):
        assert not all(map(is_code, (before, first, second))), f"three cells of code in a row:\n{second.source}"


def is_code(cell):
    """Return whether a reader meets a cell as code, and not as the question that it puts."""
    return cell.cell_type == "code" and not cell.source.startswith("check_yourself(")


def code_cells(path):
    cells = nbformat.read(path, as_version=4).cells
    return [cell for cell in cells if cell.cell_type == "code" and not HIDDEN & set(cell.metadata.get("tags", []))]
