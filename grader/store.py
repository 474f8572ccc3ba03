"""Results on disk: one file a submission, named after what it depends on, written in one step or not at all.

That is what makes grading resumable. A run that was ended leaves whole results and nothing else; the next one finds
them by their names and grades what is missing. A changed source, submission, id or package has another name.
"""

from __future__ import annotations

import hashlib
import json
import os
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]  # of the course, with lib and grader in it


@cache
def package_digest() -> bytes:
    """Return a digest of the package, whose operations the right answers come from."""
    digest = hashlib.sha256()
    for path in [*sorted((ROOT / "lib").rglob("*.py")), *sorted((ROOT / "grader").rglob("*.py"))]:
        digest.update(path.name.encode() + path.read_bytes())
    return digest.digest()


def key_of(source: bytes, submission: bytes, student: str) -> str:
    """Return the name of a result: another for every other source, submission, student and package."""
    digest = hashlib.sha256()
    for part in (source, submission, student.encode(), package_digest()):
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()[:32]


class Store:
    """A folder of results."""

    def __init__(self, folder: Path) -> None:
        """Make the folder if it is not there."""
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def __contains__(self, key: str) -> bool:
        return self.path(key).is_file()

    def path(self, key: str) -> Path:
        """Return where a result is kept."""
        return self.folder / f"{key}.json"

    def read(self, key: str) -> dict[str, Any]:
        """Return a result."""
        return json.loads(self.path(key).read_text(encoding="utf-8"))

    def write(self, key: str, result: dict[str, Any]) -> None:
        """Keep a result: whole, or not at all."""
        write_text(self.path(key), json.dumps(result, indent=1, ensure_ascii=False))


def write_text(path: Path, text: str) -> None:
    """Replace a file in one step."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
