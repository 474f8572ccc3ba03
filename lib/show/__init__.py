"""Figures of the course: number grids, windows, matrices, sizes, photographs, and explorers over them."""

from lib.show.explore import (
    Numbers,
    Scene,
    as_bars,
    as_blocks,
    as_curve,
    as_dots,
    chart,
    choice,
    editable,
    explore,
    matrix,
    panel,
    photograph,
    photographs,
    scene,
    wired,
)
from lib.show.features import layer_by_layer, patch_sheets
from lib.show.grids import grid, in_words, sum_in_words
from lib.show.images import images, wipe
from lib.show.interpolation import alignment, interpolated_line
from lib.show.intervals import intervals
from lib.show.matrices import as_matrix, matrix_product
from lib.show.palette import role_tones
from lib.show.photograph_bench import photograph_bench
from lib.show.picture import Picture, below, beside
from lib.show.plans import plan
from lib.show.plot import bars, curves, dots, marks, plot, ratios
from lib.show.pooling import max_pooling, max_unpooling, pool_and_unpool
from lib.show.receptive_fields import receptive_field_picture
from lib.show.segmentations import segmentations
from lib.show.sizes import size_line, windows_in_line
from lib.show.stamps import (
    inserted_zeros,
    spread_out_input,
    stamps,
    stamps_on_a_cell,
)
from lib.show.svg import number, sign
from lib.show.transpose_sizes import stamps_in_line
from lib.show.u_net import u_net_sizes
from lib.show.windows import sliding_window

__all__ = [
    "Numbers",
    "Picture",
    "Scene",
    "alignment",
    "as_bars",
    "as_blocks",
    "as_curve",
    "as_dots",
    "as_matrix",
    "bars",
    "below",
    "beside",
    "chart",
    "choice",
    "curves",
    "dots",
    "editable",
    "explore",
    "grid",
    "images",
    "in_words",
    "inserted_zeros",
    "interpolated_line",
    "intervals",
    "layer_by_layer",
    "marks",
    "matrix",
    "matrix_product",
    "max_pooling",
    "max_unpooling",
    "number",
    "panel",
    "patch_sheets",
    "photograph",
    "photograph_bench",
    "photographs",
    "plan",
    "plot",
    "pool_and_unpool",
    "ratios",
    "receptive_field_picture",
    "role_tones",
    "scene",
    "segmentations",
    "sign",
    "size_line",
    "sliding_window",
    "spread_out_input",
    "stamps",
    "stamps_in_line",
    "stamps_on_a_cell",
    "sum_in_words",
    "u_net_sizes",
    "windows_in_line",
    "wipe",
    "wired",
]
