"""Measure every case and write the table: ``python -m benchmarks``.

Options: ``--only WORD`` measures the cases whose name contains the word and prints them without writing,
``--seconds S`` spends about so much processor time on each case.
"""

from __future__ import annotations

import argparse
import os

# One thread each. BLAS libraries read these when they are loaded, so they are set before anything imports NumPy.
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"


def main() -> None:
    """Measure and write ``speed.json`` and ``speed.md`` where the course keeps what was measured."""
    from benchmarks.cases import all_cases
    from benchmarks.report import as_markdown, environment, write
    from benchmarks.timing import keep_memory, measure
    from lib.data.studies import FOLDER

    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="measure the cases whose name contains this word; write nothing")
    parser.add_argument("--seconds", type=float, default=4.0, help="processor time to spend on each case")
    options = parser.parse_args()

    keep_memory()
    results = []
    for case in all_cases():
        if options.only in case.name:
            results.append(measure(case, options.seconds))
            print(as_markdown(results[-1:], header=len(results) == 1), flush=True)
    if not options.only:
        write(FOLDER, results, environment())


if __name__ == "__main__":
    main()
