"""Pages of the course, whole: a Markdown file or a notebook with all of its words translated."""

from __future__ import annotations

from pathlib import Path

import nbformat
from contents import ROOT
from nbformat import NotebookNode

from .code import translated_code
from .markdown import Translate, translated_markdown
from .names import names_given


def source_of(page: str) -> Path:
    """Return the file of a page, or of a source of exercises, that is named without its suffix."""
    return next(path for kind in (".ipynb", ".md") if (path := ROOT / f"{page}{kind}").is_file())


def translated_page(path: Path, say: Translate) -> str:
    """Return the text that a page is stored as, translated. A notebook comes back without outputs."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        return translated_markdown(text, say)
    notebook = translated_notebook(nbformat.reads(text, as_version=4), say)
    return nbformat.v4.writes(notebook) + "\n"


def translated_notebook(notebook: NotebookNode, say: Translate) -> NotebookNode:
    """Translate a notebook in place, without its outputs, and return it."""
    described = notebook.metadata["myst"]["html_meta"]
    described["description"] = say("description", described["description"])
    names = names_given([cell.source for cell in notebook.cells if cell.cell_type == "code"])

    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = translated_markdown(cell.source, say)
        elif cell.cell_type == "code":
            cell.source = translated_code(cell.source, say, names)
            cell.outputs, cell.execution_count = [], None
        _translate_slide(cell, say)

    return notebook


def _translate_slide(cell: NotebookNode, say: Translate) -> None:
    """Translate what a cell's metadata adds to the notes of its slide."""
    slide = cell.metadata.get("slideshow", {})
    for key in ("ask", "answers"):
        if key in slide:
            slide[key] = say("notes", slide[key])


def messages(path: Path) -> list[tuple[str, str]]:
    """Return the kind and the English of every message of a page, in order, each once."""
    found: dict[str, str] = {}

    def note(kind: str, text: str) -> str:
        found.setdefault(text, kind)
        return text

    translated_page(path, note)
    return [(kind, text) for text, kind in found.items()]
