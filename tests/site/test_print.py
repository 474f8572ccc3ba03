"""The book on paper, or rather its first pages, since all of them take a minute."""

from __future__ import annotations

import re

import print_book
import pytest
from contents import outline
from pypdf import PdfReader

SOME = outline()[:4]  # the first page, the first chapter and two of its pages


@pytest.fixture(scope="module")
def documents(site):
    return print_book.documents(site, SOME, answers=True)


@pytest.fixture(scope="module")
def printed(site, documents, chromium, tmp_path_factory):
    path = tmp_path_factory.mktemp("print") / "book.pdf"
    print_book.print_book(site, path, documents, chromium)
    return PdfReader(path)


@pytest.fixture(scope="module")
def words(printed):
    return [page.extract_text() for page in printed.pages]


@pytest.fixture(scope="module")
def first_pages(printed):
    return print_book.first_pages(printed)


def test_every_page_stands_in_reading_order_with_a_bookmark_for_each(printed, documents, first_pages):
    marks: list[tuple[str, int]] = []

    def collect(entries):
        for entry in entries:
            if isinstance(entry, list):
                collect(entry)
            else:
                marks.append((entry.title, printed.get_destination_page_number(entry) + 1))

    collect(printed.outline)
    pages = [(document.title, first_pages[document.key]) for document in documents]
    assert [mark for mark in marks if mark in pages] == pages
    assert [number for _, number in pages] == sorted({number for _, number in pages})
    assert {mark for mark, _ in marks} - {title for title, _ in pages} == {part for part, _, _ in SOME if part}


def test_the_contents_tell_the_page_on_which_each_page_begins(documents, words, first_pages):
    contents = re.sub(r"\s", "", "".join(words[1 : first_pages[documents[0].key] - 1]))
    for document in documents:
        title = re.sub(r"\s", "", document.title)
        assert f"{title}{first_pages[document.key]}" in contents
        assert title in re.sub(r"\s", "", words[first_pages[document.key] - 1])


def test_each_sheet_but_the_title_is_an_a4_page_with_words_and_its_number(printed, words):
    assert {tuple(map(round, page.mediabox[2:])) for page in printed.pages} == {(595, 842)}
    assert [number for number, text in enumerate(words[1:], 2) if str(number) not in text.split()] == []
    assert [number for number, text in enumerate(words[1:], 2) if len(text) < 20] == []


def test_an_explorer_is_its_view_and_caption_without_controls(site, documents, visit):
    page = site / "printed-for-a-test.html"
    page.write_text(print_book.one_page(site, documents, {}), encoding="utf-8")
    try:
        with visit(page.name) as visited:
            visited.page.emulate_media(media="print")
            explorers = visited.page.locator("figure.explore")
            assert explorers.count() >= 3
            assert visited.page.locator("figure.explore > figcaption:visible").count() == explorers.count()
            assert visited.page.locator("figure.explore .panels:visible").count() == explorers.count()
            assert visited.page.locator("form:visible, button:visible").count() == 0
            assert visited.failed == []
    finally:
        page.unlink()


def test_answers_are_printed_or_left_out_as_asked(site, documents):
    shown = "".join(document.content for document in documents)
    hidden = "".join(document.content for document in print_book.documents(site, SOME, answers=False))
    assert '<details class="sd-' in shown
    assert shown.count('<details class="sd-') == len(re.findall(r'<details class="sd-[^>]* open=""', shown))
    assert "sd-dropdown" not in hidden


def test_every_link_inside_the_book_has_its_target(site):
    text = print_book.one_page(site, print_book.documents(site, outline(), answers=True), {})
    ids = re.findall(r'\bid="([^"]*)"', text)
    assert len(ids) == len(set(ids))
    named = re.findall(r'href="#([^"]*)"|url\(#([^)]*)\)', text)
    assert [link or place for link, place in named if (link or place) not in set(ids)] == []
