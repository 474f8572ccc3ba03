"""One picture of every kind, by name: what every picture must keep is tried on all of them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from lib import show
from lib.plan import Chain

X, KERNEL = np.arange(25).reshape(5, 5), np.array([[1, -1], [0, 0.5]])
SPECIAL = """<b>&"quoted"</b> & 'so'"""

GALLERY: dict[str, Callable[[], show.Picture]] = {
    "grid": lambda: show.grid(X, outline=(0, 0, 2, 2), lit=[(0, 0)], other_roles={"zeros": [(1, 1)]}),
    "grid of one cell": lambda: show.grid(np.array([[1000]]), "window"),
    "grid of NaN": lambda: show.grid(np.array([[np.nan, -np.inf]]), "output"),
    "window": lambda: show.sliding_window(X, KERNEL, stride=2, padding=1, dilation=2).picture(3),
    "smallest window": lambda: show.sliding_window(np.ones((1, 1)), np.ones((1, 1))).picture(),
    "matrix_product": lambda: show.matrix_product(np.eye(4), np.arange(4), 2),
    "smallest matrix_product": lambda: show.matrix_product(np.ones((1, 1)), np.ones(1), name="a long name"),
    "size_line": lambda: show.size_line(7, 3, 2),
    "padded size_line": lambda: show.size_line(1, 2, 2, 1),
    "dilated size_line": lambda: show.size_line(9, 2, 3, 2, 3),
    "stamp": lambda: show.stamps(X[:2, :2], KERNEL, 2, 1, 1, cell=26).picture(3),
    "inserted_zeros": lambda: show.inserted_zeros(X[:2, :2], KERNEL, 2, 0, 1).picture(2),
    "stamps_in_line": lambda: show.stamps_in_line(X[:1, :3], KERNEL[:1], 2, 1, 1).picture(),
    "windows_in_line": lambda: show.windows_in_line(X[:1], KERNEL[:1], 2, 1).picture(1),
    "pooling": lambda: show.max_pooling(X, 3, 2, 1, cell=26).picture(4),
    "pooling of ceil mode": lambda: show.max_pooling(X, 2, ceil_mode=True).picture(8),
    "smallest pooling": lambda: show.max_pooling(np.ones((1, 1)), 1).picture(),
    "unpooling": lambda: show.max_unpooling(X[:2, :2], np.array([[0, 0], [13, 24]]), 2, output_size=(5, 5)).picture(1),
    "receptive_field_picture": lambda: show.receptive_field_picture([(3, 2), (3, 1, 2)]),
    "smallest receptive_field_picture": lambda: show.receptive_field_picture([(1, 1)]),
    "bars": lambda: show.bars({"fast": 0.01, "a label of some length": 1234}, "images a second", "Speed."),
    "dots": lambda: show.dots({"a label of some length": [0.25, 0.5], "b": [0.125]}, "a unit of many words", "Runs."),
    "dots on a logarithmic axis": lambda: show.dots({"a": [1e-5, 3]}, "energy", "Runs.", logarithmic=True),
    "marks": lambda: show.marks({"a": {"one": 1, "two": 2.5}, "b": {"one": 3, "two": 0}}, "a unit", "Two of two."),
    "curves": lambda: show.curves({"a": ([0, 1, 2], [1, 0.5, 2]), "b": ([0, 2], [3, 1])}, "step", "loss", "Two."),
    "intervals": lambda: show.intervals(
        {"a label of some length": (1, 0, 2), "b": (-1, -2, 0)}, "a unit of many words", "Two.", zero=True
    ),
    "intervals of runs": lambda: show.intervals({"a": (1, 0, 2)}, "s", "One.", runs={"a": [0.5, 1.5]}),
    "ratios": lambda: show.ratios({"a label of some length": {"ours": 0.25, "fast": 3}}, "energy", "Two."),
    "smallest ratios": lambda: show.ratios({"a": {"b": 1}}, "s", "One."),
    "smallest dots": lambda: show.dots({"a": [0]}, "s", "One run."),
    "images": lambda: show.images({"small": np.eye(3), "large": np.ones((3, 70, 70)) / 2}, "Two images.", width=90),
    "below": lambda: show.below(show.grid(X), show.matrix_product(np.eye(4), np.arange(4), 2)),
    "segmentations": lambda: show.segmentations(
        np.eye(3), {"truth": np.eye(3, dtype=int), "net": X[:3, :3] % 3}, ["a", "b"], "Two.", truth="truth", width=60
    ),
    "u_net_sizes": lambda: show.u_net_sizes(94, "valid"),
    "smallest u_net_sizes": lambda: show.u_net_sizes(2, poolings=1),
    "largest u_net_sizes": lambda: show.u_net_sizes(110, "valid"),
    "patch_sheets": lambda: show.patch_sheets({"image": X[None] / 24, "response": X[None] - 9.0}, "Two.", ["response"]),
    "layer_by_layer": lambda: show.layer_by_layer(X / 24, {"one": np.ones((2, 2)), "two": np.eye(4)}, "Up."),
    "beside": lambda: show.beside(show.grid(X), show.sign("→"), show.grid(X.T, "output")),
    "plan": lambda: show.plan(Chain.parse("1x9x9 =a; max k2 =b; conv 2 k9; unpool b; cat a")),
    "plan that does not fit": lambda: show.plan(Chain.parse("1x9x9 =a; max k2; up x2; cat a; conv 1 k1")),
    "smallest plan": lambda: show.plan(Chain.parse("1x1x1")),
    "photograph_bench": lambda: show.photograph_bench({"ramp": np.tile(np.linspace(0, 1, 24), (24, 1))}),
}

LABELLED: dict[str, Callable[[str], show.Picture]] = {
    "grid": lambda words: show.grid(X, label=words),
    "grid's caption": lambda words: show.grid(X, caption=words),
    "matrix_product": lambda words: show.matrix_product(np.eye(2), np.ones(2), name=words),
    "bars' labels": lambda words: show.bars({words: 1}, "s", "Time."),
    "bars' unit": lambda words: show.bars({"a": 1}, words, "Time."),
    "bars' caption": lambda words: show.bars({"a": 1}, "s", words),
    "curves' labels": lambda words: show.curves({words: ([0, 1], [1, 2]), "b": ([0, 1], [2, 1])}, "x", "y", "Two."),
    "curves' axis": lambda words: show.curves({"a": ([0, 1], [1, 2])}, words, "y", "One."),
    "ratios' labels": lambda words: show.ratios({words: {"a": 1}}, "s", "Time."),
    "ratios' names": lambda words: show.ratios({"a": {words: 1}}, "s", "Time."),
    "ratios' unit": lambda words: show.ratios({"a": {"b": 1}}, words, "Time."),
    "ratios' caption": lambda words: show.ratios({"a": {"b": 1}}, "s", words),
    "dots' labels": lambda words: show.dots({words: [1]}, "s", "Time."),
    "dots' unit": lambda words: show.dots({"a": [1]}, words, "Time."),
    "dots' caption": lambda words: show.dots({"a": [1]}, "s", words),
    "intervals' labels": lambda words: show.intervals({words: (1, 0, 2)}, "s", "One."),
    "intervals' unit": lambda words: show.intervals({"a": (1, 0, 2)}, words, "One."),
    "intervals' caption": lambda words: show.intervals({"a": (1, 0, 2)}, "s", words),
    "marks' rows": lambda words: show.marks({words: {"a": 1}}, "s", "One."),
    "marks' labels": lambda words: show.marks({"a": {words: 1, "b": 2}}, "s", "Two."),
    "marks' unit": lambda words: show.marks({"a": {"b": 1}}, words, "One."),
    "marks' caption": lambda words: show.marks({"a": {"b": 1}}, "s", words),
    "images": lambda words: show.images({words: np.eye(2)}, words),
    "segmentations' titles": lambda words: show.segmentations(np.eye(2), {words: np.eye(2, dtype=int)}, ["a"], "One."),
    "segmentations' classes": lambda words: show.segmentations(np.eye(2), {}, [words], "None."),
    "patch_sheets": lambda words: show.patch_sheets({words: np.ones((2, 3, 3))}, words),
    "layer_by_layer": lambda words: show.layer_by_layer(np.eye(2), {words: np.eye(2)}, words),
    "beside": lambda words: show.beside(show.grid(X), caption=words),
}
