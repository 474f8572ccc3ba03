"""The items, nuclei and textures: shapes, values, splits and sources; what makes no sense is refused."""

import dataclasses
import re
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from PIL import Image

from lib.data import (
    FASHION_CLASSES,
    SPLITS,
    fashion,
    log_brightness,
    nuclei,
    nuclei_tiles,
    published_networks,
    published_weights,
    separate_touching,
    texture,
    textures,
)
from lib.data.fashion import FOLDER as FASHION
from lib.data.files import checksum, read_sources
from lib.data.nuclei import FOLDER as NUCLEI
from lib.data.photographs import FOLDER as PHOTOGRAPHS
from lib.data.published import FOLDER as PUBLISHED
from lib.data.textures import FOLDER as TEXTURES

ROOT = Path(__file__).parents[2]
FOLDERS = (FASHION, NUCLEI, PHOTOGRAPHS, PUBLISHED, TEXTURES)
LICENCE_FILES = {"LICENSE.txt", "LICENSE-Apache-2.0.txt", "NOTICE.txt"}
in_every_split = pytest.mark.parametrize("split", SPLITS)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_file_has_a_source_a_licence_a_citation_and_its_checksum(folder):
    sources = read_sources(folder)
    files = {path.name for path in folder.iterdir() if path.is_file()}
    assert files == {"sources.json", *(source.file for source in sources.values())} | (LICENCE_FILES & files)
    bibliography = (ROOT / "references.bib").read_text(encoding="utf-8")
    for source in sources.values():
        assert all(value.strip() for value in dataclasses.astuple(source))
        assert source.licence in {"CC0-1.0", "public domain", "MIT", "Apache-2.0"}
        assert re.search(rf"^@\w+{{{source.citation},$", bibliography, re.MULTILINE)
        assert source.sha256 == checksum(folder / source.file)
        if source.licence == "MIT":  # which asks that its text goes with every copy
            assert "Permission is hereby granted" in (folder / "LICENSE.txt").read_text(encoding="utf-8")
        if source.licence == "Apache-2.0":  # which asks for its text, and that changes are told
            assert "Version 2.0, January 2004" in (folder / "LICENSE-Apache-2.0.txt").read_text(encoding="utf-8")
            assert f"{source.file} holds" in (folder / "NOTICE.txt").read_text(encoding="utf-8")


def test_all_files_together_are_small():
    assert sum(path.stat().st_size for folder in FOLDERS for path in folder.iterdir()) < 3_500_000
    assert sum(path.stat().st_size for path in PUBLISHED.iterdir()) < 500_000


@pytest.mark.parametrize(("folder", "load"), [(FASHION, fashion), (NUCLEI, nuclei), (TEXTURES, texture)])
def test_a_changed_file_is_refused(folder, load, tmp_path, monkeypatch):
    shutil.copytree(folder, tmp_path / "copy")
    monkeypatch.setattr(sys.modules[load.__module__], "FOLDER", tmp_path / "copy")
    for path in (tmp_path / "copy").glob("*.png"):
        changed = np.array(Image.open(path))
        changed[0, 0] ^= 1
        Image.fromarray(changed).save(path)
    with pytest.raises(ValueError, match=r"the file \w+\.png has changed since it was published"):
        load(*(["grass"] if load is texture else []))


def test_changed_weights_are_refused(tmp_path, monkeypatch):
    shutil.copytree(PUBLISHED, tmp_path / "copy")
    monkeypatch.setattr(sys.modules[published_weights.__module__], "FOLDER", tmp_path / "copy")
    contents = bytearray((tmp_path / "copy" / "face.npz").read_bytes())
    contents[1000] ^= 1
    (tmp_path / "copy" / "face.npz").write_bytes(contents)
    with pytest.raises(ValueError, match=r"the file face\.npz has changed since it was published"):
        published_weights("face")
    assert published_weights("selfie")


def test_published_weights_are_the_stored_numbers():
    with np.load(PUBLISHED / "selfie.npz") as stored:
        assert {array.dtype for array in stored.values()} == {np.dtype(np.float16)}
        assert_array_equal(published_weights("selfie")["stem.weight"], stored["stem.weight"])
    with np.load(PUBLISHED / "face.npz") as stored:
        array, step, least = (stored[f"first.weight{ending}"] for ending in ("", ":step", ":minimum"))
    assert array.dtype == np.uint8
    assert (array.min(), array.max()) == (0, 255)
    weights = published_weights("face")["first.weight"]
    assert weights.dtype == np.float32
    assert_allclose([weights.min(), weights.max()], [least, least + 255 * step], rtol=1e-6)


def test_an_unknown_network_is_refused():
    with pytest.raises(ValueError, match=r"name must be one of \['face', 'selfie'\], got 'cat'"):
        published_weights("cat")
    assert set(published_networks()) == {"face", "selfie"}


@in_every_split
def test_items_are_the_pixels_of_the_sheet_in_its_order(split):
    with Image.open(FASHION / "items.png") as opened:
        sheet = np.asarray(opened)
    digits = (FASHION / "labels.txt").read_text(encoding="ascii").replace("\n", "")
    items = fashion(split)
    first = {"train": 0, "validation": 3500, "test": 4000}[split]
    assert items.images.dtype == np.float32
    assert items.labels.dtype == np.int64
    for index in (0, 79, 80, 81, 499):
        row, column = divmod(first + index, 80)
        expected = sheet[28 * row : 28 * row + 28, 28 * column : 28 * column + 28] / 255
        assert_allclose(items.images[index, 0], expected, atol=1e-7)
        assert items.labels[index] == int(digits[first + index])


def test_splits_of_items_have_the_stated_sizes_and_every_class():
    counts = {split: len(fashion(split).images) for split in SPLITS}
    assert counts == {"train": 3500, "validation": 500, "test": 800}
    for split in SPLITS:
        assert len(fashion(split).labels) == counts[split]
        assert np.bincount(fashion(split).labels, minlength=len(FASHION_CLASSES)).min() > counts[split] / 15


def test_no_item_is_in_two_splits():
    seen = [{image.tobytes() for image in fashion(split).images} for split in SPLITS]
    assert not seen[0] & seen[1]
    assert not seen[0] & seen[2]
    assert not seen[1] & seen[2]


def test_a_larger_size_adds_black_on_all_sides():
    small, large = fashion("validation"), fashion("validation", size=32)
    assert_array_equal(large.images[:, :, 2:-2, 2:-2], small.images)
    assert large.images.sum() == pytest.approx(small.images.sum(), rel=1e-5)
    with pytest.raises(ValueError, match="size must be even, so that all margins are equal, got 31"):
        fashion(size=31)
    with pytest.raises(ValueError, match="size must be at least 28, got 26"):
        fashion(size=26)


@pytest.mark.parametrize("name", ["brick", "grass", "gravel"])
def test_strips_of_a_texture_make_up_the_whole(name):
    whole = texture(name)
    assert whole.shape == (256, 256)
    assert whole.dtype == np.float32
    assert_array_equal(np.concatenate([texture(name, split) for split in SPLITS], axis=1), whole)
    with Image.open(TEXTURES / f"{name}.png") as opened:
        assert_allclose(whole, np.asarray(opened) / 255, atol=1e-7)


def test_an_unknown_texture_is_refused():
    with pytest.raises(ValueError, match=r"name must be one of \['brick', 'grass', 'gravel'\], got 'sand'"):
        texture("sand")
    assert set(textures()) == {"brick", "grass", "gravel"}


def test_strips_of_nuclei_make_up_the_micrograph():
    parts = [nuclei(split) for split in SPLITS]
    image = np.concatenate([part.images[0, 0] for part in parts], axis=1)
    instances = np.concatenate([part.instances[0] for part in parts], axis=1)
    with Image.open(NUCLEI / "nuclei.png") as opened, Image.open(NUCLEI / "instances.png") as outlined:
        assert_allclose(image, np.asarray(opened) / 255, atol=1e-7)
        assert_array_equal(instances, np.asarray(outlined))
    assert image.dtype == np.float32
    assert instances.dtype == np.int64
    assert len(np.unique(instances)) == 1 + 125
    assert image[instances > 0].mean() > 2 * image[instances == 0].mean()


@in_every_split
def test_tiles_of_a_grid_make_up_the_part_they_fill(split):
    whole, tiles = nuclei(split), nuclei_tiles(split, size=32)
    width = whole.instances.shape[-1]
    grid = tiles.instances.reshape(16, width // 32, 32, 32).transpose(0, 2, 1, 3).reshape(512, width)
    assert_array_equal(grid, whole.instances[0])
    assert tiles.images.shape == (len(grid) * width // 32**2, 1, 32, 32)


def test_random_tiles_are_pieces_of_their_part_turned_or_mirrored():
    whole = nuclei("validation")
    tiles = nuclei_tiles("validation", count=12, size=24, seed=3)
    windows = np.lib.stride_tricks.sliding_window_view(whole.images[0, 0], (24, 24)).reshape(-1, 24 * 24)
    known = {row.tobytes() for row in windows}
    for image in tiles.images[:, 0]:
        ways = [np.rot90(turned, k) for turned in (image, image[:, ::-1]) for k in range(4)]
        assert sum(np.ascontiguousarray(way).tobytes() in known for way in ways) == 1
    assert_array_equal(nuclei_tiles("validation", count=5, size=24, seed=3).images, tiles.images[:5])
    assert not np.array_equal(nuclei_tiles("validation", count=5, size=24, seed=4).images, tiles.images[:5])


def test_images_and_instances_of_tiles_are_turned_together():
    tiles = nuclei_tiles("train", count=40)
    inside, outside = (tiles.images[:, 0][select].mean() for select in (tiles.instances > 0, tiles.instances == 0))
    assert inside > 2 * outside


def test_a_tile_larger_than_its_part_is_refused():
    with pytest.raises(ValueError, match="size must be at most 64 for split='validation', got 65"):
        nuclei_tiles("validation", size=65)
    with pytest.raises(ValueError, match="count must be at least 1, got 0"):
        nuclei_tiles(count=0)


def test_logarithmic_brightness_worked_out_by_hand():
    assert_allclose(log_brightness(np.array([0, 1 / 255, 3 / 255, 1])), [0, 1 / 8, 2 / 8, 1])
    assert log_brightness(np.zeros(3, np.float32)).dtype == np.float32


def test_touching_objects_are_parted_and_others_left_whole():
    instances = np.zeros((1, 7, 9), int)
    instances[0, 1:6, 1:4], instances[0, 1:6, 4:6], instances[0, 3, 8] = 5, 2, 9
    left = np.zeros((1, 7, 9), int)
    left[0, 1:6, 1:3] = left[0, 1:6, 5] = left[0, 3, 8] = 1
    assert_array_equal(separate_touching(instances, radius=1), left)
    assert_array_equal(separate_touching(instances, radius=0), instances > 0)
    left[0, 1:6, 2] = left[0, 1:6, 5] = 0
    assert_array_equal(separate_touching(instances, radius=2)[0, :, :5], left[0, :, :5])


@pytest.mark.parametrize("load", [fashion, nuclei, nuclei_tiles, lambda split: texture("grass", split)])
def test_an_unknown_split_is_refused(load):
    with pytest.raises(ValueError, match="split must be 'train', 'validation' or 'test', got 'dev'"):
        load("dev")
    with pytest.raises(TypeError, match="split must be 'train', 'validation' or 'test', got 3"):
        load(3)


@pytest.mark.parametrize("load", [fashion, nuclei, nuclei_tiles])
def test_what_a_reader_does_to_a_set_does_not_reach_the_next(load):
    first = load("validation")
    kept = first.images.copy()
    first.images[...] = 7
    assert_array_equal(load("validation").images, kept)
