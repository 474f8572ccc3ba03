"""Ready scenes: at every step and for every setting they say what the library computes, after edits too."""

import itertools
import re

import numpy as np
import pytest

from lib import conv2d, conv_transpose2d, max_pool2d, max_unpool2d, show
from lib.show import editable, explore, panel, scene, wired
from lib.show.explore.page import start_data
from lib.show.explore.scenes import flat
from lib.show.explore.wiring import Tape

RNG = np.random.default_rng(11)
X, SMALL, KERNEL = RNG.integers(-3, 4, (4, 5)), RNG.integers(-3, 4, (2, 3)), RNG.integers(-2, 4, (3, 2))
# stride, padding, output padding
SETTINGS = [one for one in itertools.product((1, 2), (0, 1), (0, 1)) if one[2] < one[0]]


def shown(view, moment):
    """Return what each panel shows, as arrays."""
    return [np.array(moment.values)[one.numbers.cells] for one in flat(view.panels)]


def edited(*arrays):
    """Return arrays on a tape on which they stand as zeros, and the edits that make them what they are."""
    tape = Tape()
    planes = [tape.editable(f"plane {n}", np.zeros_like(array)) for n, array in enumerate(arrays)]
    return planes, dict(enumerate(np.concatenate([np.ravel(array) for array in arrays]).tolist()))


@pytest.mark.parametrize(("stride", "padding", "dilation"), list(itertools.product((1, 2), (0, 1), (1, 2))))
def test_the_sliding_window_follows_edits(stride, padding, dilation):
    planes, edits = edited(X, KERNEL[:2])
    view = show.sliding_window(*planes, stride, padding, dilation)
    expected = conv2d(X, KERNEL[:2], stride=stride, padding=padding, dilation=dilation)
    assert view.step_count == expected.size
    for step in range(view.step_count):
        moment = view.at(step, edits)
        assert view.words(moment).endswith(f" = {show.number(expected.flat[step])}.")
        np.testing.assert_array_equal(shown(view, moment)[-1], expected)


@pytest.mark.parametrize(("stride", "padding", "output_padding"), SETTINGS)
def test_stamps_follow_edits(stride, padding, output_padding):
    planes, edits = edited(SMALL, KERNEL)
    settings = {"stride": stride, "padding": padding, "output_padding": output_padding}
    view = show.stamps(*planes, **settings)
    for step in range(view.step_count):
        moment = view.at(step, edits)
        (row, column), value = divmod(step, SMALL.shape[1]), show.number(SMALL.flat[step])
        assert view.words(moment) == (
            f"Input row {row}, column {column} holds {value}: {value} times the kernel is added at output "
            f"row {show.number(row * stride - padding)}, column {show.number(column * stride - padding)}."
        )
        so_far = np.where(np.arange(SMALL.size).reshape(SMALL.shape) <= step, SMALL, 0)
        expected = conv_transpose2d(so_far, KERNEL, stride=stride, output_padding=output_padding)
        np.testing.assert_array_equal(shown(view, moment)[-1], expected)


@pytest.mark.parametrize(("stride", "padding", "output_padding"), SETTINGS)
def test_inserted_zeros_reaching_stamps_and_the_matrix_agree_with_the_library(stride, padding, output_padding):
    planes, edits = edited(SMALL, KERNEL)
    settings = {"stride": stride, "padding": padding, "output_padding": output_padding}
    expected = conv_transpose2d(SMALL, KERNEL, **settings)
    zeros, y = show.inserted_zeros(*planes, **settings), conv_transpose2d(*planes, **settings)
    reaching, product = show.stamps_on_a_cell(planes[0], y), show.as_matrix(y, planes[0], "Cᵀ")
    for step in range(expected.size):
        moments = [view.at(step, edits) for view in (zeros, reaching, product)]
        for view, moment in ((zeros, moments[0]), (reaching, moments[1])):
            assert view.words(moment).endswith(f" = {show.number(expected.flat[step])}.")
        np.testing.assert_array_equal(shown(zeros, moments[0])[-1], expected)
        np.testing.assert_array_equal(shown(product, moments[2])[-1].ravel(), expected.ravel())
        assert product.words(moments[2]).startswith(f"Row {step} of Cᵀ times the input: ")


@pytest.mark.parametrize(("kernel_size", "stride", "padding"), list(itertools.product((2, 3), (1, 2), (0, 1))))
def test_pooling_and_unpooling_follow_edits(kernel_size, stride, padding):
    (plane,), edits = edited(X)
    settings = {"kernel_size": kernel_size, "stride": stride, "padding": padding}
    view = show.max_pooling(plane, **settings)
    values, switches = max_pool2d(plane, **settings, return_indices=True)
    back = show.max_unpooling(values, switches, **settings, output_size=X.shape)
    largest, places = max_pool2d(X, **settings, return_indices=True)
    fixed = show.max_unpooling(largest, places, **settings, output_size=X.shape)
    both = show.pool_and_unpool(plane, **settings)
    for step in range(largest.size):
        assert view.words(view.at(step, edits)) == show.max_pooling(X, **settings).picture(step).caption
        moment = back.at(step, edits)
        assert back.words(moment) == fixed.picture(step).caption
        joined = both.at(step, edits)
        said = f"{view.words(view.at(step, edits))} Unpooling puts {show.number(largest.flat[step])} there"
        assert both.words(joined).startswith(said)
        np.testing.assert_array_equal(shown(both, joined)[-1], shown(back, moment)[-1])
    whole = max_unpool2d(largest, places, **settings, output_size=X.shape)
    np.testing.assert_array_equal(shown(back, moment)[-1], whole)


def test_a_window_of_ceil_mode_reaches_beyond_the_input():
    view = show.max_pooling(np.arange(9).reshape(3, 3), 2, ceil_mode=True)
    first = next(flat(view.panels))
    assert first.numbers.shape == (4, 4)
    assert view.picture(3).caption == "The largest of 8 is 8, at input row 2, column 2: its switch is 2·3 + 2 = 8."


def test_the_first_drawing_is_shaded_as_the_script_shades_it():
    (x,) = wired(np.array([[4, -2], [1, 0]]))

    drawn = scene(panel(x, shaded=True)).picture().markup
    found = re.findall(r'<g style="--share:([\d.]+)%"><path class="([^"]+)" d="M(\d+) (\d+)h', drawn)

    wanted = [("100", "shaded", 0, 0), ("50", "shaded negative", 0, 1), ("25", "shaded", 1, 0), ("0", "shaded", 1, 1)]
    assert [(share, name, (int(y) - 22) // 32, int(x) // 32) for share, name, x, y in found] == wanted
    assert "shaded" not in scene(panel(x)).picture().markup


def test_scenes_join_beside_and_below():
    x, w = wired(X, KERNEL)
    one, other = show.sliding_window(x, w), show.as_matrix(conv2d(x, w), x)
    both = one.below(other)
    assert both.picture(2).caption == f"{one.picture(2).caption} {other.picture(2).caption}"
    assert [len(list(flat(view.panels))) for view in (one, other, both)] == [3, 3, 6]
    assert one.beside(other, caption="Both.").picture().caption == "Both."


def test_a_scene_begins_at_the_step_it_names_in_the_drawing_in_the_controls_and_in_words():
    (x,) = wired(np.array([[7, 8, 9]]))
    made = scene(panel(x), step=x, caption=f"{x.now}.").begin_at(2)
    assert (made.picture().caption, made.picture(0).caption) == ("9.", "7.")
    assert made.beside(scene(panel(x), step=x)).first == made.below(scene(panel(x), step=x)).first == 2

    explorer = explore(lambda x: scene(panel(x), step=x, caption=f"{x.now}.").begin_at(2), x=editable([[7, 8, 9]]))
    assert repr(explorer).endswith("step: 0 to 2 (shown: 2)\n9.")
    assert start_data(explorer.views)["start"] == [2]
    with pytest.raises(ValueError, match="step must be from 0 to 2, got 3"):
        made.begin_at(3)


def test_what_makes_no_scene_is_refused_by_name():
    x, w = wired(X, KERNEL)
    with pytest.raises(TypeError, match="numbers must be Numbers, got ndarray"):
        panel(X)
    with pytest.raises(ValueError, match=r"role must be one of .* got 'kernels'"):
        panel(x, "kernels")
    with pytest.raises(ValueError, match="numbers must have 1 or 2 dimensions"):
        panel(x.reshape(1, 4, 5))
    with pytest.raises(ValueError, match="panels must hold at least one panel"):
        scene("*")
    with pytest.raises(ValueError, match="panels must show numbers of one figure"):
        scene(panel(x), panel(wired(X)[0]))
    with pytest.raises(ValueError, match="step must be from 0 to 19, got 20"):
        scene(panel(x), step=x).picture(20)
    with pytest.raises(ValueError, match=r"scenes must have one number of steps, got \[20, 6\]"):
        scene(panel(x), step=x).beside(scene(panel(w), step=w))
