"""Interpolation along one axis in pictures: the kernel over the input cells, and where each convention puts a cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from lib.checks import as_int
from lib.ops import interpolation_matrix
from lib.show.explore.charts import as_bars, as_curve, as_dots, chart
from lib.show.explore.scenes import Scene, scene
from lib.show.explore.wiring import Numbers, matrix, wired
from lib.show.grids import factor
from lib.show.picture import Picture
from lib.show.svg import counted, heading_width, number, rectangle, svg, text

UNIT = 64  # pixels between the centres of neighbouring input cells
MARGIN = 32
PLOT = 130  # height of the plot of values
KERNEL_PLOT = 110
KERNEL_REACH = 2.1  # cells: a little more than the widest kernel has
SAMPLES = 20  # points of a curve for each input cell
POSITIONS = {
    "half-pixel": lambda o, n, m: (o + 0.5) * n / m - 0.5,
    "align-corners": lambda o, n, m: o * (n - 1) / (m - 1) if m > 1 else o * 0.0,
    "asymmetric": lambda o, n, m: o * n / m,
}


def output_positions(input_size: int, output_size: int, convention: str = "half-pixel") -> np.ndarray:
    """Return where the centres of the output cells lie on the input's axis, whose centres are 0, 1, 2, ….

    >>> output_positions(2, 4)
    array([-0.25,  0.25,  0.75,  1.25])
    >>> output_positions(2, 3, "align-corners")
    array([0. , 0.5, 1. ])
    """
    if convention not in POSITIONS:
        raise ValueError(f"convention must be one of {sorted(POSITIONS)}, got {convention!r}")
    n, m = as_int(input_size, "input_size", 1), as_int(output_size, "output_size", 1)
    return POSITIONS[convention](np.arange(m, dtype=float), n, m)


def kernel_curve(mode: str, cubic_a: float = -0.75) -> tuple[np.ndarray, np.ndarray]:
    """Return points of an interpolation kernel, as distances and weights: what an impulse is interpolated to.

    >>> distances, weights = kernel_curve("bilinear")
    >>> round(float(weights.max()), 3), float(weights[np.abs(distances) > 1].max())
    (0.975, 0.0)
    """
    response = interpolation_matrix(7, 7 * SAMPLES, mode, cubic_a=cubic_a)[:, 3]
    return output_positions(7, 7 * SAMPLES) - 3, response


def interpolation_step(
    values: Sequence[float], output_size: int, step: int, mode: str = "bilinear", **options: Any
) -> Picture:
    """Draw how one output cell is interpolated: the values, the kernel centred on the cell, and the weights it gives.

    Parameters
    ----------
    values : sequence of numbers
        The input, one axis.
    output_size : int
    step : int
        Which output cell, counted from 0.
    mode : 'nearest', 'bilinear' or 'bicubic'
    **options
        ``convention`` ('half-pixel', 'align-corners' or 'asymmetric') and ``cubic_a``, as for
        :func:`lib.interpolation_matrix`.

    Returns
    -------
    Picture
        Its caption writes the sum out.

    Raises
    ------
    ValueError, TypeError
        If ``step`` is not an output cell, or the arguments make no interpolation.

    Examples
    --------
    >>> interpolation_step([10, 20, 60, 40], 8, step=4)
    Output cell 4 lies at 1.75: 20·0.25 + 60·0.75 = 50.
    """
    line = np.asarray(values, float)
    if line.ndim != 1 or not np.isfinite(line).all():
        raise ValueError(f"values must be finite numbers along one axis, got shape {line.shape}")
    weights = _weights(len(line), output_size, mode, **options)
    made = weights @ line
    position = _position(step, len(line), output_size, options.get("convention", "half-pixel"))
    low, high = min(0, line.min(), made.min()), max(1e-9, line.max(), made.max())
    positions = output_positions(len(line), output_size, options.get("convention", "half-pixel"))

    def across(x: float) -> float:
        return MARGIN + (x + 0.5) * UNIT

    def up(value: float) -> float:
        return 24 + (high - value) / (high - low) * PLOT

    ground = up(0)
    top = up(low) + 26
    used = np.flatnonzero(weights[step])
    body = [
        text(MARGIN + heading_width("values") / 2, 12, "values", "heading input"),
        f'<path class="link" d="M{MARGIN} {ground:g}h{len(line) * UNIT}"/>',
        f'<path class="link" d="M{across(position):g} 24V{top + 14 + KERNEL_PLOT:g}"/>',
    ]
    for cell, value in enumerate(line):
        style = "window edge" if cell in used else "input edge"
        body += [
            rectangle(across(cell) - 9, min(up(value), ground), 18, max(abs(ground - up(value)), 1), style),
            text(across(cell), top, f"{number(value)}", "small"),
        ]
    body += [_dot(across(positions[o]), up(made[o]), "output edge", 4) for o in range(output_size) if o != step]
    body.append(_dot(across(position), up(made[step]), "output outline", 6))
    body += _kernel(mode, options.get("cubic_a", -0.75), position, weights[step], across, top + 14)
    words = " + ".join(f"{factor(line[cell])}·{factor(weights[step, cell])}" for cell in used)
    return Picture(
        svg(2 * MARGIN + len(line) * UNIT, top + 14 + KERNEL_PLOT + 14, body, f"{mode} interpolation of one cell"),
        f"Output cell {step} lies at {number(position)}: {words} = {number(made[step])}.",
    )


def interpolated_line(
    input: np.ndarray | Numbers,
    mode: str = "bilinear",
    cubic_a: float = -0.75,
    low: float = -20,
    high: float = 100,
    samples: int = 10,
) -> Scene:
    """Make a scene of interpolation along one axis: bars to pull, a place to move, the kernel centred on it.

    Parameters
    ----------
    input : array or Numbers of shape (W,)
    mode : 'nearest', 'bilinear' or 'bicubic'
    cubic_a : float
        The parameter of the bicubic kernel.
    low, high : float
        The least and the largest value that the chart has room for.
    samples : int
        How many places the reader can choose for each input cell.

    Examples
    --------
    >>> interpolated_line(np.array([10, 20, 60, 40]), samples=2).picture(step=4)
    At 1.75: 20·0.25 + 60·0.75 = 50.
    """
    (x,) = wired(input)
    weights = interpolation_matrix(x.size, x.size * samples, mode, cubic_a=cubic_a)
    places = output_positions(x.size, x.size * samples)
    line = x.weighted(weights)
    now = line.reshape(line.size, 1).at_step()
    met = matrix(line, x).at_step()

    distances, heights = kernel_curve(mode, cubic_a)
    inside = np.abs(distances) <= KERNEL_REACH
    _, where, kernel = wired(x, places, heights[inside])
    values = chart(
        as_curve(line, places, "output"),
        as_bars(x),
        as_dots(now, [0], label="interpolated value", shifted=True),
        low=low, high=high, shifts=places, beyond=x, first=-0.75, last=x.size - 0.25,
    )  # fmt: skip
    weight = chart(
        as_curve(kernel, distances[inside], shifted=True),
        as_dots(met, role="kernel", label="weights"),
        low=-0.3, high=1.1, label="weights", height=90, shifts=places, first=-0.75, last=x.size - 0.25,
    )  # fmt: skip
    return scene([values], [weight], step=line, caption=f"At {where.now}: {line.terms} = {line.now}.")


def alignment(
    input_size: int, output_size: int, step: int, mode: str = "bilinear", convention: str = "half-pixel"
) -> Picture:
    """Draw the cells of input and output on one axis, and the weights of one output cell.

    Parameters
    ----------
    input_size, output_size : int
    step : int
        Which output cell, counted from 0.
    mode : 'nearest', 'bilinear' or 'bicubic'
    convention : 'half-pixel', 'align-corners' or 'asymmetric'

    Returns
    -------
    Picture

    Raises
    ------
    ValueError, TypeError
        If ``step`` is not an output cell, or the arguments make no interpolation.

    Examples
    --------
    >>> alignment(3, 6, step=1)
    half-pixel: output cell 1 lies at 0.25 and takes 0.75 of cell 0, 0.25 of cell 1.
    """
    weights = _weights(input_size, output_size, mode, convention=convention)
    position = _position(step, input_size, output_size, convention)
    positions = output_positions(input_size, output_size, convention)
    width = input_size / output_size if convention != "align-corners" else (positions[-1] / max(output_size - 1, 1))
    width = width or 1.0
    left = max(0.0, width / 2 - 0.5 - positions[0])  # room for cells that reach beyond the input

    def across(x: float) -> float:
        return MARGIN + (left + x + 0.5) * UNIT

    used = np.flatnonzero(weights[step])
    right = max(input_size - 0.5, positions[-1] + width / 2)
    first, second = f"input {input_size}", f"output {output_size}, {convention}"
    body = [
        text(across(-0.5) + heading_width(first) / 2, 14, first, "heading input"),
        *(
            rectangle(across(cell - 0.5), 22, UNIT, 40, "window edge" if cell in used else "input edge")
            for cell in range(input_size)
        ),
        *(_dot(across(cell), 42, "input edge", 4) for cell in range(input_size)),
        *(text(across(cell), 34, str(cell), "small") for cell in range(input_size)),
    ]
    for cell in used:
        body.append(f'<path class="span" d="M{across(position):g} 150L{across(cell):g} 62"/>')
    for cell in used:
        written = number(weights[step, cell])
        body += [
            rectangle(across(cell) - 22, 74, 44, 18, "kernel edge"),
            text(across(cell), 87, written, "small"),
        ]
    for o in range(output_size):
        start = across(positions[o] - width / 2)
        style = "window edge" if o == step else "output edge"
        body += [
            rectangle(start, 130, width * UNIT, 40, style),
            _dot(across(positions[o]), 150, "output edge", 4),
            text(across(positions[o]), 166, str(o), "small"),
        ]
    body.append(text(across(-0.5) + heading_width(second) / 2, 190, second, "heading output"))
    drawn = max(across(right), across(-0.5) + heading_width(second)) + MARGIN
    taken = ", ".join(f"{number(weights[step, cell])} of cell {cell}" for cell in used)
    return Picture(
        svg(drawn, 200, body, f"alignment of {counted(output_size, 'output cell')} with the input"),
        f"{convention}: output cell {step} lies at {number(position)} and takes {taken}.",
    )


def _weights(input_size: int, output_size: int, mode: str, **options: Any) -> np.ndarray:
    """Return the matrix; at asymmetric positions every library rounds down to the nearest cell."""
    rounding = "floor" if options.get("convention") == "asymmetric" else "half-up"
    return interpolation_matrix(input_size, output_size, mode, rounding=rounding, **options)


def _position(step: int, input_size: int, output_size: int, convention: str) -> float:
    if as_int(step, "step", 0) >= output_size:
        raise ValueError(f"step must be from 0 to {output_size - 1}, got {step}")
    return float(output_positions(input_size, output_size, convention)[step])


def _kernel(mode: str, cubic_a: float, position: float, weights: np.ndarray, across: Any, top: float) -> list[str]:
    """Return the kernel centred at a position, and the weights it gives the cells around."""
    distances, heights = kernel_curve(mode, cubic_a)
    inside = (np.abs(distances) <= 2.1) & (distances + position >= -0.5) & (distances + position <= len(weights) - 0.5)

    def up(weight: float) -> float:
        return top + 18 + (1.1 - weight) / 1.3 * (KERNEL_PLOT - 18)

    points = " ".join(
        f"{across(d + position):.4g} {up(w):.4g}" for d, w in zip(distances[inside], heights[inside], strict=True)
    )
    body = [
        text(MARGIN + heading_width("kernel") / 2, top + 12, "kernel", "heading kernel"),
        f'<path class="link" d="M{MARGIN} {up(0):g}h{len(weights) * UNIT}"/>',
        f'<path class="curve" d="M{points}"/>',
    ]
    for cell in np.flatnonzero(weights):
        body += [
            f'<path class="span" d="M{across(cell):g} {up(0):g}V{up(weights[cell]):.4g}"/>',
            _dot(across(cell), up(weights[cell]), "kernel edge", 5),
            text(across(cell), top + KERNEL_PLOT + 12, number(weights[cell]), "small"),
        ]
    return body


def _dot(x: float, y: float, style: str, radius: float) -> str:
    return f'<circle class="{style}" cx="{x:g}" cy="{y:g}" r="{radius}"/>'
