"""The comparison of decoders as a command, ``python -m study``: many networks, many seeds, many machines."""

from study.comparison import DECODERS, Configuration, run_one
from study.plan import configurations
from study.running import run_all

__all__ = [
    "DECODERS",
    "Configuration",
    "configurations",
    "run_all",
    "run_one",
]
