"""The project's own configuration of pytest compares what notebooks print: a wrong stored number fails."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import notebooks
import pytest
from nbformat.v4 import new_code_cell, new_notebook

ROOT = Path(__file__).parents[2]
SETTINGS = [
    "pyproject.toml",
    "conftest.py",
    "tests/__init__.py",
    "tests/nbval.cfg",
    "tests/scheduling.py",
    "tests/seconds.json",
    "tools/notebooks.py",
]
SOURCES = [
    "import os\nprint(6 * 7, os.environ['LIB_SHOW_AS'])",
    "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()",
    "object()",
]


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A folder that pytest takes for this project, with one notebook in order."""
    folder = tmp_path_factory.mktemp("project")
    for name in SETTINGS:
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    (folder / "chapters" / "one").mkdir(parents=True)
    notebook = new_notebook(cells=[new_code_cell(source) for source in SOURCES])
    stored = folder / "chapters" / "one" / "page.ipynb"
    stored.write_text(notebooks.text_of(notebook), encoding="utf-8")
    notebooks.refresh(stored)
    return folder


def run_pytest(project, *arguments):
    """Run pytest there in one process, as a person would, and return how it ended and what it printed."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "LIB_SHOW"))}
    command = [sys.executable, "-m", "pytest", "-n0", "-p", "no:cacheprovider", *arguments]
    ended = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)
    return ended.returncode, ended.stdout + ended.stderr


def test_of_a_right_notebook_and_one_with_a_wrong_stored_number_the_wrong_one_fails(project):
    page = project / "chapters" / "one" / "page.ipynb"
    wrong = page.with_name("wrong.ipynb")
    wrong.write_text(page.read_text(encoding="utf-8").replace("42 text", "43 text"), encoding="utf-8")
    status, said = run_pytest(project)
    wrong.unlink()
    assert status == 1, said
    assert "1 failed, 5 passed" in said
    assert "FAILED chapters/one/wrong.ipynb::Cell 0" in said
    assert "43 text" in said


def test_no_notebook_is_collected_that_was_built_or_installed_or_left_unsolved(project):
    page = project / "chapters" / "one" / "page.ipynb"
    for folder in ("_build", ".venv", "chapters/one/.ipynb_checkpoints"):
        (project / folder / "below").mkdir(parents=True)
        shutil.copy(page, project / folder / "below")
    shutil.copy(page, page.with_name("exercises.ipynb"))
    status, said = run_pytest(project, "--collect-only", "-q", ".")
    collected = {line.split("::")[0] for line in said.splitlines() if "::" in line}
    assert collected == {"chapters/one/page.ipynb"}, said
    assert status == 0, said
