"""What lies in the box: the system, Python, the packages that the library needs, and the library without its answers.

Everything is named one by one. What is not named is not there: no other package of this Python, no file of the course
that has an answer in it, nothing of the grader but the worker.
"""

from __future__ import annotations

import os
import re
import sys
import sysconfig
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]  # of the course, with lib and grader in it
INSIDE = "/course"  # where the package lies in the box
TEMPORARY = "/tmp"  # the one folder in it that can be written to
SETTINGS = f"{TEMPORARY}/matplotlib"
SYSTEM = ("/usr", "/lib", "/lib32", "/lib64", "/bin", "/sbin")  # the runtime; nothing of /etc, /home or /var
SOURCES = ("/usr/src", "/usr/local/src")  # where a machine may keep anything, this course too
APART = ("teach", "locale", "__pycache__")  # what of the library does not come as it is
SAID_INSIDE = ("show", "plan")  # catalogs, by which a notebook in another language runs; those of answers stay outside
NOBODY = 65534
MEGABYTE = 2**20


def options(size: int, changed: set[str]) -> Iterator[str]:
    """Yield bubblewrap's options for what lies in the box, less the modules that change from box to box.

    Parameters
    ----------
    size : int
        Of the one folder that can be written to, in bytes.
    changed : set of str
        Modules of the library, as paths in the box, that are put there some other way.
    """
    yield from ("--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try")
    yield from ("--die-with-parent", "--new-session", "--hostname", "box", "--clearenv")
    if os.getuid() == 0:  # the worker gives up root itself, and these two rights with it
        yield from ("--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID")
    else:
        yield from ("--unshare-user", "--disable-userns", "--uid", str(NOBODY), "--gid", str(NOBODY))
    yield from ("--proc", "/proc", "--dev", "/dev", "--size", str(MEGABYTE), "--tmpfs", "/dev/shm")
    yield from ("--remount-ro", "/dev")
    yield from ("--perms", "1777", "--size", str(size), "--tmpfs", TEMPORARY)  # before the rest, which may lie below it

    yield from runtime()
    yield from library(changed)
    yield from fonts()
    yield from settings()


def closing() -> tuple[str, ...]:
    """Return the options that come last: from here on nothing but the temporary folder can be written to."""
    return ("--chdir", TEMPORARY, "--remount-ro", "/")


@cache
def runtime() -> tuple[str, ...]:
    """Return the options for the system, Python, and those of Python's packages that the library needs."""
    made: list[str] = []
    for path in map(Path, SYSTEM):
        made += as_it_is(path)
    hidden = [path for path in (*map(Path, SOURCES), ROOT) if path.is_dir() and path.is_relative_to("/usr")]
    for path in hidden:
        made += emptied(path)

    for path in pythons():
        if not path.is_relative_to("/usr") or any(path.is_relative_to(each) for each in hidden):
            made += [*parents_of(path), "--perms", "0755", "--dir", str(path)]
            for name in ("bin", "lib", "lib64", "pyvenv.cfg"):
                made += as_it_is(path / name)
    hidden += package_folders()
    for path in package_folders():
        made += emptied(path)

    for path in needed_packages():
        made += ["--ro-bind", str(path), str(path)]
    for path in hidden:
        made += ["--remount-ro", str(path)]
    return tuple(made)


def as_it_is(path: Path) -> list[str]:
    """Return the options that bring a file, folder or link, if it is there."""
    kept = ["--symlink", os.readlink(path)] if path.is_symlink() else ["--ro-bind-try", str(path)]
    return [*kept, str(path)]


def emptied(path: Path) -> list[str]:
    """Return the options that hide what a folder holds."""
    return ["--perms", "0755", "--tmpfs", str(path)]


def pythons() -> list[Path]:
    """Return where Python lies, and where it came from if that is another place."""
    return sorted({Path(sys.prefix).resolve(), Path(sys.base_prefix).resolve()})


def package_folders() -> list[Path]:
    """Return every folder for packages in what is bound: what lies in them is left out, and the needed put back."""
    roots = [Path("/usr"), Path("/usr/local"), *pythons()]
    kinds = [f"lib*/python3*/{kind}" for kind in ("site-packages", "dist-packages")]
    found = {path.resolve() for root in roots for kind in kinds for path in root.glob(kind)}
    return sorted(found | {Path(sysconfig.get_path(name)).resolve() for name in ("purelib", "platlib")})


@cache
def needed_packages() -> tuple[Path, ...]:
    """Return the files and folders of the packages that the library needs at run time, and of all that those need."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    waiting = list(project["dependencies"])
    seen: dict[str, Distribution] = {}

    while waiting:
        wanted = Requirement(waiting.pop())
        name = re.sub(r"[-_.]+", "-", wanted.name).lower()
        if name in seen or not (wanted.marker is None or wanted.marker.evaluate({"extra": ""})):
            continue
        try:
            seen[name] = distribution(name)
        except PackageNotFoundError:  # what is needed on other systems only, or not at all
            continue
        waiting += seen[name].requires or []
    return tuple(sorted({path for each in seen.values() for path in files_of(each) if path.exists()}))


def files_of(package: Distribution) -> Iterator[Path]:
    """Yield the files and folders of a package, at the top level of the folder for packages."""
    folder = Path(str(package.locate_file(""))).resolve()
    names = {path.parts[0] for path in package.files or ()}
    if not names:  # some systems keep no list of files
        names = set((package.read_text("top_level.txt") or package.metadata["Name"].replace("-", "_")).split())
        names |= {f"{name}.py" for name in names}
    yield from (folder / name for name in names - {"..", "__pycache__"} if not name.endswith(".pth"))


def library(changed: set[str]) -> Iterator[str]:
    """Yield the options for the library without its answers, and for the worker."""
    inside, own = Path(INSIDE), ROOT / "lib"
    places = {path.relative_to(ROOT): path for path in own.iterdir() if path.name not in APART}
    places |= {path.relative_to(ROOT): path for name in SAID_INSIDE for path in own.glob(f"locale/*/{name}.po")}
    for package in {Path(*Path(name).parts[:2]) for name in changed}:
        del places[package]  # its modules come compiled; what else it holds comes as it is
        others = [path for path in (ROOT / package).rglob("*") if path.is_file() and path.suffix not in (".py", ".pyc")]
        places |= {path.relative_to(ROOT): path for path in others}

    places[Path("lib/teach/__init__.py")] = ROOT / "grader" / "inside" / "teach.py"
    places[Path("lib/teach/withheld.py")] = own / "teach" / "withheld.py"
    places[Path("grader/inside")] = ROOT / "grader" / "inside"
    folders = {parent for name in (*places, *map(Path, changed)) for parent in name.parents}
    for folder in sorted(folders):
        yield from ("--perms", "0755", "--dir", str(inside / folder))
    for name, path in sorted(places.items()):
        yield from ("--ro-bind", str(path), str(inside / name))


def settings() -> Iterator[str]:
    """Yield the options for the environment, of which nothing is the grader's."""
    values = {"PYTHONPATH": INSIDE, "HOME": TEMPORARY, "PATH": "/usr/bin", "LANG": "C.UTF-8", "MPLBACKEND": "agg"}
    values |= dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    values |= {"PYTHONDONTWRITEBYTECODE": "1", "LIB_SHOW_AS": "text", "MPLCONFIGDIR": SETTINGS}
    for name, value in values.items():
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
