"""Measure wired figures beside the same figures as drawn views: bytes of data, bytes of script, and time for an edit.

    python -m benchmarks.figures

A drawn figure stores a view for each step of each setting, as every figure of the course once did. A wired one stores
what its cells are made of, and the page computes them. Writes ``figures.json`` and ``figures.md`` beside this file.
"""

from __future__ import annotations

import gzip
import json
import platform
import statistics
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from itertools import product
from pathlib import Path

import minify
import numpy as np

from lib import show
from lib.show import Scene, choice, editable, explore
from lib.show.explore.explorer import Explorer
from lib.show.explore.page import KINDS, kind_script, page_data, page_html, page_script
from lib.show.explore.settings import Options
from lib.show.picture import stylesheet

HERE = Path(__file__).parent
sys.path.append(str(HERE.parent / "tools"))
from browser import find_chromium  # noqa: E402

EDITS = 60
# Type a number into the first cell that can be edited, and wait until the page is laid out anew.
EDIT = """([figure, count]) => {
  const input = figure.querySelector('.over'), times = [];
  for (let n = 0; n < count; n++) {
    input.value = n % 9 + 1;
    const began = performance.now();
    input.dispatchEvent(new Event('input', { bubbles: true }));
    figure.getBoundingClientRect();
    times.push(performance.now() - began);
  }
  return times;
}"""

X, KERNEL = np.arange(25).reshape(5, 5) % 7, np.array([[2, 1, 3], [1, 1, 2], [-1, 3, 1]])
SETTINGS = {"stride": (1, 2), "padding": (0, 1)}


def as_slides(scene_of: Callable[..., Scene], **choices: Options) -> Explorer:
    """Return the figure of a scene as drawn views: one for each step of each setting, and nothing to edit."""
    slides = {
        values: [scene.picture(step) for step in range(scene.step_count)]
        for values in product(*choices.values())
        for scene in [scene_of(**dict(zip(choices, values, strict=True)))]
    }
    return explore(lambda setting, step: slides[setting][step],
                   setting=list(slides), step=lambda setting: range(len(slides[setting])))  # fmt: skip


PAIRS: dict[str, tuple[Callable[[], Explorer], Callable[[], Explorer]]] = {
    "window 5 × 5, kernel 3 × 3": (
        lambda: as_slides(partial(show.sliding_window, X, KERNEL), **SETTINGS),
        lambda: explore(show.sliding_window, input=editable(X), kernel=editable(KERNEL), **SETTINGS),
    ),
    "stamps 2 × 2, kernel 3 × 3": (
        lambda: as_slides(partial(show.stamps, X[:2, :2], KERNEL), **SETTINGS),
        lambda: explore(show.stamps, input=editable(X[:2, :2]), kernel=editable(KERNEL), **SETTINGS),
    ),
    "inserted zeros 2 × 2, kernel 3 × 3": (
        lambda: as_slides(partial(show.inserted_zeros, X[:2, :2], KERNEL), **SETTINGS),
        lambda: explore(show.inserted_zeros, input=editable(X[:2, :2]), kernel=editable(KERNEL), **SETTINGS),
    ),
    "max pooling 5 × 5": (
        lambda: as_slides(partial(show.max_pooling, X), kernel_size=(2, 3), **SETTINGS),
        lambda: explore(show.max_pooling, input=editable(X), kernel_size=choice((2, 3)), **SETTINGS),
    ),
}  # fmt: skip


def main() -> None:
    """Measure and write."""
    results = {name: bytes_of(drawn(), wired()) for name, (drawn, wired) in PAIRS.items()}
    for name, milliseconds in edit_times().items():
        results[name] |= milliseconds
    scripts = {name: sizes(minified(script)) for name, script in all_scripts().items()}
    found = {"figures": results, "scripts": scripts, "machine": platform.platform()}
    (HERE / "figures.json").write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    (HERE / "figures.md").write_text(as_markdown(found), encoding="utf-8")
    print(as_markdown(found))


def all_scripts() -> dict[str, str]:
    """Return the scripts of the pages by name."""
    return {"explore.js": page_script()} | {f"explore-{kind}.js": kind_script(kind) for kind in KINDS}


def minified(script: str) -> str:
    """Return a script as the book has it."""
    return minify.string("application/javascript", script)


def sizes(text: str) -> dict[str, int]:
    """Return how many bytes a text has, as it is and compressed."""
    return {"bytes": len(text.encode()), "gzip": len(gzip.compress(text.encode(), 9, mtime=0))}


def bytes_of(drawn: Explorer, wired: Explorer) -> dict[str, dict[str, int]]:
    """Return the bytes of data that a page holds for a figure of both kinds."""
    told = {"drawn": drawn, "wired": wired}
    return {kind: sizes(json.dumps(page_data(one.views), ensure_ascii=False, separators=(",", ":")))
            for kind, one in told.items()}  # fmt: skip


def edit_times() -> dict[str, dict[str, float]]:
    """Return the median and the 95th percentile of milliseconds that an edit of each wired figure takes."""
    from playwright.sync_api import sync_playwright

    figures = {f"figure-{n}": wired() for n, (_, wired) in enumerate(PAIRS.values())}
    html = "".join(page_html(one.views, name) for name, one in figures.items())
    style, script = f"<style>{stylesheet()}</style>", f"<script>{minified(page_script())}</script>"
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        page_file = Path(folder) / "index.html"
        page_file.write_text(f"<!doctype html><meta charset=utf-8>{style}{html}{script}", encoding="utf-8")
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(page_file.as_uri())
        found = {name: edit_time(page.locator(f"#{figure}")) for name, figure in zip(PAIRS, figures, strict=True)}
        browser.close()
    return found


def edit_time(figure: object, edits: int = EDITS) -> dict[str, float]:
    """Return how long edits of one figure take."""
    figure.scroll_into_view_if_needed()
    figure.locator(".editable").first.wait_for()
    figure.locator(".editable").first.focus()
    figure.page.keyboard.press("Enter")
    times = sorted(figure.page.evaluate(EDIT, [figure.element_handle(), edits]))
    return {"edit, ms": round(statistics.median(times), 1), "edit, 95 of 100, ms": round(times[int(0.95 * edits)], 1)}


def as_markdown(found: dict) -> str:
    """Return what was measured as tables."""
    lines = ["| figure | drawn, bytes | gzip | wired, bytes | gzip | an edit, ms | 95 of 100 |"]
    lines.append("|---|--:|--:|--:|--:|--:|--:|")
    for name, one in found["figures"].items():
        drawn, wired = one["drawn"], one["wired"]
        lines.append(f"| {name} | {drawn['bytes']:,} | {drawn['gzip']:,} | {wired['bytes']:,} | {wired['gzip']:,} "
                     f"| {one['edit, ms']} | {one['edit, 95 of 100, ms']} |")  # fmt: skip
    lines += ["", "| script, minified | bytes | gzip |", "|---|--:|--:|"]
    lines += [f"| {name} | {one['bytes']:,} | {one['gzip']:,} |" for name, one in found["scripts"].items()]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
