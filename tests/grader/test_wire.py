"""Only plain data crosses between the box and the grader, whatever the other side writes."""

from __future__ import annotations

import base64
import json
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from grader.inside.wire import LARGEST, WireError, npy, pack, unpack
from lib.teach.comparing import same

PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
DATA = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(DATA)
def test_data_comes_out_as_it_went_in(value):
    back = unpack(pack(value)[4:])
    assert back == value
    assert type(back) is type(value)


@given(
    arrays.arrays(
        st.sampled_from(["?", "u1", "i8", "f4", ">f8", "f2"]), arrays.array_shapes(min_dims=0, max_dims=4, min_side=0)
    )
)
def test_arrays_come_out_as_they_went_in(array):
    for form in (array, np.array(array, order="F")):
        back = unpack(pack(form)[4:])
        assert back.dtype == array.dtype
        assert back.shape == array.shape
        np.testing.assert_array_equal(back, array)
        back[...] = 0  # it can be written to


@pytest.mark.parametrize(
    "value",
    [
        object(),
        {1: 2},
        {1},
        b"a",
        1j,
        np.array([1j]),
        np.array([object()]),
        np.array(["a"]),
        np.longdouble(1),
        [len],
        range(3),
    ],
    ids=range(11),
)
def test_nothing_else_may_cross(value):
    with pytest.raises(TypeError):
        pack(value)


def as_array(data):
    return json.dumps({"npy": base64.b64encode(data).decode()}).encode()


def head(text):
    """A ``.npy`` file with this head and eight bytes."""
    padded = text.ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(padded).to_bytes(2, "little") + padded.encode() + bytes(8)


GOOD = "{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }"


def test_the_files_made_here_are_read_elsewhere():
    assert unpack(as_array(head(GOOD))) == np.zeros(1)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nothing",
        b"[" * 100_000,
        pickle.dumps([1]),
        b'{"npy": 7}',
        b'{"npy": "?"}',
        b'{"pickle": "AA=="}',
        b'{"a": 1, "b": 2}',
        b"{}",
        b"9" * 5000,
        as_array(b""),
        as_array(b"\x93NUMPY"),
        as_array(pickle.dumps(np.zeros(3))),
        as_array(head(GOOD)[:-1]),
        as_array(head(GOOD.replace("(1,)", "(2,)"))),
        as_array(head(GOOD.replace("(1,)", "(1099511627776,)"))),
        as_array(head(GOOD.replace("(1,)", "(-1, -1)"))),
        as_array(head(GOOD.replace("(1,)", "(-1,)"))),
        as_array(head(GOOD.replace("<f8", "|O"))),
        as_array(head(GOOD.replace("<f8", "<U2"))),
        as_array(head(GOOD.replace("'<f8'", "[('a', '<f8')]"))),
        as_array(head(GOOD.replace("'<f8'", "('<f8', (1,))"))),
        as_array(head("__import__('os').abort()")),
        as_array(head(GOOD.replace("False", "open('x')"))),
    ],
    ids=range(24),
)
def test_a_message_of_another_form_is_refused(body):
    with pytest.raises(WireError):
        unpack(body)


def test_a_large_value_is_refused_before_it_is_sent():
    with pytest.raises(WireError, match="at most 32 may cross"):
        pack(np.zeros(LARGEST // 8))


def test_an_object_array_is_never_saved():
    with pytest.raises(TypeError, match="does not hold plain numbers"):
        npy(np.array([[1], [2, 3]], dtype=object))


def test_an_answer_that_crossed_is_compared_as_one_that_did_not():
    answer = np.arange(6.0).reshape(2, 3)
    assert same(unpack(pack(answer)[4:]), answer)
