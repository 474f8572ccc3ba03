"""The networks of the course written in PyTorch, from their drawings: what one training step is compared with.

Attributes have the names of :mod:`lib.learn.networks`, so that one state dict fits both.
"""

from __future__ import annotations

from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import nn


def block(inputs: int, outputs: int, kernel: int = 3, padding: int | None = None) -> nn.Module:
    zeros = kernel // 2 if padding is None else padding
    return nn.Sequential(nn.Conv2d(inputs, outputs, kernel, padding=zeros), nn.BatchNorm2d(outputs), nn.ReLU())


def deconvolution_block(inputs: int, outputs: int, kernel: int) -> nn.Module:
    deconvolution = nn.ConvTranspose2d(inputs, outputs, kernel, padding=kernel // 2)
    return nn.Sequential(deconvolution, nn.BatchNorm2d(outputs), nn.ReLU())


class UNet(nn.Module):
    def __init__(self, inputs, outputs, channels, skips=True, padding="same"):
        super().__init__()
        zeros = None if padding == "same" else 0
        self.skips = skips
        self.down = nn.ModuleList([block(i, o, 3, zeros) for i, o in pairwise([inputs, *channels[:-1]])])
        self.bottom = block(channels[-2], channels[-1], 3, zeros)
        self.up = nn.ModuleList([nn.ConvTranspose2d(i, o, 2, 2) for i, o in pairwise(channels[::-1])])
        self.join = nn.ModuleList([block(o * (1 + skips), o, 3, zeros) for o in channels[-2::-1]])
        self.score = nn.Conv2d(channels[0], outputs, 1)

    def forward(self, x):
        seen = []
        for stage in self.down:
            x = stage(x)
            seen.append(x)
            x = F.max_pool2d(x, 2)

        x = self.bottom(x)
        for up, join in zip(self.up, self.join, strict=True):
            x = up(x)
            skip = seen.pop()
            if self.skips:
                top, left = (skip.shape[2] - x.shape[2]) // 2, (skip.shape[3] - x.shape[3]) // 2
                x = torch.cat([x, skip[:, :, top : top + x.shape[2], left : left + x.shape[3]]], 1)
            x = join(x)
        return self.score(x)


class FCN(nn.Module):
    def __init__(self, inputs, outputs, stride, channels, hidden):
        super().__init__()
        self.down = nn.ModuleList([block(i, o) for i, o in pairwise([inputs, *channels])])
        self.hidden = block(channels[-1], hidden, 5)
        self.score = nn.Conv2d(hidden, outputs, 1)
        finer = {8: [], 4: [channels[1]], 2: [channels[1], channels[0]]}[stride]
        self.skip_scores = nn.ModuleList([nn.Conv2d(width, outputs, 1) for width in finer])
        self.doubling = nn.ModuleList([nn.ConvTranspose2d(outputs, outputs, 4, 2, 1, bias=False) for _ in finer])
        self.enlarge = nn.ConvTranspose2d(outputs, outputs, 2 * stride, stride, stride // 2, bias=False)

    def forward(self, x):
        pooled = []
        for stage in self.down:
            x = F.max_pool2d(stage(x), 2)
            pooled.append(x)
        scores = self.score(self.hidden(x))
        for number, (double, skip_score) in enumerate(zip(self.doubling, self.skip_scores, strict=True)):
            scores = double(scores) + skip_score(pooled[1 - number])
        return self.enlarge(scores)


class DeconvNet(nn.Module):
    def __init__(self, inputs, outputs, channels, hidden, kernel_size):
        super().__init__()
        self.down = nn.ModuleList([block(i, o) for i, o in pairwise([inputs, *channels])])
        self.hidden = block(channels[-1], hidden)
        up = [deconvolution_block(hidden, channels[-1], 3)]
        for i, o in pairwise([*channels[::-1], channels[0]]):
            up.append(deconvolution_block(i, o, kernel_size))
        self.up = nn.ModuleList(up)
        self.score = nn.Conv2d(channels[0], outputs, 1)

    def forward(self, x):
        switches = []
        for stage in self.down:
            x, indices = F.max_pool2d(stage(x), 2, return_indices=True)
            switches.append(indices)
        x = self.up[0](self.hidden(x))
        for stage in self.up[1:]:
            x = stage(F.max_unpool2d(x, switches.pop(), 2))
        return self.score(x)


class Classifier(nn.Module):
    def __init__(self, inputs, outputs, channels, size):
        super().__init__()
        widths = [inputs, *channels]
        self.convolutions = nn.ModuleList(
            [nn.Conv2d(widths[n], widths[n + 1], k, padding=k // 2) for n, k in enumerate((5, 3, 3))]
        )
        self.score = nn.Linear(channels[-1] * (size // 8) ** 2, outputs)

    def forward(self, x):
        for convolution in self.convolutions:
            x = F.max_pool2d(F.relu(convolution(x)), 2)
        return self.score(x.flatten(1))


class Doubling(nn.Module):
    def __init__(self, kind, inputs, outputs):
        super().__init__()
        self.kind = kind
        if kind.startswith("transposed"):
            kernel, padding, added = {"2": (2, 0, 0), "3": (3, 1, 1), "4": (4, 1, 0)}[kind.split("_k")[1][0]]
            self.layer = nn.ConvTranspose2d(inputs, outputs, kernel, 2, padding, added)
        elif kind.startswith("pixel"):
            self.layer = nn.Conv2d(inputs, 4 * outputs, 3, padding=1)
        elif kind == "unpool_k5":
            self.layer = nn.Conv2d(inputs, outputs, 5, padding=2)
        else:
            self.layer = nn.Conv2d(inputs, outputs, 3, padding=1)

    def forward(self, x, switches=None):
        if self.kind.startswith("transposed"):
            return self.layer(x)
        if self.kind.startswith("pixel"):
            return F.pixel_shuffle(self.layer(x), 2)
        if self.kind.startswith("unpool"):
            return self.layer(F.max_unpool2d(x, switches, 2))
        return self.layer(F.interpolate(x, scale_factor=2, mode=self.kind))


class EncoderDecoder(nn.Module):
    def __init__(self, kind, inputs, outputs, channels, bottleneck):
        super().__init__()
        self.down = nn.ModuleList([block(i, o) for i, o in pairwise([inputs, *channels])])
        self.bottom = nn.ModuleList([block(channels[-1], channels[-1], k) for k in ((5, 3) if bottleneck else ())])
        upwards = [*channels[::-1], channels[0]]
        self.up = nn.ModuleList([Doubling(kind, i, o) for i, o in pairwise(upwards)])
        self.norm = nn.ModuleList([nn.BatchNorm2d(o) for o in upwards[1:]])
        self.score = nn.Conv2d(channels[0], outputs, 1)

    def forward(self, x):
        switches = []
        for stage in self.down:
            x, indices = F.max_pool2d(stage(x), 2, return_indices=True)
            switches.append(indices)
        for stage in self.bottom:
            x = stage(x)
        for up, norm in zip(self.up, self.norm, strict=True):
            x = F.relu(norm(up(x, switches.pop())))
        return self.score(x)


class SuperResolution(nn.Module):
    def __init__(self, kind, residual, channels):
        super().__init__()
        self.residual = residual
        self.first = nn.Conv2d(1, channels, 5, padding=2)
        self.second = nn.Conv2d(channels, channels, 3, padding=1)
        self.doubling = Doubling(kind, channels, 1)

    def forward(self, x):
        detail = self.doubling(F.relu(self.second(F.relu(self.first(x)))))
        return detail + F.interpolate(x, scale_factor=2, mode="bicubic") if self.residual else detail
