"""What every drawing function returns: markup, and the same in words.

A picture shows itself in the way its surroundings need. In a running notebook it brings its own styles; on the
published page the site has them; where only text is kept (stored notebooks, terminals) it says its caption.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from lib.show.palette import css_variables
from lib.words import together

ASSETS = Path(__file__).with_name("assets")
MODES = ("live", "page", "text")
DARK = 'html[data-theme="dark"], body[data-jp-theme-light="false"], body.vscode-dark'  # what is inside is dark


def output_mode() -> str:
    """Return how pictures show themselves: 'live', 'page' (site build) or 'text' (stored notebooks, tests).

    Set by the environment variable ``LIB_SHOW_AS``; without it pictures are live.
    """
    mode = os.environ.get("LIB_SHOW_AS", "live")
    if mode not in MODES:
        raise ValueError(f"LIB_SHOW_AS must be one of {MODES}, got {mode!r}")
    return mode


@cache
def stylesheet() -> str:
    """Return the whole style of pictures and explorers: the palette in both themes, then the rules."""
    on_paper = f"@media print {{ {DARK} {{\n{css_variables('light')}\n}} }}\n"
    return themes() + on_paper + (ASSETS / "pictures.css").read_text(encoding="utf-8")


def themes() -> str:
    """Return the palette as CSS, in the light theme and in the dark one."""
    return f":root {{\n{css_variables('light')}\n}}\n{DARK} {{\n{css_variables('dark')}\n}}\n"


def script_data(data: Any) -> str:
    """Return the element that holds data for a script; nothing in the data ends or prolongs it.

    >>> script_data({"word": "</script>"})
    '<script type="application/json">{"word":"<\\\\/script>"}</script>'
    """
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    text = text.replace("</", "<\\/").replace("<!--", "<\\u0021--")
    return f'<script type="application/json">{text}</script>'


@dataclass(frozen=True)
class Picture:
    """A figure: its markup (HTML with inline SVG or images) and its caption in words.

    The caption says what the figure shows, with its numbers: it is printed under the figure, read by screen readers,
    and is all that a text-only reader gets.
    """

    markup: str
    caption: str

    def __repr__(self) -> str:
        return self.caption

    def html(self) -> str:
        """Return the figure as HTML, without styles."""
        return (
            f'<figure class="picture"><div class="panels">{self.markup}</div>'
            f"<figcaption>{escape(self.caption, quote=False)}</figcaption></figure>"
        )

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:  # noqa: ARG002
        mode = output_mode()
        if mode == "text":
            return {"text/plain": self.caption}
        style = f"<style>{stylesheet()}</style>" if mode == "live" else ""
        return {"text/plain": self.caption, "text/html": style + self.html()}


def beside(*pictures: Picture, caption: str | None = None) -> Picture:
    """Return pictures as one figure, side by side; their captions follow each other unless one is given."""
    words = together(*(picture.caption for picture in pictures)) if caption is None else caption
    return Picture("\n".join(picture.markup for picture in pictures), words)


def below(*pictures: Picture, caption: str | None = None) -> Picture:
    """Return pictures as one figure, each on a row of its own; their captions follow each other unless one is given."""
    joined = beside(*pictures, caption=caption)
    return Picture("\n".join(f'<div class="tier">\n{picture.markup}\n</div>' for picture in pictures), joined.caption)
