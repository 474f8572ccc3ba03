"""What takes long to make, kept from build to build as long as it would be made of the same."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

MAKERS = ("tinycss2", "fonttools")  # packages that make it


class Kept:
    """Files that a build has made, each with a digest of what it was made of."""

    def __init__(self, folder: Path, digest: str) -> None:
        """Keep it in a folder, for the code that has this digest."""
        self.folder = folder
        self.code = [digest, *(f"{name} {metadata.version(name)}" for name in MAKERS)]

    def get(self, name: str, parts: Any, make: Callable[[], bytes]) -> bytes:
        """Return what was made of these parts, which have a ``repr``; make it if that is not known."""
        digest = hashlib.sha256(repr((self.code, parts)).encode()).hexdigest()
        content, made_of = self.folder / name, self.folder / f"{name}.made-of"

        if not made_of.is_file() or made_of.read_text(encoding="utf-8") != digest:
            self.folder.mkdir(exist_ok=True)
            made_of.unlink(missing_ok=True)
            content.write_bytes(make())
            made_of.write_text(digest, encoding="utf-8")

        return content.read_bytes()
