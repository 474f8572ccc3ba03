"""The views of an explorer: one picture for each combination of what the reader can choose."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lib.show.explore.settings import Control
from lib.show.picture import Picture


@dataclass(frozen=True)
class Views:
    """A drawing function and the controls of its arguments."""

    draw: Callable[..., Picture]
    controls: tuple[Control, ...]

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

    def view(self, state: Sequence[int]) -> Picture:
        """Return the picture of a state; a combination that the library refuses is shown as its refusal."""
        try:
            picture = self.draw(**self.values(state))
        except ValueError as refusal:
            return Picture('<p class="refusal">No such operation.</p>', f"Refused: {refusal}.")
        if not isinstance(picture, Picture):
            raise TypeError(f"draw must return a Picture, got {type(picture).__name__}")
        return picture

    def _extend(self, state: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        if len(state) == len(self.controls):
            yield state
            return
        for index in range(len(self.controls[len(state)].options(self.values(state)))):
            yield from self._extend((*state, index))
