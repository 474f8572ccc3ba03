"""One training step of a small U-Net, with lib.Tensor and with PyTorch, from the same weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F

import lib
from benchmarks.timing import Candidate
from lib.learn import concatenate

CHANNELS = (16, 32, 64)


def training_step(batch: int, size: int) -> dict[str, Candidate]:
    """Measure forward, backward and Adam; each candidate returns its loss."""
    random = np.random.default_rng(0)
    x = random.standard_normal((batch, 1, size, size), dtype=np.float32)
    target = (x > 0).astype(np.float32)
    weights = _weights(random)
    ours = [lib.Tensor(w.copy(), requires_grad=True) for w in weights]
    theirs = [torch.from_numpy(w.copy()).requires_grad_() for w in weights]
    tx, ttarget, adam = torch.from_numpy(x), torch.from_numpy(target), torch.optim.Adam(theirs, 1e-3)
    state = [(np.zeros_like(w), np.zeros_like(w)) for w in weights]
    steps = [0]

    def our_step() -> np.ndarray:
        for weight in ours:
            weight.grad = None
        error = _forward(x, ours, lib, lambda a: a.relu(), lambda parts: concatenate(parts, 1)) - target
        loss = (error * error).mean()
        loss.backward()
        steps[0] += 1
        for weight, (mean, square) in zip(ours, state, strict=True):
            weight.data = _adam(weight.data, weight.grad, mean, square, steps[0])
        return loss.data

    def their_step() -> np.ndarray:
        with torch.enable_grad():
            adam.zero_grad()
            loss = F.mse_loss(_forward(tx, theirs, F, F.relu, lambda parts: torch.cat(parts, 1)), ttarget)
            loss.backward()
            adam.step()
        return loss.detach().numpy()

    return {"ours": our_step, "PyTorch": their_step}


def _weights(random: np.random.Generator) -> list[np.ndarray]:
    first, second, third = CHANNELS
    shapes = [(first, 1), (first, first), (second, first), (second, second), (third, second), (third, third)]
    shapes += [(second, 2 * second), (second, second), (first, 2 * first), (first, first)]  # after concatenation
    arrays = [(*shape, 3, 3) for shape in shapes] + [(third, second, 2, 2), (second, first, 2, 2), (1, first, 1, 1)]
    parameters = []
    for shape in arrays:
        out_channels = shape[1] if shape[2] == 2 else shape[0]
        fan_in = shape[1] * shape[2] * shape[3]
        parameters.append(random.standard_normal(shape, dtype=np.float32) * np.float32(np.sqrt(2 / fan_in)))
        parameters.append(np.zeros(out_channels, np.float32))
    return parameters


def _forward(x: Any, weights: list, ops: Any, relu: Callable, concatenated: Callable) -> Any:
    layers = list(zip(weights[::2], weights[1::2], strict=True))

    def block(value: Any, first: int) -> Any:
        for weight, bias in layers[first : first + 2]:
            value = relu(ops.conv2d(value, weight, bias, padding=1))
        return value

    fine = block(x, 0)
    middle = block(ops.max_pool2d(fine, 2), 2)
    coarse = block(ops.max_pool2d(middle, 2), 4)
    middle = block(concatenated([ops.conv_transpose2d(coarse, *layers[10], stride=2), middle]), 6)
    fine = block(concatenated([ops.conv_transpose2d(middle, *layers[11], stride=2), fine]), 8)
    return ops.conv2d(fine, *layers[12])


def _adam(value: np.ndarray, grad: np.ndarray, mean: np.ndarray, square: np.ndarray, step: int) -> np.ndarray:
    mean += np.float32(0.1) * (grad - mean)
    square += np.float32(0.001) * (grad * grad - square)
    scale = np.sqrt(square) * np.float32(1 / np.sqrt(1 - 0.999**step)) + np.float32(1e-8)
    return value - np.float32(1e-3 / (1 - 0.9**step)) * mean / scale
