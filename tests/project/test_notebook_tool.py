"""tools/notebooks.py writes notebooks that a second run leaves alone, and names what is wrong with one."""

import json

import nbformat
import notebooks
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

DESCRIPTION = {"myst": {"html_meta": {"description": "A notebook of no length about nothing."}}}
PNG = "iVBORw0KGgo="


def save(path, *cells, metadata=DESCRIPTION):
    """Write a notebook as an editor would: with whatever it holds."""
    path.write_text(json.dumps(new_notebook(cells=list(cells), metadata=metadata)), encoding="utf-8")
    return path


def executed(path, *sources):
    """Write a notebook of code cells and put it in normal form."""
    save(path, *(new_code_cell(source) for source in sources))
    assert notebooks.main([str(path)]) == 0
    return path


def change(path, edit):
    """Apply a function to the notebook in a file, and write it in the form it would have been written in."""
    notebook = notebooks.read(path)
    edit(notebook)
    path.write_text(notebooks.text_of(notebook), encoding="utf-8")


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """The text of a notebook in order, of three cells."""
    path = tmp_path_factory.mktemp("good") / "good.ipynb"
    save(path, new_markdown_cell("# Title"), new_code_cell("x = 1"), new_code_cell("print(x)"))
    assert notebooks.main([str(path)]) == 0
    return path.read_text(encoding="utf-8")


@pytest.fixture
def notebook(good, tmp_path):
    """A file of its own with a notebook in order."""
    path = tmp_path / "notebook.ipynb"
    path.write_text(good, encoding="utf-8")
    return path


def test_every_notebook_of_the_course_is_in_order():
    found = {notebooks.shown(path): notebooks.faults(path) for path in notebooks.all_notebooks()}
    assert {path: faults for path, faults in found.items() if faults} == {}


def test_running_twice_changes_no_byte(tmp_path, capsys):
    path = executed(
        tmp_path / "twice.ipynb",
        "print({'b', 'a', 'c'}, hash('text'))",
        "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()",
        "import ipywidgets\nipywidgets.IntSlider(3)",
    )
    first = path.read_bytes()
    assert notebooks.main([str(path)]) == 0
    assert path.read_bytes() == first
    assert "unchanged" in capsys.readouterr().out
    assert notebooks.faults(path) == []


def test_the_kernel_is_told_to_show_text(tmp_path):
    path = executed(tmp_path / "text.ipynb", "import os\nprint(os.environ['LIB_SHOW_AS'])")
    assert notebooks.read(path).cells[0].outputs[0].text == "text\n"


def test_outputs_keep_text_and_lose_images_widgets_and_timings(tmp_path):
    path = executed(
        tmp_path / "outputs.ipynb",
        "from IPython.display import display\n"
        "display({'text/plain': 'kept', 'image/png': 'iVBORw0KGgo=', 'image/svg+xml': '<svg/>'}, raw=True)\n"
        "display({'image/jpeg': 'iVBORw0KGgo='}, raw=True)",
        "import ipywidgets\nipywidgets.IntSlider(3)",
    )
    stored = notebooks.read(path)
    shown, widget = stored.cells
    assert [dict(output.data) for output in shown.outputs] == [{"text/plain": "kept"}]
    assert dict(widget.outputs[0].data) == {"text/plain": "IntSlider(value=3)"}
    assert stored.metadata.keys() == {"kernelspec", "language_info", "myst"}
    assert stored.metadata.language_info == {"name": "python"}
    assert all(cell.metadata == {} for cell in stored.cells)


def test_neighbouring_prints_become_one_output(tmp_path):
    source = (
        "import sys\nfor i in range(3):\n    print(i, flush=True)\nprint('e', file=sys.stderr, flush=True)\nprint(3)"
    )
    path = executed(tmp_path / "streams.ipynb", source)
    outputs = [(output.name, output.text) for output in notebooks.read(path).cells[0].outputs]
    assert ("stdout", "0\n1\n2\n") in outputs
    assert ("stderr", "e\n") in outputs


def test_an_authors_metadata_is_kept_and_an_editors_is_not(notebook):
    def edit(stored):
        stored.metadata.vscode = {"languageId": "python"}
        stored.cells[1].metadata = {"tags": ["hide-input"], "execution": {"iopub.execute_input": "now"}}

    before = notebook.read_text(encoding="utf-8")
    change(notebook, edit)
    stored = notebooks.read(notebook)
    notebooks.normalise(stored)
    assert stored.cells[1].metadata == {"tags": ["hide-input"]}
    stored.cells[1].metadata = {}
    assert notebooks.text_of(stored) == before


def ids_after(ids):
    """The ids that cells with these ids end with; None is a cell without one."""
    cells = [
        nbformat.from_dict({"cell_type": "markdown", "source": "text", **({} if name is None else {"id": name})})
        for name in ids
    ]
    notebooks.set_ids(cells)
    return [cell.id for cell in cells]


def test_ids_are_kept_if_good_and_made_from_the_contents_if_not():
    names = ids_after(["mine", "mine", None, "no spaces", 3])
    assert names[0] == "mine"
    assert len(set(names)) == 5
    assert all(notebooks.VALID_ID.fullmatch(name) for name in names)
    assert names == ids_after(["mine", "mine", None, "no spaces", 3])


def test_a_made_id_avoids_one_that_is_already_there():
    (made,) = ids_after([None])
    first, second = ids_after([None, made])
    assert second == made
    assert first != made


@pytest.mark.parametrize("source", ["print('begun')\n1 / 0", "raise KeyboardInterrupt", "import os; os._exit(1)"])
def test_a_failing_cell_is_named_and_the_file_stays_as_it_was(tmp_path, capsys, source):
    path = save(tmp_path / "bad.ipynb", new_markdown_cell("# T"), new_code_cell(source, id="culprit"))
    before = path.read_bytes()
    assert notebooks.main([str(path)]) == 1
    said = capsys.readouterr().err
    assert "bad.ipynb: cell 2 of 2 (id culprit) failed" in said
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_cell_may_not_excuse_its_error_with_a_tag(tmp_path):
    cell = new_code_cell("1 / 0", metadata={"tags": ["raises-exception"]})
    assert notebooks.main([str(save(tmp_path / "excused.ipynb", cell))]) == 1


def test_one_failure_does_not_keep_others_from_being_written(tmp_path, capsys):
    bad = save(tmp_path / "a.ipynb", new_code_cell("1 / 0"))
    fine = save(tmp_path / "b.ipynb", new_code_cell("print(1)"))
    assert notebooks.main([str(bad), str(fine)]) == 1
    assert notebooks.faults(fine) == []
    assert "[2/2]" in capsys.readouterr().out


def test_an_interrupted_write_leaves_the_old_file(notebook, monkeypatch):
    before = notebook.read_bytes()

    def interrupted(self, target):
        raise KeyboardInterrupt

    monkeypatch.setattr("pathlib.Path.replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        notebooks.write(notebook, "something else")
    assert notebook.read_bytes() == before
    assert list(notebook.parent.iterdir()) == [notebook]


def unexecuted(stored):
    stored.cells[2].update(execution_count=None, outputs=[])


def misnumbered(stored):
    stored.cells[2].execution_count = 7


def with_image(stored):
    stored.cells[2].outputs = [new_output("display_data", {"text/plain": "x", "image/png": PNG})]


def with_error(stored):
    stored.cells[2].outputs = [new_output("error", ename="E", evalue="", traceback=[])]


def undescribed(stored):
    del stored.metadata["myst"]


def oversized(stored):
    stored.cells[0].source = "# Title\n" + "x" * notebooks.LARGEST


def with_repeated_id(stored):
    stored.cells[2].id = stored.cells[1].id


def of_format_4_4(stored):
    stored.nbformat_minor = 4
    for cell in stored.cells:
        del cell["id"]


def with_timing(stored):
    stored.cells[2].metadata.execution = {"iopub.execute_input": "now"}


FAULTS = [
    (unexecuted, "not executed, so that nothing tests it: cell 3"),
    (misnumbered, "cell 3 has execution count 7, not 2"),
    (with_image, "cell 3 holds an output of type image/png"),
    (with_error, "cell 3 holds an error"),
    (undescribed, "no description"),
    (oversized, "which is more than 200000"),
    (with_repeated_id, "cell 3 has no id of its own"),
    (of_format_4_4, "cell 1 has no id of its own"),
    (with_timing, "not in normal form"),
]


@pytest.mark.parametrize(("edit", "fault"), FAULTS, ids=lambda value: getattr(value, "__name__", ""))
def test_check_names_what_is_wrong(notebook, capsys, edit, fault):
    assert notebooks.main(["--check", str(notebook)]) == 0
    change(notebook, edit)
    before = notebook.read_bytes()
    assert notebooks.main(["--check", str(notebook)]) == 1
    assert fault in capsys.readouterr().out
    assert notebook.read_bytes() == before


NO_OUTPUTS = {"cell_type": "code", "id": "a", "metadata": {}, "source": "", "execution_count": None}
NO_NOTEBOOKS = [
    "",
    "[]",
    "{}",
    json.dumps({"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "cells": []}),
    json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [NO_OUTPUTS]}),
]


@pytest.mark.parametrize("text", NO_NOTEBOOKS)
def test_what_is_no_notebook_is_refused_by_name(tmp_path, capsys, text):
    path = tmp_path / "none.ipynb"
    path.write_text(text, encoding="utf-8")
    assert notebooks.main(["--check", str(path)]) == 1
    assert notebooks.main([str(path)]) == 1
    captured = capsys.readouterr()
    assert "none.ipynb: not a " in captured.out
    assert "none.ipynb: not a " in captured.err
    assert path.read_text(encoding="utf-8") == text


def test_what_the_tool_writes_is_what_nbformat_reads(notebook):
    nbformat.validate(nbformat.read(notebook, as_version=4))
