"""What is wrong with a translation: what it lost of the English, and how it is written.

Numbers, code, formulas, links, roles, emphasis and expressions in braces must survive. Sentences may turn around; but
expressions and links, of which an exchanged pair is an error that reads well, keep their order unless translators write
the comment ``# another order``, and what a sign such as × joins keeps it always. Where the English uses a term of the
glossary, the Chinese must hold its name.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Iterator, Sequence

from .markdown import NO_SENTENCE, PARSER, WORDS_OF_FORMULA
from .terms import lost_terms

NUMBER = re.compile(r"\d+(?:\.\d+)?")
SPELLED = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
BRACES = re.compile(r"\{[^{}]*\}")
NAMED = re.compile(r"(?<=\{)named\(([^{}]+?)(?:, (\d+))?\)(?=\})")  # a name that code needs, said to the reader
ESCAPE = re.compile(r"\\.")
QUOTED_CODE = re.compile(r"(?<!`)`+[^`]+`+(?!`)")
ROLE_TEXT = re.compile(r"^.*(?=<[^>]+>$)", re.DOTALL)  # what a role shows, before its target
IN_CODE = ("code", "comment", "say")  # kinds whose text is no Markdown
SIGN = "\u4e00-\u9fff"
REORDERED = "another order"
OPERAND = r"(?:\{[^{}]*\}|\d+(?:\.\d+)?)"
JOINED = re.compile(rf"(?<![\w.]){OPERAND}(?:\s*[×·+−/=<>≤≥–-]\s*{OPERAND})+")  # 2 × 3, {rows} × {columns}
SIGNED = re.compile(r"−\s?(?=\d)|%")
PAIRS = ("（）", "“”", "《》", "()", "[]")
SENTENCE = ("prose", "heading", "title", "description", "notes")
ROLE = re.compile(r"\{[\w:]+\}`[^`]*`")
CODE_OR_FORMULA = re.compile(r"`[^`]*`|\$[^$]*\$")
CLOSE = re.compile(rf"[{SIGN}][A-Za-z0-9]|[A-Za-z0-9][{SIGN}]")
DOUBLED = re.compile(r"[，。；：！？、]{2,}")
AFTER_LATIN = re.compile(rf"[A-Za-z][,;:?!] (?=[{SIGN}（“])")  # as English has it, between words
BRACKETED = re.compile(r"(?<!\w)(?<![A-Za-z] )\([A-Za-z][A-Za-z -]+\)")
SHAPE = re.compile(r"\([^()]*,[^()]*\)")
HALF_WIDTH = re.compile(rf"[{SIGN}][,.:;?!(]|[,;?!)][{SIGN}]|[{SIGN}][\"']|[\"'][{SIGN}]")


def faults(kind: str, english: str, other: str, notes: Sequence[str] = ()) -> Iterator[str]:
    """Yield what is wrong with the translation of a message of some kind, beside which translators wrote ``notes``.

    >>> list(faults("prose", "Add **2** to `x`.", "给 `y` 加 2。"))
    ['strong_open: 1 lost', 'code_inline x: 1 lost', 'code_inline y: 1 added']
    """
    shown = with_plain_names(other) if kind in IN_CODE else other
    yield from different_numbers(english, other)
    if kind in IN_CODE:
        yield from code_faults(kind, english, other)
    else:
        yield from different("", skeleton(english), skeleton(other))

    yield from (f"{found} is not there as it is" for found in joined(english) - joined(shown))
    if REORDERED not in notes:
        yield from exchanged(kind, english, shown)

    words = re.findall(r"\b[a-z]{2,}\b", NO_SENTENCE.sub("", english))
    if kind in SENTENCE and len(words) > 2 and not re.search(f"[{SIGN}]", other):
        yield "no Chinese"

    yield from typography(other)
    yield from signs_of_english(english, other)
    for term, names in lost_terms(kind, english, other, notes):
        yield f"term {term!r} is none of {', '.join(names)}"


def different_numbers(english: str, other: str) -> Iterator[str]:
    """Yield numbers that were lost, and those that the English has neither in digits nor in words.

    >>> list(different_numbers("5 and 5 differ by one", "5 和 6 差 1"))
    ['number 5: 1 lost', 'number 6: added']
    """
    before, after = Counter(NUMBER.findall(english)), Counter(NUMBER.findall(other))
    yield from (f"number {number}: {count} lost" for number, count in (before - after).items())

    yield from different("sign", Counter(SIGNED.findall(english)), Counter(SIGNED.findall(other)))
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


def signs_of_english(english: str, other: str) -> Iterator[str]:
    """Yield signs that are set as in English, stand alone where two belong together, or are no simplified Chinese.

    >>> list(signs_of_english("By ReLU: a (small) step", "由 ReLU: （小的一步"))
    ["half-width punctuation in Chinese: 'U: '", 'one of （） alone']
    """
    if not re.search(f"[{SIGN}]", other):
        return

    plain, before = NO_SENTENCE.sub("x", other), NO_SENTENCE.sub("x", english)
    for found in [*AFTER_LATIN.findall(SHAPE.sub("x", plain)), *BRACKETED.findall(plain)]:
        yield f"half-width punctuation in Chinese: {found!r}"

    for opening, closing in PAIRS:
        if plain.count(opening) != plain.count(closing) and before.count(opening) == before.count(closing):
            yield f"one of {opening}{closing} alone"
    yield from (f"doubled punctuation: {found!r}" for found in DOUBLED.findall(other))

    odd = [sign for sign in re.findall(f"[{SIGN}]", other) if len(sign.encode("gb2312", "ignore")) < 2]
    if odd:
        yield f"no simplified Chinese: {' '.join(odd)}"


def joined(text: str) -> Counter[str]:
    """Return the numbers and expressions that signs join, such as 2 × 3, without spaces."""
    return Counter(re.sub(r"\s", "", found) for found in JOINED.findall(text))


def exchanged(kind: str, english: str, other: str) -> Iterator[str]:
    """Yield expressions or links that all are there, but in another order.

    >>> list(exchanged("say", "{one} of {all}", "{all} 中的 {one}"))
    ['expressions in another order: {all} {one}']
    """
    what, listed = ("expressions", BRACES.findall) if kind in IN_CODE else ("links", links)
    before, after = listed(english), listed(other)
    if before != after and sorted(before) == sorted(after):
        yield f"{what} in another order: {' '.join(after)}"


def links(text: str) -> list[str]:
    """Return where the links of a Markdown text lead, in order."""
    tokens = PARSER.parseInline(text)[0].children
    return [str(token.attrs["href"]) for token in tokens if token.type == "link_open"]


def with_plain_names(text: str) -> str:
    """Write ``{named(x, 9)}`` as the English has it, ``{x:9}``."""
    return NAMED.sub(lambda found: found[1] + (f":{found[2]}" if found[2] else ""), text)


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

    other = with_plain_names(other)
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
