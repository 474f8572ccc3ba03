"""Plans of networks: sizes, receptive fields and costs along a chain with skips, and why sizes do not match."""

from lib.plan.chain import Chain, Row
from lib.plan.cures import (
    Parting,
    cured,
    fitting_neighbours,
    fitting_sizes,
    join_shift,
    partings,
    sharing_sizes,
    undoing,
    unreached_cells,
)
from lib.plan.layers import Layer, Shape
from lib.plan.printed import Reading, read_printed

__all__ = [
    "Chain",
    "Layer",
    "Parting",
    "Reading",
    "Row",
    "Shape",
    "cured",
    "fitting_neighbours",
    "fitting_sizes",
    "join_shift",
    "partings",
    "read_printed",
    "sharing_sizes",
    "undoing",
    "unreached_cells",
]
