"""The editions do not drift: what is not translated stays as it is."""

import nbformat
import pytest
from translation.collecting import page_names
from translation.pages import source_of, translated_page


@pytest.mark.parametrize("page", page_names())
def test_what_is_not_translated_stays_byte_for_byte(page):
    path = source_of(page)
    before = path.read_text(encoding="utf-8")
    after = translated_page(path, lambda kind, text: text)
    if path.suffix == ".ipynb":
        before, after = ([cell.source for cell in nbformat.reads(text, 4).cells] for text in (before, after))
    assert after == before
