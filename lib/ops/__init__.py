"""The mathematics of the course: pure functions on arrays, each beside its adjoint."""

from lib.ops.convolution import conv2d
from lib.ops.matrices import matrix_of
from lib.ops.padding import crop, pad
from lib.ops.sizes import (
    conv_input_sizes,
    conv_output_size,
    conv_transpose_output_size,
    receptive_field,
    same_padding,
)
from lib.ops.windows import fold, unfold

__all__ = [
    "conv2d",
    "conv_input_sizes",
    "conv_output_size",
    "conv_transpose_output_size",
    "crop",
    "fold",
    "matrix_of",
    "pad",
    "receptive_field",
    "same_padding",
    "unfold",
]
