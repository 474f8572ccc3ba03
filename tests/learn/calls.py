"""Generated calls of everything that can be differentiated, written so that PyTorch can carry out the same call.

A call holds its operands as arrays and an expression of them; the expression takes its functions from a namespace,
this package's or PyTorch's.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as shapes_of

import lib
from lib.learn import concatenate

from ..ops.strategies import convolutions, seeds, windows

# What expressions use: operations by their common names, and what this package and PyTorch name differently.
OURS = SimpleNamespace(
    **{name: getattr(lib, name) for name in lib.__all__},
    constant=lambda array: array,
    concatenate=concatenate,
    amax=lambda x, axis, keepdims: x.max(axis, keepdims),
    permute=lambda x, order: x.transpose(order),
    leaky_relu=lambda x, slope: x.leaky_relu(slope),
    hardswish=lambda x: x.hardswish(),
)


class Call(NamedTuple):
    """One call that makes sense; a plane without channels is this package's own."""

    arrays: list[np.ndarray]
    expression: Callable[..., Any]
    in_torch: bool = True

    def __call__(self, *operands: Any, namespace: Any = OURS) -> Any:
        return self.expression(namespace, *operands)


def spread(shape: tuple[int, ...], seed: int, low: float = -2, high: float = 2) -> np.ndarray:
    """Return numbers no two of which are close, and none close to 0: nothing near them is not differentiable."""
    count = int(np.prod(shape))
    places = (np.random.default_rng(seed).permutation(count) + 0.25) / count
    return (low + (high - low) * places).reshape(shape)


def shrink(shape: tuple[int, ...], axes: int) -> tuple[int, ...]:
    return tuple(shape[len(shape) - axes :])


forms = st.sampled_from([4, 4, 3, 2])  # (N, C, H, W), (C, H, W) or (H, W)
flags = st.booleans()
small_shapes = shapes_of.array_shapes(min_dims=0, max_dims=3, max_side=3)
shapes_with_axes = shapes_of.array_shapes(min_dims=1, max_dims=4, max_side=3)


@st.composite
def conv2d(draw: st.DrawFn) -> Call:
    call, axes, seed = draw(convolutions()), draw(forms), draw(seeds)
    image, weight, options = call.input_shape, call.weight_shape, call.options
    if axes == 2:
        weight, options = weight[2:], {**options, "groups": 1}
    arrays = [spread(shrink(image, axes), seed), spread(weight, seed + 1)]
    if draw(flags):
        arrays.append(spread(weight[:1] if axes > 2 else (1,), seed + 2))
    return Call(arrays, lambda f, *operands: f.conv2d(*operands, **options), axes > 2)


@st.composite
def conv_transpose2d(draw: st.DrawFn) -> Call:
    kernel, stride, dilation = (draw(st.tuples(st.integers(1, 3), st.integers(1, 3))) for _ in range(3))
    axes, seed, groups = draw(forms), draw(seeds), draw(st.integers(1, 3))
    size = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    added = tuple(draw(st.integers(0, max(s, d) - 1)) for s, d in zip(stride, dilation, strict=True))
    full = [
        (i - 1) * s + d * (k - 1) + 1 + o for i, s, d, k, o in zip(size, stride, dilation, kernel, added, strict=True)
    ]
    padding = tuple(draw(st.integers(0, min(2, (cells - 1) // 2))) for cells in full)
    options = {"stride": stride, "padding": padding, "output_padding": added, "dilation": dilation}
    channels, outputs, batch = draw(st.integers(1, 2)), draw(st.integers(1, 2)), draw(st.integers(1, 2))
    if axes == 2:
        image, weight, bias = size, kernel, (1,)
    else:
        image = shrink((batch, channels * groups, *size), axes)
        weight, bias = (channels * groups, outputs, *kernel), (outputs * groups,)
        options["groups"] = groups
    arrays = [spread(image, seed), spread(weight, seed + 1)]
    if draw(flags):
        arrays.append(spread(bias, seed + 2))
    return Call(arrays, lambda f, *operands: f.conv_transpose2d(*operands, **options), axes > 2)


@st.composite
def pooling(draw: st.DrawFn, dilated: bool) -> tuple[tuple[int, ...], dict[str, Any]]:
    kernel = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    dilation = draw(st.tuples(st.integers(1, 2), st.integers(1, 2))) if dilated else (1, 1)
    padding = tuple(draw(st.integers(0, k // 2)) if d == 1 else 0 for k, d in zip(kernel, dilation, strict=True))
    size = [d * (k - 1) + 1 + draw(st.integers(0, 5)) for k, d in zip(kernel, dilation, strict=True)]
    options = {"kernel_size": kernel, "padding": padding, "ceil_mode": draw(flags)}
    if draw(flags):  # side by side unless given
        options["stride"] = draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
    if dilated:
        options["dilation"] = dilation
    return (draw(st.integers(1, 2)), draw(st.integers(1, 2)), *size), options


@st.composite
def max_pool2d(draw: st.DrawFn) -> Call:
    (shape, options), axes, seed, pair = draw(pooling(True)), draw(forms), draw(seeds), draw(flags)

    def expression(f: Any, x: Any) -> Any:
        result = f.max_pool2d(x, return_indices=pair, **options)
        return result[0] if pair else result

    return Call([spread(shrink(shape, axes), seed)], expression, axes > 2)


@st.composite
def avg_pool2d(draw: st.DrawFn) -> Call:
    (shape, options), axes, seed = draw(pooling(False)), draw(forms), draw(seeds)
    options["count_include_pad"] = draw(flags)
    options["divisor_override"] = draw(st.sampled_from([None, None, 3]))
    return Call([spread(shrink(shape, axes), seed)], lambda f, x: f.avg_pool2d(x, **options), axes > 2)


@st.composite
def max_unpool2d(draw: st.DrawFn) -> Call:
    """Switches of windows side by side: where two name one cell, unpooling is no adjoint of anything."""
    (shape, options), axes, seed = draw(pooling(False)), draw(forms), draw(seeds)
    shape, kernel, padding = shrink(shape, axes), options["kernel_size"], options["padding"]
    pooled, switches = lib.max_pool2d(spread(shape, seed), kernel, padding=padding, return_indices=True)
    size = shape[-2:]

    def expression(f: Any, x: Any) -> Any:
        return f.max_unpool2d(x, f.constant(switches), kernel, padding=padding, output_size=size)

    return Call([spread(pooled.shape, seed + 1)], expression, axes > 2)


@st.composite
def unfold(draw: st.DrawFn) -> Call:
    call, axes, seed = draw(windows()), draw(forms), draw(seeds)
    arrays = [spread(shrink(call.shape, axes), seed)]
    return Call(arrays, lambda f, x: f.unfold(x, call.kernel_size, **call.options), axes > 2)


@st.composite
def fold(draw: st.DrawFn) -> Call:
    call, axes, seed = draw(windows()), draw(st.sampled_from([3, 2])), draw(seeds)
    columns = lib.unfold(np.zeros(call.shape), call.kernel_size, **call.options)
    arrays = [spread(shrink(columns.shape, axes), seed)]
    return Call(arrays, lambda f, x: f.fold(x, call.shape[2:], call.kernel_size, **call.options))


@st.composite
def padding(draw: st.DrawFn, cut: bool) -> Call:
    margins = tuple(draw(st.integers(0, 2)) for _ in range(4))
    shape = draw(shapes_of.array_shapes(min_dims=2, max_dims=4, max_side=3))
    if cut:
        shape = (*shape[:-2], shape[-2] + margins[2] + margins[3], shape[-1] + margins[0] + margins[1])
        return Call([spread(shape, draw(seeds))], lambda f, x: f.crop(x, margins))
    return Call([spread(shape, draw(seeds))], lambda f, x: f.pad(x, margins, value=7))


@st.composite
def shuffling(draw: st.DrawFn, name: str) -> Call:
    r, (*before, channels, rows, columns) = (
        draw(st.integers(1, 3)),
        draw(shapes_of.array_shapes(min_dims=3, max_dims=5, max_side=2)),
    )
    coarse, fine = (*before, channels * r * r, rows, columns), (*before, channels, rows * r, columns * r)
    shape = coarse if name == "pixel_shuffle" else fine
    return Call([spread(shape, draw(seeds))], lambda f, x: getattr(f, name)(x, r))


@st.composite
def interpolate(draw: st.DrawFn) -> Call:
    axes, seed = draw(forms), draw(seeds)
    shape = shrink(draw(st.tuples(*[st.integers(1, 2)] * 2, *[st.integers(1, 6)] * 2)), axes)
    options = {"mode": draw(st.sampled_from(["nearest", "nearest-exact", "bilinear", "bicubic"]))}
    if draw(flags):
        options["size"] = draw(st.tuples(st.integers(1, 9), st.integers(1, 9)))
    else:
        options["scale_factor"] = draw(st.tuples(*[st.sampled_from([1, 2, 3, 1.5, 1.3, 2.7])] * 2))
    if options["mode"].startswith("bi"):
        options["align_corners"] = draw(flags)
        options["antialias"] = draw(flags)
    # PyTorch resizes nothing without a batch.
    return Call([spread(shape, seed)], lambda f, x: f.interpolate(x, **options), axes == 4)


@st.composite
def binary(draw: st.DrawFn, function: Callable, low: float = -2) -> Call:
    """Two tensors that broadcast, a tensor and itself, or a tensor beside a plain array or number."""
    pair = draw(shapes_of.mutually_broadcastable_shapes(num_shapes=2, max_dims=3, max_side=3)).input_shapes
    first, second = (spread(shape, draw(seeds), low) for shape in pair)
    kind = draw(st.sampled_from(["tensors", "tensors", "itself", "array", "array first", "number", "number first"]))
    if kind == "tensors":
        return Call([first, second], lambda f, a, b: function(a, b))
    if kind == "itself":
        return Call([first], lambda f, a: function(a, a))
    plain = second if kind.startswith("array") else 1.5
    if kind.endswith("first"):
        return Call([first], lambda f, a: function(f.constant(plain), a))
    return Call([first], lambda f, a: function(a, f.constant(plain)))


@st.composite
def matmul(draw: st.DrawFn) -> Call:
    n, k, m = (draw(st.integers(1, 3)) for _ in range(3))
    batch = draw(shapes_of.mutually_broadcastable_shapes(num_shapes=2, max_dims=2, max_side=2)).input_shapes
    left, right = draw(st.sampled_from([(n, k), (n, k), (k,)])), draw(st.sampled_from([(k, m), (k, m), (k,)]))
    first = spread((*batch[0], *left) if len(left) > 1 else left, draw(seeds))
    second = spread((*batch[1], *right) if len(right) > 1 else right, draw(seeds))
    kind = draw(st.sampled_from(["tensors", "tensors", "array", "array first"]))
    if kind == "tensors":
        return Call([first, second], lambda f, a, b: a @ b)
    if kind == "array":
        return Call([first], lambda f, a: a @ f.constant(second))
    return Call([second], lambda f, b: f.constant(first) @ b)


@st.composite
def reduction(draw: st.DrawFn, name: str) -> Call:
    shape, kept, seed = draw(shapes_with_axes), draw(flags), draw(seeds)
    axes = draw(
        st.none() | st.integers(-len(shape), len(shape) - 1) | shapes_of.valid_tuple_axes(len(shape), min_size=1)
    )
    if name == "amax":
        axes = tuple(range(len(shape))) if axes is None else axes
        return Call([spread(shape, seed)], lambda f, x: f.amax(x, axes, kept))
    options = {"axis": axes, "keepdims": kept}
    return Call([spread(shape, seed)], lambda f, x: getattr(x, name)(**options))


@st.composite
def elementwise(draw: st.DrawFn, function: Callable, low: float = -2) -> Call:
    return Call([spread(draw(small_shapes), draw(seeds), low)], lambda f, x: function(x))


@st.composite
def rectified(draw: st.DrawFn, function: Callable) -> Call:
    return Call([spread(draw(small_shapes), draw(seeds), -5, 5)], function)


@st.composite
def reshape(draw: st.DrawFn) -> Call:
    shape = draw(shapes_with_axes)
    wanted = draw(st.permutations(shape))
    if draw(flags):
        wanted = [*wanted[:-1], -1]
    return Call([spread(shape, draw(seeds))], lambda f, x: x.reshape(*wanted))


@st.composite
def transpose(draw: st.DrawFn) -> Call:
    shape = draw(shapes_with_axes)
    order = tuple(draw(st.permutations(range(len(shape)))))
    return Call([spread(shape, draw(seeds))], lambda f, x: f.permute(x, order))


@st.composite
def joined(draw: st.DrawFn) -> Call:
    shape = list(draw(shapes_with_axes))
    axis, lengths = (
        draw(st.integers(-len(shape), len(shape) - 1)),
        draw(st.lists(st.integers(1, 3), min_size=1, max_size=3)),
    )
    arrays = []
    for length in lengths:
        shape[axis] = length
        arrays.append(spread(tuple(shape), draw(seeds)))
    return Call(arrays, lambda f, *parts: f.concatenate(list(parts), axis))


@st.composite
def indexing(draw: st.DrawFn) -> Call:
    shape, seed = draw(shapes_with_axes), draw(seeds)
    if draw(flags):
        index = draw(shapes_of.basic_indices(shape, max_dims=5, allow_newaxis=True))
        steps = [
            part.step or 1 for part in (index if isinstance(index, tuple) else (index,)) if isinstance(part, slice)
        ]
        return Call([spread(shape, seed)], lambda f, x: x[index], all(step > 0 for step in steps))
    index = draw(shapes_of.integer_array_indices(shape, result_shape=shapes_of.array_shapes(max_dims=2, max_side=4)))
    return Call([spread(shape, seed)], lambda f, x: x[tuple(f.constant(part) for part in index)])


# What is linear in each operand, but for a constant: there differences of any size show the gradient.
AFFINE = {
    "conv2d": conv2d(),
    "conv_transpose2d": conv_transpose2d(),
    "avg_pool2d": avg_pool2d(),
    "interpolate": interpolate(),
    "max_unpool2d": max_unpool2d(),
    "unfold": unfold(),
    "fold": fold(),
    "pad": padding(cut=False),
    "crop": padding(cut=True),
    "pixel_shuffle": shuffling("pixel_shuffle"),
    "pixel_unshuffle": shuffling("pixel_unshuffle"),
    "add": binary(operator.add),
    "subtract": binary(operator.sub),
    "negative": elementwise(operator.neg),
    "matmul": matmul(),
    "mean": reduction("mean"),
    "sum": reduction("sum"),
    "reshape": reshape(),
    "transpose": transpose(),
    "concatenate": joined(),
    "index": indexing(),
}
CALLS = {
    **AFFINE,
    "max_pool2d": max_pool2d(),
    "multiply": binary(operator.mul),
    "divide": binary(operator.truediv, 0.5),
    "power": binary(operator.pow, 0.5),
    "max": reduction("amax"),
    "abs": elementwise(abs),
    "relu": elementwise(lambda x: x.relu()),
    "exp": elementwise(lambda x: x.exp()),
    "log": elementwise(lambda x: x.log(), 0.5),
    "tanh": elementwise(lambda x: x.tanh()),
    "sigmoid": elementwise(lambda x: x.sigmoid()),
    "leaky_relu": rectified(lambda f, x: f.leaky_relu(x, 0.25)),
    "hardswish": rectified(lambda f, x: f.hardswish(x)),
}
