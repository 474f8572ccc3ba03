"""Words in the reader's language: figures, controls, hints and questions say theirs through :func:`say`.

English is what the code holds. Another language is a folder of message catalogs in gettext's format,
``lib/locale/LANGUAGE/*.po``, which are read as they are: nothing is compiled, nothing is installed. Docstrings and the
texts of exceptions stay English, as Python's own do.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

ENGLISH = "en"
CHINESE = "\u2e80"  # signs from here on are full-width
SIGN = 5 / 3  # columns of Latin letters in a browser's font for code that a Chinese sign takes
ENTRY = re.compile(r'((?:^#.*\n)*)^msgid ((?:".*"\n)+)^msgstr ((?:".*"(?:\n|\Z))+)', re.MULTILINE)
WIDE_END = re.compile("(?<=[。！？；：，]) ")
SAID = re.compile(r"""\bsay\(\s*("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')""")  # in a script
PARTS = re.compile(r"(: |, |; | \| | (?=[-+(]*\d)|(?<=[。：]))")  # what parts of a label stand between
FUZZY = re.compile(r"^#,.*\bfuzzy\b", re.MULTILINE)  # the English has changed since: a person must look at it again

_spoken = ENGLISH
_said: dict[str, dict[str, str]] = {}  # by language, each message that was asked for, and what was said
_meanwhile: ContextVar[str | None] = ContextVar("language", default=None)  # in a thread, for a while
_sources = [(Path(__file__).with_name("locale"), "*")]  # folders, and which of their catalogs


def speak(language: str) -> None:
    """Let everything that is shown from here on use a language.

    Parameters
    ----------
    language : str
        'en', or the name of a folder of catalogs, such as 'zh_CN'.

    Raises
    ------
    ValueError
        If there is no catalog of that language.

    Examples
    --------
    >>> speak("zh_CN"); say("input"); speak("en"); say("input")
    '输入'
    'input'
    """
    global _spoken
    _check(language)
    _spoken = language


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak a language for a while, and then the one before. Other threads speak theirs meanwhile.

    Examples
    --------
    >>> with speaking("zh_CN"):
    ...     say("input")
    '输入'
    >>> say("input")
    'input'
    """
    _check(language)
    before = _meanwhile.set(language)
    try:
        yield
    finally:
        _meanwhile.reset(before)


def language() -> str:
    """Return the language spoken.

    >>> language()
    'en'
    """
    return _meanwhile.get() or _spoken


def _check(language: str) -> None:
    """Raise ValueError if a language has no catalog."""
    known = [ENGLISH, *languages()]
    if language not in known:
        raise ValueError(f"language must be one of {known}, got {language!r}")


def languages() -> list[str]:
    """Return the languages beside English.

    >>> languages()
    ['zh_CN']
    """
    return sorted({catalog.parent.name for folder, name in _sources for catalog in folder.glob(f"*/{name}.po")})


def say(message: str, **values: Any) -> str:
    """Return a message in the reader's language.

    A message is a whole sentence, or a label: the order of words is each language's own, so that a sentence put
    together from pieces cannot be translated. What has no translation, or one of an earlier English, stays English.

    Parameters
    ----------
    message : str
        In English.
    **values
        What stands in place of the names in braces. Without any, the message is said as it is, braces and all.

    Examples
    --------
    >>> say("{rows} rows, the last {share:.0%} full", rows=3, share=0.5)
    '3 rows, the last 50% full'
    """
    found, spoken = message, language()
    if spoken != ENGLISH:
        found = _catalog(spoken).get(message, message)
        _said.setdefault(spoken, {})[message] = found
    return found.format(**values) if values else found


def named(label: str, columns: int = 0) -> str:
    """Return a label in the reader's language, as wide as a column of a printed table; one made of parts, part by part.

    Names stay English in code that compares them or looks something up. Where a page shows one, this says it.

    Parameters
    ----------
    label : str
        A name that a catalog knows, or several: with numbers after them, or ``: ``, ``, ``, ``; `` or ``|`` between.
    columns : int, optional
        Spaces are added up to this width.

    Examples
    --------
    >>> with speaking("zh_CN"):
    ...     print(named("deconvolution 2: output", 16), 3)
    反卷积 2：输出   3
    >>> named("deconvolution 2", 16)
    'deconvolution 2 '
    """
    found = say(label)
    if language() != ENGLISH and label not in _catalog(language()):
        parts = PARTS.split(label)
        names = [_known(part) for part in parts[::2]]
        marks = [_between(mark, *names[place : place + 2]) for place, mark in enumerate(parts[1::2])]
        found = "".join(name + mark for name, mark in zip(names, [*marks, ""], strict=True))
        if max(found, default="") >= CHINESE:
            found = re.sub(r"; |\.$", lambda mark: {"; ": "；", ".": "。"}[mark[0]], found)
    return found + " " * round(columns - sum(1 if sign < CHINESE else SIGN for sign in found))


def _known(part: str) -> str:
    """Say a part of a label, in whichever way a page writes it: an identifier, or at the beginning of a sentence."""
    written = (part, part.replace("_", " "), part.lower())
    return next((say(one) for one in written if one in _catalog(language())), part)


def _between(mark: str, before: str, after: str) -> str:
    """Return what stands between two parts of a label: full-width signs where one of them is Chinese."""
    chinese = any(sign >= CHINESE for sign in before + after)
    return {": ": "：", ", ": "，"}.get(mark, mark) if chinese else mark


def said() -> dict[str, dict[str, str]]:
    """Return what has been said so far in place of which message, by language: all that a page depends on.

    >>> speak("zh_CN"); _ = say("input"); speak("en"); said()["zh_CN"]["input"]
    '输入'
    """
    return _said


def together(*sentences: str) -> str:
    """Return sentences one after the other, with a space between, which the end of a Chinese one does not want.

    >>> together("One.", "", "Two."), together("一。", "二。")
    ('One. Two.', '一。二。')
    """
    return WIDE_END.sub("", " ".join(filter(None, sentences)))


def also_from(folder: Path, *names: str) -> None:
    """Take messages from more catalogs: those of a package that stands outside this one.

    Parameters
    ----------
    folder : Path
        What holds a folder for each language.
    *names : str
        Which catalogs in it, without ``.po``; by default all.

    Raises
    ------
    ValueError
        If the folder holds no such catalog in any language.
    """
    for name in names or ("*",):
        if not any(folder.glob(f"*/{name}.po")):
            raise ValueError(f"folder must hold LANGUAGE/{name}.po, got {folder}")

    _sources.extend((folder, name) for name in names or ("*",) if (folder, name) not in _sources)
    _catalog.cache_clear()


def as_script(code: str) -> str:
    """Return a script with ``say(message, values)`` in front of it, and what it says in the language spoken.

    >>> print(as_script('document.title = say("input");').splitlines()[-1])
    document.title = say("input");
    """
    before = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
    table = json.dumps(table_of(code), ensure_ascii=False)
    return before.replace("const translations = {};", f"const translations = {table};", 1) + code


def said_by(script: str) -> list[str]:
    """Return the messages that a script says: what its calls of ``say`` begin with.

    >>> said_by('const row = say("row {r}", { r }), known = say(name), other = say("column");')
    ['row {r}', 'column']
    """
    return [ast.literal_eval(found[1]) for found in SAID.finditer(script)]


def table_of(*scripts: str) -> dict[str, str]:
    """Return what scripts say in the language spoken, by its English: empty in English.

    >>> table_of('say("input"); say("no such message")')
    {}
    """
    return {message: say(message) for text in scripts for message in said_by(text) if say(message) != message}


def read_catalog(text: str) -> dict[str, str]:
    r"""Return the messages of a catalog that have a translation which is up to date.

    Parameters
    ----------
    text : str
        In gettext's format, without plurals and contexts.

    Examples
    --------
    >>> read_catalog('msgid "row"\nmsgstr "行"\n\n#, fuzzy\nmsgid "columns"\nmsgstr "列"\n\nmsgid "cell"\nmsgstr ""\n')
    {'row': '行'}
    """
    entries = (
        (_joined(ours), _joined(theirs)) for about, ours, theirs in ENTRY.findall(text) if not FUZZY.search(about)
    )
    return {ours: theirs for ours, theirs in entries if ours and theirs}


def read_catalogs(paths: Iterable[Path]) -> dict[str, str]:
    """Return the messages of several catalogs; of two that translate the same English, the first decides."""
    found: dict[str, str] = {}
    for path in paths:
        found = read_catalog(path.read_text(encoding="utf-8")) | found
    return found


@cache
def _catalog(language: str) -> dict[str, str]:
    """Return all messages of a language; of two that translate the same English, the catalog named last decides.

    Whoever names a catalog of its own means by a word what that says: to a bench, "transposed" is a layer.
    """
    folders = reversed(_sources)
    return read_catalogs(path for folder, name in folders for path in sorted(folder.glob(f"{language}/{name}.po")))


def _joined(lines: str) -> str:
    return "".join(ast.literal_eval(line) for line in lines.splitlines())
