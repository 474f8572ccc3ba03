"""No tracked file holds a path of somebody's machine or a mark of unfinished work."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# A slash in brackets is the same slash, and keeps these patterns from finding themselves.
MACHINE_PATH = re.compile(r"(?<![\w.~%$})-])[/](?:home|root|tmp|work|Users)[/]\w|[A-Za-z]:\\+Users\\")
UNFINISHED = re.compile(r"\b(?:TO[D]O|FIX[M]E|X[X]X)\b")


def tracked_texts():
    """The text files that are in version control, or will be with the next commit, by their path from the root."""
    try:
        asked = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
        listed = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this is no git work tree, so nothing says which files are the project's")
    for name in listed.splitlines():
        path = ROOT / name
        data = path.read_bytes() if path.is_file() else b""
        if b"\0" not in data:
            yield name, data.decode(errors="replace")


@pytest.mark.parametrize("pattern", [MACHINE_PATH, UNFINISHED], ids=["path of a machine", "mark of unfinished work"])
def test_no_file_holds_a(pattern):
    found = [
        f"{name}:{number}: {line.strip()[:100]}"
        for name, text in tracked_texts()
        for number, line in enumerate(text.splitlines(), start=1)
        if pattern.search(line)
    ]
    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        "/home" + "/ada/x",
        'open("/tmp' + '/x.npy")',
        "see /work" + "/main",
        "file:///Users" + "/ada",
        "C:\\\\Users" + "\\ada",
    ],
)
def test_a_path_of_a_machine_is_recognised(text):
    assert MACHINE_PATH.search(text)


@pytest.mark.parametrize("text", ["https://example.org/home/x", "a/work/b", "/tmp", "tests/tmp/x", "$HOME/work/x"])
def test_other_paths_are_let_be(text):
    assert not MACHINE_PATH.search(text)
