"""The cases of the table: what is measured, beside whom, and what must be reached."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import chain

import cv2
import numpy as np
import scipy.ndimage
import scipy.signal
import skimage.measure
import torch
import torch.nn.functional as F
from PIL import Image

import lib
from benchmarks.adjoints import adjoint_cases
from benchmarks.networks import network_cases
from benchmarks.timing import Candidate, Case
from benchmarks.unet import training_step

torch.set_num_threads(1)
torch.set_grad_enabled(False)
cv2.setNumThreads(1)

RANDOM = np.random.default_rng(0)
CONV_FORWARD = [  # batch, channels, size, output channels, stride, must, aim
    (8, 16, 64, 32, 1, 1.1, 0.8),
    (16, 32, 32, 32, 1, 1.1, 0.8),
    (8, 64, 32, 64, 1, 1.5, 1.2),
    (1, 64, 128, 64, 1, 1.5, 1.2),
    (8, 64, 32, 64, 2, 1.5, 1.2),
    (1, 64, 128, 64, 2, 1.5, 1.2),
    (16, 32, 14, 32, 1, 1.8, 1.4),
]
CONV_BACKWARD = [
    (8, 16, 64, 32, 1, 1.4, 1.15),
    (8, 64, 32, 64, 1, 1.4, 1.15),
    (1, 64, 128, 64, 2, 0.9, 0.7),
]
# What keeps the cases that miss from what they must reach: shown beside those that do.
COPIES = "the matrix product alone takes about the whole time of PyTorch; copying the strips comes on top"
NOTES = {
    "convolution": COPIES,
    "convolution backward": COPIES + ", and the gradient of the kernels sums one product for each kernel row",
    "transposed convolution": COPIES + "; the results of the phases are interleaved in a second pass",
    "depthwise": "each channel is a product of its own: too small to reach the speed of one large product",
    "one channel": "padding the image and copying its rows kw times; the product itself takes a quarter of the time",
    "max unpooling": "NumPy checks every index in a pass of its own before it writes, PyTorch while it writes",
    "one 4×4": "checking the arguments and making views: the product itself takes one microsecond",
    "U-Net training": "its convolutions; each activation, addition and Adam's update is a pass over memory of its own",
}


def note_of(name: str) -> str:
    """Return the note of the longest beginning that the name of a case has."""
    return NOTES.get(max((word for word in NOTES if name.startswith(word)), key=len, default=""), "")


def normal(*shape: int) -> np.ndarray:
    """Return float32 numbers."""
    return RANDOM.standard_normal(shape, dtype=np.float32)


def all_cases() -> Iterator[Case]:
    """Yield every case in the order of the table: first those with a figure to reach."""
    asked = chain(convolution_cases(), resizing_cases(), pooling_cases(), whole_cases())
    for case in chain(asked, network_cases(), adjoint_cases()):
        yield replace(case, note=case.note or note_of(case.name))


def convolution_cases() -> Iterator[Case]:
    """Yield convolutions and transposed convolutions, and their ways back."""
    for batch, channels, size, outs, stride, must, aim in CONV_FORWARD:
        name = f"convolution {batch}×{channels}×{size}² → {outs}, 3×3, stride {stride}"
        arguments = (batch, channels, size, outs, stride)
        yield Case(name, partial(conv_forward, *arguments), must, aim, memory=True)

    for batch, channels, size, outs, stride, must, aim in CONV_BACKWARD:
        name = f"convolution backward {batch}×{channels}×{size}² → {outs}, 3×3, stride {stride}"
        arguments = (batch, channels, size, outs, stride)
        yield Case(name, partial(conv_backward, *arguments), must, aim)

    yield Case("transposed convolution 8×64×16² → 32, k4 s2 p1", conv_transpose_forward, 1.45, 1.2, memory=True)
    yield Case("transposed convolution backward 8×64×16² → 32, k4 s2 p1", conv_transpose_backward, 1.45, 1.2)

    depthwise = partial(conv_forward, 8, 64, 64, 64, 1, groups=64)
    dilated = partial(conv_forward, 8, 32, 64, 32, 1, spread=2)
    yield Case("depthwise 8×64×64², 3×3", depthwise, 1.6, 1.1, memory=True)
    yield Case("dilation 2, 8×32×64² → 32, 3×3", dilated, 1.9, 1.4, memory=True)
    for kernel in (3, 11):
        yield Case(f"one channel 512², {kernel}×{kernel}", partial(one_channel, kernel), 0.2, 0.12, memory=True)


def resizing_cases() -> Iterator[Case]:
    """Yield what resizes a photograph."""
    for mode in ("bilinear", "bicubic"):
        yield Case(f"1080p RGB {mode} ×2", partial(resize, mode, 2, False), 0.5, 0.25, tolerance=2e-3)
    for mode in ("bilinear", "bicubic"):
        yield Case(f"1080p RGB {mode} ×0.5 antialiased", partial(resize, mode, 0.5, True), 0.85, 0.5, tolerance=2e-3)

    yield Case("1080p RGB nearest ×2", partial(resize, "nearest", 2, False), 0.65, 0.5)
    yield Case("1080p RGB bilinear ×2 backward", resize_backward, 0.5, 0.25, tolerance=2e-3)


def pooling_cases() -> Iterator[Case]:
    """Yield what moves or joins values without weights."""
    yield Case("max pooling with indices 8×64×64², 2×2", max_pooling, 0.5, 0.3)
    yield Case("max unpooling 8×64×32², 2×2", max_unpooling, 0.85, 0.6)
    yield Case("average pooling 8×64×64², 2×2", average_pooling, 0.45, 0.2)
    yield Case("pixel shuffle 8×64×64², r 2", shuffling, 0.85, 0.7)


def whole_cases() -> Iterator[Case]:
    """Yield the smallest call and a whole step of training."""
    yield Case("one 4×4 with 3×3 convolution call", tiny, 10, 5, unit="µs")
    yield Case("U-Net training step 16×1×32², channels 16-32-64", partial(training_step, 16, 32), 1.4, 1.1)


def conv_forward(
    batch: int, channels: int, size: int, outs: int, stride: int, groups: int = 1, spread: int = 1
) -> dict[str, Candidate]:
    """Measure a 3×3 convolution that keeps the size at stride 1."""
    x, w = normal(batch, channels, size, size), normal(outs, channels // groups, 3, 3) / np.float32(channels)
    tx, tw = torch.from_numpy(x), torch.from_numpy(w)
    return {
        "ours": lambda: lib.conv2d(x, w, None, stride, spread, spread, groups),
        "PyTorch": lambda: F.conv2d(tx, tw, None, stride, spread, spread, groups),
    }


def conv_backward(batch: int, channels: int, size: int, outs: int, stride: int) -> dict[str, Candidate]:
    """Measure all three gradients of a 3×3 convolution."""
    x, w, b = normal(batch, channels, size, size), normal(outs, channels, 3, 3) / np.float32(channels), normal(outs)
    y, pulls = lib.conv2d.record(x, w, b, stride, 1)
    grad = normal(*y.shape)
    tx, tw, tgrad = torch.from_numpy(x), torch.from_numpy(w), torch.from_numpy(grad)
    backward = torch.ops.aten.convolution_backward
    pair = [stride, stride]
    return {
        "ours": lambda: tuple(pulls[name](grad) for name in ("input", "weight", "bias")),
        "PyTorch": lambda: backward(tgrad, tx, tw, [outs], pair, [1, 1], [1, 1], False, [0, 0], 1, [True] * 3),
    }


def conv_transpose_forward() -> dict[str, Candidate]:
    """Measure the layer that doubles the size."""
    x, w = normal(8, 64, 16, 16), normal(64, 32, 4, 4) / np.float32(32)
    tx, tw = torch.from_numpy(x), torch.from_numpy(w)
    return {
        "ours": lambda: lib.conv_transpose2d(x, w, None, 2, 1),
        "PyTorch": lambda: F.conv_transpose2d(tx, tw, None, 2, 1),
    }


def conv_transpose_backward() -> dict[str, Candidate]:
    """Measure all three gradients of the layer that doubles the size."""
    x, w, b = normal(8, 64, 16, 16), normal(64, 32, 4, 4) / np.float32(32), normal(32)
    y, pulls = lib.conv_transpose2d.record(x, w, b, 2, 1)
    grad = normal(*y.shape)
    tx, tw, tgrad = torch.from_numpy(x), torch.from_numpy(w), torch.from_numpy(grad)
    backward = torch.ops.aten.convolution_backward
    return {
        "ours": lambda: tuple(pulls[name](grad) for name in ("input", "weight", "bias")),
        "PyTorch": lambda: backward(tgrad, tx, tw, [32], [2, 2], [1, 1], [1, 1], True, [0, 0], 1, [True] * 3),
    }


def one_channel(kernel: int) -> dict[str, Candidate]:
    """Measure filtering a grey image."""
    x, w = normal(512, 512), normal(kernel, kernel) / np.float32(kernel)
    tx, tw = torch.from_numpy(x)[None, None], torch.from_numpy(w)[None, None]
    side = kernel // 2
    candidates = {
        "ours": lambda: lib.conv2d(x, w, padding=side),
        "PyTorch": lambda: F.conv2d(tx, tw, padding=side)[0, 0],
        "OpenCV": lambda: cv2.filter2D(x, -1, w, borderType=cv2.BORDER_CONSTANT),
        "SciPy oaconvolve": lambda: scipy.signal.oaconvolve(x, w[::-1, ::-1], "same"),
    }
    if kernel == 3:
        candidates["SciPy ndimage"] = lambda: scipy.ndimage.correlate(x, w, mode="constant")
    return candidates


def resize(mode: str, factor: float, antialias: bool) -> dict[str, Candidate]:
    """Measure resizing a full photograph; the others get channels last or plane by plane, as they prefer."""
    x = RANDOM.random((1, 3, 1080, 1920), dtype=np.float32)
    tx, planes_last = torch.from_numpy(x), np.ascontiguousarray(x[0].transpose(1, 2, 0))
    pixels_last = tx.to(memory_format=torch.channels_last)
    size = int(1920 * factor), int(1080 * factor)
    flags = {"nearest": cv2.INTER_NEAREST, "bilinear": cv2.INTER_LINEAR, "bicubic": cv2.INTER_CUBIC}
    filters = {"nearest": Image.NEAREST, "bilinear": Image.BILINEAR, "bicubic": Image.BICUBIC}
    photographs = [Image.fromarray(plane) for plane in x[0]]

    candidates = {
        "ours": lambda: lib.interpolate(x, size[::-1], mode=mode, antialias=antialias),
        "PyTorch": lambda: F.interpolate(tx, size[::-1], mode=mode, antialias=antialias),
        "PyTorch, channels last": lambda: F.interpolate(pixels_last, size[::-1], mode=mode, antialias=antialias),
    }

    if not antialias:  # OpenCV never antialiases, Pillow's bilinear and bicubic always do
        candidates["OpenCV"] = lambda: cv2.resize(planes_last, size, interpolation=flags[mode])
    if antialias or factor > 1:
        candidates["Pillow"] = lambda: [photograph.resize(size, filters[mode]) for photograph in photographs]

    return candidates


def resize_backward() -> dict[str, Candidate]:
    """Measure the adjoint of bilinear resizing."""
    x, grad = np.zeros((1, 3, 1080, 1920), np.float32), normal(1, 3, 2160, 3840)
    pull = lib.interpolate.record(x, (2160, 3840), mode="bilinear")[1]["input"]
    tgrad, backward = torch.from_numpy(grad), torch.ops.aten.upsample_bilinear2d_backward
    return {
        "ours": lambda: pull(grad),
        "PyTorch": lambda: backward(tgrad, [2160, 3840], [1, 3, 1080, 1920], False, None, None),
    }


def max_pooling() -> dict[str, Candidate]:
    """Measure pooling with switches."""
    x = normal(8, 64, 64, 64)
    tx = torch.from_numpy(x)
    return {
        "ours": lambda: lib.max_pool2d(x, 2, return_indices=True),
        "PyTorch": lambda: F.max_pool2d(tx, 2, return_indices=True),
        "scikit-image, no indices": lambda: skimage.measure.block_reduce(x, (1, 1, 2, 2), np.max),
    }


def max_unpooling() -> dict[str, Candidate]:
    """Measure writing values to where their switches point."""
    y, indices = lib.max_pool2d(normal(8, 64, 64, 64), 2, return_indices=True)
    ty, tindices = torch.from_numpy(y), torch.from_numpy(indices)
    return {"ours": lambda: lib.max_unpool2d(y, indices, 2), "PyTorch": lambda: F.max_unpool2d(ty, tindices, 2)}


def average_pooling() -> dict[str, Candidate]:
    """Measure averaging windows."""
    x = normal(8, 64, 64, 64)
    tx = torch.from_numpy(x)
    return {
        "ours": lambda: lib.avg_pool2d(x, 2),
        "PyTorch": lambda: F.avg_pool2d(tx, 2),
        "scikit-image": lambda: skimage.measure.block_reduce(x, (1, 1, 2, 2), np.mean),
    }


def shuffling() -> dict[str, Candidate]:
    """Measure pixel shuffle."""
    x = normal(8, 64, 64, 64)
    tx = torch.from_numpy(x)
    return {"ours": lambda: lib.pixel_shuffle(x, 2), "PyTorch": lambda: F.pixel_shuffle(tx, 2).contiguous()}


def tiny() -> dict[str, Candidate]:
    """Measure what one call costs beside its work."""
    x, w = normal(4, 4), normal(3, 3)
    tx, tw = torch.from_numpy(x)[None, None], torch.from_numpy(w)[None, None]
    return {"ours": lambda: lib.conv2d(x, w), "PyTorch": lambda: F.conv2d(tx, tw)[0, 0]}
