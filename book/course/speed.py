"""The page on speed: bars and a table of the committed measurements, read when the book is built."""

from __future__ import annotations

import json
import math
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

RESULTS = Path(__file__).parents[2] / "benchmarks" / "results.json"
FASTEST, SLOWEST = 1 / 16, 4  # ends of the axis, as ratios to PyTorch's time
TICKS = (0.125, 0.25, 0.5, 1, 2)
WORDS = {"aim": "aim reached", "yes": "reached", "no": "missed"}


def place(ratio: float) -> float:
    """Return where a ratio lies on the axis, in percent from the left; each halving is one step, and ends hold.

    >>> [place(ratio) for ratio in (1 / 16, 1, 4, 100)]
    [0.0, 66.66666666666667, 100.0, 100.0]
    """
    steps = math.log2(min(max(ratio, FASTEST), SLOWEST) / FASTEST)
    return 100 * steps / math.log2(SLOWEST / FASTEST)


def relative(case: dict[str, Any], name: str) -> float:
    """Return what must be reached, or is aimed at, as a ratio to PyTorch's time."""
    return case[name] / case["microseconds"]["PyTorch"] if case["unit"] == "µs" else case[name]


def bars(cases: list[dict[str, Any]]) -> str:
    """Return a list of cases as HTML, each with its bar and the same in words."""
    ticks = "".join(f'<span style="left:{place(tick):.1f}%">{tick:g}</span>' for tick in TICKS)
    items = "\n".join(_item(case) for case in cases)
    axis = f'<div class="axis" aria-hidden="true">{ticks}</div>'
    return f'<figure class="speed">{axis}<ul>{items}</ul>{axis}</figure>'


def _item(case: dict[str, Any]) -> str:
    ratio = case["ratios"]["ours"]
    left, right = sorted((place(ratio), place(1)))
    bar = f'<rect class="bar {case["reached"]}" x="{left:.2f}" y="5" width="{max(right - left, 0.4):.2f}" height="14"/>'
    lines = "".join(f'<path class="tick" d="M{place(tick):.2f} 0V24"/>' for tick in TICKS if tick != 1)
    lines += f'<path class="one" d="M{place(1):.2f} 0V24"/>'
    asked = [name for name in ("must", "aim") if case[name] is not None]
    marks = "".join(f'<path class="{name}" d="M{place(relative(case, name)):.2f} 1V23"/>' for name in asked)
    drawing = f'<svg viewBox="0 0 100 24" preserveAspectRatio="none" aria-hidden="true">{lines}{bar}{marks}</svg>'
    others = "".join(
        f"; {name} {value:.2f}" for name, value in case["ratios"].items() if name not in ("ours", "PyTorch")
    )
    unit = " µs" if case["unit"] == "µs" else ""
    goal = ", ".join(f"{name} {case[name]:g}" for name in asked) + unit
    verdict = f": {WORDS[case['reached']]} ({goal})" if asked else ""
    ours = f"{case['microseconds']['ours']:.1f} µs, {ratio:.2f}" if case["unit"] == "µs" else f"{ratio:.2f}"
    note = f'<p class="note">{escape(case["note"])}</p>' if case.get("note") else ""
    return f"<li><p><b>{escape(case['name'])}</b></p>{drawing}<p>{ours}{verdict}{escape(others)}</p>{note}</li>"


def table(cases: list[dict[str, Any]]) -> str:
    """Return all numbers as a table in Markdown."""
    lines = ["| case | ours, µs | PyTorch, µs | ratio | spare memory |", "|---|--:|--:|--:|--:|"]
    for case in cases:
        spare = "" if case["spare_bytes"] is None else f"{case['spare_bytes'] / 2**20:.2f} MiB"
        ours, theirs = case["microseconds"]["ours"], case["microseconds"]["PyTorch"]
        lines.append(f"| {case['name']} | {ours:.1f} | {theirs:.1f} | {case['ratios']['ours']:.2f} | {spare} |")
    return "\n".join(lines)


def summary(cases: list[dict[str, Any]]) -> str:
    """Return in a sentence how many cases reach what they must."""
    reached = [case["reached"] for case in cases if case["must"] is not None]
    aimed, missed = reached.count("aim"), reached.count("no")
    faster = sum(case["ratios"]["ours"] < 1 for case in cases)
    return (
        f"Of {len(reached)} cases with a figure to reach, {len(reached) - missed} reach it, {aimed} of them the aim as "
        f"well, and {missed} miss it. In {faster} of all {len(cases)} the library takes less time than PyTorch."
    )


class Speed(SphinxDirective):
    """Show the committed measurements: a summary and the bars, or the ``numbers`` and what they were measured with."""

    optional_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return one half of the page's content."""
        self.env.note_dependency(str(RESULTS))
        measured = json.loads(RESULTS.read_text(encoding="utf-8"))
        cases, machine = measured["results"], dict(measured["environment"])
        if self.arguments != ["numbers"]:
            return [*self._parsed(summary(cases)), nodes.raw("", bars(cases), format="html")]
        date = machine.pop("date")
        versions = ", ".join(f"{name} {value}" for name, value in machine.items())
        return self._parsed(f"{table(cases)}\n\nMeasured on {date} with {versions}.")

    def _parsed(self, text: str) -> list[nodes.Node]:
        container = nodes.Element()
        self.state.nested_parse(StringList(text.splitlines(), str(RESULTS)), 0, container)
        return container.children


def add_speed(app: Sphinx) -> None:
    """Register the directive."""
    app.add_directive("measured-speed", Speed)
