"""A class: found in any usual folder, graded once each whatever is interrupted, reported for people and systems."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from grader import __main__ as command
from grader import many, notebook, records, sandbox
from grader.inside import wire
from grader.many import key_of
from grader.submissions import Submission, collect
from grader.submissions import key_of as id_of
from jobs.executors import dask_cluster
from jobs.store import Store

from .classroom import DOUBLE, RIGHT, SOURCE, needs_a_box, no_box, submission

ROOT = Path(__file__).parents[2]


@pytest.fixture
def handed_in(tmp_path):
    """A folder with a source and four submissions: right, half right, untouched in words, and no notebook."""
    (tmp_path / "chapter.ipynb").write_bytes(SOURCE)
    folder = tmp_path / "handed in"
    folder.mkdir()
    (folder / "ada.ipynb").write_bytes(submission())
    (folder / "bo.ipynb").write_bytes(submission(double="def double(x):\n    return x + 2"))
    (folder / "cy").mkdir()
    (folder / "cy" / "work.ipynb").write_bytes(submission(words="YOUR ANSWER HERE"))
    (folder / "di.ipynb").write_bytes(b"{")
    return tmp_path


def run(folder, *more):
    """Run the command on the folder of a class, in one process."""
    arguments = [folder / "chapter.ipynb", folder / "handed in", "--out", folder / "out", "--jobs", 1, *more]
    return command.main(["grade", *map(str, arguments)])


def table(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@needs_a_box()
def test_the_command_grades_reports_and_takes_marks_by_hand(handed_in, capsys):
    out = handed_in / "out"
    assert run(handed_in) == 0
    said = capsys.readouterr()
    assert "[4/4]" in said.err
    assert "4 graded; answers to read: 2" in said.out
    assert f"Next:\n  1. Read {out / 'to-read.html'}, write points into {out / 'by-hand.csv'}" in said.out
    assert "  2. For a file that Canvas or Moodle imports" in said.out
    rows = {row["student"]: row for row in table(out / "grades.csv")}
    assert [(row["student"], row["points"], row["to read"]) for row in rows.values()] == [
        ("ada", "6", "1"),
        ("bo", "5", "1"),
        ("cy", "6", "0"),
        ("di", "0", "0"),
    ]
    assert rows["bo"]["double-check"] == "0"
    assert rows["ada"]["why"] == ""
    assert (rows["ada"][records.PERCENT], rows["cy"][records.PERCENT]) == ("100.0", "60.0")
    assert (
        "6 of 10 points, which is 100.0 % of what has been read so far" in (out / "feedback" / "ada.html").read_text()
    )
    assert "not JSON" in rows["di"]["notes"]
    assert "Arrays are not equal" in (out / "feedback" / "bo.html").read_text(encoding="utf-8")
    assert "On the roster" not in said.out
    assert "Because." in (out / "to-read.html").read_text(encoding="utf-8")
    assert "double-check: 2" in (out / "summary.html").read_text(encoding="utf-8")

    by_hand = out / "by-hand.csv"
    by_hand.write_text(by_hand.read_text().replace("ada,why,4,,", 'ada,why,4,"2,5",Half of it'), encoding="utf-8")
    assert run(handed_in) == 0
    assert capsys.readouterr().err.count("done before") == 4
    rows = {row["student"]: row for row in table(out / "grades.csv")}
    assert (rows["ada"]["points"], rows["ada"]["to read"], rows["bo"]["to read"]) == ("8.5", "0", "1")
    assert "Half of it" in (out / "feedback" / "ada.html").read_text(encoding="utf-8")
    assert table(by_hand)[0] == {"student": "ada", "cell": "why", "max": "4", "points": "2.5", "comment": "Half of it"}


@pytest.mark.parametrize(
    ("points", "said"),
    [("5", "from 0 to 4, got 5"), ("-1", "from 0 to 4, got -1"), ("all", "must be a number, got 'all'")],
)
def test_marks_that_make_no_sense_stop_the_command_before_any_work(handed_in, points, said, capsys):
    (handed_in / "out").mkdir()
    (handed_in / "out" / "by-hand.csv").write_text(f"student,cell,max,points,comment\nada,why,4,{points},\n")
    assert run(handed_in) == 2
    assert said in capsys.readouterr().err
    assert not (handed_in / "out" / "results").exists()


def test_without_bubblewrap_nothing_is_graded_and_the_reason_says_how_to_get_it(handed_in, monkeypatch, capsys):
    no_box(monkeypatch)
    assert run(handed_in) == 2
    said = capsys.readouterr().err
    assert "bubblewrap (the program bwrap) was not found" in said
    assert "sudo apt install bubblewrap" in said
    assert not (handed_in / "out").exists()
    sandbox.box.cache_clear()


@pytest.mark.skipif(
    sys.platform != "linux", reason="bubblewrap is a program for Linux, and its stand-in a shell script"
)
def test_a_bubblewrap_that_does_not_work_is_refused_with_its_own_words(monkeypatch, tmp_path):
    fake = tmp_path / "bwrap"
    fake.write_text(
        '#!/bin/sh\n[ "$1" = --version ] && echo bubblewrap 0.9.0 && exit\necho no namespaces here >&2\nexit 1\n'
    )
    fake.chmod(0o755)
    sandbox.box.cache_clear()
    monkeypatch.setattr(sandbox.shutil, "which", lambda name: str(fake))
    with pytest.raises(sandbox.SandboxMissing, match="does not work here: no namespaces here"):
        sandbox.box()
    fake.write_text("#!/bin/sh\necho bubblewrap 0.4.1\n")
    with pytest.raises(sandbox.SandboxMissing, match=r"0\.7 or newer is needed, and this is bubblewrap 0\.4\.1"):
        sandbox.box()
    sandbox.box.cache_clear()


# Once, and only once -------------------------------------------------------------------------------------------------


@pytest.fixture
def pretend(monkeypatch):
    """Replace grading by something quick that counts, and fails for whoever is named in ``fails``."""
    graded = []

    def grade(source, data, student, limits, numbers, language):
        graded.append(student)
        if student in pretend.fails:
            raise ConnectionError("a worker was lost")
        return {"student": student, "notes": [], "cells": []}

    pretend.graded, pretend.fails = graded, set()
    monkeypatch.setattr(many, "grade_one", grade)
    return pretend


def class_of(folder, count):
    folder.mkdir(exist_ok=True)
    for number in range(count):
        (folder / f"s{number}.ipynb").write_bytes(b"%d" % number)
    return [Submission(f"s{number}", folder / f"s{number}.ipynb") for number in range(count)]


def test_a_second_run_grades_what_is_new_or_changed_or_failed_and_nothing_else(pretend, tmp_path):
    submissions, store = class_of(tmp_path / "in", 6), Store(tmp_path / "results")
    pretend.fails = {"s3"}
    with ThreadPoolExecutor(2) as pool:
        first = many.grade_class(b"source", submissions, store, pool, say=lambda _: None)
        assert sorted(pretend.graded) == [f"s{number}" for number in range(6)]
        assert first.failed == {"s3": "ConnectionError: a worker was lost"}
        pretend.fails = set()
        pretend.graded.clear()
        submissions[5].path.write_bytes(b"better")
        second = many.grade_class(b"source", submissions, store, pool, say=lambda _: None)
        assert sorted(pretend.graded) == ["s3", "s5"]
        assert second.failed == {}
        assert all(store.read(key)["student"] == student for student, key in second.keys.items())
        pretend.graded.clear()
        many.grade_class(b"another source", submissions[:2], store, pool, say=lambda _: None)
        assert sorted(pretend.graded) == ["s0", "s1"]


def test_a_key_depends_on_all_that_a_result_depends_on():
    parts = [(b"a", b"b", "c", "d"), (b"x", b"b", "c", "d"), (b"a", b"x", "c", "d"), (b"a", b"b", "x", "d")]
    parts += [(b"a", b"b", "c", "x"), (b"ab", b"", "c", "d"), (b"", b"ab", "c", "d")]
    keys = [key_of(*each) for each in parts]
    assert len(set(keys)) == len(parts)
    assert key_of(*parts[0]) == keys[0]


@needs_a_box()
def test_a_grader_that_is_killed_goes_on_where_it_was(tmp_path):
    (tmp_path / "chapter.ipynb").write_bytes(SOURCE)
    folder = tmp_path / "handed in"
    folder.mkdir()
    for number in range(6):
        slow = f"import time\ntime.sleep(1)\nnumber = {number}\n{DOUBLE}"
        (folder / f"s{number}.ipynb").write_bytes(submission(double=slow))
    arguments = [tmp_path / "chapter.ipynb", folder, "--out", tmp_path / "out", "--jobs", 2]
    full = [sys.executable, "-m", "grader", "grade", *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    results = tmp_path / "out" / "results"
    with subprocess.Popen(full, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL) as process:
        end = time.monotonic() + 120
        while time.monotonic() < end and not (results.is_dir() and len(list(results.glob("*.json"))) >= 2):
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
    kept = {path: path.stat().st_mtime_ns for path in results.glob("*.json")}
    assert 2 <= len(kept) < 6
    assert all(json.loads(path.read_text())["cells"] for path in kept)
    done = subprocess.run(full, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert done.stderr.count("done before") == len(kept)
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    assert len(list(results.glob("*.json"))) == 6
    assert [row["points"] for row in table(tmp_path / "out" / "grades.csv")] == ["6"] * 6


def test_a_cluster_without_dask_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ImportError, match="pip install distributed"), dask_cluster("tcp://127.0.0.1:1"):
        pass


# Who handed in what --------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path):
    def make(*names):
        for name in names:
            path = tmp_path / "in" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(RIGHT.encode())
        return tmp_path / "in"

    return make


@pytest.mark.parametrize(
    ("names", "students"),
    [
        (["ada.ipynb", "bo.ipynb", "notes.txt", ".hidden.ipynb"], ["ada", "bo"]),
        (["ada/exercises.ipynb", "bo/deep/er/x.ipynb", "bo/deep/.ipynb_checkpoints/x.ipynb"], ["ada", "bo"]),
        (["ada/unpooling/exercises.ipynb", "ada/convolution/exercises.ipynb"], ["ada"]),
        (["ada/unpooling.ipynb", "ada/convolution.ipynb"], ["ada"]),
        (["ada/exercises-unpooling.ipynb", "ada/exercises-convolution.ipynb"], ["ada"]),
        (["ada/chapters/convolution/exercises.ipynb", "ada/chapters/convolution/slide-a-window.ipynb"], ["ada"]),
        (["bearyogi_417_90210_exercises.ipynb", "bearbooboo_LATE_418_90211_exercises.ipynb"], ["417", "418"]),
        (["Yogi Bear_417_assignsubmission_file/exercises.ipynb"], ["417"]),
    ],
)
def test_submissions_are_found_in_every_usual_folder(folder, names, students):
    found = collect([folder(*names)], "convolution")
    assert [each.student for each in found] == students
    assert all("unpooling" not in str(each.path) and "slide" not in str(each.path) for each in found)


def test_a_folder_without_a_notebook_is_a_submission_of_nothing(folder):
    (folder("ada.ipynb") / "bo").mkdir()
    assert [(each.student, each.path is None) for each in collect([folder()], "x")] == [("ada", False), ("bo", True)]


def test_two_submissions_of_one_student_are_refused(folder):
    with pytest.raises(ValueError, match=r"two submissions of one student; keep one of them: Ada: .*Ada.x\.ipynb, "):
        collect([folder("ada.ipynb", "Ada/x.ipynb")], "convolution")


def test_several_candidates_in_one_folder_are_refused(folder):
    with pytest.raises(ValueError, match=r"several notebooks, and not one of them is exercises-convolution\.ipynb"):
        collect([folder("ada/a.ipynb", "ada/b.ipynb")], "convolution")


def test_nothing_at_all_is_refused(tmp_path):
    with pytest.raises(ValueError, match="no notebooks in"):
        collect([tmp_path], "convolution")
    with pytest.raises(ValueError, match="there is no such file or folder"):
        collect([tmp_path / "absent"], "convolution")


@pytest.mark.skipif(not hasattr(os, "O_NOFOLLOW"), reason="Windows does not keep a program from following links")
def test_links_are_not_followed(folder, tmp_path):
    secret = tmp_path / "secret.ipynb"
    secret.write_bytes(SOURCE)
    handed = folder("ada.ipynb")
    (handed / "eve.ipynb").symlink_to(secret)
    (handed / "mal").symlink_to(tmp_path)
    (handed / "zoe").mkdir()
    (handed / "zoe" / "x.ipynb").symlink_to(secret)
    os.mkfifo(handed / "pipe.ipynb")
    data = {each.student: what for each, what in many.with_data(collect([handed], "convolution"))}
    assert data["ada"] == RIGHT.encode()
    assert {name for name, what in data.items() if "link" in str(what)} == {"eve", "mal", "zoe"}
    assert data["pipe"] == "The file was not read: it is not an ordinary file."


def test_a_file_of_unusual_size_is_not_read(folder):
    path = folder("ada.ipynb") / "ada.ipynb"
    with path.open("wb") as file:
        file.truncate(2**34)
    ((_, what),) = many.with_data(collect([path.parent], "x"))
    assert "larger than 10 MiB" in what


# Tables and names ---------------------------------------------------------------------------------------------------


def test_no_name_becomes_a_formula_in_a_spreadsheet(tmp_path):
    result = {"student": "=cmd()", "notes": ["@x"], "cells": [{"name": "a", "points": 1.0, "max": 1.0, "answer": "b"}]}
    records.write_grades(tmp_path / "grades.csv", [result])
    records.write_by_hand(tmp_path / "by-hand.csv", [result])
    for name in ("grades.csv", "by-hand.csv"):
        assert not [value for row in table(tmp_path / name) for value in row.values() if value.startswith(("=", "@"))]


def test_ids_of_names():
    assert id_of(Path("x/Some One_12_assignsubmission_file_")) == "12"
    assert id_of(Path("a_b.ipynb")) == "a_b"


def test_what_is_promised_about_limits_is_what_the_code_sets():
    promised = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    limits = sandbox.Limits()
    rows = [
        f"| {limits.cell:g} s | cell that runs, and call of a function |",
        f"| {limits.whole:g} s | box; a notebook has one for each set of operations",
        f"| {limits.starts} | starts, if the code ends its process |",
        f"| {limits.of_a_process / 1e9:.0f} GB of addresses | process |",
        f"| {limits.memory / 1e9:.0f} GB of memory | box,",
        f"| {limits.processes} | processes and threads in a box |",
        f"| {wire.LARGEST // 2**20} MiB | answer |",
        f"| {notebook.LARGEST // 2**20} MiB, {notebook.MOST_CELLS} cells | notebook handed in |",
        f"one folder in memory of at most {limits.disk // 2**20} MiB",
    ]
    assert limits.cell == limits.call
    assert [row for row in rows if row not in promised] == []
