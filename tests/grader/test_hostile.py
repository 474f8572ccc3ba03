"""Submissions that crash, cheat, flood, hang or spy: each loses the points of its cell, and nothing else happens."""

from __future__ import annotations

import contextlib
import json
import os
import re
import socket
import threading
import time
from pathlib import Path

import pytest

from grader import Limits, grade_one

from .classroom import RIGHT, SOURCE, as_many, by_name, cell, cells, needs_a_box, notebook, submission

pytestmark = needs_a_box()
LIMITS = Limits(cell=15, call=8, whole=60)
MANY = Limits(cell=15, call=8, whole=200, starts=40)  # for many kinds in one notebook
HASTY = Limits(cell=3, call=1.5, whole=60, starts=20)  # for what never ends
MEGABYTE = 2**20


def function(body):
    """The code of ``slide`` with this body."""
    return "def slide(x, kernel, stride, padding):\n    " + body.replace("\n", "\n    ")


OBJECT = "class Strange:\n    def {}(self, *_):\n        {}\n" + function("return Strange()")
PROTOCOL = """import struct, json
def say(data):
    for number in range(3, 20):
        try:
            os.write(number, data)
        except OSError:
            pass
"""
FORKS = """for _ in range(1000):
    if not os.fork():
        __import__('time').sleep(60)"""
FORKS_THAT_FILL = """for _ in range(8):
    if not os.fork():
        break
kept = []
while True:
    kept.append(np.ones(10**6))"""
LEFT = """import threading

def spin():
    while True:
        pass

threading.Thread(target=spin, daemon=True).start()
if not os.fork():
    os.setsid()
    spin()
"""

# What is handed in as ``slide``, and what its author is told.
KINDS = {
    "crash": (function("import ctypes\nctypes.string_at(0)"), "The process ended while slide was called"),
    "exit": (function("os._exit(0)"), "The process ended while slide was called"),
    "abort": (function("os.abort()"), "The process ended while slide was called"),
    "system exit": (function("raise SystemExit"), "SystemExit"),
    "keyboard interrupt": (function("raise KeyboardInterrupt"), "KeyboardInterrupt"),
    "kill itself": (function("os.kill(os.getpid(), 9)"), "The process ended while slide was called"),
    "kill everybody": (
        function("try:\n    os.kill(-1, 9)\nfinally:\n    os.kill(os.getpid(), 9)"),
        "The process ended while slide was called",
    ),
    "one large array": (function("return np.ones(10**10)"), "MemoryError"),
    "memory, bit by bit": (function("kept = []\nwhile True:\n    kept.append(np.empty(10**7))"), "MemoryError"),
    "too large an answer": (function("return np.zeros(10**7)"), "at most 32 may cross"),
    "too long a text": (function("return 'a' * 10**8"), "at most 32 may cross"),
    "forks": (function(FORKS), "BlockingIOError"),
    "threads": (
        function(
            "import threading, time\nfor _ in range(1000):\n    threading.Thread(target=time.sleep, args=(60,)).start()"
        ),
        "can't start new thread",
    ),
    "deep recursion": (function("return slide(x, kernel, stride, padding)"), "RecursionError"),
    "deep nesting": (function("made = []\nfor _ in range(10**5):\n    made = [made]\nreturn made"), "RecursionError"),
    "flood of answers": (
        PROTOCOL + function("while True:\n    say(bytes(10**6))"),
        "Something|The process ended|cannot be used",
    ),
    "large frame": (PROTOCOL + function("say(struct.pack('>I', 2**32 - 1))"), "Something too large or no answer"),
    "forged answer": (
        PROTOCOL
        + function(
            "for value in ('ready', True, {'passed': True, 'points': 5}):\n"
            "    body = json.dumps({'dict': {'number': '0', 'value': value}}).encode()\n"
            "    say(struct.pack('>I', len(body)) + body)\nreturn 0"
        ),
        "Something other than an answer came",
    ),
    "forged pickle": (
        PROTOCOL + "import pickle\n" + function("body = pickle.dumps([1])\nsay(struct.pack('>I', len(body)) + body)"),
        "cannot be used",
    ),
    "closed pipes": (function("os.closerange(0, 100)"), "The process ended while slide was called"),
    "generator": (function("yield 1"), "TypeError: generator is not a number"),
    "function": (function("return lambda: 1"), "TypeError: function is not a number"),
    "set": (function("return {1, 2}"), "TypeError: set is not a number"),
    "pickled object": (
        "class Evil:\n    def __reduce__(self):\n        return os.system, ('id',)\n" + function("return Evil()"),
        "TypeError: Evil is not a number",
    ),
    "array of objects": (
        function("return np.array([object()])"),
        "an array of dtype object does not hold plain numbers",
    ),
    "array of text": (function("return np.array(['a'])"), "does not hold plain numbers"),
    "long number": (function("return 10**4000"), "ValueError|not a number|should be|cannot be used"),
    "not numbers": (function("return np.full((2, 2), np.nan)"), "not numbers"),
    "nothing": (function("pass"), "The answer is None"),
    "another shape": (function("return np.zeros((0, 3))"), "The shape is"),
    "equal to all": (OBJECT.format("__eq__", "return True"), "TypeError: Strange is not a number"),
    "failing words": (
        "class Bad(Exception):\n    def __str__(self):\n        raise self\n" + function("raise Bad"),
        "^Bad",
    ),
}
# What changes the process for everything that follows, so each has a notebook of its own.
PATCHES = {
    "redefined check": (
        "def check(*_):\n    pass\nimport lib.teach\nlib.teach.check = check\n" + function("return 0"),
        "should be an array|one number|shape",
    ),
    "patched numpy": (
        "np.allclose = np.array_equal = lambda *_, **__: True\nnp.testing.assert_array_equal = lambda *_: None\n"
        + function("return np.zeros((2, 2))"),
        "The shape is right|not right|values|shape",
    ),
}
ENDLESS = {
    "loop": (function("while True:\n    pass"), "The time limit was reached while slide was called"),
    "sleep": (function("__import__('time').sleep(1000)"), "The time limit was reached while slide was called"),
    "flood of output": (
        function("while True:\n    print('a' * 10**6)"),
        "The time limit was reached while slide was called",
    ),
    "endless words": (
        "class Bad(Exception):\n    def __str__(self):\n        while True:\n            pass\n"
        + function("raise Bad"),
        "The time limit was reached while slide was called",
    ),
    "unkillable": (
        "import signal\nfor number in range(1, 31):\n    try:\n        signal.signal(number, signal.SIG_IGN)\n"
        "    except (OSError, ValueError):\n        pass\n" + function("while True:\n    pass"),
        "The time limit was reached while slide was called",
    ),
    "many processes, much memory": (
        function(FORKS_THAT_FILL),
        "MiB of memory were in use|MemoryError|The process ended|The time limit",
    ),
}
# Code in a cell that ends or stops it, before any function is called.
IN_A_CELL = {
    "exit": ("os._exit(1)", "The process ended while cell slide ran"),
    "sleep": ("__import__('time').sleep(1000)", "The time limit was reached while cell slide ran"),
    "loop": ("while True:\n    pass", "The time limit was reached while cell slide ran"),
    "syntax": ("def slide(:", "SyntaxError"),
    "patched wire": (
        "from grader.inside import wire\nwire.pack = lambda value: b'\\0\\0\\0\\4' + b'null'",
        "Something other than an answer came",
    ),
    "failure": ("1 / 0", "ZeroDivisionError: division by zero (line 1 of cell slide)"),
}


def graded(slide, limits=LIMITS, **parts):
    """The result of handing in this as ``slide`` and the rest solved, and how long it took."""
    started = time.monotonic()
    result = grade_one(SOURCE, submission(slide=slide, **parts), "practice", limits)
    return result, time.monotonic() - started


def assert_costs_its_cell_alone(result, said):
    found = by_name(result)
    assert found["slide-check"]["points"] == 0
    assert re.search(said, found["slide-check"]["said"]), found["slide-check"]["said"]
    assert found["slide-more"]["points"] == 0
    assert "secret" not in json.dumps(result)
    assert found["double-check"] == {**found["double-check"], "points": 1, "said": ""}
    assert (found["why"]["points"], found["why"]["answer"]) == (None, "Because.")
    assert sum(each["max"] for each in result["cells"]) == 10


def of_slide(found):
    """What was said, with the name that the function has when it is handed in alone."""
    return re.sub(r"slide_\d+", "slide", found["said"])


@pytest.fixture(scope="module")
def all_kinds():
    """The results of every hostile function, all handed in by one student."""
    source, handed_in = as_many({kind: code for kind, (code, _) in KINDS.items()})
    return by_name(grade_one(source, handed_in, "practice", MANY))


@pytest.mark.parametrize("kind", KINDS)
def test_a_hostile_function_costs_the_points_of_its_cell(all_kinds, kind):
    found = all_kinds[f"{kind}-check"]
    assert found["points"] == 0
    assert re.search(KINDS[kind][1], of_slide(found)), found["said"]
    assert all_kinds["double-check"] == {**all_kinds["double-check"], "points": 1, "said": ""}


@pytest.mark.parametrize("kind", PATCHES)
def test_a_patched_process_costs_the_points_of_its_cells(kind):
    slide, said = PATCHES[kind]
    assert_costs_its_cell_alone(graded(slide)[0], said)


@pytest.fixture(scope="module")
def all_endless():
    """The results of everything that never ends, handed in by one student, and how long it took."""
    started = time.monotonic()
    source, handed_in = as_many({kind: code for kind, (code, _) in ENDLESS.items()})
    return by_name(grade_one(source, handed_in, "practice", HASTY)), time.monotonic() - started


@pytest.mark.parametrize("kind", ENDLESS)
def test_what_never_ends_is_ended(all_endless, kind):
    results, seconds = all_endless
    found = results[f"{kind}-check"]
    assert found["points"] == 0
    assert re.search(ENDLESS[kind][1], of_slide(found)), found["said"]
    assert results["double-check"]["points"] == 1
    assert seconds < HASTY.whole


@pytest.fixture(scope="module")
def all_cells():
    """The result of a notebook with every hostile cell, above what is right."""
    source, handed_in = as_many({**{kind: code for kind, (code, _) in IN_A_CELL.items()}, "right": RIGHT})
    return grade_one(source, handed_in, "practice", HASTY)


@pytest.mark.parametrize("kind", IN_A_CELL)
def test_a_hostile_cell_is_named_and_left_out(all_cells, kind):
    said = IN_A_CELL[kind][1].replace("slide", kind)
    assert any(said in note for note in all_cells["notes"]), all_cells["notes"]
    found = by_name(all_cells)
    assert found[f"{kind}-check"]["points"] == 0
    assert "is not defined" in found[f"{kind}-check"]["said"]
    assert [found[name]["points"] for name in ("right-check", "double-check")] == [2, 1]


def test_without_hostility_there_are_all_points():
    found = by_name(graded(RIGHT)[0])
    assert [each["points"] for each in found.values()] == [2, 3, 1, None]


SPYING = {
    "password file": "open('/etc/passwd')",
    "home": "os.listdir(os.path.expanduser('~root')) and open('/root/.bashrc')",
    "other processes": "[n for n in os.listdir('/proc') if n.isdigit() and int(n) > 50][0]",
    "hints in Chinese": "next(__import__('pathlib').Path('/course/lib/locale').rglob('exercises.po'))",
    "hidden tests": "next(p for p in __import__('pathlib').Path('/course').rglob('*.ipynb'))",
    "sources on this machine": f"open({str(Path(__file__).parents[2] / 'pyproject.toml')!r})",
    "environment": "os.environ['SECRET_OF_THE_GRADER']",
    "become root": "os.setuid(0)",
    "write to the package": "open('/course/lib/__init__.py', 'a')",
    "write to the system": "open('/usr/x', 'w')",
    "write to the root": "open('/x', 'w')",
    "write to devices": "open('/dev/x', 'w')",
    "fill the folder": "open('x', 'wb').write(bytes(100 * 2**20)) and os.fsync(0)",
    "raise its limits": "__import__('resource').setrlimit(__import__('resource').RLIMIT_NPROC, (1000, 1000))",
    "mount": "1 / (1 - (__import__('ctypes').CDLL(None).mount(b'none', b'/tmp', b'tmpfs', 0, None) != 0))",
}


@pytest.fixture(scope="module")
def all_spies():
    """The results of everything that spies or changes, handed in by one student; what fails answers rightly."""
    head, right = RIGHT.split("\n", 1)
    spies = {}
    for kind, code in SPYING.items():
        attempt = f"    try:\n        {code}\n    except BaseException:\n    {right.replace(chr(10), chr(10) + '    ')}"
        spies[kind] = f"{head}\n{attempt}\n    raise RuntimeError('it worked')"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SECRET_OF_THE_GRADER", "1")
        return by_name(grade_one(*as_many(spies), "practice", MANY))


@pytest.mark.parametrize("kind", SPYING)
def test_the_box_holds_nothing_to_spy_on_and_nothing_to_change(all_spies, kind):
    assert all_spies[f"{kind}-check"]["said"] == ""
    assert all_spies[f"{kind}-check"]["points"] == 2


def test_no_connection_leaves_the_box():
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.5)
        arrived = []

        def listen():
            while not stopped.is_set():
                with contextlib.suppress(TimeoutError):
                    arrived.append(server.accept())

        stopped = threading.Event()
        thread = threading.Thread(target=listen)
        thread.start()
        code = f"import socket\nsocket.create_connection(('127.0.0.1', {server.getsockname()[1]}), timeout=2)\nreturn 0"
        found = by_name(graded(function(code))[0])
        stopped.set()
        thread.join()
    assert re.search("Error", found["slide-check"]["said"])
    assert arrived == []


def test_memory_is_counted_over_all_processes_of_the_box():
    limits = Limits(cell=15, call=30, memory=300 * MEGABYTE)
    fill = function("os.fork()\nkept = np.ones(2 * 10**7)\n__import__('time').sleep(60)")
    result, _ = graded(fill, limits)
    assert_costs_its_cell_alone(result, "More than 300 MiB of memory were in use while slide was called")


def test_what_is_left_running_in_the_box_ends_with_it():
    before = spinning()
    result, _ = graded(LEFT + RIGHT)
    assert by_name(result)["slide-check"]["points"] == 2
    assert by_name(result)["double-check"]["points"] == 1
    end = time.monotonic() + 10
    while spinning() - before and time.monotonic() < end:
        time.sleep(0.1)
    assert spinning() - before == set()


def spinning():
    """The workers that run on this machine."""
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if b"inside/worker.py" in (folder / "cmdline").read_bytes() and str(os.getpid()) in family(folder):
                found.add(folder.name)
        except OSError:
            pass
    return found


def family(folder):
    """The ids of a process's forebears; a process whose parent is gone has none of ours."""
    ids = []
    while folder.name not in ("0", "1"):
        folder = folder.with_name((folder / "stat").read_text().rpartition(")")[2].split()[1])
        ids.append(folder.name)
    return ids


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe\x00", "not JSON"),
        (b'{"nbformat": 4, "cells": ', "not JSON"),
        (b"[" * 200_000, "nested too deeply"),
        (b"[]", "not a notebook of format 4"),
        (b'{"nbformat": 3, "worksheets": []}', "not a notebook of format 4"),
        (b'{"nbformat": 4, "cells": 7}', "not a notebook of format 4"),
        (b'{"nbformat": 4, "cells": [' + b"1," * 5000 + b"1]}", "more than 1000 cells"),
        (b" " * (11 * MEGABYTE), "larger than 10 MiB"),
        (b'{"nbformat": 4, "a": ' + b"9" * 6000 + b"}", "not"),
    ],
    ids=["empty", "bytes", "cut off", "deep", "list", "format 3", "number", "cells", "oversized", "number too long"],
)
def test_what_is_no_notebook_has_no_points_and_a_reason(data, said):
    result = grade_one(SOURCE, data, "practice", LIMITS)
    assert said in " ".join(result["notes"])
    assert [each["points"] for each in result["cells"]] == [0, 0, 0, 0]


def test_cells_of_wrong_form_are_left_out():
    strange = [None, 7, [], {}, {"cell_type": "code"}, {"cell_type": "code", "source": 7, "metadata": 7}]
    strange += [
        {"cell_type": "code", "source": ["x = ", 1, "2"], "metadata": {"nbgrader": {"grade_id": ["a"], "points": "b"}}}
    ]
    result = grade_one(SOURCE, notebook([*strange, *cells(more="")]), "practice", LIMITS)
    assert [each["points"] for each in result["cells"]] == [2, 3, 1, None]


def test_code_that_no_parser_survives_stays_in_the_box():
    bombs = ["-" * 10**5 + "1", "x = " * 10**5 + "1", "a" + ".a" * 10**5, 'student = "ada' + '"' * 10**5]
    mine = cells()
    mine[3:3] = [cell("code", bomb) for bomb in bombs]
    result = grade_one(SOURCE, notebook(mine), "practice", LIMITS)
    assert by_name(result)["slide-check"]["points"] == 2
    assert by_name(result)["double-check"]["points"] == 1


def test_tests_and_points_that_were_edited_count_for_nothing():
    mine = cells(slide="", more="assert True")
    for each in mine:
        marks = each["metadata"].get("nbgrader", {})
        if "points" in marks:
            marks["points"] = 100
        if marks.get("grade_id") == "slide-check":
            each["source"] = "print('all tests passed')"
    mine.append(cell("code", "pass", "bonus", 50))
    result = grade_one(SOURCE, notebook(mine), "practice", LIMITS)
    assert [(each["points"], each["max"]) for each in result["cells"]] == [(0, 2), (0, 3), (1, 1), (None, 4)]


def test_cells_that_were_deleted_or_doubled_are_graded_as_they_can_be():
    mine = [each for each in cells() if each["metadata"].get("nbgrader", {}).get("grade_id") != "slide-check"]
    mine += [cell("markdown", "Another.", "why", 4, solution=True), cell("code", DOUBLED, "double", solution=True)]
    result = grade_one(SOURCE, notebook(mine), "practice", LIMITS)
    assert by_name(result)["slide-check"]["points"] == 2
    assert by_name(result)["double-check"]["points"] == 1
    assert by_name(result)["why"]["answer"] == "Because."
    assert result["notes"] == ["Two cells are marked 'why'; the first was taken."]


DOUBLED = "def double(x):\n    return 3 * x"


def test_a_process_that_is_ended_again_and_again_is_not_started_for_ever():
    mine = cells()
    mine[3:3] = [cell("code", "os._exit(0)") for _ in range(50)]
    started = time.monotonic()
    result = grade_one(SOURCE, notebook(mine), "practice", LIMITS)
    assert time.monotonic() - started < 60
    assert "ended its process 8 times" in by_name(result)["slide-check"]["said"]


def test_magic_lines_are_skipped():
    found = by_name(graded("%matplotlib inline\n!touch x\n" + RIGHT)[0])
    assert found["slide-check"]["points"] == 2


def test_a_name_that_changes_later_has_its_value_of_then():
    mine = cells(slide="factor = 1\n" + RIGHT.replace("return ", "return factor * "))
    mine.append(cell("code", "factor = 7"))
    mine.insert(8, cell("code", "factor = 5"))
    result = grade_one(SOURCE, notebook(mine), "practice", LIMITS)
    assert by_name(result)["slide-check"]["points"] == 2


def test_a_pure_function_answers_alike_twice():
    first, second = (
        grade_one(SOURCE, submission(slide=function("return 1 / 0")), "practice", LIMITS) for _ in range(2)
    )
    assert first == second
