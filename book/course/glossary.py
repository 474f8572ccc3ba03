"""The bilingual glossary: one file of terms becomes a page, links from every page, and words that the search finds.

``glossary.yml`` holds the terms. The directive ``bilingual-glossary`` writes them as Sphinx's own glossaries, one for
each initial, so that ``{term}`` works everywhere. The first use of each term in the prose of a page is linked to it. On
the page that introduces a term, every name of it, English and Chinese, becomes an entry of the index. The search finds
the page by these names too (``course.search``).

The Chinese edition lists and links the terms by their Chinese names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

import yaml
from docutils import nodes
from docutils.statemachine import StringList
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.util.docutils import SphinxDirective

from lib.words import language, say, together

SOURCE = Path(__file__).with_name("glossary.yml")
PAGE = "chapters/glossary"
CHINESE = re.compile(r"[\u4e00-\u9fff]")
# The first sign of each letter's part in GB 2312, which has its 3755 common signs in the order of their sounds.
FIRST_SIGNS = dict(zip("ABCDEFGHJKLMNOPQRSTWXYZ", "啊芭擦搭蛾发噶哈击喀垃妈拿哦啪期然撒塌挖昔压匝", strict=True))
READ_OTHERWISE = {"熵": "S", "重": "C"}  # rare signs stand by strokes, others by another reading
# Text inside these is no prose: it is a heading, code, a formula, a link already, a caption, or belongs to a table.
NOT_PROSE = (
    nodes.title,
    nodes.rubric,
    nodes.literal,
    nodes.literal_block,
    nodes.math,
    nodes.math_block,
    nodes.reference,
    nodes.caption,
    nodes.legend,
    nodes.table,
    nodes.footnote,
    nodes.citation,
    nodes.raw,
    nodes.comment,
    nodes.field_name,
    nodes.term,
    addnodes.pending_xref,
    addnodes.download_reference,
    addnodes.desc_signature,
    addnodes.literal_strong,  # names and types of parameters
    addnodes.literal_emphasis,
)


@dataclass(frozen=True)
class Term:
    """A term of the course: how it is listed, what it is called in Chinese, how prose writes it, and what it means.

    ``linked`` is how Chinese prose writes it, and ``unlinked`` are other words that hold one of these.
    """

    name: str
    chinese: tuple[str, ...]
    also: tuple[str, ...]
    forms: tuple[str, ...]
    chinese_forms: tuple[str, ...]
    exactly: bool
    page: str
    meaning: str
    linked: tuple[str, ...]
    unlinked: tuple[str, ...]

    @property
    def listed(self) -> tuple[str, ...]:
        """Its names as the glossary lists them, those of the reader's language first."""
        return (*self.chinese, self.name) if in_chinese() else (self.name, *self.chinese)

    @property
    def place(self) -> tuple[str, bytes | str]:
        """What terms are put in order by: the initial that it is listed under, then all of its first name."""
        first = self.listed[0]
        return initial_of(first), first.lower().encode("gb18030") if in_chinese() else first.lower()

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that somebody may look for."""
        return (self.name, *self.chinese, *self.also)

    @property
    def pattern(self) -> str:
        """A regular expression of what prose writes for it, longest first."""
        if self.exactly:
            return "|".join(re.escape(form) for form in self.forms)
        written = sorted({self.name, f"{self.name}s", *self.forms}, key=len, reverse=True)
        return "|".join(re.escape(form).replace(r"\ ", r"[\s\xa0]+") for form in written)


@cache
def terms() -> tuple[Term, ...]:
    """Return the terms in the order of the alphabet."""
    found = [_term(entry) for entry in yaml.safe_load(SOURCE.read_text(encoding="utf-8"))]
    return tuple(sorted(found, key=lambda term: term.name.lower()))


def in_chinese() -> bool:
    """Say whether the Chinese edition is made."""
    return language().startswith("zh")


def initial_of(name: str) -> str:
    """Return the letter that a name is listed under: its first, or that with which its first sign is pronounced.

    >>> initial_of("adjoint"), initial_of("卷积"), initial_of("转置"), initial_of("熵")
    ('A', 'J', 'Z', 'S')
    """
    if not CHINESE.match(name):
        return name[0].upper()
    if name[0] in READ_OTHERWISE:
        return READ_OTHERWISE[name[0]]
    sign = name[0].encode("gb2312")
    return max(letter for letter, first in FIRST_SIGNS.items() if first.encode("gb2312") <= sign)


def heading_of(name: str) -> str | None:
    """Return the letter under which the index lists a Chinese name; for others it takes their first itself.

    >>> heading_of("卷积"), heading_of("ICNR 初始化")
    ('J', None)
    """
    return initial_of(name) if CHINESE.match(name) else None


def _term(entry: dict[str, Any]) -> Term:
    chinese = [entry["chinese"]] if isinstance(entry["chinese"], str) else entry["chinese"]
    page = entry.get("page", "")
    return Term(
        name=entry["term"],
        chinese=tuple(chinese),
        also=tuple(entry.get("also", ())),
        forms=tuple(entry.get("forms", ())),
        chinese_forms=tuple(entry.get("chinese_forms", ())),
        exactly=entry.get("exactly", False),
        page=f"chapters/{page}" if page and page != "index" else page,
        meaning=entry["means"],
        linked=tuple(entry.get("linked", [name for name in chinese if len(name) > 1])),
        unlinked=tuple(entry.get("unlinked", ())),
    )


@cache
def _finder() -> tuple[re.Pattern[str], tuple[Term, ...]]:
    """Return one expression for all terms, in which the longest name that fits wins, and the term of each group.

    Names with the same first letter stand together behind a look at that letter: most words of a text begin no name.
    """
    written = [(form, term) for term in terms() for form in term.pattern.split("|") if form]
    written.sort(key=lambda pair: (_initial(pair), -len(pair[0])))

    groups = []
    for initial, pairs in groupby(written, key=_initial):
        forms = "|".join(f"({form if term.exactly else f'(?i:{form})'})" for form, term in pairs)
        groups.append(f"(?=(?i:{re.escape(initial)}))(?:{forms})")

    return re.compile(rf"(?<![\w-])(?:{'|'.join(groups)})(?![\w-])"), tuple(term for _, term in written)


def _initial(pair: tuple[str, Term]) -> str:
    return pair[0].lstrip("\\")[0].lower()


@cache
def _chinese_finder() -> tuple[re.Pattern[str], tuple[Term | None, ...]]:
    """Return the same for Chinese prose, which has no spaces between words; other words that hold a term have none.

    Proper names and abbreviations stand in it as they are.
    """
    written = [(re.escape(form), term) for term in terms() for form in term.linked]
    written += [(re.escape(word), None) for term in terms() for word in term.unlinked]
    proper = [term for term in terms() if re.search("[A-Z0-9]", term.name)]
    written += [(rf"(?<![A-Za-z0-9-]){re.escape(term.name)}(?![A-Za-z0-9-])", term) for term in proper]
    written.sort(key=lambda pair: len(pair[0]), reverse=True)

    return re.compile("|".join(f"({form})" for form, _ in written)), tuple(term for _, term in written)


def uses(text: str) -> Iterator[tuple[int, int, Term]]:
    """Yield where a text uses terms: start, end, term.

    >>> [(text[start:end], term.name) for text in ["Transposed convolutions pool."] for start, end, term in uses(text)]
    [('Transposed convolutions', 'transposed convolution'), ('pool', 'pooling')]
    """
    pattern, owners = _chinese_finder() if in_chinese() else _finder()
    for found in pattern.finditer(text):
        if term := owners[found.lastindex - 1]:
            yield found.start(), found.end(), term


class BilingualGlossary(SphinxDirective):
    """Write every term: its English and Chinese names, its meaning, its other names and the page that introduces it."""

    def run(self) -> list[nodes.Node]:
        """Return a section for each initial."""
        self.env.note_dependency(str(SOURCE))
        lines: list[str] = []

        in_order = sorted(terms(), key=lambda term: term.place)
        for initial, group in groupby(in_order, key=lambda term: initial_of(term.listed[0])):
            lines += [f"## {initial}", "", ":::::{glossary}"]
            for term in group:
                names = (f"{name} : {key}" if (key := heading_of(name)) else name for name in term.listed)
                lines += [*names, *(f"  {line}" for line in self._definition(term)), ""]
            lines += [":::::", ""]

        container = nodes.Element()
        self.state.nested_parse(StringList(lines, str(SOURCE)), 0, container, match_titles=True)
        return container.children

    def _definition(self, term: Term) -> list[str]:
        others = say("Also: {names}.", names=say(", ").join(term.also)) if term.also else ""
        page = say("Introduced in {page}.", page=f"{{doc}}`/{term.page}`") if term.page else ""
        return [say(term.meaning), "", together(others, page)]


class LinkFirstUses(SphinxTransform):
    """Link the first use of each term on a page to the glossary, and enter what the page introduces in the index."""

    default_priority = 790  # after everything is parsed, before the domains collect what they index

    def apply(self, **_: Any) -> None:
        """Change the page in place."""
        if PAGE not in self.env.found_docs:
            return

        page = self.env.docname
        if page == PAGE:
            for definition in self.document.findall(nodes.definition):
                own = {term.name for term in terms() if term.name in _names_before(definition)}
                link_first_uses(definition, own)
            return

        linked = link_first_uses(self.document, set())
        for term in terms():
            if term.page == page:
                self._enter_in_index(term, linked.get(term.name))

    def _enter_in_index(self, term: Term, use: nodes.Element | None) -> None:
        """Let the index lead from every name of a term to its first use on the page that introduces it."""
        section = next(self.document.findall(nodes.section), None)
        if section is None:
            return

        if use is None:
            target, parent, place = section["ids"][0], section, 1
        else:
            target = nodes.make_id(f"use-{term.name}")
            use["ids"].append(target)
            parent, place = use.parent, use.parent.index(use)

        entries = [("single", name, target, "main", heading_of(name)) for name in term.names]
        parent.insert(place, addnodes.index(entries=entries, inline=use is not None))


def _names_before(definition: nodes.definition) -> set[str]:
    item = definition.parent
    return {term.astext() for term in item.findall(nodes.term)}


def link_first_uses(root: nodes.Node, seen: set[str]) -> dict[str, nodes.Element]:
    """Link the first use of every term not yet seen to the glossary; return the node of each use by the term's name."""
    linked: dict[str, nodes.Element] = {}

    for text in list(root.findall(nodes.Text)):
        if _is_prose(text, root):
            pieces, found = _with_links(text.astext(), seen)
            seen |= found.keys()
            linked |= found
            if found:
                text.parent.replace(text, pieces)

    return linked


def _with_links(content: str, seen: set[str]) -> tuple[list[nodes.Node], dict[str, nodes.Element]]:
    """Return a text in pieces, in which first uses of terms are links, and the links by their terms."""
    pieces: list[nodes.Node] = []
    found: dict[str, nodes.Element] = {}
    end = 0

    for start, stop, term in uses(content):
        if term.name not in seen and term.name not in found:
            found[term.name] = nodes.inline("", "", _link(term, content[start:stop]))
            pieces += [nodes.Text(content[end:start]), found[term.name]]
            end = stop

    return [*pieces, nodes.Text(content[end:])], found


def _link(term: Term, written: str) -> addnodes.pending_xref:
    words = nodes.inline(written, written, classes=["xref", "std", "std-term"])
    return addnodes.pending_xref(
        "",
        words,
        refdomain="std",
        reftype="term",
        reftarget=term.name,
        refexplicit=True,
        refwarn=True,
    )


def _is_prose(text: nodes.Text, root: nodes.Node) -> bool:
    node = text.parent
    while node is not None and node is not root:
        if isinstance(node, NOT_PROSE) or "cell" in node.get("classes", ()):
            return False
        node = node.parent

    return True


def mark_other_language(app: Sphinx, doctree: nodes.document, docname: str) -> None:  # noqa: ARG001
    """Say of terms that are not in the language of the page which they are in, for fonts and screen readers."""
    other = "en" if in_chinese() else "zh-Hans"
    for term in doctree.findall(nodes.term):
        if bool(CHINESE.search(term.astext())) != in_chinese():
            term["classes"].append(f"language-{other}")


def add_glossary(app: Sphinx) -> None:
    """Register the directive, the links and the language marks."""
    app.add_directive("bilingual-glossary", BilingualGlossary)
    app.add_transform(LinkFirstUses)
    app.connect("doctree-resolved", mark_other_language)
