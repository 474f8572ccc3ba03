"""One run: its numbers are those of its network, the same each time, and made with the split it names."""

import numpy as np
import pytest

from lib.data import fashion
from lib.data.studies import MEASURES
from lib.learn import EncoderDecoder, predict
from lib.learn.metrics import checkerboard_energy
from study import DECODERS, Configuration, comparison, run_one

QUICK = {"seed": 5, "steps": 2, "images": 16}


@pytest.fixture(autouse=True)
def _few(monkeypatch):
    monkeypatch.setattr(comparison, "HELD_OUT", 6)


@pytest.mark.parametrize("task", MEASURES)
@pytest.mark.parametrize("decoder", DECODERS)
def test_every_decoder_runs_and_measures_everything(task, decoder):
    run = run_one({"task": task, "decoder": decoder, **QUICK})
    assert run["measured"].keys() == MEASURES[task].keys()
    assert all(np.isfinite(value) and type(value) is float for value in run["measured"].values())
    assert run["configuration"] == {
        "task": task, "decoder": decoder, "split": "test", "learning_rate": 0.02, **QUICK
    }  # fmt: skip


@pytest.mark.parametrize("task", MEASURES)
def test_a_run_depends_on_its_configuration_alone(task):
    def measured(**changes):
        numbers = run_one({"task": task, "decoder": "nearest", **QUICK, **changes})["measured"]
        return {name: value for name, value in numbers.items() if name != "seconds"}

    first = measured()
    assert measured() == first
    for change in ({"seed": 6}, {"split": "validation"}, {"learning_rate": 0.01}, {"steps": 3}):
        assert measured(**change) != first, change
    assert measured(steps=3)["checkerboard_untrained"] == first["checkerboard_untrained"]


def test_the_untrained_network_is_the_one_that_the_seed_makes():
    run = run_one({"task": "reconstruction", "decoder": "transposed_k2", **QUICK})["measured"]
    network = EncoderDecoder("transposed_k2", 1, 1, (8, 16, 16), seed=5)
    outputs = predict(network, fashion("test", size=32).images[:6])
    assert run["checkerboard_untrained"] == checkerboard_energy(outputs)
    assert run["parameters"] == network.parameter_count


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"task": "sorting"}, "task must be 'segmentation' or 'reconstruction', got 'sorting'"),
        ({"decoder": "magic"}, "decoder must be .*, got 'magic'"),
        ({"seed": -1}, "seed must be at least 0, got -1"),
        ({"split": "dev"}, "split must be 'train', 'validation' or 'test', got 'dev'"),
        ({"steps": 0}, "steps must be at least 1, got 0"),
        ({"images": 4000}, "images must be at most 3500, got 4000"),
        ({"images": 3}, "images must be at least 16, got 3"),
        ({"learning_rate": 0}, "learning_rate must be greater than 0"),
    ],
)
def test_a_configuration_that_cannot_be_run_is_refused_at_once(change, message):
    with pytest.raises(ValueError, match=message):
        Configuration(**{"task": "segmentation", "decoder": "unpool", "seed": 0, **change})
