"""The command: local processes, a kill in the middle, a Dask cluster, and the table at the end."""

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from jobs.store import Store
from lib.data.studies import MEASURES
from study import __main__ as command_line
from study import comparison, configurations
from study.__main__ import main
from study.store import key_of, read

ROOT = Path(__file__).parents[2]
QUICK = ["--seeds", "2", "--decoders", "unpool", "--budgets", "1", "--rates", "0.02", "--images", "16"]
WANTED = configurations(2, ["unpool"], steps=1, images=16)


def snapshot(folder):
    return {path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in folder.glob("*.json")}


@pytest.mark.skipif(os.name != "posix", reason="the signal that nothing can catch is of POSIX")
def test_a_killed_study_leaves_no_process_goes_on_and_loses_nothing(tmp_path):
    psutil = pytest.importorskip("psutil", reason="psutil, which lists processes, is not installed")
    folder = tmp_path / "results"
    command = [sys.executable, "-m", "study", *QUICK, "--jobs", "1", "--out", str(folder)]
    running = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 100
    while not snapshot(folder) and time.monotonic() < deadline and running.poll() is None:
        time.sleep(0.05)
    workers = psutil.Process(running.pid).children(recursive=True)
    running.kill()
    assert running.wait(10) == -signal.SIGKILL, "it ended before it could be killed"
    assert workers
    _, alive = psutil.wait_procs(workers, timeout=30)
    assert alive == []
    before = snapshot(folder)
    assert 1 <= len(before) < len(WANTED)
    assert not (folder / "table").exists()

    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.count(": done before\n") == len(before)
    after = snapshot(folder)
    assert after.keys() == {Store(folder).path(key_of(run)).name for run in WANTED}
    assert {name: after[name] for name in before} == before


def test_a_dask_cluster_does_the_same_runs(tmp_path, capsys):
    distributed = pytest.importorskip("distributed", reason="dask.distributed, an optional extra, is not installed")
    with distributed.LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=":0") as cluster:
        assert main([*QUICK, "--seeds", "1", "--scheduler", cluster.scheduler_address, "--out", str(tmp_path)]) == 0
        first = snapshot(tmp_path)
        assert main([*QUICK, "--scheduler", cluster.scheduler_address, "--out", str(tmp_path)]) == 0
    assert len(first) == 2
    assert first.items() <= snapshot(tmp_path).items()
    store = Store(tmp_path)
    assert all(read(store, run) for run in WANTED)
    assert capsys.readouterr().out.count(": done before\n") == 2


def test_without_dask_the_message_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ImportError, match=r"a cluster needs Dask: pip install distributed"):
        main([*QUICK, "--scheduler", "tcp://nowhere:1", "--out", str(tmp_path)])


def test_rates_are_tried_before_the_study_and_the_table_says_which_were_best(tmp_path, capsys, monkeypatch):
    # Twelve runs in this process, which need no start of another, and measure a tenth of the images.
    monkeypatch.setattr(command_line, "workers", lambda *_: ThreadPoolExecutor(1))
    monkeypatch.setattr(comparison, "HELD_OUT", 30)
    command = [
        "--seeds",
        "1",
        "--decoders",
        "unpool",
        "--budgets",
        "1,2",
        "--rates",
        "0.01,1e-9",
        "--sweep-steps",
        "10",
    ]
    assert main([*command, "--images", "16", "--jobs", "1", "--out", str(tmp_path)]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("All 4 runs are done; their table is in ")
    table = json.loads((tmp_path / "table" / "decoders.json").read_text())
    assert table["settings"] == {"images": 16}
    assert len(table["sweep"]) == 2 * 2 * 2
    assert [(run["task"], run["steps"]) for run in table["runs"]] == [(task, n) for task in MEASURES for n in (1, 2)]
    assert {run["learning_rate"] for run in table["runs"]} == {0.01}, "nothing is learned at the other rate"
    assert (tmp_path / "table" / "decoders.csv").exists()
    assert (tmp_path / "table" / "decoders.md").exists()


@pytest.mark.parametrize(("option", "value"), [("--seeds", "0"), ("--decoders", "magic"), ("--budgets", "0")])
def test_nonsense_is_refused_before_any_run(tmp_path, option, value):
    with pytest.raises((ValueError, SystemExit)):
        main([*QUICK, option, value, "--out", str(tmp_path / "new")])
    assert not (tmp_path / "new").exists()
