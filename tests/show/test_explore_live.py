"""An explorer in a running notebook, with a reader who moves its controls."""

import ipywidgets
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.show import Picture, choice, explore
from lib.show.explore.notebook import live_widget
from lib.show.explore.settings import option_text
from lib.show.picture import stylesheet

from .drawings import LAW
from .explorers import EXPLORERS, dependent, note

every = pytest.mark.parametrize("name", EXPLORERS)


def parts(explorer):
    *controls, view = live_widget(explorer).children
    return controls, view


def assert_in_step(explorer, controls, view):
    """The controls offer the options of their state, and the view is the picture of exactly that state."""
    state = tuple(control.value for control in controls)
    assert state in set(explorer.states())
    for place, (widget, control) in enumerate(zip(controls, explorer.controls, strict=True)):
        texts = [option_text(option) for option in control.options(explorer.values(state[:place]))]
        assert list(widget.options) == [(text, index) for index, text in enumerate(texts)]
        assert widget.index == state[place]
        assert (widget.layout.display == "none") is (len(texts) < 2), "only a choice is shown"
    assert view.value == f"<style>{stylesheet()}</style>{explorer.view(state).html()}"


@every
def test_it_starts_at_the_start_with_labelled_controls(name):
    explorer = EXPLORERS[name]()
    controls, view = parts(explorer)
    assert tuple(control.value for control in controls) == explorer.start()
    assert [control.description for control in controls] == [control.label for control in explorer.controls]
    assert_in_step(explorer, controls, view)
    for place, (widget, control) in enumerate(zip(controls, explorer.controls, strict=True)):
        slides = control.is_range(explorer.values(explorer.start()[:place]))
        assert isinstance(widget, ipywidgets.SelectionSlider if slides else ipywidgets.Dropdown)


@every
def test_every_state_can_be_reached(name):
    explorer = EXPLORERS[name]()
    controls, view = parts(explorer)
    for state in explorer.states():
        for widget, index in zip(controls, state, strict=True):
            widget.value = index
        assert tuple(widget.value for widget in controls) == state
        assert_in_step(explorer, controls, view)


@pytest.mark.parametrize("name", ["dependent", "refusing", "slider and menu", "shrinking slider"])
@given(moves=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 9)), max_size=8))
@LAW
def test_no_order_of_changes_leaves_a_stale_view(name, moves):
    explorer = EXPLORERS[name]()
    controls, view = parts(explorer)
    for place, index in moves:
        widget = controls[place % len(controls)]
        widget.value = index % len(widget.options)
        assert_in_step(explorer, controls, view)


def test_fewer_options_move_the_later_controls_to_their_last():
    explorer = EXPLORERS["shrinking slider"]()
    (n, i), view = parts(explorer)
    assert (n.value, i.value) == (2, 2)
    n.value = 0
    assert (n.value, i.value) == (0, 0)
    assert [label for label, _ in i.options] == ["0"]
    assert "n 1, i 0" in view.value
    n.value = 2
    assert [label for label, _ in i.options] == ["0", "1", "2"]
    assert i.value == 0, "what was cut off does not come back by itself"
    assert "n 3, i 0" in view.value


def test_a_later_control_keeps_its_place_where_it_can():
    explorer = explore(note, n=(4, 5), i=choice(lambda n: range(n), start=3))
    (n, i), _ = parts(explorer)
    n.value = 1
    assert i.value == 3


def test_one_change_draws_one_view():
    drawn = []

    def draw(**values):
        drawn.append(values)
        return note(**values)

    explorer = explore(
        draw, size=(1, 2, 3), step=choice(lambda size: range(size)), mark=lambda size, step: range(step + 1)
    )
    (size, step, _), _ = parts(explorer)
    drawn.clear()
    size.value = 2
    step.value = 2
    size.value = 0
    assert drawn == [
        {"size": 3, "step": 0, "mark": 0},
        {"size": 3, "step": 2, "mark": 0},
        {"size": 1, "step": 0, "mark": 0},
    ]


def test_a_fault_of_the_drawing_function_reaches_the_reader_and_the_controls_live_on():
    def draw(k):
        if k == 2:
            raise ZeroDivisionError("a fault")
        return Picture(f"<p>{k}</p>", f"k is {k}.")

    explorer = explore(draw, k=(1, 2, 3))
    (k,), view = parts(explorer)
    with pytest.raises(ZeroDivisionError, match="a fault"):
        k.value = 1
    k.value = 2
    assert "k is 3." in view.value


def test_two_views_of_one_explorer_do_not_disturb_each_other():
    explorer = dependent()
    (first, *_), view = parts(explorer)
    (_, *_), other = parts(explorer)
    before = other.value
    first.value = 0
    assert other.value == before != view.value
