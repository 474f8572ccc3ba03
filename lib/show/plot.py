"""Data plotted by Matplotlib, in the colours of the course: axes, units, curves, dots and bars."""

from __future__ import annotations

import io
import itertools
import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from lib.show.palette import GRID, INK, role_tones
from lib.show.picture import ASSETS, Picture
from lib.show.plotted import SERIES, as_page_svg
from lib.show.svg import number
from lib.words import named, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PIXELS_PER_INCH = 72  # what Matplotlib's SVG counts in

SQUARES = "Course Squares"  # a font of ours

# Each curve has a dash of its own too, so that colour alone tells nothing.
DASHES = ("-", "--", ":", "-.", (0, (5, 1, 1, 1)))
MARKERS = "osD^v"  # and a form, where what is compared has no curve


def plot(
    draw: Callable[[Axes], None], caption: str, name: str = "", width: float = 480, height: float = 280
) -> Picture:
    """Return what ``draw`` plots on Matplotlib's axes, as a figure in the colours of the page.

    Parameters
    ----------
    draw : function of ``matplotlib.axes.Axes``
        Plots, and labels the axes with their units. Curves without a colour of their own take those of the palette.
    caption : str
        Says what is seen, with its numbers: it is all that a reader without the picture gets.
    name : str, optional
        Names the drawing for screen readers; by default the words of both axes.
    width, height : float
        Pixels. On a narrower page the figure shrinks with it.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If an axis has no label, or the labels leave no room.

    Examples
    --------
    >>> def squares(axes):
    ...     axes.plot([0, 1, 2], [0, 1, 4])
    ...     axes.set(xlabel="x", ylabel="x²")
    >>> plot(squares, "The square grows faster than its root.")
    The square grows faster than its root.
    """
    from matplotlib import rc_context  # what a page without plots need not load
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure
    from matplotlib.ticker import FixedFormatter, FuncFormatter, NullFormatter

    with rc_context(_settings(caption)):
        figure = Figure((width / PIXELS_PER_INCH, height / PIXELS_PER_INCH), layout="constrained")
        axes = figure.add_subplot()
        draw(axes)

        legend = axes.get_legend()
        for words in [*axes.texts, axes.xaxis.label, axes.yaxis.label, *(legend.get_texts() if legend else [])]:
            words.set_text(named(words.get_text()))
        for axis in (axes.xaxis, axes.yaxis):
            formatter = axis.get_major_formatter()
            if isinstance(formatter, FixedFormatter | FuncFormatter):
                axis.set_ticklabels([named(label.get_text()) for label in axis.get_ticklabels()])
            elif axis.get_scale() == "log":
                axis.set_major_formatter(lambda value, _: _plain(value))
                axis.set_minor_formatter(NullFormatter())

        labels = axes.get_xlabel(), axes.get_ylabel()
        if not all(labels):
            raise ValueError(f"draw must label both axes with what they count, got {labels}")

        written = io.StringIO()
        try:
            with warnings.catch_warnings():
                warnings.filterwarnings("error", "constrained_layout not applied")
                FigureCanvasSVG(figure).print_svg(written, metadata={"Date": None, "Creator": None})
        except UserWarning:
            raise ValueError(f"width and height must leave room beside the labels, got {width} and {height}") from None
    drawing = as_page_svg(written.getvalue(), name or say("{y} against {x}", y=labels[1], x=labels[0]))
    return Picture(drawing, named(caption))


def curves(
    values: Mapping[str, tuple[Sequence[float], Sequence[float]]],
    x: str,
    y: str,
    caption: str,
    logarithmic: bool = False,
) -> Picture:
    """Plot curves, each with its label, such as the loss of several networks against the step.

    Parameters
    ----------
    values : mapping of label to (positions, heights)
    x, y : str
        What the axes count, with the unit.
    caption : str
    logarithmic : bool
        Whether the vertical axis counts in factors of ten.

    Examples
    --------
    >>> curves({"loss": ([1, 2, 3], [0.9, 0.4, 0.3])}, "step", "mean squared error", "Three steps of training.")
    Three steps of training.
    """
    if not values:
        raise ValueError("values must hold at least one curve, got none")

    def draw(axes: Axes) -> None:
        for place, (label, (positions, heights)) in enumerate(values.items()):
            axes.plot(positions, heights, label=label, linestyle=DASHES[place % len(DASHES)])
        axes.set(xlabel=x, ylabel=y, yscale="log" if logarithmic else "linear")
        if len(values) > 1:
            axes.legend()

    return plot(draw, caption)


def bars(values: Mapping[str, float], unit: str, caption: str) -> Picture:
    """Plot positive numbers as horizontal bars on a logarithmic scale that begins at a power of ten.

    Parameters
    ----------
    values : mapping of label to positive number
    unit : str
        Written under the axis and after each number.
    caption : str
        What was measured. The numbers and the kind of scale are added to it.

    Raises
    ------
    ValueError
        If there is no value, or one is not a positive finite number.

    Examples
    --------
    >>> bars({'loops': 12.5, 'matrix': 0.5}, 'ms', 'Time of one convolution.')
    Time of one convolution. loops: 12.5 ms; matrix: 0.5 ms. The scale is logarithmic.
    """
    if not values:
        raise ValueError("values must hold at least one number, got none")
    for label, value in values.items():
        if not (math.isfinite(value) and value > 0):
            raise ValueError(f"values[{label!r}] must be a positive finite number, got {value}")
    unit = say(unit)
    written = {named(label): f"{number(value)} {unit}" for label, value in values.items()}

    def draw(axes: Axes) -> None:
        low, high = _reach(np.array(list(values.values())))
        lengths = [value - low for value in values.values()]
        drawn = axes.barh(list(written), lengths, left=low, height=0.7, color=role_tones("output").line)
        axes.bar_label(drawn, list(written.values()), padding=4)
        axes.set(xlabel=unit, ylabel=" ", xscale="log", xlim=(low, high))
        axes.invert_yaxis()  # the first label on top

    words = say("; ").join(say("{label}: {number}", label=label, number=numbers) for label, numbers in written.items())
    said = say("{caption} {numbers}. The scale is logarithmic.", caption=say(caption), numbers=words)
    return plot(draw, said, say("bars in {unit}", unit=unit), height=70 + 34 * len(values))


def dots(values: Mapping[str, Sequence[float]], unit: str, caption: str, logarithmic: bool = False) -> Picture:
    """Plot one row a label: a dot for each run, and a stroke at their mean.

    So a reader sees what differs and what only scatters.

    Parameters
    ----------
    values : mapping of label to numbers
    unit : str
        What the numbers are, written under the axis.
    caption : str
        What was measured.
    logarithmic : bool
        Whether the axis counts in factors of ten; the numbers must be positive then.

    Raises
    ------
    ValueError
        If there are no numbers, or one is not finite, or not positive on a logarithmic axis.

    Examples
    --------
    >>> dots({'unpool': [18.8, 19.2], 'bilinear': [17.2, 17.4]}, 'PSNR, dB', 'Two seeds each.')
    Two seeds each. Mean (least to most), PSNR, dB: unpool: 19.0 (18.8 to 19.2); bilinear: 17.3 (17.2 to 17.4).
    """
    rows = {named(label): np.asarray(numbers, np.float64) for label, numbers in values.items()}
    _check_rows(rows, logarithmic)
    unit = say(unit)

    def draw(axes: Axes) -> None:
        for place, numbers in enumerate(rows.values()):
            row = np.full(numbers.size, place)
            axes.plot(numbers, row, "o", color=role_tones("output").line, alpha=0.65, gid=f"runs-{place}")
            mean = [numbers.mean()] * 2
            axes.plot(mean, [place - 0.35, place + 0.35], color=INK["light"], linewidth=2.5, gid=f"mean-{place}")
        axes.set(xlabel=unit, ylabel=" ", xscale="log" if logarithmic else "linear")
        axes.set_yticks(range(len(rows)), list(rows))
        axes.set_ylim(len(rows) - 0.5, -0.5)

    largest = max(float(abs(numbers).max()) for numbers in rows.values())
    decimals = None if logarithmic or not largest else max(2 - math.floor(math.log10(largest)), 0)
    words = say("; ").join(
        say("{label}: {number}", label=label, number=_mean_and_reach(numbers, decimals))
        for label, numbers in rows.items()
    )
    said = say("{caption} Mean (least to most), {unit}: {numbers}.", caption=say(caption), unit=unit, numbers=words)
    return plot(draw, said, say("{unit}, a dot a run", unit=unit), height=70 + 30 * len(rows))


def ratios(values: Mapping[str, Mapping[str, float]], unit: str, caption: str) -> Picture:
    """Plot one row a label, which stands above it: a mark for each of several at its ratio, on a scale that doubles.

    A line stands at 1, which is what the ratios are to.

    Parameters
    ----------
    values : mapping of label to mapping of name to positive number
        Each name has its own mark and colour; a row may lack some of them.
    unit : str
        What the numbers are and to what, written under the axis.
    caption : str
        What is compared, with the numbers that matter.

    Raises
    ------
    ValueError
        If there is no number, or one is not a positive finite number.

    Examples
    --------
    >>> ratios({'bilinear ×2': {'ours': 0.24, 'OpenCV': 0.16}}, 'time, PyTorch = 1', 'Two take less time.')
    Two take less time.
    """
    rows = {label: np.array(list(row.values()), np.float64) for label, row in values.items()}
    _check_rows(rows, logarithmic=True)
    names = list(dict.fromkeys(name for row in values.values() for name in row))
    numbers = np.concatenate([*rows.values(), [1]])
    powers = range(math.floor(math.log2(numbers.min())), math.ceil(math.log2(numbers.max() * 1.1)) + 1)

    def draw(axes: Axes) -> None:
        axes.axvline(1, color=INK["light"], linewidth=1)
        for name, marker in zip(names, itertools.cycle("os^Dv"), strict=False):
            found = [(row[name], place) for place, row in enumerate(values.values()) if name in row]
            axes.plot(*zip(*found, strict=True), marker, markersize=8, label=name, gid=f"name-{names.index(name)}")
        for place, label in enumerate(values):
            axes.text(0, place - 0.2, label, transform=axes.get_yaxis_transform())
        axes.set(xlabel=say(unit), ylabel=" ", xscale="log", xlim=(2.0 ** powers[0], 2.0 ** powers[-1]))
        ticks = [f"1/{2**-power}" if power < 0 else f"{2**power}" for power in powers]
        axes.set_xticks([2.0**power for power in powers], ticks)
        axes.minorticks_off()
        axes.set_yticks(range(len(rows)), [""] * len(rows))
        axes.tick_params(axis="y", length=0)
        axes.set_ylim(len(rows) - 0.5, -1)
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2)

    lines = -(-len(names) // 2)
    return plot(draw, caption, say("{unit}, a row a case", unit=say(unit)), height=70 + 24 * lines + 42 * len(rows))


def marks(
    values: Mapping[str, Mapping[str, float]], unit: str, caption: str, decimals: int = 2, height: float = 0
) -> Picture:
    """Plot one row a label, in it a mark for each of what is compared, such as ways of upsampling on each photograph.

    Parameters
    ----------
    values : mapping of a row's label to (mapping of what is compared to its number)
        Every row compares the same, in the same order; up to five have a form and a colour of their own.
    unit : str
        What the numbers are, written under the axis.
    caption : str
        What was measured. The numbers are added to it.
    decimals : int, optional
        Of the numbers in the caption.
    height : float, optional
        Pixels; by default as much as the rows need.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If there is no number, one is not finite, or rows compare different things, or more than five.

    Examples
    --------
    >>> marks({"cat": {"nearest": 25.4, "bicubic": 28}, "cup": {"nearest": 27.6, "bicubic": 29}}, "dB", "Two ways.")
    Two ways. dB: cat: nearest 25.40, bicubic 28.00; cup: nearest 27.60, bicubic 29.00.
    """
    rows = {named(label): np.asarray(list(row.values()), np.float64) for label, row in values.items()}
    _check_rows(rows, logarithmic=False)
    compared = list(next(iter(values.values())))
    if any(list(row) != compared for row in values.values()) or len(compared) > len(MARKERS):
        raise ValueError(f"every row of values must compare the same {len(MARKERS)} things or fewer, in the same order")
    unit = say(unit)

    def draw(axes: Axes) -> None:
        for place, (label, marker) in enumerate(zip(compared, MARKERS, strict=False)):
            numbers = [row[place] for row in rows.values()]
            axes.plot(numbers, range(len(rows)), marker, markersize=9, label=label, gid=f"marks-{place}")
        axes.set(xlabel=unit, ylabel=" ")
        axes.set_yticks(range(len(rows)), list(rows))
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.legend(loc="lower center", ncols=len(compared), bbox_to_anchor=(0.45, 1), columnspacing=1.2)

    words = say("; ").join(
        say(
            "{label}: {number}",
            label=label,
            number=say(", ").join(
                f"{named(one)} {_plain(number, decimals)}" for one, number in zip(compared, row, strict=True)
            ),
        )
        for label, row in rows.items()
    )
    said = say("{caption} {unit}: {numbers}.", caption=say(caption), unit=unit, numbers=words)
    return plot(draw, said, say("{unit}, a mark for each", unit=unit), height=height or 100 + 34 * len(rows))


@cache
def _fonts() -> list[str]:
    """Return the fonts to measure words with: Matplotlib's own, and squares, which is what Chinese signs are."""
    from matplotlib.font_manager import fontManager

    fontManager.addfont(ASSETS / "squares.ttf")  # made by tools/data/make_squares.py
    return ["DejaVu Sans", SQUARES]


def _settings(caption: str) -> dict[str, Any]:
    """Return Matplotlib's settings: words stay words, and the same call writes the same file."""
    from matplotlib.rcsetup import cycler

    ink, grid = INK["light"], GRID["light"]
    return {
        "svg.fonttype": "none",
        "text.parse_math": False,  # a dollar sign in a label is one
        "svg.hashsalt": caption,  # two plots of one page must not share the names of their parts
        "font.family": _fonts(),
        "font.size": 14,  # on a phone, where the figure shrinks, still ten pixels
        "text.color": ink,
        "axes.labelcolor": ink,
        "axes.edgecolor": grid,
        "axes.prop_cycle": cycler(color=[role_tones(role).line for role in SERIES]),
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "axes.axisbelow": True,
        "grid.color": grid,
        "grid.linewidth": 0.5,
        "grid.alpha": 0.6,
        "xtick.color": ink,
        "ytick.color": ink,
        "legend.frameon": False,
        "lines.linewidth": 2,
        "figure.facecolor": "none",
        "axes.facecolor": "none",
    }


def _check_rows(rows: Mapping[str, np.ndarray], logarithmic: bool) -> None:
    if not rows or not all(numbers.ndim == 1 and numbers.size for numbers in rows.values()):
        raise ValueError("values must hold at least one label, each with at least one number")

    for label, numbers in rows.items():
        if not np.isfinite(numbers).all() or (logarithmic and numbers.min() <= 0):
            wanted = "positive finite" if logarithmic else "finite"
            raise ValueError(f"values[{label!r}] must hold {wanted} numbers, got {numbers.tolist()}")


def _reach(numbers: np.ndarray) -> tuple[float, float]:
    """Return a power of ten below all numbers, so that the least has a bar too, and room for words above."""
    return 10.0 ** math.floor(math.log10(numbers.min()) - 0.3), float(numbers.max()) * 3


def _mean_and_reach(numbers: np.ndarray, decimals: int | None) -> str:
    if np.ptp(numbers) == 0:
        return _plain(numbers[0], decimals)
    mean, least, most = (_plain(value, decimals) for value in (numbers.mean(), numbers.min(), numbers.max()))
    return say("{mean} ({least} to {most})", mean=mean, least=least, most=most)


def _plain(value: float, decimals: int | None = None) -> str:
    """Return a number without a power of ten, to so many decimals; one that would be 0 by them, to its first digit.

    >>> _plain(0.6901, 3), _plain(6.92e-5, 3), _plain(-0.0452), _plain(1e-5), _plain(0, 1)
    ('0.690', '0.00007', '−0.0452', '0.00001', '0.0')
    """
    if decimals is not None and (not value or abs(value) >= 0.5 * 10.0**-decimals):
        return f"{value:.{decimals}f}".replace("-", "−")
    if not 0 < abs(value) < 1e-3:
        return number(value)
    digits = 3 if decimals is None else 1
    return np.format_float_positional(value, digits, fractional=False, trim="-").replace("-", "−")
