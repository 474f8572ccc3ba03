"""What an exercise asks its author to write cannot be called, and its right answer cannot be asked for, in any way."""

from __future__ import annotations

import json
import marshal
import os
import re
import subprocess
import sys
import types
from pathlib import Path

import nbformat
import notebooks
import numpy as np
import pytest

from grader import Limits, grade_one
from grader.box import Box
from grader.contents import needed_packages
from grader.withholding import modules_without
from lib import learn, ops
from lib.ops import by_loops
from lib.teach import Implement, exercises
from lib.teach.withheld import COMPUTED_BY, Withheld, functions_of, watched
from lib.teach.withheld import _fingerprint as fingerprint

from .classroom import RIGHT, as_many, by_name, needs_a_box

ROOT = Path(__file__).parents[2]
LIMITS = Limits(cell=20, call=10, whole=200, starts=40)

REFUSED = r"(conv2d|conv_transpose2d|unfold|matrix_of) cannot be called here, in no way and under no name"


def sliding(body, before=""):
    """The code of ``slide`` with this body."""
    return f"{before}\ndef slide(x, kernel, stride, padding):\n    " + body.replace("\n", "\n    ")


AS_A_BATCH = "(x[None, None], kernel[None, None], None, (stride,) * 2, (padding,) * 2)[0, 0]"
CALL = "(x, kernel, stride=stride, padding=padding)"
TURNED = "(x, kernel[::-1, ::-1], padding=(kernel.shape[0] - 1 - padding, kernel.shape[1] - 1 - padding))"

# Ways to have ``slide`` done by the library. Each ends in a clear message and no points.
CALLS = {
    "plainly": sliding(f"return conv2d{CALL}"),
    "from ops": sliding(f"import lib.ops\nreturn lib.ops.conv2d{CALL}"),
    "from its module": sliding(f"from lib.ops.convolution import conv2d as f\nreturn f{CALL}"),
    "without its wrapper": sliding(f"return conv2d.__wrapped__{CALL}"),
    "by its record": sliding(f"return conv2d.record{CALL}[0]"),
    "by loops": sliding(f"from lib.ops.by_loops import conv2d_by_loops\nreturn conv2d_by_loops{AS_A_BATCH}"),
    "by its fast core": sliding(
        "from lib.ops.fast.correlation import correlate\n"
        "rows, columns = [(n + 2 * padding - k) // stride + 1 for n, k in zip(x.shape, kernel.shape)]\n"
        "y = np.zeros((1, 1, rows, columns))\n"
        "correlate(x[None, None] * 1.0, kernel[None, None] * 1.0, ((padding,) * 2,) * 2, (stride,) * 2, (1, 1), 1, y)\n"
        "return y[0, 0]"
    ),
    "under another name": sliding(f"return mine{CALL}", "mine = conv2d"),
    "bound in a default": f"def slide(x, kernel, stride, padding, f=conv2d):\n    return f{CALL}",
    "in a closure": f"def made(f):\n    return lambda x, kernel, stride, padding: f{CALL}\nslide = made(conv2d)\n"
    + sliding("return kept(x, kernel, stride, padding)", "kept = made(conv2d)"),
    "by partial": sliding(
        "return mine(x, kernel, stride=stride, padding=padding)", "import functools\nmine = functools.partial(conv2d)"
    ),
    "by map": sliding("return next(map(conv2d, [x], [kernel], [None], [stride], [padding]))"),
    "by getattr": sliding(f"import lib\nreturn getattr(lib, 'conv' + '2d'){CALL}"),
    "through a Tensor": sliding(f"from lib import Tensor\nx = Tensor(x * 1.0)\nreturn conv2d{CALL}.data"),
    "through a Tensor that records": sliding(
        f"from lib import Tensor\nx = Tensor(x * 1.0, requires_grad=True)\nreturn conv2d{CALL}.data"
    ),
    "by a layer": sliding(
        "from lib.learn import Conv2d\nlayer = Conv2d(1, 1, kernel.shape, stride, padding, bias=False)\n"
        "layer.weight.data = kernel[None, None].astype(np.float32)\n"
        "return layer(x[None, None].astype(np.float32)).data[0, 0]"
    ),
    "as a gradient": sliding(
        "from lib import Tensor, conv_transpose2d\n"
        "rows, columns = [(n + 2 * padding - k) // stride + 1 for n, k in zip(x.shape, kernel.shape)]\n"
        "y = Tensor(np.zeros((rows, columns)), requires_grad=True)\n"
        "up = conv_transpose2d(y, kernel * 1.0, stride=stride, padding=padding)\n"
        "up.backward(x[:up.shape[0], :up.shape[1]] * 1.0)\nreturn y.grad"
    ),
    "as its transpose": sliding(f"from lib import conv_transpose2d\nreturn conv_transpose2d{TURNED}"),
    "by unfold": sliding(
        "from lib import unfold\ncolumns = unfold(x[None, None], kernel.shape, 1, padding, stride)\n"
        "return (kernel.ravel() @ columns[0])"
    ),
    "as a matrix": sliding(
        "from lib import matrix_of\nC = matrix_of(conv2d, x.shape, kernel, stride=stride, padding=padding)\n"
        "return C @ x.ravel()"
    ),
    "imported anew": sliding(
        "import sys\nfor name in [n for n in sys.modules if n.startswith('lib')]:\n    del sys.modules[name]\n"
        f"import lib\nreturn lib.conv2d{CALL}"
    ),
    "loaded anew": sliding(
        f"import importlib, lib.ops.convolution as m\nm = importlib.reload(m)\nreturn m.conv2d{CALL}"
    ),
    "after catching the refusal": sliding(f"try:\n    return conv2d{CALL}\nexcept Exception:\n    return conv2d{CALL}"),
    "in a thread": sliding(
        "import threading\nkept = []\n"
        f"t = threading.Thread(target=lambda: kept.append(conv2d{CALL}))\nt.start()\nt.join()\nreturn kept[0]"
    ),
    "from its source text": sliding(
        "import lib.ops.convolution as m\nmine = {}\nexec(open(m.__file__).read(), mine)\n"
        f"return mine['conv2d']{CALL}"
    ),
    "from its source text, renamed": sliding(
        "import inspect, lib.ops.by_loops as m\nmine = dict(vars(m))\n"
        "exec(inspect.getsource(m.conv2d_by_loops).replace('conv2d_by_loops', 'other'), mine)\n"
        f"return mine['other']{AS_A_BATCH}"
    ),
    "by its code": sliding(
        "import types, lib.ops.by_loops as m\n"
        "mine = types.FunctionType(m.conv2d_by_loops.__code__, vars(m))\n"
        f"return mine{AS_A_BATCH.replace(')[0, 0]', ', (1, 1), 1)[0, 0]')}"
    ),
}

# In the box there is no source text, and a thread ends alone.
OTHERWISE = {
    "from its source text": "UnicodeDecodeError",
    "from its source text, renamed": "OSError: could not get source code",
    "in a thread": "IndexError: list index out of range",
}

# Ways to the right answers, or to the operation, past what the box holds.
ANSWERS = {
    "the exercise's own": sliding(
        "from lib.teach.chapters.convolution import SLIDE\nreturn SLIDE.right(x, kernel, stride, padding)"
    ),
    "all exercises": sliding(
        "from lib.teach import exercises\nreturn exercises()['slide'].right(x, kernel, stride, padding)"
    ),
    "imported by name": sliding(
        "import importlib\nreturn importlib.import_module('lib.teach.chapters.convolution').SLIDE.right"
        "(x, kernel, stride, padding)"
    ),
    "the real check": sliding(
        "from lib.teach.checking import find\nreturn find('slide').right(x, kernel, stride, padding)"
    ),
    "the source of the exercises": sliding(f"return open({str(ROOT / 'exercises' / 'convolution.ipynb')!r}).read()"),
    "the grader's": sliding("from grader.one import quiet_check\nreturn 0"),
    "compiled files": sliding(
        "import glob, marshal\nfound = glob.glob('/course/**/__pycache__/convolution*.pyc', recursive=True)\n"
        "return open(found[0], 'rb').read() if found else {}['no such file']"
    ),
    "an installed copy": sliding(
        "import sys\nsys.path[:] = [p for p in sys.path if 'packages' in p]\n"
        "for name in [n for n in sys.modules if n.startswith('lib')]:\n    del sys.modules[name]\n"
        f"import lib\nreturn lib.conv2d{CALL}"
    ),
    "SciPy": sliding("from scipy.signal import correlate2d\nreturn correlate2d(x, kernel, 'valid')"),
    "PyTorch": sliding("import torch\nreturn torch.zeros(1).numpy()"),
    "the system's packages": sliding(
        "import sys, glob\nsys.path += glob.glob('/usr/lib/python3*/dist-packages')\nimport scipy\nreturn 0"
    ),
}


@needs_a_box()
class TestInTheBox:
    """A hostile author gets no points by any of these."""

    @pytest.fixture(scope="class")
    def all_calls(self):
        ways = {**CALLS, **ANSWERS, "own work": RIGHT}
        # What breaks the process comes last.
        ordered = sorted(ways.items(), key=lambda way: "del sys.modules" in way[1])
        return by_name(grade_one(*as_many(dict(ordered)), "practice", LIMITS))

    @pytest.mark.parametrize("way", CALLS)
    def test_the_operation_is_refused_however_it_is_reached(self, all_calls, way):
        found = all_calls[f"{way}-check"]
        assert found["points"] == 0
        assert re.search(OTHERWISE.get(way, REFUSED), found["said"]), found["said"]

    @pytest.mark.parametrize("way", ANSWERS)
    def test_no_answer_and_no_other_library_is_there(self, all_calls, way):
        found = all_calls[f"{way}-check"]
        assert found["points"] == 0
        absent = f"ModuleNotFoundError|ImportError|FileNotFoundError|KeyError|{REFUSED}"
        assert re.search(absent, found["said"]), found["said"]

    def test_own_work_beside_them_has_its_points(self, all_calls):
        assert [all_calls[name]["points"] for name in ("own work-check", "double-check")] == [2, 1]

    @pytest.mark.parametrize("chapter", ["convolution", "networks"])
    def test_asking_the_exercises_for_their_answers_earns_nothing(self, chapter):
        result = grade_one(*handed_in(chapter, asking), "ada", LIMITS)
        points = {cell["name"]: cell["points"] for cell in result["cells"] if "test" in cell["kind"]}
        assert points == dict.fromkeys(points, 0)
        assert sum(cell["max"] for cell in result["cells"] if "test" in cell["kind"]) >= 26


LISTING = """import os, sys

def listing(top):
    return [os.path.relpath(os.path.join(folder, name), top) for folder, _, names in os.walk(top) for name in names]

def packages():
    return [name for folder in sys.path if folder.endswith("-packages") for name in os.listdir(folder)]"""


@needs_a_box()
@pytest.mark.parametrize("withheld", [(), ("conv2d", "cross_entropy")], ids=["everything", "less some operations"])
def test_the_box_holds_the_worker_the_library_and_what_that_needs_and_nothing_else(withheld):
    with Box(LIMITS, withheld) as box:
        box.start()
        box.ask("run", "listing", LISTING, seconds=10, during="here")
        course = set(box.ask("call", "listing", ("/course",), {}, seconds=10, during="here"))
        packages = set(box.ask("call", "packages", (), {}, seconds=10, during="here"))
    assert {name for name in course if "teach/" in name} == {"lib/teach/__init__.py", "lib/teach/withheld.py"}
    assert {Path(name).parts[:2] for name in course} == {
        *{("lib", path.name) for path in (ROOT / "lib").iterdir() if path.name != "__pycache__"},
        ("grader", "inside"),
    }
    own = {"__init__.py", "teach.py", "wire.py", "worker.py"}
    assert {Path(name).name for name in course if name.startswith("grader") and "__pycache__" not in name} == own
    changed = {"ops", "learn"} if withheld else set()
    assert {Path(name).parts[1] for name in course if name.endswith(".pyc") and "__pycache__" not in name} == changed
    assert not [name for name in course if Path(name).parts[1] in changed and name.endswith(".py")]
    assert packages == {path.name for path in needed_packages()}
    assert not {"scipy", "torch", "cv2", "skimage", "lib", "nbgrader", "pytest"} & packages


def asking(exercise, arguments):
    """The body of a function that asks an exercise for its right answer."""
    numbers = arguments if isinstance(exercise, Implement) else f"*numbers_for(student, {exercise.name!r})"
    return f"from lib.teach import exercises\nreturn exercises()[{exercise.name!r}].right({numbers})"


def handed_in(chapter, body):
    """A chapter's source, and the students' notebook with a function's body put in the place of each stub."""
    path = ROOT / "exercises" / f"{chapter}.ipynb"
    source = nbformat.read(path, as_version=4)
    notebook = nbformat.read(ROOT / "chapters" / chapter / "exercises.ipynb", as_version=4)
    named = {}
    for cell in source.cells:
        for exercise, function in re.findall(r'check\("([\w-]+)", (\w+)', cell.source):
            named[function] = exercise
    for cell in notebook.cells:
        cell.source = cell.source.replace('student = "practice"', 'student = "ada"')
        stub = re.match(r"def (\w+)\((.*)\):\n", cell.source)
        if stub and cell.metadata.get("nbgrader", {}).get("solution"):
            made = body(exercises()[named[stub[1]]], stub[2])
            if made:
                cell.source = stub[0] + "    " + made.replace("\n", "\n    ")
    return path.read_bytes(), notebooks.text_of(notebook).encode()


# Functions of other chapters that call what they should write; what is not named here stays undone.
BORROWED = {
    "transposed-convolution": {
        "scatter": "return conv_transpose2d(x, kernel, None, stride, padding, output_padding)",
        "one-phase": "return conv_transpose2d(x, kernel, stride=stride)[row::stride, column::stride]",
        "mended-up": "return conv_transpose2d(x, weight, stride=2)",
    },
    "unpooling": {
        "pool-with-indices": "return max_pool2d(x, kernel_size, stride, padding, return_indices=True)",
        "unpool": "return max_unpool2d(values, indices, 2, output_size=(height, width))",
        "mended-unpool": "return max_unpool2d(values, indices, 2, output_size=(height, width))",
        "send-back": (
            "from lib import Tensor\nplane = Tensor(np.zeros((height, width)), requires_grad=True)\n"
            "max_pool2d(plane, height - len(gradient) + 1, 1)\nraise RuntimeError('not refused')"
        ),
    },
    "upsampling": {
        "linear": "return interpolate(line[None], (1, size), mode='bilinear', align_corners=align_corners)[0]",
        "mended-start": (
            "from lib.learn import Parameter, bilinear_\nk = 2 * s - s % 2\n"
            "return bilinear_(Parameter(np.zeros((channels, channels, k, k)))).data"
        ),
        "shuffle": "return pixel_shuffle(x, r)",
        "psnr-inside": "inner = np.s_[border:len(image) - border, border:image.shape[1] - border]\n"
        "return psnr(image[inner], reference[inner])",
    },
    "networks": {
        "relu-backward": (
            "from lib import Tensor\nfrom lib.learn import relu_rule\nx = Tensor(x, requires_grad=True)\ny = x.relu()\n"
            "with relu_rule(rule):\n    y.backward(gradient)\nreturn x.grad"
        ),
        "pixel-loss": "return float(cross_entropy(scores[None], target[None]))",
        "mended-score": "return mean_iou(predicted, reference, classes)",
    },
}


@needs_a_box()
@pytest.mark.parametrize("chapter", BORROWED)
def test_in_every_chapter_what_is_called_instead_of_written_is_refused(chapter):
    def body(exercise, _):
        return BORROWED[chapter].get(exercise.name)

    cells = grade_one(*handed_in(chapter, body), "ada", LIMITS)["cells"]
    tested = {cell["name"].rpartition("-")[0]: cell for cell in cells if cell["kind"] == "test"}
    for name in BORROWED[chapter]:
        assert tested[name]["points"] == 0
        assert "cannot be called here" in tested[name]["said"], name


# In a student's own process ------------------------------------------------------------------------------------------

TRIED = r"""
import json, sys
import numpy as np
from lib.teach import check

outcomes, loaded = {}, dict(sys.modules)
for way, code in json.load(sys.stdin).items():
    cell = {"__name__": "__main__"}
    exec(compile("import os\nimport numpy as np\nfrom lib import conv2d", "ipykernel_7/1.py", "exec"), cell)
    exec(compile(code, "ipykernel_7/2.py", "exec"), cell)
    try:
        check("slide", cell["slide"])
        outcomes[way] = ""
    except BaseException as fault:
        outcomes[way] = str(fault)
    sys.modules.clear()
    sys.modules.update(loaded)
print(json.dumps(outcomes))
"""


@pytest.fixture(scope="module")
def tried():
    """What ``check`` says to each way, in a process of its own: some of them change the process."""
    ways = {**CALLS, "own work": RIGHT, "copied by hand": COPIED}
    done = subprocess.run(
        [sys.executable, "-c", TRIED],
        input=json.dumps(ways),
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


# The library's own loops, word for word, as somebody may copy them out by hand: that is writing it.
COPIED = (
    "from lib.checks import working_dtype\nfrom lib.ops.padding import pad\n"
    "from lib.ops.sizes import conv_output_size, resolve_padding\n\n"
    + Path(by_loops.__file__)
    .read_text(encoding="utf-8")
    .split("\n\n\n")[1]
    .replace(": Pair | str", "")
    .replace(": Pair", "")
    + f"\n\ndef slide(x, kernel, stride, padding):\n    return conv2d_by_loops{AS_A_BATCH}"
)


@pytest.mark.parametrize("way", CALLS)
def test_check_refuses_the_operation_however_it_is_reached(tried, way):
    assert re.search(f"^slide: {REFUSED}", tried[way]), tried[way]


def test_check_lets_own_work_pass_also_if_it_is_a_copy(tried):
    assert tried["own work"] == ""
    assert tried["copied by hand"] == ""


def test_a_watch_leaves_no_trace():
    def mine(x):
        raise KeyError(x)

    before = sys.getprofile()
    with pytest.raises(KeyError):
        watched(("conv2d",), mine)(3)
    assert sys.getprofile() is before
    assert watched((), mine) is mine
    with pytest.raises(Withheld, match="conv2d cannot"):
        watched(("conv2d",), ops.conv2d)(np.eye(3), np.eye(2))


# What computes an operation ------------------------------------------------------------------------------------------

PLANES = np.arange(32.0).reshape(1, 2, 4, 4)
SWITCHES = ops.max_pool2d(PLANES, 2, return_indices=True)
LARGE, KERNELS = np.ones((2, 4, 70, 70), np.float32), np.ones((4, 4, 3, 3), np.float32)
USES = {
    "conv2d": [
        lambda: ops.conv2d(PLANES, np.ones((1, 2, 2, 2))),
        lambda: ops.conv2d(LARGE, KERNELS, dilation=2),
        lambda: ops.conv2d(LARGE, KERNELS, stride=2, dilation=(3, 2)),
        lambda: by_loops.conv2d_by_loops(PLANES, np.ones((1, 2, 2, 2))),
    ],
    "conv_transpose2d": [
        lambda: ops.conv_transpose2d(PLANES, np.ones((2, 1, 2, 2)), stride=2),
        lambda: by_loops.conv_transpose2d_by_loops(PLANES, np.ones((2, 1, 2, 2))),
    ],
    "unfold": [lambda: ops.unfold(PLANES, 2)],
    "fold": [lambda: ops.fold(np.ones((1, 8, 9)), (4, 4), 2)],
    "matrix_of": [lambda: ops.matrix_of(lambda x: 2 * x, (2, 2))],
    "max_pool2d": [
        lambda: ops.max_pool2d(PLANES, 2),
        lambda: ops.max_pool2d(PLANES, 3, 1, 1, return_indices=True),
        lambda: by_loops.max_pool2d_by_loops(PLANES, (2, 2), (2, 2)),
    ],
    "max_unpool2d": [
        lambda: ops.max_unpool2d(*SWITCHES, 2),
        lambda: by_loops.max_unpool2d_by_loops(*SWITCHES, (4, 4)),
    ],
    "interpolate": [
        *(lambda mode=mode: ops.interpolate(PLANES, (7, 9), mode=mode) for mode in ("nearest", "bilinear", "bicubic")),
        lambda: by_loops.interpolate_by_loops(PLANES, (7, 9), "bilinear"),
    ],
    "interpolation_matrix": [lambda: ops.interpolation_matrix(4, 7), lambda: ops.interpolation_matrix(7, 3)],
    "pixel_shuffle": [lambda: ops.pixel_shuffle(np.ones((1, 4, 2, 2)), 2), lambda: ops.pixel_unshuffle(PLANES, 2)],
    "psnr": [lambda: ops.psnr(PLANES / 40, PLANES / 50)],
    "bilinear_": [lambda: learn.bilinear_(learn.Parameter(np.ones((2, 2, 4, 4))))],
    "relu": [lambda: learn.Tensor(PLANES, requires_grad=True).relu("guided").backward(PLANES)],
    "cross_entropy": [
        lambda: learn.cross_entropy(PLANES, np.zeros((1, 4, 4), int)),
        lambda: learn.binary_cross_entropy_with_logits(PLANES, np.zeros(PLANES.shape)),
    ],
    "paired_difference": [lambda: learn.paired_difference([3.0, 4.0, 6.0], [2.0, 2.5, 4.0])],
    "iou": [lambda: learn.iou(*[np.eye(3, dtype=int)] * 2, 2), lambda: learn.mean_iou(*[np.eye(3, dtype=int)] * 2, 2)],
}

# An operation that another is made from, and that may be at hand where only the other is withheld.
MADE_FROM = {"conv_transpose2d": "conv2d", "interpolation_matrix": "interpolate"}

# What operations share and no exercise asks for: checks, sizes, zeros around a plane, buffers, the records of tensors.
SHARED = (
    "lib.checks:.*|lib.ops.sizes:.*|lib.ops.dispatch:.*|lib.ops.padding:.*|lib.ops.fast.strips:.*"
    r"|lib.ops.windows:(window_view|taps_along|steps_taken|planes_with_border|_as_window|_check_columns)"
    r"|lib.learn.tensor:(?!Tensor\.relu).*|lib.learn.relu_rules:(as_rule|rule_in_force)|.*:<\w+>|.*<locals>.*"
    r"|lib.ops.convolution:_\w+|lib.ops.averaging:as_divisor|lib.learn.initialisation:as_random|lib.ops.pooling:(_unpooled_size|_first_taps|_Windows\.(first_taps|strips))|lib.ops.metrics:_pair"
    r"|lib.learn.losses:(_classes|_same_shape|_filled|_reduced|_binary)|lib.learn.metrics:(_class_maps|_pair_of_maps)"
    r"|lib.learn.statistics:(student_quantile|_quantile|Difference.*)|lib.learn.(modules|initialisation):(Parameter|Module)?.*__\w+__|lib.learn.modules:.*"
)


def functions_run(call):
    """The library's functions that run meanwhile."""
    met = set()

    def look(frame, event, _):
        name = frame.f_globals.get("__name__", "")
        if event == "call" and name.startswith("lib.") and not name.startswith("lib.teach"):
            met.add(f"{name}:{frame.f_code.co_qualname}")

    before = sys.getprofile()
    sys.setprofile(look)
    try:
        call()
    finally:
        sys.setprofile(before)
    return met


@pytest.mark.parametrize("operation", COMPUTED_BY)
def test_all_that_computes_an_operation_is_withheld_with_it(operation):
    withheld = {f"{module}:{name}" for module, names in functions_of(operation).items() for name in names}
    parts = functions_of(MADE_FROM[operation]).items() if operation in MADE_FROM else ()
    others = {f"{module}:{name}" for module, names in parts for name in names}
    met = set().union(*map(functions_run, USES[operation]))
    assert {name for name in met - withheld - others if not re.fullmatch(SHARED, name)} == set()
    assert met & withheld


def test_an_operation_that_is_not_known_cannot_be_withheld():
    with pytest.raises(ValueError, match=r"operation must be one of conv2d, .*, got 'conv3d'"):
        functions_of("conv3d")


@pytest.mark.parametrize("operation", COMPUTED_BY)
def test_what_lies_in_the_box_has_none_of_its_code(operation):
    named = functions_of(operation)
    compiled = {name: marshal.loads(data[16:]) for name, data in modules_without((operation,)).items()}
    assert {module.replace(".", "/") + ".pyc" for module in named} <= compiled.keys()
    for module, names in named.items():
        codes = {code.co_qualname: code for code in within(compiled[module.replace(".", "/") + ".pyc"])}
        for name in names:
            assert codes[name].co_consts[-2:] == (("Withheld",), operation), f"{module}: {name}"
            assert codes[name].co_names == ("lib.teach.withheld", "Withheld")


def test_no_other_function_of_the_library_is_taken_for_a_withheld_one():
    codes = {}
    for path in (ROOT / "lib").rglob("*.py"):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        codes |= {
            (module, code.co_qualname): code for code in within(compile(path.read_text("utf-8"), str(path), "exec"))
        }
    for operation in COMPUTED_BY:
        named = {(module, name) for module, names in functions_of(operation).items() for name in names}
        marks = {fingerprint(codes[place]) for place in named}
        assert {place for place, code in codes.items() if fingerprint(code) in marks} == named


def within(code):
    """All functions in a piece of code."""
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield constant
            yield from within(constant)


def test_every_exercise_withholds_only_what_can_be_withheld():
    withheld = {name for exercise in exercises().values() for name in exercise.withheld}
    assert withheld == COMPUTED_BY.keys()
