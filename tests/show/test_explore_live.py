"""An explorer as a widget: what its front end is given, asks for and tells, and what a reader's own code sees of it."""

import ipywidgets
import numpy as np
import pytest

from lib import conv2d, show
from lib.show import Picture, choice, editable, explore
from lib.show.explore.page import scene_data, start_data

from .explorers import EXPLORERS, note

X, KERNEL = np.arange(16).reshape(4, 4), np.array([[1, 2], [3, -1]])


@pytest.fixture(autouse=True)
def _live(monkeypatch):
    monkeypatch.setenv("LIB_SHOW_AS", "live")


@pytest.fixture
def explorer():
    return explore(
        show.sliding_window, input=editable(X), kernel=editable(KERNEL), stride=choice((1, 2), "s"), padding=(0, 1)
    )


def asked(explorer, monkeypatch, *scenes):
    """Ask for scenes as the front end does, and return what it gets."""
    sent = []
    monkeypatch.setattr(type(explorer), "send", lambda self, content, buffers=None: sent.append(content))
    for one in scenes:
        explorer._handle_custom_msg({"scene": one}, [])
    return sent


@pytest.mark.parametrize("name", EXPLORERS)
def test_the_front_end_starts_from_the_first_view_alone(name):
    explorer = EXPLORERS[name]()
    assert explorer.spec == start_data(explorer.views)
    assert len(explorer.spec["scenes"]) == 1
    assert explorer.state == {"choice": list(explorer.views.start()), "edits": {}}
    assert explorer.figure in explorer.html


@pytest.mark.parametrize("name", EXPLORERS)
def test_it_gets_every_other_view_when_it_asks(name, monkeypatch):
    explorer = EXPLORERS[name]()
    for state in explorer.views.states():
        key = ",".join(map(str, state))
        assert asked(explorer, monkeypatch, key) == [{"scene": key, "data": scene_data(explorer.views.view(state))}]


def test_a_fault_of_the_drawing_function_shows_and_is_raised_and_the_explorer_lives_on(monkeypatch):
    def draw(k):
        if k == 2:
            raise ZeroDivisionError("a fault")
        return Picture(f"<p>{k}</p>", f"k is {k}.")

    explorer = explore(draw, k=(1, 2, 3))
    with pytest.raises(ZeroDivisionError, match="a fault"):
        explorer._answer(explorer, {"scene": "1"}, [])
    (told,) = asked(explorer, monkeypatch, "2")
    assert told["data"]["caption"] == "k is 3."


def test_the_numbers_are_those_that_the_reader_left(explorer):
    np.testing.assert_array_equal(explorer.numbers["input"], X)
    explorer.state = {"choice": [0, 0, 3], "edits": {"5": -4, "17": 2.5}}
    expected = X.astype(float)
    expected[1, 1] = -4
    np.testing.assert_array_equal(explorer.numbers["input"], expected)
    np.testing.assert_array_equal(explorer.numbers["kernel"], [[1, 2.5], [3, -1]])
    assert explorer.step == 3
    assert explorer.values == {"stride": 1, "padding": 0}


def test_python_edits_chooses_and_steps_as_the_reader_does(explorer):
    explorer.edit("kernel", (1, 0), 7)
    explorer.edit("input", 2, -1)
    explorer.choose(padding=1)
    explorer.step = 4
    assert explorer.state == {"choice": [0, 1, 4], "edits": {"18": 7, "2": -1}}
    assert explorer.values == {"stride": 1, "padding": 1}


@pytest.mark.parametrize(
    ("what", "match"),
    [
        (lambda one: one.edit("weights", 0, 1), "name must be one of .'input', 'kernel'., got 'weights'"),
        (lambda one: one.edit("kernel", 4, 1), "place must be a cell of shape .2, 2., got 4"),
        (lambda one: one.choose(dilation=1), "values must name controls, .'padding', 'stride'., got 'dilation'"),
        (lambda one: one.choose(stride=3), "stride must be one of .1, 2., got 3"),
    ],
)
def test_what_cannot_be_done_is_refused_by_name(explorer, what, match):
    with pytest.raises(ValueError, match=match):
        what(explorer)
    assert explorer.state == {"choice": [0, 0, 0], "edits": {}}


def test_it_can_be_observed_linked_and_put_into_boxes(explorer):
    sums = []
    explorer.observe(lambda change: sums.append(conv2d(*change["new"].values()).sum()), "numbers")
    explorer.edit("input", (0, 0), 10)
    assert sums == [conv2d(X, KERNEL).sum() + 10 * KERNEL[0, 0]]

    slider = ipywidgets.IntSlider(max=8)
    ipywidgets.link((explorer, "step"), (slider, "value"))
    slider.value = 5
    assert explorer.state["choice"][-1] == 5
    explorer.state = {**explorer.state, "choice": [0, 0, 2]}
    assert slider.value == 2
    assert explorer in ipywidgets.VBox([explorer, slider]).children


def test_a_step_among_the_choices_is_its_step():
    explorer = explore(note, step=choice(range(3), start=1), k=(1, 2))
    assert explorer.step == 1
    explorer.step = 2
    assert explorer.state["choice"] == [2, 0]
    assert explorer.values == {"step": 2, "k": 1}


def test_two_explorers_of_one_function_have_names_of_their_own():
    one, other = (explore(note, k=(1, 2)) for _ in range(2))
    controls = {f"{one.figure}-{place}" for place in range(9)}
    assert other.figure not in {one.figure, *controls}
    assert all(figure.startswith("explore-") and figure.endswith("note") for figure in (one.figure, other.figure))
