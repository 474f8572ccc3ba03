"""The weights that ship are those that the command makes, with the scores that their record names."""

import json
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace

import pytest
from numpy.testing import assert_allclose

from lib.data import trained, trained_weights, trainings
from study import train
from study.recipes import RECIPES

QUICK = "super-resolution"
MEASURED = [name for name in RECIPES if not name.startswith(("deconvnet", "fcn"))]  # whose scenes take seconds to make
MARGIN = {"dB": 0.02}  # other processors round otherwise, and a pixel near a threshold may change sides


@pytest.mark.parametrize("name", RECIPES)
def test_weights_ship_for_every_recipe_as_it_stands(name):
    record, recipe = trainings()[name], RECIPES[name]
    assert (record.steps, record.learning_rate) == (recipe.steps, recipe.learning_rate)
    assert {len(scores) for scores in record.scores.values()} == {recipe.seeds}
    assert record.losses["step"][-1] == recipe.steps
    assert record.losses["loss"][-1] < record.losses["loss"][0] / 1.5, "it has learned"
    network = recipe.make(1)
    network.load_state_dict(trained_weights(name))


@pytest.mark.parametrize("name", MEASURED)
def test_shipped_weights_score_what_their_record_says(name):
    network = RECIPES[name].make(1)
    network.load_state_dict(trained_weights(name))
    for score, value in RECIPES[name].scores(network.eval()).items():
        margin = MARGIN["dB"] if "dB" in score else 0.01
        assert abs(value - trainings()[name].scores[score][0]) < margin, score


def test_weights_stay_small():
    assert sum(path.stat().st_size for path in trained.FOLDER.iterdir()) < 1.5e6


def test_a_name_or_a_file_that_is_not_right_is_refused(tmp_path, monkeypatch):
    with pytest.raises(ValueError, match=r"name must be one of \['autoencoder bilinear', .*\], got 'magic'"):
        trained_weights("magic")
    for path in trained.FOLDER.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    with (tmp_path / trainings()[QUICK].file).open("ab") as file:
        file.write(b"x")
    monkeypatch.setattr(trained, "FOLDER", tmp_path)
    with pytest.raises(ValueError, match=r"super-resolution\.npz has changed since it was written"):
        trained_weights(QUICK)


@pytest.fixture
def quick(monkeypatch):
    """Two seeds of three steps, done at once where the command would start processes."""

    class AtOnce:
        def submit(self, function, *arguments):
            future = Future()
            future.set_result(function(*arguments))
            return future

    @contextmanager
    def here(scheduler, jobs):
        yield AtOnce()

    monkeypatch.setattr(train, "workers", here)
    monkeypatch.setitem(RECIPES, QUICK, replace(RECIPES[QUICK], steps=3, seeds=2))


def test_the_command_trains_what_is_missing_and_writes_weights_and_records(tmp_path, quick, capsys, monkeypatch):
    command = ["--only", QUICK, "--out", str(tmp_path / "out"), "--to", str(tmp_path / "to")]
    assert train.main(command) == 0
    record = json.loads((tmp_path / "to" / "records.json").read_text())[QUICK]
    assert record["steps"] == 3
    assert {len(scores) for scores in record["scores"].values()} == {2}

    network, _ = RECIPES[QUICK].train(0)
    monkeypatch.setattr(trained, "FOLDER", tmp_path / "to")
    for name, array in trained_weights(QUICK).items():
        assert_allclose(array, network.state_dict()[name], rtol=1e-3, atol=1e-6)

    assert train.main(command) == 0
    assert capsys.readouterr().out.count(": done before\n") == 2
    (path,) = (tmp_path / "out").glob("*seed1.json")
    path.write_text(json.dumps(json.loads(path.read_text()) | {"steps": 9}))
    assert train.main(command) == 0
    assert "seed 1, is of a training with other settings: this is done again" in capsys.readouterr().out


def test_only_known_networks_are_trained(tmp_path):
    with pytest.raises(ValueError, match="--only must name some of"):
        train.main(["--only", "magic", "--out", str(tmp_path / "new")])
    assert not (tmp_path / "new").exists()
