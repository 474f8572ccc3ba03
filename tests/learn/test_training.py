"""Training learns, can be repeated and interrupted, and says at once what is wrong, in which step and layer."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from lib import Tensor
from lib.learn import (
    SGD,
    Adam,
    BatchNorm2d,
    Classifier,
    Conv2d,
    Dropout,
    Flatten,
    History,
    Linear,
    Module,
    ReLU,
    Sequential,
    UNet,
    cosine_schedule,
    cross_entropy,
    fit,
    minibatches,
    mse_loss,
    predict,
)

RANDOM = np.random.default_rng(0)
IMAGES = RANDOM.normal(size=(24, 1, 8, 8)).astype(np.float32)
MASKS = (IMAGES[:, 0] > 0).astype(int)


def net(seed=0):
    return UNet(1, 2, (4, 8), seed=seed)


def train(network, batches=None, loss=cross_entropy, steps=5, **options):
    batches = minibatches(IMAGES, MASKS, batch_size=4, seed=0) if batches is None else batches
    return fit(network, batches, loss, Adam(network.parameters(), 0.01), steps, **options)


def assert_same_state(one, other):
    for name, array in one.items():
        assert_array_equal(array, other[name], err_msg=name)


def test_the_loss_falls():
    history = train(net(), steps=60)
    assert np.mean(history.losses[-10:]) < 0.6 * history.losses[0]
    assert history.seconds > 0
    assert len(history.losses) == 60


def test_equal_seeds_train_equally():
    one, other = net(), net()
    assert train(one).losses == train(other).losses
    assert_same_state(one.state_dict(), other.state_dict())


def test_a_loop_written_out_does_the_same():
    one, other = net(), net()
    history = train(one, schedule=cosine_schedule(5))
    optimiser, batches, losses = Adam(other.parameters(), 0.01), minibatches(IMAGES, MASKS, batch_size=4, seed=0), []
    for step in range(5):
        images, masks = next(batches)
        optimiser.lr = 0.01 * cosine_schedule(5)(step)
        optimiser.zero_grad()
        loss = cross_entropy(other(images), masks)
        loss.backward()
        optimiser.step()
        losses.append(float(loss))
    assert losses == history.losses
    assert_same_state(one.state_dict(), other.state_dict())


def test_mode_and_learning_rate_are_put_back():
    network = net().eval()
    optimiser = SGD(network.parameters(), 0.5)
    fit(network, [(IMAGES, MASKS)], cross_entropy, optimiser, 1, lambda step: 0.1)
    assert optimiser.lr == 0.5
    assert not any(module.training for module in network.modules())


def test_after_step_sees_every_step():
    seen = []
    history = train(net(), steps=4, after_step=lambda step, loss: seen.append((step, loss)))
    assert seen == list(enumerate(history.losses, start=1))


def test_no_steps_train_nothing():
    network, begun = net(), net().state_dict()
    assert train(network, steps=0).losses == []
    assert_same_state(network.state_dict(), begun)


def test_further_arrays_of_a_batch_reach_the_loss():
    weights = np.zeros(MASKS.shape, np.float32)

    def weighted(scores, masks, pixel_weights):
        return (cross_entropy(scores, masks, reduction="none") * pixel_weights).mean()

    assert train(net(), [(IMAGES, MASKS, weights)], weighted, steps=1).losses == [0.0]


# Batches


def test_batches_go_round_all_examples():
    batches = minibatches(np.arange(10), np.arange(10) + 100, batch_size=5, seed=0)
    for _ in range(3):
        firsts, seconds = zip(next(batches), next(batches), strict=True)
        assert sorted(np.concatenate(firsts)) == list(range(10))
        assert_array_equal(np.concatenate(firsts) + 100, np.concatenate(seconds))


def test_every_round_has_an_order_of_its_own():
    batches = minibatches(np.arange(100), batch_size=100, seed=0)
    rounds = {tuple(next(batches)[0]) for _ in range(5)}
    assert len(rounds) == 5


def test_augmentation_takes_the_place_of_a_batch():
    def negative(random, x):
        assert isinstance(random, np.random.Generator)
        return (-x,)

    assert_array_equal(np.sort(next(minibatches(np.arange(3), batch_size=3, seed=0, augment=negative))[0]), [-2, -1, 0])


@pytest.mark.parametrize(
    ("arrays", "size", "message"),
    [
        ((np.ones(3), np.ones(4)), 2, "arrays must be at least one and have the same length, got lengths [3, 4]"),
        ((), 2, "got lengths []"),
        ((np.ones(3),), 4, "batch_size must be at most the number of examples, 3, got 4"),
        ((np.ones(3),), 0, "batch_size must be at least 1, got 0"),
    ],
)
def test_batches_that_cannot_be_made_are_refused_at_once(arrays, size, message):
    with pytest.raises(ValueError, match=r"arrays|batch_size") as refusal:
        minibatches(*arrays, batch_size=size)
    assert message in str(refusal.value)


# What goes wrong

SPLIT = Sequential(Conv2d(1, 2, 3, seed=0), ReLU(), Flatten(), Linear(7, 2, seed=0))
GOOD = (IMAGES[:4], MASKS[:4])
WRONG = {
    "label too high": (net, (IMAGES[:4], MASKS[:4] + 1), ValueError, "target must hold labels from 0 to 1, got 1 to 2"),
    "label negative": (net, (IMAGES[:4], -MASKS[:4]), ValueError, "labels from 0 to 1, got -1 to 0"),
    "labels fractions": (net, (IMAGES[:4], MASKS[:4] * 1.0), TypeError, "target must hold integers"),
    "target of other size": (net, (IMAGES[:4], MASKS[:4, :7]), ValueError, "target (4, 7, 8)"),
    "empty batch": (net, (IMAGES[:0], MASKS[:0]), ValueError, "at least one, got [0, 0]"),
    "fewer targets": (net, (IMAGES[:4], MASKS[:3]), ValueError, "as many targets as inputs, at least one, got [4, 3]"),
    "no tuple": (net, IMAGES[:4], TypeError, "a batch must be a tuple (inputs, targets), got ndarray"),
    "channels": (net, (np.concatenate([IMAGES, IMAGES], 1)[:4], MASKS[:4]), ValueError, "UNet(): input must have 1"),
    "dtype": (net, (IMAGES[:4].astype(float), MASKS[:4]), TypeError, "down.0.0: Conv2d", "float32, got float64"),
    "between layers": (
        lambda: SPLIT,
        (IMAGES[:4], MASKS[:4]),
        ValueError,
        "3: Linear(7, 2): input must have 7 features in its last axis, got shape (4, 72)",
    ),
    "one value a channel": (
        lambda: Sequential(Conv2d(1, 2, 8, seed=0), BatchNorm2d(2)),
        (IMAGES[:1], MASKS[:1]),
        ValueError,
        "1: BatchNorm2d(2): input must have more than one value per channel",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_does_not_fit_names_the_step(name):
    make, batch, error, *parts = WRONG[name]
    network = make()
    batches = [GOOD, GOOD, batch] if make is net else [batch]
    with pytest.raises(error) as refusal:
        train(network, batches)
    message = str(refusal.value)
    assert message.startswith(f"step {len(batches)}: ")
    assert all(part in message for part in parts), message


def test_batches_that_end_name_the_step():
    with pytest.raises(ValueError, match=r"^step 3: batches ended, although there are to be 5 steps"):
        train(net(), [GOOD, GOOD])


@pytest.mark.parametrize(
    ("loss", "message"),
    [
        (lambda scores, masks: scores, r"^step 1: loss must return a tensor of one number, got shape \(24, 2, 8, 8\)"),
        (lambda scores, masks: 1.0, "^step 1: loss must return a tensor of one number, got float"),
    ],
)
def test_a_loss_that_is_no_number_is_refused(loss, message):
    with pytest.raises(TypeError, match=message):
        train(net(), [(IMAGES, MASKS)], loss)


def test_a_loss_without_gradient_is_refused():
    with pytest.raises(ValueError, match=r"^step 1: .* computed from nothing that requires a gradient"):
        train(net(), [GOOD], lambda scores, masks: Tensor(1.0))


class Broken(Module):
    """Multiplies by a number far too large."""

    def forward(self, x):
        return x * np.float32(1e38) * np.float32(1e38)


def broken():
    return Sequential(Conv2d(1, 2, 3, padding=1, seed=0), BatchNorm2d(2), Broken(), Conv2d(2, 2, 1, seed=0))


def test_numbers_that_overflow_name_step_and_layer():
    with pytest.raises(FloatingPointError, match=r"^step 1: the loss is nan\. The first layer .* not finite is 2\."):
        train(broken(), [GOOD])


def test_inputs_that_are_not_finite_are_named():
    hole = IMAGES[:4].copy()
    hole[2, 0, 3, 3] = np.nan
    with pytest.raises(FloatingPointError, match=r"^step 2: the loss is nan\. The inputs already hold"):
        train(net(), [GOOD, (hole, MASKS[:4])])


def test_parameters_that_are_not_finite_are_named():
    network = net()
    network.bottom[0].bias.data = np.full(8, np.inf)
    with pytest.raises(FloatingPointError, match=r"^step 1: the loss is nan\. The parameter bottom\.0\.bias is not"):
        train(network, [GOOD])


def test_a_gradient_that_is_not_finite_is_named():
    network = Linear(2, 1, seed=0)

    def root(result, target):
        return (result * 0) ** 0.5

    with pytest.raises(FloatingPointError, match=r"^step 1: the gradient of weight is not finite"):
        fit(network, [(np.ones((1, 2), np.float32),) * 2], root, SGD(network.parameters(), 0.1), 1)


def test_a_loss_that_overflows_by_itself_is_named():
    def huge(scores, masks):
        return (scores * np.float32(1e30) * np.float32(1e30)).mean()

    with pytest.raises(FloatingPointError, match=r"^step 1: the loss is .* it is the loss itself that overflows"):
        train(net(), [GOOD], huge)


def test_after_numbers_that_are_not_finite_the_network_is_as_before():
    hole = np.full((4, 1, 8, 8), np.nan, np.float32)
    one, other = net(), net()
    train(one, [GOOD, GOOD], steps=2)
    with pytest.raises(FloatingPointError, match="as it was after 2 steps"):
        train(other, [GOOD, GOOD, (hole, MASKS[:4])])
    assert_same_state(one.state_dict(), other.state_dict())


# Interrupted


def stop_at(step):
    def after(done, loss):
        if done == step:
            raise KeyboardInterrupt

    return after


def test_an_interrupt_keeps_what_was_learned(capsys):
    one, other = net(), net()
    history = train(one, steps=50, after_step=stop_at(3))
    assert history.interrupted
    assert repr(history).startswith("3 steps, interrupted, loss ")
    assert len(history.losses) == 3
    assert capsys.readouterr().out == "Interrupted after 3 of 50 steps; the network keeps what it has learned.\n"
    train(other, steps=3)
    assert_same_state(one.state_dict(), other.state_dict())


def test_an_interrupt_within_a_step_keeps_the_steps_before():
    def batches():
        yield from minibatches_of(2)
        raise KeyboardInterrupt

    def minibatches_of(count):
        source = minibatches(IMAGES, MASKS, batch_size=4, seed=0)
        return (next(source) for _ in range(count))

    one, other = net(), net()
    assert len(train(one, batches(), steps=9).losses) == 2
    train(other, steps=2)
    assert_same_state(one.state_dict(), other.state_dict())


def test_an_interrupt_can_be_let_through():
    network = net()
    begun = network.state_dict()
    with pytest.raises(KeyboardInterrupt):
        train(network, after_step=stop_at(2), keep_if_interrupted=False)
    assert not np.array_equal(network.state_dict()["score.weight"], begun["score.weight"])


# Prediction


def test_predictions_do_not_depend_on_the_batch_and_leave_the_mode():
    network = Sequential(Conv2d(1, 2, 3, seed=0), BatchNorm2d(2), Dropout(0.5, seed=0))
    network(IMAGES)
    begun = network.state_dict()
    assert_array_equal(predict(network, IMAGES, 24), predict(network, IMAGES, 5))
    assert network.training
    assert_same_state(network.state_dict(), begun)
    assert type(predict(network.eval(), IMAGES)) is np.ndarray
    assert not network.training


def test_nothing_to_predict_is_refused():
    with pytest.raises(ValueError, match="inputs must hold at least one example"):
        predict(net(), IMAGES[:0])


def test_history_averages_over_a_window():
    history = History([4.0, 2.0, 0.0])
    assert_array_equal(history.smoothed(2), [3, 1])
    assert_array_equal(history.smoothed(), [2])
    assert_array_equal(History().smoothed(), [])
    assert repr(History()) == "0 steps"


def test_a_classifier_learns_which_half_is_bright():
    labels = RANDOM.integers(0, 2, 60)
    images = RANDOM.normal(0, 0.3, (60, 1, 16, 16)).astype(np.float32)
    for image, label in zip(images, labels, strict=True):
        image[0, :, 8 * label : 8 * label + 8] += 1
    network = Classifier(1, 2, (4, 4, 4), size=16, dropout=0.1, seed=0)
    batches = minibatches(images[:40], labels[:40], batch_size=8, seed=0)
    fit(network, batches, cross_entropy, Adam(network.parameters(), 0.01), 60)
    assert (predict(network, images[40:]).argmax(1) == labels[40:]).mean() > 0.9


def test_squares_are_a_loss_too():
    x = IMAGES.reshape(24, 64)
    network = Linear(64, 3, seed=0)
    target = (x @ RANDOM.normal(size=(64, 3))).astype(np.float32)
    history = fit(network, minibatches(x, target, batch_size=8, seed=0), mse_loss, SGD(network.parameters(), 0.05), 40)
    assert history.losses[-1] < 0.5 * history.losses[0]
