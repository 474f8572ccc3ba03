"""Weights in a file: plain arrays by name, nothing that could run."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import numpy as np

from lib.learn.modules import Module, check_state

HEADERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}


class _Described:
    """Shape and dtype of an array that has not been read."""

    def __init__(self, shape: tuple[int, ...], dtype: np.dtype) -> None:
        self.shape, self.dtype = shape, dtype


def save_weights(network: Module, path: str | os.PathLike[str]) -> Path:
    """Write all parameters and running statistics of a network to a file.

    Parameters
    ----------
    network : Module
    path : path that ends in ``.npz``

    Returns
    -------
    Path

    Notes
    -----
    The file is NumPy's ``.npz``: one array for each name of :meth:`Module.state_dict`. It is complete or not there:
    an interrupted save leaves the old file.

    Examples
    --------
    >>> import tempfile
    >>> from lib.learn import Conv2d
    >>> network, other = Conv2d(1, 2, 3, seed=0), Conv2d(1, 2, 3, seed=1)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = save_weights(network, folder + "/weights.npz")
    ...     load_weights(other, path)
    >>> bool((network.weight.data == other.weight.data).all())
    True
    """
    target = _as_npz(path)
    unfinished = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        with open(unfinished, "wb") as file:
            np.savez_compressed(file, **network.state_dict())
        os.replace(unfinished, target)
    finally:
        unfinished.unlink(missing_ok=True)
    return target


def load_weights(network: Module, path: str | os.PathLike[str]) -> None:
    """Set all parameters and running statistics of a network to those in a file.

    Parameters
    ----------
    network : Module
        Built like the one that was saved.
    path : path that ends in ``.npz``

    Raises
    ------
    ValueError
        If the file is no ``.npz`` of plain arrays, or its names, shapes or kinds of numbers are not those of the
        network, or a number is not finite. Names and shapes are compared before any array is read, and nothing in the
        file can run. Then the network is unchanged.

    Examples
    --------
    See :func:`save_weights`.
    """
    source = _as_npz(path)
    expected = network.state_dict()

    try:
        with zipfile.ZipFile(source) as archive:
            check_state(_headers(archive), expected)
        with np.load(source, allow_pickle=False) as file:
            state = {name: file[name] for name in expected}
    except (zipfile.BadZipFile, EOFError, KeyError) as error:
        raise ValueError(f"path must be an .npz file of plain arrays, got {source.name}: {error}") from error
    except ValueError as error:
        raise ValueError(f"{source.name}: {error}") from error

    for name, array in state.items():
        if not np.isfinite(array).all():
            raise ValueError(f"{source.name}: {name} holds numbers that are not finite")
    network.load_state_dict(state)


def _as_npz(path: str | os.PathLike[str]) -> Path:
    target = Path(path)
    if target.suffix != ".npz":
        raise ValueError(f"path must end in .npz, got {target.name!r}")
    return target


def _headers(archive: zipfile.ZipFile) -> dict[str, _Described]:
    """Read what every array of the archive says of itself."""
    described = {}
    for member in archive.namelist():
        with archive.open(member) as file:
            version = np.lib.format.read_magic(file)
            if not member.endswith(".npy") or version not in HEADERS:
                raise ValueError(f"path must be an .npz file of plain arrays, got a part {member!r}")
            shape, _, dtype = HEADERS[version](file)
        described[member.removesuffix(".npy")] = _Described(shape, dtype)
    return described
