"""The bubblewrap box: what it may use up, how it is started, and what to say where bubblewrap is missing."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from grader import contents
from grader.withholding import modules_without

OLDEST = (0, 7)  # of bubblewrap: older ones cannot bound the size of a temporary folder
MEGABYTE = 2**20

INSTALL = """To install it:
  Debian, Ubuntu    sudo apt install bubblewrap
  Fedora            sudo dnf install bubblewrap
  Arch              sudo pacman -S bubblewrap
On macOS and Windows, grade in a Linux machine of some kind: WSL 2, a virtual machine, or a server."""


class SandboxMissing(RuntimeError):
    """No box can be made here, so nothing is graded: students' code never runs without one."""


@dataclass(frozen=True)
class Limits:
    """What one submission may use up. Times are of the clock on the wall, in seconds; sizes in bytes."""

    cell: float = 10.0  # to run one cell of the notebook
    call: float = 10.0  # to answer one call
    whole: float = 60.0  # for the whole notebook
    starts: int = 8  # of its process, which the code may end
    memory: int = 3000 * MEGABYTE  # of all its processes
    of_a_process: int = 2000 * MEGABYTE  # address space, more than a process fills
    processes: int = 16  # and threads
    disk: int = 64 * MEGABYTE  # of its temporary folder, which is memory too


def started(limits: Limits, withheld: tuple[str, ...] = ()) -> subprocess.Popen[bytes]:
    """Start a worker in a box of its own, with a library that lacks the operations withheld.

    Raises
    ------
    SandboxMissing
        If there is no bubblewrap or it does not work here.
    """
    user = 1_000_000_000 + os.getpid()  # nobody else's, so that the limit of processes counts the box's alone
    numbers = (user, limits.processes, limits.of_a_process, int(limits.whole) + 30, limits.disk)
    worker = [sys.executable, "-P", "-s", f"{contents.INSIDE}/grader/inside/worker.py", *map(str, numbers)]
    with files(modules_without(withheld)) as (options, numbers_of_files):
        return subprocess.Popen(
            [*box(tuple(withheld)), *options, *contents.closing(), "--", *worker],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            pass_fds=numbers_of_files,
        )


@contextmanager
def files(texts: dict[str, bytes]) -> Iterator[tuple[list[str], list[int]]]:
    """Make bubblewrap's options that write these files into the box, from memory; and the files in memory."""
    options, opened = [], []
    try:
        for name, data in texts.items():
            number = os.memfd_create("file")
            opened.append(number)
            with open(number, "wb", closefd=False) as file:
                file.write(data)
            os.lseek(number, 0, os.SEEK_SET)
            options += ["--perms", "0444", "--file", str(number), f"{contents.INSIDE}/{name}"]
        yield options, opened
    finally:
        for number in opened:
            os.close(number)


@cache
def box(withheld: tuple[str, ...] = (), size: int = Limits.disk) -> tuple[str, ...]:
    """Return the part of the command that makes the box, once it has been seen to work."""
    program = shutil.which("bwrap")
    if program is None:
        raise SandboxMissing(
            "bubblewrap (the program bwrap) was not found. Grading runs students' code, and only inside bubblewrap.\n"
            + INSTALL
        )
    made = (program, *contents.options(size, changed=set(modules_without(withheld))))
    if withheld:
        box()
        return made

    version = run([program, "--version"]).stdout
    numbers = tuple(map(int, re.findall(r"\d+", version)[:2]))
    if numbers < OLDEST:
        raise SandboxMissing(
            f"bubblewrap {'.'.join(map(str, OLDEST))} or newer is needed, and this is {version.strip()}."
        )
    if not Path(f"/proc/self/task/{os.getpid()}/children").exists():
        raise SandboxMissing(
            "This kernel does not say which processes a box has started, so its memory cannot be bounded."
        )

    tried = run([*made, *contents.closing(), "--", sys.executable, "-P", "-s", "-c", "import grader.inside.worker"])
    if tried.returncode:
        raise SandboxMissing(
            f"bubblewrap is installed and does not work here: {tried.stderr.strip()[-500:]}\n"
            "A container without the right to make namespaces forbids it, and so does a system that restricts user "
            "namespaces; Ubuntu allows it to programs that have an AppArmor profile for it."
        )
    return made


def without_box() -> str:
    """Say why no box can be made here, or return an empty string."""
    try:
        box()
    except SandboxMissing as fault:
        return str(fault)
    return ""


def run(arguments: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a command and return what it said."""
    return subprocess.run(arguments, capture_output=True, text=True, check=False, timeout=120)
