"""How a page becomes slides: one idea on each, and the page's own words about it as notes for the speaker.

Everything is taken from the page as it was built. By itself, a slide is made of

- the title of a page, with what a student can do after it;
- each figure, table, displayed formula and box such as a myth, under the heading that it stands below;
- each point that begins in bold, with what the next cell shows;
- each question and each exercise; its answer goes to the notes, with what students answer and why.

The words of a section that show nothing are notes of the slide after them. An author can say more in the metadata of a
notebook's cell, under ``slideshow``: ``slide_type: slide`` puts a cell of code on a slide, ``slide_type: skip`` leaves
out what a cell shows, and ``ask`` and ``answers`` are a question for the class and what students answer. A cell of text
speaks for the headings that it holds. Every mark may be absent.

A page in another language is cut where the English one is, by what its headings and bold beginnings are in English.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bs4 import BeautifulSoup, Tag
from nbformat import NotebookNode

from lib.words import say

GOALS = "What you will learn"
TASK = "What you will do"
WITHOUT_SLIDES = ("What you need", "Further reading")
QUESTIONS = "Exercises"
NOT_ON_PAGES = "remove-cell"  # the tag of cells that the book leaves out
HEADING = re.compile(r"^(?:#+|:{3,}\{admonition\})\s+(.+?)\s*$", re.MULTILINE)
LEAD = re.compile(r"\*\*(.+?)\*\*")
ENDS = " .。：:"  # of a bold beginning
POWER = re.compile(r"\^(\d)")
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
FIGURES = ".cell_output :is(figure.picture, figure.explore, figure.question)"


@dataclass(frozen=True)
class Mark:
    """What the author of a notebook says of a cell."""

    kind: str = ""  # slide, skip, or nothing
    ask: str = ""
    answers: str = ""


@dataclass
class Slide:
    """A title, what is seen below it, and what only the speaker sees."""

    title: str
    seen: list[Tag] = field(default_factory=list)
    notes: list[Tag] = field(default_factory=list)
    mark: Mark = Mark()


class Marks:
    """The marks of a notebook, by the order of its cells of code and by the headings of its cells of text."""

    def __init__(self, notebook: NotebookNode) -> None:
        """Read them."""
        cells = [cell for cell in notebook.cells if NOT_ON_PAGES not in cell.metadata.get("tags", [])]
        self.of_code = [mark_of(cell) for cell in cells if cell.cell_type == "code"]

        self._of_headings: dict[str, Mark] = {}
        for cell in cells:
            if cell.cell_type == "markdown" and "slideshow" in cell.metadata:
                self._of_headings |= {plain(title): mark_of(cell) for title in HEADING.findall(cell.source)}

    def take(self, title: str) -> Mark:
        """Return the mark of a heading, the first time that it is asked for."""
        return self._of_headings.pop(plain(title), Mark())


def mark_of(cell: NotebookNode) -> Mark:
    """Return what a cell's metadata say of slides.

    >>> from nbformat.v4 import new_code_cell
    >>> mark_of(new_code_cell(metadata={"slideshow": {"slide_type": "skip"}}))
    Mark(kind='skip', ask='', answers='')
    """
    said = cell.metadata.get("slideshow", {})
    return Mark(said.get("slide_type", ""), said.get("ask", ""), said.get("answers", ""))


def plain(title: str) -> str:
    """Return the letters and digits of a title, which are the same in a notebook and on its page.

    >>> plain("Odd sizes: `output_size`")
    'oddsizesoutputsize'
    """
    return re.sub(r"[\W_]", "", title).lower()


def words_of(tag: Tag) -> str:
    """Return what a tag says, a formula in it as letters.

    >>> words_of(BeautifulSoup("all <math><annotation>s^2</annotation></math> sums", "html.parser"))
    'all s² sums'
    """
    tag = copy.copy(tag)
    for formula in tag.select("math:has(annotation)"):
        formula.replace_with(POWER.sub(lambda power: power[1].translate(RAISED), formula.annotation.get_text()))
    return tag.get_text()


def english_of(texts: Mapping[str, str]) -> dict[str, str]:
    """Return what headings and bold beginnings of a translated page are in English, given its texts by their English.

    >>> english_of({"Exercises": "习题", "**What you need.** A window.": "**预备知识**：一个窗口。"})
    {'习题': 'Exercises', '预备知识': 'What you need'}
    """
    found = {}
    for english, text in texts.items():
        leads = LEAD.match(english), LEAD.match(text)
        ours, theirs = (lead[1].strip(ENDS) if lead else "" for lead in leads)
        found |= {theirs: ours} if ours and theirs else {text: english}
    return found


class Cutter:
    """Cuts one page, from top to bottom."""

    def __init__(self, marks: Marks, english: Mapping[str, str]) -> None:
        """Begin a page, given what its headings and bold beginnings are in English if they are not."""
        self.slides: list[Slide] = []
        self._marks, self._english = marks, english
        self._questions: list[Slide] = []
        self._codes = iter(marks.of_code)
        self._heading = ""
        self._title = ""  # the heading, or the bold words that have begun a point since
        self._words: list[Tag] = []  # since the last slide
        self._point: Slide | None = None  # waits for what the next cell shows
        self._goals_follow = False

    def cut_section(self, section: Tag) -> None:
        """Make slides of a section and of those within it."""
        begun = len(self.slides)

        for element in section.find_all(True, recursive=False):
            if element.name == "section":
                self._close(begun)
                self.cut_section(element)
                begun = len(self.slides)
            else:
                self._take(element)

        self._close(begun)

    def _close(self, begun: int) -> None:
        """Give the words after a section's last slide to it; where there is none, they wait for the next."""
        self._point = None
        if len(self.slides) > max(begun, 1):
            self.slides[-1].notes += self._words
            self._words = []

    def _take(self, element: Tag) -> None:
        """Make of an element a slide, a note, or nothing."""
        classes = set(element.get("class", []))

        if element.name in ("h1", "h2", "h3", "h4"):
            self._begin(element)
        elif "cell" in classes:
            self._take_cell(element, next(self._codes))
        elif self._heading in WITHOUT_SLIDES or "minutes" in classes or element.name == "script":
            return
        elif self._heading.startswith(QUESTIONS):
            self._take_questions(element)
        elif element.name in ("figure", "table") or "pst-scrollable-table-container" in classes:
            self._add(self._title, [element])
        elif "math" in classes:
            self._add(self._title, [*self._words[-1:], element])
        elif "admonition" in classes:
            self._take_box(element)
        elif element.name != "details":
            self._take_words(element)

    def _begin(self, heading: Tag) -> None:
        """Begin what stands below a heading; a page begins with a slide of its own."""
        for link in heading.select(".headerlink"):
            link.decompose()

        self._title = heading.get_text().strip()
        self._heading = self._english.get(self._title, self._title)
        if heading.name == "h1":
            self._add(self._title, [])

    def _add(self, title: str, seen: list[Tag], mark: Mark | None = None) -> None:
        """Add a slide, with the words before it as its notes."""
        of_heading = self._marks.take(title)
        mark = mark if mark and (mark.kind or mark.ask) else of_heading
        self._point = None

        if mark.kind != "skip":
            notes = [word for word in self._words if not any(word is one for one in seen)]
            self.slides.append(Slide(title, seen, notes, mark))
            self._words = []

    def _take_words(self, element: Tag) -> None:
        """Keep a paragraph for the notes, unless it begins in bold: then it makes a point."""
        lead = element.find("strong") if element.name == "p" else None
        title = words_of(lead).strip(ENDS) if lead and element.get_text().startswith(lead.get_text()) else ""
        begins = self._english.get(title, title)

        if self._goals_follow and element.name == "ul":
            self.slides[0].seen.append(element)
        elif begins == TASK:
            self.slides[0].notes.append(element)
        elif begins and begins not in (GOALS, *WITHOUT_SLIDES):
            self._make_point(element, title)
        elif not begins:
            self._words.append(element)
        self._goals_follow = begins == GOALS

    def _make_point(self, paragraph: Tag, title: str) -> None:
        """Begin a slide with the bold beginning of a paragraph as its title."""
        self._title = title
        rest = copy.copy(paragraph)
        after = rest.find("strong").next_sibling
        rest.find("strong").decompose()
        if isinstance(after, str):
            after.replace_with(after.lstrip("。："))

        self._add(title, [rest])
        if self.slides[-1].title == title:
            self._point = self.slides[-1]

    def _take_cell(self, cell: Tag, mark: Mark) -> None:
        """Show the figures of a cell, what it prints if a point waits for that, or all of it if it is marked so."""
        figures, printed = cell.select(FIGURES), cell.select(".cell_output > .output")

        if mark.kind == "skip":
            self._point = None
        elif figures and self._point:
            self._point.seen, self._point.notes = figures, [*self._point.notes, *self._point.seen]
            self._point.mark = mark if mark.ask else self._point.mark
        elif self._point and len(self._point.seen) == 1:
            self._point.seen += printed
            return
        elif figures or mark.kind == "slide":
            self._add(self._title, figures or [*cell.select(".cell_input .highlight"), *printed], mark)
            self._note_answers(figures)
        self._point = None

    def _note_answers(self, figures: list[Tag]) -> None:
        """Tell the speaker the answers of a question from the bank, with what each wrong one shows."""
        for question in figures:
            if "question" in question["class"]:
                self.slides[-1].title = question.find(class_="title").extract().get_text()
                self.slides[-1].notes += answers_of(question)

    def _take_box(self, box: Tag) -> None:
        """Show a box under its own title; what it folds away goes to the notes."""
        title, *rest = box.find_all(True, recursive=False)
        self._add(title.get_text().strip(), [element for element in rest if element.name != "details"])
        self._words += [inside for fold in rest if fold.name == "details" for inside in fold.find_all("p")]

    def _take_questions(self, element: Tag) -> None:
        """Show exercises one by one; keep the answers, which are folded on the page, for the notes."""
        if element.name == "ol":
            for number, item in enumerate(element.find_all("li", recursive=False), start=1):
                title = say("Question {number}", number=number)
                self._add(title, item.find_all(True, recursive=False))
                self._questions += [slide for slide in self.slides[-1:] if slide.title == title]

        elif element.name == "details" and (answers := element.find("ol")):
            for slide, answer in zip(self._questions, answers.find_all("li", recursive=False), strict=False):
                slide.notes += answer.find_all(True, recursive=False)


def answers_of(question: Tag) -> list[Tag]:
    """Return the right answer of a box with a question, and its wrong ones, each with its hint."""
    data = json.loads(question.find("script").string)
    offered = data["sets"][0].get("options", [])
    pairs = [(answer, data["hints"][hint]) for answer, hint in offered if hint >= 0]
    wrong = [f"<li>{say('{answer}: {hint}', answer=answer, hint=hint)}</li>" for answer, hint in pairs]
    wrong = wrong or [f"<li>{hint}</li>" for hint in data["hints"]]

    told = "".join(str(reason) for reason in question.select("details p"))
    told += f"<p><strong>{say('What students answer.')}</strong></p><ul>{''.join(wrong)}</ul>"
    return BeautifulSoup(told, "html.parser").find_all(True, recursive=False)


def slides_of(article: Tag, notebook: NotebookNode, english: Mapping[str, str] | None = None) -> list[Slide]:
    """Return the slides of a page, from its article as built and the notebook that it was made from.

    ``english`` says what headings and bold beginnings of a page in another language are in English.

    Raises
    ------
    ValueError
        If the page does not show each cell of code of the notebook, so that no mark could be trusted.
    """
    marks = Marks(notebook)
    shown, written = len(article.select("div.cell")), len(marks.of_code)
    if shown != written:
        raise ValueError(f"slides: a page must show every cell of its notebook, got {shown} of {written} cells of code")

    cutter = Cutter(marks, english or {})
    cutter.cut_section(article.find("section"))
    return cutter.slides
