"""The comparison of decoders as a command, ``python -m study``: many networks, many seeds, many machines."""

from study.comparison import DECODERS, Configuration, run_one
from study.running import configurations, run_all

__all__ = [
    "DECODERS",
    "Configuration",
    "configurations",
    "run_all",
    "run_one",
]
