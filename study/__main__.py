"""Compare decoders: ``python -m study --seeds 5 --out results``.

Trains every decoder on every task from every seed and writes one file a run into the folder, and when all are done the
table of them. Interrupted, it goes on where it stopped when called again. Runs on processes of this machine, or on a
Dask cluster if ``--scheduler`` gives the address of its scheduler; every worker needs this package installed, and
should be started with ``OPENBLAS_NUM_THREADS=1``, because these networks are too small for threads.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from jobs.executors import dask_cluster, local_processes
from jobs.store import Store
from lib.learn import DECODER_KINDS
from study.comparison import DECODERS, Configuration
from study.running import configurations, run_all
from study.table import stored_table, write_table


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the study; return 0 if every run is there, 1 if one failed, 130 if interrupted."""
    options = _parser().parse_args(arguments)
    settings = {name: getattr(options, name) for name in ("split", "learning_rate", "steps", "images")}
    wanted = configurations(options.seeds, options.decoders.split(","), **settings)
    store = Store(options.out)

    try:
        with dask_cluster(options.scheduler) if options.scheduler else local_processes(options.jobs) as executor:
            failures = run_all(wanted, executor, store, report=lambda line: print(line, flush=True))
    except KeyboardInterrupt:
        print(f"Interrupted. What was done is in {options.out}; the same command goes on from there.", file=sys.stderr)
        return 130

    if failures:
        print(f"{len(failures)} of {len(wanted)} runs failed; the same command tries them again.", file=sys.stderr)
        return 1
    write_table(store.folder / "table", stored_table(store, wanted))
    print(f"All {len(wanted)} runs are done; their table is in {store.folder / 'table'}.")
    return 0


def _parser() -> argparse.ArgumentParser:
    default = Configuration("segmentation", DECODERS[0], 0)
    parser = argparse.ArgumentParser(prog="python -m study", description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5, metavar="N", help="run each decoder from seeds 0 to N - 1")
    parser.add_argument("--out", required=True, metavar="DIR", help="where results are kept, and found again")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), metavar="N", help="processes of this machine")
    parser.add_argument("--scheduler", metavar="ADDRESS", help="use the Dask cluster there instead")
    parser.add_argument("--decoders", default=",".join(DECODERS), help=f"some of {', '.join(DECODER_KINDS)}")
    parser.add_argument("--split", default=default.split, help="the images to measure with; settings are chosen by "
                        "'validation'")  # fmt: skip
    parser.add_argument("--learning-rate", type=float, default=default.learning_rate)
    parser.add_argument("--steps", type=int, default=default.steps)
    parser.add_argument("--images", type=int, default=default.images, help="how many to train with")
    return parser


if __name__ == "__main__":
    sys.exit(main())
