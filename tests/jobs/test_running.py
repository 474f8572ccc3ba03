"""Work that may be interrupted: whole results or none, each job once, few in memory, whatever ends it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from jobs import running
from jobs.running import Job, run_missing
from jobs.store import Damaged, Store, write_text


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "results")


def test_half_a_file_never_counts(store, monkeypatch):
    store.write("a", {"old": 1})
    before = store.path("a").read_bytes()

    def interrupted(*_):
        raise KeyboardInterrupt

    for step in ("os.fsync", "pathlib.Path.replace"):
        with monkeypatch.context() as patch:
            patch.setattr(step, interrupted)
            for key in ("a", "b"):
                with pytest.raises(KeyboardInterrupt):
                    store.write(key, {"new": 2})
        assert [path.name for path in store.folder.iterdir()] == ["a.json"]
    assert store.path("a").read_bytes() == before
    assert store.read("b") is None


def test_text_is_written_as_it_is(tmp_path):
    write_text(tmp_path / "x", "a\nb · é\n")
    assert (tmp_path / "x").read_bytes() == "a\nb · é\n".encode()


def test_few_jobs_are_in_memory_at_once(store, monkeypatch):
    monkeypatch.setattr(running, "WAITING", 3)
    begun, ended = [], []

    def jobs():
        for number in range(30):
            begun.append(number)
            assert len(begun) - len(ended) <= 3
            yield Job(f"{number}", "a job", ended.append, (number,), accept=refuse_all)

    with ThreadPoolExecutor(1) as pool:
        assert run_missing(jobs(), 30, store, pool, print) == {}
    assert ended == list(range(30))


def refuse_all(result):
    raise Damaged("never")


def test_a_stored_result_that_is_not_accepted_is_made_again(store):
    said, made = [], []
    store.write("a", 1)
    jobs = [Job("a", "first", made.append, (1,), accept=refuse_all)]
    with ThreadPoolExecutor(1) as pool:
        run_missing(jobs, 1, store, pool, said.append)
    assert made == [1]
    assert said[0] == "never: this is done again"
    assert said[1].startswith("[1/1] first: None; about 0:00:00 left")
