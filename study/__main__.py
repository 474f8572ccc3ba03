"""Compare decoders: ``python -m study --out results``.

First tries learning rates, for every decoder on every task, on validation images. Then trains every decoder with the
rate that suited it, for every number of steps and from every seed, and measures it on test images. Writes one file a
run into the folder, and the table of all runs that it finds there. Interrupted, it goes on where it stopped when called
again. Runs on processes of this machine, or on a Dask cluster if ``--scheduler`` gives the address of its scheduler;
every worker needs this package installed, and should be started with ``OPENBLAS_NUM_THREADS=1``, because these networks
are too small for threads.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import Executor

from jobs.executors import workers
from jobs.store import Store
from lib.learn import DECODER_KINDS
from study import store as results
from study.comparison import DECODERS, TASKS, Configuration
from study.plan import BUDGETS, RATES, SWEEP_STEPS, at_best_rates, best_rates, configurations, sweep
from study.running import run_all
from study.table import stored_table, write_table


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the study; return 0 if every run is there, 1 if one failed, 130 if interrupted."""
    options = _parser().parse_args(arguments)
    settings = {"tasks": options.tasks, "images": options.images}
    tried = sweep(options.decoders, options.rates, steps=options.sweep_steps, **settings)
    wanted = [
        run
        for steps in options.budgets
        for run in configurations(options.seeds, options.decoders, steps=steps, **settings)
    ]
    store = Store(options.out)

    try:
        with workers(options.scheduler, options.jobs) as executor:
            failures = _run(tried if len(options.rates) > 1 else [], wanted, options.rates[0], executor, store)
    except KeyboardInterrupt:
        print(f"Interrupted. What was done is in {options.out}; the same command goes on from there.", file=sys.stderr)
        return 130
    finally:
        table = stored_table(store)
        if table["runs"]:
            write_table(store.folder / "table", table)

    if failures:
        print(f"{failures} runs failed; the same command tries them again.", file=sys.stderr)
        return 1
    print(f"All {len(wanted)} runs are done; their table is in {store.folder / 'table'}.")
    return 0


def _run(tried: list[Configuration], wanted: list[Configuration], rate: float, executor: Executor, store: Store) -> int:
    """Try the learning rates, or take the only one there is; then do what is wanted. Return how many runs failed."""
    failures = run_all(tried, executor, store, report=_say)
    if failures:
        return len(failures)

    rates = {(run.task, run.decoder): rate for run in wanted}
    rates |= best_rates(results.read(store, run) for run in tried)
    return len(run_all(at_best_rates(wanted, rates), executor, store, report=_say))


def _say(line: str) -> None:
    print(line, flush=True)


def _parser() -> argparse.ArgumentParser:
    default = Configuration("segmentation", DECODERS[0], 0)
    parser = argparse.ArgumentParser(prog="python -m study", description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5, metavar="N", help="run each decoder from seeds 0 to N - 1")
    parser.add_argument("--out", required=True, metavar="DIR", help="where results are kept, and found again")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), metavar="N", help="processes of this machine")
    parser.add_argument("--scheduler", metavar="ADDRESS", help="use the Dask cluster there instead")
    parser.add_argument("--decoders", type=_list(str), default=DECODERS, help=f"some of {', '.join(DECODER_KINDS)}")
    parser.add_argument("--tasks", type=_list(str), default=TASKS, help=f"some of {', '.join(TASKS)}")
    parser.add_argument("--budgets", type=_list(int), default=BUDGETS, metavar="STEPS,...", help="steps of training")
    parser.add_argument("--rates", type=_list(float), default=RATES, metavar="RATE,...",
                        help="learning rates to choose from; a single one is taken without trying")  # fmt: skip
    parser.add_argument("--sweep-steps", type=int, default=SWEEP_STEPS, help="steps for which rates are tried")
    parser.add_argument("--images", type=int, default=default.images, help="how many to train with")
    return parser


def _list(kind: Callable[[str], object]) -> Callable[[str], list[object]]:
    def several(text: str) -> list[object]:
        return [kind(part) for part in text.split(",")]

    return several


if __name__ == "__main__":
    sys.exit(main())
