"""How an answer of ``lib`` is compared with what an ONNX test expects."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.testing import assert_allclose

# float32 has 24 bits, 6e-8; a sum of many products in another order may differ by some units of that.
RELATIVE, ABSOLUTE = 1e-5, 1e-6

# Expected values that the package holds with fewer digits than float32 has.
ROUNDED = {"test_averagepool_2d_ceil_last_window_starts_on_pad": 5e-5}  # written with four decimals


def assert_answers(name: str, answers: Sequence[np.ndarray], expected: Sequence[np.ndarray]) -> None:
    assert len(answers) == len(expected)
    for answer, wanted in zip(answers, expected, strict=True):
        assert answer.shape == wanted.shape
        assert answer.dtype == wanted.dtype
        assert_allclose(answer, wanted, rtol=RELATIVE, atol=ROUNDED.get(name, ABSOLUTE))
