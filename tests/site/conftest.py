"""A browser over the built book, with every other host cut off."""

from __future__ import annotations

import functools
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # the modules beside this one, under importlib's import mode

import axe
import browser as browsers
import building
import executing

from tests.scheduling import needs_site

ONLY_THIS_MACHINE = "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"  # no other host has an address
BUILDS: list[building.BuildBeside] = []


@pytest.hookimpl
def pytest_collection_finish(session: pytest.Session) -> None:
    """Begin to build the book if a test will look at it, in one of the test processes, with what nbval executes."""
    if session.config.option.collectonly or not any(map(needs_site, session.items)):
        return

    session.config.pluginmanager.register(executing.KeepForTheBook())
    if os.environ.get("PYTEST_XDIST_WORKER", "gw0") == "gw0":
        BUILDS.append(building.BuildBeside())


@pytest.hookimpl
def pytest_sessionfinish() -> None:
    """Leave no build behind."""
    for build in BUILDS:
        build.end()


@pytest.fixture(scope="session")
def site() -> Path:
    return building.built_site()


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing: the tests look at what the browser got."""

        def send_error(self, code, message=None, explain=None):
            """Answer as public servers do: with the site's own page for what is missing."""
            if code != 404:
                return super().send_error(code, message, explain)
            content = (site / "404.html").read_bytes()
            self.send_response(404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def chromium():
    from playwright.sync_api import sync_playwright

    path = browsers.find_chromium()
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail(browsers.MISSING)
        pytest.skip(browsers.MISSING)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu", f"--host-resolver-rules={ONLY_THIS_MACHINE}"]
        )
        yield launched
        launched.close()


@dataclass
class Visit:
    """An open page and what it did while it loaded and was used."""

    page: object
    elsewhere: list[str] = field(default_factory=list)
    loaded: list[str] = field(default_factory=list)  # addresses below the site's, without what follows a "?"
    failed: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
def visit(chromium, address) -> Callable[..., object]:
    """Open a page as somebody does who was never here: with nothing in store."""

    @contextmanager
    def opened(name: str, scheme: str = "light", width: int = 1280, **options: object) -> Iterator[Visit]:
        context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, **options)
        context.set_default_timeout(60_000)
        yield open_page(context, address, name)
        context.close()

    return opened


@pytest.fixture(scope="session")
def browse(chromium, address) -> Iterator[Callable[..., object]]:
    """Open one page after another in the same window, or in another that has a name.

    A window keeps what its pages put into its store: tests that choose a theme or search must not share it with others.
    """
    windows: dict[str, object] = {}

    @contextmanager
    def opened(name: str, window: str = "", **options: object) -> Iterator[Visit]:
        if window not in windows:
            size = {"width": 1280, "height": 900}
            windows[window] = chromium.new_context(viewport=size, color_scheme="light", **options)
            windows[window].set_default_timeout(60_000)
        visited = open_page(windows[window], address, name)
        yield visited
        visited.page.close()

    yield opened
    for context in windows.values():
        context.close()


@pytest.fixture(scope="session")
def judge() -> axe.Judge:
    return axe.Judge()


def open_page(context: object, address: str, name: str) -> Visit:
    """Open a page and note what it asks for and complains of."""
    visited = Visit(context.new_page())

    def asked(request):
        if not request.url.startswith((address, "data:")):
            visited.elsewhere.append(request.url)

    def answered(response):
        if response.status >= 400:
            visited.failed.append(response.url)
        elif response.url.startswith(address):
            visited.loaded.append(unquote(urlsplit(response.url).path.lstrip("/")) or "index.html")

    visited.page.on("request", asked)
    visited.page.on("response", answered)
    visited.page.on("console", lambda said: visited.complaints.append(said.text) if said.type == "error" else None)
    visited.page.on("pageerror", lambda error: visited.complaints.append(str(error)))
    visited.page.goto(address + name, wait_until="load")
    return visited
