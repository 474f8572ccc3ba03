"""Prints of networks: what becomes a chain, and what is said of the rest."""

from __future__ import annotations

import pytest

from lib.plan import read_printed

NESTED = """UNet(
  (inc): DoubleConv(
    (double_conv): Sequential(
      (0): Conv2d(3, 64, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1), bias=False)
      (1): BatchNorm2d(64, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)
      (2): ReLU(inplace=True)
    )
  )
  (down1): Down(
    (maxpool_conv): Sequential(
      (0): MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)
      (1): DoubleConv(
        (double_conv): Sequential(
          (0): Conv2d(64, 128, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1), bias=False)
          (1): ReLU(inplace=True)
        )
      )
    )
  )
  (down2): Sequential(
    (0): MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)
    (1): Conv2d(128, 256, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))
  )
  (up1): Up(
    (up): ConvTranspose2d(256, 128, kernel_size=(2, 2), stride=(2, 2))
    (conv): Conv2d(256, 128, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))
  )
  (up2): Up(
    (up): ConvTranspose2d(128, 64, kernel_size=(2, 2), stride=(2, 2))
    (conv): Conv2d(128, 64, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))
  )
  (outc): OutConv(
    (conv): Conv2d(64, 2, kernel_size=(1, 1), stride=(1, 1))
  )
)"""


def test_the_skips_of_a_u_net_are_found_by_their_channels():
    reading = read_printed(NESTED, (61, 64))
    assert str(reading.chain) == (
        "3x61x64; conv 64 k3 p1 nobias +norm +relu =b; max k2; conv 128 k3 p1 nobias +relu =a; max k2; conv 256 k3 p1; "
        "convt 128 k2 s2; cat a; conv 128 k3 p1; convt 64 k2 s2; cat b; conv 64 k3 p1; conv 2 k1"
    )
    assert len(reading.notes) == 2
    assert reading.chain.rows[10].parts


@pytest.mark.parametrize(
    ("printed", "chain"),
    [
        ("nn.Sequential(nn.Conv2d(3, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2))", "conv 16 k3 p1 +relu; max k2"),
        ("nn.Conv2d(3, 8, (3, 5), 2, (1, 2), 2, 1, False)", "conv 8 k3x5 s2 p1x2 d2 nobias"),
        ("Conv2d(3, 8, kernel_size=(4, 4), stride=(1, 1), padding=same)", None),
        ("Conv2d(3, 8, kernel_size=4, padding='same')", "conv 8 k4 psame"),
        ("Conv2d(3, 6, kernel_size=(3, 3), stride=(1, 1), groups=3)", "conv 6 k3 g3"),
        (
            "ConvTranspose2d(3, 8, kernel_size=(3, 3), stride=(2, 2), padding=(1, 1), output_padding=(1, 1))",
            "convt 8 k3 s2 p1 o1",
        ),
        ("AvgPool2d(kernel_size=3, stride=2, padding=1)", "avg k3 s2 p1"),
        ("MaxPool2d(kernel_size=3, stride=2, padding=1, dilation=1, ceil_mode=True)", "max k3 s2 p1 ceil"),
        ("Upsample(scale_factor=2.0, mode='bilinear')", "up x2 bilinear"),
        ("Upsample(size=(30, 40), mode='nearest')", "up to30x40"),
        ("UpsamplingBilinear2d(scale_factor=2.0, mode='bilinear')", "up x2 bilinear corners"),
        ("PixelShuffle(upscale_factor=2)", "shuffle x2"),
        ("ZeroPad2d((1, 2, 3, 4))", "pad 1 2 3 4"),
        ("ReflectionPad2d(1)", "pad 1 1 1 1"),
        ("(0-1): 2 x Conv2d(3, 3, kernel_size=(3, 3))", "conv 3 k3; conv 3 k3"),
        (
            "(0): MaxPool2d(kernel_size=2)\n(1): MaxUnpool2d(kernel_size=(2, 2), stride=(2, 2), padding=(0, 0))",
            "max k2 =a; unpool a",
        ),
        ("ReLU()\nConv2d(3, 1, 1)", "same +relu; conv 1 k1"),
    ],
)
def test_a_layer_is_read(printed, chain):
    if chain is None:  # a word without quotes is no value
        with pytest.raises(ValueError, match="no layer was found"):
            read_printed(printed)
        return
    reading = read_printed(printed, 32)
    assert str(reading.chain) == f"3x32x32; {chain}"
    assert reading.notes == []


@pytest.mark.parametrize(
    ("printed", "note"),
    [
        ("Conv2d(3, 4, 1)\nMyAttention(4)", "MyAttention is not known here and is left out"),
        ("Conv2d(3, 4, 1)\nConv2d(8, 4, 1)", "Conv2d expects 8 channels, but 4 arrive"),
        ("Conv2d(3, 4, 1)\nFlatten(start_dim=1)\nLinear(4, 2)", "Flatten ends the chain"),
        ("Conv2d(3, 4, 1)\n(downsample): Sequential((0): Conv2d(4, 8, 1))", "downsample stands beside the chain"),
        ("Conv2d(3, 4, 1)\nConv2d(4, size, 3)", "Conv2d(4, size, 3) could not be read"),
        ("Conv2d(3, 4, 1)\nMaxUnpool2d(2)", "no max pooling before it has the same window"),
        ("Conv2d(3, 4, 1)\nUpsample(scale_factor=2, mode='trilinear')", "mode 'trilinear' is not one for images"),
    ],
)
def test_what_is_not_understood_is_named(printed, note):
    reading = read_printed(printed)
    assert str(reading.chain) == "3x64x64; conv 4 k1" + ("; conv 4 k1" if "expects" in note else "")
    assert len(reading.notes) == 1
    assert note in reading.notes[0]


def test_text_without_a_layer_is_refused():
    with pytest.raises(ValueError, match="no layer was found"):
        read_printed("hello")
    with pytest.raises(TypeError, match="text must be what print"):
        read_printed(7)
