"""Quizzes as QTI 1.2, in the form that Canvas writes and reads, and in that of a Common Cartridge.

All questions are multiple choice here: so each typical mistake keeps its hint, which a field for a number has no place
for. Specification: IMS Question & Test Interoperability, ASI XML Binding, version 1.2.1 (2003).
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element

from lib.teach.quiz import Asked, Option
from lib.teach.quiz.words import answer_html, as_html, question_html
from quizzes.collection import Quiz, name_of
from quizzes.xml import add, as_text, packed

SPACE = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"
PACKAGE = "http://www.imsglobal.org/xsd/imscp_v1p1"
LETTERS = "abcdefgh"


def as_canvas(quizzes: Sequence[Quiz]) -> bytes:
    """Return an archive for *Import Course Content*, *QTI .zip file*: one quiz a chapter, one of the variants drawn."""
    files = {f"{quiz.chapter}.xml": as_text(assessment(quiz)) for quiz in quizzes}
    manifest = Element("manifest", {"identifier": "restoring-resolution", "xmlns": PACKAGE})
    add(manifest, "organizations")
    resources = add(manifest, "resources")

    for quiz in quizzes:
        about = {"identifier": f"quiz-{quiz.chapter}", "type": "imsqti_xmlv1p2", "href": f"{quiz.chapter}.xml"}
        add(add(resources, "resource", **about), "file", href=f"{quiz.chapter}.xml")
    return packed({"imsmanifest.xml": as_text(manifest), **files})


def assessment(quiz: Quiz) -> Element:
    """Return a quiz whose questions are groups: Canvas draws one of the variants for each student."""
    root, section = begun(quiz)
    for group in quiz.groups:
        inner = add(section, "section", ident=f"{quiz.chapter}-{group[0].name}", title=group[0].name)
        chosen = add(add(inner, "selection_ordering"), "selection")
        add(chosen, "selection_number", "1")
        add(add(chosen, "selection_extension"), "points_per_item", "1")
        for number, one in enumerate(group, start=1):
            add_item(inner, one, f"{quiz.chapter}-{one.name}-{number}", CANVAS)
    return root


def begun(quiz: Quiz, **metadata: str) -> tuple[Element, Element]:
    """Return an empty quiz, and the section that its questions go into."""
    root = Element("questestinterop", {"xmlns": SPACE})
    made = add(root, "assessment", ident=f"quiz-{quiz.chapter}", title=name_of(quiz))
    if metadata:
        add_fields(add(made, "qtimetadata"), metadata)
    return root, add(made, "section", ident="root_section")


# What each reader wants to be told of a question.
CANVAS = {"question_type": "multiple_choice_question", "points_possible": "1"}
CARTRIDGE = {"cc_profile": "cc.multiple_choice.v0p1"}


def add_item(section: Element, one: Asked, name: str, metadata: dict[str, str]) -> None:
    """Add a question with its answers, which is right, and what is said to each."""
    item = add(section, "item", ident=name, title=one.name)
    add_fields(add(add(item, "itemmetadata"), "qtimetadata"), metadata)
    presentation = add(item, "presentation")
    add_html(presentation, question_html(one.text, one.shown))
    choices = add(add(presentation, "response_lid", ident="response1", rcardinality="Single"), "render_choice")

    answered = dict(zip(LETTERS, one.options, strict=False))
    for letter, option in answered.items():
        add_html(add(choices, "response_label", ident=letter), answer_html(option.answer))
    add_rules(add(item, "resprocessing"), answered)
    for letter, option in answered.items():
        add_html(add(add(item, "itemfeedback", ident=f"{letter}_fb"), "flow_mat"), as_html(option.said))


def add_rules(rules: Element, answered: dict[str, Option]) -> None:
    """Add the rules: each answer shows its feedback, and the right one, the last rule, scores."""
    add(add(rules, "outcomes"), "decvar", maxvalue=100, minvalue=0, varname="SCORE", vartype="Decimal")
    for letter in answered:
        rule = add_rule(rules, letter, "Yes")
        add(rule, "displayfeedback", feedbacktype="Response", linkrefid=f"{letter}_fb")

    right = next(letter for letter, option in answered.items() if option.right)
    add(add_rule(rules, right, "No"), "setvar", "100", action="Set", varname="SCORE")


def add_rule(rules: Element, letter: str, onwards: str) -> Element:
    """Add a rule for one answer; it says whether those after it are looked at as well."""
    rule = add(rules, "respcondition", **{"continue": onwards})
    add(add(rule, "conditionvar"), "varequal", letter, respident="response1")
    return rule


def add_fields(metadata: Element, fields: dict[str, str]) -> None:
    """Add fields of metadata."""
    for label, entry in fields.items():
        field = add(metadata, "qtimetadatafield")
        add(field, "fieldlabel", label)
        add(field, "fieldentry", entry)


def add_html(parent: Element, html: str) -> None:
    """Add a text in HTML."""
    add(add(parent, "material"), "mattext", html, texttype="text/html")
