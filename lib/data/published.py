"""Weights of networks that others trained and published, and that run in many browsers: stored as they shipped them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from lib.data.files import Source, read_arrays, read_bytes, read_sources

FOLDER = Path(__file__).with_name("published")
# What the names of the two numbers end in that go with an array of bytes.
STEP, MINIMUM = ":step", ":minimum"


def published_networks() -> dict[str, Source]:
    """Return the names of all published networks, each with its source and licence.

    >>> {name: source.licence for name, source in published_networks().items()}
    {'selfie': 'Apache-2.0', 'face': 'MIT'}
    """
    return read_sources(FOLDER)


def published_weights(name: str) -> dict[str, np.ndarray]:
    """Return the weights of a published network by name, as :meth:`lib.learn.Module.load_state_dict` takes them.

    Parameters
    ----------
    name : {'selfie', 'face'}
        For :class:`lib.learn.SelfieSegmenter` and :class:`lib.learn.FaceDetector`.

    Returns
    -------
    dict of float32 arrays

    Raises
    ------
    ValueError
        If no network has that name, or its file is not the one that was published.

    Notes
    -----
    The file holds what was published: half-precision numbers, or bytes with a step and a minimum for each array, of
    which a weight is ``byte * step + minimum``.

    Examples
    --------
    >>> from lib.learn import SelfieSegmenter
    >>> network = SelfieSegmenter()
    >>> network.load_state_dict(published_weights("selfie"))
    >>> network.last.weight.data.sum(axis=0)[0].round(1)
    array([[ -0.5, -18.6],
           [  0.6,  -8.3]], dtype=float32)
    """
    if name not in published_networks():
        raise ValueError(f"name must be one of {sorted(published_networks())}, got {name!r}")
    stored = read_arrays(read_bytes(FOLDER, name))
    return {member: _weight(member, stored) for member in stored if not member.endswith((STEP, MINIMUM))}


def _weight(member: str, stored: dict[str, np.ndarray]) -> np.ndarray:
    array = stored[member]
    if array.dtype != np.uint8:
        return array.astype(np.float32)
    return (array * stored[member + STEP] + stored[member + MINIMUM]).astype(np.float32)
