"""Weights begin as their formulas and PyTorch say, and keep the spread of activations where they promise to."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

import lib
from lib import learn
from lib.learn import (
    DECODER_KINDS,
    Conv2d,
    ConvTranspose2d,
    Doubling,
    Linear,
    Parameter,
    bilinear_,
    constant_,
    fans,
    he_,
    icnr_,
    inputs_of,
    kaiming_normal_,
    kaiming_uniform_,
)

from ..ops.strategies import LAW

SHAPES = [(40, 30, 3, 3), (60, 50), (30, 20, 5, 2)]


def blank(*shape):
    return Parameter(np.zeros(shape, np.float32))


@pytest.mark.parametrize("mode", ["fan_in", "fan_out"])
@pytest.mark.parametrize(
    ("nonlinearity", "a", "gain"), [("linear", 0, 1), ("relu", 0, 2**0.5), ("leaky_relu", 0.5, 1.6**0.5)]
)
@pytest.mark.parametrize("shape", SHAPES)
def test_spread_is_gain_by_the_root_of_the_fan(shape, mode, nonlinearity, a, gain):
    expected = gain / np.sqrt(fans(shape)[mode == "fan_out"])
    uniform = kaiming_uniform_(blank(*shape), a, mode, nonlinearity, seed=0).data
    normal = kaiming_normal_(blank(*shape), a, mode, nonlinearity, seed=0).data
    assert_allclose([uniform.std(), normal.std()], expected, rtol=0.04)
    assert_allclose(abs(uniform).max(), np.sqrt(3) * expected, rtol=0.01)
    assert abs(normal).max() > 2.5 * expected
    assert uniform.dtype == normal.dtype == np.float32


@pytest.mark.parametrize("name", ["kaiming_uniform_", "kaiming_normal_"])
@pytest.mark.parametrize("shape", SHAPES)
def test_spread_is_that_of_the_installed_torch(name, shape):
    torch = pytest.importorskip("torch", reason="compares with PyTorch itself where it is installed")
    for options in ({}, {"nonlinearity": "relu"}, {"a": 5**0.5}, {"mode": "fan_out", "nonlinearity": "linear"}):
        ours = getattr(learn, name)(blank(*shape), **options, seed=0).data
        theirs = getattr(torch.nn.init, name)(torch.zeros(shape), **options).numpy()
        assert_allclose(ours.std(), theirs.std(), rtol=0.06)


def test_fans_are_those_of_the_installed_torch():
    torch = pytest.importorskip("torch", reason="compares with PyTorch itself where it is installed")
    for shape in SHAPES:
        assert fans(shape) == torch.nn.init._calculate_fan_in_and_fan_out(torch.zeros(shape))


@pytest.mark.parametrize("function", [kaiming_uniform_, kaiming_normal_])
def test_equal_seeds_give_equal_weights(function):
    assert_array_equal(function(blank(3, 4), seed=5).data, function(blank(3, 4), seed=np.random.default_rng(5)).data)


@given(factor=st.sampled_from([2, 4, 8]), channels=st.integers(1, 3))
@LAW
def test_bilinear_beginnings_interpolate_away_from_the_border(factor, channels):
    layer = ConvTranspose2d(channels, channels, 2 * factor, factor, factor // 2, bias=False)
    bilinear_(layer.weight)
    image = np.random.default_rng(factor).normal(size=(1, channels, 5, 6)).astype(np.float32)
    found, expected = layer(image).data, lib.interpolate(image, scale_factor=factor, mode="bilinear")
    inside = slice(factor // 2, -(factor // 2))
    assert_allclose(found[..., inside, inside], expected[..., inside, inside], atol=1e-5)
    assert not np.allclose(found[..., 0, :], expected[..., 0, :])  # the border is darkened: zeros lie beyond it


def test_bilinear_beginnings_of_odd_kernels_and_groups():
    triangle = np.array([0.5, 1, 0.5])
    assert_array_equal(bilinear_(blank(2, 1, 3, 3)).data, np.outer(triangle, triangle) * np.ones((2, 1, 1, 1)))


def test_icnr_begins_as_nearest_neighbour_enlargement():
    layer = Conv2d(3, 8, 3, padding=1, seed=0)
    icnr_(layer.weight, 2, seed=0)
    constant_(layer.bias, 0)
    fine = lib.pixel_shuffle(layer(np.random.default_rng(0).normal(size=(1, 3, 5, 5)).astype(np.float32)), 2).data
    assert_allclose(fine, lib.interpolate(fine[..., ::2, ::2], scale_factor=2), atol=1e-6)
    assert len(np.unique(fine[0, :, ::2, ::2])) == 50


def test_icnr_takes_another_beginning():
    assert_array_equal(icnr_(blank(8, 1, 1, 1), 2, constant_, value=3).data, np.full((8, 1, 1, 1), 3))


@pytest.mark.parametrize(
    ("layer", "count"),
    [
        (Conv2d(6, 4, (3, 5), groups=2, seed=0), 3 * 15),
        (ConvTranspose2d(6, 4, 3, seed=0), 6 * 9),
        (ConvTranspose2d(6, 4, 3, stride=2, seed=0), 6 * 9 / 4),
        (ConvTranspose2d(6, 4, (2, 4), stride=(1, 2), groups=2, seed=0), 3 * 8 / 2),
        (Linear(7, 3, seed=0), 7),
    ],
)
def test_inputs_are_what_an_output_cell_sums(layer, count):
    assert inputs_of(layer) == count
    constant_(layer.weight, 1)
    constant_(layer.bias, 0)
    ones = np.ones((1, 6, 12, 12), np.float32) if hasattr(layer, "stride") else np.ones((1, 7), np.float32)
    sums = layer(ones).data
    if hasattr(layer, "stride"):
        sums = sums[..., 6:10, 6:10]  # away from the border, over whole periods of both strides
    assert_allclose(sums.mean(), count)


@pytest.mark.parametrize("kind", DECODER_KINDS)
def test_every_decoder_begins_with_the_variance_that_keeps_activations(kind):
    random = np.random.default_rng(0)
    coarse = np.maximum(random.normal(size=(2, 64, 16, 16)), 0).astype(np.float32)
    switches = lib.max_pool2d(random.normal(size=(2, 64, 32, 32)), 2, return_indices=True)[1]
    result = Doubling(kind, 64, 48, seed=1)(coarse, switches).data[..., 4:-4, 4:-4]
    # He's law: a ReLU halves the mean square, so it must come in doubled. Bilinear interpolation averages some away.
    doubled = (result**2).mean() / (coarse**2).mean()
    assert (0.8 if kind.endswith("bilinear") else 1.7) < doubled < 2.4


def test_he_draws_bias_zero_and_takes_a_gain():
    one, double = (he_(Conv2d(32, 32, 3, seed=0), gain, seed=1) for gain in (1, 2))
    assert_allclose(double.weight.data, 2 * one.weight.data, rtol=1e-6)
    assert not one.bias.data.any()


REFUSED = {
    "fans of a row": (lambda: fans((3,)), "at least 2 dimensions"),
    "mode": (lambda: kaiming_normal_(blank(2, 2), mode="in"), "mode must be 'fan_in' or 'fan_out', got 'in'"),
    "nonlinearity": (lambda: kaiming_normal_(blank(2, 2), nonlinearity="elu"), "nonlinearity must be 'linear'"),
    "bilinear, oblong": (
        lambda: bilinear_(blank(2, 2, 4, 2)),
        "(C_in, C_in, k, k) or (C_in, 1, k, k), got (2, 2, 4, 2)",
    ),
    "bilinear, other channels": (lambda: bilinear_(blank(2, 3, 4, 4)), "got (2, 3, 4, 4)"),
    "icnr channels": (lambda: icnr_(blank(6, 2, 3, 3), 2), "a multiple of 4 output channels, got shape (6, 2, 3, 3)"),
    "gain": (lambda: he_(Conv2d(1, 1, 1), 0), "gain must be greater than 0, got 0"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_nonsense_is_refused_by_name(name):
    call, message = REFUSED[name]
    with pytest.raises(ValueError, match=r".") as refusal:
        call()
    assert message in str(refusal.value)
