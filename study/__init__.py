"""The comparison of decoders as a command, ``python -m study``: many networks, many seeds, many machines."""

from study.comparison import DECODERS, Configuration, run_one
from study.running import configurations, run_all
from study.store import Store

__all__ = [
    "DECODERS",
    "Configuration",
    "Store",
    "configurations",
    "run_all",
    "run_one",
]
