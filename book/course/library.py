"""The reference of the library, written by autodoc from its docstrings, and links between it and the chapters.

The directive ``public-names`` documents everything that a part of the library offers in its ``__all__``, grouped by the
module it comes from, so that a new name appears by itself. Every name says which page teaches it and where else it is
used; every page with code ends with links to the names it uses; and code in a sentence, such as ``conv2d``, links to
the reference at its first occurrence on a page.
"""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterator
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.statemachine import StringList
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms import SphinxTransform
from sphinx.util.docutils import SphinxDirective

import lib
from course.english import english_source
from course.names import TAUGHT, names_used, parts, public_names, taught, uses_by_page
from lib.words import ENGLISH, language, say, together

HOME = "chapters/library/"
NO_LINKS = (nodes.title, nodes.reference, addnodes.pending_xref)  # what code may stand in that takes no link
CODE_NAME = re.compile(r"(?:lib\.)?((?:(?:show|data|learn)\.)?\w+)(?:\(.*\))?", re.DOTALL)


class PublicNames(SphinxDirective):
    """Document every name in the ``__all__`` of parts of the library; without arguments, of those no page documents."""

    optional_arguments = 20
    has_content = False

    def run(self) -> list[nodes.Node]:
        """Return a section for each module."""
        self.env.note_dependency(str(TAUGHT))
        wanted = self.arguments or sorted(set(parts()) - set(documented_parts(self.env)))
        lines = [line for part in wanted for line in self._part(part)]
        if language() != ENGLISH:  # below the first heading: what stands in front of it comes after all sections
            lines[2:2] = [say("What follows is in English, as it stands in the code."), ""]

        container = nodes.Element()
        self.state.nested_parse(StringList(lines, self.env.docname), 0, container, match_titles=True)
        return container.children

    def _part(self, part: str) -> Iterator[str]:
        """Yield the lines of a part: a section for each module, below a heading if the page has none for it."""
        if not self.arguments:
            yield from [f"## {part}", "", _first_sentence(parts()[part]), ""]
        level = "##" if self.arguments else "###"

        for module, members in _by_module(part, self.env):
            yield from [f"{level} {_title(module)}", "", _first_sentence(module), ""]
            for member in members:
                yield from ["```{eval-rst}", *self._entry(member), "```", ""]

    def _entry(self, full: str) -> list[str]:
        value = _value(full)
        package, _, name = full.rpartition(".")
        lines = [f".. currentmodule:: {package}", ""]

        if inspect.isclass(value):
            lines += [f".. autoclass:: {name}", *(f"   {option}" for option in _members(value)), ""]
        elif callable(value):
            lines += [f".. autofunction:: {name}", ""]
        else:
            lines += [f".. py:data:: {name}", "", *(f"   {line}" for line in _about_data(full)), ""]

        return [*lines, *(f"   {line}" for line in self._where(full)), ""]

    def _where(self, full: str) -> list[str]:
        """Say which page teaches a name, and which others use it."""
        users = [page for page, names in uses_by_page(self.env).items() if full in names]
        teacher = taught().get(full) or next(iter(users), None)
        if teacher is None:
            return []

        others = [page for page in users if page != teacher and page != self.env.config.root_doc]
        first = f":doc:`/{teacher}`"
        said = [say("Taught in {page}.", page=first) if full in taught() else say("Used in {pages}.", pages=first)]
        if others and full in taught():
            said.append(say("Used in {pages}.", pages=say(", ").join(f":doc:`/{page}`" for page in others)))

        return [".. container:: taught", "", f"   {together(*said)}"]


@cache
def _public_classes() -> set[type]:
    return {value for full in public_names().values() if inspect.isclass(value := _value(full))}


def _members(of: type) -> list[str]:
    """Return what says which methods to document with a class: not again those of a base that is documented itself."""
    bases = [base.__name__ for base in of.__mro__[1:] if base in _public_classes()]
    if not bases:
        return [":members:", ":inherited-members:"]
    return [":members:", f":inherited-members: {', '.join(bases)}", ":show-inheritance:"]


def _by_module(part: str, env: BuildEnvironment) -> Iterator[tuple[Any, list[str]]]:
    """Yield the modules of a part, each with the full names it gives, as the course comes to need them."""
    full = [public_names()[f"{part}.{name}"] for name in parts()[part].__all__]
    needed = {name: _first_need(name, env) for name in full}
    home = {name: _module(name) for name in full}
    first = {module: min(needed[name] for name in full if home[name] == module) for module in home.values()}

    in_order = sorted(full, key=lambda name: (first[home[name]], home[name], needed[name], name))
    for module, members in groupby(in_order, key=home.get):
        yield importlib.import_module(module), list(members)


def _first_need(full: str, env: BuildEnvironment) -> int:
    """Return the place, in reading order, of the page that teaches a name, or else of the first that uses it."""
    users = uses_by_page(env)
    pages = [taught()[full]] if full in taught() else [page for page, names in users.items() if full in names]
    order = list(users)
    return min((order.index(page) for page in pages if page in users), default=len(order))


def _about_data(full: str) -> list[str]:
    """Return what the comment over a constant says, and its value or its keys."""
    value, lines = _value(full), _assigned_in(full).read_text(encoding="utf-8").splitlines()
    line = next(number for number, text in enumerate(lines) if _assigns(full).match(text))

    comment: list[str] = []
    while line and lines[line - 1].startswith("#"):
        line -= 1
        comment.insert(0, lines[line].removeprefix("#").strip())

    kind, shown = ("Keys", list(value)) if isinstance(value, dict) else ("Value", value)
    return [*comment, "", f"{kind}: ``{shown!r}``", ""]


def _module(full: str) -> str:
    """Return the module that a name comes from; constants do not know theirs, so it is looked for."""
    if known := getattr(_value(full), "__module__", None):
        return known
    return ".".join(_assigned_in(full).relative_to(Path(lib.__file__).parents[1]).with_suffix("").parts)


def _assigned_in(full: str) -> Path:
    files = sorted(Path(lib.__file__).parent.rglob("*.py"))
    return next(file for file in files if _assigns(full).search(file.read_text(encoding="utf-8")))


def _assigns(full: str) -> re.Pattern[str]:
    return re.compile(rf"^{full.rpartition('.')[2]}\b[^=(]*=", re.MULTILINE)


def _value(full: str) -> Any:
    package, _, name = full.rpartition(".")
    return getattr(importlib.import_module(package), name)


def _title(module: Any) -> str:
    return module.__name__.rpartition(".")[2].replace("_", " ").capitalize()


def _first_sentence(module: Any) -> str:
    """Return the first paragraph of a docstring, as Markdown."""
    paragraph = inspect.getdoc(module).split("\n\n")[0].replace("\n", " ")
    return re.sub(r":\w+:`~?([^`]+)`", r"`\1`", paragraph).replace("``", "`")


def documented_parts(env: BuildEnvironment) -> list[str]:
    """Return the parts that some page documents by name."""
    found = []

    for page in sorted(env.found_docs):
        if page.startswith(HOME):
            text = Path(env.doc2path(page)).read_text(encoding="utf-8")
            found += re.findall(r"^```\{public-names\} (.+)$", text, re.MULTILINE)

    return [part for line in found for part in line.split()]


class LinkCode(SphinxTransform):
    """Link code in sentences to the reference, at its first occurrence, and end pages with the names they use."""

    default_priority = 792

    def apply(self, **_: Any) -> None:
        """Change the page in place."""
        page = self.env.docname
        if page.startswith(HOME) or not any(found.startswith(HOME) for found in self.env.found_docs):
            return

        self._link_literals()
        source = english_source(self.env, page)
        if source.suffix == ".ipynb" and page != self.config.root_doc and (names := names_used(source)):
            self._end_with(names)

    def _link_literals(self) -> None:
        seen = set()

        for literal in list(self.document.findall(nodes.literal)):
            found = CODE_NAME.fullmatch(literal.astext())
            full = public_names().get(found[1]) if found else None
            if full and full not in seen and not _stands_in(literal, NO_LINKS):
                seen.add(full)
                literal.replace_self(_reference(full, literal.deepcopy()))

    def _end_with(self, names: list[str]) -> None:
        before, after = say("In the reference: {names}.").split("{names}")
        words = nodes.paragraph("", nodes.Text(before), classes=["used-here"])

        for number, full in enumerate(names):
            short = full.removeprefix("lib.")
            words += [nodes.Text(say(", "))] if number else []
            words += _reference(full, nodes.literal(short, short))
        words += nodes.Text(after)

        last = [child for child in self.document.children if isinstance(child, nodes.section)]
        (last[-1] if last else self.document).append(words)


def _stands_in(node: nodes.Node, kinds: tuple[type[nodes.Node], ...]) -> bool:
    """Say whether a node is inside another of some kinds."""
    parent = node.parent
    while parent is not None and not isinstance(parent, kinds):
        parent = parent.parent

    return parent is not None


def _reference(full: str, content: nodes.Node) -> addnodes.pending_xref:
    return addnodes.pending_xref(
        "", content, refdomain="py", reftype="obj", reftarget=full, refexplicit=True, refwarn=True
    )


def leave_others_alone(app: Sphinx, env: BuildEnvironment, node: addnodes.pending_xref, content: nodes.Node) -> Any:  # noqa: ARG001
    """Let types of Python, NumPy and Matplotlib, and modules of ours that are not public, be words without a link."""
    if node.get("refdomain") == "py" and node.get("reftarget") not in public_names().values():
        return content
    return None


def add_library(app: Sphinx) -> None:
    """Register the directive and the links."""
    for extension in ("sphinx.ext.autodoc", "sphinx.ext.napoleon"):
        app.setup_extension(extension)
    app.config.autodoc_typehints = "none"  # docstrings say types, with shapes
    app.config.napoleon_use_rtype = False
    app.config.autodoc_member_order = "bysource"
    app.add_directive("public-names", PublicNames)
    app.add_transform(LinkCode)
    app.connect("missing-reference", leave_others_alone)
