"""What each page is given while templates write it: the scripts it uses, and what our own templates ask for.

The templates in ``book/templates`` take the place of the theme's of the same name.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from bs4 import BeautifulSoup
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.locale import _

from course import benches
from lib.words import say

TEMPLATES = Path(__file__).resolve().parents[1] / "templates"
CLASSES = re.compile(r'\bclass="([^"]*)"')

# What brings figures to life: each script by the class of what it works on, in the order in which they are loaded.
FIGURE_SCRIPTS = {
    "explore-charts.js": "with-charts",
    "explore-photographs.js": "with-photographs",
    "explore.js": "explore",
    "segmenter.js": "segmenter",
    "questions.js": "question",
}
# Scripts that a page loads only if it has what they work on, each by words of its address or its code: the classes of
# what it works on. No page of this book has a use for those without any.
WORKS_ON = {
    ("thebe", "require.min.js", "embed-amd.js", "kernelName"): set(),
    ("documentation_options.js",): set(),  # the layout writes its few lines into the page
    ("clipboard", "copybutton"): {"highlight"},
    ("togglebutton", "toggleHint", "toggleOpenOnPrint"): {"toggle", "dropdown"},
    ("design-tabs.js",): {"sd-tab-set"},
    **{(script,): {name} for script, name in FIGURE_SCRIPTS.items()},
    **{(script,): {f"tag_{bench}"} for bench, script in benches.SCRIPTS.items()},
}


def furnish(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:  # noqa: ARG001
    """Give a page's templates what they ask for."""
    context["has_formulas"] = "<math" in context.get("body", "")
    context["with_named_toggles"] = with_named_toggles
    context["say"] = say
    context["logo_size"] = ElementTree.parse(Path(app.confdir) / app.config.html_logo).getroot().attrib


def choose_scripts(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:  # noqa: ARG001
    """Keep of the scripts that the theme and all extensions bring those that have something to work on."""
    classes = {name for names in CLASSES.findall(context.get("body", "")) for name in names.split()}
    used = (script for script in context["script_files"] if is_used(script, classes))
    context["script_files"] = [deferred(script) for script in used]


def is_used(script: Any, classes: set[str]) -> bool:
    """Say whether a script of Sphinx's has something to work on, in a page with elements of these classes."""
    named = str(script.filename or script.attributes["body"])
    for words, wanted in WORKS_ON.items():
        if any(word in named for word in words):
            return not wanted.isdisjoint(classes)
    return True


def deferred(script: Any) -> Any:
    """Return a script such that loading it does not hold up the page; those that stand in the page run where they are.

    Sphinx's own objects are shared by all pages and not to be changed.
    """
    if not script.filename:
        return script
    return type(script)(script.filename, priority=script.priority, **{**script.attributes, "defer": "defer"})


def with_named_toggles(contents: Any) -> str:
    """Give each button that opens a chapter in the sidebar a name: the theme makes it of an icon only."""
    soup = BeautifulSoup(str(contents), "html.parser")

    for button in soup.find_all("summary"):
        chapter = button.find_parent("li").find("a").get_text()
        button["aria-label"] = _("Pages of: %s") % chapter

    return str(soup)


def settle_theme(app: Sphinx, config: Config) -> None:  # noqa: ARG001
    """Let our templates come before the theme's, and leave out the theme's place for advertisements."""
    config.templates_path.insert(0, str(TEMPLATES))
    config.html_theme_options.setdefault("primary_sidebar_end", [])


def connect(app: Sphinx) -> None:
    """Connect the pages."""
    app.connect("config-inited", settle_theme)
    app.connect("html-page-context", furnish, priority=300)  # before the theme tries which templates are empty
    app.connect("html-page-context", choose_scripts, priority=950)  # after the theme and all extensions
