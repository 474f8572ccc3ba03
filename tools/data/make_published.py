"""Make the files in ``published/`` from two npm packages: ``python tools/data/make_published.py SELFIE FACE``.

SELFIE and FACE are the files that ``npm pack @mediapipe/selfie_segmentation@0.1.1675465747`` and
``npm pack @vladmandic/face-api@1.7.15`` fetch. Reading the first needs ``tflite`` and ``flatbuffers`` from PyPI,
which nothing else does. Weights keep the numbers they were published with, half precision or bytes; only their axes
are put into our order, and they get the names of our layers, whose order is that of the published graph.
"""

from __future__ import annotations

import json
import math
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from lib.data.files import Source, write_sources
from lib.data.published import FOLDER, MINIMUM, STEP
from lib.learn import FaceDetector, Module, SelfieSegmenter

SOURCES = {
    "selfie": Source(
        "selfie.npz",
        "Weights of MediaPipe's selfie segmentation",
        "The MediaPipe Authors",
        "Apache-2.0",
        "@mediapipe/selfie_segmentation 0.1.1675465747",
        "mediapipe2023selfie",
    ),
    "face": Source(
        "face.npz",
        "Weights of face-api's tiny face detector",
        "Vincent Mühler and Vladimir Mandic",
        "MIT",
        "@vladmandic/face-api 1.7.15",
        "mandic2025face",
    ),
}
MODEL = "package/selfie_segmentation.tflite"
MANIFEST = "package/model/tiny_face_detector_model-weights_manifest.json"
BYTES, LICENCE = "package/model/tiny_face_detector_model.bin", "package/LICENSE"
# Where the axes (O, kh, kw, C) of TensorFlow Lite, (1, kh, kw, C) of a depthwise kernel and (kh, kw, C, O) go.
TO_KERNEL, TO_DEPTHWISE, TO_TRANSPOSED, FROM_LAST = (0, 3, 1, 2), (3, 0, 1, 2), (3, 0, 1, 2), (3, 2, 0, 1)


def member(package: str | Path, name: str) -> bytes:
    """Return the bytes of one file of a package."""
    with tarfile.open(package) as archive:
        file = archive.extractfile(name)
        if file is None:
            raise ValueError(f"package must hold the file {name}, got a folder of that name in {package}")
        return file.read()


def selfie_arrays(model: bytes) -> Iterator[np.ndarray]:
    """Yield kernel and bias of every convolution of a TensorFlow Lite model, in the order they are carried out."""
    import tflite

    graph = tflite.Model.GetRootAsModel(model, 0)
    plan = graph.Subgraphs(0)
    numbers = {tflite.TensorType.FLOAT16: np.float16, tflite.TensorType.FLOAT32: np.float32}
    # Half-precision weights pass through an operation that widens them: what it reads is what was published.
    widened = {}
    for place in range(plan.OperatorsLength()):
        step = plan.Operators(place)
        code = graph.OperatorCodes(step.OpcodeIndex())
        kind = max(code.BuiltinCode(), code.DeprecatedBuiltinCode())
        if kind == tflite.BuiltinOperator.DEQUANTIZE:
            widened[step.Outputs(0)] = step.Inputs(0)
            continue

        axes = {
            tflite.BuiltinOperator.CONV_2D: TO_KERNEL,
            tflite.BuiltinOperator.DEPTHWISE_CONV_2D: TO_DEPTHWISE,
            tflite.BuiltinOperator.CUSTOM: TO_TRANSPOSED,
        }.get(kind)
        if axes is None:
            continue

        for place_of_input in (1, 2):
            tensor = plan.Tensors(widened[step.Inputs(place_of_input)])
            stored = graph.Buffers(tensor.Buffer()).DataAsNumpy().tobytes()
            array = np.frombuffer(stored, numbers[tensor.Type()]).reshape(tensor.ShapeAsNumpy())
            yield array.transpose(axes) if array.ndim == 4 else array


def face_arrays(manifest: bytes, stored: bytes) -> Iterator[tuple[np.ndarray, float, float]]:
    """Yield the bytes of every array of a TensorFlow.js model, with the step and the minimum that go with them."""
    first = 0
    for entry in json.loads(manifest)[0]["weights"]:
        shape, quantization = entry["shape"], entry["quantization"]
        array = np.frombuffer(stored, np.uint8, math.prod(shape), first).reshape(shape)
        first += array.size

        depthwise = entry["name"].endswith("depthwise_filter")  # (kh, kw, C, 1)
        axes = (2, 3, 0, 1) if depthwise else FROM_LAST
        yield array.transpose(axes) if array.ndim == 4 else array, quantization["scale"], quantization["min"]
    if first != len(stored):
        raise ValueError(f"stored must hold the {first} bytes that the manifest lists, got {len(stored)}")


def named(network: Module, arrays: list[np.ndarray]) -> dict[str, np.ndarray]:
    """Return arrays by the names of a network's parameters, whose order and shapes they must have."""
    names = {name: parameter.shape for name, parameter in network.named_parameters()}
    if [array.shape for array in arrays] != list(names.values()):
        raise ValueError(f"arrays must have the shapes {[*names.values()]}, got {[array.shape for array in arrays]}")
    return {name: np.ascontiguousarray(array) for name, array in zip(names, arrays, strict=True)}


def main(selfie: str, face: str) -> None:
    """Write the weights of both networks, what their licences ask for, and ``sources.json``."""
    FOLDER.mkdir(exist_ok=True)
    np.savez(FOLDER / "selfie.npz", **named(SelfieSegmenter(), [*selfie_arrays(member(selfie, MODEL))]))

    arrays, steps, minima = zip(*face_arrays(member(face, MANIFEST), member(face, BYTES)), strict=True)
    stored = named(FaceDetector(), [*arrays])
    for name, step, minimum in zip([*stored], steps, minima, strict=True):
        stored |= {name + STEP: np.float64(step), name + MINIMUM: np.float64(minimum)}
    np.savez(FOLDER / "face.npz", **stored)

    (FOLDER / "LICENSE.txt").write_bytes(member(face, LICENCE))
    write_sources(FOLDER, SOURCES)
    for source in SOURCES.values():
        print(f"{source.file}: {(FOLDER / source.file).stat().st_size // 1000} kB")


if __name__ == "__main__":
    main(*sys.argv[1:])
