"""How the photographs were made."""

import hashlib
import json

import make_photographs
import numpy as np
import pytest
from make_photographs import SOURCES, halve
from PIL import Image

from lib.data import photographs
from lib.data.photographs import FOLDER


def test_each_value_is_the_rounded_mean_of_two_by_two():
    pixels = np.array([[0, 1, 10, 20], [2, 4, 30, 41], [255, 255, 0, 0], [255, 255, 0, 3]], np.uint8)
    assert halve(pixels).tolist() == [[2, 25], [255, 1]]  # 7/4, 101/4, 255, 3/4
    assert halve(pixels).dtype == np.uint8


def test_large_values_do_not_wrap_and_halves_go_to_the_even_number():
    assert halve(np.full((2, 2), 250, np.uint8)).tolist() == [[250]]
    assert halve(np.array([[0, 1], [0, 1]], np.uint8)).tolist() == [[0]]
    assert halve(np.array([[1, 2], [1, 2]], np.uint8)).tolist() == [[2]]


def test_an_odd_last_row_and_column_are_left_out():
    pixels = np.arange(15, dtype=np.uint8).reshape(3, 5)
    assert halve(pixels).tolist() == [[3, 5]]


def test_channels_are_halved_each_by_itself():
    pixels = np.dstack([np.full((2, 4), value, np.uint8) for value in (10, 20, 30)])
    assert halve(pixels).tolist() == [[[10, 20, 30], [10, 20, 30]]]


def test_every_photograph_is_made_from_its_stated_source():
    stored = {name: (source.title, source.credit, source.licence) for name, source in photographs().items()}
    assert stored == SOURCES


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_the_stored_pixels_are_those_of_scikit_image_halved(name):
    data = pytest.importorskip("skimage.data", reason="scikit-image, the source of the photographs, is not installed")
    with Image.open(FOLDER / f"{name}.png") as opened:
        np.testing.assert_array_equal(np.asarray(opened), halve(getattr(data, name)()))


def test_the_script_writes_every_file_and_its_checksum(tmp_path, monkeypatch, capsys):
    pytest.importorskip("skimage.data", reason="scikit-image, the source of the photographs, is not installed")
    monkeypatch.setattr(make_photographs, "FOLDER", tmp_path / "photographs")
    monkeypatch.setattr(make_photographs, "SOURCES", {"camera": SOURCES["camera"]})
    make_photographs.main()
    written = tmp_path / "photographs" / "camera.png"
    entry = json.loads((tmp_path / "photographs" / "sources.json").read_text(encoding="utf-8"))["camera"]
    assert entry["sha256"] == hashlib.sha256(written.read_bytes()).hexdigest()
    assert (entry["file"], entry["title"], entry["credit"], entry["licence"]) == ("camera.png", *SOURCES["camera"])
    with Image.open(written) as new, Image.open(FOLDER / "camera.png") as stored:
        np.testing.assert_array_equal(np.asarray(new), np.asarray(stored))
    assert capsys.readouterr().out.startswith("camera: ")
