"""What the operations allocate beyond what they are given and what they return."""

import tracemalloc

import numpy as np
import pytest

from lib import avg_pool2d, conv2d, conv_transpose2d, max_pool2d, max_unpool2d, pixel_shuffle, unfold

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


BOTH_WAYS = pytest.mark.parametrize(
    ("image_shape", "weight_shape", "options"),
    [
        ((8, 8, 96, 96), (16, 8, 3, 3), {"padding": 1}),
        ((1, 3, 400, 400), (32, 3, 3, 3), {"padding": 1}),
        ((1, 8, 256, 256), (16, 8, 4, 4), {"stride": 2, "padding": 1}),
        ((2, 64, 64, 64), (64, 1, 5, 5), {"padding": 2, "groups": 64}),
        ((1, 8, 128, 128), (16, 8, 3, 3), {"padding": 2, "dilation": 2}),
    ],
    ids=["batch of 8", "photograph", "strided", "depthwise", "dilated"],
)


def bytes_of_one_padded_image(shape: tuple[int, ...], weight_shape: tuple[int, ...], options: dict) -> int:
    """Return the bytes of one float32 image with a whole kernel around it."""
    margins = [2 * options.get("dilation", 1) * (taps - 1) for taps in weight_shape[2:]]
    return 4 * shape[1] * (shape[2] + margins[0]) * (shape[3] + margins[1])


@BOTH_WAYS
def test_transposed_convolution_takes_one_padded_image_and_two_mebibytes(image_shape, weight_shape, options):
    w = np.ones(weight_shape, np.float32)
    y = np.ones(conv2d(np.ones(image_shape, np.float32), w, **options).shape, np.float32)
    extra, up = allocated_beyond_the_result(conv_transpose2d, y, w, **options)
    assert up.shape == image_shape
    assert extra <= bytes_of_one_padded_image(y.shape, weight_shape, options) + 2 * MIB


@BOTH_WAYS
@pytest.mark.parametrize("operation", [conv2d, conv_transpose2d])
def test_gradients_of_convolution_take_one_padded_image_and_two_mebibytes(
    image_shape, weight_shape, options, operation
):
    x, w = np.ones(image_shape, np.float32), np.ones(weight_shape, np.float32)
    if operation is conv_transpose2d:
        x = conv2d(x, w, **options)
    result, pulls = operation.record(x, w, **options)
    larger = max(x.shape, result.shape, key=lambda shape: np.prod(shape[1:]))
    for name, argument in (("input", x), ("weight", w)):
        extra, gradient = allocated_beyond_the_result(pulls[name], np.ones_like(result))
        assert gradient.shape == argument.shape
        assert extra <= bytes_of_one_padded_image(larger, weight_shape, options) + 2 * MIB


def test_pooling_takes_one_bordered_copy_of_its_input_and_two_mebibytes():
    x = np.ones((8, 8, 130, 130), np.float32)
    for operation in (max_pool2d, avg_pool2d):
        extra, _ = allocated_beyond_the_result(operation, x, 3, 2, padding=1)
        assert extra <= x.nbytes * 133**2 // 130**2 + 2 * MIB
        extra, _ = allocated_beyond_the_result(operation, x, 2)
        assert extra <= 2 * MIB  # without a border nothing is copied
    values, switches = max_pool2d(x, 3, 2, padding=1, return_indices=True)
    extra, _ = allocated_beyond_the_result(max_unpool2d, values, switches, 3, 2, 1, (130, 130))
    assert extra <= 2 * MIB


def test_pixel_shuffle_takes_nothing_beyond_its_result():
    extra, _ = allocated_beyond_the_result(pixel_shuffle, np.ones((2, 16, 64, 64)), 4)
    assert extra <= MIB // 8


def test_unfold_takes_one_padded_copy_of_its_input():
    x = np.ones((4, 8, 64, 64))
    extra, _ = allocated_beyond_the_result(unfold, x, 3, padding=1)
    assert extra <= 4 * 8 * 66 * 66 * 8 + MIB // 8
