"""The comparison of decoders as a command, ``python -m lib.study``: many networks, many seeds, many machines."""

from lib.study.comparison import DECODERS, MEASURES, Configuration, run_one
from lib.study.running import configurations, run_all
from lib.study.store import Store
from lib.study.table import published_table, values, wins

__all__ = [
    "DECODERS",
    "MEASURES",
    "Configuration",
    "Store",
    "configurations",
    "published_table",
    "run_all",
    "run_one",
    "values",
    "wins",
]
