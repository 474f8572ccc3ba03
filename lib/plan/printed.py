"""Read what PyTorch prints of a network, or the code that makes it, as a chain.

A print says which layers there are, not how they are joined. They are taken in the order printed, and where a layer
expects more channels than arrive, a skip is looked for that brings just those: the usual case of a U-Net.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from lib.checks import Pair, as_pair
from lib.plan.chain import Chain
from lib.plan.layers import (
    Convolution,
    Interpolation,
    Join,
    Layer,
    Padding,
    Pooling,
    Shape,
    Shuffle,
    Transposed,
    Unpooling,
    Unshuffle,
)
from lib.words import say

CALL = re.compile(r"(?:\((?P<label>[\w-]+)\): )?(?:(?P<times>\d+) x )?(?P<name>[A-Za-z_][\w.]*)\(")
BRANCHES = ("downsample", "shortcut")  # labels of what stands beside the chain in residual blocks
SIGNATURES = {
    "Conv2d": "in_channels out_channels kernel_size stride padding dilation groups bias padding_mode",
    "ConvTranspose2d": "in_channels out_channels kernel_size stride padding output_padding groups bias dilation",
    "MaxPool2d": "kernel_size stride padding dilation return_indices ceil_mode",
    "AvgPool2d": "kernel_size stride padding ceil_mode count_include_pad",
    "MaxUnpool2d": "kernel_size stride padding",
    "Upsample": "size scale_factor mode align_corners",
    "UpsamplingNearest2d": "size scale_factor",
    "UpsamplingBilinear2d": "size scale_factor",
    "PixelShuffle": "upscale_factor",
    "PixelUnshuffle": "downscale_factor",
    "ZeroPad2d": "padding",
    "ReflectionPad2d": "padding",
    "ReplicationPad2d": "padding",
}
FOLLOWERS = {
    "ReLU": "relu", "BatchNorm2d": "norm", "SyncBatchNorm": "norm", "InstanceNorm2d": "instancenorm",
    "GroupNorm": "groupnorm", "Dropout": "dropout", "Dropout2d": "dropout", "LeakyReLU": "leakyrelu", "GELU": "gelu",
    "SiLU": "silu", "Sigmoid": "sigmoid", "Tanh": "tanh", "Softmax": "softmax", "Softmax2d": "softmax", "ELU": "elu",
    "PReLU": "prelu", "Hardswish": "hardswish", "ReLU6": "relu6", "Identity": "identity",
}  # fmt: skip
ENDS = ("Flatten", "Linear", "AdaptiveAvgPool2d", "AdaptiveMaxPool2d", "LazyLinear")


@dataclass
class Reading:
    """A chain read from a print, and notes on what could not be read or had to be guessed."""

    chain: Chain
    notes: list[str] = field(default_factory=list)


def read_printed(text: str, size: int | Pair = 64, channels: int | None = None) -> Reading:
    """Return the chain that a print or the code of a network says.

    Parameters
    ----------
    text : str
        What ``print(network)`` shows, or ``nn.Sequential(nn.Conv2d(3, 16, 3), ...)``.
    size : int or pair of int
        Rows and columns of the input, which no print says.
    channels : int, optional
        Of the input; by default those that the first convolution expects, else 3.

    Returns
    -------
    Reading

    Raises
    ------
    ValueError
        If the text holds no layer of a chain.

    Examples
    --------
    >>> reading = read_printed('''Sequential(
    ...   (0): Conv2d(1, 8, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))
    ...   (1): ReLU()
    ...   (2): MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)
    ...   (3): ConvTranspose2d(8, 8, kernel_size=(2, 2), stride=(2, 2))
    ...   (4): Conv2d(16, 2, kernel_size=(1, 1), stride=(1, 1))
    ... )''', size=61)
    >>> str(reading.chain)
    '1x61x61; conv 8 k3 p1 +relu =a; max k2; convt 8 k2 s2; cat a; conv 2 k1'
    >>> print(reading.notes[0])
    Conv2d expects 16 channels and 8 arrive: taken as a concatenation with the output of row 1, which has 8.
    """
    if not isinstance(text, str):
        raise TypeError(f"text must be what print(network) shows, got {type(text).__name__}")
    rows, columns = as_pair(size, "size", 1)
    reader = _Reader(channels)
    for name, inside in _leaves(text):
        if not reader.take(name, inside):
            break
    if not reader.layers:
        raise ValueError("no layer was found: paste what print(network) shows, such as Conv2d(3, 16, kernel_size=3)")
    shape = Shape(reader.first_channels or 3, rows, columns)
    return Reading(Chain(shape, tuple(reader.layers)), reader.notes)


def _leaves(text: str) -> Iterator[tuple[str, str]]:
    """Yield the calls that hold no other call, as (name, what stands between the parentheses)."""
    place = 0
    while found := CALL.search(text, place):
        end = _closing(text, found.end())
        inside, name = text[found.end() : end], found["name"].split(".")[-1]
        place = end + 1
        if found["label"] in BRANCHES:
            yield found["label"], ""
            continue
        for _ in range(int(found["times"] or 1)):
            if CALL.search(inside):
                yield from _leaves(inside)
            elif name[0].isupper():  # a class: functions such as super() make no layer
                yield name, inside


def _closing(text: str, place: int) -> int:
    depth = 1
    for end in range(place, len(text)):
        depth += {"(": 1, ")": -1}.get(text[end], 0)
        if depth == 0:
            return end
    return len(text)


class _Reader:
    """Takes layer after layer, and keeps count of the channels."""

    def __init__(self, channels: int | None) -> None:
        self.layers: list[Layer] = []
        self.notes: list[str] = []
        self.first_channels = channels
        self.channels: list[int | None] = [channels]  # behind the input and each layer
        self.skipped: set[int] = set()  # rows that a join already came back to
        self.unpooled: set[int] = set()

    def take(self, name: str, inside: str) -> bool:
        """Take one layer; False if the chain ends there."""
        if name in ENDS:
            self.notes.append(say("{name} ends the chain: behind it there are no rows and columns to plan.", name=name))
            return False

        if name in FOLLOWERS:
            self._follow(FOLLOWERS[name])
        elif name in SIGNATURES:
            try:
                self._add(name, _arguments(inside, SIGNATURES[name].split()))
            except (ValueError, SyntaxError, KeyError, TypeError, AttributeError) as error:
                call = f"{name}({' '.join(inside.split())})"
                self.notes.append(say("{call} could not be read and is left out: {reason}.", call=call, reason=error))
        elif name in BRANCHES:
            self.notes.append(say("{name} stands beside the chain and is left out.", name=name))
        else:
            self.notes.append(
                say("{name} is not known here and is left out; if it changes sizes, what follows is wrong.", name=name)
            )
        return True

    def _follow(self, word: str) -> None:
        if not self.layers:
            self._append(Layer(), self.channels[-1])
        self.layers[-1] = replace(self.layers[-1], then=(*self.layers[-1].then, word))

    def _add(self, name: str, said: dict[str, Any]) -> None:
        arriving = self.channels[-1]
        if name in ("Conv2d", "ConvTranspose2d"):
            arriving = self._expect(name, said["in_channels"])
        layer = self._layer(name, said)
        self._append(layer, _channels_after(layer, arriving))

    def _append(self, layer: Layer, channels: int | None) -> None:
        self.layers.append(layer)
        self.channels.append(channels)

    def _expect(self, name: str, expected: int) -> int:
        """Bring the channels that arrive in line with those that a layer expects, by a skip if there is one."""
        arriving = self.channels[-1]
        if arriving is None:  # nothing before has said how many there are
            self.first_channels = expected
            self.channels = [expected] * len(self.channels)
        elif arriving != expected and (row := self._source(expected - arriving)) is not None:
            self.notes.append(
                say(
                    "{name} expects {expected} channels and {arriving} arrive: "
                    "taken as a concatenation with the output of row {row}, which has {channels}.",
                    name=name,
                    expected=expected,
                    arriving=arriving,
                    row=row,
                    channels=expected - arriving,
                )
            )

            self.skipped.add(row)
            self._append(Join(kind="cat", of=self._keep(row)), expected)
        elif arriving != expected:
            self.notes.append(
                say(
                    "{name} expects {expected} channels, but {arriving} arrive; no skip brings the others.",
                    name=name,
                    expected=expected,
                    arriving=arriving,
                )
            )
        return expected

    def _source(self, channels: int) -> int | None:
        """Return the latest row with so many channels that stands right before a layer down."""
        rows = range(len(self.layers) - 1, 0, -1)
        fits = (row for row in rows if self.channels[row] == channels and row not in self.skipped)
        return next((row for row in fits if _goes_down(self.layers[row])), None)

    def _keep(self, row: int) -> str:
        layer = self.layers[row - 1]
        if layer.keep is None:
            used = {other.keep for other in self.layers}
            letters = "abcdefghijklmnopqrstuvwxyz"
            names = [*letters, *(first + second for first in letters for second in letters)]
            layer = replace(layer, keep=next(name for name in names if name not in used))
            self.layers[row - 1] = layer
        return layer.keep

    def _layer(self, name: str, said: dict[str, Any]) -> Layer:
        pairs = {
            key: as_pair(said[key], key, 0 if "padding" in key else 1)
            for key in ("kernel_size", "stride", "padding", "output_padding", "dilation")
            if said.get(key) is not None and not isinstance(said[key], str) and "Pad2d" not in name
        }
        if name in ("Conv2d", "ConvTranspose2d"):
            learned = {"channels": said["out_channels"], "groups": said.get("groups", 1)}
            learned["bias"] = said.get("bias", True)
            if said.get("padding") == "same":
                pairs["padding"] = "same"
            return (Convolution if name == "Conv2d" else Transposed)(**pairs, **learned)
        if name in ("MaxPool2d", "AvgPool2d"):
            pairs.setdefault("stride", pairs["kernel_size"])
            return Pooling(kind=name[:3].lower(), ceil_mode=said.get("ceil_mode", False), **pairs)

        if name == "MaxUnpool2d":
            return self._unpooling(pairs)
        if name == "PixelShuffle":
            return Shuffle(factor=said["upscale_factor"])
        if name == "PixelUnshuffle":
            return Unshuffle(factor=said["downscale_factor"])
        if name.endswith("Pad2d"):
            sides = said["padding"] if isinstance(said["padding"], tuple) else (said["padding"],) * 4
            return Padding(**dict(zip(("left", "right", "top", "bottom"), sides, strict=True)))
        return _interpolation(name, said)

    def _unpooling(self, pairs: dict[str, Pair]) -> Unpooling:
        """Pair it with the latest max pooling that has the same window and no unpooling yet."""
        kernel = pairs["kernel_size"]
        wanted = (kernel, pairs.get("stride", kernel), pairs.get("padding", (0, 0)), (1, 1))
        for row in range(len(self.layers), 0, -1):
            layer = self.layers[row - 1]
            if not isinstance(layer, Pooling) or layer.kind != "max" or row in self.unpooled:
                continue
            if (layer.kernel_size, layer.stride, layer.padding, layer.dilation) == wanted:
                self.unpooled.add(row)
                return Unpooling(of=self._keep(row), pooling=layer)
        raise ValueError("no max pooling before it has the same window")


def _arguments(inside: str, names: list[str]) -> dict[str, Any]:
    """Return the arguments of a call by name, whether they were given by place or by name."""
    call = ast.parse(f"f({inside})", mode="eval").body
    given = dict(zip(names, (ast.literal_eval(value) for value in call.args), strict=False))
    return given | {word.arg: ast.literal_eval(word.value) for word in call.keywords}


def _interpolation(name: str, said: dict[str, Any]) -> Interpolation:
    usual = {"UpsamplingNearest2d": "nearest", "UpsamplingBilinear2d": "bilinear"}
    mode = said.get("mode", usual.get(name, "nearest"))
    if mode not in ("nearest", "nearest-exact", "bilinear", "bicubic"):
        raise ValueError(f"mode {mode!r} is not one for images")
    corners = bool(said.get("align_corners", name == "UpsamplingBilinear2d"))
    if said.get("size") is not None:
        return Interpolation(size=as_pair(said["size"], "size", 1), mode=mode, align_corners=corners)
    scale = said["scale_factor"]
    pair = scale if isinstance(scale, tuple) else (scale, scale)
    rounded = tuple(Fraction(str(round(float(part), 3))) for part in pair)
    return Interpolation(scale=rounded, mode=mode, align_corners=corners)


def _channels_after(layer: Layer, arriving: int | None) -> int | None:
    if isinstance(layer, (Convolution, Transposed)):
        return layer.channels
    if arriving is None or not isinstance(layer, (Shuffle, Unshuffle)):
        return arriving
    return arriving // layer.factor**2 if isinstance(layer, Shuffle) else arriving * layer.factor**2


def _goes_down(layer: Layer) -> bool:
    strided = isinstance(layer, (Convolution, Pooling)) and max(layer.stride) > 1
    return strided or isinstance(layer, Unshuffle)
