"""Chains: sizes are those of the operations, receptive fields what a change of the input reaches, places where a ramp
comes out again.
"""

from __future__ import annotations

import random

import numpy as np
import pytest

from lib import receptive_field
from lib.plan import Chain
from lib.plan.layers import Transposed
from tests.plan.random_chains import random_chain
from tests.plan.running import run

TEXTS = [random_chain(seed) for seed in range(300)]


def works(chain):
    """Whether the operations would do what the chain says: unpooling may find its cells outside a smaller map."""
    strays = any(
        row.words.startswith("unpool") and row.shape.size != chain.rows[chain.row_of(layer.of) - 1].shape.size
        for row, layer in zip(chain.rows[1:], chain.layers, strict=True)
        if row.shape
    )
    return chain.fits and not strays


@pytest.mark.parametrize("part", range(6))
def test_shapes_are_those_of_the_operations(part):
    tried = 0
    for text in TEXTS[part::6]:
        chain = Chain.parse(text)
        if works(chain):
            maps = run(chain, np.random.default_rng(0).random((1, *chain.shape)))
            assert [made.shape[1:] for made in maps] == [row.shape for row in chain.rows], text
            tried += 1
    assert tried >= 30


@pytest.mark.parametrize("part", range(3))
def test_where_the_chain_says_that_a_layer_cannot_work_the_operations_refuse(part):
    tried = 0
    for text in [random_chain(seed) for seed in range(1000 + part, 2200, 3)]:
        chain = Chain.parse(text)
        repeats = any("equal channels" in (row.problem or "") for row in chain.rows)  # where NumPy would broadcast
        if chain.output is None and not repeats:
            with pytest.raises(ValueError, match=r"\w"):
                run(chain, np.zeros((1, *chain.shape)))
            tried += 1
    assert tried >= 8


def spatial_chain(seed):
    """A chain over a long strip, of layers without values that cancel, short enough to have cells far from its ends."""
    draw = random.Random(seed)
    parts = ["1x1x96 =a"]
    for _ in range(draw.randint(1, 4)):
        words = draw.choice(
            [f"conv 1 k1x{draw.randint(1, 5)} s1x{draw.randint(1, 3)} p0x{draw.randint(0, 2)} d1x{draw.randint(1, 2)}"]
            * 2
            + [f"convt 1 k1x{draw.randint(1, 5)} s1x{draw.randint(1, 3)} p0x{draw.randint(0, 1)}"] * 2
            + [f"max k1x{draw.randint(1, 3)}", f"avg k1x{draw.randint(2, 3)} s1x{draw.randint(1, 3)}"]
            + ["up x1x2", "up x1x2 bilinear", "up x1x1.5 bilinear", "up x1x3 nearest-exact", "up x1x0.5 bilinear"]
            + ["pad 2 -1 0 0", "cat a pad", "cat a crop", "cat a resize", "convt 1 k1x3 s1x2 d1x2"]
        )
        parts.append(words)
    return "; ".join(parts)


def unreached(layer):
    """The phases of a transposed convolution along the columns that get no product."""
    stride, dilation = layer.stride[1], layer.dilation[1]
    return set(range(stride)) - {tap * dilation % stride for tap in range(layer.kernel_size[1])}


@pytest.mark.parametrize("part", range(4))
def test_the_receptive_field_is_what_a_change_of_the_input_reaches(part):
    tried = 0
    for seed in range(part, 160, 4):
        chain = Chain.parse(spatial_chain(seed))
        if not chain.fits or chain.rows[-1].field[1] > 40:
            continue
        holes = any(isinstance(layer, Transposed) and unreached(layer) for layer in chain.layers)

        pulses = np.eye(96).reshape(96, 1, 1, 96)  # one image for each cell of the input, and only that cell set
        reached = np.any(run(chain, pulses)[-1] != 0, axis=(1, 2)).T  # [output cell, input cell]
        for found, first, last in zip(reached, *chain.reads(len(chain.layers), axis=1), strict=True):
            cells = np.flatnonzero(found)
            if not holes and 20 <= first <= last < 76:  # far from the borders of all maps between
                assert (cells[0], cells[-1]) == (first, last), chain
                tried += 1
            else:
                assert np.all((first <= cells) & (cells <= last)), chain
    assert tried >= 500


def test_the_receptive_field_is_that_of_the_cell_that_sees_most():
    for text in TEXTS[:100]:
        chain = Chain.parse(text)
        for number, row in enumerate(chain.rows):
            if row.shape:
                for axis in (0, 1):
                    first, last = chain.reads(number, axis)
                    assert row.field[axis] == max(0, *(last - first + 1), 0)


def test_a_way_down_has_the_receptive_field_of_the_formula():
    for seed in range(200):
        draw = random.Random(seed)
        layers = [(draw.randint(1, 5), draw.randint(1, 3), draw.randint(1, 3)) for _ in range(draw.randint(1, 4))]
        text = "1x900x900" + "".join(f"; conv 1 k{k} s{s} d{d}" for k, s, d in layers)
        assert Chain.parse(text).rows[-1].field == (receptive_field(layers),) * 2


def test_the_switches_of_unpooling_see_what_was_pooled():
    chain = Chain.parse("1x12x12; max k3 =a; unpool a fit")
    assert chain.rows[-1].field == (3, 3)


@pytest.mark.parametrize(
    "text",
    [
        "1x64x64; avg k2; up x2 bilinear",
        "1x64x64; avg k3 s2 p1; conv 1 k3 p1; up x3 bilinear",
        "1x64x64; conv 1 k4 s2 p1; up to61x50 bilinear",
        "1x64x64; avg k2; avg k2; up to64x64 bilinear corners; pad -2 1 3 0",
        "1x64x64 =a; avg k2 s2; conv 1 k2; up x2 bicubic; cat a pad",
        "1x64x64; pad 3 2 1 0; conv 1 k3 d2 s3; up x1.5 bilinear",
    ],
)
def test_a_ramp_comes_out_at_the_places_of_the_cells(text):
    chain = Chain.parse(text)
    for axis in (0, 1):
        ramp = np.broadcast_to(np.arange(64.0), (64, 64))
        image = (ramp.T if axis == 0 else ramp)[None, None]
        out = run(chain, image, mean=True)[-1][0, 0]  # of a concatenation, the skip
        line = out[:, out.shape[1] // 2] if axis == 0 else out[out.shape[0] // 2]
        row = chain.rows[-1]
        places = row.offset[axis] + row.step[axis] * np.arange(len(line))
        inside = (places > 14) & (places < 50)  # borders see padding
        assert inside.sum() > 10
        np.testing.assert_allclose(line[inside], places[inside], atol=1e-9)


def test_costs_by_hand():
    chain = Chain.parse("2x4x6 =a; conv 3 k3x1 p1x0 g1 +norm; max k2 =b; convt 2 k2 s2 nobias; add a; avg k2")
    conv, pool, up, add, average = chain.rows[1:]
    assert conv.weights == 3 * 2 * 3 + 3 + 2 * 3
    assert conv.multiplications == 3 * 4 * 6 * 2 * 3 + 3 * 4 * 6
    assert (pool.weights, pool.multiplications, pool.bytes) == (0, 0, 3 * 2 * 3 * 4)
    assert (up.weights, up.multiplications) == (3 * 2 * 4, 3 * 2 * 3 * 2 * 4)
    assert (add.multiplications, average.multiplications) == (0, 2 * 2 * 3)
    assert chain.training_bytes == 4 * (48 + 72 + 18 + 48 + 48 + 12)
    # The transposed convolution has its input, its output, and the input of the whole, which waits for the sum.
    assert chain.inference_bytes == 4 * max(48 + 72, 72 + 18 + 48, 18 + 48 + 48, 48 + 48 + 48)


def test_behind_sizes_that_part_the_chain_goes_on_with_the_skip():
    chain = Chain.parse("1x61x61 =a; max k2; up x2; cat a; conv 3 k1")
    assert [row.parts for row in chain.rows] == [False, False, False, True, False]
    assert chain.rows[3].arriving == (60, 60)
    assert chain.rows[3].skip == (61, 61)
    assert chain.output == (3, 61, 61)
    assert not chain.fits


def test_behind_a_layer_that_cannot_work_nothing_has_a_size():
    chain = Chain.parse("1x3x3; conv 2 k5; max k2; conv 1 k1")
    assert "spans 5 cells, more than the padded input_size 3" in chain.rows[1].problem
    assert [row.shape for row in chain.rows[1:]] == [None] * 3
    assert [row.problem for row in chain.rows[2:]] == [None] * 2
    assert chain.output is None
