"""``explore``: a figure under the reader's hand, on a page without a kernel and in a running notebook.

When the site is built, the page gets the wiring of every setting, or every view drawn, and one small script. In a
running notebook the same script is the front end of a widget, which asks the kernel for what it has not got yet.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import islice
from typing import Any

import anywidget
import numpy as np
import traitlets

from lib.show.explore.page import STEP, figure_html, notebook_script, page_html, scene_data, start_data
from lib.show.explore.scenes import Scene
from lib.show.explore.settings import Choice, Control, Editable, Options, option_text
from lib.show.explore.views import Views, refused
from lib.show.picture import Picture, output_mode, stylesheet
from lib.words import say

MOST_VIEWS = 2000

_named: Counter[str] = Counter()  # how many figures of a name this process has made


class Explorer(anywidget.AnyWidget):
    """What :func:`explore` returns: it shows itself as a widget, as HTML for the site, or as words.

    It is an ipywidget: ``observe``, ``ipywidgets.link`` and boxes work with it.

    Attributes
    ----------
    step : int
        The step shown; set it to show another.
    numbers : dict of name to array
        The arrays that can be edited, as the reader has left them.
    values : dict of name to value
        What is chosen.
    """

    _esm = notebook_script()  # the text, not the path: a path would be watched for changes
    _css = stylesheet()
    figure = traitlets.Unicode().tag(sync=True)
    html = traitlets.Unicode().tag(sync=True)
    spec = traitlets.Dict().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)
    step = traitlets.Int()
    numbers = traitlets.Dict()
    values = traitlets.Dict()

    def __init__(self, views: Views) -> None:
        """Stand ready to be shown; in a running notebook, draw the first view."""
        self.views = views
        _named[views.name] += 1
        count = _named[views.name]
        number = f"{count}-" if count > 1 else ""  # in front: behind, it would be the name of a control
        figure = f"explore-{number}{views.name}"
        begun = {"figure": figure, "state": {"choice": list(views.start()), "edits": {}}}
        if output_mode() == "live":
            spec = start_data(views)
            begun |= {"html": figure_html(views, figure), "spec": spec, "state": {"choice": spec["start"], "edits": {}}}
        super().__init__(**begun)
        self.on_msg(self._answer)
        self._heard({"new": self.state})
        self.observe(self._heard, "state")
        self.observe(self._stepped, "step")

    def open(self) -> None:
        """Meet the front end, where there is one: a page and a text have none."""
        if output_mode() == "live":
            super().open()

    def choose(self, **values: Any) -> None:
        """Choose options by value, as the reader does with the controls.

        Raises
        ------
        ValueError
            If a name is no control or a value none of its options.
        """
        controls = {control.name: place for place, control in enumerate(self.views.controls)}
        choice = list(self.state["choice"])
        for name, value in values.items():
            if name not in controls:
                raise ValueError(f"values must name controls, {sorted(controls)}, got {name!r}")
            options = self.views.controls[controls[name]].options(self.views.values(choice))
            if value not in options:
                raise ValueError(f"{name} must be one of {options}, got {value!r}")
            choice[controls[name]] = options.index(value)
        self.state = {**self.state, "choice": choice}

    def edit(self, name: str, place: int | tuple[int, ...], value: float) -> None:
        """Set one number of an array that can be edited, as the reader does by typing.

        Raises
        ------
        ValueError
            If there is no such array or no such place.
        """
        if name not in self.numbers:
            raise ValueError(f"name must be one of {sorted(self.numbers)}, got {name!r}")
        shape = self.numbers[name].shape
        flat = int(np.ravel_multi_index(place, shape)) if isinstance(place, tuple) else place
        first = sum(array.size for array in list(self.numbers.values())[: list(self.numbers).index(name)])
        if not 0 <= flat < self.numbers[name].size:
            raise ValueError(f"place must be a cell of shape {shape}, got {place}")
        self.state = {**self.state, "edits": {**self.state["edits"], str(first + flat): value}}

    def __repr__(self) -> str:
        start = self.views.start()
        first = self.views.view(start)
        lines = [say("Explorer with {count} views.", count=sum(1 for _ in self.views.states()))]
        if isinstance(first, Scene):
            names = say(", ").join(map(say, self.views.editable)) or say("nothing")
            lines = [say("Explorer, to edit: {names}.", names=names)]

        for place, (control, index) in enumerate(zip(self.views.controls, start, strict=True)):
            options = control.options(self.views.values(start[:place]))
            offered, shown = say(", ").join(map(option_text, options)), option_text(options[index])
            lines.append(say("{label}: {options} (shown: {shown})", label=control.label, options=offered, shown=shown))
        if isinstance(first, Scene) and first.steps:
            last, shown = first.step_count - 1, first.first
            lines.append(say("{label}: 0 to {last} (shown: {shown})", label=say(STEP), last=last, shown=shown))
        picture = first.picture() if isinstance(first, Scene) else first
        return "\n".join([*lines, picture.caption])

    def _repr_mimebundle_(self, **options: Any) -> Any:
        mode = output_mode()
        if mode == "text":
            return {"text/plain": repr(self)}
        if mode == "page":
            return {"text/plain": repr(self), "text/html": page_html(self.views, self.figure)}
        return super()._repr_mimebundle_(**options)

    # ---- in a running notebook

    def _answer(self, _: Any, asked: dict[str, Any], __: Any) -> None:
        """Send a scene that the front end has asked for; a fault shows where the scene would have, and is raised."""
        key = asked.get("scene", "")
        state = tuple(int(index) for index in key.split(",") if index)
        try:
            data = scene_data(self.views.view(state))
        except Exception as fault:
            words = f"{type(fault).__name__}: {fault}"
            self.send({"scene": key, "data": scene_data(Picture(refused(fault).markup, words))})
            raise
        self.send({"scene": key, "data": data})

    def _heard(self, change: dict[str, Any]) -> None:
        """Take over what the reader did."""
        choice, edits = change["new"]["choice"], change["new"]["edits"]
        values = self.views.values(choice)
        numbers, first = {}, 0
        for name, one in self.views.editable.items():
            array = np.array(one.start(values), float if edits else None)
            for place in range(array.size):
                array.flat[place] = edits.get(str(first + place), array.flat[place])
            numbers[name], first = array, first + array.size
        self.values, self.numbers = values, numbers
        steps = [control.name for control in self.views.controls].index(STEP) if STEP in values else len(values)
        self.step = choice[steps] if steps < len(choice) else 0

    def _stepped(self, change: dict[str, Any]) -> None:
        """Show another step."""
        names = [control.name for control in self.views.controls]
        place = names.index(STEP) if STEP in names else len(names)
        choice = list(self.state["choice"])
        if place < len(choice) and choice[place] != change["new"]:
            choice[place] = change["new"]
            self.state = {**self.state, "choice": choice}


def explore(draw: Callable[..., Picture | Scene], **choices: Options | Choice | Editable) -> Explorer:
    """Put a figure under the reader's hand.

    Parameters
    ----------
    draw : function that returns a Scene or a Picture
        Called with one value for each argument named in ``choices``. A ValueError it raises is shown as its words.
        A Scene is wired: numbers can be edited, and everything follows. A Picture is one of many views.
    **choices : sequence, function returning a sequence, :func:`choice`, or :func:`editable`
        The finite options of each argument, or an array whose numbers can be edited. Two to four options get buttons,
        more numbers in rising order a slider, everything else a menu.

    Returns
    -------
    Explorer
        Show it by making it the last line of a cell.

    Raises
    ------
    ValueError, TypeError
        If there is nothing to choose, an argument has no options or starts at none of them, or there are more views
        than a page can hold.

    Notes
    -----
    The explorer is an ipywidget: in a running notebook a slider of your own can move it, and a function of yours can
    hear what the reader does, by ``explorer.observe(function, "numbers")``.

    Examples
    --------
    >>> from lib.show import editable, size_line, sliding_window
    >>> explore(lambda k: size_line(4, k), k=range(1, 4))
    Explorer with 3 views.
    k: 1, 2, 3 (shown: 1)
    ⌊(4 + 2·0 − 1·(1 − 1) − 1)/1⌋ + 1 = ⌊3/1⌋ + 1 = 4. All 4 padded cells are used.

    A slider linked to the step; ``ipywidgets.VBox([slider, figure])`` shows both.

    >>> import ipywidgets
    >>> figure = explore(sliding_window, input=editable(np.eye(4)), kernel=editable(np.ones((2, 2))))
    >>> slider = ipywidgets.IntSlider(max=8, description="output")
    >>> link = ipywidgets.link((slider, "value"), (figure, "step"))
    >>> slider.value = 5
    >>> figure.step
    5
    """
    if not callable(draw):
        raise TypeError(f"draw must be a function that returns a Picture or a Scene, got {draw!r}")
    if not choices:
        raise ValueError("choices must name at least one argument of draw, got none")
    editable = {name: given for name, given in choices.items() if isinstance(given, Editable)}
    controls = [
        Control(name, given if isinstance(given, Choice) else Choice(given))
        for name, given in choices.items()
        if name not in editable
    ]
    views = Views(draw, tuple(controls), editable)
    if sum(1 for _ in islice(views.states(), MOST_VIEWS + 1)) > MOST_VIEWS:
        raise ValueError(f"choices must make at most {MOST_VIEWS} views, got more; offer fewer options")
    views.start()  # refuses a start that is no option
    return Explorer(views)
