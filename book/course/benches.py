"""The benches: pages whose figure becomes a tool. Each has a folder of small scripts, which the site gets as one."""

from __future__ import annotations

from pathlib import Path

import minify

from lib.words import as_script

BENCHES = Path(__file__).resolve().parents[1] / "benches"
# The script of each bench: it works on the figure of the notebook's cell that has the bench as a tag.
SCRIPTS = {"sizes-bench": "sizes-bench.js", "photograph-bench": "photograph-bench.js"}


def write_assets(folder: Path) -> None:
    """Write each bench's script, its parts in the order of their numbers, and the styles of all."""
    for bench, name in SCRIPTS.items():
        (folder / name).write_text(minify.string("application/javascript", script(bench)), encoding="utf-8")
    styles = (path.read_text(encoding="utf-8") for path in sorted(BENCHES.glob("*/*.css")))
    (folder / "benches.css").write_text("".join(styles), encoding="utf-8")


def script(bench: str) -> str:
    """Return the parts of a bench's script as one, in a scope of its own, behind what gives them ``say()``."""
    parts = sorted((BENCHES / bench).glob("*.js"), key=lambda path: int(path.name.split("-")[0]))
    inside = "\n".join(path.read_text(encoding="utf-8") for path in [BENCHES / "elements.js", *parts])
    return f'(() => {{\n"use strict";\n\n{as_script(inside)}}})();\n'
