"""The book on paper, or rather its first pages, since all of them take a minute."""

from __future__ import annotations

import re

import print_book
import pytest
from contents import outline
from pypdf import PdfReader

SOME = outline()[:4]  # the first page, the first chapter and two of its pages


@pytest.fixture(scope="module")
def printed(site, chromium, tmp_path_factory):
    path = tmp_path_factory.mktemp("print") / "book.pdf"
    print_book.print_book(site, path, browser=chromium, entries=SOME)
    return PdfReader(path)


@pytest.fixture(scope="module")
def words(printed):
    return [page.extract_text() for page in printed.pages]


def test_every_page_stands_in_reading_order_with_a_bookmark_for_each(printed, site):
    marks: list[tuple[str, int]] = []

    def collect(entries):
        for entry in entries:
            if isinstance(entry, list):
                collect(entry)
            else:
                marks.append((entry.title, printed.get_destination_page_number(entry) + 1))

    collect(printed.outline)
    pages = [(title_of(site, name), first_page(printed, place)) for place, (_, _, name) in enumerate(SOME)]
    assert [mark for mark in marks if mark in pages] == pages
    assert {mark for mark, _ in marks} - {title for title, _ in pages} == {part for part, _, _ in SOME if part}


def test_the_contents_tell_the_page_on_which_each_page_begins(printed, words, site):
    contents = re.sub(r"\s", "", "".join(words[1 : first_page(printed, 0) - 1]))
    for place, (_, _, name) in enumerate(SOME):
        title = re.sub(r"\s", "", title_of(site, name))
        assert f"{title}{first_page(printed, place)}" in contents


def test_each_sheet_but_the_title_is_an_a4_page_with_words_and_its_number(printed, words):
    assert {tuple(map(round, page.mediabox[2:])) for page in printed.pages} == {(595, 842)}
    assert [number for number, text in enumerate(words[1:], 2) if str(number) not in text.split()] == []
    assert [number for number, text in enumerate(words[1:], 2) if len(text) < 20] == []


def test_an_explorer_is_its_view_and_caption_without_controls(site, visit):
    page = site / "printed-for-a-test.html"
    page.write_text(print_book.one_page(site, {}, True, SOME), encoding="utf-8")
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


def test_answers_are_printed_or_left_out_as_asked(site):
    assert "<details open" in print_book.one_page(site, {}, True, SOME)
    assert "sd-dropdown" not in print_book.one_page(site, {}, False, SOME)


def test_every_link_inside_the_book_has_its_target(site):
    text = print_book.one_page(site, {}, True, outline())
    ids = set(re.findall(r'\bid="([^"]*)"', text))
    assert [link for link in re.findall(r'href="#([^"]*)"', text) if link not in ids] == []


def title_of(site, name) -> str:
    article = print_book.ARTICLE.search((site / f"{name}.html").read_text(encoding="utf-8"))[1]
    return print_book.plain(print_book.HEADING.search(article)[1])


def first_page(printed, place) -> int:
    names = {name.strip("/"): target for name, target in printed.named_destinations.items()}
    return printed.get_destination_page_number(names[f"page{place}"]) + 1
