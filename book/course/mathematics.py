"""Mathematics as MathML, set when the book is built."""

from __future__ import annotations

from html import unescape
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from docutils import nodes
from latex2mathml.converter import convert_to_element
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.math import get_node_equation_number

OPERATORS = ("±", "∓")  # which the converter takes for names, and so without the space around them


def mathml(source: str, display: str) -> str:
    """Return LaTeX mathematics as a ``<math>`` element whose source stays readable as its annotation."""
    try:
        formula = convert_to_element(source, display=display)
    except Exception as fault:
        raise ExtensionError(f"mathematics that cannot be set: {source!r} ({fault})") from fault

    for element in formula.iter():
        element.text = unescape(element.text or "")  # the converter gives signs as references to characters
        if element.text in OPERATORS:
            element.tag = "mo"
        if element.attrib.pop("columnalign", None) == "left":
            element.set("style", "text-align:left")  # browsers know CSS

    return ElementTree.tostring(annotated(formula, source), encoding="unicode")


def annotated(formula: Element, source: str) -> Element:
    """Return a formula with its source beside what is shown of it."""
    (row,) = formula  # whatever it is, the converter makes one row of it
    whole = Element("math", formula.attrib)

    semantics = SubElement(whole, "semantics")
    semantics.append(row)
    SubElement(semantics, "annotation", encoding="application/x-tex").text = source
    return whole


def visit_inline(translator: Any, node: nodes.math) -> None:
    """Write mathematics inside a line."""
    translator.body.append(f'<span class="math">{mathml(node.astext(), "inline")}</span>')
    raise nodes.SkipNode


def visit_block(translator: Any, node: nodes.math_block) -> None:
    """Write displayed mathematics, with its number if it has one."""
    translator.body.append(translator.starttag(node, "div", "", CLASS="math displayed"))
    translator.body.append(mathml(node.astext(), "block"))

    if node.get("number"):
        translator.body.append(f'<span class="eqno">({get_node_equation_number(translator, node)})</span>')
    translator.body.append("</div>\n")
    raise nodes.SkipNode


def add_mathematics(app: Sphinx) -> None:
    """Register the renderer; ``html_math_renderer: mathml`` selects it."""
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_block, None))
