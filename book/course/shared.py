"""The files that all pages share, made from what all of them hold: one stylesheet, and the font of formulas.

Both are known when every page is written. Until then a page names them by a placeholder for a mark of their content:
with the mark, the address of a changed file is another, and no browser shows an old one. Pages that need not be written
anew have the marks of an earlier build.
"""

from __future__ import annotations

import hashlib
import json
import re
from html import unescape
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from course.editions import own_pages
from course.fonts import subset_font
from course.styles import Vocabulary, one_stylesheet

MATH_FONT = "course-math.woff2"
MARKS = {name: f"mark-of-{name}" for name in ("site.css", MATH_FONT)}
MARKED = {name: re.compile(rf"(?<=/{re.escape(name)}\?v=)[\w.-]+") for name in MARKS}

# The theme's layout names these two itself; all others are known to Sphinx.
LAYOUT_SHEETS = ("_static/styles/theme.css", "_static/styles/pydata-sphinx-theme.css")

SCRIPT_FILE = re.compile(r'<script\b[^>]*\bsrc="([^"?]*)')
FORMULA = re.compile(r"<math\b.*?</math>", re.DOTALL)
NOT_SHOWN = re.compile(r"<annotation\b.*?</annotation>|<[^>]*>", re.DOTALL)
ROOTS = ("<msqrt", "<mroot")  # whose sign no page writes


class SharedFiles:
    """What the pages of one build share."""

    def __init__(self) -> None:
        """Begin with what the theme itself loads."""
        self.sheets: dict[str, None] = dict.fromkeys(LAYOUT_SHEETS)  # in the order in which they apply

    def note(self, app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:  # noqa: ARG002
        """Note which stylesheets a page would load, and give it the marks of those that it loads."""
        self.sheets |= dict.fromkeys(str(sheet.filename) for sheet in context["css_files"])
        context["marks"] = MARKS

    def finish(self, app: Sphinx, failure: Exception | None) -> None:
        """Make the shared files of a built site, and put the marks of what they hold into its pages."""
        if failure or app.builder.format != "html":
            return

        self._remember(Path(app.doctreedir) / "course-sheets.json")
        site = Path(app.outdir)
        pages = {page: page.read_text(encoding="utf-8") for page in own_pages(site)}
        marks = self._make(site, pages)

        for page, text in pages.items():
            marked = text
            for name, mark in marks.items():
                marked = MARKED[name].sub(mark, marked)
            if marked != text:
                page.write_text(marked, encoding="utf-8")

    def _remember(self, kept: Path) -> None:
        """Add the stylesheets of the pages that an earlier build wrote."""
        earlier = json.loads(kept.read_text(encoding="utf-8")) if kept.is_file() else []
        self.sheets = dict.fromkeys([*earlier, *self.sheets])
        kept.write_text(json.dumps(list(self.sheets)), encoding="utf-8")

    def _make(self, site: Path, pages: dict[Path, str]) -> dict[str, str]:
        """Write the shared files, and return a mark of the content of each."""
        static = site / "_static"

        signs = set().union(*map(formula_signs, pages.values()))
        font = subset_font(static / MATH_FONT, signs | italic(signs)) or b""
        (static / MATH_FONT).write_bytes(font)

        sheets = [path for sheet in self.sheets if (path := site / sheet).is_file()]  # a new version renames some
        styles = one_stylesheet(sheets, static, vocabulary_of(pages))
        styles = styles.replace(f'"{MATH_FONT}"', f'"{MATH_FONT}?v={mark_of(font)}"')
        (static / "site.css").write_text(styles, encoding="utf-8")

        return {"site.css": mark_of(styles.encode()), MATH_FONT: mark_of(font)}


def vocabulary_of(pages: dict[Path, str]) -> Vocabulary:
    """Return every name that styles can match in pages, or that the scripts they load may give."""
    vocabulary = Vocabulary()
    scripts: set[Path] = set()

    for page, text in pages.items():
        vocabulary.add_page(text)
        if page.name != "404.html":  # it loads the same, by addresses that begin at the server's root
            scripts |= {(page.parent / address).resolve() for address in SCRIPT_FILE.findall(text)}

    for script in scripts:
        if script.parent.name != "reveal":  # the names that it gives are those of its own stylesheet
            vocabulary.add_script(script)
    return vocabulary


def formula_signs(text: str) -> set[int]:
    """Return the signs that the formulas of a page show: those written, and the radical that a root is drawn with."""
    formulas = FORMULA.findall(text)
    roots = {ord("√")} if any(root in formula for formula in formulas for root in ROOTS) else set()
    return roots | {ord(sign) for formula in formulas for sign in unescape(NOT_SHOWN.sub("", formula))}


def italic(codes: set[int]) -> set[int]:
    """Return the mathematical italics that browsers show for single letters of a formula."""
    latin = {code - ord("A") + 0x1D434 for code in codes if code in range(ord("A"), ord("Z") + 1)}
    latin |= {code - ord("a") + 0x1D44E for code in codes if code in range(ord("a"), ord("z") + 1)}

    greek = {code - 0x391 + 0x1D6E2 for code in codes if code in range(0x391, 0x3AA)}
    greek |= {code - 0x3B1 + 0x1D6FC for code in codes if code in range(0x3B1, 0x3CA)}

    return latin | greek | {0x210E}  # the italic h has a place of its own


def mark_of(content: bytes) -> str:
    """Return a few letters that another content would not have."""
    return hashlib.sha256(content).hexdigest()[:8]


def connect(app: Sphinx) -> None:
    """Connect the making of the files."""
    shared = SharedFiles()
    app.connect("html-page-context", shared.note, priority=950)
    app.connect("build-finished", shared.finish, priority=900)  # after the theme, which writes its colours of code then
