"""Both editions compute the same: the numbers that their notebooks show are equal, in the same order of cells."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import building
import nbformat
import pytest
from books import Books
from course.editions import CHINESE, EDITIONS
from course.execution import cells_to_run, job_of
from course.records import Records, outputs_of

NUMBER = re.compile(r"(?<![A-Za-z_\d.])\d+(?:\.\d+)?")
IN_WORDS = {"1", "2", "3"}  # what an English caption may say as a word
# What no reader sees, markup, and plots: their axes have other ticks where words leave less room.
NOT_READ = re.compile(r'<(script|style)\b.*?</\1>|<svg class="plot".*?</svg>|<[^>]*>', re.DOTALL)
MEASURED = "nbval-ignore-output"  # the tag of cells that print times
NOTEBOOKS = [page for page in building.pages() if Path(building.ROOT, page).with_suffix(".ipynb").is_file()]


@pytest.mark.parametrize("page", NOTEBOOKS)
def test_both_editions_show_the_same_numbers(site, page):  # as it was executed for the site
    english, chinese = (shown(edition, page.removesuffix(".html")) for edition in EDITIONS)
    assert chinese[0] == Counter()  # the cell that says in which language the notebook speaks
    for place, (one, other) in enumerate(zip(english, chinese[1:], strict=True), start=1):
        said = f"the cell of code {place}: {one - other} in English, {other - one} in {CHINESE.name}"
        assert one <= other, said
        assert set(other - one) <= IN_WORDS, said


def shown(edition, document):
    """Return the numbers that each cell of code shows in an edition, as it was executed for the site."""
    source = Books(building.TESTED).pages(edition)
    job = job_of(document, source / f"{document}.ipynb", source)
    record = Records(building.executed()).find(job.name, source)
    assert record, f"{edition.folder}{document} was not executed for the site that is tested"
    cells = cells_to_run(nbformat.read(source / f"{document}.ipynb", as_version=4))
    outputs = zip(cells, outputs_of(record), strict=True)
    return [Counter() if MEASURED in cell.metadata.get("tags", []) else numbers(given) for cell, given in outputs]


def numbers(outputs):
    """Return the numbers that outputs show, with how often each is there."""
    text = []
    for output in outputs:
        data = output.get("data", {})
        text.append(
            output.get("text", "") or NOT_READ.sub(" ", data.get("text/html", "")) or data.get("text/plain", "")
        )
    return Counter(NUMBER.findall("\n".join(text)))
