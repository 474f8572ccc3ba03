"""``explore``: controls over a picture that also work where no kernel runs.

In a running notebook the controls are ipywidgets and every change draws anew. When the site is built, every view is
drawn once; the page holds native HTML inputs over the stored views, and one small script shows the chosen one.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import Any

from lib.show.explore.notebook import live_widget
from lib.show.explore.page import page_html
from lib.show.explore.settings import Choice, Control, Options, option_text
from lib.show.explore.views import Views
from lib.show.picture import Picture, output_mode

MOST_VIEWS = 2000


class Explorer(Views):
    """What :func:`explore` returns: it shows itself as live widgets, as HTML for the site, or as words."""

    def __repr__(self) -> str:
        start = self.start()
        lines = [f"Explorer with {sum(1 for _ in self.states())} views."]
        for place, (control, index) in enumerate(zip(self.controls, start, strict=True)):
            options = control.options(self.values(start[:place]))
            lines.append(
                f"{control.label}: {', '.join(map(option_text, options))} (shown: {option_text(options[index])})"
            )
        return "\n".join([*lines, self.view(start).caption])

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:  # noqa: ARG002
        mode = output_mode()
        if mode == "text":
            return {"text/plain": repr(self)}
        if mode == "page":
            return {"text/plain": repr(self), "text/html": page_html(self)}
        return live_widget(self)._repr_mimebundle_()


def explore(draw: Callable[..., Picture], **choices: Options | Choice) -> Explorer:
    """Let the reader choose the arguments of a drawing function.

    Parameters
    ----------
    draw : function that returns a Picture
        Called with one value for each argument named in ``choices``. A ValueError it raises is shown as its words.
    **choices : sequence, function returning a sequence, or :func:`choice`
        The finite options of each argument. Numbers in rising order get a slider, everything else a menu.

    Returns
    -------
    Explorer
        Show it by making it the last line of a cell.

    Raises
    ------
    ValueError, TypeError
        If there is nothing to choose, an argument has no options or starts at none of them, or there are more views
        than a page can hold.

    Examples
    --------
    >>> from lib.show import size_line
    >>> explore(lambda k: size_line(4, k), k=range(1, 4))
    Explorer with 3 views.
    k: 1, 2, 3 (shown: 1)
    ⌊(4 + 2·0 − 1·(1 − 1) − 1) / 1⌋ + 1 = ⌊3 / 1⌋ + 1 = 4. All 4 padded cells are used.
    """
    if not callable(draw):
        raise TypeError(f"draw must be a function that returns a Picture, got {draw!r}")
    if not choices:
        raise ValueError("choices must name at least one argument of draw, got none")
    controls = [Control(name, given if isinstance(given, Choice) else Choice(given)) for name, given in choices.items()]
    explorer = Explorer(draw, tuple(controls))
    if sum(1 for _ in islice(explorer.states(), MOST_VIEWS + 1)) > MOST_VIEWS:
        raise ValueError(f"choices must make at most {MOST_VIEWS} views, got more; offer fewer options")
    explorer.start()  # refuses a start that is no option
    return explorer
