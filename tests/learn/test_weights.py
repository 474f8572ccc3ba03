"""Weights survive a round trip through a file; a file that is not what it should be is refused and changes nothing."""

import io
import pickle
import struct
import zipfile

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from lib.learn import BatchNorm2d, Conv2d, Sequential, UNet, load_weights, predict, save_weights


def network(seed=0):
    return Sequential(Conv2d(1, 2, 3, seed=seed), BatchNorm2d(2))


def rewritten(path, **arrays):
    """Write the state of a network to a file, some arrays replaced, others added or, given None, left out."""
    state = {**network(seed=1).state_dict(), **{name.replace("_", ".", 1): array for name, array in arrays.items()}}
    np.savez(path, **{name: array for name, array in state.items() if array is not None})


def member(name, data):
    """Return a writer of a file with one part."""

    def write(path):
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(name, data)

    return write


def header(shape, descr="<f4", version=(1, 0)):
    """Return the beginning of an .npy file that claims a shape, without its numbers."""
    text = f"{{'descr': {descr!r}, 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY" + bytes(version) + struct.pack("<H" if version == (1, 0) else "<I", len(text)) + text


class Harmful:
    """What pickle would run while loading."""

    ran = False

    def __reduce__(self):
        return _harm, ()


def _harm():
    Harmful.ran = True
    return 1.0


def objects(path):
    rewritten(path, **{"0_weight": np.array([Harmful()] * 18, object).reshape(2, 1, 3, 3)})


def pickled(path):
    with open(path, "wb") as file:
        pickle.dump(Harmful(), file)


def pickled_inside(path):
    buffer = io.BytesIO()
    pickle.dump(Harmful(), buffer)
    member("0.weight.npy", buffer.getvalue())(path)


def huge(path):
    """Claim an array that no memory holds, under a name and dtype that are right."""
    state = network().state_dict()
    with zipfile.ZipFile(path, "w") as archive:
        for name, array in state.items():
            buffer = io.BytesIO()
            np.save(buffer, array)
            archive.writestr(f"{name}.npy", header((1 << 50, 1, 3, 3)) if name == "0.weight" else buffer.getvalue())


def damaged(path):
    save_weights(network(), path)
    data = bytearray(path.read_bytes())
    data[200:260] = bytes(60)
    path.write_bytes(data)


HOSTILE = {
    "another network": (lambda path: save_weights(UNet(1, 2, (2, 3), seed=0), path), "is missing"),
    "a name missing": (lambda path: rewritten(path, **{"0_bias": None}), "0.bias is missing"),
    "a name too many": (lambda path: rewritten(path, **{"2_bias": np.ones(2)}), "2.bias, which this module"),
    "another shape": (lambda path: rewritten(path, **{"0_bias": np.ones(3)}), "0.bias must have shape (2,), got (3,)"),
    "text": (lambda path: rewritten(path, **{"0_bias": np.array(["a", "b"])}), "0.bias must hold numbers"),
    "complex numbers": (lambda path: rewritten(path, **{"0_bias": np.ones(2) * 1j}), "0.bias must hold numbers"),
    "not finite": (
        lambda path: rewritten(path, **{"0_bias": np.array([1, np.nan])}),
        "0.bias holds numbers that are not",
    ),
    "objects": (objects, "0.weight must hold numbers, got dtype object"),
    "a pickle": (pickled, "must be an .npz file"),
    "a pickle inside": (pickled_inside, "magic string"),
    "no array": (member("0.weight.txt", b"hello"), "magic string"),
    "an array that is cut off": (member("0.weight.npy", b"\x93NUMPY\x01"), "weights.npz"),
    "a later version": (member("0.weight.npy", header((2,), version=(9, 0))), "weights.npz"),
    "more than memory": (huge, "0.weight must have shape (2, 1, 3, 3), got (1125899906842624, 1, 3, 3)"),
    "text file": (lambda path: path.write_text("weights"), "must be an .npz file"),
    "empty file": (lambda path: path.write_bytes(b""), "must be an .npz file"),
    "damaged": (damaged, "weights.npz"),
}


def test_weights_and_running_statistics_come_back(tmp_path):
    images = np.random.default_rng(0).normal(size=(4, 1, 6, 6)).astype(np.float32)
    one, other = network(0), network(1)
    one(images)
    assert save_weights(one, tmp_path / "weights.npz") == tmp_path / "weights.npz"
    load_weights(other, str(tmp_path / "weights.npz"))
    assert_array_equal(predict(one, images), predict(other, images))
    assert [path.name for path in tmp_path.iterdir()] == ["weights.npz"]


def test_the_file_is_plain_numpy(tmp_path):
    save_weights(network(), tmp_path / "weights.npz")
    with np.load(tmp_path / "weights.npz", allow_pickle=False) as file:
        assert set(file) == set(network().state_dict())


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_does_not_fit_is_refused_and_changes_nothing(name, tmp_path):
    write, message = HOSTILE[name]
    path, one = tmp_path / "weights.npz", network()
    write(path)
    with pytest.raises(ValueError, match=r".") as refusal:
        load_weights(one, path)
    assert message in str(refusal.value)
    for key, array in network().state_dict().items():
        assert_array_equal(array, one.state_dict()[key])
    assert not Harmful.ran


@pytest.mark.parametrize("act", [save_weights, load_weights])
def test_other_endings_are_refused(act, tmp_path):
    with pytest.raises(ValueError, match=r"path must end in \.npz, got 'weights\.pt'"):
        act(network(), tmp_path / "weights.pt")


def test_a_missing_file_is_missing(tmp_path):
    with pytest.raises(FileNotFoundError):
        load_weights(network(), tmp_path / "weights.npz")


def test_a_save_that_fails_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "weights.npz"
    save_weights(network(0), path)
    before = path.read_bytes()

    def full(*arguments, **options):
        raise OSError("no space left")

    monkeypatch.setattr(np, "savez_compressed", full)
    with pytest.raises(OSError, match="no space left"):
        save_weights(network(1), path)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["weights.npz"]
