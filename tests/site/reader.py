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
# One of the elements that a selector finds, brought to the middle of the screen and, if asked for, given the focus; the
# share says which. Of a bar, which a dot may cover, its number is what to point at.
PICK = """(figure, [selector, share, panel, focus]) => {
  const within = panel === null ? figure : figure.querySelectorAll('g.cells')[panel];
  const all = [...within.querySelectorAll(selector)], one = all[Math.floor(share * all.length)];
  if (!one) return null;
  one.scrollIntoView({block: 'center', behavior: 'instant'});
  if (focus) one.focus({preventScroll: true});
  const box = (one.closest('.bar') ? one.querySelector('text') : one).getBoundingClientRect();
  const [cell, place] = [Number(one.dataset.c), Number(one.dataset.n)];
  return {cell, place, x: box.x + box.width / 2, y: box.y + box.height / 2};
}"""
# Of all cells of a panel, brought to the middle of the screen, the middles and whether they are lit.
LAID_OUT = """(figure, panel) => {
  const grid = figure.querySelectorAll('g.cells')[panel];
  grid.scrollIntoView({block: 'center', behavior: 'instant'});
  return [...grid.querySelectorAll('[data-c] > rect')].map(rect => {
    const box = rect.getBoundingClientRect();
    return [box.x + box.width / 2, box.y + box.height / 2, rect.classList.contains('window')];
  });
}"""


@dataclass(frozen=True)
class Spot:
    """A cell on the screen: its number on the tape, its place in its panel, and its middle."""

    cell: int
    place: int
    x: float
    y: float


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
        self.step = getattr(self.view, "first", 0)
        self.figure.scroll_into_view_if_needed()
        self.figure.locator(".editable, [data-c]").first.wait_for()
        self.mouse.move(0, 0)  # where it lies over no cell, however the page scrolls
        self.element = self.figure.element_handle()  # asked directly: a locator would look for it each time

    @property
    def view(self) -> Scene:
        key = tuple(self.state)
        if key not in self.views:
            self.views[key] = self.explorer.views.view(key)
        return self.views[key]

    @property
    def keyboard(self):
        return self.figure.page.keyboard

    @property
    def mouse(self):
        return self.figure.page.mouse

    def act(self, kinds: list[str], times: int) -> None:
        """Do things of the kinds named, in any order and each equally often, and hold the figure against each."""
        if kinds == BY_KEYBOARD:
            self.mouse.move(0, 0)  # a page that scrolls under it would ring what it points at

        for kind in self.chance.sample(kinds * math.ceil(times / len(kinds)), times):
            wanted = kind if isinstance(self.view, Scene) else self.chance.choice(["choose", "back"])  # it was refused
            getattr(self, wanted)()
            assert_shows(self.element, self.explorer, tuple(self.state), self.edits, self.step, self.view)

    # ---- what can be done by keyboard

    def type_over(self) -> None:
        """Go to a cell, begin to type, and close with Enter."""
        source = self._editable(focus=True)[1]
        value = self._value()
        self.keyboard.press("Enter")
        self.keyboard.type(f"{value:g}")  # the old number is selected
        self.keyboard.press("Enter")
        self._remember(source, value)

    def digit(self) -> None:
        """Type a number straight on a cell."""
        source = self._editable(focus=True)[1]
        value = self.chance.randint(-9, 9)
        self.keyboard.type(str(value))
        self.keyboard.press("Enter")
        self._remember(source, value)

    def escape(self) -> None:
        """Begin to type and think better of it."""
        self._editable(focus=True)
        self.keyboard.press("F2")
        self.keyboard.press("7")
        self.keyboard.press("Escape")

    def walk(self) -> None:
        """Walk with the arrows; what has the focus is ringed with what it is tied to."""
        self._pick("[role=grid] [tabindex='0']", focus=True)
        for _ in range(3):
            self.keyboard.press(self.chance.choice(["ArrowRight", "ArrowLeft", "ArrowUp", "ArrowDown"]))
        self._assert_ringed(*self.element.evaluate(FOCUSED))

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
        self._pick("[role=grid] [tabindex='0']", focus=True)
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
        spot, source = self._editable(apart_from_steps=True)
        value = self._value()
        self.mouse.click(spot.x, spot.y)
        self.step = self._steps().get(spot.cell, self.step)  # if a cell stands for a step, a click goes there first
        self.keyboard.type(f"{value:g}")  # the old number is selected
        self.figure.locator("> figcaption").click(position={"x": 1, "y": 1})  # a click elsewhere closes it
        self._remember(source, value)

    def look(self) -> None:
        """Point at a cell."""
        at = self.chance.randrange(len(list(flat(self.view.panels))))
        spot = self._pick(":scope:not(.dot) [data-c]", panel=at)  # a dot lies over other things
        if spot:
            self.mouse.move(spot.x, spot.y)
            self._assert_ringed(at, spot.place)

    def drag(self) -> None:
        """Drag the window: it follows to the step whose middle is nearest."""
        frames = [at for at, one in enumerate(flat(self.view.panels)) if one.frame and one.axes is None]
        if not frames:
            if self.view.steps:
                self._drag_along()
            return
        at = self.chance.choice(frames)
        laid_out = self.element.evaluate(LAID_OUT, at)
        middles = [self._middle(at, step, laid_out) for step in range(self.view.step_count)]
        start, end = middles[self.step], self.chance.choice(middles)
        grip = next((cell[:2] for cell in laid_out if cell[2]), None)
        if None in (start, end, grip) or math.dist(start, end) < 10:
            return
        self.mouse.move(*grip)
        self.mouse.down()
        self.mouse.move(grip[0] + end[0] - start[0] + 1, grip[1] + end[1] - start[1] + 1, steps=2)
        self.mouse.up()
        self.step = middles.index(end)  # of steps whose windows have one middle, the first

    def _drag_along(self) -> None:
        """Drag the place of the step along a chart's axis."""
        chart, frame = self._chart(), self._chart_box()
        target = self.chance.randrange(self.view.step_count)
        x, y = frame["x"] + 2 + chart.across(chart.shifts[target]), frame["y"] + 12
        self.mouse.move(frame["x"] + frame["width"] - 3 if target < self.view.step_count / 2 else frame["x"] + 3, y)
        self.mouse.down()
        self.mouse.move(x, y + 30, steps=4)
        self.mouse.up()
        self.step = target

    def pull(self) -> None:
        """Pull a bar of a chart to another height."""
        bars = self.figure.locator(".bar .editable")
        if not bars.count():
            return
        bar = bars.nth(self.chance.randrange(bars.count()))
        chart, source, frame = self._chart(), int(bar.get_attribute("data-c")), self._chart_box()
        box = bar.locator("rect").bounding_box()
        value = self.chance.choice([value for value in range(int(chart.low), int(chart.high)) if abs(value) < 99])
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        end = frame["y"] + 2 + chart.up(value)  # half an outline beyond the drawing
        if abs(end - y) < 8:
            return
        self.mouse.move(x, y)
        self.mouse.down()
        self.mouse.move(x, end, steps=3)
        self.mouse.up()
        self._remember(source, value)

    def _chart_box(self) -> dict[str, float]:
        """Bring the first chart to the middle of the screen, where no controls stick over it; return where it is."""
        drawn = self.figure.locator("[data-kind=chart]").first
        drawn.evaluate("one => one.scrollIntoView({block: 'center', behavior: 'instant'})")
        return drawn.bounding_box()

    def _chart(self) -> Chart:
        return next(part for row in self.view.panels for part in row if isinstance(part, Chart))

    def tap(self) -> None:
        """Tap a cell that stands for a step."""
        cells = self._steps()
        stands = ", ".join(f"[role=grid] [data-c='{cell}']:not(.editable)" for cell in cells)
        spot = self._pick(stands) if cells else None
        if spot:
            self.mouse.click(spot.x, spot.y)
            self.step = cells[spot.cell]

    def press_on(self) -> None:
        """Press the button for the next step."""
        if self.view.step_count > 1:
            self.figure.locator("[data-do=on]").last.click()
            self.step = (self.step + 1) % self.view.step_count

    # ---- what follows

    def _pick(self, selector: str, panel: int | None = None, focus: bool = False) -> Spot | None:
        """Return one of the cells that a selector finds, in a panel or in all, drawn at random, or None."""
        found = self.element.evaluate(PICK, [selector, self.chance.random(), panel, focus])
        return found and Spot(**found)

    def _editable(self, apart_from_steps: bool = False, focus: bool = False) -> tuple[Spot, int]:
        """Return a cell that can be edited and the number that it shows, if possible one that is not also a step's."""
        selector, spot = "[role=grid] .editable", None
        if apart_from_steps and self.view.steps:
            steps = ",".join(f'[data-c="{cell}"]' for plane in self.view.steps for cell in plane.cells.flat)
            spot = self._pick(f"{selector}:not({steps})", focus=focus)
        spot = spot or self._pick(selector, focus=focus)
        return spot, self.view.tape.roots(self.step)[spot.cell]

    def _steps(self) -> dict[int, int]:
        """Return the step that each cell stands for, if it stands for one."""
        return {int(cell): step for plane in self.view.steps for step, cell in enumerate(plane.cells.flat)}

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
            dropped = {cell for cell in self.edits if begun and begun[cell : cell + 1] != starts[cell : cell + 1]}
            self.edits = {cell: value for cell, value in self.edits.items() if cell not in dropped}
        self.step = min(self.step, self.view.step_count - 1) if starts else 0

    def _starts(self) -> list[float]:
        return self.view.tape.start if isinstance(self.view, Scene) else []

    def _middle(self, at: int, step: int, laid_out: list[list[Any]]) -> tuple[float, float] | None:
        """Return the middle of the window of a step in a panel, on the screen, given the middles of its cells."""
        panel = list(flat(self.view.panels))[at]
        places = [r * panel.numbers.shape[1] + c for r, c in used_cells(panel, self.view.at(step, self.edits))]
        if not places:
            return None
        x, y = np.mean([laid_out[place][:2] for place in places], axis=0)
        return round(float(x), 3), round(float(y), 3)

    def _assert_ringed(self, at: int, place: int) -> None:
        moment = self.view.at(self.step, self.edits)
        expected = ringed(self.view, moment, list(flat(self.view.panels))[at], place)
        shown = self.element.evaluate(READ)["panels"]
        assert [{cell[0] for cell in panel if cell[-1]} for panel in shown] == expected, f"at {place} of panel {at}"
