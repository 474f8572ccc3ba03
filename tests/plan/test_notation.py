"""Chains as text: what is read, what is written, and what is refused, with words that say why."""

from __future__ import annotations

import pytest

from lib.plan import Chain
from tests.plan.random_chains import random_chain


def test_a_chain_is_written_as_it_is_read():
    for seed in range(300):
        chain = Chain.parse(random_chain(seed))
        again = Chain.parse(str(chain))
        assert again == chain
        assert str(again) == str(chain)


def test_settings_with_their_usual_value_are_not_written():
    assert (
        str(Chain.parse("3x8x8; conv 4 k3x3 s1 p0 d1 g1; max k2 s2 p0; up x2 nearest"))
        == "3x8x8; conv 4 k3; max k2; up x2"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "begins with channels x rows x columns"),
        ("61x61; max k2", "begins with channels x rows x columns"),
        ("0x61x61", "input must be from 1 to 8192, got 0"),
        ("3x61x61; conw 4 k3", "a layer is one of conv, convt, max"),
        ("3x61x61; conv k3", "conv takes channels, got nothing"),
        ("3x61x61; conv 4", "conv needs kernel_size"),
        ("3x61x61; conv 4 k0", "kernel_size must be from 1"),
        ("3x61x61; conv 4 k3 s0", "stride must be from 1"),
        ("3x61x61; conv 4 k3 o1", "conv takes channels, got 4 o1"),
        ("3x61x61; max 4 k3", "max takes nothing else, got 4"),
        ("3x61x61; max k2 +relw", "what follows a layer is one of relu, norm"),
        ("3x61x61; cat a", "no earlier layer keeps its output as 'a'"),
        ("3x61x61 =a; max k2 =a", "the name 'a' is taken"),
        ("3x61x61; max k2 =abc", "a name is one or two small letters"),
        ("3x61x61 =a; cat a pad crop", "cat takes one of pad, crop, resize"),
        ("3x61x61 =a; unpool a", "unpool needs the name of a max pooling"),
        ("3x61x61; max k2 d2 =a; unpool a", "unpool needs the name of a max pooling without dilation"),
        ("3x61x61; up", "up takes one of a scale"),
        ("3x61x61; up x2 to5x5", "up takes one of a scale"),
        ("3x61x61; up x2 bilinear bicubic", "one mode"),
        ("3x61x61; up x2 corners", "corners are aligned with bilinear or bicubic"),
        ("3x61x61; up x0", "a scale must be above 0"),
        ("3x61x61; shuffle x1.5", "shuffle takes one whole number"),
        ("3x61x61; pad 1 2 3", "pad takes left, right, top and bottom"),
        ("3x61x61; pad 1 2 3 z", "a side of pad must be a whole number"),
    ],
)
def test_what_is_no_chain_is_refused_with_the_reason(text, said):
    with pytest.raises(ValueError, match=said.replace("(", r"\(")):
        Chain.parse(text)
