"""Run a chain on an array with the operations of the library, every weight the same: what the arithmetic speaks of."""

from __future__ import annotations

import numpy as np

from lib import (
    avg_pool2d,
    conv2d,
    conv_transpose2d,
    crop,
    interpolate,
    max_pool2d,
    max_unpool2d,
    pad,
    pixel_shuffle,
    pixel_unshuffle,
)
from lib.plan import layers as kinds


def run(chain, image, mean=False):
    """Return the map behind the input and behind each layer; weights are ones, or with ``mean`` what averages."""
    maps, kept, switches = [image], {chain.keep: image}, {}
    for layer in chain.layers:
        maps.append(_apply(layer, maps[-1], kept, switches, mean))
        if layer.keep:
            kept[layer.keep] = maps[-1]
            if isinstance(layer, kinds.Pooling) and layer.kind == "max":
                window = (layer.kernel_size, layer.stride, layer.padding, layer.dilation, layer.ceil_mode)
                switches[layer.keep] = (max_pool2d(maps[-2], *window, return_indices=True)[1], maps[-2].shape[-2:])
    return maps


def _apply(layer, x, kept, switches, mean):
    match layer:
        case kinds.Convolution():
            weight = np.ones((layer.channels, x.shape[1] // layer.groups, *layer.kernel_size))
            weight = weight / weight[0].size if mean else weight
            padding = layer.padding
            return conv2d(x, weight, None, layer.stride, padding, layer.dilation, layer.groups)
        case kinds.Transposed():
            weight = np.ones((x.shape[1], layer.channels // layer.groups, *layer.kernel_size))
            extra = layer.output_padding
            if layer.to:
                wanted = kept[layer.to].shape[-2:]
                extra = tuple(wanted[axis] - layer.smallest_size(x.shape[2 + axis], axis) for axis in (0, 1))
            return conv_transpose2d(x, weight, None, layer.stride, layer.padding, extra, layer.groups, layer.dilation)

        case kinds.Pooling():
            window = (layer.kernel_size, layer.stride, layer.padding)
            if layer.kind == "avg":
                return avg_pool2d(x, *window, layer.ceil_mode)
            return max_pool2d(x, *window, layer.dilation, layer.ceil_mode)
        case kinds.Unpooling():
            indices, size = switches[layer.of]
            pool = layer.pooling
            return max_unpool2d(x, indices, pool.kernel_size, pool.stride, pool.padding, size if layer.fit else None)
        case kinds.Interpolation():
            size = kept[layer.to].shape[-2:] if layer.to else layer.size
            scale = None if size else tuple(map(float, layer.scale))
            return interpolate(x, size, scale, layer.mode, True if layer.align_corners else None)

        case kinds.Shuffle():
            return pixel_shuffle(x, layer.factor)
        case kinds.Unshuffle():
            return pixel_unshuffle(x, layer.factor)
        case kinds.Padding():
            return _margins(x, (layer.left, layer.right, layer.top, layer.bottom))
        case kinds.Join():
            return _join(layer, x, kept[layer.of])
    return x


def _margins(x, margins):
    cut = crop(x, tuple(max(-side, 0) for side in margins))
    return pad(cut, tuple(max(side, 0) for side in margins))


def _join(layer, x, skip):
    if layer.fit == "resize":
        x = interpolate(x, skip.shape[-2:], mode="bilinear")
    rows, columns = (skip.shape[axis] - x.shape[axis] for axis in (2, 3))
    margins = (columns // 2, columns - columns // 2, rows // 2, rows - rows // 2)
    if layer.fit == "pad":
        x = _margins(x, margins)
    if layer.fit == "crop":
        skip = _margins(skip, tuple(-side for side in margins))
    return np.concatenate([skip, x], axis=1) if layer.kind == "cat" else x + skip
