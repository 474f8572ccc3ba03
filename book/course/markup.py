"""Pieces of pages that are made from data, written by templates."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from docutils import nodes
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from lib.words import say

PIECES = Path(__file__).resolve().parents[1] / "templates" / "pieces"

ENVIRONMENT = Environment(
    loader=FileSystemLoader(PIECES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)
ENVIRONMENT.globals["say"] = say


def piece(name: str, **values: Any) -> nodes.raw:
    """Return what a template in ``book/templates/pieces`` makes of values, as part of a page."""
    return nodes.raw("", render(name, **values), format="html")


def render(name: str, **values: Any) -> str:
    """Return what a template in ``book/templates/pieces`` makes of values, as HTML."""
    return ENVIRONMENT.get_template(name).render(values)
