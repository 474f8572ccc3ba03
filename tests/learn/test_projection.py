"""The projection of a feature onto the pixels, and the way up through DeconvNet: laws that hold for any weights."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from lib import Tensor, conv_transpose2d, receptive_field
from lib.learn import Classifier, DeconvNet, activations, no_grad, relu_rule

LAYERS = [(5, 1), (2, 2), (3, 1), (2, 2), (3, 1)]
SIZES = [receptive_field(LAYERS[: 2 * layer + 1]) for layer in range(3)]
JUMPS, REACHES = [1, 2, 4], [2, 4, 8]  # of the receptive fields: from one to the next, and before the first pixel


@pytest.fixture
def network():
    return Classifier(1, 10, channels=(3, 4, 5), size=16, seed=0).eval()


@pytest.fixture
def images():
    return np.random.default_rng(1).standard_normal((2, 1, 16, 16)).astype(np.float32)


def single(network, images, layer, place):
    """Return the map of a layer, zero but for its strongest activation near a place, and where that is."""
    maps, _, _ = network.features(images)
    near = maps[layer].data[0, :, place, place]
    only = np.zeros(maps[layer].shape, np.float32)
    only[0, near.argmax(), place, place] = near.max()
    assert near.max() > 0
    return only, int(near.argmax())


def carried_back(network, images, layer, activation, rule):
    pixels = Tensor(images, requires_grad=True)
    maps, _, _ = network.features(pixels)
    with relu_rule(rule):
        maps[layer].backward(activation)
    return pixels.grad


@pytest.mark.parametrize("layer", range(3))
def test_the_projection_is_the_backward_pass_under_the_rule_of_deconvnet(network, images, layer):
    activation = np.random.default_rng(2).standard_normal(network.features(images)[0][layer].shape).astype(np.float32)
    by_rule = carried_back(network, images, layer, activation, "deconvnet")
    assert_allclose(network.project(images, layer, activation), by_rule, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("rule", ["deconvnet", "gradient", "guided"])
def test_at_the_first_layer_every_rule_gives_the_kernel(network, images, rule):
    activation, channel = single(network, images, 0, 8)
    expected = conv_transpose2d(activation, network.convolutions[0].weight.data, padding=2)
    assert_allclose(carried_back(network, images, 0, activation, rule), expected, rtol=1e-6)
    kernel = network.convolutions[0].weight.data[channel, 0]
    assert_allclose(expected[0, 0, 6:11, 6:11], activation.max() * kernel, rtol=1e-6)


def test_above_the_first_layer_the_rules_differ(network, images):
    activation, _ = single(network, images, 2, 2)
    found = [carried_back(network, images, 2, activation, rule) for rule in ("deconvnet", "gradient", "guided")]
    for one, other in ((0, 1), (0, 2), (1, 2)):
        assert not np.allclose(found[one], found[other])


@pytest.mark.parametrize("rule", ["deconvnet", "gradient", "guided"])
@pytest.mark.parametrize("layer", range(3))
def test_outside_the_receptive_field_everything_is_zero(network, images, layer, rule):
    place = 2
    activation, _ = single(network, images, layer, place)
    signal = carried_back(network, images, layer, activation, rule)
    assert signal[0].any()
    first = place * JUMPS[layer] - REACHES[layer]
    field = slice(max(first, 0), first + SIZES[layer])
    signal[0, :, field, field] = 0
    assert_array_equal(signal, 0)


@pytest.fixture
def stages():
    network = DeconvNet(1, 5, channels=(4, 6, 6), hidden=8, seed=0)  # training mode: BatchNorm centres every channel
    with no_grad(), activations(network) as seen:
        steps = list(network.stages(np.random.default_rng(3).standard_normal((4, 1, 32, 32)).astype(np.float32)))
    return [(name, step.data) for name, step in steps], seen


def test_unpooling_keeps_every_value_and_makes_the_rest_zero(stages):
    steps, _ = stages
    for (_, before), (name, after) in zip(steps[::2], steps[1::2], strict=False):
        assert name.startswith("unpooling")
        assert after.size == 4 * before.size
        assert np.count_nonzero(after) == np.count_nonzero(before)
        sums = [values.reshape(*values.shape[:2], -1).astype(np.float64).sum(2) for values in (before, after)]
        assert_allclose(*sums, rtol=1e-6)


def test_deconvolution_leaves_no_zero_before_its_relu(stages):
    steps, seen = stages
    for number, (name, after) in enumerate(steps[::2]):
        assert name == f"deconvolution {number + 1}"
        assert (seen[f"up.{number}.1"].data != 0).all()
        assert_array_equal(after, np.maximum(seen[f"up.{number}.1"].data, 0))
