"""The bubblewrap box: what is in it, what it may use up, and what to say where bubblewrap is missing."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]  # of the course, with lib and grader in it
INSIDE = "/course"  # where the package lies in the box
TEMPORARY = "/tmp"  # the one folder in it that can be written to
SETTINGS = f"{TEMPORARY}/matplotlib"
SYSTEM = ("/usr", "/lib", "/lib32", "/lib64", "/bin", "/sbin")  # the runtime; nothing of /etc, /home or /var
OLDEST = (0, 7)  # of bubblewrap: older ones cannot bound the size of a temporary folder
NOBODY = 65534
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


def command(limits: Limits) -> list[str]:
    """Return the command that starts a worker in a box of its own.

    Raises
    ------
    SandboxMissing
        If there is no bubblewrap or it does not work here.
    """
    user = 1_000_000_000 + os.getpid()  # nobody else's, so that the limit of processes counts the box's alone
    worker = f"{INSIDE}/grader/worker.py"
    numbers = (user, limits.processes, limits.of_a_process, int(limits.whole) + 30, limits.disk)
    return [*box(), "--", sys.executable, "-P", "-s", worker, *map(str, numbers)]


@cache
def box(size: int = Limits.disk) -> tuple[str, ...]:
    """Return the part of the command that makes the box, once it has been seen to work."""
    program = shutil.which("bwrap")
    if program is None:
        raise SandboxMissing(
            "bubblewrap (the program bwrap) was not found. Grading runs students' code, and only inside bubblewrap.\n"
            + INSTALL
        )
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
    made = (program, *contents(size))
    tried = run([*made, "--", sys.executable, "-P", "-s", "-c", "import grader.worker"])
    if tried.returncode:
        raise SandboxMissing(
            f"bubblewrap is installed and does not work here: {tried.stderr.strip()[-500:]}\n"
            "A container without the right to make namespaces forbids it, and so does a system that restricts user "
            "namespaces; Ubuntu allows it to programs that have an AppArmor profile for it."
        )
    return made


def contents(size: int) -> Iterator[str]:
    """Yield bubblewrap's options: a read-only system, Python, the course's package, and one small writable folder."""
    yield from ("--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try")
    yield from ("--die-with-parent", "--new-session", "--hostname", "box", "--clearenv")
    if os.getuid() == 0:  # the worker gives up root itself, and these two rights with it
        yield from ("--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID")
    else:
        yield from ("--unshare-user", "--disable-userns", "--uid", str(NOBODY), "--gid", str(NOBODY))
    yield from (
        "--proc",
        "/proc",
        "--dev",
        "/dev",
        "--size",
        str(MEGABYTE),
        "--tmpfs",
        "/dev/shm",
        "--remount-ro",
        "/dev",
    )
    yield from ("--perms", "1777", "--size", str(size), "--tmpfs", TEMPORARY)  # before the rest, which may lie below it
    for path in SYSTEM:
        yield from ("--ro-bind-try", path, path)
    for path in sorted({Path(sys.prefix).resolve(), Path(sys.base_prefix).resolve()}):
        if not path.is_relative_to("/usr"):
            yield from parents_of(path)
            yield from ("--ro-bind", str(path), str(path))
    yield from ("--perms", "0755", "--dir", INSIDE, "--ro-bind", str(ROOT / "lib"), f"{INSIDE}/lib")
    yield from ("--ro-bind", str(ROOT / "grader"), f"{INSIDE}/grader")
    yield from fonts()
    yield from ("--chdir", TEMPORARY, "--remount-ro", "/")
    settings = {"PYTHONPATH": INSIDE, "HOME": TEMPORARY, "PATH": "/usr/bin", "LANG": "C.UTF-8", "MPLBACKEND": "agg"}
    settings |= dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    settings |= {"PYTHONDONTWRITEBYTECODE": "1", "LIB_SHOW_AS": "text", "MPLCONFIGDIR": SETTINGS}
    for name, value in settings.items():
        yield from ("--setenv", name, value)


def parents_of(path: Path) -> Iterator[str]:
    """Yield options that make the folders above a path, which anybody may pass through."""
    for parent in reversed(path.parents):
        if parent not in (Path("/"), Path(TEMPORARY)):
            yield from ("--perms", "0755", "--dir", str(parent))


def fonts() -> Iterator[str]:
    """Yield options that bring Matplotlib's list of fonts: making it takes a second, and every box would make it."""
    import matplotlib.font_manager  # which makes the list if there is none yet

    yield from ("--perms", "0777", "--dir", SETTINGS)
    for path in Path(matplotlib.get_cachedir()).glob("fontlist-*.json"):
        yield from ("--ro-bind", str(path), f"{SETTINGS}/{path.name}")


def run(arguments: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a command and return what it said."""
    return subprocess.run(arguments, capture_output=True, text=True, check=False, timeout=120)
