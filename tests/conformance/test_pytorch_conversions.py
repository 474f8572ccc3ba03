"""Modules and functions of PyTorch that its exporter turned into ONNX models, with the answers PyTorch gave.

They are stored in the ``onnx`` package, so that PyTorch itself is not needed.
"""

from pathlib import Path

import onnx
import pytest
from onnx import backend

import lib

from .comparing import assert_answers
from .onnx_lists import CONVERSION_FOLDERS, CONVERSIONS, CONVERSIONS_LEFT_OUT, NODE_MODULES
from .onnx_operators import run_model

DATA = Path(backend.__file__).parent / "test" / "data"
MODELS = {path.parent.name: path for folder in CONVERSION_FOLDERS for path in DATA.glob(f"{folder}/*/model.onnx")}

# Of the version of ONNX's operators that had none for it: a Reshape, a Transpose and a Reshape.
SPELT_OUT = {"test_PixelShuffle": lambda x: [lib.pixel_shuffle(x, upscale_factor=3)]}


def _arrays(folder, kind):
    """The stored inputs or outputs of a test, in their order."""
    paths = sorted(folder.glob(f"{kind}_*.pb"), key=lambda path: int(path.stem.removeprefix(f"{kind}_")))
    return [onnx.numpy_helper.to_array(onnx.load_tensor(path)) for path in paths]


@pytest.mark.parametrize("name", CONVERSIONS)
def test_lib_answers_as_pytorch_did(name):
    model = onnx.load(MODELS[name])
    folders = sorted(MODELS[name].parent.glob("test_data_set_*"))
    assert folders
    for folder in folders:
        inputs = _arrays(folder, "input")
        answers = SPELT_OUT[name](*inputs) if name in SPELT_OUT else run_model(model, inputs)
        assert_answers(name, answers, _arrays(folder, "output"))


@pytest.mark.parametrize("name", CONVERSIONS_LEFT_OUT)
def test_left_out(name):
    pytest.skip(CONVERSIONS_LEFT_OUT[name])


def test_every_conversion_of_these_operators_is_either_run_or_left_out_for_a_reason():
    assert not set(CONVERSIONS) & set(CONVERSIONS_LEFT_OUT)
    of_ours = {
        name
        for name, path in MODELS.items()
        if any(node.op_type in NODE_MODULES.values() for node in onnx.load(path).graph.node)
    }
    assert set(CONVERSIONS) | set(CONVERSIONS_LEFT_OUT) == of_ours | set(SPELT_OUT)
