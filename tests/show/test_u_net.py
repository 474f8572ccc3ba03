"""The sizes of a U-Net's maps: those of the network itself, drawn to scale."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.learn import UNet, activations, no_grad
from lib.show import u_net_sizes
from lib.show.u_net import PIXEL, u_net_stages

from .drawings import LAW, drawing

paddings = pytest.mark.parametrize("padding", ["same", "valid"])
sizes = st.integers(1, 110)


@paddings
@given(size=sizes, poolings=st.integers(1, 4))
@LAW
def test_the_sizes_are_those_of_the_network_and_refused_where_it_refuses(padding, size, poolings):
    network = UNet(1, 2, channels=(1,) * (poolings + 1), padding=padding, seed=0).eval()
    image = np.zeros((1, 1, size, size), np.float32)
    try:
        down, bottom, up = u_net_stages(size, padding, poolings)
    except ValueError:
        with pytest.raises(ValueError, match=r"input|size|kernel"), no_grad():
            network(image)
        return
    with no_grad(), activations(network) as seen:
        result = network(image)
    assert [stage.after for stage in down] == [seen[f"down.{k}"].shape[2] for k in range(poolings)]
    assert bottom.after == seen["bottom"].shape[2]
    assert [stage.before for stage in up] == [seen[f"up.{k}"].shape[2] for k in range(poolings)]
    assert [stage.after for stage in up] == [seen[f"join.{k}"].shape[2] for k in range(poolings)]
    assert result.shape[2] == up[-1].after


@paddings
@given(size=sizes, poolings=st.integers(1, 4), convolutions=st.integers(1, 2))
@LAW
def test_what_is_left_of_a_skip_fits_the_map_it_meets(padding, size, poolings, convolutions):
    try:
        down, _, up = u_net_stages(size, padding, poolings, convolutions)
    except ValueError:
        return
    for left, right in zip(down, reversed(up), strict=True):
        assert left.after - 2 * right.crop == right.before


def test_the_paper_crops_by_these_and_goes_from_572_to_388():
    down, bottom, up = u_net_stages(572, "valid", poolings=4, convolutions=2)
    assert [stage.after for stage in down] == [568, 280, 136, 64]
    assert (bottom.before, bottom.after) == (32, 28)
    assert [(stage.before, stage.after, stage.crop) for stage in up] == [
        (56, 52, 4),
        (104, 100, 16),
        (200, 196, 40),
        (392, 388, 88),
    ]


def test_without_padding_every_eighth_size_fits_and_22_are_lost_on_each_side():
    left = {}
    for size in range(1, 111):
        try:
            left[size] = u_net_stages(size, "valid")[2][-1].after
        except ValueError:
            continue
    assert left == {size: size - 44 for size in range(46, 111, 8)}


@pytest.mark.parametrize(
    ("size", "padding", "words"),
    [
        (50, "same", "size 50 makes a map of side 25, which does not fit; near it 48 and 56 do"),
        (3, "same", "size 3 makes a map of side 3, which does not fit; near it 8 does"),
        (64, "valid", "size 64 makes a map of side 29, which does not fit; near it 62 and 70 do"),
        (38, "valid", "size 38 makes a map of side 0, which does not fit; near it 46 does"),
        (111, "same", "size must be at most 110 to be drawn, got 111"),
        (0, "same", "size must be at least 1"),
        (64, "zero", "padding must be"),
    ],
)
def test_sizes_that_do_not_fit_are_refused_with_those_that_do(size, padding, words):
    with pytest.raises(ValueError, match=words):
        u_net_sizes(size, padding)


@pytest.mark.parametrize(("size", "padding"), [(64, "same"), (62, "valid"), (94, "valid"), (110, "valid")])
def test_maps_are_drawn_to_scale_and_the_kept_part_of_a_skip_framed(size, padding):
    down, bottom, up = u_net_stages(size, padding)
    drawn = drawing(u_net_sizes(size, padding))
    for role, stages in {"input": down, "kernel": [bottom], "output": up}.items():
        found = sorted(box.width for box in drawn.rectangles(role, "edge"))
        assert found == pytest.approx(sorted(stage.after * PIXEL for stage in stages), rel=1e-4)
    words = [text.words for text in drawn.words]
    for stage in [*down, bottom, *up]:
        assert f"{stage.before} → {stage.after}" in words
    frames = [element.get("d") for element, _, _ in drawn.shapes if element.get("class") == "span"]
    assert len(frames) == sum(stage.crop > 0 for stage in up)
    for frame, stage in zip(frames, reversed(up), strict=False):
        assert float(frame.split("h")[1].split("v")[0]) == pytest.approx(stage.before * PIXEL, rel=1e-4)
        assert f"crop {stage.crop}" in words


def test_the_caption_says_what_is_lost():
    caption = u_net_sizes(62, "valid").caption
    assert "The output has 18 of 62 rows and columns: 22 are lost on each side." in caption
    assert caption.endswith("Skips are cropped by 2, 8 and 20 on each side.")
    assert u_net_sizes(64).caption.endswith("The output is as large as the image, and every skip fits.")
