"""The small commands that the Makefile leans on: one stage of a job, and the search for a browser."""

import subprocess
import sys
from pathlib import Path

import browser
import pytest

ROOT = Path(__file__).parents[2]


def stage(*arguments):
    """Run tools/stage.py and return its exit status and what it printed."""
    command = [sys.executable, str(ROOT / "tools" / "stage.py"), *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    return ended.returncode, ended.stdout + ended.stderr


@pytest.fixture(autouse=True)
def _forget():
    """Let no test see the browser that another one found."""
    browser.find_chromium.cache_clear()
    yield
    browser.find_chromium.cache_clear()


@pytest.mark.parametrize("quiet", [[], ["--quiet"]], ids=["plain", "quiet"])
@pytest.mark.parametrize("status", [0, 3])
def test_a_stage_ends_as_its_command_does_and_says_how_long_it_took(quiet, status):
    ended, said = stage(*quiet, "Counting", sys.executable, "-c", f"print('six'); raise SystemExit({status})")
    assert ended == status
    assert said.startswith("==> Counting\n")
    assert " s\n" in said
    assert ("six" in said) is (not quiet or status != 0)


def test_a_stage_whose_command_is_missing_fails():
    ended, said = stage("Nothing", "no-such-command-anywhere")
    assert ended == 127
    assert "no-such-command-anywhere" in said


def test_the_browser_that_is_named_is_taken(monkeypatch):
    monkeypatch.setenv("CHROMIUM", sys.executable)
    assert Path(browser.find_chromium()).samefile(sys.executable)


def test_a_named_browser_that_is_not_there_is_an_error(monkeypatch):
    monkeypatch.setenv("CHROMIUM", "no-such-browser")
    with pytest.raises(FileNotFoundError, match="CHROMIUM names 'no-such-browser'"):
        browser.find_chromium()


def test_without_any_browser_none_is_found(monkeypatch):
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(browser.shutil, "which", lambda name: None)
    monkeypatch.setattr(browser, "IN_FOLDERS", ())
    monkeypatch.setattr(browser, "playwrights_own", lambda: None)
    assert browser.find_chromium() is None
