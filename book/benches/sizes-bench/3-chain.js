// The shape, the reach and the cost of every map of a chain, as in lib/plan/chain.py.

const BYTES = 4; // of a number, in float32
const NORMALISATIONS = ["norm", "groupnorm", "instancenorm"]; // one product a cell, once their numbers are fixed

// How many numbers something that follows a layer learns: scale and shift a channel, or one slope.
const learned = (follower, channels) => ({ norm: 2 * channels, groupnorm: 2 * channels, prelu: 1 })[follower] ?? 0;

// One row for the input and one for each layer. Where the sizes of a join differ, the chain goes on with the skip's; a
// layer that cannot work ends it, and rows behind it have no shape.
function rowsOf(chain) {
  const rows = [{
    shape: chain.shape, field: [1, 1], step: [1, 1], offset: [0, 0], weights: 0, multiplications: 0,
    bytes: BYTES * product(chain.shape), problem: null,
  }];
  const kept = new Map();
  if (chain.keep) kept.set(chain.keep, { shape: chain.shape, layer: null, before: chain.shape, row: 0 });

  for (const layer of chain.layers) {
    const before = rows.at(-1).shape;
    const row = before ? rowOf(chain, layer, rows, kept) : nothing(null);
    rows.push(row);
    if (layer.keep && row.shape) kept.set(layer.keep, { shape: row.shape, layer, before, row: rows.length - 1 });
  }
  return rows;
}

const nothing = (problem) => ({
  shape: null, field: null, step: [1, 1], offset: [0, 0], weights: 0, multiplications: 0, bytes: 0, problem,
});

function rowOf(chain, layer, rows, kept) {
  const laws = LAWS[layer.kind];
  const before = rows.at(-1).shape;
  const skip = isJoin(layer) ? kept.get(layer.of) : null;
  let shape;
  let problem = null;
  try {
    const channels = laws.channels(layer, before[0], kept);
    shape = [channels, ...skip ? skip.shape.slice(1) : before.slice(1)];
    shape = [channels, ...[0, 1].map((axis) => laws.size(layer, before[axis + 1], axis, kept))];
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (!(error instanceof Mismatch)) return nothing(error.message);
    problem = error.message; // the shape stays the skip's
  }
  const norms = layer.then.filter((word) => NORMALISATIONS.includes(word)).length;
  const grid = [0, 1].map((axis) => gridOf(layer, axis, rows, before, shape, skip));
  const shapes = [...rows.map((row) => row.shape), shape];
  let field;
  return {
    shape,
    get field() { // a walk from every cell back to the input: only for rows that are shown, not for each cure tried
      return field ??= [0, 1].map((axis) => fieldOf(chain, axis, shapes));
    },
    step: grid.map(([step]) => step),
    offset: grid.map(([, offset]) => offset),
    weights: laws.weights(layer, before[0]) + layer.then.reduce((all, word) => all + learned(word, shape[0]), 0),
    multiplications: laws.multiplications(layer, before, shape) + product(shape) * norms,
    bytes: BYTES * product(shape),
    problem,
    arriving: skip && before.slice(1),
    skip: skip && skip.shape.slice(1),
  };
}

// Where a map lies over the input; a joined map lies where the skip lies.
function gridOf(layer, axis, rows, before, after, skip) {
  if (skip) {
    const { step, offset } = rows[skip.row];
    return [step[axis], offset[axis] + step[axis] * skipStart(layer, skip.shape[axis + 1], after[axis + 1])];
  }
  const [step, offset] = LAWS[layer.kind].place(layer, axis, before[axis + 1], after[axis + 1]);
  const below = rows.at(-1);
  return [below.step[axis] * step, below.step[axis] * offset + below.offset[axis]];
}

// The most input cells between the first and the last that one cell of the last map reads.
function fieldOf(chain, axis, shapes) {
  let most = 0;
  const end = shapes.length - 1;
  for (let cell = 0; cell < shapes[end][axis + 1]; cell++) {
    const spans = new Array(end + 1).fill(null);
    const widen = (row, span) => {
      if (!span) return;
      const known = spans[row];
      spans[row] = known ? [Math.min(known[0], span[0]), Math.max(known[1], span[1])] : span;
    };
    widen(end, [cell, cell]);
    for (let row = end; row > 0; row--) {
      if (!spans[row]) continue;
      const layer = chain.layers[row - 1];
      const [size, output] = [shapes[row - 1][axis + 1], shapes[row][axis + 1]];
      const read = LAWS[layer.kind].reads(spans[row], layer, axis, size, output);
      widen(row - 1, read);
      if (isJoin(layer)) {
        const source = sourceRow(chain, layer.of);
        const start = skipStart(layer, shapes[source][axis + 1], output);
        widen(source, [spans[row][0] + start, spans[row][1] + start]);
      }
      if (layer.kind === "unpool" && read) { // the switches hang on all that was pooled
        widen(sourceRow(chain, layer.of) - 1, LAWS.max.reads(read, layer.pooling, axis));
      }
    }
    if (spans[0]) most = Math.max(most, spans[0][1] - spans[0][0] + 1);
  }
  return most;
}

// The row whose output is kept under a name; the input is row 0.
function sourceRow(chain, name) {
  return chain.keep === name ? 0 : chain.layers.findIndex((layer) => layer.keep === name) + 1;
}

const fitsTogether = (rows) => rows.every((row) => row.problem === null && row.shape);

// The size of every map along an axis if the input had another size there; null if something does not fit.
function sizesAlong(chain, axis, size) {
  const sizes = [size];
  const kept = new Map();
  const keep = (name, layer, before) => {
    const cube = (side) => [1, side, side];
    if (name) kept.set(name, { shape: cube(sizes.at(-1)), layer, before: cube(before) });
  };
  keep(chain.keep, null, size);
  for (const layer of chain.layers) {
    const before = sizes.at(-1);
    try {
      sizes.push(LAWS[layer.kind].size(layer, before, axis, kept));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return null;
    }
    keep(layer.keep, layer, before);
  }
  return sizes;
}

function totalsOf(chain, rows) {
  const sum = (name) => rows.reduce((all, row) => all + row[name], 0);
  return {
    weights: sum("weights"), multiplications: sum("multiplications"), trainingBytes: sum("bytes"),
    inferenceBytes: inferenceBytes(chain, rows),
  };
}

// The most bytes needed at one time: a layer's input and output, and what waits for a join.
function inferenceBytes(chain, rows) {
  const until = new Map();
  chain.layers.forEach((layer, place) => {
    if (layer.of) until.set(sourceRow(chain, layer.of), place + 1);
  });
  let most = rows[0].bytes;
  for (let row = 1; row < rows.length; row++) {
    let needed = rows[row].bytes + rows[row - 1].bytes;
    for (const [waiting, end] of until) {
      if (waiting < row - 1 && end >= row) needed += rows[waiting].bytes;
    }
    most = Math.max(most, needed);
  }
  return most;
}
