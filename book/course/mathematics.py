"""Mathematics as MathML, set when the book is built."""

from __future__ import annotations

from html import escape
from typing import Any

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.math import get_node_equation_number


def mathml(source: str, display: str) -> str:
    """Return LaTeX mathematics as a ``<math>`` element whose source stays readable as its annotation."""
    try:
        converted = convert(source, display=display)
    except Exception as fault:
        raise ExtensionError(f"mathematics that cannot be set: {source!r} ({fault})") from fault
    opening, inner = converted.split(">", 1)
    inner = inner.removesuffix("</math>").replace('columnalign="left"', 'style="text-align:left"')  # browsers know CSS
    annotation = f'<annotation encoding="application/x-tex">{escape(source)}</annotation>'
    return f"{opening}><semantics><mrow>{inner}</mrow>{annotation}</semantics></math>"


def visit_inline(translator: Any, node: nodes.math) -> None:
    """Write mathematics inside a line."""
    translator.body.append(f'<span class="math">{mathml(node.astext(), "inline")}</span>')
    raise nodes.SkipNode


def visit_block(translator: Any, node: nodes.math_block) -> None:
    """Write displayed mathematics, with its number if it has one."""
    number = ""
    if node.get("number"):
        number = f'<span class="eqno">({get_node_equation_number(translator, node)})</span>'
    anchor = f' id="{node["ids"][0]}"' if node.get("ids") else ""
    translator.body.append(f'<div class="math displayed"{anchor}>{mathml(node.astext(), "block")}{number}</div>\n')
    raise nodes.SkipNode


def add_mathematics(app: Sphinx) -> None:
    """Register the renderer; ``html_math_renderer: mathml`` selects it."""
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_block, None))
