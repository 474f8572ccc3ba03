"""The segmenter in the reader's browser: its steps, written down by running the library's own, and its weights.

``SelfieSegmenter`` is run once on tensors that note what is done with them. The list of these steps, the matrices that
resize and the published weights become one file, which a page loads only when a reader asks for it. So the script in
``book/segmenter`` knows operations, and nothing of the network.
"""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from course.markup import piece
from lib import conv2d, interpolate, interpolation_matrix
from lib.data.files import read_bytes
from lib.data.published import FOLDER, published_weights
from lib.learn import Parameter, SelfieSegmenter, Tensor, no_grad
from lib.words import as_script

SCRIPTS = Path(__file__).resolve().parents[1] / "segmenter"
SIZE = 256  # rows and columns of the photograph as the network takes it
# Sizes from which the network resizes; the matrices lead to twice as many cells.
RESIZED = (16, 32, 64, 128)


class Traced(Tensor):
    """A tensor that notes in a plan what is done with it; an operation that is not foreseen here ends in an error."""

    plan: Plan
    place: int

    @classmethod
    def start(cls, plan: Plan, numbers: np.ndarray) -> Traced:
        """Return the input of a plan."""
        tensor = cls(numbers)
        tensor.plan, tensor.place = plan, 0
        return tensor

    def __operation__(self, function: Any, arguments: dict[str, Any]) -> Traced:
        """Carry out an operation of the library, and note it with its settings."""
        settings = {name: value for name, value in arguments.items() if name != "input"}
        return self._noted(function.__name__, super().__operation__(function, arguments), **settings)

    def __add__(self, other: Traced) -> Traced:
        return self._noted("add", super().__add__(other), other)

    def __mul__(self, other: Traced) -> Traced:
        return self._noted("multiply", super().__mul__(other), other)

    def relu(self, rule: str | None = None) -> Traced:
        """Note a ReLU."""
        return self._noted("relu", super().relu(rule))

    def hardswish(self) -> Traced:
        """Note a hard swish."""
        return self._noted("hardswish", super().hardswish())

    def sigmoid(self) -> Traced:
        """Note a logistic function."""
        return self._noted("sigmoid", super().sigmoid())

    def mean(self, axis: Any = None, keepdims: bool = False) -> Traced:
        """Note the mean over all places, the only one that the network takes."""
        if axis != (2, 3) or not keepdims:
            raise ValueError(f"axis must be (2, 3), with keepdims, got {axis} and {keepdims}")
        return self._noted("mean", super().mean(axis, keepdims))

    def _noted(self, operation: str, result: Traced, *others: Traced, **settings: Any) -> Traced:
        result.plan, inputs = self.plan, [self.place, *(other.place for other in others)]
        result.place = self.plan.note(operation, inputs, settings)
        return result


class Plan:
    """The steps of a network, each naming the places of what it reads; the input has the place 0."""

    def __init__(self, network: SelfieSegmenter) -> None:
        """Note where each weight of the network will lie in the file."""
        self.steps: list[dict[str, Any]] = []
        self.weights: dict[int, dict[str, Any]] = {}
        first = 0
        for parameter in network.parameters():
            self.weights[id(parameter)] = {"first": first, "shape": parameter.shape}
            first += parameter.size

    def note(self, operation: str, inputs: list[int], settings: dict[str, Any]) -> int:
        """Add a step, and return its place."""
        written = {name: self._written(value) for name, value in settings.items()}
        self.steps.append({"operation": operation, "inputs": inputs, **written})
        return len(self.steps)

    def _written(self, value: Any) -> Any:
        """Return a setting as JSON holds it: a published weight by its place in the file, any other by its numbers."""
        if isinstance(value, Parameter):
            own = {"numbers": value.data.ravel().tolist(), "shape": value.shape}
            return self.weights.get(id(value), own)
        return value


def plan_of(network: SelfieSegmenter) -> dict[str, Any]:
    """Return the plan of a network, its maps by name, and both last layers: as published, and resized and convolved."""
    plan = Plan(network)
    with no_grad():
        stages = dict(network.stages(Traced.start(plan, np.zeros((1, 3, SIZE, SIZE), np.float32))))

        weight = network.last.weight.data.mean(axis=(2, 3), keepdims=True).transpose(1, 0, 2, 3)
        small = conv2d(stages["up to 1/2"], Parameter(weight), network.last.bias, (1, 1), (0, 0), groups=1)
        resized = interpolate(small, scale_factor=2, mode="bilinear").sigmoid()

    maps = {name: stage.place for name, stage in stages.items() if name.startswith("up")}
    outputs = {"published": stages["mask"].place, "resized": resized.place}
    return {"size": SIZE, "steps": plan.steps, "maps": maps, "outputs": outputs, "matrices": matrices()}


def matrices() -> dict[int, list[list[float]]]:
    """Return, for each size, the matrix that doubles it: for each row its first column, then its weights.

    >>> matrices()[16][:2]
    [[0, 1.0], [0, 0.75, 0.25]]
    """
    found = {}
    for size in RESIZED:
        rows = interpolation_matrix(size, 2 * size, "bilinear")
        spans = [np.flatnonzero(row) for row in rows]
        found[size] = [
            [int(span[0]), *row[span[0] : span[-1] + 1].tolist()] for row, span in zip(rows, spans, strict=True)
        ]
    return found


def published_halves(network: SelfieSegmenter) -> bytes:
    """Return the weights as published, half precision, one after the other in the order of the network's parameters."""
    with np.load(io.BytesIO(read_bytes(FOLDER, "selfie")), allow_pickle=False) as stored:
        return b"".join(stored[name].astype("<f2").tobytes() for name, _ in network.named_parameters())


def write_network(folder: Path) -> None:
    """Write the scripts: the page's own, and the one that holds the network, which is loaded on a click.

    The network comes as a script that sets one global object, because a page that was opened as a file may load
    scripts but neither data nor workers.
    """
    network = SelfieSegmenter()
    network.load_state_dict(published_weights("selfie"))
    contents = {
        "plan": plan_of(network),
        "weights": base64.b64encode(published_halves(network)).decode("ascii"),
        "worker": (SCRIPTS / "worker.js").read_text(encoding="utf-8"),
    }
    written = json.dumps(contents, separators=(",", ":"))
    (folder / "segmenter-network.js").write_text(f"self.courseSegmenter={written};\n", encoding="utf-8")
    (folder / "segmenter.js").write_text(script(), encoding="utf-8")


def script() -> str:
    """Return the page's own script, in a scope of its own, behind what gives it ``say()``."""
    code = (SCRIPTS / "segmenter.js").read_text(encoding="utf-8")
    return f"(() => {{\n{as_script(code)}}})();\n"


class Segmenter(SphinxDirective):
    """Put the segmenter where it stands: hidden until its script has found what it works on."""

    def run(self) -> list[nodes.Node]:
        """Return the controls and the empty pictures."""
        return [piece("segmenter.html")]


def add_segmenter(app: Sphinx) -> None:
    """Register the directive and its script."""
    app.add_directive("segmenter", Segmenter)
    app.add_js_file("segmenter.js")
