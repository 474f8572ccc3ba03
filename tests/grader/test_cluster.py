"""Many machines: what a lost one was doing is done by another, every submission counts, and each counts once."""

from __future__ import annotations

import csv
import json
import os
import signal
import threading
import time
from collections import Counter

import pytest

from grader import __main__ as command
from jobs.store import Store

from .classroom import DOUBLE, SOURCE, needs_a_box, no_box, submission

distributed = pytest.importorskip("distributed", reason="Dask is an extra that only clusters need")


@pytest.fixture
def written(monkeypatch):
    """How often each result was stored."""
    counts, write = Counter(), Store.write

    def counting(self, key, result):
        counts[key] += 1
        write(self, key, result)

    monkeypatch.setattr(Store, "write", counting)
    return counts


def class_of(folder, number):
    """A source, and as many submissions; every third is half right."""
    (folder / "chapter.ipynb").write_bytes(SOURCE)
    (folder / "in").mkdir()
    for place in range(number):
        double = DOUBLE if place % 3 else "def double(x):\n    return 3 * x"
        handed = submission(double=f"number = {place}\n{double}").replace(b"practice", b"s%d" % place)
        (folder / "in" / f"s{place}.ipynb").write_bytes(handed)
    return [folder / "chapter.ipynb", folder / "in", "--out", folder / "out"]


def kill_workers(address, results, after, number):
    """Kill workers while they work: once so many results are there, as a machine that fails would end."""
    with distributed.Client(address) as client:
        workers = list(client.run(os.getpid).values())
    end = time.monotonic() + 300
    while time.monotonic() < end and (not results.is_dir() or len(list(results.glob("*.json"))) < after):
        time.sleep(0.02)
    for process in workers[:number]:
        os.kill(process, signal.SIGKILL)


@needs_a_box()
def test_workers_that_are_killed_cost_nobody_anything(tmp_path, written, capsys):
    number = int(os.environ.get("CLASS_SIZE", "12"))  # set it to try a real class
    arguments = class_of(tmp_path, number)
    with distributed.LocalCluster(n_workers=3, threads_per_worker=1, dashboard_address=":0") as cluster:
        address = cluster.scheduler_address
        assert command.main(["box", "--scheduler", address]) == 0
        assert capsys.readouterr().out.count(": a box can be made\n") == 3
        results = tmp_path / "out" / "results"
        killer = threading.Thread(target=kill_workers, args=(address, results, number // 4, 2))
        killer.start()
        assert command.main(["grade", *map(str, arguments), "--scheduler", address]) == 0
        killer.join()
    assert f"{number} graded" in capsys.readouterr().out
    assert len(written) == number
    assert set(written.values()) == {1}, "graded twice"
    with (tmp_path / "out" / "grades.csv").open(encoding="utf-8", newline="") as file:
        points = {row["student"]: row["points"] for row in csv.DictReader(file)}
    assert points == {f"s{place}": "6" if place % 3 else "5" for place in range(number)}
    students = [json.loads(path.read_text(encoding="utf-8"))["student"] for path in results.glob("*.json")]
    assert sorted(students) == sorted(points)


def test_where_no_box_can_be_made_is_said(monkeypatch, capsys):
    no_box(monkeypatch)
    assert command.main(["box"]) == 1
    assert capsys.readouterr().out.startswith("This machine: bubblewrap (the program bwrap) was not found.")
    monkeypatch.undo()
    assert command.main(["box"]) in (0, 1)
