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
from lib.data.studies import CHOSEN_BY, MEASURES, Table, budgets, learning_rates, values
from lib.learn import DECODER_KINDS
from study import store as results
from study.comparison import DECODERS, TASKS
from study.plan import best_rates

Result = dict[str, Any]

RUN = ("task", "decoder", "steps", "learning_rate", "seed")  # what tells the runs of one table apart
DIGITS = 6  # of a number in the table: more than rounding leaves the same on two machines


def gather(results: Iterable[Result]) -> Table:
    """Return one table of results: those on validation images as its sweep, those on test images as its runs.

    Of the runs only whole seeds are kept, from which every decoder was trained for so many steps: decoders are compared
    seed by seed.

    Raises
    ------
    ValueError
        If results were trained with different numbers of images, or one decoder with several learning rates.
    """
    results = sorted(results, key=_order)
    tested = _whole_seeds([result for result in results if result["configuration"]["split"] == "test"])
    tried = [result for result in results if result["configuration"]["split"] == "validation"]

    images = {result["configuration"]["images"] for result in results}
    if len(images) > 1:
        raise ValueError(f"results must have one and the same number of images, got {sorted(images)}")
    rates = {_names(result, ("task", "decoder", "learning_rate")) for result in tested}
    if len(rates) > len({pair[:2] for pair in rates}):
        raise ValueError(f"results must have one learning rate for each task and decoder, got {sorted(rates)}")

    environments = {json.dumps(result["environment"], sort_keys=True) for result in results}
    return {
        "settings": {"images": max(images, default=0)},
        "environments": [json.loads(text) for text in sorted(environments)],
        "sweep": [_named(result) | {"score": _rounded(_score(result))} for result in tried],
        "runs": [
            _named(result) | {"measured": {name: _rounded(value) for name, value in result["measured"].items()}}
            for result in tested
        ],
    }


def stored_table(store: Store) -> Table:
    """Return the table of the runs that a store holds, without those whose learning rate is chosen no longer."""
    return gather(at_chosen_rates(results.read_all(store)))


def at_chosen_rates(results: Iterable[Result]) -> list[Result]:
    """Return results without those on test images whose rate is not the one that the sweep among them chooses.

    So a sweep can be made wider later: what was trained with the best rate of the smaller one no longer counts.
    """
    found = list(results)
    chosen = best_rates(result for result in found if result["configuration"]["split"] == "validation")

    def counts(configuration: dict[str, Any]) -> bool:
        rate = configuration["learning_rate"]
        is_tried = configuration["split"] == "validation"
        return is_tried or rate == chosen.get((configuration["task"], configuration["decoder"]), rate)

    return [result for result in found if counts(result["configuration"])]


def write_table(folder: Path, table: Table) -> None:
    """Write ``decoders.json``, ``decoders.csv`` and ``decoders.md`` into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = {"json": as_json(table), "csv": as_csv(table), "md": as_markdown(table)}
    for ending, text in texts.items():
        (folder / f"decoders.{ending}").write_text(text, encoding="utf-8", newline="\n")


def as_json(table: Table) -> str:
    """Return the table as JSON, one run a line."""
    parts = []
    for name, content in table.items():
        if isinstance(content, list):
            lines = ",\n".join("  " + json.dumps(entry, ensure_ascii=False) for entry in content)
            parts.append(f' "{name}": [\n{lines}\n ]')
        else:
            parts.append(f' "{name}": {json.dumps(content, ensure_ascii=False)}')
    return "{\n" + ",\n".join(parts) + "\n}\n"


def as_csv(table: Table) -> str:
    """Return one line a run measured on test images, with a column a measure; a task leaves the other's empty."""
    measures = dict.fromkeys(measure for names in MEASURES.values() for measure in names)
    text = io.StringIO()
    writer = csv.DictWriter(text, [*RUN, *measures], lineterminator="\n")
    writer.writeheader()
    for run in table["runs"]:
        writer.writerow({name: run[name] for name in RUN} | run["measured"])
    return text.getvalue()


def as_markdown(table: Table) -> str:
    """Return means and standard deviations over seeds for each task and budget, one decoder a row."""
    parts = [
        "# Decoders compared",
        "Mean ± standard deviation over seeds, on test images. Every decoder was trained with "
        f"{table['settings']['images']} images and the learning rate that was best on validation images. "
        "Written by `python -m study`.",
    ]
    for task in dict.fromkeys(run["task"] for run in table["runs"]):
        parts.extend(_section(table, task, steps) for steps in budgets(table, task))
    for machine in table["environments"]:
        parts.append("Measured with " + ", ".join(f"{name} {value}" for name, value in machine.items()) + ".")
    return "\n\n".join(parts) + "\n"


def _section(table: Table, task: str, steps: int) -> str:
    measured = {measure: values(table, task, measure, steps) for measure in MEASURES[task]}
    rates = learning_rates(table)
    seeds = len(next(iter(measured["parameters"].values())))

    lines = [f"## {task.capitalize()}, {steps} steps, {seeds} seeds", ""]
    lines += [
        f"| decoder | learning rate | {' | '.join(MEASURES[task].values())} |",
        "|---|---|" + "---|" * len(measured),
    ]
    for decoder in measured["parameters"]:
        cells = (_cell(measure, numbers[decoder]) for measure, numbers in measured.items())
        lines.append(f"| {DECODER_KINDS[decoder]} | {rates[task, decoder]:g} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _whole_seeds(tested: list[Result]) -> list[Result]:
    """Leave out seeds that not all decoders of their task and number of steps were trained from."""
    decoders: dict[tuple[Any, ...], set[str]] = {}
    done: dict[tuple[Any, ...], set[str]] = {}
    for result in tested:
        decoder = result["configuration"]["decoder"]
        decoders.setdefault(_names(result, ("task", "steps")), set()).add(decoder)
        done.setdefault(_names(result, ("task", "steps", "seed")), set()).add(decoder)

    def is_whole(result: Result) -> bool:
        return done[_names(result, ("task", "steps", "seed"))] == decoders[_names(result, ("task", "steps"))]

    return [result for result in tested if is_whole(result)]


def _order(result: Result) -> tuple[Any, ...]:
    task, decoder, *rest = _names(result, RUN)
    place = DECODERS.index(decoder) if decoder in DECODERS else len(DECODERS)
    return TASKS.index(task), rest[0], place, decoder, *rest[1:]


def _names(result: Result, names: Iterable[str]) -> tuple[Any, ...]:
    return tuple(result["configuration"][name] for name in names)


def _named(result: Result) -> dict[str, Any]:
    return dict(zip(RUN, _names(result, RUN), strict=True))


def _score(result: Result) -> float:
    return result["measured"][CHOSEN_BY[result["configuration"]["task"]]]


def _rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


def _cell(measure: str, numbers: np.ndarray) -> str:
    """Return a mean and a standard deviation with the digits that they deserve."""
    if measure == "parameters":
        return f"{numbers[0]:.0f}"
    digits = {"psnr": 2, "seconds": 1}.get(measure, 3)
    if measure.startswith("checkerboard"):
        digits = 5
    deviation = numbers.std(ddof=1) if len(numbers) > 1 else 0
    return f"{numbers.mean():.{digits}f} ± {deviation:.{digits}f}"
