"""The same notebook in a running JupyterLab: its explorers recompute in the kernel, its text is set as on the page."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import building
import nbformat
import pytest
from explorers import SHOWS, explorers_of

from lib.show.explore.settings import option_text

NOTEBOOK = building.ROOT / "chapters" / "convolution" / "predict-the-size.ipynb"
PATIENCE = 120  # seconds for whatever a busy machine does slowly
# Cells out of sight are otherwise not drawn, and a notebook's page is longer than the window.
SETTINGS = {
    "notebook-extension/tracker": {"windowingMode": "none"},
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}


@pytest.fixture(scope="module")
def jupyterlab(tmp_path_factory):
    """Run JupyterLab over a copy of the notebook, with nothing of this machine's settings, and return its address."""
    folder = tmp_path_factory.mktemp("jupyterlab")
    shutil.copy(NOTEBOOK, folder / "page.ipynb")
    for name, setting in SETTINGS.items():
        path = folder / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(setting), encoding="utf-8")
    port, token = free_port(), secrets.token_hex(16)
    options = {
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": port,
        "ServerApp.port_retries": 0,
        "ServerApp.root_dir": folder,
        "ServerApp.allow_root": True,
        "ServerApp.open_browser": False,
        "IdentityProvider.token": token,
        "LabApp.user_settings_dir": folder / "settings",
        "LabApp.workspaces_dir": folder / "workspaces",
    }
    log = folder / "server.log"
    with log.open("w") as told:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *(f"--{name}={value}" for name, value in options.items())],
            env=own_environment(folder),
            stdout=told,
            stderr=told,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{address}/api/status?token={token}", server, log)
        yield f"{address}/lab/tree/page.ipynb?token={token}"
    finally:
        server.terminate()
        server.wait(timeout=PATIENCE)


def own_environment(folder: Path) -> dict[str, str]:
    """Return an environment in which kernels show what a reader sees, and no settings but those of the folder count."""
    kept = {name: value for name, value in os.environ.items() if name != "LIB_SHOW_AS"}
    folders = {"JUPYTER_CONFIG_DIR": "config", "JUPYTER_RUNTIME_DIR": "run", "IPYTHONDIR": "ipython"}
    return kept | {name: str(folder / below) for name, below in folders.items()}


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return urllib.request.urlopen(address, timeout=5).close()
        except OSError as fault:
            if server.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"JupyterLab does not answer: {log.read_text()[-3000:]}") from fault
            time.sleep(0.5)


@pytest.fixture(scope="module")
def lab(chromium, jupyterlab):
    """Open the notebook in JupyterLab and run all of its cells."""
    context = chromium.new_context(viewport={"width": 1400, "height": 1000})
    context.set_default_timeout(1000 * PATIENCE)
    host = jupyterlab.split("/lab/")[0]
    elsewhere = []
    context.route(lambda url: not url.startswith((host, "data:", "blob:")), lambda route: route.abort())
    context.on("request", lambda asked: elsewhere.append(asked.url))
    page = context.new_page()
    page.goto(jupyterlab)
    page.locator(".jp-NotebookPanel .jp-Notebook").wait_for()
    page.get_by_text(re.compile(r"\| Idle$")).wait_for()  # a kernel that is not there yet loses what it is asked
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    cells = sum(cell.cell_type == "code" for cell in nbformat.read(NOTEBOOK, as_version=4).cells)
    page.locator(".jp-CodeCell .jp-InputPrompt").get_by_text(f"[{cells}]:", exact=True).wait_for(state="attached")
    yield page
    context.close()
    assert [url for url in elsewhere if not url.startswith((host, "data:", "blob:"))] == []


def test_each_explorer_is_live_and_recomputes_as_its_controls_are_moved(lab):
    explorers = explorers_of(NOTEBOOK)
    assert len(explorers) >= 2
    for number, explorer in enumerate(explorers):
        widget = lab.locator(".jupyter-widgets.widget-vbox").nth(number)
        widget.wait_for(state="attached")
        widget.scroll_into_view_if_needed()
        labels = [control.label for control in explorer.controls]
        assert [text for text in widget.locator(".widget-label").all_text_contents() if text] == labels
        state = list(explorer.start())
        assert_comes_to_show(widget, explorer, state)
        for place in range(len(state)):
            for _ in range(2):
                step_forward(widget, explorer, state, place)
                assert_comes_to_show(widget, explorer, state)


def test_no_cell_complains(lab):
    assert lab.locator("[data-mime-type='application/vnd.jupyter.stderr']").all_text_contents() == []
    assert lab.locator("[data-mime-type='application/vnd.jupyter.error']").all_text_contents() == []


def test_its_text_is_set_as_on_the_page_with_the_answers_folded(lab):
    answers = lab.locator(".jp-MarkdownCell details")
    answers.filter(has_text="Answers").wait_for(state="attached")
    assert answers.evaluate_all("all => all.map(one => one.open)") == [False] * answers.count()
    assert lab.locator(".jp-MarkdownCell .jp-RenderedHTMLCommon").filter(has_text=":::").count() == 0


def step_forward(widget, explorer, state, place):
    """Move a control to its next option from the keyboard, if it has one, and write that into the state."""
    options = explorer.controls[place].options(explorer.values(state[:place]))
    if state[place] + 1 == len(options):
        return
    state[place] += 1
    row = widget.locator(":scope > .widget-inline-hbox").nth(place)
    if row.locator("select").count():
        row.locator("select").select_option(option_text(options[state[place]]))
    else:
        row.locator(".noUi-handle").press("ArrowRight")
    for later in range(place + 1, len(state)):
        count = len(explorer.controls[later].options(explorer.values(state[:later])))
        state[later] = min(state[later], count - 1)


def assert_comes_to_show(widget, explorer, state):
    """Wait until the kernel has drawn the picture of a state and its caption."""
    view = explorer.view(tuple(state))
    deadline = time.monotonic() + PATIENCE
    while wrong := widget.locator("figure").evaluate(SHOWS, [view.markup, view.caption]):
        assert time.monotonic() < deadline, f"{explorer.values(tuple(state))}: {wrong}"
        time.sleep(0.1)
