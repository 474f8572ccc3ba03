"""How nodes become HTML where Sphinx and its theme write more than a page needs, or what a screen reader trips over."""

from __future__ import annotations

import base64
import hashlib
import io
import re
from collections.abc import Iterable
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode, depart_HideCellInput
from PIL import Image
from pygments.formatters import HtmlFormatter
from pygments.style import Style
from pygments.styles import get_style_by_name
from pygments.token import STANDARD_TYPES, Token
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.osutil import relative_uri
from sphinx.writers.html5 import HTML5Translator

from lib.words import say

SMALL_IMAGE = 4000  # bytes
SMALL_LATER_IMAGE = 1000  # of one below the first figure, which a page can do without until it comes near
EMBEDDED_IMAGE = re.compile(r"data:image/(png|webp);base64,([A-Za-z0-9+/=]+)")
SCRIPT = re.compile(r"<script\b.*?</script>", re.DOTALL)
IMAGE = re.compile(r"<img\b[^>]*>")
SCRIPT_OR_IMAGE = re.compile(f"{SCRIPT.pattern}|{IMAGE.pattern}", re.DOTALL)
STYLES = ("pygments_light_style", "pygments_dark_style")  # the theme's options that name its colours of code


class CourseTranslator(HTML5Translator):
    """Sphinx's translator, less what is said twice, and less the roles of the bibliography.

    One of them is deprecated, the other belongs to lists of another kind.
    """

    def __init__(self, document: nodes.document, builder: Any) -> None:
        """Begin a page."""
        super().__init__(document, builder)
        self.meta = [tag for tag in self.meta if 'name="viewport"' not in tag]  # Sphinx's layout has it

    def visit_citation(self, node: nodes.citation) -> None:
        """Open an entry, and before the first of several their list."""
        if not isinstance(node.previous_sibling(), nodes.citation):
            self.body.append('<div class="citation-list">\n')

        self.body.append(self.starttag(node, "div", classes=[node.tagname]))

    def starttag(self, node: nodes.Node, tagname: str, suffix: str = "\n", empty: bool = False, **more: Any) -> str:
        """Open an element: a cell of a table with the name of its column if it is to have one (``course.lines``)."""
        if isinstance(node, nodes.entry) and "column" in node:
            more["data-column"] = node["column"]
        return super().starttag(node, tagname, suffix, empty, **more)


def visit_folded_code(translator: HTML5Translator, node: HideCodeCellNode) -> None:
    """Open a cell that is folded, as MyST-NB does, but named by the words that are seen.

    Where a cell shows nothing, and what it is for is a check of what the page says, the words say so; and where a table
    is folded with the code that makes it, they say that.
    """
    words = (node["prompt_show"], node["prompt_hide"])
    if only_checks(node.parent or node):  # MyST-NB gives a folded cell no parent if its output is folded as well
        node["classes"].append("check")
        words = (say("Show the check"), say("Hide the check"))
    elif node.next_node(nodes.table):
        words = (say("Show the table"), say("Hide the table"))

    translator.body.append(f'<details class="admonition hide {" ".join(node["classes"])}">\n<summary>\n')
    for state, told in zip(("collapsed", "expanded"), words, strict=True):
        translator.body.append(f'<p class="{state} admonition-title">{escape(told)}</p>\n')
    translator.body.append("</summary>\n")


def only_checks(cell: nodes.Element) -> bool:
    """Tell whether a cell asserts something, and has nothing to show."""
    shows = any(part.get("nb_element") == "cell_code_output" for part in cell.findall(nodes.container))
    return not shows and "assert " in cell.astext()


class StoreImages(SphinxPostTransform):
    """Store each image that a figure holds within itself once for the whole site, and refer to the file.

    A small one that is seen at once stays where it is, because a file costs a request. Those in the data of an
    explorer are not: a reader asks for few of its views. Images below the first figure that has any are loaded when
    they come near.
    """

    default_priority = 800  # after MyST-NB has chosen which form of an output is shown
    builders = ("html",)

    def run(self, **_: Any) -> None:
        """Change the page in place."""
        is_later = False
        for raw in list(self.document.findall(nodes.raw)):
            figure = raw.astext()
            if EMBEDDED_IMAGE.search(figure):
                small = SMALL_LATER_IMAGE if is_later else SMALL_IMAGE
                seen = self._stored(SCRIPT.sub(lambda script: self._stored(script[0], 0), figure), small)
                shown = loaded_later(seen) if is_later else seen
                raw.replace_self(nodes.raw("", shown, format=raw["format"]))
                is_later = is_later or bool(IMAGE.search(shown))

    def _stored(self, html: str, small: int) -> str:
        """Return a piece of a page with addresses in place of its images, but for small ones."""
        return EMBEDDED_IMAGE.sub(lambda found: self._address(found[1], base64.b64decode(found[2]), small), html)

    def _address(self, kind: str, content: bytes, small: int) -> str:
        """Return the address of an image as seen from the page, or the image itself if it is small."""
        kind, content = lightest(kind, content)
        if len(content) < small:
            return f"data:image/{kind};base64,{base64.b64encode(content).decode('ascii')}"

        builder = self.app.builder
        name = f"{builder.imagedir}/{stored(Path(builder.outdir) / builder.imagedir, kind, content)}"
        return relative_uri(builder.get_target_uri(self.env.docname), name)


def loaded_later(html: str) -> str:
    """Return a piece of a page whose images that are files are loaded when they come near; scripts stay as they are.

    >>> loaded_later('<img src="a.png"><img src="data:,"><script>["<img src=1>"]</script>')
    '<img loading="lazy" src="a.png"><img src="data:,"><script>["<img src=1>"]</script>'
    """

    def changed(found: re.Match[str]) -> str:
        is_file = found[0].startswith("<img") and 'src="data:' not in found[0]
        return found[0].replace("<img", '<img loading="lazy"', 1) if is_file else found[0]

    return SCRIPT_OR_IMAGE.sub(changed, html)


@cache
def lightest(kind: str, content: bytes) -> tuple[str, bytes]:
    """Return the kind and content of the smallest file that holds exactly the pixels of an image.

    Browsers take WebP without loss, a third of a PNG as the library writes them, which notebooks show anywhere.
    """
    if kind != "png":
        return kind, content

    with Image.open(io.BytesIO(content)) as image:
        is_opaque = "A" not in image.mode or image.getchannel("A").getextrema() == (255, 255)
        file = io.BytesIO()
        image.convert("RGB" if is_opaque else "RGBA").save(
            file, "webp", lossless=True, quality=50, method=3, exact=True
        )
    return min((kind, content), ("webp", file.getvalue()), key=lambda one: len(one[1]))


def stored(folder: Path, kind: str, content: bytes) -> str:
    """Write an image into a folder that does not have it, and return its name: the same for the same image."""
    image = folder / f"{hashlib.sha256(content).hexdigest()[:16]}.{kind}"
    if not image.is_file() or image.stat().st_size != len(content):  # half of it, if a build was broken off
        folder.mkdir(exist_ok=True)
        image.write_bytes(content)
    return image.name


class SparseFormatter(HtmlFormatter):
    """Pygments' formatter, for which code that looks like the code around it, as most does, is only text."""

    plain: frozenset[Any] = frozenset()

    def format_unencoded(self, tokensource: Iterable[tuple[Any, str]], outfile: Any) -> None:
        """Write code, its plain pieces as text."""
        super().format_unencoded(((self._shown_as(kind), text) for kind, text in tokensource), outfile)

    def _shown_as(self, kind: Any) -> Any:
        while kind not in STANDARD_TYPES:
            kind = kind.parent
        return Token.Text if kind in self.plain else kind


def plain_tokens(styles: Iterable[type[Style]]) -> frozenset[Any]:
    """Return the kinds of tokens that look like any text in all of these styles."""
    styles = list(styles)
    return frozenset(
        kind
        for kind in STANDARD_TYPES
        if all(style.style_for_token(kind) == style.style_for_token(Token.Text) for style in styles)
    )


def choose_formatter(app: Sphinx) -> None:
    """Let the pages' code be written by our formatter, in the theme's colours, and folded under its own words."""
    if app.builder.format != "html":
        return

    app.add_node(HideCodeCellNode, override=True, html=(visit_folded_code, depart_HideCellInput))

    chosen = {**app.builder.theme.get_options(), **app.config.html_theme_options}
    SparseFormatter.plain = plain_tokens(get_style_by_name(chosen[name]) for name in STYLES)
    app.builder.highlighter.formatter = SparseFormatter


def connect(app: Sphinx) -> None:
    """Connect what writes."""
    app.set_translator("html", CourseTranslator)
    app.add_post_transform(StoreImages)
    app.connect("builder-inited", choose_formatter)
