"""The pages of the book in reading order, as ``_toc.yml`` names them."""

from __future__ import annotations

from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]


def documents() -> list[str]:
    """Return the name of every document, without its suffix."""
    return [name for _, _, name in outline()]


def outline(root: Path = ROOT) -> list[tuple[str | None, int, str]]:
    """Return the part, the level below it (0 or more) and the name of every document of the book in a folder."""
    found: list[tuple[str | None, int, str]] = []

    def walk(entries: list[dict], part: str | None, level: int) -> None:
        for entry in entries:
            found.append((part, level, entry["file"]))
            walk(entry.get("sections", []), part, level + 1)

    contents = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    found.append((None, 0, contents["root"]))
    walk(contents.get("chapters", []), None, 0)
    for part in contents.get("parts", []):
        walk(part["chapters"], part.get("caption"), 0)
    return found
