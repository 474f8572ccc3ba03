"""What the bench "Plan the sizes" should say of a chain, worked out by the library."""

from __future__ import annotations

import math

from lib.plan import (
    Chain,
    cured,
    fitting_neighbours,
    join_shift,
    partings,
    sharing_sizes,
    undoing,
    unreached_cells,
)
from lib.plan.cures import WAYS
from lib.plan.layers import Join
from lib.plan.notation import words_of

# The same of many chains, as the page's script works it out.
SAID = """texts => texts.map(text => {
  const bench = window.planTheSizes;
  const chain = bench.readChain(text);
  const rows = bench.rowsOf(chain);
  const axes = [0, 1];
  const said = {
    text: bench.writeChain(chain), address: bench.writeChain(bench.fromAddress(bench.toAddress(chain))),
    rows: rows.map(row => [row.shape, row.field, row.step, row.offset, row.weights, row.multiplications, row.bytes,
      row.problem !== null, row.arriving ?? null, row.skip ?? null]),
    totals: bench.totalsOf(chain, rows),
    near: axes.map(axis => bench.fittingNeighbours(chain, axis, 24)),
    partings: bench.partingsOf(chain, rows).map(({ row, axis, arriving, skip, down, up }) =>
      [row, axis, arriving, skip, down, up]),
    layers: [], cures: {},
  };
  const layers = chain.layers.map((layer, place) => [layer, place + 1]).filter(([, row]) => rows[row].shape);
  for (const [layer, row] of layers) {
    const join = bench.isJoin(layer);
    said.layers.push([
      axes.map(axis => bench.sharingSizes(chain, rows, row, axis)), bench.writeLayer(bench.undoing(chain, rows, row)),
      axes.map(axis => bench.unreachedCells(chain, rows, row, axis)),
      join ? axes.map(axis => bench.joinShift(chain, rows, row, axis)) : null]);
    for (const way of join ? bench.WAYS : []) {
      let mended = null;
      try {
        mended = bench.writeChain(bench.cured(chain, rows, row, way));
      } catch (error) {
        if (!(error instanceof bench.Refusal)) throw error;
      }
      said.cures[`${row} ${way}`] = mended;
    }
  }
  return said;
})"""


def expected(text: str) -> dict[str, object]:
    """Return what the library says of a chain, in the form of ``SAID``."""
    chain = Chain.parse(text)
    working = [number for number in range(1, len(chain.rows)) if chain.rows[number].shape]
    joins = [number for number in working if isinstance(chain.layers[number - 1], Join)]

    return {
        "text": str(chain),
        "address": str(chain),
        "rows": [_row(row) for row in chain.rows],
        "totals": {
            "weights": chain.weights,
            "multiplications": chain.multiplications,
            "trainingBytes": chain.training_bytes,
            "inferenceBytes": chain.inference_bytes,
        },
        "near": [list(fitting_neighbours(chain, axis, 24)) for axis in (0, 1)],
        "partings": [[p.row, p.axis, p.arriving, p.skip, p.down, p.up] for p in partings(chain)],
        "layers": [_layer(chain, number, number in joins) for number in working],
        "cures": {f"{number} {way}": _cured(chain, number, way) for number in joins for way in WAYS},
    }


def _row(row):
    listed = [None if value is None else list(value) for value in (row.shape, row.field)]
    costs = [row.weights, row.multiplications, row.bytes, row.problem is not None]
    met = [None if value is None else list(value) for value in (row.arriving, row.skip)]
    return [*listed, list(row.step), list(row.offset), *costs, *met]


def _layer(chain, number, join):
    sharing = [sharing_sizes(chain, number, axis) for axis in (0, 1)]
    return [
        [[sizes.start, sizes.stop - 1] for sizes in sharing],
        words_of(undoing(chain, number)),
        [unreached_cells(chain, number, axis) for axis in (0, 1)],
        [list(join_shift(chain, number, axis)) for axis in (0, 1)] if join else None,
    ]


def _cured(chain, number, way):
    try:
        return str(cured(chain, number, way))
    except ValueError:
        return None


def differences(wanted: object, found: object, where: str = "") -> list[str]:
    """Return the places at which two answers differ; floating-point numbers may differ in their last digits."""
    if isinstance(wanted, dict) and isinstance(found, dict) and wanted.keys() == found.keys():
        return [said for key in wanted for said in differences(wanted[key], found[key], f"{where}.{key}")]
    if isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        pairs = enumerate(zip(wanted, found, strict=True))
        return [said for place, pair in pairs for said in differences(*pair, f"{where}[{place}]")]
    if isinstance(wanted, float) and isinstance(found, (int, float)):
        return [] if math.isclose(wanted, found, rel_tol=1e-9, abs_tol=1e-9) else [f"{where}: {wanted} and {found}"]
    return [] if wanted == found else [f"{where}: {wanted!r} and {found!r}"]
