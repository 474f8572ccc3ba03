"""The photographs that ship with the course."""

import dataclasses
import hashlib
import json
import shutil
import sys

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from PIL import Image

from lib.data import Source, photograph, photographs
from lib.data.photographs import FOLDER

SHAPES = {
    "astronaut": (3, 256, 256),
    "camera": (256, 256),
    "chelsea": (3, 150, 225),
    "coffee": (3, 200, 300),
    "rocket": (3, 213, 320),
}
every = pytest.mark.parametrize("name", sorted(SHAPES))


@every
def test_a_photograph_is_the_pixels_of_its_file_from_0_to_1(name):
    array = photograph(name)
    with Image.open(FOLDER / photographs()[name].file) as opened:
        pixels = np.asarray(opened)
    assert pixels.dtype == np.uint8
    assert array.shape == SHAPES[name]
    assert array.dtype == np.float32
    assert array.flags.c_contiguous
    assert_allclose(array, (pixels if pixels.ndim == 2 else pixels.transpose(2, 0, 1)) / 255, atol=1e-7)
    assert 0 <= array.min() < 0.1
    assert 0.8 < array.max() <= 1


@every
def test_grey_is_the_brightness_of_itu_r_bt_601(name):
    colour, grey = photograph(name).astype(np.float64), photograph(name, grey=True)
    assert grey.shape == SHAPES[name][-2:]
    assert grey.dtype == np.float32
    assert 0 <= grey.min() <= grey.max() <= 1
    expected = colour if colour.ndim == 2 else 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]
    assert_allclose(grey, expected, atol=1e-6)


@every
@pytest.mark.parametrize("grey", [False, True])
def test_what_a_reader_does_to_a_photograph_does_not_reach_the_next(name, grey):
    first = photograph(name, grey)
    kept = first.copy()
    first[...] = 7
    assert_array_equal(photograph(name, grey), kept)


def test_what_a_reader_does_to_the_list_does_not_reach_the_next():
    photographs().clear()
    assert sorted(photographs()) == sorted(SHAPES)


def test_every_photograph_has_its_source_licence_and_checksum():
    assert set(photographs()) == set(SHAPES)
    for name, source in photographs().items():
        assert all(value.strip() for value in dataclasses.astuple(source)), name
        assert source.file == f"{name}.png"
        assert source.licence in {"CC0-1.0", "public domain"}
        assert source.sha256 == hashlib.sha256((FOLDER / source.file).read_bytes()).hexdigest()


def test_every_file_is_accounted_for_and_together_they_are_small():
    files = [path for path in FOLDER.iterdir() if path.is_file()]
    assert {path.name for path in files} == {"sources.json", *(source.file for source in photographs().values())}
    assert sum(path.stat().st_size for path in files) < 1_000_000


def test_the_list_names_nothing_but_what_a_source_holds():
    entries = json.loads((FOLDER / "sources.json").read_text(encoding="utf-8"))
    fields = {field.name for field in dataclasses.fields(Source)}
    assert all(set(entry) == fields for entry in entries.values())


@pytest.mark.parametrize("name", ["cat", "", "Camera", "camera.png", "../camera"])
def test_an_unknown_name_is_refused_with_the_names_there_are(name):
    with pytest.raises(ValueError, match=r"name must be one of \['astronaut', 'camera'.*got '" + name):
        photograph(name)


@pytest.fixture
def copied(tmp_path, monkeypatch):
    """A copy of the folder that photographs are read from."""
    folder = tmp_path / "photographs"
    shutil.copytree(FOLDER, folder)
    # By name, ``lib.data.photographs`` is the function, not the module that holds it.
    monkeypatch.setattr(sys.modules[photographs.__module__], "FOLDER", folder)
    return folder


def test_a_changed_file_is_refused(copied):
    path = copied / "camera.png"
    pixels = np.array(Image.open(path))
    pixels[0, 0] ^= 1
    Image.fromarray(pixels).save(path)
    with pytest.raises(ValueError, match=r"name 'camera': the file camera.png has changed"):
        photograph("camera")
    assert photograph("coffee").shape == SHAPES["coffee"]


def test_a_changed_checksum_is_refused(copied):
    path = copied / "sources.json"
    path.write_text(path.read_text().replace(photographs()["rocket"].sha256, "0" * 64))
    with pytest.raises(ValueError, match="name 'rocket'"):
        photograph("rocket")
