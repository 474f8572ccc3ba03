"""One stylesheet for the whole site, with only the rules that its pages can use.

The theme and its extensions bring ten stylesheets of half a megabyte, for every widget and icon a site might have.
Here they are joined, in their order, and what no page of this book can match is left out: rules, variables and
icons. What a page can match is read from the built pages and the scripts they load, so a new page, another version of
the theme or a new rule of ours needs no list to be kept.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tinycss2

from course.fonts import subset_as_data

TAG = re.compile(r"<([a-zA-Z][\w-]*)")
NAMES = re.compile(r"\b(?:class|id)=\\?[\"']([^\"'\\]*)")  # with a backslash: markup inside an explorer's data
WORD = re.compile(r"-{0,2}[a-zA-Z_][\w-]*")
VARIABLE = re.compile(r"var\(\s*(--[\w-]+)")
ANIMATION = re.compile(r"@(?:-\w+-)?keyframes ([\w-]+)")
ICON_FONT = re.compile(r"url\(\"?(?P<file>[^\")]*/fa-(?P<style>\w+)-\d+\.woff2)")
PRIVATE_USE = range(0xE000, 0xF900)  # where icon fonts keep their glyphs
GROUPS = ("media", "supports", "layer", "container")  # rules around other rules
ALTERNATIVES = ("is", "where", "has", "matches")
# Bootstrap's script names the parts of every widget it has; these are of those that the pages have.
BOOTSTRAP = (
    "show fade active disabled tooltip tooltip-arrow tooltip-inner dropdown-menu dropdown-menu-dark "
    + " ".join(f"bs-tooltip-{side}" for side in ("auto", "top", "end", "bottom", "start"))
)


@dataclass
class Vocabulary:
    """What selectors can match: the names that occur in pages, or that scripts may give to what is in them."""

    tags: set[str] = field(default_factory=lambda: {"html", "body", "root"})
    names: set[str] = field(default_factory=lambda: set(BOOTSTRAP.split()))
    variables: set[str] = field(default_factory=set)

    def add_page(self, text: str) -> None:
        """Learn the tags, classes and ids of a page."""
        self.tags |= {tag.lower() for tag in TAG.findall(text)}
        for names in NAMES.findall(text):
            self.names |= set(names.split())
        self.variables |= set(VARIABLE.findall(text))

    def sorted(self) -> list[list[str]]:
        """Return all of it in the order of the alphabet."""
        return [sorted(self.tags), sorted(self.names), sorted(self.variables)]

    def add_script(self, path: Path) -> None:
        """Learn every word of a script: any may be a name that it gives, a tag that it makes, a variable it reads."""
        if path.name != "bootstrap.js":
            words = set(WORD.findall(path.read_text(encoding="utf-8")))
            self.names |= words
            self.tags |= {word.lower() for word in words}
            self.variables |= {word for word in words if word.startswith("--")}


def one_stylesheet(sheets: Iterable[Path], folder: Path, vocabulary: Vocabulary) -> str:
    """Return the rules of ``sheets`` that ``vocabulary`` can match, for a stylesheet that will lie in ``folder``."""
    rules = [rule for sheet in sheets for rule in _rules(sheet, folder)]
    fonts = [rule for rule in rules if _is_font(rule)]
    others = [rule for rule in rules if not _is_font(rule)]

    text = _written(others, vocabulary, lambda _: True)
    used = vocabulary.variables | _used_variables(text)
    text = _without_idle_animations(_written(others, vocabulary, used.__contains__))

    icons = _icons_in(text)
    loaded = [_written_font(rule, folder, vocabulary, icons) for rule in fonts]
    return "\n".join(filter(None, [*loaded, text]))


def _rules(sheet: Path, folder: Path) -> list[Any]:
    """Parse a stylesheet and those it imports, its addresses rewritten as seen from ``folder``."""
    parsed = tinycss2.parse_stylesheet(sheet.read_text(encoding="utf-8"), skip_comments=True, skip_whitespace=True)
    rules = []

    for rule in parsed:
        if rule.type == "error":
            raise ValueError(f"{sheet.name}, line {rule.source_line}: {rule.message}")
        if rule.type == "at-rule" and rule.lower_at_keyword == "import":
            address = next(token.value for token in rule.prelude if token.type in ("string", "url"))
            rules += _rules((sheet.parent / address).resolve(), folder)
        elif rule.type == "qualified-rule" or rule.lower_at_keyword != "charset":
            _move_addresses([*rule.prelude, *(rule.content or [])], sheet.parent, folder)
            rules.append(rule)

    return rules


def _move_addresses(tokens: list[Any], old: Path, new: Path) -> None:
    """Rewrite the addresses that tokens hold, from one folder to another, in place."""
    for token in tokens:
        arguments = getattr(token, "arguments", None) or getattr(token, "content", None) or []

        if token.type == "function" and token.lower_name == "url":
            addresses = [argument for argument in arguments if argument.type == "string"]
        else:
            addresses = [token] if token.type == "url" else []
            _move_addresses(arguments, old, new)

        for address in addresses:
            if not address.value.startswith(("data:", "http:", "https:", "/", "#")):
                address.value = Path(os.path.relpath(old / address.value, new)).as_posix()
                quoted = f'"{address.value}"'
                address.representation = f"url({quoted})" if address.type == "url" else quoted


def _written(rules: Iterable[Any], vocabulary: Vocabulary, used: Callable[[str], bool]) -> str:
    """Write the rules that can match something, with the variables that are used."""
    kinds = {"qualified-rule": _written_rule, "at-rule": _written_at_rule}
    parts = [kinds[rule.type](rule, vocabulary, used) for rule in rules if rule.type in kinds]
    return "\n".join(filter(None, parts))


def _written_rule(rule: Any, vocabulary: Vocabulary, used: Callable[[str], bool]) -> str:
    """Write a rule for those of its selectors that can match."""
    selectors = [selector for selector in _split(rule.prelude) if _can_match(selector, vocabulary)]
    inside = _block(rule.content, vocabulary, used) if selectors else ""
    if not inside:
        return ""

    return f"{','.join(tinycss2.serialize(selector).strip() for selector in selectors)}{{{inside}}}"


def _written_at_rule(rule: Any, vocabulary: Vocabulary, used: Callable[[str], bool]) -> str:
    """Write a rule that begins with ``@``: a group of rules with what is left of them, others whole."""
    before = f"@{rule.at_keyword} {tinycss2.serialize(rule.prelude).strip()}"
    if rule.content is None:
        return f"{before};"

    if rule.lower_at_keyword not in GROUPS:  # animations, paper
        return f"{before}{{{_squeezed(rule.content)}}}"

    inside = _written(_parsed(rule.content), vocabulary, used)
    return f"{before}{{{inside}}}" if inside else ""


def _parsed(content: list[Any]) -> list[Any]:
    return tinycss2.parse_rule_list(content, skip_comments=True, skip_whitespace=True)


def _block(content: list[Any], vocabulary: Vocabulary, used: Callable[[str], bool]) -> str:
    """Write the inside of a rule: declarations, and rules nested in it."""
    parts = []

    for item in tinycss2.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True):
        if item.type == "declaration":
            if not item.name.startswith("--") or used(item.name):
                important = "!important" if item.important else ""
                parts.append(f"{item.name}:{_squeezed(item.value)}{important};")
        elif item.type != "error":  # an error here is a hack for an old browser, which others skip too
            parts.append(_written([item], vocabulary, used))

    return "".join(parts)


def _squeezed(tokens: list[Any]) -> str:
    """Write tokens on one line, with one space where there is white space between them, and none around them."""
    parts = []
    for token in tokens:
        if token.type == "{} block":  # a step of an animation
            parts.append(f"{{{_squeezed(token.content)}}}")
        elif token.type != "comment":
            parts.append(" " if token.type == "whitespace" else tinycss2.serialize([token]))
    return "".join(parts).strip()


def _split(prelude: list[Any]) -> list[list[Any]]:
    selectors: list[list[Any]] = [[]]
    for token in prelude:
        if token == ",":
            selectors.append([])
        elif token.type != "comment":
            selectors[-1].append(token)
    return selectors


def _can_match(selector: list[Any], vocabulary: Vocabulary) -> bool:
    """Whether every tag, class and id that a selector asks for occurs; attributes and states are taken as possible."""
    before = [None, *(token.value if token.type == "literal" else None for token in selector)]
    return all(_can_occur(token, sign, vocabulary) for token, sign in zip(selector, before, strict=False))


def _can_occur(token: Any, before: str | None, vocabulary: Vocabulary) -> bool:
    """Whether a page can have what one token of a selector asks for, after the sign that stands before it."""
    if token.type == "hash" or (token.type == "ident" and before == "."):
        return token.value in vocabulary.names

    if token.type == "ident" and before != ":":
        return token.lower_value in vocabulary.tags

    if token.type == "function" and token.lower_name in ALTERNATIVES:
        return any(_can_match(alternative, vocabulary) for alternative in _split(token.arguments))

    return True


def _used_variables(text: str) -> set[str]:
    """Return the variables that ordinary declarations use, directly or through other variables."""
    defined: dict[str, set[str]] = {}
    used: set[str] = set()

    for name, value in re.findall(r"[{;]\s*([\w-]+):([^;}]*)", text):
        if name.startswith("--"):
            defined.setdefault(name, set()).update(VARIABLE.findall(value))
        else:
            used.update(VARIABLE.findall(value))

    new = set(used)
    while new:
        new = {other for name in new for other in defined.get(name, ())} - used
        used |= new

    return used


def _without_idle_animations(text: str) -> str:
    """Drop the animations that no rule names."""
    named = {word for value in re.findall(r"animation(?:-name)?:([^;}]*)", text) for word in WORD.findall(value)}
    return "\n".join(line for line in text.split("\n") if not (found := ANIMATION.match(line)) or found[1] in named)


def _icons_in(text: str) -> list[int]:
    """Return the icons that rules show, as code points."""
    shown = {int(code, 16) for code in re.findall(r"\\([0-9a-fA-F]{4,5})", text)} | set(map(ord, text))
    return sorted(code for code in shown if code in PRIVATE_USE)


def _is_font(rule: Any) -> bool:
    return rule.type == "at-rule" and rule.lower_at_keyword == "font-face"


def _written_font(rule: Any, folder: Path, vocabulary: Vocabulary, icons: list[int]) -> str:
    """Write what loads a font. One of icons goes into the stylesheet with the few that are left, or is left out."""
    items = tinycss2.parse_blocks_contents(rule.content, skip_comments=True, skip_whitespace=True)
    about = {item.name: _squeezed(item.value) for item in items if item.type == "declaration"}

    if found := ICON_FONT.search(about["src"]):
        style = found["style"]  # solid, regular, brands: shown by a class such as fa-solid or fas
        shown = {f"fa-{style}", f"fa{style[0]}"} & vocabulary.names
        data = subset_as_data(folder / found["file"], icons) if shown else None
        if not data:
            return ""
        about["src"] = f'url("{data}") format("woff2")'

    return f"@font-face{{{''.join(f'{name}:{value};' for name, value in about.items())}}}"
