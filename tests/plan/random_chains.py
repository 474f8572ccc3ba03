"""Chains drawn at random, as text: every kind of layer with every setting, some of which cannot work."""

from __future__ import annotations

import random

from lib.plan import Chain

FOLLOWERS = ("relu", "norm", "dropout", "groupnorm", "prelu", "silu")
MODES = ("", "", " nearest-exact", " bilinear", " bicubic", " bilinear corners", " bicubic corners")
KINDS = ["conv"] * 3 + ["convt"] * 2 + ["max"] * 2 + ["cat"] * 3
KINDS += ["avg", "up", "unpool", "shuffle", "unshuffle", "pad", "add", "same"]


def random_chain(seed: int) -> str:
    """Return a chain of up to twelve layers over an input of up to 40 cells a side; about one in four cannot work."""
    draw = random.Random(seed)
    channels, rows = draw.choice((1, 3, 4, 8, 16)), draw.randint(4, 40)
    columns = draw.choice((rows, draw.randint(1, 40)))
    names: list[tuple[str, str]] = []  # (name, kind) of the maps kept so far
    text = f"{channels}x{rows}x{columns}" + _kept(draw, names, "input")

    for _ in range(draw.randint(1, 12)):
        kind = draw.choice(KINDS)
        words = _layer(draw, kind, names)
        if words is None:
            continue
        followed = "".join(f" +{draw.choice(FOLLOWERS)}" for _ in range(draw.choice((0, 0, 1, 2))))
        longer = f"{text}; {words}{followed}"
        if Chain.parse(longer).output is not None or draw.random() < 0.05:  # most layers that cannot work are left out
            dilated = " dilated" if " d" in words else ""
            text = longer + _kept(draw, names, kind + dilated)
    return text


def _kept(draw: random.Random, names: list[tuple[str, str]], kind: str) -> str:
    if draw.random() < 0.4:
        name = "abcdefghijklmnopqrst"[len(names)]
        names.append((name, kind))
        return f" ={name}"
    return ""


def _pair(draw: random.Random, letter: str, lowest: int, highest: int, usual: int) -> str:
    if draw.random() < 0.4:
        return f" {letter}{usual}"
    first, second = draw.randint(lowest, highest), draw.randint(lowest, highest)
    return f" {letter}{first}" if draw.random() < 0.6 else f" {letter}{first}x{second}"


def _layer(draw: random.Random, kind: str, names: list[tuple[str, str]]) -> str | None:
    """Return the words of a layer, or None if the kind needs a map and none is kept."""
    if kind in ("conv", "convt"):
        words = f"{kind} {draw.choice((1, 2, 4, 4, 8, 16))}" + _pair(draw, "k", 1, 5, 3) + _pair(draw, "s", 1, 4, 1)
        words += draw.choice((" p1", _pair(draw, "p", 0, 3, 0), " psame" if kind == "conv" else ""))
        words += _pair(draw, "o", 0, 2, 0) if kind == "convt" else ""
        words += _pair(draw, "d", 1, 3, 1) + draw.choice(("", "", "", " g2", " nobias"))
        to = draw.random() < 0.2 and names
        return words + (f" to.{draw.choice(names)[0]}" if kind == "convt" and to else "")

    if kind in ("max", "avg"):
        words = kind + _pair(draw, "k", 1, 4, 2) + draw.choice(("", _pair(draw, "s", 1, 4, 2)))
        words += draw.choice(("", "", _pair(draw, "p", 0, 2, 1))) + draw.choice(("", "", " ceil"))
        return words + (draw.choice(("", "", _pair(draw, "d", 1, 2, 1))) if kind == "max" else "")
    if kind == "up":
        sizes = (f"to{draw.randint(1, 50)}x{draw.randint(1, 50)}", "x2", "x2", "x1.5", "x0.5", "x2x3", "x3")
        target = f"to.{draw.choice(names)[0]}" if names and draw.random() < 0.3 else draw.choice(sizes)
        return f"up {target}{draw.choice(MODES)}"
    if kind in ("shuffle", "unshuffle"):
        return f"{kind} x{draw.choice((2, 2, 3))}"
    if kind == "pad":
        return "pad " + " ".join(str(draw.randint(-2, 3)) for _ in range(4))
    if kind == "same":
        return kind

    wanted = [name for name, of in names if kind != "unpool" or of == "max"]
    if not wanted:
        return None
    fit = draw.choice(("", " pad", " crop", " resize")) if kind != "unpool" else draw.choice(("", " fit"))
    return f"{kind} {draw.choice(wanted)}{fit}"
