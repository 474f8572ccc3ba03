"""tools/mutations.py tells a mistake that the tests notice from one that they do not."""

import subprocess
from dataclasses import replace

import mutations
import pytest
from mutations import Mutation

CODE = "def double(x):\n    return 2 * x\n\n\ndef half(x):\n    return x / 2\n"
TESTS = "from code_of_ours import double\n\n\ndef test_double():\n    assert double(3) == 6\n"
LIST = """
[[mutation]]
name = "double adds two"
file = "code_of_ours.py"
old = "2 * x"
new = "2 + x"
tests = ["test_code.py"]

[[mutation]]
name = "half is a third"
file = "code_of_ours.py"
old = "x / 2"
new = "x / 3"
tests = ["test_code.py::test_double"]
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project of two functions, of which one is tested."""
    root = tmp_path / "project"
    root.mkdir()
    (root / "code_of_ours.py").write_text(CODE)
    (root / "test_code.py").write_text(TESTS)
    (root / "mutations.toml").write_text(LIST)
    subprocess.run(["git", "init", "--quiet", root], check=True)
    monkeypatch.setattr(mutations, "ROOT", root)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # pytest begins much sooner with what it needs alone
    monkeypatch.setenv("PYTEST_PLUGINS", "xdist.plugin")
    monkeypatch.setattr(mutations, "CAUGHT", tmp_path / "caught")
    monkeypatch.setattr(mutations, "LIST", root / "mutations.toml")
    forget()
    yield root
    forget()


def forget():
    """Look at the tree anew."""
    mutations.names_of_files.cache_clear()
    mutations.tree_key.cache_clear()


def test_what_survives_is_said_and_what_was_caught_is_not_run_again_until_a_file_changes(project, capsys):
    assert mutations.main(["--jobs", "2"]) == 1
    said = capsys.readouterr().out
    assert "double adds two: caught, by test_code.py::test_double" in said
    assert "half is a third: SURVIVED, its tests pass" in said
    assert "caught: 1 of 2" in said
    assert (project / "code_of_ours.py").read_text() == CODE

    assert mutations.main(["double"]) == 0
    assert capsys.readouterr().out == "caught: 1 of 1, 1 of them before\n"

    (project / "another.txt").write_text("more")
    forget()
    assert mutations.main(["double"]) == 0
    assert "caught: 1 of 1, 0 of them before" in capsys.readouterr().out


def test_tests_that_fail_anyway_catch_nothing(project, capsys):
    (project / "test_code.py").write_text(TESTS.replace("== 6", "== 7"))
    with pytest.raises(SystemExit, match="have to pass before anything is changed"):
        mutations.main(["double"])


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"file": "no.py"}, "no.py does not exist"),
        ({"old": "return"}, "'return' occurs 2 times in code_of_ours.py, not once"),
        ({"old": "3 * x"}, "'3 * x' occurs 0 times"),
        ({"new": "2 * x"}, "old and new are equal"),
        ({"tests": ("test_no.py::test_it",)}, "test_no.py::test_it does not exist"),
    ],
)
def test_what_cannot_be_made_is_named(project, change, fault):
    mutation = Mutation("double adds two", "code_of_ours.py", "2 * x", "2 + x", ("test_code.py",))
    assert mutation.faults() == []
    assert [fault in found for found in replace(mutation, **change).faults()] == [True]


def test_a_mutation_that_cannot_be_made_is_a_failure(project, capsys):
    (project / "mutations.toml").write_text(LIST.replace("x / 2", "x // 2"))
    assert mutations.main(["--check"]) == 1
    assert "cannot be made: half is a third: 'x // 2' occurs 0 times" in capsys.readouterr().out
    assert mutations.main(["half"]) == 1


@pytest.mark.parametrize(
    ("status", "said", "caught", "words"),
    [
        (0, "1 passed", False, "its tests pass"),
        (1, "FAILED tests/test_a.py::test_b - assert 1 == 2", True, "by tests/test_a.py::test_b"),
        (4, "ERROR: not found: test_c", False, "could not be run: ERROR: not found: test_c"),
        (None, "", False, "do not end"),
    ],
)
def test_only_a_test_that_fails_catches(status, said, caught, words):
    found, why = mutations.verdict(status, said)
    assert found is caught
    assert words in why


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (LIST.replace("half is a third", "double adds two"), "names must differ, got twice double adds two"),
        (LIST.replace('old = "2 * x"\n', ""), "mutation 1: needs name, file, old, new and tests"),
        (LIST.replace("new =", "fresh ="), "mutation 1: needs name, file, old, new and tests"),
    ],
)
def test_a_list_that_says_too_little_is_refused(text, message, project):
    (project / "mutations.toml").write_text(text)
    with pytest.raises(ValueError, match=message):
        mutations.mutations()


def test_the_list_is_long_and_of_every_part():
    listed = mutations.mutations()
    assert len(listed) >= 40
    parts = {mutation.file.split("/")[0] for mutation in listed}
    assert {"lib", "chapters", "exercises", "grader", "book"} <= parts
