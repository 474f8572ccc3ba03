"""Every kind of wired figure on a page of its own, under a reader who does whatever comes to mind."""

from __future__ import annotations

import random
import re
from contextlib import contextmanager

import numpy as np
import pytest
from axe import all_faults
from matplotlib.image import imsave
from reader import BY_KEYBOARD, BY_MOUSE, Reader

from benchmarks.figures import PAIRS, bytes_of, edit_time, minified, sizes
from lib import conv2d
from lib.show.explore.page import KINDS, kind_script, page_html, page_script
from lib.show.picture import stylesheet
from tests.show.wired import PHOTO, WIRED

ACTIONS = 15  # by keyboard, and as many by mouse; on the pages of the book every figure is driven for longer


@pytest.fixture(scope="module")
def bench(chromium, tmp_path_factory):
    """Open a page with one figure of every kind."""
    figures = "".join(page_html(make().views, f"figure-{n}") for n, make in enumerate(WIRED.values()))
    with opened(chromium, tmp_path_factory.mktemp("figures"), figures) as page:
        yield page


@contextmanager
def opened(chromium, folder, figures):
    """Open a page from a folder on disk."""
    (folder / "explore.js").write_text("".join(map(kind_script, KINDS)) + page_script(), encoding="utf-8")
    (folder / "index.html").write_text(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Figures</title><style>{stylesheet()}</style>'
        f'<body><main><h1>Figures</h1>{figures}</main><script defer src="explore.js"></script></body></html>',
        encoding="utf-8",
    )
    page = chromium.new_page(viewport={"width": 1100, "height": 900})
    page.complaints = []
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.goto((folder / "index.html").as_uri())
    yield page
    page.close()


@pytest.mark.parametrize("name", WIRED)
def test_whatever_a_reader_does_the_figure_shows_what_the_library_computes(bench, name):
    bench.reload()
    reader = Reader(bench.locator(f"#figure-{list(WIRED).index(name)}"), WIRED[name](), random.Random(5))
    reader.act(BY_KEYBOARD, ACTIONS)
    reader.act(BY_MOUSE, ACTIONS)
    assert bench.complaints == []


PLANES = "figure => figure.querySelector('[data-kind=photograph]').planes.map(plane => [...plane])"


def planes_of(figure):
    return [np.array(plane) for plane in figure.evaluate(PLANES)]


def test_a_photograph_is_computed_as_the_library_does_and_so_is_ones_own(bench, tmp_path):
    bench.reload()
    figure = bench.locator(f"#figure-{list(WIRED).index('a kernel over a photograph')}")
    figure.scroll_into_view_if_needed()
    reader = Reader(figure, WIRED["a kernel over a photograph"](), random.Random(4))
    for _ in range(5):
        reader.type_over()
    figure.locator("canvas").first.wait_for()
    bench.wait_for_function("one => one.querySelector('[data-kind=photograph]').planes", arg=figure.element_handle())
    moment, part = reader.view.at(0, reader.edits), reader.view.panels[1][0]
    expected = [plane.values(moment) for plane in part.planes.values()]
    for found, plane in zip(planes_of(figure), expected, strict=True):
        np.testing.assert_allclose(found, plane.ravel(), atol=1e-4 * max(1, np.abs(plane).max()))

    own = np.linspace(0, 1, 96 * 96).reshape(96, 96)
    imsave(tmp_path / "own.png", own, cmap="gray", vmin=0, vmax=1)
    before = planes_of(figure)[0]
    figure.locator("input[type=file]").set_input_files(tmp_path / "own.png")
    bench.wait_for_function(
        "([one, old]) => Math.abs(one.querySelector('[data-kind=photograph]').planes[0][0] - old) > 1e-6",
        arg=[figure.element_handle(), float(before[0])],
    )
    source, result, *_ = planes_of(figure)
    weights = np.array(moment.values)[:9].reshape(3, 3)
    made = conv2d(source.reshape(PHOTO.shape), weights, padding=1)
    np.testing.assert_allclose(result, made.ravel(), atol=1e-4 * np.abs(made).max())
    assert bench.complaints == []


def test_opened_from_a_folder_it_says_why_a_photograph_is_missing_and_takes_ones_own(chromium, tmp_path):
    """A browser lets no script read the pixels of a file on disk."""
    html = page_html(WIRED["a kernel over a photograph"]().views, "figure")
    imsave(tmp_path / "photo.png", PHOTO, cmap="gray", vmin=0, vmax=1)
    with opened(chromium, tmp_path, re.sub(r'data:image/png;base64,[^"]*', "photo.png", html)) as page:
        told = page.locator("[data-kind=photograph] > p")
        told.wait_for()
        assert "python -m http.server" in told.text_content()
        page.locator("input[type=file]").set_input_files(tmp_path / "photo.png")
        page.wait_for_function("document.querySelector('[data-kind=photograph]').planes")
        assert told.count() == 0
        assert page.complaints == []


def test_axe_finds_nothing_also_while_a_number_is_edited(bench):
    bench.reload()
    for number in range(len(WIRED)):
        figure = bench.locator(f"#figure-{number}")
        figure.scroll_into_view_if_needed()
        figure.locator(".editable").first.wait_for()
    assert all_faults(bench) == []
    bench.evaluate("document.querySelectorAll('figure.explore:not(#figure-0)').forEach(one => one.remove())")
    bench.locator("#figure-0 .editable").first.click()
    assert bench.locator(".over").count() == 1
    assert all_faults(bench) == []


def test_an_edit_shows_within_a_frame_of_the_screen(bench):
    bench.reload()
    for number in range(len(WIRED)):
        assert edit_time(bench.locator(f"#figure-{number}"), edits=15)["edit, ms"] < 16


def test_the_script_and_the_data_are_small():
    assert sizes(minified(page_script()))["gzip"] <= 7_000
    for drawn, wired in PAIRS.values():
        found = bytes_of(drawn(), wired())
        assert found["wired"]["bytes"] < found["drawn"]["bytes"] / 2
        assert found["wired"]["gzip"] < found["drawn"]["gzip"]
