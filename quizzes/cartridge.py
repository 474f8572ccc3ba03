"""The course as an IMS Common Cartridge: for each chapter links to its pages, and its quiz.

Specification: IMS Common Cartridge Profile, version 1.1 (2011), the one that Canvas, Moodle and others read alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element

from lib.words import language
from quizzes.collection import Page, Quiz, course, edition, name_of
from quizzes.qti import CARTRIDGE, add_item, begun
from quizzes.xml import add, as_text, packed

CARTRIDGE_SPACE = "http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1"
METADATA_SPACE = "http://ltsc.ieee.org/xsd/imsccv1p1/LOM/manifest"
LINK_SPACE = "http://www.imsglobal.org/xsd/imsccv1p1/imswl_v1p1"
LINK, QUIZ = "imswl_xmlv1p1", "imsqti_xmlv1p2/imscc_xmlv1p1/assessment"


def as_cartridge(quizzes: Sequence[Quiz], site: str) -> bytes:
    """Return the archive.

    Parameters
    ----------
    quizzes : sequence of Quiz
        The first set of numbers of each question is taken.
    site : str
        The address of the published course; if empty, the cartridge has quizzes and no links.
    """
    manifest, chapters, resources = begun_manifest()
    files: dict[str, str] = {}

    for quiz in quizzes:
        item = add(chapters, "item", identifier=f"chapter-{quiz.chapter}")
        add(item, "title", quiz.title)
        for page in quiz.pages if site else ():
            name = page.name.replace("/", "-")
            files[f"{name}.xml"] = link_to(page, site)
            add_resource(item, resources, name, LINK, page.title)
        files[f"quiz-{quiz.chapter}.xml"] = as_text(cartridge_quiz(quiz))
        add_resource(item, resources, f"quiz-{quiz.chapter}", QUIZ, name_of(quiz))

    return packed({"imsmanifest.xml": as_text(manifest), **files})


def begun_manifest() -> tuple[Element, Element, Element]:
    """Return a manifest, the item that chapters go into, and its list of resources."""
    spaces = {"xmlns": CARTRIDGE_SPACE, "xmlns:lom": METADATA_SPACE}
    manifest = Element("manifest", {"identifier": "restoring-resolution", **spaces})

    metadata = add(manifest, "metadata")
    add(metadata, "schema", "IMS Common Cartridge")
    add(metadata, "schemaversion", "1.1.0")
    title = add(add(add(metadata, "lom:lom"), "lom:general"), "lom:title")
    add(title, "lom:string", course(), language=language().partition("_")[0])

    organisation = add(
        add(manifest, "organizations"), "organization", identifier="course", structure="rooted-hierarchy"
    )
    return manifest, add(organisation, "item", identifier="chapters"), add(manifest, "resources")


def add_resource(item: Element, resources: Element, name: str, kind: str, title: str) -> None:
    """Add a file of the archive to the list of resources, and to a chapter."""
    entry = add(item, "item", identifier=f"item-{name}", identifierref=name)
    add(entry, "title", title)
    add(add(resources, "resource", identifier=name, type=kind), "file", href=f"{name}.xml")


def link_to(page: Page, site: str) -> str:
    """Return the file that holds a link."""
    link = Element("webLink", {"xmlns": LINK_SPACE})
    add(link, "title", page.title)
    add(link, "url", href=f"{site.rstrip('/')}/{edition()}{page.name}.html", target="_blank")
    return as_text(link)


def cartridge_quiz(quiz: Quiz) -> Element:
    """Return a quiz as a cartridge holds it: one section, one question after another."""
    root, section = begun(quiz, cc_profile="cc.exam.v0p1", qmd_assessmenttype="Examination", cc_maxattempts="unlimited")
    for group in quiz.groups:
        add_item(section, group[0], f"{quiz.chapter}-{group[0].name}", CARTRIDGE)
    return root
