"""ONNX operators in the words of ``lib``: each translator turns attributes into calls, and computes nothing itself.

What it does beside calling is arithmetic on sizes and moving cells about (transposing, flipping, cutting), which is how
one convention is said in another: uneven padding is :func:`lib.pad` before the operation, a row of cells is a plane
with one row, channels in another order are a transpose before the shuffle.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import onnx

import lib

from .onnx_resize import resize

Arrays = Sequence[np.ndarray | None]
Pair = tuple[int, int]


def run_model(model: onnx.ModelProto, inputs: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Return what a model answers; weights that are stored in it are no inputs, though it may list them as such."""
    values = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    asked_for = [value.name for value in model.graph.input if value.name not in values]
    values |= dict(zip(asked_for, inputs, strict=True))
    for node in model.graph.node:
        answers = run_node(node, [values[name] if name else None for name in node.input])
        values |= dict(zip(node.output, answers, strict=True))
    return [values[value.name] for value in model.graph.output]


def run_node(node: onnx.NodeProto, inputs: Arrays) -> tuple[np.ndarray, ...]:
    """Return the outputs that the node asks for."""
    attributes = {attribute.name: _value_of(attribute) for attribute in node.attribute}
    operator = OPERATORS[node.op_type]
    if node.op_type in SLIDING and np.ndim(inputs[0]) == 3:
        answers = _as_planes_of_one_row(operator, inputs, attributes)
    else:
        answers = operator(*inputs, **attributes)
    answers = answers if isinstance(answers, tuple) else (answers,)
    return answers[: len(node.output)]


def _value_of(attribute: onnx.AttributeProto) -> Any:
    value = onnx.helper.get_attribute_value(attribute)
    return value.decode() if isinstance(value, bytes) else value


def _as_planes_of_one_row(operator: Any, inputs: Arrays, attributes: dict[str, Any]) -> tuple[np.ndarray, ...]:
    """Slide over (N, C, W) as over (N, C, 1, W): one row, a kernel of one row, and nothing to do along it."""
    planes = [array[:, :, None] if np.ndim(array) == 3 else array for array in inputs]
    spatial = dict(attributes)
    for name, along_rows in {"kernel_shape": 1, "strides": 1, "dilations": 1, "output_padding": 0}.items():
        if name in spatial:
            spatial[name] = [along_rows, *spatial[name]]
    if "pads" in spatial:
        before, after = spatial["pads"]
        spatial["pads"] = [0, before, 0, after]
    answers = operator(*planes, **spatial)
    return tuple(array[:, :, 0] for array in (answers if isinstance(answers, tuple) else (answers,)))


class Sides(NamedTuple):
    """Numbers of cells around a plane, in the order of ONNX."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def even(self) -> bool:
        return self[:2] == self[2:]

    @property
    def margins(self) -> tuple[int, int, int, int]:
        """The order of lib.pad and lib.crop."""
        return self.left, self.right, self.top, self.bottom


def _split(totals: Sequence[int], smaller_half_first: bool) -> Sides:
    halves = [(total // 2, total - total // 2) for total in totals]
    (top, bottom), (left, right) = halves if smaller_half_first else [half[::-1] for half in halves]
    return Sides(top, left, bottom, right)


def _sides(auto_pad: str, pads: Sequence[int], size: Pair, kernel: Pair, stride: Pair, dilation: Pair) -> Sides:
    """Return the padding of a window that slides over planes of ``size``."""
    if auto_pad == "NOTSET":
        return Sides(*pads)
    if auto_pad == "VALID":
        return Sides(0, 0, 0, 0)
    # SAME: as many windows as there are strides in the input.
    totals = [
        max(0, (-(-cells // s) - 1) * s + d * (k - 1) + 1 - cells)
        for cells, k, s, d in zip(size, kernel, stride, dilation, strict=True)
    ]
    return _split(totals, smaller_half_first=auto_pad == "SAME_UPPER")


def conv(
    x, weight, bias=None, auto_pad="NOTSET", dilations=(1, 1), group=1, kernel_shape=None, pads=(0,) * 4, strides=(1, 1)
):
    """Conv: lib.conv2d, which takes even padding, on planes already padded where it is uneven."""
    sides = _sides(auto_pad, pads, x.shape[2:], weight.shape[2:], strides, dilations)
    if sides.even:
        return lib.conv2d(x, weight, bias, tuple(strides), sides[:2], tuple(dilations), group)
    return lib.conv2d(lib.pad(x, sides.margins), weight, bias, tuple(strides), 0, tuple(dilations), group)


def conv_transpose(
    x,
    weight,
    bias=None,
    auto_pad="NOTSET",
    dilations=(1, 1),
    group=1,
    kernel_shape=None,
    output_padding=(0, 0),
    output_shape=None,
    pads=(0,) * 4,
    strides=(1, 1),
):
    """ConvTranspose: lib.conv_transpose2d, cropped where the padding is uneven or follows from the output's size."""
    sides, longer = Sides(*pads), tuple(output_padding)
    if output_shape is None and auto_pad.startswith("SAME"):
        output_shape = [cells * s for cells, s in zip(x.shape[2:], strides, strict=True)]
    if output_shape is not None:
        whole = lib.conv_transpose_output_size(
            x.shape[2:], weight.shape[2:], tuple(strides), 0, longer, tuple(dilations)
        )
        too_long = [full - wanted for full, wanted in zip(whole, output_shape, strict=True)]
        longer = tuple(cells + max(0, -excess) for cells, excess in zip(longer, too_long, strict=True))
        sides = _split([max(0, excess) for excess in too_long], smaller_half_first=auto_pad == "SAME_UPPER")
    cut = sides[:2] if sides.even else 0
    result = lib.conv_transpose2d(x, weight, bias, tuple(strides), cut, longer, group, tuple(dilations))
    return result if sides.even else lib.crop(result, sides.margins)


def max_pool(
    x, kernel_shape, auto_pad="NOTSET", ceil_mode=0, dilations=(1, 1), pads=(0,) * 4, storage_order=0, strides=(1, 1)
):
    """MaxPool: lib.max_pool2d; planes are bordered beforehand where it refuses the padding."""
    sides = _sides(auto_pad, pads, x.shape[2:], kernel_shape, strides, dilations)
    padding = sides[:2]
    if not _pooling_takes(sides, kernel_shape):
        lowest = -np.inf if x.dtype.kind == "f" else np.iinfo(x.dtype).min
        padded, padding = lib.pad(x, sides.margins, lowest), 0
    else:
        padded = x
    largest, where = lib.max_pool2d(
        padded, tuple(kernel_shape), tuple(strides), padding, tuple(dilations), bool(ceil_mode), return_indices=True
    )
    if padded is not x:  # positions in the bordered planes
        rows, columns = np.divmod(where, padded.shape[3])
        where = (rows - sides.top) * x.shape[3] + columns - sides.left
    if storage_order == 1:  # column by column
        rows, columns = np.divmod(where, x.shape[3])
        where = columns * x.shape[2] + rows
    return largest, where + _first_cells(x.shape)  # ONNX counts through all planes, lib within each


def _pooling_takes(sides: Sides, kernel: Pair) -> bool:
    """Whether lib's pooling, like PyTorch's, takes this padding: even, and at most half of the kernel."""
    return sides.even and all(2 * cells <= k for cells, k in zip(sides[:2], kernel, strict=True))


def _first_cells(shape: tuple[int, ...]) -> np.ndarray:
    """Return the position of the first cell of each plane, counted through the whole array."""
    batch, channels, rows, columns = shape
    return np.arange(batch * channels).reshape(batch, channels, 1, 1) * (rows * columns)


def max_unpool(x, indices, output_shape=None, kernel_shape=None, pads=(0,) * 4, strides=(1, 1)):
    """MaxUnpool: lib.max_unpool2d; rows and columns that ``output_shape`` adds come after those that indices count."""
    sides = Sides(*pads)
    assert sides.even, "lib.max_unpool2d has one padding for both sides"
    sizes = zip(x.shape[2:], kernel_shape, strides, sides[:2], strict=True)
    rows, columns = ((cells - 1) * s + k - 2 * p for cells, k, s, p in sizes)
    within = indices - _first_cells((*x.shape[:2], rows, columns))
    result = lib.max_unpool2d(x, within, tuple(kernel_shape), tuple(strides), sides[:2])
    if output_shape is None:
        return result
    more_rows, more_columns = int(output_shape[2]) - rows, int(output_shape[3]) - columns
    return lib.pad(result, (0, more_columns, 0, more_rows))


def average_pool(
    x,
    kernel_shape,
    auto_pad="NOTSET",
    ceil_mode=0,
    count_include_pad=0,
    dilations=(1, 1),
    pads=(0,) * 4,
    strides=(1, 1),
):
    """AveragePool: lib.avg_pool2d, or quotients of what it answers where it has no word for padding or dilation."""
    sides = _sides(auto_pad, pads, x.shape[2:], kernel_shape, strides, dilations)
    kernel, stride, count_all = tuple(kernel_shape), tuple(strides), bool(count_include_pad)
    if tuple(dilations) != (1, 1):
        assert sides == (0, 0, 0, 0), "lib.avg_pool2d has no dilation, and this is a convolution without zeros"
        return _average_by_convolution(x, kernel, stride, tuple(dilations))
    if _pooling_takes(sides, kernel):
        return lib.avg_pool2d(x, kernel, stride, sides[:2], bool(ceil_mode), count_all)
    averages = lib.avg_pool2d(lib.pad(x, sides.margins), kernel, stride, 0, bool(ceil_mode))
    if count_all:
        return averages
    # Zeros of the padding have been counted: divide by the part of each window that is not padding.
    share = lib.avg_pool2d(lib.pad(np.ones_like(x), sides.margins), kernel, stride, 0, bool(ceil_mode))
    return averages / share


def _average_by_convolution(x: np.ndarray, kernel: Pair, stride: Pair, dilation: Pair) -> np.ndarray:
    channels = x.shape[1]
    weight = np.full((channels, 1, *kernel), 1 / np.prod(kernel), x.dtype)
    return lib.conv2d(x, weight, None, stride, 0, dilation, channels)


def depth_to_space(x, blocksize, mode="DCR"):
    """DepthToSpace: lib.pixel_shuffle, which takes the channels of a block one after another (CRD)."""
    if mode == "DCR":  # channel by channel within each cell of the block
        batch, channels, rows, columns = x.shape
        blocks = x.reshape(batch, blocksize**2, channels // blocksize**2, rows, columns)
        x = blocks.swapaxes(1, 2).reshape(x.shape)
    return lib.pixel_shuffle(x, blocksize)


def space_to_depth(x, blocksize, mode="DCR"):
    """SpaceToDepth: lib.pixel_unshuffle, and its channels in the other order."""
    depth = lib.pixel_unshuffle(x, blocksize)
    if mode == "CRD":
        return depth
    batch, channels, rows, columns = depth.shape
    blocks = depth.reshape(batch, channels // blocksize**2, blocksize**2, rows, columns)
    return blocks.swapaxes(1, 2).reshape(depth.shape)


def col2im(columns, image_shape, block_shape, dilations=(1, 1), pads=(0,) * 4, strides=(1, 1)):
    """Col2Im: lib.fold, into larger planes that are cropped where the padding is uneven."""
    sides, size, kernel = Sides(*pads), tuple(map(int, image_shape)), tuple(map(int, block_shape))
    if sides.even:
        return lib.fold(columns, size, kernel, tuple(dilations), sides[:2], tuple(strides))
    whole = size[0] + sides.top + sides.bottom, size[1] + sides.left + sides.right
    return lib.crop(lib.fold(columns, whole, kernel, tuple(dilations), 0, tuple(strides)), sides.margins)


def upsample(x, scales, mode="nearest"):
    """Upsample, which Resize replaced: lib.interpolate by factors."""
    assert mode == "nearest", "no test of the package asks for another mode"
    assert tuple(scales[:2]) == (1, 1)
    return lib.interpolate(x, scale_factor=tuple(map(float, scales[2:])), mode="nearest")


OPERATORS = {
    "Conv": conv,
    "ConvTranspose": conv_transpose,
    "MaxPool": max_pool,
    "MaxUnpool": max_unpool,
    "AveragePool": average_pool,
    "Resize": resize,
    "Upsample": upsample,
    "DepthToSpace": depth_to_space,
    "SpaceToDepth": space_to_depth,
    "Col2Im": col2im,
    # Around one-dimensional pooling in PyTorch's conversions; no operation, only another shape.
    "Unsqueeze": lambda x, axes: np.expand_dims(x, tuple(axes)),
    "Squeeze": lambda x, axes: np.squeeze(x, tuple(axes)),
}
SLIDING = {"Conv", "ConvTranspose", "MaxPool", "AveragePool"}
