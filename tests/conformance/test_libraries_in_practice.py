"""The functions of the page *Libraries in practice* answer as the libraries do that they describe, where installed."""

import ast
import json
from itertools import product
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from lib import INTERPOLATION_RULES, interpolation_matrix

PAGE = Path(__file__).parents[2] / "chapters/upsampling/libraries-in-practice.ipynb"
PAIRS = list(product(range(1, 40), range(1, 60)))
NOISE = np.random.default_rng(0).integers(0, 256, (24, 32))
SIZES = [(48, 64), (12, 16), (36, 40), (31, 17)]


FUNCTIONS = {"pytorch_nearest", "opencv_nearest", "pillow_nearest", "by_pillow", "by_opencv"}


@pytest.fixture(scope="module")
def page():
    """The functions that the page defines, without what it shows."""
    cells = json.loads(PAGE.read_text(encoding="utf-8"))["cells"]
    code = [ast.parse("".join(cell["source"])) for cell in cells if cell["cell_type"] == "code"]
    defined = [part for cell in code for part in cell.body if getattr(part, "name", None) in FUNCTIONS]
    assert {part.name for part in defined} == FUNCTIONS

    names = {"np": np}
    exec(compile(ast.Module(defined, []), str(PAGE), "exec"), names)
    return SimpleNamespace(**names)


def matrices(rule, size):
    return [interpolation_matrix(n, m, **INTERPOLATION_RULES[rule]) for n, m in zip(NOISE.shape, size, strict=True)]


def line(n):
    return np.arange(n, dtype=np.float32)[None]


def test_pillow_copies_these_cells_and_rounds_like_this(page):
    image = pytest.importorskip("PIL.Image", reason="compares with Pillow")
    for n, m in PAIRS:
        copied = np.array(image.fromarray(line(n)).resize((m, 1), image.Resampling.NEAREST))[0]
        np.testing.assert_array_equal(copied, page.pillow_nearest(n, m), err_msg=f"{n} cells to {m}")
    for method, size in product(("BILINEAR", "BICUBIC"), SIZES):
        theirs = image.fromarray(NOISE.astype(np.uint8)).resize(size[::-1], getattr(image.Resampling, method))
        ours = page.by_pillow(NOISE, *matrices(f"Pillow {method}", size))
        np.testing.assert_array_equal(np.array(theirs), ours, err_msg=f"{method} to {size}")


def test_opencv_copies_these_cells_and_rounds_like_this(page):
    cv2 = pytest.importorskip("cv2", reason="compares with OpenCV")
    for n, m in PAIRS:
        copied = cv2.resize(line(n), (m, 1), interpolation=cv2.INTER_NEAREST)[0]
        np.testing.assert_array_equal(copied, page.opencv_nearest(n, m), err_msg=f"{n} cells to {m}")
    for size in SIZES:
        theirs = cv2.resize(NOISE.astype(np.uint8), size[::-1], interpolation=cv2.INTER_LINEAR)
        ours = page.by_opencv(NOISE, *matrices("OpenCV INTER_LINEAR", size))
        # the outermost rows are made of one row twice, and each of the two is rounded
        np.testing.assert_array_equal(theirs[1:-1], ours[1:-1], err_msg=f"to {size}")


def test_pytorch_copies_these_cells(page):
    torch = pytest.importorskip("torch", reason="compares with PyTorch")
    for n, m in PAIRS:
        copied = torch.nn.functional.interpolate(torch.arange(n).float()[None, None], size=m)[0, 0]
        np.testing.assert_array_equal(copied.numpy(), page.pytorch_nearest(n, m), err_msg=f"{n} cells to {m}")


def test_pytorch_rounds_8_bits_twice(page):
    torch = pytest.importorskip("torch", reason="compares with PyTorch")
    for size in ((48, 64), (12, 16)):
        theirs = torch.nn.functional.interpolate(
            torch.from_numpy(NOISE.astype(np.uint8))[None, None], size=size, mode="bilinear", antialias=True
        )
        ours = page.by_pillow(NOISE, *matrices("Pillow BILINEAR", size))
        np.testing.assert_array_equal(theirs[0, 0].numpy(), ours, err_msg=f"to {size}")
