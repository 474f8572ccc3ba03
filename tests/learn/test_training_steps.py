"""Training steps of every network are PyTorch's: from a recorded file everywhere, and live where torch is installed."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from lib import learn
from lib.learn import fit

from .record_training import OPTIMISERS, REFERENCE, trained_by_torch
from .training_cases import CASES

# The losses differ by rounding; the state by that of gradients, relative to the largest number of the network.
TOLERANCE = {"float32": 3e-6, "float64": 1e-9}


@pytest.fixture(scope="module")
def recorded():
    with np.load(REFERENCE) as file:
        return dict(file)


def trained_by_us(case, dtype):
    network = case.ours().to(dtype)
    kind, options, steps = OPTIMISERS[dtype]
    optimiser = getattr(learn, kind)(network.parameters(), **options)

    def loss(scores, targets):
        return getattr(learn, case.loss)(scores, targets, **case.options())

    history = fit(network, [case.batch(dtype)] * steps, loss, optimiser, steps)
    return {"losses": np.array(history.losses), **network.state_dict()}


def assert_same(ours, losses, state, dtype):
    losses_found = ours.pop("losses")
    assert_allclose(losses_found, losses, rtol=TOLERANCE[dtype])
    found = np.concatenate([value.ravel() for _, value in sorted(ours.items())])
    assert found.dtype == state.dtype == dtype
    assert_allclose(found, state, rtol=0, atol=TOLERANCE[dtype] * np.abs(state).max())


def test_the_file_holds_every_network_and_says_which_torch_trained_it(recorded):
    assert str(recorded["torch_version"]).startswith("2.")
    expected = {f"{name}.{dtype}{part}" for name in CASES for dtype in OPTIMISERS for part in ("", ".losses")}
    assert recorded.keys() - {"torch_version"} == expected


@pytest.mark.parametrize("dtype", OPTIMISERS)
@pytest.mark.parametrize("name", CASES)
def test_recorded_steps_of_torch_are_met(name, dtype, recorded):
    key = f"{name}.{dtype}"
    assert_same(trained_by_us(CASES[name], dtype), recorded[f"{key}.losses"], recorded[key], dtype)


@pytest.mark.parametrize("dtype", OPTIMISERS)
@pytest.mark.parametrize("name", CASES)
def test_steps_of_the_installed_torch_are_met(name, dtype):
    pytest.importorskip("torch", reason="compares with PyTorch itself where it is installed")
    theirs = trained_by_torch(CASES[name], dtype)
    losses = theirs.pop("losses")
    state = np.concatenate([value.ravel() for _, value in sorted(theirs.items())])
    assert_same(trained_by_us(CASES[name], dtype), losses, state, dtype)


@pytest.mark.parametrize("name", CASES)
def test_every_parameter_takes_part_in_training(name):
    network = CASES[name].ours()
    begun = network.state_dict()
    fit(
        network,
        [CASES[name].batch("float32")] * 2,
        lambda scores, targets: getattr(learn, CASES[name].loss)(scores, targets),
        learn.Adam(network.parameters(), 0.01),
        2,
    )
    unchanged = [key for key, value in network.state_dict().items() if np.array_equal(value, begun[key])]
    assert unchanged == []
