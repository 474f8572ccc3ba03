"""tools/kernels.py computes as other processors do, and names what does not hold there."""

import doctest
import os

import arithmetic
import kernels
import notebooks
import pytest
from arithmetic import Answer, Arithmetic
from nbformat.v4 import new_code_cell, new_notebook

OWN = arithmetic.ask({})
X86 = pytest.mark.skipif(OWN.kernel not in arithmetic.KERNELS, reason="OpenBLAS has no line of kernels here")


@pytest.fixture
def results(tmp_path, monkeypatch):
    """A folder of results that is no other test's."""
    monkeypatch.setattr(kernels, "RESULTS", tmp_path / "results")
    return tmp_path / "results"


def notebook(path, *sources):
    """Write a notebook and execute it here, as an author would."""
    path.write_text(notebooks.text_of(new_notebook(cells=[new_code_cell(source) for source in sources])))
    assert notebooks.refresh(path)
    return path


def test_the_examples_hold():
    found = doctest.testmod(arithmetic)
    assert found.attempted > 0
    assert found.failed == 0


@X86
def test_a_process_computes_as_it_is_told_to():
    way = Arithmetic("Prescott", 1, arithmetic.beyond("Prescott", OWN.instructions))
    answer = arithmetic.ask(way.environment)
    assert arithmetic.ABLE_TO_RUN.get(answer.kernel, answer.kernel) == "Prescott"
    assert answer.threads == 1
    assert not set(answer.instructions) & {"AVX2", "AVX512F", "X86_V3", "X86_V4"}


@X86
def test_what_is_set_for_this_process_does_not_decide_for_others(monkeypatch):
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Prescott")
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")
    assert arithmetic.ask({}) == OWN


def test_a_process_that_gives_no_answer_is_an_error():
    with pytest.raises(RuntimeError, match="NPY_DISABLE_CPU_FEATURES"):
        arithmetic.ask({"NPY_DISABLE_CPU_FEATURES": "X86_V2 SSE2 ASIMD NEON"})  # NumPy is never built without


@pytest.mark.parametrize("own", ["Prescott", "Sandybridge", "Haswell", "Zen", "SkylakeX", "Excavator", "ARMV8", None])
def test_no_kernel_is_tried_that_needs_a_newer_processor(own, monkeypatch):
    tried = []

    def ask(environment):
        tried.append(environment.get("OPENBLAS_CORETYPE", own))
        return Answer(tried[-1], int(environment.get("OPENBLAS_NUM_THREADS", 4)), ())

    monkeypatch.setattr(arithmetic, "ask", ask)
    ways = arithmetic.possible()
    line = list(arithmetic.KERNELS)
    newest = arithmetic.ABLE_TO_RUN.get(own, own)
    beyond = line[line.index(newest) + 1 :] if newest in line else line
    assert not set(beyond) & {*tried, *(way.kernel for way in ways)}
    assert {(own, 1), (own, 2)} <= {(way.kernel, way.threads) for way in ways}


def test_one_kernel_under_two_names_is_run_once(monkeypatch):
    called = {"Zen": "Haswell", "Cooperlake": "SkylakeX", "Nehalem": "Prescott"}

    def ask(environment):
        kernel = environment.get("OPENBLAS_CORETYPE", "Cooperlake")
        return Answer(called.get(kernel, kernel) if environment else "Cooperlake", 1, ())  # one core: never two threads

    monkeypatch.setattr(arithmetic, "ask", ask)
    assert [way.kernel for way in arithmetic.possible()] == ["Prescott", "Sandybridge", "Haswell", "SkylakeX"]


@pytest.mark.parametrize("name", ["SapphireRapids", "Nonsense"])
def test_a_kernel_that_cannot_be_run_is_refused(name, monkeypatch, capsys):
    monkeypatch.setattr(arithmetic, "ask", lambda environment: Answer("Haswell", 2, ()))
    with pytest.raises(SystemExit, match="2"):
        kernels.main(["index.ipynb", "--kernels", "Haswell", name])
    assert f"got {name}" in capsys.readouterr().err


def test_everything_is_run_but_what_is_made_of_others_which_pytest_leaves_out():
    paths = {notebooks.shown(path) for path in kernels.all_paths()}
    assert {"lib", "index.ipynb", "exercises/networks.ipynb"} <= paths
    assert not {"chapters/networks/exercises.ipynb", "chapters/networks/solutions.ipynb"} & paths
    assert {notebooks.shown(path) for path in notebooks.all_notebooks()} <= paths


@X86
def test_a_failure_is_named_and_what_passed_is_not_run_again(tmp_path, results, capsys, monkeypatch):
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Nehalem")
    good = notebook(tmp_path / "good.ipynb", "print(1)")
    bad = notebook(tmp_path / "bad.ipynb", "print(1)", "import os\nprint(os.environ['OPENBLAS_CORETYPE'])")
    command = [str(good), str(bad), "--kernels", "Prescott", "--threads", "1", "--cores", "2"]

    assert kernels.main(command) == 1
    said, told = capsys.readouterr()
    assert f"Prescott, 1 thread: {notebooks.shown(good)}: passed" in said
    assert f"Prescott, 1 thread: {notebooks.shown(bad)}: FAILED at Cell 1" in said
    assert "OPENBLAS_CORETYPE='Prescott'" in told
    kept = [path.read_text() for path in results.rglob("*bad.txt")]
    assert len(kept) == 1
    assert "'Nehalem" in kept[0]

    notebook(bad, "print(2)")
    assert kernels.main(command) == 0
    said = capsys.readouterr().out
    assert "1 of 2 passed before" in said
    assert "[1/1] Prescott, 1 thread: " + notebooks.shown(bad) + ": passed" in said

    assert kernels.main([*command, "--again", "--list"]) == 0
    assert "passed" not in capsys.readouterr().out


def test_a_changed_package_is_a_reason_to_run_again(monkeypatch, tmp_path):
    case = kernels.Case(notebook(tmp_path / "one.ipynb", "1"), Arithmetic("Haswell", 2))
    before = kernels.key_of(case)
    monkeypatch.setattr(kernels, "shared_key", lambda: "another")
    assert kernels.key_of(case) != before
    assert kernels.key_of(kernels.Case(case.path, Arithmetic("Haswell", 1))) != kernels.key_of(case)


def test_the_package_and_the_rules_of_comparison_are_looked_at():
    named = {notebooks.shown(path) for path in kernels.files(kernels.SHARED)}
    assert {"lib/ops/convolution.py", "lib/learn/tensor.py", "conftest.py", "tests/nbval.cfg"} <= named
    assert not any("__pycache__" in name for name in named)


def test_a_run_without_any_test_is_a_failure(tmp_path, results, capsys):
    empty = tmp_path / "exercises" / "empty.ipynb"
    empty.parent.mkdir()
    empty.write_text(notebooks.text_of(new_notebook()))
    case = kernels.Case(empty, Arithmetic(OWN.kernel, 1))
    assert kernels.run(case).failures == ("pytest, which ended with status 5",)
    assert os.path.exists(case.record)
