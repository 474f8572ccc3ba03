"""A reader of a wired figure, who does what readers do, in any order; and what must then be the case."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from explorers import READ, assert_shows, ringed

from lib.show.explore.charts import Chart
from lib.show.explore.explorer import Explorer
from lib.show.explore.panels import used_cells
from lib.show.explore.scenes import Scene, flat

BY_KEYBOARD = ["type_over", "digit", "escape", "walk", "choose", "go", "undo", "reset"]
BY_MOUSE = ["click_and_type", "click_and_type", "look", "look", "drag", "drag", "tap", "press_on", "pull", "reset"]

# The panel and the place of the cell that has the focus.
FOCUSED = """figure => [
  [...figure.querySelectorAll('g.cells')].findIndex(grid => grid.contains(document.activeElement)),
  Number(document.activeElement.dataset.n)]"""
MIDDLES = """all => all.map(one => one.getBoundingClientRect())
  .map(box => [box.x + box.width / 2, box.y + box.height / 2])"""


@dataclass
class Reader:
    """What a reader has done to a figure so far."""

    figure: Any
    explorer: Explorer
    chance: random.Random
    state: list[int] = field(default_factory=list)
    step: int = 0
    edits: dict[int, float] = field(default_factory=dict)
    past: list[tuple[list[int], int, dict[int, float]]] = field(default_factory=list)
    views: dict[tuple[int, ...], Any] = field(default_factory=dict)  # made once: wiring asks the library many times

    def __post_init__(self) -> None:
        self.state = list(self.explorer.views.start())
        self.figure.scroll_into_view_if_needed()
        self.figure.locator(".editable, [data-c]").first.wait_for()

    @property
    def view(self) -> Scene:
        key = tuple(self.state)
        if key not in self.views:
            self.views[key] = self.explorer.views.view(key)
        return self.views[key]

    @property
    def keyboard(self):
        return self.figure.page.keyboard

    def act(self, kinds: list[str]) -> str:
        """Do one thing of the kinds named, drawn at random, hold the figure against it, and say what it was."""
        kind = self.chance.choice(kinds) if isinstance(self.view, Scene) else self.chance.choice(["choose", "back"])
        getattr(self, kind)()
        assert_shows(self.figure, self.explorer, tuple(self.state), self.edits, self.step, self.view)
        return kind

    # ---- what can be done by keyboard

    def type_over(self) -> None:
        """Go to a cell, begin to type, and close with Enter."""
        cell, source = self._editable()
        value = self._value()
        cell.focus()
        self.keyboard.press("Enter")
        self.keyboard.press("Control+A")
        self.keyboard.type(f"{value:g}")
        self.keyboard.press("Enter")
        self._remember(source, value)

    def digit(self) -> None:
        """Type a digit straight on a cell."""
        cell, source = self._editable()
        value = self.chance.randrange(10)
        cell.focus()
        self.keyboard.press(str(value))
        self.keyboard.press("Enter")
        self._remember(source, value)

    def escape(self) -> None:
        """Begin to type and think better of it."""
        cell, _ = self._editable()
        cell.focus()
        self.keyboard.press("F2")
        self.keyboard.type("7")
        self.keyboard.press("Escape")

    def walk(self) -> None:
        """Walk with the arrows; what has the focus is ringed with what it is tied to."""
        grids = self.figure.locator("[role=grid]")
        cell = grids.nth(self.chance.randrange(grids.count())).locator("[tabindex='0']")
        cell.focus()
        for _ in range(3):
            self.keyboard.press(self.chance.choice(["ArrowRight", "ArrowLeft", "ArrowUp", "ArrowDown"]))
        self._assert_ringed(*self.figure.evaluate(FOCUSED))

    def choose(self) -> None:
        """Choose another option of one of the controls, with the keyboard."""
        if not self.state:
            return
        place = self.chance.randrange(len(self.state))
        control = self.explorer.views.controls[place]
        count = len(control.options(self.explorer.views.values(self.state[:place])))
        index = self.chance.randrange(count)
        if index == self.state[place]:
            return
        before = self._now()
        field = self.figure.locator(f"[data-place='{place}']")
        kind = field.locator("input, select").first.get_attribute("type") or "menu"
        if kind == "menu":
            field.locator("select").select_option(index=index)
        elif kind == "radio":
            field.locator("input").nth(self.state[place]).focus()
            keys = ["ArrowRight"] * (index - self.state[place]) or ["ArrowLeft"] * (self.state[place] - index)
            for key in keys:
                self._set_option(place, self.state[place] + (1 if key == "ArrowRight" else -1))
                self.keyboard.press(key)
            return
        else:
            field.locator("input").focus()
            for _ in range(abs(index - self.state[place])):
                self._set_option(place, self.state[place] + (1 if index > self.state[place] else -1))
                self.keyboard.press("ArrowRight" if index > before[0][place] else "ArrowLeft")
            return
        self._set_option(place, index)

    def go(self) -> None:
        """Move the step's slider."""
        if self.view.step_count < 2:
            return
        self.figure.locator("input[type=range]").last.focus()
        key = self.chance.choice(["ArrowRight", "ArrowLeft", "Home", "End"])
        last = self.view.step_count - 1
        self.keyboard.press(key)
        moved = {"ArrowRight": self.step + 1, "ArrowLeft": self.step - 1, "Home": 0, "End": last}[key]
        self.step = min(max(moved, 0), last)

    def undo(self) -> None:
        """Take the last change back."""
        self.figure.locator("[role=grid] [tabindex='0']").first.focus()
        self.keyboard.press("Control+z")
        self._go_back()

    def back(self) -> None:
        """Take the last change back with the button."""
        self.figure.locator("[data-do=undo]").click()
        self._go_back()

    def reset(self) -> None:
        """Put all numbers back."""
        button = self.figure.locator("[data-do=reset]")
        assert button.is_enabled() is bool(self.edits)
        if self.edits:
            self.past.append(self._now())
            self.edits = {}
            button.press("Enter")

    # ---- what can be done by mouse

    def click_and_type(self) -> None:
        """Click a number and write another."""
        cell, source = self._editable(apart_from_steps=True)
        value = self._value()
        self._spot(cell).click(force=True)
        self.keyboard.type(f"{value:g}")  # the old number is selected
        self.figure.locator("> figcaption").click(position={"x": 1, "y": 1})  # a click elsewhere closes it
        self._remember(source, value)

    def look(self) -> None:
        """Point at a cell."""
        at = self.chance.randrange(len(list(flat(self.view.panels))))
        cells = self.figure.locator("g.cells").nth(at).locator(":scope:not(.dot) [data-c]")
        if not cells.count():
            return  # a dot lies over other things
        cell = cells.nth(self.chance.randrange(cells.count()))
        self._spot(cell).hover(force=True)
        self._assert_ringed(at, int(cell.get_attribute("data-n")))

    def drag(self) -> None:
        """Drag the window: it follows to the step whose middle is nearest."""
        frames = [at for at, one in enumerate(flat(self.view.panels)) if one.frame and one.axes is None]
        if not frames:
            self._drag_along()
            return
        at = self.chance.choice(frames)
        before = self.figure.locator("g.cells").nth(at).locator(".window")
        if self.view.step_count < 2 or not before.count():
            return
        target = self.chance.randrange(self.view.step_count)
        places = [self._middle(at, step) for step in (self.step, target)]
        if None in places:
            return
        mouse, (start, end) = self.figure.page.mouse, places
        if math.dist(start, end) < 10:
            return
        grip = before.first.bounding_box()
        x, y = grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2
        mouse.move(x, y)
        mouse.down()
        mouse.move(x + end[0] - start[0] + 1, y + end[1] - start[1] + 1, steps=4)
        mouse.up()
        same = [step for step in range(self.view.step_count) if self._middle(at, step) == end]
        self.step = same[0]

    def _drag_along(self) -> None:
        """Drag the place of the step along a chart's axis."""
        chart, frame = self._chart(), self.figure.locator("[data-kind=chart]").first.bounding_box()
        target = self.chance.randrange(self.view.step_count)
        x, y = frame["x"] + 2 + chart.across(chart.shifts[target]), frame["y"] + 12
        mouse = self.figure.page.mouse
        mouse.move(frame["x"] + frame["width"] - 3 if target < self.view.step_count / 2 else frame["x"] + 3, y)
        mouse.down()
        mouse.move(x, y + 30, steps=4)
        mouse.up()
        self.step = target

    def pull(self) -> None:
        """Pull a bar of a chart to another height."""
        bars = self.figure.locator(".bar .editable")
        if not bars.count():
            return
        bar = bars.nth(self.chance.randrange(bars.count()))
        chart, source = self._chart(), int(bar.get_attribute("data-c"))
        box, frame = bar.locator("rect").bounding_box(), self.figure.locator("[data-kind=chart]").first.bounding_box()
        value = self.chance.choice([value for value in range(int(chart.low), int(chart.high)) if abs(value) < 99])
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        end = frame["y"] + 2 + chart.up(value)  # half an outline beyond the drawing
        if abs(end - y) < 8:
            return
        mouse = self.figure.page.mouse
        mouse.move(x, y)
        mouse.down()
        mouse.move(x, end, steps=3)
        mouse.up()
        self._remember(source, value)

    def _chart(self) -> Chart:
        return next(part for row in self.view.panels for part in row if isinstance(part, Chart))

    def tap(self) -> None:
        """Tap a cell that stands for a step."""
        cells = {int(cell): step for plane in self.view.steps for step, cell in enumerate(plane.cells.flat)}
        shown = self.figure.locator("[role=grid] [data-c]:not(.editable)")
        at = [n for n, cell in enumerate(shown.evaluate_all("all => all.map(one => +one.dataset.c)")) if cell in cells]
        if at:
            cell = shown.nth(self.chance.choice(at))
            self.step = cells[int(cell.get_attribute("data-c"))]  # asked first: which cells can be edited may change
            cell.click(force=True)

    def press_on(self) -> None:
        """Press the button for the next step."""
        if self.view.step_count > 1:
            self.figure.locator("[data-do=on]").last.click()
            self.step = (self.step + 1) % self.view.step_count

    # ---- what follows

    def _spot(self, cell: Any) -> Any:
        """Return what to point at of a cell: of a bar, which a dot may cover, its number."""
        return cell.locator("text") if cell.evaluate("cell => Boolean(cell.closest('.bar'))") else cell

    def _editable(self, apart_from_steps: bool = False) -> tuple[Any, int]:
        cells = self.figure.locator("[role=grid] .editable")
        if apart_from_steps and self.view.steps:
            steps = ",".join(f'[data-c="{cell}"]' for plane in self.view.steps for cell in plane.cells.flat)
            apart = self.figure.locator(f"[role=grid] .editable:not({steps})")
            cells = apart if apart.count() else cells
        cell = cells.nth(self.chance.randrange(cells.count()))
        return cell, self.view.tape.roots(self.step)[int(cell.get_attribute("data-c"))]

    def _value(self) -> float:
        whole, quarters, tenths = (self.chance.randint(-most, most) for most in (9, 40, 99))
        return self.chance.choice([whole, quarters / 4, tenths / 10])

    def _go_back(self) -> None:
        if self.past:
            self.state, self.step, self.edits = self.past.pop()

    def _now(self) -> tuple[list[int], int, dict[int, float]]:
        return list(self.state), self.step, dict(self.edits)

    def _remember(self, source: int, value: float) -> None:
        start = self.view.tape.start[source]
        if value != self.edits.get(source, start):
            self.past.append(self._now())
        self.edits[source] = value
        if value == start:
            del self.edits[source]

    def _set_option(self, place: int, index: int) -> None:
        """Follow a choice: later options may become fewer, and numbers that start otherwise lose their edits."""
        self.past.append(self._now())
        begun = self._starts()
        self.state[place] = index
        for later in range(place + 1, len(self.state)):
            count = len(self.explorer.views.controls[later].options(self.explorer.views.values(self.state[:later])))
            self.state[later] = min(self.state[later], count - 1)
        starts = self._starts()
        if starts:
            self.edits = {cell: value for cell, value in self.edits.items() if not begun or begun[cell] == starts[cell]}
        self.step = min(self.step, self.view.step_count - 1) if starts else 0

    def _starts(self) -> list[float]:
        return self.view.tape.start if isinstance(self.view, Scene) else []

    def _middle(self, at: int, step: int) -> tuple[float, float] | None:
        """Return the middle of the window of a step in a panel, on the screen."""
        panel = list(flat(self.view.panels))[at]
        places = [r * panel.numbers.shape[1] + c for r, c in used_cells(panel, self.view.at(step, self.edits))]
        if not places:
            return None
        boxes = self.figure.locator("g.cells").nth(at).locator("[data-c] > rect").evaluate_all(MIDDLES)
        x, y = np.mean([boxes[place] for place in places], axis=0)
        return round(float(x), 3), round(float(y), 3)

    def _assert_ringed(self, at: int, place: int) -> None:
        moment = self.view.at(self.step, self.edits)
        expected = ringed(self.view, moment, list(flat(self.view.panels))[at], place)
        shown = self.figure.evaluate(READ)["panels"]
        assert [{cell[0] for cell in panel if cell[-1]} for panel in shown] == expected, f"at {place} of panel {at}"
