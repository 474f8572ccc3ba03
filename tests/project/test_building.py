"""The tests' book is built once in a run, from what it was when the run began, and again in a later run if need be."""

from __future__ import annotations

from types import SimpleNamespace

import building
import pytest


@pytest.fixture
def builds(tmp_path, monkeypatch):
    """Let builds cost nothing; return how each is to end, and the sources that it was made from."""
    for name, path in (("TESTED", "tested"), ("SITE", "tested/html"), ("RESULT", "tested.json")):
        monkeypatch.setattr(building, name, tmp_path / path)
    told = SimpleNamespace(ends=0, sources="first", made=[])

    def build(*_):
        building.SITE.mkdir(parents=True)
        told.made.append(told.sources)
        return SimpleNamespace(returncode=told.ends, stdout="a warning")

    monkeypatch.setattr(building, "build_editions", build)
    monkeypatch.setattr(building, "fingerprint", lambda: told.sources)
    monkeypatch.setenv("TEST_RUN", "one")
    return told


def test_in_one_run_the_book_is_built_once_whatever_changes_meanwhile(builds):
    assert building.built_site() == building.SITE
    builds.sources = "second"
    building.built_site()
    assert builds.made == ["first"]


def test_a_later_run_builds_again_only_if_something_has_changed(builds, monkeypatch):
    building.built_site()
    monkeypatch.setenv("TEST_RUN", "two")
    building.built_site()
    assert builds.made == ["first"]
    monkeypatch.setenv("TEST_RUN", "three")
    builds.sources = "second"
    building.built_site()
    assert builds.made == ["first", "second"]


def test_a_failure_is_told_to_every_process_of_a_run_and_tried_again_in_the_next(builds, monkeypatch):
    builds.ends = 1
    for _ in range(2):
        with pytest.raises(AssertionError, match="a warning"):
            building.built_site()
    assert builds.made == ["first"]
    builds.ends = 0
    monkeypatch.setenv("TEST_RUN", "two")
    building.built_site()
    assert builds.made == ["first", "first"]
