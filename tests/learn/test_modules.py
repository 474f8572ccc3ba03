"""Modules find their parameters by name, keep and restore their state, say which layer refuses, and show themselves."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from lib import Tensor
from lib.learn import (
    BatchNorm2d,
    Conv2d,
    Dropout,
    Linear,
    Module,
    Parameter,
    ReLU,
    Sequential,
    UNet,
    activations,
    no_grad,
)

IMAGES = np.random.default_rng(0).normal(size=(2, 1, 8, 8)).astype(np.float32)


class Net(Module):
    def __init__(self, seed=0):
        random = np.random.default_rng(seed)
        self.scale = Parameter(np.ones(1, np.float32))
        self.blocks = [Sequential(Conv2d(1, 2, 3, seed=random), BatchNorm2d(2)), Dropout(0.5, random)]
        self.width = 3  # neither module nor parameter

    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        self.result = x  # a computed tensor is no parameter, recorded or not
        return x * self.scale


PARAMETERS = ["scale", "blocks.0.0.weight", "blocks.0.0.bias", "blocks.0.1.weight", "blocks.0.1.bias"]
BUFFERS = ["blocks.0.1.running_mean", "blocks.0.1.running_var"]


@pytest.fixture
def network():
    return Net()


def test_parameters_are_found_by_name_in_order(network):
    assert [name for name, _ in network.named_parameters()] == PARAMETERS
    assert all(isinstance(parameter, Parameter) for parameter in network.parameters())
    assert network.parameter_count == 1 + 2 * 9 + 2 + 2 + 2


@pytest.mark.parametrize("recorded", [True, False])
def test_what_is_computed_is_no_parameter(network, recorded):
    if recorded:
        network(IMAGES)
    else:
        with no_grad():
            network(IMAGES)
    assert type(network.result) is Tensor
    assert [name for name, _ in network.named_parameters()] == PARAMETERS


@pytest.mark.parametrize(
    "compute",
    [lambda p: p + 1, lambda p: 1 + p, lambda p: Tensor([2.0]) * p, lambda p: p * Tensor([2.0]), lambda p: -p],
)
def test_arithmetic_with_a_parameter_gives_a_tensor(compute):
    result = compute(Parameter([1.0]))
    assert type(result) is Tensor
    assert result.requires_grad


def test_frozen_parameters_stay_parameters(network):
    network.scale.requires_grad = False
    assert "scale" in network.state_dict()
    assert network.scale in network.parameters()


def test_a_shared_module_counts_once():
    layer = Conv2d(1, 1, 3, seed=0)
    twice = Sequential(layer, ReLU(), layer)
    assert [name for name, _ in twice.named_parameters()] == ["0.weight", "0.bias"]


def test_state_is_a_copy_that_can_be_put_back(network):
    begun = network.state_dict()
    assert list(begun) == [*PARAMETERS, *BUFFERS]
    network(IMAGES)
    network.scale.data = network.scale.data + 1
    changed = network.state_dict()
    assert not np.array_equal(begun["scale"], changed["scale"])
    assert not np.array_equal(begun[BUFFERS[0]], changed[BUFFERS[0]])
    network.load_state_dict(begun)
    for name, array in network.state_dict().items():
        assert_array_equal(array, begun[name])


STATES = {
    "missing": (lambda state: state.pop("scale"), "scale is missing"),
    "unknown": (lambda state: state.update(scales=state["scale"]), "state_dict holds scales, which"),
    "shape": (lambda state: state.update(scale=np.ones(2)), "scale must have shape (1,), got (2,)"),
    "text": (lambda state: state.update(scale=np.array(["1"])), "scale must hold numbers, got dtype <U1"),
    "object": (lambda state: state.update(scale=np.array([None])), "scale must hold numbers, got dtype object"),
}


@pytest.mark.parametrize("name", STATES)
def test_a_state_that_does_not_fit_changes_nothing(network, name):
    change, message = STATES[name]
    begun, state = network.state_dict(), Net(seed=1).state_dict()
    change(state)
    with pytest.raises(ValueError, match=r"state_dict|scale") as refusal:
        network.load_state_dict(state)
    assert message in str(refusal.value)
    for key, array in network.state_dict().items():
        assert_array_equal(array, begun[key])


def test_training_mode_reaches_every_module(network):
    assert all(module.training for module in network.modules())
    assert network.eval() is network
    assert not any(module.training for module in network.modules())
    assert all(module.training for module in network.train().modules())


def test_modes_change_what_layers_do(network):
    first, second = network(IMAGES).data, network(IMAGES).data
    assert not np.array_equal(first, second)  # other cells are dropped
    network.eval()
    assert_array_equal(network(IMAGES).data, network(IMAGES).data)


def test_another_dtype_reaches_every_array(network):
    double = network.to(np.float64)
    assert {array.dtype for array in double.state_dict().values()} == {np.dtype(float)}
    assert double(IMAGES.astype(float)).dtype == float


def test_zero_grad_forgets(network):
    network(IMAGES).sum().backward()
    assert all(parameter.grad is not None for parameter in network.parameters())
    network.zero_grad()
    assert all(parameter.grad is None for parameter in network.parameters())


def test_equal_seeds_begin_equally_and_others_do_not():
    one, same, other = (UNet(1, 2, (4, 8), seed=seed).state_dict() for seed in (0, 0, 1))
    assert all(np.array_equal(one[name], same[name]) for name in one)
    assert not np.array_equal(one["down.0.0.weight"], other["down.0.0.weight"])


def test_layers_drawn_from_one_generator_differ():
    random = np.random.default_rng(0)
    assert not np.array_equal(Conv2d(1, 2, 3, seed=random).weight.data, Conv2d(1, 2, 3, seed=random).weight.data)


def test_it_shows_what_it_is_built_from(network):
    assert repr(network) == (
        "Net(\n"
        "  blocks.0: Sequential(\n"
        "    0: Conv2d(1, 2, kernel_size=3)\n"
        "    1: BatchNorm2d(2)\n"
        "  )\n"
        "  blocks.1: Dropout(p=0.5)\n"
        ")"
    )


def test_a_refusal_names_the_layer_and_its_place(network):
    with pytest.raises(ValueError, match="input") as refusal:
        network(np.zeros((2, 3, 8, 8), np.float32))
    assert str(refusal.value) == (
        "blocks.0.0: Conv2d(1, 2, kernel_size=3): input must have shape (N, 1, H, W), got (2, 3, 8, 8)"
    )


def test_a_refusal_of_the_network_itself_names_it():
    with pytest.raises(ValueError, match=r"^UNet\(\): input must have rows and columns .* of 8, got 12 and 16; pad"):
        UNet(1, 2, seed=0)(np.zeros((1, 1, 12, 16), np.float32))


def test_activations_keep_every_result_under_its_name(network):
    with activations(network) as seen:
        result = network(IMAGES)
        Conv2d(1, 1, 3, seed=0)(IMAGES)  # of no interest: not in the network
    assert list(seen) == ["blocks.0.0", "blocks.0.1", "blocks.0", "blocks.1", ""]
    assert seen[""] is result
    network(IMAGES)
    assert seen[""] is result


def test_modules_without_forward_say_so():
    with pytest.raises(NotImplementedError, match=r"Module must define forward"):
        Module()(1)


def test_torch_has_the_same_names_shapes_and_order():
    torch = pytest.importorskip("torch", reason="compares with PyTorch itself where it is installed")
    from torch import nn

    ours = Sequential(Conv2d(1, 2, 3, seed=0), BatchNorm2d(2), ReLU(), Sequential(Linear(3, 4, seed=0)))
    theirs = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU(), nn.Sequential(nn.Linear(3, 4)))
    expected = {name: tuple(value.shape) for name, value in theirs.named_parameters()}
    assert {name: value.shape for name, value in ours.named_parameters()} == expected
    counters = {name for name in theirs.state_dict() if name.endswith("num_batches_tracked")}
    assert ours.state_dict().keys() == theirs.state_dict().keys() - counters
    assert torch.__version__
