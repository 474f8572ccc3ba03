"""How the textures, Fashion-MNIST's part and the nuclei were made: each script, run on what it was made from."""

import gzip
import io
import json
import os
import tarfile
import zipfile
from pathlib import Path

import make_fashion
import make_nuclei
import make_photographs
import make_published
import make_textures
import numpy as np
import pytest
from PIL import Image

from lib.data.fashion import FOLDER as FASHION
from lib.data.fashion import fashion
from lib.data.files import checksum
from lib.data.nuclei import FOLDER as NUCLEI
from lib.data.published import FOLDER as PUBLISHED
from lib.data.published import MINIMUM, STEP
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
    for script in (make_fashion, make_nuclei, make_published, make_textures):
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


def package_of(path, members):
    with tarfile.open(path, "w:gz") as archive:
        for name, contents in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(contents)
            archive.addfile(entry, io.BytesIO(contents))
    return str(path)


@pytest.fixture
def face_members():
    """The files of the detector's package, made of the stored weights: axes (kh, kw, C, O), one after the other."""
    entries, contents = [], b""
    with np.load(PUBLISHED / "face.npz") as stored:
        for name in (name for name in stored.files if ":" not in name):
            array, depthwise = stored[name], name.endswith("filter.weight")
            array = array.transpose((2, 3, 0, 1) if depthwise else (2, 3, 1, 0)) if array.ndim == 4 else array
            kind = "depthwise_filter" if depthwise else "filters"
            numbers = {"scale": float(stored[name + STEP]), "min": float(stored[name + MINIMUM])}
            entries.append({"name": f"{name}/{kind}", "shape": array.shape, "quantization": numbers})
            contents += array.tobytes()
    licence = (PUBLISHED / "LICENSE.txt").read_bytes()
    manifest = json.dumps([{"weights": entries}]).encode()
    return {make_published.MANIFEST: manifest, make_published.BYTES: contents, make_published.LICENCE: licence}


def stored_arrays(name):
    with np.load(PUBLISHED / f"{name}.npz") as stored:
        return dict(stored)


def same_arrays(made, stored):
    assert [*made] == [*stored]
    for name, array in made.items():
        assert array.dtype == stored[name].dtype
        np.testing.assert_array_equal(array, stored[name])


def test_weights_of_a_detector_are_read_from_its_package(folder, tmp_path, face_members, monkeypatch):
    monkeypatch.setattr(make_published, "selfie_arrays", lambda model: iter(stored_arrays("selfie").values()))
    selfie = package_of(tmp_path / "selfie.tgz", {make_published.MODEL: b"read by another test"})
    make_published.main(selfie, package_of(tmp_path / "face.tgz", face_members))
    for name in ("face", "selfie"):
        with np.load(folder / f"{name}.npz") as made:
            same_arrays(dict(made), stored_arrays(name))
    assert (folder / "LICENSE.txt").read_bytes() == (PUBLISHED / "LICENSE.txt").read_bytes()
    made, stored = (json.loads((where / "sources.json").read_text("utf-8")) for where in (folder, PUBLISHED))
    assert made == stored


def test_a_manifest_of_other_length_is_refused(face_members):
    manifest, stored = face_members[make_published.MANIFEST], face_members[make_published.BYTES]
    with pytest.raises(ValueError, match=f"stored must hold the {len(stored)} bytes that the manifest lists"):
        [*make_published.face_arrays(manifest, stored + b"x")]


def test_arrays_of_other_shapes_are_refused():
    arrays = [array for name, array in stored_arrays("face").items() if ":" not in name]
    with pytest.raises(ValueError, match="arrays must have the shapes"):
        make_published.named(make_published.FaceDetector(), arrays[::-1])


def test_weights_of_the_segmenter_are_those_of_its_package():
    pytest.importorskip("tflite", reason="tflite, which reads the package of the segmenter, is not installed")
    package = os.environ.get("SELFIE_PACKAGE")
    if not package:
        pytest.skip("SELFIE_PACKAGE does not name the npm package of the segmenter, see make_published.py")
    arrays = [*make_published.selfie_arrays(make_published.member(package, make_published.MODEL))]
    same_arrays(make_published.named(make_published.SelfieSegmenter(), arrays), stored_arrays("selfie"))


def test_the_scripts_name_packages_that_the_sources_name():
    assert make_photographs.PACKAGE in (TEXTURES / "sources.json").read_text(encoding="utf-8")
    assert make_fashion.PACKAGE.split()[1] in make_fashion.__doc__
    assert make_nuclei.PACKAGE.replace(" ", "==") in make_nuclei.__doc__
    for source in make_published.SOURCES.values():
        assert source.package.replace(" ", "@") in make_published.__doc__
