"""``explore``: states, options, the view of a state, and what is refused."""

import itertools
import re

import numpy as np
import pytest

from lib.show import Picture, choice, explore, sliding_window
from lib.show.explore.explorer import MOST_VIEWS
from lib.show.explore.settings import Choice, Control, kind_of, option_text

from .explorers import EXPLORERS, dependent, note, refusing

every = pytest.mark.parametrize("make", EXPLORERS.values(), ids=list(EXPLORERS))


def test_states_are_all_combinations_of_independent_options():
    explorer = explore(note, a=(5, 6), b="xyz", c=(True,))
    assert list(explorer.views.states()) == list(itertools.product(range(2), range(3), range(1)))
    assert explorer.views.values((1, 2, 0)) == {"a": 6, "b": "z", "c": True}


def test_dependent_options_make_only_the_states_that_exist():
    assert [tuple(dependent().views.values(state).values()) for state in dependent().views.states()] == [
        (3, 0, "0 of 3"),
        (3, 1, "1 of 3"),
        (3, 1, "a"),
        (3, 2, "2 of 3"),
        (3, 2, "a"),
        (3, 2, "b"),
        (1, 0, "0 of 1"),
        (2, 0, "0 of 2"),
        (2, 1, "1 of 2"),
        (2, 1, "a"),
    ]


@every
def test_the_start_is_one_of_the_states(make):
    assert make().views.start() in set(make().views.states())


def test_the_start_is_the_option_asked_for_or_the_first():
    assert explore(note, a=choice((4, 5, 6), start=6), b="xy").views.start() == (2, 0)
    assert dependent().views.values(dependent().views.start()) == {"size": 2, "step": 1, "mark": "1 of 2"}


@every
def test_a_view_is_what_draw_returns_for_the_values(make):
    explorer = make()
    for state in explorer.views.states():
        if explorer.views.view(state).caption.startswith("Refused: "):
            with pytest.raises(ValueError, match=re.escape(explorer.views.view(state).caption[len("Refused: ") : -1])):
                explorer.views.draw(**explorer.views.values(state))
        else:
            assert explorer.views.view(state) == explorer.views.draw(**explorer.views.values(state))


def test_a_refusal_is_shown_in_its_words_and_escaped():
    picture = explore(refusing, n=(1,), m=(0, 1, 2)).views.view((0, 2))
    assert picture.caption == "Refused: m must be at most n = 1, got 2 < 9 & more."
    assert "&lt; 9 &amp; more" in picture.html()


@pytest.mark.parametrize("error", [TypeError, IndexError, KeyError, ZeroDivisionError, AttributeError])
def test_a_fault_of_the_drawing_function_is_not_swallowed(error, monkeypatch):
    def broken(k):
        raise error("a fault")

    explorer = explore(broken, k=(1, 2))
    with pytest.raises(error, match="a fault"):
        explorer.views.view((0,))
    for mode in ("text", "page"):
        monkeypatch.setenv("LIB_SHOW_AS", mode)
        with pytest.raises(error, match="a fault"):
            explorer._repr_mimebundle_()
    monkeypatch.setenv("LIB_SHOW_AS", "live")
    with pytest.raises(error, match="a fault"):
        explore(broken, k=(1, 2))


def test_in_words_an_explorer_lists_its_controls_and_says_its_first_view():
    assert repr(EXPLORERS["slider and menu"]()).splitlines() == [
        "Explorer with 6 views.",
        "k: 0.5, 1, 2 (shown: 1)",
        "kind: blur, edges & <more> (shown: blur)",
        "Values: k 1, kind 'blur'.",
    ]
    assert repr(dependent()).splitlines() == [
        "Explorer with 10 views.",
        "size <i>: 3, 1, 2 (shown: 2)",
        "step: 0, 1 (shown: 1)",
        "mark: 1 of 2, a (shown: 1 of 2)",
        "Values: size 2, step 1, mark '1 of 2'.",
    ]


def test_the_steps_of_drawn_views_may_follow_another_choice():
    scenes = {stride: sliding_window(np.arange(16).reshape(4, 4), np.ones((2, 2)), stride) for stride in (1, 2)}
    explorer = explore(
        lambda stride, step: scenes[stride].picture(step),
        stride=(1, 2),
        step=lambda stride: range(scenes[stride].step_count),
    )
    assert [sum(state[0] == place for state in explorer.views.states()) for place in (0, 1)] == [9, 4]
    assert not any(explorer.views.view(state).caption.startswith("Refused") for state in explorer.views.states())


def test_labels_are_the_argument_in_words_unless_given():
    assert Control("kernel_size", Choice((1,))).label == "kernel size"
    assert Control("k", choice((1,), "kernel size k")).label == "kernel size k"


@pytest.mark.parametrize(
    ("options", "kind"),
    [
        ((1, 2, 5), "buttons"),
        ((3, 1), "buttons"),
        ((False, True), "buttons"),
        ((1, "2"), "buttons"),
        (("a name of many letters", "another name of many letters", "a third"), "menu"),
        (range(5), "range"),
        ((0.5, 1, 2, 4, 8), "range"),
        ((5, 4, 3, 2, 1), "menu"),
        ((1, 1, 2, 3, 4), "menu"),
        ("abcde", "menu"),
        ((1, 2, 3, 4, "5"), "menu"),
    ],
)
def test_few_options_get_buttons_rising_numbers_a_slider_and_the_rest_a_menu(options, kind):
    assert kind_of(options) == kind


def test_steps_are_always_a_slider_because_they_can_be_played():
    assert kind_of(range(2), steps=True) == "range"


@pytest.mark.parametrize(
    ("option", "text"), [(3, "3"), (-1.5, "−1.5"), (True, "yes"), (False, "no"), ("a b", "a b"), ((1, 2), "(1, 2)")]
)
def test_options_are_shown_in_words(option, text):
    assert option_text(option) == text


def test_what_cannot_be_explored_is_refused_by_name():
    with pytest.raises(TypeError, match="draw must be a function that returns a Picture or a Scene, got Values: k 1"):
        explore(note(k=1), k=(1,))
    with pytest.raises(ValueError, match="choices must name at least one argument of draw"):
        explore(note)
    with pytest.raises(ValueError, match=re.escape("k must have at least one option, got none for {}")):
        explore(note, k=())
    with pytest.raises(ValueError, match=re.escape("k must have at least one option, got none for {'n': 0}")):
        explore(note, n=(1, 0), k=lambda n: range(n))
    with pytest.raises(ValueError, match=r"k must start at one of its options \[1, 2\], got 3"):
        explore(note, k=choice((1, 2), start=3))
    with pytest.raises(ValueError, match=r"k must start at one of its options \[0\], got 1"):
        explore(note, n=(1, 2), k=choice(lambda n: range(n), start=1))


def test_more_views_than_a_page_can_hold_are_refused_at_once():
    assert sum(1 for _ in explore(note, k=range(MOST_VIEWS)).views.states()) == MOST_VIEWS
    with pytest.raises(ValueError, match=f"choices must make at most {MOST_VIEWS} views"):
        explore(note, k=range(MOST_VIEWS + 1))
    with pytest.raises(ValueError, match="choices must make at most"):
        explore(note, a=range(10**4), b=range(10**4), c=range(10**4))


def test_drawing_waits_until_the_explorer_is_shown(monkeypatch):
    monkeypatch.setenv("LIB_SHOW_AS", "text")  # a widget meets its front end, with the first view, as it is made
    drawn = []

    def draw(k):
        drawn.append(k)
        return Picture("", str(k))

    explorer = explore(draw, k=(1, 2, 3))
    assert drawn == []
    repr(explorer)
    assert drawn == [1]
