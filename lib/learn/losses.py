"""Losses: how wrong a network is, as one number, and how it changes with every number the network returned."""

from __future__ import annotations

from typing import Any

import numpy as np

from lib.checks import as_numbers, as_word
from lib.ops.dispatch import WithAdjoints, operation

REDUCTIONS = ("mean", "sum", "none")


@operation
def cross_entropy(
    input: np.ndarray, target: np.ndarray, weight: np.ndarray | None = None, reduction: str = "mean"
) -> WithAdjoints[Any]:
    """Return how surprised the scores are by the right classes: minus the logarithm of the share each one got.

    Parameters
    ----------
    input : array of shape (N, classes) or (N, classes, H, W)
        Scores (logits) of each class; softmax makes shares of them.
    target : integer array of shape (N,) or (N, H, W)
        The right class of each, from 0 to classes - 1.
    weight : array of shape (classes,), optional
        How much each class counts.
    reduction : {'mean', 'sum', 'none'}
        ``'mean'`` divides the weighted sum by the sum of the weights of the right classes.

    Returns
    -------
    Tensor of one number; with ``'none'`` of the shape of ``target``

    Raises
    ------
    ValueError, TypeError
        If shapes do not fit, a label is none of the classes, or there is nothing to compare.

    Notes
    -----
    Names, arguments and results follow ``torch.nn.functional.cross_entropy``. The largest score is taken off before
    exponentials, so nothing overflows.

    Examples
    --------
    >>> scores = np.array([[0.0, 0.0], [1000.0, 0.0]])
    >>> cross_entropy(scores, np.array([1, 1]), reduction="none").round(4)
    array([6.931e-01, 1.000e+03])
    """
    logits, labels, weights = _classes(input, target, weight)
    log_shares, shares = _log_softmax(logits)
    result, per_label = _reduced_cross_entropy(log_shares, labels, weights, reduction)

    def input_gradient(grad: np.ndarray) -> np.ndarray:
        # Each score is pulled down by the share it has, and that of the right class up by one.
        slope = (per_label * grad)[:, None]
        pulled, place = shares * slope, labels[:, None]
        np.put_along_axis(pulled, place, np.take_along_axis(pulled, place, 1) - slope, 1)
        return pulled

    return result, {"input": input_gradient}


@operation
def mse_loss(input: np.ndarray, target: np.ndarray, reduction: str = "mean") -> WithAdjoints[Any]:
    """Return the mean squared difference.

    Parameters
    ----------
    input, target : arrays of one shape
    reduction : {'mean', 'sum', 'none'}

    Raises
    ------
    ValueError, TypeError
        If the shapes differ (nothing is broadcast) or there is nothing to compare.

    Notes
    -----
    Names, arguments and results follow ``torch.nn.functional.mse_loss``.

    Examples
    --------
    >>> float(mse_loss(np.array([1.0, 2.0]), np.array([1.0, 4.0])))
    2.0
    """
    one, other = _same_shape(input, target)
    difference = one - other
    result, share = _reduced(difference * difference, reduction)

    def input_gradient(grad: np.ndarray) -> np.ndarray:
        return difference * (2 * share * grad).astype(difference.dtype)

    return result, {"input": input_gradient, "target": lambda grad: -input_gradient(grad)}


@operation
def binary_cross_entropy_with_logits(
    input: np.ndarray,
    target: np.ndarray,
    weight: np.ndarray | None = None,
    reduction: str = "mean",
    pos_weight: np.ndarray | None = None,
) -> WithAdjoints[Any]:
    """Return how surprised scores are by yes or no: cross entropy of two classes of which one is scored.

    Parameters
    ----------
    input : array
        Scores (logits); the sigmoid makes probabilities of them.
    target : array of the shape of ``input``
        From 0 (no) to 1 (yes).
    weight : array that broadcasts to ``input``, optional
        How much each cell counts.
    reduction : {'mean', 'sum', 'none'}
    pos_weight : array that broadcasts to ``input``, optional
        How much a yes counts compared with a no.

    Raises
    ------
    ValueError, TypeError
        If shapes do not fit, a target is not between 0 and 1, or there is nothing to compare.

    Notes
    -----
    Names, arguments and results follow ``torch.nn.functional.binary_cross_entropy_with_logits``. No exponential
    overflows.

    Examples
    --------
    >>> scores, truth = np.array([0.0, 1000.0, -1000.0]), np.array([1.0, 1.0, 1.0])
    >>> binary_cross_entropy_with_logits(scores, truth, reduction="none").round(4)
    array([6.931e-01, 0.000e+00, 1.000e+03])
    """
    logits, truth, weights, positive = _binary(input, target, weight, pos_weight)
    result, share = _reduced(_binary_cross_entropy(logits, truth, weights, positive), reduction)

    def input_gradient(grad: np.ndarray) -> np.ndarray:
        probability = np.exp(-np.logaddexp(logits.dtype.type(0), -logits))
        slope = probability * (1 - truth) - positive * truth * (1 - probability)
        return slope * weights * share * grad

    return result, {"input": input_gradient}


def _classes(input: Any, target: Any, weight: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return scores, labels and the weight of every class, refused unless they fit."""
    logits, labels = _filled(input, "input"), as_numbers(target, "target", tuple(range(32)))
    if logits.ndim < 2 or labels.shape != (logits.shape[0], *logits.shape[2:]):
        raise ValueError(
            "input must have shape (N, classes, ...) and target (N, ...), "
            f"got input {logits.shape} and target {labels.shape}"
        )

    if labels.dtype.kind == "f":
        raise TypeError(f"target must hold integers, the numbers of classes, got dtype {labels.dtype}")

    classes = logits.shape[1]
    low, high = int(labels.min()), int(labels.max())
    if low < 0 or high >= classes:
        raise ValueError(f"target must hold labels from 0 to {classes - 1}, got {low} to {high}")

    if weight is None:
        return logits, labels, np.ones(classes, logits.dtype)
    weights = as_numbers(weight, "weight", (1,)).astype(logits.dtype)
    if weights.shape != (classes,) or weights.min() < 0:
        raise ValueError(f"weight must hold {classes} numbers that are not negative, one for each class, got {weight}")
    return logits, labels, weights


def _log_softmax(logits: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the logarithm of the share of each class, and the share."""
    centred = logits - logits.max(1, keepdims=True)
    shares = np.exp(centred)
    total = shares.sum(1, keepdims=True)
    centred -= np.log(total)
    shares /= total
    return centred, shares


def _reduced_cross_entropy(
    log_shares: np.ndarray, labels: np.ndarray, weights: np.ndarray, reduction: str
) -> tuple[np.ndarray, np.ndarray]:
    """Return the loss, and how much each label counts in it."""
    per_label = weights[labels]
    if as_word(reduction, "reduction", REDUCTIONS) == "mean":
        total = per_label.sum()
        if not total:
            raise ValueError("weight must not be 0 for every class that target holds: their mean would be 0 / 0")
        per_label /= total

    losses = -np.take_along_axis(log_shares, labels[:, None], 1)[:, 0] * per_label
    return (losses if reduction == "none" else losses.sum()), per_label


def _same_shape(input: Any, target: Any) -> tuple[np.ndarray, np.ndarray]:
    one, other = _filled(input, "input"), as_numbers(target, "target", tuple(range(33)))
    if one.shape != other.shape:
        raise ValueError(f"target must have the shape of input, {one.shape}, got {other.shape}")
    return one, other.astype(one.dtype, copy=False)


def _filled(input: Any, name: str) -> np.ndarray:
    array = as_numbers(input, name, tuple(range(33)))
    if not array.size:
        raise ValueError(f"{name} must hold at least one number, got shape {array.shape}: is the batch empty?")
    return array if array.dtype.kind == "f" else array.astype(float)


def _reduced(losses: np.ndarray, reduction: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the loss, and how much each cell counts in it."""
    if as_word(reduction, "reduction", REDUCTIONS) == "none":
        return losses, losses.dtype.type(1)
    if reduction == "sum":
        return losses.sum(), losses.dtype.type(1)
    return losses.mean(), losses.dtype.type(1 / losses.size)


def _binary(input: Any, target: Any, weight: Any, pos_weight: Any) -> tuple[np.ndarray, ...]:
    logits, truth = _same_shape(input, target)
    low, high = truth.min(), truth.max()
    if not (low >= 0 and high <= 1):
        raise ValueError(f"target must hold numbers from 0 to 1, got {low} to {high}")

    factors = []
    for value, name in ((weight, "weight"), (pos_weight, "pos_weight")):
        factor = as_numbers(1 if value is None else value, name, tuple(range(33))).astype(logits.dtype)
        try:
            np.broadcast_to(factor, logits.shape)
        except ValueError:
            raise ValueError(f"{name} of shape {factor.shape} cannot be broadcast to input {logits.shape}") from None
        factors.append(factor)
    return logits, truth, *factors


def _binary_cross_entropy(
    logits: np.ndarray, truth: np.ndarray, weights: np.ndarray, positive: np.ndarray
) -> np.ndarray:
    zero = logits.dtype.type(0)  # -log(sigmoid(x)) is log(1 + exp(-x)), which logaddexp computes without overflow
    return weights * (positive * truth * np.logaddexp(zero, -logits) + (1 - truth) * np.logaddexp(zero, logits))
