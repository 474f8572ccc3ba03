"""Matplotlib's SVG as a page wants it: in the page's colours, with nothing that nobody sees.

Matplotlib writes SVG with fixed colours. On a page with a light and a dark theme they must follow the theme, so the
drawing is read back as a tree and every colour of the palette becomes the variable that the palette sets for it. What
it writes besides, such as a millionth of a pixel, frames without a line, groups for their own sake and turns by no
angle, is nine tenths of a plot with many ticks, and is left out.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree

from lib.show.palette import GRID, INK, role_tones

SVG = "http://www.w3.org/2000/svg"
LINK = "http://www.w3.org/1999/xlink"

# Curves take the colours of these roles in turn.
SERIES = ("input", "kernel", "output", "zeros", "padding")
COLOURS = {INK["light"]: "--course-ink", GRID["light"]: "--course-grid"}
COLOURS |= {role_tones(role).fill: f"--course-{role}" for role in SERIES}
COLOURS |= {role_tones(role).line: f"--course-{role}-line" for role in SERIES}

NUMBER = re.compile(r"-?\d*\.?\d+(?:e-?\d+)?")
COORDINATES = ("d", "x", "y", "width", "height", "transform")
NO_TURN = re.compile(r"rotate\(-?0 [^)]*\)")
OF_THE_PAGE = ("font-family", "font-style")  # the page chooses the font of words
OURS = re.compile(r"\w+-\d+")  # how a drawing of this package calls its parts; Matplotlib's own names have no hyphen


def as_page_svg(written: str, name: str) -> str:
    """Return Matplotlib's SVG as a named drawing in the page's colours.

    Parameters
    ----------
    written : str
        The file that Matplotlib's SVG backend wrote.
    name : str
        What a screen reader says of the drawing.
    """
    root = ElementTree.fromstring(written)
    root.remove(root.find(f"{{{SVG}}}metadata"))
    width, height = (float(root.get(side).removesuffix("pt")) for side in ("width", "height"))

    _name_parts(root, referred=set(re.findall(r'(?:url\(|")#(\w+)', written)))
    for element in root.iter():
        _shorten(element)
    _drop_unseen(root)

    root.attrib = {"class": "plot", "role": "img", "aria-label": name, "stroke-linejoin": "round"}
    root.attrib |= {"width": f"{width:g}", "height": f"{height:g}", "viewBox": f"0 0 {width:g} {height:g}"}
    return ElementTree.tostring(root, encoding="unicode")


def _name_parts(root: ElementTree.Element, referred: set[str]) -> None:
    """Write names as HTML has them: ids where something points to them, ``data-part`` where this package gave them."""
    for element in root.iter():
        element.tag = element.tag.removeprefix(f"{{{SVG}}}")  # inside a page neither name needs its space
        if target := element.attrib.pop(f"{{{LINK}}}href", None):
            element.set("href", target)

        if element.get("id") not in referred and (part := element.attrib.pop("id", None)) and OURS.fullmatch(part):
            element.set("data-part", part)  # two plots of one page may have parts of one name, but not one id


def _shorten(element: ElementTree.Element) -> None:
    """Round coordinates to what a screen can show, and keep of the style what the page does not say."""
    for key in COORDINATES:
        if value := element.get(key):
            rounded = NUMBER.sub(_rounded, NO_TURN.sub("", value))
            element.set(key, re.sub(r"(?<=[A-Za-z]) +| +(?=[A-Za-z])|  +| +$", "", rounded) if key == "d" else rounded)
    if element.get("transform") == "":
        del element.attrib["transform"]

    if style := element.get("style"):
        element.set("style", ";".join(_declarations(element.tag, style)))
    if element.tag != "text":
        element.text = None
    element.tail = None


def _rounded(written: re.Match[str]) -> str:
    """Return a number of the drawing with a tenth of a pixel, or a hundredth where it is small."""
    value = float(written[0])
    return f"{value:.{1 if abs(value) >= 10 else 2}f}".rstrip("0").rstrip(".").replace("-0.", "-.") or "0"


def _declarations(tag: str, style: str) -> list[str]:
    """Return CSS declarations with the palette's variables."""
    found = []
    for declaration in style.split(";"):
        key, _, value = (part.strip() for part in declaration.partition(":"))
        if key == "font":
            size, *_ = value.split()
            found.append(f"font-size:{size}")
        elif key and key not in OF_THE_PAGE:
            variable = COLOURS.get(value.lower())
            found.append(f"{key}:var({variable})" if variable else f"{key}:{value}")

    is_words_without_colour = tag == "text" and not any(each.startswith("fill:") for each in found)
    return [*found, "fill:var(--course-ink)"] if is_words_without_colour else found


def _drop_unseen(parent: ElementTree.Element) -> None:
    """Leave out shapes without a line and without a filling, and put what a nameless group holds in its place."""
    kept = []
    for child in parent:
        _drop_unseen(child)
        if child.tag == "g" and not child.attrib:
            kept.extend(child)
        elif not _is_unseen(child):
            kept.append(child)
    parent[:] = kept


def _is_unseen(element: ElementTree.Element) -> bool:
    if element.tag in ("g", "defs") and len(element) == 0:
        return True
    if element.tag == "text" and not (element.text or "").strip():
        return True
    return element.tag == "style" or (element.tag == "path" and element.get("style") == "fill:none")
