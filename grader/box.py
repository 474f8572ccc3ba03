"""One box as the grader sees it: run a cell, call a function, and be answered within the limits or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
import select
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

from grader.inside import wire
from grader.sandbox import Limits, started
from lib.teach.withheld import withheld_in_words
from lib.words import say

GLANCE = 0.1  # seconds between two looks at the memory in use
START = 60.0  # seconds for Python to load what it needs, before any code of the student's


class StudentFault(Exception):
    """What a student's code did instead of answering, in words for the student."""


class Undone(StudentFault):
    """The code raised NotImplementedError: it has not been written yet."""


class BoxFault(RuntimeError):
    """The box did not start: not the student's fault, and no reason to take points."""


class Box:
    """Processes that run the code of one submission, and their end."""

    def __init__(self, limits: Limits, withheld: tuple[str, ...] = ()) -> None:
        """Remember the limits, and what the library in the box lacks; :meth:`start` starts the processes."""
        self.limits, self.withheld = limits, withheld
        self.spent = 0.0  # seconds that the student's code has taken
        self.starts = 0
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Box:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def running(self) -> bool:
        """Say whether the box has not been stopped."""
        return self._process is not None

    def start(self) -> None:
        """Start the worker.

        Raises
        ------
        BoxFault
            If it does not come up.
        StudentFault
            If the code has stopped the box too often, or used up its time.
        """
        if self.starts >= self.limits.starts:
            raise StudentFault(
                say("The notebook ended its process {count} times; it was not started again.", count=self.starts)
            )
        if self.spent >= self.limits.whole:
            seconds = f"{self.limits.whole:g}"
            raise StudentFault(
                say("The time limit of {seconds} s for the whole notebook was used up before.", seconds=seconds)
            )

        self.starts += 1
        self._process = started(self.limits, self.withheld)
        try:
            answer = self._receive(time.monotonic() + START, say("while Python started"))
        except StudentFault as fault:
            raise BoxFault(f"the box did not start: {fault}") from fault
        if answer != {"number": "", "value": "ready"}:
            self.stop()
            raise BoxFault("the box did not start: it did not say that it is ready")

    def stop(self) -> None:
        """End every process in the box."""
        if self._process is None:
            return
        for init in children_of(self._process.pid):  # the first process of the box: all others end with it
            with contextlib.suppress(OSError):
                os.kill(init, signal.SIGKILL)
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                pipe.close()
        self._process.wait()
        self._process = None

    def ask(self, do: str, *arguments: Any, seconds: float, during: str) -> Any:
        """Return the worker's answer to one request.

        Raises
        ------
        StudentFault
            If the code raised something, took too long or too much, ended the process, or answered nonsense. In all
            but the first case the box is stopped.
        """
        number = secrets.token_hex(8)  # an answer written beforehand cannot know it
        started = time.monotonic()
        deadline = started + min(seconds, self.limits.whole - self.spent)
        try:
            self._send(wire.pack({"number": number, "do": do, "with": arguments}), deadline, during)
            answer = self._receive(deadline, during)
        finally:
            self.spent += time.monotonic() - started

        if not isinstance(answer, dict) or answer.get("number") != number:
            self.stop()
            raise StudentFault(
                say(
                    "Something other than an answer came {during}: the code wrote where only answers belong.",
                    during=during,
                )
            )
        if "kind" in answer:
            kind = Undone if str(answer["kind"]) == "NotImplementedError" else StudentFault
            raise kind(in_words(answer)[:1000])
        return answer.get("value")

    def _send(self, message: bytes, deadline: float, during: str) -> None:
        pipe = self._process.stdin.fileno()
        os.set_blocking(pipe, False)
        view = memoryview(message)
        while view:
            if not select.select([], [pipe], [], max(0.0, deadline - time.monotonic()))[1]:
                self._give_up(say("The time limit was reached {during}: the code stopped listening.", during=during))
            try:
                view = view[os.write(pipe, view) :]
            except BrokenPipeError:
                self._give_up(say("The process ended {during}.", during=during))

    def _receive(self, deadline: float, during: str) -> Any:
        """Return the next message, read no further than its end."""
        size = wire.LENGTH.unpack(self._read(wire.LENGTH.size, deadline, during))[0]
        if size > wire.LARGEST:
            self._give_up(say("Something too large or no answer at all came {during}.", during=during))
        try:
            return wire.unpack(self._read(size, deadline, during))
        except wire.WireError as fault:
            self._give_up(say("What came {during} cannot be used: {fault}.", during=during, fault=fault))

    def _read(self, size: int, deadline: float, during: str) -> bytearray:
        pipe = self._process.stdout.fileno()
        got = bytearray()
        while len(got) < size:
            left = deadline - time.monotonic()
            if left <= 0:
                self._give_up(say("The time limit was reached {during}.", during=during))
            if self.memory() > self.limits.memory:
                size = self.limits.memory // 2**20
                self._give_up(say("More than {size} MiB of memory were in use {during}.", size=size, during=during))
            if select.select([pipe], [], [], min(left, GLANCE))[0]:
                part = os.read(pipe, min(size - len(got), 2**20))
                if not part:
                    self._give_up(
                        say(
                            "The process ended {during}: it was made to exit, or it ran out of what it may use.",
                            during=during,
                        )
                    )
                got += part
        return got

    def memory(self) -> int:
        """Return how many bytes the processes in the box have in memory together."""
        page = os.sysconf("SC_PAGE_SIZE")
        total, pending = 0, [self._process.pid]
        while pending:
            process = pending.pop()
            with contextlib.suppress(OSError, IndexError):  # it ended while being looked at
                total += int(Path(f"/proc/{process}/statm").read_text().split()[1]) * page
            pending += children_of(process)
        return total

    def _give_up(self, why: str) -> None:
        self.stop()
        raise StudentFault(why)


def in_words(fault: dict[str, Any]) -> str:
    """Return what a student's code raised and in which line of which cell, as the worker tells it: in their own words.

    >>> in_words({"kind": "KeyError", "said": "'x'", "line": 3, "cell": "slide"})
    "KeyError: 'x' (line 3 of cell slide)"
    """
    kind, said = str(fault.get("kind")), str(fault.get("said", ""))
    words = withheld_in_words(said) if kind == "Withheld" else f"{kind}: {said}".removesuffix(": ")
    if "line" not in fault:
        return words
    return say("{fault} (line {line} of cell {cell})", fault=words, line=fault["line"], cell=fault.get("cell"))


def children_of(process: int) -> list[int]:
    """Return the processes that a process has started and that have not ended."""
    found: list[int] = []
    with contextlib.suppress(OSError):  # it ended while being looked at
        for thread in Path(f"/proc/{process}/task").iterdir():
            found += map(int, (thread / "children").read_text().split())
    return found
