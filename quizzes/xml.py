"""Elements of XML, and packages of files that are the same to the byte whenever they are written."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

LONG_AGO = (1980, 1, 1, 0, 0, 0)


def add(parent: Element, name: str, text: str | None = None, **attributes: Any) -> Element:
    """Add an element with text to another, and return it."""
    made = SubElement(parent, name, {key: str(value) for key, value in attributes.items()})
    made.text = text
    return made


def as_text(root: Element) -> str:
    """Return a document."""
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def packed(files: Mapping[str, str]) -> bytes:
    """Return files as one archive, without the time at which that was done."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in files.items():
            package.writestr(zipfile.ZipInfo(name, LONG_AGO), text.encode(), zipfile.ZIP_DEFLATED)
    return archive.getvalue()
