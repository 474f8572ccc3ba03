"""Every layer has the gradients that differences show, the results of its PyTorch namesake, and the same beginnings."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

import lib
from lib import Tensor, learn
from lib.learn import (
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    ConvTranspose2d,
    Dropout,
    Flatten,
    Linear,
    MaxPool2d,
    MaxUnpool2d,
    Module,
    PixelShuffle,
    ReLU,
    Sequential,
    Upsample,
    check_gradients,
)

from ..ops.strategies import LAW, seeds

# Layer name, its arguments, and the shape of an input. Both libraries take the same arguments.
LAYERS = {
    "Conv2d": [
        ((2, 3, 3), {"padding": 1}, (2, 2, 5, 4)),
        ((2, 4, (3, 2)), {"stride": 2, "groups": 2, "bias": False, "dilation": (1, 2)}, (2, 2, 7, 6)),
        ((1, 2, 3), {"padding": "same"}, (1, 1, 4, 4)),
    ],
    "ConvTranspose2d": [
        ((2, 3, 4, 2, 1), {}, (2, 2, 3, 4)),
        ((4, 2, 3), {"stride": 2, "output_padding": 1, "groups": 2, "bias": False, "dilation": 2}, (1, 4, 3, 3)),
    ],
    "Linear": [((3, 4), {}, (5, 3)), ((3, 2), {"bias": False}, (2, 4, 3))],
    "BatchNorm2d": [((3,), {}, (4, 3, 3, 2)), ((2,), {"eps": 0.1, "momentum": 0.3}, (1, 2, 4, 4))],
    "ReLU": [((), {}, (2, 3, 4))],
    "MaxPool2d": [((2,), {}, (2, 2, 4, 6)), ((3, 2, 1), {"ceil_mode": True}, (1, 2, 6, 5))],
    "AvgPool2d": [((2,), {}, (2, 2, 4, 6)), ((3, 2, 1, True, False), {}, (1, 2, 6, 5))],
    "Upsample": [
        ((), {"scale_factor": 2}, (2, 2, 3, 4)),
        ((), {"scale_factor": 2, "mode": "bilinear"}, (1, 2, 3, 4)),
        (((5, 7),), {"mode": "bicubic", "align_corners": True}, (1, 2, 3, 4)),
    ],
    "PixelShuffle": [((2,), {}, (2, 8, 3, 2))],
    "Flatten": [((), {}, (2, 3, 4, 5)), ((2, 3), {}, (2, 3, 4, 5))],
}
CASES = [(name, *case) for name, cases in LAYERS.items() for case in cases]
WEIGHTED = ("Conv2d", "ConvTranspose2d", "Linear")


def numbers(shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def made(name, arguments, options):
    return getattr(learn, name)(*arguments, **options, **({"seed": 0} if name in WEIGHTED else {})).to(np.float64)


def case_name(value):
    return value if isinstance(value, str) else ""


@pytest.mark.parametrize(("name", "arguments", "options", "shape"), CASES, ids=case_name)
def test_gradients_are_those_of_differences(name, arguments, options, shape):
    assert check_gradients(made(name, arguments, options), numbers(shape)) < 1e-6


@pytest.mark.parametrize("name", [name for name, *_ in LAYERS.items()])
def test_gradients_in_evaluation_mode(name):
    arguments, options, shape = LAYERS[name][0]
    layer = made(name, arguments, options)
    layer(numbers(shape, seed=1))  # running statistics that are not those of the start
    assert check_gradients(layer.eval(), numbers(shape)) < 1e-6


def test_gradients_of_unpooling():
    pooled, switches = MaxPool2d(2, return_indices=True)(numbers((2, 2, 4, 6)))
    assert check_gradients(MaxUnpool2d(2), pooled, switches) < 1e-6


def test_gradients_of_a_transposed_convolution_to_a_chosen_size():
    class Chosen(Module):
        def __init__(self):
            self.layer = ConvTranspose2d(2, 1, 3, stride=3, seed=0).to(np.float64)

        def forward(self, x):
            return self.layer(x, output_size=(8, 7))

    assert Chosen()(numbers((1, 2, 2, 2))).shape == (1, 1, 8, 7)
    assert check_gradients(Chosen(), numbers((1, 2, 2, 2))) < 1e-6


def test_gradients_of_dropout_go_where_nothing_was_dropped():
    layer = Dropout(0.4, seed=0)
    x = Tensor(numbers((50, 40)), requires_grad=True)
    y = layer(x)
    y.backward(np.ones(y.shape))
    assert_allclose(x.grad, np.where(y.data == 0, 0, 1 / 0.6), rtol=1e-6)


@given(p=st.floats(0, 0.9), seed=seeds)
@LAW
def test_dropout_keeps_the_mean(p, seed):
    y = Dropout(p, seed=seed)(np.ones(20_000)).data
    assert abs(y.mean() - 1) < 6 * np.sqrt(p / (1 - p) / y.size) + 1e-6
    assert set(np.unique(y)) <= {0.0, 1 / (1 - p)}


def test_a_check_notices_a_wrong_gradient():
    class Wrong(Linear):
        def forward(self, x):
            return super().forward(x * Tensor(x.data).detach()) if isinstance(x, Tensor) else super().forward(x)

    with pytest.raises(AssertionError, match=r"inputs\[0\]\[\d, \d\]: backward says"):
        check_gradients(Wrong(3, 2, seed=0).to(np.float64), numbers((2, 3)))


def test_a_check_notices_a_missing_gradient_of_a_parameter():
    class Forgetful(Linear):
        def forward(self, x):
            return x @ self.weight.detach().T + self.bias

    with pytest.raises(AssertionError, match=r"^weight\[\d, \d\]: backward says 0"):
        check_gradients(Forgetful(3, 2, seed=0).to(np.float64), numbers((2, 3)))


def test_a_check_needs_double_precision_and_leaves_parameters_alone():
    with pytest.raises(TypeError, match="weight must be float64"):
        check_gradients(Linear(3, 2, seed=0), numbers((2, 3)))
    layer = Linear(3, 2, seed=0).to(np.float64)
    before = layer.state_dict()
    check_gradients(layer, numbers((2, 3)))
    for name, array in layer.state_dict().items():
        assert_array_equal(array, before[name])


@pytest.mark.parametrize(("name", "arguments", "options", "shape"), CASES, ids=case_name)
@pytest.mark.parametrize("training", [True, False], ids=["training", "evaluation"])
def test_results_are_those_of_the_installed_torch(name, arguments, options, shape, training):
    torch = pytest.importorskip("torch", reason="compares with PyTorch itself where it is installed")
    ours, theirs = made(name, arguments, options), getattr(torch.nn, name)(*arguments, **options).double()
    theirs.load_state_dict({k: torch.from_numpy(v) for k, v in ours.state_dict().items()}, strict=False)
    ours.train(training)
    theirs.train(training)
    for seed in range(2):
        x = numbers(shape, seed)
        found, expected = ours(x), theirs(torch.from_numpy(x))
        assert_allclose(np.asarray(getattr(found, "data", found)), expected.detach().numpy(), atol=1e-12)
    for key, array in ours.state_dict().items():
        assert_allclose(array, theirs.state_dict()[key].numpy(), atol=1e-12)


@pytest.mark.parametrize("name", WEIGHTED)
def test_first_weights_are_spread_as_those_of_the_installed_torch(name):
    torch = pytest.importorskip("torch", reason="compares with PyTorch itself where it is installed")
    arguments = {"Conv2d": (64, 48, 3), "ConvTranspose2d": (48, 64, 3), "Linear": (300, 200)}[name]
    ours, theirs = getattr(learn, name)(*arguments, seed=0), getattr(torch.nn, name)(*arguments)
    for key in ("weight", "bias"):
        found, expected = getattr(ours, key).data, getattr(theirs, key).detach().numpy()
        assert_allclose(abs(found).max(), abs(expected).max(), rtol=0.1 if key == "bias" else 1e-3)
        assert_allclose(found.std(), expected.std(), rtol=0.25 if key == "bias" else 0.02)


def test_first_weights_are_even_up_to_one_by_the_root_of_what_goes_in():
    layer = Conv2d(64, 48, 3, seed=0)
    bound = 1 / np.sqrt(64 * 9)
    for values in (layer.weight.data, layer.bias.data):
        assert abs(values).max() <= bound * (1 + 1e-6)
    counts, _ = np.histogram(layer.weight.data, 10, (-bound, bound))
    assert counts.min() > 0.9 * counts.mean()


def test_running_statistics_follow_the_formula():
    layer, x = BatchNorm2d(2, momentum=0.25), numbers((3, 2, 4, 5)).astype(np.float32) * 3 + 1
    layer(x)
    assert_allclose(layer.running_mean, 0.25 * x.mean((0, 2, 3)), rtol=1e-5)
    assert_allclose(layer.running_var, 0.75 + 0.25 * x.var((0, 2, 3), ddof=1), rtol=1e-5)


@given(seed=seeds, scale=st.floats(0.1, 100), shift=st.floats(-50, 50))
@LAW
def test_batch_normalisation_forgets_scale_and_shift(seed, scale, shift):
    x = numbers((4, 3, 3, 2), seed)
    layer = BatchNorm2d(3, eps=1e-12).to(np.float64)
    assert_allclose(layer(x * scale + shift).data, layer(x).data, atol=1e-7)


def test_large_means_lose_no_precision():
    x = numbers((8, 2, 6, 6)).astype(np.float32)
    far, near = BatchNorm2d(2)(x + np.float32(1000)).data, BatchNorm2d(2)(x).data
    assert_allclose(far, near, atol=2e-3)


def test_resizing_layers_carry_out_their_operations():
    x = numbers((1, 4, 6, 6))
    assert_array_equal(MaxPool2d(2)(x), lib.max_pool2d(x, 2))
    pooled, switches = MaxPool2d(2, return_indices=True)(x)
    assert_array_equal(MaxUnpool2d(2)(pooled, switches), lib.max_unpool2d(pooled, switches, 2))
    assert_array_equal(Upsample(scale_factor=2, mode="bicubic")(x), lib.interpolate(x, None, 2, "bicubic"))
    assert_array_equal(PixelShuffle(2)(x), lib.pixel_shuffle(x, 2))
    assert_array_equal(AvgPool2d(2)(x), lib.avg_pool2d(x, 2))


@pytest.mark.parametrize("rule", ["gradient", "deconvnet", "guided"])
def test_a_rectifying_layer_follows_its_rule(rule):
    x, one = (Tensor(numbers((3, 4)), requires_grad=True) for _ in range(2))
    ReLU(rule)(x).backward(numbers((3, 4), 1))
    one.relu(rule).backward(numbers((3, 4), 1))
    assert_array_equal(x.grad, one.grad)


def test_layers_show_what_differs_from_the_default():
    shown = [
        (Conv2d(2, 4, (3, 2), groups=2, bias=False, seed=0), "Conv2d(2, 4, kernel_size=(3, 2), groups=2, bias=False)"),
        (Conv2d(1, 1, 3, padding="same", seed=0), "Conv2d(1, 1, kernel_size=3, padding='same')"),
        (
            ConvTranspose2d(1, 2, 3, 2, 1, 1, seed=0),
            "ConvTranspose2d(1, 2, kernel_size=3, stride=2, padding=1, output_padding=1)",
        ),
        (MaxPool2d(3, 2, 1), "MaxPool2d(kernel_size=3, stride=2, padding=1)"),
        (MaxUnpool2d(2), "MaxUnpool2d(kernel_size=2)"),
        (Upsample(scale_factor=2, mode="bilinear"), "Upsample(scale_factor=2, mode='bilinear')"),
        (Upsample(size=(3, 4)), "Upsample(size=(3, 4), mode='nearest')"),
        (PixelShuffle(3), "PixelShuffle(3)"),
        (ReLU("guided"), "ReLU(rule='guided')"),
        (Linear(2, 3, bias=False, seed=0), "Linear(2, 3, bias=False)"),
        (Sequential(Flatten()), "Sequential(\n  0: Flatten()\n)"),
    ]
    assert [repr(layer) for layer, _ in shown] == [text for _, text in shown]
