"""The outputs of executed notebooks, each with a record of what it was made from, and used only while that holds.

A record names the files of this project that a notebook imported or opened, with digests of their contents, and the
packages of others that it imported, with their versions. Of catalogs it names the words that were said, so that a page
is not executed again for another's. Folders of records may be shared by several copies of the
project: what counts is contents, not where they lie.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

import lib
from lib.words import read_catalogs

ROOT = Path(lib.__file__).resolve().parents[1]
CATALOGS = "lib/locale/"
KEPT = 30 * 24 * 3600  # seconds that a record stays after the last build that used it


class ChangedMeanwhile(Exception):
    """A file that a notebook uses was changed while the notebook ran: nobody knows which contents it saw."""


@dataclass(frozen=True)
class Uses:
    """What the outputs of a notebook depend on beside its code.

    Digests of files and versions of packages, by name, and by language what was said in place of each message.
    """

    files: dict[str, str]
    versions: dict[str, str]
    said: dict[str, dict[str, str]] = field(default_factory=dict)

    def unchanged(self, source: Path) -> bool:
        """Say whether all of it is as it was, for the book whose pages are in the folder ``source``."""
        return (
            all(digest_of(path_of(name, source)) == digest for name, digest in self.files.items())
            and all(version_of(package) == version for package, version in self.versions.items())
            and all(is_said_still(language, messages) for language, messages in self.said.items())
        )


class Records:
    """The outputs of executed notebooks, in a folder that several builds may share."""

    def __init__(self, folder: Path) -> None:
        """Keep them in a folder, which need not exist yet."""
        self.folder = folder

    def find(self, name: str, source: Path) -> Path | None:
        """Return the file of the record of that name which still holds, or None."""
        for path in sorted((self.folder / name).glob("*.json")):
            if Uses(**_read(path)["uses"]).unchanged(source):
                os.utime(path)
                return path
        return None

    def add(self, name: str, used: Uses, outputs: Sequence[Any], document: str, seconds: float) -> None:
        """Keep the outputs of a notebook, and how long a document's took."""
        mark = hashlib.sha256(json.dumps(asdict(used)).encode()).hexdigest()[:16]
        _write(self.folder / name / f"{mark}.json", {"uses": asdict(used), "outputs": outputs})
        _write(self.folder / "seconds.json", {**self.seconds(), document: round(seconds, 1)})

    def seconds(self) -> dict[str, float]:
        """Return how long the notebook of each document took when it was last executed."""
        path = self.folder / "seconds.json"
        return _read(path) if path.is_file() else {}

    def remove_old(self) -> None:
        """Remove the records that no build has used for long."""
        for path in self.folder.glob("*/*.json"):
            if path.stat().st_mtime < time.time() - KEPT:
                path.unlink(missing_ok=True)


def outputs_of(record: Path) -> list[Any]:
    """Return the outputs of each cell that a record keeps."""
    return _read(record)["outputs"]


def uses(
    files: Sequence[Path], modules: Sequence[str], said: dict[str, dict[str, str]], source: Path, since: float
) -> Uses:
    """Return what a notebook used that opened these files, imported these modules, said this, and began at ``since``.

    Raises
    ------
    ChangedMeanwhile
        If one of the files was written to after that.
    """
    named = {name: path for path in files if (name := name_of(path, source)) and not name.startswith(CATALOGS)}
    changed = [name for name, path in named.items() if path.stat().st_mtime >= since]
    if changed:
        raise ChangedMeanwhile(f"changed while it ran: {', '.join(sorted(changed))}")
    packages = {package for module in modules for package in packages_of().get(module, ())}
    return Uses(
        {name: digest_of(path) for name, path in sorted(named.items())},
        {package: version_of(package) for package in sorted(packages)},
        said,
    )


def name_of(path: Path, source: Path) -> str | None:
    """Return how records call a file of this project; None if it is another's, was compiled, or is no longer there."""
    if not path.is_file() or path.suffix == ".pyc" or path.is_relative_to(sys.prefix):
        return None
    folder = next((folder for folder in (source, ROOT) if path.is_relative_to(folder)), None)
    return path.relative_to(folder).as_posix() if folder else None


def path_of(name: str, source: Path) -> Path:
    """Return the file that records call so: one beside the pages of the book, or another of this project."""
    return source / name if (source / name).is_file() else ROOT / name


def is_said_still(language: str, messages: dict[str, str]) -> bool:
    """Tell whether the package says the same in place of messages, as its catalogs are now."""
    paths = sorted((ROOT / CATALOGS / language).glob("*.po"))
    catalog = _catalog(tuple((path, path.stat().st_mtime_ns) for path in paths))
    return all(catalog.get(message, message) == said for message, said in messages.items())


@cache
def _catalog(files: tuple[tuple[Path, int], ...]) -> dict[str, str]:
    return read_catalogs(path for path, _ in files)


def digest_of(path: Path) -> str:
    """Return the digest of a file's contents, empty if there is no such file."""
    if not path.is_file():
        return ""
    about = path.stat()
    return _digest(path, about.st_mtime_ns, about.st_size)


@cache
def _digest(path: Path, *_: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@cache
def version_of(package: str) -> str:
    """Return the version of an installed package, empty if it is none."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


@cache
def packages_of() -> dict[str, list[str]]:
    """Return the installed packages that hold each module."""
    return dict(metadata.packages_distributions())


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _write(path: Path, content: Any) -> None:
    """Write a file in one step, so that no other build reads half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}.part")
    part.write_text(json.dumps(content), encoding="utf-8")
    part.replace(path)
