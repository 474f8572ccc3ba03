"""How the textures, Fashion-MNIST's part and the nuclei were made: each script, run on what it was made from."""

import gzip
import io
import json
import zipfile
from pathlib import Path

import make_fashion
import make_nuclei
import make_photographs
import make_textures
import numpy as np
import pytest
from PIL import Image

from lib.data.fashion import FOLDER as FASHION
from lib.data.fashion import fashion
from lib.data.files import checksum
from lib.data.nuclei import FOLDER as NUCLEI
from lib.data.textures import FOLDER as TEXTURES


def idx(array):
    """The bytes of an array in the form that Fashion-MNIST comes in."""
    sizes = b"".join(size.to_bytes(4, "big") for size in array.shape)
    return gzip.compress(bytes([0, 0, 8, array.ndim]) + sizes + array.tobytes())


def pixels(path):
    with Image.open(path) as opened:
        return np.asarray(opened)


def same_files(made, stored):
    """Whether a folder holds the same pixels and texts as another, and the same list of sources, checksums aside."""
    assert {path.name for path in made.iterdir()} == {path.name for path in stored.iterdir()} - {"LICENSE.txt"}
    for path in made.iterdir():
        if path.suffix == ".png":
            np.testing.assert_array_equal(pixels(path), pixels(stored / path.name))
        elif path.suffix == ".txt":
            assert path.read_bytes() == (stored / path.name).read_bytes()
    lists = [json.loads((folder / "sources.json").read_text(encoding="utf-8")) for folder in (made, stored)]
    for entry in lists[0].values():
        assert entry["sha256"] == checksum(made / entry["file"])
    for entry in (*lists[0].values(), *lists[1].values()):
        del entry["sha256"]
    assert lists[0] == lists[1]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Where the scripts write instead of into the package."""
    for script in (make_fashion, make_nuclei, make_textures):
        monkeypatch.setattr(script, "FOLDER", tmp_path / "made")
    return tmp_path / "made"


def test_textures_are_those_of_scikit_image_halved(folder, capsys):
    pytest.importorskip("skimage.data", reason="scikit-image, the source of the textures, is not installed")
    make_textures.main()
    same_files(folder, TEXTURES)
    assert capsys.readouterr().out.startswith("brick: ")


@pytest.fixture
def data_set(tmp_path):
    """A data set in the form of Fashion-MNIST, made of the stored items and of others that are to be left out."""
    parts = {"train": ("train", "validation"), "t10k": ("test",)}
    for part, splits in parts.items():
        sets = [fashion(split) for split in splits]
        images = np.concatenate([np.rint(255 * items.images[:, 0]) for items in sets]).astype(np.uint8)
        labels = np.concatenate([items.labels for items in sets]).astype(np.uint8)
        images, labels = np.concatenate([images, 255 - images[:3]]), np.concatenate([labels, labels[:3]])
        (tmp_path / f"{part}-images-idx3-ubyte.gz").write_bytes(idx(images))
        (tmp_path / f"{part}-labels-idx1-ubyte.gz").write_bytes(idx(labels))
    return tmp_path


def test_the_first_items_of_each_part_are_taken_in_their_order(folder, data_set, capsys):
    make_fashion.main(str(data_set))
    same_files(folder, FASHION)
    assert capsys.readouterr().out.startswith("4800 items: ")


def test_items_are_those_of_the_installed_data_set(folder):
    if not Path(make_fashion.INSTALLED).is_dir():
        pytest.skip("the Debian package dataset-fashion-mnist is not installed")
    make_fashion.main()
    same_files(folder, FASHION)


def test_a_file_of_another_kind_is_refused(tmp_path):
    path = tmp_path / "images.gz"
    path.write_bytes(gzip.compress(bytes([0, 0, 13, 1, 0, 0, 0, 0])))
    with pytest.raises(ValueError, match=r"path must be an IDX file of bytes, got images\.gz that begins"):
        make_fashion.read_idx(path)


def wheel_of(path, arrays):
    with zipfile.ZipFile(path, "w") as archive:
        for member, array in arrays.items():
            contents = io.BytesIO()
            Image.fromarray(array).save(contents, "TIFF")
            archive.writestr(f"stardist/data/images/{member}", contents.getvalue())
    return str(path)


def test_nuclei_are_read_from_a_wheel_without_loss(folder, tmp_path):
    stored = {"img2d.tif": "nuclei.png", "mask2d.tif": "instances.png"}
    arrays = {member: pixels(NUCLEI / name).astype(np.uint16) for member, name in stored.items()}
    make_nuclei.main(wheel_of(tmp_path / "stardist.whl", arrays))
    same_files(folder, NUCLEI)


def test_values_that_do_not_fit_are_refused(folder, tmp_path):
    arrays = dict.fromkeys(["img2d.tif", "mask2d.tif"], np.full((4, 4), 256, np.uint16))
    with pytest.raises(ValueError, match=r"wheel must hold values from 0 to 255 in img2d\.tif, got up to 256"):
        make_nuclei.main(wheel_of(tmp_path / "stardist.whl", arrays))


def test_the_scripts_name_packages_that_the_sources_name():
    assert make_photographs.PACKAGE in (TEXTURES / "sources.json").read_text(encoding="utf-8")
    assert make_fashion.PACKAGE.split()[1] in make_fashion.__doc__
    assert make_nuclei.PACKAGE.replace(" ", "==") in make_nuclei.__doc__
