// Where the sizes of a chain part and what mends it, as in lib/plan/cures.py. Chains are never changed in place.

const withLayer = (chain, row, layer) => relinked({ ...chain, layers: chain.layers.with(row - 1, layer) });

// Layers that come back to a pooling hold the layer itself: let them hold the one that now has the name.
function relinked(chain) {
  const layers = chain.layers.map((layer) =>
    layer.kind === "unpool" ? { ...layer, pooling: chain.layers.find((other) => other.keep === layer.of) } : layer);
  return { ...chain, layers };
}

// Every place where a map and its skip differ: { row, axis, arriving, skip, down, up }.
function partingsOf(chain, rows) {
  const found = [];
  rows.forEach((row, place) => {
    if (!row.problem || !row.arriving) return;
    for (const axis of [0, 1]) {
      const [arriving, skip] = [row.arriving[axis], row.skip[axis]];
      if (arriving !== skip) found.push({ row: place, axis, arriving, skip, ...pairToBlame(chain, rows, place, axis) });
    }
  });
  return found;
}

// Match layers down and up like brackets, from the skip on: the first pair that does not come back.
function pairToBlame(chain, rows, join, axis) {
  const size = (row) => rows[row].shape[axis + 1];
  const opened = [];
  for (let row = sourceRow(chain, chain.layers[join - 1].of) + 1; row < join; row++) {
    if (size(row) < size(row - 1)) {
      opened.push(row);
    } else if (size(row) > size(row - 1) && opened.length) {
      const down = opened.pop();
      if (size(row) !== size(down - 1)) return { down, up: row };
    }
  }
  return { down: null, up: null };
}

// The nearest input sizes, below and above, for which all fits along an axis, and null where there is none near.
function fittingNeighbours(chain, axis, reach = 256) {
  const start = chain.shape[axis + 1];
  const fits = (size) => sizesAlong(chain, axis, size) !== null;
  let [below, above] = [null, null];
  for (let size = start - 1; size > Math.max(start - reach, 0) && below === null; size--) if (fits(size)) below = size;
  for (let size = start + 1; size < start + reach && above === null; size++) if (fits(size)) above = size;
  return [below, above];
}

// All input sizes of one layer that lead to the output size it has here: [first, last].
function sharingSizes(chain, rows, row, axis) {
  const layer = chain.layers[row - 1];
  const size = rows[row - 1].shape[axis + 1];
  if (isJoin(layer) || ["unpool", "unshuffle"].includes(layer.kind) || layer.to || layer.size) return [size, size];
  const output = rows[row].shape[axis + 1];
  const gives = (candidate) => {
    try {
      return LAWS[layer.kind].size(layer, candidate, axis, new Map());
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return null;
    }
  };
  let [first, last] = [size, size];
  while (first > 1 && gives(first - 1) === output) first -= 1;
  while (gives(last + 1) === output) last += 1;
  return [first, last];
}

const bare = { keep: null, then: [] };

// The layer that brings a map back to the size, and the channels, that a layer was given.
function undoing(chain, rows, row) {
  const layer = chain.layers[row - 1];
  const [before, after] = [rows[row - 1].shape, rows[row].shape];
  const { kernel, stride, padding, dilation, groups } = layer;
  const window = {
    ...bare, channels: before[0], kernel, stride, padding, dilation, groups, outputPadding: [0, 0], bias: true,
    same: false, to: null,
  };
  if (layer.kind === "conv" && !layer.same) {
    const back = { ...window, kind: "convt" };
    const extra = [0, 1].map((axis) => before[axis + 1] - smallestTransposedSize(back, after[axis + 1], axis));
    if (extra.every((part, axis) => part < Math.max(stride[axis], dilation[axis]))) return { ...back, outputPadding: extra };
  }
  if (layer.kind === "convt") {
    const extra = [0, 1].map((axis) => after[axis + 1] - smallestTransposedSize(layer, before[axis + 1], axis));
    if (extra.every((part, axis) => part < stride[axis])) return { ...window, kind: "conv" };
  }
  if (layer.kind === "max" && layer.keep && Math.max(...dilation) === 1) {
    const back = { ...bare, kind: "unpool", of: layer.keep, pooling: layer, fit: true };
    if (fitsTogether(rowsOf({ shape: before, keep: null, layers: [layer, back] }))) return back;
  }
  if (layer.kind === "shuffle") return { ...bare, kind: "unshuffle", factor: layer.factor };
  if (layer.kind === "unshuffle") return { ...bare, kind: "shuffle", factor: layer.factor };
  return { ...bare, kind: "up", scale: null, size: before.slice(1), to: null, mode: "nearest", corners: false };
}

const WAYS = ["output_padding", "output_size", ...FITS];

// The chain with the sizes at a join made equal; a Refusal if that cannot be done in this way.
function cured(chain, rows, row, way) {
  const join = chain.layers[row - 1];
  if (FITS.includes(way)) return withLayer(chain, row, { ...join, fit: way });

  const place = lastLayerUp(chain, row);
  const layer = chain.layers[place - 1];
  const changed = way === "output_padding" ? paddedMore(rows[row], layer) : askedFor(layer, join);
  const mended = withLayer(chain, place, changed);
  const met = rowsOf(mended)[row];
  if (!met.shape || met.problem) throw new Refusal(`${way} in row ${place} does not make the sizes equal`);
  return mended;
}

function lastLayerUp(chain, row) {
  const source = sourceRow(chain, chain.layers[row - 1].of);
  for (let place = row - 1; place > source; place--) {
    if (["convt", "up", "unpool"].includes(chain.layers[place - 1].kind)) return place;
  }
  throw new Refusal("between the skip and the join there is no layer whose output size can be asked for");
}

function paddedMore(met, layer) {
  if (layer.kind !== "convt") throw new Refusal("only a transposed convolution has output_padding");
  const extra = [0, 1].map((axis) => layer.outputPadding[axis] + met.skip[axis] - met.arriving[axis]);
  if (extra.some((part, axis) => part < 0 || part >= Math.max(layer.stride[axis], layer.dilation[axis]))) {
    throw new Refusal("output_padding must be smaller than stride or dilation");
  }
  return { ...layer, outputPadding: extra, to: null };
}

function askedFor(layer, join) {
  if (layer.kind === "unpool") return { ...layer, fit: true };
  if (layer.kind === "convt") return { ...layer, to: join.of, outputPadding: [0, 0] };
  return { ...layer, to: join.of, scale: null, size: null };
}

// How far the map that arrives lies beside the skip at the first and the last cell, in cells of the skip.
function joinShift(chain, rows, row, axis) {
  const [join, below, after] = [chain.layers[row - 1], rows[row - 1], rows[row]];
  const output = after.shape[axis + 1];
  const [ownStep, ownOffset] = LAWS[join.kind].place(join, axis, below.shape[axis + 1], output);
  const step = below.step[axis] * ownStep;
  const offset = below.step[axis] * ownOffset + below.offset[axis];
  const beside = (cell) => offset + step * cell - after.offset[axis] - after.step[axis] * cell;
  const unit = after.step[axis] || 1; // all cells of a map in one place: there is no step to count in
  return [beside(0) / unit, beside(output - 1) / unit];
}

// How many cells along an axis read no cell of the layer's input, as behind output padding.
function unreachedCells(chain, rows, row, axis) {
  const layer = chain.layers[row - 1];
  const [size, output] = [rows[row - 1].shape[axis + 1], rows[row].shape[axis + 1]];
  let count = 0;
  for (let cell = 0; cell < output; cell++) {
    const read = LAWS[layer.kind].reads([cell, cell], layer, axis, size, output);
    if (!read || read[1] < 0 || read[0] >= size) count += 1;
  }
  return count;
}
