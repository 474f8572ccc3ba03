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
from contextlib import contextmanager
from pathlib import Path

import building
import nbformat
import numpy as np
import pytest
from explorers import assert_shows, explorers_of

from lib import show
from lib.show import choice, editable, explore
from lib.teach.quiz import questions

STARTED = "n => document.querySelectorAll('figure.explore')[n].dataset.state !== undefined"
NOTEBOOK = building.ROOT / "chapters" / "convolution" / "predict-the-size.ipynb"
WIRED = explore(
    show.sliding_window,
    input=editable(np.arange(16).reshape(4, 4)),
    kernel=editable(np.array([[1, 2], [3, -1]])),
    stride=choice((1, 2)),
    padding=choice((0, 1)),
)
EDITED = (  # two views of the same figure, and what Python hears of it
    """import numpy as np, ipywidgets
from lib import show
from lib.show import choice, editable, explore
figure = explore(show.sliding_window, input=editable(np.arange(16).reshape(4, 4)),
                 kernel=editable(np.array([[1, 2], [3, -1]])), stride=choice((1, 2)), padding=choice((0, 1)))
total, slider = ipywidgets.Label(), ipywidgets.IntSlider(max=8)
figure.observe(lambda change: setattr(total, "value", f"sum {change['new']['input'].sum():.0f}"), "numbers")
ipywidgets.link((figure, "step"), (slider, "value"))
figure""",
    "ipywidgets.VBox([figure, slider, total])",
    """from lib.teach.quiz import check_yourself
check_yourself("convolution/output-size")""",
)
PATIENCE = 60  # seconds for whatever a busy machine does slowly
LONGEST_RUN = 240  # and for a kernel that starts, imports Matplotlib for the first time and runs every cell
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
    cells = [nbformat.v4.new_code_cell(code, id=f"cell-{n}") for n, code in enumerate(EDITED)]
    kernel = nbformat.read(NOTEBOOK, as_version=4).metadata.kernelspec  # without it, JupyterLab would ask for one
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    nbformat.write(notebook, folder / "edited.ipynb")
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
        # Each notebook has a workspace of its own, or JupyterLab would first show the one that was open before.
        yield lambda notebook: f"{address}/lab/workspaces/{notebook[:-6]}/tree/{notebook}?token={token}"
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
    cells = sum(cell.cell_type == "code" for cell in nbformat.read(NOTEBOOK, as_version=4).cells)
    with opened(chromium, jupyterlab("page.ipynb"), cells) as page:
        yield page


@pytest.fixture(scope="module")
def edited(chromium, jupyterlab):
    with opened(chromium, jupyterlab("edited.ipynb"), len(EDITED)) as page:
        yield page


@contextmanager
def opened(chromium, address, cells):
    """Open a notebook in JupyterLab and run all of its cells; it asks no other host for anything."""
    context = chromium.new_context(viewport={"width": 1400, "height": 1000})
    context.set_default_timeout(1000 * PATIENCE)
    host = address.split("/lab/")[0]
    elsewhere = []
    context.route(lambda url: not url.startswith((host, "data:", "blob:")), lambda route: route.abort())
    context.on("request", lambda asked: elsewhere.append(asked.url))
    page = context.new_page()
    page.goto(address)
    page.locator(".jp-NotebookPanel .jp-Notebook").wait_for()
    page.get_by_text(re.compile(r"\| Idle$")).wait_for()  # a kernel that is not there yet loses what it is asked
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    run_to_the_end(page, cells)
    yield page
    context.close()
    assert [url for url in elsewhere if not url.startswith((host, "data:", "blob:"))] == []


def run_to_the_end(page, cells):
    """Wait until the last cell has run; a cell that fails keeps those behind it from running, and is told."""
    last = page.locator(".jp-CodeCell .jp-InputPrompt").get_by_text(f"[{cells}]:", exact=True)
    failed = page.locator(".jp-CodeCell [data-mime-type='application/vnd.jupyter.error']")
    last.or_(failed).first.wait_for(state="attached", timeout=1000 * LONGEST_RUN)
    assert failed.all_text_contents() == []


def figure_of(lab, number):
    """Return a figure once it stands in the notebook and its script has started."""
    figure = lab.locator("figure.explore").nth(number)
    figure.wait_for(state="attached")
    figure.scroll_into_view_if_needed()
    lab.wait_for_function(STARTED, arg=number)
    return figure


def test_each_explorer_gets_from_the_kernel_what_its_controls_choose(lab):
    explorers = explorers_of(NOTEBOOK)
    assert len(explorers) >= 2
    for number, explorer in enumerate(explorers):
        figure = figure_of(lab, number)
        state, step = list(explorer.views.start()), 0
        comes_to_show(figure, explorer, state, step)
        for place in range(len(state)):
            step_forward(figure, explorer, state, place)
            comes_to_show(figure, explorer, state, step)


def test_what_is_edited_in_one_view_shows_in_the_other_and_reaches_python(edited):
    view, other = wired_figures(edited)
    assert view.get_attribute("id") != other.get_attribute("id")
    view.locator("[data-c='1']").first.click()
    edited.keyboard.type("-5")
    edited.keyboard.press("Enter")
    for figure in (view, other):
        comes_to_show(figure, WIRED, [0, 0], 0, {1: -5})
    X = np.arange(16).reshape(4, 4)
    X[0, 1] = -5
    edited.get_by_text(f"sum {X.sum()}", exact=True).wait_for()


def test_a_question_answers_in_the_notebook_and_its_keys_are_not_the_notebooks(edited):
    cells = edited.locator(".jp-Cell").count()
    box = edited.locator("figure.question")
    box.scroll_into_view_if_needed()
    box.locator("input").first.click()
    right = questions("convolution")["output-size"].right(*questions("convolution")["output-size"].drawn("practice"))
    for typed, said in (("dd", "This is no number"), (str(right), "Right.")):
        edited.keyboard.press("Control+A")
        edited.keyboard.type(typed)
        edited.keyboard.press("Enter")
        box.locator("[role=status]", has_text=said).wait_for()
    assert edited.locator(".jp-Cell").count() == cells


def test_the_window_is_dragged_and_a_linked_slider_follows(edited):
    view, other = wired_figures(edited)
    first, last = (view.locator(f"[data-c='{cell}']").first.bounding_box() for cell in (5, 15))
    edited.mouse.move(first["x"] + 9, first["y"] + 9)
    edited.mouse.down()
    edited.mouse.move(last["x"] + 9, last["y"] + 9, steps=4)
    edited.mouse.up()
    for figure in (view, other):
        comes_to_show(figure, WIRED, [0, 0], 8, {1: -5})
    edited.locator(".widget-readout").get_by_text("8", exact=True).wait_for()


def test_keys_are_the_figure_s_and_two_d_delete_no_cell(edited):
    view, _ = wired_figures(edited)
    cells = edited.locator(".jp-Cell").count()
    view.locator("[data-c='1']").first.focus()
    for _ in range(2):
        edited.keyboard.press("d")
    edited.keyboard.press("ArrowDown")
    edited.keyboard.press("7")
    edited.keyboard.press("Enter")
    comes_to_show(view, WIRED, [0, 0], 8, {1: -5, 5: 7})
    edited.keyboard.press("Control+z")
    comes_to_show(view, WIRED, [0, 0], 8, {1: -5})
    assert edited.locator(".jp-Cell").count() == cells


def test_it_plays_and_gets_another_setting_from_the_kernel(edited):
    view, _ = wired_figures(edited)
    play = view.locator("[data-do=play]")
    play.click()
    edited.wait_for_function("view => view.dataset.state.endsWith(',1')", arg=view.element_handle())
    play.click()
    step = int(view.get_attribute("data-state").split(",")[-1])
    view.locator("[data-place='1'] input").nth(1).focus()
    edited.keyboard.press("Space")
    comes_to_show(view, WIRED, [0, 1], step, {1: -5})


def wired_figures(page):
    views = page.locator("figure.explore")
    for number in range(2):
        views.nth(number).locator(".editable").first.wait_for(state="attached")
    views.first.scroll_into_view_if_needed()
    return views.nth(0), views.nth(1)


def test_no_cell_complains(lab):
    assert lab.locator("[data-mime-type='application/vnd.jupyter.stderr']").all_text_contents() == []
    assert lab.locator("[data-mime-type='application/vnd.jupyter.error']").all_text_contents() == []


def test_its_text_is_set_as_on_the_page_with_the_answers_folded(lab):
    answers = lab.locator(".jp-MarkdownCell details")
    answers.filter(has_text="Answers").wait_for(state="attached")
    assert answers.evaluate_all("all => all.map(one => one.open)") == [False] * answers.count()
    assert lab.locator(".jp-MarkdownCell .jp-RenderedHTMLCommon").filter(has_text=":::").count() == 0


def step_forward(figure, explorer, state, place):
    """Move a control to its next option from the keyboard, if it has one, and write that into the state."""
    options = explorer.views.controls[place].options(explorer.views.values(state[:place]))
    if state[place] + 1 == len(options):
        return
    fields = figure.locator(f"[data-place='{place}']").locator("input, select")
    radio = fields.first.get_attribute("type") == "radio"
    fields.nth(state[place] if radio else 0).focus()
    is_menu = fields.first.evaluate("field => field.tagName === 'SELECT'")
    figure.page.keyboard.press("ArrowDown" if is_menu else "ArrowRight")
    state[place] += 1
    for later in range(place + 1, len(state)):
        count = len(explorer.views.controls[later].options(explorer.views.values(state[:later])))
        state[later] = min(state[later], count - 1)


def comes_to_show(figure, explorer, state, step, edits=None):
    """Wait until the figure shows a state: a kernel draws what the front end has not got."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return assert_shows(figure, explorer, tuple(state), edits, step)
        except AssertionError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
