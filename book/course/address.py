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
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from docutils import nodes
from markupsafe import Markup
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ConfigError
from sphinx.util.docutils import SphinxDirective

from course.card import draw_card
from course.editions import ENGLISH, Edition, edition_of, home, named
from lib.words import say, speaking

REPOSITORY = re.compile(r"https://github\.com/(?P<owner>[\w.-]+)/(?P<name>[\w.-]+?)(?:\.git)?/?")
CARD = "_static/card.png"
LAUNCH_BRANCH = "launch"  # the notebooks with a first cell that installs the course: see tools/launch.py
HIDDEN_FROM_SEARCH = ("404", "search", "genindex")


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


def launch_links(repository: str, notebook: str, edition: Edition = ENGLISH) -> dict[str, str]:
    """Return the addresses that open a notebook of an edition, given as its path in it, where it can be run."""
    owner, name = REPOSITORY.fullmatch(repository).group("owner", "name")
    branch = "main" if edition == ENGLISH else LAUNCH_BRANCH  # where the made notebooks of other languages are
    notebook = edition.folder + notebook
    return {
        "Binder": f"https://mybinder.org/v2/gh/{owner}/{name}/{branch}?urlpath=lab/tree/{notebook}",
        "Colab": f"https://colab.research.google.com/github/{owner}/{name}/blob/{LAUNCH_BRANCH}/{notebook}",
    }


def hub_link(repository: str, hub: str = "https://HUB", edition: Edition = ENGLISH) -> str:
    """Return the address by which nbgitpuller brings the published notebooks into a folder on a JupyterHub."""
    name = REPOSITORY.fullmatch(repository)["name"]
    first = f"lab/tree/{name}/{edition.folder}index.ipynb"
    asked = {"repo": repository.rstrip("/"), "branch": LAUNCH_BRANCH, "urlpath": first}
    return f"{hub}/hub/user-redirect/git-pull?{urlencode(asked)}"


class HubLink(SphinxDirective):
    """Show that address, where the course has one."""

    def run(self) -> list[nodes.Node]:
        """Return a block to copy from, or nothing."""
        repository = self.config.course_repository
        if not repository:
            return []

        link = hub_link(repository, edition=edition_of(self.config))
        return [nodes.literal_block(link, link, language="text")]


def settle_address(app: Sphinx, config: Config) -> None:
    """Take the site's address from the repository, and tell Sphinx's extensions of it."""
    if config.course_repository:
        config.html_baseurl = config.html_baseurl or site_address(config.course_repository)
        app.tags.add("published")
    if config.html_baseurl:
        config.html_baseurl += edition_of(config).folder

    config.notfound_template = "404.html"
    config.notfound_context = {"title": say("Page not found")}
    config.notfound_urls_prefix = (urlsplit(home(config)).path or "/") + edition_of(config).folder

    config.sitemap_url_scheme = "{link}"  # an edition in another language has a list of its own
    config.sitemap_locales = [None]
    config.sitemap_excludes = [f"{page}.html" for page in HIDDEN_FROM_SEARCH]


def describe_page(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:  # noqa: ARG001
    """Say what search engines and other sites show of a page."""
    context["hidden_from_search"] = said_of_hidden(page)
    context["card"] = {}
    if page in HIDDEN_FROM_SEARCH:
        context["pageurl"] = None
    else:
        context["card"] = card(app, context, description_of(doctree))

    if page == app.config.notfound_pagename:
        context["content_root"] = app.config.notfound_urls_prefix
        context["lost"] = [
            lost(edition_of(app.config), app.config),
            *(lost(twin.edition, app.config) for twin in context["others"]),
        ]


def said_of_hidden(page: str) -> str:
    """Return the description of a page that is hidden from search engines, and nothing for others."""
    described = {
        "404": say("There is no page at this address."),
        "search": say("Search this course."),
        "genindex": say("Index."),
    }
    return described[page] if page in HIDDEN_FROM_SEARCH else ""


def lost(edition: Edition, config: Config) -> tuple[str, str]:
    """Return what the page for a missing one says to readers of an edition, with the language that it says it in."""
    root = (urlsplit(home(config)).path or "/") + edition.folder
    link = '<a href="{}">{}</a>'

    with speaking(edition.language):
        first = Markup(link).format(f"{root}index.html", say("begin at the first page"))
        search = Markup(link).format(f"{root}search.html", say("search the course"))
        words = say(
            "There is no page at this address. It may have moved: {first}, or {search}.", first=first, search=search
        )
        return edition.tag, Markup(words)


def card(app: Sphinx, context: dict[str, Any], description: str) -> dict[str, str]:
    """Return what other sites show beside a link to a page, as properties of the Open Graph protocol."""
    properties = {
        "og:type": "article",
        "og:site_name": app.config.html_title or app.config.project,
        "og:title": Markup(context["title"]).striptags(),
        "og:description": description,
        "og:locale": edition_of(app.config).locale,
    }

    if app.config.html_baseurl:
        properties |= {
            "og:url": context["pageurl"],
            "og:image": app.config.html_baseurl + CARD,
            "og:image:alt": say(
                "Restoring Resolution: a window on a grid becomes one cell, and a cell becomes a window"
            ),
            "twitter:card": "summary_large_image",
        }

    return {name: content for name, content in properties.items() if content}


def description_of(doctree: nodes.document) -> str:
    """Return the sentence that an author gave a page for search engines, or an empty one."""
    described = (meta["content"] for meta in doctree.findall(nodes.meta) if meta.get("name") == "description")
    return next(described, "")


def add_buttons(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:  # noqa: ARG001
    """Let a notebook be saved from its page, and be run where it can be."""
    if not str(app.env.doc2path(page, base=False)).endswith(".ipynb"):
        return

    for button in _links(context["header_buttons"]):
        button["saved_as"] = saved_name(page)

    if app.config.course_repository:
        button = launch_button(app.config.course_repository, page, edition_of(app.config))
        context["header_buttons"].insert(0, button)


def _links(buttons: list[dict[str, Any]]) -> list[dict[str, Any]]:
    inside = [button for group in buttons for button in group.get("buttons", ())]
    return [button for button in inside if button["type"] == "link"]


def saved_name(page: str) -> str:
    """Return under which name a page's notebook is saved: exercises of several chapters under several names.

    >>> saved_name("chapters/unpooling/exercises"), saved_name("chapters/unpooling/put-it-back")
    ('exercises-unpooling.ipynb', 'put-it-back.ipynb')
    """
    path = Path(page)
    named = f"{path.name}-{path.parent.name}" if path.name in ("exercises", "solutions") else path.name
    return f"{named}.ipynb"


def launch_button(repository: str, page: str, edition: Edition) -> dict[str, Any]:
    """Return the button that opens a notebook where it can be run, as the theme describes its buttons."""
    about = {"type": "link", "icon": "fas fa-play"}
    places = [
        {**about, "text": place, "url": address, "tooltip": say("Run this page in {place}", place=place)}
        for place, address in launch_links(repository, f"{page}.ipynb", edition).items()
    ]
    return {
        "type": "group",
        "label": "launch-buttons",
        "icon": "fas fa-rocket",
        "tooltip": say("Run this page"),
        "buttons": places,
    }


def finish(app: Sphinx, failure: Exception | None) -> None:
    """Write what others ask a site for: the picture of its card, and where crawlers find the lists of its pages.

    These are at the site's root, for all editions.
    """
    if failure or app.builder.format != "html":
        return

    site, address, own = Path(app.outdir), app.config.html_baseurl, edition_of(app.config)
    draw_card(site / CARD, own)
    if address and own == ENGLISH:
        lists = [f"Sitemap: {address}{edition.folder}sitemap.xml\n" for edition in named(app.config.course_editions)]
        (site / "robots.txt").write_text("User-agent: *\nAllow: /\n" + "".join(lists), encoding="utf-8")


def connect(app: Sphinx) -> None:
    """Connect everything that the address decides."""
    app.add_config_value("course_repository", "", "html", types=[str])
    app.config.course_repository = os.environ.get("COURSE_REPOSITORY") or app.config.course_repository or ""

    app.setup_extension("notfound.extension")
    if app.config.course_repository or app.config.html_baseurl:
        app.setup_extension("sphinx_sitemap")  # it warns of a site without an address

    app.add_directive("hub-link", HubLink)
    app.connect("config-inited", settle_address, priority=400)  # before the extensions look at their settings
    app.connect("html-page-context", describe_page, priority=300)  # before the page's templates and links are settled
    app.connect("html-page-context", add_buttons, priority=950)  # after the theme has its buttons
    app.connect("build-finished", finish)
