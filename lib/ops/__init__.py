"""The mathematics of the course: pure functions on arrays, each beside its adjoint."""

from lib.ops.averaging import avg_pool2d
from lib.ops.convolution import conv2d, conv_transpose2d
from lib.ops.interpolation import interpolate
from lib.ops.matrices import matrix_of
from lib.ops.metrics import psnr, ssim
from lib.ops.padding import crop, pad
from lib.ops.pooling import max_pool2d, max_unpool2d
from lib.ops.regions import connected_components, erode, otsu_threshold
from lib.ops.resampling import INTERPOLATION_RULES, interpolation_matrix
from lib.ops.shuffling import pixel_shuffle, pixel_unshuffle
from lib.ops.sizes import (
    conv_input_sizes,
    conv_output_size,
    conv_transpose_output_size,
    pool_output_size,
    receptive_field,
    same_padding,
    strided_same_padding,
)
from lib.ops.windows import fold, unfold

__all__ = [
    "INTERPOLATION_RULES",
    "avg_pool2d",
    "connected_components",
    "conv2d",
    "conv_input_sizes",
    "conv_output_size",
    "conv_transpose2d",
    "conv_transpose_output_size",
    "crop",
    "erode",
    "fold",
    "interpolate",
    "interpolation_matrix",
    "matrix_of",
    "max_pool2d",
    "max_unpool2d",
    "otsu_threshold",
    "pad",
    "pixel_shuffle",
    "pixel_unshuffle",
    "pool_output_size",
    "psnr",
    "receptive_field",
    "same_padding",
    "ssim",
    "strided_same_padding",
    "unfold",
]
