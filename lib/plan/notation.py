"""Plans as one line of text, short enough for an address: ``3x61x61; conv 16 k3 p1 +relu =a; max k2; ... cat a``.

First the shape that goes in, then the layers. A word is a channel count (``16``), a letter with a number or a pair
rows x columns (``k3``, ``s2x1``), a scale (``x2``), a size (``to61x61``), a flag (``ceil``, ``nobias``, ``corners``,
``fit``), what follows (``+relu``), or the name under which the output is kept (``=a``).

====================  ==============================================================
conv, convt           channels, k, s, p (``psame``), d, o (output padding), g, ``nobias``; convt also ``to`` and a name
max, avg              k, s (k unless given), p, d, ``ceil``
up                    ``x`` or ``to``, a mode, ``corners``
unpool                the name of a max pooling's output, ``fit``
shuffle, unshuffle    ``x``
pad                   left right top bottom
cat, add              the name of a kept map, ``pad``, ``crop`` or ``resize``
same                  nothing: a row for what follows
====================  ==============================================================
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from lib.checks import Pair
from lib.plan.layers import (
    FOLLOWERS,
    WAYS_TO_FIT,
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

LARGEST = 8192  # a number in a plan: more is a slip of the hand, and slow
MODES = ("nearest", "nearest-exact", "bilinear", "bicubic")
LETTERS = {"k": "kernel_size", "s": "stride", "p": "padding", "o": "output_padding", "d": "dilation", "g": "groups"}
SMALLEST = {"k": 1, "s": 1, "p": 0, "o": 0, "d": 1, "g": 1}
TAKES = {  # the words that each kind understands
    "conv": "ckspdg", "convt": "ckspodg", "max": "kspd", "avg": "ksp", "up": "x", "unpool": "", "shuffle": "x",
    "unshuffle": "x", "pad": "", "cat": "", "add": "", "same": "",
}  # fmt: skip
FLAGS = {
    "conv": {"nobias"}, "convt": {"nobias"}, "max": {"ceil"}, "avg": {"ceil"}, "up": {*MODES, "corners"},
    "unpool": {"fit"}, "cat": set(WAYS_TO_FIT), "add": set(WAYS_TO_FIT),
}  # fmt: skip
NAME = re.compile(r"[a-z]{1,2}")
NUMBERS = re.compile(r"([kspodg])(\d{1,4})(?:x(\d{1,4}))?")
SCALE = re.compile(r"x(\d{1,4}(?:\.\d{1,3})?)(?:x(\d{1,4}(?:\.\d{1,3})?))?")
TO_SIZE = re.compile(r"to(\d{1,4})x(\d{1,4})")
TO_NAME = re.compile(r"to\.([a-z]{1,2})")
SHAPE = re.compile(r"(\d{1,4})x(\d{1,4})x(\d{1,4})")


def read_notation(text: str) -> tuple[Shape, str | None, tuple[Layer, ...]]:
    """Return the shape that goes in, the name it is kept under, and the layers.

    >>> shape, keep, layers = read_notation('3x61x61; conv 16 k3 p1; max k2')
    >>> shape, layers[1].stride
    (Shape(channels=3, rows=61, columns=61), (2, 2))
    """
    head, *rest = (part.split() for part in text.split(";"))
    found = SHAPE.fullmatch(head[0]) if head else None
    if not found or len(head) > 2 or (head[1:] and not head[1].startswith("=")):
        raise ValueError(f"a plan begins with channels x rows x columns such as 3x61x61, got {' '.join(head)!r}")
    shape = Shape(*(_number(digits, "input", 1) for digits in found.groups()))

    names: dict[str, Layer | None] = {}
    keep = _name(head[1][1:], names, None) if head[1:] else None
    layers = []
    for words in rest:
        if words:
            layer = _layer(words, names)
            if layer.keep is not None:
                _name(layer.keep, names, layer)
            layers.append(layer)
    return shape, keep, tuple(layers)


def write_notation(shape: Shape, keep: str | None, layers: Sequence[Layer]) -> str:
    """Return the text that :func:`read_notation` reads.

    >>> write_notation(*read_notation('3x9x9 =a;  max s2 k2 ;up x2 nearest; cat a pad'))
    '3x9x9 =a; max k2; up x2; cat a pad'
    """
    head = "x".join(map(str, shape)) + (f" ={keep}" if keep else "")
    return "; ".join([head, *map(words_of, layers)])


def words_of(layer: Layer) -> str:
    """Return one layer as text.

    >>> words_of(Convolution(channels=16, kernel_size=(3, 5), padding=(1, 2), then=('relu',)))
    'conv 16 k3x5 p1x2 +relu'
    """
    words = _own_words(layer)
    words += [f"+{follower}" for follower in layer.then]
    return " ".join([*words, *([f"={layer.keep}"] if layer.keep else [])])


def _own_words(layer: Layer) -> list[str]:
    match layer:
        case Convolution() | Transposed():
            words = ["conv" if isinstance(layer, Convolution) else "convt", str(layer.channels)]
            words += _numbers(layer, "kspod", {"s": (1, 1), "p": (0, 0), "o": (0, 0), "d": (1, 1)})
            words += [f"g{layer.groups}"] if layer.groups > 1 else []
            words += [] if layer.bias else ["nobias"]
            return words + ([f"to.{layer.to}"] if getattr(layer, "to", None) else [])
        case Pooling():
            words = [layer.kind, *_numbers(layer, "kspd", {"s": layer.kernel_size, "p": (0, 0), "d": (1, 1)})]
            return words + (["ceil"] if layer.ceil_mode else [])

        case Interpolation():
            words = ["up", _target(layer)] + ([] if layer.mode == "nearest" else [layer.mode])
            return words + (["corners"] if layer.align_corners else [])
        case Unpooling():
            return ["unpool", layer.of] + (["fit"] if layer.fit else [])
        case Shuffle() | Unshuffle():
            return ["shuffle" if isinstance(layer, Shuffle) else "unshuffle", f"x{layer.factor}"]
        case Padding():
            return ["pad", *map(str, (layer.left, layer.right, layer.top, layer.bottom))]
        case Join():
            return [layer.kind, layer.of] + ([layer.fit] if layer.fit else [])
    return ["same"]


def _numbers(layer: Layer, letters: str, usual: dict[str, Pair]) -> list[str]:
    words = []
    for letter in letters:
        value = getattr(layer, LETTERS[letter], None)
        if value is not None and value != usual.get(letter):
            words.append(letter + (value if isinstance(value, str) else _pair_text(value)))
    return words


def _pair_text(pair: Sequence[Any]) -> str:
    return str(pair[0]) if pair[0] == pair[1] else f"{pair[0]}x{pair[1]}"


def _target(layer: Interpolation) -> str:
    if layer.to:
        return f"to.{layer.to}"
    if layer.size:
        return f"to{layer.size[0]}x{layer.size[1]}"
    return "x" + _pair_text([f"{float(scale):g}" for scale in layer.scale])


def _layer(words: list[str], names: dict[str, Layer | None]) -> Layer:
    """Return the layer that words say, knowing the maps that were kept before it."""
    kind, said = words[0], {"then": (), "flags": set(), "plain": []}
    if kind not in TAKES:
        raise ValueError(f"a layer is one of {', '.join(TAKES)}, got {kind!r}")
    for word in words[1:]:
        _read_word(word, kind, said)
    settings = {"keep": said.pop("keep", None), "then": said.pop("then")}
    flags, plain = said.pop("flags"), said.pop("plain")

    if kind in ("conv", "convt"):
        _expect(plain, 1, kind, "channels")
        _expect_words(said, {"kernel_size"}, kind)
        settings |= said | {"channels": _number(plain[0], "channels", 1), "bias": "nobias" not in flags}
        if "to" in said:
            _known(said["to"], names)
        return (Convolution if kind == "conv" else Transposed)(**settings)
    if kind in ("max", "avg"):
        _expect(plain, 0, kind, "nothing else")
        _expect_words(said, {"kernel_size"}, kind)
        said.setdefault("stride", said["kernel_size"])
        return Pooling(kind=kind, ceil_mode="ceil" in flags, **said, **settings)
    if kind == "up":
        return _interpolation(said, flags, plain, names, settings)
    if kind in ("shuffle", "unshuffle"):
        _expect(plain, 0, kind, "nothing else")
        _expect_words(said, {"scale"}, kind)
        factor = said["scale"][0]
        if factor.denominator > 1 or said["scale"][1] != factor:
            raise ValueError(f"{kind} takes one whole number such as x2")
        return (Shuffle if kind == "shuffle" else Unshuffle)(factor=int(factor), **settings)
    if kind == "pad":
        _expect(plain, 4, kind, "left, right, top and bottom")
        sides = [_signed(word) for word in plain]
        return Padding(left=sides[0], right=sides[1], top=sides[2], bottom=sides[3], **settings)
    if kind in ("cat", "add", "unpool"):
        _expect(plain, 1, kind, "the name of a kept map")
        return _return_to(kind, plain[0], flags, names, settings)
    _expect(plain, 0, kind, "nothing else")
    return Layer(**settings)


def _read_word(word: str, kind: str, said: dict[str, Any]) -> None:
    if word.startswith("+"):
        if word[1:] not in FOLLOWERS:
            raise ValueError(f"what follows a layer is one of {', '.join(FOLLOWERS)}, got {word[1:]!r}")
        said["then"] += (word[1:],)
    elif word.startswith("="):
        said["keep"] = word[1:]
    elif word in FLAGS.get(kind, ()):
        said["flags"].add(word)
    elif not _read_setting(word, kind, said):
        said["plain"].append(word)


def _read_setting(word: str, kind: str, said: dict[str, Any]) -> bool:
    """Take a word that sets a number, a scale or a size; False if it is none that the kind has."""
    if word == "psame" and kind == "conv":
        said["padding"] = "same"
    elif (found := NUMBERS.fullmatch(word)) and found[1] in TAKES[kind]:
        pair = tuple(
            _number(digits, LETTERS[found[1]], SMALLEST[found[1]]) for digits in (found[2], found[3] or found[2])
        )
        said[LETTERS[found[1]]] = pair[0] if found[1] == "g" else pair
    elif (found := SCALE.fullmatch(word)) and "x" in TAKES[kind]:
        said["scale"] = tuple(_scale(digits) for digits in (found[1], found[2] or found[1]))
    elif (found := TO_SIZE.fullmatch(word)) and kind == "up":
        said["size"] = tuple(_number(digits, "size", 1) for digits in found.groups())
    elif (found := TO_NAME.fullmatch(word)) and kind in ("up", "convt"):
        said["to"] = found[1]
    else:
        return False

    return True


def _interpolation(
    said: dict[str, Any], flags: set[str], plain: list[str], names: dict[str, Layer | None], settings: dict[str, Any]
) -> Interpolation:
    _expect(plain, 0, "up", "nothing else")
    modes = sorted(flags & set(MODES))
    if len(said) != 1 or len(modes) > 1:
        raise ValueError("up takes one of a scale (x2), a size (to61x61) and a kept map (to.a), and one mode")
    if "to" in said:
        _known(said["to"], names)
    mode = modes[0] if modes else "nearest"
    if "corners" in flags and mode not in ("bilinear", "bicubic"):
        raise ValueError(f"corners are aligned with bilinear or bicubic, not with {mode}")
    return Interpolation(mode=mode, align_corners="corners" in flags, **said, **settings)


def _return_to(
    kind: str, name: str, flags: set[str], names: dict[str, Layer | None], settings: dict[str, Any]
) -> Join | Unpooling:
    layer = _known(name, names)
    if kind == "unpool":
        if not isinstance(layer, Pooling) or layer.kind != "max" or layer.dilation != (1, 1):
            raise ValueError(f"unpool needs the name of a max pooling without dilation, got {name!r}")
        return Unpooling(of=name, pooling=layer, fit="fit" in flags, **settings)
    if len(flags) > 1:
        raise ValueError(f"{kind} takes one of {', '.join(WAYS_TO_FIT)}, got {', '.join(sorted(flags))}")
    return Join(kind=kind, of=name, fit=next(iter(flags), None), **settings)


def _known(name: str, names: dict[str, Layer | None]) -> Layer | None:
    if name not in names:
        raise ValueError(f"no earlier layer keeps its output as {name!r}")
    return names[name]


def _name(name: str, names: dict[str, Layer | None], layer: Layer | None) -> str:
    if not NAME.fullmatch(name):
        raise ValueError(f"a name is one or two small letters, got {name!r}")
    if name in names:
        raise ValueError(f"the name {name!r} is taken")
    names[name] = layer
    return name


def _expect(plain: list[str], count: int, kind: str, what: str) -> None:
    if len(plain) != count:
        raise ValueError(f"{kind} takes {what}, got {' '.join(plain) or 'nothing'}")


def _expect_words(said: dict[str, Any], needed: set[str], kind: str) -> None:
    for name in sorted(needed - set(said)):
        raise ValueError(f"{kind} needs {name}")


def _number(digits: str, name: str, smallest: int) -> int:
    if not digits.isdecimal():
        raise ValueError(f"{name} must be a whole number, got {digits!r}")
    number = int(digits)
    if not smallest <= number <= LARGEST:
        raise ValueError(f"{name} must be from {smallest} to {LARGEST}, got {number}")
    return number


def _signed(digits: str) -> int:
    sign = -1 if digits.startswith("-") else 1
    return sign * _number(digits.removeprefix("-"), "a side of pad", 0)


def _scale(digits: str) -> Fraction:
    scale = Fraction(digits)
    if not 0 < scale <= 64:
        raise ValueError(f"a scale must be above 0 and at most 64, got {digits}")
    return scale
