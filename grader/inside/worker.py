"""What runs inside the box: the student's cells, then calls of the student's functions. No test is ever in here.

The student's code can do as it likes with this process: patch it, end it, or write to the pipe itself. All of that can
only change what this one student's functions seem to answer.
"""

from __future__ import annotations

import ast
import contextlib
import os
import sys
import traceback
from typing import Any, BinaryIO

LONGEST = 300  # characters of an exception's message

passed_over: list[str] = []  # cells with a statement that met a withheld operation


def main(user: int, processes: int, memory: int, seconds: int, disk: int) -> None:
    """Give up all rights, then serve requests until the pipe closes."""
    import resource  # which Windows has not, where this file is imported and never run

    if os.getuid() == 0:  # the grader runs as root: become a user that owns nothing
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    for kind, limit in (
        (resource.RLIMIT_NPROC, processes),
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, disk),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 128),
    ):
        resource.setrlimit(kind, (limit, limit))
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):  # what the student's code reads is empty, and what it prints goes nowhere
        os.dup2(nowhere, number)
    serve(requests, answers)


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer each request with the number it came with."""
    from grader.inside import wire

    namespace: dict[str, Any] = {"__name__": "__main__", "display": lambda *_, **__: None}
    do = {"numbers": numbers, "run": run, "call": call}
    answers.write(wire.pack({"number": "", "value": "ready"}))
    answers.flush()
    while head := requests.read(wire.LENGTH.size):
        request = wire.unpack(requests.read(*wire.LENGTH.unpack(head)))
        answer = {"number": request["number"]}
        try:
            answer["value"] = do[request["do"]](namespace, *request["with"])
            message = wire.pack(answer)
        except BaseException as fault:  # whatever a student's code raises, SystemExit too
            message = wire.pack({"number": request["number"], **told(fault)})
        answers.write(message)
        answers.flush()


def numbers(namespace: dict[str, Any], known: dict[str, Any]) -> None:  # noqa: ARG001  the notebook asks for them
    """Take in the numbers of the exercises."""
    from lib import teach

    teach.NUMBERS.update(known)


def run(namespace: dict[str, Any], name: str, source: str) -> None:
    """Run one cell, statement by statement.

    One that meets a withheld operation is passed over: what it would have made, no exercise in this box needs. A later
    one may want it all the same, so from then on what fails is passed over too.
    """
    from lib.teach import Withheld

    lines = [line if not line.lstrip().startswith(("%", "!")) else "" for line in source.splitlines()]
    tree = ast.parse("\n".join(lines), f"cell {name}")
    for statement in tree.body:
        try:
            exec(compile(ast.Module([statement], []), f"cell {name}", "exec", dont_inherit=True), namespace)
        except Withheld:
            passed_over.append(name)
        except Exception:
            if not passed_over:
                raise


def call(namespace: dict[str, Any], name: str, arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """Call one of the student's functions."""
    if name not in namespace:
        raise NameError(f"{name} is not defined")
    return namespace[name](*arguments, **options)


def told(fault: BaseException) -> dict[str, Any]:
    """Return what was raised, and in which line of which cell; the grader puts it into words, in its own language."""
    about: dict[str, Any] = {"kind": type(fault).__name__}
    with contextlib.suppress(BaseException):  # an exception of the student's own may fail to say what it is
        about["said"] = str(fault.operation if about["kind"] == "Withheld" else fault)[:LONGEST]
    with contextlib.suppress(BaseException):
        frames = [frame for frame in traceback.extract_tb(fault.__traceback__) if frame.filename.startswith("cell ")]
        if frames:
            about |= {"line": frames[-1].lineno, "cell": frames[-1].filename.removeprefix("cell ")}
    return about


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
