"""Where the editions of the book lie: their sources, what is executed for them, the site that they make together."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "book"))
from course.editions import EDITIONS, ENGLISH, Edition  # noqa: E402

BY_KEY = {edition.key: edition for edition in EDITIONS}


class Books:
    """The books that one folder holds, below ``_build``."""

    def __init__(self, folder: Path = ROOT) -> None:
        """Take a folder, by default the project's own."""
        self._folder = folder
        self.site = folder / "_build" / "html"
        self.executed = Path(os.environ.get("COURSE_CACHE") or folder / "_build" / "executed").resolve()

    def own(self, edition: Edition) -> Path:
        """Return the folder in which an edition is built."""
        return self._folder if edition == ENGLISH else self._folder / "_build" / edition.language

    def pages(self, edition: Edition) -> Path:
        """Return the folder of an edition's sources, which are made unless they are the English ones."""
        return ROOT if edition == ENGLISH else self.own(edition) / "pages"

    def written(self, edition: Edition) -> Path:
        """Return the folder into which Sphinx writes an edition."""
        return self.own(edition) / "_build" / "html"

    def place(self, edition: Edition) -> Path:
        """Return the folder of the site that an edition's pages are put into."""
        return self.site / edition.folder


def add_edition_option(parser: argparse.ArgumentParser) -> None:
    """Let a command take the key of an edition."""
    parser.add_argument("--edition", choices=list(BY_KEY), default=ENGLISH.key, help="English unless another is named")


def named_after(name: str, edition: Edition) -> str:
    """Return the name of something that there is in each edition.

    >>> named_after("slides", ENGLISH), named_after("slides", BY_KEY["zh"])
    ('slides', 'slides-zh')
    """
    return name if edition == ENGLISH else f"{name}-{edition.key}"
