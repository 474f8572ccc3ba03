"""The table: every number of every run is in it, in each of its forms, and a reader's summary is right."""

import copy
import csv
import io
import itertools

import pytest
from numpy.testing import assert_array_equal

from lib.data.studies import CHOSEN_BY, FOLDER, MEASURES, budgets, decoder_study, learning_rates, values
from study.comparison import DECODERS
from study.plan import BUDGETS, best_rates
from study.table import as_csv, as_markdown, at_chosen_rates, gather, write_table


def result(task, decoder, seed, first, **settings):
    settings = {"split": "test", "learning_rate": 0.02, "steps": 3, "images": 9, **settings}
    configuration = {"task": task, "decoder": decoder, "seed": seed, **settings}
    measured = {name: first + place for place, name in enumerate(MEASURES[task])}
    return {"configuration": configuration, "measured": measured, "environment": {"python": "3.11"}}


RESULTS = [
    result("reconstruction", decoder, seed, first)
    for decoder, firsts in {"bilinear": (17.0, 17.5), "unpool": (18.0, 19.0)}.items()
    for seed, first in enumerate(firsts)
]


def test_a_table_holds_every_number_and_what_was_chosen():
    tried = result("reconstruction", "unpool", 100, 12.3456789, split="validation", learning_rate=0.04)
    table = gather([*RESULTS, tried])
    assert table["settings"] == {"images": 9}
    assert table["environments"] == [{"python": "3.11"}]
    assert table["sweep"] == [
        {
            "task": "reconstruction",
            "decoder": "unpool",
            "steps": 3,
            "learning_rate": 0.04,
            "seed": 100,
            "score": 12.3457,
        }
    ]
    assert budgets(table, "reconstruction") == [3]
    assert learning_rates(table) == {("reconstruction", "bilinear"): 0.02, ("reconstruction", "unpool"): 0.02}
    assert_array_equal(values(table, "reconstruction", "psnr", 3)["unpool"], [18, 19])
    assert_array_equal(values(table, "reconstruction", "checkerboard_untrained", 3)["bilinear"], [18, 18.5])


def test_results_of_different_settings_make_no_table():
    with pytest.raises(ValueError, match=r"results must have one and the same number of images, got \[8, 9\]"):
        gather([*RESULTS, result("reconstruction", "unpool", 2, 1.0, images=8)])
    with pytest.raises(ValueError, match="results must have one learning rate for each task and decoder"):
        gather([*RESULTS, result("reconstruction", "bilinear", 0, 1.0, steps=4, learning_rate=0.01)])


def test_a_wider_sweep_leaves_out_what_was_trained_with_the_rate_of_the_smaller_one():
    tried = [
        result("reconstruction", "unpool", 100, score, split="validation", learning_rate=rate)
        for rate, score in {0.02: 12.0, 0.04: 13.0}.items()
    ]
    again = [result("reconstruction", "unpool", seed, 20.0 + seed, learning_rate=0.04) for seed in (0, 1)]
    assert at_chosen_rates(RESULTS) == RESULTS

    table = gather(at_chosen_rates([*RESULTS, *tried, *again]))
    assert_array_equal(values(table, "reconstruction", "psnr", 3)["unpool"], [20, 21])
    assert_array_equal(values(table, "reconstruction", "psnr", 3)["bilinear"], [17, 17.5])
    assert len(table["sweep"]) == 2


def test_only_whole_seeds_are_compared_and_numbers_come_in_the_order_of_seeds():
    begun = [result("reconstruction", "unpool", 2, 20.0), result("reconstruction", "unpool", 0, 21.0, steps=9)]
    table = gather([*reversed(RESULTS), *begun])
    assert_array_equal(values(table, "reconstruction", "psnr", 3)["unpool"], [18, 19])
    assert_array_equal(values(table, "reconstruction", "psnr", 9)["unpool"], [21])
    assert list(values(table, "reconstruction", "psnr", 3)) == ["bilinear", "unpool"]


@pytest.mark.parametrize(("task", "steps"), [("segmentation", 3), ("reconstruction", 4)])
def test_what_was_not_run_is_refused(task, steps):
    with pytest.raises(ValueError, match=rf"task and steps must be among .*, got \('{task}', {steps}\)"):
        values(gather(RESULTS), task, "iou", steps)


def test_the_rate_of_the_best_mean_is_chosen_for_each_task_and_decoder():
    scores = {0.01: (18.0, 18.0), 0.02: (19.0, 16.0)}  # the best single run is not the best rate
    tried = [
        result("reconstruction", "unpool", seed, score, learning_rate=rate)
        for rate, pair in scores.items()
        for seed, score in enumerate(pair)
    ]
    assert best_rates(tried) == {("reconstruction", "unpool"): 0.01}


def test_csv_has_a_line_a_run():
    rows = list(csv.DictReader(io.StringIO(as_csv(gather(RESULTS)))))
    assert len(rows) == 4
    assert (rows[2]["decoder"], rows[2]["steps"], rows[2]["seed"], rows[2]["psnr"]) == ("unpool", "3", "0", "18.0")
    assert rows[2]["iou"] == ""


def test_markdown_gives_mean_and_deviation():
    text = as_markdown(gather(RESULTS))
    assert "## Reconstruction, 3 steps, 2 seeds" in text
    (row,) = [line for line in text.splitlines() if line.startswith("| unpooling")]
    assert row.split(" | ")[1:3] == ["0.02", "18.50 ± 0.71"]
    assert "Measured with python 3.11." in text


def test_the_published_table_is_whole_and_its_rates_are_those_of_its_sweep():
    table = decoder_study()
    for task, measures in MEASURES.items():
        assert budgets(table, task) == list(BUDGETS)
        for steps, measure in itertools.product(BUDGETS, measures):
            measured = values(table, task, measure, steps)
            assert tuple(measured) == DECODERS
            assert {len(found) for found in measured.values()} == {5}
    results = [
        {"configuration": entry, "measured": {CHOSEN_BY[entry["task"]]: entry["score"]}} for entry in table["sweep"]
    ]
    assert best_rates(results) == learning_rates(table)
    assert not {entry["seed"] for entry in table["sweep"]} & {run["seed"] for run in table["runs"]}
    for machine in table["environments"]:
        assert {"date", "python", "numpy", "blas", "processor"} <= machine.keys()


def test_the_published_forms_say_the_same(tmp_path):
    write_table(tmp_path, copy.deepcopy(decoder_study()))
    for path in tmp_path.iterdir():
        assert path.read_bytes() == (FOLDER / path.name).read_bytes(), path.name
