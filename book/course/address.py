"""What needs the public address of the course, all of it from one setting, and absent while that is not made.

``course_repository`` in ``_config.yml``, or the environment variable ``COURSE_REPOSITORY``, which the workflow that
publishes the book sets by itself, names the repository: ``https://github.com/OWNER/NAME``. From it follow the links
that open a notebook in Binder, in Colab and on a JupyterHub and, unless ``html.baseurl`` names another, the site's own
address, which canonical links, the card that other sites show, ``sitemap.xml`` and ``robots.txt`` need. Words that are
true only then stand under the directive ``only`` with the tag ``published``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit
from xml.sax.saxutils import escape as escape_xml

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ConfigError
from sphinx.util.docutils import SphinxDirective

REPOSITORY = re.compile(r"https://github\.com/(?P<owner>[\w.-]+)/(?P<name>[\w.-]+?)(?:\.git)?/?")
DESCRIPTION = re.compile(r'<meta content="([^"]*)" name="description"')
CARD = "_static/card.png"
CARD_WORDS = "Restoring Resolution: a window on a grid becomes one cell, and a cell becomes a window"
LAUNCH_BRANCH = "launch"  # the notebooks with a first cell that installs the course: see tools/launch.py
NOT_TO_BE_FOUND = {"404": "There is no page at this address.", "search": "Search this course.", "genindex": "Index."}
MISSING_PAGE = """<section><h1>Page not found</h1>
<p>There is no page at this address. It may have moved: <a href="index.html">begin at the first page</a>,
or <a href="search.html">search the course</a>.</p></section>"""


def site_address(repository: str) -> str:
    """Return where GitHub publishes the pages of a repository.

    >>> site_address("https://github.com/someone/course")
    'https://someone.github.io/course/'
    """
    found = REPOSITORY.fullmatch(repository)
    if not found:
        raise ConfigError(f"course_repository must be https://github.com/OWNER/NAME or empty, got {repository!r}")
    host = f"{found['owner'].lower()}.github.io"
    return f"https://{host}/" if found["name"].lower() == host else f"https://{host}/{found['name']}/"


def launch_links(repository: str, notebook: str) -> dict[str, str]:
    """Return the addresses that open a notebook, given as its path in the repository, where it can be run."""
    owner, name = REPOSITORY.fullmatch(repository).group("owner", "name")
    return {
        "Binder": f"https://mybinder.org/v2/gh/{owner}/{name}/main?urlpath=lab/tree/{notebook}",
        "Colab": f"https://colab.research.google.com/github/{owner}/{name}/blob/{LAUNCH_BRANCH}/{notebook}",
    }


def hub_link(repository: str, hub: str = "https://HUB") -> str:
    """Return the address by which nbgitpuller brings the published notebooks into a folder on a JupyterHub."""
    name = REPOSITORY.fullmatch(repository)["name"]
    asked = {"repo": repository.rstrip("/"), "branch": LAUNCH_BRANCH, "urlpath": f"lab/tree/{name}/index.ipynb"}
    return f"{hub}/hub/user-redirect/git-pull?{urlencode(asked)}"


class HubLink(SphinxDirective):
    """Show that address, where the course has one."""

    def run(self) -> list[nodes.Node]:
        """Return a block to copy from, or nothing."""
        repository = self.config.course_repository
        if not repository:
            return []
        link = hub_link(repository)
        return [nodes.literal_block(link, link, language="text")]


def settle_address(app: Sphinx, config: Config) -> None:
    """Take the repository from the environment if it is named there, and the site's address from the repository."""
    config.course_repository = os.environ.get("COURSE_REPOSITORY") or config.course_repository or ""
    if config.course_repository:
        config.html_baseurl = config.html_baseurl or site_address(config.course_repository)
        app.tags.add("published")


def describe_page(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:  # noqa: ARG001
    """Add what search engines and other sites show of a page, and the links that open its notebook."""
    if page in NOT_TO_BE_FOUND:
        context["metatags"] = f'<meta content="{NOT_TO_BE_FOUND[page]}" name="description" />\n'
        context["metatags"] += '<meta name="robots" content="noindex" />\n'
        context["pageurl"] = None
        return
    description = DESCRIPTION.search(context.get("metatags") or "")
    properties = {
        "og:type": "article",
        "og:site_name": app.config.html_title or app.config.project,
        "og:title": re.sub(r"<[^>]*>", "", context.get("title", "")),
    }
    if description:
        properties["og:description"] = description[1]
    if app.config.html_baseurl:
        properties["og:url"] = context["pageurl"]
        properties["og:image"] = app.config.html_baseurl + CARD
        properties["og:image:alt"] = CARD_WORDS
    tags = [f'<meta property="{name}" content="{escape(value, True)}" />' for name, value in properties.items()]
    if app.config.html_baseurl:
        tags.append('<meta name="twitter:card" content="summary_large_image" />')
    context["metatags"] = (context.get("metatags") or "") + "\n".join(tags) + "\n"
    if app.config.course_repository and str(app.env.doc2path(page, base=False)).endswith(".ipynb"):
        links = launch_links(app.config.course_repository, f"{page}.ipynb")
        buttons = [
            {
                "type": "link",
                "text": place,
                "url": address,
                "icon": "fas fa-play",
                "tooltip": f"Run this page in {place}",
            }
            for place, address in links.items()
        ]
        group = {"type": "group", "label": "launch-buttons", "icon": "fas fa-rocket", "tooltip": "Run this page"}
        context["header_buttons"].insert(0, {**group, "buttons": buttons})


def missing_page(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:  # noqa: ARG001
    """Make the page that a web server shows for an address without one."""
    yield "404", {"title": "Page not found", "body": MISSING_PAGE}, "page.html"


def root_missing_page(site: Path, address: str) -> None:
    """Let the links of the missing page begin at the site's root: it is shown at any depth."""
    root = urlsplit(address).path or "/"
    page = site / "404.html"
    text = page.read_text(encoding="utf-8")
    relative = re.compile(r'\b(href|src|action)="(?!#|/|[a-z]+:)([^"]*)"')
    text = relative.sub(lambda link: f'{link[1]}="{root}{link[2]}"', text)
    page.write_text(text.replace('data-content_root="./"', f'data-content_root="{root}"'), encoding="utf-8")


def write_sitemap(site: Path, address: str, pages: list[str]) -> None:
    """List every page for search engines."""
    entries = "".join(f"<url><loc>{escape_xml(address + page)}.html</loc></url>\n" for page in sorted(pages))
    opening = '<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    (site / "sitemap.xml").write_text(f"{opening}{entries}</urlset>\n", encoding="utf-8")
    (site / "robots.txt").write_text(f"User-agent: *\nAllow: /\nSitemap: {address}sitemap.xml\n", encoding="utf-8")
