"""The shapes that Keras' layers make, by the formulas of its documentation: code for it can be tried without it."""

from __future__ import annotations

import math
import types


class Tensor:
    """A shape without a batch: rows, columns, channels."""

    def __init__(self, *shape):
        self.shape = shape

    def __getitem__(self, slices):
        kept = [len(range(size)[part]) for size, part in zip(self.shape, slices[1:], strict=False)]
        return Tensor(*kept, *self.shape[len(kept) :])


def _pair(value):
    return (value, value) if isinstance(value, int) else value


class Convolution:
    """``Conv2D``: 'same' is ceil(size / stride), 'valid' ceil((size - dilation (kernel - 1)) / stride)."""

    def __init__(self, filters, kernel_size, strides=1, padding="valid", dilation_rate=1, groups=1, use_bias=True):
        self.filters, self.padding, self.groups = filters, padding, groups
        self.kernel, self.strides, self.dilation = map(_pair, (kernel_size, strides, dilation_rate))

    def __call__(self, x):
        assert x.shape[2] % self.groups == self.filters % self.groups == 0
        reach = [d * (k - 1) if self.padding == "valid" else 0 for k, d in zip(self.kernel, self.dilation, strict=True)]
        sizes = [math.ceil((x.shape[axis] - reach[axis]) / self.strides[axis]) for axis in (0, 1)]
        assert min(sizes) >= 1
        return Tensor(*sizes, self.filters)


class Transposed:
    """``Conv2DTranspose``, padding 'valid': (size - 1) stride + dilated kernel + output_padding."""

    def __init__(self, filters, kernel_size, strides=1, output_padding=None, dilation_rate=1, use_bias=True):
        self.filters = filters
        self.kernel, self.strides, self.dilation = map(_pair, (kernel_size, strides, dilation_rate))
        self.extra = _pair(output_padding)
        assert all(extra < stride for extra, stride in zip(self.extra, self.strides, strict=True))

    def __call__(self, x):
        axes = zip(x.shape, self.strides, self.kernel, self.dilation, self.extra, strict=False)
        return Tensor(*((i - 1) * s + d * (k - 1) + 1 + op for i, s, k, d, op in axes), self.filters)


class Pooling:
    """``MaxPooling2D`` and ``AveragePooling2D``, padding 'valid': floor((size - window) / stride) + 1."""

    def __init__(self, pool_size, strides=None):
        self.window, self.strides = _pair(pool_size), _pair(strides or pool_size)

    def __call__(self, x):
        sizes = [(x.shape[axis] - self.window[axis]) // self.strides[axis] + 1 for axis in (0, 1)]
        return Tensor(*sizes, x.shape[2])


class Margins:
    """``ZeroPadding2D`` and ``Cropping2D``: ((above, below), (left, right))."""

    def __init__(self, margins, sign):
        self.margins, self.sign = margins, sign

    def __call__(self, x):
        assert all(side >= 0 for pair in self.margins for side in pair)
        sizes = [x.shape[axis] + self.sign * sum(self.margins[axis]) for axis in (0, 1)]
        assert min(sizes) >= 1
        return Tensor(*sizes, x.shape[2])


class Resizing:
    """``Resizing`` and ``UpSampling2D``."""

    def __init__(self, size=None, factor=None):
        self.size, self.factor = size, factor and _pair(factor)

    def __call__(self, x):
        sizes = self.size or [x.shape[axis] * self.factor[axis] for axis in (0, 1)]
        return Tensor(*sizes, x.shape[2])


def _joined(concatenate):
    def join(tensors):
        first = tensors[0]
        assert len({tensor.shape[:2] for tensor in tensors}) == 1
        channels = [tensor.shape[2] for tensor in tensors]
        assert concatenate or len(set(channels)) == 1
        return Tensor(*first.shape[:2], sum(channels) if concatenate else channels[0])

    return join


def _reshape(tensor, shape):
    assert shape[0] == -1
    assert math.prod(shape[1:]) == math.prod(tensor.shape)
    return Tensor(*shape[1:])


def _transpose(tensor, axes):
    return Tensor(*(tensor.shape[axis - 1] for axis in axes[1:]))


def _stack(tensors):
    assert len({tensor.shape for tensor in tensors}) == 1
    return tensors[0]


def _same(*_, **__):
    return lambda x: x


def modules() -> dict[str, types.ModuleType]:
    """Return a stand-in for ``keras``, to be put where imports look."""
    layers = types.SimpleNamespace(
        Conv2D=Convolution,
        Conv2DTranspose=Transposed,
        MaxPooling2D=Pooling,
        AveragePooling2D=Pooling,
        ZeroPadding2D=lambda margins: Margins(margins, 1),
        Cropping2D=lambda margins: Margins(margins, -1),
        Resizing=lambda rows, columns, interpolation: Resizing(size=(rows, columns)),
        UpSampling2D=lambda factor, interpolation: Resizing(factor=factor),
        Concatenate=lambda: _joined(True),
        Add=lambda: _joined(False),
        Lambda=lambda function: function,
        **dict.fromkeys(
            ("ReLU", "BatchNormalization", "SpatialDropout2D", "LeakyReLU", "Activation", "Softmax"), _same
        ),
        **dict.fromkeys(("ELU", "PReLU", "Identity", "GroupNormalization"), _same),
    )

    keras = types.ModuleType("keras")
    keras.Input = lambda shape: Tensor(*shape)
    keras.Model = lambda inputs, output: types.SimpleNamespace(output_shape=(None, *output.shape))
    keras.layers = layers
    keras.ops = types.SimpleNamespace(reshape=_reshape, transpose=_transpose, stack=_stack, max=lambda t, axis: t)
    return {"keras": keras}
