"""Results on disk: one file each, written in one step or not at all.

That is what makes work resumable. Whatever ends a run leaves whole results and nothing else; the next run finds them by
their names and does what is missing.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class Damaged(ValueError):
    """A file of results that does not hold the result that its name promises."""


class Store:
    """A folder of results, each plain data under a key.

    Parameters
    ----------
    folder : path
        Is made if it does not exist.

    Examples
    --------
    >>> import tempfile
    >>> store = Store(tempfile.mkdtemp())
    >>> store.write("a", {"points": 3})
    >>> store.read("a"), store.read("b"), list(store)
    ({'points': 3}, None, ['a'])
    """

    def __init__(self, folder: str | Path) -> None:
        """Make the folder."""
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)

    def path(self, key: str) -> Path:
        """Return where the result with that key belongs."""
        return self.folder / f"{key}.json"

    def __iter__(self) -> Iterator[str]:
        """Go through the keys of all results, in order."""
        return iter(sorted(path.stem for path in self.folder.glob("*.json")))

    def read(self, key: str) -> Any:
        """Return a result, or None if there is none yet.

        Raises
        ------
        Damaged
            If the file does not hold JSON.
        """
        try:
            return json.loads(self.path(key).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except ValueError:  # no JSON, or no text
            raise Damaged(f"{self.path(key).name} is not JSON") from None

    def write(self, key: str, result: Any) -> None:
        """Keep a result: whole, or not at all."""
        write_text(self.path(key), json.dumps(result, indent=1, ensure_ascii=False))


def write_text(path: Path, text: str) -> None:
    """Replace a file of text in one step."""
    write_bytes(path, text.encode())


def write_bytes(path: Path, data: bytes) -> None:
    """Replace a file in one step: written beside its place, then moved there, so that half a file never counts."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
