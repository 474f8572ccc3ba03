"""The table of a study: gathered from its results, written for programs and for readers, read back by a page."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from jobs.store import Store
from lib.data.studies import MEASURES, Table, values
from lib.learn import DECODER_KINDS
from study import store as results

RUN = ("task", "decoder", "seed")  # what tells the runs of one table apart; other settings are the same for all


def gather(results: Iterable[dict[str, Any]]) -> Table:
    """Return one table of results that have their settings in common.

    Raises
    ------
    ValueError
        If there are no results, or their settings differ in more than task, decoder and seed.
    """
    results = list(results)
    settings = {json.dumps(_settings(result["configuration"])) for result in results}
    if len(settings) != 1:
        raise ValueError(f"results must have one and the same settings, got {len(settings)}: {sorted(settings)}")
    environments = {json.dumps(result["environment"], sort_keys=True) for result in results}
    return {
        "settings": json.loads(settings.pop()),
        "environments": [json.loads(text) for text in sorted(environments)],
        "runs": [
            {**{name: result["configuration"][name] for name in RUN}, "measured": result["measured"]}
            for result in results
        ],
    }


def write_table(folder: Path, table: Table) -> None:
    """Write ``decoders.json``, ``decoders.csv`` and ``decoders.md`` into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = {
        "json": json.dumps(table, indent=1, ensure_ascii=False) + "\n",
        "csv": as_csv(table),
        "md": as_markdown(table),
    }
    for ending, text in texts.items():
        (folder / f"decoders.{ending}").write_text(text, encoding="utf-8", newline="\n")


def as_csv(table: Table) -> str:
    """Return one line a measured number."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*RUN, "measure", "value"])
    for run in table["runs"]:
        writer.writerows([*(run[name] for name in RUN), measure, value] for measure, value in run["measured"].items())
    return text.getvalue()


def as_markdown(table: Table) -> str:
    """Return means and standard deviations over seeds, one decoder a row."""
    seeds = len({run["seed"] for run in table["runs"]})
    named = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in table["settings"].items())
    parts = [
        "# Decoders compared",
        f"Mean ± standard deviation over {seeds} seeds; {named}. Written by `python -m study`.",
    ]
    for task in dict.fromkeys(run["task"] for run in table["runs"]):
        measured = {measure: values(table, task, measure) for measure in MEASURES[task]}
        lines = [f"## {task.capitalize()}", "", f"| decoder | {' | '.join(MEASURES[task].values())} |"]
        lines.append("|---|" + "---|" * len(measured))
        for decoder in next(iter(measured.values())):
            cells = (_cell(measure, numbers[decoder]) for measure, numbers in measured.items())
            lines.append(f"| {DECODER_KINDS[decoder]} | {' | '.join(cells)} |")
        parts.append("\n".join(lines))
    for machine in table["environments"]:
        parts.append("Measured with " + ", ".join(f"{name} {value}" for name, value in machine.items()) + ".")
    return "\n\n".join(parts) + "\n"


def stored_table(store: Store, wanted: Iterable[Any]) -> Table:
    """Return the table of the runs that a store holds."""
    return gather(result for configuration in wanted if (result := results.read(store, configuration)) is not None)


def _settings(configuration: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in configuration.items() if name not in RUN}


def _cell(measure: str, numbers: np.ndarray) -> str:
    """Return a mean and a standard deviation with the digits that they deserve."""
    if measure == "parameters":
        return f"{numbers[0]:.0f}"
    digits = {"psnr": 2, "seconds": 1}.get(measure, 3)
    if measure.startswith("checkerboard"):
        digits = 5
    return f"{numbers.mean():.{digits}f} ± {numbers.std():.{digits}f}"
