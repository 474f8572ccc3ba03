"""Break the project on purpose, one place at a time, and see whether the tests notice.

``tests/mutations.toml`` lists mutations: a file, a text that occurs in it exactly once, a wrong text for it, and the
few tests that must then fail. ``python tools/mutations.py`` makes each change in a copy of the tree, runs those tests
there and says whether it was caught; names on the command line select some. First the same tests have to pass with
nothing changed. What was caught is remembered below ``build/mutations`` until any file changes, so that an interrupted
run goes on where it was. Exits with 1 if a change survives, or cannot be made.
"""

from __future__ import annotations

import argparse
import functools
import hashlib
import os
import queue
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from notebooks import ROOT

LIST = ROOT / "tests" / "mutations.toml"
CAUGHT = ROOT / "build" / "mutations"
TIME_LIMIT = 900  # seconds for the tests of one mutation
# pytest's exit statuses, and what they say about a mutation
PASSED, FAILED = 0, 1


@dataclass(frozen=True)
class Mutation:
    """One deliberate mistake."""

    name: str  # says what is wrong
    file: str
    old: str
    new: str
    tests: tuple[str, ...]

    def faults(self) -> list[str]:
        """Say what keeps the mutation from being made."""
        path = ROOT / self.file
        if not path.is_file():
            return [f"{self.file} does not exist"]
        count = path.read_text(encoding="utf-8").count(self.old)
        found = [] if count == 1 else [f"{self.old!r} occurs {count} times in {self.file}, not once"]
        if self.old == self.new:
            found.append("old and new are equal")
        missing = [test for test in self.tests if not (ROOT / test.split("::")[0]).exists()]
        return found + [f"{test} does not exist" for test in missing]

    @property
    def record(self) -> Path:
        """The file whose contents, if they are :meth:`key`, say that the mutation was caught."""
        return CAUGHT / re.sub(r"\W+", "-", self.name)

    @property
    def key(self) -> str:
        """A digest of the mutation and of every file that a test could look at."""
        return hashlib.sha256(f"{self!r}{tree_key()}".encode()).hexdigest()


@dataclass(frozen=True)
class Outcome:
    """What became of a mutation."""

    caught: bool
    said: str
    seconds: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="only mutations whose names contain one of these; default: all")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="how many side by side; default: all cores")
    parser.add_argument("--again", action="store_true", help="run also what was caught before")
    parser.add_argument("--check", action="store_true", help="run nothing; say which mutations cannot be made")
    options = parser.parse_args(arguments)

    chosen = [each for each in mutations() if not options.names or any(name in each.name for name in options.names)]
    if not chosen:
        parser.error(f"no mutation has a name that contains {' or '.join(options.names)}")
    impossible = {mutation.name: faults for mutation in chosen if (faults := mutation.faults())}
    for name, faults in impossible.items():
        print(f"cannot be made: {name}: {'; '.join(faults)}", flush=True)
    if options.check:
        print(f"mutations: {len(chosen)}, cannot be made: {len(impossible)}")
        return 1 if impossible else 0

    possible = [mutation for mutation in chosen if mutation.name not in impossible]
    waiting = [mutation for mutation in possible if not was_caught(mutation) or options.again]
    survived = run_all(waiting, options.jobs)
    print(f"caught: {len(possible) - len(survived)} of {len(chosen)}, {len(possible) - len(waiting)} of them before")
    for name in survived:
        print(f"survived: {name}")
    return 1 if survived or impossible else 0


def mutations() -> list[Mutation]:
    """Return the mutations of the list.

    Raises
    ------
    ValueError
        If two have one name, or one lacks what it needs.
    """
    found = []
    for number, entry in enumerate(tomllib.loads(LIST.read_text(encoding="utf-8"))["mutation"], start=1):
        try:
            found.append(Mutation(**entry | {"tests": tuple(entry["tests"])}))
        except (KeyError, TypeError) as error:
            raise ValueError(f"{LIST.name}, mutation {number}: needs name, file, old, new and tests") from error
    names = [mutation.name for mutation in found]
    if doubled := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"{LIST.name}: names must differ, got twice {', '.join(doubled)}")
    return found


# Running -------------------------------------------------------------------------------------------------------------


def run_all(waiting: Sequence[Mutation], jobs: int) -> list[str]:
    """Try mutations side by side, each in a copy of the tree, and return the names of those that survived."""
    survived = []
    with tempfile.TemporaryDirectory(prefix="mutations-") as folder, ThreadPoolExecutor(max(1, jobs)) as pool:
        copies: queue.Queue[Path] = queue.Queue()
        for number in range(min(max(1, jobs), len(waiting))):
            copies.put(copy_of_tree(Path(folder) / str(number)))
        if waiting:
            check_unchanged(waiting, copies.queue[0], jobs)

        running = {pool.submit(try_in_a_copy, mutation, copies): mutation for mutation in waiting}
        try:
            for number, future in enumerate(as_completed(running), start=1):
                mutation, outcome = running[future], future.result()
                said = f"{'caught' if outcome.caught else 'SURVIVED'}, {outcome.said}, {outcome.seconds:.1f} s"
                print(f"[{number}/{len(waiting)}] {mutation.name}: {said}", flush=True)
                if not outcome.caught:
                    survived.append(mutation.name)
        finally:
            pool.shutdown(cancel_futures=True)
    return survived


def check_unchanged(waiting: Sequence[Mutation], tree: Path, jobs: int) -> None:
    """Run the tests of all mutations with nothing changed: where they fail anyway, they catch nothing."""
    tests = sorted({test for mutation in waiting for test in mutation.tests})
    print(f"running {len(tests)} selections of tests with nothing changed", flush=True)
    status, said = run_tests(tests, tree, "-n", str(max(1, jobs)))
    if status != PASSED:
        sys.exit(f"{said}\nthese tests have to pass before anything is changed")


def try_in_a_copy(mutation: Mutation, copies: queue.Queue[Path]) -> Outcome:
    """Make one change in a copy that nobody else uses, run its tests, and take the change back."""
    tree, started = copies.get(), time.monotonic()
    path = tree / mutation.file
    text = path.read_text(encoding="utf-8")
    try:
        path.write_text(text.replace(mutation.old, mutation.new), encoding="utf-8")
        status, said = run_tests(mutation.tests, tree, "-n", "0", "-x")
    finally:
        path.write_text(text, encoding="utf-8")
        copies.put(tree)

    caught, words = verdict(status, said)
    if caught:
        CAUGHT.mkdir(parents=True, exist_ok=True)
        mutation.record.write_text(mutation.key, encoding="utf-8")
    return Outcome(caught, words, time.monotonic() - started)


def verdict(status: int | None, said: str) -> tuple[bool, str]:
    """Say whether a run of tests caught a mutation, and in words by which or why not."""
    if status == FAILED:
        first = re.search(r"^FAILED (\S+)", said, re.MULTILINE) or re.search(r"^ERROR (\S+)", said, re.MULTILINE)
        return True, f"by {first[1]}" if first else "by a failing test"
    if status == PASSED:
        return False, "its tests pass"
    if status is None:
        return False, f"its tests do not end in {TIME_LIMIT} s"
    return False, f"its tests could not be run: {' '.join(said.split())[-300:]}"


def run_tests(tests: Sequence[str], tree: Path, *options: str) -> tuple[int | None, str]:
    """Run tests of a copy, without leaving a trace there, and return pytest's exit status and words; None: no end."""
    command = [sys.executable, "-m", "pytest", "-q", "--tb=line", "-p", "no:cacheprovider"]
    environment = os.environ | {
        "PYTHONPATH": str(tree),
        "PYTHONDONTWRITEBYTECODE": "1",  # two changes of one second and one length would share it
        "CI": "true",  # Hypothesis draws the same examples each time and no test fails for being slow
    }

    try:
        ended = subprocess.run(
            [*command, *options, *tests],
            cwd=tree,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=TIME_LIMIT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None, ""

    return ended.returncode, re.sub(r"\x1b\[[0-9;]*m", "", ended.stdout)


# The tree ------------------------------------------------------------------------------------------------------------


def copy_of_tree(target: Path) -> Path:
    """Copy every file of the project, as it stands in the work tree, to a new folder."""
    for name in names_of_files():
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target / name)
    return target


@functools.cache
def names_of_files() -> tuple[str, ...]:
    """Return the paths of the project's files: those in version control, and those that could be."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return tuple(sorted({name for name in listed if name and (ROOT / name).is_file()}))


@functools.cache
def tree_key() -> str:
    """Return a digest of every file of the project."""
    digest = hashlib.sha256()
    for name in names_of_files():
        digest.update(f"{name}\0".encode() + (ROOT / name).read_bytes() + b"\0")
    return digest.hexdigest()


def was_caught(mutation: Mutation) -> bool:
    """Say whether the mutation was caught since any file changed."""
    key = mutation.key  # of the tree as it stands now, whatever happens to it while tests run in its copies
    return mutation.record.is_file() and mutation.record.read_text(encoding="utf-8") == key


if __name__ == "__main__":
    sys.exit(main())
