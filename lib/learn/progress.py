"""One line that says how far training has come: in a running notebook and in a terminal, and nowhere else."""

from __future__ import annotations

import os
import sys
import time
from collections import deque
from typing import Self

from lib.checks import as_flag

REDRAW_SECONDS = 0.2
CELLS = 20
AVERAGED = 20  # losses of single batches jump: the line shows their mean over so many steps


class Progress:
    """A line with a bar, the loss, the speed and the time that remains; a context manager.

    Parameters
    ----------
    steps : int
        How many there will be.
    show : bool, optional
        Unless given, the line is shown in notebooks that a reader runs and in terminals. It is not shown where output
        is stored or compared (``LIB_SHOW_AS`` is ``text`` or ``page``: tests, stored notebooks, the built site) or
        goes to a file.

    Examples
    --------
    >>> with Progress(400) as progress:
    ...     progress.update(100, loss=0.75)
    >>> print(progress.line(seconds=8.0))
     25% ━━━━━───────────────  100/400  loss 0.7500  12.5 steps/s  0:24 left
    """

    def __init__(self, steps: int, show: bool | None = None) -> None:
        """Decide whether the line is shown."""
        self.steps = steps
        self.show = somebody_is_watching() if show is None else as_flag(show, "show")
        self.done, self._losses = 0, deque(maxlen=AVERAGED)
        self._width, self._drawn = 0, float("-inf")

    def __enter__(self) -> Self:
        self._started = time.perf_counter()
        return self

    def update(self, done: int, loss: float) -> None:
        """Take note of a finished step, and now and then draw the line anew."""
        self.done = done
        self._losses.append(loss)
        now = time.perf_counter()
        if self.show and now - self._drawn >= REDRAW_SECONDS:
            self._drawn = now
            self._write(self.line(now - self._started))

    def __exit__(self, *error: object) -> None:
        self.seconds = time.perf_counter() - self._started
        if self.show:
            self._write(self.summary(self.seconds), end="\n")

    def line(self, seconds: float) -> str:
        """Return the line after so many seconds."""
        share = self.done / self.steps if self.steps else 1.0
        bar = ("━" * round(share * CELLS)).ljust(CELLS, "─")
        speed = self.done / seconds if seconds > 0 else 0.0
        left = _clock((self.steps - self.done) / speed) if speed else "?"
        return f"{share:4.0%} {bar}  {self.done}/{self.steps}  loss {self._loss()}  {_speed(speed)}  {left} left"

    def summary(self, seconds: float) -> str:
        """Return the last line: what was done in so many seconds."""
        speed = self.done / seconds if seconds > 0 else 0.0
        return f"{self.done} of {self.steps} steps in {seconds:.1f} s ({_speed(speed)}), loss {self._loss()}"

    def _loss(self) -> str:
        return f"{sum(self._losses) / len(self._losses):.4f}" if self._losses else "?"

    def _write(self, line: str, end: str = "") -> None:
        sys.stdout.write("\r" + line.ljust(self._width) + end)  # blanks wipe out what was longer
        sys.stdout.flush()
        self._width = len(line)


def somebody_is_watching() -> bool:
    """Return whether output goes to a running notebook or a terminal."""
    if os.environ.get("LIB_SHOW_AS", "live") != "live":
        return False
    in_notebook = type(sys.stdout).__module__.startswith("ipykernel")
    return in_notebook or sys.stdout.isatty()


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _speed(steps_per_second: float) -> str:
    return f"{steps_per_second:.1f} steps/s"
