"""The pages that the grader writes, in a browser."""

from __future__ import annotations

import axe
import pytest
from test_pages import TOO_WIDE

from tests.grader.test_pages import PAGES


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_the_grader_is_readable_for_everybody(chromium, name, scheme):
    context = chromium.new_context(viewport={"width": 390, "height": 800}, color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_content(PAGES[name])
    assert axe.all_faults(page) == []
    assert page.evaluate(TOO_WIDE) == 0
    assert asked == []
    context.close()
