"""The catalogs of messages, in gettext's format: read, written, and brought up to date with the English."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path

from .messages import LANGUAGE, Message

# No dates and no name of a program: a catalog changes where its messages do, and nowhere else.
HEADER = rf"""# 简体中文
msgid ""
msgstr ""
"Language: {LANGUAGE}\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Content-Transfer-Encoding: 8bit\n"
"""
ALIKE = 0.6  # of the letters: from then on an English text counts as a new form of an old one
LONG = 20  # letters: shorter texts, mostly labels, are alike by chance
ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\t": r"\t", "\r": r"\r"})


@dataclass(frozen=True)
class Entry:
    """A message of a catalog, with its translation, or '' while there is none.

    A fuzzy translation belongs to an earlier English, ``previous``. ``notes`` are what translators wrote beside it.
    """

    text: str
    translation: str = ""
    fuzzy: bool = False
    previous: str = ""
    kind: str = ""
    place: str = ""
    notes: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether the translation may be shown."""
        return bool(self.translation) and not self.fuzzy


Catalog = dict[str, Entry]  # by its English


# Reading -------------------------------------------------------------------------------------------------------------


@dataclass
class _Draft:
    """An entry while its lines are read."""

    texts: dict[str, str] = field(default_factory=dict)  # by keyword: msgid, msgstr, and "#| msgid"
    comments: dict[str, list[str]] = field(default_factory=dict)  # by their mark: "#", "#.", "#:", "#,"
    keyword: str = ""

    def take(self, line: str) -> None:
        mark, _, rest = line.partition(" ")
        if line.startswith('"'):
            self.texts[self.keyword] += ast.literal_eval(line)
        elif mark == "#|" and rest.startswith('"'):
            self.texts["#| msgid"] += ast.literal_eval(rest)
        elif mark == "#|" and rest.startswith("msgid "):
            self.texts["#| msgid"] = ast.literal_eval(rest.removeprefix("msgid "))
        elif mark in ("msgid", "msgstr"):
            self.keyword, self.texts[mark] = mark, ast.literal_eval(rest)
        elif mark in ("#", "#.", "#:", "#,"):
            self.comments.setdefault(mark, []).append(rest)
        else:
            raise ValueError(f"catalog must hold msgid, msgstr and comments, without plurals or contexts, got {line!r}")

    def entry(self) -> Entry:
        return Entry(
            text=self.texts["msgid"],
            translation=self.texts["msgstr"],
            fuzzy=any("fuzzy" in flags.split(", ") for flags in self.comments.get("#,", [])),
            previous=self.texts.get("#| msgid", ""),
            kind=" ".join(self.comments.get("#.", [])),
            place=" ".join(self.comments.get("#:", [])),
            notes=tuple(self.comments.get("#", [])),
        )


def parsed(text: str) -> Catalog:
    r"""Return what a text in gettext's format holds, its header left out.

    >>> parsed('#, fuzzy\n#| msgid "a row"\nmsgid "the "\n"row"\nmsgstr "行"\n')
    {'the row': Entry(text='the row', translation='行', fuzzy=True, previous='a row', kind='', place='', notes=())}
    """
    found: Catalog = {}
    for block in text.replace("\r\n", "\n").split("\n\n"):
        lines = [line for line in block.split("\n") if line.strip() and not line.startswith("#~")]
        if not lines:
            continue

        draft = _Draft()
        for line in lines:
            draft.take(line.rstrip())
        entry = draft.entry()
        if entry.text:
            found[entry.text] = entry
    return found


def read(path: Path) -> Catalog:
    """Return a catalog, empty if there is no such file."""
    return parsed(path.read_text(encoding="utf-8")) if path.is_file() else {}


# Writing -------------------------------------------------------------------------------------------------------------


def text_of(entries: Iterable[Entry]) -> str:
    """Return the text that a catalog is stored as."""
    return "\n".join([HEADER, *map(_written, entries)])


def _written(entry: Entry) -> str:
    lines = [f"# {note}".rstrip() for note in entry.notes]
    lines += [f"#. {entry.kind}"] if entry.kind else []
    lines += [f"#: {entry.place}"] if entry.place else []
    lines += ["#, fuzzy"] if entry.fuzzy else []
    lines += [f"#| {line}" for line in _quoted("msgid", entry.previous)] if entry.previous else []
    lines += [*_quoted("msgid", entry.text), *_quoted("msgstr", entry.translation)]
    return "\n".join(lines) + "\n"


def _quoted(keyword: str, text: str) -> list[str]:
    """Return the lines of a keyword with its text: one, or one for each line of the text."""
    pieces = [f'"{piece.translate(ESCAPES)}"' for piece in text.split("\n")]
    if len(pieces) == 1:
        return [f"{keyword} {pieces[0]}"]
    broken = [piece[:-1] + r'\n"' for piece in pieces[:-1]]
    return [f'{keyword} ""', *broken, *(pieces[-1:] if text[-1] != "\n" else [])]


# Bringing up to date -------------------------------------------------------------------------------------------------


def updated(catalog: Catalog, wanted: Sequence[Message]) -> list[Entry]:
    """Return the entries of a catalog with exactly the messages that are wanted, in their order.

    A message whose English changed keeps its translation, marked fuzzy: it belongs to an earlier English, which stands
    beside it, and a person must look at both.
    """
    texts = {message.text for message in wanted}
    gone = {text: entry for text, entry in catalog.items() if entry.translation and text not in texts}
    found = []

    for message in wanted:
        entry = catalog.get(message.text, Entry(message.text))
        near = get_close_matches(message.text, gone, 1, ALIKE) if len(message.text) > LONG else []
        if near and not entry.translation:
            old = gone.pop(near[0])
            entry = replace(old, text=message.text, fuzzy=True, previous=old.previous or old.text)
        elif not entry.fuzzy:
            entry = replace(entry, previous="")
        found.append(replace(entry, kind=message.kind, place=message.place))

    return found
