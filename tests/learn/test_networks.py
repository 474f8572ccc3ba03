"""Networks do what their drawings say: sizes, skips, switches, and projections to the pixels."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from lib import Tensor, interpolate, max_pool2d
from lib.learn import (
    DECODER_KINDS,
    FCN,
    Autoencoder,
    Classifier,
    DeconvNet,
    Doubling,
    EncoderDecoder,
    SuperResolution,
    UNet,
    activations,
    constant_,
    relu_rule,
)

RANDOM = np.random.default_rng(0)


def images(*shape):
    return RANDOM.normal(size=shape).astype(np.float32)


NETWORKS = {
    "U-Net": (lambda: UNet(3, 4, (4, 6, 8), seed=0), (2, 3, 16, 24), (2, 4, 16, 24)),
    "U-Net of one stage": (lambda: UNet(1, 2, (4,), seed=0), (2, 1, 5, 7), (2, 2, 5, 7)),
    "FCN": (lambda: FCN(3, 4, 2, (4, 6, 8), seed=0), (2, 3, 16, 24), (2, 4, 16, 24)),
    "DeconvNet": (lambda: DeconvNet(3, 4, (4, 6), seed=0), (2, 3, 16, 24), (2, 4, 16, 24)),
    "classifier": (lambda: Classifier(3, 4, (4, 6, 8), size=16, seed=0), (2, 3, 16, 16), (2, 4)),
    "autoencoder": (lambda: Autoencoder("unpool", (4, 6), in_channels=3, seed=0), (2, 3, 8, 12), (2, 3, 8, 12)),
    "super-resolution": (lambda: SuperResolution(channels=4, seed=0), (2, 1, 5, 7), (2, 1, 10, 14)),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_sizes(name):
    make, before, after = NETWORKS[name]
    result = make()(images(*before))
    assert result.shape == after
    assert result.dtype == np.float32


def test_without_skips_only_the_bottom_reaches_the_result():
    for skips in (True, False):
        network = UNet(1, 2, (4, 8), skips=skips, seed=0).eval()
        constant_(network.bottom[1].weight, 0)  # the bottom is now the same everywhere
        constant_(network.bottom[1].bias, 1)
        spread = network(images(1, 1, 32, 32)).data[..., 8:-8:2, 8:-8:2].std(axis=(2, 3)).max()
        assert (spread > 1e-3) == skips


def test_a_cropped_skip_is_the_middle():
    network = UNet(1, 2, (1, 1), padding="valid", seed=0).eval()
    with activations(network) as seen:
        network(images(1, 1, 18, 14))
    assert seen["down.0"].shape[2:] == (16, 12)
    assert seen["up.0"].shape[2:] == (12, 8)
    join = network.join[0][0]
    alone = np.concatenate([seen["up.0"].data, seen["down.0"].data[:, :, 2:-2, 2:-2]], axis=1)
    assert_array_equal(seen["join.0.0"].data, join(alone).data)


@pytest.mark.parametrize("stride", [8, 4, 2])
def test_an_fcn_begins_as_bilinear_interpolation_of_its_coarsest_scores(stride):
    network = FCN(1, 3, stride, (4, 4, 4), seed=0).eval()
    with activations(network) as seen:
        result = network(images(1, 1, 64, 64))
    scores = seen["score"].data
    if stride == 8:
        expected = interpolate(scores, scale_factor=8, mode="bilinear")
        assert_allclose(result.data[..., 4:-4, 4:-4], expected[..., 4:-4, 4:-4], atol=1e-4)
    else:
        assert_array_equal(seen["skip_scores.0"].data, 0)
        assert_allclose(result.data.mean(), interpolate(scores, scale_factor=8).mean(), atol=0.2)


def test_stages_of_a_deconvnet_alternate_and_unpooling_leaves_three_quarters_empty():
    network, x = DeconvNet(1, 2, (4, 6, 8), seed=0), images(2, 1, 32, 32)
    names, maps = zip(*network.stages(x), strict=True)
    assert names == tuple(f"{kind} {number}" for number in (1, 2, 3) for kind in ("deconvolution", "unpooling")) + (
        "deconvolution 4",
    )
    for name, stage in zip(names, maps, strict=True):
        empty = (stage.data == 0).mean()
        assert (empty >= 0.75) == name.startswith("unpooling"), name
    assert [stage.shape[2] for stage in maps] == [4, 8, 8, 16, 16, 32, 32]
    assert_array_equal(network.score(maps[-1]).data.shape, network(x).shape)


@pytest.mark.parametrize("layer", [0, 1, 2])
def test_a_projection_is_the_way_back_under_the_rule_of_the_deconvnet(layer):
    network = Classifier(1, 3, (4, 5, 6), size=16, gain=1, seed=0).eval()
    pixels = Tensor(images(2, 1, 16, 16), requires_grad=True)
    maps, switches, last = network.features(pixels)
    strongest = maps[layer].data == maps[layer].data.max(axis=(1, 2, 3), keepdims=True)
    activation = np.where(strongest, maps[layer].data, 0)
    found = network.project(pixels.data, layer, activation)
    with relu_rule("deconvnet"):
        maps[layer].backward(activation)
    assert abs(found).max() > 0
    assert_allclose(found, pixels.grad, atol=1e-6)
    assert_array_equal(last.data, max_pool2d(maps[2].data, 2))
    assert len(maps) == len(switches) == 3


def test_equal_seeds_give_every_decoder_the_same_encoder():
    states = [EncoderDecoder(kind, seed=3).state_dict() for kind in DECODER_KINDS]
    for state in states[1:]:
        assert_array_equal(state["down.2.0.weight"], states[0]["down.2.0.weight"])


def test_icnr_alone_begins_pixel_shuffle_without_a_checkerboard():
    x = images(1, 8, 6, 6)
    for kind in ("pixel_shuffle", "pixel_shuffle_icnr"):
        fine = Doubling(kind, 8, 2, seed=0)(x).data
        equal = np.allclose(fine[..., ::2, ::2], fine[..., 1::2, 1::2], atol=1e-6)
        assert equal == kind.endswith("icnr")


def test_a_residual_network_that_finds_nothing_is_bicubic():
    network, x = SuperResolution(residual=True, channels=4, seed=0), images(1, 1, 6, 6)
    constant_(network.doubling.layer.weight, 0)
    assert_allclose(network(x).data, interpolate(x, scale_factor=2, mode="bicubic"), atol=1e-6)
    plain = SuperResolution(residual=False, channels=4, seed=0)
    constant_(plain.doubling.layer.weight, 0)
    assert_array_equal(plain(x).data, 0)


X = images(1, 1, 16, 16)
REFUSED = {
    "U-Net size": (lambda: UNet(seed=0)(images(1, 1, 16, 20)), "multiples of 8, got 16 and 20; pad it, and crop"),
    "U-Net without batch": (lambda: UNet(seed=0)(X[0]), "input must have 4 dimensions, got shape (1, 16, 16)"),
    "U-Net channels": (lambda: UNet(2, 2, seed=0)(X), "input must have 2 channels, got shape (1, 1, 16, 16)"),
    "U-Net widths": (lambda: UNet(1, 2, ()), "channels must name at least one widths, got ()"),
    "U-Net width": (lambda: UNet(1, 2, (4, 0)), "channels[1] must be at least 1, got 0"),
    "U-Net padding": (lambda: UNet(1, 2, padding="zero"), "padding must be 'same' or 'valid', got 'zero'"),
    "U-Net odd": (
        lambda: UNet(1, 2, (2, 3), padding="valid", seed=0)(images(1, 1, 15, 16)),
        "makes a map of odd sides before pooling, (13, 14)",
    ),
    "FCN stride": (lambda: FCN(1, 2, 16), "stride must be 8, 4 or 2, got 16"),
    "FCN widths": (lambda: FCN(1, 2, 8, (4, 8)), "channels must name 3 widths, got (4, 8)"),
    "FCN upsampling": (lambda: FCN(1, 2, upsampling="bicubic"), "upsampling must be 'bilinear' or 'random'"),
    "FCN size": (lambda: FCN(1, 2, seed=0)(images(1, 1, 20, 16)), "multiples of 8, got 20 and 16"),
    "DeconvNet size": (lambda: DeconvNet(1, 2, seed=0)(images(1, 1, 24, 32)), "multiples of 16, got 24 and 32"),
    "classifier size": (lambda: Classifier(size=20), "size must be a multiple of 8, got 20"),
    "classifier image": (lambda: Classifier(seed=0)(X), "multiples of 32, got 16 and 16"),
    "classifier layer": (
        lambda: Classifier(size=16, seed=0).project(X, 3, X),
        "layer must be at most 2, got 3",
    ),
    "classifier activation": (
        lambda: Classifier(size=16, seed=0).project(X, 0, X),
        "activation must have the shape (1, 16, 16, 16), got (1, 1, 16, 16)",
    ),
    "decoder kind": (lambda: Doubling("bicubic", 1, 1), "kind must be 'transposed_k2', ", "got 'bicubic'"),
    "no switches": (lambda: Doubling("unpool", 1, 1, seed=0)(X), "switches must be given to unpooling, got none"),
    "super-resolution kind": (lambda: SuperResolution("unpool"), "kind must be 'transposed_k2'", "got 'unpool'"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_nonsense_is_refused_by_name(name):
    call, *parts = REFUSED[name]
    with pytest.raises(ValueError, match=r".") as refusal:
        call()
    assert all(part in str(refusal.value) for part in parts), str(refusal.value)
