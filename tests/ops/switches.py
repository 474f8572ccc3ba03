"""Configurations and arrays that the laws of pooling and of unpooling share."""

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st

from lib import max_pool2d, max_unpool2d

from .strategies import Pooling, poolings

EVERY_DTYPE = [np.int8, np.uint8, np.int32, np.int64, np.uint64, np.float16, np.float32, np.float64, np.longdouble]


def distinct(shape: tuple[int, ...], seed: int) -> np.ndarray:
    """Return an array of different positive whole numbers: no window has a tie."""
    return np.random.default_rng(seed).permutation(int(np.prod(shape))).reshape(shape) + 1.0


def with_switches(x: np.ndarray, call: Pooling) -> tuple[np.ndarray, np.ndarray]:
    return max_pool2d(x, **call.options, return_indices=True)


def unpooled(y: np.ndarray, switches: np.ndarray, call: Pooling) -> np.ndarray:
    """Unpool to the size that was pooled, which PyTorch lets be reached from undilated floor sizes."""
    return max_unpool2d(y, switches, call.kernel_size, call.stride, call.padding, call.shape[2:])


def undilated(call: Pooling) -> Pooling:
    return call._replace(dilation=(1, 1), ceil_mode=False)


@st.composite
def apart(draw: st.DrawFn) -> Pooling:
    """Windows that do not overlap."""
    call = undilated(draw(poolings(dilated=False)))
    assume(all(i + 2 * p >= k for i, k, p in zip(call.shape[2:], call.kernel_size, call.padding, strict=True)))
    return call._replace(stride=tuple(map(max, call.stride, call.kernel_size)))
