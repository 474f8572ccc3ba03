"""Run every notebook and every doctest in each way in which this machine can compute, and say where that matters.

What a page prints and asserts has to hold for a reader whose processor adds in another order. So each notebook runs
under each of OpenBLAS's kernels that this processor can run, with one thread and with two, and every stored output is
compared as strictly as the tests do it. ``python tools/kernels.py`` runs everything, or the notebooks that are named;
``lib`` among them stands for the doctests. What has passed is remembered below ``build/kernels`` and not run again
until it, the package or a version changes: an interrupted run goes on where it was. Exits with 1 after any failure.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import hashlib
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path
from xml.etree import ElementTree

import arithmetic
from arithmetic import Arithmetic
from notebooks import ENVIRONMENT, ROOT, all_notebooks, shown

RESULTS = ROOT / "build" / "kernels"
DOCTESTS = ROOT / "lib"
# What decides how a notebook runs besides the notebook itself, and how its outputs are compared.
SHARED = ("lib/**/*", "conftest.py", "pyproject.toml", "tests/nbval.cfg")
CELL_TIMEOUT = 1200  # seconds: the oldest kernel on a busy machine takes its time
COLOUR = re.compile(r"\x1b\[[0-9;]*m|#x1B\[[0-9;]*m")


@dataclass(frozen=True)
class Case:
    """One notebook, or the doctests, to run in one way."""

    path: Path
    way: Arithmetic

    def __str__(self) -> str:
        return f"{self.way}: {'doctests of lib' if self.path == DOCTESTS else shown(self.path)}"

    @property
    def record(self) -> Path:
        """Where the outcome is kept; what pytest said stands beside it."""
        name = shown(self.path).removesuffix(".ipynb").replace("/", "-").replace(" ", "-")
        return RESULTS / f"{self.way.kernel}-{self.way.threads}" / f"{name}.json"


@dataclass(frozen=True)
class Outcome:
    """What became of a case: what failed in it, if anything, and how long it took."""

    failures: tuple[str, ...]
    seconds: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="*", type=Path, help="notebooks, and lib for the doctests; default: all")
    parser.add_argument("--kernels", nargs="+", metavar="NAME", help="default: all that this processor can run")
    parser.add_argument("--threads", nargs="+", type=int, default=[1, 2], metavar="N", help="default: 1 2")
    parser.add_argument("--cores", type=int, default=os.cpu_count(), help="how many to use; default: all")
    parser.add_argument("--again", action="store_true", help="run also what has passed before")
    parser.add_argument("--list", action="store_true", help="run nothing; say in which ways this machine can compute")
    options = parser.parse_args(arguments)

    try:
        ways = arithmetic.possible(options.threads, options.kernels)
        paths = [path.resolve() for path in options.paths] or all_paths()
        if missing := [str(path) for path in paths if not path.exists()]:
            raise ValueError(f"paths must exist, got {', '.join(missing)}")
    except ValueError as error:
        parser.error(str(error))

    for way in ways:
        without = f", NumPy without {' '.join(way.without)}" if way.without else ""
        print(f"{way}{without}", flush=True)
    return 0 if options.list else run_all([Case(path, way) for way in ways for path in paths], options)


def all_paths() -> list[Path]:
    """Return what is run by default: the doctests, and every notebook but those made of others."""
    return [DOCTESTS, *sorted(all_notebooks())]


# Running -------------------------------------------------------------------------------------------------------------


def run_all(cases: Sequence[Case], options: argparse.Namespace) -> int:
    """Run all cases that have not passed before, tell of each as it ends, and return 1 if one failed."""
    waiting = [case for case in cases if options.again or not passed_before(case)]
    if passed := len(cases) - len(waiting):
        print(f"{passed} of {len(cases)} passed before, with nothing changed since")

    failed: list[tuple[Case, Outcome]] = []
    for number, (case, outcome) in enumerate(outcomes(waiting, options.cores), start=1):
        said = f"FAILED at {outcome.failures[0]}" if outcome.failures else "passed"
        said += f" and {len(outcome.failures) - 1} more" if len(outcome.failures) > 1 else ""
        print(f"[{number}/{len(waiting)}] {case}: {said}, {outcome.seconds:.1f} s", flush=True)
        if outcome.failures:
            failed.append((case, outcome))

    for case, outcome in failed:
        tell_more(case, outcome)
    print(f"run: {len(waiting)}, failed: {len(failed)}")
    return 1 if failed else 0


def tell_more(case: Case, outcome: Outcome) -> None:
    """Print every failure of a case, how to see it again, and where all that pytest said is kept."""
    variables = " ".join(f"{name}='{value}'" for name, value in case.way.environment.items())
    lines = [str(case), *outcome.failures, f"again: {variables} pytest -n 0 {shown(case.path)}"]
    lines.append(f"in full: {shown(case.record.with_suffix('.txt'))}")
    print("", "\n  ".join(lines), sep="\n", file=sys.stderr)


def outcomes(cases: Sequence[Case], cores: int) -> Iterator[tuple[Case, Outcome]]:
    """Run cases side by side, as many as the cores have threads for, and yield each as it ends."""
    for threads in sorted({case.way.threads for case in cases}):
        with ThreadPoolExecutor(max(1, cores // threads)) as pool:
            together = sorted((case for case in cases if case.way.threads == threads), key=expected, reverse=True)
            running: dict[Future[Outcome], Case] = {pool.submit(run, case): case for case in together}
            try:
                for future in as_completed(running):
                    yield running[future], future.result()
            finally:
                pool.shutdown(wait=False, cancel_futures=True)


def run(case: Case) -> Outcome:
    """Run one case, with pytest in a process of its own, and keep the outcome."""
    key, started = key_of(case), time.monotonic()
    case.record.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-c", ROOT / "pyproject.toml", "--rootdir", ROOT, "-n", "0"]
        command += ["-p", "no:cacheprovider", f"--nbval-cell-timeout={CELL_TIMEOUT}", f"--junitxml={report}", case.path]
        ended = subprocess.run(
            list(map(str, command)),
            cwd=ROOT,
            env=os.environ | ENVIRONMENT | case.way.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
        failures = failures_in(report) if ended.returncode in (0, 1) else []
    if ended.returncode != 0 and not failures:
        failures = [f"pytest, which ended with status {ended.returncode}"]

    outcome = Outcome(tuple(failures), time.monotonic() - started)
    keep(case.record.with_suffix(".txt"), COLOUR.sub("", ended.stdout))
    keep(case.record, json.dumps({"key": key, "failures": failures, "seconds": round(outcome.seconds, 1)}, indent=1))
    return outcome


def failures_in(report: Path) -> list[str]:
    """Return the names of the cells or doctests that failed, as pytest reports them, with the last line of why."""
    found = []
    for test in ElementTree.parse(report).iter("testcase"):
        for trouble in [*test.iter("failure"), *test.iter("error")]:
            lines = [line.strip() for line in COLOUR.sub("", trouble.text or "").splitlines() if line.strip()]
            found.append(f"{test.get('name')} ({lines[-1][:100]})" if lines else test.get("name", ""))
    return found


# Remembering ---------------------------------------------------------------------------------------------------------


def passed_before(case: Case) -> bool:
    """Say whether the case has passed since anything changed that could make it fail."""
    record = recorded(case)
    return record.get("failures") == [] and record.get("key") == key_of(case)


def expected(case: Case) -> float:
    """Return how long the case took last time; what never ran counts as longest, so that nothing long comes last."""
    return recorded(case).get("seconds", float("inf"))


def recorded(case: Case) -> dict:
    """Return what was kept of a case, or nothing."""
    with contextlib.suppress(OSError, ValueError):
        found = json.loads(case.record.read_text(encoding="utf-8"))
        if isinstance(found, dict):
            return found
    return {}


def keep(path: Path, text: str) -> None:
    """Write a file in one step, so that an interruption leaves no half of it."""
    part = path.with_suffix(".part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


def key_of(case: Case) -> str:
    """Return a digest of all that decides the outcome of a case."""
    own = b"" if case.path == DOCTESTS else case.path.read_bytes()
    return hashlib.sha256(b"\0".join([shared_key().encode(), repr(case.way).encode(), own])).hexdigest()


@functools.cache
def shared_key() -> str:
    """Return a digest of the package, the settings of the tests, and the versions of all that is installed."""
    digest = hashlib.sha256()
    for path in files(SHARED):
        digest.update(f"{shown(path)}\0".encode() + path.read_bytes() + b"\0")
    installed = sorted(f"{each.metadata['Name']}=={each.version}" for each in distributions())
    digest.update("\n".join([platform.python_version(), platform.platform(), *installed]).encode())
    return digest.hexdigest()


def files(patterns: Iterable[str]) -> list[Path]:
    """Return the files below the root that match, in a fixed order, without what Python makes of them."""
    found = {path for pattern in patterns for path in ROOT.glob(pattern) if path.is_file()}
    return sorted(path for path in found if "__pycache__" not in path.parts)


if __name__ == "__main__":
    sys.exit(main())
