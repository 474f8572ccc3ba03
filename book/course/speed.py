"""The page on speed: bars and a table of the committed measurements, read when the book is built."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from course.markup import piece

RESULTS = Path(__file__).parents[2] / "benchmarks" / "results.json"
FASTEST, SLOWEST = 1 / 16, 4  # ends of the axis, as ratios to PyTorch's time
TICKS = (0.125, 0.25, 0.5, 1, 2)
WORDS = {"aim": "aim reached", "yes": "reached", "no": "missed"}

Case = dict[str, Any]  # as benchmarks.timing.Result describes it


def place(ratio: float) -> float:
    """Return where a ratio lies on the axis, in percent from the left; each halving is one step, and ends hold.

    >>> [place(ratio) for ratio in (1 / 16, 1, 4, 100)]
    [0.0, 66.66666666666667, 100.0, 100.0]
    """
    steps = math.log2(min(max(ratio, FASTEST), SLOWEST) / FASTEST)
    return 100 * steps / math.log2(SLOWEST / FASTEST)


def asked(case: Case) -> list[str]:
    """Return which figures a case has to reach: none, or the one that it must and the one that is aimed at."""
    return [name for name in ("must", "aim") if case[name] is not None]


def marks(case: Case) -> list[tuple[str, float]]:
    """Return these figures as ratios to PyTorch's time."""
    scale = case["microseconds"]["PyTorch"] if case["unit"] == "µs" else 1
    return [(name, case[name] / scale) for name in asked(case)]


def words(case: Case) -> str:
    """Return in words what a case's bar shows: what was measured, what was to be reached, and the others."""
    unit, ratio = (" µs" if case["unit"] == "µs" else ""), case["ratios"]["ours"]
    measured = f"{case['microseconds']['ours']:.1f} µs, {ratio:.2f}" if unit else f"{ratio:.2f}"

    goals = ", ".join(f"{name} {case[name]:g}" for name in asked(case))
    verdict = f": {WORDS[case['reached']]} ({goals}{unit})" if goals else ""

    others = {name: value for name, value in case["ratios"].items() if name not in ("ours", "PyTorch")}
    return measured + verdict + "".join(f"; {name} {value:.2f}" for name, value in others.items())


def bars(cases: list[Case]) -> nodes.raw:
    """Return a list of cases, each with its bar and the same in words, as part of a page."""
    return piece("speed.html", cases=cases, ticks=TICKS, place=place, marks=marks, words=words)


def table(cases: list[Case]) -> str:
    """Return all numbers as a table in Markdown."""
    lines = ["| case | ours, µs | PyTorch, µs | ratio | spare memory |", "|---|--:|--:|--:|--:|"]

    for case in cases:
        spare = "" if case["spare_bytes"] is None else f"{case['spare_bytes'] / 2**20:.2f} MiB"
        ours, theirs = case["microseconds"]["ours"], case["microseconds"]["PyTorch"]
        lines.append(f"| {case['name']} | {ours:.1f} | {theirs:.1f} | {case['ratios']['ours']:.2f} | {spare} |")

    return "\n".join(lines)


def summary(cases: list[Case]) -> str:
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
            return [*self._parsed(summary(cases)), bars(cases)]

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
