"""An explorer in a running notebook: ipywidgets controls that draw anew in the kernel."""

from __future__ import annotations

from typing import Any

import ipywidgets

from lib.show.explore.settings import Control, option_text
from lib.show.explore.views import Views
from lib.show.picture import stylesheet


def live_widget(explorer: Views) -> ipywidgets.VBox:
    """Return the controls and the view of an explorer as one widget."""
    state = list(explorer.start())
    view = ipywidgets.HTML()
    widgets: list[Any] = []
    updating = False

    def labelled_options(place: int) -> list[tuple[str, int]]:
        options = explorer.controls[place].options(explorer.values(state[:place]))
        return [(option_text(option), index) for index, option in enumerate(options)]

    def show() -> None:
        view.value = f"<style>{stylesheet()}</style>{explorer.view(state).html()}"

    def chosen(place: int, index: int) -> None:
        nonlocal updating
        if updating or index is None:
            return
        updating = True  # setting a later control's options would call this again
        state[place] = index
        try:
            for later in range(place + 1, len(widgets)):
                options = labelled_options(later)
                state[later] = min(state[later], len(options) - 1)
                widgets[later].options = options
                widgets[later].value = state[later]
                _hide_if_alone(widgets[later])
        finally:
            updating = False
        show()

    for place, control in enumerate(explorer.controls):
        widget = _widget(
            control, labelled_options(place), state[place], control.is_range(explorer.values(state[:place]))
        )
        widget.observe(lambda change, place=place: chosen(place, change["new"]), names="value")
        _hide_if_alone(widget)
        widgets.append(widget)
    show()
    return ipywidgets.VBox([*widgets, view])


def _widget(control: Control, options: list[tuple[str, int]], index: int, is_range: bool) -> Any:
    kind = ipywidgets.SelectionSlider if is_range else ipywidgets.Dropdown
    return kind(
        options=options,
        value=index,
        description=control.label,
        style={"description_width": "initial"},
        layout={"width": "min(100%, 28rem)"},
    )


def _hide_if_alone(widget: Any) -> None:
    """Show a control only while there is something to choose."""
    widget.layout.display = None if len(widget.options) > 1 else "none"
