"""The engine: every run once, each result kept as it arrives, whatever the executor and whatever goes wrong."""

import json
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict

import pytest

from jobs.store import Store
from study import Configuration, configurations, run_all
from study.comparison import MEASURES
from study.store import key_of, read

WANTED = configurations(3, ["bilinear", "unpool"])


def result_of(configuration):
    """What a run gives back, without the work: numbers that tell which run it was."""
    chosen = Configuration(**configuration)
    number = chosen.seed + len(chosen.decoder) / 10
    measured = {name: number + place for place, name in enumerate(MEASURES[chosen.task])}
    return {"configuration": asdict(chosen), "measured": measured, "environment": {"python": "3"}}


class Counting:
    """A run that notes what it was called with, and may fail or stop everything at one configuration."""

    def __init__(self, at=None, error=None):
        self.calls, self.at, self.error = [], at, error

    def __call__(self, configuration):
        self.calls.append(Configuration(**configuration))
        if self.at == self.calls[-1]:
            raise self.error
        return result_of(configuration)


class AtOnce:
    """The least that an executor is: a method that gives back a future."""

    def submit(self, function, *arguments):
        future = Future()
        try:
            future.set_result(function(*arguments))
        except Exception as error:
            future.set_exception(error)
        return future


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "results")


@pytest.fixture
def said():
    return []


def test_a_study_is_every_decoder_on_every_task_from_every_seed():
    assert len(set(WANTED)) == len(WANTED) == 3 * 2 * 2
    assert {run.seed for run in WANTED} == {0, 1, 2}
    assert {run.task for run in WANTED} == set(MEASURES)
    assert all(run.split == "test" for run in WANTED)


def test_every_result_is_stored(store, said):
    run = Counting()
    assert run_all(WANTED, AtOnce(), store, run, said.append) == {}
    assert run.calls == WANTED
    for configuration in WANTED:
        assert read(store, configuration) == result_of(asdict(configuration))
    assert [line.split(" ")[0] for line in said] == [f"[{number}/12]" for number in range(1, 13)]
    assert any(
        "reconstruction, unpool, 300 steps, rate 0.02, seed 2: PSNR, dB 2.600, trained in " in line for line in said
    )


def test_no_run_is_done_twice(store, said):
    run_all(WANTED[:5], AtOnce(), store, Counting(), said.append)
    before = {path: path.stat().st_mtime_ns for path in store.folder.iterdir()}
    run = Counting()
    run_all([*WANTED, *WANTED], AtOnce(), store, run, said.append)
    assert run.calls == WANTED[5:]
    assert {path: path.stat().st_mtime_ns for path in before} == before
    run_all(WANTED, AtOnce(), store, unreachable, said.append)
    assert said[-1] == "[12/12] reconstruction, unpool, 300 steps, rate 0.02, seed 2: done before"


def unreachable(configuration):
    raise AssertionError(f"{configuration} was done already")


def test_one_failure_costs_no_other_run(store, said):
    run = Counting(WANTED[3], FloatingPointError("step 7: the loss is nan"))
    failures = run_all(WANTED, AtOnce(), store, run, said.append)
    assert list(failures) == [WANTED[3]]
    assert any("failed: FloatingPointError: step 7: the loss is nan" in line for line in said)
    assert [run for run in WANTED if read(store, run) is None] == [WANTED[3]]
    again = Counting()
    assert run_all(WANTED, AtOnce(), store, again, said.append) == {}
    assert again.calls == [WANTED[3]]


def test_an_interruption_keeps_what_has_arrived_and_begins_nothing_new(store, said):
    begun, may_end = threading.Event(), threading.Event()

    def run(configuration):
        if Configuration(**configuration) == WANTED[2]:
            begun.set()
            may_end.wait(10)
        return result_of(configuration)

    def report(line):
        said.append(line)
        if line.startswith("[2/12]"):
            begun.wait(10)
            raise KeyboardInterrupt

    with ThreadPoolExecutor(1) as executor:
        with pytest.raises(KeyboardInterrupt):
            run_all(WANTED, executor, store, run, report)
        may_end.set()
    assert [run for run in WANTED if read(store, run)] == WANTED[:2]
    again = Counting()
    run_all(WANTED, AtOnce(), store, again, said.append)
    assert again.calls == WANTED[2:]


def test_a_result_that_arrived_but_was_not_yet_stored_survives_an_interruption(store):
    def report(line):
        if line.startswith("[1/12]"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_all(WANTED, AtOnce(), store, result_of, report)  # all have arrived before the first is reported
    assert all(read(store, run) for run in WANTED)


def test_results_may_arrive_in_any_order_and_from_several_threads(store, said):
    with ThreadPoolExecutor(4) as executor:
        assert run_all(WANTED, executor, store, result_of, said.append) == {}
    assert [read(store, run)["configuration"]["seed"] for run in WANTED] == [run.seed for run in WANTED]


def cut_short(path):
    path.write_bytes(path.read_bytes()[:40])


def emptied(path):
    path.write_bytes(b"")


def binary(path):
    path.write_bytes(bytes(range(128, 256)))


def a_list(path):
    path.write_text("[1, 2]")


def changed(edit):
    def change(path):
        result = json.loads(path.read_text())
        edit(result)
        path.write_text(json.dumps(result))

    return change


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (cut_short, "is not JSON"),
        (emptied, "is not JSON"),
        (binary, "is not JSON"),
        (a_list, "does not hold a configuration"),
        (changed(lambda result: result.pop("environment")), "does not hold a configuration"),
        (changed(lambda result: result["measured"].pop("seconds")), "lacks some of what a run measures"),
        (changed(lambda result: result["measured"].update(seconds=None)), "holds a value that is no finite number"),
        (changed(lambda result: result["measured"].update(seconds=float("nan"))), "no finite number"),
        (changed(lambda result: result["configuration"].update(steps=7)), "is of a run with other settings"),
    ],
)
def test_a_damaged_file_is_named_and_its_run_done_again(store, said, damage, message):
    run_all(WANTED, AtOnce(), store, result_of, said.append)
    damage(store.path(key_of(WANTED[4])))
    run = Counting()
    run_all(WANTED, AtOnce(), store, run, said.append)
    assert run.calls == [WANTED[4]]
    (line,) = [line for line in said if line.endswith("this is done again")]
    assert line.startswith(store.path(key_of(WANTED[4])).name)
    assert message in line
    assert read(store, WANTED[4]) == result_of(asdict(WANTED[4]))
