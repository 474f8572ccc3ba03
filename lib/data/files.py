"""Files that ship with the course: each has its source, licence and checksum beside it, and is read as published."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np


@dataclass(frozen=True)
class Source:
    """Where a file comes from and what one may do with it."""

    file: str
    title: str
    credit: str
    licence: str
    package: str  # that it was made from, and its version
    citation: str  # its entry in references.bib
    sha256: str = ""


def read_sources(folder: Path) -> dict[str, Source]:
    """Return what ``sources.json`` of a folder says, by name."""
    entries = json.loads((folder / "sources.json").read_text(encoding="utf-8"))
    return {name: Source(**entry) for name, entry in entries.items()}


def write_sources(folder: Path, sources: dict[str, Source]) -> None:
    """Write ``sources.json`` of a folder, with the checksums of its files as they are now."""
    entries = {name: {**asdict(source), "sha256": checksum(folder / source.file)} for name, source in sources.items()}
    (folder / "sources.json").write_text(json.dumps(entries, indent=2) + "\n", encoding="utf-8", newline="\n")


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read_bytes(folder: Path, name: str) -> bytes:
    """Return the bytes of one of a folder's files; ValueError if the file is not the one that was published."""
    source = read_sources(folder)[name]
    return unchanged_bytes(name, folder / source.file, source.sha256)


def unchanged_bytes(name: str, path: Path, sha256: str, made: str = "published") -> bytes:
    """Return the bytes of a file; ValueError, in words that say how it was made, if they have another checksum."""
    contents = path.read_bytes()
    if hashlib.sha256(contents).hexdigest() != sha256:
        raise ValueError(f"name {name!r}: the file {path.name} has changed since it was {made}")
    return contents


def read_arrays(contents: bytes) -> dict[str, np.ndarray]:
    """Return the arrays of an ``.npz`` file as they are stored, by name."""
    with np.load(io.BytesIO(contents), allow_pickle=False) as file:
        return {member: file[member] for member in file.files}


def read_pixels(folder: Path, name: str) -> np.ndarray:
    """Return the pixels of a PNG file, float32 from 0 to 1, of shape (H, W) or (H, W, 3)."""
    from matplotlib.image import imread  # a third of a second that only images cost

    return imread(io.BytesIO(read_bytes(folder, name)), format="png")
