"""Every page once more, after the theme has written it: only the scripts it uses, one stylesheet, mended markup."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import urllib.parse
from html import unescape
from pathlib import Path

from course.fonts import subset_font
from course.styles import Vocabulary, one_stylesheet

EMBEDDED_IMAGE = re.compile(r"data:image/(png|webp);base64,([A-Za-z0-9+/=]+)")
SCRIPT = re.compile(r"<script\b(?P<about>[^>]*)>(?P<inside>.*?)</script>\n?", re.DOTALL)
SOURCE = re.compile(r'\bsrc="([^"]*)"')
STYLESHEET = re.compile(r'<link\b[^>]*rel="stylesheet"[^>]*>\n?')
ADDRESS = re.compile(r'href="([^"?]*)')
FORMULA = re.compile(r"<math\b.*?</math>", re.DOTALL)
NOT_SHOWN = re.compile(r"<annotation\b.*?</annotation>|<[^>]*>", re.DOTALL)

# Scripts that a page loads only if it has what they work on, each as (names in its address or code, what it works on).
# None: no page of this book has a use for it.
SCRIPTS: list[tuple[tuple[str, ...], re.Pattern[str] | None]] = [
    (("fontawesome.js",), None),  # 1.5 MB; the stylesheet brings the same icons as a font
    (("thebe", "require.min.js", "embed-amd.js", "kernelName"), None),
    (("clipboard", "copybutton"), re.compile(r'<div class="highlight')),
    (
        ("togglebutton", "toggleHint", "toggleOpenOnPrint"),
        re.compile(r'class="(?:[^"]* )?(?:toggle|dropdown admonition)[ "]'),
    ),
    (("design-tabs.js",), re.compile(r'class="sd-tab-set')),
    (("searchtools.js", "language_data.js", "searchindex.js"), re.compile(r'id="search-results"')),
    (("explore.js",), re.compile(r'<figure class="explore"')),
]
# What the theme's markup should say instead, mostly for screen readers.
MENDS = [
    # The button that opens a chapter in the sidebar holds an icon only.
    (
        re.compile(r'(<a class="[^"]*reference internal" href="[^"]*">)([^<]*)(</a><details[^>]*><summary)>'),
        r'\1\2\3 aria-label="Pages of: \2">',
    ),
    # The logo stands in no landmark.
    (re.compile(r'<div id="pst-primary-sidebar"'), '<div id="pst-primary-sidebar" role="region" aria-label="Course"'),
    # The bibliography's roles: one is deprecated, the other belongs to lists of another kind.
    (re.compile(r' role="doc-biblioentry"'), ""),
    (re.compile(r'<div role="list" class="citation-list">'), '<div class="citation-list">'),
    # A button's name must hold the words it shows: "Search Ctrl+K".
    (re.compile(r'(<button class="btn search-button-field[^>]*) aria-label="[^"]*"'), r"\1"),
    # The notebook is saved, not shown as text in another tab; exercises of several chapters under several names.
    (
        re.compile(r'(<a href="[^"]*/([\w-]+)/(exercises|solutions)\.ipynb") target="_blank"'),
        r'\1 download="\3-\2.ipynb"',
    ),
    (re.compile(r'(<a href="[^"]*\.ipynb") target="_blank"'), r"\1 download"),
    # Light or dark is settled before the first sight of the page, not after the theme's script has come.
    (
        re.compile(r'dataset\.theme = localStorage\.getItem\("theme"\) \|\| "auto";'),
        'dataset.theme = ["light", "dark"].find((theme) => theme === document.documentElement.dataset.mode)'
        ' || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");',
    ),
    # An image with a size moves nothing when it arrives.
    (re.compile(r'(<img src="[^"]*logo\.svg")'), r'\1 width="148" height="72"'),
    # Said twice or thrice, or for others' servers.
    (re.compile(r'<meta name="viewport" content="width=device-width, initial-scale=1" ?/>\n?'), ""),
    (re.compile(r'<meta name="docsearch:[^>]*>\n?'), ""),
    (re.compile(r'<link rel="preload" as="script"[^>]*>\n?'), ""),  # they run last
    (
        re.compile(r'<div class="sidebar-primary-item">\s*<div id="ethical-ad-placement".*?</div>\s*</div>', re.DOTALL),
        "",
    ),
]


def finish_pages(site: Path) -> None:
    """Rewrite every page of a built site in place, and the files they share."""
    pages = {page: page.read_text(encoding="utf-8") for page in site.rglob("*.html") if "_static" not in page.parts}
    static = site / "_static"
    plain = _plain_tokens((static / "pygments.css").read_text(encoding="utf-8"))
    sheets: dict[Path, None] = {}
    vocabulary = Vocabulary()
    scripts: set[Path] = set()
    shown: set[int] = set()
    for page, text in pages.items():
        text = _with_image_files(plain.sub(r"\1", _mended(text)), page, site)
        text = SCRIPT.sub(lambda script, page=page, text=text: _script(script, page, text), text)
        sheets |= dict.fromkeys((page.parent / address).resolve() for address in _stylesheets(text))
        scripts |= {
            (page.parent / source.split("?")[0]).resolve() for source in SOURCE.findall("".join(_scripts(text)))
        }
        shown |= {ord(sign) for formula in FORMULA.findall(text) for sign in unescape(NOT_SHOWN.sub("", formula))}
        vocabulary.add_page(text)
        pages[page] = text
    for script in scripts:
        vocabulary.add_script(script)
    font = _write(static / "course-math.woff2", subset_font(static / "course-math.woff2", shown | italic(shown)) or b"")
    styles = one_stylesheet(sheets, static, vocabulary).replace('"course-math.woff2"', f'"{font}"')
    sheet = _write(static / "site.css", styles.encode("utf-8"))
    for page, text in pages.items():
        folder = Path(os.path.relpath(static, page.parent)).as_posix()
        links = f'<link rel="stylesheet" href="{folder}/{sheet}">\n'
        if "<math" in text:  # asked for at once, so that formulas do not change their size when it arrives
            links += f'<link rel="preload" href="{folder}/{font}" as="font" type="font/woff2" crossorigin>\n'
        first = STYLESHEET.search(text)
        text = STYLESHEET.sub(
            lambda link, first=first, links=links: links if link.start() == first.start() else "", text
        )
        page.write_text(text, encoding="utf-8")


def italic(codes: set[int]) -> set[int]:
    """Return the mathematical italics that browsers show for single letters of a formula."""
    latin = {code - ord("A") + 0x1D434 for code in codes if code in range(ord("A"), ord("Z") + 1)}
    latin |= {code - ord("a") + 0x1D44E for code in codes if code in range(ord("a"), ord("z") + 1)}
    greek = {code - 0x391 + 0x1D6E2 for code in codes if code in range(0x391, 0x3AA)}
    greek |= {code - 0x3B1 + 0x1D6FC for code in codes if code in range(0x3B1, 0x3CA)}
    return latin | greek | {0x210E}  # the italic h has a place of its own


def _write(path: Path, content: bytes) -> str:
    """Write a file and return its name with a mark of its content, so that no browser shows an old one."""
    path.write_bytes(content)
    return f"{path.name}?v={hashlib.sha256(content).hexdigest()[:8]}"


def _stylesheets(text: str) -> list[str]:
    return [urllib.parse.unquote(ADDRESS.search(link)[1]) for link in STYLESHEET.findall(text)]


def _scripts(text: str) -> list[str]:
    return [found["about"] for found in SCRIPT.finditer(text)]


def _script(script: re.Match[str], page: Path, text: str) -> str:
    """Return a script as the page should have it: not at all, inline, or loaded without holding up the page."""
    about, inside = script["about"], script["inside"]
    if "json" in about:  # data of an explorer
        return script[0]
    source = SOURCE.search(about)
    named = source[1] if source else inside
    for names, used_on in SCRIPTS:
        if any(name in named for name in names):
            if used_on is None or not used_on.search(text):
                return ""
            break
    if source is None:
        return script[0]
    path = page.parent / source[1].split("?")[0]
    if path.name == "documentation_options.js":  # 300 bytes, which the inline scripts below it need at once
        return f"<script>{path.read_text(encoding='utf-8').strip()}</script>\n"
    return script[0] if "defer" in about else script[0].replace("<script", "<script defer", 1)


def _mended(text: str) -> str:
    for found, replacement in MENDS:
        text = found.sub(replacement, text)
    return text


def _plain_tokens(colours: str) -> re.Pattern[str]:
    """Return what matches the pieces of code that look like the code around them: most, and each an element."""
    rules = re.findall(r'data-theme="(\w+)"\] \.highlight( \.\w+)? \{([^}]*)\}', colours)
    around = {theme: re.search(r"(?<!-)color: *#\w+", look)[0] for theme, piece, look in rules if not piece}
    coloured = {piece for theme, piece, look in rules if piece and look.strip() != around[theme]}
    plain = {piece.strip(" .") for _, piece, _ in rules if piece} - {piece.strip(" .") for piece in coloured}
    return re.compile(rf'<span class="(?:{"|".join(sorted(plain)) or "-"})">([^<]*)</span>')


def _with_image_files(text: str, page: Path, site: Path) -> str:
    """Store each embedded image once for the whole site, and refer to the files as seen from the page."""

    def store(found: re.Match[str]) -> str:
        content = base64.b64decode(found[2])
        path = site / "_images" / f"{hashlib.sha256(content).hexdigest()[:16]}.{found[1]}"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        return Path(os.path.relpath(path, page.parent)).as_posix()

    return EMBEDDED_IMAGE.sub(store, text)
