"""The cases for which nothing must be reached: the ways back that no row of :mod:`benchmarks.cases` measures."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import torch
import torch.nn.functional as F

import lib
from benchmarks.timing import Candidate, Case

RANDOM = np.random.default_rng(1)
ATEN = torch.ops.aten


def adjoint_cases() -> Iterator[Case]:
    """Yield the cases in the order of the table."""
    yield Case("max pooling backward 8×64×64², 2×2", max_pooling)
    yield Case("max unpooling backward 8×64×32², 2×2", max_unpooling)
    yield Case("average pooling backward 8×64×64², 2×2", average_pooling)
    yield Case("pixel shuffle backward 8×64×64², r 2", shuffling)
    yield Case("1080p RGB nearest ×2 backward", nearest)
    yield Case("windows to columns (unfold) 8×16×64², 3×3", unfolding)
    yield Case("columns to windows (fold) 8×16×64², 3×3", folding)


def normal(*shape: int) -> np.ndarray:
    """Return float32 numbers."""
    return RANDOM.standard_normal(shape, dtype=np.float32)


def beside(ours: Callable[[], np.ndarray], theirs: Callable[[], torch.Tensor]) -> dict[str, Candidate]:
    """Name the two candidates."""
    return {"ours": ours, "PyTorch": theirs}


def max_pooling() -> dict[str, Candidate]:
    """Measure the adjoint of pooling: unpooling of the gradient."""
    x, grad = normal(8, 64, 64, 64), normal(8, 64, 32, 32)
    pull = lib.max_pool2d.record(x, 2)[1]["input"]
    tx, tgrad = torch.from_numpy(x), torch.from_numpy(grad)
    indices = F.max_pool2d(tx, 2, return_indices=True)[1]
    backward = ATEN.max_pool2d_with_indices_backward
    return beside(lambda: pull(grad), lambda: backward(tgrad, tx, [2, 2], [2, 2], [0, 0], [1, 1], False, indices))


def max_unpooling() -> dict[str, Candidate]:
    """Measure the adjoint of unpooling: reading where the switches point."""
    y, indices = lib.max_pool2d(normal(8, 64, 64, 64), 2, return_indices=True)
    grad = normal(8, 64, 64, 64)
    pull = lib.max_unpool2d.record(y, indices, 2)[1]["input"]
    tgrad = torch.from_numpy(grad).flatten(2)
    where = torch.from_numpy(indices).flatten(2)
    return beside(lambda: pull(grad), lambda: tgrad.gather(2, where).reshape(y.shape))


def average_pooling() -> dict[str, Candidate]:
    """Measure the adjoint of averaging: copying a share to every cell."""
    x, grad = normal(8, 64, 64, 64), normal(8, 64, 32, 32)
    pull = lib.avg_pool2d.record(x, 2)[1]["input"]
    tx, tgrad, backward = torch.from_numpy(x), torch.from_numpy(grad), ATEN.avg_pool2d_backward
    return beside(lambda: pull(grad), lambda: backward(tgrad, tx, [2, 2], [2, 2], [0, 0], False, True, None))


def shuffling() -> dict[str, Candidate]:
    """Measure the adjoint of pixel shuffle: pixel unshuffle."""
    x, grad = normal(8, 64, 64, 64), normal(8, 16, 128, 128)
    pull = lib.pixel_shuffle.record(x, 2)[1]["input"]
    tgrad = torch.from_numpy(grad)
    return beside(lambda: pull(grad), lambda: F.pixel_unshuffle(tgrad, 2).contiguous())


def nearest() -> dict[str, Candidate]:
    """Measure the adjoint of copying: adding up."""
    x, grad = np.zeros((1, 3, 1080, 1920), np.float32), normal(1, 3, 2160, 3840)
    pull = lib.interpolate.record(x, (2160, 3840), mode="nearest")[1]["input"]
    tgrad, backward = torch.from_numpy(grad), ATEN.upsample_nearest2d_backward
    return beside(lambda: pull(grad), lambda: backward(tgrad, [2160, 3840], [1, 3, 1080, 1920], None, None))


def unfolding() -> dict[str, Candidate]:
    """Measure copying every window."""
    x = normal(8, 16, 64, 64)
    tx = torch.from_numpy(x)
    return beside(lambda: lib.unfold(x, 3, padding=1), lambda: F.unfold(tx, 3, padding=1))


def folding() -> dict[str, Candidate]:
    """Measure adding every window back."""
    columns = normal(8, 16 * 9, 64 * 64)
    tcolumns = torch.from_numpy(columns)
    return beside(lambda: lib.fold(columns, (64, 64), 3, padding=1), lambda: F.fold(tcolumns, (64, 64), 3, padding=1))
