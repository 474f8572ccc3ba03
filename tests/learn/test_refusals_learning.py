"""Layers, losses, optimisers and schedules refuse what makes no sense, naming the argument and what was met."""

import inspect
import pkgutil
from importlib import import_module

import numpy as np
import pytest

from lib import Tensor
from lib.learn import (
    SGD,
    Adam,
    AdamW,
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    ConvTranspose2d,
    Dropout,
    Flatten,
    Linear,
    MaxPool2d,
    MaxUnpool2d,
    PixelShuffle,
    ReLU,
    Sequential,
    Upsample,
    batch_norm,
    binary_cross_entropy_with_logits,
    cosine_schedule,
    cross_entropy,
    mse_loss,
    step_schedule,
)

from ..nonsense import (
    Call,
    assert_passed,
    assert_refused_by_name,
    flag,
    integer,
    number,
    one_at_a_time,
    other,
    pair,
    pooling_stride,
    word,
)

X = np.ones((2, 3, 4, 4), np.float32)
SCORES, LABELS = np.zeros((2, 3, 4, 4)), np.zeros((2, 4, 4), int)
ONES = np.ones(3)
W = Tensor([1.0], requires_grad=True)
FROZEN = Tensor([1.0])

REFUSED = {
    # Layers
    "channels": (lambda: Conv2d(0, 1, 3), ValueError, "in_channels must be at least 1, got 0"),
    "groups": (lambda: Conv2d(3, 4, 3, groups=2), ValueError, "in_channels must be a multiple of groups 2, got 3"),
    "stride": (lambda: ConvTranspose2d(1, 1, 2, stride=0), ValueError, "stride must be at least 1, got 0"),
    "bias": (lambda: Conv2d(1, 1, 1, bias=1), TypeError, "bias must be True or False, got 1"),
    "flat input": (lambda: Conv2d(3, 1, 1)(X[0, 0]), ValueError, "input must have shape (N, 3, H, W), got (4, 4)"),
    "integer image": (lambda: Conv2d(3, 1, 1)(X.astype(int)), TypeError, "float32, got int64; use input.astype"),
    "text": (lambda: Conv2d(3, 1, 1)("photograph"), TypeError, "input must hold integers or floating-point numbers"),
    "output size": (
        lambda: ConvTranspose2d(3, 1, 2, stride=2)(X, output_size=(8, 10)),
        ValueError,
        "output_size must lie between (8, 8) and (9, 9), got (8, 10)",
    ),
    "features": (lambda: Linear(3, 2)(X), ValueError, "input must have 3 features in its last axis", "(2, 3, 4, 4)"),
    "normalised channels": (lambda: BatchNorm2d(2)(X), ValueError, "input must have shape (N, 2, H, W), got (2, 3"),
    "normalised dtype": (lambda: BatchNorm2d(3)(X.astype(float)), TypeError, "float32, got float64"),
    "eps": (lambda: BatchNorm2d(3, eps=0), ValueError, "eps must be greater than 0, got 0"),
    "a scale too few": (lambda: batch_norm(X, ONES[:2], ONES), ValueError, "weight must have shape (3,)", "got (2,)"),
    "a shift too few": (lambda: batch_norm(X, ONES, ONES[:2]), ValueError, "bias must have shape (3,)", "got (2,)"),
    "rule": (lambda: ReLU("deconv"), ValueError, "rule must be 'gradient', 'deconvnet' or 'guided', got 'deconv'"),
    "p": (lambda: Dropout(1), ValueError, "p must be at least 0 and less than 1, got 1"),
    "axes": (lambda: Flatten(2, 1)(X), ValueError, "start_dim and end_dim must be axes of the input in order"),
    "size and scale": (
        lambda: Upsample(2, 2),
        ValueError,
        "either size or scale_factor, got size 2",
    ),
    "no module": (lambda: Sequential(Flatten(), np.tanh), TypeError, "modules[1] must be a module"),
    "mode": (lambda: Flatten().train(1), TypeError, "mode must be True or False, got 1"),
    "integer dtype": (lambda: Flatten().to(int), TypeError, "dtype must be a floating-point dtype, got int64"),
    # Losses
    "no scores": (
        lambda: cross_entropy(SCORES[:0], LABELS[:0]),
        ValueError,
        "is the batch empty",
    ),
    "label": (lambda: cross_entropy(SCORES, LABELS + 3), ValueError, "target must hold labels from 0 to 2, got 3 to 3"),
    "labels as fractions": (lambda: cross_entropy(SCORES, LABELS * 1.0), TypeError, "target must hold integers"),
    "labels of other size": (
        lambda: cross_entropy(SCORES, LABELS[:1]),
        ValueError,
        "and target (1, 4, 4)",
    ),
    "weights": (lambda: cross_entropy(SCORES, LABELS, [1, 2]), ValueError, "weight must hold 3 numbers", "[1, 2]"),
    "negative weight": (lambda: cross_entropy(SCORES, LABELS, [1, -1, 1]), ValueError, "that are not negative"),
    "weights of nothing": (lambda: cross_entropy(SCORES, LABELS, [0, 1, 1]), ValueError, "weight must not be 0"),
    "reduction": (lambda: mse_loss(X, X, "average"), ValueError, "reduction must be 'mean', 'sum' or 'none'"),
    "broadcast": (lambda: mse_loss(X, X[:1]), ValueError, "target must have the shape of input", "got (1, 3, 4, 4)"),
    "no pixels": (lambda: mse_loss(X[:0], X[:0]), ValueError, "is the batch empty?"),
    "beyond yes": (lambda: binary_cross_entropy_with_logits(X, 2 * X), ValueError, "from 0 to 1, got 2.0 to 2.0"),
    "neither yes nor no": (
        lambda: binary_cross_entropy_with_logits(X, X * np.nan),
        ValueError,
        "target must hold numbers from 0 to 1, got nan to nan",
    ),
    "weight of another shape": (
        lambda: binary_cross_entropy_with_logits(X, X, pos_weight=np.ones(5)),
        ValueError,
        "pos_weight of shape (5,) cannot be broadcast to input (2, 3, 4, 4)",
    ),
    # Optimisers and schedules
    "no parameters": (lambda: SGD([]), ValueError, "parameters must hold a tensor that requires a gradient, got 0"),
    "frozen parameters": (lambda: SGD([FROZEN]), ValueError, "requires a gradient, got 1 without"),
    "arrays": (lambda: Adam([ONES]), TypeError, "parameters[0] must be a tensor, got ndarray"),
    "twice": (lambda: Adam([W, W]), ValueError, "parameters must hold each tensor once"),
    "learning rate": (lambda: Adam([W], lr=-1), ValueError, "lr must not be negative, got -1"),
    "learning rate nan": (lambda: SGD([W], lr=float("nan")), ValueError, "lr must be a finite number, got nan"),
    "betas": (lambda: Adam([W], betas=(0.9, 1)), ValueError, "betas must be at least 0 and less than 1, got (0.9, 1)"),
    "one beta": (lambda: AdamW([W], betas=0.9), ValueError, "betas must be a pair of numbers, got 0.9"),
    "decay": (lambda: AdamW([W], weight_decay=-0.1), ValueError, "weight_decay must not be negative, got -0.1"),
    "nesterov": (lambda: SGD([W], nesterov=True), ValueError, "nesterov needs a momentum greater than 0"),
    "steps": (lambda: cosine_schedule(0), ValueError, "steps must be at least 1, got 0"),
    "warmup": (lambda: cosine_schedule(5, -1), ValueError, "warmup must be at least 0, got -1"),
    "step size": (lambda: step_schedule(1.5), TypeError, "step_size must be an integer, got 1.5"),
}


SEED = integer(0).or_none() + [(0.5, "0.5"), ([1, 2], "[1, 2]")]
PADDING_OR_WORD = pair(0) + [("SAME", "'SAME'"), ("full", "'full'")]
CONVOLUTION = {
    "in_channels": integer(1),
    "out_channels": integer(1),
    "kernel_size": pair(1),
    "stride": pair(1),
    "dilation": pair(1),
    "groups": integer(1) + [(3, "groups 3")],
    "bias": flag(),
    "seed": SEED,
}
LAYERS = [
    Call(Conv2d, {"in_channels": 2, "out_channels": 4, "kernel_size": 3}, CONVOLUTION | {"padding": PADDING_OR_WORD}),
    Call(
        ConvTranspose2d,
        {"in_channels": 2, "out_channels": 4, "kernel_size": 3, "stride": 2},
        CONVOLUTION | {"padding": pair(0), "output_padding": pair(0)},
    ),
    Call(
        Linear,
        {"in_features": 2, "out_features": 3},
        {"in_features": integer(1), "out_features": integer(1), "bias": flag(), "seed": SEED},
    ),
    Call(
        MaxPool2d,
        {"kernel_size": 2},
        {
            "kernel_size": pair(1),
            "stride": pooling_stride(),
            "padding": pair(0),
            "dilation": pair(1),
            "return_indices": flag(),
            "ceil_mode": flag(),
        },
    ),
    Call(
        MaxUnpool2d,
        {"kernel_size": 2},
        {"kernel_size": pair(1), "stride": pooling_stride(), "padding": pair(0)},
    ),
    Call(
        AvgPool2d,
        {"kernel_size": 2},
        {
            "kernel_size": pair(1),
            "stride": pooling_stride(),
            "padding": pair(0),
            "ceil_mode": flag(),
            "count_include_pad": flag(),
            "divisor_override": other((0, "must not be 0"), (True, "True"), (2.0, "2.0"), ((2, 2), "(2, 2)")),
        },
    ),
    Call(
        Upsample,
        {"size": 4, "mode": "bilinear"},
        {
            "size": pair(1),
            "mode": word("nearest", "nearest-exact", "bilinear", "bicubic", "area"),
            "align_corners": flag().or_none(),
        },
    ),
    Call(Upsample, {"scale_factor": 2}, {"scale_factor": other((0, "got 0"), ("2", "'2'"), (True, "True"))}),
    Call(PixelShuffle, {"upscale_factor": 2}, {"upscale_factor": integer(1)}),
    Call(
        BatchNorm2d,
        {"num_features": 2},
        {"num_features": integer(1), "eps": number(0), "momentum": number()},
    ),
    Call(ReLU, {}, {"rule": word("gradient", "deconvnet", "guided").or_none()}),
    Call(Dropout, {}, {"p": number() + [(-0.1, "-0.1"), (1, "got 1")], "seed": SEED}),
    Call(Flatten, {}, {"start_dim": integer(-32), "end_dim": integer(-32)}),
]


def test_every_argument_of_every_layer_is_in_the_table():
    package = import_module("lib.learn.layers")
    found = {
        value
        for module in pkgutil.iter_modules(package.__path__)
        for name, value in vars(import_module(f"{package.__name__}.{module.name}")).items()
        if inspect.isclass(value) and value.__module__.startswith(package.__name__) and name[0] != "_"
    }
    assert {call.function for call in LAYERS} == found
    for layer in found:
        named = set(inspect.signature(layer).parameters)
        assert {name for call in LAYERS if call.function is layer for name in call.kinds} == named


@pytest.mark.parametrize(("layer", "arguments", "name", "kind"), one_at_a_time(LAYERS))
def test_no_argument_of_a_layer_passes_by_its_checker(layer, arguments, name, kind):
    layer(**arguments)
    assert_refused_by_name(layer, arguments, name, kind.refused)
    assert_passed(layer, arguments, name, kind.passed)


@pytest.mark.parametrize("name", REFUSED)
def test_nonsense_is_refused_by_name(name):
    call, error, *parts = REFUSED[name]
    with pytest.raises(error) as refusal:
        call()
    assert all(part in str(refusal.value) for part in parts), str(refusal.value)
