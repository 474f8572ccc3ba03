// What the bench says: names of layers, what is wrong and what would mend it, and what is worth knowing.

const PAGES = {
  ambiguous: ["../transposed-convolution/predict-its-size.html#why-the-size-is-ambiguous", say("Why the size is ambiguous")],
  unreached: [
    "../transposed-convolution/predict-its-size.html#what-output-padding-does-not-do", say("What output padding does not do")],
  skipped: ["../convolution/predict-the-size.html#two-inputs-one-output", say("Two inputs, one output")],
  window: ["../convolution/predict-the-size.html#the-formula", say("The size formula")],
  overlap: ["../transposed-convolution/checkerboards.html#the-idea", say("Checkerboards")],
  shift: ["../upsampling/where-is-a-pixel.html#a-shift-in-a-mask", say("A shift in a mask")],
  scrambled: ["../unpooling/put-it-back.html#when-the-width-changes", say("When the width changes")],
  unpooling: ["../unpooling/put-it-back.html#odd-sizes-output-size", say("Odd sizes: output_size")],
  joining: ["../networks/segment-with-u-net.html#pad-or-crop", say("Pad or crop?")],
};

const KIND_NAMES = {
  conv: say("convolution"), convt: say("transposed convolution"), max: say("max pooling"), avg: say("average pooling"),
  up: say("interpolation"), unpool: say("max unpooling"), shuffle: say("pixel shuffle"), unshuffle: say("pixel unshuffle"),
  pad: say("pad or crop"), cat: say("concatenate"), add: say("add"), same: say("same size"),
};
const SHORT_NAMES = {
  conv: say("conv"), convt: say("transposed"), max: say("max pool"), avg: say("average pool"), unpool: say("unpool"),
};
const MODE_NAMES = {
  nearest: say("nearest"), "nearest-exact": say("nearest-exact"), bilinear: say("bilinear"), bicubic: say("bicubic"),
};
const FIT_NAMES = { pad: say("pad"), crop: say("crop"), resize: say("resize") };
const AXES = ["rows", "columns"]; // as keys; what readers see of them are these
const AXIS_NAMES = [say("rows"), say("columns")];
const FOLLOWER_NAMES = { relu: "ReLU", norm: say("batch norm"), leakyrelu: say("leaky ReLU"), groupnorm: say("group norm") };

const times = (pair) => `${pair[0]}\u00a0×\u00a0${pair[1]}`; // kept on one line
const tight = (pair) => `${pair[0]}×${pair[1]}`;
const followerName = (word) => FOLLOWER_NAMES[word] ?? word;

// A short name for a row, such as "conv 3 × 3, stride 2".
function rowName(layer) {
  const more = [];
  if (layer.kernel) more.push(tight(layer.kernel));
  if (layer.stride && String(layer.stride) !== String(layer.kind === "max" || layer.kind === "avg" ? layer.kernel : [1, 1])) {
    more.push(say("stride {stride}", { stride: writePair(layer.stride) }));
  }
  if (layer.dilation && Math.max(...layer.dilation) > 1) more.push(say("dilation {dilation}", { dilation: writePair(layer.dilation) }));
  const name = SHORT_NAMES[layer.kind] ?? KIND_NAMES[layer.kind];
  switch (layer.kind) {
    case "up":
      return layer.scale
        ? say("{mode} × {scale}", { mode: MODE_NAMES[layer.mode], scale: writePair(layer.scale.map(([a, b]) => a / b)) })
        : say("{mode} to {size}", { mode: MODE_NAMES[layer.mode], size: layer.to ?? times(layer.size) });
    case "shuffle":
    case "unshuffle":
      return `${name} ${layer.factor}`;
    case "cat":
    case "add":
      return layer.fit ? say("{name}, {fit}", { name, fit: FIT_NAMES[layer.fit] }) : name;
    case "pad":
      return Math.min(layer.left, layer.right, layer.top, layer.bottom) < 0 ? say("crop or pad") : say("pad");
    default:
      return [name, more.join(say(", "))].filter(Boolean).join(" ");
  }
}

const short = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });
const count = (number) => short.format(number).replace("K", "k");
const memory = (bytes) => (bytes < 1000 ? `${bytes} B` : `${short.format(bytes).replace("K", " k").replace("M", " M").replace("G", " G")}B`);
const decimal = (number) => String(Number(Math.abs(number).toFixed(2)));

// Sentences one after the other; between Chinese ones stands no space.
const together = (...sentences) => sentences.filter(Boolean).join(" ").replace(/(?<=[。！？；：，]) /g, "");

// The words of PyTorch for the same trouble.
function torchError(chain, rows, place) {
  const { arriving, skip } = rows[place];
  const layer = chain.layers[place - 1];
  if (layer.kind === "cat") {
    const axis = arriving[0] === skip[0] ? 1 : 0;
    return `Sizes of tensors must match except in dimension 1. Expected size ${skip[axis]} but got size ` +
      `${arriving[axis]} for tensor number 1 in the list.`;
  }
  const axis = arriving[1] === skip[1] ? 0 : 1;
  return `The size of tensor a (${arriving[axis]}) must match the size of tensor b (${skip[axis]}) at non-singleton ` +
    `dimension ${axis + 2}`;
}

// Where the sizes part, in a sentence or two.
function partingInWords(chain, rows, parting) {
  const { row, axis, arriving, skip, down, up } = parting;
  const source = sourceRow(chain, chain.layers[row - 1].of);
  const about = { row, arriving, skip, source };
  const met = axis === 0 ? say("Row {row} joins {arriving} rows with the {skip} of row {source}.", about)
    : say("Row {row} joins {arriving} columns with the {skip} of row {source}.", about);
  if (down === null) return together(met, say("No layer between them brings {skip} back.", about));
  const [first, last] = sharingSizes(chain, rows, down, axis);
  const small = rows[down].shape[axis + 1];
  const sizes = {
    down, small, up, large: rows[down - 1].shape[axis + 1], others: listOf(first, last, skip),
    after: rows[up].shape[axis + 1], before: rows[up - 1].shape[axis + 1],
  };
  const parted = first === last
    ? say("They part at row {down}: it makes {small} of {large}, and row {up} makes {after} of {before}.", sizes)
    : say("They part at row {down}: it makes {small} of {large}, as it does of {others}, and row {up} makes {after} of {before}.", sizes);
  return together(met, parted);
}

function listOf(first, last, without) {
  const all = Array.from({ length: last - first + 1 }, (_, place) => first + place).filter((size) => size !== without);
  return all.length > 3 ? say("{first} to {last}", { first: all[0], last: all.at(-1) }) : all.join(say(" and "));
}

// A shift along the rows and along the columns, positive and negative.
const SIDES = [
  [say("{cells} cells up"), say("{cells} cells down")], [say("{cells} cells to the left"), say("{cells} cells to the right")],
];

// Where a shift is strongest, along the rows and along the columns.
const STRONGEST = [
  {
    first: say("{most} at the first row, {least} at the last"),
    last: say("{most} at the last row, {least} at the first"),
  },
  {
    first: say("{most} at the first column, {least} at the last"),
    last: say("{most} at the last column, {least} at the first"),
  },
];

// How a map lies beside its skip, in words.
function shiftInWords(chain, rows, place) {
  const said = [0, 1].map((axis) => {
    const [first, last] = joinShift(chain, rows, place, axis);
    const moved = (shift) => say(SIDES[axis][shift > 0 ? 0 : 1], { cells: decimal(shift) });
    if (Math.max(Math.abs(first), Math.abs(last)) < 0.02) return "";
    if (Math.abs(first - last) < 0.02) return say("{moved} everywhere", { moved: moved(first) });
    return Math.abs(first) > Math.abs(last)
      ? say(STRONGEST[axis].first, { most: moved(first), least: decimal(last) })
      : say(STRONGEST[axis].last, { most: moved(last), least: decimal(first) });
  });
  const words = said.filter(Boolean).join(say("; "));
  return words ? say("What the map shows is moved against the skip: {shifts}.", { shifts: words })
    : say("Aligned: every cell lies on the skip's cell.");
}

// What can be done where sizes part: { way, title, code, effect, chain }, the usual cures first.
function curesFor(chain, rows, place) {
  const join = chain.layers[place - 1];
  const [arriving, skip] = [rows[place].arriving, rows[place].skip];
  const found = [];
  for (const way of ["output_padding", "output_size", "pad", "crop", "resize"]) {
    let mended;
    try {
      mended = cured(chain, rows, place, way);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      continue;
    }
    const after = rowsOf(mended);
    found.push({
      way, chain: mended, effect: effectOf(way, mended, after, place),
      ...cureInCode(way, mended, after, place, join, arriving, skip),
    });
  }
  return [...found, ...otherInputs(chain)];
}

function cureInCode(way, mended, rows, place, join, arriving, skip) {
  const [dy, dx] = [skip[0] - arriving[0], skip[1] - arriving[1]];
  const margins = (y, x) => {
    const [top, left] = [quotient(y, 2), quotient(x, 2)];
    return `(${left}, ${x - left}, ${top}, ${y - top})`;
  };
  if (way === "output_padding" || way === "output_size") {
    const up = lastLayerUp(mended, place);
    const layer = mended.layers[up - 1];
    if (way === "output_padding") {
      const about = { padding: writePair(layer.outputPadding), row: up };
      return {
        title: say("Output padding {padding} in row {row}", about), short: say("Output padding {padding}", about),
        code: torchModule(layer, rows[up - 1].shape),
      };
    }
    const call = layer.kind === "up"
      ? `F.interpolate(x, size=${join.of}.shape[-2:], mode="${layer.mode}")`
      : layer.kind === "unpool" ? `unpool(x, indices, output_size=${join.of}.shape[-2:])` : `up(x, output_size=${join.of}.shape[-2:])`;
    return { title: say("Ask row {row} for the size of the skip", { row: up }), short: say("Ask for the size"), code: `x = ${call}` };
  }
  if (way === "pad") {
    const [title, short] = dy < 0 || dx < 0 ? [say("Pad or crop the map"), say("Fit")] : [say("Pad the map"), say("Pad")];
    return { title, short, code: `x = F.pad(x, ${margins(dy, dx)})` };
  }
  if (way === "crop") {
    return { title: dy < 0 || dx < 0 ? say("Pad or crop the skip") : say("Crop the skip"), code: `${join.of} = F.pad(${join.of}, ${margins(-dy, -dx)})` };
  }
  return {
    title: say("Stretch the map to the skip"),
    code: `x = F.interpolate(x, size=${join.of}.shape[-2:], mode="bilinear")`,
  };
}

function effectOf(way, mended, rows, place) {
  const said = [shiftInWords(mended, rows, place)];
  if (way === "output_padding") said.push(say("For this input size: another one needs another number."));
  if (way === "output_size") said.push(say("For every input size: the layer decides when it runs."));
  if (way === "output_padding" || way === "output_size") {
    const up = lastLayerUp(mended, place);
    const blank = [0, 1].map((axis) => unreachedCells(mended, rows, up, axis));
    if (mended.layers[up - 1].kind === "convt" && Math.max(...blank) > 0) {
      said.push(say("Beyond every stamp, with nothing but the bias: the last {parts}.", { parts: rowsAndColumns(blank) }));
    }
  }
  if (way === "pad") said.push(say("The new cells are zeros."));
  if (way === "crop") said.push(say("What comes out has {size} cells here.", { size: times(rows[place].shape.slice(1)) }));
  return together(...said);
}

// So many rows and columns in words: "row and column", "2 rows", "row and 3 columns".
function rowsAndColumns(counts) {
  const [tall, wide] = counts;
  const rows = tall && (tall === 1 ? say("row") : say("{count} rows", { count: tall }));
  const columns = wide && (wide === 1 ? say("column") : say("{count} columns", { count: wide }));
  return rows && columns ? say("{rows} and {columns}", { rows, columns }) : rows || columns;
}

// The nearest inputs for which every size along an axis fits.
function otherInputs(chain) {
  const axes = [0, 1].map((axis) =>
    sizesAlong(chain, axis, chain.shape[axis + 1]) ? [chain.shape[axis + 1], chain.shape[axis + 1]] : fittingNeighbours(chain, axis));
  return ["smaller", "larger"].flatMap((name, side) => {
    const [rows, columns] = [axes[0][side], axes[1][side]];
    if (rows === null || columns === null) return [];
    const [dy, dx] = [rows - chain.shape[1], columns - chain.shape[2]];
    const [top, left] = [quotient(dy, 2), quotient(dx, 2)];
    return [{
      way: name, chain: { ...chain, shape: [chain.shape[0], rows, columns] },
      code: `image = F.pad(image, (${left}, ${dx - left}, ${top}, ${dy - top}))`,
      ...(name === "smaller"
        ? { title: say("A smaller input: {rows} × {columns}", { rows, columns }), effect: say("Cuts the image; every join fits.") }
        : {
          title: say("A larger input: {rows} × {columns}", { rows, columns }),
          effect: say("Pads the image; every join fits. Crop the answer back."),
        }),
    }];
  });
}

// What is worth knowing about each row: { row, text, page, serious }.
function notesOf(chain, rows) {
  const notes = [];
  chain.layers.forEach((layer, place) => {
    const row = place + 1;
    if (rows[row].shape) {
      notes.push(...[...leftOver(chain, rows, row), ...overlaps(layer), ...shifts(chain, rows, row), ...bareCells(chain, rows, row), ...misplaced(chain, rows, row)]
        .map((note) => ({ row, ...note })));
    } else if (rows[row].problem) {
      const page = layer.kind === "unpool" ? PAGES.unpooling : PAGES.window;
      notes.push({ row, text: say("{problem}. The rows below have no size.", { problem: capital(rows[row].problem) }), page, serious: true });
    }
  });
  return notes;
}

const capital = (text) => text[0].toUpperCase() + text.slice(1);

const UNREAD = {
  both: {
    one: say("{unread} of {size} rows is never read, and of columns."),
    several: say("{unread} of {size} rows are never read, and of columns."),
  },
  rows: { one: say("{unread} of {size} rows is never read."), several: say("{unread} of {size} rows are never read.") },
  columns: { one: say("{unread} of {size} columns is never read."), several: say("{unread} of {size} columns are never read.") },
};

// Cells that no window reads, at the end or between windows.
function leftOver(chain, rows, row) {
  const layer = chain.layers[row - 1];
  if (!layer.kernel || layer.kind === "convt") return [];
  const said = [0, 1].map((axis) => {
    const [size, windows] = [rows[row - 1].shape[axis + 1], rows[row].shape[axis + 1]];
    const read = new Set();
    for (let window = 0; window < windows; window++) {
      for (let tap = 0; tap < layer.kernel[axis]; tap++) {
        const cell = window * layer.stride[axis] - zerosBefore(layer, axis) + tap * layer.dilation[axis];
        if (cell >= 0 && cell < size) read.add(cell);
      }
    }
    return { size, windows, unread: size - read.size, sharing: sharingSizes(chain, rows, row, axis) };
  });
  const same = said[0].size === said[1].size && said[0].unread === said[1].unread && said[0].windows === said[1].windows;
  return (same ? [0] : [0, 1]).filter((axis) => said[axis].unread).map((axis) => {
    const { size, windows, unread, sharing: [first, last] } = said[axis];
    const read = say(UNREAD[same ? "both" : AXES[axis]][unread === 1 ? "one" : "several"], { unread, size });
    const shared = first < last ? say("{sizes} would give {windows} too.", { sizes: capital(listOf(first, last, size)), windows }) : "";
    return { text: together(read, shared), page: shared ? PAGES.ambiguous : PAGES.skipped };
  });
}

// Stamps that overlap unevenly: some output cells get more products than others.
function overlaps(layer) {
  if (layer.kind !== "convt") return [];
  const uneven = [0, 1].some((axis) => {
    const phases = new Array(layer.stride[axis]).fill(0);
    for (let tap = 0; tap < layer.kernel[axis]; tap++) phases[(tap * layer.dilation[axis]) % layer.stride[axis]] += 1;
    return new Set(phases).size > 1;
  });
  return uneven
    ? [{
      text: say("Stamps of {kernel} at stride {stride} overlap unevenly.", { kernel: writePair(layer.kernel), stride: writePair(layer.stride) }),
      page: PAGES.overlap,
    }]
    : [];
}

function shifts(chain, rows, row) {
  const layer = chain.layers[row - 1];
  if (!isJoin(layer) || rows[row].problem) return [];
  const most = Math.max(...[0, 1].flatMap((axis) => joinShift(chain, rows, row, axis)).map(Math.abs));
  return most >= 0.25 ? [{ text: shiftInWords(chain, rows, row), page: PAGES.shift }] : [];
}

// Switches count the cells of the map that was pooled, row after row: in a map of another width they mean other cells.
function misplaced(chain, rows, row) {
  const layer = chain.layers[row - 1];
  if (layer.kind !== "unpool") return [];
  const pooled = rows[sourceRow(chain, layer.of) - 1].shape.slice(1);
  if (String(pooled) === String(rows[row].shape.slice(1))) return [];
  const sizes = { pooled: times(pooled), size: times(rows[row].shape.slice(1)) };
  return [{
    text: say("The switches count cells of {pooled}: in {size} they point elsewhere. Ask for the size that was pooled.", sizes),
    page: PAGES.scrambled,
  }];
}

// Places of a transposed convolution that nothing reaches.
function bareCells(chain, rows, row) {
  if (chain.layers[row - 1].kind !== "convt") return [];
  const blank = [0, 1].map((axis) => unreachedCells(chain, rows, row, axis));
  if (!Math.max(...blank)) return [];
  return [{
    text: say("No stamp reaches the last or some {parts} of the output: only the bias is there.", { parts: rowsAndColumns(blank) }),
    page: PAGES.unreached,
  }];
}
