"""What the operations allocate beyond what they are given and what they return."""

import tracemalloc

import numpy as np
import pytest

from lib import conv2d, unfold

MIB = 1 << 20


def allocated_beyond_the_result(operation, *arguments, **options) -> tuple[int, np.ndarray]:
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        result = operation(*arguments, **options)
        return tracemalloc.get_traced_memory()[1] - before - result.nbytes, result
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("input_shape", "weight_shape", "options"),
    [
        ((16, 8, 96, 96), (16, 8, 3, 3), {"padding": 1}),
        ((1, 3, 400, 400), (32, 3, 3, 3), {"padding": 1}),
        ((2, 1, 128, 128), (256, 1, 1, 1), {}),
        ((1, 256, 4, 1024), (4, 256, 3, 3), {"padding": "same"}),
        ((1, 4, 2, 40_000), (64, 4, 1, 1), {}),
        ((2, 64, 64, 64), (64, 1, 5, 5), {"padding": 2, "groups": 64}),
        ((1, 16, 256, 256), (32, 16, 4, 4), {"stride": 2, "padding": 1, "dilation": 2}),
    ],
    ids=["batch of 16", "photograph", "many outputs", "wide window", "wide row", "depthwise", "strided and dilated"],
)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_convolution_takes_one_padded_image_and_two_mebibytes(input_shape, weight_shape, options, dtype):
    x, w = np.ones(input_shape, dtype), np.ones(weight_shape, dtype)
    extra, _ = allocated_beyond_the_result(conv2d, x, w, np.ones(len(w), dtype), **options)
    margins = [d * k for d, k in zip([options.get("dilation", 1)] * 2, weight_shape[2:], strict=True)]
    padded_image = np.prod([input_shape[1], input_shape[2] + margins[0], input_shape[3] + margins[1]]) * x.itemsize
    assert extra <= padded_image + 2 * MIB


def test_unfold_takes_one_padded_copy_of_its_input():
    x = np.ones((4, 8, 64, 64))
    extra, _ = allocated_beyond_the_result(unfold, x, 3, padding=1)
    assert extra <= 4 * 8 * 66 * 66 * 8 + MIB // 8
