"""The files that all pages share, made from what all of them hold: one stylesheet, and the font of formulas.

Both are known when every page is written. Until then a page names them by a placeholder for a mark of their content:
with the mark, the address of a changed file is another, and no browser shows an old one. Pages that need not be written
anew have the marks of an earlier build.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from html import unescape
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from course.editions import own_pages
from course.fonts import subset_font
from course.kept import Kept
from course.styles import Vocabulary, one_stylesheet

MATH_FONT = "course-math.woff2"
MARKS = {name: f"mark-of-{name}" for name in ("site.css", MATH_FONT)}
MARKED = {name: re.compile(rf"(?<=/{re.escape(name)}\?v=)[\w.-]+") for name in MARKS}

# The theme's layout names these two itself; all others are known to Sphinx.
LAYOUT_SHEETS = ("_static/styles/theme.css", "_static/styles/pydata-sphinx-theme.css")

SCRIPT_FILE = re.compile(r'<script\b[^>]*\bsrc="([^"?]*)')
IMAGE = re.compile(r"_images/([0-9a-f]{16}\.\w+)")  # one that ``course.writing`` has stored
FORMULA = re.compile(r"<math\b.*?</math>", re.DOTALL)
NOT_SHOWN = re.compile(r"<annotation\b.*?</annotation>|<[^>]*>", re.DOTALL)
ROOTS = ("<msqrt", "<mroot")  # whose sign no page writes


class SharedFiles:
    """What the pages of one build share."""

    def __init__(self) -> None:
        """Begin with what the theme itself loads."""
        self.sheets: dict[str, None] = dict.fromkeys(LAYOUT_SHEETS)  # in the order in which they apply
        self.written: set[str] = set()

    def note(self, app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:  # noqa: ARG002
        """Note which stylesheets a page would load, and give it the marks of those that it loads."""
        self.sheets |= dict.fromkeys(str(sheet.filename) for sheet in context["css_files"])
        self.written.add(page)
        context["marks"] = MARKS

    def finish(self, app: Sphinx, failure: Exception | None) -> None:
        """Make the shared files of a built site, and put the marks of what they hold into its pages."""
        if failure or app.builder.format != "html":
            return

        sheets = Path(app.doctreedir) / "course-sheets.json"
        if not self.written >= app.env.found_docs:
            self._add_those_of_other_pages(sheets)
        sheets.write_text(json.dumps(list(self.sheets)), encoding="utf-8")

        site = Path(app.outdir)
        pages = {page: page.read_text(encoding="utf-8") for page in own_pages(site)}
        marks = self._make(site, pages, Kept(Path(app.doctreedir) / "course-kept", app.env.course_digest))

        for page, text in pages.items():
            marked = text
            for name, mark in marks.items():
                marked = MARKED[name].sub(mark, marked)
            if marked != text:
                page.write_text(marked, encoding="utf-8")
        remove_unused(site / "_images", [*pages.values(), *scripts_of_decks(pages)])

    def _add_those_of_other_pages(self, noted: Path) -> None:
        """Put the stylesheets that an earlier build has noted in front."""
        earlier = json.loads(noted.read_text(encoding="utf-8")) if noted.is_file() else []
        self.sheets = dict.fromkeys([*earlier, *self.sheets])

    def _make(self, site: Path, pages: dict[Path, str], kept: Kept) -> dict[str, str]:
        """Write the shared files, and return a mark of the content of each."""
        static = site / "_static"

        signs = set().union(*map(formula_signs, pages.values()))
        shown = sorted(signs | italic(signs))
        full = static / MATH_FONT  # copied there anew by every build
        font = kept.get(MATH_FONT, [full.read_bytes(), shown], lambda: subset_font(full, shown) or b"")
        full.write_bytes(font)

        sheets = [path for sheet in self.sheets if (path := site / sheet).is_file()]  # a new version renames some
        vocabulary = vocabulary_of(pages)
        parts = [sheets, contents_of(static, "site.css"), vocabulary.sorted()]
        styles = kept.get("site.css", parts, lambda: one_stylesheet(sheets, static, vocabulary).encode()).decode()
        styles = styles.replace(f'"{MATH_FONT}"', f'"{MATH_FONT}?v={mark_of(font)}"')
        (static / "site.css").write_text(styles, encoding="utf-8")

        return {"site.css": mark_of(styles.encode()), MATH_FONT: mark_of(font)}


def contents_of(static: Path, apart_from: str) -> list[tuple[str, str]]:
    """Return the names of all stylesheets and fonts below a folder, but for one, each with a mark of its content."""
    paths = [
        path for path in sorted(static.rglob("*")) if path.suffix in (".css", ".woff2") and path.name != apart_from
    ]
    return [(path.relative_to(static).as_posix(), mark_of(path.read_bytes())) for path in paths]


def scripts_of_decks(pages: Iterable[Path]) -> list[str]:
    """Return the scripts beside pages that hold the figures of a deck, for when they come near."""
    folders = sorted({page.parent for page in pages})
    return [script.read_text(encoding="utf-8") for folder in folders for script in sorted(folder.glob("slides-*.js"))]


def remove_unused(images: Path, texts: Iterable[str]) -> None:
    """Remove the stored images that no page and no deck shows: an earlier build's, of figures that have changed."""
    shown = {name for text in texts for name in IMAGE.findall(text)}
    for image in images.glob("*"):
        if IMAGE.fullmatch(f"_images/{image.name}") and image.name not in shown:
            image.unlink()


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
