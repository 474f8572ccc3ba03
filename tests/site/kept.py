"""The explorers of a page, the drawn ones as its kernel drew them for the site, so that nothing is trained for tests.

That a page's data hold what the library computes is for tests/show; what becomes of them on the page, for tests here.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any

import building
import numpy as np
from bs4 import BeautifulSoup, Tag
from course.execution import job_of
from course.records import Records, outputs_of
from explorers import explorers_of

from lib.show.explore.explorer import Explorer
from lib.show.explore.settings import Choice, Control
from lib.show.explore.views import Views
from lib.show.picture import Picture


@dataclass(frozen=True)
class KeptControl(Control):
    """A control whose options, as texts, are known for each choice of the controls before it."""

    by_earlier: dict[tuple[str, ...], list[str]]

    def options(self, earlier: dict[str, Any]) -> list[str]:
        """Return the options, given the texts that the controls before this one show."""
        return self.by_earlier[tuple(earlier.values())]


@dataclass(frozen=True)
class KeptViews(Views):
    """Views that were drawn, each as the lines of its caption and its picture."""

    kept: dict[tuple[int, ...], Picture] = field(default_factory=dict)

    def view(self, state: Sequence[int]) -> Picture:
        """Return the picture that was drawn for a state."""
        return self.kept[tuple(state)]


@dataclass(frozen=True)
class KeptExplorer:
    """What the tests ask of an explorer."""

    views: KeptViews


def explorers_on(page: str) -> list[KeptExplorer | Explorer]:
    """Return the explorers of a page: a drawn one as it was drawn, a wired one from running the notebook up to it."""
    figures = explorer_figures(page)
    data = [json.loads(figure.find("script", type="application/json").string) for figure in figures]
    wired = [any("count" in scene for scene in one["scenes"].values()) for one in data]
    ran = explorers_of(building.notebook_of(page), up_to=max(np.flatnonzero(wired) + 1, default=0))
    return [
        ran[number] if wired[number] else KeptExplorer(views_of(figure, one))
        for number, (figure, one) in enumerate(zip(figures, data, strict=True))
    ]


def explorer_figures(page: str) -> list[Tag]:
    """Return the explorers of a page as its cells displayed them."""
    return [figure for html in displayed(page) for figure in BeautifulSoup(html, "html.parser").select(".explore")]


def displayed(page: str) -> list[str]:
    """Return the HTML that the cells of a page displayed when it was executed for the site."""
    notebook = building.notebook_of(page)
    job = job_of(str(Path(page).with_suffix("")), notebook, building.ROOT)
    record = Records(building.executed()).find(job.name, building.ROOT)
    assert record, f"{page} was not executed for the site that is tested"
    found = [output.get("data", {}).get("text/html") for outputs in outputs_of(record) for output in outputs]
    return [html for html in found if html]


def views_of(figure: Tag, data: dict[str, Any]) -> KeptViews:
    """Return the views that the data of a page hold."""
    labels = [label.get_text() for label in figure.select("form :is(legend, label[for])")]
    controls: list[KeptControl] = []
    reached: dict[tuple[int, ...], tuple[str, ...]] = {(): ()}  # indices and texts of what the controls so far can show

    for told, label, start in zip(data["controls"], labels, data["start"], strict=True):
        offered = {state: told["by"][key_of(state)] if "by" in told else told["options"] for state in reached}
        first = offered[tuple(data["start"][: len(controls)])][start]
        by_earlier = {reached[state]: options for state, options in offered.items()}
        controls.append(KeptControl(told["name"], Choice(told["options"], label, first), by_earlier))
        reached = {
            (*state, index): (*reached[state], text)
            for state, options in offered.items()
            for index, text in enumerate(options)
        }

    return KeptViews(refuse_to_draw, tuple(controls), {}, {state: picture(data, state) for state in reached})


def picture(data: dict[str, Any], state: tuple[int, ...]) -> Picture:
    """Return the picture that the data of a page hold for a state."""
    scene = data["scenes"][key_of(state)]
    return Picture("\n".join(data["parts"][line] for line in scene["panels"]), unescape(scene["caption"]))


def key_of(state: tuple[int, ...]) -> str:
    """Return how a page's data name a state."""
    return ",".join(map(str, state))


def refuse_to_draw(**values: Any) -> Picture:
    """Stand where a function that draws would."""
    raise AssertionError(f"a view that is kept is not drawn again, as for {values}")
