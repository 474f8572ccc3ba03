// What the bench says: names of layers, what is wrong and what would mend it, and what is worth knowing.

const PAGES = {
  ambiguous: ["../transposed-convolution/predict-its-size.html#why-the-size-is-ambiguous", "Why the size is ambiguous"],
  unreached: [
    "../transposed-convolution/predict-its-size.html#what-output-padding-does-not-do", "What output padding does not do"],
  skipped: ["../convolution/predict-the-size.html#two-inputs-one-output", "Two inputs, one output"],
  window: ["../convolution/predict-the-size.html#the-formula", "The size formula"],
  overlap: ["../transposed-convolution/checkerboards.html#the-idea", "Checkerboards"],
  shift: ["../upsampling/where-is-a-pixel.html#a-shift-in-a-mask", "A shift in a mask"],
  scrambled: ["../unpooling/put-it-back.html#when-the-width-changes", "When the width changes"],
  unpooling: ["../unpooling/put-it-back.html#odd-sizes-output-size", "Odd sizes: output_size"],
  joining: ["../networks/segment-with-u-net.html#pad-or-crop", "Pad or crop?"],
};

const KIND_NAMES = {
  conv: "convolution", convt: "transposed convolution", max: "max pooling", avg: "average pooling", up: "interpolation",
  unpool: "max unpooling", shuffle: "pixel shuffle", unshuffle: "pixel unshuffle", pad: "pad or crop",
  cat: "concatenate", add: "add", same: "same size",
};
const AXES = ["rows", "columns"];
const FOLLOWER_NAMES = { relu: "ReLU", norm: "batch norm", leakyrelu: "leaky ReLU", groupnorm: "group norm" };

const times = (pair) => `${pair[0]}\u00a0×\u00a0${pair[1]}`; // kept on one line
const tight = (pair) => `${pair[0]}×${pair[1]}`;
const followerName = (word) => FOLLOWER_NAMES[word] ?? word;

// A short name for a row, such as "conv 3 × 3, stride 2".
function rowName(layer) {
  const more = [];
  if (layer.kernel) more.push(tight(layer.kernel));
  if (layer.stride && String(layer.stride) !== String(layer.kind === "max" || layer.kind === "avg" ? layer.kernel : [1, 1])) {
    more.push(`stride ${writePair(layer.stride)}`);
  }
  if (layer.dilation && Math.max(...layer.dilation) > 1) more.push(`dilation ${writePair(layer.dilation)}`);
  const names = { conv: "conv", convt: "transposed", max: "max pool", avg: "average pool", unpool: "unpool" };
  const name = names[layer.kind] ?? KIND_NAMES[layer.kind];
  switch (layer.kind) {
    case "up":
      return layer.scale ? `${layer.mode} × ${writePair(layer.scale.map(([a, b]) => a / b))}` : `${layer.mode} to ${layer.to ?? times(layer.size)}`;
    case "shuffle":
    case "unshuffle":
      return `${name} ${layer.factor}`;
    case "cat":
    case "add":
      return `${name}${layer.fit ? `, ${layer.fit}` : ""}`;
    case "pad":
      return Math.min(layer.left, layer.right, layer.top, layer.bottom) < 0 ? "crop or pad" : "pad";
    default:
      return [name, more.join(", ")].filter(Boolean).join(" ");
  }
}

const short = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });
const count = (number) => short.format(number).replace("K", "k");
const memory = (bytes) => (bytes < 1000 ? `${bytes} B` : `${short.format(bytes).replace("K", " k").replace("M", " M").replace("G", " G")}B`);
const decimal = (number) => String(Number(Math.abs(number).toFixed(2)));

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
  const met = `Row ${row} joins ${arriving} ${AXES[axis]} with the ${skip} of row ${source}.`;
  if (down === null) return `${met} No layer between them brings ${skip} back.`;
  const [first, last] = sharingSizes(chain, rows, down, axis);
  const small = rows[down].shape[axis + 1];
  const shared = first === last ? "" : `, as it does of ${listOf(first, last, skip)}`;
  return `${met} They part at row ${down}: it makes ${small} of ${rows[down - 1].shape[axis + 1]}${shared}, and row ${up} ` +
    `makes ${rows[up].shape[axis + 1]} of ${rows[up - 1].shape[axis + 1]}.`;
}

function listOf(first, last, without) {
  const all = Array.from({ length: last - first + 1 }, (_, place) => first + place).filter((size) => size !== without);
  return all.length > 3 ? `${all[0]} to ${all.at(-1)}` : all.join(" and ");
}

// How a map lies beside its skip, in words.
function shiftInWords(chain, rows, place) {
  const said = [0, 1].map((axis) => {
    const [first, last] = joinShift(chain, rows, place, axis);
    const side = (shift) => (axis === 0 ? (shift > 0 ? "up" : "down") : shift > 0 ? "to the left" : "to the right");
    if (Math.max(Math.abs(first), Math.abs(last)) < 0.02) return "";
    if (Math.abs(first - last) < 0.02) return `${decimal(first)} cells ${side(first)} everywhere`;
    const strongest = Math.abs(first) > Math.abs(last) ? [first, last, "first", "last"] : [last, first, "last", "first"];
    const [most, least, where, elsewhere] = strongest;
    return `${decimal(most)} cells ${side(most)} at the ${where} ${AXES[axis].slice(0, -1)}, ${decimal(least)} at the ${elsewhere}`;
  });
  const words = said.filter(Boolean).join("; ");
  return words ? `What the map shows is moved against the skip: ${words}.` : "Aligned: every cell lies on the skip's cell.";
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
      return { title: `Output padding ${writePair(layer.outputPadding)} in row ${up}`, short: `Output padding ${writePair(layer.outputPadding)}`, code: torchModule(layer, rows[up - 1].shape) };
    }
    const call = layer.kind === "up"
      ? `F.interpolate(x, size=${join.of}.shape[-2:], mode="${layer.mode}")`
      : layer.kind === "unpool" ? `unpool(x, indices, output_size=${join.of}.shape[-2:])` : `up(x, output_size=${join.of}.shape[-2:])`;
    return { title: `Ask row ${up} for the size of the skip`, short: "Ask for the size", code: `x = ${call}` };
  }
  if (way === "pad") {
    return { title: dy < 0 || dx < 0 ? "Pad or crop the map" : "Pad the map", short: dy < 0 || dx < 0 ? "Fit" : "Pad", code: `x = F.pad(x, ${margins(dy, dx)})` };
  }
  if (way === "crop") {
    return { title: dy < 0 || dx < 0 ? "Pad or crop the skip" : "Crop the skip", code: `${join.of} = F.pad(${join.of}, ${margins(-dy, -dx)})` };
  }
  return {
    title: "Stretch the map to the skip",
    code: `x = F.interpolate(x, size=${join.of}.shape[-2:], mode="bilinear")`,
  };
}

function effectOf(way, mended, rows, place) {
  const said = [shiftInWords(mended, rows, place)];
  if (way === "output_padding") said.push("For this input size: another one needs another number.");
  if (way === "output_size") said.push("For every input size: the layer decides when it runs.");
  if (way === "output_padding" || way === "output_size") {
    const up = lastLayerUp(mended, place);
    const blank = [0, 1].map((axis) => unreachedCells(mended, rows, up, axis));
    if (mended.layers[up - 1].kind === "convt" && Math.max(...blank) > 0) {
      said.push(`Beyond every stamp, with nothing but the bias: the last ${rowsAndColumns(blank)}.`);
    }
  }
  if (way === "pad") said.push("The new cells are zeros.");
  if (way === "crop") said.push(`What comes out has ${times(rows[place].shape.slice(1))} cells here.`);
  return said.join(" ");
}

// So many rows and columns in words: "row and column", "2 rows", "row and 3 columns".
function rowsAndColumns(counts) {
  const parts = [0, 1].filter((axis) => counts[axis]).map((axis) => (counts[axis] === 1 ? AXES[axis].slice(0, -1) : `${counts[axis]} ${AXES[axis]}`));
  return parts.join(" and ");
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
      way: name, title: `A ${name} input: ${rows} × ${columns}`, chain: { ...chain, shape: [chain.shape[0], rows, columns] },
      code: `image = F.pad(image, (${left}, ${dx - left}, ${top}, ${dy - top}))`,
      effect: name === "smaller" ? "Cuts the image; every join fits." : "Pads the image; every join fits. Crop the answer back.",
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
      notes.push({ row, text: `${capital(rows[row].problem)}. The rows below have no size.`, page, serious: true });
    }
  });
  return notes;
}

const capital = (text) => text[0].toUpperCase() + text.slice(1);

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
    const shared = first < last ? ` ${capital(listOf(first, last, size))} would give ${windows} too.` : "";
    return { text: `${unread} of ${size} ${AXES[axis]} ${unread === 1 ? "is" : "are"} never read${same ? ", and of columns" : ""}.${shared}`, page: shared ? PAGES.ambiguous : PAGES.skipped };
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
    ? [{ text: `Stamps of ${writePair(layer.kernel)} at stride ${writePair(layer.stride)} overlap unevenly.`, page: PAGES.overlap }]
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
  return [{ text: `The switches count cells of ${times(pooled)}: in ${times(rows[row].shape.slice(1))} they point elsewhere. ` +
    "Ask for the size that was pooled.", page: PAGES.scrambled }];
}

// Places of a transposed convolution that nothing reaches.
function bareCells(chain, rows, row) {
  if (chain.layers[row - 1].kind !== "convt") return [];
  const blank = [0, 1].map((axis) => unreachedCells(chain, rows, row, axis));
  if (!Math.max(...blank)) return [];
  return [{ text: `No stamp reaches the last or some ${rowsAndColumns(blank)} of the output: only the bias is there.`, page: PAGES.unreached }];
}
