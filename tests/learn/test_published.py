"""The published networks give what their vendors' own code gives, and are built as their files say."""

import os
import tarfile

import numpy as np
import pytest
from numpy.testing import assert_allclose

from lib import conv2d
from lib.data import photographs, published_weights
from lib.learn import FaceDetector, SelfieSegmenter, Tensor, no_grad, relu_rule
from lib.learn.networks.selfie import StridedConv2d

from .record_published import KEPT, MODEL, REFERENCE, square, vendor_mask

# The largest difference met on any photograph is 6e-5, on the steepest rims; a wrong padding gives more than 0.5.
CLOSE = 3e-4


@pytest.fixture(scope="module")
def segmenter():
    network = SelfieSegmenter()
    network.load_state_dict(published_weights("selfie"))
    return network


@pytest.fixture(scope="module")
def detector():
    network = FaceDetector()
    network.load_state_dict(published_weights("face"))
    return network


def mask(network, image):
    with no_grad():
        return network(image).data[0, 0]


@pytest.mark.parametrize("name", photographs())
def test_masks_are_those_of_the_vendors_runtime(segmenter, name):
    with np.load(REFERENCE) as recorded:
        assert_allclose(mask(segmenter, square(name))[KEPT], recorded[name], atol=CLOSE)


def test_masks_are_those_of_the_vendors_runtime_where_it_is_installed(segmenter):
    pytest.importorskip("ai_edge_litert", reason="ai-edge-litert, the vendor's runtime, is not installed")
    package = os.environ.get("SELFIE_PACKAGE")
    if not package:
        pytest.skip("SELFIE_PACKAGE does not name the npm package of the segmenter, see record_published.py")
    with tarfile.open(package) as archive:
        model = archive.extractfile(MODEL).read()
    for name in photographs():
        assert_allclose(mask(segmenter, square(name)), vendor_mask(model, square(name)), atol=CLOSE)


def test_the_comparison_would_see_a_window_one_cell_off(segmenter, monkeypatch):
    even = "lib.learn.networks.selfie.strided_same_padding"
    monkeypatch.setattr(even, lambda size, kernel, stride: (kernel // 2, kernel // 2))
    with np.load(REFERENCE) as recorded:
        assert abs(mask(segmenter, square("astronaut"))[KEPT] - recorded["astronaut"]).max() > 0.5


def test_sizes_go_down_to_a_sixteenth_and_up_again(segmenter):
    with no_grad():
        stages = [(name, stage.shape[1:]) for name, stage in segmenter.stages(square("astronaut"))]
    assert stages == [
        ("down to 1/2", (16, 128, 128)),
        ("down to 1/4", (16, 64, 64)),
        ("down to 1/8", (24, 32, 32)),
        ("down to 1/16", (128, 16, 16)),
        ("up to 1/8", (24, 32, 32)),
        ("up to 1/4", (16, 64, 64)),
        ("up to 1/2", (16, 128, 128)),
        ("mask", (1, 256, 256)),
    ]
    assert segmenter.parameter_count == 106_401


def test_phase_sums_of_the_last_layer(segmenter):
    assert_allclose(segmenter.last.weight.data.sum(axis=0)[0], [[-0.52, -18.55], [0.63, -8.27]], atol=0.06)


@pytest.mark.parametrize(("size", "score"), [(224, 0.78), (256, 0.88), (416, 0.97)])
def test_the_astronauts_face_is_found(detector, size, score):
    face = detector.best_face(scores(detector, size))
    assert face.score == pytest.approx(score, abs=0.006)
    left, top, width, height = np.array(face.box) / size
    assert 0.29 < left < left + width < 0.58
    assert 0.13 < top < top + height < 0.42


def scores(detector, size, name="astronaut"):
    from lib import interpolate

    photo = interpolate(square(name), size=(size, size), mode="bilinear")
    with no_grad():
        return detector(detector.prepared(photo))


@pytest.mark.parametrize("name", ["chelsea", "coffee", "rocket"])
def test_where_there_is_no_human_face_none_is_found(detector, name):
    assert detector.best_face(scores(detector, 416, name)).score < 0.2


def test_five_poolings_divide_the_size_by_32(detector):
    with no_grad():
        stages = dict(detector.stages(np.zeros((1, 3, 416, 416), np.float32)))
    assert [stages[f"pooling {number}"].shape[2] for number in range(1, 7)] == [208, 104, 52, 26, 13, 13]
    assert detector.parameter_count == 193_321


def test_the_last_pooling_reads_no_cell_outside(detector):
    with no_grad():
        stages = dict(detector.stages(np.zeros((1, 3, 64, 64), np.float32)))
    before, after = stages["convolution 6"].data, stages["pooling 6"].data
    assert np.array_equal(after[..., -1, -1], before[..., -1, -1])
    assert np.array_equal(after[..., 0, 0], before[..., :2, :2].max(axis=(2, 3)))


@pytest.mark.parametrize("rule", ["gradient", "deconvnet", "guided"])
def test_the_score_can_be_carried_back_to_the_pixels(detector, rule):
    pixels = Tensor(detector.prepared(square("astronaut")), requires_grad=True)
    output = detector(pixels)
    channel, row, column = detector.best_face(output).place
    with relu_rule(rule):
        output[0, channel, row, column].backward()
    assert pixels.grad.shape == (1, 3, 256, 256)
    assert np.isfinite(pixels.grad).all()
    assert pixels.grad.any()
    assert not pixels.grad[..., 224:].any()  # outside the receptive field of a place at the middle


def test_a_strided_convolution_is_the_one_with_zeros_added_by_hand():
    image = np.random.default_rng(0).normal(size=(1, 2, 8, 7)).astype(np.float32)
    layer = StridedConv2d(2, 3, 5, stride=2, seed=0)
    by_hand = np.pad(image, ((0, 0), (0, 0), (1, 2), (2, 2)))
    expected = conv2d(by_hand, layer.weight.data, layer.bias.data, stride=2)
    assert_allclose(layer(image).data, expected, atol=1e-6)
    assert layer(image).shape[2:] == (4, 4)


@pytest.mark.parametrize(("network", "multiple"), [(SelfieSegmenter, 16), (FaceDetector, 32)])
def test_sizes_that_do_not_halve_evenly_are_refused(network, multiple):
    with pytest.raises(ValueError, match=f"input must have rows and columns that are multiples of {multiple}"):
        network()(np.zeros((1, 3, 64, 40), np.float32))
    with pytest.raises(ValueError, match="input must have 3 channels"):
        network()(np.zeros((1, 1, 64, 64), np.float32))


def test_a_map_of_another_shape_is_no_answer_of_the_detector(detector):
    with pytest.raises(ValueError, match=r"output must have shape \(1, 25, rows, columns\), got \(1, 24, 2, 2\)"):
        detector.best_face(np.zeros((1, 24, 2, 2)))
