"""Write the quiz bank for learning platforms.

    python -m quizzes FOLDER

writes into a folder, from one source of questions,

- moodle.xml     for Moodle: numbers to write and answers to choose, each typical mistake with its hint;
- questions.gift answers to choose, as plain text for Moodle and others;
- canvas.zip     QTI 1.2 for Canvas: one quiz a chapter, of whose variants each student gets one;
- course.imscc   an IMS Common Cartridge: for each chapter links to its pages (with --site) and its quiz.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from lib.teach.quiz import CHAPTERS
from lib.words import ENGLISH, languages, speaking
from quizzes.cartridge import as_cartridge
from quizzes.collection import collected
from quizzes.gift import as_gift
from quizzes.moodle import as_moodle
from quizzes.qti import as_canvas


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m quizzes", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--chapters", nargs="+", choices=CHAPTERS, default=CHAPTERS, metavar="CHAPTER")
    parser.add_argument("--seed", default="course", help="other words, other numbers: the name of a term, for instance")
    parser.add_argument("--variants", type=int, default=3, help="sets of numbers for each question (default: 3)")
    parser.add_argument("--site", default="", metavar="ADDRESS", help="where the course is published, for links to it")
    parser.add_argument(
        "--language", choices=[ENGLISH, *languages()], default=ENGLISH, help="of the questions (default: English)"
    )
    options = parser.parse_args(arguments)
    if options.variants < 1:
        parser.error("--variants must be at least 1")

    with speaking(options.language):
        return write(options)


def write(options: argparse.Namespace) -> int:
    """Write what the command line asks for, in the language that is spoken, and return the exit status."""
    quizzes = collected(options.seed, options.variants, options.chapters)
    files = {
        "moodle.xml": as_moodle(quizzes).encode(),
        "questions.gift": as_gift(quizzes).encode(),
        "canvas.zip": as_canvas(quizzes),
        "course.imscc": as_cartridge(quizzes, options.site),
    }
    options.folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (options.folder / name).write_bytes(content)

    count = sum(len(quiz.groups) for quiz in quizzes)
    print(f"{count} questions of {', '.join(options.chapters)}, with up to {options.variants} sets of numbers each:")
    print(*(f"  {options.folder / name}" for name in files), sep="\n")
    if not options.site:
        print("The cartridge has no links to pages: say where the course is published with --site.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
