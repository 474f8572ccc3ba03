"""Wired figures to try: one of every kind, small enough to be driven in a browser."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from lib import conv2d, conv_transpose2d, interpolation_matrix, max_pool2d, max_unpool2d, show
from lib.show import choice, editable, explore, matrix, panel, scene
from lib.show.explore.explorer import Explorer

RNG = np.random.default_rng(3)
PLANE, SMALL = RNG.integers(0, 4, (4, 5)), RNG.integers(-3, 4, (2, 3))
KERNEL = np.array([[2, 1, 3], [1, -1, 2]])
KERNELS = {"corner": np.array([[1, 0], [0, 0]]), "sum": np.ones((2, 2), int)}


def window_and_matrix(input, kernel, stride):
    y = conv2d(input, kernel, stride=stride)
    rows, columns = y.size, input.size
    A = matrix(y, input)
    return scene(
        [panel(input, "input"), "*", panel(kernel, "kernel"), "=", panel(y, "output", so_far=True)],
        [panel(input.reshape(1, columns), "input", "flattened", cell=22, frame=False)],
        [panel(A, "kernel", f"C, {rows} × {columns}", cell=22, axes=(y, input))],
        step=y,
        caption=f"Row {y.row} of C: {y.terms} = {y.now}.",
    )


def stamped(input, kernel, stride):
    y = conv_transpose2d(input.so_far(), kernel, stride=stride)
    words = f"{input.now} times the kernel at row {input.row * stride - 1}, column {stride * input.column + 2}."
    shaded = panel(y, "output", shaded=True)
    return scene(panel(input), "*", panel(kernel, "kernel"), "→", shaded, step=input, caption=words)


def laid(input, kernel):
    y = conv_transpose2d(input, kernel, stride=2)
    weights = matrix(y, input).at_step().reshape(input.shape)
    words = f"{y.terms} = {y.now}; the kernel sums to {kernel.sum().value}."
    return scene(panel(input), "*", panel(weights, "kernel", "laid on"), "=", panel(y, "output"), step=y, caption=words)


def pooled(input, kernel_size, stride):
    values, switches = max_pool2d(input, kernel_size, stride, return_indices=True)
    back = max_unpool2d(values, switches, kernel_size, stride, output_size=input.shape)
    words = f"Of {values.window} the largest is {values.now}{values.often(', at', ', in # cells, first at')} row "
    return scene(
        [panel(input), "→", panel(values, "output", "largest", so_far=True), panel(switches, "kernel", so_far=True)],
        ["→", panel(back, "output", "back")],
        step=values,
        caption=words + f"{switches.target_row}, column {switches.target_column}.",
    )


def three_views(input, kernel, stride, padding, output_padding):
    settings = {"stride": stride, "padding": padding, "output_padding": output_padding}
    y = conv_transpose2d(input, kernel, **settings)
    first = show.inserted_zeros(input, kernel, **settings, cell=24)
    return first.below(show.stamps_on_a_cell(input, y, cell=24), show.as_matrix(y, input, "Cᵀ", across=True))


def stamps_of_a_line(input, kernel, stride, padding):
    made = conv_transpose2d(input, kernel, stride=(1, stride))
    stamps = panel(matrix(made, input).T, "kernel", "stamps", axes=(made, input), turned=True)
    cut = np.array([[not padding <= at < made.size - padding for at in range(made.size)]])
    summed = panel(made, "output", others={"padding": cut}, crossed=cut)
    words = f"The stamp of input {input.column} begins at output {input.column * stride - padding}."
    rows = [[panel(input.reshape(input.size, 1), frame=False), stamps], ["", summed]]
    return scene(rows, step=input, caption=words).begin_at(1)


PHOTO = RNG.random((40, 48))
SMALLER = interpolation_matrix(40, 20, "bilinear"), interpolation_matrix(48, 24, "bilinear")


def over_a_photograph(kernel):
    source = show.photograph(PHOTO)
    made = source.stencil(lambda plane, weights: conv2d(plane, weights, padding=1), kernel)
    planes = {"photograph": source, "result": made, "half": made.bands(*SMALLER), "change": made.minus(source)}
    shown = show.photographs(planes, signed=["change"], width=120)
    return scene(panel(kernel, "kernel"), [shown], caption=f"The weights sum to {kernel.sum().value}.")


WIRED: dict[str, Callable[[], Explorer]] = {
    "a window": lambda: explore(
        show.sliding_window,
        input=editable(PLANE),
        kernel=editable(KERNEL),
        stride=choice((1, 2), "stride s"),
        padding=choice((0, 1), "padding p"),
        dilation=(1, 2),
    ),
    "a window whose kernel is chosen": lambda: explore(
        lambda which, x, w: show.sliding_window(x, w),
        which=list(KERNELS),
        x=editable(PLANE[:3, :3]),
        w=editable(lambda which: KERNELS[which]),
    ),
    "a window and its matrix": lambda: explore(
        window_and_matrix, input=editable(PLANE[:3, :4]), kernel=editable(KERNEL[:, :2]), stride=(1, 2)
    ),
    "stamps, shaded": lambda: explore(
        stamped, input=editable(SMALL), kernel=editable(KERNEL), stride=choice(range(1, 6), "stride s", start=2)
    ),
    "weights laid on the input": lambda: explore(laid, input=editable(SMALL), kernel=editable(KERNEL)),
    "pooling and unpooling": lambda: explore(
        pooled, input=editable(PLANE), kernel_size=(2, 3), stride=choice(lambda kernel_size: range(1, kernel_size + 1))
    ),
    "ready stamps": lambda: explore(
        show.stamps,
        input=editable(SMALL),
        kernel=editable(KERNEL),
        stride=choice((1, 2, 3), start=2),
        padding=(0, 1),
        output_padding=lambda stride: range(stride),
    ),
    "three views of one operation": lambda: explore(
        three_views,
        input=editable(SMALL[:, :2]),
        kernel=editable(KERNEL),
        stride=choice((1, 2), start=2),
        padding=(0, 1),
        output_padding=lambda stride: range(stride),
    ),
    "ready pooling and unpooling": lambda: explore(
        show.pool_and_unpool, input=editable(PLANE), kernel_size=(2, 3), stride=choice((1, 2), start=2), padding=(0, 1)
    ),
    "interpolation along a line": lambda: explore(
        lambda values, mode: show.interpolated_line(values, mode, samples=3),
        values=editable([10, 20, 60, 40]),
        mode=["nearest", "bilinear", "bicubic"],
    ),
    "alignment of two axes": lambda: explore(
        lambda values, convention, size: show.alignment(values, size, "bilinear", convention, PHOTO[:8, :8]),
        values=editable([10, 20, 60, 40]),
        convention=["half-pixel", "align-corners", "asymmetric"],
        size=(2, 8),
    ),
    "a kernel over a photograph": lambda: explore(over_a_photograph, kernel=editable(np.eye(3, dtype=int))),
    "stamps of a line": lambda: explore(
        stamps_of_a_line,
        input=editable(SMALL[:1]),
        kernel=editable(KERNEL[:1]),
        stride=choice((1, 2, 3), start=2),
        padding=(0, 1),
    ),
    "pooling, refused at times": lambda: explore(lambda x, size: pooled(x, size, 1), x=editable(PLANE), size=(2, 4, 5)),
}
