"""How an answer of ``lib`` is compared with what an ONNX test expects."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.testing import assert_allclose

# float32 has 24 bits, 6e-8; a sum of many products in another order may differ by some units of that.
RELATIVE, ABSOLUTE = 1e-5, 1e-6

# Tests whose input and expected values PyTorch printed with four decimals, each rounded by itself.
ROUNDED = {"test_averagepool_2d_ceil_last_window_starts_on_pad": 1e-4}


def assert_answers(name: str, answers: Sequence[np.ndarray], expected: Sequence[np.ndarray]) -> None:
    assert len(answers) == len(expected)
    for answer, wanted in zip(answers, expected, strict=True):
        assert answer.shape == wanted.shape
        assert answer.dtype == wanted.dtype
        assert_allclose(answer, wanted, rtol=RELATIVE, atol=ROUNDED.get(name, ABSOLUTE))
