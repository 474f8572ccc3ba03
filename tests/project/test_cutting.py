"""A page becomes slides: what each kind of element gives, with and without marks in the notebook."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from course.cutting import english_of, slides_of
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

CELL = '<div class="cell"><div class="cell_input"><div class="highlight">code</div></div>{}</div>'
PICTURE = CELL.format('<div class="cell_output"><div class="output"><figure class="picture">P</figure></div></div>')
PRINTS = CELL.format('<div class="cell_output"><div class="output">printed</div></div>')
PAGE = f"""<article><section><h1>Page<a class="headerlink">#</a></h1>
<p><strong>What you will do.</strong> Task.</p>
<p><strong>What you will learn.</strong> You can</p><ul><li>goal</li></ul>
<section><h2>Idea</h2><p>Before.</p></section>
<section><h2>Picture</h2><p>Around.</p>{PICTURE}<p>After.</p>{PRINTS}</section>
<section><h2>What goes wrong</h2><p><strong>Trap.</strong> Beware.</p>{PRINTS}<p>Plain.</p></section>
<section><h2>Formula</h2><p>With x</p><div class="math">f(x)</div>
<div class="admonition"><p class="admonition-title">Myth: m</p><p>No.</p></div></section>
<section><h2>Exercises</h2><ol><li><p>First?</p></li><li><p>Second?</p></li></ol>
<details><ol><li><p>One.</p></li><li><p>Two.</p></li></ol></details></section>
<section><h2>Further reading</h2><p>Books.</p></section></section></article>"""


def cut(*marks, words=None):
    """The slides of the page, for marks of its cells of code and of a cell of text with the heading Formula."""
    cells = [new_code_cell(metadata={"slideshow": mark} if mark else {}) for mark in (*marks, None, None, None)[:3]]
    text = new_markdown_cell("## Formula\n\nWith x", metadata={"slideshow": words} if words else {})
    notebook = new_notebook(cells=[new_markdown_cell("# Page"), *cells, text])
    return slides_of(BeautifulSoup(PAGE, "html.parser").find("article"), notebook)


def texts(elements):
    return [element.get_text().strip() for element in elements]


def test_without_marks_each_figure_formula_box_point_and_exercise_is_a_slide():
    shown = [(slide.title, texts(slide.seen), texts(slide.notes)) for slide in cut()]
    assert shown == [
        ("Page", ["goal"], ["What you will do. Task."]),
        ("Picture", ["P"], ["Before.", "Around.", "After."]),
        ("Trap", ["Beware.", "printed"], ["Plain."]),
        ("Formula", ["With x", "f(x)"], []),
        ("Myth: m", ["No."], []),
        ("Question 1", ["First?"], ["One."]),
        ("Question 2", ["Second?"], ["Two."]),
    ]


def test_a_page_in_another_language_is_cut_where_the_english_one_is():
    english = {"What you will do": "本页内容", "What you will learn": "学习目标", "Exercises": "习题",
               "Further reading": "延伸阅读", "Trap": "陷阱", "Picture": "看图"}  # fmt: skip
    page = PAGE
    for ours, theirs in english.items():
        page = page.replace(f"<strong>{ours}.</strong> ", f"<strong>{theirs}</strong>：").replace(ours, theirs)
    texts_by_english = {f"**{ours}.** …": f"**{theirs}**：…" for ours, theirs in english.items()} | english
    notebook = new_notebook(cells=[new_markdown_cell("# Page"), *(new_code_cell() for _ in range(3))])
    article = BeautifulSoup(page, "html.parser").find("article")
    slides = slides_of(article, notebook, english_of(texts_by_english))
    assert [(slide.title, texts(slide.seen)) for slide in slides][:3] == [
        ("Page", ["goal"]),
        ("看图", ["P"]),
        ("陷阱", ["Beware.", "printed"]),
    ]
    assert [slide.title for slide in slides[-2:]] == ["Question 1", "Question 2"]


def test_a_formula_in_a_title_is_written_once():
    formula = "<math><msup><mi>s</mi><mn>2</mn></msup><annotation>s^2</annotation></math>"
    page = f"<article><section><h1>Page</h1><p><strong>All {formula} sums.</strong> Equal.</p></section></article>"
    slides = slides_of(BeautifulSoup(page, "html.parser").find("article"), new_notebook())
    assert [slide.title for slide in slides] == ["Page", "All s² sums"]


def test_a_cell_of_code_can_be_left_out_or_put_on_a_slide():
    slides = cut({"slide_type": "skip"}, {"slide_type": "slide"})
    assert [slide.title for slide in slides[:3]] == ["Page", "Picture", "Trap"]
    assert texts(slides[1].seen) == ["code", "printed"]


def test_a_question_belongs_to_its_cell_or_to_the_heading_of_its_text():
    slides = cut({"ask": "Where?", "answers": "Here."}, words={"ask": "Why?"})
    assert {slide.title: slide.mark.ask for slide in slides if slide.mark.ask} == {
        "Picture": "Where?",
        "Formula": "Why?",
    }
    assert slides[1].mark.answers == "Here."


def test_a_question_of_the_bank_tells_the_speaker_what_students_answer():
    data = '{"hints": ["Count again."], "sets": [{"options": [["4", -1], ["5", 0]]}]}'
    box = f"""<figure class="question"><p class="title">Check yourself</p><div>How many?</div>
      <details><p>4.</p></details><script type="application/json">{data}</script></figure>"""
    cell = CELL.format(f'<div class="cell_output"><div class="output">{box}</div></div>')
    page = BeautifulSoup(f"<article><section><h1>Page</h1>{cell}</section></article>", "html.parser")
    slides = slides_of(page.find("article"), new_notebook(cells=[new_code_cell()]))
    assert slides[1].title == "Check yourself"
    assert texts(slides[1].notes) == ["4.", "What students answer.", "5: Count again."]


def test_what_stands_under_a_heading_can_be_left_out():
    assert "Formula" not in [slide.title for slide in cut(words={"slide_type": "skip"})]


def test_a_page_without_one_of_its_cells_is_refused():
    notebook = new_notebook(cells=[new_code_cell(), new_code_cell()])
    with pytest.raises(ValueError, match="got 3 of 2 cells"):
        slides_of(BeautifulSoup(PAGE, "html.parser").find("article"), notebook)
