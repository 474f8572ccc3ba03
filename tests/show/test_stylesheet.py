"""The style of pictures and explorers: every class has its rule, every variable its colour."""

import re

import pytest

from lib.show.explore.page import page_html, page_script
from lib.show.palette import ROLES
from lib.show.picture import ASSETS, stylesheet

from .drawings import classes, parse
from .explorers import EXPLORERS
from .gallery import GALLERY

CSS = (ASSETS / "pictures.css").read_text(encoding="utf-8")
RULES = re.findall(r"([^{}]+)\{([^{}]*)\}", re.sub(r"/\*.*?\*/", "", CSS, flags=re.S))
WITHOUT_RULE: dict[str, str] = {}  # class: why it needs none


def declared(selector):
    """Return what the rule for exactly this selector declares."""
    found = [body for selectors, body in RULES if selector in [one.strip() for one in selectors.split(",")]]
    assert len(found) == 1, f"{len(found)} rules for {selector}"
    return dict(re.findall(r"([\w-]+):\s*([^;]+);", found[0]))


def classes_in_use():
    used = set()
    for make in GALLERY.values():
        for element in parse(make().html()).iter():
            used |= classes(element)
    for make in EXPLORERS.values():
        explorer = make()
        views = (explorer.views.picture(state).markup for state in explorer.views.states())
        html = page_html(explorer.views, "figure") + "".join(views)
        for names in re.findall(r'class="([^"]*)"', html):
            used |= set(names.split())
    return used


def test_every_class_in_markup_has_a_rule():
    styled = {name for selectors, _ in RULES for name in re.findall(r"\.([a-z-]+)", selectors)}
    missing = classes_in_use() - styled - set(WITHOUT_RULE)
    assert not missing
    assert not set(WITHOUT_RULE) & styled


def test_every_variable_used_is_a_colour_of_both_themes():
    used = set(re.findall(r"var\((--[\w-]+)", CSS))
    light, dark = (
        set(re.findall(r"(--[\w-]+):", block))
        for block in re.findall(r"\{([^{}]*--course-ink:[^{}]*)\}", stylesheet())[:2]
    )
    own = set(re.findall(r"(--[\w-]+):", CSS)) | {"--share"}  # the script sets how much a cell is shaded
    assert used - own - {"--course-top"} <= light  # a site may say how far from the top its header reaches
    assert light == dark
    assert all(name.startswith("--course-") for name in used - own)


def test_themes_come_before_the_rules_and_paper_is_light():
    style = stylesheet()
    places = [style.index(part) for part in (":root {", 'html[data-theme="dark"]', "@media print", CSS)]
    assert places == sorted(places)
    printed = style[style.index("@media print") : style.index(CSS)]
    assert f"--course-input: {ROLES['input']['light'].fill};" in printed
    assert ROLES["input"]["dark"].fill not in printed
    assert 'html[data-theme="dark"]' in printed


@pytest.mark.parametrize("role", sorted(ROLES))
def test_each_role_fills_its_cells_and_writes_its_headings_in_its_own_colours(role):
    assert declared(f".panels svg .{role}") == {"fill": f"var(--course-{role})"}
    assert declared(f".panels svg text.{role}") == {"fill": f"var(--course-{role}-line)"}
    assert declared(f".swatch.{role}") == {"background": f"var(--course-{role})"}


@pytest.mark.parametrize("name", ["ruling", "outline", "span", "link"])
def test_lines_are_drawn_and_not_filled(name):
    rule = declared(f".panels svg .{name}")
    assert rule["fill"] == "none"
    assert rule["stroke"].startswith("var(--course-")


def test_braces_are_balanced_and_nothing_is_fetched():
    assert CSS.count("{") == CSS.count("}")
    assert set(re.findall(r"url\(.{6}", CSS)) <= {'url("data:'}
    assert "@import" not in CSS
    assert not re.search(r"https?:|fetch\(|import\b|eval\(", page_script())
