"""Every kind of wired figure on a page of its own, under a reader who does whatever comes to mind."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest
from reader import BY_KEYBOARD, BY_MOUSE, Reader

from lib.show.explore.page import KINDS, kind_script, page_html, page_script
from lib.show.picture import stylesheet

sys.path.insert(0, str(Path(__file__).parents[1]))

from show.wired import WIRED

ACTIONS = 100


@pytest.fixture(scope="module")
def bench(chromium, tmp_path_factory):
    """Open a page from a folder on disk with one figure of every kind."""
    folder = tmp_path_factory.mktemp("figures")
    figures = "".join(page_html(make().views, f"figure-{n}") for n, make in enumerate(WIRED.values()))
    (folder / "explore.js").write_text("".join(map(kind_script, KINDS)) + page_script(), encoding="utf-8")
    (folder / "index.html").write_text(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Figures</title><style>{stylesheet()}</style>'
        f'<body><h1>Figures</h1><main>{figures}</main><script defer src="explore.js"></script></body></html>',
        encoding="utf-8",
    )
    page = chromium.new_page(viewport={"width": 1100, "height": 900})
    page.complaints = []
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.goto((folder / "index.html").as_uri())
    yield page
    page.close()


@pytest.mark.parametrize("kinds", [BY_KEYBOARD, BY_MOUSE], ids=["keyboard", "mouse"])
@pytest.mark.parametrize("name", WIRED)
def test_whatever_a_reader_does_the_figure_shows_what_the_library_computes(bench, name, kinds):
    bench.reload()
    reader = Reader(bench.locator(f"#figure-{list(WIRED).index(name)}"), WIRED[name](), random.Random(5))
    done = {reader.act(kinds) for _ in range(ACTIONS)}
    assert done == set(kinds)
    assert bench.complaints == []
