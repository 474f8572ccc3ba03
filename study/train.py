"""Train the networks whose weights ship: ``python -m study.train --out results``.

Every network is trained from several seeds. The weights of the first one ship, whatever it scored; the scores of all
say how far it is from the others. Every finished training is a file of its own in the folder: interrupted, the same
command goes on from there. When all are done, weights and records are written to where the course reads them.
"""

from __future__ import annotations

import argparse
import base64
import io
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from jobs.executors import workers
from jobs.running import Job, run_missing
from jobs.store import Damaged, Store, write_bytes, write_text
from lib.data import trained
from lib.data.files import checksum
from lib.learn import Module
from study.environment import environment
from study.recipes import RECIPES

POINTS = 50  # that a curve of losses is kept as


def main(arguments: Sequence[str] | None = None) -> int:
    """Train what is missing; return 0 if all is there, 1 if a training failed, 130 if interrupted."""
    options = _parser().parse_args(arguments)
    names = options.only.split(";") if options.only else list(RECIPES)
    if not set(names) <= set(RECIPES):
        raise ValueError(f"--only must name some of {list(RECIPES)}, got {names}")
    seeds = {name: min(options.seeds, RECIPES[name].seeds) for name in names}
    jobs = [job_of(name, seed) for seed in range(options.seeds) for name in names if seed < seeds[name]]
    store = Store(options.out)

    try:
        with workers(options.scheduler, options.jobs) as executor:
            failures = run_missing(jobs, len(jobs), store, executor, lambda line: print(line, flush=True))
    except KeyboardInterrupt:
        print(f"Interrupted. What was done is in {options.out}; the same command goes on from there.", file=sys.stderr)
        return 130
    if failures:
        print(f"{len(failures)} trainings failed; the same command tries them again.", file=sys.stderr)
        return 1

    for name in names:
        ship(name, [store.read(job.key) for job in jobs if job.arguments[0] == name], Path(options.to))
    print(f"{len(names)} networks, {len(jobs)} trainings; weights and records are in {options.to}.")
    return 0


def job_of(name: str, seed: int) -> Job:
    """Return the training of one network from one seed as a piece of work."""
    return Job(
        key=f"{name.replace(', ', '-').replace(' ', '-')}-seed{seed}",
        name=f"{name}, seed {seed}",
        function=train,
        arguments=(name, seed),
        in_words=lambda result: ", ".join(f"{name} {value:.3f}" for name, value in result["scores"].items()),
        accept=lambda result: _accept(result, name, seed),
    )


def train(name: str, seed: int) -> dict[str, Any]:
    """Train one network from one seed: plain data in, plain data out, so that it can run on any machine."""
    recipe = RECIPES[name]
    network, history = recipe.train(seed)
    weights = as_bytes(network)
    network.load_state_dict(trained.state(weights))  # scores are those of the weights as stored
    return {
        "name": name,
        "seed": seed,
        "steps": recipe.steps,
        "learning_rate": recipe.learning_rate,
        "scores": {key: float(value) for key, value in recipe.scores(network).items()},
        "losses": curve(history.losses),
        "seconds": history.seconds,
        "environment": environment(),
        "weights": base64.b64encode(weights).decode() if seed == 0 else "",
    }


def as_bytes(network: Module) -> bytes:
    """Return the weights of a network as the contents of an ``.npz`` file, in half precision."""
    file = io.BytesIO()
    np.savez_compressed(file, **{name: array.astype(np.float16) for name, array in network.state_dict().items()})
    return file.getvalue()


def curve(losses: Sequence[float]) -> dict[str, list[float]]:
    """Return the mean loss of each of at most ``POINTS`` equal stretches, and the last step of each.

    >>> curve([4.0, 2.0, 1.0, 1.0])
    {'step': [1, 2, 3, 4], 'loss': [4.0, 2.0, 1.0, 1.0]}
    """
    parts = np.array_split(np.asarray(losses), min(POINTS, len(losses)))
    ends = np.cumsum([len(part) for part in parts])
    return {"step": ends.tolist(), "loss": [float(f"{part.mean():.4g}") for part in parts]}


def ship(name: str, results: list[dict[str, Any]], folder: Path) -> None:
    """Write the weights from the first seed, and the record of all seeds."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "records.json"
    records = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    first = results[0]

    record = {key: first[key] for key in ("steps", "learning_rate", "losses", "environment")}
    record["scores"] = {key: [float(f"{one['scores'][key]:.5g}") for one in results] for key in first["scores"]}
    record["file"] = f"{job_of(name, 0).key.removesuffix('-seed0')}.npz"
    write_bytes(folder / record["file"], base64.b64decode(first["weights"]))
    record["sha256"] = checksum(folder / record["file"])

    records[name] = record
    lines = (f" {json.dumps(key)}: {json.dumps(records[key])}" for key in RECIPES if key in records)
    write_text(path, "{\n" + ",\n".join(lines) + "\n}\n")


def _accept(result: Any, name: str, seed: int) -> None:
    """Raise Damaged if this is not the result of that training."""
    recipe = RECIPES[name]
    wanted = {"name": name, "seed": seed, "steps": recipe.steps, "learning_rate": recipe.learning_rate}
    if not isinstance(result, dict) or any(result.get(key) != value for key, value in wanted.items()):
        raise Damaged(f"the result of {name}, seed {seed}, is of a training with other settings")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m study.train", description=__doc__.splitlines()[0])
    parser.add_argument("--out", required=True, metavar="DIR", help="where results are kept, and found again")
    parser.add_argument("--to", default=str(trained.FOLDER), metavar="DIR", help="where weights and records go")
    parser.add_argument("--seeds", type=int, default=3, metavar="N", help="train each network from at most so many")
    parser.add_argument("--only", metavar="NAME;...", help="some networks instead of all")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), metavar="N", help="processes of this machine")
    parser.add_argument("--scheduler", metavar="ADDRESS", help="use the Dask cluster there instead")
    return parser


if __name__ == "__main__":
    sys.exit(main())
