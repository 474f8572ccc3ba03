"""The views of an explorer: what it draws for each combination of what the reader can choose."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from lib.show.explore.scenes import Scene
from lib.show.explore.settings import Control, Editable
from lib.show.explore.wiring import Tape
from lib.show.picture import Picture
from lib.words import say


@dataclass(frozen=True)
class Views:
    """A drawing function, the controls of its arguments, and the arrays among them that can be edited."""

    draw: Callable[..., Picture | Scene]
    controls: tuple[Control, ...]
    editable: dict[str, Editable] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """A name for the figure, from that of the drawing function."""
        return re.sub(r"[^a-z0-9]+", "-", getattr(self.draw, "__name__", "").lower()).strip("-") or "figure"

    def states(self) -> Iterator[tuple[int, ...]]:
        """Yield every state: the index of the chosen option of each control."""
        yield from self._extend(())

    def values(self, state: Sequence[int]) -> dict[str, Any]:
        """Return the argument values of a state."""
        values: dict[str, Any] = {}
        for control, index in zip(self.controls, state, strict=False):
            values[control.name] = control.options(values)[index]
        return values

    def start(self) -> tuple[int, ...]:
        """Return the state shown first."""
        values, state = {}, []
        for control in self.controls:
            index = control.start(values)
            state.append(index)
            values[control.name] = control.options(values)[index]
        return tuple(state)

    def view(self, state: Sequence[int]) -> Picture | Scene:
        """Return the picture or the scene of a state; what the library refuses is shown as its refusal."""
        values, tape = self.values(state), Tape()
        numbers = {name: tape.editable(name, one.start(values)) for name, one in self.editable.items()}
        try:
            found = self.draw(**values, **numbers)
        except ValueError as refusal:
            return refused(refusal)
        if not isinstance(found, (Picture, Scene)):
            raise TypeError(f"draw must return a Picture or a Scene, got {type(found).__name__}")
        return found

    def picture(self, state: Sequence[int], step: int = 0) -> Picture:
        """Return the picture of a state at a step."""
        found = self.view(state)
        return found.picture(step) if isinstance(found, Scene) else found

    def _extend(self, state: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        if len(state) == len(self.controls):
            yield state
            return
        for index in range(len(self.controls[len(state)].options(self.values(state)))):
            yield from self._extend((*state, index))


def refused(refusal: Exception) -> Picture:
    """Return a picture of what cannot be drawn, in the words of the refusal."""
    return Picture(f'<p class="refusal">{say("No such operation.")}</p>', say("Refused: {reason}.", reason=refusal))
