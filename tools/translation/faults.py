"""What is wrong with a translation: what it lost of the English, and how it is written.

Numbers, code, formulas, links, roles, emphasis and expressions in braces must survive, in any order. Where the English
uses a term of the glossary, the Chinese must hold one of its Chinese names.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Iterator, Sequence

from .markdown import NO_SENTENCE, PARSER
from .terms import lost_terms

NUMBER = re.compile(r"\d+(?:\.\d+)?")
SPELLED = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
BRACES = re.compile(r"\{[^{}]*\}")
NAMED = re.compile(r"(?<=\{)named\(([^{}]+?)(?:, (\d+))?\)(?=\})")  # a name that code needs, said to the reader
ESCAPE = re.compile(r"\\.")
QUOTED_CODE = re.compile(r"(?<!`)`+[^`]+`+(?!`)")
ROLE_TEXT = re.compile(r"^.*(?=<[^>]+>$)", re.DOTALL)  # what a role shows, before its target
WORDS_OF_FORMULA = re.compile(r"(?<=\\text)\{[^}]*\}")
IN_CODE = ("code", "comment", "say")  # kinds whose text is no Markdown
SIGN = "\u4e00-\u9fff"
ROLE = re.compile(r"\{[\w:]+\}`[^`]*`")
CODE_OR_FORMULA = re.compile(r"`[^`]*`|\$[^$]*\$")
CLOSE = re.compile(rf"[{SIGN}][A-Za-z0-9]|[A-Za-z0-9][{SIGN}]")
HALF_WIDTH = re.compile(rf"[{SIGN}][,.:;?!(]|[,;?!)][{SIGN}]|[{SIGN}][\"']|[\"'][{SIGN}]")


def faults(kind: str, english: str, other: str, notes: Sequence[str] = ()) -> Iterator[str]:
    """Yield what is wrong with the translation of a message of some kind, beside which translators wrote ``notes``.

    >>> list(faults("prose", "Add **2** to `x`.", "给 `y` 加 2。"))
    ['strong_open: 1 lost', 'code_inline x: 1 lost', 'code_inline y: 1 added']
    """
    yield from different_numbers(english, other)
    if kind in IN_CODE:
        yield from code_faults(kind, english, other)
    else:
        yield from different("", skeleton(english), skeleton(other))

    yield from typography(other)
    for term, names in lost_terms(kind, english, other, notes):
        yield f"term {term!r} is none of {', '.join(names)}"


def different_numbers(english: str, other: str) -> Iterator[str]:
    """Yield numbers that were lost, and those that the English has neither in digits nor in words.

    >>> list(different_numbers("5 and 5 differ by one", "5 和 6 差 1"))
    ['number 5: 1 lost', 'number 6: added']
    """
    before, after = Counter(NUMBER.findall(english)), Counter(NUMBER.findall(other))
    yield from (f"number {number}: {count} lost" for number, count in (before - after).items())

    words = re.findall(r"[a-z]+", english.lower())
    spelled = {str(number) for number, word in enumerate(SPELLED) if {word, f"{word}s"} & {*words}}
    yield from (f"number {number}: added" for number in after if number not in before and number not in spelled)


def typography(other: str) -> Iterator[str]:
    """Yield what Chinese typography would set otherwise: full-width signs, and a space beside Latin letters and digits.

    >>> list(typography("用`conv2d`, 步长 2。"))
    ["half-width punctuation beside Chinese: '用,'", "no space beside Chinese: '用x'"]
    """
    for found in HALF_WIDTH.findall(NO_SENTENCE.sub("", other)):
        yield f"half-width punctuation beside Chinese: {found!r}"

    if re.search(f"[{SIGN}]", other) and other.rstrip().endswith(tuple(",.:;?!")):
        yield f"half-width punctuation at the end of Chinese: {other.rstrip()[-1]!r}"

    latin = NO_SENTENCE.sub("", CODE_OR_FORMULA.sub("x", ROLE.sub("", other)))
    yield from (f"no space beside Chinese: {found!r}" for found in CLOSE.findall(latin))


def different(what: str, english: Counter[str], other: Counter[str]) -> Iterator[str]:
    """Yield what one text has more often than the other."""
    for name, count in (english - other).items():
        yield f"{what} {name}: {count} lost".strip()
    for name, count in (other - english).items():
        yield f"{what} {name}: {count} added".strip()


def code_faults(kind: str, english: str, other: str) -> Iterator[str]:
    """Yield what a string or a comment lost."""
    yield from different("quoted", Counter(QUOTED_CODE.findall(english)), Counter(QUOTED_CODE.findall(other)))
    if kind == "comment":
        if "\n" in other:
            yield "a line break in a comment"
        return

    other = NAMED.sub(lambda found: found[1] + (f":{found[2]}" if found[2] else ""), other)
    before, after = Counter(BRACES.findall(english)), Counter(BRACES.findall(other))
    yield from (f"expression {braces}: {count} lost" for braces, count in (before - after).items())
    yield from (f"expression {braces}: added" for braces in after if braces not in before)  # one may be said twice
    if kind == "say":
        try:
            list(string.Formatter().parse(other))
        except ValueError as error:
            yield f"braces: {error}"
    else:
        yield from different("escape", Counter(ESCAPE.findall(english)), Counter(ESCAPE.findall(other)))
        plain = ESCAPE.sub("", other)
        yield from (f"{mark} would end the string" for mark in "\"'" if mark in plain and mark not in english)


def skeleton(text: str) -> Counter[str]:
    """Return what must survive in a translation of Markdown.

    >>> sorted(skeleton("the **size** `x` of [it](a.md), $y$, {term}`z`"))
    ['code_inline x', 'link a.md', 'math_inline y', 'role term z', 'strong_open']
    """
    found: Counter[str] = Counter()

    for token in PARSER.parseInline(text)[0].children:
        if token.type == "myst_role":
            found[f"role {token.meta['name']} {ROLE_TEXT.sub('', token.content)}"] += 1
        elif token.type in ("code_inline", "math_inline", "html_inline"):
            found[f"{token.type} {WORDS_OF_FORMULA.sub('', token.content)}"] += 1
        elif token.type in ("strong_open", "em_open"):
            found[token.type] += 1
        elif token.type in ("link_open", "image"):
            found[f"link {token.attrs.get('href') or token.attrs.get('src')}"] += 1

    return found
