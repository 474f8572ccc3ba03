"""What there is to translate, and which catalog it belongs to.

Pages have a catalog each. What a package says, by ``say("...")`` or as data that it shows, has one beside the package
if that is ``lib``, so that it ships with it, and otherwise one beside those of the pages.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import yaml
from contents import ROOT, documents, outline

from lib import data
from lib.learn.networks.decoders import DECODER_KINDS
from lib.show import words as figures
from lib.teach import words as lessons
from lib.words import said_by

from .catalogs import read
from .markdown import WORD
from .messages import CATALOGS, OF_LIB, SITE, Message
from .names import arguments_of_explore, is_call, names_given, names_shown
from .pages import messages, source_of

MADE = ("/exercises", "/solutions")  # pages that tools/make_exercises.py makes of a translated source
# Parts of lib that have a catalog of their own; the others have one for each package of lib.
PARTS = {"lib/teach/quiz/": "quiz", "lib/teach/chapters/": "exercises"}
NO_WORDS = re.compile(r"\{[^{}]*\}|`[^`]*`")  # in what exercises and questions say: numbers' places, and code
MADE_BY_PAGES = (  # of other names
    "pattern",
    "pattern of the error",
    "boundary iou",
    "published",
    "convolve",
    "energy in the box",
    "dB over bicubic",
    "down to",
    "up to",
)
PRINTED = re.compile(r"[{}\n:]|  |^ | $")  # in a string of code: it is no name


Collected = dict[Path, list[Message]]


def collected() -> Collected:
    """Return what each catalog is to hold, in order, each text once."""
    found: dict[Path, dict[str, Message]] = {}
    for path, message in _everything():
        if message.text:  # say("") takes words away again
            found.setdefault(path, {}).setdefault(message.text, message)
    return {path: list(messages.values()) for path, messages in found.items()}


def _everything() -> Iterator[tuple[Path, Message]]:
    for name in page_names():
        yield from ((CATALOGS / f"{name}.po", message) for message in messages_of(name))

    yield from ((SITE, message) for message in site_words())
    yield from said()
    yield from texts_of_tables()
    yield from names_in_data()
    yield from names_of_figures()


def page_names() -> list[str]:
    """Return what is translated as pages: those of the book, and the sources of those made of exercises."""
    return [*(page for page in documents() if not page.endswith(MADE)), *sources()]


def sources() -> list[str]:
    """Return the sources of the exercises, which are no pages: the grader takes them, and speaks their language."""
    return [f"exercises/{path.stem}" for path in sorted((ROOT / "exercises").glob("*.ipynb"))]


def messages_of(page: str) -> list[Message]:
    """Return the messages of a page."""
    return [Message(text, kind) for kind, text in messages(source_of(page))]


def site_words() -> Iterator[Message]:
    """Yield the words of the book as a whole: title, authors, parts, meanings of terms, aims of the syllabus."""
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    for name in ("title", "author"):
        yield Message(config[name], "label", "_config.yml")
    for setting in ("nb_code_prompt_show", "nb_code_prompt_hide"):
        yield Message(config["sphinx"]["config"][setting], "label", "_config.yml")

    for part in dict.fromkeys(part for part, _, _ in outline() if part):
        yield Message(part, "label", "_toc.yml")

    for term in yaml.safe_load((ROOT / "book/course/glossary.yml").read_text(encoding="utf-8")):
        yield Message(term["means"], "prose", "book/course/glossary.yml")
    for plan, meetings in yaml.safe_load((ROOT / "book/course/plans.yml").read_text(encoding="utf-8")).items():
        yield Message(plan, "label", "book/course/plans.yml")
        yield from (Message(meeting["aim"], "prose", "book/course/plans.yml") for meeting in meetings)


def said() -> Iterator[tuple[Path, Message]]:
    """Yield what Python, scripts and templates say by a call with the words in it."""
    for folder in ("lib", "book", "tools", "grader", "quizzes", "study"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix not in (".py", ".js", ".html"):
                continue

            source, place = path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix()
            if "say(" in source:
                texts = said_in_python(source) if path.suffix == ".py" else said_by(source)
                yield from ((catalog_of(place), Message(text, "say", place)) for text in texts)


def catalog_of(place: str) -> Path:
    """Return the catalog for what a file of code says."""
    for folder, name in PARTS.items():
        if place.startswith(folder):
            return OF_LIB / f"{name}.po"
    top, part = place.split("/")[:2]
    if top == "lib":
        return OF_LIB / f"{Path(part).stem}.po"
    return CATALOGS / f"{top}.po" if top in ("grader", "quizzes") else SITE


def said_in_python(source: str) -> list[str]:
    """Return the texts that calls of say() begin with, those inside f-strings too.

    >>> said_in_python("say('one'); f'{say(\\"two\\")} {say(three)}'")
    ['one', 'two']
    """
    calls = (node for node in ast.walk(ast.parse(source)) if is_call(node, "say") and len(node.args) == 1)
    first = sorted((call.args[0] for call in calls), key=lambda node: (node.lineno, node.col_offset))
    for node in first:
        if isinstance(node, ast.JoinedStr | ast.BinOp):
            raise ValueError(f"say() must be given a whole text, with values by name, got {ast.unparse(node)}")
    return [node.value for node in first if isinstance(node, ast.Constant)]


def texts_of_tables() -> Iterator[tuple[Path, Message]]:
    """Yield the words of exercises, of the quiz bank and of figures that are data, and said where they are shown."""
    for name, found in {**lessons.texts(), **figures.texts()}.items():
        worded = (text for text in found if text.endswith(".") or WORD.search(NO_WORDS.sub("", text)))
        yield from ((OF_LIB / f"{name}.po", Message(text, "say")) for text in worded)


def names_in_data() -> Iterator[tuple[Path, Message]]:
    """Yield the names that pages show of data and networks of the library: classes, decoders, and what was measured."""
    decoders = [kind.replace("_", " ") for kind in DECODER_KINDS]
    measures = [part for texts in data.MEASURES.values() for text in texts.values() for part in text.split(", ")]
    timed = ["ours", "date", "processor", *(case["name"] for case in data.speed_study()["results"])]
    names = dict.fromkeys([*data.SCENE_CLASSES, *data.SPLITS, *decoders, *measures, *timed, *MADE_BY_PAGES])
    yield from ((OF_LIB / "data.po", Message(name, "say")) for name in names if WORD.search(name))


def names_of_figures() -> Iterator[tuple[Path, Message]]:
    """Yield the words of pages' figures that are names to code: arguments of explore(), options, keys of tables.

    They stay as they are in the code, and are said where a figure or a control shows them.
    """
    for page in page_names():
        path = source_of(page)
        cells = nbformat.read(path, as_version=4).cells if path.suffix == ".ipynb" else []
        sources = [cell.source for cell in cells if cell.cell_type == "code"]
        names = names_given(sources)

        found = [name for source in sources for name in (*arguments_of_explore(source), *names_shown(source, names))]
        worded = [name for name in [*found, *left_in_english(page)] if WORD.search(name)]
        yield from ((OF_LIB / "pages.po", Message(name, "say", f"{page}.ipynb")) for name in worded)


def left_in_english(page: str) -> list[str]:
    """Return the strings of a page's code that its translators left in English, because they are names to the code.

    A figure that shows one says it, and so do its controls. What holds a value in braces is never shown as it is.
    """
    entries = read(CATALOGS / f"{page}.po").values()
    same = (entry.text for entry in entries if entry.kind == "code" and entry.text == entry.translation)
    return [text for text in same if not PRINTED.search(text)]
