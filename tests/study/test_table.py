"""The table: every number of every run is in it, in each of its forms, and a reader's summary is right."""

import copy
import csv
import io

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from lib.data.studies import FOLDER, MEASURES, decoder_study, values, wins
from study import DECODERS
from study.table import as_csv, as_markdown, gather, write_table


def result(task, decoder, seed, first, **settings):
    names = MEASURES[task]
    configuration = {"task": task, "decoder": decoder, "seed": seed, "split": "test", "steps": 3, **settings}
    measured = {name: first + place for place, name in enumerate(names)}
    return {"configuration": configuration, "measured": measured, "environment": {"python": "3.11"}}


RESULTS = [
    result("reconstruction", decoder, seed, first)
    for decoder, firsts in {"unpool": (18.0, 19.0), "bilinear": (17.0, 17.5)}.items()
    for seed, first in enumerate(firsts)
]


def test_a_table_holds_every_number_and_its_settings_once():
    table = gather(RESULTS)
    assert table["settings"] == {"split": "test", "steps": 3}
    assert table["environments"] == [{"python": "3.11"}]
    assert_array_equal(values(table, "reconstruction", "psnr")["unpool"], [18, 19])
    assert_array_equal(values(table, "reconstruction", "checkerboard_untrained")["bilinear"], [18, 18.5])


def test_results_of_different_settings_make_no_table():
    with pytest.raises(ValueError, match="results must have one and the same settings, got 2"):
        gather([*RESULTS, result("reconstruction", "unpool", 2, 1.0, steps=4)])
    with pytest.raises(ValueError, match="results must have one and the same settings, got 0"):
        gather([])


def test_numbers_come_in_the_order_of_seeds_whatever_order_they_were_measured_in():
    table = gather(reversed(RESULTS))
    assert_array_equal(values(table, "reconstruction", "psnr")["unpool"], [18, 19])


def test_wins_are_counted_seed_by_seed():
    measured = {"one": np.array([1, 5, 3, 2]), "other": np.array([2, 4, 3, 1])}
    assert wins(measured) == {"one": {"other": 2}, "other": {"one": 1}}


def test_a_task_that_was_not_run_is_refused():
    with pytest.raises(ValueError, match="task must be one that the table holds, got 'segmentation'"):
        values(gather(RESULTS), "segmentation", "iou")


def test_csv_has_a_line_a_number():
    rows = list(csv.DictReader(io.StringIO(as_csv(gather(RESULTS)))))
    assert len(rows) == 4 * len(MEASURES["reconstruction"])
    assert rows[0] == {"task": "reconstruction", "decoder": "unpool", "seed": "0", "measure": "psnr", "value": "18.0"}


def test_markdown_gives_mean_and_deviation():
    text = as_markdown(gather(RESULTS))
    assert "Mean ± standard deviation over 2 seeds; split test, steps 3." in text
    (row,) = [line for line in text.splitlines() if line.startswith("| unpooling")]
    assert row.split(" | ")[1] == "18.50 ± 0.50"
    assert "Measured with python 3.11." in text


def test_the_published_table_is_whole():
    table = decoder_study()
    assert table["settings"]["split"] == "test"
    seeds = {run["seed"] for run in table["runs"]}
    assert seeds == set(range(len(seeds)))
    assert len(seeds) >= 5
    for task, measures in MEASURES.items():
        for measure in measures:
            measured = values(table, task, measure)
            assert list(measured) == list(DECODERS)
            assert {len(numbers) for numbers in measured.values()} == {len(seeds)}
    for machine in table["environments"]:
        assert {"date", "python", "numpy", "blas", "processor"} <= machine.keys()


def test_the_published_forms_say_the_same(tmp_path):
    write_table(tmp_path, copy.deepcopy(decoder_study()))
    for path in tmp_path.iterdir():
        assert path.read_bytes() == (FOLDER / path.name).read_bytes(), path.name
