"""The line of progress says where training is, where somebody watches, and nothing elsewhere."""

import io
import sys

import pytest

from lib.learn import Progress
from lib.learn import progress as progress_module
from lib.learn.progress import AVERAGED, somebody_is_watching


class Terminal(io.StringIO):
    def isatty(self):
        return True


class NotebookStream(io.StringIO):
    """Its class says that it belongs to a notebook's kernel, as that of ipykernel's streams does."""


NotebookStream.__module__ = "ipykernel.iostream"


def filled(done, loss, steps=400):
    progress = Progress(steps, show=False)
    with progress:
        for step in range(1, done + 1):
            progress.update(step, loss)
    return progress


@pytest.mark.parametrize(
    ("done", "seconds", "expected"),
    [
        (100, 8.0, " 25% ━━━━━───────────────  100/400  loss 0.7500  12.5 steps/s  0:24 left"),
        (400, 8.0, "100% ━━━━━━━━━━━━━━━━━━━━  400/400  loss 0.7500  50.0 steps/s  0:00 left"),
        (1, 30.0, "  0% ────────────────────  1/400  loss 0.7500  0.0 steps/s  3:19:30 left"),
        (0, 0.0, "  0% ────────────────────  0/400  loss ?  0.0 steps/s  ? left"),
    ],
)
def test_the_line_says_share_loss_speed_and_what_is_left(done, seconds, expected):
    assert filled(done, 0.75).line(seconds) == expected


def test_the_last_line_says_what_was_done():
    assert filled(100, 0.5).summary(4.0) == "100 of 400 steps in 4.0 s (25.0 steps/s), loss 0.5000"


def test_the_loss_is_a_mean_over_the_latest_steps():
    progress = filled(50, 9.0)
    for step in range(AVERAGED):
        progress.update(51 + step, step)
    assert f"loss {(AVERAGED - 1) / 2:.4f}" in progress.line(1.0)


@pytest.mark.parametrize(
    ("stream", "mode", "watched"),
    [
        (Terminal, "live", True),
        (Terminal, None, True),
        (NotebookStream, "live", True),
        (io.StringIO, "live", False),  # a file or a pipe
        (Terminal, "text", False),
        (NotebookStream, "text", False),
        (NotebookStream, "page", False),
    ],
)
def test_it_is_shown_where_somebody_watches(stream, mode, watched, monkeypatch):
    monkeypatch.setattr(sys, "stdout", stream())
    if mode is None:
        monkeypatch.delenv("LIB_SHOW_AS", raising=False)
    else:
        monkeypatch.setenv("LIB_SHOW_AS", mode)
    assert somebody_is_watching() == watched
    with Progress(2) as progress:
        progress.update(1, 0.5)
    assert bool(sys.stdout.getvalue()) == watched


def test_lines_replace_each_other_and_are_drawn_now_and_then(monkeypatch):
    monkeypatch.setattr(sys, "stdout", Terminal())
    now = iter([0.0, 1.0, 1.1, 3.0, 4.0])  # begin, three steps, end
    monkeypatch.setattr(progress_module.time, "perf_counter", lambda: next(now))
    with Progress(3, show=True) as progress:
        for step in (1, 2, 3):
            progress.update(step, 0.5)
    written = sys.stdout.getvalue()
    first, second, last = written.split("\r")[1:]
    assert first.startswith(" 33%")
    assert second.startswith("100%")  # nothing for step 2, a tenth of a second after step 1
    assert last.rstrip(" \n") == "3 of 3 steps in 4.0 s (0.8 steps/s), loss 0.5000"
    assert len(last) == len(second) + 1  # blanks wipe out the longer line, then the line ends
    assert written.count("\n") == 1


def test_an_error_still_ends_the_line(monkeypatch):
    monkeypatch.setattr(sys, "stdout", Terminal())
    with pytest.raises(ZeroDivisionError), Progress(3, show=True) as progress:
        progress.update(1, 1 / 0)
    assert sys.stdout.getvalue().endswith("\n")


def test_show_must_be_true_or_false():
    with pytest.raises(TypeError, match="show must be True or False, got 'yes'"):
        Progress(3, show="yes")
