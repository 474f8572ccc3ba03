"""Explorers to try: few views, and every kind of option."""

from __future__ import annotations

from lib.show import Picture, choice, explore
from lib.show.explore.explorer import Explorer


def note(**values: object) -> Picture:
    """Return a picture that tells the values it was drawn for, one shared line and one of its own."""
    words = ", ".join(f"{name} {value!r}" for name, value in values.items())
    return Picture(f"<p>shared</p>\n<p>{words}</p>\n<p>shared</p>", f"Values: {words}.")


def refusing(n: int, m: int) -> Picture:
    if m > n:
        raise ValueError(f"m must be at most n = {n}, got {m} < 9 & more")
    return note(n=n, m=m)


def dependent() -> Explorer:
    """Three controls, the later ones with options that depend on all before them."""
    return explore(
        note,
        size=choice((3, 1, 2), "size <i>", start=2),
        step=choice(lambda size: range(size), start=1),
        mark=choice(lambda size, step: [f"{step} of {size}", *"ab"[:step]], "mark"),
    )


EXPLORERS = {
    "one slider": lambda: explore(note, k=range(1, 5)),
    "slider and menu": lambda: explore(note, k=choice((0.5, 1, 2), start=1), kind=("blur", "edges & <more>")),
    "yes or no": lambda: explore(note, padded=(False, True), n=(3, 1)),
    "one option": lambda: explore(note, only=(7,)),
    "dependent": dependent,
    "refusing": lambda: explore(refusing, n=(1, 2, 3), m=range(4)),
    "shrinking slider": lambda: explore(note, n=choice((1, 2, 3), start=3), i=choice(lambda n: range(n), start=2)),
}
