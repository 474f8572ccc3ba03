"""The sizes of the maps of a U-Net as a picture: down by pooling, up by doubling, and what skips must lose to fit."""

from __future__ import annotations

from itertools import count
from typing import NamedTuple

from lib.checks import as_int, as_word
from lib.show.picture import Picture
from lib.show.svg import rectangle, svg, text
from lib.words import say, together

PIXEL = 1.1  # pixels of the drawing for one of a map
LEFT, MIDDLE, RIGHT = 66, 168, 270  # middles of the way down, the bottom and the way up
LABEL = 26  # below each map
LOWEST = 32  # height of a row: room for the words beside small maps
LARGEST = 110  # of an input, so that the two ways do not meet


class Stage(NamedTuple):
    """The side of a map before and after its convolutions; on the way up also what its skip loses on each side."""

    before: int
    after: int
    crop: int = 0


def u_net_stages(
    size: int, padding: str = "same", poolings: int = 3, convolutions: int = 1
) -> tuple[list[Stage], Stage, list[Stage]]:
    """Return the sizes of the maps of a U-Net: on the way down, at the bottom, and on the way up.

    Parameters
    ----------
    size : int
        Rows, or columns, of the image.
    padding : {'same', 'valid'}
        Whether 3 × 3 convolutions keep the size or lose a pixel on each side.
    poolings, convolutions : int
        Stages on the way down, and 3 × 3 convolutions in each.

    Raises
    ------
    ValueError, TypeError
        If a map that is to be pooled has an odd side, or nothing is left.

    Examples
    --------
    >>> down, bottom, up = u_net_stages(572, 'valid', poolings=4, convolutions=2)  # the paper's network
    >>> [stage.crop for stage in up], up[-1].after
    ([4, 16, 40, 88], 388)
    """
    size, poolings = as_int(size, "size", 1), as_int(poolings, "poolings", 1)
    lost = 2 * as_int(convolutions, "convolutions", 1)
    lost = lost if as_word(padding, "padding", ("same", "valid")) == "valid" else 0

    if (misfit := _misfit(size, lost, poolings)) is not None:
        lower = next((n for n in range(size, 0, -1) if _misfit(n, lost, poolings) is None), None)
        upper = next(n for n in count(size) if _misfit(n, lost, poolings) is None)
        near = f"{lower} and {upper} do" if lower else f"{upper} does"
        raise ValueError(f"size {size} makes a map of side {misfit}, which does not fit; near it {near}")

    down, before = [], size
    for _ in range(poolings):
        down.append(Stage(before, before - lost))
        before = (before - lost) // 2
    bottom = Stage(before, before - lost)

    up, came = [], bottom.after
    for skip in reversed(down):
        up.append(Stage(2 * came, 2 * came - lost, (skip.after - 2 * came) // 2))
        came = up[-1].after
    return down, bottom, up


def u_net_sizes(size: int, padding: str = "same", poolings: int = 3) -> Picture:
    """Draw the maps of a U-Net with one 3 × 3 convolution a stage, to scale.

    Parameters
    ----------
    size, padding, poolings
        As for :func:`u_net_stages`; ``size`` is at most 110.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError, TypeError
        If the sizes do not fit.

    Examples
    --------
    >>> u_net_sizes(62, 'valid')
    Down 62 → 60, 30 → 28, 14 → 12; bottom 6 → 4; up 8 → 6, 12 → 10, 20 → 18. The output has 18 of 62 rows and columns:
    22 are lost on each side. Skips are cropped by 2, 8 and 20 on each side.
    """
    if as_int(size, "size", 1) > LARGEST:
        raise ValueError(f"size must be at most {LARGEST} to be drawn, got {size}")

    down, bottom, up = u_net_stages(size, padding, poolings)

    body, top = [], 0.0
    for left, right in zip(down, reversed(up), strict=True):
        height = max(left.before * PIXEL, LOWEST)
        body += _row(left, right, top, height)
        top += height + LABEL
        below = LEFT if left is not down[-1] else MIDDLE - 12  # where the next map of the way down stands
        for way, end in ((LEFT, below), (RIGHT, LEFT + RIGHT - below)):
            body.append(f'<path class="link" d="M{way:g} {top - LABEL + 18:g}L{end:g} {top - 1:g}"/>')

    height = bottom.before * PIXEL
    body += _map(MIDDLE, top + height / 2, bottom, "kernel")
    body.append(text(MIDDLE, top + height + 14, _arrow(bottom), "small"))
    drawing = svg(RIGHT + LEFT, top + height + LABEL, body, say("the maps of a U-Net"))
    return Picture(drawing, _in_words(size, down, bottom, up))


def _row(left: Stage, right: Stage, top: float, height: float) -> list[str]:
    """Return the maps of one resolution, the skip from the way down to the way up, and what is cropped from it."""
    middle, between, kept = top + height / 2, (LEFT + RIGHT) / 2, right.before * PIXEL

    start, end = LEFT + left.before * PIXEL / 2 + 3, RIGHT - kept / 2 - 3

    frame = f'<path class="span" d="M{LEFT - kept / 2:g} {middle - kept / 2:g}h{kept:g}v{kept:g}h-{kept:g}z"/>'
    words = (say("crop {cells}", cells=right.crop), say("on each side")) if right.crop else (say("skip"), "")
    return [
        *_map(LEFT, middle, left, "input"),
        *_map(RIGHT, middle, right, "output"),
        frame if right.crop else "",
        f'<path class="link" d="M{start:g} {middle:g}H{end:g}"/>',
        text(between, middle - 5, words[0], "small"),
        text(between, middle + 14, words[1], "small") if words[1] else "",
        text(LEFT, top + height + 14, _arrow(left), "small"),
        text(RIGHT, top + height + 14, _arrow(right), "small"),
    ]


def _map(middle_x: float, middle_y: float, stage: Stage, role: str) -> list[str]:
    """Return a map: its side before the convolutions as grey ground, and after them in the colour of its role."""
    sides = [(stage.before * PIXEL, "padding edge")] if stage.before > stage.after else []
    sides.append((stage.after * PIXEL, f"{role} edge"))
    return [rectangle(middle_x - side / 2, middle_y - side / 2, side, side, style) for side, style in sides]


def _arrow(stage: Stage) -> str:
    return f"{stage.before} → {stage.after}"


def _in_words(size: int, down: list[Stage], bottom: Stage, up: list[Stage]) -> str:
    ways = [say(", ").join(map(_arrow, stages)) for stages in (down, [bottom], up)]
    words = say("Down {down}; bottom {bottom}; up {up}.", down=ways[0], bottom=ways[1], up=ways[2])

    output = up[-1].after
    if output == size:
        return together(words, say("The output is as large as the image, and every skip fits."))

    *first, last = [str(stage.crop) for stage in up]
    crops = say("{first} and {last}", first=say(", ").join(first), last=last) if first else last
    lost = say(
        "The output has {output} of {size} rows and columns: {lost} are lost on each side. "
        "Skips are cropped by {crops} on each side.",
        output=output,
        size=size,
        lost=(size - output) // 2,
        crops=crops,
    )
    return together(words, lost)


def _misfit(size: int, lost: int, poolings: int) -> int | None:
    """Return the side of the first map that has nothing left, or that cannot be halved; None if all fit."""
    for _ in range(poolings):
        size -= lost
        if size < 2 or size % 2:
            return size
        size //= 2
    size -= lost
    for _ in range(poolings):
        if size < 1:
            return size
        size = 2 * size - lost
    return size if size < 1 else None
