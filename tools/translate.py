"""The course in another language, from English pages and catalogs of messages (the package ``translation``).

python tools/translate.py update           bring the catalogs up to date with the English
python tools/translate.py check [NAME...]  list what is missing, out of date or broken, in catalogs with such names
python tools/translate.py make FOLDER      write the translated pages into a folder, ready for jupyter-book
python tools/translate.py count            say how much there is, and how much of it is translated
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from contents import ROOT
from translation.catalogs import read, text_of, updated
from translation.checking import findings
from translation.collecting import collected
from translation.making import make


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    tasks = parser.add_subparsers(dest="task", required=True)
    tasks.add_parser("update")
    tasks.add_parser("check").add_argument("names", nargs="*")
    tasks.add_parser("make").add_argument("folder", type=Path)
    tasks.add_parser("count")

    options = parser.parse_args(arguments)
    if options.task == "check":
        return check(options.names)
    if options.task == "make":
        make(options.folder)
        return 0
    return {"update": update, "count": count}[options.task]()


def update() -> int:
    """Bring every catalog up to date with the English, and say what is to be done in those that changed."""
    for path, wanted in collected().items():
        entries = updated(read(path), wanted)
        text = text_of(entries)
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            todo = sum(not entry.holds for entry in entries)
            print(f"{path.relative_to(ROOT).as_posix()}: {len(entries)} messages, {todo} to do")
    return 0


def check(names: Sequence[str]) -> int:
    """List what is to be done, and return 1 if there is anything."""
    found = list(findings(names))
    for finding in found:
        print(finding)

    kinds = Counter(finding.kind for finding in found)
    print(", ".join(f"{kind}: {kinds[kind]}" for kind in ("missing", "fuzzy", "stale", "fault")))
    return 1 if found else 0


def count() -> int:
    """Say how many messages and English words each catalog has, and how many of the messages are translated."""
    total = words = done = 0
    for path, wanted in collected().items():
        catalog = read(path)
        own = sum(len(message.text.split()) for message in wanted)
        have = sum(message.text in catalog and catalog[message.text].holds for message in wanted)
        print(f"{path.relative_to(ROOT).as_posix():60} {len(wanted):5} messages {own:6} words {have:5} translated")
        total, words, done = total + len(wanted), words + own, done + have
    print(f"{'all':60} {total:5} messages {words:6} words {done:5} translated")
    return 0


if __name__ == "__main__":
    sys.exit(main())
