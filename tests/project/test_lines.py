"""What a page does with cells before it is built: printed tables keep their columns, and a check is named as one."""

from __future__ import annotations

import pytest
from course.lines import is_table
from course.writing import only_checks
from docutils import nodes

TABLE = "network     IoU  boundary\nU-Net      0.87      0.44\nno skips   0.87      0.40\n"


@pytest.mark.parametrize(
    ("printed", "table"),
    [
        (TABLE, True),
        (TABLE.rpartition("no")[0], False),  # a heading and a row
        ("One line,\nand another\nand a third.\n", False),
        ("heading\n  indented: 1\n  indented: 2\n", False),
    ],
)
def test_a_printed_table_is_told_from_other_lines(printed, table):
    assert is_table(printed) is table


def cell(code, *, output):
    """Make a cell as MyST-NB does."""
    parts = [nodes.container("", nodes.literal_block(code, code), nb_element="cell_code_source")]
    parts += [nodes.container("", nb_element="cell_code_output")] if output else []
    return nodes.container("", *parts)


@pytest.mark.parametrize(
    ("code", "output", "check"),
    [("assert x == 1", False, True), ("assert x == 1\nprint(x)", True, False), ("x = 1", False, False)],
)
def test_a_cell_that_asserts_and_shows_nothing_is_a_check(code, output, check):
    assert only_checks(cell(code, output=output)) is check
