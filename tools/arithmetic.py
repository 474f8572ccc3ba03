"""The ways in which this machine can do the same sums, and how each is asked for.

Products of matrices are OpenBLAS's work. It has a kernel for each kind of processor and takes the one made for the
processor it finds; kernels add in different orders, and so do one thread and two. NumPy's own functions, such as
``exp``, differ in their last digit too, with the instructions that the processor has. A processor runs what was made
for older ones, so one machine can compute as many others do. ``python tools/arithmetic.py`` says how this one does.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from threadpoolctl import threadpool_info

# OpenBLAS's kernels of one line of processors, oldest first, each with NumPy's names (others since version 2.4) for the
# instructions that its processors have and those of the kernels before it lack.
KERNELS = {
    "Prescott": (),
    "Nehalem": ("SSSE3", "SSE41", "POPCNT", "SSE42", "X86_V2"),
    "Sandybridge": ("AVX",),
    "Haswell": ("F16C", "FMA3", "AVX2", "X86_V3"),
    "Zen": (),
    "SkylakeX": ("AVX512F", "AVX512CD", "AVX512_SKX", "X86_V4"),
    "Cooperlake": ("AVX512_CLX", "AVX512_CNL", "AVX512_ICL"),
    "SapphireRapids": ("AVX512_SPR",),
}
# Other names that OpenBLAS may give, and the newest kernel of the line that such processors can run.
ABLE_TO_RUN = {
    **dict.fromkeys(("Katmai", "Core2", "Penryn", "Dunnington", "Opteron", "Barcelona", "Bobcat"), "Prescott"),
    "Atom": "Nehalem",
    **dict.fromkeys(("Bulldozer", "Piledriver", "Steamroller", "Excavator"), "Sandybridge"),
}


@dataclass(frozen=True)
class Arithmetic:
    """One way to compute: an OpenBLAS kernel, its threads, and what NumPy has to do without."""

    kernel: str | None  # None: there is no OpenBLAS, so there is nothing to choose
    threads: int
    without: tuple[str, ...] = ()

    @property
    def environment(self) -> dict[str, str]:
        """The variables that make a new process compute in this way."""
        count = str(self.threads)
        asked = {"OPENBLAS_NUM_THREADS": count, "OMP_NUM_THREADS": count, "MKL_NUM_THREADS": count}
        asked["NPY_DISABLE_CPU_FEATURES"] = " ".join(self.without)
        return asked if self.kernel is None else asked | {"OPENBLAS_CORETYPE": self.kernel}

    def __str__(self) -> str:
        return f"{self.kernel or 'no OpenBLAS'}, {self.threads} thread{'s' if self.threads > 1 else ''}"


@dataclass(frozen=True)
class Answer:
    """How a process says that it computes."""

    kernel: str | None
    threads: int
    instructions: tuple[str, ...]  # that NumPy uses where it finds them, beyond those that it was built for


def possible(threads: Iterable[int] = (1, 2), kernels: Sequence[str] | None = None) -> list[Arithmetic]:
    """Return the ways in which this machine can compute, none of them twice under two names.

    With one thread NumPy does without the instructions that processors of the kernel's kind lack, and so computes as
    they do; with more it uses all it finds, as it does here when the kernel alone is exchanged.

    Parameters
    ----------
    threads : numbers of threads
    kernels : names of OpenBLAS's kernels, optional
        Default: all that this processor can run.

    Raises
    ------
    ValueError
        If a kernel is asked for that this processor cannot run, or that this OpenBLAS does not have.
    """
    own = ask({})
    able = runnable(own.kernel)
    if unknown := [name for name in kernels or () if name not in able]:
        raise ValueError(
            f"kernels must be among those that this processor can run, {', '.join(map(str, able))}; "
            f"got {', '.join(unknown)}"
        )

    found: dict[tuple, Arithmetic] = {}
    for name in kernels or able:
        for count in threads:
            way = Arithmetic(name, count, beyond(name, own.instructions) if count == 1 else ())
            answer = ask(way.environment)
            found.setdefault((answer.kernel, answer.threads, answer.instructions), way)
    return list(found.values())


def runnable(own: str | None) -> list[str | None]:
    """Return the kernels that a processor can run for which OpenBLAS takes the kernel ``own``.

    Examples
    --------
    >>> runnable("Sandybridge")
    ['Prescott', 'Nehalem', 'Sandybridge']
    >>> runnable("NEOVERSEN1")
    ['NEOVERSEN1']
    """
    newest = ABLE_TO_RUN.get(own, own)
    if newest not in KERNELS:
        return [own]
    line = list(KERNELS)
    older = line[: line.index(newest) + 1]
    return older if own == newest else [*older, own]


def beyond(kernel: str | None, instructions: Iterable[str]) -> tuple[str, ...]:
    """Return those of NumPy's ``instructions`` that processors of a kernel's kind lack.

    Examples
    --------
    >>> beyond("Haswell", ["X86_V3", "X86_V4"])
    ('X86_V4',)
    """
    kernel = ABLE_TO_RUN.get(kernel, kernel)
    if kernel not in KERNELS:
        return ()
    line = list(KERNELS)
    newer = {name for later in line[line.index(kernel) + 1 :] for name in KERNELS[later]}
    return tuple(name for name in instructions if name in newer)


def ask(environment: dict[str, str]) -> Answer:
    """Start a process with these variables, and without any of ours that would say otherwise, and ask how it computes.

    Raises
    ------
    RuntimeError
        If the process ends without an answer.
    """
    ours = {name: value for name, value in os.environ.items() if name not in Arithmetic("", 1).environment}
    command = [sys.executable, "-W", "error", __file__]
    ended = subprocess.run(command, env=ours | environment, capture_output=True, text=True, check=False)
    if ended.returncode != 0:
        raise RuntimeError(f"with {environment}, Python ended with {ended.returncode}: {ended.stderr.strip()}")
    said = json.loads(ended.stdout)
    return Answer(said["kernel"], said["threads"], tuple(said["instructions"]))


def here() -> Answer:
    """Say how this process computes, after a product that it has to get right."""
    for dtype in (np.float32, np.float64):
        ones = np.ones((100, 100), dtype)
        if not (ones @ ones == 100).all():
            raise ArithmeticError(f"a product of ones in {np.dtype(dtype)} is wrong")

    openblas = [library for library in threadpool_info() if library["internal_api"] == "openblas"]
    kernel, threads = (openblas[0]["architecture"], openblas[0]["num_threads"]) if openblas else (None, 1)
    return Answer(kernel, threads, tuple(np.show_config(mode="dicts")["SIMD Extensions"].get("found", ())))


if __name__ == "__main__":
    print(json.dumps(asdict(here())))
