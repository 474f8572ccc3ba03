"""The sources of the book in another language, made from the English ones and the catalogs.

What has no translation that is up to date stays English, and says so. Exercises and solutions are made of the
translated source of their chapter, as the English ones are of the English source.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

import make_exercises
import nbformat
import yaml
from contents import ROOT, documents
from docutils.nodes import make_id

from lib import words
from lib.words import speaking

from .catalogs import Catalog, read, updated
from .collecting import MADE, messages_of, sources
from .markdown import Translate, headings
from .messages import CATALOGS, LANGUAGE, SITE
from .pages import source_of, translated_notebook, translated_page

MADE_OF = "made-of.json"  # of each file a digest of what it was made of
MAKERS = (Path(__file__).parent, *(ROOT / name for name in ("tools/make_exercises.py", "tools/notebooks.py", "lib")))
FIRST_CELL = f'from lib.words import {{names}}\n\nspeak("{LANGUAGE}")'
TITLE = re.compile(r"^# .+\n", re.MULTILINE)
NOTE = ":::{{note}}\n:class: untranslated\n{said}\n:::\n"

Say = Callable[..., str]  # as lib.words.say: a message, and values for the names in its braces


def make(folder: Path) -> None:
    """Write the translated pages and what jupyter-book needs beside them into a folder.

    A file is made only if something that it is made of has changed, and written only if it comes out otherwise, so that
    a build reads again only what changed. Pages that are no longer in the book are removed.
    """
    say = site_say()
    texts = {page_file(page): partial(page_text, page, say) for page in [*documents(), *sources()]}
    for path in [*folder.glob("chapters/**/*.*"), *folder.glob("exercises/*.ipynb")]:
        if path.suffix in (".ipynb", ".md") and path.relative_to(folder).as_posix() not in texts:
            path.unlink()

    texts |= {"_toc.yml": partial(toc, say), "_config.yml": partial(config, say), "anchors.json": anchors}
    noted = folder / MADE_OF
    before = json.loads(noted.read_text(encoding="utf-8")) if noted.is_file() else {}
    now = digests()
    for name, text_of in texts.items():
        if before.get(name) != now[name] or not (folder / name).is_file():
            write_if_changed(folder / name, text_of())
    noted.write_text(json.dumps(now), encoding="utf-8")


def write_if_changed(target: Path, text: str) -> None:
    """Write a file, unless it holds that text."""
    if not target.is_file() or target.read_text(encoding="utf-8") != text:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


def digests() -> dict[str, str]:
    """Return of each file a digest of all that it is made of."""
    shared = [*MAKERS, ROOT / "_toc.yml", ROOT / "_config.yml", SITE]
    makers = digest_of(path for maker in shared for path in [maker, *sorted(maker.rglob("*.p[oy]"))])

    pages = {page: files_of(page) for page in [*documents(), *sources()]}
    whole = digest_of(path for files in pages.values() for path in files[:1])
    found = dict.fromkeys(("_toc.yml", "_config.yml", "anchors.json"), makers + whole)
    return found | {page_file(page): makers + digest_of(files) for page, files in pages.items()}


def digest_of(files: Iterable[Path]) -> str:
    """Return a digest of what files hold; one that is not there holds nothing."""
    digest = hashlib.sha256()
    for path in files:
        digest.update(f"{path}\0".encode() + (path.read_bytes() if path.is_file() else b"") + b"\0")
    return digest.hexdigest()


def site_say() -> Say:
    """Return what says the words of the site in the other language."""
    words.also_from(SITE.parents[1], SITE.stem)

    def say(message: str, **values: object) -> str:
        with speaking(LANGUAGE):
            return words.say(message, **values)

    return say


# Pages ---------------------------------------------------------------------------------------------------------------


def page_file(page: str) -> str:
    """Return the name of the file that a page of the book is stored in."""
    return source_of(page).relative_to(ROOT).as_posix()


def page_text(page: str, say: Say) -> str:
    """Return the text of a page of the book in the other language."""
    source, made = source_and_kind(page)
    path = source_of(source)
    catalog = {entry.text: entry for entry in updated(read(CATALOGS / f"{source}.po"), messages_of(source))}
    untranslated = not any(entry.holds for entry in catalog.values())
    translate = in_english if untranslated else translator(catalog, say)
    if path.suffix == ".md":
        text = translated_page(path, translate)
        return noted(text, say) if untranslated else text

    notebook = translated_notebook(nbformat.read(path, as_version=4), translate)
    if made == "exercises":
        with speaking(LANGUAGE):
            notebook = make_exercises.for_students(notebook)
    elif made == "solutions":
        notebook = make_exercises.with_solutions(notebook, say)

    if untranslated:
        title = next(cell for cell in notebook.cells if cell.cell_type == "markdown" and TITLE.search(cell.source))
        title.source = noted(title.source, say)
    names_said = any("{named(" in cell.source for cell in notebook.cells if cell.cell_type == "code")
    notebook.cells.insert(0, speaking_cell(names_said))
    return nbformat.v4.writes(notebook) + "\n"


def source_and_kind(page: str) -> tuple[str, str]:
    """Return the page or the exercises that a page is made from, and of exercises which of both pages it is."""
    if not page.endswith(MADE):
        return page, ""
    chapter, made = page.split("/")[1:]
    return f"exercises/{chapter}", made


def files_of(page: str) -> list[Path]:
    """Return the files that a page is made from: its own in English, its source, and the catalog of that."""
    source, _ = source_and_kind(page)
    return [source_of(page), source_of(source), CATALOGS / f"{source}.po"]


def speaking_cell(names_said: bool) -> nbformat.NotebookNode:
    """Return the first cell of every notebook: in which language figures and hints speak. No page shows it."""
    cell = nbformat.v4.new_code_cell(FIRST_CELL.format(names="named, speak" if names_said else "speak"), id="speak")
    cell.metadata.tags = ["remove-cell"]
    return cell


def in_english(kind: str, text: str) -> str:  # noqa: ARG001  as a translator
    """Leave a page as it is."""
    return text


def translator(catalog: Catalog, say: Say) -> Translate:
    """Return what translates a page; a paragraph that stays English is marked as such, and says why."""

    def translate(kind: str, text: str) -> str:
        entry = catalog.get(text)
        if entry and entry.holds:
            return entry.translation
        if kind != "prose":
            return text

        old = entry and entry.translation
        why = say("(The English has changed, the translation not yet.)") if old else say("(Not translated yet.)")
        return f'<span lang="en">{text}</span> <small class="untranslated">{why}</small>'

    return translate


def noted(text: str, say: Say) -> str:
    """Return a page with a note below its title that it is not translated."""
    said = say("This page has not been translated yet. What follows is the English.")
    return TITLE.sub(lambda title: f"{title[0]}\n{NOTE.format(said=said)}", text, count=1)


# What jupyter-book needs beside them ---------------------------------------------------------------------------------


def toc(say: Say) -> str:
    """Return the table of contents, its parts named in the other language."""
    text = (ROOT / "_toc.yml").read_text(encoding="utf-8")
    return re.sub(r"(caption: )(.+)", lambda found: found[1] + say(found[2]), text)


def config(say: Say) -> str:
    """Return the settings of the book; what they name lies where it lies for the English one."""
    found = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    found["title"], found["author"] = say(found["title"]), say(found["author"])
    found["logo"] = str(ROOT / found["logo"])
    found["html"]["favicon"] = str(ROOT / found["html"]["favicon"])
    found["bibtex_bibfiles"] = [str(ROOT / name) for name in found["bibtex_bibfiles"]]

    sphinx = found["sphinx"]
    sphinx["local_extensions"] = {name: str(ROOT / place) for name, place in sphinx["local_extensions"].items()}
    sphinx["config"]["language"] = LANGUAGE
    for setting in ("nb_code_prompt_show", "nb_code_prompt_hide"):
        sphinx["config"][setting] = say(sphinx["config"][setting])
    return yaml.safe_dump(found, allow_unicode=True, sort_keys=False)


def anchors() -> str:
    """Return, as JSON, what the sections of each English page are called in addresses, in order.

    A Chinese heading gives no such name. With the English ones, an address leads to the same section in both editions.
    """
    found = {}
    for page in documents():
        path = source_of(page)
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".ipynb":
            cells = nbformat.reads(text, as_version=4).cells
            text = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
        found[page] = [make_id(heading) for heading in headings(text)]
    return json.dumps(found, indent=1)
