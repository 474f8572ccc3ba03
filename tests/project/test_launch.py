"""What runs the notebooks elsewhere: the copies that Colab opens, and what Binder installs."""

import re
from pathlib import Path

import launch
import nbformat

ROOT = Path(__file__).parents[2]


def test_a_copy_for_colab_installs_the_course_first_and_changes_nothing_else():
    for _, path in launch.published_notebooks():
        notebook = nbformat.read(path, as_version=4)
        copy = launch.with_first_cell(notebook, "https://github.com/someone/course/")
        nbformat.validate(copy)
        assert copy.cells[0].source.splitlines()[-1] == (
            '%pip install --quiet "restoring-resolution @ git+https://github.com/someone/course"'
        )
        assert copy.cells[1:] == notebook.cells
        assert copy.metadata == notebook.metadata


def test_every_page_made_from_a_notebook_has_a_copy():
    names = {name for name, _ in launch.published_notebooks()}
    assert "index.ipynb" in names
    assert "chapters/convolution/slide-a-window.ipynb" in names


def test_the_name_to_install_is_that_of_the_package():
    name = re.search(r'^name = "(.*)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)[1]
    assert f'"{name} @ ' in launch.INSTALL
    assert f"\n{name} @ " in launch.ON_BINDER


def test_binder_installs_the_package_in_the_versions_that_are_known_to_work():
    asked = (ROOT / ".binder" / "requirements.txt").read_text(encoding="utf-8").splitlines()
    wanted = [line for line in asked if line and not line.startswith("#")]
    assert wanted == ["-c ../constraints.txt", "-e .", "jupyterlab", "jupyterlab-myst", "ipykernel"]
    oldest = re.search(r'requires-python = ">=(.*)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8"))[1]
    assert (ROOT / ".binder" / "runtime.txt").read_text(encoding="utf-8").strip() == f"python-{oldest}"
