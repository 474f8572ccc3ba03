"""What long work is given to, piece by piece: processes of this machine, or the workers of a Dask cluster."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from typing import Any


@contextlib.contextmanager
def local_processes(jobs: int | None = None) -> Iterator[Executor]:
    """Give pieces of work to processes of this machine, each computing in one thread.

    Parameters
    ----------
    jobs : int or None
        How many processes; None: as many as there are processors.
    """
    for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(variable, "1")  # read by the processes when they load NumPy
    context = multiprocessing.get_context("spawn")  # a fork would have loaded it already
    executor = ProcessPoolExecutor(jobs, context, initializer=_end_with_the_command)
    try:
        yield executor
    finally:
        executor.shutdown(cancel_futures=True)


def workers(scheduler: str | None, jobs: int | None = None) -> contextlib.AbstractContextManager[Executor]:
    """Give pieces of work to the Dask cluster whose scheduler has that address, or without one to local processes."""
    return dask_cluster(scheduler) if scheduler else local_processes(jobs)


@contextlib.contextmanager
def dask_cluster(address: str) -> Iterator[Executor]:
    """Give pieces of work to the workers of the Dask cluster whose scheduler has that address."""
    with _client(address) as client, client.get_executor(pure=False) as executor:
        yield executor


def on_each_worker(address: str, function: Callable[[], Any]) -> dict[str, Any]:
    """Return what a function says on each worker of a Dask cluster, by the worker's address."""
    with _client(address) as client:
        return client.run(function)


def _client(address: str) -> Any:
    """Return a connection to a cluster, encrypted as Dask's own configuration says."""
    try:
        from distributed import Client
    except ImportError as error:
        raise ImportError("a cluster needs Dask: pip install distributed") from error
    return Client(address)


def _end_with_the_command() -> None:
    """Let a worker end when the command that started it is killed, instead of waiting for work for ever."""

    def wait() -> None:
        multiprocessing.parent_process().join()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()
