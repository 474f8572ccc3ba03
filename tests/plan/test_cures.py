"""What mends a chain: sizes fit afterwards, and nothing but the named layer has changed."""

from __future__ import annotations

import numpy as np
import pytest

from lib.plan import (
    Chain,
    cured,
    fitting_neighbours,
    fitting_sizes,
    join_shift,
    partings,
    sharing_sizes,
    undoing,
    unreached_cells,
)
from lib.plan.cures import WAYS
from lib.plan.notation import words_of
from tests.plan.random_chains import random_chain
from tests.plan.running import run

U_NET = "3x61x61 =a; max k2; conv 8 k3 p1 =b; max k2; convt 8 k2 s2; cat b; convt 4 k2 s2; cat a"


def test_a_parting_names_the_layers_down_and_up_between_which_it_begins():
    found = partings(Chain.parse(U_NET))
    assert [(part.row, part.axis, part.arriving, part.skip, part.down, part.up) for part in found] == [
        (7, 0, 60, 61, 1, 6),
        (7, 1, 60, 61, 1, 6),
    ]


def test_a_parting_deep_inside_is_found_first():
    found = partings(Chain.parse(U_NET).with_size(62, 64))
    assert [(part.row, part.axis, part.down, part.up) for part in found] == [(5, 0, 3, 4)]


@pytest.mark.parametrize("way", WAYS)
def test_every_cure_makes_the_sizes_equal(way):
    chain = cured(Chain.parse(U_NET), 7, way)
    assert chain.fits
    assert chain.output.size == ((60, 60) if way == "crop" else (61, 61))
    changed = [new for new, old in zip(chain.layers, Chain.parse(U_NET).layers, strict=True) if new != old]
    assert len(changed) == 1


def test_cures_of_random_chains_mend_their_join_and_leave_the_others():
    tried = 0
    for seed in range(400):
        chain = Chain.parse(random_chain(seed))
        for row, met in enumerate(chain.rows):
            for way in WAYS if met.parts else ():
                try:
                    mended = cured(chain, row, way)
                except ValueError:
                    assert way in ("output_padding", "output_size")
                    continue
                assert mended.rows[row].problem is None
                assert [found.shape for found in mended.rows[: row - 1]][:1] == [chain.shape]
                tried += 1
    assert tried > 100


def test_sizes_that_fit_are_those_without_a_problem():
    for seed in range(150):
        chain = Chain.parse(random_chain(seed))
        if any(row.problem and not row.parts for row in chain.rows):
            continue
        fits = fitting_sizes(chain, 0, range(1, 40))
        for size in (3, 8, 17, 24, 39):
            rows = chain.with_size(size, chain.shape.columns).rows
            alone = all(row.problem is None or (row.parts and row.arriving[0] == row.skip[0]) for row in rows)
            assert (size in fits) == (alone and rows[-1].shape is not None), (str(chain), size)


def test_the_nearest_sizes_that_fit():
    assert fitting_neighbours(Chain.parse(U_NET), 0) == (60, 64)
    assert fitting_neighbours(Chain.parse("1x3x3 =a; max k2; add a"), 0) == (None, None)


def test_sizes_that_share_an_output_are_all_of_them_and_no_other():
    for text in ("1x61x61; max k2", "1x61x61; conv 1 k5 s3 p1 d2", "1x30x30; max k3 s2 p1 ceil", "1x20x20; up x1.5"):
        chain = Chain.parse(text)
        output = chain.output.rows
        for size in range(1, 90):
            same = Chain.parse(text).with_size(size, 61).sizes_along(0, size)
            assert (size in sharing_sizes(chain, 1, 0)) == (same is not None and same[-1] == output)


def test_the_layer_that_undoes_brings_back_the_size_and_the_channels():
    tried = 0
    for seed in range(400):
        chain = Chain.parse(random_chain(seed))
        for row in range(1, len(chain.rows)):
            if chain.rows[row].shape is None or chain.rows[row].problem or "psame" in chain.rows[row].words:
                continue
            before = chain.rows[row - 1].shape
            shorter = Chain(chain.shape, (*chain.layers[:row], undoing(chain, row)), chain.keep)
            assert shorter.rows[-1].shape.size == before.size, (str(chain), row)
            if words_of(chain.layers[row - 1]).split()[0] in ("conv", "convt", "shuffle", "unshuffle", "max", "avg"):
                interpolated = words_of(shorter.layers[-1]).startswith("up")
                assert interpolated or shorter.rows[-1].shape == before
            tried += 1
    assert tried > 500


@pytest.mark.parametrize(
    ("text", "back"),
    [
        ("3x61x60; conv 16 k3 s2 p1", "convt 3 k3 s2 p1 o0x1"),
        ("3x61x60; conv 16 k3 s3 p1 d2 g1", "convt 3 k3 s3 p1 o1x0 d2"),
        ("3x30x30; convt 4 k4 s2 p1", "conv 3 k4 s2 p1"),
        ("3x61x61; max k2", "up to61x61"),
        ("3x61x61; max k2 =a", "unpool a fit"),
        ("4x6x6; shuffle x2", "unshuffle x2"),
    ],
)
def test_what_undoes_by_example(text, back):
    assert words_of(undoing(Chain.parse(text), 1)) == back


def test_the_shift_of_a_join_is_where_a_ramp_comes_out():
    for text in (
        "1x64x61 =a; avg k2; up x2 bilinear; cat a resize",
        "1x64x62 =a; conv 1 k3 s2; up x2 bilinear; cat a pad",
        "1x64x59 =a; avg k3 s3; up x3 bilinear; cat a crop",
    ):
        chain = Chain.parse(text)
        image = np.broadcast_to(np.arange(float(chain.shape.columns)), (1, 1, 64, chain.shape.columns))
        skip, arrived = run(chain, image, mean=True)[-1][0][:, 32]
        inside = slice(12, 40)
        first, last = join_shift(chain, len(chain.layers), 1)
        expected = first + (last - first) * np.arange(len(skip)) / (len(skip) - 1)
        np.testing.assert_allclose((arrived - skip)[inside], expected[inside], atol=1e-9)


def test_cells_that_no_stamp_reaches_hold_nothing():
    for text in (
        "1x5x5; convt 1 k2 s2 o1",
        "1x5x5; convt 1 k3 s2 p1 o1",
        "1x5x5; convt 1 k1 s3",
        "1x5x5; convt 1 k2 s2 p0 o0 d3",
    ):
        chain = Chain.parse(text)
        out = run(chain, np.ones((1, *chain.shape)))[-1][0, 0]
        assert unreached_cells(chain, 1, 0) == np.sum(np.all(out == 0, axis=1))


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: cured(Chain.parse(U_NET), 7, "prayer"), "way must be one of output_padding"),
        (lambda: cured(Chain.parse(U_NET), 1, "pad"), "row 1 joins nothing"),
        (lambda: cured(Chain.parse("1x9x9 =a; max k2; up x2; cat a"), 3, "output_padding"), "only a transposed"),
        (lambda: cured(Chain.parse("1x9x9 =a; max k2; cat a"), 2, "output_size"), "no layer whose output size"),
        (
            lambda: cured(Chain.parse("1x9x9 =a; max k4; convt 1 k2 s2; cat a"), 3, "output_padding"),
            "is not below stride",
        ),
        (lambda: sharing_sizes(Chain.parse("1x3x3; conv 1 k5"), 1, 0), "a layer that works, got 1"),
    ],
)
def test_what_cannot_be_mended_so_is_refused(call, said):
    with pytest.raises(ValueError, match=said):
        call()
