"""What a screen reader would trip over and what is hard to see: axe, asked about a page in both themes.

Contrast takes five sixths of axe's time, because it judges every piece of text by itself. It depends on nothing but how
the text and what lies behind it are styled, so it is judged for one piece of each look, not for the thousandth word of
a paragraph. A look is read from the computed styles: an element that differs, for whatever reason, is one of its own.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

SCRIPT = Path(find_spec("axe_playwright_python").origin).with_name("axe.min.js").read_text(encoding="utf-8")
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
OF_WORDS = ["cat.text-alternatives", "cat.name-role-value", "cat.language"]  # what a translation alone can break
ALSO = {"target-size": {"enabled": True}, "label-content-name-mismatch": {"enabled": True}}  # off unless asked for
CONTRAST, LINKS = "color-contrast", "link-in-text-block"  # all that another theme can change

# Colours at rest, and everything laid out: axe judges what is shown.
AT_REST = "* { transition: none !important; content-visibility: visible !important; }"

RUN = """async options => {
  const judged = document.querySelectorAll('[data-judge]');
  const context = options.looks ? {include: judged, exclude: document.querySelectorAll('[data-judge] > *')} : document;
  const told = await axe.run(context, {...options.run, resultTypes: ['violations']});
  const where = fault => fault.nodes.slice(0, 3).map(node => node.html.slice(0, 160)).join(' | ');
  return told.violations.map(fault => `${fault.id}: ${fault.help}: ${where(fault)}`);
}"""

# Marks one element of each look that is not known yet, and returns these looks. What lies behind a text is painted by
# the elements around it, so a look begins with that of the parent, to which elements that paint nothing add nothing.
MARK_LOOKS = """known => {
  const behind = ['backgroundColor', 'backgroundImage', 'opacity', 'filter', 'mixBlendMode', 'position', 'zIndex',
    'clip', 'clipPath', 'overflow'];
  const text = ['color', 'webkitTextFillColor', 'fill', 'fontSize', 'fontWeight', 'textShadow', 'display'];
  const styled = (element, names) => {
    const style = getComputedStyle(element);
    return names.map(name => style[name]).join(';');
  };
  const nothing = document.body.appendChild(document.createElement('span'));
  const plain = styled(nothing, behind);
  nothing.remove();

  const looks = new Map([[null, '']]);
  const look = element => {
    if (!looks.has(element)) {
      const own = styled(element, behind);
      looks.set(element, look(element.parentElement) + (own === plain ? '' : `>${own}`));
    }
    return looks.get(element);
  };

  const speaks = element => element.matches('input, select, textarea') ||
    [...element.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim());
  const judged = new Set(known), found = [];
  for (const element of document.body.querySelectorAll('*')) {
    element.removeAttribute('data-judge');
    if (!speaks(element) || !element.checkVisibility({visibilityProperty: true})) continue;
    const seen = `${look(element)}|${styled(element, text)}`;
    if (judged.has(seen)) continue;
    judged.add(seen);
    found.push(seen);
    element.setAttribute('data-judge', '');
  }
  return found;
}"""


class Judge:
    """Axe over the pages of the site, with a memory of the looks that it has found nothing wrong with."""

    def __init__(self) -> None:
        self.seen: set[str] = set()

    def faults(self, page: Any) -> dict[str, list[str]]:
        """Return what axe finds on an open page, by theme; the page is left in the dark one."""
        prepare(page)
        without_contrast = {"runOnly": STANDARDS, "rules": {**ALSO, CONTRAST: {"enabled": False}}}
        light = run(page, without_contrast) + self.contrast(page)

        page.emulate_media(color_scheme="dark")
        page.wait_for_function("document.documentElement.dataset.theme === 'dark'")
        dark = run(page, only(LINKS)) + self.contrast(page)
        return {"light": light, "dark": dark}

    def contrast(self, page: Any) -> list[str]:
        """Return what is hard to see on a page that is prepared, among the looks that were not seen before."""
        new = page.evaluate(MARK_LOOKS, sorted(self.seen))
        faults = run(page, only(CONTRAST), looks=True) if new else []

        if not faults:
            self.seen.update(new)
        return faults


def all_faults(page: Any) -> list[str]:
    """Return everything that axe finds on an open page as it is shown."""
    prepare(page)
    return run(page, {"runOnly": STANDARDS, "rules": ALSO})


def faults_of_words(page: Any) -> list[str]:
    """Return what axe finds in names, texts that stand for images, and languages, on a page that is prepared."""
    return run(page, {"runOnly": OF_WORDS})


def prepare(page: Any) -> None:
    """Make a page such that axe can look at all of it."""
    page.add_style_tag(content=AT_REST)
    page.evaluate(SCRIPT)


def only(rule: str) -> dict[str, Any]:
    """Return what axe calls a run with a single rule."""
    return {"runOnly": {"type": "rule", "values": [rule]}}


def run(page: Any, options: dict[str, Any], looks: bool = False) -> list[str]:
    """Run axe on a page, or only on the elements that are marked as having a new look."""
    return page.evaluate(RUN, {"run": options, "looks": looks})
